"""What the tables say, as plain pandas frames: sort, filter, group, plot and save them like any other.

Amounts are floats in 億円, shares and rates are ratios (0.716 is 71.6%), NaN where there is no value. Beside each
such column ``x`` stand ``x_low`` and ``x_high``, the bounds that the printed rounding allows. They are computed in
exact fractions (:mod:`cyberbudget.exact`) and turned into floats last.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from . import exact
from .exact import APART, EXACT, FAILS, HOLDS, OUTSIDE, POSSIBLE, ROUNDING
from .interval import ABSENT, Interval
from .load import Document
from .schema import ROLES
from .words import KINDS

__all__ = [
    "APART", "EXACT", "FAILS", "HOLDS", "OUTSIDE", "POSSIBLE", "ROUNDING", "amounts", "coverage", "overlap", "plain",
    "reconcile", "share_range", "statements",
]  # fmt: skip

TEXTS = ["name", "area", "ministry"]
DERIVED = [
    "change",
    "rate",
    "kind",
    "share",
    "contribution",
    "points",
    "sixteen",
    "supplementary_share",
    "front",
]


def plain(frame: pd.DataFrame, always: Collection[str] = ()) -> pd.DataFrame:
    """A frame of :mod:`cyberbudget.exact` in plain numbers.

    Parameters
    ----------
    frame : DataFrame
        Columns of Interval (or None where a ratio has no meaning) and of anything else.
    always : collection of str
        Columns of ratios that stay numbers where none of them has a meaning.

    Returns
    -------
    DataFrame
        Each column of Interval as floats, NaN where the document prints — or there is no ratio; at the end
        its bounds ``<column>_low`` and ``<column>_high``.
    """
    numbers = [n for n in frame if n in always or any(isinstance(x, Interval) for x in frame[n])]
    values, bounds = frame.copy(), {}
    for name in numbers:
        found = [x if isinstance(x, Interval) and not x.absent else None for x in frame[name]]
        values[name] = [None if x is None else float(x.value) for x in found]
        values[name] = values[name].astype(float)
        bounds[f"{name}_low"] = [None if x is None else float(x.low) for x in found]
        bounds[f"{name}_high"] = [None if x is None else float(x.high) for x in found]
    return pd.concat([values, pd.DataFrame(bounds, index=frame.index, dtype=float)], axis=1)


def amounts(
    doc: Document, by: str = "measure", area: str | None = None, ministry: str | None = None
) -> pd.DataFrame:
    """All amounts of the document by area, ministry or measure, and what follows from them.

    Parameters
    ----------
    doc : Document
    by : {"area", "ministry", "measure"}
        Ministries hold their listed measures only, in the order of data/ministries.csv.
    area, ministry : str, optional
        Keep the measures of one strategy area ("3") or one ministry.

    Returns
    -------
    DataFrame
        In printed order, one row each, and last what the document does not itemise (``rest``; of all measures one
        row for each area and one for what is in none), so that the columns add up to the printed total, or to the
        printed area where ``area`` is given. No remainder is known for one ministry.

        - name, area, ministry, id (its place, (2)-⑪), rest (bool)
        - current, supplementary, previous: this year's 当初, last year's 補正, last year's 当初 (億円)
        - change (億円) and rate (増減率) from last year's 当初 to this year's, kind (増, 減, 同額, 新規, 皆減)
        - share: in the printed whole of this year
        - contribution (寄与率) and points (寄与度) to the change of the printed whole
        - supplementary_share: of its 補正 in the printed whole of 補正
        - sixteen (億円): 16か月予算, 補正 and 当初 together; front: share of 補正 in it
        - note: why a number is missing, or that a rate comes from a sheet, which prints more finely
        - the bounds ``…_low`` and ``…_high`` of each number
    """
    table = exact.full(doc, by, area, ministry, apart=(by, area, ministry) == ("measure", None, None))
    if by == "area" and doc.areas.empty:  # all of it would be in none
        table = table.head(0)
    finer = {measure for measure, _ in exact.finest(doc)} if by == "measure" else set()
    notes = [_note(doc, row, row["name"] in finer) for row in table.to_dict("records")]
    table = table.assign(note=notes, kind=table["kind"].map(KINDS))
    return plain(table[[*TEXTS, *ROLES, *DERIVED, "note", "id", "rest"]], {*ROLES, *DERIVED} - {"kind"})


def _note(doc: Document, row: dict, finer: bool) -> str:
    """Why numbers of a row are missing, or where they come from."""
    empty = [column.label for column in doc.columns if row[column.role].absent]
    told = [f"{'と'.join(empty)}の欄は「{ABSENT}」"] if empty else []
    if finer and row["rate"] is not None:
        told.append("増減率はシートの百万円の金額から")
    if row["rate"] is None and row["kind"] not in ("new", "none"):
        told.append("前年度の額が丸めで0かもしれず、増減率は計算できない")
    return "、".join(told)


def coverage(doc: Document) -> pd.DataFrame:
    """How much of each area and of the total the listed measures explain, column by column.

    Returns
    -------
    DataFrame
        level ("area", "total"), id, name, area, column (令和6年度当初…), role, whole, listed, left (億円), share
        (listed in the whole), and their bounds.
    """
    return plain(_labelled(exact.coverage(doc)))


def reconcile(doc: Document) -> pd.DataFrame:
    """Sheets against the table, and the parts of a sheet against its own sum.

    Returns
    -------
    DataFrame
        sheet, what, fiscal_year, stage, printed (text with unit), on_sheet, in_table, difference (億円, of what the
        sheet prints from what the table does), verdict: 一致, 丸めで説明できる, 丸めでは説明できない or 表に欄がない.
    """
    return plain(exact.reconcile(doc))


def statements(doc: Document) -> pd.DataFrame:
    """The document's statements about its own numbers, each with what was computed.

    Returns
    -------
    DataFrame
        statement, locator, quote, stated (text with unit), computed (億円, or a ratio for 割), signs (of the
        computation), unit, expected (NaN for 新規), verdict: 成り立つ, 丸めの範囲で両立する or 成り立たない.
    """
    return plain(exact.statements(doc))


def overlap(doc: Document, area: str, ministry: str) -> pd.DataFrame:
    """How a strategy area and the measures of a ministry cover each other.

    Returns
    -------
    DataFrame
        name, area, ministry, current, previous (億円), share (of this year's total), rest, and their bounds: both;
        the area's other ministries; what the area leaves unlisted (rest); the ministry outside the area.
    """
    return plain(exact.overlap(doc, area, ministry))


def share_range(doc: Document, ministry: str) -> pd.DataFrame:
    """Between which shares of the total a ministry may lie, column by column.

    Returns
    -------
    DataFrame
        column (令和6年度当初…), role, whole, listed (its listed measures), unlisted (what bears no name anywhere;
        億円), lowest (share of what is listed), highest (share if all that bears no name were its), their bounds.
    """
    return plain(_labelled(exact.share_range(doc, ministry)))


def _labelled(table: pd.DataFrame) -> pd.DataFrame:
    """Columns of the document by their labels and roles."""
    return table.assign(role=[c.role for c in table["column"]], column=[c.label for c in table["column"]])

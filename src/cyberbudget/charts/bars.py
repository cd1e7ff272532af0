"""Bars and dots: every row a label over one or more bars, and every bar with its value at its end.

The label stands above its bar, so that the long names of measures stay whole and legible on a phone, and no
legend and no grid is needed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from .. import style, words
from ..display import Figure
from ..load import Document
from .canvas import (
    BAR,
    EDGE,
    GAP,
    MANY,
    RIGHT,
    SMALL,
    Record,
    Sheet,
    key_label,
    numbered,
    read,
    scale,
    sheet,
    short,
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar: a column of a row, its colour (that of the row's area if not told), where it starts."""

    row: Record
    key: str
    colour: str = ""
    start: float = 0.0

    @property
    def end(self) -> float:
        value: float = self.row[self.key]
        return self.start if words.missing(value) else self.start + value


Bar = tuple[tuple[Segment, ...], str]  # one bar, or one dot with its interval, and the text at its end
Row = tuple[Record, tuple[Bar, ...]]


def draw(rows: list[Row], doc: Document, dots: bool = False, log: bool = False, kind: str = "横棒グラフ",
         **texts: Any) -> Figure:  # fmt: skip
    """Draw rows as one figure.

    Parameters
    ----------
    rows : list of (record, bars)
        Records of :func:`~cyberbudget.charts.canvas.read`; a bar is its segments and the text at its end.
    doc : Document
    dots : bool
        A dot on the line of its interval in place of a bar.
    log : bool
        Logarithmic axis, for dots only: a bar on such an axis has no honest length.
    kind, **texts
        See :func:`~cyberbudget.charts.canvas.sheet`.

    Raises
    ------
    ValueError
        Where there is no row, or where bars are to stand on a logarithmic axis.
    """
    if log and not dots:
        raise ValueError("対数軸は点のグラフだけで使えます")
    with sheet(doc, rows, kind=kind, **texts) as page:
        numbers = page.key([record for record, _ in rows])
        every = [bar for _, bars in rows for bar in bars]
        pieces = [s for segments, _ in every for s in segments]
        if dots:
            ends = [s.row[f"{s.key}_{bound}"] for s in pieces for bound in ("low", "high")]
        else:
            ends = [x for s in pieces for x in (s.start, s.end)]
        room = max(style.width(text, style.NOTE) for _, text in every) + 0.14
        place, first = scale(ends, EDGE + 0.06 * dots, RIGHT - min(room, 3.4), log), page.y
        for record, bars in rows:
            top = page.y
            page.heading(numbered(record, numbers), pad=log)
            for segments, text in bars:
                _bar(page, segments, text, place, dots)
                page.y += 0.04 + BAR
            told = "、".join(page.note(record, s.key) for segments, _ in bars for s in segments)
            page.mark(0, top, style.WIDTH, page.y - top, f"{record['name']}：{told}")
            page.y += GAP if len(rows) <= MANY else GAP / 2  # all measures have to fit on a sheet of paper
        for power in range(-1, 7) if log else ():
            if EDGE <= (x := place(10**power)) <= place(max(ends)) + 0.3:
                page.line([x, x], [first, page.y], "#d1d5db", zorder=0)
                page.text(x, page.y + 0.03, f"{10**power:,g}", ha="center", color=style.MUTED)
        page.y += (SMALL + 0.06) * log
    return page.figure


def _bar(
    page: Sheet, segments: tuple[Segment, ...], text: str, place: Callable[[float], float], dots: bool
) -> None:
    middle, ends = page.y + 0.04 + BAR / 2, [] if dots else [place(0.0)]
    for s in segments:
        colour = s.colour or style.colour(s.row["area"])
        if dots:
            low, value, high = (place(s.row[s.key + bound]) for bound in ("_low", "", "_high"))
            page.line([low, high], [middle] * 2, colour, linewidth=2.4, gid="interval")
            page.dot(value, middle, colour)
            ends += [high, value + 0.04]
        else:
            ends += [place(s.start), place(s.end)]
            left, right = sorted(ends[-2:])
            page.rect(left, middle - BAR / 2, right - left, BAR, colour, s.row["rest"])
    if not dots:  # the zero line runs beside the bars only, never through a label
        page.line([ends[0]] * 2, [middle - BAR / 2 - 0.03, middle + BAR / 2 + 0.03])
    page.text(max(ends) + 0.06, middle, text, va="center")  # behind the zero line where the bar falls


# ── the kinds of chart ──────────────────────────────────────────────────────────────────────────────


def bars(frame: pd.DataFrame, doc: Document, key: str = "current", whole: float | None = None,
         signed: bool = False, note: str = "", **texts: Any) -> Figure:  # fmt: skip
    """One bar per row: an amount in 億円 or a ratio, to the left of zero where it is negative.

    Parameters
    ----------
    frame : DataFrame
        ``name``, ``area``, ``rest`` and ``key``; — is written where there is no value.
    doc : Document
    key : str
        What is drawn: an amount, a change, a rate.
    whole : float, optional
        In 億円: every amount is followed by its share in it.
    signed : bool
        For changes: a sign before every number, 同額 for none.
    note : str, optional
        Another ratio of the frame that is written behind the number, such as ``contribution``; not of a remainder.
    """
    rows: list[Row] = []
    for record in read(frame, key, *([note] if note else [])):
        value, more = record[key], record[note] if note and not record["rest"] else math.nan
        text = words.KINDS["same"] if signed and value == 0 else short(value, key, signed)
        if whole and not words.missing(value):
            text += f"（{words.percent(value / whole)}）"
        if value and not words.missing(more):
            text += f"（{key_label(doc, note)}{words.percent(more)}）"
        rows.append((record, (((Segment(record, key),), text),)))
    return draw(rows, doc, **texts)


def pairs(frame: pd.DataFrame, doc: Document, **texts: Any) -> Figure:
    """Last year's initial budget over this year's, row by row, with what happened in between."""
    new, old = words.era_short(doc.current.fiscal_year), words.era_short(doc.previous.fiscal_year)
    rows: list[Row] = []
    for record in read(frame, "current", "previous"):
        note = (
            "" if record["rest"] else moved(record, "previous", "current")
        )  # no rate of a difference of sums
        before = (Segment(record, "previous", style.PREVIOUS),), f"{old}  {short(record['previous'])}"
        rows.append(
            (record, (before, ((Segment(record, "current"),), f"{new}  {short(record['current'])}{note}")))
        )
    return draw(rows, doc, **texts)


def moved(record: Record, first: str, last: str) -> str:
    """What happened between two columns: （+122.9%）, （同額）, （新規）; nothing where neither has an amount."""
    old, new = record[first], record[last]
    if words.missing(old) or words.missing(new):
        kind = (
            "none" if words.missing(old) and words.missing(new) else "new" if words.missing(old) else "gone"
        )
        return "" if kind == "none" else f"（{words.KINDS[kind]}）"
    if words.precise(old) == words.precise(new):
        return f"（{words.KINDS['same']}）"
    return f"（{words.percent(new / old - 1, signed=True) if record[f'{first}_low'] > 0 else words.UNKNOWN}）"


def stacked(frame: pd.DataFrame, doc: Document, **texts: Any) -> Figure:
    """補正 and 当初 end to end, the 16か月予算 of each row; 補正 in grey comes first in time."""
    rows: list[Row] = []
    for record in read(frame, "supplementary", "current", "sixteen"):
        first = Segment(record, "supplementary", style.PREVIOUS)
        text = f"{short(record['sixteen'])}（うち補正 {short(record['supplementary'])}）"
        rows.append((record, (((first, Segment(record, "current", start=first.end)), text),)))
    return draw(rows, doc, **{"kind": "積み上げ横棒グラフ", **texts})


def dots(frame: pd.DataFrame, doc: Document, key: str, log: bool = False, signed: bool = False,
         **texts: Any) -> Figure:  # fmt: skip
    """A dot on its rounding interval per row; rows without a value are left out.

    Ratios are written with their interval. Amounts of very different size go on a logarithmic axis (``log``),
    where what is not above zero has no place and is left out too.
    """
    rows: list[Row] = []
    for record in read(frame, key):
        if not words.missing(record[key]) and (record[f"{key}_low"] > 0 or not log):
            text = short(record[key], key, signed)
            if text.endswith("%"):
                bounds = record[f"{key}_low"], record[f"{key}_high"]
                text += f"（{words.span(bounds, 'rate' if signed else 'percent')}）"
            rows.append((record, (((Segment(record, key),), text),)))
    return draw(rows, doc, True, log, **{"kind": "点グラフ" + "（対数目盛）" * log, **texts})

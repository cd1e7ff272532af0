"""The exact truth behind the frames of :mod:`cyberbudget.analysis`: what the tables say, as intervals.

Every function takes a :class:`~cyberbudget.load.Document` and returns a DataFrame whose amounts (億円) and
ratios are :class:`~cyberbudget.interval.Interval` objects (None where a ratio has no meaning). Rows keep
the order of the document unless it is said otherwise. Rows of what the document does not itemise are
marked by ``rest`` and stand last.
"""

from __future__ import annotations

import pandas as pd

from . import interval, words
from .interval import Interval
from .load import Document
from .schema import ROLES, Column

LEVELS = ("area", "ministry", "measure")


def whose(frame: pd.DataFrame, doc: Document) -> pd.DataFrame:
    """Measures with their ministry after the name, which alone may say nothing: 情報セキュリティ対策の強化（外務省）.

    As they are where all are of one ministry, or where they are no measures.
    """
    if "ministry" not in frame or frame["ministry"].replace("", None).nunique() < 2:
        return frame
    if (frame["ministry"] == frame["name"]).any():
        return frame
    short = dict(zip(doc.ministries["ministry"], doc.ministries["short"]))
    return frame.assign(
        name=[f"{n}（{short.get(m, m)}）" if m else n for n, m in zip(frame["name"], frame["ministry"])]
    )


def amounts(
    doc: Document, by: str = "measure", area: str | None = None, ministry: str | None = None
) -> pd.DataFrame:
    """Amounts of the three columns with what the document leaves unlisted.

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
        id (locator), name, area, ministry, current, supplementary, previous (Interval), rest (bool).
        The rows add up to the printed total, or to the printed area where ``area`` is given; those of ministries
        within rounding, as a sheet may print a sum that the table's own amounts only come near to (:func:`summed`).
        No remainder is known for a ministry, so none is shown there.
    """
    if by not in LEVELS:
        raise ValueError(f"by は {'、'.join(LEVELS)} のどれかです: {by}")
    if by == "area":
        rows = [_row(r, r["short"]) for r in doc.areas.to_dict("records")]
        rest = words.OUTSIDE_AREAS
    else:
        chosen = doc.measures
        if area is not None:
            chosen = chosen[chosen["area"] == area]
        if ministry is not None:
            chosen = chosen[chosen["ministry"] == ministry]
        rows = [_row(r, r["measure"]) for r in chosen.to_dict("records")]
        rest = words.UNLISTED
    if ministry is None:
        wholes = whole_of(doc, area)
        left = {key: interval.remainder(wholes[key], [r[key] for r in rows]) for key in wholes}
    if by == "ministry":
        rows, rest = _by_ministry(doc, rows), words.UNLISTED
    if ministry is None:
        rows.append({"id": "", "name": rest, "area": area or "", "ministry": "", **left, "rest": True})
    columns = ["id", "name", "area", "ministry", *ROLES, "rest"]
    return pd.DataFrame(rows, columns=columns)


def _row(record: dict, name: str) -> dict:
    place = {"id": record["id"], "name": name, "area": record["area"], "ministry": record.get("ministry", "")}
    return {**place, **{role: record[role] for role in ROLES}, "rest": False}


def _by_ministry(doc: Document, rows: list[dict]) -> list[dict]:
    result = []
    for name in doc.ministries["ministry"]:
        own = [r for r in rows if r["ministry"] == name]
        if own:
            sums = {role: summed(doc, own, role) for role in ROLES}
            result.append({"id": "", "name": name, "area": "", "ministry": name, **sums, "rest": False})
    return result


def summed(doc: Document, rows: list[dict], role: str) -> Interval:
    """Sum of measures in 億円: what their own amounts and the sums that sheets print for several of them both allow."""
    return interval.total(joined(doc, rows, role))


def joined(doc: Document, rows: list[dict], role: str) -> list[Interval]:
    """The addends of :func:`summed`: one for the measures that a sheet adds up, one for each of the others."""
    amounts, found = {r["name"]: r[role] for r in rows}, []
    for measures, printed in together(doc, role):
        if measures <= amounts.keys():
            found.append(interval.total(amounts.pop(name) for name in sorted(measures)).met(printed))
    return [*found, *amounts.values()]


def together(doc: Document, role: str) -> list[tuple[frozenset[str], Interval]]:
    """The sums in 億円 that sheets print for several measures, with those measures, for the role of a column."""
    (column,) = (c for c in doc.columns if c.role == role)
    table = sheet_amounts(doc)
    table = table[(table["fiscal_year"] == column.fiscal_year) & (table["stage"] == column.stage)]
    rows = table[table["component"] == ""].to_dict("records")
    return [(frozenset(r["measures"]), r["amount"]) for r in rows if len(r["measures"]) > 1]


def whole_of(doc: Document, area: str | None = None) -> dict[str, Interval]:
    """The printed total by the role of its column, or that of one strategy area; the total where there are no areas."""
    return {c.role: doc.whole(c) if not area else doc.amount("area", f"({area})", c) for c in doc.columns}


def listed(doc: Document, column: Column, area: str | None = None, ministry: str | None = None) -> Interval:
    """Sum of the listed measures of a column in 億円, of one area or ministry if given."""
    rows = own(amounts(doc, "measure", area, ministry))
    if ministry is None:
        return interval.total(rows[column.role])
    return summed(doc, rows.to_dict("records"), column.role)


def own(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table that are itemised: all but the remainder."""
    return table[~table["rest"]]


def by_size(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """The rows by an amount or a ratio, largest first; equal ones in their own order, the remainder last."""
    return table.loc[sorted(table.index, key=lambda n: (table.at[n, "rest"], -table.at[n, key].value))]


def rank(table: pd.DataFrame, key: str) -> pd.Series:
    """Place of every row by an amount or a ratio: 1 = largest.

    Rows of the same printed amount share the better place, and the next one counts all before it
    (1, 2, 2, 4). The remainder has no place (0) and takes none from others, however large it is.

    Parameters
    ----------
    table : DataFrame
        With ``rest``; the rows in any order.
    key : str
        Column of Interval.

    Returns
    -------
    Series of int
        In the order of the table, with its index.
    """
    values = [x.value for x in own(table)[key]]
    places = [
        0 if rest else 1 + sum(v > x.value for v in values) for x, rest in zip(table[key], table["rest"])
    ]
    return pd.Series(places, index=table.index, dtype=int)


def largest(table: pd.DataFrame, key: str) -> pd.Series | None:
    """The itemised row with the largest amount, the first of equal ones; None where all are zero."""
    rows = by_size(own(table), key)
    return rows.iloc[0] if len(rows) and rows.iloc[0][key].value > 0 else None


def shares(table: pd.DataFrame, whole: Interval, column: str = "current") -> pd.DataFrame:
    """Shares of the rows in a printed whole, largest first, the remainder last.

    Returns
    -------
    DataFrame
        The table with ``amount`` and ``share`` (Interval, ratio of the whole) and ``rank`` (1 = largest;
        equal printed amounts share a rank; 0 for the remainder).
    """
    result = table.assign(amount=table[column], share=[interval.share(a, whole) for a in table[column]])
    return by_size(result.assign(rank=rank(result, column)), column).reset_index(drop=True)


def full(
    doc: Document,
    by: str = "measure",
    area: str | None = None,
    ministry: str | None = None,
    apart: bool = False,
) -> pd.DataFrame:
    """The rows of :func:`amounts` in printed order with what follows from them.

    With ``apart`` what is not itemised stands in one row for each area and one for what lies outside of them.

    Returns
    -------
    DataFrame
        With change (億円), rate (ratio, from the sheet where that prints more finely; None for 新規 and the like), kind (a key of
        :data:`cyberbudget.words.KINDS`), share (of the whole), contribution (寄与率: share in the change of the
        whole), points (寄与度: in growth of the whole), supplementary_share (of 補正 in that of the whole), sixteen (億円) and front (share of 補正 in it; None where
        there is nothing). The whole is the printed total, or the printed area where ``area`` is given.
    """
    table, whole = amounts(doc, by, area, ministry), whole_of(doc, area)
    if apart and len(doc.areas):
        left = [amounts(doc, "measure", a).tail(1) for a in doc.areas["area"]]
        left = [row.assign(name=f"{words.UNLISTED}({a})") for row, a in zip(left, doc.areas["area"])]
        table = pd.concat([own(table), *left, amounts(doc, "area").tail(1)], ignore_index=True)
    now, before = whole["current"], whole["previous"]
    pairs = list(zip(table["current"], table["previous"]))
    finer = finest(doc) if by == "measure" else {}
    rated = [
        (finer.get((name, "current"), new), finer.get((name, "previous"), old))
        for name, (new, old) in zip(table["name"], pairs)
    ]
    near = _nearly_same(doc) if by == "measure" else set()
    return table.assign(
        change=[new - old for new, old in pairs],
        rate=[interval.growth(new, old) for new, old in rated],
        kind=[_kind(*row, near) for row in zip(table["name"], pairs, rated)],
        share=[interval.share(new, now) for new, _ in pairs],
        contribution=[interval.contribution(new, old, now, before) for new, old in pairs],
        points=[interval.points(new, old, before) for new, old in pairs],
        sixteen=table["supplementary"] + table["current"],
        supplementary_share=[interval.share(x, whole["supplementary"]) for x in table["supplementary"]],
        front=[interval.share_of_sum(*pair) for pair in zip(table["supplementary"], table["current"])],
    )


def _kind(
    name: str, table: tuple[Interval, Interval], finer: tuple[Interval, Interval], near: set[str]
) -> str:
    """What happened to a row: what the sheets print more finely decides where the table prints the same twice."""
    told = words.kind(*table)
    if told != "same":
        return told
    both = [x.high - x.low < y.high - y.low for x, y in zip(finer, table)]
    return words.kind(*finer) if all(both) else "near" if name in near else told


def _nearly_same(doc: Document) -> set[str]:
    """Measures whose sum with others differs between the two years where a sheet prints it."""
    sums = [dict(together(doc, role)) for role in ("current", "previous")]
    moved = [m for m in sums[0].keys() & sums[1].keys() if sums[0][m].value != sums[1][m].value]
    return {name for measures in moved for name in measures}


def finest(doc: Document) -> dict[tuple[str, str], Interval]:
    """Amounts that a sheet prints more finely than the table does (百万円), by measure and role of the column."""
    roles = {(c.fiscal_year, c.stage): c for c in doc.columns}
    ids = dict(zip(doc.measures["measure"], doc.measures["id"]))
    found = {}
    for row in sheet_amounts(doc).to_dict("records"):
        column = roles.get((row["fiscal_year"], row["stage"]))
        if column is None or row["component"] or len(row["measures"]) != 1:
            continue
        (measure,), amount = row["measures"], row["amount"]
        table = doc.amount("measure", ids[measure], column)
        if amount.high - amount.low < table.high - table.low and amount.overlaps(table):
            found[measure, column.role] = amount
    return found


def changes(
    doc: Document, by: str = "measure", area: str | None = None, ministry: str | None = None
) -> pd.DataFrame:
    """:func:`full`, the largest rise first, the remainder last."""
    return by_size(full(doc, by, area, ministry), "change").reset_index(drop=True)


def coverage(doc: Document) -> pd.DataFrame:
    """How much of each area and of the total the listed measures explain, column by column.

    Returns
    -------
    DataFrame
        level, id, name, area, column (Column), whole, listed, left (億円) and share (ratio of listed in the whole).
    """
    rows = []
    for column in doc.columns:
        places = [("area", r["id"], r["short"], r["area"]) for r in doc.areas.to_dict("records")]
        places.append(("total", doc.totals["id"].iloc[0], "総額", ""))
        for level, locator, name, area in places:
            whole, known = doc.amount(level, locator, column), listed(doc, column, area or None)
            left, share = interval.remainder(whole, [known]), interval.share(known, whole)
            rows.append((level, locator, name, area, column, whole, known, left, share))
    names = ["level", "id", "name", "area", "column", "whole", "listed", "left", "share"]
    return pd.DataFrame(rows, columns=names)


def sheet_amounts(doc: Document) -> pd.DataFrame:
    """The amounts of the 施策例 sheets in 億円 with their rounding, whatever unit they are printed in.

    Returns
    -------
    DataFrame
        :attr:`Document.sheets` with ``measures`` (tuple of names).
    """
    cards = {card["sheet"]: tuple(m["measure"] for m in card["measures"]) for card in doc.programmes}
    named = zip(doc.sheets["sheet"], doc.sheets["measure"])
    return doc.sheets.assign(measures=[(measure,) if measure else cards[sheet] for sheet, measure in named])


EXACT, ROUNDING, APART, OUTSIDE = "一致", "丸めで説明できる", "丸めでは説明できない", "表に欄がない"


def _verdict(stated: Interval, computed: Interval) -> str:
    if stated.value == computed.value:
        return EXACT
    return ROUNDING if stated.overlaps(computed) else APART


def retyped(doc: Document) -> pd.DataFrame:
    """Where the amounts of the tables and those of again.csv, which were typed apart, differ.

    Returns
    -------
    DataFrame
        column, id, printed, again: the cell, what each of them says; empty text where one does not have it.
    """
    if doc.again is None:
        return pd.DataFrame(columns=["column", "id", "printed", "again"])
    tables = (doc.totals, doc.areas, doc.measures)
    given = [c.name for c in doc.columns if c.given]
    own = pd.concat([t.melt("id", given, "column", "printed") for t in tables])
    both = own.merge(doc.again.rename(columns={"printed": "again"}), on=["column", "id"], how="outer").fillna(
        ""
    )
    return both[both["printed"] != both["again"]].reset_index(drop=True)


def reconcile(doc: Document) -> pd.DataFrame:
    """Sheets against the table, and the parts of a sheet against its own sum.

    Returns
    -------
    DataFrame
        sheet, what, fiscal_year, stage, printed (text with unit), on_sheet, in_table (Interval, None where the table has no such
        column), difference, verdict: 一致, 丸めで説明できる, 丸めでは説明できない or 表に欄がない.
    """
    columns = {(c.fiscal_year, c.stage): c for c in doc.columns}
    ids = dict(zip(doc.measures["measure"], doc.measures["id"]))
    table, rows = sheet_amounts(doc), []

    def compare(record: dict, what: str, other: Interval | None) -> None:
        amount, unit = record["amount"], words.as_printed(record["printed"], record["unit"])
        difference = None if other is None else amount - other
        verdict = OUTSIDE if other is None else _verdict(amount, other)
        place = record["sheet"], what, record["fiscal_year"], record["stage"]
        rows.append((*place, unit, amount, other, difference, verdict))

    for record in table[table["component"].isin(["", *ids])].to_dict("records"):
        column = columns.get((record["fiscal_year"], record["stage"]))
        names = record["measures"]
        other = (
            None if column is None else interval.total(doc.amount("measure", ids[m], column) for m in names)
        )
        compare(record, "・".join(names), other)
    parts = table[table["component"] != ""].groupby(["sheet", "fiscal_year", "stage"], sort=False)
    wholes = table[table["component"] == ""].groupby(["sheet", "fiscal_year", "stage"])
    for place, group in parts:
        for record in wholes.get_group(place).to_dict("records") if place in wholes.groups else ():
            what = f"内訳{len(group)}件{'の合計' * (len(group) > 1)}"
            compare(record, what, interval.total(group["amount"]))
    names = "sheet what fiscal_year stage printed on_sheet in_table difference verdict"
    return pd.DataFrame(rows, columns=names.split())


HOLDS, POSSIBLE, FAILS = "成り立つ", "丸めの範囲で両立する", "成り立たない"


def statements(doc: Document) -> pd.DataFrame:
    """The document's statements about its own numbers, each with what was computed.

    A statement holds where every value that rounding allows lies within the tolerance of its words
    (約7割: 6.5–7.5), or where the computed value is the stated one to the digit; it is possible where only some do.

    Returns
    -------
    DataFrame
        statement, locator, quote, stated (text with unit), computed (Interval in 億円, or a ratio for
        割), signs (of the computation), unit, expected (Interval, None for 新規), verdict.
    """
    table = doc.statements[["statement", "locator", "quote", "unit", "signs", "expected"]].assign(
        stated=doc.statements["stated"] + doc.statements["unit"],
        computed=[_computed(doc, *pair) for pair in zip(doc.statements["locators"], doc.statements["signs"])],
    )
    verdicts = list(map(_holds, table["computed"], table["expected"]))
    return table.assign(verdict=verdicts).reset_index(drop=True)


def _holds(computed: Interval, expected: Interval | None) -> str:
    if expected is None:  # 新規
        return HOLDS if computed.absent else FAILS
    if computed.within(expected) or computed.value == expected.value:
        return HOLDS
    return POSSIBLE if computed.overlaps(expected) else FAILS


def _computed(doc: Document, locators: list[str], signs: str) -> Interval:
    """Value of a cell, or of cells that are added, subtracted or divided one after another."""
    result, *terms = (doc.cells[locator] for locator in locators)
    for sign, term in zip(signs, terms):
        if sign == "/":
            ratio = interval.share(result, term)
            if ratio is None:
                raise ZeroDivisionError(" / ".join(locators))
            result = ratio
        else:
            result = result + term if sign == "+" else result - term
    return result


def overlap(doc: Document, area: str, ministry: str) -> pd.DataFrame:
    """How a strategy area and the measures of a ministry cover each other, in four parts.

    Returns
    -------
    DataFrame
        name, area, ministry, current, previous (Interval, 億円), share (of the total, this year), rest: both; the
        area's other ministries; the area's unlisted remainder; the ministry outside the area. No row where the
        document has no such area.
    """
    if area not in set(doc.areas["area"]):
        return pd.DataFrame(columns=["name", "area", "ministry", "current", "previous", "share", "rest"])
    table = own(amounts(doc, "measure"))
    inside, ours = table["area"] == area, table["ministry"] == ministry
    named = {
        f"分野({area})の{ministry}": inside & ours,
        f"分野({area})のほかの府省庁": inside & ~ours,
        f"分野({area})の外の{ministry}": ~inside & ours,
    }
    rows = [
        {"name": name, **{role: interval.total(table.loc[chosen, role]) for role in ("current", "previous")}}
        for name, chosen in named.items()
    ]
    left = amounts(doc, "measure", area).iloc[-1]
    rows.insert(
        2, {"name": f"分野({area})の{left['name']}", "current": left["current"], "previous": left["previous"]}
    )
    whole = doc.whole(doc.current)
    frame = pd.DataFrame(rows).assign(
        area=[area] * 3 + [""], ministry=["", "", "", ministry], rest=[False, False, True, False]
    )
    return frame.assign(share=[interval.share(x, whole) for x in frame["current"]])


def share_range(doc: Document, ministry: str) -> pd.DataFrame:
    """Between which shares of the total a ministry may lie, column by column.

    Returns
    -------
    DataFrame
        column (Column), whole, listed (its listed measures), unlisted (what bears no name anywhere; 億円), lowest
        (share of what is listed), highest (share if all that bears no name were its).
    """
    table, rows = amounts(doc, "measure"), []
    for column in doc.columns:
        whole, left = doc.whole(column), table.iloc[-1][column.role]
        known = listed(doc, column, ministry=ministry)
        shares = interval.share(known, whole), interval.share(known + left, whole)
        rows.append((column, whole, known, left, *shares))
    return pd.DataFrame(rows, columns=["column", "whole", "listed", "unlisted", "lowest", "highest"])


def ministry_in_area(doc: Document, column: Column) -> pd.DataFrame:
    """Listed amounts of a column by ministry (rows) and area (columns), as Interval."""
    areas = {area: own(amounts(doc, "measure", area)) for area in doc.areas["area"]}
    ministries = [name for name in doc.ministries["ministry"] if name in set(doc.measures["ministry"])]
    return pd.DataFrame(
        {
            area: [
                summed(doc, table[table["ministry"] == name].to_dict("records"), column.role)
                for name in ministries
            ]
            for area, table in areas.items()
        },
        index=ministries,
    )

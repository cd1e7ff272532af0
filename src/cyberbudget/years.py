"""Documents of several years side by side: what a later one prints of an earlier year, which measure became which, and
what moved over all the years.

A measure is followed by its name, and where that changed by data/identity.csv, which a person writes. What looks alike
is proposed, never taken for granted.
"""

from __future__ import annotations

from contextlib import suppress
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pandas as pd

from . import exact, interval, words
from .errors import DataError, Problems
from .load import Document, books, load
from .read import read_csv
from .schema import Column

SAME, REVISED, NEW, GONE = "同じ", "違う額", "前の資料にない", "今度の資料にない"
LIKE = 0.55  # of two names that may be one; 1 is the same name
LEAST = 0.8  # of a likeness that needs no amount to speak for it


def before(root: Path, year: int) -> Document | None:
    """The latest document of the year before in a data folder; one that cannot be read has a check of its own."""
    for folder in reversed(books(root)):
        with suppress(DataError):
            if (doc := load(folder)).meta["fiscal_year"] == year - 1:
                return doc
    return None


def line(doc: Document) -> list[Document]:
    """The newest edition of each year before a document, oldest first, and last the document itself."""
    newest, found = {int(folder.name[2:6]): folder for folder in books(doc.folder.parent)}, []
    for year in sorted(year for year in newest if year < doc.meta["fiscal_year"]):
        with suppress(DataError):
            found.append(load(newest[year]))
    return [*found, doc]


def course(docs: list[Document], by: str = "measure") -> pd.DataFrame:
    """The 当初 of each measure or area in every year that documents print.

    A year is told by its own document; the first year, and one without a document, by the document of the year after. What
    data/identity.csv joins is one row a year, its amounts added: renamed, merged and split measures have the same course.

    Parameters
    ----------
    docs : list of Document
        As of :func:`line`.
    by : {"measure", "area"}

    Returns
    -------
    DataFrame
        key (of an area, or of :func:`families`), name (in the newest document that has it), ministry, area (there; "" where
        there is none), fiscal_year, initial (Interval, 億円), names (as the year's source calls it), folder (of that
        source); in the order of the newest document, then of those that it has not, each by year. A year in which no
        document has such a row is not there: it may be in what bears no name.
    """
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    family = families(docs) if by == "measure" else {}
    for doc in docs:  # a later document adds its own year, and of the year before what stands nowhere yet
        table = doc.measures if by == "measure" else doc.areas
        for column in sorted((c for c in doc.columns if c.stage == "initial"), key=lambda c: c.fiscal_year):
            known = set(rows)
            for record in table.to_dict("records"):
                key = family[record["measure"]] if by == "measure" else record["key"]
                at = key, column.fiscal_year
                if record[column.role] is None or at in known:
                    continue
                row = rows.setdefault(at, {"amounts": [], "called": []})
                row["amounts"].append(record[column.role])
                row["called"].append(record["measure" if by == "measure" else "short"])
                row |= {"ministry": record.get("ministry", ""), "area": record["area"]}
                row["folder"] = doc.folder.name
    last = {key: row for (key, _), row in sorted(rows.items(), key=lambda item: item[0][1])}
    order = sorted(last, key=lambda key: last[key]["folder"] != docs[-1].folder.name)
    found = [
        {
            "key": key,
            "name": "、".join(last[key]["called"]),
            "ministry": last[key]["ministry"],
            "area": last[key]["area"],
            "fiscal_year": year,
            "initial": interval.total(row["amounts"]),
            "names": "、".join(row["called"]),
            "folder": row["folder"],
        }
        for (key, year), row in sorted(rows.items(), key=lambda item: (order.index(item[0][0]), item[0][1]))
    ]
    columns = ["key", "name", "ministry", "area", "fiscal_year", "initial", "names", "folder"]
    return pd.DataFrame(found, columns=columns)


def families(docs: list[Document]) -> dict[str, str]:
    """Name of a measure → one name for all that data/identity.csv joins it with, directly or through another."""
    of = {name: name for doc in docs for name in doc.measures["measure"]}
    for one, other in _same(docs[-1].folder.parent):
        if one in of and other in of:
            joined = {of[one], of[other]}
            of = {name: min(joined) if key in joined else key for name, key in of.items()}
    return of


def _same(root: Path) -> list[tuple[str, str]]:
    """Pairs of names that are the same measure, as data/identity.csv has them."""
    table = read_csv(root / "identity.csv", "identity.csv", Problems())
    return list(zip(table.get("measure", ()), table.get("name", ())))


def movers(docs: list[Document]) -> pd.DataFrame:
    """For each year that a document tells, which listed measure moved the total most from the year before.

    Both amounts of a row are printed by one document, so that a change of names or of what is counted between two
    documents is no move.

    Returns
    -------
    DataFrame
        fiscal_year, previous, current (of the total), name, ministry, before, now (of the measure that moved most; all
        amounts Interval, 億円), folder; name is "" where no measure moved for sure.
    """
    found, nobody = [], {"name": "", "ministry": "", "previous": None, "current": None}
    for doc in docs:
        rows = [r for r in exact.own(exact.full(doc)).to_dict("records") if interval.sure(r["change"])]
        top = max(rows, key=lambda r: abs(r["change"].value), default=nobody)
        found.append(
            {
                "fiscal_year": doc.meta["fiscal_year"],
                "previous": doc.whole(doc.previous),
                "current": doc.whole(doc.current),
                "name": top["name"],
                "ministry": top["ministry"],
                "before": top["previous"],
                "now": top["current"],
                "folder": doc.folder.name,
            }
        )
    return pd.DataFrame(found)


def shared(old: Document, new: Document) -> list[tuple[Column, Column]]:
    """The columns of the same year and stage in both documents."""
    known = {(c.fiscal_year, c.stage): c for c in old.columns}
    pairs = ((known.get((c.fiscal_year, c.stage)), c) for c in new.columns)
    return [(own, other) for own, other in pairs if own]


def renamed(old: Document, new: Document) -> dict[str, str]:
    """Name in the later document → name in the earlier one, of the measures that both have."""
    pairs = _same(new.folder.parent)
    before, found = set(old.measures["measure"]), {}
    for name in new.measures["measure"]:
        others = [b for a, b in pairs if a == name] + [a for a, b in pairs if b == name]
        own = [name] * (name in before) + [other for other in others if other in before]
        if own:
            found[name] = own[0]
    return found


def meetings(old: Document, new: Document) -> pd.DataFrame:
    """What both documents print of the same year and stage.

    Of a document of which only a part is known, what is not there may be in the rest: such rows are left out.

    Returns
    -------
    DataFrame
        level (total, area, measure), name (in the later document, or in the earlier one where it is gone), column (the
        later document's), before, now (as printed, "" where there is no such row), verdict: 同じ, 違う額,
        前の資料にない or 今度の資料にない.
    """
    rows, names = [], renamed(old, new)
    for column, own in shared(old, new):
        areas = dict(zip(old.areas["key"], old.areas[column.name]))
        measures = dict(zip(old.measures["measure"], old.measures[column.name]))
        rows.append(
            (
                "total",
                new.totals["total"].iloc[0],
                own,
                old.totals[column.name].iloc[0],
                new.totals[own.name].iloc[0],
            )
        )
        for record in new.areas.to_dict("records"):
            rows.append(("area", record["short"], own, areas.pop(record["key"], ""), record[own.name]))
        rows += [
            ("area", name, own, areas[key], "")
            for key, name in zip(old.areas["key"], old.areas["short"])
            if key in areas
        ]
        for record in new.measures.to_dict("records"):
            before = measures.pop(names.get(record["measure"], ""), "")
            rows.append(("measure", record["measure"], own, before, record[own.name]))
        rows += [("measure", name, own, printed, "") for name, printed in measures.items()]
    frame = pd.DataFrame(rows, columns=["level", "name", "column", "before", "now"])
    frame = frame.assign(verdict=[_verdict(*pair) for pair in zip(frame["before"], frame["now"])])
    unknown = [GONE] * new.partial + [NEW] * old.partial
    return frame[~frame["verdict"].isin(unknown)].reset_index(drop=True)


def _verdict(before: str, now: str) -> str:
    if not before:
        return NEW
    return GONE if not now else SAME if before == now else REVISED


def proposals(gone: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Which new name may be which old one: by likeness, and by the amount that both print of the earlier year.

    Parameters
    ----------
    gone, new : list of dict
        name, ministry and printed (the amount of the earlier year as printed, "" where it is not known).

    Returns
    -------
    list of (str, str, str)
        New name, old name, and why; the likeliest first. A person decides, and writes it into identity.csv.
    """
    found = []
    for one in new:
        for other in gone:
            like = SequenceMatcher(None, one["name"], other["name"]).ratio()
            equal = bool(one["printed"]) and one["printed"] == other["printed"] not in ("", "—")
            near = like >= LIKE and one["ministry"] == other["ministry"]
            if like >= LEAST or near or (equal and like >= LIKE / 2 and one["ministry"] == other["ministry"]):
                why = [f"名前の近さ{like:.2f}"] + [f"前年度の額がどちらも{one['printed']}"] * equal
                found.append((like + equal, one["name"], other["name"], "、".join(why)))
    return [(a, b, why) for _, a, b, why in sorted(found, key=lambda row: -row[0])]


def told(old: Document, new: Document) -> list[str]:
    """The comparison in lines: what does not agree, what came and went, what may be the same."""
    table = meetings(old, new)
    if table.empty:
        return []
    counts = "、".join(f"{verdict}{count}件" for verdict, count in table["verdict"].value_counts().items())
    lines = [f"{old.folder.name} と同じ欄（{'、'.join(c.label for c, _ in shared(old, new))}）：{counts}"]
    for row in table[table["verdict"] == REVISED].to_dict("records"):
        lines.append(
            f"  違う額：{row['name']} {row['column'].label}：前の資料 {row['before']}、今度の資料 {row['now']}"
        )
    measures = table[table["level"] == "measure"]
    for verdict, label in ((NEW, "前の資料にない施策"), (GONE, "今度の資料にない施策")):
        names = list(dict.fromkeys(measures.loc[measures["verdict"] == verdict, "name"]))
        if names:
            lines.append(f"  {label}（{len(names)}）：{words.names(names, 5)}")
    lines += [
        f"  同じ施策かもしれません：「{a}」←「{b}」（{why}）" for a, b, why in _candidates(old, new, measures)
    ]
    return lines


def _candidates(old: Document, new: Document, measures: pd.DataFrame) -> list[tuple[str, str, str]]:
    def rows(doc: Document, verdict: str, key: str) -> list[dict[str, Any]]:
        whose = dict(zip(doc.measures["measure"], doc.measures["ministry"]))
        chosen = measures[measures["verdict"] == verdict].drop_duplicates("name")
        return [
            {"name": r["name"], "ministry": whose[r["name"]], "printed": r[key]}
            for r in chosen.to_dict("records")
        ]

    return proposals(rows(old, GONE, "before"), rows(new, NEW, "now"))

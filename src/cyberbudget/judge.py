"""The rules of a document folder that go beyond one cell: shapes of the YAML files, and what the files say of each other."""

from __future__ import annotations

import math
import re
from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd

from . import schema
from .errors import Problems
from .interval import Interval, decimal, total
from .read import KINDS, Lines, cut
from .schema import JOINT, ROLES, Column, Names
from .words import KINDS as CHANGES
from .words import era, stage

# Shapes of the YAML files: key → what may stand there, by its Python types.
_TEXT, _MAYBE, _LIST = (str,), (str, type(None)), (list,)
_META = {
    "title": _TEXT, "number": _TEXT, "fiscal_year": (int,), "publisher": _TEXT, "edition": _TEXT, "edition_en": _TEXT,
    "columns": _LIST, "notes": _LIST, "discrepancies": _LIST,
}  # fmt: skip
_LISTED: dict[str, dict[str, tuple]] = {
    "columns": {"column": _TEXT, "fiscal_year": (int,), "stage": _TEXT, "printed": _TEXT},
    "notes": dict.fromkeys(("note", "meaning"), _TEXT),
    "discrepancies": dict.fromkeys(("id", "where", "printed", "proper", "kind", "treatment"), _TEXT),
}
_CARD = {
    "sheet": _TEXT, "title": _TEXT, "ministry": _TEXT, "measures": _LIST, "office": _MAYBE, "summary": _TEXT,
    "operator": _MAYBE, "scheme": _MAYBE, "subsidy_target": _MAYBE, "subsidy_rate": _MAYBE, "period": _MAYBE,
    "pictured": _LIST, "targets": _LIST, "expected": _MAYBE,
}  # fmt: skip
_PICTURES = (
    "operator",
    "scheme",
    "subsidy_target",
    "subsidy_rate",
    "period",
)  # what a sheet may show in a picture
_MEASURE = dict.fromkeys(("measure", "name_en"), _TEXT)
_TARGET = {"text": _TEXT, "number": (int, float, type(None)), "unit": _MAYBE, "comparison": _MAYBE}


class Judge:
    """A YAML file under judgement: its name, where its values stand, the problems so far."""

    def __init__(self, file: str, lines: Lines, problems: Problems) -> None:
        self.file, self.lines, self.problems = file, lines, problems

    def report(
        self, rule: str, path: tuple, column: str | None = None, value: str | None = None, **told: str
    ) -> None:
        """Note a problem of the value at a path."""
        self.problems.report(rule, self.file, self.lines.get((self.file, *path)), column, value, **told)

    def shaped(self, wanted: dict[str, tuple], record: Any, *path: Any, exact: bool = True) -> bool:
        """True where a mapping has the wanted keys (no others, if exact) with values of their types."""
        if type(record) is not dict:
            self.report("not_record", path, value=cut(record), kinds=KINDS[dict], keys="、".join(wanted))
            return False
        missing = [key for key in wanted if key not in record]
        extra = [str(key) for key in record if exact and key not in wanted]
        odd = [key for key, types in wanted.items() if key in record and type(record[key]) not in types]
        if missing:
            self.report("missing_key", path, keys="、".join(missing))
        for key in extra:
            self.report("extra_key", (*path, key), key)
        for key in odd:
            kinds = "か".join(KINDS[kind] for kind in wanted[key])
            self.report("wrong_kind", (*path, key), key, cut(record[key]), kinds=kinds)
        return not (missing or extra or odd)

    def columns(self, meta: dict[str, Any]) -> tuple[Column, ...] | None:
        """The columns that document.yaml declares, in the order of their roles; None after a problem.

        A whole document of 当初 has this year's and last year's, mostly a 補正 too; of a 概算要求 and of a part its own
        is enough.
        """
        before = len(self.problems)
        if not self.shaped(_META, meta, exact=False):
            return None
        for key, wanted in _LISTED.items():
            for number, record in enumerate(meta[key]):
                self.shaped(wanted, record, key, number)
        if len(self.problems) > before:
            return None
        ids = [record["id"] for record in meta["discrepancies"]]
        for number, found in enumerate(ids):
            if found in ids[:number]:
                self.report("duplicate", ("discrepancies", number, "id"), "id", found)
        year, declared = meta["fiscal_year"], meta["columns"]
        if not schema.YEAR.fullmatch(str(year)):
            self.report("year", ("fiscal_year",), "fiscal_year", str(year))
            return None
        if (unit := meta.get("unit", "億円")) != "億円":  # all that follows counts in it
            self.report("table_unit", ("unit",), "unit", cut(unit))
        names = [c["column"] for c in declared]
        for number, name in enumerate(names):
            if not re.fullmatch(r"fy[0-9]{4}_[a-z_]+", name):
                self.report("column_name", ("columns", number), "column", name)
        own = meta.get("stage", "initial")
        if own not in ("request", "initial"):
            self.report("document_stage", ("stage",), "stage", cut(own))
        if type(meta.get("date")) not in (date, type(None)):
            self.report(
                "wrong_kind", ("date",), "date", cut(meta["date"]), kinds="2024-07-10 の形の日付か null"
            )
        if type(meta.get("partial", False)) is not bool:
            self.report("wrong_kind", ("partial",), "partial", cut(meta["partial"]), kinds="true か false")
        if len(self.problems) > before:
            return None
        at = {(c["fiscal_year"], c["stage"]): c for c in declared}
        roles = dict(zip(ROLES, ((year, own), (year - 1, "supplementary"), (year - 1, "initial"))))
        whole = own == "initial" and not meta.get("partial")
        if len(set(names)) != len(names) or len(at) != len(names):
            self.problems.report("column_again", self.file, None, "columns", "、".join(names))
        needed = ("current", "previous") if whole else ("current",)
        for place in map(roles.__getitem__, needed):
            if place not in at:
                label = f"{era(place[0])} {stage(place[1])}"
                self.problems.report("no_column", self.file, None, "columns", label=label)
        for place in at.keys() - {*roles.values()}:
            self.problems.report("column_place", self.file, None, "columns", at[place]["column"])
        if len(self.problems) > before:
            return None

        def column(role: str, when: int, kind: str) -> Column:
            absent = {"column": f"fy{when}_{kind}", "printed": f"{era(when)} {stage(kind)}予算"}
            told = at.get((when, kind), absent)
            return Column(told["column"], when, kind, told["printed"], role, (when, kind) in at)

        return tuple(column(role, *place) for role, place in roles.items())

    def known_part(self, meta: dict[str, Any], needed: bool, sources: set[str]) -> None:
        """From what a document is known: a key of references.bib and its mark; ``needed`` where only a part is known."""
        if (needed or "source" in meta) and meta.get("source") not in sources:
            self.report("unknown_source", ("source",), "source", cut(meta.get("source", "")))
        if (needed or "mark" in meta) and meta.get("mark") not in schema.MARKS:
            self.report("mark", ("mark",), "mark", cut(meta.get("mark", "")))

    def cards(self, cards: list[Any], measures: Names, sheets: Names, ministries: Names) -> None:
        """Cards against the tables."""
        sound, seen, covered = True, set[str](), set[str]()
        for number, card in enumerate(cards):
            shaped = self.shaped(_CARD, card, number)
            if isinstance(card, dict) and type(sheet := card.get("sheet")) is str:
                if not schema.SHEET.fullmatch(sheet):
                    self.report("sheet", (number,), "sheet", sheet)
                if sheet in seen:
                    self.report("duplicate", (number,), "sheet", sheet)
                seen.add(sheet)
            if not shaped:
                sound = False
                continue
            if ministries is not None and not {*card["ministry"].split(JOINT)} <= ministries:
                self.report("unknown_ministry", (number, "ministry"), "ministry", card["ministry"])
            for place, key in enumerate(card["pictured"]):
                if key not in _PICTURES or card[key] is not None:
                    told = "、".join(_PICTURES)
                    self.report("pictured", (number, "pictured", place), "pictured", cut(key), keys=told)
            for place, target in enumerate(card["targets"]):
                at = (number, "targets", place)
                if self.shaped(_TARGET, target, *at) and not math.isfinite(target["number"] or 0):
                    self.report("not_finite", (*at, "number"), "number", cut(target["number"]))
            for place, entry in enumerate(card["measures"]):
                where = (number, "measures", place)
                if not self.shaped(_MEASURE, entry, *where):
                    sound = False
                    continue
                if measures is not None and entry["measure"] not in measures:
                    self.report("unknown_measure", (*where, "measure"), "measure", entry["measure"])
                covered.add(entry["measure"])
        for sheet in sorted((sheets or set()) - seen):
            self.problems.report("no_card", self.file, value=sheet)
        for measure in sorted((measures or set()) - covered if sound else ()):
            self.problems.report("on_no_card", self.file, value=measure)


def keys(file: str, frame: pd.DataFrame, column: str, problems: Problems) -> Names:
    """What a column names; None where its file could not be read in full, so that no other file is blamed."""
    sound = column in frame and not any(problem.file == file for problem in problems)
    return set(frame[column]) if sound else None


def places(measures: pd.DataFrame) -> list[str]:
    """Locators of the measures by their area and the order of the table, (2)-⑪; of a part as the document prints them."""
    order = measures.groupby("area").cumcount() + 1
    told = measures.get("place", [""] * len(measures))
    found = zip(told, measures["area"], order)
    return [own or schema.place(area, number) for own, area, number in found]


def cards_fit(cards: list[Any], measures: pd.DataFrame, sheets: pd.DataFrame, judge: Judge) -> None:
    """What sound cards must share with the tables: whose measures they are, and those that the sheet prints amounts of."""
    whose = dict(zip(measures["measure"], measures["ministry"]))
    named = sheets[sheets["measure"] != ""].groupby("sheet")["measure"].agg(set)
    for number, card in enumerate(cards):
        own = [entry["measure"] for entry in card["measures"]]
        ministries = list(dict.fromkeys(whose[name] for name in own))
        if not {*card["ministry"].split(JOINT)} <= {
            part for name in ministries for part in name.split(JOINT)
        }:
            told = {"ministries": "、".join(ministries)}
            judge.report("card_ministry", (number, "ministry"), "ministry", card["ministry"], **told)
        if lost := named.get(card["sheet"], set()) - set(own):
            judge.report(
                "card_measures", (number,), "measures", card["sheet"], measures="、".join(sorted(lost))
            )


def sheet_years(sheets: pd.DataFrame, year: int, problems: Problems) -> None:
    """A sheet tells of its document's year and of a few before."""
    for line, found in sheets["fiscal_year"].items():
        if not year - 10 <= found <= year:
            problems.report("sheet_year", "sheets.csv", int(str(line)), "fiscal_year", str(found), year=year)


def sums(
    totals: pd.DataFrame,
    areas: pd.DataFrame,
    measures: pd.DataFrame,
    columns: tuple[Column, ...],
    problems: Problems,
) -> None:
    """Parts may fall short of their whole, but never exceed it by more than rounding."""
    if len(totals) != 1:
        problems.report("totals_rows", "totals.csv", count=len(totals))
    for column in columns:
        compared = [
            ("area_exceeded", "areas.csv", line, area, measures[measures["area"] == area["area"]])
            for line, area in areas.iterrows()
        ]
        first = (totals.index[0], totals.iloc[0])
        compared += [
            ("areas_exceed", "totals.csv", *first, areas),
            ("measures_exceed", "totals.csv", *first, measures),
        ]
        for rule, file, line, whole, rows in compared:
            parts, most = total(rows[column.role].dropna()), whole[column.role]
            if most is not None and parts.low > most.high:
                printed = whole[column.name]
                told = {"parts": decimal(parts.value), "over": decimal(parts.value - most.value)}
                problems.report(rule, file, line, column.name, printed, **told)


def statements(table: pd.DataFrame, cells: dict[str, Interval], problems: Problems) -> None:
    """A number needs a unit and a tolerance; what it is computed from must be there, and not zero below a line."""
    for line, record in table.iterrows():
        if record["stated"] != CHANGES["new"] and not (record["unit"] and record["tolerance"]):
            problems.report("no_tolerance", "statements.csv", line, "unit・tolerance", record["stated"])
        elif record["stated"] != CHANGES["new"]:
            most = Fraction(1, 10 ** len(record["stated"].partition(".")[2]))
            if Fraction(record["tolerance"]) > most:
                told = {"most": decimal(most)}
                problems.report(
                    "wide_tolerance", "statements.csv", line, "tolerance", record["tolerance"], **told
                )
        for number, locator in enumerate(record["locators"]):
            at = ("statements.csv", line, "computed_from", locator)
            if "/" in record["signs"] and number and locator in cells and cells[locator].low <= 0:
                problems.report("zero_division", *at)
            if locator not in cells:
                problems.report("no_cell", *at)

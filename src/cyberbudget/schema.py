"""The shape of a document folder: rules for each cell of each CSV, and what is said in Japanese where one is broken.

Every cell is checked as text, just as a person typed it, so that nothing is coerced before it is judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from .errors import RULES, Problem
from .interval import ABSENT
from .words import STAGES, era, stage

ROLES = ("current", "supplementary", "previous")
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿"
Names = set[str] | None  # what a key may name; None where the file that says so is broken
UNITS = {"億円": 1, "百万円": 100}  # how many of the unit make 1億円


@dataclass(frozen=True, slots=True)
class Column:
    """One printed amount column of a document.

    ``role`` says what it is to the document, whatever its year: "current" (this year's initial budget, of a 概算要求
    what is requested), "supplementary" (last year's) or "previous" (last year's initial budget); ``given`` is False
    where the document has no such column.
    """

    name: str
    fiscal_year: int
    stage: str
    printed: str
    role: str
    given: bool = True

    @property
    def label(self) -> str:
        """令和6年度当初"""
        return f"{era(self.fiscal_year)}{stage(self.stage)}"

    @property
    def nothing(self) -> str:
        """What is said where the column holds no amount: that there was none, or that the document has no such column."""
        return f"{self.label}はありません" if self.given else f"資料に、{self.label}の欄はありません"


JOINT = "・"  # between the ministries that share a measure
AREA = "[0-9]{1,2}"
# (2)-⑪; ⑪ where the document has no areas; (2)-51 where there are no more circled numbers.
PLACE = rf"(?:\({AREA}\)-)?(?:[{CIRCLED}]|5[1-9]|[6-9][0-9]|[1-9][0-9][0-9])"
SHEET = re.compile(PLACE)
YEAR = re.compile(r"(199|20[0-9])[0-9]")
# rule key → what breaks it in a printed amount, the first one counts
_AMOUNT = {
    "fullwidth": "[０-９．，]",
    "dash": r"^[-‐‑‒–―ー－─−]\Z",
    "space": r"\d\s|\s\d|[.,]\s|^\s|\s\Z",
    "negative": r"^[-−‐－▲△][0-9]+(\.[0-9]+)?\Z",
    "comma": r"^[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?\Z",
    "not_number": r"^(?![0-9]+(\.[0-9]+)?\Z)",
    "too_long": r"^.{16,}\Z",
    "digits": r"^(?!\d+\.\d\Z)",
}
_SOUND = re.compile(r"[0-9]{1,13}\.[0-9]")  # what breaks none of them, seen at once


def place(area: str, number: int) -> str:
    """Locator of a measure or a sheet: its area, "" where there are none, and its number in the order of the table."""
    told = CIRCLED[number - 1] if number <= len(CIRCLED) else str(number)
    return f"({area})-{told}" if area else told


def numbers(place: str) -> tuple[int, ...]:
    """Area and number of a locator, for addresses and to sort by: (2)-⑪ → (2, 11), ⑪ → (11,)."""
    area, _, number = place.rpartition("-")
    own = CIRCLED.find(number) + 1 or int(number)
    return (int(area.strip("()")), own) if area else (own,)


def amount_fault(text: str, one_decimal: bool = True) -> str | None:
    """Rule key that a printed amount breaks, or None where it is fine."""
    if text == ABSENT or _SOUND.fullmatch(text):
        return None
    faults = (key for key, pattern in _AMOUNT.items() if re.search(pattern, text))
    fault = next(faults, None)
    return None if fault == "digits" and not one_decimal else fault


Sound = Callable[[str], object]
# What a cell of an amount may break, by the kind of amount; the first rule that is broken tells what is wrong.
_JUDGES: dict[str, Callable[[str], str | None]] = {
    "amount": amount_fault,
    "amount_as_printed": lambda text: amount_fault(text, one_decimal=False),
    "tolerance": lambda text: "not_number" if text == ABSENT else amount_fault(text, one_decimal=False),
}


@dataclass(frozen=True)
class Cell:
    """What a column lets stand in a cell: the rules by their keys, and whether each cell has to be another one."""

    rules: dict[str, Sound]
    unique: bool = False


def _check(key: str, sound: Sound) -> dict[str, Sound]:
    """A rule of :data:`~cyberbudget.errors.RULES` for a cell by itself; an empty one is for "empty"."""
    return {key: lambda value: value == "" or bool(sound(value))}


def _judged(kind: str) -> dict[str, Sound]:
    return _check(kind, lambda value: _JUDGES[kind](value) is None)


def _text(*checks: dict[str, Sound], unique: bool = False) -> Cell:
    return Cell({**_FILLED, **_optional(*checks).rules}, unique)


def _optional(*checks: dict[str, Sound]) -> Cell:
    found = dict(_TRIMMED)
    for check in checks:
        found |= check
    return Cell(found)


def _one_of(values: Names, key: str) -> dict[str, Sound]:
    return _check(key, lambda value: values is None or value in values)


_FILLED: dict[str, Sound] = {"empty": bool}
_TRIMMED = _check("edge_space", lambda value: value == value.strip())


def _amount(kind: str = "amount", filled: bool = True) -> Cell:
    return Cell((_FILLED if filled else {}) | _judged(kind))


Shape = dict[str, Cell]
# What names a row of a file together, where one column alone does not.
_KEYS = {
    "sheets.csv": ["sheet", "measure", "component", "fiscal_year", "stage"],
    "again.csv": ["column", "id"],
    "context/history.csv": ["fiscal_year", "stage", "edition"],
    "context/breaks.csv": ["fiscal_year", "what"],
    "context/denominators.csv": ["what", "fiscal_year"],
    "context/projects.csv": ["project", "fiscal_year"],
    "context/measure_history.csv": ["measure", "fiscal_year"],
    "context/countries.csv": ["country", "counts"],
    "context/items.csv": ["organization", "section", "item", "fiscal_year", "stage", "number"],
    "context/purposes.csv": ["measure"],
    "context/unmatched.csv": ["measure"],
    "data/identity.csv": ["measure", "name"],
    "data/questions.csv": ["page", "question"],
}


def common() -> dict[str, Shape]:
    """The columns of each CSV that all documents share (data/ministries.csv, …)."""
    named = {
        "ministries.csv": ["ministry", "reading", "short", "name_en", "short_en", "synonyms"],
        "terms.csv": ["term", "reading", "name_en", "kind", "meaning", "synonyms"],
        "synonyms.csv": ["name", "synonyms"],
    }
    shapes = {name: {c: _text(unique=c == own[0]) for c in own} for name, own in named.items()}
    several = _check("synonyms", lambda v: len(parts := v.split("、")) == len({*parts} - {""}))
    shapes["synonyms.csv"]["synonyms"] = _text(several)
    for name in ("ministries.csv", "terms.csv"):
        shapes[name]["synonyms"] = _optional(several)
    # It stands in names of files and in addresses.
    latin = _check("latin", re.compile("[A-Z]{1,12}").fullmatch)
    shapes["ministries.csv"]["short_en"] = _text(latin, unique=True)
    single = _check("joint_name", lambda value: JOINT not in value)
    shapes["ministries.csv"]["ministry"] = _text(single, unique=True)
    return shapes


def schemas(
    columns: list[str], areas: Names, ministries: Names, measures: Names, sources: Names = None
) -> dict[str, Shape]:
    """The columns of each CSV of a document folder.

    Parameters
    ----------
    columns : list of str
        The printed amount columns of the document (fy2024_initial, …).
    areas, ministries, measures : Names
        No area at all where the document has none: the measures' own is empty then.
    sources : Names
        Keys of references.bib where only a part of the document is known: amounts may be empty then, a measure says
        where it stands, and a row what it is from where that is not the source of the document.
    """
    part = sources is not None
    amounts = {column: _amount(filled=not part) for column in columns}
    told = {"source": _optional(_one_of(sources, "unknown_source")), "note": _optional()} if part else {}
    amounts |= told
    stated = _check("stated", lambda v: v == "新規" or (v != ABSENT and amount_fault(v, False) is None))
    known = _check("unknown_ministry", lambda v: ministries is None or {*v.split(JOINT)} <= ministries)
    return {
        "totals.csv": {"total": _text(unique=True), **amounts},
        "areas.csv": {
            # Number and key stand in names of files and in addresses.
            "area": _text(_check("area_number", re.compile(AREA).fullmatch), unique=True),
            "key": _text(_check("area_key", re.compile("[a-z][a-z-]{1,30}").fullmatch), unique=True),
            **{name: _text(unique=True) for name in ("name", "short")},
            **{name: _text() for name in ("name_en", "short_en", "question")},
            "about": _optional(),
            **amounts,
        },
        "measures.csv": {
            **({"place": _optional(_check("sheet", SHEET.fullmatch))} if part else {}),
            "area": (_text if areas or areas is None else _optional)(_one_of(areas, "unknown_area")),
            "ministry": _text(known),
            "measure": _text(unique=True),
            "printed_as": _optional(),
            **amounts,
        },
        "sheets.csv": {
            "sheet": _text(_check("sheet", SHEET.fullmatch)),
            "measure": _optional(_one_of(measures, "unknown_measure")),
            "component": _optional(),
            "fiscal_year": _text(_check("year", YEAR.fullmatch)),
            "stage": _text(_one_of(set(STAGES), "stage")),
            "printed": _amount("amount_as_printed"),
            "unit": _text(_one_of(set(UNITS), "unit")),
        },
        "statements.csv": {
            "statement": _text(unique=True),
            "locator": _text(),
            "quote": _text(),
            "stated": _text(stated),
            "unit": _optional(_one_of({*UNITS, "割"}, "unit")),
            "tolerance": _optional(_judged("tolerance")),
            "computed_from": _text(),
        },
    }


def questions() -> Shape:
    """The columns of data/questions.csv."""
    return {"page": _text(), "question": _text()}


def again(columns: list[str]) -> Shape:
    """The columns of again.csv: the amounts of the tables, typed a second time."""
    return {"column": _text(_one_of(set(columns), "amount_column")), "id": _text(), "printed": _amount()}


# How near a source outside the document stands to the government's own text; 本書 is what we judged ourselves.
MARKS = ("A", "A–", "B", "C", "本書")
BREAKS = ("範囲", "題", "分け方")
WHOLES = (
    "general_account", "general_account_draft", "defence", "defence_expense", "defence_fund",
    "defence_plan_outlays", "defence_plan_contracts", "digital_agency", "gdp",
)  # fmt: skip
# Of the items of the state's budget: 補正後 amounts (revised) hold the initial ones, and 暫定 (provisional) are part of them.
ITEM_STAGES = ("initial", "revised", "provisional", "settled")
# Whose systems a measure protects: the ministry's own, those of other public bodies, everyone else's; or no one answer.
PURPOSES = {
    "own": "その府省庁のシステム",
    "public": "ほかの公的機関のシステム",
    "others": "企業や国民などのシステム",
    "mixed": "一つに決まらないもの",
}
UNMATCHED = (
    "一部だけ",
    "大きな事業の一部",
    "見つからない",
)  # why a measure is no project of 行政事業レビュー
WHOLE, SIGNED_WHOLE, SIGNED = map(re.compile, ("[0-9]+", "-?[0-9]+", "-?[0-9]+([.][0-9]+)?"))


def corporate(text: str) -> bool:
    """True for a corporate number (法人番号) whose first digit checks the other twelve; thirteen 9s stand for none."""
    if not re.fullmatch("[0-9]{13}", text, re.ASCII) or text == "9" * 13:
        return False
    weighed = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(text[1:])))
    return int(text[0]) == 9 - weighed % 9


def context(sources: Names) -> dict[str, Shape]:
    """The columns of each CSV that holds what is not from the document; every row names its source and its mark.

    Parameters
    ----------
    sources : Names
        Keys of references.bib.
    """
    patterns = {"year": YEAR, "whole_yen": WHOLE, "signed_yen": SIGNED_WHOLE, "not_number": SIGNED}
    known: dict[str, Names] = {
        "unknown_source": sources, "mark": {*MARKS}, "stage": {*STAGES}, "break_kind": {*BREAKS}, "denominator": {*WHOLES},
        "item_stage": {*ITEM_STAGES}, "purpose": {*PURPOSES}, "unmatched": {*UNMATCHED},
    }  # fmt: skip
    checks = {key: _check(key, pattern.fullmatch) for key, pattern in patterns.items()}
    checks |= {key: _one_of(names, key) for key, names in known.items()}
    checks["corporate"] = _check("corporate", corporate)

    def shape(columns: str, *last: str) -> Shape:
        """A column each, with the rule that its cells keep after its name; a ? lets them be empty."""
        found = {}
        for column in (*columns.split(), "source:unknown_source", "mark:mark", *last):
            name, _, rule = column.partition(":")
            own = [checks[key] for key in (rule.removesuffix("?"),) if key]
            found[name] = (_optional if rule.endswith("?") else _text)(*own)
        return found

    return {
        "identity.csv": shape("measure name fiscal_year:year evidence"),
        "history.csv": shape("fiscal_year:year stage:stage edition:? amount:not_number", "note:?"),
        "breaks.csv": shape("fiscal_year:year kind:break_kind what amount:not_number?"),
        "denominators.csv": shape("what:denominator fiscal_year:year amount_yen:whole_yen vintage:?"),
        "projects.csv": shape(
            "measure project name fiscal_year:year initial_yen:whole_yen supplementary_yen:signed_yen carried_in_yen:whole_yen "
            "reserve_yen:signed_yen budget_yen:whole_yen executed_yen:whole_yen carried_out_yen:whole_yen request_yen:whole_yen"
        ),
        "recipients.csv": shape(
            "fiscal_year:year measure project block chain depth:whole_yen recipient corporate_number:corporate? "
            "amount_yen:whole_yen contract:?", "note:?"
        ),
        "measure_history.csv": shape(
            "measure fiscal_year:year initial:not_number supplementary:not_number budget:not_number executed:not_number? "
            "sheet_year:year project"
        ),
        "countries.csv": shape("country counts figure:not_number unit period lacks"),
        "items.csv": shape(
            "organization section item fiscal_year:year stage:item_stage number:whole_yen? amount_yen:whole_yen "
            "before_yen:whole_yen? spent_yen:whole_yen? address"
        ),
        "purposes.csv": shape("measure purpose:purpose reason"),
        "unmatched.csv": shape("measure kind:unmatched why project:? name:? fiscal_year:year initial_yen:whole_yen?"),
    }  # fmt: skip


_PANDERA_KEYS = {
    "column_in_dataframe": "missing_column",
    "column_in_schema": "extra_column",
    "field_uniqueness": "duplicate",
    "multiple_fields_uniqueness": "duplicate",
}


def problems(file: str, frame: pd.DataFrame, columns: Shape) -> list[Problem]:
    """All that a frame of text breaks of the shape of its columns; empty where it is fine.

    The index of ``frame`` holds the line numbers of the file.
    """
    if frame.columns.empty:  # its problem is known
        return []
    # Without one of its columns the key would name false duplicates.
    key = _KEYS.get(file, [])
    unique = key if key and set(key) <= set(frame.columns) else None
    if _sound(frame, columns, unique):
        return []
    import pandera.pandas as pa  # finds and names each fault; loading it takes longer than loading a document

    own = {
        name: pa.Column(
            str,
            [pa.Check(sound, element_wise=True, error=key) for key, sound in cell.rules.items()],
            unique=cell.unique,
        )
        for name, cell in columns.items()
    }
    try:
        pa.DataFrameSchema(own, strict=True, unique=unique).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
    else:
        return []
    found: dict[tuple, Problem] = {}
    for case in cases.to_dict("records"):
        broken = _PANDERA_KEYS.get(str(case["check"]), str(case["check"]))
        if judge := _JUDGES.get(broken):
            broken = str(judge(str(case["failure_case"])))
        rule, hint = RULES[broken]
        row = None if pd.isna(case["index"]) else int(case["index"])
        column: str = case["column"]
        value: str | None = str(case["failure_case"])
        if broken in ("missing_column", "extra_column"):
            column, value = str(case["failure_case"]), None
        if str(case["check"]) == "multiple_fields_uniqueness":
            column, value = "・".join(key), "・".join(frame.loc[row, key])
        found[(row, column, broken)] = Problem(file, row, column, value, rule, hint)
    order = {name: number for number, name in enumerate(frame.columns)}
    return sorted(found.values(), key=lambda p: (p.row or 0, order.get(p.column or "", 99)))


def _sound(frame: pd.DataFrame, columns: Shape, unique: list[str] | None) -> bool:
    """True where a frame breaks nothing."""
    if {*frame.columns} != columns.keys() or (unique and frame.duplicated(unique).any()):
        return False
    for name, cell in columns.items():
        values = frame[name].tolist()
        distinct = set(values)
        if (cell.unique and len(distinct) < len(values)) or not all(
            sound(value) for sound in cell.rules.values() for value in distinct
        ):
            return False
    return True

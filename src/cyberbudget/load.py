"""Read a document folder: files → checked text → :class:`Document` with tidy amounts.

Nothing is returned unless the whole folder is sound; see :class:`cyberbudget.errors.DataError`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from . import commentary, schema
from .commentary import Comment
from .errors import DataError, Problems
from .interval import ABSENT, NOTHING, Interval, decimal
from .judge import Judge, cards_fit, keys, places, sheet_years, statements, sums
from .read import LARGEST, read_csv, read_yaml
from .schema import JOINT, UNITS, Column, amount_fault
from .words import KINDS, era, fy

TABLES = ("totals.csv", "areas.csv", "measures.csv", "sheets.csv", "statements.csv")
AREAS = TABLES[1]
CARDS = "programmes.yaml"
AGAIN = "again.csv"  # the amounts of the tables, typed a second time by somebody else or in another order
QUESTIONS = "questions.csv"
DRAFT = "draft: true"  # a line of document.yaml while the folder is being filled in
PARTIAL = "partial: true"  # a line of document.yaml where only a part of the document is known
REQUEST = "stage: request"  # a line of document.yaml of a 概算要求
NAME = re.compile("fy[0-9]{4}(-[a-z0-9]+)*")  # of the folder of a document
SIGN = re.compile(" ([-+/]) ")  # between the locators of a statement


def data_root() -> Path:
    """The data folder: the environment variable CYBERBUDGET_DATA, the copy in a wheel, or data/ of the repository."""
    here = Path(__file__).resolve()
    named, packaged = os.environ.get("CYBERBUDGET_DATA"), here.parent / "data"
    return Path(named) if named else packaged if packaged.is_dir() else here.parents[2] / "data"


def documents(root: Path | None = None) -> list[Path]:
    """Folders of published documents, oldest first (fy2024, fy2025, …), but for those that are being filled in."""
    return [folder for folder in folders(root) if not drafted(folder)]


def books(root: Path | None = None, as_of: str = "") -> list[Path]:
    """Those of :func:`documents` that a book can be made of: whole documents of 当初, the newest edition of a year last.

    Parameters
    ----------
    root : Path, optional
        The data folder.
    as_of : str
        The view of an earlier day: a date (2024-06-30), for those that were published by then, or the name of a
        folder (fy2024), for those up to it. The environment variable CYBERBUDGET_AS_OF where left out.

    Raises
    ------
    DataError
        Where there is no such folder, or none is known to be published by that date.
    """
    found = [folder for folder in documents(root) if not bare(folder)]
    names, as_of = [folder.name for folder in found], as_of or os.environ.get("CYBERBUDGET_AS_OF", "")
    if not as_of:
        return found
    if as_of in names:
        return found[: names.index(as_of) + 1]
    return _published(found, as_of)


def _published(found: list[Path], as_of: str) -> list[Path]:
    """Those published by a date; one whose date is not known could be older or newer, and is left out."""
    problems = Problems()
    dates = {p: read_yaml(p / "document.yaml", dict, Problems())[0] or {} for p in found}
    known = {p: str(meta.get("date") or "") for p, meta in dates.items()}
    with suppress(ValueError):
        date.fromisoformat(as_of)
        if then := [p for p, when in known.items() if "" < when <= as_of]:
            return then
        bare = "、".join(p.name for p, when in known.items() if not when) or "なし"
        problems.report("not_yet", "CYBERBUDGET_AS_OF", None, "as_of", as_of, bare=bare)
    if not problems:
        names = "、".join(p.name for p in found)
        problems.report("as_of", "CYBERBUDGET_AS_OF", None, "as_of", as_of[:40], known=names)
    raise DataError(problems)


def folders(root: Path | None = None) -> list[Path]:
    """Folders of documents, whole or not, oldest first."""
    return sorted(p for p in (root or data_root()).glob("fy*") if NAME.fullmatch(p.name) and p.is_dir())


def drafted(folder: Path) -> bool:
    """True for a folder that is being filled in: a line of its document.yaml says so."""
    return _says(folder, DRAFT)


def bare(folder: Path) -> bool:
    """True for a 概算要求 and for a document of which only a part is known: no book is made of it."""
    return _says(folder, PARTIAL) or _says(folder, REQUEST)


def totals(folder: Path) -> Iterator[tuple[dict[str, Any], Column, str]]:
    """What a document prints of the whole, without reading the rest: document.yaml, the column, the amount as printed.

    A folder that cannot be read gives nothing: it has a check of its own.
    """
    problems = Problems()
    meta, lines = read_yaml(folder / "document.yaml", dict, problems)
    columns = Judge("document.yaml", lines, problems).columns(meta) if meta else None
    table = read_csv(folder / "totals.csv", "totals.csv", problems)
    for column in columns or ():
        text = next(iter(table.get(column.name, ())), "")
        if text and amount_fault(text) is None and not problems:
            yield meta, column, text


def _says(folder: Path, line: str) -> bool:
    """True where document.yaml has the line, found without reading the whole as YAML: every command asks for it."""
    path = folder / "document.yaml"
    try:
        regular = path.is_file() and path.stat().st_size <= LARGEST  # a device has no end
        return regular and line in path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return False


def data_files(root: Path) -> list[Path]:
    """All files of a data folder, without hidden ones and those of folders that are being filled in."""
    aside = [folder for folder in folders(root) if drafted(folder)]
    return [
        path
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(root).parts)
        and not any(path.is_relative_to(folder) for folder in aside)
    ]


@dataclass(frozen=True, eq=False)  # each is itself: frames have no equality of their own
class Document:
    """A published document, read and checked.

    Attributes
    ----------
    folder : Path
    meta : dict
        document.yaml.
    totals, areas, measures : DataFrame
        The CSV files as text, in printed order, with the amounts (Interval, 億円) under the role of their
        column and the locator ``id`` ((2)-⑪, (2)). A document without areas has no row of ``areas``, and its
        measures are ①, ②, … Where only a part of a document is known, an unknown amount is an empty text and None,
        and has no cell; a 概算要求 and a part have no row of ``sheets`` and ``statements`` where there is no such file.
    sheets : DataFrame
        sheets.csv with the year as a number and ``amount`` (Interval, 億円), whatever unit it is printed in.
    statements : DataFrame
        statements.csv with ``expected`` (Interval in 億円 or, for 割, a ratio; None for 新規), and
        ``locators`` and ``signs`` of what it is computed from.
    again : DataFrame or None
        again.csv, where there is one: column, id, printed.
    programmes : list of dict
        The cards of the 施策例 sheets.
    ministries, terms, synonyms : DataFrame
        data/ministries.csv, data/terms.csv and data/synonyms.csv.
    current, supplementary, previous : Column
        This year's initial (of a 概算要求 the requested), last year's supplementary and last year's initial column; in
        this order ``columns``. A 補正 column that a whole document has not is — throughout and no cell; of a 概算要求
        and a part ``columns`` holds only what is given.
    commentary : tuple of Comment
        What a person added, whether its guard holds or not.
    """

    folder: Path
    meta: dict[str, Any]
    totals: pd.DataFrame
    areas: pd.DataFrame
    measures: pd.DataFrame
    sheets: pd.DataFrame
    statements: pd.DataFrame
    programmes: list[dict[str, Any]]
    ministries: pd.DataFrame
    terms: pd.DataFrame
    synonyms: pd.DataFrame
    current: Column
    supplementary: Column
    previous: Column
    commentary: tuple[Comment, ...] = ()
    again: pd.DataFrame | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        every = self.current, self.supplementary, self.previous
        return tuple(c for c in every if c.given or not self.bare)

    @property
    def partial(self) -> bool:
        """True where only a part of the document is known."""
        return bool(self.meta.get("partial"))

    @property
    def bare(self) -> bool:
        """True for a 概算要求 and for a part: no book is made of it, and it need not have sheets."""
        return self.partial or self.current.stage == "request"

    @property
    def source(self) -> str:
        """The 出典 line of figures and tables, from the document's own metadata."""
        return f"出典：『{self.meta['title']}』（{era(self.meta['fiscal_year'])}、{self.meta['number']}、{self.meta['edition']}）を加工して作成"

    def told(self, key: str) -> str:
        """What document.yaml says under a key that not every document has; empty where it says nothing."""
        return str(self.meta.get(key) or "")

    @property
    def source_en(self) -> str:
        """The source line in English."""
        return f"Source: compiled from 『{self.meta['title']}』 ({fy(self.meta['fiscal_year'])}, {self.meta['edition_en']})"

    def _printed(self) -> Iterator[tuple[str, str, dict[str, Any], Column]]:
        """Level, locator, row and column of every printed amount."""
        for level, table in (("total", self.totals), ("area", self.areas), ("measure", self.measures)):
            for record in table.to_dict("records"):
                for column in self.columns:
                    if column.given and record[column.role] is not None:
                        yield level, f"{level}s/{record['id']}/{column.name}", record, column

    @cached_property
    def amounts(self) -> pd.DataFrame:
        """Tidy amounts: one row is one printed amount.

        Returns
        -------
        DataFrame
            level (total, area, measure), area, ministry, measure, fiscal_year, stage, printed, amount,
            low, high (Decimal, 億円; — is 0), locator (table/row/column).
        """
        rows = []
        for level, locator, record, column in self._printed():
            names = (record.get(key, "") for key in ("area", "ministry", "measure"))
            found, when = record[column.role], (column.fiscal_year, column.stage)
            bounds = map(decimal, (found.value, found.low, found.high))
            rows.append((level, *names, *when, record[column.name], *bounds, locator))
        columns = "level area ministry measure fiscal_year stage printed amount low high locator"
        return pd.DataFrame(rows, columns=columns.split())

    @cached_property
    def cells(self) -> dict[str, Interval]:
        """Interval of every amount by its locator, e.g. ``cells["areas/(3)/fy2024_initial"]``."""
        return {locator: record[column.role] for _, locator, record, column in self._printed()}

    def amount(self, level: str, row: str, column: Column) -> Interval:
        """One amount: level "total", "area" or "measure", the row's locator id, the column.

        Raises
        ------
        KeyError
            Where the document has no such cell.
        """
        return self.cells[f"{level}s/{row}/{column.name}"] if column.given else NOTHING

    def whole(self, column: Column) -> Interval:
        """The printed total of a column in 億円."""
        return self.amount("total", self.totals["id"].iloc[0], column)

    def area_of(self, key: str) -> str:
        """Number of the area with this key, whatever number it has in this document; empty where there is none."""
        return str(next(iter(self.areas.loc[self.areas["key"] == key, "area"]), ""))

    @property
    def bodies(self) -> list[str]:
        """The ministries whose measures are listed, each once, also those that share one."""
        named = {part for name in self.measures["ministry"] for part in name.split(JOINT)}
        return [name for name in self.ministries["ministry"] if name in named]

    def area_name(self, area: str, short: bool = False) -> str:
        """Name of a strategy area, e.g. of "3"."""
        return str(self.areas.set_index("area").loc[area, "short" if short else "name"])

    def trace(self, locator: str) -> str:
        """A locator in words: 分野ごとの表 (3)-① 令和6年度 当初予算."""
        level, row, name = locator.split("/")
        printed = next(c.printed for c in self.columns if c.name == name)
        return f"{'総額' if level == 'totals' else f'分野ごとの表 {row}'} {printed}"


def load(folder: str | Path | None = None, as_of: str = "") -> Document:
    """Load and check a document folder.

    Parameters
    ----------
    folder : path, optional
        e.g. data/fy2024; where left out, the newest document that a book can be made of. The folder above it holds
        ministries.csv, terms.csv and synonyms.csv.
    as_of : str
        Instead of a folder, the newest one of an earlier day or edition; see :func:`books`.

    Raises
    ------
    DataError
        With every problem found, in Japanese; nothing is half loaded.
    """
    problems = Problems()
    if folder is None:
        found = books(as_of=as_of)
        if not found:
            problems.report("no_document", str(data_root()))
            problems.stop()
        folder = found[-1]
    return _document(Path(folder), problems)


def questions(root: Path | None = None) -> pd.DataFrame:
    """What readers ask, and which page answers it: data/questions.csv, for the search alone.

    Returns
    -------
    DataFrame
        page (file of a chapter, key of an area, name of a measure), question.

    Raises
    ------
    DataError
        With every problem found, in Japanese.
    """
    root, problems = root or data_root(), Problems()
    label = f"{root.resolve().name}/{QUESTIONS}"
    table = read_csv(root / QUESTIONS, label, problems)
    problems += schema.problems(label, table, schema.questions())
    problems.stop()
    return table


def _document(folder: Path, problems: Problems) -> Document:
    """Read, judge, and only then turn every cell into an amount, once."""
    meta, lines = read_yaml(folder / "document.yaml", dict, problems)
    judge, sources = Judge("document.yaml", lines, problems), {*commentary.references(folder.parent)}
    columns = None if meta is None else judge.columns(meta)
    partial, free = _says(folder, PARTIAL), tuple[str, ...]()
    if columns is not None:
        judge.known_part(meta, partial, sources)
        for key, line in (("partial", PARTIAL), ("stage", REQUEST)):
            if meta.get(key) in (True, "request") and not _says(folder, line):
                judge.report("plain_line", (key,), key, line=line)
    if bare(folder):
        free = ("measures.csv",) * partial + ("sheets.csv", "statements.csv", CARDS)
    left_out = {name for name in free if not os.path.lexists(folder / name)}
    cards, lines = ([], {}) if CARDS in left_out else read_yaml(folder / CARDS, list, problems)
    shared = {name: f"{folder.parent.resolve().name}/{name}" for name in schema.common()}
    common = {name: read_csv(folder.parent / name, label, problems) for name, label in shared.items()}
    tables = {
        name: pd.DataFrame() if name in left_out else read_csv(folder / name, name, problems)
        for name in TABLES
        if name != AREAS
    }
    divided = os.path.lexists(folder / AREAS) or any(tables["measures.csv"].get("area", ()))
    if divided:  # into areas, as not every document is
        tables[AREAS] = read_csv(folder / AREAS, AREAS, problems)
    else:
        left_out.add(AREAS)
    ministries = keys(shared["ministries.csv"], common["ministries.csv"], "ministry", problems)
    measures = keys("measures.csv", tables["measures.csv"], "measure", problems)
    areas = keys(AREAS, tables[AREAS], "area", problems) if divided else set[str]()
    sheets = keys("sheets.csv", tables["sheets.csv"], "sheet", problems)
    for name, rule in schema.common().items():
        problems += schema.problems(shared[name], common[name], rule)
    if columns is None:
        problems.stop()
    assert columns is not None
    given = [c.name for c in columns if c.given]
    rules = schema.schemas(given, areas, ministries, measures, sources if partial else None)
    for name, table in tables.items():
        problems += schema.problems(name, table, rules[name])
    tables |= {name: pd.DataFrame(columns=[*rules[name]], dtype=str) for name in left_out & {*TABLES}}
    again = read_csv(folder / AGAIN, AGAIN, problems) if (folder / AGAIN).exists() else None
    if again is not None:
        problems += schema.problems(AGAIN, again, schema.again(given))
    if cards is not None and CARDS not in left_out:
        Judge(CARDS, lines, problems).cards(cards, measures, sheets, ministries)
    problems.stop()

    totals, own, listed, sheet, said = (tables[name] for name in TABLES)
    cards_fit(cards, listed, sheet, Judge(CARDS, lines, problems))
    totals["id"], own["id"] = totals["total"], "(" + own["area"] + ")"
    listed["id"] = places(listed)
    for table in (totals, own, listed):
        for column in columns:
            if not column.given:  # in a whole document it adds nothing; of another it is not known
                table[column.name] = "" if bare(folder) else ABSENT
            table[column.role] = [Interval.printed(text) if text else None for text in table[column.name]]
    for line, amount in totals["current"].items():  # of a part too the whole is known
        if amount is None:
            problems.report("empty", TABLES[0], int(str(line)), columns[0].name)
    sheet["fiscal_year"] = sheet["fiscal_year"].astype(int)
    sheet_years(sheet, meta["fiscal_year"], problems)
    sheet["amount"] = [
        Interval.printed(text, scale=Fraction(1, UNITS[unit]))
        for text, unit in zip(sheet["printed"], sheet["unit"])
    ]
    said["signs"] = ["".join(SIGN.findall(text)) for text in said["computed_from"]]
    said["locators"] = [SIGN.sub("|", text).split("|") for text in said["computed_from"]]
    sums(totals, own, listed, columns, problems)
    bodies = _with_joint(common["ministries.csv"], listed["ministry"])
    others = bodies, common["terms.csv"], common["synonyms.csv"], *columns
    document = Document(folder, meta, totals, own, listed, sheet, said, cards, *others)
    statements(said, document.cells, problems)
    printed = dict(zip(document.amounts["locator"], document.amounts["printed"]))
    document = replace(document, commentary=commentary.read(folder, printed, problems), again=again)
    problems.stop()
    said["expected"] = [_expected(record) for record in said.to_dict("records")]
    return document


def _with_joint(ministries: pd.DataFrame, named: pd.Series) -> pd.DataFrame:
    """The ministries, and after them those that share a measure, as one more row: 総務省・経済産業省."""
    known, rows = ministries.set_index("ministry", drop=False), []
    for name in dict.fromkeys(name for name in named if JOINT in name):
        own = known.loc[name.split(JOINT)]
        joins = {"name_en": " and ", "short_en": ""}
        row = {key: joins.get(key, JOINT).join(own[key]) for key in ministries}
        rows.append(row | {"synonyms": ""})
    return pd.concat([ministries, pd.DataFrame(rows, columns=ministries.columns)]) if rows else ministries


def _expected(record: dict[str, Any]) -> Interval | None:
    """What a statement claims: the stated number with the tolerance of its words; None for 新規."""
    if record["stated"] == KINDS["new"]:
        return None
    scale = Fraction(1, 10) if record["unit"] == "割" else Fraction(1, UNITS[record["unit"]])
    value, slack = Fraction(record["stated"]), Fraction(record["tolerance"])
    return Interval((value - slack) * scale, value * scale, (value + slack) * scale)

"""Read a document folder: files → checked text → :class:`Document` with tidy amounts.

Nothing is returned unless the whole folder is sound; see :class:`cyberbudget.errors.DataError`.
"""

from __future__ import annotations

import csv
import io
import os
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from . import schema
from .errors import DataError, Problem
from .interval import Interval, total
from .words import STAGES, era, fy, stage

TABLES = ("totals.csv", "areas.csv", "measures.csv", "sheets.csv", "statements.csv")
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿"

# Shapes of the YAML files: key → what may stand there, by its Python types.
_TEXT, _MAYBE, _LIST = (str,), (str, type(None)), (list,)
_META = {
    "title": _TEXT, "number": _TEXT, "fiscal_year": (int,), "publisher": _TEXT, "edition": _TEXT, "edition_en": _TEXT,
    "columns": _LIST, "notes": _LIST, "discrepancies": _LIST,
}  # fmt: skip
_COLUMN = {"column": _TEXT, "fiscal_year": (int,), "stage": _TEXT, "printed": _TEXT}
_NOTE = dict.fromkeys(("note", "meaning"), _TEXT)
_DISCREPANCY = dict.fromkeys(("id", "where", "printed", "proper", "kind", "treatment"), _TEXT)
_CARD = {
    "sheet": _TEXT, "title": _TEXT, "ministry": _TEXT, "measures": _LIST, "office": _MAYBE, "summary": _TEXT,
    "operator": _MAYBE, "scheme": _MAYBE, "subsidy_target": _MAYBE, "subsidy_rate": _MAYBE, "period": _MAYBE,
    "targets": _LIST, "expected": _MAYBE,
}  # fmt: skip
_MEASURE = dict.fromkeys(("measure", "name_en"), _TEXT)
_TARGET = {"text": _TEXT, "number": (int, float, type(None)), "unit": _MAYBE, "comparison": _MAYBE}
_KINDS = {
    str: "文字",
    int: "整数",
    float: "小数",
    list: "- で始まる一覧",
    dict: "項目: 値 の形",
    type(None): "null",
}


def data_root() -> Path:
    """The data folder: the environment variable CYBERBUDGET_DATA, or data/ of this repository."""
    named = os.environ.get("CYBERBUDGET_DATA")
    return Path(named) if named else Path(__file__).resolve().parents[2] / "data"


def documents(root: Path | None = None) -> list[Path]:
    """Folders of published documents, oldest first (fy2024, fy2025, …)."""
    root = root or data_root()
    folders = [p for p in root.glob("fy[0-9][0-9][0-9][0-9]*") if p.is_dir()]
    return sorted(folders, key=lambda p: p.name)


@dataclass(frozen=True, slots=True)
class Column:
    """One printed amount column of a document."""

    name: str
    fiscal_year: int
    stage: str
    printed: str

    @property
    def label(self) -> str:
        """令和6年度当初"""
        return f"{era(self.fiscal_year)}{stage(self.stage)}"


@dataclass(frozen=True)
class Document:
    """A published document, read and checked.

    Attributes
    ----------
    folder : Path
    meta : dict
        document.yaml.
    totals, areas, measures, sheets, statements : DataFrame
        The CSV files as text, in printed order; ``measures`` and ``areas`` carry the locator ``id``
        ((2)-⑪, (2)), ``areas`` the names of data/areas.csv.
    programmes : list of dict
        The cards of the 施策例 sheets.
    ministries, terms : DataFrame
        data/ministries.csv and data/terms.csv.
    current, supplementary, previous : Column
        This year's initial, last year's supplementary and last year's initial column.
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
    current: Column
    supplementary: Column
    previous: Column

    @property
    def columns(self) -> tuple[Column, Column, Column]:
        """The three columns in the document's own order."""
        return self.current, self.supplementary, self.previous

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
        for level, table in (("total", self.totals), ("area", self.areas), ("measure", self.measures)):
            for record in table.to_dict("records"):
                for column in self.columns:
                    found = Interval.printed(record[column.name])
                    rows.append(
                        {
                            "level": level,
                            "area": record.get("area", ""),
                            "ministry": record.get("ministry", ""),
                            "measure": record.get("measure", ""),
                            "fiscal_year": column.fiscal_year,
                            "stage": column.stage,
                            "printed": record[column.name],
                            "amount": decimal(found.value),
                            "low": decimal(found.low),
                            "high": decimal(found.high),
                            "locator": f"{level}s/{record['id']}/{column.name}",
                        }
                    )
        return pd.DataFrame(rows)

    @cached_property
    def cells(self) -> dict[str, Interval]:
        """Interval of every amount by its locator, e.g. ``cells["areas/(3)/fy2024_initial"]``."""
        return {
            locator: Interval.printed(printed)
            for locator, printed in zip(self.amounts["locator"], self.amounts["printed"])
        }

    def amount(self, level: str, row: str, column: Column) -> Interval:
        """One amount: level "total", "area" or "measure", the row's locator id, the column.

        Raises
        ------
        KeyError
            Where the document has no such cell.
        """
        return self.cells[f"{level}s/{row}/{column.name}"]

    def whole(self, column: Column) -> Interval:
        """The printed total of a column in 億円."""
        return self.amount("total", self.totals["id"].iloc[0], column)

    def area_name(self, area: str, short: bool = False) -> str:
        """Name of a strategy area, e.g. of "3"."""
        return str(self.areas.set_index("area").loc[area, "short" if short else "name"])

    def trace(self, locator: str) -> str:
        """A locator in words: 分野ごとの表 (3)-① 令和6年度 当初予算."""
        level, row, name = locator.split("/")
        printed = next(c.printed for c in self.columns if c.name == name)
        table = {"totals": "総額", "areas": "分野ごとの表", "measures": "分野ごとの表"}[level]
        return f"{table} {row if level != 'totals' else ''} {printed}".replace("  ", " ")


def decimal(number: Fraction) -> Decimal:
    """Exact decimal of an amount."""
    return Decimal(number.numerator) / Decimal(number.denominator)


def load(folder: str | Path | None = None) -> Document:
    """Load and check a document folder.

    Parameters
    ----------
    folder : path, optional
        e.g. data/fy2024; the newest document where left out. The folder above it holds areas.csv,
        ministries.csv and terms.csv.

    Raises
    ------
    DataError
        With every problem found, in Japanese; nothing is half loaded.
    """
    if folder is None:
        found = documents()
        if not found:
            root = data_root()
            raise DataError(
                [
                    Problem(
                        str(root),
                        None,
                        None,
                        None,
                        "資料のフォルダーがありません",
                        "fy2024 のようなフォルダーを置いてください",
                    )
                ]
            )
        folder = found[-1]
    return _Reader(Path(folder)).document()


class _Reader:
    """Collects problems while it reads one folder, and raises them together."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.lines: dict[tuple, int] = {}  # (YAML file, key or position, …) → line

    def document(self) -> Document:
        meta = self._yaml("document.yaml", dict)
        columns = self._columns(meta) if meta is not None else None
        cards = self._yaml("programmes.yaml", list)
        parent = self.folder.parent
        shared = {
            name: f"{parent.resolve().name}/{name}" for name in schema.common()
        }  # told apart from the folder's own areas.csv
        common = {name: self._csv(parent / name, label) for name, label in shared.items()}
        texts = {name: self._csv(self.folder / name, name) for name in TABLES}
        ministries = self._keys(shared["ministries.csv"], common["ministries.csv"], "ministry")
        measures = self._keys("measures.csv", texts["measures.csv"], "measure")
        areas = self._keys(shared["areas.csv"], common["areas.csv"], "area")
        own_areas = self._keys("areas.csv", texts["areas.csv"], "area")
        sheets = self._keys("sheets.csv", texts["sheets.csv"], "sheet")
        for name, rule in schema.common().items():
            self._check(shared[name], common[name], rule)
        if columns is None:
            self._stop()
        assert columns is not None and meta is not None
        rules = schema.schemas([c.name for c in columns], areas, ministries, measures, own_areas)
        for name in TABLES:
            self._check(name, texts[name], rules[name])
        if cards is not None:
            self._cards(cards, measures, sheets, ministries)
        self._stop()
        tables = {name: frame.copy() for name, frame in texts.items()}
        tables["totals.csv"]["id"] = tables["totals.csv"]["total"]
        tables["areas.csv"]["id"] = "(" + tables["areas.csv"]["area"] + ")"
        tables["areas.csv"] = (
            tables["areas.csv"]
            .reset_index()
            .merge(common["areas.csv"], on="area", how="left")
            .set_index("index")
        )
        order = tables["measures.csv"].groupby("area").cumcount()
        for line in order.index[order == len(CIRCLED)]:
            self._report(
                "measures.csv",
                f"一つの分野に{len(CIRCLED) + 1}件以上の施策があります",
                f"位置の番号は{CIRCLED[-1]}までです。行の重なりがないか確かめてください",
                line,
                "area",
                tables["measures.csv"].loc[line, "area"],
            )
        self._stop()
        tables["measures.csv"]["id"] = [
            f"({area})-{CIRCLED[n]}" for area, n in zip(tables["measures.csv"]["area"], order)
        ]
        self._sums(tables, columns)
        current, supplementary, previous = columns
        document = Document(
            folder=self.folder,
            meta=meta,
            totals=tables["totals.csv"],
            areas=tables["areas.csv"],
            measures=tables["measures.csv"],
            sheets=tables["sheets.csv"],
            statements=tables["statements.csv"],
            programmes=cards or [],
            ministries=common["ministries.csv"],
            terms=common["terms.csv"],
            current=current,
            supplementary=supplementary,
            previous=previous,
        )
        self._locators(document)
        self._stop()
        return document

    def _stop(self) -> None:
        if self.problems:
            raise DataError(self.problems)

    def _report(self, file: str, rule: str, hint: str, row=None, column=None, value=None) -> None:
        self.problems.append(Problem(file, row, column, value, rule, hint))

    def _shape(self, wanted: dict[str, tuple], record: Any, *path: Any, exact: bool = True) -> bool:
        """True where the YAML mapping at a path has the wanted keys (no others, if exact) with values of their types."""
        file, line = path[0], self.lines.get(path)
        if type(record) is not dict:
            self._report(
                file,
                f"{_KINDS[dict]}ではありません",
                f"{'、'.join(wanted)} を書いてください",
                line,
                value=_cut(record),
            )
            return False
        missing = [key for key in wanted if key not in record]
        extra = [str(key) for key in record if exact and key not in wanted]
        odd = [key for key, types in wanted.items() if key in record and type(record[key]) not in types]
        if missing:
            self._report(file, "項目が足りません", f"{'、'.join(missing)} を書いてください", line)
        for key in extra:
            self._report(
                file,
                "知らない項目です",
                "消すか、data/README.md の項目名に直してください",
                self.lines.get((*path, key)),
                key,
            )
        for key in odd:
            kinds = "か".join(_KINDS[kind] for kind in wanted[key])
            self._report(
                file,
                f"{kinds}ではありません",
                f"{kinds}を書いてください",
                self.lines.get((*path, key)),
                key,
                _cut(record[key]),
            )
        return not (missing or extra or odd)

    def _keys(self, file: str, frame: pd.DataFrame, column: str) -> set[str] | None:
        """What a column names; None where its file could not be read in full, so that no other file is blamed."""
        sound = column in frame and not any(problem.file == file for problem in self.problems)
        return set(frame[column]) if sound else None

    def _check(self, file: str, frame: pd.DataFrame, rule: Any) -> None:
        if len(frame.columns):  # else its problem is known
            self.problems += schema.problems(file, frame, rule)

    def _text(self, path: Path, file: str) -> str | None:
        try:
            raw = path.read_bytes()
        except OSError:
            self._report(file, "ファイルを開けません", f"{path.parent.name} フォルダーに置いてください")
            return None
        if not raw.decode("utf-8-sig", "replace").strip():
            self._report(file, "ファイルが空です", "資料の中身を書いてください")
            return None
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            try:
                raw.decode("cp932")
                name = "Shift_JIS"
            except UnicodeDecodeError:
                name = "UTF-8 以外"
            self._report(
                file,
                f"文字コードが UTF-8 ではありません（{name} のようです）",
                "UTF-8 で保存し直してください。Excel では「CSV UTF-8」を選びます",
            )
            return None

    def _csv(self, path: Path, file: str) -> pd.DataFrame:
        """Text cells of a CSV, indexed by the line where each row starts; no columns where it cannot be read."""
        text = self._text(path, file)
        if text is None:
            return pd.DataFrame()
        reader = csv.reader(io.StringIO(text, newline=""))
        records, line = [], 1
        try:
            for cells in reader:
                records.append((line, cells))
                line = reader.line_num + 1
        except csv.Error:
            self._report(file, "CSV として読めません", '" の閉じ忘れがないか確かめてください', row=line)
            return pd.DataFrame()
        header = records[0][1]
        twice = [name for name in dict.fromkeys(header) if header.count(name) > 1]
        for name in twice:
            self._report(file, "同じ名前の列が二つあります", "どちらかを消してください", row=1, column=name)
        if not header:
            self._report(file, "一行目に見出しがありません", "一行目に列名を書いてください", row=1)
        if twice or not header:
            return pd.DataFrame()
        rows, lines = [], []
        for line, cells in records[1:]:
            if len(cells) == len(header):
                rows.append(cells)
                lines.append(line)
            elif cells:
                self._report(
                    file,
                    f"列の数が見出しと違います（見出しは{len(header)}列、この行は{len(cells)}列）",
                    'コンマの数を確かめてください。文の中にコンマがあるときは " で囲みます',
                    row=line,
                )
        if not any(cells for _, cells in records[1:]):
            self._report(file, "資料の行がありません", "見出しの下に行を書いてください")
        return pd.DataFrame(rows, columns=header, index=pd.Index(lines, dtype=int), dtype=str)

    def _yaml(self, name: str, kind: type) -> Any:
        """What a YAML file holds; None after a problem."""
        text = self._text(self.folder / name, name)
        if text is None:
            return None
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
            self.lines |= _lines(root, (name,)) if root else {}
            found = yaml.SafeLoader("").construct_document(root) if root else None
        except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: a date such as 2024-02-30
            mark = getattr(error, "problem_mark", None)
            self._report(
                name,
                "YAML として読めません",
                "字下げと : のあとの空白、日付を確かめてください",
                row=mark.line + 1 if mark else None,
            )
            return None
        if type(found) is not kind:
            self._report(
                name,
                f"全体が{_KINDS[kind]}ではありません",
                "data/README.md の形に直してください",
                value=_cut(found),
            )
            return None
        return found

    def _columns(self, meta: dict[str, Any]) -> tuple[Column, Column, Column] | None:
        """This year's initial, last year's supplementary and last year's initial column."""
        name, before = "document.yaml", len(self.problems)
        if not self._shape(_META, meta, name, exact=False):
            return None
        for key, wanted in (("columns", _COLUMN), ("notes", _NOTE), ("discrepancies", _DISCREPANCY)):
            for number, record in enumerate(meta[key]):
                self._shape(wanted, record, name, key, number)
        if len(self.problems) > before:
            return None
        seen: set[str] = set()
        for number, record in enumerate(meta["discrepancies"]):
            if record["id"] in seen:
                self._report(
                    name,
                    *schema.RULES["duplicate"],
                    self.lines.get((name, "discrepancies", number, "id")),
                    "id",
                    record["id"],
                )
            seen.add(record["id"])
        year = meta["fiscal_year"]
        if not schema.YEAR.fullmatch(str(year)):
            self._report(
                name, *schema.RULES["year"], self.lines.get((name, "fiscal_year")), "fiscal_year", str(year)
            )
            return None
        for number, c in enumerate(meta["columns"]):
            if not re.fullmatch(r"fy[0-9]{4}_[a-z_]+", c["column"]):
                self._report(
                    name,
                    "金額の列名として読めません",
                    "fy2024_initial の形で書いてください",
                    self.lines.get((name, "columns", number)),
                    "column",
                    c["column"],
                )
        if len(meta["columns"]) != 3 or len({c["column"] for c in meta["columns"]}) != 3:
            self._report(
                name,
                "金額の列が三つではありません",
                "今年度の当初、前年度の補正、前年度の当初の三つを書いてください",
                column="columns",
                value="、".join(c["column"] for c in meta["columns"]),
            )
        roles = [(year, "initial"), (year - 1, "supplementary"), (year - 1, "initial")]
        found = {
            (c["fiscal_year"], c["stage"]): Column(c["column"], c["fiscal_year"], c["stage"], c["printed"])
            for c in meta["columns"]
        }
        for fiscal_year, key in roles:
            if (fiscal_year, key) not in found:
                self._report(
                    name,
                    f"{era(fiscal_year)} {STAGES[key]}の列がありません",
                    "columns に column、fiscal_year、stage、printed を書いてください",
                    column="columns",
                )
        if len(self.problems) > before:
            return None
        return found[roles[0]], found[roles[1]], found[roles[2]]

    def _cards(
        self,
        cards: list[Any],
        measures: set[str] | None,
        sheets: set[str] | None,
        ministries: set[str] | None,
    ) -> None:
        """Cards against the tables; a set is None where its own file is broken."""
        name, sound = "programmes.yaml", True
        seen: set[str] = set()
        covered: set[str] = set()
        for number, card in enumerate(cards):
            line = self.lines.get((name, number))
            shaped = self._shape(_CARD, card, name, number)
            if isinstance(card, dict) and type(sheet := card.get("sheet")) is str:
                if not schema.SHEET.fullmatch(sheet):
                    self._report(name, *schema.RULES["sheet"], line, "sheet", sheet)
                if sheet in seen:
                    self._report(name, *schema.RULES["duplicate"], line, "sheet", sheet)
                seen.add(sheet)
            if not shaped:
                sound = False
                continue
            if ministries is not None and card["ministry"] not in ministries:
                self._report(
                    name,
                    *schema.RULES["unknown_ministry"],
                    self.lines.get((name, number, "ministry")),
                    "ministry",
                    card["ministry"],
                )
            for place, target in enumerate(card["targets"]):
                self._shape(_TARGET, target, name, number, "targets", place)
            for place, entry in enumerate(card["measures"]):
                where = (name, number, "measures", place)
                if not self._shape(_MEASURE, entry, *where):
                    sound = False
                    continue
                if measures is not None and entry["measure"] not in measures:
                    self._report(
                        name,
                        *schema.RULES["unknown_measure"],
                        self.lines.get((*where, "measure")),
                        "measure",
                        entry["measure"],
                    )
                covered.add(entry["measure"])
        for sheet in sorted((sheets or set()) - seen):
            self._report(
                name, "sheets.csv にあるシートのカードがありません", "カードを足してください", value=sheet
            )
        for measure in sorted((measures or set()) - covered if sound else ()):
            self._report(
                name, "どのカードにもない施策です", "カードの measures に足してください", value=measure
            )

    def _sums(self, tables: dict[str, pd.DataFrame], columns: tuple[Column, Column, Column]) -> None:
        """Parts may fall short of their whole, but never exceed it by more than rounding."""
        measures, areas, totals = tables["measures.csv"], tables["areas.csv"], tables["totals.csv"]
        if len(totals) != 1:
            self._report("totals.csv", f"総額の行が{len(totals)}行あります", "一行だけにしてください")
        for column in columns:
            for line, area in areas.iterrows():
                own = measures.loc[measures["area"] == area["area"], column.name]
                parts = total(map(Interval.printed, own))
                if parts.low > Interval.printed(area[column.name]).high:
                    self._report(
                        "areas.csv",
                        f"分野の金額より、載っている施策の合計（{decimal(parts.value)}）が大きくなっています",
                        "分野の金額と measures.csv の金額を資料と突き合わせてください",
                        line,
                        column.name,
                        area[column.name],
                    )
            parts = total(map(Interval.printed, areas[column.name]))
            printed = totals[column.name].iloc[0]
            if parts.low > Interval.printed(printed).high:
                self._report(
                    "totals.csv",
                    f"総額より分野の合計（{decimal(parts.value)}）が大きくなっています",
                    "totals.csv と areas.csv を資料と突き合わせてください",
                    int(totals.index[0]),
                    column.name,
                    printed,
                )
            parts = total(map(Interval.printed, measures[column.name]))
            if parts.low > Interval.printed(printed).high:
                self._report(
                    "totals.csv",
                    f"総額より、載っている施策の合計（{decimal(parts.value)}）が大きくなっています",
                    "totals.csv と measures.csv を資料と突き合わせてください",
                    int(totals.index[0]),
                    column.name,
                    printed,
                )

    def _locators(self, document: Document) -> None:
        for line, record in document.statements.iterrows():
            text = record["computed_from"]
            if record["stated"] != "新規" and not (record["unit"] and record["tolerance"]):
                self._report(
                    "statements.csv",
                    "数に単位か許容幅がありません",
                    "unit と tolerance を書いてください",
                    line,
                    "unit・tolerance",
                    record["stated"],
                )
            for number, locator in enumerate(locators(text)):
                if (
                    " / " in text
                    and number
                    and locator in document.cells
                    and document.cells[locator].low <= 0
                ):
                    self._report(
                        "statements.csv",
                        "0かもしれない金額で割っています",
                        "割る欄に額があることを確かめてください",
                        line,
                        "computed_from",
                        locator,
                    )
                if locator not in document.cells:
                    self._report(
                        "statements.csv",
                        "計算のもとが見つかりません",
                        "measures/(2)-⑪/列名 の形と番号を確かめてください",
                        line,
                        "computed_from",
                        locator,
                    )


def _lines(node: yaml.Node, path: tuple) -> dict[tuple, int]:
    """Line of every value of a YAML tree by its path of keys and positions."""
    lines = {path: node.start_mark.line + 1}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            lines |= _lines(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            lines |= _lines(value, (*path, number))
    return lines


def _cut(value: Any) -> str:
    return str(value)[:40]


def locators(computed_from: str) -> list[str]:
    """The locators that a ``computed_from`` names: terms joined by " + ", " - " or " / "."""
    return re.split(r" [-+/] ", computed_from)

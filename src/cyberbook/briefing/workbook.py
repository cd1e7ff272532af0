"""A briefing as an Excel workbook and as CSV files: the same headings and the same raw values in both.

Every number is a number; how it is shown is the cell's number format. What follows from other cells of its sheet is a
formula with its value (:mod:`.formulas`), so that a viewer shows it and a change is carried on. Texts from the data are
never formulas.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from cyberbudget import exact, style, tables, words
from cyberbudget.display import Col, Table, inert, num, risky
from cyberbudget.interval import ABSENT, Interval

from . import formulas
from .chart import NUMBER, Chart
from .content import Briefing
from .formulas import Grid, Number
from .shared import NAMES, OPTIONS, day, notes, universal

Cell = float | str
End = tuple[int, float]  # of a table: the first row below it, and its height in points
Look = dict[str, str | int]  # properties of a format of XlsxWriter

FONT = "Yu Gothic"  # every Windows since 8.1 has it
FRONT, TRIAL, CHARTS = "要点", "試算", "グラフの数値"
SUM = "合計"
INPUT: Look = {"bg_color": "#fff6cc", "font_color": "#1d4ed8"}  # a cell that is there to be written over
AMOUNTS = ("previous", "supplementary", "current")  # that are
TOP = 3  # the row of the headings: caption, source and notes, and an empty row stand above it
LONG = 120  # characters of half width; a longer text is prose
WIDEST = (50, 64)  # columns of words, and of prose
LINE = 19  # points; Yu Gothic of 11 points needs 18.75
PAGE = 900  # points that one page of A4 landscape holds, at a scale that is still legible


@dataclass(frozen=True, slots=True)
class Heading:
    """Heading of a column, with the number format and the unit of its numbers (empty for texts)."""

    text: str
    form: str = ""
    unit: str = ""


# ── tables as raw values ────────────────────────────────────────────────────────────────────────────


def raw(table: Table) -> tuple[list[Heading], list[list[Cell]]]:
    """Headings and rows of raw values; a rounding interval takes two columns.

    Amounts in 億円 and ratios (1 = 100%) are numbers, — and texts are text.
    """
    heads: list[Heading] = []
    for column in table.columns:
        # With fewer digits the two bounds could look alike, or nearer than they are.
        finer = re.sub(r"0\.0(?!0)", "0.000", column.form)
        bounds = [Heading(f"{column.heading}：{end}", finer, column.unit) for end in ("下限", "上限")]
        heads += bounds if column.span else [Heading(column.heading, column.form, column.unit)]
    pairs = (zip(table.columns, *row, strict=True) for row in zip(table.cells, table.values, strict=True))
    return heads, [[cell for found in row for cell in _raw(*found)] for row in pairs]


def _raw(column: Col, text: str, value: object) -> list[Cell]:
    """The one cell of a table, or the two cells of a rounding interval."""
    if not column.form:
        return [text]
    if not isinstance(value, Interval) or value.absent:
        return [ABSENT] * (1 + column.span)
    return [float(bound) for bound in ((value.low, value.high) if column.span else (value.value,))]


# ── workbook ────────────────────────────────────────────────────────────────────────────────────────


class _Book:
    """A workbook under construction."""

    def __init__(self, path: Path, briefing: Briefing, made: datetime) -> None:
        font = {"font_name": FONT, "font_size": 11}
        self.file = xlsxwriter.Workbook(path, OPTIONS | {"default_format_properties": font})
        told = {"title": briefing.title, "author": "cyberbudget", "created": universal(made)}
        self.file.set_properties(told)

    def form(self, **properties: str | int) -> Format:
        return self.file.add_format({"valign": "top"} | properties)

    def sheet(self, name: str) -> Worksheet:
        """A new sheet, set up for A4 landscape."""
        sheet = self.file.add_worksheet(name)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.set_footer("&C&P / &N")
        sheet.hide_gridlines(2)
        return sheet

    def text(self, sheet: Worksheet, row: int, column: int, text: str, /, **properties: str | int) -> None:
        """A text, which stays a text also when someone edits the cell."""
        form = self.form(**properties, **({"quote_prefix": True} if risky(text) else {}))
        if text:
            sheet.write_string(row, column, text, form)
        else:
            sheet.write_blank(row, column, None, form)

    def link(self, sheet: Worksheet, row: int, target: str, text: str) -> None:
        """A text in the first column that leads to another sheet."""
        sheet.write_url(row, 0, f"internal:'{target}'!A1", self.form(font_color="#1d4ed8", underline=1), text)


def write(briefing: Briefing, path: Path, made: datetime) -> None:
    """Write a briefing as a workbook: 要点, one sheet per table, one to try other amounts, the rows of the charts.

    ``made`` is when it was made; the same moment gives the same bytes.
    """
    book = _Book(path, briefing, made)
    front = book.sheet(FRONT)
    front.fit_to_pages(1, 1)
    sheets = {name: book.sheet(NAMES[name]) for name in briefing.tables}
    ends = {name: _table(book, sheets[name], t, name in briefing.adds) for name, t in briefing.tables.items()}
    named = [sheet.name for sheet in sheets.values()]
    if "rows" in briefing.adds:
        _trial(book, book.sheet(TRIAL), briefing)
        named.append(TRIAL)
    drawn = [(next(iter(s.tables)), s.chart) for s in briefing.sections if s.chart]
    if drawn:
        rows, row = book.sheet(CHARTS), 0
        rows.set_column(0, 0, 80)
        rows.set_column(1, 3, 24)
        for name, chart in drawn:
            row = _chart(book, rows, row, chart, sheets[name], ends[name])
        named.append(CHARTS)
    _front(book, front, briefing, made, named)
    book.file.close()


def _front(book: _Book, sheet: Worksheet, briefing: Briefing, made: datetime, named: list[str]) -> None:
    """What is said, and where the rest of it stands."""
    parts = {
        "要点": briefing.points.lines,
        "想定問答": briefing.answers.lines,
        "この資料からは言えないこと": briefing.limits.lines,
        "出典と注": briefing.sources.lines,
        "この資料の版": [briefing.edition],
        "作成日": [day(made)],
        "シート": named,
    }
    width = 120
    sheet.set_column(0, 0, width)
    book.text(sheet, 0, 0, briefing.title, bold=True, font_size=16, text_wrap=True, font_color=style.INK)
    sheet.set_row(0, _height([(briefing.title, width * 11 // 16)]) * 16 / 11)
    row = 1
    for heading, sentences in parts.items():
        book.text(sheet, row + 1, 0, heading, bold=True, font_color=style.NEUTRAL, bottom=1)
        for number, sentence in enumerate(sentences, row + 2):
            if sentences is named:
                book.link(sheet, number, sentence, sentence)
            else:
                book.text(sheet, number, 0, sentence, text_wrap=True)
            sheet.set_row(number, _height([(sentence, width)]))
        row += 2 + len(sentences)


def _table(book: _Book, sheet: Worksheet, table: Table, adds: bool, inputs: Collection[str] = ()) -> End:
    """Caption, source, headings and rows, with their sum where they add up; returns where they end.

    ``inputs`` are the keys of columns that are there to be written over.
    """
    heads, rows = raw(table)
    widths, grid = _widths(heads, rows), Grid(f"表_{sheet.name}", table, TOP, adds)
    told = [
        *notes(table),
        *(["数式でない率：シートに印刷された、より細かい額からの計算"] if grid.finer else []),
    ]
    above = f"{table.source}。{'。'.join(told)}"
    for row, text, size in ((0, table.caption, 14), (1, above, 11)):
        look: Look = {"bold": True, "font_size": size} if row == 0 else {}
        sheet.merge_range(row, 0, row, len(heads) - 1, "", book.form(text_wrap=True, **look))
        book.text(sheet, row, 0, text, text_wrap=True, **look)
        sheet.set_row(row, _height([(text, sum(widths) * 11 // size)]) * size / 11 + 2)
    book.link(sheet, 2, FRONT, f"← {FRONT}")
    # A heading shares its cell with the button of the filter.
    sheet.set_row(TOP, _height([(head.text, width - 3) for head, width in zip(heads, widths)]))
    for number, width in enumerate(widths):
        sheet.set_column(number, number, width)
    _frame(book, sheet, grid, heads)
    high = 7.0 * LINE + grid.totals * LINE  # what stands above and below the rows
    for at, cells in enumerate(rows[: len(grid.body)]):
        look = {"bottom": 4, "bottom_color": "#9aa3af"}
        if at in table.rest:
            look |= {"pattern": 14, "fg_color": "#b6bdc8", "bg_color": "#ffffff"}  # thin slanting lines
        for number, (head, cell) in enumerate(zip(heads, cells)):
            own = look | (INPUT if grid.columns.get(number) in inputs else {})
            form = book.form(num_format=head.form, align="right", **own)
            if text := grid.live(at, number):
                sheet.write_formula(TOP + 1 + at, number, text, form, cell)
            elif isinstance(cell, float):
                sheet.write_number(TOP + 1 + at, number, cell, form)
            else:
                book.text(sheet, TOP + 1 + at, number, cell, text_wrap=True, **_side(number, head), **own)
        texts = [(cell, width) for cell, width in zip(cells, widths) if isinstance(cell, str)]
        sheet.set_row(TOP + 1 + at, _height(texts))
        high += _height(texts)
    sheet.freeze_panes(TOP + 1, 0)
    sheet.repeat_rows(TOP)
    return grid.end + 1, high


def _frame(book: _Book, sheet: Worksheet, grid: Grid, heads: list[Heading]) -> None:
    """A table of Excel with its headings, its formulas and its totals."""
    columns: list[dict[str, object]] = []
    for number, head in enumerate(heads):
        look = {"bold": True, "bg_color": "#dfe8ee", "bottom": 1, **_side(number, head), "valign": "vcenter"}
        shown: dict[str, object] = {
            "header": head.text,
            "header_format": book.form(text_wrap=True, **look),
        }
        if key := grid.columns.get(number):
            shown |= {"formula": grid.formula(key)} if key in grid.rules else {}
            shown |= {"total_function": grid.total(key)} if grid.totals else {}
        columns.append(shown)
    columns[0] |= {"total_string": SUM} if grid.totals else {}
    options = {"name": grid.name, "columns": columns, "total_row": grid.totals, "banded_rows": False}
    last = len(heads) - 1
    sheet.add_table(TOP, 0, grid.end, last, options | {"style": "Table Style Light 1"})
    # A number among formulas (a rate from finer amounts, the 「—」 of a remainder) is meant.
    sheet.ignore_errors({"calculated_column": f"A{TOP + 2}:{xl_rowcol_to_cell(grid.end, last)}"})
    for number, head in enumerate(heads if grid.totals else ()):
        look = {"bold": True, "top": 1, "bg_color": "#f1f5f8", "num_format": head.form, **_side(number, head)}
        if key := grid.columns.get(number):
            text, value = grid.summed(key)  # with the name of the table, which not every program adds
            sheet.write_formula(grid.end, number, text, book.form(**look), value)
        else:
            book.text(sheet, grid.end, number, "" if number else SUM, **look)


def _side(number: int, head: Heading) -> Look:
    """Numbers to the right; texts to the left, and not so close to the number before them."""
    return {"align": "right"} if head.form else {"align": "left", "indent": min(number, 1)}


def _height(texts: list[tuple[str, int]]) -> int:
    """Height in points of a row of wrapped texts in columns of given widths: not every program fits it."""
    return LINE * max(-(-_width(text) // width) or 1 for text, width in texts)


def _width(text: str) -> int:
    """Width of a text in characters of half width."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def _widths(heads: list[Heading], rows: list[list[Cell]]) -> list[int]:
    """Widths of the columns: texts by their longest cell within limits, numbers wide enough for 9,999.99."""
    found = []
    for number, head in enumerate(heads):
        longest = max((_width(cell) for row in rows if isinstance(cell := row[number], str)), default=0)
        found.append(14 if head.form else max(12, min(longest + 3, WIDEST[longest > LONG])))
    return found


# ── to try other amounts ────────────────────────────────────────────────────────────────────────────


def _trial(book: _Book, sheet: Worksheet, briefing: Briefing) -> None:
    """A sheet whose amounts can be written over: sums, changes, rates and shares follow."""
    table = trial(briefing)
    end, _ = _table(book, sheet, table, True, AMOUNTS)
    first, last = (xl_rowcol_to_cell(row, 1) for row in (TOP + 1, TOP + 1))
    cells = f"{first}:{xl_rowcol_to_cell(TOP + len(table.cells), len(AMOUNTS))}"
    rule = {
        "validate": "custom",
        "value": f'=OR(N({last})>0,AND(ISNUMBER({last}),{last}=0),{last}="{ABSENT}")',
    }
    told = {"error_title": "金額", "error_message": f"0以上の数（億円）か「{ABSENT}」を入れてください。"}
    sheet.data_validation(cells, rule | told)
    if briefing.share is None:
        return
    # What it is part of: the others stay as they are.
    key, own = briefing.stage.key, briefing.own.value
    others = own / briefing.share.value - own
    total = f"表_{TRIAL}[[#Totals],[{next(c.heading for c in table.columns if c.key == key)}]]"
    at, form = end + 1, tables.OKU
    look: Look = {"num_format": form, "align": "right"}
    lines = (
        (f"{briefing.part_of}のうち、ほかの分（億円）", None, float(others), form),
        (f"{briefing.part_of}（億円）", f"=N({total})+{xl_rowcol_to_cell(at, 1)}", float(others + own), form),
        (
            f"{briefing.part_of}に占める割合（{briefing.stage.label}）",
            formulas.formula("ratio", total, xl_rowcol_to_cell(at + 1, 1)),
            float(briefing.share.value),
            tables.PERCENT,
        ),
    )
    for row, (label, text, value, form) in enumerate(lines, at):
        book.text(sheet, row, 0, label, text_wrap=True, bottom=4)
        if text is None:
            sheet.write_number(row, 1, value, book.form(**look | INPUT, bottom=4))
        else:
            sheet.write_formula(row, 1, text, book.form(**look | {"num_format": form}, bottom=4), value)


def trial(briefing: Briefing) -> Table:
    """The rows of a briefing with all that follows from their amounts, each beside what is printed."""
    doc = briefing.doc
    ids = {row["id"] for row in briefing.measures}
    rows = exact.whose(
        briefing.rows[briefing.rows["id"].isin(ids)] if briefing.single else briefing.rows, doc
    )
    columns = [
        Col("name", briefing.unit),
        *(
            num(key, label, words.oku_cell, tables.OKU, unit=tables.UNIT)
            for key, label in zip(AMOUNTS, _labels(briefing))
        ),
        num("change", "増減", words.change_cell, tables.SIGNED, unit=tables.UNIT),
        num("rate", "増減率", words.percent, tables.SIGNED_PERCENT),
        num("sixteen", "16か月予算", words.oku_cell, tables.OKU, unit=tables.UNIT),
        num("front", "補正の割合", words.percent, tables.PERCENT),
        num("part", "当初の構成比", words.percent, tables.PERCENT),
        num("printed", f"印刷された{doc.current.label}", words.oku_cell, tables.OKU, unit=tables.UNIT),
        num("gap", "印刷との差", words.change_cell, tables.SIGNED, unit=tables.UNIT),
    ]
    frame = rows.assign(printed=rows["current"])
    for key, rule in formulas.rules(column.key for column in columns).items():
        every = [{k: formulas.number(v) for k, v in row.items()} for row in frame.to_dict("records")]
        sums = {k: formulas.added(row[k] for row in every) for k in (*AMOUNTS, "printed")}
        frame[key] = pd.Series(
            [_exactly(formulas.in_row(rule, row, sums)) for row in every], index=frame.index, dtype=object
        )
    told = f"黄色のセルを書き換えると、合計、増減、割合が計算し直されます。額がないときは「{ABSENT}」と書きます。ほかのシートは、印刷された額のままです"
    caption = f"{briefing.of_rows}の{briefing.unit}の額を変えてみる（億円）"
    return tables.build(frame, doc, "tab-briefing-trial", caption, columns, source=told)


def _labels(briefing: Briefing) -> list[str]:
    labels = {column.role: column.label for column in briefing.doc.columns}
    return [labels[key] for key in AMOUNTS]


def _exactly(value: Number) -> Interval | None:
    return None if value is None else Interval(value, value, value)


# ── charts ──────────────────────────────────────────────────────────────────────────────────────────


def _chart(book: _Book, rows: Worksheet, row: int, chart: Chart, sheet: Worksheet, end: End) -> int:
    """Write a chart's own rows and draw it below the table of its sheet; returns the next free row."""
    book.text(rows, row, 0, chart.title, bold=True)
    book.text(rows, row + 1, 0, f"{chart.subtitle}。空欄は額がないことを示します")
    top, count, columns = row + 2, len(chart.labels), chart.columns
    for number, name in enumerate(["項目", *(name for name, _ in columns)]):
        book.text(rows, top, number, name, bold=True, bg_color="#dfe8ee", bottom=1)
    for at, (label, *amounts) in enumerate(zip(chart.labels, *(v for _, v in columns)), top + 1):
        book.text(rows, at, 0, label)
        for number, amount in enumerate(amounts, 1):
            if amount is not None:
                rows.write_number(at, number, amount, book.form(num_format=NUMBER))
    drawn = book.file.add_chart({"type": "bar", **({"subtype": "stacked"} if chart.stacked else {})})
    for number in range(len(columns)):
        own: dict[str, object] = {"gap": 45, "overlap": 100 if chart.stacked else 0}
        own["name"] = [rows.name, top, number + 1]
        own["categories"] = [rows.name, top + 1, 0, top + count, 0]
        own["values"] = [rows.name, top + 1, number + 1, top + count, number + 1]
        drawn.add_series(own | _look(chart, number))
    font = {"name": FONT, "size": 10, "color": style.INK}
    drawn.set_title({"name": chart.title, "name_font": font | {"size": 13, "bold": True}, "overlay": False})
    drawn.set_y_axis(
        {
            "reverse": True,
            "num_font": font,
            "line": {"color": style.LINE},
            "interval_unit": 1,
            "label_position": "low",
        }
    )
    limit = {"max": chart.reach} if chart.stacked else {}
    drawn.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": chart.floor, **limit})
    drawn.set_legend({"position": "top", "font": font})
    height = 120 + count * (28 if chart.stacked else 38)
    drawn.set_size({"width": 960, "height": height})
    if end[1] + height * 0.75 <= PAGE:  # pixels to points; a page must not end within a chart
        sheet.fit_to_pages(1, 1)
    else:
        sheet.set_h_pagebreaks([end[0]])
    drawn.show_blanks_as("gap")
    options = {"description": chart.figure.alt, "object_position": 2, "x_offset": 4}
    sheet.insert_chart(end[0] + 1, 0, drawn, options)
    return top + count + 2


def _look(chart: Chart, number: int) -> dict[str, object]:
    """Colours and labels of a series; what the document does not itemise is hatched."""
    font = {"name": FONT, "size": 10}
    label: dict[str, object] = {"value": True, "num_format": chart.form, "font": font}
    none, end = {"none": True}, label | {"position": "inside_base"}
    if number == len(chart.series):  # the sums: only their label is seen, at the end of the bar
        return {"fill": none, "border": none, "data_labels": end}
    series = chart.series[number]
    lines = {"pattern": "wide_upward_diagonal", "fg_color": series.colour, "bg_color": "#ffffff"}
    hatched = {"pattern": lines, "border": {"color": series.colour}}
    strong = {row: {"fill": {"color": colour}} for row, colour in series.points.items()}
    points = [hatched if row in chart.rest else strong.get(row) for row in range(len(chart.labels))]
    if chart.stacked:
        label["position"] = "center"
        label["font"] = font | {"color": "#ffffff" if number else style.INK}
        silent = chart.silent(number)
        label["custom"] = [{"delete": True} if row in silent else None for row in range(len(chart.labels))]
    else:
        label["position"] = "outside_end"
    return {"fill": {"color": series.colour}, "points": points, "data_labels": label}


# ── CSV ─────────────────────────────────────────────────────────────────────────────────────────────


def write_csv(briefing: Briefing, folder: Path) -> None:
    """Write every table as a CSV file of a folder: numbers without thousands separators, units in the headings.

    UTF-8 with BOM for Excel; lines end with CRLF as RFC 4180 asks.
    """
    for name, table in briefing.tables.items():
        heads, rows = raw(table)
        with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([inert(head.text + _unit(head)) for head in heads])
            writer.writerows([c if isinstance(c, float) else inert(c) for c in row] for row in rows)


def _unit(head: Heading) -> str:
    """The unit, which a CSV file has no caption or number format to tell."""
    return "（1=100%）" if "%" in head.form else f"（{head.unit}）" if head.unit else ""

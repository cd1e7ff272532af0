"""A briefing as an Excel workbook and as CSV files: the same headings and the same raw values in both.

Every number is a number; how it is shown is the cell's number format. Texts from the data are never formulas.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from cyberbudget import style
from cyberbudget.display import Col, Table, inert, risky
from cyberbudget.interval import ABSENT, Interval

from .chart import NUMBER, Chart
from .content import Briefing
from .shared import NAMES, OPTIONS, day, notes, universal

FONT = "Yu Gothic"  # every Windows since 8.1 has it
CHARTS = "グラフの数値"
TOP = 3  # the row of the headings: caption, source and notes, and an empty row stand above it
LONG = 120  # characters of half width; a longer text is prose
WIDEST = (50, 64)  # columns of words, and of prose
LINE = 19  # points; Yu Gothic of 11 points needs 18.75
PAGE = 900  # points that one page of A4 landscape holds, at a scale that is still legible

Cell = float | str
End = tuple[int, float]  # of a table: the first row below it, and its height in points
Look = dict[str, str | int]  # properties of a format of XlsxWriter


@dataclass(frozen=True, slots=True)
class Heading:
    """Heading of a column, and the number format of its numbers (empty for texts)."""

    text: str
    form: str = ""


# ── tables as raw values ────────────────────────────────────────────────────────────────────────────


def raw(table: Table) -> tuple[list[Heading], list[list[Cell]]]:
    """Headings and rows of raw values; a rounding interval takes two columns.

    Amounts in 億円 and ratios (1 = 100%) are numbers, — and texts are text.
    """
    heads: list[Heading] = []
    for column in table.columns:
        # With fewer digits the two bounds could look alike, or nearer than they are.
        finer = re.sub(r"0\.0(?!0)", "0.000", column.form)
        bounds = [Heading(f"{column.heading}：{end}", finer) for end in ("下限", "上限")]
        heads += bounds if column.span else [Heading(column.heading, column.form)]
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


def write(briefing: Briefing, path: Path, made: datetime) -> None:
    """Write a briefing as a workbook: 要点, one sheet per table, the rows of the charts.

    ``made`` is when it was made; the same moment gives the same bytes.
    """
    book = _Book(path, briefing, made)
    front = book.sheet("要点")
    front.fit_to_pages(1, 1)
    sheets = {name: book.sheet(NAMES[name]) for name in briefing.tables}
    _front(book, front, briefing, made)
    ends = {name: _table(book, sheets[name], table) for name, table in briefing.tables.items()}
    drawn = [(next(iter(s.tables)), s.chart) for s in briefing.sections if s.chart]
    if drawn:
        rows, row = book.sheet(CHARTS), 0
        rows.set_column(0, 0, 80)
        rows.set_column(1, 3, 24)
        for name, chart in drawn:
            row = _chart(book, rows, row, chart, sheets[name], ends[name])
    book.file.close()


def _front(book: _Book, sheet: Worksheet, briefing: Briefing, made: datetime) -> None:
    parts = {
        "要点": briefing.points.lines,
        "想定問答": [line for f in briefing.questions for line in (f"問　{f.question}", f"答　{f.sentence}")],
        "この資料からは言えないこと": briefing.limits.lines,
        "出典と注": briefing.sources.lines,
        "この資料の版": [briefing.edition],
        "作成日": [day(made)],
        "シート": [NAMES[name] for name in briefing.tables],
    }
    width = 120
    sheet.set_column(0, 0, width)
    book.text(sheet, 0, 0, briefing.title, bold=True, font_size=16, text_wrap=True, font_color=style.INK)
    sheet.set_row(0, _height([(briefing.title, width * 11 // 16)]) * 16 / 11)
    row = 1
    for heading, sentences in parts.items():
        book.text(sheet, row + 1, 0, heading, bold=True, font_color=style.NEUTRAL, bottom=1)
        for number, sentence in enumerate(sentences, row + 2):
            book.text(sheet, number, 0, sentence, text_wrap=True)
            sheet.set_row(number, _height([(sentence, width)]))
        row += 2 + len(sentences)


def _table(book: _Book, sheet: Worksheet, table: Table) -> End:
    """Caption, source, headings and rows; returns where they end."""
    heads, rows = raw(table)
    widths = _widths(heads, rows)
    last, high = len(heads) - 1, 7.0 * LINE  # what stands above the rows
    above = f"{table.source}。{'。'.join(notes(table))}"
    for row, text, size in ((0, table.caption, 14), (1, above, 11)):
        look: Look = {"bold": True, "font_size": size} if row == 0 else {}
        sheet.merge_range(row, 0, row, last, "", book.form(text_wrap=True, **look))
        book.text(sheet, row, 0, text, text_wrap=True, **look)
        sheet.set_row(row, _height([(text, sum(widths) * 11 // size)]) * size / 11 + 2)
    # A heading shares its cell with the button of the filter.
    sheet.set_row(TOP, _height([(head.text, width - 3) for head, width in zip(heads, widths)]))
    for number, (head, width) in enumerate(zip(heads, widths)):
        sheet.set_column(number, number, width)
        look = {"bold": True, "bg_color": "#dfe8ee", "bottom": 1, **_side(number, head)}
        book.text(sheet, TOP, number, head.text, text_wrap=True, **look, valign="vcenter")
    for at, cells in enumerate(rows):
        look = {"bottom": 4, "bottom_color": "#9aa3af"}
        if at in table.rest:
            look |= {"pattern": 14, "fg_color": "#b6bdc8", "bg_color": "#ffffff"}  # thin slanting lines
        for number, (head, cell) in enumerate(zip(heads, cells)):
            place = (TOP + 1 + at, number)
            if isinstance(cell, float):
                sheet.write_number(*place, cell, book.form(num_format=head.form, **look))
            else:
                book.text(sheet, *place, cell, text_wrap=True, **_side(number, head), **look)
        texts = [(cell, width) for cell, width in zip(cells, widths) if isinstance(cell, str)]
        sheet.set_row(TOP + 1 + at, _height(texts))
        high += _height(texts)
    end = TOP + len(rows)
    sheet.autofilter(TOP, 0, end, last)
    sheet.freeze_panes(TOP + 1, 0)
    sheet.repeat_rows(TOP)
    return end + 1, high


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
    if not head.form or "億円" in head.text:
        return ""
    return "（1=100%）" if "%" in head.form else "（億円）"

"""A briefing as an Excel workbook and as CSV files: the same headings and the same raw values in both.

Every number is a number; how it is shown is the cell's number format. Texts from the data are never formulas.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from cyberbudget import interval, style
from cyberbudget.display import Table, Text, inert, risky
from cyberbudget.interval import ABSENT, Interval

from .content import Briefing, Chart

FONT = "Yu Gothic"  # every Windows since 8.1 has it
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
TOTAL = "合計（棒の右の数字）"  # its bar is not drawn, so the legend says where it is seen
CHARTS = "グラフの数値"
NAMES = {
    "numbers": "主な数字",
    "rows": "内訳",
    "ministries": "府省庁別",
    "changes": "増減",
    "sixteen": "16か月予算",
    "cards": "施策の中身",
}
TOP = 3  # the row of the headings: caption, source and notes, and an empty row stand above it
WIDEST = {"text": 50, "long": 64}  # characters of half width
LONG = 60  # a text longer than this is prose and gets the wide column
LINE = 19  # points; Yu Gothic of 11 points needs 18.75
PAGE = 900  # points that one page of A4 landscape holds, at a scale that is still legible

Cell = float | str


@dataclass(frozen=True, slots=True)
class Heading:
    """Heading of a column, and the number format of its numbers (empty for texts)."""

    text: str
    form: str = ""


# ── tables as raw values ────────────────────────────────────────────────────────────────────────────


def raw(table: Table) -> tuple[list[Heading], list[list[Cell]]]:
    """Headings and rows of raw values; a rounding interval takes two columns.

    Parameters
    ----------
    table : Table

    Returns
    -------
    list of Heading, list of list of (float or str)
        Amounts in 億円 and ratios (1 = 100%) as numbers, — and texts as text.
    """
    heads: list[Heading] = []
    for column in table.columns:
        if column.span:
            # With fewer digits the two bounds could look alike, or nearer than they are.
            form = re.sub(r"0\.0(?!0)", "0.000" if "%" in column.form else "0.00", column.form)
            heads += [Heading(f"{column.heading}：{end}", form) for end in ("下限", "上限")]
        else:
            heads.append(Heading(column.heading, column.form))
    rows: list[list[Cell]] = []
    for texts, values in zip(table.cells, table.values, strict=True):
        row: list[Cell] = []
        for column, text, value in zip(table.columns, texts, values, strict=True):
            known = isinstance(value, Interval) and not value.absent
            if column.span:
                row += [float(value.low), float(value.high)] if known else [ABSENT, ABSENT]
            elif column.form:
                row.append(float(value.value) if known else ABSENT)
            else:
                row.append(text)
        rows.append(row)
    return heads, rows


def lines(text: Text) -> list[str]:
    """The sentences of a computed text, without the marks of a list."""
    return [line for line in text.lines if line]


def notes(table: Table) -> list[str]:
    """What a reader needs to know to read a table."""
    cells = {cell for row in table.cells for cell in row}
    amounts = any(c.form and "%" not in c.form for c in table.columns)
    return [
        *(["単位：金額は億円"] if amounts else []),
        *([f"「{ABSENT}」：額または率がない"] if ABSENT in cells else []),
        *(["新規：前年度当初の額がない"] if "新規" in cells else []),
        *(["皆減：今年度当初の額がない"] if "皆減" in cells else []),
        *(["丸めの範囲：印刷の桁から求めた下限と上限"] if any(c.span for c in table.columns) else []),
        *(["斜線：内訳が示されていない分"] if table.rest else []),
    ]


def universal(made: datetime) -> datetime:
    """A moment in UTC without its zone, as file formats store it."""
    return made.astimezone(UTC).replace(tzinfo=None) if made.tzinfo else made


def day(made: datetime) -> str:
    """The date as it is written in Japanese: 2024年3月1日."""
    return f"{made.year}年{made.month}月{made.day}日"


# ── charts as values ────────────────────────────────────────────────────────────────────────────────


def value(amount: Interval) -> float | None:
    """An amount for a chart; None (an empty cell) where there is none, since 0 would say something else."""
    return None if amount.absent else float(amount.value)


def totals(chart: Chart) -> list[float | None]:
    """Sums of the rows of a stacked chart."""
    return [value(interval.total(amounts)) for amounts in zip(*(s.values for s in chart.series))]


def reach(chart: Chart) -> float:
    """End of the axis: room for the sum behind the longest bar."""
    return max(t or 0 for t in totals(chart)) * 1.15


def narrow(chart: Chart, amounts: tuple[Interval, ...]) -> list[bool]:
    """Which parts of stacked bars are too short for their label; the sum behind the bar is always shown."""
    return [not a.value or float(a.value) < reach(chart) * 0.07 for a in amounts]


# ── workbook ────────────────────────────────────────────────────────────────────────────────────────


class _Book:
    """A workbook with its formats, each of which is made once."""

    def __init__(self, path: Path, briefing: Briefing, made: datetime) -> None:
        font = {"font_name": FONT, "font_size": 11}
        self.file = xlsxwriter.Workbook(path, OPTIONS | {"default_format_properties": font})
        self.file.set_properties(
            {"title": briefing.title, "author": "cyberbudget", "created": universal(made)}
        )
        self._formats: dict[tuple, Any] = {}
        self._taken: set[str] = set()

    def form(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.file.add_format({"valign": "top"} | properties)
        return self._formats[key]

    def sheet(self, name: str) -> Worksheet:
        """A new sheet, set up for A4 landscape."""
        name = re.sub(r"[\[\]:*?/\\']", "", name)[:31] or "表"
        number, base = 1, name
        while name.casefold() in self._taken:
            number += 1
            name = f"{base[:28]}_{number}"
        self._taken.add(name.casefold())
        sheet = self.file.add_worksheet(name)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.set_footer("&C&P / &N")
        sheet.hide_gridlines(2)
        return sheet

    def text(self, sheet: Worksheet, row: int, column: int, text: str, **properties: Any) -> None:
        """A text, which stays a text also when someone edits the cell."""
        if risky(text):
            properties["quote_prefix"] = True
        if text:
            sheet.write_string(row, column, text, self.form(**properties))
        else:
            sheet.write_blank(row, column, None, self.form(**properties))


def write(briefing: Briefing, path: Path, made: datetime) -> None:
    """Write a briefing as a workbook: 要点, one sheet per table, the rows of the charts.

    Parameters
    ----------
    briefing : Briefing
    path : Path
        File to write.
    made : datetime
        When it was made; the same moment gives the same bytes.
    """
    book = _Book(path, briefing, made)
    front = book.sheet("要点")
    front.fit_to_pages(1, 1)
    sheets = {table.name: book.sheet(NAMES.get(_short(table), _short(table))) for table in briefing.tables}
    _front(book, front, briefing, made, [sheet.name for sheet in sheets.values()])
    ends = {table.name: _table(book, sheets[table.name], table) for table in briefing.tables}
    drawn = [section for section in briefing.sections if section.chart]
    if drawn:
        rows, row = book.sheet(CHARTS), 0
        rows.set_column(0, 0, 80)
        rows.set_column(1, 3, 24)
        for section in drawn:
            name = section.tables[0].name
            row = _chart(book, rows, row, section.chart, sheets[name], ends[name])
    book.file.close()


def _short(table: Table) -> str:
    return table.name.removeprefix("tab-briefing-")


def _front(book: _Book, sheet: Worksheet, briefing: Briefing, made: datetime, names: list[str]) -> None:
    parts = {
        "要点": lines(briefing.points),
        "この資料からは言えないこと": lines(briefing.limits),
        "出典と注": lines(briefing.sources),
        "この資料の版": [briefing.doc.meta["edition"]],
        "作成日": [day(made)],
        "シート": names,
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


def _table(book: _Book, sheet: Worksheet, table: Table) -> tuple[int, float]:
    """Caption, source, headings and rows; returns the first row below them and their height in points."""
    heads, rows = raw(table)
    widths = _widths(heads, rows)
    last, high = len(heads) - 1, 7.0 * LINE  # what stands above the rows
    above = f"{table.source}。{'。'.join(notes(table))}"
    for row, text, look in ((0, table.caption, {"bold": True, "font_size": 14}), (1, above, {})):
        sheet.merge_range(row, 0, row, last, "", book.form(text_wrap=True, **look))
        book.text(sheet, row, 0, text, text_wrap=True, **look)
        size = look.get("font_size", 11)
        sheet.set_row(row, _height([(text, sum(widths) * 11 // size)]) * size / 11 + 2)
    # A heading shares its cell with the button of the filter.
    sheet.set_row(TOP, _height([(head.text, width - 3) for head, width in zip(heads, widths)]))
    for number, (head, width) in enumerate(zip(heads, widths)):
        sheet.set_column(number, number, width)
        look = {"bold": True, "bg_color": "#dfe8ee", "bottom": 1, **_side(number, head)}
        book.text(sheet, TOP, number, head.text, text_wrap=True, **look, valign="vcenter")
    for at, row in enumerate(rows):
        look = {"bottom": 4, "bottom_color": "#9aa3af"}
        if at in table.rest:
            look |= {"pattern": 14, "fg_color": "#b6bdc8", "bg_color": "#ffffff"}  # thin slanting lines
        for number, (head, cell) in enumerate(zip(heads, row)):
            place = (TOP + 1 + at, number)
            if isinstance(cell, float):
                sheet.write_number(*place, cell, book.form(num_format=head.form, **look))
            else:
                book.text(sheet, *place, cell, text_wrap=True, **_side(number, head), **look)
        texts = [(cell, width) for cell, width in zip(row, widths) if isinstance(cell, str)]
        sheet.set_row(TOP + 1 + at, _height(texts))
        high += _height(texts)
    end = TOP + len(rows)
    sheet.autofilter(TOP, 0, end, last)
    sheet.freeze_panes(TOP + 1, 0)
    sheet.repeat_rows(TOP)
    return end + 1, high


def _side(number: int, head: Heading) -> dict[str, Any]:
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
        longest = max((_width(row[number]) for row in rows if isinstance(row[number], str)), default=0)
        if head.form:
            found.append(14)
        else:
            limit = WIDEST["long" if longest > 2 * LONG else "text"]
            found.append(max(12, min(longest + 3, limit)))
    return found


def _chart(
    book: _Book, rows: Worksheet, row: int, chart: Chart, sheet: Worksheet, table: tuple[int, float]
) -> int:
    """Write a chart's own rows and draw it below the table of its sheet; returns the next free row."""
    below, above = table
    book.text(rows, row, 0, chart.title, bold=True)
    book.text(rows, row + 1, 0, f"{chart.subtitle}。空欄は額がないことを示します")
    columns = [(s.name, [value(v) for v in s.values]) for s in chart.series]
    if chart.stacked:
        columns.append((TOTAL, totals(chart)))
    top, count = row + 2, len(chart.labels)
    for number, name in enumerate(["項目", *(name for name, _ in columns)]):
        book.text(rows, top, number, name, bold=True, bg_color="#dfe8ee", bottom=1)
    for at, label in enumerate(chart.labels, top + 1):
        book.text(rows, at, 0, label)
        for number, (_, values) in enumerate(columns, 1):
            amount = values[at - top - 1]
            if amount is not None:
                rows.write_number(at, number, amount, book.form(num_format="#,##0.0"))
    drawn = book.file.add_chart({"type": "bar", **({"subtype": "stacked"} if chart.stacked else {})})
    for number in range(len(columns)):
        drawn.add_series(
            {
                "name": [rows.name, top, number + 1],
                "categories": [rows.name, top + 1, 0, top + count, 0],
                "values": [rows.name, top + 1, number + 1, top + count, number + 1],
                "gap": 45,
                "overlap": 100 if chart.stacked else 0,
                **_look(chart, number),
            }
        )
    font = {"name": FONT, "size": 10, "color": style.INK}
    drawn.set_title({"name": chart.title, "name_font": font | {"size": 13, "bold": True}, "overlay": False})
    drawn.set_y_axis({"reverse": True, "num_font": font, "line": {"color": style.LINE}, "interval_unit": 1})
    limit = {"max": reach(chart)} if chart.stacked else {}
    drawn.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0, **limit})
    drawn.set_legend({"position": "top", "font": font})
    height = 120 + count * (28 if chart.stacked else 38)
    drawn.set_size({"width": 960, "height": height})
    if above + height * 0.75 <= PAGE:  # pixels to points; a page must not end within a chart
        sheet.fit_to_pages(1, 1)
    drawn.show_blanks_as("gap")
    options = {"description": chart.figure.alt, "object_position": 2, "x_offset": 4}
    sheet.insert_chart(below + 1, 0, drawn, options)
    return top + count + 2


def _look(chart: Chart, number: int) -> dict[str, Any]:
    """Colours and labels of a series; what the document does not itemise is hatched."""
    label: dict[str, Any] = {"value": True, "num_format": "#,##0.0", "font": {"name": FONT, "size": 10}}
    if number == len(chart.series):  # the sums: only their label is seen, at the end of the bar
        return {
            "fill": {"none": True},
            "border": {"none": True},
            "data_labels": label | {"position": "inside_base"},
        }
    series = chart.series[number]
    hatched = {
        "pattern": {"pattern": "wide_upward_diagonal", "fg_color": series.colour, "bg_color": "#ffffff"},
        "border": {"color": series.colour},
    }
    points = [hatched if row in chart.rest else None for row in range(len(chart.labels))]
    if chart.stacked:
        label["position"] = "center"
        label["font"] = {**label["font"], "color": "#ffffff" if number else style.INK}
        label["custom"] = [
            {"delete": True} if gone or row in chart.rest else None
            for row, gone in enumerate(narrow(chart, series.values))
        ]
    else:
        label["position"] = "outside_end"
    return {"fill": {"color": series.colour}, "points": points, "data_labels": label}


# ── CSV ─────────────────────────────────────────────────────────────────────────────────────────────


def write_csv(briefing: Briefing, folder: Path) -> list[Path]:
    """Write every table as CSV: UTF-8 with BOM for Excel, lines end with CRLF as RFC 4180 asks.

    Parameters
    ----------
    briefing : Briefing
    folder : Path
        Existing folder.

    Returns
    -------
    list of Path
        One file per table; numbers without thousands separators, units in the headings.
    """
    paths = []
    for table in briefing.tables:
        heads, rows = raw(table)
        path = folder / f"{_short(table)}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow([inert(head.text + _unit(head)) for head in heads])
            writer.writerows(
                [cell if isinstance(cell, float) else inert(cell) for cell in row] for row in rows
            )
        paths.append(path)
    return paths


def _unit(head: Heading) -> str:
    """The unit, which a CSV file has no caption or number format to tell."""
    if not head.form or "億円" in head.text:
        return ""
    return "（1=100%）" if "%" in head.form else "（億円）"

"""A briefing as PowerPoint slides: native tables and charts with their data sheets, notes with sources.

Line heights are set in points and every text is measured before it is placed, so that nothing depends on how
a program fits text: what is too long gets a smaller size, another slide, or the notes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from lxml import etree
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_PATTERN, MSO_THEME_COLOR
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt
from workbook import FONT, OPTIONS, TOTAL, day, lines, narrow, notes, reach, totals, universal, value

from cyberbudget import style, words
from cyberbudget.briefing import SIXTEEN, Briefing, Chart
from cyberbudget.display import Table

LANGUAGE = "ja-JP"
MOST_SLIDES = 6
MOST_ROWS = 18
WIDTH, HEIGHT, MARGIN = 13.333, 7.5, 0.55  # inches
INNER = WIDTH - 2 * MARGIN
TITLE_TOP, TITLE_HEIGHT, TOP, BOTTOM = 0.35, 1.0, 1.5, 6.95
LEADING = 1.3  # height of a line in sizes of its font
ROOM = 0.96  # part of a line that is filled: fonts differ a little in width
PLAIN_TABLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # PowerPoint's style without fills and lines
PROMPTS = {
    "Click to edit Master title style": "題",
    "Click to edit Master text styles": "本文",
    "Second level": "第2段",
    "Third level": "第3段",
    "Fourth level": "第4段",
    "Fifth level": "第5段",
}
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"

Paragraph = tuple[str, str]  # kind (head, bullet, plain, note) and text


def write(briefing: Briefing, path: Path, made: datetime) -> None:
    """Write a briefing as three to six slides.

    Parameters
    ----------
    briefing : Briefing
    path : Path
        File to write.
    made : datetime
        When it was made; the same moment gives the same bytes.
    """
    deck = _Deck(briefing, made)
    deck.cover()
    carded = deck.numbers()
    deck.breakdown(carded)
    supplemented = deck.changes()
    if not supplemented:
        deck.supplement()
    deck.limits()
    path.write_bytes(fixed(deck.bytes(), made))


def fixed(data: bytes, made: datetime) -> bytes:
    """The same Office file with nothing in it that the clock wrote.

    Parameters
    ----------
    data : bytes
        A file of Office Open XML.
    made : datetime
        Written as the time of creation, also into the workbooks inside.
    """
    stamp = f"{universal(made):%Y-%m-%dT%H:%M:%SZ}".encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith(".xlsx"):
                part = fixed(part, made)
            elif name == "docProps/core.xml":
                part = re.sub(
                    rb"(<dcterms:(created|modified)\b[^>]*>)[^<]*", lambda m: m.group(1) + stamp, part
                )
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            new.writestr(entry, part)
    return out.getvalue()


# ── fitting ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Fit:
    """A table as it will stand on a slide: size of its text in points, widths and heights in inches."""

    size: float
    widths: list[float]
    heights: list[float]


def _count(text: str, inches: float, points: float) -> int:
    return max(1, len(style.wrap(text, inches * ROOM, points)))


def _size(sentences: Sequence[Paragraph], inches: float, room: float, sizes: Iterable[float]) -> float:
    """The largest size at which paragraphs fit; the smallest one where none does."""
    size = 0.0
    for size in sizes:
        if sum(_tall(kind, text, inches, size) for kind, text in sentences) <= room:
            break
    return size


def _points(kind: str, size: float) -> float:
    return max(12, size - 2) if kind == "note" else size


def _tall(kind: str, text: str, inches: float, size: float) -> float:
    points = _points(kind, size)
    return (_count(text, inches - 0.3, points) * LEADING + _after(kind)) * points / 72


def _after(kind: str) -> float:
    """Space below a paragraph in sizes of its font."""
    return 0.5 if kind in ("bullet", "plain") else 0.25


def _fit(rows: list[Sequence[str]], size: float) -> Fit:
    """Widths and heights for a table whose first row is its header."""
    pad = 0.2
    natural: list[Any] = []
    for cells in zip(*rows):
        head, *body = [style.width(cell, size) / ROOM + pad for cell in cells]
        natural.append([head, max([head / 2 + size / 72, *body])])
    whole = [max(pair) for pair in natural]  # with its heading on one line
    natural = whole if sum(whole) <= INNER else [pair[1] for pair in natural]
    if sum(natural) <= INNER:
        widths = [w * min(1.3, INNER / sum(natural)) for w in natural]
    else:  # short columns keep their width; long ones share the rest
        short = sum(w for w in natural if w <= 2)
        roots = sum(w**0.5 for w in natural if w > 2)
        widths = [w if w <= 2 else (INNER - short) * w**0.5 / roots for w in natural]
    heights = [
        max(_count(cell, w - pad, size) for cell, w in zip(row, widths)) * LEADING * size / 72 + 0.09
        for row in rows
    ]
    return Fit(size, widths, heights)


def _largest(rows: list[Sequence[str]], room: float, sizes: Iterable[float] = (14, 13, 12, 11)) -> Fit | None:
    """The table at the largest size at which it fits."""
    for size in sizes:
        fit = _fit(rows, size)
        if sum(fit.heights) <= room:
            return fit
    return None


def _rows(table: Table, numbers: Iterable[int] | None = None) -> list[Sequence[str]]:
    """Headings and rows of a table as text."""
    chosen = range(len(table.cells)) if numbers is None else numbers
    return [[column.heading for column in table.columns], *(table.cells[n] for n in chosen)]


# ── what is said ────────────────────────────────────────────────────────────────────────────────────


def _told(table: Table, numbers: Iterable[int] | None = None) -> list[str]:
    """The rows of a table as sentences for the notes."""
    heads, *rows = _rows(table, numbers)
    return [
        f"{row[0]}：" + "、".join(f"{head} {cell}" for head, cell in zip(heads[1:], row[1:]) if cell)
        for row in rows
    ]


def _carded(table: Table) -> list[str]:
    """The programme cards as sentences for the notes."""
    return ["", table.caption, *_told(table)] if table.cells else []


def _lead(table: Table, over: str = "") -> list[Paragraph]:
    """Caption of a table and what its signs mean."""
    return [("plain", table.caption), ("note", "。".join(notes(table)) + "。" + over)]


def _high(text: list[Paragraph]) -> float:
    """Height of the lines below a title."""
    return sum(_tall(kind, part, INNER, 14) for kind, part in text) + 0.05


def _drawn(chart: Chart) -> list[str]:
    """The rows of a chart as sentences for the notes."""
    return [
        f"{label}：" + "、".join(f"{s.name} {words.oku(s.values[n])}" for s in chart.series)
        for n, label in enumerate(chart.labels)
    ]


def _finding(briefing: Briefing) -> str:
    """Title of the slide of the main numbers."""
    amounts, key = briefing.amounts, "current" if briefing.stage == "initial" else "sixteen"
    own = amounts[key]
    first = f"{briefing.label}は{words.oku(own)}" if not own.absent else f"{briefing.label}の額はありません"
    new, old = amounts["current"], amounts["previous"]
    kind = words.kind(new, old)
    if kind == "none":
        return first
    if kind == "new":
        return f"{first}。前年度当初の額がなく、当初は新規"
    since = f"{briefing.doc.previous.label}から"
    between = "" if briefing.stage == "initial" else "当初どうしでは"
    return f"{first}。{between}{since}{words.change(new, old)}"


def _moved(table: Table) -> str:
    """Title of the slide of the changes: how many rose, fell, are new or gone."""
    unit = table.columns[0].heading
    at = next(n for n, column in enumerate(table.columns) if column.key == "kind_text")
    kinds = Counter(row[at] for n, row in enumerate(table.cells) if n not in table.rest)
    names = {"増": "増えたのは", "減": "減ったのは", "新規": "新規は", "皆減": "皆減は", "同額": "同額は"}
    parts = [f"{name}{kinds[kind]}{unit}" for kind, name in names.items() if kinds[kind]]
    return "前年度当初から、" + "、".join(parts) if parts else "どちらの年度の当初にも額がありません"


def _joined(briefing: Briefing) -> str:
    """Title of the slide of 補正."""
    extra, whole = briefing.amounts["supplementary"], briefing.amounts["sixteen"]
    name = briefing.doc.supplementary.label
    if extra.absent:
        tail = f"{SIXTEEN}は当初と同じ{words.oku(whole)}" if not whole.absent else f"{SIXTEEN}の額もなし"
        return f"{name}の額はなく、{tail}"
    return f"{name}の{words.oku(extra)}を合わせた{SIXTEEN}は{words.oku(whole)}"


# ── slides ──────────────────────────────────────────────────────────────────────────────────────────


class _Deck:
    """A presentation under construction."""

    def __init__(self, briefing: Briefing, made: datetime) -> None:
        self.briefing, self.made = briefing, made
        self.file: Any = _template()
        self.source = briefing.doc.source

    def cover(self) -> None:
        b = self.briefing
        told = lines(b.points)
        below = [self.source, f"資料の版：{b.doc.meta['edition']}", f"作成日：{day(self.made)}"]
        text = [("head", "要点"), *(("bullet", p) for p in told), *(("note", line) for line in below)]
        slide = self._slide(b.title, [b.title, *told], (32, 28, 26, 24, 22, 20, 18))
        self._text(slide, text, TOP + 0.3, BOTTOM - 0.3, (22, 20, 18, 16, 14))

    def numbers(self) -> bool:
        """主な数字, with the programme cards below where they fit; True where they do."""
        table, cards = self.briefing.numbers, self.briefing.cards.tables[0]
        title = _finding(self.briefing)
        fit = _largest(_rows(table), 3.2) or _fit(_rows(table), 11)
        top = TOP + _high(_lead(table)) + sum(fit.heights) + 0.3
        below = _largest(_rows(cards), BOTTOM - top, (14, 13, 12, 11)) if cards.cells else None
        slide = self._slide(title, [title, *_told(table), *(_carded(cards) if below else [])])
        self._table(slide, table, fit, self._lead(slide, _lead(table)))
        if below:
            self._table(slide, cards, below, top)
        return below is not None

    def breakdown(self, carded: bool) -> None:
        section = self.briefing.breakdown
        told = [*lines(section.text)]
        extra = [] if carded else _carded(self.briefing.cards.tables[0])
        if section.chart:
            self._chart_slide(section.chart, section.chart.title, told, extra)
        else:
            table = section.tables[0]
            self._table_slide(table, f"{self.briefing.label}の額はありません", told + _told(table) + extra)

    def changes(self) -> bool:
        """The changes on one slide or two; True where the second one took the place of 補正."""
        section = self.briefing.movement
        table = section.tables[0]
        pages = _pages(table)
        shown = pages[:2]
        title, told = _moved(table), lines(section.text)
        for number, page in enumerate(shown, 1):
            part = f"（{number}/{len(shown)}）" if len(shown) > 1 else ""
            left = [n for more in pages[2:] for n in more] if number == 2 else []
            over = (
                f"残る{len(left)}{table.columns[0].heading}は、このスライドのノートにあります。"
                if left
                else ""
            )
            tail = _told(table, left)
            if number == 2:
                tail += [*lines(self.briefing.supplement.text), *_told(self.briefing.supplement.tables[0])]
            self._table_slide(table, title + part, told + _told(table, page) + tail, page, over)
        return len(shown) > 1

    def supplement(self) -> None:
        section, title = self.briefing.supplement, _joined(self.briefing)
        if self.briefing.subject.kind == "measure":
            title = f"この施策は、{title}"
        told = lines(section.text)
        if section.chart:
            self._chart_slide(section.chart, title, told, [])
        else:
            page = _pages(section.tables[0])[0]
            self._table_slide(section.tables[0], title, told + _told(section.tables[0]), page)

    def limits(self) -> None:
        limits, sources = lines(self.briefing.limits), lines(self.briefing.sources)
        title = "この資料からは言えないこと"
        slide = self._slide(title, [title, *limits, "出典と注", *sources])
        text = [*(("bullet", p) for p in limits), ("head", "出典と注"), *(("bullet", p) for p in sources)]
        self._text(slide, text, TOP, BOTTOM, (18, 17, 16, 15, 14))

    def bytes(self) -> bytes:
        properties = self.file.core_properties
        properties.title, properties.author = self.briefing.title, "cyberbudget"
        properties.last_modified_by, properties.language = "cyberbudget", LANGUAGE
        properties.created = properties.modified = universal(self.made)
        properties.revision = 1
        _speak(self.file)
        out = io.BytesIO()
        self.file.save(out)
        return out.getvalue()

    # parts of a slide ──

    def _slide(self, title: str, told: list[str], sizes: Iterable[float] = (26, 24, 22, 20, 18, 16)) -> Any:
        slide = self.file.slides.add_slide(self.file.slide_layouts[0])
        size = _size([("title", title)], INNER + 0.3, TITLE_HEIGHT + 0.1, sizes)
        _paragraphs(slide.shapes.title.text_frame, [("title", title)], size)
        for layout in slide.slide_layout.placeholders:
            if layout.placeholder_format.type in (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER):
                copy = deepcopy(layout._element)
                copy.nvSpPr.cNvPr.set("id", str(max(shape.shape_id for shape in slide.shapes) + 1))
                slide.shapes._spTree.append(copy)
        footer = next(p for p in slide.placeholders if p.placeholder_format.type == PP_PLACEHOLDER.FOOTER)
        _paragraphs(footer.text_frame, [("foot", self.source)], 10)
        slide.notes_slide.notes_text_frame.text = "\n".join([*told, "", self.source])
        return slide

    def _text(
        self, slide: Any, text: list[Paragraph], top: float, bottom: float, sizes: Iterable[float]
    ) -> None:
        size = _size(text, INNER, bottom - top, sizes)
        _place(slide.placeholders[1], MARGIN, top, INNER, bottom - top)
        _paragraphs(slide.placeholders[1].text_frame, text, size)

    def _lead(self, slide: Any, text: list[Paragraph]) -> float:
        """Put what is shown below the title; returns the place below it."""
        self._text(slide, text, TOP, TOP + _high(text), (14,))
        return TOP + _high(text)

    def _table_slide(
        self, table: Table, title: str, told: list[str], page: Sequence[int] | None = None, over: str = ""
    ) -> None:
        slide = self._slide(title, [title, *told])
        top = self._lead(slide, _lead(table, over))
        rows = _rows(table, page)
        self._table(slide, table, _largest(rows, BOTTOM - top) or _fit(rows, 11), top, page)

    def _table(
        self, slide: Any, table: Table, fit: Fit, top: float, page: Sequence[int] | None = None
    ) -> None:
        rows = _rows(table, page)
        numbers = list(page) if page is not None else list(range(len(table.cells)))
        box = [Inches(x) for x in (MARGIN, top, sum(fit.widths), sum(fit.heights))]
        frame = slide.shapes.add_table(len(rows), len(table.columns), *box)
        frame.name = f"表：{table.caption}"
        frame._element.nvGraphicFramePr.cNvPr.set(
            "descr", f"表。{table.caption}。{len(rows) - 1}行。列は{'、'.join(rows[0])}。"
        )
        grid = frame.table
        grid.first_row, grid.first_col, grid.horz_banding = True, True, False
        grid._tbl.tblPr.find(qn("a:tableStyleId")).text = PLAIN_TABLE
        for column, width in zip(grid.columns, fit.widths):
            column.width = Inches(width)
        for number, (row, height) in enumerate(zip(rows, fit.heights)):
            grid.rows[number].height = Inches(height)
            hatched = number > 0 and numbers[number - 1] in table.rest
            for column, text in zip(range(len(row)), row):
                kind = "number" if table.columns[column].number else "cell"
                _cell(grid.cell(number, column), text, fit.size, number == 0, kind, hatched)

    def _chart_slide(self, chart: Chart, title: str, told: list[str], extra: list[str]) -> None:
        slide = self._slide(title, [title, *told, *_drawn(chart), *extra])
        lead = chart.subtitle + ("。斜線は、資料が内訳を示していない分" if chart.rest else "")
        _chart(slide, chart, self._lead(slide, [("plain", lead)]), BOTTOM)


def _pages(table: Table) -> list[list[int]]:
    """Row numbers of a table, as many to a page as fit at 11 points."""
    room = BOTTOM - TOP - 0.95
    numbers = list(range(len(table.cells)))
    if len(numbers) <= MOST_ROWS and _largest(_rows(table), room):
        return [numbers]
    pages: list[list[int]] = [[]]
    for number in numbers:
        trial = [*pages[-1], number]
        if pages[-1] and (len(trial) > MOST_ROWS or not _largest(_rows(table, trial), room)):
            pages.append([number])
        else:
            pages[-1] = trial
    return pages


def _place(shape: Any, left: float, top: float, width: float, height: float) -> None:
    shape.left, shape.top, shape.width, shape.height = map(Inches, (left, top, width, height))


def _paragraphs(frame: Any, text: list[Paragraph], size: float) -> None:
    """Fill a text frame; line heights in points, since fonts differ most in these."""
    frame.auto_size, frame.word_wrap = MSO_AUTO_SIZE.NONE, True
    for number, (kind, sentence) in enumerate(text):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.text = sentence
        points = _points(kind, size)
        paragraph.font.size, paragraph.line_spacing = Pt(points), Pt(round(points * LEADING, 1))
        paragraph.space_before, paragraph.space_after = Pt(0), Pt(round(points * _after(kind), 1))
        if kind == "foot":
            paragraph.alignment = PP_ALIGN.LEFT
            paragraph.font.color.theme_color = MSO_THEME_COLOR.TEXT_2
        if kind == "head":
            paragraph.font.bold, paragraph.font.color.theme_color = True, MSO_THEME_COLOR.ACCENT_1
        if kind not in ("bullet", "title"):
            properties = paragraph._p.get_or_add_pPr()
            properties.set("marL", "0")
            properties.set("indent", "0")
            properties.insert_element_before(
                etree.SubElement(properties, qn("a:buNone")), "a:tabLst", "a:defRPr"
            )


def _cell(cell: Any, text: str, size: float, head: bool, kind: str, hatched: bool) -> None:
    cell.margin_left = cell.margin_right = Inches(0.08)
    cell.margin_top = cell.margin_bottom = Inches(0.03)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.text = text
    paragraph.line_spacing = Pt(round(size * LEADING, 1))
    paragraph.alignment = PP_ALIGN.RIGHT if kind == "number" else PP_ALIGN.LEFT
    for font in [run.font for run in paragraph.runs] or [paragraph.font]:
        font.size, font.bold = Pt(size), head
        font.color.theme_color = MSO_THEME_COLOR.BACKGROUND_1 if head else MSO_THEME_COLOR.TEXT_1
    if head:
        cell.fill.solid()
        cell.fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1
    elif hatched:
        cell.fill.patterned()
        cell.fill.pattern = MSO_PATTERN.LIGHT_UPWARD_DIAGONAL
        cell.fill.fore_color.rgb, cell.fill.back_color.rgb = (
            RGBColor(0xD5, 0xDA, 0xE1),
            RGBColor(255, 255, 255),
        )
    line = etree.fromstring(
        f'<a:lnB xmlns:a="{DRAWING}" w="6350"><a:solidFill><a:srgbClr val="9AA3AF"/></a:solidFill></a:lnB>'
    )
    cell._tc.get_or_add_tcPr().insert(0, line)


# ── charts ──────────────────────────────────────────────────────────────────────────────────────────


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.removeprefix("#").upper())


def _chart(slide: Any, chart: Chart, top: float, bottom: float) -> None:
    """A native bar chart; of a stacked one, the sums stand behind the bars as labels of a bar without colour."""
    columns = [(s.name, [value(v) for v in s.values]) for s in chart.series]
    if chart.stacked:
        columns.append((TOTAL, totals(chart)))
    data = CategoryChartData(number_format="#,##0.0")
    data.categories = chart.labels
    for name, values in columns:
        data.add_series(name, values)
    kind = XL_CHART_TYPE.BAR_STACKED if chart.stacked else XL_CHART_TYPE.BAR_CLUSTERED
    box = [Inches(x) for x in (MARGIN, top, INNER, bottom - top)]
    frame = slide.shapes.add_chart(kind, *box, data)
    frame.name = f"グラフ：{chart.title}"
    frame._element.nvGraphicFramePr.cNvPr.set("descr", chart.figure.alt)
    native = frame.chart
    native.part.chart_workbook.update_from_xlsx_blob(_sheet(chart.labels, columns))
    native.has_title, native.has_legend = False, True
    native.legend.position, native.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    native.font.size, native.font.color.theme_color = Pt(12), MSO_THEME_COLOR.TEXT_1
    _axes(native, chart)
    plot = native.plots[0]
    plot.vary_by_categories, plot.gap_width, plot.overlap = False, 45, 100 if chart.stacked else 0
    for number, series in enumerate(plot.series):
        _series(series, chart, number)
    longest = max(style.width(label, 12) for label in chart.labels) / ROOM
    _inner(native, (min(longest, 4.3) + 0.15) / INNER, 0.4 / (bottom - top))


def _axes(native: Any, chart: Chart) -> None:
    names, amounts = native.category_axis, native.value_axis
    names.reverse_order = True  # the first row on top
    names.major_tick_mark, names.has_major_gridlines = XL_TICK_MARK.NONE, False
    names.format.line.color.rgb = _rgb(style.LINE)
    amounts.visible, amounts.has_major_gridlines, amounts.minimum_scale = False, False, 0
    if chart.stacked:
        amounts.maximum_scale = reach(chart)


def _series(series: Any, chart: Chart, number: int) -> None:
    """Colours and labels of a series; what the document does not itemise is hatched."""
    labels = series.data_labels
    labels.show_value, labels.number_format, labels.number_format_is_linked = True, "#,##0.0", False
    if number == len(chart.series):
        series.format.fill.background()
        labels.position = XL_LABEL_POSITION.INSIDE_BASE
        return
    own = chart.series[number]
    colour = _rgb(own.colour)
    series.format.fill.solid()
    series.format.fill.fore_color.rgb = colour
    series.invert_if_negative = False
    for row in chart.rest:
        look = series.points[row].format
        look.fill.patterned()
        look.fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
        look.fill.fore_color.rgb, look.fill.back_color.rgb = colour, RGBColor(255, 255, 255)
        look.line.color.rgb = colour
    if not chart.stacked:
        labels.position = XL_LABEL_POSITION.OUTSIDE_END
        return
    labels.position = XL_LABEL_POSITION.CENTER
    labels.font.color.rgb = RGBColor(255, 255, 255) if number else _rgb(style.INK)
    gone = [row for row, short in enumerate(narrow(chart, own.values)) if short or row in chart.rest]
    for row in reversed(gone):
        label = etree.fromstring(
            f'<c:dLbl xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:idx val="{row}"/>'
            '<c:delete val="1"/></c:dLbl>'
        )
        labels._element.insert(0, label)


def _inner(native: Any, left: float, top: float) -> None:
    """Fix the place of the bars, so that every program gives the labels the same room."""
    parts = {"layoutTarget": "inner", "xMode": "edge", "yMode": "edge", "x": f"{left:.4f}", "y": f"{top:.4f}"}
    parts |= {"w": f"{0.99 - left - (0.05):.4f}", "h": f"{0.99 - top:.4f}"}
    area = native._chartSpace.chart.plotArea
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    layout = etree.SubElement(area, qn("c:layout"))
    area.insert(0, layout)
    manual = etree.SubElement(layout, qn("c:manualLayout"))
    for name, number in parts.items():
        etree.SubElement(manual, qn(f"c:{name}")).set("val", number)


def _sheet(labels: Sequence[str], columns: list[tuple[str, list[float | None]]]) -> bytes:
    """The data sheet behind a chart: python-pptx's own would take a label that begins with = for a formula."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS | {"in_memory": True}) as file:
        sheet = file.add_worksheet("Sheet1")  # the name that the chart refers to
        form = file.add_format({"num_format": "#,##0.0"})
        sheet.set_column(0, 0, 60)
        for row, label in enumerate(labels, 1):
            sheet.write_string(row, 0, label)
        for column, (name, values) in enumerate(columns, 1):
            sheet.write_string(0, column, name)
            for row, amount in enumerate(values, 1):
                if amount is not None:
                    sheet.write_number(row, column, amount, form)
    return out.getvalue()


# ── the look ────────────────────────────────────────────────────────────────────────────────────────


def _template() -> Any:
    """python-pptx's template made 16:9, in Japanese, with one layout and our fonts and colours."""
    file = Presentation()
    file.slide_width, file.slide_height = Inches(WIDTH), Inches(HEIGHT)
    keep = file.slide_layouts[1]
    for layout in [layout for layout in file.slide_layouts if layout != keep]:
        file.slide_layouts.remove(layout)
    keep._element.cSld.set("name", "題と本文")
    master = file.slide_master
    for holder in (master, keep):
        for shape in list(holder.placeholders):
            if shape.placeholder_format.type == PP_PLACEHOLDER.DATE:
                shape._element.getparent().remove(shape._element)
            for text in shape._element.iter(qn("a:t")):
                text.text = PROMPTS.get(text.text, text.text)
    places = {
        PP_PLACEHOLDER.TITLE: (MARGIN, TITLE_TOP, INNER, TITLE_HEIGHT),
        PP_PLACEHOLDER.BODY: (MARGIN, TOP, INNER, BOTTOM - TOP),
        PP_PLACEHOLDER.FOOTER: (MARGIN, 7.05, INNER - 1, 0.3),
        PP_PLACEHOLDER.SLIDE_NUMBER: (WIDTH - MARGIN - 0.9, 7.05, 0.9, 0.3),
    }
    for shape in master.placeholders:
        kind = shape.placeholder_format.type
        _place(shape, *places[kind])
        frame = shape.text_frame
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Emu(0)
        frame.auto_size = MSO_AUTO_SIZE.NONE
        for level in shape._element.iter(qn("a:lvl1pPr")):
            level.set("algn", "r" if kind == PP_PLACEHOLDER.SLIDE_NUMBER else "l")
            level.find(qn("a:defRPr")).set("sz", "1000")
            for colour in level.iter(qn("a:schemeClr")):
                colour.clear()
                colour.set("val", "tx2")
    master.placeholders[0].text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    _styles(master)
    _rule(master)
    for part in (master.part, file.notes_master.part):
        theme = part.part_related_by(RELATIONSHIP_TYPE.THEME)
        theme._blob = _theme(theme.blob)
    # Its preview, printer settings and statistics tell of another presentation.
    for owner in (file.part.package, file.part):
        for key, relation in list(owner._rels.items()):
            if relation.reltype.rsplit("/")[-1] in ("thumbnail", "printerSettings", "extended-properties"):
                owner._rels.pop(key)
    return file


def _styles(master: Any) -> None:
    styles = master._element.find(qn("p:txStyles"))
    title = styles.find(f"{qn('p:titleStyle')}/{qn('a:lvl1pPr')}")
    title.set("algn", "l")
    title.find(qn("a:defRPr")).set("sz", "2600")
    title.find(qn("a:defRPr")).set("b", "1")
    body = styles.find(f"{qn('p:bodyStyle')}/{qn('a:lvl1pPr')}")
    body.set("marL", "228600")
    body.set("indent", "-228600")
    body.find(qn("a:defRPr")).set("sz", "1800")


def _rule(master: Any) -> None:
    """A thin line below the title of every slide."""
    x, y, width = (int(Inches(inches)) for inches in (MARGIN, TOP - 0.1, INNER))
    master._element.cSld.spTree.append(
        etree.fromstring(
            f'<p:cxnSp xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="{DRAWING}">'
            '<p:nvCxnSpPr><p:cNvPr id="90" name="線"/><p:cNvCxnSpPr/><p:nvPr userDrawn="1"/></p:nvCxnSpPr>'
            f'<p:spPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{width}" cy="0"/></a:xfrm>'
            '<a:prstGeom prst="line"><a:avLst/></a:prstGeom>'
            '<a:ln w="19050"><a:solidFill><a:schemeClr val="accent1"/></a:solidFill></a:ln></p:spPr></p:cxnSp>'
        )
    )


def _theme(blob: bytes) -> bytes:
    """Our fonts, Latin and Japanese, and our colours in a theme."""
    theme = etree.fromstring(blob)
    theme.set("name", "cyberbudget")
    for fonts in theme.iter(f"{{{DRAWING}}}majorFont", f"{{{DRAWING}}}minorFont"):
        for name in ("latin", "ea"):
            fonts.find(f"{{{DRAWING}}}{name}").set("typeface", FONT)
        for font in fonts.findall(f"{{{DRAWING}}}font"):
            if font.get("script") == "Jpan":
                font.set("typeface", FONT)
    areas = [style.AREAS[area] for area in ("1", "2", "3", "4")]
    colours = dict(zip(("accent2", "accent3", "accent4", "accent5"), areas))
    colours |= {"dk1": style.INK, "dk2": style.MUTED, "accent1": style.NEUTRAL, "accent6": style.PREVIOUS}
    scheme = next(theme.iter(f"{{{DRAWING}}}clrScheme"))
    scheme.set("name", "cyberbudget")
    for name, colour in colours.items():
        entry = scheme.find(f"{{{DRAWING}}}{name}")
        entry[:] = [etree.Element(f"{{{DRAWING}}}srgbClr", val=colour.removeprefix("#").upper())]
    return etree.tostring(theme, xml_declaration=True, encoding="UTF-8", standalone=True)


def _speak(file: Any) -> None:
    """Mark every text as Japanese, for proofing tools and screen readers, and give charts the theme's font."""
    for part in file.part.package.iter_parts():
        root = getattr(part, "_element", None)
        if root is None:
            continue
        for run in root.iter(qn("a:r"), qn("a:fld")):
            if run.find(qn("a:rPr")) is None:
                run.insert(0, etree.SubElement(run, qn("a:rPr")))
        for text in root.iter(qn("a:rPr"), qn("a:endParaRPr"), qn("a:defRPr")):
            text.set("lang", LANGUAGE)
            text.set("altLang", "en-US")
        if root.tag == qn("c:chartSpace"):
            for text in root.iter(qn("a:defRPr")):
                for name, face in (("latin", "+mn-lt"), ("ea", "+mn-ea")):
                    if text.find(qn(f"a:{name}")) is None:
                        etree.SubElement(text, qn(f"a:{name}")).set("typeface", face)

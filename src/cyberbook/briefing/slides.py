"""A briefing as PowerPoint slides: native tables and charts with their data sheets, notes with sources.

Line heights are set in points and every text is measured before it is placed, so that nothing depends on how
a program fits text: what is too long gets a smaller size, another slide, or the notes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from lxml import etree
from pptx import Presentation
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import MSO_AUTO_SIZE
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.text.text import TextFrame
from pptx.util import Inches, Pt

from cyberbudget import style, words
from cyberbudget.display import Table

from . import slide_look as look
from .content import Briefing, Section
from .shared import day, fixed, notes, universal
from .slide_look import BOTTOM, INNER, TOP

MOST_ROWS = 18
LINE = (28, 26, 24, 22)  # sizes of a title on one line
SIZES = (16, 15, 14, 13, 12, 11)  # sizes of the text of a table

Paragraph = tuple[str, str]  # kind (head, bullet, plain, note) and text
Sizes = Sequence[float]


def write(briefing: Briefing, path: Path, made: datetime) -> None:
    """Write a briefing as three to six slides.

    ``made`` is when it was made; the same moment gives the same bytes.
    """
    deck = _Deck(briefing, made)
    deck.cover()
    carded = deck.numbers()
    deck.section(briefing.breakdown, [] if carded else _carded(briefing.cards.table))
    if not deck.changes():
        deck.section(briefing.supplement, [])
    deck.limits()
    path.write_bytes(fixed(deck.bytes(), made))


# ── fitting ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Fit:
    """A table as it will stand on a slide: size of its text in points, widths and heights in inches."""

    size: float
    widths: list[float]
    heights: list[float]


def _count(text: str, inches: float, points: float) -> int:
    return max(1, len(style.wrap(text, inches * look.ROOM, points)))


def _size(text: Sequence[Paragraph], inches: float, room: float, sizes: Sizes) -> float:
    """The largest size at which paragraphs fit; the smallest one where none does."""
    fitting = (size for size in sizes if sum(_tall(*part, inches, size) for part in text) <= room)
    return next(fitting, min(sizes))


def _set(kind: str, size: float) -> tuple[float, float]:
    """Size of the font of a paragraph in points, and the space below it in sizes of that font."""
    points = max(12, min(14, size - 2)) if kind == "note" else size
    return points, 0.5 if kind in ("bullet", "plain") else 0.25


def _tall(kind: str, text: str, inches: float, size: float) -> float:
    points, below = _set(kind, size)
    return (_count(text, inches - 0.3, points) * look.LEADING + below) * points / 72


def _fit(rows: list[Sequence[str]], size: float) -> Fit:
    """Widths and heights for a table whose first row is its header."""
    pad = 0.2
    whole, folded = [], []  # with the headings on one line, and on two
    for cells in zip(*rows):
        head, *body = [style.width(cell, size) / look.ROOM + pad for cell in cells]
        whole.append(max([head, *body]))
        folded.append(max([head if len(cells[0]) <= 5 else head / 2 + size / 72, *body]))
    natural = whole if sum(whole) <= INNER else folded
    if sum(natural) <= INNER:
        widths = [w * min(1.3, INNER / sum(natural)) for w in natural]
    else:  # short columns keep their width; long ones share the rest
        short = sum(w for w in natural if w <= 2)
        roots = sum(w**0.5 for w in natural if w > 2)
        widths = [w if w <= 2 else (INNER - short) * w**0.5 / roots for w in natural]
    lines = (max(_count(cell, w - pad, size) for cell, w in zip(row, widths)) for row in rows)
    return Fit(size, widths, [count * look.TIGHT * size / 72 + 0.055 for count in lines])


def _largest(rows: list[Sequence[str]], room: float, sizes: Sizes = SIZES) -> Fit | None:
    """The table at the largest size at which it fits; a large size must not break lines."""
    for size in sizes:
        fit = _fit(rows, size)
        broken = max(fit.heights) > 2 * look.TIGHT * size / 72
        if sum(fit.heights) <= room and (size <= 14 or not broken):
            air = min(0.12, (room - sum(fit.heights)) / len(rows))
            return Fit(size, fit.widths, [height + air for height in fit.heights])
    return None


def _rows(table: Table) -> list[Sequence[str]]:
    """Headings and rows of a table as text."""
    return [[column.heading for column in table.columns], *table.cells]


def _page(table: Table, numbers: Sequence[int]) -> Table:
    """Some rows of a table."""
    cells, values = [table.cells[n] for n in numbers], [table.values[n] for n in numbers]
    rest = tuple(at for at, n in enumerate(numbers) if n in table.rest)
    return replace(table, cells=cells, links=[], values=values, rest=rest)


# ── what is said ────────────────────────────────────────────────────────────────────────────────────


def _told(table: Table) -> list[str]:
    """The rows of a table as sentences for the notes."""
    (_, *heads), *rows = _rows(table)
    told = ("、".join(f"{head} {cell}" for head, cell in zip(heads, cells) if cell) for _, *cells in rows)
    return [f"{row[0]}：{text}" for row, text in zip(rows, told)]


def _carded(table: Table) -> list[str]:
    """The programme cards as sentences for the notes."""
    return ["", table.caption, *_told(table)] if table.cells else []


def _lead(table: Table, over: str = "") -> list[Paragraph]:
    """Caption of a table and what its signs mean."""
    return [("plain", table.caption), ("note", "。".join(notes(table)) + "。" + over)]


def _high(text: list[Paragraph]) -> float:
    """Height of the lines below a title."""
    return sum(_tall(kind, part, INNER, 14) for kind, part in text) + 0.05


# ── slides ──────────────────────────────────────────────────────────────────────────────────────────


class _Deck:
    """A presentation under construction."""

    def __init__(self, briefing: Briefing, made: datetime) -> None:
        self.briefing, self.made = briefing, made
        self.file = Presentation(str(Path(__file__).with_name("template.pptx")))
        self.source = briefing.doc.source

    def cover(self) -> None:
        b = self.briefing
        told = b.points.lines
        below = [self.source, f"資料の版：{b.doc.meta['edition']}", f"作成日：{day(self.made)}"]
        text = [("head", "要点"), *(("bullet", p) for p in told), *(("note", line) for line in below)]
        slide = self._slide(b.title, told, (32, 28, 26, 24, 22, 20, 18))
        self._text(slide, text, TOP + 0.3, BOTTOM - 0.3, (22, 20, 18, 16, 14))

    def numbers(self) -> bool:
        """主な数字, with the programme cards below where they fit; True where they do."""
        section, *_, last = self.briefing.sections
        table, cards = section.table, last.table
        fit = _largest(_rows(table), 2.0, SIZES[2:]) or _fit(_rows(table), SIZES[-1])
        top = TOP + _high(_lead(table)) + sum(fit.heights) + 0.3
        below = _largest(_rows(cards), BOTTOM - top) if cards.cells else None
        if not below:
            fit = _largest(_rows(table), 3.5, (18, *SIZES)) or fit
        slide = self._slide(section.title, [*_told(table), *(_carded(cards) if below else [])])
        self._table(slide, table, fit, self._lead(slide, _lead(table)))
        if below:
            self._table(slide, cards, below, top)
        return below is not None

    def section(self, section: Section, extra: list[str]) -> None:
        """A section by its chart or, where there is none, its table; ``extra`` goes into the notes.

        Below a chart of few bars there is room for the table of its amounts.
        """
        table, chart = section.table, section.chart
        if not chart:
            return self._table_slide(section, _pages(table)[0], [*_told(table), *extra])
        bars = zip(*([f"{s.name} {words.oku(amount)}" for amount in s.values] for s in chart.series))
        told = [f"{label}：{'、'.join(row)}" for label, row in zip(chart.labels, bars)]
        slide = self._slide(section.title, [*section.text.lines, *told, *extra])
        lead = chart.subtitle + ("。斜線は内訳が示されていない分" if chart.rest else "")
        top = self._lead(slide, [("plain", lead)])
        height = min(BOTTOM - top, 0.7 + len(chart.labels) * (0.65 if chart.stacked else 0.8))
        look.draw(slide, chart, top, height)
        below = _largest(_rows(table), BOTTOM - top - height - 0.3, SIZES[:-1])
        if below:
            self._table(slide, table, below, top + height + 0.2)

    def changes(self) -> bool:
        """The changes on one slide or two; True where the second one took the place of 補正."""
        section, more = self.briefing.movement, self.briefing.supplement
        pages = _pages(section.table)
        if len(pages) == 1:
            self._table_slide(section, pages[0], _told(pages[0]))
            return False
        left = [sentence for page in pages[2:] for sentence in _told(page)]
        over = f"残る{len(left)}{self.briefing.unit}は、このスライドのノートにあります。" if left else ""
        told = [*_told(pages[1]), *left, *more.text.lines, *_told(more.table)]
        self._table_slide(replace(section, title=f"{section.title}（1/2）"), pages[0], _told(pages[0]))
        self._table_slide(replace(section, title=f"{section.title}（2/2）"), pages[1], told, over)
        return True

    def limits(self) -> None:
        limits, sources = self.briefing.limits.lines, self.briefing.sources.lines
        slide = self._slide("この資料からは言えないこと", [*limits, "出典と注", *sources])
        text = [*(("bullet", p) for p in limits), ("head", "出典と注"), *(("bullet", p) for p in sources)]
        self._text(slide, text, TOP, BOTTOM, (18, 17, 16, 15, 14))

    def bytes(self) -> bytes:
        properties = self.file.core_properties
        properties.title, properties.language, properties.revision = self.briefing.title, look.LANGUAGE, 1
        properties.author = properties.last_modified_by = "cyberbudget"
        properties.created = properties.modified = universal(self.made)
        look.speak(self.file)
        out = io.BytesIO()
        self.file.save(out)
        return out.getvalue()

    # parts of a slide ──

    def _slide(self, title: str, told: list[str], sizes: Sizes = (26, 24, 22, 20, 18, 16)) -> Slide:
        """A slide with its title, its footer and, in its notes, the title and what is ``told``."""
        slide = self.file.slides.add_slide(self.file.slide_layouts[0])
        one = [size for size in LINE if size <= max(sizes) and _count(title, INNER, size) == 1]
        size = one[0] if one else _size([("title", title)], INNER + 0.3, look.TITLE_HEIGHT, sizes)
        _paragraphs(slide.shapes.title.text_frame, [("title", title)], size)
        for layout in slide.slide_layout.placeholders:
            if layout.placeholder_format.type in (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER):
                copy = deepcopy(layout._element)
                copy.nvSpPr.cNvPr.set("id", str(max(shape.shape_id for shape in slide.shapes) + 1))
                slide.shapes._spTree.append(copy)
        footer = next(p for p in slide.placeholders if p.placeholder_format.type == PP_PLACEHOLDER.FOOTER)
        _paragraphs(footer.text_frame, [("foot", self.source)], 10)
        slide.notes_slide.notes_text_frame.text = "\n".join([title, *told, "", self.source])
        return slide

    def _text(self, slide: Slide, text: list[Paragraph], top: float, bottom: float, sizes: Sizes) -> None:
        body, box = slide.placeholders[1], (look.MARGIN, top, INNER, bottom - top)
        body.left, body.top, body.width, body.height = map(Inches, box)
        _paragraphs(body.text_frame, text, _size(text, INNER, bottom - top, sizes))

    def _lead(self, slide: Slide, text: list[Paragraph]) -> float:
        """Put what is shown below the title; returns the place below it."""
        self._text(slide, text, TOP, TOP + _high(text), (14,))
        return TOP + _high(text)

    def _table_slide(self, section: Section, page: Table, told: list[str], over: str = "") -> None:
        """Rows of the table of a section, and what they leave ``over``."""
        rows = _rows(page)
        slide = self._slide(section.title, [*section.text.lines, *told])
        top = self._lead(slide, _lead(page, over))
        self._table(slide, page, _largest(rows, BOTTOM - top) or _fit(rows, 11), top)

    def _table(self, slide: Slide, table: Table, fit: Fit, top: float) -> None:
        rows = _rows(table)
        box = [Inches(x) for x in (look.MARGIN, top, sum(fit.widths), sum(fit.heights))]
        frame = slide.shapes.add_table(len(rows), len(table.columns), *box)
        frame.name = f"表：{table.caption}"
        told = f"表。{table.caption}。{len(rows) - 1}行。列は{'、'.join(rows[0])}。"
        frame._element.nvGraphicFramePr.cNvPr.set("descr", told)
        grid = frame.table
        grid.first_row, grid.first_col, grid.horz_banding = True, True, False
        for style_id in grid._tbl.iter(qn("a:tableStyleId")):
            style_id.text = look.PLAIN_TABLE
        for number, width in enumerate(fit.widths):
            grid.columns[number].width = Inches(width)
        for number, (row, height) in enumerate(zip(rows, fit.heights)):
            grid.rows[number].height = Inches(height)
            head, hatched = number == 0, number - 1 in table.rest
            for at, (column, text) in enumerate(zip(table.columns, row)):
                look.fill(grid.cell(number, at), text, fit.size, column.number, head, hatched)


def _pages(table: Table) -> list[Table]:
    """A table in parts, each with as many rows as fit at 11 points."""
    room = BOTTOM - TOP - _high(_lead(table, "。" * 40))

    def fits(numbers: list[int]) -> bool:
        return len(numbers) <= MOST_ROWS and _largest(_rows(_page(table, numbers)), room) is not None

    pages: list[list[int]] = [[]]
    for number in range(len(table.cells)):
        if pages[-1] and not fits([*pages[-1], number]):
            pages.append([])
        pages[-1].append(number)
    return [_page(table, numbers) for numbers in pages]


def _paragraphs(frame: TextFrame, text: list[Paragraph], size: float) -> None:
    """Fill a text frame; line heights in points, since fonts differ most in these."""
    frame.auto_size, frame.word_wrap = MSO_AUTO_SIZE.NONE, True
    for number, (kind, sentence) in enumerate(text):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.text = sentence
        points, below = _set(kind, size)
        paragraph.line_spacing = Pt(round(points * look.LEADING, 1))
        paragraph.space_before, paragraph.space_after = Pt(0), Pt(round(points * below, 1))
        for run in paragraph.runs:  # not the paragraph's font, which PowerPoint does not heed
            run.font.size = Pt(points)
            if kind == "head":
                run.font.bold, run.font.color.theme_color = True, MSO_THEME_COLOR.ACCENT_1
            elif kind == "foot":
                run.font.color.theme_color = MSO_THEME_COLOR.TEXT_2
        if kind not in ("bullet", "title"):
            properties = paragraph._p.get_or_add_pPr()
            properties.attrib.update({"marL": "0", "indent": "0"})
            none = etree.SubElement(properties, qn("a:buNone"))
            properties.insert_element_before(none, "a:tabLst", "a:defRPr")

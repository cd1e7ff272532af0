"""A briefing as PowerPoint slides: native tables and charts with their data sheets, notes that one can speak.

The slides fill the placeholders of a template by their names: ``template.pptx`` of this package, or one's own. Line
heights are set in points and every text is measured before it is placed, so that nothing depends on how a program
fits text: what is too long gets a smaller size or another slide.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import MSO_AUTO_SIZE
from pptx.oxml.ns import qn
from pptx.slide import Slide, SlideLayout
from pptx.text.text import TextFrame
from pptx.util import Inches, Pt

from cyberbudget import style
from cyberbudget.display import Table

from . import slide_look as look
from . import template as own_template
from .content import SPOKEN, Briefing, Section
from .question import RequestError
from .shared import day, fixed, notes, universal
from .slide_look import Box

SHORT = 5  # slides of the short form
MOST_ROWS, MOST_PAGES = 16, 2  # of a table
CARDS = 6  # programmes on a slide
LINE = (28, 26, 24, 22, 20, 18)  # sizes of a title
SIZES = (16, 15, 14, 13, 12, 11)  # sizes of the text of a table
TEXT = (22, 20, 18, 17, 16, 15, 14, 13, 12)
SENTENCE = "[^。]+。(?:（[^）]*）)?"  # with the source that a comment names after it
NEEDED = {
    name: [n for n in places if n not in ("出典", "番号")] for name, places in own_template.LAYOUTS.items()
}

Paragraph = tuple[str, str]  # kind (head, bullet, plain, note) and text
Sizes = Sequence[float]


def write(
    briefing: Briefing, path: Path, made: datetime, template: str | Path = "", short: bool = False
) -> None:
    """Write a briefing as slides.

    Parameters
    ----------
    briefing : Briefing
    path : Path
    made : datetime
        When it was made; the same moment gives the same bytes.
    template : str or Path
        A template of one's own; that of the package where left out.
    short : bool
        Five slides at most.

    Raises
    ------
    RequestError
        Where the template cannot be read or lacks a placeholder.
    """
    deck = _Deck(briefing, made, opened(template))
    deck.cover()
    deck.points()
    parts = [section for section in briefing.sections if section.tables.keys() - {"numbers", "evidence"}]
    for section in _foremost(parts, SHORT - 3) if short else parts:
        deck.section(section)
    if not short:
        deck.questions()
    deck.limits()
    if not (short or briefing.single):
        deck.numbers()
    path.write_bytes(fixed(deck.bytes(), made))


def _foremost(sections: list[Section], count: int) -> list[Section]:
    """The parts that matter most, in their order: those with a picture, what moved first."""
    rank = sorted(sections, key=lambda s: (s.chart is None, "changes" not in s.tables))
    return [section for section in sections if section in rank[:count]]


def opened(template: str | Path = "") -> Any:
    """The presentation to fill: a template's masters without its slides; RequestError where it will not do."""
    try:
        deck = Presentation(str(template or own_template.FILE))
    except Exception as error:  # python-pptx tells of what is wrong with a file in many ways
        told = "PowerPoint で開ける .pptx のファイルを指定してください（.potx は .pptx として保存し直します）"
        raise RequestError(f"ひな型 {template} を読めません。{told}") from error
    layouts = {layout.name: {p.name for p in _places(layout)} for layout in deck.slide_layouts}
    lacking = [
        f"レイアウト「{name}」"
        if name not in layouts
        else f"レイアウト「{name}」のプレースホルダー「{place}」"
        for name, places in NEEDED.items()
        for place in (places if name in layouts else places[:1])
        if place not in layouts.get(name, ())
    ]
    if lacking:
        told = "PowerPoint のスライド マスターで、この名前を付けてください"
        raise RequestError(f"ひな型 {template} に、{'、'.join(lacking)}がありません。{told}")
    slides = deck.slides._sldIdLst
    for entry in list(slides):
        deck.part.drop_rel(entry.rId)
        slides.remove(entry)
    return deck


def _places(layout: SlideLayout) -> list[Any]:
    """The placeholders of a layout."""
    return list(iter(layout.placeholders))  # type: ignore[misc]


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
    return points, {"bullet": 0.5, "plain": 0.5, "head": 0.15}.get(kind, 0.25)


def _tall(kind: str, text: str, inches: float, size: float) -> float:
    points, below = _set(kind, size)
    return (_count(text, inches - 0.3, points) * look.LEADING + below) * points / 72


def _fit(rows: list[Sequence[str]], size: float, inner: float) -> Fit:
    """Widths and heights for a table whose first row is its header."""
    pad = 0.26
    whole, folded = [], []  # with the headings on one line, and on two
    for cells in zip(*rows):
        head, *body = [style.width(cell, size) / look.ROOM + pad for cell in cells]
        whole.append(max([head, *body]))
        folded.append(max([head if len(cells[0]) <= 5 else head / 2 + size / 72, *body]))
    natural = whole if sum(whole) <= inner else folded
    if sum(natural) <= inner:
        widths = [w * min(1.3, inner / sum(natural)) for w in natural]
    else:  # short columns keep their width; long ones share the rest
        short = sum(w for w in natural if w <= 2)
        roots = sum(w**0.5 for w in natural if w > 2)
        widths = [w if w <= 2 else (inner - short) * w**0.5 / roots for w in natural]
    lines = (max(_count(cell, w - pad, size) for cell, w in zip(row, widths)) for row in rows)
    return Fit(size, widths, [count * look.TIGHT * size / 72 + 0.055 for count in lines])


def _largest(rows: list[Sequence[str]], inner: float, room: float) -> Fit | None:
    """The table at the largest size at which it fits; a large size must not break lines."""
    for size in SIZES:
        fit = _fit(rows, size, inner)
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


def _pages(table: Table, inner: float, room: float) -> list[Table]:
    """A table in parts, each with as many rows as fit at the smallest size."""

    def fits(numbers: list[int]) -> bool:
        return len(numbers) <= MOST_ROWS and _largest(_rows(_page(table, numbers)), inner, room) is not None

    pages: list[list[int]] = [[]]
    for number in range(len(table.cells)):
        if pages[-1] and not fits([*pages[-1], number]):
            pages.append([])
        pages[-1].append(number)
    return [_page(table, numbers) for numbers in pages]


def _brief(briefing: Briefing, table: Table) -> Table:
    """The programme cards for a slide: of the largest measures the first sentence of what they are."""
    if briefing.single:
        return table
    kept = [n for n, column in enumerate(table.columns) if column.key in ("measure", "ministry", "summary")]
    size = {row["name"]: row[briefing.stage.key].value for row in briefing.view.own("measure")}
    at = next(n for n, column in enumerate(table.columns) if column.key == "measure")

    def large(row: Sequence[str]) -> float:
        return -float(sum(size.get(name, 0) for name in row[at].split("、")))

    rows = sorted(table.cells, key=large)[:CARDS]
    cells = [
        tuple(row[n].partition("。")[0] + "。" * (table.columns[n].key == "summary") for n in kept)
        for row in rows
    ]
    columns = tuple(table.columns[n] for n in kept)
    return replace(table, columns=columns, cells=cells, values=list(cells), links=[], rest=())


# ── slides ──────────────────────────────────────────────────────────────────────────────────────────


class _Deck:
    """A presentation under construction."""

    def __init__(self, briefing: Briefing, made: datetime, file: Any) -> None:
        self.briefing, self.made, self.file = briefing, made, file
        self.layouts: dict[str, SlideLayout] = {layout.name: layout for layout in file.slide_layouts}
        self.source = briefing.source

    # the slides of a briefing ──

    def cover(self) -> None:
        """What it is about, and nothing else."""
        b = self.briefing
        name, _, stage = b.title.partition("：")
        told = [f"資料の版：{b.edition}", f"作成日：{day(self.made)}"]
        slide = self._slide(
            "表紙", name, [f"{name}について、{stage}の額で説明します。"], (40, 36, 32, 28, 24, 20)
        )
        self._text(slide, "副題", [("plain", stage)], (22, 20, 18, 16))
        self._text(slide, "日付", [("plain", line) for line in told], (14,))

    def points(self) -> None:
        """要点, whose first sentence is the title."""
        b = self.briefing
        first, *others = b.points.lines
        more = re.findall(SENTENCE, first)[2:]  # what the title does not say
        lines = [first, *others] if more else others
        slide = self._slide("文", b.headline, b.points.lines)
        self._text(slide, "本文", [("head", "要点"), *(("bullet", line) for line in lines)], TEXT)

    def section(self, section: Section) -> None:
        """A section by its picture or, where it has none, its tables."""
        if section.chart:
            slide = self._slide("図", section.title, section.spoken)
            hatched = "。斜線は内訳が示されていない分" if section.chart.rest else ""
            self._text(slide, "説明", [("plain", section.chart.subtitle + hatched)], (14, 13, 12))
            look.draw(slide, section.chart, self._taken(slide, "図"))
            return
        shown_here = list(section.tables.items())[: 1 if self.briefing.single else None]
        for number, (name, table) in enumerate(shown_here):
            title, spoken = section.title, section.spoken
            if name == "cards" and not self.briefing.single:
                title = section.heading  # the slide has no room for the targets
            if number:  # the second table has a finding of its own
                own = self.briefing.take(name)
                title = own[0].title if own else table.caption
                spoken = (own[0].sentence,) if own else ()
            shown = _brief(self.briefing, table) if name == "cards" else table
            left = len(table.cells) - len(shown.cells)
            self._table(
                title, shown, spoken, f"ほか{left}件は、文書と表計算のファイルにあります。" if left else ""
            )

    def _table(self, title: str, table: Table, spoken: Sequence[str], over: str = "") -> None:
        """A table on as many slides as it takes, at most two."""
        box = look.box(self._place("表", "表"))
        pages = _pages(table, box.width, box.height)
        left = sum(len(page.cells) for page in pages[MOST_PAGES:])
        over += f"残る{left}行は、文書と表計算のファイルにあります。" if left else ""
        for number, page in enumerate(pages[:MOST_PAGES]):
            slide = self._slide("表", title, spoken if number == 0 else [f"{title}の続きです。"])
            marks = "。".join(notes(page)) + "。" if notes(page) else ""
            self._text(slide, "説明", [("plain", f"{page.caption}。{marks}{over}")], (14, 13, 12, 11))
            rows = _rows(page)
            fit = _largest(rows, box.width, box.height) or _fit(rows, SIZES[-1], box.width)
            self._grid(slide, page, fit, self._taken(slide, "表"))

    def questions(self) -> None:
        """想定問答."""
        asked = [f.question for f in self.briefing.questions]
        slide = self._slide("文", "想定問答", ["聞かれそうなことと、その答えです。", *asked])
        told = [
            (kind, text)
            for f in self.briefing.questions
            for kind, text in (("head", f"問　{f.question}"), ("plain", f"答　{f.sentence}"))
        ]
        self._text(slide, "本文", told, TEXT[2:])

    def limits(self) -> None:
        """What cannot be said, and where it all comes from."""
        b = self.briefing
        slide = self._slide("文", "この資料からは言えないこと", b.limits.lines)
        text = [("bullet", line) for line in b.limits.lines]
        text += [("head", "出典と注"), *(("note", line) for line in b.sources.lines)]
        self._text(slide, "本文", text, TEXT[2:])

    def numbers(self) -> None:
        """The main numbers and what rounding allows, to look up."""
        b = self.briefing
        self._table("参考：主な数字と、丸めの範囲", b.numbers, [f"{b.headline.removesuffix('。')}。"])

    # their parts ──

    def _slide(self, layout: str, title: str, spoken: Sequence[str], sizes: Sizes = LINE) -> Slide:
        slide = self.file.slides.add_slide(self.layouts[layout])
        place = look.box(self._named(slide, "題"))
        inner = place.width * look.BOLD
        one = [size for size in sizes if _count(title, inner, size) == 1]
        size = one[0] if one else _size([("title", title)], inner + 0.3, place.height, sizes)
        _paragraphs(self._named(slide, "題").text_frame, [("title", title)], size)
        for part in _places(self.layouts[layout]):
            if part.placeholder_format.type in (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER):
                copy = deepcopy(part._element)
                copy.nvSpPr.cNvPr.set("id", str(max(shape.shape_id for shape in slide.shapes) + 1))
                slide.shapes._spTree.append(copy)
        for part in slide.placeholders:
            if part.placeholder_format.type == PP_PLACEHOLDER.FOOTER:
                _paragraphs(part.text_frame, [("foot", self.source)], 10)
        slide.notes_slide.notes_text_frame.text = f"{_spoken(spoken)}\n\n{self.source}"
        return slide

    def _place(self, layout: str, name: str) -> Any:
        """A placeholder of a layout."""
        return next(p for p in _places(self.layouts[layout]) if p.name == name)

    def _named(self, slide: Slide, name: str) -> Any:
        """The placeholder of a slide by its name in the layout."""
        number = self._place(slide.slide_layout.name, name).placeholder_format.idx
        return next(p for p in slide.placeholders if p.placeholder_format.idx == number)

    def _taken(self, slide: Slide, name: str) -> Box:
        """Where a placeholder stands that a chart or a table takes the place of."""
        place = self._named(slide, name)
        box = look.box(place)
        place._element.getparent().remove(place._element)
        return box

    def _text(self, slide: Slide, name: str, text: list[Paragraph], sizes: Sizes) -> None:
        place = self._named(slide, name)
        box = look.box(place)
        _paragraphs(place.text_frame, text, _size(text, box.width, box.height, sizes))

    def _grid(self, slide: Slide, table: Table, fit: Fit, box: Box) -> None:
        rows = _rows(table)
        place = [Inches(x) for x in (box.left, box.top, sum(fit.widths), sum(fit.heights))]
        frame = slide.shapes.add_table(len(rows), len(table.columns), *place)
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

    def bytes(self) -> bytes:
        properties = self.file.core_properties
        properties.title, properties.language, properties.revision = self.briefing.title, look.LANGUAGE, 1
        properties.author = properties.last_modified_by = "cyberbudget"
        properties.created = properties.modified = universal(self.made)
        look.speak(self.file)
        out = io.BytesIO()
        self.file.save(out)
        return out.getvalue()


def _spoken(sentences: Sequence[str]) -> str:
    """As many whole sentences as one can say to a slide."""
    told = ""
    for sentence in re.findall(SENTENCE, "".join(sentences)):
        if len(told) + len(sentence) > SPOKEN:
            break
        told += sentence
    return told


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
        if kind not in ("bullet", "title", "foot"):
            properties = paragraph._p.get_or_add_pPr()
            properties.attrib.update({"marL": "0", "indent": "0"})
            none = etree.SubElement(properties, qn("a:buNone"))
            properties.insert_element_before(none, "a:tabLst", "a:defRPr")

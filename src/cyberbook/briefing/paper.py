"""A briefing on paper: what of it goes to two pages of A4, and these pages as PDF.

What the notebook says becomes a list of blocks, the same for the PDF and for Word. Whatever is too much for the pages
is left out, the least important first, and named; in the long version nothing is.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from html import escape
from itertools import count, groupby, pairwise
from pathlib import Path
from typing import Any

from cyberbudget import style
from cyberbudget.display import Table, Text

from .. import pdf
from . import drawn
from .chart import Chart
from .content import Briefing, Section
from .shared import NAMES, day

CSS = Path(__file__).with_name("paper.css")
PAGES = 2  # at most; of a subject with one measure, one
HEIGHT = 270.0  # mm of a page for its text, as in paper.css
MM = 25.4 / 96
TITLE = (16.0, 15.0, 14.0, 13.0)  # points of a title: the largest that keeps it on one line
TABLE = 9.0  # points
PAD = 2.6  # mm beside the text of a cell
AIR = 1.6  # mm: some programs put a little between letters and digits
NARROW = 38.0  # mm of a column whose texts are not broken
SIGNS = str.maketrans(dict.fromkeys("+−", "＋"))
PROSE = 60  # letters; of a longer cell the first sentence may have to do
FIRST = ("fig-briefing-changes", "fig-briefing-peers")  # the pictures that matter most
CORE = ("tab-briefing-numbers", "tab-briefing-cards")  # that the one page of a single measure must hold
# How the numbers are come to, by its short name: it stands last, and is the first thing that a short paper leaves out.
EVIDENCE = "evidence"
HOLE = 35.0  # mm at the end of a page that figures are made less tall for
FEW = 8  # rows of a table that is not broken, unless there is prose in it


@dataclass(frozen=True)
class Block:
    """A piece of a briefing on paper."""

    kind: str  # title, edition, heading, text, question, item, note, table, figure or spared
    text: str  # of a figure its title, of a table its caption
    table: Table | None = None
    chart: Chart | None = None
    tight: bool = False  # a figure that is less tall
    sheet: str = ""  # where a table or a figure stands in the workbook

    @property
    def name(self) -> str:
        """Anchor of a table or a figure; empty for a text, which is always there."""
        return self.table.name if self.table else self.chart.figure.name if self.chart else ""

    @property
    def short(self) -> Block | None:
        """A table with only the first sentence of what is prose in it, of items and what they are only the first item;
        None where nothing is left out."""
        if not self.table:
            return None
        items = len(self.table.columns) == 2 and not self.table.columns[1].number
        rows = self.table.cells[:1] if items else self.table.cells
        cells = [tuple(c.partition("。")[0] + "。" if len(c) > PROSE else c for c in r) for r in rows]
        if cells == self.table.cells:
            return None
        values = self.table.values[: len(cells)]
        return replace(self, table=replace(self.table, cells=cells, values=values))


def _prose(table: Table) -> bool:
    return any(len(cell) > PROSE for row in table.cells for cell in row)


def whole(table: Table) -> bool:
    """True for a table that is not broken over pages."""
    return len(table.cells) <= FEW and not _prose(table)


# ── what is said ────────────────────────────────────────────────────────────────────────────────────


def blocks(b: Briefing, made: datetime) -> list[Block]:
    """All that a briefing says and shows, in order."""
    meta = b.doc.meta
    told = f"資料：『{meta['title']}』（{meta['number']}、{b.edition}）　作成日：{day(made)}"
    found = [Block("title", b.title), Block("edition", told), *_listed("要点", b.points)]
    for section in b.sections:
        if EVIDENCE not in section.tables:
            found += _section(section)
    found.append(Block("heading", "想定問答"))
    found += [Block(("question", "text")[n % 2], line) for n, line in enumerate(b.answers.lines)]
    found += _listed("この資料からは言えないこと", b.limits) + _listed("出典と注", b.sources, "note")
    return found + [block for s in b.sections if EVIDENCE in s.tables for block in _section(s)]


def _section(section: Section) -> list[Block]:
    sheets = {name: NAMES[name] for name in section.tables}
    texts = [Block("text", line) for line in section.text.lines if line]
    drawn = [
        Block("figure", c.title, chart=c, sheet=next(iter(sheets.values()))) for c in [section.chart] if c
    ]
    tables = [Block("table", t.caption, t, sheet=sheets[name]) for name, t in section.tables.items()]
    return [Block("heading", section.heading), *texts, *drawn, *tables]


def _listed(heading: str, text: Text, kind: str = "item") -> list[Block]:
    return [Block("heading", heading), *(Block(kind, line) for line in text.lines)]


def numbered(shown: Sequence[Block]) -> Iterator[tuple[Block, str, int]]:
    """The blocks, the tables and figures with their label (表, 図) and the number in which they stand."""
    counts: Counter[str] = Counter()
    for block in shown:
        label = {"table": "表", "figure": "図"}.get(block.kind, "")
        counts[label] += 1
        yield block, label, counts[label]


def widths(table: Table, room: float = drawn.WIDTH) -> list[float]:
    """Widths of the columns in mm, together the whole room: short texts and numbers are not broken."""
    natural, prose = [], []
    for column, *cells in zip(table.columns, *table.cells):
        broken = column.number or column.keep  # its heading is
        heads = re.split(r"(?<=年度)(?=.)|(?<=.)(?=（)", column.heading) if broken else [column.heading]
        natural.append(max([*(_mm(text) + AIR for text in heads), *map(_mm, cells)]) + PAD)
        prose.append(sum(map(_mm, cells)) / len(cells) if natural[-1] > NARROW and not column.number else 0)
    if sum(natural) > room:
        left = room - sum(width for width, mean in zip(natural, prose) if not mean)
        roots = sum(mean**0.5 for mean in prose)
        natural = [left * mean**0.5 / roots if mean else width for width, mean in zip(natural, prose)]
    return [width * room / sum(natural) for width in natural]


def heading(text: str, width: float) -> list[str]:
    """The lines of the heading of a column of some width in mm."""
    return style.wrap(text, (width - PAD - AIR + 0.1) / 25.4, TABLE)


def _mm(text: str) -> float:
    """Width of a text of a table on one line; signs are as wide as letters in some fonts."""
    return style.width(text.translate(SIGNS), TABLE) * 25.4


def title(text: str) -> tuple[float, list[str]]:
    """Points of a title, the largest at which it stands on one line, and its lines where it cannot."""
    inches = drawn.WIDTH / 25.4
    size = next((size for size in TITLE if style.width(text, size) <= inches), TITLE[-1])
    return size, style.wrap(text, inches, size)


# ── what fits ───────────────────────────────────────────────────────────────────────────────────────


def fit(every: list[Block], briefing: Briefing, long: bool = False) -> tuple[list[Block], Any]:
    """The blocks that the pages hold, and these pages; all of them where it may be ``long``.

    RuntimeError where not even the texts fit.
    """
    if long:
        return every, _set(every)
    choice = _Choice(every, briefing.single)
    for limit in range(briefing.sheets, PAGES + 1):
        found = choice.within(limit)
        if found and (limit == PAGES or {block.name for block in found[0]}.issuperset(CORE)):
            return found
    raise RuntimeError(
        f"PDF が{PAGES}頁に収まりません。--long（make では LONG=1）を添えると、収まらない分も載せます"
    )


@dataclass(frozen=True)
class _Part:
    """What may be left out: the texts, the figure or a table of a section, or a question; a table may be shortened."""

    section: int
    at: int  # of its first block
    rank: tuple[int, int]  # the smallest matters most
    forms: tuple[list[Block], ...]  # as a whole and, where there is one, in short


Kept = dict[int, list[Block]]  # forms of parts by their places


class _Choice:
    """What goes to the pages: the most important first, as long as it fits.

    The 要点, what cannot be said and the sources always do.
    """

    def __init__(self, every: list[Block], single: bool) -> None:
        self.single = single
        begins = [0, *(n for n, block in enumerate(every) if block.kind == "heading"), len(every)]
        every = [replace(block, tight=True) if single and block.chart else block for block in every]
        self.sections = [every[begin:end] for begin, end in pairwise(begins)]
        self.parts: list[_Part] = []
        for number, (begin, section) in enumerate(zip(begins, self.sections)):
            asked = [begin + at for at, block in enumerate(section) if block.kind == "question"]
            # Of a single measure two questions come before its picture, the others last.
            ranks = [(0, n) if not single or n < 2 else (1, n) for n, _ in enumerate(asked)]
            self.parts += [_Part(number, at, rank, (every[at : at + 2],)) for at, rank in zip(asked, ranks)]
            if not any(block.name for block in section):
                continue
            texts = [block for block in section[1:] if not block.name]
            self.parts += [_Part(number, begin, (1, begin), (texts,))] if texts else []
            for at, block in enumerate(section, begin):
                if block.name:
                    drawn = bool(block.table) and any(
                        other.chart for other in section
                    )  # it tells nothing new
                    core = block.name in CORE[: 1 + single]
                    rank = (
                        -core
                        if core or block.name in FIRST
                        else 3
                        if block.name.endswith(f"-{EVIDENCE}")
                        else 2
                        if drawn
                        else 1
                    )
                    forms = ([block], [block.short]) if block.short else ([block],)
                    self.parts.append(_Part(number, at, (rank, at), forms))
        self.parts.sort(key=lambda part: part.rank)

    @cached_property
    def tall(self) -> dict[int, list[float]]:
        """Heights in mm of the forms of each part, by its place; of what tells nothing new they are not asked for."""
        parts = [part for part in self.parts if part.rank[0] < 2]
        blocks = [block for part in parts for form in part.forms for block in form]
        heights = iter(_heights(_set([self.sections[0][0], *blocks]))[1:])
        return {part.at: [sum(next(heights) for _ in form) for form in part.forms] for part in parts}

    def within(self, limit: int) -> tuple[list[Block], Any] | None:
        """The most that the pages hold, and these pages; None where not even what always goes does."""
        pages = _set(self.shown({}))
        if len(pages.pages) > limit:
            return None
        kept: Kept = {}
        left = limit * HEIGHT - sum(_heights(pages))
        for part in self.parts:
            forms = [*zip(part.forms, self.tall.get(part.at, ()))]
            for form, tall in reversed(forms) if self.single else forms:  # the one page has something of each
                if part.at not in kept and tall <= left:
                    kept[part.at], left = form, left - tall
        while len((pages := _set(self.shown(kept))).pages) > limit:
            last = next(part for part in reversed(self.parts) if part.at in kept)
            if kept.pop(last.at) is not last.forms[-1]:
                kept[last.at] = last.forms[-1]
        if max(map(_free, pages.pages[:-1]), default=0.0) > HOLE:  # a figure went to the next page
            tight = {
                at: [replace(block, tight=True) for block in form] if form[0].chart else form
                for at, form in kept.items()
            }
            closer = _set(self.shown(tight))
            if max(map(_free, closer.pages[:-1]), default=0.0) <= HOLE:
                kept, pages = tight, closer
        # What cannot be broken over the pages may have left room for something smaller.
        for part in self.parts:
            for form in part.forms:
                have = kept.get(part.at)
                if have is not None and have not in part.forms[1:]:  # all of it is there
                    break
                if have is form:
                    break
                taken = self._least(part, have) if have else 0.0
                if self._least(part, form) - taken <= _free(pages.pages[-1]):
                    more = _set(self.shown(kept | {part.at: form}))
                    if len(more.pages) <= limit:
                        kept, pages = kept | {part.at: form}, more
        return self.shown(kept), pages

    def _least(self, part: _Part, form: list[Block]) -> float:
        """What a form takes of a page in mm, at the least."""
        known = self.tall.get(part.at)
        table = form[0].table
        return known[part.forms.index(form)] if known else len(table.cells) * 5.0 + 15 if table else 0.0

    def shown(self, kept: Kept) -> list[Block]:
        """What always goes and what is kept; at the end what is missing."""
        found: list[Block] = []
        gone: dict[str, list[str]] = {}
        for number, section in enumerate(self.sections):
            parts = sorted((part for part in self.parts if part.section == number), key=lambda part: part.at)
            own = [block for part in parts for block in kept.get(part.at, ())]
            found += [section[0], *own] if own else [] if parts else section
            if parts and not own:
                gone.setdefault("", []).append(f"「{section[0].text}」")
            for part in parts if own else ():
                first, form = part.forms[0][0], kept.get(part.at)
                kind = "図" if first.chart else "表" if first.table and not form else "の一部"
                if form is None or form in part.forms[1:]:
                    named = f"「{section[0].text}」" if kind == "の一部" else first.sheet
                    gone.setdefault(kind, []).append(named)
        listed = {kind: "、".join(dict.fromkeys(names)) for kind, names in gone.items()}
        told = "、".join(
            f"{kind}（{names}）" if kind in ("図", "表") else f"{names}{kind}"
            for kind, names in listed.items()
        )
        missing = f"紙面に収まらず、省いたもの：{told}。HTML と Excel にあります。"
        return [*_counted(found), Block("spared", missing)] if gone else found


def _counted(shown: list[Block]) -> Iterator[Block]:
    """The blocks, with their questions counted anew."""
    number = count(1)
    for block in shown:
        asked = block.kind == "question"
        yield replace(block, text=re.sub(r"^問\d+", f"問{next(number)}", block.text)) if asked else block


def _heights(pages: Any) -> list[float]:
    """Heights of the blocks in mm, wherever they are broken over pages."""
    found: dict[int, float] = {}
    for page in pages.pages:
        seen = set()
        for box in page._page_box.descendants():
            own = "" if box.element is None else box.element.get("id") or ""
            if own.startswith("b") and own not in seen:  # the outermost one of its boxes
                seen.add(own)
                found[int(own[1:])] = found.get(int(own[1:]), 0.0) + box.margin_height() * MM
    return [found[n] for n in sorted(found)]


def _free(page: Any) -> float:
    """What is left of a page, in mm."""
    body = page._page_box.children[0]
    boxes = [
        box for box in body.descendants() if type(box).__name__ in ("LineBox", "BlockReplacedBox", "TableBox")
    ]
    return HEIGHT - max(box.position_y + box.height - body.position_y for box in boxes) * MM


# ── PDF ─────────────────────────────────────────────────────────────────────────────────────────────


def _set(shown: Sequence[Block]) -> Any:
    """The pages of blocks."""
    return pdf.source(markup(shown)).render()


def markup(shown: Sequence[Block]) -> str:
    """The blocks as HTML for WeasyPrint, the n-th with the id bn."""
    face = f'@font-face {{ font-family: {pdf.FONT}; src: url("{style.font_file().name}"); }}\n'
    parts = (
        (block.kind in ("item", "note"), _markup(n, block, f"{label}{number}　{block.text}"))
        for n, (block, label, number) in enumerate(numbered(shown))
    )
    body = "".join(
        f"<ul>{''.join(part for _, part in group)}</ul>" if item else "".join(part for _, part in group)
        for item, group in groupby(parts, lambda part: part[0])
    )
    css = face + CSS.read_text(encoding="utf-8")
    head = f'<meta charset="utf-8"><title>{escape(shown[0].text)}</title><meta name="author" content="cyberbudget">'
    return f'<!DOCTYPE html><html lang="ja"><head>{head}<style>{css}</style></head><body>{body}</body></html>'


def _markup(number: int, block: Block, caption: str) -> str:
    own, text = f' id="b{number}"', escape(block.text)
    if block.kind == "title":
        size, lines = title(block.text)
        return f'<h1{own} style="font-size: {size}pt">{"<br>".join(map(escape, lines))}</h1>'
    above = f'<p class="caption">{escape(caption)}</p>'
    if block.table:
        return f"<div{own}>{above}{_grid(block.table)}</div>"
    if block.chart:
        drawing = (
            f"data:image/svg+xml;base64,{b64encode(drawn.svg(block.chart, block.tight).encode()).decode()}"
        )
        return f'<figure{own}>{above}<img src="{drawing}" alt="{escape(block.chart.figure.alt)}"></figure>'
    tag = {"heading": "h2", "item": "li", "note": "li"}.get(block.kind, "p")
    return f'<{tag}{own} class="{block.kind}">{text}</{tag}>'


def _grid(table: Table) -> str:
    """A table whose columns have their widths and whose headings have their lines."""
    kinds = [' class="num"' if column.number else "" for column in table.columns]
    heads = [
        f'<th scope="col"{kind} style="width: {width:.2f}mm">{"<br>".join(map(escape, heading(c.heading, width)))}</th>'
        for c, kind, width in zip(table.columns, kinds, widths(table))
    ]
    rows = []
    for number, (first, *cells) in enumerate(table.cells):
        others = "".join(f"<td{kind}>{escape(cell)}</td>" for kind, cell in zip(kinds[1:], cells))
        rest = ' class="rest"' if number in table.rest else ""
        rows.append(f'<tr{rest}><th scope="row">{escape(first)}</th>{others}</tr>')
    kind = "whole" if whole(table) else "many" if len(rows) > FEW else "few"
    return f"<table class='{kind}'><thead><tr>{''.join(heads)}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def write(shown: Sequence[Block], pages: Any) -> bytes:
    """The pages as a PDF file."""
    identifier = sha256(markup(shown).encode()).hexdigest()[:32].encode()
    return pages.write_pdf(pdf_identifier=identifier, **pdf.TAGGED)

"""A briefing on paper: what of it goes to two pages of A4, and these pages as PDF.

What the notebook says becomes a list of blocks, the same for the PDF and for Word. Whatever is too much for the pages
is left out, the least important first, and named; in the long version nothing is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

import nbformat
from bs4 import BeautifulSoup
from nbconvert.filters import markdown2html

from cyberbudget import exact, style
from cyberbudget.display import Table

from .. import pdf
from . import drawn
from .chart import Chart
from .content import Briefing
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
# What is left out first, by the anchors; then whatever else can be, from the end.
SPARED = ("tab-briefing-sixteen", "tab-briefing-rows", "fig-briefing-sixteen", "tab-briefing-cards")
LEADS = ("tab-briefing-cards",)  # without which their section has nothing to say
CORE = ("tab-briefing-numbers", *LEADS)  # that the one page of a subject with one measure must hold
FEW = 4  # rows of a table that is not broken


@dataclass(frozen=True)
class Block:
    """A piece of a briefing on paper."""

    kind: str  # title, edition, heading, text, item, table, figure or spared
    text: str  # of a figure its title, of a table its caption
    table: Table | None = None
    chart: Chart | None = None
    picture: str = ""  # a figure that is no chart, as SVG
    alt: str = ""
    name: str = ""  # anchor of a table or a figure

    @property
    def short(self) -> Block | None:
        """A table with only the first sentence of what is prose in it."""
        if not self.table or not any(len(cell) > PROSE for row in self.table.cells for cell in row):
            return None
        cells = [
            tuple(c.partition("。")[0] + "。" if len(c) > PROSE else c for c in r) for r in self.table.cells
        ]
        return replace(self, table=replace(self.table, cells=cells))


# ── what is said ────────────────────────────────────────────────────────────────────────────────────


def blocks(done: nbformat.NotebookNode, briefing: Briefing, made: datetime) -> list[Block]:
    """All that the executed notebook says of a briefing."""
    meta = briefing.doc.meta
    told = f"資料：『{meta['title']}』（{meta['number']}、{briefing.edition}）　作成日：{day(made)}"
    found = [Block("title", briefing.title), Block("edition", told)]
    charts = {s.chart.figure.name: s.chart for s in briefing.sections if s.chart}
    tables = {table.name: table for table in briefing.tables.values()}
    for cell in done.cells:
        if "book" in cell.metadata.get("tags", ()):
            continue
        if cell.cell_type == "markdown":
            found += _written(cell.source.split(")=\n")[-1])  # without MyST's label
        for output in cell.get("outputs", ()):
            found += _shown(output, charts, tables)
    return found


def _written(markdown: str) -> Iterator[Block]:
    """The headings and paragraphs of a cell of Markdown, as text."""
    for tag in BeautifulSoup(markdown2html(markdown), "html.parser").find_all(["h1", "h2", "h3", "p", "li"]):
        for link in tag.select(".anchor-link"):
            link.decompose()
        kind = {"p": "text", "li": "item"}.get(tag.name, "heading")
        yield Block(kind, tag.get_text().strip())


def _shown(output: Any, charts: dict[str, Chart], tables: dict[str, Table]) -> Iterator[Block]:
    """What an output of a cell shows on paper: sentences, a table, or a figure without what is on a screen only."""
    data, own = output.get("data", {}), output.get("metadata", {}).get("cyberbudget", {})
    if name := own.get("figure"):
        chart = charts.get(name)
        drawing = "" if chart else data["image/svg+xml"]
        yield Block("figure", own["title"], chart=chart, picture=drawing, alt=data["text/plain"], name=name)
    elif name := own.get("table"):
        yield Block("table", tables[name].caption, tables[name], name=name)
    elif "text/markdown" in data and "caption" not in own:
        for line in filter(None, data["text/plain"].splitlines()):
            item = line.startswith("- ")
            yield Block("item" if item else "text", line.removeprefix("- "))


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
    pages = _set(every)
    if long:
        return every, pages
    alone = len(exact.own(briefing.rows)) == 1 or briefing.subject.kind == "measure"
    choice: _Choice | None = None
    for limit in (1, PAGES) if alone else (PAGES,):
        if len(pages.pages) <= limit:
            return every, pages
        choice = choice or _Choice(every, pages, _names(briefing), alone)
        found = choice.within(limit)
        if found and (limit == PAGES or {block.name for block in found[0]}.issuperset(CORE)):
            return found
    raise RuntimeError(
        f"PDF が{PAGES}頁に収まりません。--long（make では LONG=1）を添えると、収まらない分も載せます"
    )


def _names(briefing: Briefing) -> dict[str, str]:
    """What is said of a table or a chart that is left out, by its anchor: the name of its sheet."""
    found = {table.name: f"{NAMES[name]}の表" for name, table in briefing.tables.items()}
    charts = {s.chart.figure.name: NAMES[next(iter(s.tables))] for s in briefing.sections if s.chart}
    return found | {name: f"{sheet}の図" for name, sheet in charts.items()}


class _Choice:
    """Which tables and figures go to the pages, by how much they matter and how tall they are."""

    def __init__(self, every: list[Block], pages: Any, names: dict[str, str], alone: bool) -> None:
        self.every, self.names = every, names
        begins = [0, *(n for n, block in enumerate(every) if block.kind == "heading"), len(every)]
        self.sections = [range(*pair) for pair in zip(begins, begins[1:])]
        tall = _heights(pages)
        shorts = [block.short for block in every if block.short]
        brief = iter(_heights(_set([every[0], *shorts]))[1:] if shorts else ())
        # Each as a whole and, where there is one, in short, with the height in mm that it takes.
        self.forms: dict[int, list[tuple[Block, float]]] = {}
        self.texts = sum(tall)
        for section in self.sections:
            for n in (n for n in section if every[n].name):
                # With it goes what only leads to it.
                lead = sum(tall[m] for m in section if not every[m].name) if every[n].name in LEADS else 0.0
                self.texts -= tall[n] + lead
                self.forms[n] = [(every[n], tall[n] + lead)]
                if short := every[n].short:
                    self.forms[n].append((short, next(brief) + lead))
        # The most important one first; what a measure does comes before all that it costs.
        rank = {name: number for number, name in enumerate(reversed(SPARED), 1)}
        rank |= dict.fromkeys(CORE, -1) if alone else {}
        self.order = sorted(self.forms, key=lambda n: rank.get(every[n].name, 0))

    def within(self, limit: int) -> tuple[list[Block], Any] | None:
        """The most that the pages hold, and these pages; None where the texts alone are too long."""
        kept: dict[int, Block] = {}
        left = limit * HEIGHT - self.texts
        for n in self.order:
            for block, tall in self.forms[n]:
                if n not in kept and tall <= left:
                    kept[n], left = block, left - tall
        while len((pages := _set(self.shown(kept))).pages) > limit:
            if not kept:
                return None
            last = max(kept, key=self.order.index)
            whole = kept.pop(last)
            kept |= {last: block for block, _ in self.forms[last][1:] if block is not whole}
        # What cannot be broken over the pages may have left room for something smaller.
        for n in self.order:
            for block, tall in self.forms[n]:
                if n not in kept and tall <= _free(pages):
                    more = _set(self.shown(kept | {n: block}))
                    if len(more.pages) <= limit:
                        kept, pages = kept | {n: block}, more
        return self.shown(kept), pages

    def shown(self, kept: dict[int, Block]) -> list[Block]:
        """The texts and what is kept, without sections that have nothing left to say; at the end what is missing."""
        found: list[Block] = []
        for section in self.sections:
            gone = {self.every[n].name for n in section if n in self.forms and n not in kept}
            left = [kept.get(n, self.every[n]) for n in section if n in kept or n not in self.forms]
            if gone.isdisjoint(LEADS) and (len(left) > 1 or not gone):
                found += left
        told = [self._told(n, kept.get(n)) for n in self.forms if kept.get(n) is not self.every[n]]
        missing = f"紙面に収まらず、省いたもの：{'、'.join(told)}。同じ名前の HTML と Excel にあります。"
        return [*found, Block("spared", missing)] if told else found

    def _told(self, n: int, kept: Block | None) -> str:
        name = self.names.get(self.every[n].name, f"図「{self.every[n].text}」")
        return f"{name}の文章の二文目から後" if kept else name


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


def _free(pages: Any) -> float:
    """What is left of the last page, in mm."""
    body = pages.pages[-1]._page_box.children[0]
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
        (block.kind == "item", _markup(n, block, f"{label}{number}　{block.text}"))
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
    if block.kind == "figure":
        drawing = drawn.svg(block.chart) if block.chart else block.picture
        return f'<figure{own}>{above}<img src="{pdf.inline(drawing, pdf.FONT)}" alt="{escape(block.alt)}"></figure>'
    tag = {"heading": "h2", "item": "li"}.get(block.kind, "p")
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
    few = ' class="few"' if len(rows) <= FEW else ""
    return f"<table{few}><thead><tr>{''.join(heads)}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def write(shown: Sequence[Block], pages: Any) -> bytes:
    """The pages as a PDF file."""
    identifier = sha256(markup(shown).encode()).hexdigest()[:32].encode()
    return pages.write_pdf(pdf_identifier=identifier, **pdf.TAGGED)

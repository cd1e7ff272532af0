"""What a chapter cell shows: sentences, tables and figures, each readable in JupyterLab and in the book.

The objects carry everything that the book needs (caption, alt text, CSV), computed from the data; the
book's notebook reader hands it to Sphinx when it builds the pages.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from html import escape
from typing import Any

import pandas as pd
from IPython.display import publish_display_data

# ── the doors: what comes from the data is text, whatever it looks like ─────────────────────────────

_MARKUP = re.compile(r"[\\`*_\[\]<>&~$|#!{}]")
_ESCAPED = r"\\\g<0>"
_ADDRESS = re.compile(r"https://[\w.-]+(/[\w./%?=#-]*)?|[a-z0-9_]+[.]ipynb", re.ASCII)
_KEY = re.compile(r"[^a-z0-9-]")  # what a key of references.bib and a link to it have not
_STARTS = re.compile(r"[-+=:%(]|[0-9]+(?=[.)])")  # a list, a heading, a fence, a comment, a label
_BREAKS = re.compile(r"[\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")


class Code(str):
    """A piece of a sentence that Markdown shows as code, such as a locator."""


class Link(str):
    """A piece of a sentence that leads to a plain https address or a chapter; any other stays text."""

    address: str

    def __new__(cls, text: str, address: str) -> Link:
        piece = super().__new__(cls, text)
        piece.address = address
        return piece


class Cite(str):
    """A source that is named in a sentence or a line; it leads to its entry on the page of sources."""

    address: str

    def __new__(cls, text: str, key: str) -> Cite:
        piece = super().__new__(cls, text)
        piece.address = f"bibliography.html#source-{_KEY.sub('', key)}"
        return piece


class Source(str):
    """A line that says where something is from: text, whose pieces of :class:`Cite` are links."""

    pieces: tuple[str, ...]

    def __new__(cls, *pieces: str) -> Source:
        line = super().__new__(cls, "".join(pieces))
        line.pieces = pieces
        return line


def pieces(*texts: str) -> tuple[str, ...]:
    """Texts with the lines of sources taken apart."""
    return tuple(p for text in texts for p in (text.pieces if isinstance(text, Source) else (text,)))


def _linked(line: str) -> str:
    """A line of sources as HTML."""
    texts = ((escape(p), p) for p in pieces(line))
    return "".join(f'<a href="{p.address}">{t}</a>' if isinstance(p, Cite) else t for t, p in texts)


def _inline(text: str) -> str:
    flat = _BREAKS.sub(" ", text)
    if isinstance(text, Cite):
        return f"[{_MARKUP.sub(_ESCAPED, flat)}]({text.address})"
    if isinstance(text, Link) and _ADDRESS.fullmatch(text.address):
        return f"[{_MARKUP.sub(_ESCAPED, flat)}]({text.address})"
    if isinstance(text, Code):
        fence = "`" * (1 + max(map(len, re.findall("`+", flat)), default=0))
        edge = " " if flat[:1] == "`" or flat[-1:] == "`" else ""
        return f"{fence}{edge}{flat}{edge}{fence}"
    return _MARKUP.sub(_ESCAPED, flat)


def markdown(*texts: str) -> str:
    """A line of text as Markdown that shows it as it is written; only :class:`Code`, :class:`Link`, :class:`Cite` are markup."""
    text = "".join(map(_inline, pieces(*texts))).lstrip(" ")
    start = _STARTS.match(text)
    at = start.end() if start and start[0].isdigit() else 0
    return f"{text[:at]}\\{text[at:]}" if start else text


def risky(text: str) -> bool:
    """True for a text that a spreadsheet would take for a formula (full-width signs too)."""
    return text[:1] in ("\t", "\r", "\n") or unicodedata.normalize("NFKC", text).lstrip().startswith(
        ("=", "+", "-", "@")
    )


def inert(text: str) -> str:
    """The text as a CSV cell that a spreadsheet shows and never runs."""
    return f"'{text}" if risky(text) else text


_NUMBER = re.compile("[+−-]?[0-9]")


def _csv(headings: Iterable[str], rows: Iterable[tuple[str, ...]], numbers: list[bool]) -> str:
    """CSV text; a column of numbers keeps its signs, a column of texts holds no formula."""
    cells = [
        [cell if number and _NUMBER.match(cell) else inert(cell) for cell, number in zip(row, numbers)]
        for row in rows
    ]
    return pd.DataFrame(cells, columns=[*map(inert, headings)]).to_csv(index=False, lineterminator="\n")


# ── sentences, figures, tables ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Text:
    """Computed sentences, as Markdown that nbval compares.

    Attributes
    ----------
    parts : tuple of (str, tuple of str)
        What stands before each line (nothing, the mark of a list, an empty line), and the pieces of the line.
    """

    parts: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def lines(self) -> list[str]:
        """The paragraphs and the items of lists as plain text."""
        return ["".join(pieces) for _, pieces in self.parts]

    @property
    def markdown(self) -> str:
        return "".join(lead + markdown(*pieces) for lead, pieces in self.parts)

    def __add__(self, other: Text) -> Text:
        """One below the other."""
        (lead, pieces), *more = other.parts
        return Text((*self.parts, (f"\n\n{lead}", pieces), *more))

    def __repr__(self) -> str:
        shown = (
            lead + "".join(f"`{p}`" if isinstance(p, Code) else p for p in pieces)
            for lead, pieces in self.parts
        )
        return "".join(shown)

    def _repr_markdown_(self) -> str:
        return self.markdown


def say(*sentences: str) -> Text:
    """One paragraph of computed sentences, which are text: only :class:`Code`, :class:`Link`, :class:`Cite` are more."""
    return Text((("", pieces(*sentences)),))


def points(*sentences: object) -> Text:
    """A list of computed sentences or findings, e.g. the 要点 of a chapter."""
    return Text(tuple(("\n- " if number else "- ", (str(text),)) for number, text in enumerate(sentences)))


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a drawn thing stands, in parts of the picture from its top left corner, and what to say of it.

    ``shape`` holds the corners of what is no rectangle, in the same parts; ``at`` the measure that it shows
    (fy2024/(2)-⑪), for those who have a page on it.
    """

    x: float
    y: float
    width: float
    height: float
    text: str
    shape: tuple[tuple[float, float], ...] = ()
    at: str = ""


@dataclass(frozen=True)
class Figure:
    """A finished figure.

    Attributes
    ----------
    name : str
        Label in the book.
    svg, alt, caption, source : str
    data : DataFrame
        What is drawn, as text.
    canvas : matplotlib Figure
        The drawing, for those who want to change it.
    marks : tuple of Mark
        Where the drawn things stand, and what to say where one is pointed at.
    table : Table or None
        The table that a reader can see in place of the picture.
    title : str
        The finding that stands over the drawing, for where the table is seen without it.
    """

    name: str
    svg: str
    alt: str
    caption: str
    source: str
    data: pd.DataFrame
    canvas: Any = field(repr=False, compare=False, default=None)
    marks: tuple[Mark, ...] = ()
    table: Table | None = None
    title: str = ""

    @property
    def csv(self) -> str:
        """What is drawn as CSV text."""
        texts = [name in ("項目", "系列", "単位") for name in self.data]
        return _csv(self.data, self.data.itertuples(index=False), [not text for text in texts])

    @property
    def bundles(self) -> tuple[dict[str, str], ...]:
        """The outputs by MIME type: the drawing, the caption with the source below it, the table behind it."""
        below = {
            "text/markdown": markdown(self.caption, self.source),
            "text/plain": self.caption + self.source,
        }
        drawn = {"image/svg+xml": self.svg, "text/csv": self.csv, "text/plain": self.alt}, below
        if not self.table:
            return drawn
        html = f"<details><summary>表で見る</summary>\n{self.table.html}\n</details>"
        return *drawn, {"text/html": html, "text/csv": self.table.csv, "text/plain": repr(self.table)}

    @property
    def outputs(self) -> list[tuple[dict[str, str], dict[str, Any]]]:
        """Each bundle with what the book and the briefings need to know of it."""
        drawing, below, *behind = self.bundles
        told = {"figure": self.name, "title": self.title, "marks": [asdict(mark) for mark in self.marks]}
        parts = {"words": markdown(self.caption), "source": self.source, "cited": _linked(self.source)}
        switch = {"switch": self.table.name if self.table else ""}
        more = [told, {"caption": self.name, **parts}, *(switch for _ in behind)]
        return [(data, {"cyberbudget": own}) for data, own in zip((drawing, below, *behind), more)]

    def _ipython_display_(self) -> None:
        for data, more in self.outputs:
            publish_display_data(data, more)


@dataclass(frozen=True, slots=True)
class Col:
    """A column of a table: key in the frame, heading, how a cell is written, whether it is a number.

    ``keep`` marks short words that are never broken over lines; ``href`` gives the address a cell of a
    row links to, or None. ``choose`` names the choice by which a reader of the built page picks rows by this
    column: one of its cells, or one of ``choices``, each of which starts with the word that its cells start with.
    ``form`` is the number format by which a spreadsheet shows the value itself; ``span`` marks a column that
    shows the rounding interval of the value, which a spreadsheet holds as two numbers; ``unit`` is the unit of the
    numbers where the heading does not tell it.
    """

    key: str
    heading: str
    write: Callable[[Any], str] = str
    number: bool = False
    keep: bool = False
    href: Callable[[dict[str, Any]], str | None] | None = None
    choose: str = ""
    choices: tuple[str, ...] = ()
    form: str = ""
    span: bool = False
    unit: str = ""


def num(
    key: str,
    heading: str,
    write: Callable[[Any], str] = str,
    form: str = "",
    span: bool = False,
    unit: str = "",
) -> Col:
    """A column of numbers."""
    return Col(key, heading, write, number=True, form=form, span=span, unit=unit)


SHORT, LONG = 10, 24  # letters of a word that is never broken over lines; more of them are a sentence


@dataclass(frozen=True)
class Table:
    """A finished table: HTML with caption and scoped headers, and the same cells as CSV.

    Attributes
    ----------
    name : str
        Anchor in the book (tab-…).
    caption : str
        What it shows, with the unit.
    columns : tuple of Col
        The first one is the row header.
    cells : list of tuple of str
    rest : tuple of int
        Rows that show what the document does not itemise.
    links : list of tuple
        Address of each cell, or None.
    values : list of tuple
        What each cell was written from, for formats that take numbers as numbers.
    summed : bool
        True where the last row is the sum of the others.
    """

    name: str
    caption: str
    columns: tuple[Col, ...]
    cells: list[tuple[str, ...]]
    source: str
    rest: tuple[int, ...] = ()
    links: list[tuple[str | None, ...]] = field(default_factory=list)
    values: list[tuple[Any, ...]] = field(default_factory=list, repr=False)
    summed: bool = False

    @property
    def csv(self) -> str:
        """The cells as CSV text, as they are shown."""
        return _csv([c.heading for c in self.columns], self.cells, [c.number for c in self.columns])

    @property
    def html(self) -> str:
        """The table with its source."""
        return f'{self.box}<p class="cb-source">{_linked(self.source)}</p>'

    @property
    def box(self) -> str:
        """One accessible table in a box of its own that scrolls where it must."""
        kinds = self._kinds
        head = "".join(
            f'<th scope="col"{kind}{self._choice(c)}>{_parts(c.heading)}</th>'
            for c, kind in zip(self.columns, kinds)
        )
        body = "".join(self._row(number, row, kinds) for number, row in enumerate(self.cells))
        if not self.cells:  # a document may have nothing of the kind
            body = f'<tr><td class="long" colspan="{len(self.columns)}">この資料にはありません</td></tr>\n'
        return (
            f'<div class="cb-table" id="{self.name}" role="region" aria-labelledby="{self.name}-caption" tabindex="0">\n'
            f'<table>\n<caption id="{self.name}-caption"><span>{escape(self.caption)}</span></caption>\n'
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n</div>\n"
        )

    @property
    def _kinds(self) -> list[str]:
        """Class of each column: numbers, short words, or the sentences of the table, which need the most room."""
        lengths = [max(map(len, cells), default=0) for cells in zip(*self.cells)] or [0] * len(self.columns)
        most = max((n for c, n in zip(self.columns, lengths) if not c.number), default=0)
        kinds = (
            "num" if c.number else "keep" if c.keep and n <= SHORT else "long" if n == most > LONG else ""
            for c, n in zip(self.columns, lengths)
        )
        return [f' class="{kind}"' if kind else "" for kind in kinds]

    def _choice(self, column: Col) -> str:
        """What the book's explorer needs to know of a column; nothing in a table that offers no choice."""
        if not any(c.choose for c in self.columns):
            return ""
        key = f' data-key="{escape(column.key)}"'
        if not column.choose:
            return key
        choices = json.dumps(column.choices, ensure_ascii=False)
        return f'{key} data-choose="{escape(column.choose)}" data-choices="{escape(choices)}"'

    def _row(self, number: int, row: tuple[str, ...], kinds: list[str]) -> str:
        links = self.links[number] if self.links else (None,) * len(row)
        written = (_parts(cell) if column.keep else escape(cell) for column, cell in zip(self.columns, row))
        texts = [
            f'<a href="{escape(link)}">{text}</a>' if link else text for text, link in zip(written, links)
        ]
        first, *others = zip(kinds, texts)
        cells = f'<th scope="row"{first[0]}>{first[1]}</th>' + "".join(
            f"<td{kind}>{text}</td>" for kind, text in others
        )
        rest = ' class="cb-rest"' if number in self.rest else ""
        return f"<tr{rest}>{cells}</tr>\n"

    def __repr__(self) -> str:
        return f"{self.caption}\n{self.csv}"

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        return (
            {"text/html": self.html, "text/csv": self.csv, "text/plain": repr(self)},
            {"cyberbudget": {"table": self.name}},
        )


def _parts(words: str) -> str:
    """Words that break where a reader would: 令和｜6年度｜当初, 金額｜（億円）."""
    return re.sub(r"(?<=令和)(?=[0-9])|(?<=年度)(?=.)|(?<=.)(?=（)", "<wbr>", escape(words))

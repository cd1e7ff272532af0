"""The whole book as one A4 PDF, from the built pages.

The pages are taken in the order of ``_toc.yml``, freed of what has no place on paper, joined to one HTML text
and set by WeasyPrint with ``pdf.css``: no browser, no network, one font. Whatever WeasyPrint finds wrong with them
(a link that leads nowhere, a missing letter) is an error, so that no broken PDF is ever written; what it has to say
of the machine's libraries is told, and the work goes on.

The module is also a Sphinx extension: where WeasyPrint finds its system libraries, the build writes the PDF
beside the pages and tells the theme to offer it; elsewhere the book is the same without the link.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from html import escape
from io import StringIO
from logging.handlers import BufferingHandler
from mimetypes import guess_type
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag
from jinja2 import Environment

from cyberbudget import load, style, tables, words

from . import PDF, ROOT, last_update
from . import write as replace

CSS = Path(__file__).with_suffix(".css")
TEMPLATE = Path(__file__).with_suffix(".html.j2")
FONT = "IPAexGothic"
SUMMARY = "概要"  # the first page bears the book's own title, which stands on the cover already
# Code, buttons and whatever else works on a screen only; the book explains itself without them.
SCREEN_ONLY = (
    "section[id$='-try'], details.hide, .cb-data, .cb-more > summary, [data-marks], source, .cb-tools, .cb-screen, .headerlink, .toctree-wrapper, [hidden], "
    "script, style, noscript, template, form, button, output, nav"
)
TALL = 1300  # pixels of height from which a figure would be too small beside other things
SHORT = 14  # full-width characters of a word that is never broken over lines
LINE = 54  # full-width characters that a line of a table holds
LONG = 600  # characters from which a table may run over to the next page
MISSING = """PDF を作れません。WeasyPrint の使うシステムのライブラリー（Pango など）が見つかりません。入れてから、もう一度実行してください。
  Debian、Ubuntu：sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
  macOS：brew install pango
  Windows：MSYS2 を入れ、その端末で pacman -S mingw-w64-ucrt-x86_64-pango
見つからなかったもの："""


@dataclass(frozen=True)
class Chapter:
    """A page of the book as a part of the PDF."""

    name: str  # measures; its own anchor, and the prefix of all others on the page
    part: str  # 確かめる、使う; empty for the first page
    title: str
    language: str
    body: Any


# ── from pages to one text ──────────────────────────────────────────────────────────────────────────


def order() -> dict[str, str]:
    """Part of every page, in the order of the book, the first page first."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    pages = {toc["root"]: ""}
    for part in toc.get("parts", [toc]):
        pages |= {chapter["file"]: part.get("caption", "") for chapter in part.get("chapters", ())}
    return pages


def chapters(site: Path) -> list[Chapter]:
    """All chapters as they go to paper, with links that work inside the one document."""
    pages = order()
    names = {f"{page}.html": PurePosixPath(page).name for page in pages}
    cards, found = _cards(), []
    for page, part in pages.items():
        body = _parsed((site / f"{page}.html").read_text(encoding="utf-8")).article
        name = names[f"{page}.html"]
        _drop(body)
        _set_links(body, page, names, cards)
        for image in body.find_all("img"):
            _set_image(image, site / page)
        for figure in body.find_all("figure"):
            _set_figure(figure)
        for table in body.find_all("table"):
            _set_table(table)
        title = _set_title(body.h1, name, "" if part else SUMMARY)
        found.append(Chapter(name, part, title, body.get("lang", "ja"), body))
    _say_once(found)
    return found


def _parsed(markup: str) -> Any:
    return BeautifulSoup(markup, "html.parser")


def _drop(body: Any) -> None:
    """Drop what works on a screen only, and what is empty then or was before.

    An empty element between a heading or a lead sentence and its figure would let the page break there.
    """
    for tag in body.select(SCREEN_ONLY):
        tag.decompose()
    for cell in body.select(".cell"):
        if not cell.get_text(strip=True) and not cell.img:
            cell.decompose()
    for anchor in body.select("section > span[id]"):
        anchor.find_next_sibling().insert(0, anchor)


def _cards() -> dict[str, str]:
    """Where the card of each measure stands, by the measure's page, which is on no paper."""
    document, found = load(), {}
    rows = document.measures.set_index("measure")[["area", "id"]].to_dict("index")
    for card in document.programmes:
        for row in (rows[measure["measure"]] for measure in card["measures"]):
            page = tables.page(document.folder.name, row["id"]).removeprefix("../")
            found[page] = f"area{row['area']}/{tables.anchor(card['sheet'], row['area'])}"
    return found


def _set_links(body: Any, page: str, names: dict[str, str], cards: dict[str, str]) -> None:
    """Prefix ids with the chapter's name and point links at them."""
    own = names[f"{page}.html"]
    for tag in body.find_all(id=True):
        tag["id"] = f"{own}/{tag['id']}"
    for link in body.find_all("a", href=True):
        url = urlsplit(link["href"])
        if url.scheme:
            continue
        target = os.path.normpath(PurePosixPath(page).parent / url.path).replace(os.sep, "/")
        name = names.get(target) if url.path else own
        if target in cards:
            link["href"] = f"#{cards[target]}"
        elif name is None:  # a file beside the pages: its name stays as text
            link.unwrap()
        else:
            link["href"] = f"#{name}/{url.fragment}" if url.fragment else f"#{name}"


# How matplotlib writes a text: as a comment, then as a group of outlines at 100 units per em.
_OUTLINES = re.compile(
    r'<!-- (?P<text>.*?) -->\s*<g style="(?P<style>[^"]*)" '
    r'transform="translate\((?P<x>\S+) (?P<y>\S+)\) scale\((?P<scale>\S+) \S+\)">.*?</g>',
    re.DOTALL,
)


def inline(drawing: str, font: str) -> str:
    """A drawing as a data URL, its outlined letters turned back into text of the same font.

    So the words of a figure can be searched and copied, and the file is a third as large.
    """

    def text(match: re.Match[str]) -> str:
        place = f'x="{match["x"]}" y="{match["y"]}" style="{match["style"]}"'
        size = 100 * float(match["scale"])
        return f'<text {place} font-size="{size:g}" font-family="{font}" xml:space="preserve">{escape(match["text"])}</text>'

    return f"data:image/svg+xml;base64,{b64encode(_OUTLINES.sub(text, drawing).encode()).decode()}"


def _set_image(image: Any, page: Path) -> None:
    """Take a drawing or a picture in."""
    path = page.parent / unquote(image["src"])
    if not path.is_file():  # a dead link, of which the build tells
        return
    if path.suffix == ".svg":
        image["src"] = inline(path.read_text(encoding="utf-8"), FONT)
    else:
        image["src"] = f"data:{guess_type(path.name)[0]};base64,{b64encode(path.read_bytes()).decode()}"


def _set_figure(figure: Any) -> None:
    """Keep a figure's source with it, and give one that fills a page a page of its own, with its heading."""
    after = figure.find_all_next(["figure", "table", "h1", "h2", "h3", "p"])
    source = next((tag for tag in after if tag.name != "p" or not tag.find_parent("figure")), None)
    if source and "cb-source" in source.get("class", ()):
        figure.append(source)
    if figure.img and float(figure.img.get("height", 0)) > TALL:
        page = (figure.find_parent(class_="cell") or figure).wrap(Tag(name="div", attrs={"class": "tall"}))
        for before in page.find_previous_siblings():
            page.insert(0, before)


def _set_table(table: Any) -> None:
    """Share the width among columns of text, break headings where a reader would, and let a long table break."""
    if len(table.get_text()) > LONG:
        table["class"] = "long"
    heads = table.select("thead th")
    columns = list(zip(*(row.find_all(["th", "td"]) for row in table.select("tbody tr"))))
    narrow = []
    for head, column in zip(heads, columns):
        kinds = head.get("class", [])
        narrow.append("num" in kinds or ("keep" in kinds and max(map(_ems, column)) < SHORT))
        if narrow[-1]:
            lines = re.split(r"(?<=年度)|(?=（)", head.get_text())
            head.clear()
            head.append(_parsed("<br>".join(escape(line) for line in lines if line)))
        else:
            for cell in (head, *column):
                del cell["class"]  # long words may break here
    if narrow.count(False) < 2:
        return
    taken = sum(max(map(_ems, column)) + 1 for column, fixed in zip(columns, narrow) if fixed)
    # By the root of the mean length: in proportion, one long column would leave two letters to the others.
    weights = [0 if fixed else (sum(map(_ems, c)) / len(c)) ** 0.5 for c, fixed in zip(columns, narrow)]
    for head, weight in zip(heads, weights):
        if weight:
            head["style"] = f"width: {max(0.3, 1 - taken / LINE) * weight / sum(weights):.0%}"


def _ems(cell: Any) -> float:
    """Width of a cell's text on one line, in full-width characters."""
    return style.width(cell.get_text(), 72)


def _set_title(heading: Any, name: str, title: str) -> str:
    """Let a chapter's title break before its question (全体像：｜何に使うのか), and return it as text."""
    title = title or heading.get_text().strip()
    topic, *question = re.split("(?<=：)|(?<=: )", title, maxsplit=1)
    heading.clear()
    heading["id"] = name
    heading["data-head"] = topic.rstrip("：: ")  # for the running head
    phrases = "".join(f'<span class="phrase">{escape(text)}</span>' for text in question)
    heading.append(_parsed(escape(topic) + phrases))
    return title


def _say_once(parts: list[Chapter]) -> None:
    """A section that repeats an earlier chapter's word for word (出典と注) becomes a line that points there."""
    said: dict[str, tuple[Chapter, Any]] = {}
    for chapter in parts:
        for section in chapter.body.select("section section"):
            first, there = said.setdefault(section.get_text(), (chapter, section))
            if there is not section:
                link = f'<a class="internal" href="#{there["id"]}">{escape(first.title)}</a>'
                heading = escape(section.find(["h2", "h3"]).get_text())
                section.replace_with(_parsed(f'<p class="same">{heading}は、{link}と同じです。</p>'))


def book(site: Path, updated: datetime) -> str:
    """The whole book as one HTML text that needs no other file but the font: cover, contents, chapters."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    document = load()
    total = document.whole(document.current)
    return (
        Environment(autoescape=True)
        .from_string(TEMPLATE.read_text(encoding="utf-8"))
        .render(
            title=config["title"],
            author=config["author"],
            document=document,
            year=words.era(document.meta["fiscal_year"]),
            total=words.oku(total),
            change=words.oku(total - document.whole(document.previous), signed=True),
            updated=updated,
            chapters=chapters(site),
            font=FONT,
            font_file=style.font_file().name,
            css=CSS.read_text(encoding="utf-8"),
        )
    )


# ── from the text to the file ───────────────────────────────────────────────────────────────────────


class PdfError(RuntimeError):
    """A document that WeasyPrint finds fault with."""


@contextmanager
def uncomplaining(tell: Callable[[str], object] = lambda line: None) -> Iterator[None]:
    """Make an error (PdfError) of whatever WeasyPrint finds wrong with a document.

    ``tell`` takes one line with what it says of the machine.
    """
    heard = BufferingHandler(sys.maxsize)
    heard.setLevel(logging.WARNING)
    logger = logging.getLogger("weasyprint")
    logger.addHandler(heard)
    try:
        yield
    finally:
        logger.removeHandler(heard)
    # How letters get into the file depends on the libraries at hand; that they are there is checked before.
    advice: list[str] = []
    faults = ["PDF に誤りがあります。"]
    for record in heard.buffer:
        machine = Path(record.pathname).parts[-2:] == ("pdf", "fonts.py")
        (advice if machine else faults).append(record.getMessage())
    if faults[1:]:
        raise PdfError("\n  ".join(dict.fromkeys(faults)))
    if advice:
        tell(f"PDF のライブラリーからの知らせ（PDF はできます）：{' / '.join(dict.fromkeys(advice))}")


def source(text: str) -> Any:
    """An HTML text for WeasyPrint, with the book's font within reach and never the network."""
    from weasyprint import HTML  # loads Pango, which not every machine has
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols={"file", "data"})
    return HTML(string=text, base_url=style.font_file().parent.as_uri() + "/", url_fetcher=fetcher)


# Headings, tables and alt texts for a screen reader; PDF/UA is not claimed.
TAGGED = {"pdf_tags": True, "pdf_version": "1.7"}


def write(site: Path, target: Path, tell: Callable[[str], object] = lambda line: None) -> None:
    """Write the PDF of a built book, unless it is there already.

    Parameters
    ----------
    site, target : Path
        The built pages; the file to write.
    tell : callable
        Takes one line with what WeasyPrint says of the machine.

    Raises
    ------
    OSError
        Where WeasyPrint does not find its system libraries.
    PdfError
        Where WeasyPrint finds fault with the pages; nothing is written then.
    """
    from weasyprint import VERSION

    text = book(site, last_update())
    # Stands in the file, so that a build which changes no page need not set the same PDF again.
    identifier = sha256(f"{VERSION} {text}".encode()).hexdigest()[:32].encode()
    if target.exists() and identifier in target.read_bytes():
        return
    with uncomplaining(tell):
        pdf = typeset(text).write_pdf(pdf_identifier=identifier, **TAGGED)
    replace(target, pdf)


def typeset(text: str) -> Any:
    """Set the pages."""
    return source(text).render()


@cache
def missing() -> str:
    """What WeasyPrint lacks on this machine; empty where it works."""
    try:
        with redirect_stdout(StringIO()):  # WeasyPrint prints its own advice, in English
            import weasyprint  # noqa: F401
    except (ImportError, OSError) as error:
        return str(error).splitlines()[0]
    return ""


# ── in the build ────────────────────────────────────────────────────────────────────────────────────


def offer(app: Any, pagename: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Tell the theme whether there will be a PDF to link to."""
    coming = app.config.cyberbook_promised
    offered = PDF in coming if coming is not None else not missing()
    context["pdf"] = PDF if offered else ""


def make(app: Any, exception: Exception | None) -> None:
    """Write the PDF when all pages stand; where that cannot be, none of an earlier build stays.

    Who promised it (``cyberbook_promised``) makes it.
    """
    if exception or app.builder.format != "html" or app.config.cyberbook_promised is not None:
        return
    target = Path(app.outdir) / PDF
    if missing():
        target.unlink(missing_ok=True)
    else:
        write(Path(app.outdir), target)


def setup(app: Any) -> dict[str, bool]:
    app.connect("html-page-context", offer)
    app.connect("build-finished", make)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""The whole book as one A4 PDF, from the built pages: ``python book/pdf.py [built book] [PDF]``.

The pages are taken in the order of ``_toc.yml``, freed of what has no place on paper, joined to one HTML text
and set by WeasyPrint with ``pdf.css``: no browser, no network, one font. Whatever WeasyPrint complains of (a
link that leads nowhere, a missing picture) is an error, so that no broken PDF is ever written.

The module is also a Sphinx extension: where WeasyPrint finds its system libraries, the build writes the PDF
beside the pages and the theme offers it (``has_pdf``); elsewhere the book is the same without the link.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import yaml
from bs4 import BeautifulSoup, Tag

from cyberbudget import Document, load, style, words

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
PDF = "_files/cyberbudget.pdf"  # in the built book
CSS = Path(__file__).with_suffix(".css")
SUMMARY = "概要"  # the first page bears the book's own title, which stands on the cover already
# Code, buttons and whatever else works on a screen only; the book explains itself without them.
SCREEN_ONLY = (
    ".cell_input, details.hide, .cb-tools, .headerlink, .toctree-wrapper, .screen-only, "
    "script, style, noscript, template, form, button, nav"
)
FONT = "IPAexGothic"
TALL = 1300  # pixels of height from which a figure would be too small beside other things
LINE = 54  # full-width characters that a line of a table holds
LONG = 600  # characters from which a table may run over to the next page
MISSING = """PDF を作れません：WeasyPrint の使うシステムのライブラリー（Pango）がありません。入れてから、もう一度 make pdf を実行してください。
  Debian、Ubuntu：sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
  macOS：brew install pango
  Windows：MSYS2 を入れ、その端末で pacman -S mingw-w64-x86_64-pango
見つからなかったもの："""


@dataclass(frozen=True)
class Chapter:
    """A page of the book as a part of the PDF."""

    name: str  # measures; its own anchor, and the prefix of all others on the page
    part: str  # 確かめる、使う; empty for the first page
    title: str
    language: str
    body: Tag


# ── from pages to one text ──────────────────────────────────────────────────────────────────────────


def order() -> list[tuple[str, str]]:
    """Part and page of every chapter in the order of the book, the first page first."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    pages = [(part["caption"], chapter["file"]) for part in toc["parts"] for chapter in part["chapters"]]
    return [("", toc["root"]), *pages]


def chapters(site: Path) -> list[Chapter]:
    """All chapters, with ids and links that work inside the one document."""
    pages = {page: part for part, page in order()}
    names = {f"{page}.html": PurePosixPath(page).name for page in pages}
    found = []
    for page, part in pages.items():
        soup = BeautifulSoup((site / f"{page}.html").read_text(encoding="utf-8"), "html.parser")
        body = soup.select_one("article.page")
        for tag in body.select(SCREEN_ONLY):
            tag.decompose()
        for cell in body.select(".cell"):
            if not cell.get_text(strip=True) and not cell.img:
                cell.decompose()  # between a lead sentence and its figure, it would let the page break
        _localise(body, site, page, names)
        _set_figures(body)
        _set_tables(body)
        name = names[f"{page}.html"]
        title = _set_title(body.h1, name, "" if part else SUMMARY)
        found.append(Chapter(name, part, title, body.get("lang", "ja"), body))
    return found


def _localise(body: Tag, site: Path, page: str, names: dict[str, str]) -> None:
    """Prefix ids with the chapter's name, point links at them, and take the pictures in."""
    own = names[f"{page}.html"]
    for tag in body.find_all(id=True):
        tag["id"] = f"{own}/{tag['id']}"
    for anchor in body.select("section > span[id]"):
        anchor.find_next_sibling().insert(0, anchor)  # before a heading it would let the page break
    for image in body.find_all("img"):
        drawing = _typeset((site / page).parent.joinpath(image["src"]).read_text(encoding="utf-8"))
        image["src"] = "data:image/svg+xml;base64," + b64encode(drawing.encode()).decode()
    for link in body.find_all("a", href=True):
        url = urlsplit(link["href"])
        if url.scheme:
            continue
        target = os.path.normpath(PurePosixPath(page).parent / url.path).replace(os.sep, "/")
        name = names.get(target) if url.path else own
        if name is None:  # a file beside the pages: its name stays as text
            link.unwrap()
        else:
            link["href"] = f"#{name}/{url.fragment}" if url.fragment else f"#{name}"


# How matplotlib writes a text: as a comment, then as a group of outlines at 100 units per em.
_OUTLINES = re.compile(
    r'<!-- (?P<text>.*?) -->\s*<g style="(?P<style>[^"]*)" '
    r'transform="translate\((?P<x>\S+) (?P<y>\S+)\) scale\((?P<scale>\S+) \S+\)">.*?</g>',
    re.DOTALL,
)


def _typeset(drawing: str) -> str:
    """Turn the outlined letters of a drawing back into text of the same font, which the PDF embeds anyway.

    So the words of a figure can be searched and copied, and it is set in a fifth of the time.
    """

    def text(match: re.Match[str]) -> str:
        size = 100 * float(match["scale"])
        place = f'x="{match["x"]}" y="{match["y"]}" font-size="{size:g}" font-family="{FONT}"'
        return f'<text {place} style="{match["style"]}" xml:space="preserve">{escape(match["text"])}</text>'

    return _OUTLINES.sub(text, drawing)


def _set_figures(body: Tag) -> None:
    """Keep a figure's source with it, and give a figure that fills a page a page of its own, with its heading."""
    for figure in body.find_all("figure"):
        source = figure.find_next(class_="cb-source")
        if source:
            figure.append(source)
        if float(figure.img.get("height", 0)) > TALL:
            cell = figure.find_parent(class_="cell")
            page = cell.wrap(Tag(name="div", attrs={"class": "tall"}))
            for before in list(page.find_previous_siblings()):
                page.insert(0, before)


def _set_tables(body: Tag) -> None:
    """Share the width among columns of text, break headings where a reader would, and let long tables break."""
    for table in body.find_all("table"):
        if len(table.get_text()) > LONG:
            table["class"] = [*table.get("class", ()), "long"]
        heads = table.select("thead th")
        columns = list(zip(*(row.find_all(["th", "td"]) for row in table.select("tbody tr"))))
        whole = [not {"num", "keep"}.isdisjoint(head.get("class", ())) for head in heads]
        taken = sum(max(map(_ems, column)) + 1 for column, keep in zip(columns, whole) if keep)
        # Less than in proportion, else one long column makes all others break after every second letter.
        weights = [0 if keep else (sum(map(_ems, c)) / len(c)) ** 0.5 for c, keep in zip(columns, whole)]
        for head, weight in zip(heads, weights):
            if weight and whole.count(False) > 1:
                head["style"] = f"width: {max(0.3, 1 - taken / LINE) * weight / sum(weights):.0%}"
        for head, keep in zip(heads, whole):
            if keep:
                lines = [line for line in re.split(r"(?<=年度)|(?=（)", head.get_text()) if line]
                head.clear()
                head.append(BeautifulSoup("<br>".join(map(escape, lines)), "html.parser"))


def _ems(cell: Tag) -> float:
    """Width of a cell's text on one line, in units of its size."""
    return style.width(cell.get_text(), 72)


def _set_title(heading: Tag, name: str, title: str) -> str:
    """Let a chapter's title break before its question (全体像：｜何に使うのか), and return it as text."""
    title = title or heading.get_text().strip()
    topic, colon, question = title.partition("：")
    heading.clear()
    heading["id"] = name
    heading["data-head"] = topic  # the running head
    heading.append(topic + colon)
    if question:
        phrase = Tag(name="span", attrs={"class": "phrase"})
        phrase.string = question
        heading.append(phrase)
    return title


def _say_once(parts: list[Chapter]) -> None:
    """A section that says word for word what an earlier chapter said (出典と注) becomes a line that points there."""
    said: dict[str, tuple[Chapter, Tag]] = {}
    for chapter in parts:
        for section in chapter.body.select("section section"):
            first, there = said.setdefault(section.get_text(), (chapter, section))
            if there is not section:
                line = f'{section.h2.get_text()}は、<a class="internal" href="#{there["id"]}">{first.title}</a>と同じです。'
                section.replace_with(BeautifulSoup(f'<p class="same">{line}</p>', "html.parser"))


def cover(title: str, document: Document, updated: datetime) -> str:
    """The cover: what the book is about, which edition it reads, its one number and its date."""
    meta, now = document.meta, document.current
    change = document.whole(now) - document.whole(document.previous)
    return f"""<section class="cover">
<p class="title">{escape(title)}</p>
<p class="subtitle">『{escape(meta["title"])}』<br>{words.era(meta["fiscal_year"])}　{escape(meta["number"])}　{escape(meta["edition"])}</p>
<p class="total"><span>{now.label}予算の総額</span> <strong>{words.oku(document.whole(now))}</strong> <span>前年度の当初から{words.oku(change, signed=True)}</span></p>
<p class="updated">最終更新：{updated.year}年{updated.month}月{updated.day}日</p>
<p class="terms">この本は資料を加工して作成したもので、政府が作成したものではありません。データと文章は CC BY 4.0、プログラムは MIT ライセンスです。</p>
</section>"""


def contents(parts: list[Chapter]) -> str:
    """The contents; the style sheet adds the page numbers."""
    lines, last = [], ""
    for chapter in parts:
        if chapter.part != last:
            lines.append(f'<p class="part">{escape(chapter.part)}</p>')
            last = chapter.part
        lines.append(f'<p><a href="#{chapter.name}">{escape(chapter.title)}</a></p>')
    return f'<section class="contents"><h1>目次</h1>{"".join(lines)}</section>'


def book(site: Path, updated: datetime) -> str:
    """The whole book as one HTML text."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    document = load()
    title, author = escape(config["title"]), escape(config["author"])
    found = chapters(site)
    _say_once(found)
    bodies = (
        f'<article class="chapter" lang="{c.language}">{c.body.decode_contents()}</article>' for c in found
    )
    keywords = (
        "サイバーセキュリティ",
        "予算",
        words.era(document.meta["fiscal_year"]),
        document.meta["title"],
    )
    return f"""<!DOCTYPE html>
<html lang="ja"><head><meta charset="utf-8"><title>{title}</title>
<meta name="author" content="{author}"><meta name="keywords" content="{escape(",".join(keywords))}">
<meta name="description" content="{escape(document.source)}">
<meta name="dcterms.created" content="{updated:%Y-%m-%dT%H:%M:%SZ}"><meta name="dcterms.modified" content="{updated:%Y-%m-%dT%H:%M:%SZ}">
<style>@font-face {{ font-family: {FONT}; src: url("{style.font_file().as_uri()}"); }}</style>
<style>{CSS.read_text(encoding="utf-8")}</style></head>
<body>{cover(config["title"], document, updated)}{contents(found)}{"".join(bodies)}</body></html>"""


# ── from the text to the file ───────────────────────────────────────────────────────────────────────


def last_update() -> datetime:
    """SOURCE_DATE_EPOCH, else the time of the last commit: the same sources give the same bytes on any day.

    Not the newest data file: git does not keep the times of files, every clone would differ. Where there is
    no git (an unpacked archive) the chapters' times have to do, which an archive keeps. In UTC, as Sphinx
    writes the date below the pages.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        git = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
        try:
            epoch = subprocess.run(git, capture_output=True, text=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError):
            epoch = max(path.stat().st_mtime for path in ROOT.glob("book/*.ipynb"))
    return datetime.fromtimestamp(int(epoch), UTC)


class _Complaints(logging.Handler):
    """Collects what WeasyPrint logs."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


def write(site: Path, target: Path) -> int:
    """Write the PDF of a built book and return its number of pages.

    Raises
    ------
    OSError
        Where WeasyPrint does not find its system libraries.
    RuntimeError
        Where WeasyPrint complains of anything; nothing is written then.
    """
    import weasyprint  # loads Pango, which not every machine has

    complaints = _Complaints()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(complaints)
    try:
        html = weasyprint.HTML(
            string=book(site, last_update()),
            base_url=site.as_uri(),
            url_fetcher=weasyprint.urls.URLFetcher(allowed_protocols={"file", "data"}),  # never the network
        )
        pages = html.render(pdf_variant="pdf/ua-1")
        pdf = pages.write_pdf(pdf_variant="pdf/ua-1")
    finally:
        logger.removeHandler(complaints)
    if complaints.texts:
        raise RuntimeError("PDF に誤りがあります：\n" + "\n".join(complaints.texts))
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    part.write_bytes(pdf)
    os.replace(part, target)
    return len(pages.pages)


@cache
def missing() -> str:
    """What WeasyPrint lacks on this machine; empty where it works."""
    try:
        import weasyprint  # noqa: F401
    except OSError as error:
        return str(error).splitlines()[0]
    return ""


# ── in the build ────────────────────────────────────────────────────────────────────────────────────


def offer(app: Any, pagename: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Tell the theme whether there will be a PDF to link to."""
    context["pdf"] = "" if missing() else PDF


def make(app: Any, exception: Exception | None) -> None:
    """Write the PDF when all pages stand; one of an earlier build never stays."""
    if exception or app.builder.format != "html":
        return
    target = Path(app.outdir) / PDF
    target.unlink(missing_ok=True)
    if not missing():
        write(Path(app.outdir), target)


def setup(app: Any) -> dict[str, bool]:
    app.connect("html-page-context", offer)
    app.connect("build-finished", make)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def main(arguments: list[str]) -> int:
    site = Path(arguments[0]).resolve() if arguments else SITE
    target = Path(arguments[1]) if len(arguments) > 1 else site / PDF
    if missing():
        print(MISSING + missing(), file=sys.stderr)
        return 2
    if not (site / "index.html").exists():
        print(f"組んだ本がありません：{site}\n先に make book を実行してください。", file=sys.stderr)
        return 2
    try:
        pages = write(site, target)
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"PDF を作りました：{target}（{pages}頁、{target.stat().st_size / 1e6:.1f} MB）")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

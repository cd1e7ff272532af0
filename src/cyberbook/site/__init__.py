"""The book's Sphinx extension: what the chapters computed becomes pages, files to download, and metadata.

MyST-NB takes captions, labels and alt texts of figures from cell metadata, which is fixed text. Here the
notebook reader puts them there from the cell's own outputs, where :class:`cyberbudget.Figure` left them, so
that they move with the data. In JupyterLab the same outputs read as a picture with its caption below.

The pages are drawn by the small theme in ``theme/``: one style sheet, one script, nothing from elsewhere.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import struct
from html import escape
from pathlib import Path
from typing import Any

import nbformat
import resvg_py
from docutils import nodes
from nbformat import NotebookNode

from cyberbudget import load, words
from cyberbudget.display import markdown

from .. import FILES
from . import search

MENDED = {
    ' aria-label="Toggle hidden content"': "",  # over the Japanese text of a code toggle
    "<pre>": '<pre tabindex="0">',  # a wide one scrolls, by key as well
    "Link to this heading": "この見出しへのリンク",
    "Link to this image": "この図へのリンク",
}
# What the pages say around the text, on the page that is in English.
ENGLISH = {
    "book/english": {
        "コードを表示": "Show the code",
        "コードを隠す": "Hide the code",
        **{f"{what}の{kind}": kind for what in "図表" for kind in ("CSV", "SVG", "PNG")},
        "表をコピー": "Copy the table",
        "この図へのリンク": "Link to this figure",
        "この表へのリンク": "Link to this table",
        "この見出しへのリンク": "Link to this heading",
        '"caption-number">図 ': '"caption-number">Figure ',
    }
}
# What a reader takes in as one word, and a browser would break: 16か月予算, (2)-⑧. In text only, never in a tag.
UNBROKEN = re.compile(r"(16か月予算|\(\d\)-[①-⑳㉑-㉟㊱-㊿])(?=[^<>]*<)")


# ── reading a chapter ───────────────────────────────────────────────────────────────────────────────


def read(text: str) -> NotebookNode:
    """Read a chapter for MyST-NB (the ``nb_custom_formats`` reader of .ipynb)."""
    notebook = nbformat.reads(text, as_version=4)
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type == "code":
            bar = _hand_over(cell)
            if bar:
                cells.append(
                    nbformat.v4.new_raw_cell(bar, id=f"{cell.id}-bar", metadata={"format": "text/html"})
                )
    notebook.cells = cells
    return notebook


def _hand_over(cell: NotebookNode) -> str:
    """Move a figure's caption and alt text into the cell's metadata; the source line that stands below."""
    bar = ""
    kept = []
    for output in cell.outputs:
        ours = output.get("metadata", {}).get("cyberbudget", {})
        if "figure" in ours:
            name, alt = ours["figure"], output.data["text/plain"]
            cell.metadata["mystnb"] = NotebookNode(
                image=NotebookNode(alt=alt), figure=NotebookNode(name=name)
            )
            kept.append(_only(output, "image/svg+xml"))
        elif "caption" in ours:
            source = ours["source"]
            cell.metadata["mystnb"]["figure"]["caption"] = output.data["text/markdown"].removesuffix(
                markdown(source)
            )
            bar = _toolbar(ours["caption"], escape(source), ("csv", "svg", "png"))
        elif "table" in ours:
            html, _, source = output.data["text/html"].partition('<p class="cb-source">')
            output.data["text/html"] = html
            kept.append(_only(output, "text/html"))
            bar = _toolbar(ours["table"], source.removesuffix("</p>"), ("csv",))
        else:
            kept.append(output)
    cell.outputs = kept
    return bar


def _only(output: NotebookNode, mime: str) -> NotebookNode:
    data = NotebookNode({mime: output.data[mime]})
    return NotebookNode(output_type="display_data", data=data, metadata=NotebookNode())


def _toolbar(name: str, source: str, formats: tuple[str, ...]) -> str:
    """The line below a figure or table: its source, its files, and what can be copied of it."""
    what = "図" if name.startswith("fig-") else "表"
    tools = [f'<a href="../{FILES}/{name}.{kind}" download>{what}の{kind.upper()}</a>' for kind in formats]
    if what == "表":
        tools.append(f'<button type="button" data-copy="{name}" hidden>表をコピー</button>')
    tools.append(f'<a href="#{name}" data-copy="link">この{what}へのリンク</a>')
    return f'<p class="cb-source">{source} <span class="cb-tools">{"".join(tools)}</span></p>'


# ── files beside the pages ──────────────────────────────────────────────────────────────────────────


def downloads(notebook: NotebookNode) -> dict[str, str]:
    """Text files behind the figures and tables of a chapter, by name."""
    files = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            ours = output.get("metadata", {}).get("cyberbudget", {})
            name = ours.get("figure") or ours.get("table")
            if name:
                # Excel reads UTF-8 only behind a byte order mark.
                files[f"{name}.csv"] = "\ufeff" + output.data["text/csv"]
                if "figure" in ours:
                    files[f"{name}.svg"] = output.data["image/svg+xml"]
    return files


def site(app: Any) -> str:
    """The address the book is published at, with a final slash; empty where it is only a folder."""
    address = os.environ.get("BOOK_URL") or app.config.html_baseurl
    return address.rstrip("/") + "/" if address else ""


def sitemap(base: str, docnames: list[str]) -> str:
    """All chapters for search engines, which take absolute addresses only."""
    addresses = "".join(f"<url><loc>{escape(base + name)}.html</loc></url>" for name in docnames)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{addresses}</urlset>\n'
    )


def card(figure: str) -> str:
    """A figure on the wide white card (1200 × 630) that previews of a link show."""
    drawing = figure[figure.index("<svg") :]
    drawing = re.sub(
        r'width="[^"]*" height="[^"]*"', 'x="60" y="40" width="1080" height="550"', drawing, count=1
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630">'
        f'<rect width="1200" height="630" fill="#fff"/>{drawing}</svg>'
    )


def write_files(app: Any, exception: Exception | None) -> None:
    """Write the data of all figures and tables, and the data files themselves, beside the pages."""
    if exception or app.builder.format != "html":
        return
    folder = Path(app.outdir) / FILES
    shutil.copytree(Path(app.srcdir) / "data", folder / "data", dirs_exist_ok=True)
    shutil.rmtree(folder / "briefing", ignore_errors=True)
    ready = Path(app.srcdir) / "_build" / "ready"  # the briefings that were made for the book
    if ready.exists():
        shutil.copytree(ready, folder / "briefing", ignore=shutil.ignore_patterns(".*"))
    finding = (Path(app.srcdir) / "book" / "_static" / "finding.svg").read_text(encoding="utf-8")
    texts = {"card.svg": card(finding)}
    docnames = sorted(app.env.found_docs)
    if site(app):
        (Path(app.outdir) / "sitemap.xml").write_text(sitemap(site(app), docnames), encoding="utf-8")
    for docname in docnames:
        path = Path(app.env.doc2path(docname))
        if path.suffix == ".ipynb":
            texts |= downloads(nbformat.read(path, as_version=4))
    for name, text in texts.items():
        path = folder / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if path.suffix == ".svg":
            zoom = 1 if name == "card.svg" else 2
            png = resvg_py.svg_to_bytes(svg_string=text, dpi=96, zoom=zoom, skip_system_fonts=True)
            path.with_suffix(".png").write_bytes(bytes(png))
        path.write_text(text, encoding="utf-8", newline="")


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────


def describe(doctree: nodes.document | None) -> str:
    """The description of a page: the first of its 要点, else its first paragraph."""
    if doctree is None:
        return ""
    items = [node.astext() for node in doctree.findall(nodes.list_item)]
    paragraphs = [node.astext() for node in doctree.findall(nodes.paragraph)]
    return next(iter([*items, *paragraphs]), "")[:160]


def size(picture: Path) -> tuple[int, int]:
    """Width and height of a figure (SVG) or a sample (PNG) in pixels."""
    head = picture.read_bytes()[:2000]
    if picture.suffix == ".png":
        return struct.unpack(">II", head[16:24])
    width, height = (re.search(rf'{side}="([\d.]+)pt"'.encode(), head)[1] for side in ("width", "height"))
    return round(float(width) * 4 / 3), round(float(height) * 4 / 3)


def polished(body: str, root: Path, pagename: str) -> str:
    """Give every picture of ours its own size, so that a page does not jump while it loads.

    What Sphinx and MyST-NB say in English in a Japanese book is said in Japanese as well.
    """

    def sized(match: re.Match[str]) -> str:
        folder = "book/_static" if match["file"].endswith(".png") else "_build/jupyter_execute"
        width, height = size(root / folder / match["file"])
        return f'{match[0]} width="{width}" height="{height}" loading="lazy" decoding="async"'

    for said, better in (MENDED | ENGLISH.get(pagename, {})).items():
        body = body.replace(said, better)
    body = UNBROKEN.sub(r'<span class="whole">\1</span>', body)
    return re.sub(r'<img (?:[^>]*? )?src="[^"]*_images/(?P<file>[^"/]+\.(?:svg|png))"', sized, body)


def page_context(app: Any, pagename: str, template: str, context: dict[str, Any], doctree: Any) -> str | None:
    """Fill in what the theme shows on every page."""
    document = load()
    base = site(app)
    context["project"] = app.config.html_title
    context["base_url"] = base
    context["description"] = describe(doctree) or f"{app.config.html_title}。{document.source}。"
    context["edition"] = (
        f"資料の版：{words.era(document.meta['fiscal_year'])}、{document.meta['number']}、{document.meta['edition']}"
    )
    if context.get("body"):
        context["body"] = polished(context["body"], Path(app.srcdir), pagename)
    context["article_lang"] = "en" if pagename in ENGLISH else ""
    context["dataset"] = (
        json.dumps(dataset(document, context["base_url"]), ensure_ascii=False)
        if pagename == "book/data"
        else ""
    )
    return None


def dataset(document: Any, base: str) -> dict[str, Any]:
    """schema.org description of the data."""
    meta = document.meta
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": f"{meta['title']}（{words.era(meta['fiscal_year'])}）の予算データ",
        "description": f"『{meta['title']}』（{meta['number']}、{meta['edition']}）の表とシートの金額を、資料の形のまま CSV にしたもの。",
        "inLanguage": "ja",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "isAccessibleForFree": True,
        "temporalCoverage": f"{document.previous.fiscal_year}/{document.current.fiscal_year}",
        "spatialCoverage": "日本",
        "creator": {"@type": "Organization", "name": "cyberbudget"},
        "isBasedOn": meta["source_path"],
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": "text/csv",
                "name": name,
                "contentUrl": f"{base}{FILES}/data/{document.folder.name}/{name}",
            }
            for name in ("totals.csv", "areas.csv", "measures.csv", "sheets.csv", "statements.csv")
        ],
    }


def extra_pages(app: Any) -> list[tuple[str, dict[str, Any], str]]:
    """The way in, the search page and the page for wrong addresses."""
    return [("index", {}, "index.html"), ("search", {}, "search.html"), ("404", {}, "404.html")]


def own_search(app: Any) -> None:
    """Sphinx's search finds next to nothing in Japanese; the book brings its own, so none is indexed."""
    app.builder.search = False


def setup(app: Any) -> dict[str, bool]:
    here = Path(__file__).parent
    app.add_html_theme("cyberbook", str(here / "theme"))
    app.connect("builder-inited", own_search)
    app.connect("html-collect-pages", extra_pages)
    app.connect("html-page-context", page_context)
    app.connect("build-finished", write_files)
    app.connect("build-finished", search.write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""The book's Sphinx extension: what the chapters computed becomes pages, files to download, and metadata.

MyST-NB takes captions, labels and alt texts of figures from cell metadata, which is fixed text. Here the
notebook reader puts them there from the cell's own outputs, where :class:`cyberbudget.Figure` left them, so
that they move with the data. In JupyterLab the same outputs read as a picture with its caption below.

The pages are drawn by the theme in ``theme/``, a child of furo: one style sheet, one script, nothing from elsewhere.
"""

from __future__ import annotations

import importlib
import re
import shutil
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

import nbformat
import resvg_py
from docutils import nodes
from docutils.parsers.rst.directives.body import Sidebar
from nbformat import NotebookNode
from sphinx.errors import ExtensionError

from cyberbudget import tables
from cyberbudget.load import data_files

from .. import FILES, PDF, ROOT, pdf, write
from . import figures, measures, pages, refuse, search

HERE = Path(__file__).parent

# ── reading a chapter ───────────────────────────────────────────────────────────────────────────────


def read(text: str) -> NotebookNode:
    """Read a chapter for MyST-NB (the ``nb_custom_formats`` reader of .ipynb)."""
    notebook = nbformat.reads(text, as_version=4)
    notebook.metadata.setdefault("language_info", {"name": "python", "pygments_lexer": "ipython3"})
    cells: list[NotebookNode] = []
    above = None
    for cell in notebook.cells:
        # One folded block of code for cells that follow one another, before the first of them.
        tags = cell.metadata.get("tags", [])
        if "hide-input" not in tags:
            above = None
        elif above is None:
            above = cell
        else:
            above.source += f"\n\n{cell.source}"
            tags[tags.index("hide-input")] = "remove-input"
        cells.append(cell)
        if cell.cell_type == "code" and (bar := _hand_over(cell)):
            form = {"format": "text/html"}
            cells.append(nbformat.v4.new_raw_cell(bar, id=f"{cell.id}-bar", metadata=form))
    notebook.cells = cells
    return notebook


def _hand_over(cell: NotebookNode) -> str:
    """Move a figure's caption and alt text into the cell's metadata; what stands below as HTML."""
    bar = spots = table = name = finding = ""
    kept = []
    for output in cell.outputs:
        ours = output.get("metadata", {}).get("cyberbudget", {})
        if "figure" in ours:
            name, finding = ours["figure"], ours.get("title", "")
            image = {"alt": output.data["text/plain"]}
            cell.metadata["mystnb"] = nbformat.from_dict({"image": image, "figure": {"name": name}})
            spots = figures.hot_spots(name, ours["marks"])
            kept.append(_only(output, "image/svg+xml"))
        elif "caption" in ours:
            cell.metadata["mystnb"]["figure"]["caption"] = ours["words"]
            bar = _toolbar(ours["caption"], ours["cited"], ("csv", "svg", "png", "zip"))
        elif "switch" in ours:
            html = output.data["text/html"].partition("</summary>\n")[2].partition('<p class="cb-source">')[0]
            table = figures.switch(name, finding, html, _toolbar(ours["switch"], "", ("csv",)))
        elif "table" in ours:
            html, _, source = output.data["text/html"].partition('<p class="cb-source">')
            folded = "fold" in cell.metadata.get("tags", [])  # one that few readers need
            output.data["text/html"] = figures.fold(html) if folded else html
            kept.append(_only(output, "text/html"))
            bar = _toolbar(ours["table"], source.removesuffix("</p>"), ("csv",))
        else:
            kept.append(output)
    cell.outputs = kept
    return spots + table + bar


def _only(output: NotebookNode, mime: str) -> NotebookNode:
    return nbformat.v4.new_output("display_data", {mime: output.data[mime]})


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
        alt = ""
        for output in cell.get("outputs", ()):
            ours = output.get("metadata", {}).get("cyberbudget", {})
            name = ours.get("figure") or ours.get("table") or ours.get("switch")
            if name:
                # Excel reads UTF-8 only behind a byte order mark.
                files[f"{name}.csv"] = "\ufeff" + output.data["text/csv"]
            if "figure" in ours:
                alt = output.data["text/plain"]
                files[f"{name}.svg"] = output.data["image/svg+xml"]
                files[f"{name}-dark.svg"] = figures.dark(output.data["image/svg+xml"])
            elif "caption" in ours:
                caption = output.data["text/plain"].removesuffix(ours["source"])
                files[f"{ours['caption']}.json"] = figures.metadata(
                    ours["caption"], alt, caption, ours["source"]
                )
    return files


def card(figure: str) -> str:
    """A figure on the wide white card (1200 × 630) that previews of a link show."""
    place = 'x="60" y="40" width="1080" height="550"'
    drawing = re.sub(r'width="[^"]*" height="[^"]*"', place, figure[figure.index("<svg") :], count=1)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630">'
        f'<rect width="1200" height="630" fill="#fff"/>{drawing}</svg>'
    )


class Margin(Sidebar):
    """A note beside the text (``{margin}``), with or without a title; on a narrow page it stands in the text."""

    arguments: list[str]
    required_arguments = 0
    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        title = self.arguments
        self.arguments = title or ["—"]
        (note,) = super().run()
        if not title:
            note.pop(0)
        note["classes"].append("margin")
        return [note]


# ── once a build ────────────────────────────────────────────────────────────────────────────────────


@cache
def texts(app: Any) -> dict[str, str]:
    """Text files behind all figures and tables of the book, by name."""
    found: dict[str, str] = {}
    for docname in sorted(app.env.found_docs):
        path = Path(app.env.doc2path(docname))
        if path.suffix == ".ipynb":
            found |= downloads(nbformat.v4.reads(path.read_text(encoding="utf-8")))
    return found


@cache
def promised(app: Any) -> set[str]:
    """Files that a page may link to, from the folder of the pages: what the build writes, and what is to come."""
    source = Path(app.srcdir)
    names = [
        tables.ALL,
        *(f"data/{path.relative_to(source / 'data')}" for path in data_files(source / "data")),
    ]
    for name in texts(app):
        names += [name, *(f"{name[:-4]}.{kind}" for kind in ("png", "zip") if name.endswith(".svg"))]
    coming = app.config.cyberbook_promised
    if coming is None:
        coming = [*(f"{FILES}/briefing/{path}" for path in _ready(app)), *([] if pdf.missing() else [PDF])]
    return {*(f"{FILES}/{name}" for name in names), *coming}


def _ready(app: Any) -> list[str]:
    """Briefings that were made before, from their folder."""
    ready = Path(app.srcdir) / "_build" / "ready"
    return [str(p.relative_to(ready)) for p in sorted(ready.rglob("[!.]*")) if p.is_file()]


def configured(app: Any, config: Any) -> None:
    """Refuse what the book does not do; let pages be written anew when what they are made of changed."""
    refuse.settings(app, config)
    coming = config.cyberbook_promised
    if coming is None and Path(app.srcdir).resolve() == ROOT:  # nobody has looked at the chapters before
        from ..build import BuildError, check_chapters

        try:
            check_chapters()
        except BuildError as error:
            raise ExtensionError(str(error)) from error
    made_of = sha256(repr((_ready(app), pdf.missing()) if coming is None else coming).encode())
    for path in (*sorted(HERE.rglob("*.*")), *data_files(Path(app.srcdir) / "data")):
        if path.is_file() and path.suffix != ".pyc":
            made_of.update(path.read_bytes())
    config.cyberbook_made_of = made_of.hexdigest()


def outdated(app: Any, env: Any, added: set[str], changed: set[str], removed: set[str]) -> list[str]:
    """Sources that differ from what was read, whatever their time stamps say."""
    before = getattr(env, "cyberbook_digests", {})
    paths = {docname: Path(env.doc2path(docname)) for docname in env.found_docs}
    now = {name: sha256(path.read_bytes()).hexdigest() for name, path in paths.items() if path.exists()}
    env.cyberbook_digests = now  # kept with the environment, when all that is named here was read
    return [name for name, digest in now.items() if before.get(name) != digest]


def write_files(app: Any, exception: Exception | None) -> None:
    """Write the data of all figures and tables, and the data files themselves, beside the pages."""
    if exception or app.builder.format != "html":
        return
    source, folder = Path(app.srcdir), Path(app.outdir) / FILES
    folder.mkdir(exist_ok=True)
    mirror(source / "data", folder / "data", data_files(source / "data"))
    data = {path.relative_to(folder / "data"): path for path in sorted((folder / "data").rglob("*.*"))}
    data |= {path.relative_to(source): path for path in source.glob("LICENSE-DATA")}
    held = {name.as_posix(): path.read_bytes() for name, path in data.items()}
    write(folder / tables.ALL, figures.packed(Path(tables.ALL).stem, held))
    if app.config.cyberbook_promised is None:
        ready = source / "_build" / "ready"
        mirror(ready, folder / "briefing", (ready / path for path in _ready(app)))
    files = dict(texts(app))
    finding = source / "book" / "_static" / "finding.svg"
    if finding.exists():
        files["card.svg"] = card(finding.read_text(encoding="utf-8"))
    if base := pages.site(app):  # search engines take absolute addresses only
        standing = [f"{name}.html" for name in sorted(app.env.found_docs)]
        standing += [entry["page"] for entry in measures.entries(app)]
        addresses = (f"<url><loc>{escape(base + name)}</loc></url>" for name in standing)
        (Path(app.outdir) / "sitemap.xml").write_text(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(addresses)}</urlset>\n',
            encoding="utf-8",
        )
    for name, text in files.items():
        path = folder / name
        if path.exists() and path.read_bytes() == text.encode():
            continue
        if path.suffix == ".svg" and not path.stem.endswith("-dark"):
            zoom = 1 if name == "card.svg" else 2
            png = resvg_py.svg_to_bytes(svg_string=text, dpi=96, zoom=zoom, skip_system_fonts=True)
            path.with_suffix(".png").write_bytes(bytes(png))
        path.write_text(text, encoding="utf-8", newline="")
    for name in (name.removesuffix(".json") for name in files if name.endswith(".json")):
        held = {kind: (folder / f"{name}.{kind}").read_bytes() for kind in figures.KINDS}
        (folder / f"{name}.zip").write_bytes(figures.archive(name, held))
    static = Path(app.outdir) / "_static"
    for kind, furo in (("css", "styles/furo.css"), ("js", "scripts/furo.js")):
        parts = [(static / name).read_text(encoding="utf-8") for name in (furo, f"cyberbook.{kind}")]
        text = re.sub(r"^(//|/\*)# sourceMappingURL=.*$", "", "\n".join(parts), flags=re.M)
        (static / f"book.{kind}").write_text(text, encoding="utf-8", newline="")  # one request, not two


def mirror(source: Path, target: Path, wanted: Iterable[Path]) -> None:
    """Make a folder hold these files of another, and nothing else."""
    shutil.rmtree(target, ignore_errors=True)
    for path in wanted:
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def extra_pages(app: Any) -> list[tuple[str, dict[str, Any], str]]:
    """The way in, the search page and the page for wrong addresses."""
    return [
        ("index", {"title": app.config.html_title}, "index.html"),
        ("search", {"title": "検索"}, "search.html"),
        ("404", {"title": "頁が見つかりません"}, "404.html"),
    ]


def own_search(app: Any) -> None:
    """Sphinx's search finds next to nothing in Japanese; the book brings its own, so none is indexed."""
    app.builder.search = False


def setup(app: Any) -> dict[str, Any]:
    app.add_config_value("cyberbook_promised", None, "html")
    app.add_config_value("cyberbook_made_of", "", "html")
    app.add_html_theme("cyberbook", str(HERE / "theme"))
    app.add_directive("margin", Margin)
    app.setup_extension("sphinx_design")
    app.setup_extension("cyberbook.pdf")
    # The list of extensions in _config.yml takes the place of the one that Jupyter Book adds this to.
    if app.config._raw_config.get("bibtex_bibfiles") or app.config.overrides.get("bibtex_bibfiles"):
        app.setup_extension("sphinxcontrib.bibtex")
        importlib.import_module(f"{__name__}.sources")  # a style of entries; pybtex is slow to import
    app.connect("config-inited", configured, priority=900)
    app.connect("builder-inited", own_search)
    app.connect("env-get-outdated", outdated)
    app.connect("source-read", refuse.outputs)
    app.connect("html-collect-pages", extra_pages)
    app.connect("html-collect-pages", measures.collect)
    app.connect("html-page-context", pages.context, priority=900)
    app.connect("build-finished", write_files)
    app.connect("build-finished", search.write)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "env_version": 2}

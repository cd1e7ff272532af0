"""The book's Sphinx extension: hands what the chapters computed to MyST-NB and writes the files to download.

MyST-NB takes captions, labels and alt texts of figures from cell metadata, which is fixed text. Here the
notebook reader puts them there from the cell's own outputs, where :class:`cyberbudget.Figure` left them, so
that they move with the data. In JupyterLab the same outputs read as a picture with its caption below.
"""

from __future__ import annotations

import shutil
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

FILES = "_files"  # folder of the downloads in the built book


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
            caption, _, source = output.data["text/markdown"].partition("出典：")
            cell.metadata["mystnb"]["figure"]["caption"] = caption
            bar = _toolbar(ours["caption"], f"出典：{escape(source)}", ("csv", "svg"))
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
    return NotebookNode(
        output_type="display_data", data=NotebookNode({mime: output.data[mime]}), metadata=NotebookNode()
    )


def _toolbar(name: str, source: str, formats: tuple[str, ...]) -> str:
    links = "".join(
        f' <a class="cb-file" href="../{FILES}/{name}.{kind}" download>{kind.upper()}</a>' for kind in formats
    )
    return f'<p class="cb-source">{source}{links}</p>'


def downloads(notebook: NotebookNode) -> dict[str, str]:
    """Files behind the figures and tables of a chapter, by name."""
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


def write_downloads(app: Any, exception: Exception | None) -> None:
    """Write the data of all figures and tables, and the data files themselves, beside the pages."""
    if exception or app.builder.format != "html":
        return
    folder = Path(app.outdir) / FILES
    shutil.copytree(Path(app.srcdir) / "data", folder / "data", dirs_exist_ok=True)
    for docname in sorted(app.env.found_docs):
        path = Path(app.env.doc2path(docname))
        if path.suffix == ".ipynb":
            for name, text in downloads(nbformat.read(path, as_version=4)).items():
                (folder / name).write_text(text, encoding="utf-8", newline="")


def setup(app: Any) -> dict[str, bool]:
    app.add_css_file("cyberbook.css")
    app.connect("build-finished", write_downloads)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""One chapter for each strategy area of the newest document: made, named and listed before the chapters are run.

The chapters of the areas are alike but for the number and the first cell, which says what the area is called, and
comes from areas.csv. A new area gets a chapter like the others; that of an area which is gone is put aside.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import yaml

from cyberbudget import Document
from cyberbudget.display import markdown

from . import BOOK, ROOT, write
from .kernels import read

TOC = ROOT / "_toc.yml"
CAPTION = "分野ごとに"
CHAPTER = re.compile("area([0-9]{1,2})")
DEFENCE = "security", "防衛省の施策の全体は「[防衛の比重](defence.ipynb)」で扱います。"


def follow(doc: Document) -> list[str]:
    """Bring the chapters and the table of contents in line with a document; what was done, a line each."""
    there = {found[1]: path for path in BOOK.glob("area*.ipynb") if (found := CHAPTER.fullmatch(path.stem))}
    if not there and not [*BOOK.glob("area*.ipynb.old")]:  # somebody's own book
        return []
    wanted = {row["area"]: row for row in doc.areas.to_dict("records")}
    told = [_made(area, there) for area in wanted if area not in there]
    for area, row in wanted.items():
        _named(BOOK / f"area{area}.ipynb", row)
    for area in sorted(there.keys() - wanted.keys()):
        aside = there[area].with_suffix(".ipynb.old")
        there[area].replace(aside)
        told.append(f"分野({area})は、いまの資料にありません。その章は book/{aside.name} に移しました")
    _listed([f"book/area{area}" for area in wanted])
    return told


def _made(area: str, there: dict[str, Path]) -> str:
    """A chapter like that of another area, without outputs; or the one that was put aside."""
    path = BOOK / f"area{area}.ipynb"
    aside = path.with_suffix(".ipynb.old")
    if aside.exists():
        aside.replace(path)
        return f"分野({area})の章を、book/{aside.name} から戻しました"
    others = [*there.values(), *sorted(BOOK.glob("area*.ipynb.old"))]
    pattern = others[0]
    number = CHAPTER.match(pattern.name)[1]  # type: ignore[index]
    notebook = read(pattern)
    for cell in notebook.cells:
        cell.source = cell.source.replace(f"area{number}", f"area{area}").replace(
            f'AREA = "{number}"', f'AREA = "{area}"'
        )
        cell.id = cell.id.replace(f"area{number}", f"area{area}")
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    _write(path, notebook)
    return f"分野({area})の章を作りました：book/{path.name}"


def _named(path: Path, row: dict[str, Any]) -> None:
    """The first cell of a chapter: its label, its title with the question, what the area holds."""
    key, more = DEFENCE
    about = markdown(row["about"]) + (more if row["key"] == key else "")
    title = markdown(f"分野({row['area']}) {row['short']}：{row['question']}")
    text = "\n\n".join(filter(None, [f"({path.stem})=\n# {title}", about]))
    notebook = read(path)
    if notebook.cells[0].source != text:
        notebook.cells[0].source = text
        _write(path, notebook)


def _write(path: Path, notebook: nbformat.NotebookNode) -> None:
    write(path, f"{nbformat.writes(notebook, indent=1, ensure_ascii=False)}\n".encode())


def _listed(chapters: list[str]) -> None:
    """The chapters in the table of contents, in a part of their own, which goes where a document has no areas."""
    toc = yaml.safe_load(TOC.read_text(encoding="utf-8"))
    parts = toc["parts"]
    own = next((part for part in parts if part.get("caption") == CAPTION), None)
    if own is None and chapters:
        own = {"caption": CAPTION, "numbered": 1, "chapters": []}
        parts.insert(1, own)
    if own is None or [entry["file"] for entry in own["chapters"]] == chapters:
        return
    own["chapters"] = [{"file": name} for name in chapters]
    toc["parts"] = [part for part in parts if part["chapters"]]
    write(TOC, yaml.safe_dump(toc, allow_unicode=True, sort_keys=False).encode())

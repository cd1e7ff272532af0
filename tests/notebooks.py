"""Run a chapter in this process: its code cells one after another, and what each of them shows."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from IPython.core.formatters import DisplayFormatter

from cyberbudget import Figure

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
PAGES = sorted(path.stem for path in BOOK.iterdir() if path.suffix in (".ipynb", ".md"))


def _ours(path: Path) -> bool:
    code = (cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code")
    return re.search("cyberbudget|cyberbook", "".join(code)) is not None


# The chapters of this book, which keep its style. Somebody's own, which need nothing of it, may stand beside them.
CHAPTERS = sorted(path.stem for path in BOOK.glob("*.ipynb") if _ours(path))
# Chapters on what is not from a document: their figures change with data/context, not with the newest document.
# Those of the areas that the document of the literals has; the others are run over documents that have more.
PINNED = [name for name in CHAPTERS if not re.fullmatch("area[0-9]+", name) or name[4:] in "1234"]
OUTSIDE = ("decade", "execution", "history", "national", "recipients")
DISPLAY = DisplayFormatter()


@dataclass(frozen=True)
class Shown:
    """What a cell shows: the cell's id, the object, and its outputs as MIME bundles like the stored ones."""

    cell: str
    value: Any
    outputs: list[dict[str, str]]


@cache
def chapter(name: str) -> nbformat.NotebookNode:
    """The committed notebook."""
    return nbformat.read(BOOK / f"{name}.ipynb", as_version=4)


def code_cells(name: str) -> list[nbformat.NotebookNode]:
    return [cell for cell in chapter(name).cells if cell.cell_type == "code"]


@dataclass(frozen=True)
class Run:
    """What the cells of a chapter show, up to the cell that failed where one did."""

    shown: tuple[Shown, ...]
    error: str | None


@cache
def run(name: str, data: Path = ROOT / "data") -> Run:
    """Execute a chapter over a data folder."""
    space: dict[str, Any] = {"__name__": "__main__"}
    shown = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CYBERBUDGET_DATA", str(data))
        for cell in code_cells(name):
            try:
                value = _value(cell.source, f"{name}:{cell.id}", space)
            except Exception as error:  # whatever a chapter raises is its failure
                return Run(tuple(shown), f"{cell.id}: {type(error).__name__}: {error}")
            if value is not None:
                shown.append(Shown(cell.id, value, outputs(value)))
    return Run(tuple(shown), None)


def _value(source: str, where: str, space: dict[str, Any]) -> Any:
    tree = ast.parse(source, where)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, where, "exec"), space)
    return eval(compile(ast.Expression(last.value), where, "eval"), space) if last else None


def outputs(value: Any) -> list[dict[str, str]]:
    """The MIME bundles that Jupyter would store for a value."""
    if isinstance(value, Figure):
        return list(value.bundles)
    with pd.option_context("display.max_columns", 20, "display.width", 80):  # as in a kernel
        return [DISPLAY.format(value)[0]]


def stored(cell: nbformat.NotebookNode) -> list[dict[str, str]]:
    """The committed outputs of a cell in the same form."""
    return [dict(output.get("data", {})) for output in cell.outputs]


def ours(output: nbformat.NotebookNode) -> dict[str, str]:
    """What an output says of itself: {"figure": name}, {"caption": name}, {"table": name} or nothing."""
    return output.get("metadata", {}).get("cyberbudget", {})

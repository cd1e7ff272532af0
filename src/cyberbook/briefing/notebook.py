"""A briefing as a notebook: the chapter with another subject, its outputs made from the briefing itself.

The chapter's cells are one expression each on ``b``, the briefing. They are worked out here from a briefing that
stands already, so that all formats show what was computed once; whoever runs the notebook computes it anew from the
values in its first cell. What has nothing to say of the subject is not in it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
from IPython.core.formatters import DisplayFormatter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output

from cyberbudget.display import Figure, Text

from .. import BOOK, run
from .content import STAGES, Briefing, Section

# The chapter; in an installed package a copy of it, as with the data.
CHAPTER = next(
    (path for path in (Path(__file__).with_name("briefing.ipynb"),) if path.exists()), BOOK / "briefing.ipynb"
)
SCREEN = "book"  # tag of the cells that are neither on paper nor in HTML
WRITE = "# briefing.write("  # the last cell, which the chapter only shows
_FORMAT = DisplayFormatter()


def of(b: Briefing) -> NotebookNode:
    """The executed notebook of a briefing."""
    cells: list[NotebookNode] = []
    for cell in nbformat.read(CHAPTER, as_version=4).cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "markdown":
            if SCREEN not in tags:
                cells.append(_heading(cell, b))
            continue
        cell.outputs, cell.metadata = [], {"tags": tags} if tags else {}
        if "parameters" in tags:
            cell.source = "\n".join(_answered(line, asked(b)) for line in cell.source.splitlines())
        elif cell.source.startswith(WRITE):
            cell.source = cell.source.removeprefix("# ").partition("  #")[0]
        else:
            cell.outputs = _outputs(cell.source, b)
            if not cell.outputs:
                continue
        cells.append(cell)
    cells = [new_markdown_cell(_introduction(b), metadata={"tags": [SCREEN]}), *_leading_somewhere(cells)]
    done = nbformat.v4.new_notebook(cells=cells)
    count = 0
    for number, cell in enumerate(cells, 1):
        cell.id = f"briefing-{number:02}"
        if cell.cell_type == "code":
            count += bool(cell.outputs)
            cell.execution_count = count if cell.outputs else None
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = count
    return run.tidied(done)


def asked(b: Briefing) -> dict[str, int | str | None]:
    """The question that a briefing answers, as :func:`kinds.make` takes it."""
    about = {kind: b.named.get(kind, "") for kind in ("ministry", "area", "measure")}
    stage = next(
        name for name, found in STAGES.items() if isinstance(b.stage, found) and b.stage.key == found.key
    )
    return {"fiscal_year": b.year, **about, "stage": stage}


def _answered(line: str, values: dict[str, int | str | None]) -> str:
    """A line of the parameters with the value that was asked for, and its comment."""
    name, _, rest = line.partition(" = ")
    return f"{name} = {values[name]!r}  #{rest.partition('#')[2]}"


def _introduction(b: Briefing) -> str:
    return (
        f"# {b.title}\n\n"
        f"{b.who}について、要点、金額、動き、想定問答、言えないことをまとめたノートブックです。"
        "上から順に実行すると、資料の数字から計算し直します。\n\n"
        "次のセルの値を変えると、ほかの府省庁、分野、施策のものになります。"
        "最後のセルは、同じ内容の文書、スライド、表計算のファイルを作ります。"
    )


def _heading(cell: NotebookNode, b: Briefing) -> NotebookNode:
    """The heading of a part as its subject calls it."""
    label, _, text = cell.source.partition(")=\n")
    own = getattr(b, label.removeprefix("(briefing-"), None)
    return new_markdown_cell(f"## {own.heading}" if isinstance(own, Section) else text)


def _leading_somewhere(cells: list[NotebookNode]) -> list[NotebookNode]:
    """The cells without the headings that stand above nothing."""
    pairs = zip(cells, [*cells[1:], None], strict=True)
    return [c for c, after in pairs if c.cell_type == "code" or (after and after.cell_type == "code")]


def _outputs(source: str, b: Briefing) -> list[NotebookNode]:
    """What a kernel would give back for the last line of a cell."""
    shown: Any = eval(source.splitlines()[-1], {"b": b})
    if shown is None or (isinstance(shown, Text) and not any(shown.lines)):
        return []
    if isinstance(shown, Figure):
        return [new_output("display_data", data=data, metadata=more) for data, more in shown.outputs]
    data, more = _FORMAT.format(shown)
    return [new_output("execute_result", data=json.loads(json.dumps(data)), metadata=more)]

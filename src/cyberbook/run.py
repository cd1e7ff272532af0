"""Re-execute the chapters in place: ``python book/run.py [chapter.ipynb …]``.

Chapters run side by side, one kernel each. A chapter is written only when all its cells ran, and always in
the same form (no times, no versions), so that a second run changes no byte.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from . import BOOK

FINDING = (
    BOOK / "_static" / "finding.svg"
)  # the main finding, for README and previews: the first figure of index
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}


def execute(notebook: nbformat.NotebookNode, folder: Path = BOOK) -> nbformat.NotebookNode:
    """Run all cells and drop whatever differs from one run to the next."""
    NotebookClient(
        notebook,
        timeout=120,
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],  # it warns of its local TCP port
    ).execute()
    return tidied(notebook)


def tidied(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Drop times, versions and whatever else the run left in an executed notebook."""
    notebook.metadata = {"kernelspec": KERNEL, "language_info": LANGUAGE}
    for cell in notebook.cells:
        for key in ("execution", "papermill"):
            cell.metadata.pop(key, None)
    return notebook


def run(path: Path) -> str | None:
    """Execute one chapter in place; the error's text where a cell failed, and then nothing is written."""
    before = path.read_text(encoding="utf-8")
    try:
        notebook = execute(nbformat.reads(before, as_version=4))
    except CellExecutionError as error:
        return f"{error.ename}: {error.evalue}"
    _write(path, nbformat.writes(notebook, indent=1, ensure_ascii=False) + "\n")
    if path.name == "index.ipynb":
        _write(FINDING, _first_figure(notebook))
    return None


def _write(path: Path, text: str) -> None:
    """Replace a file at one stroke, and only where it changed."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        part = path.with_suffix(".part")
        part.write_text(text, encoding="utf-8", newline="")
        os.replace(part, path)


def _first_figure(notebook: nbformat.NotebookNode) -> str:
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", ()))
    return next(o.data["image/svg+xml"] for o in outputs if "image/svg+xml" in o.get("data", {}))


def main(names: list[str]) -> int:
    paths = [Path(name) for name in names] or sorted(BOOK.glob("*.ipynb"))
    failed = 0
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        for path, error in zip(paths, pool.map(run, paths)):
            print(
                f"{path.name}: {'実行しました' if error is None else '失敗しました（ファイルは元のままです）'}",
                flush=True,
            )
            if error is not None:
                print(error, file=sys.stderr)
                failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

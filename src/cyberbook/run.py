"""Re-execute the chapters in place: ``cyberbook run [chapter.ipynb …]``.

Chapters run side by side. A chapter is written only when all its cells ran, and always in the same form (no times,
no versions), so that a second run changes no byte. It then bears the digest of the data it was run with, by which
the build tells a chapter that is older than its data.
"""

from __future__ import annotations

import sys
from concurrent.futures import as_completed
from hashlib import sha256
from pathlib import Path

import nbformat

from cyberbudget import package
from cyberbudget.load import books, data_files, data_root, load

from . import BOOK, areas, write
from .kernels import ChapterError, execute, read, told, workers

# The main finding, for README and previews: the first figure of index.
FINDING = BOOK / "_static" / "finding.svg"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}


def data_digest() -> str:
    """What the numbers of all chapters come from: the data, whatever line ends a checkout gave them."""
    root, found = data_root(), sha256()
    for path in (path for path in data_files(root) if path.suffix in (".csv", ".yaml")):
        found.update(path.relative_to(root).as_posix().encode() + b"\0")
        found.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return found.hexdigest()[:16]


def tidied(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Drop times, versions and whatever else the run left in an executed notebook."""
    notebook.metadata = {"kernelspec": KERNEL, "language_info": LANGUAGE}
    for cell in notebook.cells:
        for key in ("execution", "papermill"):
            cell.metadata.pop(key, None)
    return notebook


def chapter(path: Path, data: str) -> None:
    """Execute one chapter in place, which then bears the digest of the ``data``.

    ChapterError where it cannot be read or a cell fails; nothing is written then.
    """
    notebook = tidied(execute(read(path), path))
    notebook.metadata["cyberbudget"] = {"data": data}
    write(path, f"{nbformat.writes(notebook, indent=1, ensure_ascii=False)}\n".encode())
    if path == BOOK / "index.ipynb":
        shown = (output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", ()))
        write(FINDING, next(data["image/svg+xml"] for data in shown if "image/svg+xml" in data).encode())


def main(names: list[str]) -> int:
    """Run the chapters named, or all of them; 1 where one failed."""
    paths = [Path(name).resolve() for name in names]
    missing = [name for name, path in zip(names, paths) if not path.is_file()]
    if missing:
        raise ChapterError(
            f"章のファイルがありません：{'、'.join(missing)}。book/area2.ipynb のように書いてください"
        )
    if not paths and books():  # who runs one chapter wants no other touched; some books have no document
        for line in areas.follow(load()):
            print(line, flush=True)
        package.follow(data_root())
    paths = paths or sorted(BOOK.glob("*.ipynb"))
    data, failed = data_digest(), 0
    with workers() as pool:
        running = {pool.submit(chapter, path, data): path for path in paths}
        for number, future in enumerate(as_completed(running), 1):
            try:
                future.result()
                print(f"[{number:2}/{len(paths)}] {told(running[future])} を実行しました", flush=True)
            except ChapterError as error:
                print(error, file=sys.stderr, flush=True)
                failed += 1
    return 1 if failed else 0

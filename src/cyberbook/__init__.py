"""The press: it builds the book, re-runs its chapters and writes briefings.

It stands on :mod:`cyberbudget`, which knows nothing of it. Whatever it does is a sub-command of ``cyberbook``.
"""

from __future__ import annotations

import os
import sys

INTERRUPTED = "\n中断しました。もう一度同じ命令を実行すると、やり直します"


def _told(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        return sys.__excepthook__(kind, error, trace)
    print(INTERRUPTED, file=sys.stderr, flush=True)
    os._exit(130)  # Python would end by the signal itself


# Where this process is the command (cyberbook, python -m cyberbook), Ctrl-C is one line from here on, also while the
# modules below and those of the command are still being read.
if sys.argv[0].endswith(("cyberbook", "cyberbook.exe", "-m")):
    sys.excepthook = _told

from pathlib import Path  # noqa: E402

TYPE_CHECKING = False  # typing would take its time
if TYPE_CHECKING:
    from datetime import datetime
    from types import TracebackType

# nbformat imports jsonschema, which builds 39 grammars where it finds this package (0.9 s in every process), only to
# check a kind of address that no notebook holds.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

# The book one stands in; where one stands in none, the one that this package was installed from.
_HERE = Path.cwd()
_BOOKS = (folder for folder in (_HERE, *_HERE.parents) if (folder / "_toc.yml").exists())
ROOT = next(_BOOKS, Path(__file__).resolve().parents[2])
BOOK = ROOT / "book"
BUILD = ROOT / "_build"
SITE = BUILD / "html"
READY = BUILD / "ready"  # the briefings that the book offers
FILES = "_files"  # folder of the downloads in the built book
PDF = f"{FILES}/cyberbudget.pdf"  # in the built book


def last_update() -> datetime:
    """SOURCE_DATE_EPOCH, else the time of the last commit: the same sources give the same bytes on any day.

    Where there is no git (an unpacked archive, which keeps the times of files) the newest source has to do. In
    UTC, whatever the time zone of the machine.
    """
    import subprocess  # neither is needed before a command has begun
    from datetime import UTC, datetime

    epoch: str | float | None = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        git = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
        own = (ROOT / ".git").exists()  # not the repository of a folder above
        try:
            epoch = own and subprocess.run(git, capture_output=True, text=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError):
            epoch = None
        epoch = epoch or max(
            path.stat().st_mtime for path in [*BOOK.glob("*.ipynb"), *ROOT.glob("data/**/*.csv")]
        )
    return datetime.fromtimestamp(int(epoch), UTC)


def write(path: Path, data: bytes) -> None:
    """Replace a file at one stroke, and only where it changed."""
    if not path.exists() or path.read_bytes() != data:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        part.write_bytes(data)
        os.replace(part, path)

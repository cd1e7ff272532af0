"""The press: it builds the book, re-runs its chapters and writes briefings.

It stands on :mod:`cyberbudget`, which knows nothing of it. Whatever it does is a sub-command of ``cyberbook``.
"""

from pathlib import Path


def _root() -> Path:
    """The book one stands in; where one stands in none, the one that this package was installed from."""
    here = Path.cwd()
    found = (folder for folder in (here, *here.parents) if (folder / "_toc.yml").exists())
    return next(found, Path(__file__).resolve().parents[2])


ROOT = _root()
BOOK = ROOT / "book"
BUILD = ROOT / "_build"
SITE = BUILD / "html"
READY = BUILD / "ready"  # the briefings that the book offers
FILES = "_files"  # folder of the downloads in the built book
PDF = f"{FILES}/cyberbudget.pdf"  # in the built book

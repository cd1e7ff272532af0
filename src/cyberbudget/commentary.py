"""What a person adds to a document: why, and what changed around it; each with its source and a guard.

``commentary.yaml`` of a document folder holds it. A comment is said only while the cells of its guard are printed
as the person read them; one whose guard fails is reported by the check, never said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .errors import Problems
from .judge import Judge
from .read import read_yaml

FILE, REFERENCES = "commentary.yaml", "references.bib"
_SHAPE: dict[str, tuple] = {
    "name": (str,), "about": (list,), "text": (str,), "sources": (list,), "guard": (dict,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reference:
    """A source outside the document, from ``data/context/references.bib``."""

    key: str
    author: str
    title: str
    year: str
    url: str
    own: bool = False  # the document itself, which every page names at its end

    def __str__(self) -> str:
        return f"{self.author}「{self.title}」{self.year}年"


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment of a person.

    Attributes
    ----------
    name : str
    about : tuple of str
        Subjects as in :mod:`cyberbudget.findings`.
    text : str
    sources : tuple of Reference
    broken : tuple of str
        Locators of the guard that are not printed as the person read them; empty where the comment holds.
    guard : tuple of str
        Locators of the amounts it speaks of.
    """

    name: str
    about: tuple[str, ...]
    text: str
    sources: tuple[Reference, ...]
    broken: tuple[str, ...] = ()
    guard: tuple[str, ...] = ()

    def __str__(self) -> str:
        told = "、".join(str(source) for source in self.sources if not source.own)
        return f"{self.text}（{told}）" if told else self.text


def references(root: Path) -> dict[str, Reference]:
    """The sources of ``data/context/references.bib`` by their keys; none where there is no such file."""
    path = root / "context" / REFERENCES
    return dict(_parsed(path.read_text(encoding="utf-8"))) if path.exists() else {}


@cache
def _parsed(text: str) -> dict[str, Reference]:
    """The entries of a BibTeX file, once for all documents of a run."""
    from pybtex.database import parse_string  # not every chapter needs it

    entries = parse_string(text, bib_format="bibtex").entries
    return {
        key: Reference(
            key,
            "、".join(str(person).strip("{}") for person in entry.persons.get("author", ())),
            **{name: entry.fields.get(name, "").strip("{}") for name in ("title", "year", "url")},
            own=entry.fields.get("keywords") == "document",
        )
        for key, entry in entries.items()
    }


def read(folder: Path, printed: Mapping[str, str], problems: Problems) -> tuple[Comment, ...]:
    """The comments on a document, in the order of their file; none where a person has written none.

    Parameters
    ----------
    folder : Path
        Of the document.
    printed : mapping
        Text of every printed amount by its locator.
    problems : Problems
        Takes what is wrong with the file.
    """
    if not (folder / FILE).exists():
        return ()
    records, lines = read_yaml(folder / FILE, list, problems)
    judge, known = Judge(FILE, lines, problems), references(folder.parent)
    return tuple(
        comment
        for number, record in enumerate(records or ())
        if (comment := _comment(judge, number, record, known, printed))
    )


def _comment(
    judge: Judge, number: int, record: Any, known: dict[str, Reference], printed: Mapping[str, str]
) -> Comment | None:
    if not judge.shaped(_SHAPE, record, number):
        return None
    for key in record["sources"]:
        if key not in known:
            judge.report("unknown_source", (number, "sources"), "sources", str(key))
    if not record["sources"]:
        judge.report("no_source", (number, "sources"), "sources")
    return Comment(
        record["name"],
        tuple(record["about"]),
        record["text"],
        tuple(known[key] for key in record["sources"] if key in known),
        tuple(at for at, text in record["guard"].items() if printed.get(at) != text),
        tuple(record["guard"]),
    )

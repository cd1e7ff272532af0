"""Briefings: one question, one set of numbers, in every format that a meeting asks for."""

from typing import Any

from .content import FORMATS, STAGES, Briefing
from .kinds import make, ready, tell
from .question import RequestError, subject, subjects

__all__ = [
    "FORMATS",
    "STAGES",
    "Briefing",
    "RequestError",
    "make",
    "ready",
    "subject",
    "subjects",
    "tell",
    "write",
]


def __getattr__(name: str) -> Any:
    """``write`` needs the libraries of every format, which a page does not."""
    if name == "write":
        from .produce import write

        return write
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

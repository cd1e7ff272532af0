"""Briefings: one question, one set of numbers, in every format that a meeting asks for."""

from .content import FORMATS, STAGES, Briefing
from .kinds import make, ready, tell
from .question import RequestError, subject, subjects

__all__ = ["FORMATS", "STAGES", "Briefing", "RequestError", "make", "ready", "subject", "subjects", "tell"]

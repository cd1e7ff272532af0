"""政府のサイバーセキュリティに関する予算を読み、確かめ、使い直すための小さな道具。

``load()`` で資料を読み、``analysis`` で計算し、``charts`` と ``tables`` で見せ、``say`` と ``points`` で述べます。
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from . import analysis, context, editions, findings, interval, outside, prose, tables, words
from .display import Code, Col, Figure, Link, Table, num, points, say
from .errors import DataError, Problem
from .interval import Interval
from .load import Document, books, documents, load

if TYPE_CHECKING:
    from . import charts

__all__ = [
    "Code", "Col", "DataError", "Document", "Figure", "Interval", "Link", "Problem", "Table", "analysis", "books", "charts", "context", "documents", "editions",
    "findings", "interval", "load", "num", "outside", "points", "prose", "say", "tables", "words",
]  # fmt: skip


def __getattr__(name: str) -> ModuleType:
    """The drawing, loaded when something is drawn: who only counts or builds pages need not wait for it."""
    if name == "charts":
        return import_module(".charts", __name__)
    raise AttributeError(name)

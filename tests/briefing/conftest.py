"""Briefings as they are written, read back once for the tests of all formats."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from pptx import Presentation

from cyberbook import briefing
from cyberbook.briefing import paper, slides, word, workbook
from cyberbook.briefing.chart import Chart
from cyberbudget.display import Table
from cyberbudget.interval import Interval
from cyberbudget.load import Document, books, load

from .. import next_year
from ..conftest import DATA, ROOT
from ..pinned import LAST

SETS = ROOT / "_build" / "ready"
MADE = datetime(2024, 3, 1, 9, 30)
RISKY = ["=1+1", "+81", "-5", "@SUM(A1)", "＝1+1"]
HOSTILE = [*RISKY, '<b>太字</b> & "引用"']


def series(chart: Chart) -> list[list[Interval]]:
    """The amounts that a native chart draws: its series and, of stacked ones, the sums."""
    found = [list(s.values) for s in chart.series]
    return [*found, [a + b for a, b in zip(*found)]] if chart.stacked else found


@dataclass(frozen=True)
class Written:
    """A briefing and the folder that holds its files."""

    told: briefing.Briefing
    folder: Path

    @cached_property
    def deck(self) -> Any:
        return Presentation(str(self.folder / "a.pptx"))

    @cached_property
    def book(self) -> openpyxl.Workbook:
        """With the values that a viewer shows."""
        return openpyxl.load_workbook(self.folder / "a.xlsx", data_only=True)

    @cached_property
    def formulas(self) -> openpyxl.Workbook:
        return openpyxl.load_workbook(self.folder / "a.xlsx")

    @property
    def sheets(self) -> list[tuple[Table, Any]]:
        """Each table with its sheet."""
        return list(zip(self.told.tables.values(), self.book.worksheets[1:], strict=False))

    @property
    def charts(self) -> list[tuple[str, Chart]]:
        """Each chart with the short name of the table that it belongs to."""
        return [(next(iter(s.tables)), s.chart) for s in self.told.sections if s.chart]

    @property
    def drawn(self) -> list[tuple[Any, Chart]]:
        """Each chart on a slide with what it was drawn from."""
        shapes = [shape for slide in self.deck.slides for shape in slide.shapes if shape.has_chart]
        return list(zip(shapes, (chart for _, chart in self.charts), strict=True))


def write(told: briefing.Briefing, folder: Path) -> Written:
    slides.write(told, folder / "a.pptx", MADE)
    word.write(paper.blocks(told, MADE), folder / "a.docx", MADE)
    workbook.write(told, folder / "a.xlsx", MADE)
    workbook.write_csv(told, folder)
    return Written(told, folder)


@pytest.fixture(scope="session")
def written(tmp_path_factory) -> list[Written]:
    """Every subject, three measures (one has no amount this year), some by the 16か月予算, some of next year."""
    doc = load(DATA / LAST)
    new = load(next_year.build(tmp_path_factory.mktemp("next") / "data") / "fy2025")
    about = [*briefing.subjects(doc), *(briefing.subject(doc, measure=n) for n in ("1-4", "2-9", "3-3"))]
    found = [briefing.tell(doc, subject) for subject in about]
    found += [briefing.tell(doc, subject, "16months") for subject in about[::4]]
    found += [briefing.tell(new, subject) for subject in briefing.subjects(new)[::2]]
    return [write(told, tmp_path_factory.mktemp(told.slug)) for told in found]


@pytest.fixture(scope="session")
def hostile(tmp_path_factory) -> Written:
    """Of a document whose measures have names that a spreadsheet or a browser could run."""
    folder = Path(shutil.copytree(DATA, tmp_path_factory.mktemp("hostile") / "data")) / "fy2024"
    names = {row["measure"]: new for row, new in zip(next_year.read(folder / "measures.csv"), HOSTILE)}
    for path in folder.glob("*.csv"):
        rows = next_year.read(path)
        next_year.write(path, [{k: names.get(v, v) for k, v in row.items()} for row in rows])
    content = yaml.safe_load((folder / "programmes.yaml").read_text(encoding="utf-8"))
    for entry in (entry for card in content for entry in card["measures"]):
        entry["measure"] = names.get(entry["measure"], entry["measure"])
    (folder / "programmes.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    doc = load(folder)
    return write(briefing.tell(doc, briefing.subject(doc, area="1")), folder)


@pytest.fixture(scope="session")
def document(doc: Document) -> Document:
    """Here every briefing is of the document that the literals belong to."""
    return doc


@pytest.fixture(scope="session")
def newest() -> Document:
    """The document that the built book offers briefings of."""
    return load(books(ROOT / "data")[-1])

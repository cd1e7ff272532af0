"""The chapters follow the areas of the newest document: made, named, put aside, restored."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from cyberbook import areas
from cyberbudget.display import markdown
from cyberbudget.load import Document, load

from .. import holdout
from ..conftest import ROOT
from ..notebooks import nbformat


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, doc: Document) -> Path:
    """A copy of the chapters of four areas and of the table of contents, as they are for the document of the literals."""
    (tmp_path / "book").mkdir()
    shutil.copy(ROOT / "book" / "area1.ipynb", tmp_path / "book")
    shutil.copy(ROOT / "_toc.yml", tmp_path)
    monkeypatch.setattr(areas, "BOOK", tmp_path / "book")
    monkeypatch.setattr(areas, "TOC", tmp_path / "_toc.yml")
    areas.follow(doc)
    return tmp_path / "book"


def made(tmp_path: Path, trait: str) -> Document:
    return load(holdout.build(tmp_path / trait / "data", trait) / "fy2025")


def listed(book: Path) -> list[str]:
    parts = yaml.safe_load((book.parent / "_toc.yml").read_text(encoding="utf-8"))["parts"]
    return [
        entry["file"] for part in parts for entry in part["chapters"] if entry["file"].startswith("book/area")
    ]


def sources(book: Path, name: str) -> list[str]:
    return [cell.source for cell in nbformat.read(book / f"{name}.ipynb", 4).cells]


def test_a_new_area_has_a_chapter(book, tmp_path):
    assert areas.follow(made(tmp_path, "fifth_area")) == ["分野(5)の章を作りました：book/area5.ipynb"]
    cells = sources(book, "area5")
    assert cells[0] == "(area5)=\n# 分野(5) 国際協力：海外と協力するために、いくら使うのか"
    assert 'AREA = "5"' in cells[1] and not any("area1" in cell for cell in cells)
    assert listed(book) == [f"book/area{n}" for n in range(1, 6)]


def test_areas_that_exchange_their_numbers_exchange_their_names(book, tmp_path):
    areas.follow(made(tmp_path, "exchanged"))
    assert "国際・安全保障" in sources(book, "area2")[0] and "防衛の比重" in sources(book, "area2")[0]
    assert "国民の安全・安心" in sources(book, "area3")[0] and "防衛の比重" not in sources(book, "area3")[0]


def test_the_chapter_of_an_area_that_is_gone_is_kept_aside_and_comes_back(book, tmp_path, doc):
    path = book / "area3.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells.append(nbformat.v4.new_markdown_cell("わたしの言葉"))
    nbformat.write(notebook, path)
    assert "area3.ipynb.old に移しました" in areas.follow(made(tmp_path, "area_gone"))[0]
    assert listed(book) == ["book/area1", "book/area2", "book/area4"] and not path.exists()
    areas.follow(doc)
    assert sources(book, "area3")[-1] == "わたしの言葉"
    assert listed(book) == [f"book/area{n}" for n in range(1, 5)]


def test_without_areas_the_part_goes_and_comes_back(book, tmp_path, doc):
    before = yaml.safe_load((book.parent / "_toc.yml").read_text(encoding="utf-8"))
    areas.follow(made(tmp_path, "no_areas"))
    assert listed(book) == [] and not list(book.glob("*.ipynb"))
    areas.follow(doc)
    assert yaml.safe_load((book.parent / "_toc.yml").read_text(encoding="utf-8")) == before


def test_what_an_area_is_called_is_no_markup(book, doc):
    text = "<img src=x> **b** [a](javascript:x)\n# h"
    hostile = doc.areas.assign(short=text, question=text, about=text, key=["a", "b", "c", "d"])
    areas.follow(replace(doc, areas=hostile))
    title, _, about = sources(book, "area1")[0].removeprefix("(area1)=\n# ").partition("\n\n")
    assert (title, about) == (markdown(f"分野(1) {text}：{text}"), markdown(text))
    assert "\n" not in title and "<img" not in title.replace("\\<", "")


def test_what_agrees_is_left_alone(book, doc):
    before = {path: path.read_bytes() for path in book.parent.rglob("*") if path.is_file()}
    assert areas.follow(doc) == []
    assert {path: path.read_bytes() for path in book.parent.rglob("*") if path.is_file()} == before

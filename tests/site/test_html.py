"""The built book: whole, readable without the network, and holding what the document prints."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup, Tag

from cyberbook.build import dead_links

from ..conftest import HTML
from ..notebooks import CHAPTERS, PAGES, code_cells, ours

BOOK_PAGES = [f"book/{name}.html" for name in PAGES]
OTHER_PAGES = sorted({"search.html"} | {path.name for path in HTML.glob("*.html")} - {"index.html"})

pytestmark = pytest.mark.usefixtures("html")
every_page = pytest.mark.parametrize("page", [*BOOK_PAGES, *OTHER_PAGES])
every_chapter = pytest.mark.parametrize("name", CHAPTERS)


@cache
def soup(page: str) -> BeautifulSoup:
    return BeautifulSoup((HTML / page).read_bytes(), "lxml")


def article(name: str) -> Tag:
    return soup(f"book/{name}.html").find("article")


def outputs(name: str, kind: str) -> dict[str, dict[str, str]]:
    """MIME bundles of the figures or tables of a chapter, by their names."""
    found = [output for cell in code_cells(name) for output in cell.outputs]
    return {ours(output)[kind]: output.data for output in found if kind in ours(output)}


def test_every_chapter_has_its_page_and_no_page_is_left_over():
    assert sorted(f"book/{path.name}" for path in (HTML / "book").glob("*.html")) == sorted(BOOK_PAGES)


def test_the_first_page_leads_to_the_book():
    assert soup("index.html").html["lang"] == "ja"
    assert soup("index.html").title.string
    refresh = soup("index.html").find("meta", attrs={"http-equiv": "refresh"})
    assert (HTML / refresh["content"].partition("url=")[2]).is_file()


def test_links_lead_somewhere():
    assert dead_links(HTML) == []


@every_page
def test_language(page):
    assert soup(page).html["lang"] == "ja"
    lang = soup(page).find("article").get("lang", "ja")
    assert lang == ("en" if page == "book/english.html" else "ja")


@every_page
def test_images_are_described(page):
    for image in soup(page).find_all("img"):
        alt = image.get("alt", "").strip()
        assert alt and alt != Path(image["src"]).name, image["src"]
        assert not re.search(r"\.(?:svg|png|jpe?g|gif|webp)$", alt)


@every_page
def test_ids_are_unique(page):
    ids = Counter(tag["id"] for tag in soup(page).find_all(id=True))
    assert not [name for name, count in ids.items() if count > 1]


@every_chapter
def test_no_markup_is_left_raw(name):
    texts = article(name).find_all(string=True)
    prose = "".join(text for text in texts if not text.find_parent(["pre", "code", "script", "style"]))
    raw = r"\*\*|\{[a-z:]+\}`|\{(?:ref|numref|doc|term|cite|download)\}|^:::"
    assert not re.findall(raw, prose, re.MULTILINE)


@every_chapter
def test_tables_have_captions_and_scopes(name):
    for table in article(name).find_all("table", class_=lambda kind: kind != "dataframe"):  # pandas has none
        assert table.caption and table.caption.get_text(strip=True)
        assert all(cell.get("scope") in ("row", "col") for cell in table.find_all("th"))
        assert all(row.find("th") for row in table.find_all("tr"))


@every_chapter
def test_figures_are_numbered_and_captioned(name):
    for figure, data in outputs(name, "figure").items():
        tag = article(name).find("figure", id=figure)
        assert tag.img["alt"] == data["text/plain"]
        assert re.search(r"[0-9]", tag.figcaption.select_one(".caption-number").get_text())
        assert tag.figcaption.select_one(".caption-text").get_text(strip=True).rstrip("#")


@every_chapter
def test_downloads_are_what_is_shown(name):
    linked = {link["href"] for link in soup(f"book/{name}.html").find_all("a", href=True)}
    figures = outputs(name, "figure")
    for thing, data in (figures | outputs(name, "table")).items():
        assert f"../_files/{thing}.csv" in linked
        text = (HTML / "_files" / f"{thing}.csv").read_bytes().decode("utf-8")
        assert text == "\ufeff" + data["text/csv"]
    for figure, data in figures.items():
        assert (HTML / "_files" / f"{figure}.svg").read_text(encoding="utf-8") == data["image/svg+xml"]


def test_every_card_stands_in_an_area_page(document):
    cards = yaml.safe_load((document.folder / "programmes.yaml").read_text(encoding="utf-8"))
    areas = [article(name) for name in CHAPTERS if name.startswith("area")]
    shown = {heading.get_text().strip() for area in areas for heading in area.select(".cb-card h3")}
    assert {f"{card['sheet']} {card['title']}" for card in cards} == shown

"""The built book: whole, readable without the network, and holding what the document prints."""

import os
import re
from collections import Counter
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup, Tag

from cyberbudget.load import documents

from ..next_year import read
from ..notebooks import CHAPTERS, ROOT, code_cells, ours

HTML = ROOT / "_build" / "html"
BOOK_PAGES = [f"book/{name}.html" for name in CHAPTERS]
OTHER_PAGES = sorted({"search.html"} | {path.name for path in HTML.glob("*.html")} - {"index.html"})
PAGES = [*BOOK_PAGES, *OTHER_PAGES]
DOCUMENT = documents(ROOT / "data")[-1]
LINKS = {
    "a": "href",
    "link": "href",
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "object": "data",
}

every_page = pytest.mark.parametrize("page", PAGES)
every_chapter_page = pytest.mark.parametrize("page", BOOK_PAGES)


@pytest.fixture(autouse=True)
def built() -> None:
    """Skip where nobody has built the book; in CI that is an error."""
    if not (HTML / "index.html").exists():
        reason = "本が組まれていません。`make book` のあとで確かめます"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)


@cache
def soup(page: str) -> BeautifulSoup:
    return BeautifulSoup((HTML / page).read_bytes(), "lxml")


@cache
def ids(page: str) -> Counter[str]:
    return Counter(tag["id"] for tag in soup(page).find_all(id=True))


def article(page: str) -> Tag:
    return soup(page).find("article")


def prose(page: str) -> str:
    """The text of a page's article without its code."""
    return "".join(
        text
        for text in article(page).find_all(string=True)
        if not text.find_parent(["pre", "code", "script", "style"])
    )


def targets(page: str) -> list[tuple[str, str]]:
    """Tag and address of everything that a page links to or loads."""
    return [
        (tag.name, tag[LINKS[tag.name]])
        for tag in soup(page).find_all(list(LINKS))
        if tag.get(LINKS[tag.name])
    ]


def outputs(name: str, kind: str) -> dict[str, dict[str, str]]:
    """MIME bundles of the figures or tables of a chapter, by their names."""
    return {
        ours(output)[kind]: output.data
        for cell in code_cells(name)
        for output in cell.outputs
        if kind in ours(output)
    }


def test_every_chapter_has_its_page_and_no_page_is_left_over():
    assert sorted(f"book/{path.name}" for path in (HTML / "book").glob("*.html")) == sorted(BOOK_PAGES)


def test_the_first_page_leads_to_the_book():
    assert soup("index.html").html["lang"] == "ja"
    assert soup("index.html").title.string
    refresh = soup("index.html").find("meta", attrs={"http-equiv": "refresh"})
    assert (HTML / refresh["content"].partition("url=")[2]).is_file()


@every_page
def test_language(page):
    assert soup(page).html["lang"] == "ja"
    assert article(page).get("lang", "ja") == ("en" if page == "book/english.html" else "ja")


@every_chapter_page
def test_no_markup_is_left_raw(page):
    assert "**" not in prose(page)
    assert not re.findall(r"\{[a-z:]+\}`|\{(?:ref|numref|doc|term|cite|download)\}|^:::", prose(page), re.M)


@every_page
def test_images_are_described(page):
    for image in soup(page).find_all("img"):
        alt = image.get("alt", "").strip()
        assert (
            alt and alt != Path(image["src"]).name and not re.search(r"\.(?:svg|png|jpe?g|gif|webp)$", alt)
        ), image["src"]


@every_page
def test_links_lead_somewhere(page):
    broken = []
    for _, address in targets(page):
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        path = (HTML / page).parent / unquote(parts.path) if parts.path else HTML / page
        anchor = unquote(parts.fragment)
        if not path.is_file() or (
            anchor and path.suffix == ".html" and anchor not in ids(str(path.resolve().relative_to(HTML)))
        ):
            broken.append(address)
    assert not broken


@every_page
def test_ids_are_unique(page):
    assert not [name for name, count in ids(page).items() if count > 1]


@every_chapter_page
def test_tables_have_captions_and_scopes(page):
    for table in article(page).find_all("table"):
        assert table.caption and table.caption.get_text(strip=True)
        assert all(cell.get("scope") in ("row", "col") for cell in table.find_all("th"))
        assert all(row.find("th") for row in table.find_all("tr"))


@pytest.mark.parametrize("name", CHAPTERS)
def test_figures_are_numbered_and_captioned(name):
    page = f"book/{name}.html"
    for figure, data in outputs(name, "figure").items():
        tag = article(page).find("figure", id=figure)
        assert tag.img["alt"] == data["text/plain"]
        assert re.search(r"[0-9]", tag.figcaption.select_one(".caption-number").get_text())
        assert tag.figcaption.select_one(".caption-text").get_text(strip=True).rstrip("#")


@pytest.mark.parametrize("name", CHAPTERS)
def test_downloads_are_what_is_shown(name):
    page = f"book/{name}.html"
    linked = {address for tag, address in targets(page) if tag == "a"}
    for kind in ("figure", "table"):
        for thing, data in outputs(name, kind).items():
            assert f"../_files/{thing}.csv" in linked
            text = (HTML / "_files" / f"{thing}.csv").read_bytes().decode("utf-8")
            assert text == "\ufeff" + data["text/csv"]
    for figure, data in outputs(name, "figure").items():
        assert (HTML / "_files" / f"{figure}.svg").read_text(encoding="utf-8") == data["image/svg+xml"]


def test_every_measure_stands_with_its_amounts():
    columns = [
        c["column"]
        for c in yaml.safe_load((DOCUMENT / "document.yaml").read_text(encoding="utf-8"))["columns"]
    ]
    rows = [
        [cell.get_text(strip=True) for cell in row.find_all(["th", "td"])]
        for row in soup("book/measures.html").select("#tab-measures tbody tr")
    ]
    wanted = [
        (row["measure"], *("—" if row[c] == "—" else f"{float(row[c]):,.1f}" for c in columns))
        for row in read(DOCUMENT / "measures.csv")
    ]
    assert [(row[0], *row[-3:]) for row in rows] == wanted


def test_every_card_stands_in_an_area_page():
    cards = yaml.safe_load((DOCUMENT / "programmes.yaml").read_text(encoding="utf-8"))
    shown = {
        heading.get_text().strip()
        for name in CHAPTERS
        if name.startswith("area")
        for heading in article(f"book/{name}.html").select(".cb-card h3")
    }
    assert {f"{card['sheet']} {card['title']}" for card in cards} == shown

"""The index of the book's own search: the text of the built pages, cut into places that can be linked to.

Sphinx's search cuts Japanese into words and misses most of them. This book is small: its whole text goes into one
file, and ``search.js`` looks for substrings in it; beside it the questions that readers ask of each page
(data/questions.csv). Loaded by a script element, it works from file:// as well.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from cyberbudget import context, words
from cyberbudget.load import Document, questions

from ..briefing.question import document
from ..pdf import order

# What is no text of the book: code, the line of tools below a figure or table, marks of links.
SKIPPED = (
    ".cell_input, details.hide, pre, .cb-source, .headerlink, .section-number, nav, form, button, script, style, "
    "#tab-reconciliation-findings, #tab-briefing-evidence, "  # repeat what every page says
    ".cb-card"  # its measure has a page
)
BLOCKS = ["h1", "h2", "h3", "p", "li", "dt", "dd", "table"]


def write(app: Any, exception: Exception | None) -> None:
    """Write ``_static/search-data.js`` from the pages that were built; only those that changed are read again."""
    if exception or app.builder.format != "html":
        return
    from . import measures, pages

    folder, read = Path(app.outdir), document()
    kept = Path(app.doctreedir) / "search.json"
    known = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    # What a page becomes depends on these alone, beside the page itself.
    data = read.areas.to_csv() + read.ministries.to_csv() + "".join(order())
    rules = sha256(Path(__file__).read_bytes() + data.encode())
    entries: dict[str, Any] = {}
    for docname in sorted(app.env.found_docs):
        built = (folder / f"{docname}.html").read_bytes()
        digest = sha256(rules.digest() + docname.encode() + built).hexdigest()
        entries[digest] = known[digest] if digest in known else page(docname, built, read)
    kept.write_text(json.dumps(entries), encoding="utf-8")
    found = index([*filter(None, entries.values()), *measures.entries(app)], read)
    path = folder / "_static" / "search-data.js"
    path.write_text(f"window.CYBERBOOK={pages.inside_script(found)};\n", encoding="utf-8", newline="")


def index(pages: list[dict[str, Any]], document: Document) -> dict[str, Any]:
    """Everything that ``search.js`` needs: other spellings, and the pages with their places and what is asked of them."""
    known = list(order())
    asked = questions(document.folder.parent).groupby("page")["question"].agg(list).to_dict()
    # Every page ends with notes to its sources, much the same everywhere. They are no answer to anything.
    for entry in pages:
        entry["places"] = [place for place in entry["places"] if not place["at"].endswith("-sources")]
        for place in entry["places"]:
            place["names"] = list(dict.fromkeys(place["names"]))
            place["text"] = "\n".join(place["text"])
        # What comes early in the book says it best; its first page says where it is said.
        within = entry.pop("within")
        entry["asked"] = asked.get(_asked_by(entry, document), [])
        entry["rank"] = round(1 - known.index(within) / len(known), 2) if within in known[1:] else 0
    return {"aliases": aliases(document), "pages": pages}


def _asked_by(entry: dict[str, Any], document: Document) -> str:
    """What questions.csv calls a page: a chapter by its file, an area by its key, a measure by its name."""
    folder, _, file = entry["page"].removesuffix(".html").rpartition("/")
    areas = dict(zip("area" + document.areas["area"], document.areas["key"]))
    return areas.get(file, file) if folder == "book" else str(entry["places"][0]["names"][0])


def aliases(document: Document) -> list[tuple[str, str]]:
    """Other spellings and what the book writes instead: 経産省, METI → 経済産業省; 病院 → 医療機関; R6 → 令和6年度."""
    rows = document.ministries.to_dict("records")
    names = [(row[key], row["ministry"]) for row in rows for key in ("reading", "short", "short_en")]
    for table, key in (
        (document.ministries, "ministry"),
        (document.terms, "term"),
        (document.synonyms, "name"),
    ):
        for name, others in zip(table[key], table["synonyms"]):
            names += [(other, name.partition("（")[0]) for other in others.split("、") if other]
    pairs = [(name, full) for name, full in dict.fromkeys(names) if name != full]
    known = {column.fiscal_year for column in document.columns}
    totals = document.folder.parent / context.FOLDER / "history.csv"
    if totals.exists():
        with totals.open(encoding="utf-8") as file:
            known |= {int(row["fiscal_year"]) for row in csv.DictReader(file)}
    for year in sorted(known, reverse=True):
        pairs += [(text, words.era(year)) for text in (f"{year}年度", f"FY{year}", words.era_short(year))]
    return pairs


def page(docname: str, built: bytes, document: Document) -> dict[str, Any] | None:
    """One page: its address, title, the chapter it is within, and its places in order; None without a title."""
    article: Any = BeautifulSoup(built, "lxml").find("article")
    if article is None or article.h1 is None:
        return None
    for tag in article.select(SKIPPED):
        tag.decompose()
    name = docname.rpartition("/")[2]
    title = flat(article.h1)
    places = list(cut(article))
    places[0] |= {"kind": "page", "names": [re.split("：|: ", title)[0]]}
    for area in document.areas.to_dict("records"):
        if name == f"area{area['area']}":
            number = area["area"]
            places[0]["names"] += [area["name"], area["short"], f"分野{area['id']}", f"第{number}分野"]
            places[0]["text"] += [f"資料での分野の名前：{area['name']}"]
    subjects = set(document.ministries["ministry"]) if name == "ministries" else set()
    for place in places:
        if place["kind"] == "table" and subjects:
            # A ministry's own place is the first table of all ministries.
            place["names"] = [head for line in place["text"] if (head := line.partition("\t")[0]) in subjects]
            subjects = set()
    told = {"page": f"{docname}.html", "lang": article.get("lang", ""), "title": title}
    return {**told, "within": docname, "places": places}


def cut(article: Any) -> Iterator[dict[str, Any]]:
    """Cut an article into its places: sections, tables, rows of the glossary."""
    place: dict[str, Any] = {}
    for tag in article.find_all(BLOCKS):
        if tag.find_parent("table"):
            continue
        if tag.name in ("h1", "h2", "h3"):
            if place:
                yield place
            place = new("points" if flat(tag) == "要点" else "section", anchor(tag), flat(tag))
        elif tag.name == "table":
            yield from of_table(tag)
        elif place and not tag.find(BLOCKS):
            place["text"].append(flat(tag))
    yield place


def of_table(tag: Any) -> Iterator[dict[str, Any]]:
    """A table, one line per row and its cells between tabs; the rows of a glossary are places of their own."""
    heading = tag.caption or tag.find_previous(["h1", "h2", "h3"])
    rows = [(row, [flat(cell) for cell in row.find_all(["th", "td"])]) for row in tag.find_all("tr")]
    if rows and rows[0][1][:2] == ["用語", "読み"]:
        for row, (term, reading, english, meaning) in rows[1:]:
            place = new("term", row.get("id") or anchor(tag), term)
            short = term.rstrip("）").partition("（")  # 内閣サイバーセキュリティセンター（NISC）
            place["names"] = [name for name in (*short[::2], reading, english) if name]
            place["text"] = [f"{meaning}（{reading}、{english}）"]
            yield place
    else:
        place = new("table", anchor(tag), flat(heading))
        place["text"] = ["\t".join(cells) for _, cells in rows]
        yield place


def new(kind: str, at: str, title: str) -> dict[str, Any]:
    return {"kind": kind, "at": at, "title": title, "names": [], "text": []}


def anchor(tag: Any) -> str:
    """The nearest id to link to."""
    return tag.get("id") or tag.find_parent(id=True)["id"]


def flat(tag: Any) -> str:
    """Text as it reads, without a seam where a bold word, a link or a line ends."""
    return " ".join(tag.get_text().split())

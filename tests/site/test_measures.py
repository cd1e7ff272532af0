"""The page of each measure: where it stands, what it says, and who leads to it."""

import io

import pandas as pd
import pytest
from bs4 import BeautifulSoup, Tag
from PIL import Image

from cyberbook import FILES
from cyberbudget import findings, tables

from ..conftest import HTML

pytestmark = pytest.mark.usefixtures("html")


def read(address: str) -> Tag:
    return BeautifulSoup((HTML / address).read_text(encoding="utf-8"), "lxml")


def meta(page: Tag, name: str) -> str:
    return page.find("meta", {"property": name})["content"]


def place(doc, row) -> str:
    return tables.page(doc.folder.name, row["id"]).removeprefix("../")


def test_every_measure_has_a_page_of_its_own_at_a_stable_address(doc):
    rows = doc.measures.to_dict("records")
    found = {place(doc, row): read(place(doc, row)) for row in rows}
    assert "measure/fy2024-2-11.html" in found and len(found) == len(rows)
    assert {f"measure/{path.name}" for path in (HTML / "measure").glob("*.html")} >= found.keys()
    for row, page in zip(rows, found.values()):
        assert page.h1.get_text().rstrip("#") == row["measure"] == page.title.get_text().split(" ｜ ")[0]
        assert row["ministry"] in page.article.p.get_text() and row["id"] in page.article.p.get_text()
        card = HTML / meta(page, "og:image").removeprefix("../")
        assert Image.open(io.BytesIO(card.read_bytes())).size == (1200, 630)
    assert len({meta(page, "og:description") for page in found.values()}) == len(rows)
    assert len(
        {(HTML / meta(p, "og:image").removeprefix("../")).read_bytes() for p in found.values()}
    ) == len(rows)


def test_it_says_what_the_document_prints_and_what_is_found(doc):
    for row in doc.measures.to_dict("records"):
        page = read(place(doc, row))
        bars = [bar.get_text() for bar in page.select(".cb-bars dd")]
        printed = [row[column.role] for column in doc.columns]
        assert bars == ["—" if x.absent else f"{float(x.value):,.1f}億円" for x in printed]
        points = page.select_one("#points").get_text()
        (size,) = (f for f in findings.named(doc, "measure_size", subject=f"measure/{row['id']}"))
        assert size.sentence in points
        name = f"tab-{place(doc, row)[8:-5]}-numbers"
        frame = pd.read_csv(HTML / FILES / f"{name}.csv")
        shown = [cells.get_text() for cells in page.select(f"#{name} tbody th")]
        assert list(frame.iloc[:, 0]) == shown


def test_what_is_not_known_is_said():
    unmatched, matched = read("measure/fy2024-2-11.html"), read("measure/fy2024-3-2.html")
    assert "使われた額と支出先は、分かりません" in unmatched.select_one("#spent").get_text()
    assert "279.52" in matched.select_one("#spent").get_text()  # 執行額 of 令和6年度
    assert "アクセンチュア株式会社" in matched.select_one("#spent").get_text()


@pytest.mark.usefixtures("of_its_year")
def test_tables_cards_and_neighbours_lead_to_it(doc):
    first, *_, last = doc.measures.to_dict("records")
    listed = read("book/measures.html")
    for row in (first, last):
        assert listed.find("a", href=f"../{place(doc, row)}").get_text() == row["measure"]
        area = read(f"book/area{row['area']}.html")
        assert area.select_one(f'.cb-card a[href="../{place(doc, row)}"]')
        assert f'"../{place(doc, row)}"' in (HTML / f"book/area{row['area']}.html").read_text(
            encoding="utf-8"
        )
    page = read(place(doc, first))
    assert page.select_one(".next-page") and not page.select_one(".prev-page")
    assert [a.get_text() for a in page.select(".cb-crumbs li")][:2] == ["概要", "分野ごとに"]
    assert page.select_one(".sidebar-tree .current-page a")["href"] == f"../book/area{first['area']}.html"
    assert len(page.select(".toc-tree a")) > 5

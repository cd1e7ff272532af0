"""Every page in a real browser: private, without errors, accessible, steady, usable without a mouse or a script."""

import gzip
import io
import json
import re
import struct
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from ..notebooks import CHAPTERS
from ..notebooks import PAGES as EVERY
from .conftest import BLOCKED, violations

MEASURES = [
    "measure/fy2024-3-2",
    "measure/fy2024-2-11",
]  # one of which much is known, and one of which little
PAGES = [*(f"book/{name}" for name in EVERY), *MEASURES, "search", "404"]
KILOBYTES = 300  # a first visit, as a static host sends it
SHOWN = "[...document.images].every((image) => image.complete)"
# From the top to the end, a screen at a time.
READ = """async () => {
  for (let top = 0; top < document.body.scrollHeight; top += innerHeight) {
    scrollTo({ top, behavior: "instant" });
    await new Promise(requestAnimationFrame);
  }
}"""

every_page = pytest.mark.parametrize("name", PAGES)


@every_page
@pytest.mark.parametrize("width", [1280, 390])
def test_page(width, name, reader, html):
    """Nothing leaves the machine, nothing fails, nothing moves, nobody is shut out, by day and by night, at 400% (320 px)."""
    page = reader.open(html, name, color_scheme="light", size=(width, 900))
    page.evaluate(READ)
    page.wait_for_function(SHOWN)
    if width == 1280:  # what comes late comes in all views
        page.wait_for_load_state("networkidle")
    assert page.evaluate("window.shift") < 0.001
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert violations(page) == [], scheme
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


# Tables of ours that a phone shows only in part, and why.
SCROLLED = {
    "tab-briefing-numbers": "six columns",
    "tab-fy2024-3-2-numbers": "the same",
    "tab-fy2024-2-11-numbers": "the same",
    "tab-briefing-changes": "six columns, three of them ranges",
    "tab-briefing-evidence": "a sentence, its numbers, their sums and cells",
    "tab-reconciliation-findings": "the same columns",
    "tab-briefing-guide-ready": "names of files",
    "tab-english-measures": "five amounts",
    "tab-english-areas": "five numbers",
    "tab-english-ministries": "both languages and the reading",
    "tab-how-to-read-trace": "locators, which do not break",
    "tab-reconciliation-sheets": "the sheet's own amount beside the table's, and a verdict",
    "tab-reconciliation-exact": "the same columns",
    "tab-reconciliation-errors": "two spellings side by side, and what became of them",
    "tab-measures": "three buttons in its head",
    "tab-execution-rates": "four amounts of each project",
    "tab-execution-unmatched": "a reason in words, and the nearest project with its amount",
    "tab-decade-budget": "three amounts of each year, and the names they bear there",
    "tab-national-judged": "a reason in words for each measure",
    "tab-recipients-balance": "three amounts in yen",
    "tab-national-countries": "what each country counts, in words",
    "tab-recipients-find": "three buttons in its head",
    "tab-recipients-payees": "names of two sides, and an amount of each",
    "tab-ministries-areas": "a column for each area, once there are five",
}


@every_page
def test_tables_fit(name, reader, html):
    """On a phone every table is seen whole, but for those that scroll with a reason, and beside their first column."""
    page = reader.open(html, name, size=(390, 900))
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true })")
    wide = "boxes => boxes.filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.id)"
    assert set(page.locator(".cb-table").evaluate_all(wide)) <= set(SCROLLED)
    for box in page.locator(".cb-table, .output.text_html:has(.dataframe)").all():
        box.evaluate("box => { box.scrollLeft = 1000 }")
        first = box.locator("tbody tr > :first-child").first
        edges = [part.evaluate("part => part.getBoundingClientRect().left") for part in (box, first)]
        assert edges[0] == pytest.approx(edges[1], abs=1)
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.locator(".cb-table").evaluate_all(wide) == []


@every_page
def test_weight(name, reader, html):
    """A first visit, every picture of the page included, stays small once it is compressed."""
    page = reader.open(html, name, size=(390, 900))
    page.evaluate("document.querySelectorAll('img').forEach(image => { image.loading = 'eager' })")
    page.wait_for_function(SHOWN)
    files = {Path(urlsplit(url).path) for url in reader.requests if url.startswith("file:")}
    weight = sum(len(gzip.compress(path.read_bytes(), 6)) for path in files if path.is_file())
    assert 0 < weight <= KILOBYTES * 1024


@every_page
def test_without_scripts(name, reader, html):
    """Without JavaScript every page still shows its text and the way to all chapters."""
    page = reader.open(html, name, java_script_enabled=False)
    assert page.locator("main h1").inner_text()
    assert page.locator(".sidebar-tree a[href]").count() >= len(EVERY) - 1
    assert not page.locator("[data-copy][hidden]").filter(visible=True).count()


def test_storage_blocked(reader, html):
    """With storage blocked the colours still change and nothing fails."""
    page = reader.open(html, "book/overview", script=BLOCKED)
    page.get_by_role("button", name="配色を切り替える").click()
    assert page.locator("body").get_attribute("data-theme") == "dark"


def test_colours_are_kept(reader, html):
    """The choice of colours holds on the next page."""
    page = reader.open(html, "book/overview")
    paper = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    page.get_by_role("button", name="配色を切り替える").click()
    page.goto((html / "book" / "change.html").as_uri())
    assert page.evaluate(paper) == "rgb(20, 24, 31)"


def test_keyboard(reader, html):
    """The first stop is the skip link, every stop is visible, and the wide tables scroll by key."""
    page = reader.open(html, "book/change")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "本文へ移動"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "ARTICLE"
    for _ in range(25):
        page.keyboard.press("Tab")
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style != "none", page.evaluate("document.activeElement.outerHTML.slice(0, 100)")
    assert page.locator(".cb-table:not([tabindex='0'])").count() == 0


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize(
    ("name", "drawer", "close"),
    [("章の一覧", ".sidebar-drawer", "一覧を閉じる"), ("この頁の目次", ".toc-drawer", "目次を閉じる")],
)
def test_drawers_on_a_phone(name, drawer, close, scripts, reader, html):
    """Lists of chapters and of the page's sections open as links do, by key, with or without a script."""
    page = reader.open(html, "book/change", java_script_enabled=scripts, size=(390, 800))
    drawn = page.locator(drawer)
    expect(drawn).not_to_be_visible()
    page.locator(".mobile-header").get_by_role("link", name=name).focus()
    page.keyboard.press("Enter")
    expect(drawn).to_be_visible()
    expect(drawn).to_be_in_viewport(ratio=0.9)
    if scripts:
        page.keyboard.press("Escape")
    else:
        page.get_by_role("link", name=close).click()
    expect(drawn).not_to_be_visible()


def test_one_sees_where_one_is(reader, html):
    """The list of chapters shows this one, the contents of the page the section that is read."""
    page = reader.open(html, "book/data", size=(1440, 700))
    expect(page.locator(".sidebar-tree .current-page a")).to_be_in_viewport()
    read = page.locator(".toc-tree .scroll-current")
    for section in page.locator(".toc-tree li li > a").all()[:3]:
        section.click()
        expect(read).to_have_text(section.inner_text())
    english = "Toggle|Search|Contents|Skip|Back|Edit|View"
    for box in (".sidebar-drawer", ".toc-drawer", "article"):
        assert not re.search(english, page.locator(box).first.inner_html())


def test_copy_and_links(reader, html):
    """A table is copied as Excel takes it; a link leads to exactly one figure."""
    keep = "window.copied = []; navigator.clipboard.writeText = async (text) => copied.push(text);"
    page = reader.open(html, "book/change", script=keep)
    page.locator("button[data-copy='tab-change-areas']").click()
    page.locator("a[data-copy='link'][href='#fig-change-measures']").click()
    page.wait_for_function("window.copied.length === 2")
    table, link = page.evaluate("window.copied")
    rows = [line.split("\t") for line in table.splitlines()]
    assert rows[0][0] == "分野"
    assert len({len(row) for row in rows}) == 1
    assert link.endswith("change.html#fig-change-measures")


@pytest.mark.parametrize("name", CHAPTERS)
def test_print(name, reader, html):
    """On paper there is the text, and none of what only a screen can use."""
    page = reader.open(html / "book", name)
    page.emulate_media(media="print")
    gone = ".mobile-header, .sidebar-drawer, .toc-drawer, .related-pages, .cb-tools, details.hide"
    assert page.locator(gone).filter(visible=True).count() == 0
    code = page.locator(".cell:not(.tag_hide-input) > .cell_input pre")  # the text speaks of it
    assert code.filter(visible=True).count() == code.count()
    cut = "boxes => boxes.filter((box) => box.scrollWidth > box.clientWidth + 1).length"
    assert code.evaluate_all(cut) == 0
    assert page.locator("main h1").is_visible()


def test_long_tables_on_paper(reader, html):
    """On every sheet the rows stand below their heads, between margins."""
    paper = reader.open(html, "book/measures").pdf(format="A4")
    sheets = [sheet.extract_text() for sheet in PdfReader(io.BytesIO(paper)).pages]
    listed = [sheet for sheet in sheets if len(re.findall(r"\([1-9]\)-\S\s", sheet)) > 3]
    assert len(listed) > 1
    assert all("府省庁" in sheet for sheet in listed)


@pytest.mark.parametrize(
    ("media", "scrolling"), [({"forced_colors": "active"}, "smooth"), ({"reduced_motion": "reduce"}, "auto")]
)
def test_preferences(media, scrolling, reader, html):
    """High contrast and reduced motion are honoured."""
    page = reader.open(html, "book/overview", **media)
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == scrolling
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_metadata(reader, html):
    """Each page says in its own words what it is; the data page carries a Dataset that search engines read."""
    address = "new URL(document.querySelector('meta[property=\"og:image\"]').content, location).pathname"
    descriptions = set()
    page = reader.open(html, PAGES[0])
    for name in PAGES:
        page.goto((html / f"{name}.html").as_uri())
        descriptions.add(page.locator("meta[name=description]").get_attribute("content"))
        assert struct.unpack(">II", Path(page.evaluate(address)).read_bytes()[16:24]) == (1200, 630)
    assert "" not in descriptions and len(descriptions) >= len(PAGES) - 2
    page.goto((html / "book" / "data.html").as_uri())
    dataset = json.loads(page.locator("script[type='application/ld+json']").text_content() or "")
    assert dataset["@type"] == "Dataset"
    assert all((html / item["contentUrl"]).is_file() for item in dataset["distribution"])

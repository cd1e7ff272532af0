"""Every page in a real browser: private, without errors, accessible, steady, usable without a mouse or a script."""

import gzip
import io
import json
import re
import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pypdf import PdfReader

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*(f"book/{path.stem}" for path in sorted((ROOT / "book").glob("*.ipynb"))), "search", "404"]
VIEWS = [(scheme, width) for scheme in ("light", "dark") for width in (1280, 390)]
KILOBYTES = 300  # a first visit, as a static host sends it


@cache
def axe() -> Axe:
    return Axe()


@pytest.fixture(params=VIEWS, ids=lambda view: f"{view[0]}-{view[1]}", scope="module")
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    scheme, width = request.param
    with browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}) as context:
        yield context


def watched(context: BrowserContext) -> tuple[Page, list[str], list[str]]:
    """A new page with what it asks for and what it complains of."""
    page, requests, complaints = context.new_page(), [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, requests, complaints


@pytest.mark.parametrize("name", PAGES)
def test_page(name: str, context: BrowserContext, html: Path) -> None:
    """Nothing leaves the machine, nothing fails, nothing moves, nobody is shut out."""
    page, requests, complaints = watched(context)
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => { for (const e of list.getEntries())"
        " if (!e.hadRecentInput) window.shift += e.value }).observe({ type: 'layout-shift', buffered: true })"
    )
    page.goto((html / f"{name}.html").as_uri())
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_load_state("networkidle")
    assert [url for url in requests if not url.startswith(("file://", "data:"))] == []
    assert complaints == []
    assert page.evaluate("window.shift") < 0.001
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    violations = axe().run(page).response["violations"]
    assert [(v["id"], [node["html"][:120] for node in v["nodes"]][:3]) for v in violations] == []
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_weight(name: str, html: Path, browser: Browser) -> None:
    """A first visit, every picture of the page included, stays small once it is compressed."""
    with browser.new_context(viewport={"width": 390, "height": 900}) as context:
        page, requests, _ = watched(context)
        page.goto((html / f"{name}.html").as_uri())
        page.evaluate("document.querySelectorAll('img').forEach(image => { image.loading = 'eager' })")
        page.wait_for_load_state("networkidle")
    files = {Path(url.removeprefix("file://").split("?")[0]) for url in requests if url.startswith("file://")}
    weight = sum(len(gzip.compress(path.read_bytes(), 6)) for path in files if path.is_file())
    assert weight <= KILOBYTES * 1024


@pytest.mark.parametrize("name", PAGES)
def test_zoom(name: str, html: Path, browser: Browser) -> None:
    """At 400% (1280 px show as 320) no page scrolls sideways."""
    with browser.new_context(viewport={"width": 320, "height": 640}) as context:
        page = context.new_page()
        page.goto((html / f"{name}.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("name", PAGES)
def test_without_scripts(name: str, html: Path, browser: Browser) -> None:
    """Without JavaScript every page still shows its text and the way to all chapters."""
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto((html / f"{name}.html").as_uri())
        assert page.locator("main h1").inner_text()
        assert page.locator(".sidebar-tree a[href]").count() >= len(PAGES) - 4
        assert not page.locator("[data-copy][hidden]").filter(visible=True).count()


def test_storage_blocked(html: Path, browser: Browser) -> None:
    """With storage blocked the colours still change and nothing fails."""
    with browser.new_context() as context:
        page, _, complaints = watched(context)
        page.add_init_script(
            "Object.defineProperty(window, 'localStorage',"
            " { configurable: true, get() { throw new Error('blocked') } })"
        )
        page.goto((html / "book" / "overview.html").as_uri())
        page.get_by_role("button", name="配色を切り替える").click()
        assert page.locator("body").get_attribute("data-theme") == "dark"
        assert complaints == []


def test_colours_are_kept(html: Path, browser: Browser) -> None:
    """The choice of colours holds on the next page."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto((html / "book" / "overview.html").as_uri())
        paper = "getComputedStyle(document.body).backgroundColor"
        assert page.evaluate(paper) == "rgb(255, 255, 255)"
        page.get_by_role("button", name="配色を切り替える").click()
        page.goto((html / "book" / "change.html").as_uri())
        assert page.evaluate(paper) == "rgb(20, 24, 31)"


def test_keyboard(html: Path, browser: Browser) -> None:
    """The first stop is the skip link, every stop is visible, and the wide tables scroll by key."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.goto((html / "book" / "change.html").as_uri())
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent.trim()") == "本文へ移動"
        assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.tagName") == "ARTICLE"
        for _ in range(30):
            page.keyboard.press("Tab")
            style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert style != "none", page.evaluate("document.activeElement.outerHTML.slice(0, 100)")
        assert page.locator(".cb-table:not([tabindex='0'])").count() == 0


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize(
    ("name", "drawer", "close"),
    [("章の一覧", ".sidebar-drawer", "一覧を閉じる"), ("この頁の目次", ".toc-drawer", "目次を閉じる")],
)
def test_drawers_on_a_phone(
    name: str, drawer: str, close: str, scripts: bool, html: Path, browser: Browser
) -> None:
    """Lists of chapters and of the page's sections open as links do, by key, with or without a script."""
    with browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=scripts) as context:
        page = context.new_page()
        page.goto((html / "book" / "change.html").as_uri())
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


def test_one_sees_where_one_is(html: Path, browser: Browser) -> None:
    """The list of chapters shows this one, the contents of the page the section that is read."""
    with browser.new_context(viewport={"width": 1440, "height": 700}) as context:
        page = context.new_page()
        page.goto((html / "book" / "data.html").as_uri())
        expect(page.locator(".sidebar-tree .current-page a")).to_be_in_viewport()
        read = page.locator(".toc-tree .scroll-current")
        for section in page.locator(".toc-tree li li > a").all()[:3]:
            section.click()
            expect(read).to_have_text(section.inner_text())
        for box in (".sidebar-drawer", ".toc-drawer", "article"):
            assert not re.search(
                "Toggle|Search|Contents|Skip|Back|Edit|View", page.locator(box).first.inner_html()
            )


def test_copy_and_links(html: Path, browser: Browser) -> None:
    """A table is copied as Excel takes it; a link leads to exactly one figure."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto((html / "book" / "overview.html").as_uri())
        page.evaluate(
            "() => { window.copied = []; navigator.clipboard.writeText = async (text) => copied.push(text) }"
        )
        page.locator("button[data-copy='tab-overview-areas']").click()
        page.locator("a[data-copy='link'][href='#fig-overview-areas']").click()
        page.wait_for_function("window.copied.length === 2")
        table, link = page.evaluate("window.copied")
    rows = [line.split("\t") for line in table.splitlines()]
    assert rows[0][0] == "分野"
    assert len({len(row) for row in rows}) == 1
    assert link.endswith("overview.html#fig-overview-areas")


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("book/")])
def test_print(name: str, html: Path, browser: Browser) -> None:
    """On paper there is the text, and none of what only a screen can use."""
    with browser.new_context() as context:
        page = context.new_page()
        page.emulate_media(media="print")
        page.goto((html / f"{name}.html").as_uri())
        for gone in (
            ".mobile-header",
            ".sidebar-drawer",
            ".toc-drawer",
            ".related-pages",
            ".cb-tools",
            ".cell_input",
        ):
            assert page.locator(gone).filter(visible=True).count() == 0
        assert page.locator("main h1").is_visible()


def test_long_tables_on_paper(html: Path, browser: Browser) -> None:
    """On every sheet the rows stand below their heads, between margins."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto((html / "book" / "measures.html").as_uri())
        sheets = [sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.pdf(format="A4"))).pages]
    listed = [sheet for sheet in sheets if len(re.findall(r"\([1-9]\)-\S\s", sheet)) > 3]
    assert len(listed) > 1
    assert all("府省庁" in sheet for sheet in listed)


@pytest.mark.parametrize("media", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}])
def test_preferences(media: dict, html: Path, browser: Browser) -> None:
    """High contrast and reduced motion are honoured."""
    with browser.new_context(**media) as context:
        page = context.new_page()
        page.goto((html / "book" / "overview.html").as_uri())
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == (
            "auto" if "reduced_motion" in media else "smooth"
        )
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_metadata(html: Path, browser: Browser) -> None:
    """Each page says in its own words what it is; the data page carries a Dataset that search engines read."""
    descriptions = set()
    with browser.new_context() as context:
        page = context.new_page()
        for name in PAGES:
            page.goto((html / f"{name}.html").as_uri())
            description = page.locator("meta[name=description]").get_attribute("content")
            assert description
            descriptions.add(description)
            picture = page.evaluate(
                "new URL(document.querySelector('meta[property=\"og:image\"]').content, location).href"
            )
            head = Path(picture.removeprefix("file://")).read_bytes()[:24]
            assert struct.unpack(">II", head[16:]) == (1200, 630)
        page.goto((html / "book" / "data.html").as_uri())
        dataset = json.loads(page.locator("script[type='application/ld+json']").text_content() or "")
    assert len(descriptions) >= len(PAGES) - 2
    assert dataset["@type"] == "Dataset"
    for item in dataset["distribution"]:
        assert (html / item["contentUrl"]).is_file()

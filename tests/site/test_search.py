"""The book's own search, in a real browser and from file://, as a reader on a closed network uses it."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page, expect

from ..next_year import read
from ..notebooks import CHAPTERS, PAGES, ROOT
from .conftest import BLOCKED, watched

QUERIES = read(ROOT / "tests" / "site" / "search_queries.csv")
QUESTIONS = read(ROOT / "tests" / "site" / "search_questions.csv")
HOPELESS = [
    *("量子もつれ", "zzzqqq", "99999.9", "126.2"),
    *('"', "<script>", "</li>", "<img src=x onerror=alert(1)>"),
    *(".*", "(?:", "[", "\\", "$&", "%E3%81", "—", "ー"),
]
SHOW = """query => {
    CYBERBOOK.show(query);
    const all = (node, css) => [...node.querySelectorAll(css)];
    return all(document, "#search-results > li").map(item => ({
        page: item.querySelector("a").pathname.match(/([^/]+)[.]html$/)[1],
        anchors: all(item, "a").map(link => link.href),
        text: item.querySelector("a").textContent + item.querySelector("p").textContent,
        marks: all(item, "mark").map(mark => mark.textContent),
    }));
}"""


@cache
def plain(text: str) -> str:
    """What a reader sees as the same, in the test's own words: no width, case, long marks, punctuation, spaces."""
    text = re.sub("(?<=[0-9])[ヶヵカ](?=月)", "か", unicodedata.normalize("NFKC", text).lower())
    return re.sub(r"[^\w.%]|[ー_]", "", text)


@cache
def others() -> list[tuple[str, str]]:
    """Other words and what the book calls it, from the data."""
    found = []
    for file, name in (("ministries", "ministry"), ("terms", "term"), ("synonyms", "name")):
        for row in read(ROOT / "data" / f"{file}.csv"):
            words = [
                *(row.get(key, "") for key in ("short", "short_en")),
                row["reading"] if file == "ministries" else "",
                *row["synonyms"].split("、"),
            ]
            found += [(word, row[name].partition("（")[0]) for word in words if word]
    return found


def meant(text: str) -> list[str]:
    """The text, and with the book's own word in place of another one."""
    return [text, *(text.replace(word, name) for word, name in others() if word in text)]


def article(html: Path, name: str, what: str) -> list[str]:
    """The lines of a page as they are shown, without code, tools and the notes that every page has.

    A chapter's cards are told on the pages of their measures.
    """
    folder = "measure" if name.startswith("fy") else "book"
    soup = BeautifulSoup((html / folder / f"{name}.html").read_bytes(), "lxml").find("article")
    hidden = (
        "nav, .cell_input, details.hide, .cb-source, .headerlink, .section-number, script, [id$=-sources]"
    )
    hidden += ", #peers" if folder == "measure" else ", .cb-card"
    for tag in soup.select(hidden + ", #tab-reconciliation-findings, #tab-briefing-evidence"):
        tag.decompose()
    lines = [tag.get_text("\t" if tag.name == "tr" else "") for tag in soup.select(what)]
    return [line.strip() for line in lines if plain(line)]


@pytest.fixture(scope="module")
def search(browser: Browser, html: Path) -> Iterator[Page]:
    """The search page, opened once for all tests; it stays quiet whatever is asked."""
    with watched(browser) as reader:
        yield reader.open(html, "search")


def status(page: Page) -> str:
    return page.locator("[role=status]").inner_text()


@pytest.mark.usefixtures("of_its_year")
def test_the_table_asks_for_everything_a_reader_may():
    asked = {row["query"] for row in QUERIES}
    assert len(asked) == len(QUERIES) >= 120
    for name, *keys in (
        ("fy2024/measures.csv", "measure"),
        ("ministries.csv", "ministry", "short"),
        ("fy2024/areas.csv", "name", "short"),
    ):
        assert {row[key] for row in read(ROOT / "data" / name) for key in keys} <= asked


@pytest.mark.usefixtures("of_its_year")
@pytest.mark.parametrize("kind", dict.fromkeys(row["kind"] for row in QUERIES))
def test_the_right_page_comes_first_and_shows_why(search, kind):
    wrong = {}
    for row in QUERIES:
        if row["kind"] == kind:
            hits = search.evaluate(SHOW, row["query"])
            pages = [hit["page"] for hit in hits]
            text = plain(hits[0]["text"]) if hits else ""
            words = row["query"].split() if kind != "natural" else ()  # there the marks say what was found
            shown = all(any(plain(one) in text for one in meant(word)) for word in words)
            if pages[:1] != [row["page"]] or not shown or not hits[0]["marks"]:
                wrong[row["query"]] = pages, text
    assert not wrong


def test_what_readers_ask_is_answered_by_a_page_that_exists():
    """Of each chapter, area and measure of this year something is asked; what is asked of nothing is a slip."""
    data = ROOT / "data"
    measures = {row["measure"] for path in data.glob("fy*/measures.csv") for row in read(path)}
    keys = {row["key"] for path in data.glob("fy*/areas.csv") for row in read(path)}
    pages = {name for name in PAGES if not re.fullmatch("area[0-9]", name)} | keys | measures
    asked = {row["page"] for row in read(data / "questions.csv")}
    assert asked <= pages
    assert {row["measure"] for row in read(data / "fy2024" / "measures.csv")} | {*CHAPTERS} - {
        f"area{n}" for n in range(1, 5)
    } <= asked


@pytest.mark.usefixtures("of_its_year")
@pytest.mark.parametrize(("kept", "right"), [("tuned", 0.92), ("held", 0.9)])
def test_questions_that_nobody_listed(kept, right, search):
    """As people type them; a part was kept aside while the search was made (held)."""
    asked = [row for row in QUESTIONS if row["kept"] == kept]
    first = {
        row["question"]: [hit["page"] for hit in search.evaluate(SHOW, row["question"])] for row in asked
    }
    assert sum(bool(pages) for pages in first.values()) >= 0.97 * len(asked) > 60
    wrong = {
        row["question"]: pages[:2]
        for row in asked
        if (pages := first[row["question"]])[:1] not in [[p] for p in row["pages"].split()]
    }
    assert len(wrong) <= (1 - right) * len(asked), wrong


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("防衛省 ダークマター", "「ダクマタ」は見つかりませんでした"),
        ("予算はなぜ増えたのですか", "そのままの言葉はないので、"),
    ],
)
def test_what_was_left_out_is_said(query, told, search):
    assert search.evaluate(SHOW, query)
    assert told in status(search)


def test_other_words_lead_to_words_of_the_book(search):
    """Whatever the data call something, the book calls it so too; else the entry helps nobody."""
    names = {name for _, name in others()}
    assert len(names) > 60
    lost = [name for name in names if not search.evaluate(SHOW, name)]
    assert not lost


def holds(line: str, query: str) -> bool:
    """Whether a line says it; an abbreviation is a word of its own (IPA is not in participants)."""
    if re.fullmatch("[A-Z]{2,3}", query):
        return query in re.findall("[A-Za-z]+", line)
    return plain(query) in plain(line)


def test_pages_are_found_that_hold_the_words_and_no_others(search, html):
    names = (*CHAPTERS, "bibliography", *(path.stem for path in (html / "measure").iterdir()))
    lines = {name: article(html, name, "h1, h2, h3, p, li, dt, dd, caption, tr") for name in names}
    for row in QUERIES:
        if row["kind"] in ("measure", "part", "ministry", "term"):
            found = {hit["page"] for hit in search.evaluate(SHOW, row["query"])}
            chapters = (
                n for n in lines if not n.startswith("fy")
            )  # a measure's page is known by what it tells
            holding = {n for n in chapters if any(holds(line, row["query"]) for line in lines[n])}
            other = {n for n in lines if any(holds(x, w) for w in meant(row["query"]) for x in lines[n])}
            assert holding <= found <= other, row


def test_every_line_of_the_book_is_found(search, html):
    """The beginning of every fifth line, cut regardless of words and links, but not within a number."""
    lost = []
    for name in (*CHAPTERS, *(path.stem for path in (html / "measure").iterdir())):
        measure = "#points li, .cb-card > p:not(.cb-screen)"
        for line in article(
            html, name, measure if name.startswith("fy") else "h1, h2, h3, p, dd, caption, tbody tr"
        )[::5]:
            piece = re.sub(r"[\w.,]*$", "", line[:24], flags=re.ASCII) or line
            if name not in {hit["page"] for hit in search.evaluate(SHOW, piece)}:
                lost.append((name, piece))
    assert not lost


def test_results_lead_to_places_that_exist(search, html):
    hits = [hit for query in ("防衛", "RMF", "府省庁", "budget") for hit in search.evaluate(SHOW, query)]
    anchors = {link for hit in hits for link in hit["anchors"]}
    assert len(anchors) > 30
    pages = {path.as_uri(): path.read_text(encoding="utf-8") for path in html.glob("*/*.html")}
    for link in anchors:
        page, _, name = link.partition("#")
        assert f' id="{name}"' in pages[page], link


@pytest.mark.parametrize(
    ("query", "said"),
    [
        *((query, f"「{query}」は見つかりませんでした。") for query in HOPELESS),
        *((query, "探す言葉を入れてください。") for query in ("", " ", "　")),
    ],
)
def test_a_hopeless_or_empty_query_finds_nothing_and_says_so(search, query, said):
    assert search.evaluate(SHOW, query) == []
    assert status(search) == said
    expect(search.locator("#search-help")).to_be_visible()
    expect(search.locator("#search-chapters a")).to_have_count(len(PAGES))


def test_words_like_it_are_offered(search):
    assert search.evaluate(SHOW, "ペネトロニクス") == []
    near = search.get_by_role("link", name="ペネトレーションテスト")
    expect(near).to_have_attribute("href", "?q=" + quote("ペネトレーションテスト"))


def test_only_the_beginning_of_a_long_query_counts(search):
    for query in ("防" * 1000, "a b " * 250, "1 " * 500, "ﾊﾞ" * 500, "((((" * 250, "🀄" * 500):
        search.evaluate(SHOW, query)
        assert "初めの200字で探しました" in status(search), query
    assert search.evaluate(SHOW, "RMF " * 60 + "量子もつれ")[0]["page"] == "glossary"


def test_the_form_searches_without_loading_again(reader, html):
    page = reader.open(html, "search")
    page.evaluate("window.same = true")
    page.get_by_label("探す言葉").fill("経産省")
    page.keyboard.press("Enter")
    assert "で見つかりました" in status(page)
    assert page.evaluate("window.same")
    assert parse_qs(urlsplit(page.url).query) == {"q": ["経産省"]}
    page.reload()
    first = page.locator("#search-results a").first
    expect(first).to_have_attribute("href", re.compile("ministries"))
    # By keyboard: from the field over the button to the first result.
    page.get_by_label("探す言葉").focus()
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(first).to_be_focused()


@pytest.mark.usefixtures("of_its_year")
def test_from_a_chapter_to_the_search_to_the_place(reader, html):
    page = reader.open(html, "book/glossary")
    page.get_by_label("この本を検索").fill("情報システムの防護")
    page.keyboard.press("Enter")
    page.locator("#search-results a").first.click()
    assert page.url.partition("#")[0].endswith("/measure/fy2024-3-1.html")
    expect(page.locator(":target")).to_contain_text("情報システムの防護")
    expect(page.locator(":target")).to_be_in_viewport()


def test_an_address_with_a_query_is_an_answer(reader, html):
    page = reader.open(html, "search", "?q=" + quote('<b>予算</b> "%" ' + "長" * 1000))
    assert "200字で" in status(page)
    assert page.locator("#search-status b, #search-results b").count() == 0
    page = reader.open(html, "search", "?q=2%2C126.2")
    expect(page.locator("#search-results mark").first).to_have_text("2,126.2")
    expect(page.get_by_label("この本を検索")).to_have_value("2,126.2")


def test_with_storage_and_history_blocked(reader, html):
    page = reader.open(html, "search", "?q=RMF", BLOCKED)
    page.get_by_label("探す言葉").fill("SBOM")
    page.keyboard.press("Enter")
    expect(page.locator("#search-results a").first).to_have_text("用語集：SBOM")


def test_without_its_data_it_says_so(browser, html):
    with browser.new_page() as page:
        page.route("**/search-data.js", lambda route: route.abort())
        page.goto((html / "search.html").as_uri() + "?q=RMF")
        assert "読み込めませんでした" in status(page)


def test_without_javascript_it_says_so(reader, html):
    page = reader.open(html, "search", "?q=RMF", java_script_enabled=False)
    notice = page.locator("noscript p").filter(visible=True)
    assert "検索には JavaScript を使います" in notice.inner_text()


def test_names_are_offered_while_typing(reader, html):
    """By keyboard, as the pattern of a combobox asks; an input method keeps its keys; Escape and a choice close it."""
    page = reader.open(html, "search")
    field, offered = page.get_by_role("combobox", name="探す言葉"), page.get_by_role("option")
    field.press_sequentially("サイバーセキュリティ協")
    expect(offered).to_have_text(["サイバーセキュリティ協議会の運用"])
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("Escape")
    expect(offered).to_have_count(0)
    field.fill("ほせい")  # the reading
    expect(offered.first).to_have_text("補正予算")
    field.dispatch_event("keydown", {"key": "ArrowDown", "isComposing": True})
    expect(field).not_to_have_attribute("aria-activedescendant", re.compile("."))
    field.press("ArrowUp")
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "search-suggestion-0")
    field.press("Enter")
    expect(field).to_have_value("補正予算")
    expect(field).to_have_attribute("aria-expanded", "false")
    assert "で見つかりました" in status(page)
    field.fill("NISC")
    offered.first.click()
    expect(page.locator("#search-results li").first).to_be_visible()

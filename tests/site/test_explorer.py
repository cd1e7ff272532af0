"""施策一覧 as an explorer, used by a reader in a real browser: the page opened as a file, no server."""

import csv
import io
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs, quote

import pytest
from playwright.sync_api import Locator, Page, expect

from cyberbudget import Col, Document, Table, num

from .conftest import BLOCKED, Reader

NAME, PLACE, MINISTRY = range(3)
NONE = "—"
FOLDED = """(texts) => {
  const folded = texts.map((t) => t.normalize("NFKC").toLowerCase());
  const order = [...new Set(folded)].sort(new Intl.Collator("ja").compare);
  return folded.map((t) => order.indexOf(t));
}"""

Opener = Callable[..., Page]


@pytest.fixture
def opened(reader: Reader, html: Path) -> Opener:
    """Open the page, or another one, with a view in its address or not; nothing jumps."""

    def open_page(view: str = "", script: str = "", path: Path = html / "book" / "measures.html") -> Page:
        page = reader.open(path.parent, path.stem, view, script)
        settle(page)
        assert page.evaluate("window.shift") == 0
        return page

    return open_page


@pytest.fixture
def page(opened: Opener) -> Page:
    return opened()


@pytest.fixture
def printed(document: Document) -> list[list[str]]:
    """The rows of the table in the order of the document, from the data package."""
    amounts = [column.name for column in document.columns]
    return [
        [row["measure"], row["id"], row["ministry"], *(total([row[name]]) for name in amounts)]
        for row in document.measures.to_dict("records")
    ]


def value(text: str) -> Decimal | None:
    return None if text == NONE else Decimal(text.replace(",", ""))


def total(texts: list[str]) -> str:
    given = [amount for amount in map(value, texts) if amount is not None]
    return f"{sum(given):,.1f}" if given else NONE


def settle(page: Page) -> None:
    """Wait for the frame in which the explorer answers."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def cells(page: Page, part: str) -> list[list[str]]:
    return page.locator(f"#tab-measures {part} tr").evaluate_all(
        "rows => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
    )


def rows(page: Page) -> list[list[str]]:
    settle(page)
    return cells(page, "tbody")


def sums(page: Page) -> list[str]:
    return cells(page, "tfoot")[0][1:]


def head(page: Page, at: int) -> Locator:
    return page.locator("#tab-measures thead th").nth(at)


def sort(page: Page, at: int) -> None:
    head(page, at).get_by_role("button").click()
    settle(page)


def said(page: Page) -> str:
    return page.get_by_role("status").text_content()


def words(page: Page) -> Locator:
    return page.get_by_label("施策名で探す")


def press(page: Page, text: str) -> None:
    page.get_by_role("button", name=text, exact=True).click()


def box(page: Page, label: str) -> Locator:
    return page.get_by_role("combobox", name=label, exact=True)


def choices(page: Page, label: str) -> list[str]:
    return [v for v in box(page, label).locator("option").evaluate_all("o => o.map((x) => x.value)") if v]


# ── without a script ────────────────────────────────────────────────────────────────────────────────


def test_without_javascript_the_plain_table_stands(reader: Reader, html: Path, printed):
    page = reader.open(html, "book/measures", java_script_enabled=False)
    assert cells(page, "tbody") == printed
    assert page.locator(".cb-explorer, #tab-measures button, #tab-measures tfoot, [aria-sort]").count() == 0


def test_only_the_page_with_the_table_loads_the_script_which_is_small(html: Path):
    loading = [p.stem for p in html.glob("**/*.html") if "explorer.js" in p.read_text(encoding="utf-8")]
    assert sorted(loading) == ["measures", "recipients"]
    assert (html / "_static" / "explorer.js").stat().st_size < 12_000


# ── sorting ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("at", range(6))
def test_a_column_sorts_and_goes_back(page: Page, printed, at: int):
    """Texts as in Japanese, places by their circled numbers; numbers largest first, with none last."""
    texts = [row[at] for row in printed]
    if at > MINISTRY:
        keys = [value(text) for text in texts]
    else:
        keys = [*range(len(texts))] if at == PLACE else page.evaluate(FOLDED, texts)
    given = [(key, row) for key, row in zip(keys, printed) if key is not None]
    absent = [row for row in printed if row[at] == NONE]
    signs = {"ascending": 1, "descending": -1}
    for order in sorted(signs, reverse=at > MINISTRY):
        sort(page, at)
        ordered = sorted(given, key=lambda one: signs[order] * one[0])
        assert rows(page) == [*(row for _, row in ordered), *absent]
        assert head(page, at).get_attribute("aria-sort") == order
    sort(page, at)
    assert rows(page) == printed
    assert head(page, at).get_attribute("aria-sort") == "none"


def test_one_column_at_a_time_and_the_list_of_orders_follows(page: Page, document: Document):
    sort(page, NAME)
    sort(page, 3)
    assert page.locator("[aria-sort]:not([aria-sort=none])").count() == 1
    chosen = box(page, "並べ替え").evaluate("s => s.selectedOptions[0].text")
    assert chosen == f"{document.current.label}の大きい順"
    assert head(page, 3).get_by_role("button").get_attribute("title") == "小さい順に並べ替える"
    box(page, "並べ替え").select_option("-ministry")
    settle(page)
    assert head(page, MINISTRY).get_attribute("aria-sort") == "descending"


# ── filters, search, totals ─────────────────────────────────────────────────────────────────────────


def test_every_area_and_ministry_with_its_totals(page: Page, document: Document, printed):
    areas = document.measures["area"].unique()
    assert choices(page, "分野") == [f"({area})" for area in areas]
    assert choices(page, "府省庁") == list(document.measures["ministry"].unique())
    shown = box(page, "分野").locator("option").all_text_contents()[1:]
    names = [f"({area}) {document.area_name(area, short=True)}" for area in areas]
    counts = [sum(document.measures["area"] == area) for area in areas]
    assert shown == [f"{name}（{count}件）" for name, count in zip(names, counts)]
    for label, at in (("分野", PLACE), ("府省庁", MINISTRY)):
        for choice in [*choices(page, label), ""]:
            box(page, label).select_option(choice)
            wanted = [row for row in printed if choice in ("", row[at]) or row[at].startswith(f"{choice}-")]
            assert wanted and rows(page) == wanted
            totals = [total([row[n] for row in wanted]) for n in (3, 4, 5)]
            assert cells(page, "tfoot") == [["表示中の合計", *totals]]
            assert (f"{len(printed)}件のうち{len(wanted)}件" if choice else "すべて") in said(page)
            assert not choice or all(f"{c.label} {t}" in said(page) for c, t in zip(document.columns, totals))
    assert "資料の総額ではありません" in page.locator(".cb-explorer").text_content()


@pytest.mark.parametrize("columns", [(3,), (4,), (5,), (3, 4), (4, 5), (3, 4, 5)])
def test_columns_with_an_amount(page: Page, document: Document, printed, columns: tuple[int, ...]):
    group = page.get_by_role("group", name="額のある欄")
    assert group.get_by_role("checkbox").count() == 3
    for at in columns:
        group.get_by_label(document.columns[at - 3].label, exact=True).check()
    assert rows(page) == [row for row in printed if all(row[at] != NONE for at in columns)]


@pytest.mark.parametrize(
    ("typed", "hit"),
    [
        ("ナショナルサイバートレーニング", "ナショナルサイバートレーニングセンターの強化"),
        ("ﾅｼｮﾅﾙｻｲﾊﾞｰ", "ナショナルサイバートレーニングセンターの強化"),
        ("ｇｉｇａ", "GIGAスクールにおける学びの充実"),
        ("giga", "GIGAスクールにおける学びの充実"),
        ("Rmf", "リスク管理枠組み（RMF）の導入"),
        ("(rmf)", "リスク管理枠組み（RMF）の導入"),
        ("防衛　産業", "防衛産業におけるサイバーセキュリティ対策の強化"),
        ("  IOT 適正 ", "IoTの安心・安全かつ適正な利用環境の構築"),
        *((typed, "") for typed in ('"', "<script>alert(1)</script>", "あ" * 1000, "(((", "\\", "%00")),
    ],
)
def test_search(page: Page, printed, typed: str, hit: str):
    words(page).fill(typed)
    wanted = [row for row in printed if row[NAME] == hit]
    assert rows(page) == wanted and f"件のうち{len(wanted)}件" in said(page)
    assert bool(wanted) == bool(hit) and (hit or sums(page) == [NONE] * 3)


def test_words_are_all_needed_and_filters_add_to_them(page: Page, printed):
    words(page).fill("情報 対策")
    wanted = [row for row in printed if "情報" in row[NAME] and "対策" in row[NAME]]
    assert len(wanted) > 2 and rows(page) == wanted
    box(page, "分野").select_option("(2)")
    box(page, "府省庁").select_option(wanted[0][MINISTRY])
    sort(page, 3)
    assert [row[NAME] for row in rows(page)] == [wanted[0][NAME]]
    press(page, "条件を消す")
    assert rows(page) == printed


def test_an_unfinished_japanese_word_does_not_filter(page: Page, printed):
    words(page).focus()
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "ぼうえい", "selectionStart": 4, "selectionEnd": 4})
    assert words(page).input_value() == "ぼうえい"
    assert rows(page) == printed
    keyboard.send("Input.insertText", {"text": "防衛"})
    assert rows(page) == [row for row in printed if "防衛" in row[NAME]]


# ── taking away ─────────────────────────────────────────────────────────────────────────────────────


def saved(page: Page) -> bytes:
    with page.expect_download() as download:
        press(page, "表示中をCSVで保存")
    assert download.value.suggested_filename == "tab-measures-shown.csv"
    return Path(download.value.path()).read_bytes()


def copied(page: Page) -> list[list[str]]:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press(page, "表示中をコピー")
    page.get_by_text("コピーしました").wait_for()
    lines = page.evaluate("navigator.clipboard.readText()").splitlines()
    return [line.split("\t") for line in lines]


def test_what_is_shown_is_saved_and_copied(page: Page, html: Path, document: Document):
    """All rows as the file of the table."""
    assert saved(page) == (html / "_files" / "tab-measures.csv").read_bytes()
    box(page, "分野").select_option("(3)")
    sort(page, 5)
    wanted = [["施策", "位置", "府省庁", *(c.label for c in document.columns)], *rows(page)]
    assert wanted[1][NAME] == "情報システムの防護" and len(wanted) == 7
    text = saved(page)
    assert text.startswith(b"\xef\xbb\xbf") and b'"1,064.0"' in text
    assert list(csv.reader(io.StringIO(text.decode("utf-8-sig")))) == wanted
    assert copied(page) == wanted


def test_copy_without_the_clipboard_interface(opened: Opener):
    insecure = "Object.defineProperty(window, 'isSecureContext', { value: false });"
    page = opened("#tab-measures?ministry=金融庁", insecure)
    (_, row) = copied(page)
    assert row[NAME].startswith("金融業界横断的な")


def test_a_copy_that_is_refused_is_said(opened: Opener):
    page = opened(script="navigator.clipboard.writeText = () => Promise.reject(new Error('no'));")
    press(page, "表示中をコピー")
    page.get_by_text("コピーできませんでした").wait_for()


# ── a view has an address ───────────────────────────────────────────────────────────────────────────


def test_a_view_can_be_sent(opened: Opener):
    page = opened()
    words(page).fill("対策 セキュリティ")
    box(page, "分野").select_option("(2)")
    page.get_by_role("checkbox").nth(1).check()
    sort(page, 4)
    view = rows(page)
    assert len(view) > 1
    plain, _, query = page.url.partition("#tab-measures?")
    wanted = {"q": "対策 セキュリティ", "id": "(2)", "amount": "supplementary", "sort": "-supplementary"}
    assert parse_qs(query) == {key: [value] for key, value in wanted.items()}
    other = opened(f"#tab-measures?{query}")
    assert rows(other) == view
    assert other.get_by_label("施策名で探す").input_value() == "対策 セキュリティ"
    assert head(other, 4).get_attribute("aria-sort") == "descending"
    assert other.locator(".cb-explorer").evaluate("e => e.getBoundingClientRect().top") < 200
    press(other, "条件を消す")
    settle(other)
    assert other.url == plain


def test_a_view_pasted_over_another_one(page: Page, printed):
    page.evaluate("location.hash = '#tab-measures?id=(4)'")
    assert {row[PLACE][:3] for row in rows(page)} == {"(4)"}
    page.evaluate("location.hash = '#tab-measures?ministry=' + encodeURIComponent('警察庁')")
    assert {row[MINISTRY] for row in rows(page)} == {"警察庁"} and len(rows(page)) == 3
    page.go_back()
    assert {row[PLACE][:3] for row in rows(page)} == {"(4)"}


def test_anchors_still_work(opened: Opener, printed):
    page = opened("#measures-try")
    expect(page.locator("#measures-try")).to_be_in_viewport()
    assert page.url.endswith("#measures-try") and rows(page) == printed
    box(page, "分野").select_option("(4)")
    few = rows(page)
    page.get_by_role("link", name="この頁の目次").click()
    page.locator(".toc-tree a", has_text="自分で調べる").click()
    assert page.url.endswith("#measures-try") and rows(page) == few


@pytest.mark.parametrize(
    "view",
    [
        "#tab-measures?",
        "#tab-measures?id=(9)&ministry=%E5%AD%98%E5%9C%A8%E3%81%97%E3%81%AA%E3%81%84%E7%9C%81&sort=price",
        "#tab-measures?sort=constructor&amount=__proto__&id=toString&ministry=-",
        "#tab-measures?sort=--current&sort=-current&amount=%00",
        "#tab-measures?%E0%A4%A&id=%&=&&&",
        "#tab-measures?id=" + quote("<img src=x onerror=alert(1)>"),
        "#" + "?" * 5000,
        "#tab-measures?ministry=" + "9" * 20000,
    ],
)
def test_a_hostile_address_shows_everything(opened: Opener, printed, view: str):
    page = opened(view)
    assert rows(page) == printed
    assert page.get_by_role("combobox").evaluate_all("all => all.map((e) => e.selectedIndex)") == [0, 0, 0]
    assert page.get_by_role("checkbox", checked=True).count() == 0


def test_markup_in_the_address_stays_text(opened: Opener):
    page = opened("#tab-measures?q=" + quote("<img src=x onerror=alert(1)>" * 100))
    assert rows(page) == [] and page.locator("img[src=x]").count() == 0
    assert len(words(page).input_value()) == 200


def test_with_storage_and_history_blocked(opened: Opener):
    page = opened("#tab-measures?id=(4)", script=BLOCKED)
    assert len(rows(page)) == 4
    box(page, "分野").select_option("(3)")
    assert len(rows(page)) == 6


# ── keyboard, small screens, other eyes, paper ──────────────────────────────────────────────────────


def test_by_keyboard_alone(page: Page, document: Document, printed):
    words(page).focus()
    page.keyboard.type("強化")
    for key in ("Enter", "Tab", "ArrowDown", "ArrowDown"):  # Enter sends nothing away
        page.keyboard.press(key)
    wanted = [row for row in printed if "強化" in row[NAME] and row[PLACE].startswith("(2)")]
    assert wanted and rows(page) == wanted
    for key in ("Tab", "Tab", "Tab", "Space"):
        page.keyboard.press(key)
    assert page.get_by_label(document.current.label, exact=True).first.is_checked()
    for key in ("Tab", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    assert rows(page) == printed
    for _ in range(4):  # two buttons, the box that scrolls, the first column
        page.keyboard.press("Tab")
    assert head(page, NAME).get_by_role("button").evaluate("e => e.matches(':focus-visible')")
    for key, order in (("Enter", "ascending"), ("Space", "descending")):
        page.keyboard.press(key)
        assert head(page, NAME).get_attribute("aria-sort") == order
    assert head(page, NAME).get_by_role("button").evaluate("e => e === document.activeElement")


def test_nothing_jumps_under_the_hands(page: Page):
    page.get_by_role("searchbox", name="施策名で探す").press_sequentially("RMF")
    sort(page, 4)
    press(page, "表示中をコピー")
    page.wait_for_timeout(2500)  # no message goes away by itself and moves what stands below
    assert page.evaluate("window.shift") == 0


@pytest.mark.parametrize("width", [320, 390, 768])
def test_no_sideways_scrolling(page: Page, width: int):
    page.set_viewport_size({"width": width, "height": 700})
    box(page, "並べ替え").select_option("-previous")
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    parts = page.locator(".cb-explorer :is(input, select, button, p)")
    assert parts.evaluate_all("all => Math.max(...all.map((e) => e.getBoundingClientRect().right))") <= width


def test_in_forced_colours_with_reduced_motion(page: Page):
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    box(page, "分野").select_option("(4)")
    assert len(rows(page)) == 4
    line = page.locator(".cb-explorer").evaluate("e => getComputedStyle(e).borderTopStyle")
    assert line == "solid"


def test_on_paper(page: Page, printed):
    page.emulate_media(media="print")
    assert not page.locator(".cb-explorer").is_visible()
    page.emulate_media(media="screen")
    box(page, "分野").select_option("(4)")
    settle(page)
    page.emulate_media(media="print")
    assert page.get_by_role("status").is_visible()  # a part of the table says so
    assert not page.locator(".cb-explorer :is(input, select, button)").locator("visible=true").count()


# ── a late script, a long table, a strange table ───────────────────────────────────────────────────


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("view", ["", "#tab-measures?id=(4)&sort=-current"])
def test_nothing_jumps_while_the_script_is_late(reader: Reader, html: Path, width: int, view: str):
    page = reader.open(html, "book/glossary", size=(width, 2400))  # the table is in view
    page.route("**/explorer.js*", lambda route: (time.sleep(0.8), route.continue_()))
    page.goto((html / "book" / "measures.html").as_uri() + view)
    page.wait_for_timeout(300)
    assert page.locator(".cb-explorer").is_visible()
    assert page.evaluate("window.shift") == 0


def made_up(html: Path, folder: Path, cells: list[tuple[str, ...]]) -> Path:
    """A page with another table of the same kind, drawn by the book's own script and style sheet."""
    columns = (
        Col("name", "施策"), Col("id", "位置", keep=True, choose="分野", choices=("(1) 第一", '(10) "第十" & 乙', "(7) 空")),
        Col("ministry", "府省庁", keep=True, choose="府省庁"), num("current", "令和9年度当初"), num("previous", "令和8年度当初"),
    )  # fmt: skip
    static = (html / "_static").as_uri()
    path = folder / "long.html"
    path.write_text(
        f'<!DOCTYPE html><html lang="ja"><meta charset="utf-8"><title>長い表</title><link rel="stylesheet" href="{static}/cyberbook.css">'
        f'<script defer blocking="render" src="{static}/explorer.js"></script><main class="page">'
        f"{Table('tab-measures', '長い表（億円）', columns, cells, '出典').html}</main></html>",
        encoding="utf-8",
    )
    return path


def many(number: int) -> list[tuple[str, ...]]:
    """Rows of a table far longer than any document's."""
    return [
        (f"施策{n:05} サイバー{'防衛' if n % 7 == 0 else '研究'}", f"({1 if n % 2 else 10})-①", f"第{n % 40}省",
         f"{n * 37 % 10007 / 10:,.1f}", NONE if n % 3 else "0.1")
        for n in range(number)
    ]  # fmt: skip


def test_ten_thousand_rows(opened: Opener, html: Path, tmp_path: Path):
    """All of it works; how long it takes beside a floor is what ``make bench`` prints."""
    cells = many(10_000)
    page = opened(path=made_up(html, tmp_path, cells))
    words(page).press_sequentially("防衛")
    settle(page)
    assert "10000件のうち1429件" in said(page)
    box(page, "分野").select_option("(10)")
    assert len(rows(page)) == sum("防衛" in row[0] and row[1].startswith("(10)") for row in cells)
    press(page, "条件を消す")
    settle(page)
    assert sums(page)[1] == "333.4"  # 3,334 times 0.1, exactly
    sort(page, 3)
    assert page.locator("tbody tr").first.locator("td").nth(2).text_content() == "1,000.6"
    sort(page, 0)
    assert page.locator("tbody tr").first.locator("th").text_content() == cells[0][0]


def test_a_table_with_formulas_and_other_years(opened: Opener, html: Path, tmp_path: Path):
    hostile = ["=1+1", "+81", "-5", "@SUM(A1)", "＝1+1", '引用"符,読点', "<b>太字</b>", "普通"]
    cells = [(name, "(10)-①", "省", "0.1", NONE) for name in hostile]
    page = opened(path=made_up(html, tmp_path, cells))
    # No row is in the other two, and (1) is not (10).
    assert box(page, "分野").locator("option").all_text_contents()[1:] == ['(10) "第十" & 乙（8件）']
    assert page.locator("fieldset label").all_text_contents() == ["令和9年度当初", "令和8年度当初"]
    assert [row[NAME] for row in rows(page)] == hostile
    assert sums(page) == ["0.8", NONE]
    lines = list(csv.reader(io.StringIO(saved(page).decode("utf-8-sig"))))
    assert [line[NAME] for line in lines[1:]] == [*(f"'{name}" for name in hostile[:5]), *hostile[5:]]
    assert {line[4] for line in lines[1:]} == {NONE}

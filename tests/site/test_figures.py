"""What a figure does on a page beyond its picture."""

import io
import json
import re
import zipfile

import nbformat
import pypdfium2
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import expect

from cyberbook.site import read
from cyberbudget import style

from .conftest import watched

PAGE = "book/change"
NAME = "fig-change-measures"


@pytest.mark.usefixtures("of_its_year")
def test_values_by_pointer_and_by_key(reader, html):
    page = reader.open(html, PAGE)
    marks, tip = page.locator(f"#{NAME} .cb-marks > *"), page.locator(f"#{NAME} .cb-tip")
    marks.nth(1).hover()
    assert tip.inner_text().startswith("情報システムの防護（防衛省）：増減 +586.6億円")
    marks.first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("情報システムの防護")
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    assert marks.evaluate_all("all => all.filter((mark) => mark.tabIndex === 0).length") == 1


@pytest.mark.usefixtures("of_its_year")
def test_a_measure_leads_to_its_page(browser, html):
    """By pointer and by key at once; a finger sees first what it is."""
    with watched(browser) as reader:
        page = reader.open(html, PAGE, size=(390, 900), has_touch=True)
        mark = page.locator(f"#{NAME} .cb-marks a").first
        mark.tap()
        assert "この施策の頁へ" in page.locator(f"#{NAME} .cb-tip").inner_text()
        assert page.url.endswith("change.html")
        mark.tap()
        page.wait_for_url("**/measure/fy2024-3-1.html")
        assert "情報システムの防護" in page.locator("h1").inner_text()


def test_the_table_takes_the_place_of_the_picture(reader, html):
    page = reader.open(html, PAGE)
    table, picture = page.locator("#tab-change-measures"), page.locator(f"#{NAME} .cb-drawing")
    assert picture.is_visible() and not table.is_visible()
    page.locator(f"details[data-for={NAME}] summary").click()
    page.wait_for_function(f"document.querySelector('#{NAME} .cb-drawing').hidden")
    assert table.is_visible() and "図で見る" in page.locator(f"details[data-for={NAME}] summary").inner_text()


def test_a_tip_that_bears_no_focus_closes_too(reader, html):
    page = reader.open(html, PAGE)
    mark, tip = page.locator(f"#{NAME} .cb-marks button").first, page.locator(f"#{NAME} .cb-tip")
    mark.hover()
    assert tip.is_visible()
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    page.mouse.move(0, 0)
    mark.dispatch_event("click")  # as where a tap does not focus
    assert tip.is_visible()
    page.mouse.down()
    assert not tip.is_visible()


@pytest.mark.parametrize("size", [(390, 800), (1280, 900)])
def test_the_switch_stays_under_the_finger(size, reader, html):
    page = reader.open(html, PAGE, size=size)
    table = page.locator(f"details[data-for={NAME}]")
    switch, caption = table.locator("summary"), page.locator(f"#{NAME} .caption-text")
    table.evaluate("table => { table.dataset.finding = '一つの施策が動かした' }")
    switch.scroll_into_view_if_needed()
    place, how = switch.evaluate("label => label.getBoundingClientRect().top"), caption.inner_text()
    for told in ("一つの施策が動かした", how):
        switch.press("Enter")
        expect(caption).to_have_text(told)
        page.wait_for_timeout(100)  # a browser that follows what moved does so a frame later
        assert abs(switch.evaluate("label => label.getBoundingClientRect().top") - place) < 2


def test_the_finding_goes_with_the_table():
    figure = {"figure": "fig-x", "title": "増えた<1>", "marks": []}
    told = [
        (figure, {"image/svg+xml": "<svg/>", "text/plain": "図"}),
        (
            {"caption": "fig-x", "words": "読み方。", "source": "出典", "cited": ""},
            {"text/markdown": "読み方。出典", "text/plain": "読み方。出典"},
        ),
        (
            {"switch": "tab-x"},
            {"text/html": "<details><summary>表で見る</summary>\n<table></table>\n</details>"},
        ),
    ]
    outputs = [new_output("display_data", data, metadata={"cyberbudget": ours}) for ours, data in told]
    chapter = nbformat.writes(new_notebook(cells=[new_code_cell("", outputs=outputs)]))
    assert 'data-finding="増えた&lt;1&gt;"' in read(chapter).cells[1].source


@pytest.mark.parametrize("how", [{"script": "localStorage.theme = 'dark'"}, {"color_scheme": "dark"}])
def test_the_first_print_of_a_dark_page_holds_its_light_figures(how, reader, html):
    page = reader.open(html, PAGE, **how)
    page.wait_for_function(
        "[...document.querySelectorAll('.cb-paper')].every((image) => image.complete) && document.querySelector('.cb-paper')"
    )
    light, dark = style.AREAS["3"], style.DARK[style.AREAS["3"]]
    seen = [_printed(page.pdf(print_background=True), colour) for colour in (light, dark)]
    assert seen[0] > 1000 and not seen[1]


def _printed(pdf: bytes, colour: str) -> int:
    """How many points of the printed pages have this very colour."""
    wanted = tuple(bytes.fromhex(colour[1:]))
    images = [sheet.render(scale=1).to_pil().convert("RGB") for sheet in pypdfium2.PdfDocument(pdf)]
    return sum(n for image in images for n, found in image.getcolors(1 << 24) if found == wanted)


@pytest.mark.parametrize("size", [(390, 800), (1280, 900)])
def test_hot_spots_lie_on_the_picture(size, reader, html):
    """The box in which they stand and the picture are one, and no wider than a finger reaches."""
    page = reader.open(html, PAGE, size=size)
    picture, box = (page.locator(f"#{NAME} {what}").bounding_box() for what in ("picture img", ".cb-drawing"))
    assert picture == pytest.approx(box, abs=0.5)
    assert picture["x"] >= 0 and picture["x"] + picture["width"] <= size[0]
    assert picture["width"] > (380 if size[0] == 390 else 550)


def test_a_picture_that_is_not_there_yet_is_no_white_block_in_the_dark(reader, html):
    page = reader.open(html, PAGE, color_scheme="dark")
    paint = page.locator(f"#{NAME} picture img").evaluate("image => getComputedStyle(image).backgroundColor")
    assert paint in ("rgba(0, 0, 0, 0)", "rgb(20, 24, 31)")


def test_a_dark_page_has_a_dark_figure(reader, html):
    for scheme, shown in (("dark", True), ("light", False)):
        page = reader.open(html, PAGE, color_scheme=scheme)
        page.locator(f"#{NAME} picture img").scroll_into_view_if_needed()
        source = page.locator(f"#{NAME} picture img").evaluate("image => image.currentSrc")
        assert source.endswith(f"{NAME}-dark.svg") == shown
    drawing = (html / "_files" / f"{NAME}-dark.svg").read_text(encoding="utf-8")
    assert style.DARK[style.PAPER] in drawing and not re.search("|".join(style.DARK), drawing)


def test_one_archive_holds_all_of_a_figure(html):
    files = html / "_files"
    held = zipfile.ZipFile(io.BytesIO((files / f"{NAME}.zip").read_bytes()))
    for kind in ("csv", "svg", "png", "json"):
        assert held.read(f"{NAME}/{NAME}.{kind}") == (files / f"{NAME}.{kind}").read_bytes()
    told = json.loads(held.read(f"{NAME}/{NAME}.json"))
    assert "出典：" in told["source"] and "CC BY 4.0" in held.read(f"{NAME}/README.txt").decode("utf-8-sig")

"""What a figure does on a page beyond its picture."""

import io
import json
import re
import zipfile

from cyberbudget import style

PAGE = "book/change"
NAME = "fig-change-measures"


def test_values_by_pointer_and_by_key(reader, html):
    page = reader.open(html, PAGE)
    marks, tip = page.locator(f"#{NAME} .cb-marks button"), page.locator(f"#{NAME} .cb-tip")
    marks.nth(1).hover()
    assert tip.inner_text().startswith("情報システムの防護：増減 +586.6億円")
    marks.first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("情報システムの防護")
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    assert marks.evaluate_all("all => all.filter((mark) => mark.tabIndex === 0).length") == 1


def test_the_table_takes_the_place_of_the_picture(reader, html):
    page = reader.open(html, PAGE)
    table, picture = page.locator("#tab-change-measures"), page.locator(f"#{NAME} .cb-drawing")
    assert picture.is_visible() and not table.is_visible()
    page.locator(f"details[data-for={NAME}] summary").click()
    page.wait_for_function(f"document.querySelector('#{NAME} .cb-drawing').hidden")
    assert table.is_visible() and "図で見る" in page.locator(f"details[data-for={NAME}] summary").inner_text()


def test_a_dark_page_has_a_dark_figure(reader, html):
    for scheme, shown in (("dark", True), ("light", False)):
        page = reader.open(html, PAGE, color_scheme=scheme)
        page.locator(f"#{NAME} img").scroll_into_view_if_needed()
        source = page.locator(f"#{NAME} img").evaluate("image => image.currentSrc")
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

"""The whole book as one PDF: all of it, tagged, with nothing from elsewhere, and the same on every day."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pypdf
import pytest
import yaml
from bs4 import BeautifulSoup

from cyberbook import pdf
from cyberbudget import words
from cyberbudget.commentary import references

from ..conftest import HTML, ROOT, flat, needs
from ..notebooks import OUTSIDE

FILE = HTML / pdf.PDF


@pytest.fixture(scope="module")
def file() -> pypdf.PdfReader:
    """The PDF that the build wrote beside the pages."""
    needs((HTML / "index.html").exists(), "組んだ本（make book）")
    needs(not pdf.missing(), "Pango")
    assert FILE.exists(), "the book was built without its PDF"
    return pypdf.PdfReader(FILE)


@pytest.fixture(scope="module")
def pages(file) -> list[str]:
    return [page.extract_text() for page in file.pages]


@pytest.fixture(scope="module")
def chapters(html) -> list[Any]:
    return pdf.chapters(html)


@pytest.fixture(scope="module")
def text(pages) -> str:
    """All of it, without white space."""
    return flat("".join(pages))


@pytest.fixture(scope="module")
def bookmarks(file) -> list[tuple[int, str, int]]:
    """Level, title and page (from 0) of every bookmark, in order."""

    def below(outline: list[Any], level: int) -> Iterator[tuple[int, str, int]]:
        for item in outline:
            if isinstance(item, list):
                yield from below(item, level + 1)
            else:
                yield level, item.title, file.get_destination_page_number(item)

    return list(below(file.outline, 0))


def elements(node: Any) -> Iterator[Any]:
    """All elements of the structure tree."""
    node = node.get_object()
    if isinstance(node, list):
        for kid in node:
            yield from elements(kid)
    elif isinstance(node, dict) and ("/S" in node or node.get("/Type") == "/StructTreeRoot"):
        yield node
        yield from elements(node.get("/K", pypdf.generic.ArrayObject()))


# ── what is in it ───────────────────────────────────────────────────────────────────────────────────


def test_chapters_are_those_of_the_book_in_its_order(chapters):
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    pages = [toc["root"], *(chapter["file"] for part in toc["parts"] for chapter in part["chapters"])]
    assert [f"book/{chapter.name}" for chapter in chapters] == pages
    built = BeautifulSoup((HTML / f"{pages[3]}.html").read_bytes(), "lxml").h1
    assert chapters[3].title == built.get_text().rstrip("#")


def test_bookmarks_lead_to_every_chapter_and_section(bookmarks, pages, chapters):
    tops = [(title, page) for level, title, page in bookmarks if level == 0]
    assert [title for title, _ in tops] == ["目次", *(chapter.title for chapter in chapters)]
    assert all(flat(title) in flat(pages[page]) for title, page in tops)
    found = [page for *_, page in bookmarks]
    assert found == sorted(found)
    sections = [title for level, title, _ in bookmarks if level == 1]
    assert sections == [h2.get_text() for chapter in chapters for h2 in chapter.body.find_all("h2")]
    # what most chapters repeat; those on the outside of the document and on other documents have sources of their own
    assert [title for _, title, _ in bookmarks].count("出典と注") <= 5 + len({*OUTSIDE, "editions"})


def test_contents_name_the_page_of_every_chapter(bookmarks, pages, chapters):
    starts = {title: page for level, title, page in bookmarks if level == 0}
    lines = "\n".join(map(flat, pages[1].splitlines()))
    for chapter in chapters:
        number = re.search(re.escape(flat(chapter.title)) + r"\.{3,}(\d+)$", lines, re.MULTILINE)[1]
        assert int(number) == starts[chapter.title] + 1
        assert pages[int(number) - 1].splitlines()[-1] == number, "the number at the foot of the page"


def test_cover(pages, document):
    meta, now = document.meta, document.whole(document.current)
    change = words.oku(now - document.whole(document.previous), signed=True)
    said = ["政府のサイバーセキュリティ予算を読む", "最終更新：", words.era(meta["fiscal_year"])]
    said += [words.oku(now), change, *(meta[key] for key in ("title", "number", "edition"))]
    assert not [line for line in said if flat(line) not in flat(pages[0])]


def test_every_measure_stands_with_its_three_amounts(text, document):
    for row in document.measures.to_dict("records"):
        amounts = [row[c.name] for c in document.columns]
        printed = "".join(a if a == "—" else f"{float(a):,.1f}" for a in amounts)
        place = re.escape(f"{row['id']}{row['ministry']}{printed}")
        assert len(re.findall(rf"{re.escape(row['measure'])}p\.\d+{place}", text)) == 1, row["measure"]


def test_every_sentence_table_and_figure_of_the_book_is_in_it(text, chapters):
    # Running heads and page numbers stand between two pages; bullets are drawn apart from their text.
    for chapter in chapters:
        for tag in chapter.body.select("h1, h2, h3, caption, tbody th, .cb-card dt"):
            assert flat(tag.get_text()) in text, (chapter.name, tag.get_text())
        for tag in chapter.body.select(".caption-text"):
            assert flat(tag.get_text())[:20] in text


def test_letters_of_figures_are_text(text, chapters):
    figures = [chapter for chapter in chapters if chapter.body.find("img")]
    assert len(figures) > 10
    name = figures[0].body.figure["id"].partition("/")[2]
    drawing = (HTML / "_files" / f"{name}.svg").read_text(encoding="utf-8")
    written = re.findall("<!-- (.*?) -->", drawing)
    assert len(written) > 5
    assert not [line for line in written if flat(line) not in text]


def test_code_and_buttons_stay_on_the_screen(text):
    screen = r"コードを表示|表をコピー|この図へのリンク|importcyberbudget|\*\*|\{[a-z:]+\}`"
    assert not re.search(screen, text)


def test_what_every_chapter_repeats_is_named_instead(text):
    assert len(re.findall(r"出典と注は、[^。]*（\d+頁）と同じです。", text)) > 10


# ── what it is ──────────────────────────────────────────────────────────────────────────────────────


def test_every_page_is_a4(file):
    assert {tuple(round(float(side)) for side in page.mediabox[2:]) for page in file.pages} == {(595, 842)}


def test_one_font_embedded_on_every_page(file):
    fonts = [font.get_object() for page in file.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        assert re.fullmatch(r"/[A-Z]{6}\+IPAexGothic", font["/BaseFont"]), font["/BaseFont"]
        assert "/ToUnicode" in font
        for descendant in font["/DescendantFonts"]:
            descriptor = descendant.get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & descriptor.keys()


def test_tagged(file, chapters):
    root = file.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "ja"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    kinds = Counter(str(element.get("/S")) for element in elements(root["/StructTreeRoot"]))
    bodies = [chapter.body for chapter in chapters]
    assert kinds["/H1"] == len(chapters) + 1  # and the contents
    assert kinds["/H2"] == sum(len(body.find_all("h2")) for body in bodies)
    assert kinds["/Caption"] == sum(len(body.find_all(["caption", "figcaption"])) for body in bodies)
    assert kinds["/Table"] >= sum(len(body.find_all("table")) for body in bodies)
    assert kinds["/TH"] >= sum(len(body.find_all("th")) for body in bodies)


def test_figures_have_their_alt_texts(file, chapters):
    tree = elements(file.trailer["/Root"]["/StructTreeRoot"])
    alts = Counter(element.get("/Alt") for element in tree if element.get("/S") == "/Figure")
    assert alts == Counter(image["alt"] for chapter in chapters for image in chapter.body.find_all("img"))


def test_links_stay_inside_and_lead_somewhere(file, chapters):
    targets, cited = Counter(), {source.url for source in references(ROOT / "data").values()}
    for page in file.pages:
        for annotation in page.get("/Annots", ()):
            link = annotation.get_object()
            if "/A" in link:
                address = link["/A"]["/URI"]
                assert address.startswith("https://") or address in cited, address
            else:
                targets[str(link["/Dest"])] += 1
    assert not [name for name in targets if name not in file.named_destinations]
    assert not [chapter.name for chapter in chapters if not targets[chapter.name]]
    assert targets["area3/sheet-3-1"]


def test_metadata(file, document):
    about = file.metadata
    assert about.title == "政府のサイバーセキュリティ予算を読む"
    assert about.author and about.subject == document.source
    assert words.era(document.meta["fiscal_year"]) in about.keywords


def test_small_enough_to_send():
    assert FILE.stat().st_size < 3_000_000


# ── how it is set ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def again(file, html, tmp_path_factory) -> tuple[Path, list[tuple[int, Any]]]:
    """The PDF set once more with the date of the first, and its laid out pages with their numbers."""
    kept: list[Any] = []
    typeset = pdf.typeset

    def keep(text: str) -> Any:
        kept.append(typeset(text))
        return kept[0]

    target = tmp_path_factory.mktemp("pdf") / "again.pdf"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", str(int(file.metadata.creation_date.timestamp())))
        patch.setattr(pdf, "typeset", keep)
        pdf.write(html, target)
    return target, list(enumerate(kept[0].pages, 1))


def test_same_bytes_every_time(again):
    assert again[0].read_bytes() == FILE.read_bytes()


@pytest.fixture
def laid(again) -> list[tuple[int, Any]]:
    return again[1]


ENDS = "LineBox", "BlockReplacedBox"


def boxes(box: Any, *kinds: str) -> Iterator[Any]:
    """Boxes of some kinds within a box or a page."""
    within = box.descendants() if hasattr(box, "descendants") else box._page_box.children[0].descendants()
    return (box for box in within if type(box).__name__ in kinds)


def right(box: Any) -> float:
    return box.position_x + box.width


def test_nothing_is_cut_off(laid):
    for number, page in laid:
        paper = page._page_box
        edge, foot = paper.content_box_x() + paper.width, paper.content_box_y() + paper.height
        for box in boxes(page, "TextBox", "BlockReplacedBox"):
            over = right(box) > edge + 1 or box.position_y + box.height > foot + 1
            assert not over, (number, getattr(box, "text", "a figure"))


def test_no_cell_runs_into_the_next(laid):
    for number, page in laid:
        for cell in boxes(page, "TableCellBox"):
            edge = cell.position_x + cell.border_width()
            assert not [(number, box.text) for box in boxes(cell, "TextBox") if right(box) > edge + 0.5]


def fill(page: Any) -> float:
    """How far down a page its last line stands, as a part of its height."""
    body = page._page_box.children[0]
    return max(b.position_y + b.height - body.position_y for b in boxes(page, *ENDS)) / page.height


def test_hardly_a_page_is_nearly_empty(laid):
    """A tall figure takes the next page, whatever little stands on the one before: seldom."""
    bare = [number for number, page in laid[:-1] if fill(page) <= 0.2]
    assert len(bare) <= len(laid) / 100, bare


def test_no_heading_stands_alone_at_the_foot_of_a_page(laid):
    for number, page in laid:
        last = max(boxes(page, "LineBox"), key=lambda box: box.position_y)
        assert last.element_tag not in ("h1", "h2", "h3", "caption"), number


def test_letters_of_figures_are_large_enough_to_read(laid):
    for number, page in laid:
        for box in boxes(page, "BlockReplacedBox"):
            assert 9.5 * box.width / float(box.element.get("width")) >= 5, number  # their smallest, in points


# ── how it is made ──────────────────────────────────────────────────────────────────────────────────


def test_date_is_the_given_one_else_the_last_commit(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert pdf.last_update() == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    log = subprocess.run(["git", "-C", ROOT, "log", "-1", "--format=%ct"], capture_output=True, text=True)
    if log.returncode == 0:
        assert pdf.last_update().timestamp() == int(log.stdout)
    monkeypatch.setenv("PATH", "")  # no git
    assert pdf.last_update() <= datetime.now(UTC)


@pytest.fixture
def small(html, tmp_path, monkeypatch) -> Path:
    """A built book of one page, which can be broken, and is set in a second."""
    needs(not pdf.missing(), "Pango")
    monkeypatch.setattr(pdf, "order", lambda: {"book/accessibility": ""})
    (tmp_path / "book").mkdir()
    return Path(shutil.copy(html / "book" / "accessibility.html", tmp_path / "book"))


def put(page: Path, text: str) -> None:
    before = page.read_text(encoding="utf-8")
    page.write_text(before.replace("</article>", f"{text}</article>"), encoding="utf-8")


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        ('<a href="#nowhere">x</a>', "nowhere"),
        ("<p>\N{THAI CHARACTER KO KAI}\N{CUNEIFORM SIGN A}</p>", "U\\+12000"),
    ],
)
def test_a_broken_book_gives_no_pdf(small, tmp_path, broken, complaint):
    put(small, broken)
    with pytest.raises(RuntimeError, match=complaint):
        pdf.write(tmp_path, tmp_path / "a.pdf")
    assert not list(tmp_path.glob("a.*"))


def test_an_unchanged_book_is_not_set_again(small, tmp_path, monkeypatch):
    target = tmp_path / "a.pdf"
    pdf.write(tmp_path, target)
    first = target.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(pdf, "typeset", lambda text: pytest.fail("set again"))
        pdf.write(tmp_path, target)
    put(small, "<p>変わりました。</p>")
    pdf.write(tmp_path, target)
    assert target.read_bytes() != first


def test_a_file_beside_the_pages_is_named_but_not_linked(small, tmp_path):
    put(small, '<p><a href="../_files/data/ministries.csv">分野の表</a></p>')
    pdf.write(tmp_path, tmp_path / "a.pdf")
    file = pypdf.PdfReader(tmp_path / "a.pdf")
    assert "分野の表" in "".join(page.extract_text() for page in file.pages)
    assert not [a for page in file.pages for a in page.get("/Annots", ()) if "/A" in a.get_object()]


def test_missing_libraries_are_named_in_japanese(tmp_path):
    """As where Pango cannot be loaded."""
    (tmp_path / "sitecustomize.py").write_text(
        "import cffi\n"
        "def dlopen(self, name, flags=0):\n"
        "    raise OSError(f'cannot load library {name!r}')\n"
        "cffi.FFI.dlopen = dlopen\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "cyberbook", "pdf"]
    machine = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=machine)
    assert (done.returncode, done.stdout) == (2, "")
    told = ["PDF を作れません", "libpango-1.0-0 libpangoft2-1.0-0", "brew install pango", "MSYS2"]
    assert not [text for text in [*told, "cannot load library"] if text not in done.stderr]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("promised", "lacking", "offered", "file"),
    [
        (None, "", pdf.PDF, b"new"),
        (None, "cannot load library", "", None),  # no link, and no PDF of an earlier build
        ([pdf.PDF], "", pdf.PDF, b"old"),  # who promised it makes it
        ([], "", "", b"old"),
    ],
)
def test_the_build_offers_what_will_be_there(promised, lacking, offered, file, tmp_path, monkeypatch):
    target = tmp_path / pdf.PDF
    target.parent.mkdir()
    target.write_bytes(b"old")
    monkeypatch.setattr(pdf, "missing", lambda: lacking)
    monkeypatch.setattr(pdf, "write", lambda site, target: target.write_bytes(b"new"))
    builder, config = SimpleNamespace(format="html"), SimpleNamespace(cyberbook_promised=promised)
    app, context = SimpleNamespace(builder=builder, config=config, outdir=str(tmp_path)), {}
    pdf.offer(app, "book/index", "page.html", context, None)
    pdf.make(app, None)
    assert context["pdf"] == offered
    assert (target.read_bytes() if target.exists() else None) == file


def test_the_book_offers_the_pdf_only_where_it_is(html):
    link = f'a[href="../{pdf.PDF}"][download]'
    pages = [BeautifulSoup(page.read_bytes(), "lxml") for page in (html / "book").glob("*.html")]
    assert any(page.select_one(link) for page in pages) == FILE.exists()

"""The whole book as one PDF: all of it, tagged, with nothing from elsewhere, and the same on every day."""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdf
import pytest
import yaml
from bs4 import BeautifulSoup

from cyberbook import pdf
from cyberbudget import words

from ..conftest import HTML, ROOT, needs

FILE = HTML / pdf.PDF


def normal(text: str) -> str:
    """Without white space, which is what line breaks and columns leave."""
    return re.sub(r"\s", "", text)


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


def bookmarks(file: pypdf.PdfReader, outline: list[Any], level: int = 0) -> Iterator[tuple[int, str, int]]:
    """Level, title and page (from 0) of every bookmark, in order."""
    for item in outline:
        if isinstance(item, list):
            yield from bookmarks(file, item, level + 1)
        else:
            yield level, item.title, file.get_destination_page_number(item)


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


def test_bookmarks_lead_to_every_chapter_and_section(file, pages, chapters):
    found = list(bookmarks(file, file.outline))
    tops = [(title, page) for level, title, page in found if level == 0]
    assert [title for title, _ in tops] == ["目次", *(chapter.title for chapter in chapters)]
    for title, page in tops:
        assert normal(title) in normal(pages[page])
    assert [page for *_, page in found] == sorted(page for *_, page in found)
    sections = [title for level, title, _ in found if level == 1]
    assert sections == [h2.get_text() for chapter in chapters for h2 in chapter.body.find_all("h2")]


def test_contents_name_the_page_of_every_chapter(file, pages, chapters):
    starts = {title: page for level, title, page in bookmarks(file, file.outline) if level == 0}
    lines = "\n".join(map(normal, pages[1].splitlines()))
    for chapter in chapters:
        number = re.search(re.escape(normal(chapter.title)) + r"\.{3,}(\d+)$", lines, re.MULTILINE)[1]
        assert int(number) == starts[chapter.title] + 1
        assert pages[int(number) - 1].splitlines()[-1] == number, "the number at the foot of the page"


def test_cover(pages, document):
    cover = normal(pages[0])
    meta, change = document.meta, document.whole(document.current) - document.whole(document.previous)
    for text in (
        "政府のサイバーセキュリティ予算を読む",
        meta["title"],
        words.era(meta["fiscal_year"]),
        meta["number"],
        meta["edition"],
        words.oku(document.whole(document.current)),
        words.oku(change, signed=True),
        "最終更新：",
    ):
        assert normal(text) in cover, text


def test_every_measure_stands_with_its_three_amounts(pages, document):
    text = normal("".join(pages))
    for row in document.measures.to_dict("records"):
        amounts = [row[c.name] for c in document.columns]
        printed = "".join(a if a == "—" else f"{float(a):,.1f}" for a in amounts)
        line = (
            rf"{re.escape(row['measure'])}p\.\d+{re.escape(row['id'])}{row['ministry']}{re.escape(printed)}"
        )
        assert len(re.findall(line, text)) == 1, row["measure"]


def test_every_sentence_table_and_figure_of_the_book_is_in_it(pages, chapters):
    # Running heads and page numbers stand between two pages; bullets are drawn apart from their text.
    text = "".join(normal(page) for page in pages)
    for chapter in chapters:
        for tag in chapter.body.select("h1, h2, h3, caption, tbody th, .cb-card dt"):
            assert normal(tag.get_text()) in text, (chapter.name, tag.get_text())
        for tag in chapter.body.select(".caption-text"):
            assert normal(tag.get_text())[:20] in text


def test_letters_of_figures_are_text(pages, chapters):
    figures = [chapter for chapter in chapters if chapter.body.find("img")]
    assert len(figures) > 10
    name = figures[0].body.figure["id"].partition("/")[2]
    drawing = (HTML / "_files" / f"{name}.svg").read_text(encoding="utf-8")
    written = re.findall("<!-- (.*?) -->", drawing)
    assert len(written) > 5
    assert not [line for line in written if normal(line) not in normal("".join(pages))]


def test_code_and_buttons_stay_on_the_screen(pages):
    text = "".join(pages)
    assert not re.search("コードを表示|表をコピー|この図へのリンク|import cyberbudget|NaN", text)
    assert not re.search(r"\*\*|\{[a-z:]+\}`", text)


def test_what_every_chapter_repeats_is_printed_once(file, pages):
    assert [title for _, title, _ in bookmarks(file, file.outline)].count("出典と注") == 1
    assert len(re.findall("出典と注は、概要（4頁）と同じです。", normal("".join(pages)))) > 10


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
    targets = Counter()
    for page in file.pages:
        for annotation in page.get("/Annots", ()):
            link = annotation.get_object()
            if "/A" in link:
                assert link["/A"]["/URI"].startswith("https://"), link["/A"]["/URI"]
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
    assert FILE.stat().st_size < 2_000_000


# ── how it is set ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def again(file, html, tmp_path_factory) -> tuple[Path, Any]:
    """The PDF set once more with the date of the first, and its laid out pages."""
    kept = []

    def keep(text: str) -> Any:
        kept.append(typeset(text))
        return kept[0]

    target = tmp_path_factory.mktemp("pdf") / "again.pdf"
    typeset = pdf.typeset
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", str(int(file.metadata.creation_date.timestamp())))
        patch.setattr(pdf, "typeset", keep)
        pdf.write(html, target)
    return target, kept[0]


def test_same_bytes_every_time(again):
    assert again[0].read_bytes() == FILE.read_bytes()


def boxes(page: Any, kind: str) -> Iterator[Any]:
    return (box for box in page._page_box.children[0].descendants() if type(box).__name__ == kind)


def test_nothing_is_cut_off(again):
    for number, page in enumerate(again[1].pages, 1):
        paper = page._page_box
        right = paper.content_box_x() + paper.width
        bottom = paper.content_box_y() + paper.height
        for kind in ("TextBox", "BlockReplacedBox"):
            for box in boxes(page, kind):
                assert box.position_x + box.width <= right + 1, (number, getattr(box, "text", kind))
                assert box.position_y + box.height <= bottom + 1, (number, getattr(box, "text", kind))


def test_no_cell_runs_into_the_next(again):
    for number, page in enumerate(again[1].pages, 1):
        for cell in boxes(page, "TableCellBox"):
            right = cell.position_x + cell.border_width()
            for box in cell.descendants():
                if type(box).__name__ == "TextBox":
                    assert box.position_x + box.width <= right + 0.5, (number, box.text)


def test_no_page_is_nearly_empty(again):
    assert not [n for n, page in enumerate(again[1].pages[:-1], 1) if pdf._fill(page) <= 0.2]


def test_no_heading_stands_alone_at_the_foot_of_a_page(again):
    for number, page in enumerate(again[1].pages, 1):
        last = max(boxes(page, "LineBox"), key=lambda box: box.position_y)
        assert last.element_tag not in ("h1", "h2", "h3", "caption"), number


def test_letters_of_figures_are_large_enough_to_read(again):
    for number, page in enumerate(again[1].pages, 1):
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
    page = tmp_path / "book" / "accessibility.html"
    page.write_text((html / "book/accessibility.html").read_text(encoding="utf-8"), encoding="utf-8")
    return page


def put(page: Path, text: str) -> None:
    page.write_text(
        page.read_text(encoding="utf-8").replace("</article>", f"{text}</article>"), encoding="utf-8"
    )


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
    put(small, '<p><a href="../_files/data/areas.csv">分野の表</a></p>')
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
    assert done.returncode == 2
    assert done.stdout == ""
    for text in (
        "PDF を作れません",
        "libpango-1.0-0 libpangoft2-1.0-0",
        "brew install pango",
        "MSYS2",
        "cannot load library",
    ):
        assert text in done.stderr
    assert "Traceback" not in done.stderr


class App:
    """What the build hands to an extension."""

    class builder:
        format = "html"

    class config:
        cyberbook_promised: list[str] | None = None

    def __init__(self, outdir: Path) -> None:
        self.outdir, self.config = str(outdir), self.config()


def test_without_the_libraries_the_book_has_no_link_and_no_old_pdf(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "missing", lambda: "cannot load library")
    context: dict[str, str] = {}
    pdf.offer(App(tmp_path), "book/index", "page.html", context, None)
    assert not context["pdf"]
    old = tmp_path / pdf.PDF
    old.parent.mkdir()
    old.write_bytes(b"old")
    pdf.make(App(tmp_path), None)
    assert not old.exists()


def test_who_promised_the_pdf_makes_it(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "write", lambda *_: pytest.fail("written by the build"))
    app, context = App(tmp_path), {}
    app.config.cyberbook_promised = [pdf.PDF]
    pdf.offer(app, "book/index", "page.html", context, None)
    pdf.make(app, None)
    assert context["pdf"] == pdf.PDF
    app.config.cyberbook_promised = []
    pdf.offer(app, "book/index", "page.html", context, None)
    assert not context["pdf"]


def test_the_book_offers_the_pdf_only_where_it_is(html):
    offered = [
        page.name
        for page in (html / "book").glob("*.html")
        if BeautifulSoup(page.read_bytes(), "lxml").select_one(f'a[href="../{pdf.PDF}"][download]')
    ]
    assert bool(offered) == FILE.exists()

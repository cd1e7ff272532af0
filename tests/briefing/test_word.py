"""The Word document of a briefing: the same blocks as on paper, in styles, with real tables and pictures that speak."""

import io
import zipfile

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from lxml import etree
from PIL import Image

from cyberbook.briefing import drawn, paper, subject, tell, word
from cyberbook.briefing.word import STYLES, TEMPLATE

from .conftest import HOSTILE, MADE, Written


@pytest.fixture(scope="module")
def memos(written) -> list[tuple[Written, Document]]:
    return [(one, Document(str(one.folder / "a.docx"))) for one in written]


def joined(text: str) -> str:
    return text.replace("\n", "")


def whole(paragraph: Paragraph) -> str:
    """Its text with that of its fields."""
    return "".join(part.text for part in paragraph._p.iter(qn("w:t")))


def test_the_same_blocks_as_on_paper(memos):
    """Every text, caption and cell, in the same order."""
    for one, memo in memos:
        blocks = paper.blocks(one.told, MADE)
        texts = [whole(p) for p in memo.paragraphs if p.text]
        wanted = [f"{label}{n}　{b.text}" if label else b.text for b, label, n in paper.numbered(blocks)]
        assert texts == [joined(text) for text in wanted if text]
        tables = [b.table for b in blocks if b.table]
        for grid, table in zip(memo.tables, tables, strict=True):
            rows = [[cell.text for cell in row.cells] for row in grid.rows]
            assert [joined(head) for head in rows[0]] == [c.heading for c in table.columns]
            assert rows[1:] == [list(row) for row in table.cells]
        assert memo.core_properties.title == one.told.title
        assert one.told.title in joined(memo.sections[0].header.paragraphs[0].text)


def test_charts_are_pictures_with_alternative_texts(memos):
    for one, memo in memos:
        charts = [b.chart for b in paper.blocks(one.told, MADE) if b.chart]
        shapes = list(memo.inline_shapes)
        assert [shape._inline.docPr.get("descr") for shape in shapes] == [c.figure.alt for c in charts]
        assert all(abs(shape.width.mm - drawn.WIDTH) < 0.5 for shape in shapes)
        parts = [p for p in memo.part.package.iter_parts() if p.content_type == "image/png"]
        for part in parts:
            picture = Image.open(io.BytesIO(part.blob))
            assert picture.width / (drawn.WIDTH / 25.4) >= 200  # dots an inch


def test_what_is_edited_has_styles(memos):
    """A4; texts of ten and a half points at least; captions that count themselves; heads that stand on every page."""
    memo = Document(str(TEMPLATE))
    section = memo.sections[0]
    assert [round(x.mm) for x in (section.page_width, section.page_height)] == [210, 297]
    (size,) = memo.styles.element.xpath("./w:docDefaults//w:sz/@w:val")  # in half points
    assert int(size) / 2 >= 10.5 and memo.styles["Normal"].font.size is None
    assert {*STYLES.values(), "Title", "Caption", "表", "表の数字", "表の文字", "図"} <= {
        s.name for s in memo.styles
    }
    for one, memo in memos:
        kinds = {p.style.name for p in memo.paragraphs}
        assert {"Title", "Heading 1", "List Bullet", "Caption", "問"} <= kinds, one.told.slug
        fields = [f.get(qn("w:instr")) for f in memo.element.iter(qn("w:fldSimple"))]
        labels = [label for _, label, _ in paper.numbered(paper.blocks(one.told, MADE)) if label]
        assert [text.split()[1] for text in fields] == labels
        for grid in memo.tables:
            assert grid.style.name == "表" and grid._tbl.tr_lst[0].trPr.find(qn("w:tblHeader")) is not None


def test_names_stay_text(hostile):
    memo = Document(str(hostile.folder / "a.docx"))
    assert {*HOSTILE} <= {cell.text for grid in memo.tables for row in grid.rows for cell in row.cells}
    with zipfile.ZipFile(hostile.folder / "a.docx") as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))
                assert b"<b>" not in archive.read(name)


def test_a_shortened_memo_says_what_is_missing(document, tmp_path):
    """Word holds what the short PDF holds."""
    told = tell(document, subject(document, area="2"))
    shown, _ = paper.fit(paper.blocks(told, MADE), told)
    word.write(shown, tmp_path / "a.docx", MADE)
    last = Document(str(tmp_path / "a.docx")).paragraphs[-1]
    assert last.text == shown[-1].text and last.text.startswith("紙面に収まらず、省いたもの：")

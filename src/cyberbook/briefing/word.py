"""A briefing as a Word document: the memo that is edited, with the same blocks as the PDF.

How it looks stands in ``template.docx``: A4, and a style for everything, which can be changed in Word. Line heights are
set in points, so that the pages are the same in every program.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from docx import Document
from docx.document import Document as Memo
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from cyberbudget.display import Table

from . import drawn
from .paper import FEW, Block, heading, numbered, title, whole, widths
from .shared import fixed, universal

TEMPLATE = Path(__file__).with_name("template.docx")
LANGUAGE = "ja-JP"
STYLES = {
    "edition": "Subtitle",
    "heading": "Heading 1",
    "text": "Normal",
    "question": "問",
    "item": "List Bullet",
    "note": "注",
    "spared": "注の末尾",
}
REST = {"val": "thinDiagStripe", "color": "C5CAD3", "fill": "FFFFFF"}  # what the document does not itemise


def write(shown: Sequence[Block], path: Path, made: datetime) -> None:
    """Write blocks as a Word document.

    ``made`` is when it was made; the same moment gives the same bytes.
    """
    memo: Memo = Document(str(TEMPLATE))
    name = shown[0].text
    memo.sections[0].header.paragraphs[0].text = name
    size, lines = title(name)
    memo.add_paragraph(style="Title").add_run("\n".join(lines)).font.size = Pt(size)
    for block, label, number in numbered(shown[1:]):
        if label:
            _caption(memo.add_paragraph(style="Caption"), label, number, block.text)
        if block.table:
            _table(memo, block.table)
        elif block.chart:
            picture = drawn.png(block.chart, block.tight)
            _picture(memo.add_paragraph(style="図"), picture, f"図{number}", block.chart.figure.alt)
        else:
            memo.add_paragraph(block.text, STYLES[block.kind])
    properties = memo.core_properties
    properties.title, properties.language, properties.revision = name, LANGUAGE, 1
    properties.author = properties.last_modified_by = "cyberbudget"
    properties.created = properties.modified = universal(made)
    out = io.BytesIO()
    memo.save(out)
    path.write_bytes(fixed(out.getvalue(), made))


def _caption(paragraph: Paragraph, label: str, number: int, text: str) -> None:
    """図表番号: a number that Word counts anew where a table is put in or taken out."""
    paragraph.add_run(label)
    field = _element("fldSimple", instr=rf" SEQ {label} \* ARABIC ")
    paragraph._p.append(field)
    field.append(paragraph.add_run(str(number))._r)
    paragraph.add_run(f"　{text}")


def _picture(paragraph: Paragraph, picture: bytes, name: str, alt: str) -> None:
    inline = paragraph.add_run().add_picture(io.BytesIO(picture), Mm(drawn.WIDTH))._inline
    inline.docPr.attrib.update({"name": name, "descr": alt})
    inline.attrib.update(dict.fromkeys(("distT", "distB", "distL", "distR"), "0"))


def _table(memo: Memo, table: Table) -> None:
    """A table whose headings stand on every page, no row of which is broken."""
    wide = widths(table)
    grid = memo.add_table(1 + len(table.cells), len(table.columns), "表")
    grid.autofit = False
    for column, width in zip(grid.columns, wide):
        column.width = Mm(width)
    grid._tblPr.append(_element("tblCaption", val=table.caption))  # for a screen reader
    rows = [
        tuple("\n".join(heading(c.heading, width)) for c, width in zip(table.columns, wide)),
        *table.cells,
    ]
    for number, (row, texts) in enumerate(zip(grid._tbl.tr_lst, rows)):
        row.get_or_add_trPr().append(_element("cantSplit"))
        if not number:
            row.trPr.append(_element("tblHeader"))
        edge = number in (0, 1, len(rows) - 2) if len(table.cells) > FEW else number == 0
        together = whole(table) or edge  # no row stands alone
        for column, cell, width, text in zip(table.columns, row.tc_lst, wide, texts):
            cell.width = Mm(width)
            paragraph = _Cell(cell, grid).paragraphs[0]
            paragraph.style = "表の数字" if column.number else "表の文字"
            paragraph.text = text
            if together and number < len(rows) - 1:
                paragraph.paragraph_format.keep_with_next = True
            if number - 1 in table.rest:
                cell.get_or_add_tcPr().append(_element("shd", **REST))


def _element(name: str, **attributes: str) -> BaseOxmlElement:
    """An element for which the library has no name."""
    return OxmlElement(f"w:{name}", {qn(f"w:{key}"): value for key, value in attributes.items()})

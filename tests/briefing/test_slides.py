"""The slides of a briefing: every number is the briefing's, charts are native, and nothing overflows."""

import io
import re
import zipfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.oxml.ns import qn
from pptx.util import Inches

from cyberbook import briefing
from cyberbook.briefing import chart, slides
from cyberbudget import style

from .conftest import HOSTILE, MADE, series

INCH = Inches(1)


@pytest.fixture(scope="module")
def made(written) -> list[tuple[briefing.Briefing, Any]]:
    return [(one.told, one.deck) for one in written]


def tables_of(deck: Any) -> list[Any]:
    return [shape for slide in deck.slides for shape in slide.shapes if shape.has_table]


def cells(shape: Any) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in shape.table.rows]


def notes(deck: Any) -> list[str]:
    return [slide.notes_slide.notes_text_frame.text for slide in deck.slides]


# ── numbers ─────────────────────────────────────────────────────────────────────────────────────────


def check_chart(shape: Any, own: chart.Chart) -> int:
    """Compare a chart and its data sheet with the briefing; returns how many numbers were compared."""
    native, space = shape.chart, shape.chart._chartSpace
    (plot,) = native.plots
    wanted, names = series(own), [s.name for s in own.series] + [chart.TOTAL] * own.stacked
    assert list(plot.categories) == list(own.labels)
    assert [s.name for s in plot.series] == names
    sheet = openpyxl.load_workbook(io.BytesIO(native.part.chart_workbook.xlsx_part.blob))["Sheet1"]
    assert [cell.value for cell in sheet[1]][1:] == names
    assert [cell.value for cell in sheet["A"]][1:] == list(own.labels)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    compared = 0
    for column, (bars, amounts) in enumerate(zip(plot.series, wanted, strict=True), 2):
        for row, (shown, amount) in enumerate(zip(bars.values, amounts, strict=True), 2):
            assert shown == sheet.cell(row, column).value
            assert shown is None if amount.absent else Fraction(str(shown)) == amount.value
            compared += not amount.absent
    assert f"$A${len(own.labels) + 1}" in space.xml
    kind = "stacked" if own.stacked else "clustered"
    found = [space.find(f".//{qn(f'c:{name}')}").get("val") for name in ("barDir", "grouping")]
    assert found == ["bar", kind] and len(shape._element.nvGraphicFramePr.cNvPr.get("descr")) > 20
    assert native.category_axis.reverse_order and native.value_axis.minimum_scale == own.floor
    for bars, drawn in zip(plot.series, own.series, strict=False):
        assert f"#{bars.format.fill.fore_color.rgb}".lower() == drawn.colour
        for row, colour in drawn.points.items():
            assert f"#{bars.points[row].format.fill.fore_color.rgb}".lower() == colour
        hatched = bars._element.xpath("c:dPt[.//a:pattFill]/c:idx/@val")
        assert {*map(int, hatched)} == set(own.rest) and bars.data_labels.show_value
    if own.stacked:  # the label of every sum stands behind its bar
        total = plot.series[2]
        assert total._element.find(f"{qn('c:spPr')}/{qn('a:noFill')}") is not None
        assert native.value_axis.maximum_scale > max(v for v in total.values if v)
    faces = {font.get("typeface") for font in space.iter(qn("a:latin"), qn("a:ea"))}
    assert faces <= {"+mn-lt", "+mn-ea"}
    return compared


def test_charts(written):
    assert sum(check_chart(shape, own) for one in written for shape, own in one.drawn) > 250


def test_table_cells(made):
    """What stands in a table on a slide stands so in the briefing; cards may be cut to their first sentences."""
    for told, deck in made:
        known = {table.caption: (name, table) for name, table in told.tables.items()}
        for shape in tables_of(deck):
            name, table = known[shape.name.removeprefix("表：")]
            heads, *rows = cells(shape)
            assert shape.table.first_row and len(shape._element.nvGraphicFramePr.cNvPr.get("descr")) > 20
            at = [[c.heading for c in table.columns].index(head) for head in heads]
            if name == "cards":
                whole = [tuple(row[n] for n in at) for row in table.cells]
                for row in rows:
                    assert any(all(a.startswith(b.rstrip("。")) for a, b in zip(one, row)) for one in whole)
                continue
            assert at == list(range(len(table.columns)))
            assert {tuple(row) for row in rows} <= set(table.cells)
            hatched = [
                {cell._tc.tcPr.find(qn("a:pattFill")) is not None for cell in row.cells}
                for row in list(shape.table.rows)[1:]
            ]
            rest = {table.cells[n] for n in table.rest}
            assert hatched == [{tuple(row) in rest} for row in rows]


def test_every_part_has_a_slide(made):
    """Its picture or, where it has none, its tables, under its finding; nothing stands twice."""
    for told, deck in made:
        titles = [slide.shapes.title.text for slide in deck.slides]
        assert titles[0] == told.title.partition("：")[0] and titles[1] == told.headline
        for section in told.sections:
            if section.tables.keys() - {"numbers", "evidence"}:
                assert section.title in titles or section.heading in titles, (told.slug, section.title)
        assert "想定問答" in titles and "この資料からは言えないこと" in titles
        body = "\n".join(shape.text_frame.text for slide in deck.slides for shape in slide.placeholders)
        for line in (*told.limits.lines, *told.sources.lines, *told.points.lines[1:]):
            assert line in body
        for asked in told.questions:
            assert asked.question in body and asked.sentence in body
        assert told.edition in body and "2024年3月1日" in body


def test_notes_can_be_spoken(made):
    """Whole sentences of the briefing, four hundred letters at most, the source below."""
    for told, deck in made:
        every = [
            *told.points.lines,
            *told.limits.lines,
            *(f.sentence for f in (*told.found, *told.questions)),
        ]
        every += [x for s in told.sections for x in (*s.spoken, s.title) if x]
        for text in notes(deck):
            spoken, _, source = text.rpartition("\n\n")
            assert source == told.source and len(spoken) <= slides.SPOKEN
            assert spoken and spoken.endswith(("。", "か。", "）")), spoken
        assert any("億円" in text for text in notes(deck))
        numbers = {n for line in every for n in re.findall("[0-9][0-9,.]*", line)} | set(
            re.findall("[0-9][0-9,.]*", told.headline + told.title)
        )
        said = {n for text in notes(deck) for n in re.findall("[0-9][0-9,.]*", text.rpartition("\n\n")[0])}
        assert said <= numbers, said - numbers


# ── structure ───────────────────────────────────────────────────────────────────────────────────────


def test_structure(made):
    for told, deck in made:
        assert 4 <= len(deck.slides) <= 14
        assert abs(deck.slide_width / deck.slide_height - 16 / 9) < 0.001
        assert "type" not in deck.part._element.sldSz.attrib
        for number, slide in enumerate(deck.slides):
            kinds = {p.placeholder_format.type for p in slide.placeholders}
            assert PP_PLACEHOLDER.FOOTER in kinds and (number == 0 or PP_PLACEHOLDER.SLIDE_NUMBER in kinds)
            assert slide.shapes.title.text and all(p.text_frame.text for p in slide.placeholders)
            assert len({shape.shape_id for shape in slide.shapes}) == len(slide.shapes)
        properties = deck.core_properties
        assert (properties.title, properties.author) == (told.title, "cyberbudget")
        assert properties.created == properties.modified == MADE


def test_the_template_is_ours(made):
    """Fonts and colours of slides and notes; the place of a title, which the program counts on."""
    parts = made[0][1].part.package.iter_parts()
    themes = [etree.fromstring(part.blob) for part in parts if part.content_type.endswith("theme+xml")]
    areas = [style.AREAS[area] for area in "1234"]
    colours = [style.INK, style.MUTED, style.NEUTRAL, *areas, style.PREVIOUS]
    assert len(themes) == 2
    for theme in themes:
        faces = [font.get("typeface") for name in ("a:latin", "a:ea") for font in theme.iter(qn(name))]
        assert faces == ["Yu Gothic"] * 4
        (scheme,) = theme.iter(qn("a:clrScheme"))
        names = ("dk1", "dk2", *(f"accent{n}" for n in range(1, 7)))
        assert [f"#{scheme.find(qn(f'a:{n}'))[0].get('val')}".lower() for n in names] == colours
    layouts = {layout.name: {p.name for p in layout.placeholders} for layout in made[0][1].slide_layouts}
    assert {name: set(places) for name, places in slides.own_template.LAYOUTS.items()} == layouts


def test_a_template_of_ones_own(document, tmp_path):
    """Its own layouts are filled by their names; what it lacks is named in one line."""
    deck = Presentation(str(slides.own_template.FILE))
    deck.slide_width = Inches(10)
    deck.save(tmp_path / "own.pptx")
    told = briefing.tell(document, briefing.subject(document, ministry="金融庁"))
    slides.write(told, tmp_path / "a.pptx", MADE, tmp_path / "own.pptx")
    assert Presentation(str(tmp_path / "a.pptx")).slide_width == Inches(10)
    for place in deck.slide_layouts[1].placeholders:
        if place.name == "本文":
            place.name = "text"
    deck.save(tmp_path / "own.pptx")
    with pytest.raises(briefing.RequestError, match="レイアウト「文」のプレースホルダー「本文」"):
        slides.write(told, tmp_path / "a.pptx", MADE, tmp_path / "own.pptx")
    (tmp_path / "own.pptx").write_text("x")
    with pytest.raises(briefing.RequestError, match="読めません"):
        slides.write(told, tmp_path / "a.pptx", MADE, tmp_path / "own.pptx")


def test_the_short_form_has_five_slides(document, tmp_path):
    for found in (*briefing.subjects(document)[::3], briefing.subject(document, measure="2-11")):
        slides.write(briefing.tell(document, found), tmp_path / "a.pptx", MADE, short=True)
        assert 3 <= len(Presentation(str(tmp_path / "a.pptx")).slides) <= slides.SHORT == 5


def test_every_text_is_japanese(made):
    for _, deck in made:
        for part in deck.part.package.iter_parts():
            root = getattr(part, "_element", None)
            if root is not None:
                runs = list(root.iter(qn("a:rPr"), qn("a:endParaRPr")))
                assert all(run.get("lang") == "ja-JP" for run in runs)
                assert all(run.find(qn("a:rPr")) is not None for run in root.iter(qn("a:r")))


# ── nothing overflows ───────────────────────────────────────────────────────────────────────────────


def measured(frame: Any, width: float) -> tuple[float, float]:
    """Height in inches of a text in lines of a width, and its smallest size in points."""
    high, smallest = 0.0, 99.0
    for paragraph in frame.paragraphs:
        sizes = [run.font.size.pt for run in paragraph.runs if run.font.size] or [11]
        line, below = (x.pt if x else 0 for x in (paragraph.line_spacing, paragraph.space_after))
        high += max(1, len(style.wrap(paragraph.text, width, max(sizes)))) * line + below
        smallest = min(smallest, *sizes)
    return high / 72, smallest


def test_nothing_overflows_and_all_is_legible(made):
    for told, deck in made:
        for number, slide in enumerate(deck.slides, 1):
            place = f"{told.slug} {number}"
            boxes = []
            for shape in slide.shapes:
                assert shape.left >= 0 and shape.left + shape.width <= deck.slide_width, place
                assert shape.top >= 0 and shape.top + shape.height <= deck.slide_height, place
                if shape.has_text_frame:
                    high, size = measured(shape.text_frame, shape.width / INCH - 0.25)
                    assert high <= shape.height / INCH + 0.02, (place, shape.text_frame.text)
                    assert size >= (10 if shape.placeholder_format.type == PP_PLACEHOLDER.FOOTER else 11), (
                        place
                    )
                if shape.has_table:
                    assert abs(sum(row.height for row in shape.table.rows) - shape.height) < INCH / 50
                    for row in shape.table.rows:
                        for cell, column in zip(row.cells, shape.table.columns):
                            high, size = measured(cell.text_frame, column.width / INCH - 0.16)
                            assert high + 0.045 <= row.height / INCH and size >= 11, (place, cell.text)
                boxes.append((shape.top, shape.top + shape.height))
            for (_, above), (below, _) in zip(sorted(boxes)[:-2], sorted(boxes)[1:]):
                assert above <= below + INCH / 50, place  # all but the footer's two stand one below another


# ── safety, determinism, other documents ────────────────────────────────────────────────────────────


def test_markup_and_formulas_stay_text(hostile):
    assert {*HOSTILE} <= {cell for shape in tables_of(hostile.deck) for row in cells(shape) for cell in row}
    for shape, own in hostile.drawn:
        check_chart(shape, own)
    with zipfile.ZipFile(hostile.folder / "a.pptx") as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))  # well formed
                assert b"<b>" not in archive.read(name)


def stamps(data: bytes) -> Iterator[object]:
    """Every moment that a file and the files inside it bear."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            part = archive.read(entry)
            yield entry.date_time
            inside = entry.filename.endswith(".xlsx")
            yield from stamps(part) if inside else re.findall(rb"\d+-\d+-\d+T[^<]+", part)


def test_nothing_that_the_clock_wrote_is_left(written):
    found = set(stamps((written[0].folder / "a.pptx").read_bytes()))
    assert found == {(1980, 1, 1, 0, 0, 0), b"2024-03-01T09:30:00Z"}


def test_a_long_table_is_split(document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """More rows than two slides hold: what is left is said to stand in the other files."""
    told = briefing.tell(document, briefing.subject(document, area="2"))
    monkeypatch.setattr(slides, "MOST_ROWS", 4)
    slides.write(told, tmp_path / "a.pptx", MADE)
    deck = Presentation(str(tmp_path / "a.pptx"))
    table = told.numbers
    shapes = [shape for shape in tables_of(deck) if table.caption in shape.name]
    assert [len(shape.table.rows) - 1 for shape in shapes] == [4, 1]
    monkeypatch.setattr(slides, "MOST_ROWS", 2)
    slides.write(told, tmp_path / "a.pptx", MADE)
    deck = Presentation(str(tmp_path / "a.pptx"))
    shapes = [shape for shape in tables_of(deck) if table.caption in shape.name]
    assert [row for shape in shapes for row in cells(shape)[1:]] == [list(row) for row in table.cells[:4]]
    assert any(
        "残る1行は、文書と表計算のファイルにあります" in p.text_frame.text
        for s in deck.slides
        for p in s.placeholders
    )

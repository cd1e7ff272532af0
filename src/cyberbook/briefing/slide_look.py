"""How slides look: cells of tables, and native charts, in the colours of the template's theme where these mean nothing."""

from __future__ import annotations

import io
from typing import Any, NamedTuple, cast

import xlsxwriter
from lxml import etree
from pptx.chart.chart import Chart as Native
from pptx.chart.data import ChartData
from pptx.chart.series import BarSeries
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_PATTERN, MSO_THEME_COLOR
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.parts.chart import ChartPart
from pptx.presentation import Presentation as Deck
from pptx.shapes.graphfrm import GraphicFrame
from pptx.slide import Slide
from pptx.table import _Cell
from pptx.util import Inches, Pt

from cyberbudget import style

from .chart import Chart
from .shared import OPTIONS

LANGUAGE = "ja-JP"
LEADING, TIGHT = 1.3, 1.25  # height of a line in sizes of its font, in texts and in tables
BOLD = 0.92  # the same of a title
ROOM = 0.96  # part of a line that is filled: fonts differ a little in width
PLAIN_TABLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # PowerPoint's style without fills and lines


class Box(NamedTuple):
    """Where something stands, in inches."""

    left: float
    top: float
    width: float
    height: float


def box(shape: Any) -> Box:
    """Where a shape or a placeholder stands."""
    return Box(*(x / Inches(1) for x in (shape.left, shape.top, shape.width, shape.height)))


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.removeprefix("#").upper())


def fill(cell: _Cell, text: str, size: float, right: bool, head: bool, hatched: bool) -> None:
    """Write a cell of a table: its text, size and colours, and the line below it."""
    cell.margin_left = cell.margin_right = Inches(0.08)
    cell.margin_top = cell.margin_bottom = Inches(0.025)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.text = text
    paragraph.line_spacing = Pt(round(size * TIGHT, 1))
    paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    for font in [run.font for run in paragraph.runs] or [paragraph.font]:
        font.size, font.bold = Pt(size), head
        font.color.theme_color = MSO_THEME_COLOR.BACKGROUND_1 if head else MSO_THEME_COLOR.TEXT_1
    if head:
        cell.fill.solid()
        cell.fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1
    elif hatched:
        cell.fill.patterned()
        cell.fill.pattern = MSO_PATTERN.LIGHT_UPWARD_DIAGONAL
        cell.fill.fore_color.rgb, cell.fill.back_color.rgb = _rgb("#bcc3cd"), _rgb("#ffffff")
    line = "<a:solidFill><a:srgbClr val='9AA3AF'/></a:solidFill>"
    cell._tc.get_or_add_tcPr().insert(0, parse_xml(f"<a:lnB {nsdecls('a')} w='6350'>{line}</a:lnB>"))


# ── charts ──────────────────────────────────────────────────────────────────────────────────────────


def draw(slide: Slide, chart: Chart, place: Box) -> None:
    """A native bar chart; of a stacked one, the sums stand behind the bars as labels of a bar without colour."""
    height = min(place.height, 0.7 + len(chart.labels) * (0.8 if chart.kind == "pairs" else 0.65))
    data = ChartData(number_format=chart.form)
    data.categories = chart.labels
    for name, values in chart.columns:
        data.add_series(name, values)
    kind = XL_CHART_TYPE.BAR_STACKED if chart.stacked else XL_CHART_TYPE.BAR_CLUSTERED
    at = Inches(place.left), Inches(place.top), Inches(place.width), Inches(height)
    frame = cast(GraphicFrame, slide.shapes.add_chart(kind, *at, data))  # which python-pptx calls a chart
    frame.name = f"グラフ：{chart.title}"
    frame._element.nvGraphicFramePr.cNvPr.set("descr", chart.figure.alt)
    native = frame.chart
    cast(ChartPart, native.part).chart_workbook.update_from_xlsx_blob(_sheet(chart))
    native.has_title, native.has_legend = False, len(chart.series) > 1
    if native.has_legend:
        native.legend.position, native.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    native.font.size, native.font.color.theme_color = Pt(12), MSO_THEME_COLOR.TEXT_1
    _axes(native, chart)
    plot = native.plots[0]
    plot.vary_by_categories, plot.gap_width, plot.overlap = False, 45, 100 if chart.stacked else 0
    for number, series in enumerate(plot.series):
        _series(series, chart, number)
    longest = max(style.width(label, 12) for label in chart.labels) / ROOM
    _inner(
        native,
        (min(longest, place.width / 3) + 0.15) / place.width,
        0.4 / height if native.has_legend else 0.02,
    )


def _axes(native: Native, chart: Chart) -> None:
    names, amounts = native.category_axis, native.value_axis
    names.reverse_order = True  # the first row on top
    names.major_tick_mark, names.has_major_gridlines = XL_TICK_MARK.NONE, False
    names.tick_label_position = (
        XL_TICK_LABEL_POSITION.LOW
    )  # beside the picture, also of a bar that falls below zero
    names.format.line.color.rgb = _rgb(style.LINE)
    # Every label is shown: a program that thinks them too many would leave some out.
    etree.SubElement(names._element, qn("c:tickLblSkip")).set("val", "1")
    names._element.find(qn("c:noMultiLvlLbl")).addprevious(names._element[-1])
    amounts.visible, amounts.has_major_gridlines, amounts.minimum_scale = False, False, chart.floor
    if chart.stacked:
        amounts.maximum_scale = chart.reach


def _series(series: BarSeries, chart: Chart, number: int) -> None:
    """Colours and labels of a series; what the document does not itemise is hatched."""
    labels = series.data_labels
    labels.show_value, labels.number_format, labels.number_format_is_linked = True, chart.form, False
    if number == len(chart.series):
        series.format.fill.background()
        labels.position = XL_LABEL_POSITION.INSIDE_BASE
        return
    own = chart.series[number]
    colour = _rgb(own.colour)
    series.format.fill.solid()
    series.format.fill.fore_color.rgb = colour
    series.invert_if_negative = False
    for row, strong in own.points.items():
        series.points[row].format.fill.solid()
        series.points[row].format.fill.fore_color.rgb = _rgb(strong)
    for row in chart.rest:
        look = series.points[row].format
        look.fill.patterned()
        look.fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
        look.fill.fore_color.rgb, look.fill.back_color.rgb = colour, _rgb("#ffffff")
        look.line.color.rgb = colour
    if not chart.stacked:
        labels.position = XL_LABEL_POSITION.OUTSIDE_END
        return
    labels.position = XL_LABEL_POSITION.CENTER
    labels.font.color.rgb = _rgb("#ffffff") if number else _rgb(style.INK)
    for row in reversed(chart.silent(number)):
        label = f"<c:dLbl {nsdecls('c')}><c:idx val='{row}'/><c:delete val='1'/></c:dLbl>"
        labels._element.insert(0, parse_xml(label))


def _inner(native: Native, left: float, top: float) -> None:
    """Fix the place of the bars, so that every program gives the labels the same room."""
    place = {"x": left, "y": top, "w": 0.94 - left, "h": 0.99 - top}
    parts = {"layoutTarget": "inner", "xMode": "edge", "yMode": "edge"}
    parts |= {name: f"{number:.4f}" for name, number in place.items()}
    area = native._chartSpace.chart.plotArea
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    manual = "".join(f"<c:{name} val='{value}'/>" for name, value in parts.items())
    layout = f"<c:layout {nsdecls('c')}><c:manualLayout>{manual}</c:manualLayout></c:layout>"
    area.insert(0, parse_xml(layout))


def _sheet(chart: Chart) -> bytes:
    """The data sheet behind a chart: python-pptx's own would take a label that begins with = for a formula."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS | {"in_memory": True}) as file:
        sheet = file.add_worksheet("Sheet1")  # the name that the chart refers to
        form = file.add_format({"num_format": chart.form})
        sheet.set_column(0, 0, 60)
        for row, label in enumerate(chart.labels, 1):
            sheet.write_string(row, 0, label)
        for column, (name, values) in enumerate(chart.columns, 1):
            sheet.write_string(0, column, name)
            for row, amount in enumerate(values, 1):
                if amount is not None:
                    sheet.write_number(row, column, amount, form)
    return out.getvalue()


def speak(file: Deck) -> None:
    """Mark every text as Japanese, for proofing tools and screen readers, and give charts the theme's font."""
    for part in file.part.package.iter_parts():
        root = getattr(part, "_element", None)
        if root is None:
            continue
        for run in root.xpath(".//a:r[not(a:rPr)] | .//a:fld[not(a:rPr)]"):
            run.insert(0, etree.SubElement(run, qn("a:rPr")))
        for text in root.iter(qn("a:rPr"), qn("a:endParaRPr"), qn("a:defRPr")):
            text.set("lang", LANGUAGE)
            text.set("altLang", "en-US")
        if root.tag == qn("c:chartSpace"):
            for name, face in (("latin", "+mn-lt"), ("ea", "+mn-ea")):
                for text in root.xpath(f".//a:defRPr[not(a:{name})]"):
                    etree.SubElement(text, qn(f"a:{name}")).set("typeface", face)

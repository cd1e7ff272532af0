"""A chart as it is drawn for paper: as wide as the column, the names beside the bars, letters of nine points.

The PDF takes the drawing as it is, so that its words can be searched; Word takes it as a picture. The title stands
over it as text.
"""

from __future__ import annotations

from html import escape
from itertools import accumulate

import resvg_py

from cyberbudget import interval, style, words
from cyberbudget.interval import Interval

from .chart import Chart

WIDTH = 178.0  # mm: the column of a page
POINTS, MM = 9.0, 25.4 / 72
NAMES = 62.0  # mm for the names
BAR, LINE, GAP = 3.6, 4.2, 2.2  # mm: a bar, from one line of text to the next, between rows
FIRST = NAMES + 3  # mm: where the bars begin
DOTS = 300  # of a picture, an inch
REST = "内訳が示されていない分"
# Hatched in the colour of its series, as everywhere what the document does not itemise.
HATCH = (
    '<pattern id="rest{0}" width="1.3" height="1.3" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path d="M0 0H1.3V1.3H0Z" fill="#fff"/><path d="M0 0H0.4V1.3H0Z" fill="{1}"/></pattern>'
)


def svg(chart: Chart) -> str:
    """The drawing of a chart, in mm."""
    names = [style.wrap(label, NAMES / 25.4, POINTS) for label in chart.labels]
    bars = [_bars(chart, row) for row in range(len(chart.labels))]
    longest = ((sum(lengths), _width(text)) for row in bars for lengths, text in row)
    # As long as the bars can be, each with its own text behind it.
    scale = min(((WIDTH - FIRST - 2 - text) / length for length, text in longest if length), default=0.0)
    parts, y = [_text(0, LINE, chart.subtitle, style.MUTED), *_key(chart)], 2 * LINE + 1
    top = y + GAP / 2
    for row, (lines, drawn) in enumerate(zip(names, bars)):
        height = max(len(lines) * LINE, len(drawn) * (BAR + 0.5))
        middle = y + GAP + height / 2
        parts += [_text(0, middle + (n - len(lines) / 2 + 0.78) * LINE, line) for n, line in enumerate(lines)]
        for number, (lengths, text) in enumerate(drawn):
            place = middle + (number - len(drawn) / 2) * (BAR + 0.5) + 0.25
            edges = [FIRST, *(FIRST + scale * length for length in accumulate(lengths))]
            for at, (left, right) in enumerate(zip(edges, edges[1:])):
                parts.append(_rect(chart, at if chart.stacked else number, row, left, place, right - left))
            parts.append(_text(edges[-1] + 1.5, place + 0.5 * BAR + 0.36 * POINTS * MM, text))
        y += GAP + height
    y += GAP / 2
    parts.append(f'<path d="M{FIRST} {top:.2f}V{y:.2f}" stroke="{style.LINE}" stroke-width="0.25"/>')
    hatches = "".join(HATCH.format(n, series.colour) for n, series in enumerate(chart.series))
    size = f'width="{WIDTH}mm" height="{y:.2f}mm" viewBox="0 0 {WIDTH} {y:.2f}"'
    font = f'font-family="IPAexGothic" font-size="{POINTS * MM:.3f}" fill="{style.INK}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><defs>{hatches}</defs><g {font}>{"".join(parts)}</g></svg>'


def png(chart: Chart) -> bytes:
    """The same drawing as a picture for print."""
    fonts = [str(style.font_file())]
    return bytes(
        resvg_py.svg_to_bytes(svg_string=svg(chart), dpi=DOTS, font_files=fonts, skip_system_fonts=True)
    )


def _bars(chart: Chart, row: int) -> list[tuple[list[float], str]]:
    """The bars of a row: the lengths of its pieces in 億円, and what stands behind them."""
    values = [series.values[row] for series in chart.series]
    lengths = [float(value.value) for value in values]
    if chart.stacked:
        first, whole = values[0], chart.totals[row]
        return [(lengths, f"{words.oku_cell(whole)}（うち補正 {words.oku_cell(first)}）")]
    moved = "" if row in chart.rest else _moved(*values)
    ends = ("", moved)
    return [([length], words.oku_cell(value) + end) for length, value, end in zip(lengths, values, ends)]


def _moved(old: Interval, new: Interval) -> str:
    """What happened between two years: （+122.9%）, （同額）, （新規）; nothing where neither has an amount."""
    kind, rate = words.kind(new, old), interval.growth(new, old)
    if kind == "none":
        return ""
    return f"（{words.percent(rate, signed=True) if kind in ('up', 'down') else words.KINDS[kind]}）"


def _key(chart: Chart) -> list[str]:
    """Which colour stands for what, to the right of the subtitle or, where that is long, below it."""
    parts, x = [], 0.0
    for n, series in enumerate(chart.series):
        parts += [_rect(chart, n, -1, x, LINE + 1.8, 3), _text(x + 4, 2 * LINE + 1, series.name)]
        x += 4 + _width(series.name) + 5
    if chart.rest:
        parts += [_rect(chart, 0, chart.rest[0], x, LINE + 1.8, 3), _text(x + 4, 2 * LINE + 1, REST)]
    return parts


def _rect(chart: Chart, series: int, row: int, x: float, y: float, width: float) -> str:
    """A piece of a bar."""
    colour = chart.series[series].colour
    fill = f"url(#rest{series})" if row in chart.rest else colour
    edge = f' stroke="{colour}" stroke-width="0.2"' if row in chart.rest or chart.stacked else ""
    return f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{BAR}" fill="{fill}"{edge}/>'


def _text(x: float, y: float, text: str, colour: str = "") -> str:
    """A line of text on its base line."""
    fill = f' fill="{colour}"' if colour else ""
    return f'<text x="{x:.2f}" y="{y:.2f}"{fill}>{escape(text)}</text>'


def _width(text: str) -> float:
    return style.width(text, POINTS) * 25.4

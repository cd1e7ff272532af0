"""A chart as it is drawn for paper: as wide as the column, the names beside the bars, letters of nine points.

The PDF takes the drawing as it is, so that its words can be searched; Word takes it as a picture. The title stands
over it as text.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import accumulate

import resvg_py

from cyberbudget import interval, style, words
from cyberbudget.interval import Interval

from .chart import Chart

WIDTH = 178.0  # mm: the column of a page
POINTS, INCH = 9.0, 25.4
NAMES = 80.0  # mm for the names
BAR, STEP, LINE, GAP = 3.3, 3.8, 4.0, 1.8  # mm: a bar, from one bar or line to the next, between rows
TIGHT = 0.7  # mm between rows where room is short
FIRST = NAMES + 3  # mm: where the bars may begin
AIR = 1.5  # mm between a bar and its text
DOTS = 300  # of a picture, an inch
REST = "内訳が示されていない分"
# Hatched in the colour of its series, as everywhere what the document does not itemise.
HATCH = (
    '<pattern id="{0}" width="1.3" height="1.3" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path d="M0 0H1.3V1.3H0Z" fill="#fff"/><path d="M0 0H0.4V1.3H0Z" fill="#{0}"/></pattern>'
)


@dataclass(frozen=True)
class _Bar:
    """A bar: its pieces end to end (億円, colour), its text, and whether it stands for what is not itemised."""

    pieces: list[tuple[float, str]]
    text: str
    rest: bool

    @property
    def length(self) -> float:
        return sum(length for length, _ in self.pieces)


def svg(chart: Chart, tight: bool = False) -> str:
    """The drawing of a chart, in mm; ``tight`` is less tall."""
    gap = TIGHT if tight else GAP
    names = [style.wrap(label, NAMES / INCH, POINTS) for label in chart.labels]
    rows = [_bars(chart, row) for row in range(len(chart.labels))]
    zero, scale = _scale([bar for bars in rows for bar in bars])
    parts, y = [_text(0, LINE, chart.subtitle, style.MUTED), *_key(chart)], 2 * LINE + 1
    top = y + gap / 2
    for lines, bars in zip(names, rows):
        height = max(len(lines) * LINE, len(bars) * (STEP))
        middle = y + gap + height / 2
        parts += [_text(0, middle + (n - len(lines) / 2 + 0.78) * LINE, line) for n, line in enumerate(lines)]
        for number, bar in enumerate(bars):
            place = middle + (number - len(bars) / 2) * (STEP) + (STEP - BAR) / 2
            ends = [zero, *(zero + scale * end for end in accumulate(length for length, _ in bar.pieces))]
            for (_, colour), *edges in zip(bar.pieces, ends, ends[1:]):
                parts.append(
                    _rect(min(edges), place, abs(edges[1] - edges[0]), colour, bar.rest, chart.stacked)
                )
            left = bar.length < 0
            parts.append(
                _text(ends[-1] + (-AIR if left else AIR), place + BAR / 2 + 1.15, bar.text, left=left)
            )
        y += gap + height
    y += gap / 2
    parts.append(f'<path d="M{zero:.2f} {top:.2f}V{y:.2f}" stroke="{style.LINE}" stroke-width="0.25"/>')
    hatches = "".join(
        HATCH.format(colour) for colour in sorted({series.colour[1:] for series in chart.series})
    )
    size = f'width="{WIDTH}mm" height="{y:.2f}mm" viewBox="0 0 {WIDTH} {y:.2f}"'
    font = f'font-family="IPAexGothic" font-size="{POINTS / 72 * INCH:.3f}" fill="{style.INK}"'
    body = f"<defs>{hatches}</defs><g {font}>{''.join(parts)}</g>"
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{body}</svg>'


def png(chart: Chart, tight: bool = False) -> bytes:
    """The same drawing as a picture for print."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg(chart, tight),
            dpi=DOTS,
            background="#ffffff",
            font_files=[str(style.font_file())],
            skip_system_fonts=True,
        )
    )


def _bars(chart: Chart, row: int) -> list[_Bar]:
    """The bars of a row of a chart."""
    values = [series.values[row] for series in chart.series]
    pieces = [(float(v.value), s.points.get(row, s.colour)) for v, s in zip(values, chart.series)]
    rest, signed = row in chart.rest, chart.kind == "changes"
    if chart.stacked:
        extra, whole = values[0], words.oku_cell(chart.totals[row])
        return [_Bar(pieces, whole if extra.absent else f"{whole}（うち補正 {words.oku_cell(extra)}）", rest)]
    texts = [words.oku_cell(value, signed) for value in values]
    texts[-1] += _moved(*values) if chart.kind == "pairs" and not rest else ""
    return [_Bar([piece], text, rest) for piece, text in zip(pieces, texts)]


def _moved(old: Interval, new: Interval) -> str:
    """What happened between two years: （+122.9%）, （同額）, （新規）; nothing where neither has an amount."""
    kind, rate = words.kind(new, old), interval.growth(new, old)
    told = words.percent(rate, signed=True) if kind in ("up", "down") else words.KINDS[kind]
    return "" if kind == "none" else f"（{told}）"


def _scale(bars: list[_Bar]) -> tuple[float, float]:
    """Where zero stands and how many mm 億円 takes: as long as the bars can be, each with its own text behind it."""
    sides: list[list[tuple[float, float]]] = [[(0.0, 0.0)], [(0.0, 0.0)]]
    for bar in bars:
        sides[bar.length >= 0].append((abs(bar.length), _width(bar.text) + AIR))
    room = WIDTH - FIRST
    pairs = [(down[0] + up[0], down[1] + up[1]) for down in sides[0] for up in sides[1]]
    scale = min(((room - text) / length for length, text in pairs if length), default=0.0)
    return FIRST + max(length * scale + text for length, text in sides[0]), scale


def _key(chart: Chart) -> list[str]:
    """Which colour stands for what, below the subtitle; nothing where there is but one."""
    signs = [(series.name, series.colour, False) for series in chart.series]
    signs = signs if len(signs) > 1 else []
    signs += [(REST, chart.series[-1].colour, True)] if chart.rest else []
    parts, x = [], 0.0
    for name, colour, rest in signs:
        parts += [_rect(x, LINE + 1.8, 3, colour, rest, chart.stacked), _text(x + 4, 2 * LINE + 1, name)]
        x += 9 + _width(name)
    return parts


def _rect(x: float, y: float, width: float, colour: str, rest: bool, edged: bool) -> str:
    """A piece of a bar."""
    fill = f"url({colour})" if rest else colour
    edge = f' stroke="{colour}" stroke-width="0.2"' if rest or edged else ""
    return f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{BAR}" fill="{fill}"{edge}/>'


def _text(x: float, y: float, text: str, colour: str = "", left: bool = False) -> str:
    """A line of text on its base line, from a place to the right or to the left of it."""
    look = (f' fill="{colour}"' if colour else "") + (' text-anchor="end"' if left else "")
    return f'<text x="{x:.2f}" y="{y:.2f}"{look}>{escape(text)}</text>'


def _width(text: str) -> float:
    return style.width(text, POINTS) * INCH

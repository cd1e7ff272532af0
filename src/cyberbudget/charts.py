"""Figures. Every chart is a list of rows, and every row a label over one or more bars.

The label stands above its bar, so that the long names of measures stay whole and legible on a phone, and
every bar carries its value, so that no legend and no grid is needed. What is drawn and what the CSV beside
the figure says come from the same rows.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas

from . import style, words
from .display import Figure
from .interval import Interval, share
from .load import Document

_LABEL, _BAR, _GAP = 0.21, 0.17, 0.13  # inches: a label line, a bar, the space below a row
_MANY = 20  # rows
_INNER = style.WIDTH - 0.2  # inches between the edges


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar: what it is, how long, where it starts, how it looks."""

    series: str
    value: Interval
    colour: str
    start: float = 0.0
    rest: bool = False

    @property
    def end(self) -> float:
        return self.start + float(self.value.value)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar (or one dot with its interval) and the text at its end."""

    segments: tuple[Segment, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A label and its bars; the strategy area it belongs to, if it does to one."""

    label: str
    bars: tuple[Bar, ...]
    area: str = ""


@dataclass(frozen=True, slots=True)
class _Page:
    """What stands where, in inches: titles, the key of the areas, and below them the rows."""

    titles: list[str]
    subtitles: list[str]
    key: dict[str, tuple[str, str]]  # area → its number (3) and its name
    entries: list[tuple[float, int]]  # where each area of the key stands, and on which line
    labels: list[list[str]]
    heights: list[float]
    axis: float

    @property
    def below(self) -> float:
        return 0.12 + 0.25 * len(self.titles) + 0.19 * len(self.subtitles) + 0.02

    @property
    def plot(self) -> float:
        return math.fsum(self.heights)  # sum() of floats differs between Pythons, and the SVG would show it

    @property
    def height(self) -> float:
        head = self.below + 0.08 + (0.19 * (self.entries[-1][1] + 1) if self.entries else 0)
        return head + self.plot + self.axis


def draw(
    rows: list[Row],
    doc: Document,
    name: str,
    title: str,
    subtitle: str,
    caption: str,
    kind: str = "横棒グラフ",
    unit: str = "億円",
    mark: str = "bar",
    log: bool = False,
    source: str = "",
) -> Figure:
    """Draw rows as one figure.

    Parameters
    ----------
    rows : list of Row
    doc : Document
        For the 出典 line.
    name : str
        Label of the figure in the book (fig-…).
    title, subtitle, caption : str
        The finding; what is shown with unit and 当初/補正; how to read it and its limits.
    kind : str
        Kind of chart, first words of the alt text.
    unit : {"億円", "%"}
        Ratios are drawn as they are and written in %.
    mark : {"bar", "dot"}
        A dot stands on the line of its interval.
    log : bool
        Logarithmic axis, for dots only: a bar on such an axis has no honest length.
    source : str
        Source line; the document's own where left out.
    """
    if not rows:
        raise ValueError("描く行がありません")
    if log and mark != "dot":
        raise ValueError("対数軸は点のグラフだけで使えます")
    place: Callable[[float], float] = (lambda x: math.log10(max(x, 0.05))) if log else (lambda x: x)
    with style.look():
        page = _layout(rows, doc, title, subtitle, log)
        canvas = Canvas(figsize=(style.WIDTH, page.height))
        FigureCanvasSVG(canvas)
        _head(canvas, page)
        _rows(canvas, page, rows, place, mark, log)
        buffer = io.StringIO()
        canvas.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    stop = ". " if kind.isascii() else "。"
    alt = stop.join((kind, subtitle, title))
    while style.width(alt, 72) > 120:  # in ems; a screen reader should not be kept waiting
        alt = alt.removesuffix("…")[:-1] + "…"
    return Figure(
        name=name,
        svg=buffer.getvalue(),
        alt=alt,
        caption=caption,
        source=source or doc.source,
        data=_data(rows, unit),
        canvas=canvas,
    )


def _layout(rows: list[Row], doc: Document, title: str, subtitle: str, log: bool) -> _Page:
    key = _key(rows, doc)
    numbers = [key[row.area][0] if row.area in key else "" for row in rows]  # so that no colour need be seen
    labels = [style.wrap(row.label + n, _INNER, style.TEXT) for row, n in zip(rows, numbers)]
    gap = _GAP if len(rows) <= _MANY else _GAP / 2  # all measures have to fit on a sheet of paper
    return _Page(
        titles=style.wrap(title, _INNER, style.TITLE),
        subtitles=style.wrap(subtitle, _INNER, style.NOTE),
        key=key,
        entries=_flow(["■" + "".join(area) for area in key.values()], _INNER),
        labels=labels,
        heights=[
            _LABEL * len(lines) + (_BAR + 0.04) * len(row.bars) + gap for row, lines in zip(rows, labels)
        ],
        axis=0.3 if log else 0.05,
    )


def _key(rows: list[Row], doc: Document) -> dict[str, tuple[str, str]]:
    """Number (3) and name of each area, where rows of several areas bear other names than theirs."""
    used = {row.area for row in rows}
    shown = {r["area"]: r for r in doc.areas.to_dict("records") if r["area"] in used}
    own = tuple(r[name] for r in shown.values() for name in ("short", "short_en"))
    if len(shown) < 2 or all(row.label.startswith(own) for row in rows if row.area in shown):
        return {}
    return {area: (r["id"], r["short"]) for area, r in shown.items()}


def _head(canvas: Canvas, page: _Page) -> None:
    """Title, subtitle and key."""

    def write(x: float, y: float, text: str, **look: Any) -> None:
        canvas.text((0.1 + x) / style.WIDTH, 1 - y / page.height, text, va="top", **look)

    for number, line in enumerate(page.titles):
        write(0, 0.12 + 0.25 * number, line, size=style.TITLE)
    for number, line in enumerate(page.subtitles):
        y = 0.12 + 0.25 * len(page.titles) + 0.19 * number + 0.02
        write(0, y, line, size=style.NOTE, color=style.MUTED)
    for (area, named), (x, number) in zip(page.key.items(), page.entries):
        y = page.below + 0.02 + 0.19 * number
        write(x, y, "■", size=style.NOTE, color=style.colour(area))
        write(x + style.NOTE / 72, y, "".join(named), size=style.NOTE, color=style.INK)


def _rows(
    canvas: Canvas, page: _Page, rows: list[Row], place: Callable[[float], float], mark: str, log: bool
) -> None:
    """Labels and bars, one row below the other."""
    wide, high = style.WIDTH, page.height
    ax = canvas.add_axes((0.1 / wide, page.axis / high, _INNER / wide, page.plot / high))
    ax.set_ylim(page.plot, 0)
    low, high = _limits(rows, place, _INNER, mark)
    ax.set_xlim(low, high)
    ax.axis("off")
    inch = (high - low) / _INNER
    if log:
        _decades(ax, low, high, page.plot)
    y = 0.0
    for row, lines, step in zip(rows, page.labels, page.heights):
        for number, line in enumerate(lines):
            text = ax.text(low, y + _LABEL * (number + 0.8), line, va="baseline", size=style.TEXT)
            if log:  # the lines of the decades stop before a label
                text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.8})
        for number, bar in enumerate(row.bars):
            middle = y + _LABEL * len(lines) + 0.04 + (_BAR + 0.04) * number + _BAR / 2
            if mark == "bar":  # the zero line runs beside the bars only, never through a label
                ends = [middle - _BAR / 2 - 0.03, middle + _BAR / 2 + 0.03]
                ax.plot([0, 0], ends, color=style.LINE, linewidth=0.8, clip_on=False)
            _bar(ax, bar, middle, place, inch, mark)
        y += step


def _flow(texts: list[str], room: float) -> list[tuple[float, int]]:
    """Where short texts stand one after another (inches), and on which line."""
    places, x, line = [], 0.0, 0
    for text in texts:
        width = style.width(text, style.NOTE)
        if x and x + width > room:
            x, line = 0.0, line + 1
        places.append((x, line))
        x += width + 0.1
    return places


def _limits(rows: list[Row], place: Callable[[float], float], inner: float, mark: str) -> tuple[float, float]:
    """Axis limits that leave room for the text at the end of every bar."""
    lows, highs, left, right = [], [], 0.0, 0.0
    for bar in (bar for row in rows for bar in row.bars):
        ends = [s.end for s in bar.segments]
        if mark == "dot":
            ends += [float(s.value.low) for s in bar.segments] + [float(s.value.high) for s in bar.segments]
        else:
            ends += [s.start for s in bar.segments]
        lows.append(place(min(ends)))
        highs.append(place(max(ends)))
        room = style.width(bar.text, style.NOTE) + 0.12
        if mark == "bar" and _leftward(bar):
            left = max(left, room)
        else:
            right = max(right, room)
    low, high = min(lows), max(highs)
    if mark == "bar":
        low, high = min(low, 0.0), max(high, 0.0)
    inch = ((high - low) or 1.0) / max(inner - left - right, 1.0)
    return low - inch * left - (0.06 * inch if mark == "dot" else 0), high + inch * right


def _leftward(bar: Bar) -> bool:
    """True where a bar falls to the left of zero, so that its text stands there too."""
    return any(segment.end < 0 for segment in bar.segments)


def _bar(ax: Axes, bar: Bar, middle: float, place: Callable[[float], float], inch: float, mark: str) -> None:
    for segment in bar.segments:
        if mark == "dot":
            ends = [place(float(segment.value.low)), place(float(segment.value.high))]
            line: dict[str, Any] = {"linewidth": 2.4, "solid_capstyle": "butt", "gid": "interval"}
            dot: dict[str, Any] = {"marker": "o", "markersize": 6, "linestyle": "none", "gid": "value"}
            ax.plot(ends, [middle, middle], color=segment.colour, clip_on=False, **line)
            ax.plot([place(segment.end)], [middle], color=segment.colour, clip_on=False, **dot)
            continue
        look: dict[str, Any] = (
            {"facecolor": "white", "edgecolor": style.LINE, "hatch": style.HATCH, "linewidth": 0.8}
            if segment.rest
            else {"facecolor": segment.colour, "edgecolor": "white", "linewidth": 0.6}
        )
        ax.barh(middle, float(segment.value.value), _BAR, left=segment.start, clip_on=False, **look)
    if mark == "dot":
        ends = [place(float(s.value.high)) for s in bar.segments]
    else:
        ends = [x for s in bar.segments for x in (s.start, s.end)]
    if mark == "bar" and _leftward(bar):
        ax.text(min(ends) - 0.06 * inch, middle, bar.text, va="center", ha="right", size=style.NOTE)
    else:
        pad = 0.1 if mark == "dot" else 0.06
        ax.text(max(ends) + pad * inch, middle, bar.text, va="center", ha="left", size=style.NOTE)


def _decades(ax: Axes, low: float, high: float, bottom: float) -> None:
    for power in range(math.ceil(low), math.floor(high) + 1):
        ax.plot([power, power], [0, bottom], color="#d1d5db", linewidth=0.8, zorder=0, clip_on=False)
        ax.text(
            power, bottom + 0.05, f"{10**power:,g}", va="top", ha="center", size=style.NOTE, color=style.MUTED
        )


def _data(rows: list[Row], unit: str) -> pd.DataFrame:
    factor, digits = (1, 1) if unit == "億円" else (100, 2)
    found = []
    drawn = ((row.label, segment) for row in rows for bar in row.bars for segment in bar.segments)
    for label, segment in drawn:
        bounds = (
            str(words.rounded(x, digits + 1)) for x in words.outward(segment.value, factor, digits + 1)[:2]
        )
        value = str(words.rounded(segment.value.value * factor, digits))
        found.append((label, segment.series, value, *bounds, unit))
    return pd.DataFrame(found, columns=["項目", "系列", "値", "下限", "上限", "単位"])


# ── the kinds of chart ──────────────────────────────────────────────────────────────────────────────


def _segment(record: dict, key: str, series: str, colour: str | None = None, start: float = 0.0) -> Segment:
    return Segment(series, record[key], colour or style.colour(record["area"]), start, bool(record["rest"]))


def _row(record: dict, *bars: Bar) -> Row:
    return Row(record["name"], bars, record["area"])


def bars(
    table: pd.DataFrame, doc: Document, key: str = "amount", whole: Interval | None = None, **texts: Any
) -> Figure:
    """One bar per row in 億円, with its share of ``whole`` in the text where one is given."""
    rows = []
    for record in table.to_dict("records"):
        ratio = None if whole is None else share(record[key], whole)
        text = words.oku_cell(record[key]) + ("" if ratio is None else f"（{words.percent(ratio)}）")
        rows.append(_row(record, Bar((_segment(record, key, key_label(doc, key)),), text)))
    return draw(rows, doc, **texts)


def key_label(doc: Document, key: str) -> str:
    """Name of a column of the tables: current → 令和6年度当初."""
    own = {"difference": "増減", "sixteen": "16か月予算", "listed": "表に載る施策", "left": words.UNLISTED}
    labels = {column.role: column.label for column in doc.columns}
    return (own | labels | {"amount": doc.current.label})[key]


def pairs(table: pd.DataFrame, doc: Document, **texts: Any) -> Figure:
    """Last year's initial budget over this year's, row by row, with what happened in between."""
    new, old = words.era_short(doc.current.fiscal_year), words.era_short(doc.previous.fiscal_year)
    rows = []
    for record in table.to_dict("records"):
        after, before = record["current"], record["previous"]
        # An unlisted remainder is a difference of sums: a rate of it would claim too much.
        rated = not record["rest"] and words.kind(after, before) != "none"
        note = f"（{words.rate_cell(after, before)}）" if rated else ""
        grey = _segment(record, "previous", key_label(doc, "previous"), style.PREVIOUS)
        full = _segment(record, "current", key_label(doc, "current"))
        told = f"{old}  {words.oku_cell(before)}", f"{new}  {words.oku_cell(after)}{note}"
        rows.append(_row(record, Bar((grey,), told[0]), Bar((full,), told[1])))
    return draw(rows, doc, **texts)


def differences(table: pd.DataFrame, doc: Document, **texts: Any) -> Figure:
    """Change in 億円 per row, to the right of zero where it rose, to the left where it fell."""
    rows = []
    for record in table.to_dict("records"):
        still = record["kind"] in ("same", "none")
        text = words.KINDS[record["kind"]] if still else words.oku_cell(record["difference"], signed=True)
        if not still and record["contribution"] is not None and not record["rest"]:
            text += f"（寄与率{words.percent(record['contribution'])}）"
        rows.append(_row(record, Bar((_segment(record, "difference", "増減"),), text)))
    return draw(rows, doc, **texts)


def waterfall(table: pd.DataFrame, doc: Document, before: Interval, after: Interval, **texts: Any) -> Figure:
    """From last year's whole to this year's, one step per row of :func:`exact.changes`."""
    whole = Bar((Segment(key_label(doc, "previous"), before, style.PREVIOUS),), words.oku_cell(before))
    rows, at = [Row(key_label(doc, "previous"), (whole,))], float(before.value)
    for record in table.to_dict("records"):
        step = _segment(record, "difference", "増減", start=at)
        rows.append(_row(record, Bar((step,), words.oku_cell(record["difference"], signed=True))))
        at = step.end
    last = Bar((Segment(key_label(doc, "current"), after, style.NEUTRAL),), words.oku_cell(after))
    return draw([*rows, Row(key_label(doc, "current"), (last,))], doc, **{"kind": "滝グラフ", **texts})


def stacked(table: pd.DataFrame, doc: Document, **texts: Any) -> Figure:
    """補正 and 当初 end to end, the 16か月予算 of each row; 補正 in grey comes first in time."""
    rows = []
    for record in table.to_dict("records"):
        first = _segment(record, "supplementary", key_label(doc, "supplementary"), style.PREVIOUS)
        second = _segment(record, "current", key_label(doc, "current"), start=first.end)
        text = f"{words.oku_cell(record['sixteen'])}（うち補正 {words.oku_cell(record['supplementary'])}）"
        rows.append(_row(record, Bar((first, second), text)))
    return draw(rows, doc, **{"kind": "積み上げ横棒グラフ", **texts})


def coverage(table: pd.DataFrame, doc: Document, **texts: Any) -> Figure:
    """Listed measures and the unlisted remainder as shares of each whole."""
    rows = []
    for record in table.to_dict("records"):
        ratio = record["share"]
        known = Segment(key_label(doc, "listed"), ratio, style.colour(record["area"]))
        rest = Interval(1 - ratio.high, 1 - ratio.value, 1 - ratio.low)
        left = Segment(key_label(doc, "left"), rest, style.LINE, known.end, rest=True)
        label = f"{record['name']}（{words.oku(record['whole'])}）"
        rows.append(Row(label, (Bar((known, left), words.percent(ratio)),), record["area"]))
    return draw(rows, doc, unit="%", **{"kind": "帯グラフ", **texts})


def ratios(
    table: pd.DataFrame, doc: Document, key: str, mark: str = "bar", signed: bool = False, **texts: Any
) -> Figure:
    """One ratio per row: a bar, or a dot on its rounding interval. Rows without a ratio are left out."""
    rows = []
    for record in table.to_dict("records"):
        if record[key] is not None:
            text = words.percent(record[key], signed=signed)
            if mark == "dot":
                text += f"（{words.span(record[key], 'rate' if signed else 'percent')}）"
            rows.append(_row(record, Bar((_segment(record, key, "率"),), text)))
    return draw(rows, doc, unit="%", mark=mark, **texts)


def spread(table: pd.DataFrame, doc: Document, key: str = "current", **texts: Any) -> Figure:
    """Amounts of very different size as dots on a logarithmic axis; rows with — are left out."""
    rows = [
        _row(r, Bar((_segment(r, key, key_label(doc, key)),), words.oku_cell(r[key])))
        for r in table.to_dict("records")
        if r[key].low > 0
    ]
    return draw(rows, doc, mark="dot", log=True, **{"kind": "点グラフ（対数目盛）", **texts})

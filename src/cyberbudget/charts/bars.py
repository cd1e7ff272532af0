"""Bars: every row a label over one or more bars, and every bar with its value at its end; shares within bounds.

The label stands above its bar, so that the long names of measures stay whole and legible on a phone, and no
legend and no grid is needed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import pandas as pd

from .. import style, words
from ..display import Figure
from ..load import Document
from .canvas import (
    BAR,
    EDGE,
    GAP,
    INNER,
    MANY,
    RIGHT,
    SMALL,
    Record,
    Sheet,
    brief,
    drawn,
    key_label,
    known,
    numbered,
    read,
    scale,
    sheet,
    short,
    spread,
)

_TALL = 0.3  # inches of a bar with words in it


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar: a column of a row, its colour (that of the row's area if not told), where it starts,
    and whether it is paler than the rest of its bar."""

    row: Record
    key: str
    colour: str = ""
    start: float = 0.0
    pale: bool = False

    @property
    def end(self) -> float:
        value: float = self.row[self.key]
        return self.start if words.missing(value) else self.start + value


Bar = tuple[tuple[Segment, ...], str]  # one bar and the text at its end
Row = tuple[Record, tuple[Bar, ...]]


def draw(
    rows: list[Row], doc: Document, kind: str = "横棒グラフ", beside: bool = False, **texts: Any
) -> Figure:
    """Draw rows of bars as one figure.

    Parameters
    ----------
    rows : list of (record, bars)
        Records of :func:`~cyberbudget.charts.canvas.read`; a bar is its segments and the text at its end.
    doc : Document
    beside : bool
        Short names stand beside their bars, not above them.
    kind, **texts
        See :func:`~cyberbudget.charts.canvas.sheet`.

    Raises
    ------
    ValueError
        Where there is no row.
    """
    with sheet(doc, rows, kind=kind, **texts) as page:
        numbers = page.key([record for record, _ in rows])
        every = [([0.0, *(x for s in segments for x in (s.start, s.end))], text)
                 for _, bars in rows for segments, text in bars]  # fmt: skip
        least = min(min(ends) for ends, _ in every)
        aside = max(style.width(record["name"], style.NOTE) for record, _ in rows) + 0.1 if beside else 0.0
        # As long as the bars can be with each its own text behind it.
        inch = min(((INNER - 0.08 - aside - style.width(text, style.NOTE)) / (max(ends) - least)
                    for ends, text in every if max(ends) > least), default=0.0)  # fmt: skip
        for record, bars in rows:
            top = page.y
            if beside:
                page.text(EDGE, page.y + 0.04 + BAR / 2, record["name"], va="center")
            else:
                page.heading(numbered(record, numbers))
            for segments, text in bars:
                _bar(page, segments, text, lambda x: EDGE + aside + (x - least) * inch)
                page.y += 0.04 + BAR
            told = "、".join(page.note(record, s.key) for segments, _ in bars for s in segments)
            page.mark(0, top, style.WIDTH, page.y - top, f"{record['name']}：{told}")
            page.y += (
                GAP if len(rows) <= MANY and not beside else GAP / 2
            )  # all measures have to fit on a sheet of paper
    return page.figure


def _bar(page: Sheet, segments: tuple[Segment, ...], text: str, place: Callable[[float], float]) -> None:
    middle, ends = page.y + 0.04 + BAR / 2, [place(0.0)]
    for s in segments:
        colour = s.colour or style.colour(s.row["area"])
        left, right = sorted((place(s.start), place(s.end)))
        pale = {"edgecolor": colour} if s.pale and not s.row["rest"] else {}
        fill = style.tint(colour, style.PALE) if pale else colour
        page.rect(left, middle - BAR / 2, right - left, BAR, fill, s.row["rest"], **pale)
        ends += [left, right]
    # The zero line runs beside the bars only, never through a label.
    page.line([ends[0]] * 2, [middle - BAR / 2 - 0.03, middle + BAR / 2 + 0.03])
    page.text(max(ends) + 0.06, middle, text, va="center")


# ── the kinds of chart ──────────────────────────────────────────────────────────────────────────────


@drawn
def bars(frame: pd.DataFrame, doc: Document, key: str = "current", whole: float | None = None,
         signed: bool = False, note: str = "", marked: Collection[str] = (), **texts: Any) -> Figure:  # fmt: skip
    """One bar per row: an amount in 億円 or a ratio, to the left of zero where it is negative.

    Parameters
    ----------
    frame : DataFrame
        ``name``, ``area``, ``rest`` and ``key``; — is written where there is no value.
    doc : Document
    key : str
        What is drawn: an amount, a change, a rate.
    whole : float, optional
        In 億円: every amount is followed by its share in it.
    signed : bool
        For changes: a sign before every number, 同額 for none.
    note : str, optional
        Another ratio of the frame that is written behind the number, such as ``contribution``; not of a remainder.
    marked : collection of str
        Names of the rows that are the point; the others are quiet.
    """
    rows: list[Row] = []
    for record in read(frame, key, *([note] if note else [])):
        value, more = record[key], record[note] if note and not record["rest"] else math.nan
        text = words.KINDS["same"] if signed and value == 0 else short(value, key, signed)
        if whole and not words.missing(value):
            text += f"（{words.percent(value / whole)}）"
        if value and not words.missing(more):
            text += f"（{key_label(doc, note)}{words.percent(more)}）"
        rows.append((record, (((Segment(record, key, _tone(record, marked)),), text),)))
    return draw(rows, doc, **texts)


def _tone(record: Record, marked: Collection[str]) -> str:
    """A quiet colour for a row beside those that are the point; its own (none told) for any other."""
    return style.REST if marked and record["name"] not in marked else ""


@drawn
def pairs(frame: pd.DataFrame, doc: Document, marked: Collection[str] = (), **texts: Any) -> Figure:
    """Last year's initial budget over this year's, row by row, with what happened in between; see :func:`bars`."""
    new, old = words.era_short(doc.current.fiscal_year), words.era_short(doc.previous.fiscal_year)
    rows: list[Row] = []
    for record in read(frame, "current", "previous"):
        note = (
            "" if record["rest"] else moved(record, "previous", "current")
        )  # no rate of a difference of sums
        before = (Segment(record, "previous", style.PREVIOUS),), f"{old}  {short(record['previous'])}"
        after = (
            (Segment(record, "current", _tone(record, marked)),),
            f"{new}  {short(record['current'])}{note}",
        )
        rows.append((record, (before, after)))
    return draw(rows, doc, **texts)


def moved(record: Record, first: str, last: str) -> str:
    """What happened between two columns: （+122.9%）, （同額）, （新規）; nothing where neither has an amount."""
    old, new = record[first], record[last]
    if words.missing(old) or words.missing(new):
        kind = (
            "none" if words.missing(old) and words.missing(new) else "new" if words.missing(old) else "gone"
        )
        return "" if kind == "none" else f"（{words.KINDS[kind]}）"
    if words.precise(old) == words.precise(new):
        near = words.KINDS["near"]  # the sheets tell them apart
        return f"（{near if record.get('kind') == near else words.KINDS['same']}）"
    return f"（{words.percent(new / old - 1, signed=True) if record[f'{first}_low'] > 0 else words.UNKNOWN}）"


@drawn
def stacked(frame: pd.DataFrame, doc: Document, **texts: Any) -> Figure:
    """補正 and 当初 end to end, the 16か月予算 of each row; 補正, paler and outlined, comes first in time."""
    rows: list[Row] = []
    for record in read(frame, "supplementary", "current", "sixteen"):
        first = Segment(record, "supplementary", pale=True)
        text = f"{short(record['sixteen'])}（うち補正 {short(record['supplementary'])}）"
        rows.append((record, (((first, Segment(record, "current", start=first.end)), text),)))
    return draw(rows, doc, **{"kind": "積み上げ横棒グラフ", **texts})


@drawn
def dots(frame: pd.DataFrame, doc: Document, key: str = "share", span: str = "ありうる範囲",
         **texts: Any) -> Figure:  # fmt: skip
    """A share per row that may be anywhere between two bounds, on a line from nothing to the whole.

    Parameters
    ----------
    frame : DataFrame
        ``name``, ``area``, ``rest`` and ``key``, a ratio from 0 to 1, with its bounds; rows without one are left out.
    doc : Document
    key : str
        The ratio: its dot, and where they differ its bounds, bear their values.
    span : str
        What the bounds are.
    """
    rows = [r for r in read(frame, key) if not words.missing(r[key])]
    with sheet(doc, rows, **{"kind": "範囲の図（点と線）", **texts}) as page:
        numbers, place = page.key(rows), scale([1.0, *(r[key] for r in rows)], EDGE + 0.06, RIGHT - 0.06)
        for r in rows:
            top, colour = page.y, style.colour(r["area"])
            page.heading(numbered(r, numbers))
            low, value, high = (place(r[key + bound]) for bound in ("_low", "", "_high"))
            told = {words.percent(r[key + bound]): place(r[key + bound]) for bound in ("_low", "", "_high")}
            room = [style.width(text, style.NOTE) + 0.1 for text in told]
            for x, text in zip(spread(list(told.values()), room, EDGE, RIGHT), told):
                page.text(x, page.y, text, ha="center")
            y = page.y + SMALL + 0.1
            page.line([place(0.0), place(1.0)], [y, y], style.QUIET)
            for x in (0.0, 0.5, 1.0):
                page.line([place(x)] * 2, [y - 0.05, y + 0.05], style.QUIET)
            page.line([low, high], [y, y], colour, linewidth=5, alpha=0.8, gid="interval")
            page.dot(value, y, colour)
            page.y = y + 0.09
            page.mark(0, top, style.WIDTH, page.y - top, f"{r['name']}：{page.note(r, key, span=span)}")
            page.y += GAP
        for x, edge, ha in ((0.0, EDGE, "left"), (0.5, place(0.5), "center"), (1.0, RIGHT, "right")):
            page.text(edge, page.y - GAP, words.percent(x, 0), ha=ha, color=style.MUTED)
        page.y += SMALL - GAP
    return page.figure


@drawn
def overlap(frame: pd.DataFrame, doc: Document, wholes: dict[str, list[str]], key: str = "current",
            **texts: Any) -> Figure:  # fmt: skip
    """Two wholes that share a part, a bar each, with what they share in line.

    Parameters
    ----------
    frame : DataFrame
        ``name``, ``area``, ``rest`` and ``key`` (億円) of every part.
    doc : Document
    wholes : {name: names of parts}
        The two wholes; a part of both is named in both.
    """
    first, second = wholes.values()
    order = sorted(dict.fromkeys([*first, *second]), key=lambda name: (name in second) + (name not in first))
    rows = {r["name"]: r for r in read(frame, key)}
    edges = [*accumulate((known(rows[name][key]) for name in order), initial=0.0)]
    place = scale(edges, EDGE, RIGHT)
    with sheet(doc, order, **{"kind": "重なりの図（二つの帯）", **texts}) as page:
        told = {name: f"{name} {page.note(rows[name], key)}" for name in order}
        for whole, names in wholes.items():
            top, small = page.y, []
            page.heading(whole, words.oku(known(*(rows[name][key] for name in names))))
            for name, left, right in zip(order, map(place, edges), map(place, edges[1:])):
                if name in names:
                    row, text = rows[name], f"{name} {words.oku_cell(rows[name][key])}"
                    colour, middle = style.colour(row["area"]), (left + right) / 2
                    page.rect(left, page.y, right - left, _TALL, colour, row["rest"], label=name)
                    if row["rest"] or style.width(text, style.NOTE) + 0.1 > right - left:
                        small.append((middle, text))
                        continue
                    look: dict[str, Any] = {
                        "va": "center_baseline",
                        "ha": "center",
                        "color": style.on(colour),
                    }
                    page.text(middle, page.y + _TALL / 2, text, **look)
            page.y += _TALL
            _leaders(page, small)
            parts = [told[name] for name in sorted(names, key=lambda name: -rows[name][key])]
            page.mark(0, top, style.WIDTH, page.y - top, f"{whole}：{brief(parts)}")
            page.y += GAP
    return page.figure


def _leaders(page: Sheet, small: list[tuple[float, str]]) -> None:
    """Under a bar what its narrow parts are, each on a line of its own, from the middle of the figure outwards."""
    foot = page.y
    for out, ha in ((1, "left"), (-1, "right")):
        side = [part for part in small if (part[0] < style.WIDTH / 2) == (out > 0)]
        side.sort(key=lambda part: -out * part[0])
        for middle, text in side:
            y, edge = page.y + 0.03 + SMALL / 2, side[0][0] + 0.1 * out
            page.line([middle, middle, edge], [foot, y, y])
            for line in style.wrap(text, (RIGHT - edge if out > 0 else edge - EDGE) - 0.05, style.NOTE):
                page.text(edge + 0.05 * out, page.y + 0.03 + SMALL / 2, line, va="center", ha=ha)
                page.y += SMALL
            page.y += 0.02

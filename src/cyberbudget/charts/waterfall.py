"""From last year's whole to this year's, step by step."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pandas as pd

from .. import exact, style, words
from ..display import Figure
from ..load import Document
from .canvas import (
    BAR,
    EDGE,
    GAP,
    RIGHT,
    Record,
    key_label,
    known,
    numbered,
    read,
    scale,
    sheet,
    short,
)

_SHORTER = 0.5  # of the largest level: where the smallest is more, the axis may start later than at zero
_LEAST = 0.01  # of the whole change: a smaller step cannot be seen


def waterfall(
    frame: pd.DataFrame, doc: Document, most: int = 6, note: str | None = None, **texts: Any
) -> Figure:
    """What lies between last year's initial budget and this year's, both at the ends: rises, falls, the unlisted.

    Parameters
    ----------
    frame : DataFrame
        ``name``, ``area``, ``rest``, ``previous``, ``current`` and ``change`` (億円). The totals at the ends are the
        sums of its rows; where ``change`` is NaN it is what the two columns make of it, with — adding nothing.
    doc : Document
    most : int
        Steps of their own; the others, and those too small to be seen, are one step 「ほかn件（差引き）」. What did
        not change has no step.
    note : str, optional
        What is said of the largest step; its part of the whole change where left out, "" for nothing.
    """
    rows = read(exact.whose(frame, doc), "previous", "current", "change")
    for r in rows:
        if words.missing(r["change"]):
            r["change"] = known(r["current"], -r["previous"])
            r["change_low"] = known(r["current_low"], -r["previous_high"])
            r["change_high"] = known(r["current_high"], -r["previous_low"])
    before, after = (known(*(r[key] for r in rows)) for key in ("previous", "current"))
    steps, levels = _steps(rows, most), [before]
    for step in steps:
        levels.append(math.fsum([levels[-1], step["change"]]))
    start, net = _start(levels), math.fsum([after, -before])
    driver = max((r for r in steps if r["change"] * net > 0), key=lambda r: abs(r["change"]), default=None)
    values = [short(before), short(after), *(short(step["change"], "change", True) for step in steps)]
    room = max(style.width(value, style.NOTE) for value in values) + 0.12  # for what each bar comes to
    place = scale([x - start for x in levels], EDGE, RIGHT - room)
    with sheet(doc, rows, **{"kind": "滝グラフ", **texts}) as page:
        numbers = page.key(steps)
        if start:
            page.paragraph(f"横軸は0からではなく、{words.plain(start, 0)}億円からです。", color=style.MUTED)
            page.y += 0.06
        ends = [{"name": key_label(doc, key), key: value, "key": key, "area": "", "rest": False}
                | {f"{key}_{bound}": math.nan for bound in ("low", "high")}
                for key, value in (("previous", before), ("current", after))]  # fmt: skip
        bottom = math.nan
        pairs = [(start, before), *pairwise(levels), (start, after)]
        for row, (at, then) in zip([ends[0], *steps, ends[1]], pairs):
            top, key = page.y, row.get("key", "change")
            left, right = sorted((place(at - start), place(then - start)))
            joint = place((then if row is ends[1] else at) - start)
            beside = math.nan if row is ends[0] else joint
            page.heading(numbered(row, numbers), beside=beside)
            if row is driver and (said := _told(row["change"], net) if note is None else note):
                page.heading(said, beside=beside, color=style.MUTED)
            page.y += 0.02
            page.line([joint, joint], [bottom, page.y], zorder=0.5)
            page.text(RIGHT, page.y + BAR / 2, short(row[key], key, key == "change"), va="center", ha="right")
            colour = style.PREVIOUS if row is ends[0] else style.colour(row["area"])
            edge = {} if row["rest"] else {"edgecolor": colour}  # so that the smallest step is seen
            page.rect(
                left, page.y, right - left, BAR, colour, row["rest"], zorder=2, label=row["name"], **edge
            )
            for x in (0.12, 0.17) if start and key != "change" else ():
                slant = [x + EDGE, x + EDGE + 0.06], [page.y + BAR + 0.02, page.y - 0.02]
                page.line(*slant, style.PAPER, linewidth=1.6)
            if not start and key != "change":  # the zero line runs beside the bars only
                page.line([place(0.0)] * 2, [page.y - 0.03, page.y + BAR + 0.03])
            bottom = page.y + BAR
            page.y += BAR
            told = page.note(row, key)  # the ends are called like their columns
            told = told.replace(" ", "：") if "key" in row else f"{row['name']}：{told}"
            page.mark(0, top, style.WIDTH, page.y - top, told)
            page.y += GAP
    return page.figure


def _steps(rows: list[Record], most: int) -> list[Record]:
    """Rises from the largest, the small ones as one sum, falls, the unlisted last."""
    moved = sorted((r for r in rows if words.precise(r["change"]) != 0), key=lambda r: -abs(r["change"]))
    least = _LEAST * abs(known(*(r["change"] for r in moved)))
    named, rest = ([r for r in moved if r["rest"] == unlisted] for unlisted in (False, True))
    own = [r for r in named[:most] if abs(r["change"]) >= least]
    shown = [r for r in rest[:2] if abs(r["change"]) >= least]
    small, left = named[len(own) :], rest[len(shown) :]
    return [
        *(r for r in own if r["change"] > 0),
        *_sum(small, f"ほか{len(small)}件（差引き）"),
        *(r for r in own if r["change"] < 0),
        *shown,
        *_sum(left, f"ほかの{words.UNLISTED}"),
    ]


def _sum(rows: list[Record], name: str) -> list[Record]:
    """The rows as one; a single one bears its own name."""
    if len(rows) < 2:
        return rows
    areas = {r["area"] for r in rows}
    sums = {key: known(*(r[key] for r in rows)) for key in ("change", "change_low", "change_high")}
    return [rows[0] | sums | {"name": name, "area": areas.pop() if len(areas) == 1 else ""}]


def _start(levels: list[float]) -> float:
    """Zero, or a round number below all levels where the steps would be too short to see."""
    low, high = min(levels), max(levels)
    if low <= _SHORTER * high or high == low:
        return 0.0
    step = 10.0 ** math.floor(math.log10(high - low))
    return max(math.floor((low - 0.25 * (high - low)) / step) * step, 0.0)


def _told(change: float, net: float) -> str:
    direction = "増加" if net > 0 else "減少"
    if abs(change) > abs(net):
        return f"これだけで、差引きの{direction}を上回る"
    return f"これだけで{direction}の{words.percent(change / net, 0)}"

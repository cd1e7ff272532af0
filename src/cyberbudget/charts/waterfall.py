"""From last year's whole to this year's, step by step."""

from __future__ import annotations

import math
from collections.abc import Callable
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
    LINE,
    RIGHT,
    Record,
    Sheet,
    drawn,
    key_label,
    known,
    numbered,
    read,
    scale,
    sheet,
    short,
)

_SEEN = 4 * style.WIDTH / style.PHONE  # inches: 4 CSS pixels on a phone; a shorter step cannot be seen
_OTHERS = "ほか"
# Words lean against their line, and the zero line stops before them.
_CLOSE: dict[str, Any] = {"close": True, "bbox": {"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.4}}


@drawn
def waterfall(
    frame: pd.DataFrame, doc: Document, most: int = 6, note: str | None = None, **texts: Any
) -> Figure:
    """What lies between last year's initial budget and this year's: the changes alone, one from where the last ended.

    The zero line is last year's level. The two budgets are words at both ends and not bars: beside them no change
    would be long enough to see, and an axis that starts later would lie.

    Parameters
    ----------
    frame : DataFrame
        ``name``, ``area``, ``rest``, ``previous``, ``current`` and ``change`` (億円). The totals at the ends are the
        sums of its rows; where ``change`` is NaN it is what the two columns make of it, with — adding nothing.
    doc : Document
    most : int
        Steps of their own; the others, and those too short to be seen, are one step 「ほかn件（差引き）」. What did
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
    steps, levels, place = _steps(rows, most)
    net = math.fsum([after, -before])
    driver = max((r for r in steps if r["change"] * net > 0), key=lambda r: abs(r["change"]), default=None)
    kind = f"滝グラフ（{short(before)}から{short(after)}億円へ）"
    with sheet(doc, rows, **{"kind": kind, **texts}) as page:
        numbers = page.key(steps)
        start = page.y
        bottom = _end(page, doc, "previous", before, place(0.0))
        for row, (at, then) in zip(steps, pairwise(levels)):
            top, joint = page.y, place(at)
            left, right = sorted((joint, place(then)))
            page.heading(numbered(row, numbers), beside=joint, **_CLOSE)
            if row is driver and (said := _told(row["change"], net) if note is None else note):
                page.heading(said, beside=joint, color=style.MUTED, **_CLOSE)
            page.y += 0.02
            page.line([joint, joint], [bottom, page.y], zorder=0.5)
            _bar(page, row, left, right)
            value = short(row["change"], "change", True)
            page.text(right + 0.06, page.y + BAR / 2, value, va="center", gid="change")
            bottom, page.y = page.y + BAR, page.y + BAR
            page.mark(0, top, style.WIDTH, page.y - top, f"{row['name']}：{page.note(row, 'change')}", row)
            page.y += GAP
        joint = place(levels[-1])
        page.line([joint, joint], [bottom, page.y + LINE], zorder=0.5)
        moved = f"（{short(net, 'change', True) if words.precise(net) else words.KINDS['same']}）"
        page.line(
            [place(0.0)] * 2, [start, page.y], style.QUIET, zorder=0
        )  # last year's level; words interrupt it
        _end(page, doc, "current", after, joint, moved)
    return page.figure


def _end(page: Sheet, doc: Document, key: str, value: float, joint: float, more: str = "") -> float:
    """The words of a budget beside its level; how far down its line comes."""
    top, label = page.y, key_label(doc, key)
    page.heading(f"{label} {short(value)}{more}", beside=joint, **_CLOSE)
    page.line([joint, joint], [top, page.y], zorder=0.5)
    row = {"name": label, key: value, f"{key}_low": math.nan, f"{key}_high": math.nan}
    page.mark(0, top, style.WIDTH, page.y - top, page.note(row, key).replace(" ", "："))
    bottom = page.y
    page.y += GAP
    return bottom


def _bar(page: Sheet, row: Record, left: float, right: float) -> None:
    """A step: a rise full, a fall empty, many small ones together pale, what is not itemised hatched."""
    colour = style.colour(row["area"])
    look: dict[str, Any] = {"zorder": 2, "label": row["name"]}
    if not row["rest"]:
        look |= {"edgecolor": colour, "linewidth": 1.2}
    fill = style.tint(colour, style.PALE) if row["name"].startswith(_OTHERS) else colour
    page.rect(
        left, page.y, right - left, BAR, style.PAPER if row["change"] < 0 else fill, row["rest"], **look
    )


def _steps(rows: list[Record], most: int) -> tuple[list[Record], list[float], Callable[[float], float]]:
    """Rises from the largest, falls, the small ones as one sum, the unlisted last; the levels between them from
    last year's, which is 0; and where on the sheet a level is."""
    moved = sorted((r for r in rows if words.precise(r["change"]) != 0), key=lambda r: -abs(r["change"]))
    named, rest = ([r for r in moved if r["rest"] == unlisted] for unlisted in (False, True))
    room = (
        max((style.width(short(r["change"], "change", True), style.NOTE) for r in moved), default=0.0) + 0.12
    )
    least = 0.0
    while True:  # fewer steps may lie on a larger scale: once is enough
        own = [r for r in named[:most] if abs(r["change"]) >= least]
        shown = [r for r in rest[:2] if abs(r["change"]) >= least]
        small, left = named[len(own) :], rest[len(shown) :]
        steps = [
            *(r for r in own if r["change"] > 0),
            *(r for r in own if r["change"] < 0),
            *_sum(small, f"{_OTHERS}{len(small)}件（差引き）"),
            *shown,
            *_sum(left, f"ほかの{words.UNLISTED}"),
        ]
        levels = [math.fsum(r["change"] for r in steps[:n]) for n in range(len(steps) + 1)]
        place = scale(levels, EDGE, RIGHT - room)
        if least:
            return steps, levels, place
        least = _SEEN / (place(1.0) - place(0.0))


def _sum(rows: list[Record], name: str) -> list[Record]:
    """The rows as one; a single one bears its own name."""
    if len(rows) < 2:
        return rows
    areas = {r["area"] for r in rows}
    sums = {key: known(*(r[key] for r in rows)) for key in ("change", "change_low", "change_high")}
    return [rows[0] | sums | {"name": name, "area": areas.pop() if len(areas) == 1 else ""}]


def _told(change: float, net: float) -> str:
    direction = "増加" if net > 0 else "減少"
    if abs(change) > abs(net):
        return f"これだけで、差引きの{direction}を上回る"
    return f"これだけで{direction}の{words.percent(change / net, 0)}"

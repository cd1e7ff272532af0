"""From last year's whole to this year's, step by step."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pandas as pd

from .. import style, words
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
    key_label,
    known,
    numbered,
    read,
    scale,
    sheet,
    short,
)

_END = RIGHT - 0.85  # inches: to the right of it stands what each bar comes to
_SHORTER = (
    0.85  # where the smallest level is more of the largest than this, the axis may start later than at zero
)


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
        Steps of their own; smaller ones are one step 「ほかn件（増）」 and one 「ほかn件（減）」. What did not change
        has no step.
    note : str, optional
        What is said of the largest step; its part of the whole change where left out, "" for nothing.
    """
    rows = read(frame, "previous", "current", "change")
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
    place = scale([x - start for x in levels], EDGE, _END)
    with sheet(doc, rows, **{"kind": "滝グラフ", **texts}) as page:
        numbers = page.key(steps)
        if start:
            page.paragraph(f"横軸は0からではなく、{words.plain(start, 0)}億円からです。", color=style.MUTED)
            page.y += 0.06
        ends = [{"name": key_label(doc, key), key: value, "key": key, "area": "", "rest": False}
                | {f"{key}_{bound}": math.nan for bound in ("low", "high")}
                for key, value in (("previous", before), ("current", after))]  # fmt: skip
        first, bottom = page.y + LINE - 0.03, math.nan
        pairs = [(start, before), *pairwise(levels), (start, after)]
        for row, (at, then) in zip([ends[0], *steps, ends[1]], pairs):
            top, key = page.y, row.get("key", "change")
            left, right = sorted((place(at - start), place(then - start)))
            page.heading(numbered(row, numbers), pad=True)
            page.y += 0.02
            joint = place((then if row is ends[1] else at) - start)
            page.line([joint, joint], [bottom, page.y], zorder=0.5)
            page.text(RIGHT, page.y + BAR / 2, short(row[key], key, key == "change"), va="center", ha="right")
            colour = style.PREVIOUS if row is ends[0] else style.colour(row["area"])
            edge = {} if row["rest"] else {"edgecolor": colour}  # so that the smallest step is seen
            page.rect(
                left, page.y, right - left, BAR, colour, row["rest"], zorder=2, label=row["name"], **edge
            )
            for x in (0.12, 0.17) if start and key != "change" else ():
                page.line(
                    [x + EDGE, x + EDGE + 0.06],
                    [page.y + BAR + 0.02, page.y - 0.02],
                    style.PAPER,
                    linewidth=1.6,
                )
            bottom = page.y + BAR
            if row is driver and (text := _told(row["change"], net) if note is None else note):
                _point(page, text, left, right)
            page.y += BAR
            told = page.note(row, key)
            told = (
                told.replace(" ", "：") if "key" in row else f"{row['name']}：{told}"
            )  # the ends are called like their columns
            page.mark(0, top, style.WIDTH, page.y - top, told)
            page.y += GAP
        if not start:
            page.line([place(0.0)] * 2, [first, bottom + 0.03], zorder=0.5)
    return page.figure


def _steps(rows: list[Record], most: int) -> list[Record]:
    """Rises from the largest, falls from the largest, small ones as two sums, the unlisted last."""
    still = [r for r in rows if words.precise(r["change"]) != 0]
    own = sorted((r for r in still if not r["rest"]), key=lambda r: -abs(r["change"]))
    found = []
    for word, sign in (("増", 1), ("減", -1)):
        found += [r for r in own[:most] if r["change"] * sign > 0]
        small = [r for r in own[most:] if r["change"] * sign > 0]
        found += _sum(small, f"ほか{len(small)}件（{word}）")
    rest = sorted((r for r in still if r["rest"]), key=lambda r: -abs(r["change"]))
    return found + rest[:2] + _sum(rest[2:], f"ほかの{words.UNLISTED}")


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


def _point(page: Sheet, text: str, left: float, right: float) -> None:
    """An annotation beside a bar, or where there is no room below it."""
    room, y = style.width(text + "←", style.NOTE) + 0.1, page.y + BAR / 2
    if right + room <= _END:
        page.text(right + 0.06, y, f"←{text}", va="center")
    elif left - room >= EDGE:
        page.text(left - 0.06, y, f"{text}→", va="center", ha="right")
    else:
        page.text(max(min(left + 0.04, RIGHT - room), EDGE), page.y + BAR + 0.05, f"↑{text}")
        page.y += 0.22

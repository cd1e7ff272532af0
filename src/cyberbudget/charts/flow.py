"""Who paid whom: bands from a measure to a recipient, as wide as the money."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product
from typing import Any

import pandas as pd

from .. import style, words
from ..display import Figure
from ..load import Document
from .canvas import EDGE, RIGHT, SMALL, Sheet, drawn, sheet, spread

MOST = 12  # bands that a reader can follow
_LEFT, _RIGHT, _NODE = 1.9, 2.8, 0.1  # inches: where the two columns stand, and how wide they are
_HIGH, _APART = 3.4, 0.16  # inches of all the money, and of the room between two nodes
_LEAST = 0.1  # inches of a band where it is pointed at
_REST = ("ほかの施策", "ほかの支出先")
Ends = dict[str, tuple[float, float]]


@drawn
def flow(frame: pd.DataFrame, doc: Document, payer: str = "measure", payee: str = "recipient", key: str = "amount",
         areas: Mapping[str, str] | None = None, rest: tuple[str, str] = _REST, **texts: Any) -> Figure:  # fmt: skip
    """Bands from the largest sources to the largest targets, all others as one on either side.

    Parameters
    ----------
    frame : DataFrame
        A row is what one payer paid to one payee: the two names and an amount (億円).
    doc : Document
    areas : mapping, optional
        Source → strategy area, for the colour of its bands.
    rest : (str, str)
        What all other sources, and all other targets, are called.
    """
    bands = reduced(frame, payer, payee, key, rest)
    with sheet(doc, bands.to_dict("records"), **{"kind": "流れ図（サンキー図）", **texts}) as page:
        page.text(EDGE, page.y, "施策", color=style.MUTED)
        page.text(RIGHT, page.y, "国が直接払った先", ha="right", color=style.MUTED)
        page.y += SMALL + 0.1
        top, scale = page.y, _HIGH / float(bands[key].sum())
        sides, bottom = [], top
        for column, at in ((payer, _LEFT), (payee, _RIGHT)):
            ends, low = _column(page, bands, column, key, at, top, scale)
            sides.append(ends)
            bottom = max(bottom, low)
        start = [dict(ends) for ends in sides]
        found = []
        for band in bands.to_dict("records"):
            thick = band[key] * scale
            colour = (
                style.colour((areas or {}).get(band[payer], "")) if band[payer] != rest[0] else style.PREVIOUS
            )
            y0, y1 = start[0][band[payer]][0], start[1][band[payee]][0]
            _band(page, y0, y1, thick, colour)
            start[0][band[payer]] = (y0 + thick, 0.0)
            start[1][band[payee]] = (y1 + thick, 0.0)
            name = f"{band[payer]} → {band[payee]}"
            amount = words.rounded(band[key], 1)
            page._rows.append((name, "支払い", str(amount), words.ABSENT, words.ABSENT, "億円"))
            found.append((thick, _corners(y0, y1, thick), f"{name}：{words.oku(band[key])}"))
        for _, corners, text in sorted(found, key=lambda one: -one[0]):  # a thin band lies over a thick one
            page.shape(corners, text)
        page.y = bottom + 0.08
    return page.figure


def reduced(frame: pd.DataFrame, source: str, target: str, key: str, rest: tuple[str, str] = _REST,
            most: int = MOST) -> pd.DataFrame:  # fmt: skip
    """The bands of a frame, of which there are at most ``most``: as many large sources and targets as that allows."""
    sizes = [
        frame.groupby(name, sort=False)[key].sum().nlargest(6, keep="first") for name in (source, target)
    ]
    bands = frame.head(0)
    for counts in sorted(
        product(range(1, 7), repeat=2), key=lambda pair: (sum(pair), min(pair)), reverse=True
    ):
        left, right = (
            frame[name].where(frame[name].isin(set(size.index[:count])), other)
            for name, size, count, other in zip((source, target), sizes, counts, rest)
        )
        named = frame.assign(**{source: left, target: right})
        bands = named.groupby([source, target], as_index=False, sort=False)[[key]].sum()
        if len(bands) <= most:
            break
    orders = [[*size.index, other] for size, other in zip(sizes, rest)]
    place = bands[source].map(orders[0].index), bands[target].map(orders[1].index)
    return (
        bands.assign(a=place[0], b=place[1])
        .sort_values(["a", "b"], ignore_index=True)
        .drop(columns=["a", "b"])
    )


def _column(page: Sheet, bands: pd.DataFrame, column: str, key: str, at: float, top: float,
            scale: float) -> tuple[Ends, float]:  # fmt: skip
    """Draw the nodes of one side with their labels; where each begins and ends, and how low the labels come."""
    sums = bands.groupby(column, sort=False)[key].sum()
    order = list(sums.index) if at == _LEFT else _by_size(sums)
    y, ends = top, {}
    room = (at - EDGE if at == _LEFT else RIGHT - at - _NODE) - 0.24
    lines = {name: [*style.wrap(name, room, style.NOTE), words.oku(sums[name])] for name in order}
    for name in order:
        ends[name] = (y, y + sums[name] * scale)
        page.rect(at, y, _NODE, sums[name] * scale, style.INK, linewidth=0)
        y = ends[name][1] + _APART
    tall = [SMALL * len(lines[name]) + 0.05 for name in order]
    low = max(y - _APART, top + math.fsum(tall))
    middles = spread([sum(ends[name]) / 2 for name in order], tall, top - 0.04, low)
    side, edge, out = ("right", at, -1) if at == _LEFT else ("left", at + _NODE, 1)
    x = edge + 0.22 * out
    for name, middle in zip(order, middles):
        page.line(
            [edge + 0.03 * out, edge + 0.18 * out], [sum(ends[name]) / 2, middle], "#b6bcc6", linewidth=0.8
        )
        upper = middle - SMALL * len(lines[name]) / 2
        for n, text in enumerate(lines[name]):
            page.text(x, upper + SMALL * (n + 0.5), text, va="center", ha=side,
                      color=style.MUTED if n == len(lines[name]) - 1 else style.INK)  # fmt: skip
    return ends, low


def _by_size(sums: pd.Series) -> list[str]:
    """The largest first; all others last."""
    return sorted(sums.index, key=lambda name: (name == _REST[1], -sums[name]))


def _run(y0: float, y1: float, steps: int) -> tuple[list[float], list[float]]:
    """The upper edge of a band: places across and down."""
    parts = [n / steps for n in range(steps + 1)]
    across = [_LEFT + _NODE + t * (_RIGHT - _LEFT - _NODE) for t in parts]
    return across, [y0 + (y1 - y0) * t * t * (3 - 2 * t) for t in parts]


def _corners(y0: float, y1: float, thick: float) -> list[tuple[float, float]]:
    """Where a band is pointed at: itself, and a little more where it is thin."""
    more = max(_LEAST - thick, 0.0) / 2
    upper = list(zip(*_run(y0, y1, 6)))
    return [(x, y - more) for x, y in upper] + [(x, y + thick + more) for x, y in upper[::-1]]


def _band(page: Sheet, y0: float, y1: float, thick: float, colour: str) -> None:
    xs, upper = _run(y0, y1, 24)
    page.ax.fill_between(
        xs, upper, [y + thick for y in upper], color=colour, alpha=0.55, linewidth=0, gid="band"
    )

"""Two columns against each other: slopes from one year to the next, dumbbells from one budget to another."""

from __future__ import annotations

import math
import statistics
from collections.abc import Collection
from typing import Any

import pandas as pd

from .. import style, words
from ..display import Figure
from ..load import Document
from .bars import moved
from .canvas import (
    BAR,
    EDGE,
    GAP,
    RIGHT,
    SMALL,
    Record,
    key_label,
    known,
    numbered,
    read,
    scale,
    sheet,
    short,
    spread,
)

_FIRST, _LAST = EDGE + 0.75, 2.1  # inches: where the two years stand
_ALL = 14  # so many lines can all be named


def _shown(frame: pd.DataFrame, first: str, last: str) -> list[Record]:
    return [r for r in read(frame, first, last) if not (words.missing(r[first]) and words.missing(r[last]))]


def _size(record: Record, first: str, last: str) -> float:
    return known(record[last], -record[first])


def slope(frame: pd.DataFrame, doc: Document, first: str = "previous", last: str = "current",
          matter: int | Collection[str] = 3, log: bool = False, **texts: Any) -> Figure:  # fmt: skip
    """A line per row from one column to another, both values and the name at its ends.

    Parameters
    ----------
    frame : DataFrame
        ``name``, ``area``, ``rest`` and the two columns; rows with neither value are left out, a row with one has a
        dotted line to where the other would be.
    doc : Document
    first, last : str
        The two columns, in 億円 or both ratios.
    matter : int or names
        The rows in colour: those that moved most, or those named. The others are grey, and unnamed where there are
        more than a figure can name.
    log : bool
        Logarithmic axis, said in words: lines of the same slope moved by the same rate.
    """
    rows = _shown(frame, first, last)
    by_move = sorted((r for r in rows if not r["rest"]), key=lambda r: -abs(_size(r, first, last)))
    chosen = by_move[:matter] if isinstance(matter, int) else [r for r in rows if r["name"] in matter]
    for r in rows:
        r["mine"] = any(r is c for c in chosen)
        tail = "" if r["rest"] else moved(r, first, last)
        text = f"{short(r[last], last)} {r['name']}{tail}"
        r["lines"] = [[short(r[first], first)], style.wrap(text, RIGHT - _LAST - 0.22, style.NOTE)]
    told = [r for r in rows if len(rows) <= _ALL or r["mine"]]
    with sheet(doc, rows, **{"kind": "傾きのグラフ（スロープグラフ）", **texts}) as page:
        if log:
            page.paragraph("縦は対数目盛です。傾きが同じなら、増減率が同じです。", color=style.MUTED)
            page.y += 0.08
        for x, key in ((EDGE, first), (_LAST, last)):
            page.text(x, page.y, key_label(doc, key), color=style.MUTED)
        top = page.y + SMALL + 0.1
        high = max(3.2, *(math.fsum(_tall(r, end) for r in told) for end in (0, 1)))
        place = scale([r[key] for r in rows for key in (first, last)], top + high - 0.1, top + 0.1, log)
        for r in sorted(rows, key=lambda r: r["mine"]):
            r["at"] = [place(known(r[key])) for key in (first, last)]
            dotted = words.missing(r[first]) or words.missing(r[last])
            colour = style.colour(r["area"]) if r["mine"] else style.PREVIOUS
            look = {
                "linewidth": 2.2 if r["mine"] else 1.0,
                "linestyle": ":" if dotted else "-",
                "label": r["name"],
            }
            page.line([_FIRST, _LAST], r["at"], colour, **look)
            for x, key, y in zip((_FIRST, _LAST), (first, last), r["at"]):
                if not words.missing(r[key]):
                    page.dot(x, y, colour, hollow=not r["mine"])
            both = "、".join(page.note(r, key) for key in (first, last))
            r["told"] = f"{r['name']}：{both}"
        for end, x, out, side in ((0, _FIRST, -1, "right"), (1, _LAST, 1, "left")):
            told.sort(key=lambda r: r["at"][end])
            wanted = [r["at"][end] for r in told]
            for r, y in zip(told, spread(wanted, [_tall(r, end) for r in told], top, top + high)):
                ends = [x + 0.07 * out, x + 0.17 * out]
                page.line(ends, [r["at"][end], y], "#b6bcc6", linewidth=0.6, zorder=0)
                ink, upper = style.INK if r["mine"] else style.MUTED, y - SMALL * len(r["lines"][end]) / 2
                for m, text in enumerate(r["lines"][end]):
                    page.text(x + 0.2 * out, upper + SMALL * (m + 0.5), text, va="center", ha=side, color=ink)
                if end:
                    page.mark(_LAST, y - _tall(r, 1) / 2, style.WIDTH - _LAST, _tall(r, 1), r["told"])
        page.y = top + high
        if len(told) < len(rows):
            page.y += 0.05
            page.paragraph(f"灰色の線は、ほか{len(rows) - len(told)}件です。", color=style.MUTED)
    return page.figure


def _tall(record: Record, end: int) -> float:
    """Inches that the label at one end of a line takes."""
    return SMALL * len(record["lines"][end]) + 0.03


def dumbbell(frame: pd.DataFrame, doc: Document, first: str = "supplementary", last: str = "current",
             log: bool = False, surprising: bool = True, labels: tuple[str, str] | None = None,
             **texts: Any) -> Figure:  # fmt: skip
    """Two dots per row with the stretch between them, both values written.

    Parameters
    ----------
    frame : DataFrame
        ``name``, ``area``, ``rest`` and the two columns; rows with neither value are left out.
    doc : Document
    first, last : str
        The two columns (a ring, a full dot), in 億円 or both ratios.
    log : bool
        Logarithmic axis, said in words.
    surprising : bool
        On top the rows farthest from what is usual here: that both are the same, or that one is nothing (by (last −
        first) / (last + first), of which the middle row is nearest to 0, 1 or −1); the unlisted last. Otherwise the
        rows as they come.
    labels : (str, str), optional
        What the two columns are called; the names of the columns where left out.
    """
    rows = _shown(frame, first, last)
    if surprising:
        tilt = [_size(r, first, last) / (known(r[last], r[first]) or 1.0) for r in rows]
        middle = round(statistics.median([t for t, r in zip(tilt, rows) if not r["rest"]] or tilt or [0.0]))
        order = sorted(range(len(rows)), key=lambda n: (rows[n]["rest"], -round(abs(tilt[n] - middle), 9)))
        rows = [rows[n] for n in order]
    with sheet(doc, rows, **{"kind": "ダンベル図（二つの点と線）", **texts}) as page:
        named = labels or (key_label(doc, first), key_label(doc, last))
        page.flow(zip("○●", [style.INK] * 2, named))
        if log:
            page.paragraph("横は対数目盛です。", color=style.MUTED)
        numbers = page.key(rows)
        numbers_of = [r[key] for r in rows for key in (first, last)]
        room = max((style.width(short(x, first), style.NOTE) for x in numbers_of), default=0.0) + 0.16
        place = scale(numbers_of, EDGE + room, RIGHT - room, log)
        for r in rows:
            top = page.y
            page.heading(numbered(r, numbers))
            y, colour = page.y + BAR / 2, style.PREVIOUS if r["rest"] else style.colour(r["area"])
            ends = sorted((known(r[key]), key) for key in (first, last))
            if not any(words.missing(r[key]) for key in (first, last)):
                page.line(
                    [place(x) for x, _ in ends], [y, y], colour, linewidth=2.6, alpha=0.45, label=r["name"]
                )
            for key in (first, last):
                if not words.missing(r[key]):
                    page.dot(place(r[key]), y, colour, hollow=key == first)
            for (_, key), out in zip(ends, (-1, 1)):
                there = [place(r[k]) for k in (first, last) if not words.missing(r[k])]
                edge = (min if out < 0 else max)(there)
                page.text(edge + 0.1 * out, y, short(r[key], key), va="center",
                          ha="left" if out > 0 else "right", color=style.MUTED if key == first else style.INK)  # fmt: skip
            page.y += BAR
            both = "、".join(page.note(r, key) for key in (first, last))
            page.mark(0, top, style.WIDTH, page.y - top, f"{r['name']}：{both}")
            page.y += GAP
    return page.figure

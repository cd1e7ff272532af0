"""Two columns against each other: slopes from one year to the next, dumbbells from one budget to another."""

from __future__ import annotations

import math
import statistics
from collections.abc import Collection, Mapping
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
    Nothing,
    Record,
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

_RUN = 0.95  # inches from one year to the next
_ALL = 14  # so many lines can all be named
_SMALL = 0.05  # of the axis: both dots of a row that ends below it would be one


def _shown(frame: pd.DataFrame, first: str, last: str) -> list[Record]:
    rows = [r for r in read(frame, first, last) if not (words.missing(r[first]) and words.missing(r[last]))]
    if not rows:
        raise Nothing
    return rows


def _size(record: Record, first: str, last: str) -> float:
    return known(record[last], -record[first])


@drawn
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
    begin = EDGE + 0.2 + max(style.width(short(r[first], first), style.NOTE) for r in rows)
    end = begin + _RUN
    for r in rows:
        r["mine"] = any(r is c for c in chosen)
        tail = "" if r["rest"] else moved(r, first, last)
        text = f"{short(r[last], last)}{tail or ' '}{r['name']}"
        r["lines"] = [[short(r[first], first)], style.wrap(text, RIGHT - end - 0.2, style.NOTE)]
    told = [r for r in rows if len(rows) <= _ALL or r["mine"]]
    with sheet(doc, **{"kind": "傾きのグラフ（スロープグラフ）", **texts}) as page:
        if log:
            page.paragraph("縦は対数目盛です。傾きが同じなら、増減率が同じです。", color=style.MUTED)
            page.y += 0.08
        heads = [style.wrap(key_label(doc, key), _RUN - 0.1, style.NOTE) for key in (first, last)]
        for x, lines in zip((begin, end), heads):
            for n, text in enumerate(lines):
                page.text(x, page.y + SMALL * n, text, color=style.MUTED, ha="center")
        top = page.y + SMALL * max(map(len, heads)) + 0.1
        high = max(3.2, *(math.fsum(_tall(r, at) for r in told) for at in (0, 1)))
        place = scale(
            [known(r[key]) for r in rows for key in (first, last)], top + high - 0.1, top + 0.1, log
        )
        for r in sorted(rows, key=lambda r: r["mine"]):
            r["at"] = [place(known(r[key])) for key in (first, last)]
            dotted = words.missing(r[first]) or words.missing(r[last])
            colour = style.colour(r["area"]) if r["mine"] else style.QUIET
            look = {"linewidth": 2.2 if r["mine"] else 1.0, "linestyle": ":" if dotted else "-"}
            page.line([begin, end], r["at"], colour, label=r["name"], **look)
            for x, key, y in zip((begin, end), (first, last), r["at"]):
                if r["mine"] and not words.missing(r[key]):
                    page.dot(x, y, colour)
            both = "、".join(page.note(r, key) for key in (first, last))
            r["told"] = f"{r['name']}：{both}"
        for at, x, out, side in ((0, begin, -1, "right"), (1, end, 1, "left")):
            told.sort(key=lambda r: r["at"][at])
            wanted = [r["at"][at] for r in told]
            for r, y in zip(told, spread(wanted, [_tall(r, at) for r in told], top, top + high)):
                ends = [x + 0.07 * out, x + 0.17 * out]
                page.line(ends, [r["at"][at], y], style.LINE, linewidth=0.9, zorder=0)
                ink, upper = style.INK if r["mine"] else style.MUTED, y - SMALL * len(r["lines"][at]) / 2
                for m, text in enumerate(r["lines"][at]):
                    page.text(x + 0.2 * out, upper + SMALL * (m + 0.5), text, va="center", ha=side, color=ink)
                r["ends"] = [*r.get("ends", []), y]
        for r in told:
            page.shape(_target(r, begin, end), r["told"])
        page.y = top + high
        if len(told) < len(rows):
            page.y += 0.05
            page.paragraph(f"灰色の線は、ほか{len(rows) - len(told)}件です。", color=style.MUTED)
    return page.figure


def _target(record: Record, begin: float, end: float) -> list[tuple[float, float]]:
    """The corners of a row from its first label along its line to its last one."""
    labels = [(y - _tall(record, at) / 2, y + _tall(record, at) / 2) for at, y in enumerate(record["ends"])]
    upper, lower = [], []
    for edge, x, (up, low), y in zip((0.0, style.WIDTH), (begin, end), labels, record["at"]):
        inner = x + (0.06 if edge else -0.06)
        upper.append([(edge, up), (inner, up), (x, y - 0.09)])
        lower.append([(edge, low), (inner, low), (x, y + 0.09)])
    return [*upper[0], *upper[1][::-1], *lower[1], *lower[0][::-1]]


def _tall(record: Record, end: int) -> float:
    """Inches that the label at one end of a line takes."""
    return SMALL * len(record["lines"][end]) + 0.03


@drawn
def dumbbell(frame: pd.DataFrame, doc: Document, first: str = "supplementary", last: str = "current",
             surprising: bool = True, labels: tuple[str, str] | None = None,
             notes: Mapping[str, str] | None = None, **texts: Any) -> Figure:  # fmt: skip
    """Two dots per row with the stretch between them, both values written; the smallest rows in one line of words.

    Parameters
    ----------
    frame : DataFrame
        ``name``, ``area``, ``rest`` and the two columns; rows with neither value are left out.
    doc : Document
    first, last : str
        The two columns, in 億円 or both ratios: a ring (◇ where it is 補正) and a full dot.
    surprising : bool
        On top the rows farthest from what is usual here: that both are the same, or that one is nothing (by (last −
        first) / (last + first), of which the middle row is nearest to 0, 1 or −1); the unlisted last. Otherwise the
        rows as they come.
    labels : (str, str), optional
        What the two columns are called; the names of the columns where left out.
    notes : mapping, optional
        Name of a row → what explains it, written below its name; such a row is never among the small ones.
    """
    rows, keys = _shown(frame, first, last), (first, last)
    if surprising:
        tilt = [_size(r, first, last) / (known(r[last], r[first]) or 1.0) for r in rows]
        middle = round(statistics.median([t for t, r in zip(tilt, rows) if not r["rest"]] or tilt or [0.0]))
        order = sorted(range(len(rows)), key=lambda n: (rows[n]["rest"], -round(abs(tilt[n] - middle), 9)))
        rows = [rows[n] for n in order]
    numbers_of = [r[key] for r in rows for key in keys if not words.missing(r[key])]
    least, notes = _SMALL * max(map(abs, numbers_of)), notes or {}
    small = [r for r in rows if max(abs(known(r[key])) for key in keys) < least and r["name"] not in notes]
    sign = "◇" if first.startswith("supplementary") else "○"
    small = small if len(small) > 1 else []
    with sheet(doc, **{"kind": "ダンベル図（二つの点と線）", **texts}) as page:
        named = labels or (key_label(doc, first), key_label(doc, last))
        page.flow(zip((sign, "●"), [style.INK] * 2, named))
        numbers = page.key(rows)
        room = max(style.width(short(x, first), style.NOTE) for x in numbers_of) + 0.18
        place = scale(numbers_of, EDGE + room, RIGHT - room)
        page.text(place(0.0), page.y - 0.04, "0", ha="center", color=style.MUTED)
        page.y += SMALL - 0.04
        for r in rows:
            both = [page.note(r, key, label) for key, label in zip(keys, named)]
            r["told"] = f"{r['name']}：{'、'.join(both)}"
        for r in (r for r in rows if not any(r is s for s in small)):
            top = page.y
            page.heading(numbered(r, numbers))
            if r["name"] in notes:
                page.paragraph(notes[r["name"]], color=style.MUTED)
            y, colour = page.y + BAR / 2, style.colour(r["area"])
            there = {key: place(r[key]) for key in keys if not words.missing(r[key])}
            edges = min(there.values()), max(there.values())
            look = (
                {"linestyle": (0, (1, 1))} if r["rest"] else {}
            )  # what is not itemised is dashed, as elsewhere hatched
            if len(there) > 1:
                page.line(edges, [y, y], colour, linewidth=2.6, alpha=0.8, label=r["name"], **look)
            page.line([place(0.0)] * 2, [y - BAR / 2 - 0.03, y + BAR / 2 + 0.03], style.QUIET, zorder=0)
            for key in there:  # the dot on the ring, where they coincide
                page.dot(there[key], y, colour, sign if key == first else "●")
            ends = sorted(keys, key=lambda key: known(r[key]))
            for key, x, out, ha in zip(ends, edges, (-1, 1), ("right", "left")):
                ink = style.MUTED if key == first else style.INK
                page.text(x + 0.12 * out, y, short(r[key], key), va="center", ha=ha, color=ink,
                          bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.3})  # fmt: skip
            page.y += BAR
            page.mark(0, top, style.WIDTH, page.y - top, r["told"])
            page.y += GAP
        if small:
            top = page.y
            each = "、".join(
                f"{numbered(r, numbers)} {short(r[first], first)}→{short(r[last], last)}" for r in small
            )
            page.paragraph(f"小さい{len(small)}件：{each}")
            page.mark(0, top, style.WIDTH, page.y - top, brief([r["told"] for r in small]))
    return page.figure

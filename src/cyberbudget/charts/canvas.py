"""What all figures share: how a frame is read, and a sheet that is drawn from top to bottom.

A sheet is measured in inches from its top left corner, so that a form says where each thing stands and how much
room its words take before anything is drawn. It grows with what is put on it.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from statistics import fmean
from typing import Any, ParamSpec

import pandas as pd
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from .. import style, words
from ..display import Figure, Mark, Table, say
from ..load import Document

EDGE = 0.1  # inches left free on both sides
RIGHT = style.WIDTH - EDGE
INNER = style.WIDTH - 2 * EDGE
LINE, SMALL = 0.22, 0.2  # inches from one line of text to the next, at style.TEXT and at style.NOTE
BAR, GAP = 0.19, 0.13  # a bar, and the space below a row
MANY = 20  # rows; more of them stand closer
TOUCH = 24 * style.WIDTH / style.PHONE  # inches: what a finger needs on a phone

# What a sign stands for in every figure; × is what was spent.
SIGNS = {"●": "o", "○": "o", "◇": "D", "□": "s", "×": "x"}

Record = dict[str, Any]
# Columns that are no amounts.
RATIOS = ("rate", "share", "supplementary_share", "contribution", "points", "front")


# ── frames ──────────────────────────────────────────────────────────────────────────────────────────


P = ParamSpec("P")


class Nothing(Exception):
    """There is nothing to draw."""


def drawn(chart: Callable[P, Figure]) -> Callable[P, Any]:
    """A chart that says so where a document has nothing to draw, which its chapter cannot know before."""

    @wraps(chart)
    def shown(*given: P.args, **texts: P.kwargs) -> Any:
        try:
            return chart(*given, **texts)
        except Nothing:
            return say("この図に描く額は、この資料にはありません。")

    return shown


def read(frame: pd.DataFrame, *keys: str, needs: Iterable[str] = ()) -> list[Record]:
    """The rows of a frame as records with ``name``, ``area``, ``rest`` and, for each key, a float and its bounds.

    Parameters
    ----------
    frame : DataFrame
        Columns ``name`` and each key (億円, or a ratio; NaN where there is none); ``<key>_low`` and
        ``<key>_high`` are the value itself where they are left out, ``area`` is empty and ``rest`` False.
    *keys : str
        Columns of numbers.
    needs : iterable of str
        Other columns without which the figure would say something wrong.

    Raises
    ------
    ValueError
        Where a column is missing or holds something else than numbers.
    Nothing
        Where there is no row.
    """
    lacking = [column for column in ("name", *needs, *keys) if column not in frame]
    if lacking:
        there = "、".join(map(str, frame.columns))
        raise ValueError(f"図に要る列がありません: {'、'.join(lacking)}（表にある列: {there}）")
    if frame.empty:
        raise Nothing
    columns: dict[str, Any] = {"name": frame["name"].astype(str).tolist()}
    for column, empty in (("id", ""), ("area", ""), ("ministry", ""), ("kind", "")):
        columns[column] = frame[column].fillna(empty) if column in frame else [empty] * len(frame)
    columns["rest"] = [x is not None and x == x and bool(x) for x in frame.get("rest", [False] * len(frame))]
    for key in keys:
        columns[key] = _numbers(frame, key)
        for bound in (f"{key}_low", f"{key}_high"):
            columns[bound] = _numbers(frame, bound) if bound in frame else columns[key]
    return [dict(zip(columns, row)) for row in zip(*columns.values())]


def _numbers(frame: pd.DataFrame, key: str) -> list[float]:
    try:
        found = pd.to_numeric(frame[key]).astype(float)
    except (TypeError, ValueError):
        raise ValueError(f"{key}の列が数ではありません") from None
    return [float(x) if math.isfinite(x) else math.nan for x in found]


def known(*numbers: float) -> float:
    """Their sum, where — adds nothing; the same on every Python, unlike sum()."""
    return math.fsum(x for x in numbers if x == x)


def short(value: float, key: str = "current", signed: bool = False) -> str:
    """A number of a column where the subtitle names the unit: 2,126.2, 71.6% or —."""
    return words.percent(value, signed=signed) if key in RATIOS else words.oku_cell(value, signed)


def numbered(row: Record, numbers: dict[str, str]) -> str:
    """The name of a row with the number of its area, (3), where a key tells them apart and the name does not."""
    number = numbers.get(row["area"], "")
    return str(row["name"]) if row["name"].endswith(number) else row["name"] + number


def key_label(doc: Document, key: str) -> str:
    """Name of a column of the tables: current → 令和6年度当初."""
    own = {"change": "増減", "sixteen": "16か月予算", "listed": "表にある施策", "left": words.UNLISTED}
    rates = {"rate": "増減率", "share": "割合", "contribution": "増加に占める割合", "whole": "全体"}
    rates["supplementary_share"] = "補正に占める割合"
    return (own | rates | {column.role: column.label for column in doc.columns}).get(key, key)


def area_names(doc: Document) -> dict[str, str]:
    """Number and short name of each area: 3 → (3)国際・安全保障."""
    return {str(r["area"]): f"{r['id']}{r['short']}" for r in doc.areas.to_dict("records")}


# ── the sheet ───────────────────────────────────────────────────────────────────────────────────────


class Sheet:
    """A figure while it is drawn; ``y`` is how far down it has come, in inches."""

    def __init__(self, doc: Document, name: str, title: str, subtitle: str, caption: str, kind: str,
                 source: str = "", table: Table | None = None) -> None:  # fmt: skip
        self.doc, self.name, self.title, self.subtitle, self.kind = doc, name, title, subtitle, kind
        self.caption, self.source, self.table = caption, source or doc.source, table
        self.canvas = Canvas(figsize=(style.WIDTH, 1))
        FigureCanvasSVG(self.canvas)
        self.ax = self.canvas.add_axes((0, 0, 1, 1))
        self.ax.set_xlim(0, style.WIDTH)
        self.ax.axis("off")
        self.y = 0.08
        self._rows: list[tuple[str, ...]] = []
        self._marks: list[tuple[list[float], str, str]] = []
        self._measures = set(doc.measures["id"])
        self._shapes: list[tuple[list[tuple[float, float]], str]] = []
        for line in style.wrap(title, INNER, style.TITLE):
            self.text(EDGE, self.y, line, size=style.TITLE)
            self.y += 0.27
        self.y += 0.02
        self.paragraph(subtitle, color=style.MUTED)
        self.y += 0.08
        self.figure: Figure

    def text(self, x: float, y: float, text: str, size: float = style.NOTE, **look: Any) -> Text:
        """A line of text; ``y`` is its top unless ``va`` says otherwise."""
        return self.ax.text(x, y, text, **{"size": size, "va": "top", **look})

    def paragraph(self, text: str, **look: Any) -> None:
        """Words over the whole width, with the sheet's ``y`` below them."""
        for line in style.wrap(text, INNER, style.NOTE):
            self.text(EDGE, self.y, line, **look)
            self.y += SMALL

    def heading(
        self, text: str, value: str = "", beside: float = math.nan, close: bool = False, **look: Any
    ) -> None:
        """The label of a row over as many lines as it takes, with its value at the right edge.

        A label that stands ``beside`` a vertical line has the wider side of it, so that the line runs through no word;
        one that is ``close`` leans against it.
        """
        left, right = EDGE, RIGHT - (style.width(value, style.NOTE) + 0.15 if value else 0.0)
        if beside > style.WIDTH / 2:
            right = beside - 0.06
        elif beside >= EDGE:
            left = beside + 0.06
        if value:
            self.text(RIGHT, self.y + 0.8 * LINE, value, va="baseline", ha="right")
        x, ha = (right, "right") if close and beside > style.WIDTH / 2 else (left, "left")
        for line in style.wrap(text, right - left, style.TEXT):
            self.text(x, self.y + 0.8 * LINE, line, style.TEXT, va="baseline", ha=ha, **look)
            self.y += LINE

    def rect(self, x: float, y: float, width: float, height: float, colour: str, rest: bool = False,
             **look: Any) -> None:  # fmt: skip
        """A rectangle; hatched where it stands for what the document does not itemise."""
        hatched: dict[str, Any] = {"facecolor": style.PAPER, "edgecolor": style.LINE, "hatch": style.HATCH}
        plain: dict[str, Any] = {"facecolor": colour, "edgecolor": style.PAPER}
        look = {"linewidth": 0.8} | (hatched if rest else plain) | look
        self.ax.add_patch(Rectangle((x, y), width, height, **look))

    def line(self, xs: Iterable[float], ys: Iterable[float], colour: str = style.LINE, **look: Any) -> None:
        self.ax.plot(
            tuple(xs), tuple(ys), color=colour, **{"linewidth": 0.8, "solid_capstyle": "butt", **look}
        )

    def dot(self, x: float, y: float, colour: str, sign: str = "●") -> None:
        """A value: ● this year's or the only one, ○ last year's, ◇ 補正, □ another edition of the same."""
        hollow = sign != "●"
        look = {"marker": SIGNS[sign], "markersize": 8 if hollow else 7, "markeredgewidth": 1.6}
        face = style.PAPER if hollow else colour
        self.line([x], [y], colour, **look, linestyle="none", markerfacecolor=face, gid="value", zorder=2.5)

    def flow(self, entries: Iterable[tuple[str, str, str]]) -> None:
        """A key: a sign in its colour and what it stands for, one after another."""
        x = EDGE
        for sign, colour, text in entries:
            width = style.width(sign + text, style.NOTE) + 0.05
            if x > EDGE and x + width > RIGHT:
                x, self.y = EDGE, self.y + SMALL
            self.text(x, self.y, sign, color=colour)
            self.text(x + style.width(sign, style.NOTE) + 0.05, self.y, text)
            x += width + 0.12
        self.y += SMALL + 0.06

    def key(self, rows: list[Record]) -> dict[str, str]:
        """Draw which colour and number stands for which area, where the rows bear other names than theirs.

        Returns
        -------
        dict
            Area → its number, (3), to put after the names; empty where there is nothing to tell apart.
        """
        used = {row["area"] for row in rows}
        shown = {r["area"]: r for r in self.doc.areas.to_dict("records") if r["area"] in used}
        own = tuple(r[name] for r in shown.values() for name in ("short", "short_en"))
        if len(shown) < 2 or all(r["name"].startswith(own) for r in rows if r["area"] in shown):
            return {}
        self.flow(("■", style.colour(area), r["id"] + r["short"]) for area, r in shown.items())
        return {area: r["id"] for area, r in shown.items()}

    def mark(
        self, x: float, y: float, width: float, height: float, text: str, row: Record | None = None
    ) -> None:
        """Where a drawn thing stands, what is said of it when it is pointed at, and the row that it shows."""
        at = f"{self.doc.folder.name}/{row['id']}" if row and row["id"] in self._measures else ""
        self._marks.append(([x, y, x + width, y + height], text, at))

    def shape(self, corners: Iterable[tuple[float, float]], text: str) -> None:
        """The same for a thing that is no rectangle, such as a line across the sheet."""
        self._shapes.append((list(corners), text))

    def note(self, record: Record, key: str, label: str = "", span: str = "") -> str:
        """Put a number of a record into the CSV; what it is in words, for a mark.

        The bounds, where they are more than a rounding: what the ``span`` between them is. The CSV has them all.
        """
        value, low, high = (record[key + bound] for bound in ("", "_low", "_high"))
        name, factor, digits = label or key_label(self.doc, key), 100, 2
        told = words.percent(value, signed=key == "rate")
        if key not in RATIOS:
            told, factor, digits = words.oku(value, signed=key == "change"), 1, 1
        cells = [words.ABSENT] * 3
        if value == value:
            cells[0] = str(words.rounded(words.precise(value) * factor, digits))
        if low == low:
            cells[1:] = (
                str(words.rounded(x, digits + 1)) for x in words.outward((low, high), factor, digits + 1)[:2]
            )
        self._rows.append((record["name"], name, *cells, "億円" if factor == 1 else "%"))
        bounds = "〜".join(short(x, key) for x in (low, high))
        return f"{name} {told}" + (f"（{span} {bounds}）" if span and low < high else "")

    def finish(self) -> Figure:
        """The finished figure, the same bytes on every run."""
        height = self.y + 0.05
        self.canvas.set_size_inches(style.WIDTH, height)
        self.ax.set_ylim(height, 0)
        buffer = io.StringIO()
        self.canvas.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        stop = ". " if self.kind.isascii() else "。"
        alt = stop.join((self.kind, self.subtitle, self.title))
        alt += stop + self.caption if len(alt) < 60 else ""
        while style.width(alt, 72) > 120:  # in ems; a screen reader should not be kept waiting
            alt = alt.removesuffix("…")[:-1] + "…"
        return Figure(
            name=self.name, svg=buffer.getvalue(), alt=alt, caption=self.caption, source=self.source,
            data=pd.DataFrame(self._rows, columns=["項目", "系列", "値", "下限", "上限", "単位"]),
            canvas=self.canvas, marks=tuple(self._spots(height)), table=self.table, title=self.title,
        )  # fmt: skip

    def _spots(self, height: float) -> Iterator[Mark]:
        """The marks in parts of the picture, as large as a finger needs wherever others leave the room."""
        size, boxes = (style.WIDTH, height), [box for box, *_ in self._marks]
        for low, high, across in ((1, 3, 0), (0, 2, 1)):
            for box in boxes:
                others = [
                    b
                    for b in boxes
                    if b is not box and b[across] < box[across + 2] and box[across] < b[across + 2]
                ]
                first = max([0.0, *(b[high] for b in others if b[high] <= box[low] + 1e-9)])
                last = min([size[low], *(b[low] for b in others if b[low] >= box[high] - 1e-9)])
                lack = max(TOUCH - (box[high] - box[low]), 0.0)
                up = min(max(lack / 2, lack - (last - box[high])), box[low] - first)
                box[high] += min(lack - up, last - box[high])
                box[low] -= up
        for (x0, y0, x1, y1), text, at in self._marks:
            x, y = round(x0 / style.WIDTH, 4), round(y0 / height, 4)
            yield Mark(x, y, round(x1 / style.WIDTH - x, 4), round(y1 / height - y, 4), text, at=at)
        for corners, text in self._shapes:
            shape = tuple((round(x / style.WIDTH, 4), round(y / height, 4)) for x, y in corners)
            (x0, y0), (x1, y1) = (tuple(map(end, zip(*shape))) for end in (min, max))
            yield Mark(x0, y0, round(x1 - x0, 4), round(y1 - y0, 4), text, shape)


@contextmanager
def sheet(doc: Document, rows: list[Any] | None = None, **texts: Any) -> Iterator[Sheet]:
    """A sheet under the book's look, finished at the end: ``page.figure`` holds the figure.

    Parameters
    ----------
    doc : Document
        For the names of areas and columns and the 出典 line.
    rows : list, optional
        What is drawn: an error where none of it has anything to show.
    **texts
        ``name`` (fig-…), ``title`` (the finding), ``subtitle`` (what is shown, unit, 当初/補正, order),
        ``caption`` (how to read it, its limits), and where needed ``kind`` (first words of the alt text),
        ``source`` and ``table`` (:class:`~cyberbudget.display.Table` behind the picture).
    """
    if rows is not None and not rows:
        raise Nothing
    with style.look():
        page = Sheet(doc, **texts)
        yield page
        page.figure = page.finish()


TELL = 120  # letters that a tip holds


def brief(texts: list[str]) -> str:
    """What a mark says of many things: as many as a tip holds, and how many more there are in the table."""
    shown = texts[:1]
    while len(shown) < len(texts) and len("。".join(shown)) + len(texts[len(shown)]) < TELL - 14:
        shown.append(texts[len(shown)])
    more = len(texts) - len(shown)
    return "。".join([*shown, *([f"ほか{more}件は表にあります"] if more else [])])


def spread(wanted: list[float], heights: list[float], top: float, bottom: float) -> list[float]:
    """Middles of labels as near as can be to where they are wanted, so that none lies over another, in the order given.

    Labels that would overlap stand together round the mean of their places. The order must be that of ``wanted``; the
    room from ``top`` to ``bottom`` must hold all heights.
    """
    middles = [math.fsum(heights[:n]) + height / 2 for n, height in enumerate(heights)]
    pools: list[list[float]] = []  # where the stack would begin, for labels that stand together
    for want, middle in zip(wanted, middles):
        pools.append([want - middle])
        while len(pools) > 1 and fmean(pools[-2]) > fmean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    last = bottom - math.fsum(heights)
    starts = [max(min(fmean(pool), last), top) for pool in pools for _ in pool]
    return [start + middle for start, middle in zip(starts, middles)]


def scale(values: Iterable[float], left: float, right: float, log: bool = False) -> Any:
    """A function from values to inches between ``left`` and ``right``; zero stands on it unless it is logarithmic."""
    shown = [math.log10(max(x, 0.05)) if log else x for x in values if x == x] + ([] if log else [0.0])
    low, high = min(shown, default=0.0), max(shown, default=0.0)
    room = (high - low) or 1.0
    return lambda x: left + ((math.log10(max(x, 0.05)) if log else x) - low) / room * (right - left)

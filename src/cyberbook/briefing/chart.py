"""The charts of a briefing as data, the same for the book's figures and for the native charts of Office."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cyberbudget import analysis, charts, exact, interval, style
from cyberbudget.display import Figure
from cyberbudget.interval import Interval
from cyberbudget.load import Document
from cyberbudget.schema import ROLES

MOST = 6  # rows of a chart; the smaller ones are shown as one sum
TOTAL = "合計（棒の右の数字）"  # its bar is not drawn, so the legend says where it is seen
NUMBER = "#,##0.0"


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a chart: its name, its colour and its amounts in 億円."""

    name: str
    colour: str
    values: tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as data, for formats with charts of their own, and as the book's figure."""

    title: str  # the finding
    subtitle: str  # what is shown, with the unit
    stacked: bool  # end to end (16か月予算) or one below the other
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    rest: tuple[int, ...]  # rows that show what the document does not itemise
    figure: Figure

    @property
    def totals(self) -> tuple[Interval, ...]:
        """Sums of the rows."""
        return tuple(interval.total(amounts) for amounts in zip(*(s.values for s in self.series)))

    @property
    def columns(self) -> list[tuple[str, list[float | None]]]:
        """What a native chart draws: the series and, where they are stacked, the sums that stand as labels."""
        sums = [(TOTAL, self.totals)] if self.stacked else []
        named = [*((s.name, s.values) for s in self.series), *sums]
        # An empty cell where there is no amount, since 0 would say something else.
        return [(name, [None if v.absent else float(v.value) for v in values]) for name, values in named]

    @property
    def reach(self) -> float:
        """End of the axis of stacked bars: room for the sum behind the longest one."""
        return max(float(amount.value) for amount in self.totals) * 1.15

    def silent(self, number: int) -> list[int]:
        """Rows in which a stacked series bears no label, hatched or too short; the sum behind is always shown."""
        values = self.series[number].values
        short = {n for n, v in enumerate(values) if not v.value or float(v.value) < self.reach * 0.07}
        return sorted(short | set(self.rest))


def build(doc: Document, rows: pd.DataFrame, key: str, name: str, title: str, of: str) -> Chart:
    """The rows (what they are ``of``), largest first: both years' 当初 or, by ``sixteen``, 補正 and 当初."""
    frame, stacked = top(rows, key), key == "sixteen"
    keys = ("supplementary" if stacked else "previous", "current")
    names = [charts.key_label(doc, k) for k in keys]
    subtitle = f"{'と'.join(names)}{'の合計' if stacked else ''}（億円）。{of}別、大きい順"
    caption = "薄い色が補正、濃い色が当初です。" if stacked else f"灰色が{names[0]}、色付きが{names[1]}です。"
    drawn = charts.stacked if stacked else charts.pairs
    own = style.colour(_area(exact.own(frame)))
    colours = (style.tint(own, style.PALE) if stacked else style.PREVIOUS, own)
    return Chart(
        title=title,
        subtitle=subtitle,
        stacked=stacked,
        labels=tuple(frame["name"]),
        series=tuple(Series(n, colour, tuple(frame[k])) for n, colour, k in zip(names, colours, keys)),
        rest=tuple(n for n, rest in enumerate(frame["rest"]) if rest),
        figure=drawn(analysis.plain(frame), doc, name=name, title=title, subtitle=subtitle, caption=caption),
    )


def top(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """The largest rows, the others as one sum, and the remainder last."""
    own = exact.by_size(exact.own(rows), key)
    if len(own) > MOST + 1:
        small = own.iloc[MOST:]
        named = {"id": "", "name": f"ほか{len(small)}件", "area": _area(small), "ministry": ""}
        sums = {key: interval.total(small[key]) for key in (*ROLES, "sixteen")}
        others = {**named, **sums, "rest": False, "front": None}
        own = pd.concat([own.iloc[:MOST], pd.DataFrame([others], columns=own.columns)])
    return pd.concat([own, rows[rows["rest"]]], ignore_index=True)


def _area(rows: pd.DataFrame) -> str:
    """The area of rows that all belong to the same one."""
    areas = set(rows["area"])
    return areas.pop() if len(areas) == 1 else ""

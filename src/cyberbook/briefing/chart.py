"""The charts of a briefing as data, the same for the book's figures and for the native charts of Office."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial

import pandas as pd

import cyberbudget as cb
from cyberbudget import analysis, exact, interval, style
from cyberbudget.display import Figure
from cyberbudget.interval import Interval
from cyberbudget.load import Document
from cyberbudget.schema import ROLES

MOST = 6  # rows of a chart; the smaller ones are shown as one sum
TOTAL = "合計（棒の右の数字）"  # its bar is not drawn, so the legend says where it is seen
NUMBER = "#,##0.0"
SIGNED = '+#,##0.0;"−"#,##0.0;0.0'
MARK = "▶ "  # before the name of the row that the briefing is about

# By kind: what its rows are ordered by, and the amounts it draws.
KINDS = {
    "pairs": ("current", ("previous", "current")),  # both years' 当初, one below the other
    "sixteen": ("sixteen", ("supplementary", "current")),  # 補正 and 当初, end to end
    "changes": ("change", ("change",)),  # to both sides of zero
    "now": ("current", ("current",)),
}


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a chart: its name, its colour, its amounts in 億円, and the rows in another colour."""

    name: str
    colour: str
    values: tuple[Interval, ...]
    points: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Chart:
    """A chart as data, for formats with charts of their own, and as the book's figure."""

    title: str  # the finding
    subtitle: str  # what is shown, with the unit
    kind: str  # of KINDS
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    rest: tuple[int, ...]  # rows that show what the document does not itemise
    draw: Callable[[], Figure]

    @cached_property
    def figure(self) -> Figure:
        """The figure, drawn when it is asked for."""
        return self.draw()

    @property
    def stacked(self) -> bool:
        """End to end (16か月予算), or one below the other."""
        return self.kind == "sixteen"

    @property
    def form(self) -> str:
        """Number format of its labels."""
        return SIGNED if self.kind == "changes" else NUMBER

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

    @property
    def floor(self) -> float:
        """Begin of the axis: zero or, where a bar goes below it, room for its label."""
        values = [float(amount.value) for s in self.series for amount in s.values]
        return min(0.0, min(values) - 0.12 * max(map(abs, values))) if min(values) < 0 else 0.0

    def silent(self, number: int) -> list[int]:
        """Rows in which a stacked series bears no label, hatched or too short; the sum behind is always shown."""
        values = self.series[number].values
        short = {n for n, v in enumerate(values) if not v.value or float(v.value) < self.reach * 0.07}
        return sorted(short | set(self.rest))


def build(
    doc: Document,
    rows: pd.DataFrame,
    kind: str,
    name: str,
    title: str,
    of: str,
    marked: str = "",
    most: int = MOST,
    note: str = "",
) -> Chart:
    """The rows (what they are ``of``), largest first, with the ``marked`` one always among them; ``note`` ends the
    subtitle."""
    order, keys = KINDS[kind]
    frame = top(exact.whose(rows, doc), order, marked, most)
    names = [cb.charts.key_label(doc, k) for k in keys]
    told = {
        "pairs": "灰色が前年度、色付きが今年度です。",
        "sixteen": "薄い色が補正、濃い色が当初です。",
        "changes": "",
        "now": "",
    }[kind]
    forms: dict[str, Callable[..., Figure]] = {
        "pairs": cb.charts.pairs,
        "sixteen": cb.charts.stacked,
        "changes": partial(cb.charts.bars, key="change", signed=True),
        "now": partial(cb.charts.bars, key="current", beside=True),
    }
    rest = tuple(n for n, unlisted in enumerate(frame["rest"]) if unlisted)
    told += "斜線は、内訳が示されていない分です。" if rest else ""
    point = [n for n, text in enumerate(frame["name"]) if text.startswith(MARK)]
    own = style.colour(_area(exact.own(frame)))
    if kind == "changes":
        names = [f"{doc.previous.label}から{doc.current.label}への増減"]
    series = [Series(names[-1], own, tuple(frame[keys[-1]]))]
    if point and kind != "sixteen":
        strong = style.colour(frame["area"].iloc[point[0]])
        series = [Series(names[-1], style.REST, tuple(frame[keys[-1]]), dict.fromkeys(point, strong))]
    if len(keys) > 1:
        colour = style.tint(own, style.PALE) if kind == "sixteen" else style.PREVIOUS
        series.insert(0, Series(names[0], colour, tuple(frame[keys[0]])))
    way = "増えた順" if kind == "changes" else "大きい順"
    subtitle = f"{'と'.join(names)}{'の合計' if kind == 'sixteen' else ''}（億円）。{of}別、{way}{note}"
    look = {} if kind == "sixteen" else {"marked": tuple(frame["name"].iloc[n] for n in point)}
    return Chart(
        title=title,
        subtitle=subtitle,
        kind=kind,
        labels=tuple(frame["name"]),
        series=tuple(series),
        rest=rest,
        draw=lambda: forms[kind](
            analysis.plain(frame), doc, name=name, title=title, subtitle=subtitle, caption=told, **look
        ),
    )


def top(rows: pd.DataFrame, key: str, marked: str = "", most: int = MOST) -> pd.DataFrame:
    """The largest rows and the marked one, the others as one sum, and the remainder last.

    Changes are chosen by their size whatever their direction, and stand from the largest rise to the largest fall.
    """
    own = exact.own(rows)
    size = sorted(own.index, key=lambda n: -abs(own.at[n, key].value))
    if len(own) > most + 1:
        mark = [n for n in size if n == _place(own, marked)]
        kept = [n for n in size if n not in mark][: most - len(mark)] + mark
    else:
        kept = size
    shown, small = exact.by_size(own.loc[kept], key), own.drop(kept)
    shown = shown.assign(
        name=[(MARK if n == _place(own, marked) else "") + own.at[n, "name"] for n in shown.index]
    )
    parts = [shown]
    if len(small):
        sums = {column: interval.total(small[column]) for column in (*ROLES, "sixteen")}
        named = {"id": "", "name": f"ほか{len(small)}件", "area": _area(small), "ministry": "", "rest": False}
        change = sums["current"] - sums["previous"]
        parts.append(pd.DataFrame([named | sums | {"change": change, "front": None}], columns=own.columns))
    return pd.concat([*parts, rows[rows["rest"]]], ignore_index=True)


def _place(rows: pd.DataFrame, marked: str) -> object:
    """Index of the row whose locator or, where it has none, whose ministry or area is marked; None where none is."""
    if not marked:
        return None
    found = (rows["id"] == marked) | ((rows["id"] == "") & (rows["ministry"] == marked))
    return next(iter(rows.index[found]), None)


def _area(rows: pd.DataFrame) -> str:
    """The area of rows that all belong to the same one."""
    areas = set(rows["area"])
    return areas.pop() if len(areas) == 1 else ""

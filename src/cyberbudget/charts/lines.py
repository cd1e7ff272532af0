"""Many years: one line with its gaps open and its breaks drawn, or one small picture for each of several measures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from .. import style, words
from ..context import CORE
from ..display import Figure
from ..load import Document
from ..schema import CIRCLED
from .canvas import EDGE, INNER, LINE, RIGHT, SIGNS, SMALL, Record, Sheet, drawn, sheet

_HIGH = 3.2  # inches of the plot
_CELL, _BETWEEN, _TALL = (
    2.2,
    0.2,
    0.85,
)  # inches: a small picture, the room beside it, the height of its lines
_BESIDE = 0.17  # inches from a point to another one of the same year that would lie on it
_PALE = "#b6bcc6"


@drawn
def line(frame: pd.DataFrame, doc: Document, key: str = "amount", breaks: pd.DataFrame | None = None,
         others: pd.DataFrame | None = None, called: str = "", unit: str = "億円", digits: int = 1,
         **texts: Any) -> Figure:  # fmt: skip
    """One line over the years: never across a year that is not known, never across a break.

    Parameters
    ----------
    frame : DataFrame
        fiscal_year (each year once, the unknown ones too), the column ``key`` (NaN where it is not known) and span (a
        number that changes where what is counted changes).
    doc : Document
    key : str
        億円, or ratios where ``unit`` is %.
    breaks : DataFrame, optional
        fiscal_year, kind, what, amount (of what one year alone holds): what changed in a year, drawn before it and told
        below; only a change of 範囲 goes through the picture.
    others : DataFrame, optional
        fiscal_year, ``key`` and name (two at most): points beside the line, such as another edition of a year.
    called : str
        What the line is, for the CSV.
    digits : int
        After the point, as the values are written.
    """
    rows = _years(frame, key)
    rings = [] if others is None else others[["fiscal_year", key, "name"]].to_dict("records")
    looks = dict(zip(dict.fromkeys(r["name"] for r in rings), (("○", "o", 11), ("◇", "D", 9))))
    known = [r for r in rows if r["value"] == r["value"]]
    with sheet(doc, known, **{"kind": "折れ線グラフ", **texts}) as page:
        told = _numbered(breaks, rows)
        signs = [("●", style.NEUTRAL, called or "額")]
        signs += [(sign, style.INK, name) for name, (sign, *_) in looks.items()]
        signs += [("？", style.MUTED, "見つかっていない年度")] * (len(known) < len(rows))
        page.flow([*signs, *[("¦", style.MUTED, "数える範囲の変わり目")] * any(b.core for b in told)])
        top = page.y + (SMALL + 0.08) * bool(told) + 0.25
        first = _write(known[0]["value"], unit, digits).replace("億円", "")
        inset = max(0.28, style.width(first, style.NOTE) / 2 + 0.05)  # so that the first value has room
        base, step = top + _HIGH, (INNER - inset - 0.27) / max(len(rows) - 1, 1)
        high = max([r["value"] for r in known] + [float(r[key]) for r in rings])
        x = {r["year"]: EDGE + inset + n * step for n, r in enumerate(rows)}
        y = {r["year"]: base - r["value"] / high * _HIGH for r in known}
        page.line([EDGE, RIGHT], [base, base])
        signposts = [box for b in told for box in _signpost(page, b, x[b.year], step, top, base)]
        for r in rows:
            page.text(
                x[r["year"]], base + 0.06, _tick(r["year"], rows[0]["year"]), ha="center", color=style.MUTED
            )
            if r["year"] not in y:
                page.text(x[r["year"]], base - 0.06, "？", va="bottom", ha="center", color=style.MUTED)
        for one, two in pairwise(rows):
            if {one["year"], two["year"]} <= set(y) and one["span"] == two["span"]:
                ends = [r["year"] for r in (one, two)]
                page.line(
                    [x[e] for e in ends], [y[e] for e in ends], style.NEUTRAL, linewidth=2.2, gid="stretch"
                )
        spots = [Spot(x[r["year"]], y[r["year"]], r["value"], r["year"], r["span"]) for r in known]
        for r in rings:
            year, down = int(r["fiscal_year"]), base - float(r[key]) / high * _HIGH
            near = year in y and abs(y[year] - down) < 0.25  # two points, not one: side by side
            spots.append(Spot(x[year] + _BESIDE * near, down, float(r[key]), year, ring=True))
            if year in y and not near:
                page.line([x[year]] * 2, sorted((y[year], down)), _PALE, linestyle=":")
            _, marker, size = looks[r["name"]]
            look = {
                "marker": marker,
                "markersize": size,
                "markeredgewidth": 1.4,
                "markerfacecolor": style.PAPER,
            }
            page.line([spots[-1].x], [down], style.INK, linestyle="none", gid="other", **look)
        for r in known:
            page.dot(x[r["year"]], y[r["year"]], style.NEUTRAL)
        _labels(page, spots, signposts, unit, digits, base)
        page.y = base + SMALL + 0.14
        for b in told:
            _hanging(page, b.number, b.text)
        for r in rows:
            text = _write(r["value"], unit, digits) if r["year"] in y else "見つかっていません"
            beside = [o for o in rings if o["fiscal_year"] == r["year"]]
            text += "".join(f"、{o['name']} {_write(float(o[key]), unit, digits)}" for o in beside)
            _record(page, words.era(r["year"]), called or "額", r["value"], unit, digits)
            page.mark(x[r["year"]] - step / 2, top, step, base - top, f"{words.era(r['year'])}：{text}")
        for r in rings:
            _record(page, words.era(r["fiscal_year"]), r["name"], float(r[key]), unit, digits)
    return page.figure


@dataclass(frozen=True, slots=True)
class Spot:
    """A point with its value; ``ring``: beside the line, such as another edition."""

    x: float
    y: float
    value: float
    year: int
    span: int = -1
    ring: bool = False


@dataclass(frozen=True, slots=True)
class Break:
    """What changed in a year: ``core`` in what is counted, ``once`` in that year only."""

    number: str
    year: int
    text: str
    core: bool
    once: bool


def _signpost(
    page: Sheet, b: Break, x: float, step: float, top: float, base: float
) -> list[tuple[float, ...]]:
    """Draw a break before its year, and return what no value may hide of it.

    A line goes through the picture where what is counted changed for good, a band where one year alone differs; what
    leaves the amounts comparable is a mark at the top.
    """
    left = x - step / 2
    ends, low = ((left, left + step) if b.once else (left,)), base if b.core else top - 0.08
    for at in ends:
        look = {"linestyle": "--", "gid": "break"} if b.core else {}
        page.line([at] * 2, [top - 0.2, low], _PALE, zorder=0, **look)
    if b.once:
        band = style.tint(style.NEUTRAL, style.STEPS[0])
        page.ax.fill_between([*ends], top - 0.2, base, color=band, linewidth=0, zorder=0, gid="once")
    page.text(sum(ends) / len(ends), top - 0.22, b.number, va="bottom", ha="center", color=style.MUTED)
    return [] if b.once else [(left - 0.01, top - 0.2, left + 0.01, low)]


def _tick(year: int, first: int) -> str:
    """A year below the line: with its era where that begins, H24, 25, … 30, R1, 2."""
    text = words.era_short(year)
    return text if year == first or text[0] != words.era_short(year - 1)[0] else text[1:]


def _years(frame: pd.DataFrame, key: str) -> list[Record]:
    spans = frame["span"] if "span" in frame else [0] * len(frame)
    values = pd.to_numeric(frame[key]).astype(float)
    rows = [{"year": int(y), "value": v, "span": s} for y, v, s in zip(frame["fiscal_year"], values, spans)]
    return sorted(rows, key=lambda r: int(r["year"]))


def _numbered(breaks: pd.DataFrame | None, rows: list[Record]) -> list[Break]:
    """What changed in each year that is shown, numbered from ①."""
    if breaks is None:
        return []
    shown = breaks[breaks["fiscal_year"].isin([r["year"] for r in rows])]
    found = []
    for number, (year, own) in zip(CIRCLED, shown.groupby("fiscal_year")):
        core = own["kind"] == CORE
        told = "。".join(f"{r['what']}（{r['kind']}）" for r in own.to_dict("records"))
        once = bool(own.loc[core, "amount"].notna().any())
        found.append(
            Break(number, int(str(year)), f"{words.era(int(str(year)))}：{told}", bool(core.any()), once)
        )
    return found


def _write(value: float, unit: str, digits: int) -> str:
    return words.percent(value, digits) if unit == "%" else words.plain(value, digits) + unit


def _record(page: Sheet, name: str, series: str, value: float, unit: str, digits: int) -> None:
    """Put a number into the CSV; the words tell that there is none."""
    text = words.ABSENT
    if value == value:
        text = str(words.rounded(words.precise(value) * (100 if unit == "%" else 1), digits))
    page._rows.append((name, series, text, words.ABSENT, words.ABSENT, unit))


def _hanging(page: Sheet, sign: str, text: str) -> None:
    """A paragraph whose first line bears a sign."""
    indent = style.width(sign, style.NOTE) + 0.08
    page.text(EDGE, page.y, sign, color=style.MUTED)
    for row in style.wrap(text, INNER - indent, style.NOTE):
        page.text(EDGE + indent, page.y, row, color=style.MUTED)
        page.y += SMALL
    page.y += 0.04


def _labels(page: Sheet, spots: list[Spot], taken: list[tuple[float, ...]], unit: str, digits: int,
            base: float) -> None:  # fmt: skip
    """The values of as many points as there is room for: those beside the line, its ends, those at a break come first."""
    known = [s for s in spots if not s.ring]
    ends = {s.year for a, b in pairwise(known) if a.span != b.span for s in (a, b)}
    order = sorted(
        spots, key=lambda s: (not s.ring, s is not known[-1], s is not known[0], s.year not in ends, -s.year)
    )
    taken = taken + [(s.x - 0.07, s.y - 0.07, s.x + 0.07, s.y + 0.07) for s in spots]
    for one, two in pairwise(known):  # points along the line, which no value may hide
        steps = [n / 8 for n in range(1, 8)] if one.span == two.span else []
        for t in steps:
            px, py = one.x * (1 - t) + two.x * t, one.y * (1 - t) + two.y * t
            taken.append((px - 0.01, py - 0.01, px + 0.01, py + 0.01))
    for s in order:
        text = _write(s.value, unit, digits).removesuffix(unit) + ("%" if unit == "%" else "")
        wide, tall = style.width(text, style.NOTE) + 0.06, SMALL
        middle = min(max(s.x - wide / 2, EDGE), RIGHT - wide)
        for left, upper in ((middle, s.y - 0.09 - tall), (s.x - wide - 0.09, s.y - tall / 2 - 0.03),
                            (s.x - wide - 0.09, s.y - 0.06), (s.x - wide, s.y - 0.1 - tall), (middle, s.y + 0.09), (s.x + 0.09, s.y - tall / 2)):  # fmt: skip
            box = (left, upper, left + wide, upper + tall)
            free = not any(_over(box, other) for other in taken)
            if free and box[0] >= EDGE and box[2] <= RIGHT and box[3] <= base - 0.02:
                page.text(left + wide / 2, upper + tall / 2, text, va="center", ha="center",
                          bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.4})  # fmt: skip
                taken.append(box)
                break


def _over(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@drawn
def multiples(frame: pd.DataFrame, doc: Document, by: str = "name", first: str = "initial", second: str = "executed",
              called: tuple[str, ...] = ("当初", "執行"), unit: str = "百万円", digits: int = 0, what: str = "施策",
              **texts: Any) -> Figure:  # fmt: skip
    """A small picture for each name, on one row of years, each with its own height.

    Parameters
    ----------
    frame : DataFrame
        The column ``by``, fiscal_year, area (for the colour; may be left out), and two columns of numbers.
    doc : Document
    first, second : str
        A line with dots, and crosses beside it; NaN where a number is not known.
    called : one or two str
        What they are; of one there are no crosses.
    digits : int
        After the point, as the values are written.
    what : str
        What a row is, for the words on the scale.
    """
    years = range(int(frame["fiscal_year"].min()), int(frame["fiscal_year"].max()) + 1)
    keys = dict(zip((first, second), called))
    # A single year is no course.
    groups = [(n, rows) for n, rows in frame.groupby(by, sort=False) if rows[first].count() > 1]
    with sheet(doc, groups, **{"kind": "小さな折れ線グラフの並び", **texts}) as page:
        page.flow(zip("●×", (style.NEUTRAL, style.INK), called))
        page.paragraph(
            f"縦の目盛りは{what}ごとに違います。数字は、その{what}の最大と、最後の年度の{called[0]}です。",
            color=style.MUTED,
        )
        page.y += 0.1
        for start in range(0, len(groups), 2):
            pair = groups[start : start + 2]
            names = [style.wrap(str(name), _CELL, style.NOTE) for name, _ in pair]
            lines = max(map(len, names))
            for n, ((name, rows), title) in enumerate(zip(pair, names)):
                left = EDGE + n * (_CELL + _BETWEEN)
                for m, text in enumerate(title):
                    page.text(left, page.y + (lines - len(title) + m) * SMALL, text)
                top = page.y + lines * SMALL + 0.06
                _small(page, left, top, str(name), rows, years, keys, unit, digits)
            page.y += lines * SMALL + 0.06 + 2 * SMALL + _TALL + LINE + 0.16
    return page.figure


def _small(page: Sheet, left: float, top: float, name: str, rows: pd.DataFrame, years: range,
           called: dict[str, str], unit: str, digits: int) -> None:  # fmt: skip
    upper, base = top + 2 * SMALL + 0.05, top + 2 * SMALL + _TALL
    keys = list(called)
    colour = style.colour(str(rows["area"].iloc[0])) if "area" in rows else style.NEUTRAL
    values = {key: dict(zip(rows["fiscal_year"], rows[key].astype(float))) for key in keys}
    every = [v for found in values.values() for v in found.values() if v == v]
    high = max(every)
    inside = _CELL - 0.24
    x = {year: left + 0.12 + n * inside / max(len(years) - 1, 1) for n, year in enumerate(years)}
    page.line([left, left + _CELL], [base, base])
    place = {
        key: {y: base - v / (high or 1.0) * (base - upper) for y, v in values[key].items() if v == v}
        for key in keys
    }
    drawn = place[keys[0]]
    for one, two in pairwise(sorted(drawn)):
        if two == one + 1:
            page.line([x[one], x[two]], [drawn[one], drawn[two]], colour, linewidth=1.8, gid="stretch")
    looks = {"●": (4.2, colour), "×": (5, style.INK)}
    for key, sign in [*zip(keys, looks)][::-1]:  # the dots last, so that no cross hides one
        size, ink = looks[sign]
        look = {"marker": SIGNS[sign], "linestyle": "none", "markersize": size, "markerfacecolor": colour}
        for year, y in place[key].items():
            page.line([x[year]], [y], ink, markeredgewidth=1.0, **look)
    last = max(drawn)
    kind, when = next((called[key], y) for key in keys for y, v in values[key].items() if v == high)
    largest = f"最大 {words.plain(high, digits)}（{words.era_short(int(when))} {kind}）"
    latest = f"{words.era_short(int(last))} {words.plain(values[keys[0]][last], digits)}"
    for n, text in enumerate((largest, latest)):
        page.text(left, top - 0.02 + SMALL * n, text, color=style.MUTED)
    for year, side in ((years[0], "left"), (years[-1], "right")):
        page.text(
            left if side == "left" else left + _CELL,
            base + 0.05,
            words.era_short(year),
            ha=side,
            color=style.MUTED,
        )
    for key, series in called.items():
        for year in sorted(values[key]):
            _record(page, f"{name} {words.era(int(year))}", series, values[key][year], unit, digits)
    step = inside / max(len(years) - 1, 1)
    for year in years:
        told = [f"{kind} {words.plain(values[key][year], digits)}{unit}" for key, kind in called.items()
                if values[key].get(year, math.nan) == values[key].get(year, math.nan)]  # fmt: skip
        if told:
            page.mark(
                x[year] - step / 2, top, step, base - top, f"{name} {words.era(year)}：{'、'.join(told)}"
            )

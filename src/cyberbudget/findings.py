"""Where the book thinks: what matters in a document, for whom, and why.

A finding is a function that looks at one document and yields sentences worth saying, each with the question it
answers, the cells it rests on, the figure that shows it, and its salience for every subject it speaks of. What is
not true of a document is not yielded; what is trivial for a subject is not taken (:data:`TRIVIAL`). Adding a finding
is adding one function here and two tests: a document where it holds, and one where it does not.

**Salience** is the money that a reader would read differently after the sentence, as a part of the subject's own
money: 586.6 of the 747.3億円 by which the total grew, for the subject ``change``; 27.6 of 150.3億円 (the larger of both years), for ``area/4``.
It is a ratio without unit, 1 at most. A rate, a rank or a count has none.

Subjects: ``whole``, ``change``, ``defence``, ``supplementary``, ``coverage``, ``ministries``, ``area/3``,
``ministry/総務省``, ``measure/(2)-⑪``; of what stands outside the document ``history``, ``national``, ``execution``,
``recipients``, ``decade`` (:mod:`~cyberbudget.outside`), which are found where the context is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache

import pandas as pd

from . import exact, interval, words, worked
from .commentary import Comment
from .context import Context
from .interval import Interval
from .load import Document
from .worked import Numbers, Worked

# What readers ask first, in this order.
QUESTIONS = ("いくらか", "何に使うのか", "どれだけが防衛か", "何が増え、何が減ったか", "何が分からないか")
UNREAD = "資料の文字からは分かりません"  # its pictures may tell; nobody has read them
TRIVIAL = Fraction(1, 50)  # a subject's money of which less is at stake is not worth a sentence
FEW = 3  # ministries that a sentence names
DEFENCE = "防衛省"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing worth saying.

    Attributes
    ----------
    name : str
        Of the function that found it.
    question : str
        What a reader asks, which it answers.
    title : str
        The answer as a title of a chart: a sentence without its です.
    sentence : str
        The answer with its numbers.
    salience : dict
        Subject → how much of its money is at stake (a ratio).
    cells : tuple of str
        Locators of the printed amounts it rests on; of the context a table and a row of it (history/2024).
    figures : tuple of str
        Labels of the figures that show it.
    numbers : dict
        Each number of the sentence and the title as it is written there → the sum by which a reader finds it again.
    """

    name: str
    question: str
    title: str
    sentence: str
    salience: dict[str, Fraction]
    cells: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    numbers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.sentence


_WHOLE = {"current": "now", "previous": "before", "supplementary": "extra"}  # attributes of a view


@dataclass
class View:
    """A document as the findings see it, and the context where it is told: each frame of :mod:`exact` computed once."""

    doc: Document
    told: Context | None = None
    _full: dict[tuple[str, str | None], pd.DataFrame] = field(default_factory=dict)
    _own: dict[tuple[str, str | None], list[dict]] = field(default_factory=dict)

    def full(self, by: str, area: str | None = None) -> pd.DataFrame:
        if (by, area) not in self._full:
            self._full[by, area] = exact.full(self.doc, by, area)
        return self._full[by, area]

    def own(self, by: str, area: str | None = None, ministry: str | None = None) -> list[dict]:
        """The itemised rows."""
        if (by, area) not in self._own:
            self._own[by, area] = exact.own(self.full(by, area)).to_dict("records")
        return [r for r in self._own[by, area] if ministry in (None, r["ministry"])]

    def listed(self, role: str, area: str | None = None, ministry: str | None = None) -> Worked:
        """What the listed measures come to; of a ministry what a sheet adds up counts as it is printed there."""
        rows = self.own("measure", area, ministry)
        return worked.added(exact.joined(self.doc, rows, role) if ministry else [r[role] for r in rows])

    def left(self, role: str, area: str | None = None) -> Worked:
        """What bears no name of a measure."""
        whole = _row(self, "area", area)[role] if area else getattr(self, _WHOLE[role])
        return worked.printed(whole) - self.listed(role, area)

    def rest(self, by: str, area: str | None = None) -> dict:
        """The row of what is not itemised."""
        return dict(self.full(by, area).iloc[-1])

    @cached_property
    def now(self) -> Interval:
        return self.doc.whole(self.doc.current)

    @cached_property
    def before(self) -> Interval:
        return self.doc.whole(self.doc.previous)

    @cached_property
    def extra(self) -> Interval:
        return self.doc.whole(self.doc.supplementary)

    @cached_property
    def change(self) -> Interval:
        return self.now - self.before

    def cells(self, rows: list[dict], *roles: str) -> tuple[str, ...]:
        """Locators of the amounts of measures or areas."""
        level = {True: "measures", False: "areas"}  # only a measure has a ministry
        names = {column.role: column.name for column in self.doc.columns}
        return tuple(f"{level[bool(r['ministry'])]}/{r['id']}/{names[role]}" for r in rows for role in roles)

    def short(self, area: str) -> str:
        return f"分野({area})「{self.doc.area_name(area, short=True)}」"


@lru_cache(maxsize=4)
def view(doc: Document, told: Context | None = None) -> View:
    """The view of a document, the same for all who look."""
    return View(doc, told)


_FUNCTIONS: list[Callable[[View], Iterator[Finding]]] = []


def finding(function: Callable[[View], Iterator[Finding]]) -> Callable[[View], Iterator[Finding]]:
    """Enter a function among the findings."""
    _FUNCTIONS.append(function)
    return function


@lru_cache(maxsize=4)
def find(doc: Document, told: Context | None = None) -> tuple[Finding, ...]:
    """All findings that hold of a document, and of the context where it is told, trivial ones included, in their order.

    A page asks for them many times; of the documents in use they are found once.
    """
    seen = view(doc, told)
    return tuple(found for function in _FUNCTIONS for found in function(seen))


def about(
    doc: Document, subject: str, most: int | None = 4, but: tuple[str, ...] = (), told: Context | None = None
) -> list[Finding]:
    """What matters most about a subject, the most salient first.

    Parameters
    ----------
    doc : Document
    subject : str
        ``whole``, ``change``, ``defence``, ``supplementary``, ``coverage``, ``ministries``, ``area/3``,
        ``ministry/総務省``, ``measure/(2)-⑪``.
    most : int or None
        How many at most; None for all that are not trivial.
    but : tuple of str
        Names of findings that the reader knows from elsewhere.
    told : Context, optional
        Needed by the subjects outside the document.

    Returns
    -------
    list of Finding
        Empty where nothing of the subject is worth a sentence.
    """
    found = (f for f in find(doc, told) if f.name not in but)
    worth = [f for f in found if f.salience.get(subject, Fraction(0)) >= TRIVIAL]
    worth.sort(key=lambda f: -f.salience[subject])  # stable: of equals the one that stands first in this file
    return worth[:most]


def named(
    doc: Document, *names: str, subject: str | None = None, told: Context | None = None
) -> list[Finding]:
    """The findings of these names, of one subject if given, trivial ones included, in the order of this file."""
    seen = view(doc, told)
    found = (f for function in _FUNCTIONS if function.__name__ in names for f in function(seen))
    return [f for f in found if subject is None or subject in f.salience]


def answers(doc: Document) -> list[str]:
    """The first of :data:`QUESTIONS` with their answers, each the most salient finding about the whole."""
    found = about(doc, "whole", None)
    asked = ((q, next((f for f in found if f.question == q), None)) for q in QUESTIONS)
    return [f"{question}：{answer}" for question, answer in asked if answer is not None]


def commentary(doc: Document, subject: str) -> list[Comment]:
    """What a person added about a subject, as far as its guard holds."""
    return [comment for comment in doc.commentary if subject in comment.about and not comment.broken]


def title(doc: Document, figure: str, otherwise: str, told: Context | None = None) -> str:
    """Title of a figure: the most salient finding that it shows, or a plain one where there is none.

    Parameters
    ----------
    doc : Document
    figure : str
        Label of the figure (fig-change-measures).
    otherwise : str
        What the figure is about, for a document of which no finding holds.
    told : Context, optional
        Needed by the figures outside the document.
    """
    shown = [f for f in find(doc, told) if figure in f.figures]
    return max(shown, key=lambda f: max(f.salience.values())).title if shown else otherwise


# ── what findings are said with ─────────────────────────────────────────────────────────────────────


def _ratio(part: Interval, whole: Interval) -> Fraction:
    """How much of a subject's money is at stake, at most 1."""
    return min(abs(part.value) / abs(whole.value), Fraction(1)) if whole.value else Fraction(0)


def _sum(rows: Iterable[dict], role: str = "current") -> Interval:
    return interval.total(row[role] for row in rows)


def _larger(*amounts: Interval) -> Interval:
    return max(amounts, key=lambda x: x.value)


def _moved(ratio: Fraction) -> str:
    """A growth rate in whole per cent: 18%増; 99.7%減, of which something is left."""
    percent = _rate(ratio)
    return "横ばい" if percent == "0%" else percent + ("増" if ratio > 0 else "減")


def _rate(ratio: Fraction) -> str:
    """A growth rate in whole per cent without its sign, of which something is left: 99.7%."""
    percent = words.percent(abs(ratio), 0)
    return words.percent(abs(ratio)) if percent == "100%" and ratio < 0 else percent


def _times(ratio: Fraction) -> str:
    """3.7倍."""
    return words.times(ratio, 1)


def _fold(ratio: Fraction) -> str:
    """約7倍; of less than three times 1.8倍."""
    return f"約{words.times(ratio, 0)}" if ratio >= 3 else _times(ratio)


def _who(row: dict) -> str:
    return f"{row['ministry']}の「{row['name']}」"


# ── the findings ────────────────────────────────────────────────────────────────────────────────────


@finding
def total(view: View) -> Iterator[Finding]:
    """How much it is, and how it moved."""
    label, last, n = view.doc.current.label, view.doc.previous.label, Numbers()
    now, before = worked.printed(view.now), worked.printed(view.before)
    text = f"{label}予算の総額は{n(now)}です。"
    if interval.sure(view.change) and before.value:
        text += f"{last}から{n(worked.apart(now, before))}、率にして{n(now / before - 1, _rate)}{words.moved(view.now, view.before)}。"
    elif before.value:
        text += f"{last}と、丸めの範囲で同じです。"
    yield Finding(
        "total",
        "いくらか",
        f"総額は{words.oku(view.now)}",
        text,
        {"whole": Fraction(1)},
        tuple(f"totals/{view.doc.totals['id'].iloc[0]}/{column.name}" for column in view.doc.columns[::2]),
        numbers=n.kept,
    )


@finding
def size(view: View) -> Iterator[Finding]:
    """How much an area, or what is listed of a ministry, comes to, and how it moved."""
    label, last, whole = view.doc.current.label, view.doc.previous.label, worked.printed(view.now)
    for by in ("area", "ministry"):
        for row in view.own(by):
            n = Numbers()
            now, before = (
                worked.printed(row[role]) if by == "area" else view.listed(role, ministry=row["name"])
                for role in ("current", "previous")
            )
            what = (
                f"{view.short(row['area'])}の{label}予算"
                if by == "area"
                else f"表にある{row['name']}の施策の{label}予算"
            )
            if row["current"].absent:
                text = f"{what}の欄は「—」です。"
            elif row["share"] is not None and by == "area":
                text = f"{what}は{n(now)}で、総額の{n.percent(now / whole)}です。"
            else:
                text = f"{what}は{n(now)}です。"
            if row["kind"] in ("up", "down") and before.value and interval.sure(row["change"]):
                moved = words.moved(row["current"], row["previous"])
                text += (
                    f"{last}から{n(worked.apart(now, before))}、率にして{n(now / before - 1, _rate)}{moved}。"
                )
            rows = [row] if by == "area" else view.own("measure", ministry=row["name"])
            cells = view.cells(rows, "current", "previous")
            salience = {f"{by}/{row[by]}": Fraction(1)}
            yield Finding("size", "いくらか", what, text, salience, cells, numbers=n.kept)


@finding
def driver(view: View) -> Iterator[Finding]:
    """One measure makes a large part of the change of the total."""
    rows, up = view.own("measure"), view.change.value > 0
    if not rows or not interval.sure(view.change):
        return
    top = max(rows, key=lambda r: r["contribution"].value)
    part = top["contribution"]
    without = interval.growth(view.now - top["current"], view.before - top["previous"])
    if part.low < Fraction(1, 4) or without is None:
        return
    n = Numbers()
    now, before = worked.printed(view.now), worked.printed(view.before)
    own, owned = worked.printed(top["current"]), worked.printed(top["previous"])
    moved, own_moved = worked.apart(now, before), worked.apart(own, owned)
    rise = "増加" if up else "減少"
    if part.value > 1:
        first = f"{_who(top)}の{rise}{n(own_moved)}は、総額の{rise}（{n(moved)}）を上回ります。"
        title = f"「{top['name']}」の{rise}が、総額の{rise}を上回る"
    else:
        first = f"総額の{rise}{n(moved)}のうち、{n(own_moved)}（{n.percent(own_moved / moved)}）は、{_who(top)}によるものです。"
        title = f"{rise}の{n(own_moved / moved, words.portion)}は、「{top['name']}」による"
    rest = (now - own) / (before - owned) - 1
    second = f"これを除くと、総額は{n(before - owned)}から{n(now - own)}へ、{n(rest, _moved)}です。"
    size = _larger(view.now, view.before)
    ministry = _row(view, "ministry", top["ministry"])
    yield Finding(
        "driver",
        "何が増え、何が減ったか",
        title,
        first + second,
        {
            "change": min(part.value, Fraction(1)),
            "whole": _ratio(top["change"], size),
            f"ministry/{top['ministry']}": _ratio(top["change"], ministry["change"]),
            f"measure/{top['id']}": _ratio(top["change"], _larger(top["current"], top["previous"])),
            **({"defence": _ratio(top["change"], size)} if top["ministry"] == DEFENCE else {}),
        },
        view.cells([top], "current", "previous"),
        ("fig-change-measures",),
        n.kept,
    )


def _row(view: View, by: str, key: str) -> dict:
    """The row of an area or a ministry."""
    return next(r for r in view.own(by) if r[by] == key)


@finding
def largest(view: View) -> Iterator[Finding]:
    """One measure is a large part of the total."""
    rows = sorted(view.own("measure"), key=lambda r: -r["current"].value)
    if not rows or rows[0]["share"] is None or rows[0]["share"].low < Fraction(1, 4):
        return
    top, n = rows[0], Numbers()
    amount, share = worked.printed(top["current"]), top["share"]
    portion = n(amount / worked.printed(view.now), words.portion)
    text = f"最も大きい施策は{_who(top)}で、{n(amount)}、総額の{n.percent(amount / worked.printed(view.now))}です。"
    others = view.listed("current") - amount
    if amount.value > others.value > 0:
        text += f"表にあるほかの施策をすべて足した{n(others)}より大きい額です。"
    yield Finding(
        "largest",
        "何に使うのか",
        f"一つの施策が、総額の{portion}を占める",
        text,
        {
            "whole": share.value,
            f"measure/{top['id']}": share.value,
            **({"defence": share.value} if top["ministry"] == DEFENCE else {}),
        },
        view.cells(rows[:1], "current"),
        ("fig-overview-whole",),
        n.kept,
    )


@finding
def heaviest_area(view: View) -> Iterator[Finding]:
    """One area holds more than half, and how its weight moved."""
    rows = sorted(view.own("area"), key=lambda r: -r["current"].value)
    if not rows or rows[0]["share"] is None or rows[0]["share"].low <= Fraction(1, 2):
        return
    top, share, n = rows[0], rows[0]["share"], Numbers()
    earlier = interval.share(top["previous"], view.before)
    ratio = worked.printed(top["current"]) / worked.printed(view.now)
    portion = n(ratio, words.portion)
    text = f"{words.tsu(len(rows))}の分野のうち、{view.short(top['area'])}だけで総額の{portion}（{n.percent(ratio)}）です。"
    if earlier is not None and (share.low > earlier.high or share.high < earlier.low):
        text += f"{view.doc.previous.label}では{n.percent(worked.printed(top['previous']) / worked.printed(view.before))}でした。"
    yield Finding(
        "heaviest_area",
        "何に使うのか",
        f"「{top['name']}」が総額の{portion}を占める",
        text,
        {"whole": share.value - Fraction(1, 2)},
        view.cells([top], "current", "previous"),
        numbers=n.kept,
    )


@finding
def growth_by_area(view: View) -> Iterator[Finding]:
    """One area makes most of the change of the total."""
    rows = view.own("area")
    if not rows or not interval.sure(view.change) or view.before.absent:
        return
    top = max(rows, key=lambda r: r["contribution"].value)
    if not Fraction(1, 2) <= top["contribution"].value <= 1:
        return
    n, verb = Numbers(), "増加" if view.change.value > 0 else "減少"
    moved = worked.apart(worked.printed(top["current"]), worked.printed(top["previous"]))
    whole = worked.apart(worked.printed(view.now), worked.printed(view.before))
    portion = n(moved / whole, words.portion)
    yield Finding(
        "growth_by_area",
        "どの分野によるのか",
        f"{verb}の{portion}は、「{top['name']}」",
        f"総額の{verb}{n(whole)}のうち、{n(moved)}は{view.short(top['area'])}です。",
        {"areas": top["contribution"].value},
        view.cells([top], "current", "previous"),
        ("fig-overview-areas",),
        n.kept,
    )


@finding
def unnamed(view: View) -> Iterator[Finding]:
    """How much bears no name of a measure, inside the areas and outside of them."""
    left, outside = view.rest("measure")["current"], view.rest("area")["current"]
    if left.low <= 0:
        return
    n, bare = Numbers(), view.left("current")
    share = n.percent(bare / worked.printed(view.now))
    text = f"総額の{share}（{n(bare)}）には、施策の名前がありません。"
    if areas := [r for r in view.own("area") if view.rest("measure", r["area"])["current"].value]:
        top = max(areas, key=lambda r: view.rest("measure", r["area"])["current"].value)
        text += f"最も多いのは{view.short(top['area'])}の{n(view.left('current', top['area']))}です。"
    if outside.low > 0 and view.own("area"):
        every = worked.added(r["current"] for r in view.own("area"))
        text += f"{n(bare)}のうち{n(worked.printed(view.now) - every)}は、どの分野にも入っていません。"
    yield Finding(
        "unnamed",
        "何が分からないか",
        f"{words.oku(left)}には、施策の名前がない",
        text,
        {"whole": _ratio(left, view.now), "coverage": _ratio(left, view.now)},
        (),
        ("fig-overview-named",),
        n.kept,
    )


@finding
def areas_and_total(view: View) -> Iterator[Finding]:
    """In which columns the areas fall short of the total by more than rounding explains."""
    if not view.own("area"):
        return
    n, left, told = Numbers(), view.rest("area"), []
    for column in view.doc.columns:
        whole = worked.printed(view.doc.whole(column))
        parts = worked.added(r[column.role] for r in view.own("area"))
        if left[column.role].low > 0:
            told.append(f"{column.label}で{n(whole - parts)}")
    drawn = any("円グラフ" in what for what in view.doc.meta.get("not_in_text", ()))
    chart = "分野別内訳の頁の円グラフにはあるかもしれません。" if drawn else ""
    where = f"{words.tsu(len(told))}の欄のどれでも、" if len(told) == len(view.doc.columns) else ""
    yield Finding(
        "areas_and_total",
        "足し算は合うか",
        f"分野の合計は、総額{'に届かない' if told else 'と合う'}",
        f"{where}分野を足しても総額に届きません。差は{'、'.join(told)}で、丸めでは説明できません。差の中身について、本書が読んだ文字には説明がありません。{chart}"
        if told
        else "どの欄でも、分野の合計は丸めの範囲で総額と合います。",
        {"coverage": _ratio(left["current"], view.now)},
        view.cells(view.own("area"), "current", "supplementary", "previous"),
        numbers=n.kept,
    )


@finding
def named_by_area(view: View) -> Iterator[Finding]:
    """How unevenly the areas name their measures."""
    shares = [
        (r, interval.share(_sum(view.own("measure", r["area"])), r["current"])) for r in view.own("area")
    ]
    known = sorted(((r, s) for r, s in shares if s is not None), key=lambda pair: -pair[1].value)
    low = [(r, s) for r, s in known if s.value < Fraction(1, 2)]
    if not low or len(low) == len(known) or known[0][1].low - known[-1][1].high < Fraction(3, 10):
        return
    n = Numbers()

    def named(row: dict) -> str:
        return n.percent(view.listed("current", row["area"]) / worked.printed(row["current"]), 0)

    def bare(row: dict) -> str:
        return n(view.left("current", row["area"]) / worked.printed(row["current"]), words.portion)

    (top, share), told = known[0], "、".join(f"{view.short(r['area'])}は{named(r)}" for r, _ in low)
    text = f"使いみちを施策の名前で追えるのは、{view.short(top['area'])}の{named(top)}に対し、{told}です。"
    title = "、".join(f"「{r['name']}」の{bare(r)}" for r, _ in low) + "に、施策の名前がない"
    hidden = interval.total(view.rest("measure", r["area"])["current"] for r, _ in low)
    yield Finding(
        "named_by_area",
        "何が分からないか",
        title,
        text,
        {"whole": _ratio(hidden, view.now), "coverage": share.value - known[-1][1].value},
        view.cells([r for r, _ in known], "current"),
        ("fig-overview-named",),
        n.kept,
    )


def _most(view: View, area: str) -> Fraction:
    """The largest measure of an area in 億円."""
    return max((r["current"].value for r in view.own("measure", area)), default=Fraction(0))


@finding
def largest_in_area(view: View) -> Iterator[Finding]:
    """One measure is most of an area; or a few are nearly all of it, which is told by a picture only."""
    for area in view.own("area"):
        rows = sorted(view.own("measure", area["area"]), key=lambda r: -r["current"].value)
        if not rows or not area["current"].value:
            continue
        n, whole = Numbers(), worked.printed(area["current"])
        sums = [worked.added(r["current"] for r in rows[: k + 1]) for k in range(len(rows))]
        count = next((k + 1 for k, x in enumerate(sums) if x.value * 10 >= whole.value * 9), 0)
        one = sums[0].value * 2 >= whole.value
        if not one and not 0 < count <= 5:
            continue
        part = sums[0] if one else sums[count - 1]
        portion = n(part / whole, words.portion)
        yield Finding(
            "largest_in_area",
            "何に使うのか",
            f"分野の{portion}は、一つの施策" if one else f"{words.tsu(count)}の施策で、分野の{portion}",
            f"分野({area['area']})の{n(whole)}のうち、{n(part)}（{n.percent(part / whole)}）は{_who(rows[0])}です。"
            if one
            else f"大きいほうから{words.tsu(count)}の施策で、分野({area['area']})の{portion}（{n(part)}）です。",
            {f"area/{area['area']}": part.value / whole.value if one else Fraction(0)},
            view.cells(rows[: 1 if one else count], "current"),
            (f"fig-area{area['area']}-measures",),
            n.kept,
        )


@finding
def unnamed_in_area(view: View) -> Iterator[Finding]:
    """How much of an area bears no name of a measure."""
    for area in view.own("area"):
        left = view.rest("measure", area["area"])["current"]
        if left.low <= 0:
            continue
        n, whole, bare = Numbers(), worked.printed(area["current"]), view.left("current", area["area"])
        portion = n(bare / whole, words.portion)
        known = view.listed("current", area["area"])
        first = (
            f"この分野の{n(whole)}のうち、表にある施策は{n.percent(known / whole, 0)}です。残る{n(bare)}を"
        )
        if not known.value:
            first = f"この分野の{n(whole)}は、すべて施策名のない額です。"
        yield Finding(
            "unnamed_in_area",
            "何が分からないか",
            f"{portion}は、施策の名前が分からない",
            f"{first}何に使うのかは、{UNREAD}。",
            {f"area/{area['area']}": _ratio(left, area["current"])},
            view.cells([area], "current"),
            # a picture in which it is the largest part
            (f"fig-area{area['area']}-measures",) if left.value > _most(view, area["area"]) else (),
            n.kept,
        )


@finding
def growth_of_area(view: View) -> Iterator[Finding]:
    """What makes most of the change of an area: one measure, or one measure and what bears no name."""
    leader = max(view.own("measure"), key=lambda r: abs(r["change"].value), default={})
    for area in view.own("area"):
        whole, rows = area["change"], view.own("measure", area["area"])
        if not interval.sure(whole) or not rows:
            continue
        top, rest = (
            max(rows, key=lambda r: r["change"].value / whole.value),
            view.rest("measure", area["area"]),
        )
        one, other = top["change"].value / whole.value, rest["change"].value / whole.value
        n, began = Numbers(), _began(view, top["name"])
        new = "（新規）" if top["kind"] == "new" and began is None else ""
        part = worked.apart(worked.printed(top["current"]), worked.printed(top["previous"]))
        told = f"{n(part)}は{_who(top)}{new}"
        title, weight = f"「{top['name']}」", one
        if min(one, other) >= Fraction(1, 5):  # both matter
            bare = worked.apart(*(view.left(role, area["area"]) for role in ("current", "previous")))
            told += f"、{n(bare)}は施策名のない額"
            title, weight, part = title + "と施策名のない額", one + other, part + bare
        if not Fraction(1, 2) <= weight <= 1:
            continue
        verb = "増加" if whole.value > 0 else "減少"
        moved = worked.apart(worked.printed(area["current"]), worked.printed(area["previous"]))
        portion = n(part / moved, words.portion)
        yield Finding(
            "growth_of_area",
            "何が増え、何が減ったか",
            f"{verb}の{portion}は、{title}",
            f"分野({area['area']})の{verb}{n(moved)}のうち、{told}です。"
            f"{_told_began(began, n)}{_others(view, area, top, n)}",
            {
                f"area/{area['area']}": _ratio(whole, _larger(area["current"], area["previous"])) * weight,
                # what moves the whole has its own finding
                **({} if top["id"] == leader["id"] else {"change": _ratio(whole, view.change) * weight}),
            },
            view.cells([area, top], "current", "previous"),
            (f"fig-area{area['area']}-change",),
            n.kept,
        )


def _began(view: View, measure: str) -> dict | None:
    """The row of a sheet that prints an amount of the measure from before the columns of the document."""
    sheets = view.doc.sheets
    rows = sheets[(sheets["measure"] == measure) & (sheets["fiscal_year"] < view.doc.previous.fiscal_year)]
    return rows.iloc[0].to_dict() if len(rows) else None


def began(view: View, measure: str, n: Numbers) -> str:
    """That a sheet prints an amount of a measure from before the columns of the document; empty where none does."""
    return _told_began(_began(view, measure), n)


def _told_began(row: dict | None, n: Numbers) -> str:
    return f"この事業には、{_first(row, n)}が付いていました。" if row else ""


def _first(row: dict | None, n: Numbers) -> str:
    """When an earlier amount was given, and how much: 令和4年度第2次補正で20.0億円."""
    if row is None:
        return ""
    when = f"{words.era(row['fiscal_year'])}{words.stage(row['stage'])}"
    return f"{when}で{n(worked.printed(row['amount']))}"


def _others(view: View, area: dict, top: dict, n: Numbers) -> str:
    """Up to two more measures of an area that moved by more than a trifle."""
    size = _larger(area["current"], area["previous"])
    rows = [r for r in view.own("measure", area["area"]) if r["id"] != top["id"]]
    rows = [
        r for r in rows if _ratio(r["change"], size) >= TRIVIAL and r["previous"].value and r["current"].value
    ]
    told = []
    for row in sorted(rows, key=lambda r: -abs(r["change"].value))[:2]:
        now, before = worked.printed(row["current"]), worked.printed(row["previous"])
        told.append(f"{_who(row)}（{n(before)}から{n(now)}へ{n(now / before - 1, _moved)}）")
    return f"ほかに増減が大きいのは、{'、'.join(told)}です。" if told else ""


@finding
def hidden_move(view: View) -> Iterator[Finding]:
    """An area moved one way while its named measures moved the other: what moved it bears no name."""
    for area in view.own("area"):
        rows, left = view.own("measure", area["area"]), view.rest("measure", area["area"])["change"]
        named, fell = _sum(rows) - _sum(rows, "previous"), left.value < 0
        if not all(map(interval.sure, (named, left, area["change"]))):
            continue
        if fell != (area["change"].value < 0) or fell == (named.value < 0):
            continue
        n = Numbers()
        own = worked.apart(*(view.listed(role, area["area"]) for role in ("current", "previous")))
        ends = [view.left(role, area["area"]) for role in ("previous", "current")]
        moved = worked.apart(worked.printed(area["current"]), worked.printed(area["previous"]))
        extra, verb = view.rest("measure", area["area"])["supplementary"], "減っ" if fell else "増え"
        why = f"何に使うのかは、{UNREAD}。"
        if fell and extra.low > 0:
            bare = view.left("supplementary", area["area"])
            why = f"その一方で、{view.doc.supplementary.label}には施策名のない額が{n(bare)}あります。補正に移されたのか、施策が終わったのかは、{UNREAD}。"
        elif fell:
            why = f"施策が終わったのかどうかは、{UNREAD}。"
        yield Finding(
            "hidden_move",
            "何が増え、何が減ったか",
            f"{'減った' if fell else '増えた'}のは、施策名のない額",
            f"{view.short(area['area'])}は{n(moved)}{'減り' if fell else '増え'}ましたが、表にある施策は合わせて{n(own)}{'増え' if fell else '減っ'}ています。"
            f"施策名のない額が{n(ends[0])}から{n(ends[1])}へ{verb}たためです。{why}",
            {
                f"area/{area['area']}": _ratio(left, _larger(area["current"], area["previous"])),
                "change": _ratio(left, view.change),
                "whole": _ratio(left, view.now),
            },
            view.cells([area], "current", "previous"),
            (f"fig-area{area['area']}-change",),
            n.kept,
        )


@finding
def defence_range(view: View) -> Iterator[Finding]:
    """Between what is listed for 防衛省 and what would be, if all money without a name were its."""
    own = _sum(view.own("measure", ministry=DEFENCE))
    left = view.rest("measure")["current"]
    low, high = interval.share(own, view.now), interval.share(own + left, view.now)
    if not own.value or low is None or high is None or left.low <= 0:
        return
    n, listed, bare = Numbers(), view.listed("current", ministry=DEFENCE), view.left("current")
    share = listed / worked.printed(view.now)
    least = (
        n(share, lambda ratio: f"{int(ratio * 10)}割") if share.value >= Fraction(1, 10) else n.percent(share)
    )
    label = view.doc.current.label.removesuffix("当初")
    unsure = "。前年度より上がったとは言い切れない" if _defence_may_have_stood(view) else ""
    drawn = any("府省庁" in what for what in view.doc.meta.get("not_in_text", ()))
    chart = (
        "府省庁ごとの金額は、資料の「府省庁等別」の頁の図にありますが、文字として取り出せていないため、本書には載せていません。"
        if drawn
        else ""
    )
    yield Finding(
        "defence_range",
        "どれだけが防衛か",
        f"{DEFENCE}は{label}に少なくとも{least}{unsure}",
        f"表にある{DEFENCE}の施策は{n(listed)}で、総額の{n.percent(share)}です。"
        f"施策名のない{n(bare)}がすべて{DEFENCE}のものなら、{n.percent((listed + bare) / worked.printed(view.now))}になります。{chart}",
        {
            "defence": _ratio(left, own),
            "whole": _ratio(left, view.now) / 2,
            f"ministry/{DEFENCE}": _ratio(left, own),
        },
        view.cells(view.own("measure", ministry=DEFENCE), "current"),
        ("fig-defence-range",),
        n.kept,
    )


def _defence_may_have_stood(view: View) -> bool:
    """True where the shares that 防衛省 may have had overlap in both years."""
    ranges = []
    for role in ("previous", "current"):
        whole, own = getattr(view, _WHOLE[role]), _sum(view.own("measure", ministry=DEFENCE), role)
        if not whole.value or not own.value:
            return False
        ranges.append((own.value / whole.value, (own + view.rest("measure")[role]).value / whole.value))
    (low, high), (lower, higher) = ranges
    return low <= higher and lower <= high


@finding
def no_defence(view: View) -> Iterator[Finding]:
    """No measure of 防衛省 is listed."""
    if not view.own("measure") or view.own("measure", ministry=DEFENCE):
        return
    left = view.rest("measure")["current"].low > 0
    yield Finding(
        "no_defence",
        "どれだけが防衛か",
        f"{DEFENCE}の施策は、表にない",
        f"この資料の表に、{DEFENCE}の施策はありません。"
        + (f"施策名のない額のうち、いくらが{DEFENCE}のものかは、資料からは分かりません。" if left else ""),
        {"defence": Fraction(1), "whole": Fraction(1, 4)},
        (),
    )


@finding
def defence_moved(view: View) -> Iterator[Finding]:
    """The shares that 防衛省 may have had in both years overlap: nobody can tell from them that it rose."""
    own, left = _sum(view.own("measure", ministry=DEFENCE)), view.rest("measure")["current"]
    if not own.value or left.low <= 0 or not _defence_may_have_stood(view):
        return
    n, told = Numbers(), []
    ends: list[tuple[Worked, Worked]] = []
    for role in ("previous", "current"):
        whole, listed = worked.printed(getattr(view, _WHOLE[role])), view.listed(role, ministry=DEFENCE)
        label = view.doc.previous.label if role == "previous" else view.doc.current.label
        most = (listed + view.left(role)) / whole
        told.append(f"{label}が{n.percent(listed / whole)}から{n.percent(most)}")
        ends.append((listed, whole))
    doubt = _doubt(view, ends, n)
    yield Finding(
        "defence_moved",
        "防衛の割合は、上がったのか",
        f"{DEFENCE}の割合は、上がったとも下がったとも言い切れない",
        f"{DEFENCE}の割合が上がったかどうかは、言い切れません。ありうる範囲は{'、'.join(told)}で、重なっています。{doubt}",
        {"defence": _ratio(left, own) * Fraction(9, 10)},  # comes after the range itself
        view.cells(view.own("measure", ministry=DEFENCE), "current", "previous"),
        numbers=n.kept,
    )


def _doubt(view: View, ends: list[tuple[Worked, Worked]], n: Numbers) -> str:
    """How the share of what is listed moved, and what unnamed money of the lower year would make up for it."""
    first, last = ends  # what is listed and the whole, in both years
    shares = [listed / whole for listed, whole in ends]
    if words.percent(shares[0].value) == words.percent(shares[1].value):
        return ""
    rose = shares[1].value > shares[0].value
    (low, whole), share = (first, shares[1]) if rose else (last, shares[0])
    label = (view.doc.previous if rose else view.doc.current).label
    verb = "上がっ" if rose else "下がっ"
    return (
        f"表にある施策だけの割合は、{n.percent(shares[0])}から{n.percent(shares[1])}へ{verb}ています。"
        f"実際には{verb}ていなかったとすれば、{label}の施策名のない額のうち{n(share * whole - low)}以上が{DEFENCE}のものだったことになります。"
    )


@finding
def defence_elsewhere(view: View) -> Iterator[Finding]:
    """What 防衛省 may hold at most, if it has nothing in the areas that list none of its measures."""
    own = view.own("measure", ministry=DEFENCE)
    empty = [r for r in view.own("area") if not _sum(view.own("measure", r["area"], DEFENCE)).value]
    without = [view.left("current", r["area"]) for r in empty]
    if (
        not own
        or not view.before.value
        or not 0 < len(empty) < len(view.own("area"))
        or not all(x.value > 0 for x in without)
    ):
        return
    n, ranges = Numbers(), []
    for role in ("current", "previous"):
        whole, listed, bare = (
            worked.printed(getattr(view, _WHOLE[role])),
            view.listed(role, ministry=DEFENCE),
            view.left(role),
        )
        for row in empty:
            bare = bare - view.left(role, row["area"])
        ranges.append(f"{n.percent(listed / whole)}から{n.percent((listed + bare) / whole)}")
    where, last = "と".join(f"分野({r['area']})" for r in empty), view.doc.previous.label
    yield Finding(
        "defence_elsewhere",
        "防衛の割合は、最大いくらか",
        f"{where}に{DEFENCE}の分がなければ、割合の幅は狭まる",
        f"{where}の表に、{DEFENCE}の施策はありません。施策名のない額にもないとすれば、{DEFENCE}の割合は{ranges[0]}の間に収まります（{last}は{ranges[1]}）。",
        {"defence": sum((x.value for x in without), Fraction(0)) / view.now.value},
        view.cells(own, "current"),
        numbers=n.kept,
    )


@finding
def two_counts(view: View) -> Iterator[Finding]:
    """The area that holds most of 防衛省's measures is not 防衛省."""
    rows = view.own("measure")
    sums = {r["area"]: _sum(view.own("measure", r["area"], DEFENCE)) for r in view.own("area")}
    home = max(sums, key=lambda area: sums[area].value, default="")
    if not home or not sums[home].value:
        return
    whole = _row(view, "area", home)["current"]
    others = [r for r in rows if r["area"] == home and r["ministry"] != DEFENCE and r["current"].value]
    away = [r for r in rows if r["area"] != home and r["ministry"] == DEFENCE and r["current"].value]
    left = view.rest("measure", home)["current"]
    if not others and not away:
        return
    n, told = Numbers(), []
    if others:
        bodies = list(dict.fromkeys(r["ministry"] for r in others))
        who = "と".join(bodies) if len(bodies) <= FEW else f"ほかの{len(bodies)}府省庁"
        told.append(f"分野({home})には{who}の{n(worked.added(r['current'] for r in others))}が入ります")
    if away:
        where = "と".join(dict.fromkeys(f"分野({r['area']})" for r in away))
        told.append(f"{DEFENCE}の{n(worked.added(r['current'] for r in away))}は{where}にあります")
    shares = [
        n.percent(part / worked.printed(view.now))
        for part in (worked.printed(whole), view.listed("current", ministry=DEFENCE))
    ]
    apart = interval.total([*(r["current"] for r in (*others, *away)), left])
    yield Finding(
        "two_counts",
        "分野と防衛省は、どう違うのか",
        f"分野({home})と{DEFENCE}は、別の数え方",
        f"分野({home})の{shares[0]}と{DEFENCE}の{shares[1]}は、別の数え方です。{'。'.join(told)}。",
        {"defence": _ratio(apart, whole)},
        view.cells([*others, *away], "current"),
        ("fig-defence-parts",),
        n.kept,
    )


@finding
def defence_measures(view: View) -> Iterator[Finding]:
    """Which of 防衛省's measures moved most, and which went the other way; told by a picture only."""
    rows = [r for r in view.own("measure", ministry=DEFENCE) if r["previous"].value and r["current"].value]
    if len(rows) < 2:
        return
    n, top = Numbers(), max(rows, key=lambda r: abs(r["change"].value))
    up = top["change"].value > 0
    against = [r for r in rows if interval.sure(r["change"]) and (r["change"].value > 0) != up]
    ratio = worked.printed(top["current"]) / worked.printed(top["previous"])
    text = f"「{top['name']}」は{n(ratio, _times) if ratio.value >= 2 else n(ratio - 1, _moved)}"
    if len(against) == 1:
        text += f"、{'減った' if up else '増えた'}のは「{against[0]['name']}」だけ"
    cells = view.cells([top, *against], "current", "previous")
    figures = ("fig-defence-measures",)
    yield Finding(
        "defence_measures",
        "どの施策が増え、減ったのか",
        text,
        f"{text}です。",
        {"defence": Fraction(0)},
        cells,
        figures,
        n.kept,
    )


@finding
def others(view: View) -> Iterator[Finding]:
    """How the listed measures of all but 防衛省 moved, beside its own and what bears no name."""
    now, before = (
        _sum([r for r in view.own("measure") if r["ministry"] != DEFENCE], role)
        for role in ("current", "previous")
    )
    own, owned = (_sum(view.own("measure", ministry=DEFENCE), role) for role in ("current", "previous"))
    if not own.value or not owned.value or not before.value or not interval.sure(now - before):
        return
    n = Numbers()
    new, old = (view.listed(role) - view.listed(role, ministry=DEFENCE) for role in ("current", "previous"))
    ours, once = (view.listed(role, ministry=DEFENCE) for role in ("current", "previous"))
    rate = new / old - 1
    text = f"{DEFENCE}のほかで表にある施策は、合わせて{n(old)}から{n(new)}へ{n.percent(rate, 0)}{words.moved(now, before)}。"
    text += f"{DEFENCE}の施策は{n(ours / once - 1, _moved)}です。"
    apart = [r for r in view.own("measure") if r["ministry"] != DEFENCE]
    groups = apart, view.own("measure", ministry=DEFENCE)
    tops = [sorted(rows, key=lambda r: -abs(r["change"].value))[0] for rows in groups]
    without = [
        (a - worked.printed(top["current"]), b - worked.printed(top["previous"]))
        for top, a, b in zip(tops, (new, ours), (old, once))
    ]
    if all(b.value > 0 and a.value > 0 for a, b in without):
        bare = [n(a / b - 1, _moved) for a, b in without]
        text += (
            f"増減の最も大きい施策を除いて比べると、ほかは{bare[0]}（「{tops[0]['name']}」を除く）、"
            f"{DEFENCE}は{n(without[1][1])}から{n(without[1][0])}へ{bare[1]}（「{tops[1]['name']}」を除く）です。"
        )
    yield Finding(
        "others",
        "防衛のほかは、どうなのか",
        f"{DEFENCE}のほかは、{n(rate, _moved)}",
        text,
        {"defence": _ratio(now - before, view.change)},
        view.cells([r for r in view.own("measure") if r["ministry"] != DEFENCE], "current", "previous"),
        numbers=n.kept,
    )


@finding
def survivors(view: View) -> Iterator[Finding]:
    """No listed measure ended: those that did can only be in the money without a name, so the listed ones look better."""
    rows, left = view.own("measure"), view.rest("measure")
    ended = [r for r in rows if r["kind"] == "gone"]
    now, before = _sum(rows), _sum(rows, "previous")
    rate, bare = interval.growth(now, before), interval.growth(left["current"], left["previous"])
    if ended or rate is None or bare is None or rate.low - bare.high < Fraction(1, 10):
        return
    n, label = Numbers(), view.doc.current.label
    (new, old), (on, off) = (
        [of(role) for role in ("current", "previous")] for of in (view.listed, view.left)
    )
    yield Finding(
        "survivors",
        "表の施策だけで、伸びを測れるのか",
        "表にある施策の伸びは、高めに出る",
        f"表にある施策は{n(old)}から{n(new)}へ{n(new / old - 1, _moved)}、施策名のない額は{n(off)}から{n(on)}へ{n(on / off - 1, _moved)}です。"
        f"表には、{label}で額がなくなった施策が一つもありません。終わった施策があれば、施策名のない額の中にあるはずです。そのため、表にある施策の伸びは高めに出ていると考えられます。",
        {"change": _ratio(left["previous"], view.before) / 2, "defence": Fraction(0)},
        numbers=n.kept,
    )


@finding
def lead_ministry(view: View) -> Iterator[Finding]:
    """One ministry holds most of what is listed."""
    rows = sorted(view.own("ministry"), key=lambda r: -r["current"].value)
    whole = interval.total(r["current"] for r in rows)
    if len(rows) < 3 or not rows[1]["current"].value or rows[0]["current"].value * 2 < whole.value:
        return
    top = rows[0]
    n, share = Numbers(), top["current"].value / whole.value
    ratio = view.listed("current", ministry=top["name"]) / view.listed("current")
    rest = view.listed("current") - view.listed("current", ministry=top["name"])
    second = view.listed("current", ministry=rows[1]["name"])
    yield Finding(
        "lead_ministry",
        "どの府省庁が使うのか",
        f"表にある施策の{n(ratio, words.portion)}は、{top['name']}",
        f"表にある施策の{n.percent(ratio)}は{top['name']}のものです。ほかの{len(view.doc.bodies) - 1}府省庁は、合わせて{n(rest)}で、"
        f"その{n(second / rest, words.portion)}は{rows[1]['name']}（{n(second)}）です。",
        {"ministries": share},
        (),
        ("fig-ministries-areas",),
        n.kept,
    )


def _all_for(view: View, ministry: str) -> str:
    """That the sheets give all 補正 of a ministry to one part of them, where they do."""
    own = {r["name"] for r in view.own("measure", ministry=ministry) if not r["supplementary"].absent}
    sheets, column = view.doc.sheets, view.doc.supplementary
    rows = sheets[sheets["measure"].isin(own) & (sheets["fiscal_year"] == column.fiscal_year)]
    rows = rows[rows["stage"] == column.stage]
    parts = rows[rows["component"] != ""]
    if len(own) != 1 or len(parts) != 1 or len(rows) != 2 or len(set(rows["printed"])) != 1:
        return ""
    part, sheet = re.sub("^[0-9]+ ", "", parts["component"].iloc[0]), parts["sheet"].iloc[0]
    wider = [told for told in view.doc.meta.get("wider_content", ()) if f"シート {sheet} " in told]
    return f"シートによれば、すべて「{part}」の分です。{''.join(wider)}"


@finding
def lives_on_supplementary(view: View) -> Iterator[Finding]:
    """A ministry whose 補正 exceeds its 当初: comparing 当初 with 当初 misleads."""
    found = [
        r
        for r in view.own("ministry")
        if not r["supplementary"].absent
        and r["supplementary"].low > max(r["current"].high, r["previous"].high)
    ]
    # a title names those that its picture draws, as far as there are any
    large = [r for r in found if _ratio(r["supplementary"], view.extra) >= TRIVIAL] or found
    drawn = "、".join(r["name"] for r in large)
    if len(large) < len(found):
        drawn += f"など{words.tsu(len(found))}の府省庁"
    for row in found:
        n, label = Numbers(), view.doc.current.label
        was, has, got = (
            view.listed(role, ministry=row["name"]) for role in ("previous", "current", "supplementary")
        )
        fold = f"（{label}の{n(got / has, _fold)}）" if has.value else f"（{label}にはありません）"
        extra = view.doc.supplementary
        text = f"表にある{row['name']}の施策には、{extra.label}で{n(got)}が付きました{fold}。"
        if row["kind"] == "down":
            text = (
                f"表にある{row['name']}の施策は、当初が{n(was)}から{n(has)}になりました。"
                f"ただし、{extra.label}で{n(got)}が付いています{fold}。"
                f"{words.era(extra.fiscal_year - 1)}の補正は資料になく、補正まで含めた増減は比べられません。"
            )
        text += _all_for(view, row["name"])
        yield Finding(
            "lives_on_supplementary",
            "当初だけで分かるのか",
            f"{drawn}は、補正が当初を上回る",
            text,
            {
                "supplementary": _ratio(row["supplementary"], view.extra),
                f"ministry/{row['name']}": row["front"].value,
            },
            view.cells(view.own("measure", ministry=row["name"]), "supplementary", "current"),
            ("fig-supplementary-ministries",),
            n.kept,
        )


@finding
def new_measure(view: View) -> Iterator[Finding]:
    """A new measure makes most of a ministry's rise."""
    for row in view.own("ministry"):
        own = view.own("measure", ministry=row["name"])
        new = [r for r in own if r["kind"] == "new"]
        if not new or len(own) < 2 or row["change"].low <= 0 or not row["previous"].value:
            continue
        top = max(new, key=lambda r: r["current"].value)
        part = top["current"].value / row["change"].value
        if part < Fraction(1, 2):
            continue
        n, amount = Numbers(), worked.printed(top["current"])
        rise = worked.apart(*(view.listed(role, ministry=row["name"]) for role in ("current", "previous")))
        share = "すべて" if part >= 1 else n(amount / rise, words.portion)
        now, before = (view.listed(role, ministry=row["name"]) for role in ("current", "previous"))
        kept, began = now - amount, _first(_began(view, top["name"]), n)
        without = f"これを除くと、{n(before)}から{n(kept)}へ{n(kept / before - 1, _moved)}です。"
        yield Finding(
            "new_measure",
            "府省庁の増加は、どこから来たのか",
            f"{row['name']}の増加の{share}は、前の年度の当初になかった一つの施策",
            f"表にある{row['name']}の施策の増加{n(rise)}のうち、{n(amount)}は「{top['name']}」です。{without}"
            + (
                f"除いた事業は、{began}が付いていたものです。"
                if began
                else f"除いた事業は、{view.doc.previous.label}の欄が「—」でした。"
            ),
            {
                "ministries": _ratio(top["current"], view.change),
                f"ministry/{row['name']}": _ratio(top["current"], row["current"]) / 2,
            },
            view.cells([top], "current"),
            ("fig-ministries-change",),
            n.kept,
        )


@finding
def growth_of_ministry(view: View) -> Iterator[Finding]:
    """One measure that is not new makes most of the change of what is listed of a ministry."""
    for row in view.own("ministry"):
        own = view.own("measure", ministry=row["name"])
        if len(own) < 2 or not interval.sure(row["change"]):
            continue
        top = max(own, key=lambda r: r["change"].value / row["change"].value)
        weight = top["change"].value / row["change"].value
        if top["kind"] == "new" or not Fraction(1, 2) < weight <= 1:
            continue
        n, verb = Numbers(), "増加" if row["change"].value > 0 else "減少"
        moved = worked.apart(*(view.listed(role, ministry=row["name"]) for role in ("current", "previous")))
        part = worked.apart(worked.printed(top["current"]), worked.printed(top["previous"]))
        portion = n(part / moved, words.portion)
        yield Finding(
            "growth_of_ministry",
            "何が動いたか",
            f"{verb}の{portion}は、「{top['name']}」",
            f"表に載る{row['name']}の施策の{verb}{n(moved)}の{portion}は、「{top['name']}」（{_step(top, n)}）によるものです。",
            {
                f"ministry/{row['name']}": _ratio(row["change"], _larger(row["current"], row["previous"]))
                * weight
            },
            view.cells([top], "current", "previous"),
            numbers=n.kept,
        )


def _step(row: dict, n: Numbers) -> str:
    """From one year to the next: 477.4億円から1,064.0億円へ2.2倍, 0.8億円から0.3億円へ63%減."""
    now, before = worked.printed(row["current"]), worked.printed(row["previous"])
    if not before.value:
        return f"{n(now)}、{words.KINDS['new']}"
    told = n(now / before, _times) if now.value >= 2 * before.value else n(now / before - 1, _moved)
    return f"{n(before)}から{n(now)}へ{told}" if now.value else f"{n(before)}が{words.KINDS['gone']}"


@finding
def against(view: View) -> Iterator[Finding]:
    """Of what grew, the measure that fell most; of what shrank, the one that grew most."""
    wholes = [("change", "総額", view.change, view.own("measure"), _larger(view.now, view.before))]
    for by in ("area", "ministry"):
        for row in view.own(by):
            name = f"分野({row['area']})" if by == "area" else f"表に載る{row['name']}の施策"
            own = view.own("measure", **{by: row[by]})
            size = _larger(row["current"], row["previous"])
            wholes.append((f"{by}/{row[by]}", name, row["change"], own, size))
    for subject, name, change, rows, size in wholes:
        up = change.value > 0
        other = [r for r in rows if interval.sure(r["change"]) and (r["change"].value > 0) != up]
        if not interval.sure(change) or not other:
            continue
        n, top = Numbers(), max(other, key=lambda r: abs(r["change"].value))
        who = f"「{top['name']}」" if subject.startswith("ministry") else _who(top)
        yield Finding(
            "against",
            "逆に動いたものは何か",
            f"「{top['name']}」は、逆に{'減った' if up else '増えた'}",
            f"{name}が{'増える' if up else '減る'}なかで、{who}は{'減り' if up else '増え'}ました（{_step(top, n)}）。",
            {subject: _ratio(top["change"], change if subject == "change" else size)},
            view.cells([top], "current", "previous"),
            numbers=n.kept,
        )


@finding
def measure_size(view: View) -> Iterator[Finding]:
    """How much a measure comes to, how it moved, and how sure its rate is."""
    label, last, finer = view.doc.current.label, view.doc.previous.label, exact.finest(view.doc)
    for row in view.own("measure"):
        n, kind, rate = Numbers(), row["kind"], row["rate"]
        now, before = worked.printed(row["current"]), worked.printed(row["previous"])
        fine = [finer.get((row["name"], role), row[role]) for role in ("current", "previous")]
        text, title = f"{_who(row)}の{label}予算は{n(now)}です。", f"{label}は{n(now)}"
        if kind in ("up", "down") and rate is not None:
            ratio, moved = _sheet(fine[0]) / _sheet(fine[1]), words.moved(row["current"], row["previous"])
            text += f"{last}から{n(worked.apart(now, before))}"
            if ratio.value >= 2:
                text += f"増え、{n(ratio, _times)}になりました。"
                title += f"、{last}の{n(ratio, _times)}"
            elif (told := _moved(ratio.value - 1)) == "横ばい":
                text += f"{moved}が、ほぼ横ばいです。"
                title += f"、{last}からほぼ横ばい"
            else:
                text += f"、率にして{n.percent(ratio - 1, 0)}{moved}。"
                title += f"、{last}から{told}"
            if rate.high - rate.low > max(Fraction(1, 20), abs(rate.value) / 5):
                text += f"丸めを考えると、率は{words.span(rate, 'rate')}のどこかです。"
        elif kind == "same":
            text += f"{last}と、印刷された桁で同額です。"
            title += f"、{last}と同額"
        elif kind == "new":
            text += f"{last}の欄は「—」でした。{began(view, row['name'], n)}"
            title += f"、{last}の欄は「—」"
        elif kind == "near":
            text += f"表では{last}と同額ですが、シートの計は違います。"
            title += f"、表では{last}と同額"
        else:
            title = f"{label}の欄は「—」"
            text = f"{_who(row)}の{label}予算の欄は「—」です。"
            text += f"{last}には{n(before)}がありました。" if kind == "gone" else f"{last}の欄も「—」でした。"
        cells = view.cells([row], "current", "previous")
        salience = {f"measure/{row['id']}": Fraction(1)}
        yield Finding("measure_size", "いくらか", title, text, salience, cells, numbers=n.kept)


def _sheet(amount: Interval) -> Worked:
    """An amount in as many digits as it is printed, in the table or on a sheet."""
    return Worked(amount.value, words.plain(amount.value, 2).removesuffix("0"))


@finding
def measure_weight(view: View) -> Iterator[Finding]:
    """What a measure is of its area, and whether it moved with it."""
    for row in view.own("measure"):
        if row["current"].absent or not row["area"]:
            continue
        area, n = _row(view, "area", row["area"]), Numbers()
        if not area["current"].value:
            continue
        now, whole = worked.printed(row["current"]), worked.printed(area["current"])
        part = now / whole
        share = n.percent(part) if words.rounded(part.value * 100) else "0.1%未満"
        text = f"この施策は、{view.short(row['area'])}の{n(whole)}の{share}にあたります。"
        title = f"分野({row['area']})の{share}"
        up = area["change"].value > 0
        verb = "増加" if up else "減少"
        if interval.sure(area["change"]):
            moved = worked.apart(whole, worked.printed(area["previous"]))
            own = worked.apart(now, worked.printed(row["previous"]))
            if (
                row["change"].value * 10 >= area["change"].value > 0
                or 0 > area["change"].value >= row["change"].value * 10
            ):
                text += f"分野の{verb}{n(moved)}のうち{n(own)}が、この施策の分です。"
            elif row["kind"] == "same" or (interval.sure(row["change"]) and (row["change"].value > 0) != up):
                told = "同額です" if row["kind"] == "same" else f"{'減り' if up else '増え'}ました"
                text += f"分野が{n(moved)}{'増える' if up else '減る'}なかで、{told}。"
        yield Finding(
            "measure_weight",
            "分野の中で、どれほどか",
            title,
            text,
            {f"measure/{row['id']}": Fraction(1, 4)},
            view.cells([row, area], "current", "previous"),
            numbers=n.kept,
        )


@finding
def own_supplementary(view: View) -> Iterator[Finding]:
    """What 補正 adds to a ministry or a measure, and whether 当初 alone misleads."""
    extra = view.doc.supplementary.label
    for by in ("ministry", "measure"):
        for row in view.own(by):
            if row["supplementary"].absent or row["front"] is None:
                continue
            n = Numbers()
            got, now = (
                worked.printed(row[role]) if by == "measure" else view.listed(role, ministry=row["name"])
                for role in ("supplementary", "current")
            )
            larger = got.value > now.value
            text = f"{extra}で{n(got)}が付いています"
            if larger and now.value:
                text += f"（{view.doc.current.label}の{n(got / now, _fold)}）"
            text += "。" + _all_for(view, row["ministry"])
            if now.value:
                text += f"合わせた16か月予算は{n(got + now)}です。"
            if larger and row["change"].value < 0:
                text += "当初だけを比べて、減ったとは言い切れません。"
            yield Finding(
                "own_supplementary",
                "補正を合わせると、どうか",
                f"{extra}で{n(got)}が付いている",
                text,
                {f"{by}/{row['id'] if by == 'measure' else row['name']}": row["front"].value},
                view.cells(
                    [row] if by == "measure" else view.own("measure", ministry=row["name"]),
                    "supplementary",
                    "current",
                ),
                numbers=n.kept,
            )


@finding
def measure_parts(view: View) -> Iterator[Finding]:
    """The largest part of a measure by its sheet; that no part is told, where none is."""
    column = view.doc.current
    named = {row["name"] for row in view.own("measure")}
    for row in view.own("measure"):
        sheets, n = view.doc.sheets, Numbers()
        parts = sheets[(sheets["measure"] == row["name"]) & ~sheets["component"].isin(["", *named])]
        parts = parts[(parts["fiscal_year"] == column.fiscal_year) & (parts["stage"] == column.stage)]
        if row["current"].absent:
            continue
        if parts.empty:
            title = "内訳の金額は、分からない"
            text = f"{n(worked.printed(row['current']))}の内訳は、{UNREAD}。"
        else:
            top = max(parts.to_dict("records"), key=lambda r: r["amount"].value)
            name = re.sub("^[0-9]+ ", "", top["component"])
            title = f"大半は「{name}」"
            text = f"シートによれば、{n(worked.printed(row['current']))}のうち{n(worked.printed(top['amount']))}は「{name}」の分です。"
        yield Finding(
            "measure_parts",
            "何に使うのか",
            title,
            text,
            {f"measure/{row['id']}": Fraction(1, 2) if parts.empty else Fraction(3, 4)},
            view.cells([row], "current"),
            numbers=n.kept,
        )


@finding
def where_supplementary_went(view: View) -> Iterator[Finding]:
    """補正 went elsewhere than 当初 does."""
    rows = [r for r in view.own("area") if not r["supplementary"].absent]
    if not rows or view.extra.absent or not view.extra.value:
        return
    top, main = (
        max(rows, key=lambda r: r["supplementary"].value),
        max(view.own("area"), key=lambda r: r["current"].value),
    )
    share = interval.share(top["supplementary"], view.extra)
    if top["area"] == main["area"] or share is None or share.low < Fraction(1, 2):
        return
    n, whole = Numbers(), worked.printed(view.extra)
    portion = n(worked.printed(top["supplementary"]) / whole, words.portion)
    yield Finding(
        "where_supplementary_went",
        "補正は、どこに付いたのか",
        f"補正の{portion}は、「{top['name']}」に付いた",
        f"{view.doc.supplementary.label}{n(whole)}のうち、{n(worked.printed(top['supplementary']))}は{view.short(top['area'])}です。"
        f"当初予算が最も大きい分野({main['area']})は、{n(worked.printed(main['supplementary']))}にとどまります。",
        {
            "supplementary": share.value,
            "whole": _ratio(top["supplementary"], view.extra + view.now),
        },
        view.cells([top, main], "supplementary"),
        ("fig-supplementary-areas",),
        n.kept,
    )


@finding
def unnamed_supplementary(view: View) -> Iterator[Finding]:
    """How much of 補正 bears no name, beside 当初."""
    left, now = view.rest("measure")["supplementary"], view.rest("measure")["current"]
    if view.extra.absent or not view.extra.value or left.low <= 0:
        return
    share, usual = interval.share(left, view.extra), interval.share(now, view.now)
    if share is None or usual is None or share.low - usual.high < Fraction(1, 10):
        return
    n, bare = Numbers(), view.left("supplementary")
    portion = n(bare / worked.printed(view.extra), words.portion)
    initial = n.percent(view.left("current") / worked.printed(view.now))
    yield Finding(
        "unnamed_supplementary",
        "補正の使いみちは、分かるのか",
        f"補正の{portion}には、施策の名前がない",
        f"{view.doc.supplementary.label}の{n.percent(bare / worked.printed(view.extra))}にあたる{n(bare)}は、施策名のない額です。{view.doc.current.label}では{initial}でした。",
        {"supplementary": share.value, "coverage": _ratio(left, view.extra)},
        (),
        ("fig-supplementary-areas",),
        n.kept,
    )


@finding
def sixteen_months(view: View) -> Iterator[Finding]:
    """補正 and 当初 together."""
    if view.extra.absent or not view.extra.value:
        return
    n, extra, now = Numbers(), worked.printed(view.extra), worked.printed(view.now)
    yield Finding(
        "sixteen_months",
        "合わせていくらか",
        "補正を合わせた16か月予算",
        f"{view.doc.supplementary.label}の{n(extra)}と{view.doc.current.label}の{n(now)}を合わせた16か月予算は、{n(extra + now)}です。",
        {"supplementary": Fraction(1)},
        numbers=n.kept,
    )


@finding
def misled_ministries(view: View) -> Iterator[Finding]:
    """Ministries of which 当初 alone tells little, together."""
    rows = [
        r
        for r in view.own("ministry")
        if not r["supplementary"].absent and r["supplementary"].low > r["current"].high > 0
    ]
    if len(rows) < 2:
        return
    n, sums = Numbers(), {}
    for role in ("supplementary", "current"):
        found = [
            x for r in rows for x in exact.joined(view.doc, view.own("measure", ministry=r["name"]), role)
        ]
        sums[role] = worked.added(found)
    who = "、".join(r["name"] for r in rows)
    yield Finding(
        "misled_ministries",
        "当初だけで分かるのか",
        f"{who}は、当初だけでは分からない",
        f"{who}では、表にある施策に付いた{view.doc.supplementary.label}（合わせて{n(sums['supplementary'])}）が、"
        f"{view.doc.current.label}（{n(sums['current'])}）を上回ります。当初だけの増減は、これらの府省庁では目安になりません。",
        {"ministries": _ratio(_sum(rows, "supplementary"), view.extra)},
        numbers=n.kept,
    )


@finding
def measures_of_area(view: View) -> Iterator[Finding]:
    """How much the listed measures of an area come to, and which are the largest."""
    for area in view.own("area"):
        rows = sorted(view.own("measure", area["area"]), key=lambda r: -r["current"].value)
        rows, n = [r for r in rows if r["current"].value], Numbers()
        text = f"分野({area['area']})の表にある施策に、{view.doc.current.label}の額はありません。"
        if rows:
            first, second = rows[0], next(iter(rows[1:]), None)
            text = f"分野({area['area']})の表にある施策は、合わせて{n(view.listed('current', area['area']))}です。"
            text += f"最も大きい施策は{_who(first)}（{n(worked.printed(first['current']))}）で"
            text += (
                f"、{_who(second)}（{n(worked.printed(second['current']))}）が続きます。"
                if second
                else "す。"
            )
        yield Finding(
            "measures_of_area",
            "どの施策に、いくらか",
            f"分野({area['area']})の施策",
            text,
            {f"area/{area['area']}": Fraction(0)},
            view.cells(rows[:2], "current"),
            numbers=n.kept,
        )


@finding
def parts_of_change(view: View) -> Iterator[Finding]:
    """How an area changed: its listed measures, and what bears no name."""
    for area in (r for r in view.own("area") if not r["previous"].absent and r["current"].value):
        n, roles = Numbers(), ("current", "previous")
        now, before = (worked.printed(area[role]) for role in roles)
        parts = []
        for name, of in (("表にある施策", view.listed), (words.UNLISTED, view.left)):
            one, other = (of(role, area["area"]) for role in roles)
            verb = "増" if one.value > other.value else "減"
            parts.append(
                f"{name}は{n(worked.apart(one, other)) + verb if one.value != other.value else '増減なし'}"
            )
        yield Finding(
            "parts_of_change",
            "何が増え、何が減ったか",
            f"分野({area['area']})の増減",
            f"分野({area['area']})は{n(before)}から{n(now)}になりました。差し引きで、{'、'.join(parts)}です。"
            if now.value != before.value
            else f"分野({area['area']})は、前年度と同じ{n(now)}です。差し引きで、{'、'.join(parts)}です。",
            {f"area/{area['area']}": Fraction(0)},
            view.cells([area], *roles),
            numbers=n.kept,
        )


@finding
def sixteen_of_area(view: View) -> Iterator[Finding]:
    """What an area comes to with 補正, and how much of it bears no name."""
    for area in view.own("area"):
        n, name = Numbers(), f"分野({area['area']})"
        extra, now = worked.printed(area["supplementary"]), worked.printed(area["current"])
        bare = [view.left(role, area["area"]) for role in ("supplementary", "current")]
        column = view.doc.supplementary
        text = f"{name}に、{column.label}は付いていません。" if column.given else f"{column.nothing}。"
        if extra.value:
            text = f"{view.doc.supplementary.label}の{n(extra)}を当初に足すと、{name}の16か月予算は{n(extra + now)}です。"
            if bare[0].value + bare[1].value > 0:
                text += f"補正では{n(bare[0])}、合わせると{n(bare[0] + bare[1])}が、施策名のない額です。"
        yield Finding(
            "sixteen_of_area",
            "補正を合わせるといくらか",
            f"{name}の16か月予算",
            text,
            {f"area/{area['area']}": Fraction(0)},
            view.cells([area], "supplementary", "current"),
            numbers=n.kept,
        )


@finding
def unknowns(view: View) -> Iterator[Finding]:
    """What nobody can tell from the document, the largest first: for who reads one page only."""
    n, told, weight = Numbers(), [], Fraction(0)
    main = max(view.own("measure"), key=lambda r: r["current"].value, default=None)
    sheets = view.doc.sheets
    large = main is not None and main["share"] is not None and main["share"].low >= Fraction(1, 4)
    if main is not None and large and not any(sheets["component"][sheets["measure"] == main["name"]]):
        amount, before = worked.printed(main["current"]), worked.printed(main["previous"])
        doubled = 0 < before.value * 2 <= amount.value
        why = f"と、前年度の{n(amount / before, _times)}になった理由" if doubled else ""
        told.append(f"「{main['name']}」（{n(amount)}）の内訳{why}は、{UNREAD}")
        weight += main["share"].value
    left, outside = view.rest("measure")["current"], view.rest("area")["current"]
    if left.low > 0:
        bare = view.left("current")
        share = n.percent(bare / worked.printed(view.now))
        told.append(f"施策名のない額が{n(bare)}（総額の{share}）あります")
        if outside.low > 0 and view.own("area"):
            every = worked.added(r["current"] for r in view.own("area"))
            told[-1] = (
                f"{told[-1].removesuffix('ます')}、うち{n(worked.printed(view.now) - every)}はどの分野のものでもありません"
            )
        weight += left.value / view.now.value
    if any("歳出ベース" in what for what in view.doc.meta.get("not_stated", ())):
        told.append("金額が歳出ベースか契約ベースかも、書かれていません")
    if len(told) < 2:
        return
    yield Finding(
        "unknowns",
        "何が分からないか",
        "資料の文字からは分からないこと",
        "。".join(told) + "。",
        {"whole": min(weight, Fraction(1))},
        view.cells([main] if main else [], "current"),
        numbers=n.kept,
    )

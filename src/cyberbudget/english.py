"""The findings in English: the same engine's second voice, for readers who do not read Japanese.

A voice belongs to a finding, speaks where that finding holds and nowhere else, and tells the same numbers: one unit,
billions of yen, of which one 億円 (oku) is a tenth. Which come first is decided by the findings' own salience.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import jaconv
import pandas as pd

from . import context, exact, findings, interval, outside, words, worked
from .context import Context
from .findings import DEFENCE, View
from .interval import NOTHING, Interval
from .load import Document
from .worked import Worked

Voice = Callable[[View], str]
_VOICES: dict[str, Voice] = {}


def voice(function: Voice) -> Voice:
    """Enter the voice of the finding that bears its name."""
    _VOICES[function.__name__] = function
    return function


def about(doc: Document, subject: str, most: int | None = None, told: Context | None = None) -> list[str]:
    """What matters most about a subject, in English, the most salient first; see :func:`.findings.about`."""
    found = findings.about(doc, subject, None, told=told)
    names = dict.fromkeys(f.name for f in found if f.name in _VOICES)
    return said(doc, *list(names)[:most], told=told)


def said(doc: Document, *names: str, told: Context | None = None) -> list[str]:
    """The findings of these names that hold, in the order of the names."""
    view = findings.view(doc, told)
    return [_VOICES[name](view) for name in names if findings.named(doc, name, told=told)]


# ── names and numbers ───────────────────────────────────────────────────────────────────────────────


def names(doc: Document) -> dict[str, str]:
    """English names of measures, ministries and areas by the Japanese ones; ours, but for the names of bodies."""
    measures = {m["measure"]: m["name_en"] for card in doc.programmes for m in card["measures"]}
    bodies = dict(zip(doc.ministries["ministry"], doc.ministries["name_en"]))
    return measures | bodies | dict(zip(doc.areas["short"], doc.areas["short_en"]))


def romaji(reading: str) -> str:
    """A reading in kana as Latin letters, long vowels as they are spelt: ほせいよさん → hoseiyosan."""
    return str(jaconv.kana2alphabet(jaconv.kata2hira(reading))).replace("-", "")


def label(doc: Document, role: str) -> str:
    """Heading of a column: FY2024 initial."""
    column = next(c for c in doc.columns if c.role == role)
    return f"{words.fy(column.fiscal_year)} {column.stage}"


def yen(amount: Worked | Interval) -> str:
    return words.billion(amount.value)


def short(amount: Worked | Interval) -> str:
    """An amount beside another one whose unit is told."""
    return yen(amount).removesuffix(" billion yen")


def _percent(ratio: Worked | Fraction, digits: int = 1, signed: bool = False) -> str:
    value = ratio.value if isinstance(ratio, Worked) else ratio
    return words.percent(value if signed else abs(value), digits, signed)


def _name(view: View, japanese: str) -> str:
    return names(view.doc).get(japanese, japanese)


def _area(view: View, area: str) -> str:
    return f'"{_name(view, view.doc.area_name(area, short=True))}"'


def _the(view: View, ministry: str) -> str:
    return f"the {_name(view, ministry)}"


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _count(number: int) -> str:
    words_ = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words_[number] if number < len(words_) else str(number)


def _years(view: View) -> tuple[str, str]:
    return words.fy(view.doc.current.fiscal_year), words.fy(view.doc.previous.fiscal_year)


def _both(view: View) -> tuple[Worked, Worked]:
    return worked.printed(view.now), worked.printed(view.before)


# ── voices ──────────────────────────────────────────────────────────────────────────────────────────


@voice
def total(view: View) -> str:
    (now, before), (year, last) = _both(view), _years(view)
    text = f"The {year} initial budget for cybersecurity is {yen(now)}."
    if not before.value:
        return text
    if not interval.sure(view.change):
        return f"{text} Within rounding it is the same as in {last}."
    way = words.moved_en(view.now, view.before)
    return f"{text} It {way} from {yen(before)} in {last} ({_percent(now / before - 1, 0, True)})."


@voice
def driver(view: View) -> str:
    top = max(view.own("measure"), key=lambda r: r["contribution"].value)
    now, before = _both(view)
    own, owned = worked.printed(top["current"]), worked.printed(top["previous"])
    moved, mine = worked.apart(now, before), worked.apart(own, owned)
    way = "rise" if now.value > before.value else "fall"
    who = f'"{_name(view, top["name"])}" of {_the(view, top["ministry"])}'
    text = f"Of the {way} of {yen(moved)}, {short(mine)} billion ({_percent(mine / moved)}) is one measure, {who}."
    if mine.value > moved.value:
        text = (
            f"The {way} of one measure, {who}, exceeds that of the total: {short(mine)} against {yen(moved)}."
        )
    rate = (now - own) / (before - owned) - 1
    return f"{text} Without it the total went from {short(before - owned)} to {yen(now - own)} ({_percent(rate, 0, True)})."


@voice
def largest(view: View) -> str:
    top = max(view.own("measure"), key=lambda r: r["current"].value)
    amount, rest = worked.printed(top["current"]), view.listed("current") - worked.printed(top["current"])
    text = f'The largest measure is "{_name(view, top["name"])}" of {_the(view, top["ministry"])}, with {yen(amount)}, {_percent(amount / worked.printed(view.now))} of the total.'
    if amount.value > rest.value > 0:
        text += f" That is more than all other listed measures together ({yen(rest)})."
    return text


@voice
def heaviest_area(view: View) -> str:
    top = max(view.own("area"), key=lambda r: r["current"].value)
    share = worked.printed(top["current"]) / worked.printed(view.now)
    return f"One of {_count(len(view.own('area')))} strategy areas, {_area(view, top['area'])}, holds {_percent(share)} of the total."


@voice
def unnamed(view: View) -> str:
    bare, outside_areas = view.left("current"), view.rest("area")["current"]
    text = f"{yen(bare)}, or {_percent(bare / worked.printed(view.now))} of the total, bears no name of a measure."
    if outside_areas.low > 0:
        every = worked.added(r["current"] for r in view.own("area"))
        text += f" Of this, {short(worked.printed(view.now) - every)} billion is in no strategy area."
    return text


@voice
def areas_and_total(view: View) -> str:
    left, gaps = view.rest("area"), []
    for column in view.doc.columns:
        if left[column.role].low > 0:
            parts = worked.added(r[column.role] for r in view.own("area"))
            gaps.append(short(worked.printed(view.doc.whole(column)) - parts))
    if not gaps:
        return "Within rounding the strategy areas add up to the total in every column."
    return (
        f"The strategy areas do not add up to the total: {_listed(gaps)} billion yen are missing in "
        f"{_count(len(gaps))} of {_count(len(view.doc.columns))} columns, more than rounding explains. "
        "The text that we read does not say what this is."
    )


@voice
def named_by_area(view: View) -> str:
    known = [
        (view.listed("current", r["area"]) / worked.printed(r["current"]), r["area"])
        for r in view.own("area")
        if r["current"].value
    ]
    (top, best), *rest = sorted(known, key=lambda pair: -pair[0].value)
    low = [
        f"{_percent(share, 0)} of {_area(view, area)}" for share, area in rest if share.value < Fraction(1, 2)
    ]
    return (
        f"Named measures tell where {_percent(top, 0)} of {_area(view, best)} goes, but only {_listed(low)}."
    )


@voice
def hidden_move(view: View) -> str:
    area = max(
        (r for r in view.own("area") if f"area/{r['area']}" in _salient(view, "hidden_move")),
        key=lambda r: abs(view.rest("measure", r["area"])["change"].value),
    )
    key, roles = area["area"], ("current", "previous")
    moved = worked.apart(*(worked.printed(area[role]) for role in roles))
    own = worked.apart(*(view.listed(role, key) for role in roles))
    fell = area["change"].value < 0
    return (
        f"{_area(view, key)} {'fell' if fell else 'rose'} by {yen(moved)}, although its listed measures "
        f"{'rose' if fell else 'fell'} by {short(own)} billion: money without a name went from "
        f"{short(view.left('previous', key))} to {yen(view.left('current', key))}. The text does not tell what {'was cut' if fell else 'was added'}."
    )


def _salient(view: View, name: str) -> set[str]:
    return {key for f in findings.named(view.doc, name) for key in f.salience}


@voice
def defence_range(view: View) -> str:
    own, whole = view.listed("current", ministry=DEFENCE), worked.printed(view.now)
    return (
        f"The listed measures of {_the(view, DEFENCE)} come to {yen(own)}, {_percent(own / whole)} of the total. "
        f"If all money without a name were its own, the share would be {_percent((own + view.left('current')) / whole)}."
    )


@voice
def defence_moved(view: View) -> str:
    ranges = []
    for role, whole, year in zip(("previous", "current"), reversed(_both(view)), reversed(_years(view))):
        own = view.listed(role, ministry=DEFENCE)
        ranges.append(f"{_percent(own / whole)} and {_percent((own + view.left(role)) / whole)} in {year}")
    return f"Whether that share rose cannot be told: it lies between {' and between '.join(ranges)}, and the two ranges overlap."


@voice
def two_counts(view: View) -> str:
    sums = {r["area"]: view.listed("current", r["area"]) for r in view.own("area")}
    home = max(sums, key=lambda a: sum(r["current"].value for r in view.own("measure", a, DEFENCE)))
    others = worked.added(r["current"] for r in view.own("measure", home) if r["ministry"] != DEFENCE)
    away = worked.added(r["current"] for r in view.own("measure", ministry=DEFENCE) if r["area"] != home)
    return (
        f"The area {_area(view, home)} is not the same as {_the(view, DEFENCE)}: other ministries hold {yen(others)} of it, "
        f"and {short(away)} billion of the ministry's measures are in other areas."
    )


@voice
def others(view: View) -> str:
    new, old = (view.listed(role) - view.listed(role, ministry=DEFENCE) for role in ("current", "previous"))
    ours, once = (view.listed(role, ministry=DEFENCE) for role in ("current", "previous"))
    return (
        f"Outside {_the(view, DEFENCE)} the listed measures went from {short(old)} to {yen(new)} "
        f"({_percent(new / old - 1, 0, True)}); those of the ministry itself: {_percent(ours / once - 1, 0, True)}."
    )


@voice
def lives_on_supplementary(view: View) -> str:
    rows = [
        r for r in view.own("ministry") if f"ministry/{r['name']}" in _salient(view, "lives_on_supplementary")
    ]
    told = [
        f"{_name(view, r['name'])} {short(view.listed('supplementary', ministry=r['name']))} after {short(view.listed('current', ministry=r['name']))}"
        for r in rows
    ]
    extra = view.doc.supplementary
    return (
        f"Comparing initial budgets misleads for ministries that live on supplementary budgets. The {words.fy(extra.fiscal_year)} supplementary "
        f"budget gave more than the following initial one to: {_listed([t.replace(' after ', ' (initial: ') + ')' for t in told])}, in billions of yen."
    )


@voice
def where_supplementary_went(view: View) -> str:
    top = max(view.own("area"), key=lambda r: r["supplementary"].value)
    extra = view.doc.supplementary
    return (
        f"Of the {words.fy(extra.fiscal_year)} supplementary budget of {yen(worked.printed(view.extra))}, "
        f"{short(worked.printed(top['supplementary']))} billion went to {_area(view, top['area'])}."
    )


@voice
def sixteen_months(view: View) -> str:
    extra, now = worked.printed(view.extra), worked.printed(view.now)
    return (
        f"The {label(view.doc, 'supplementary')} ({short(extra)}) and the {label(view.doc, 'current')} budget ({short(now)}) "
        f"together, which Japan calls a 16-month budget, are {yen(extra + now)}."
    )


# ── what stands outside the document ────────────────────────────────────────────────────────────────


def _told(view: View) -> Context:
    assert view.told is not None  # a voice speaks where its finding holds
    return view.told


@voice
def speed(view: View) -> str:
    last = context.yearly(context.series(_told(view), view.doc)).to_dict("records")[-1]
    start, end = worked.oku(last["start"]), worked.oku(last["end"])
    rate = worked.yearly(end, start, int(last["last"] - last["first"]))
    return (
        f"From {words.fy(int(last['first']))} to {words.fy(int(last['last']))} the initial budget went from {short(start)} to {yen(end)}, "
        f"{_percent(rate, 0, True)} a year. It is the longest recent span in which the same things are counted."
    )


@voice
def two_editions(view: View) -> str:
    (year, rows), *_ = context.editions(_told(view)).groupby("fiscal_year")
    low, high = (worked.oku(amount) for amount in sorted(rows["amount"]))
    return f"Two editions of the {words.fy(int(year))} document exist: {short(low)} and {yen(high)}. This book reads the one with {yen(view.now)}. The document does not tell which is later."


@voice
def share_of_budget(view: View) -> str:
    found = outside._share(_told(view), view.doc, "general_account")
    assert found
    year, amount, whole = found
    share = amount / whole
    return (
        f"The total of {words.fy(year)} is {_percent(share, 3)} of the general account of the state ({words.plain(whole.value / 10_000, 2)} trillion yen): "
        f"{words.plain(share.value * 10_000, 0)} of every 10,000 yen."
    )


@voice
def share_of_gdp(view: View) -> str:
    found = outside._share(_told(view), view.doc, "gdp")
    assert found
    year, amount, whole = found
    return f"Beside nominal GDP it is {_percent(amount / whole, 4)} ({words.fy(year)})."


@voice
def spent(view: View) -> str:
    doc, told = view.doc, _told(view)
    year = context.years(told)[-1]
    budget, done, _ = outside._spent(told, year)
    own = doc.measures[doc.measures["measure"].isin(set(told.projects["measure"]))]
    share = worked.added(own["current"]) / worked.printed(view.now)
    return (
        f"What was spent is known of {len(own)} of {len(doc.measures)} listed measures, {_percent(share)} of the total. "
        f"Of the {yen(budget)} that these could spend in {words.fy(year)}, {_percent(done / budget)} was spent."
    )


@voice
def concentration(view: View) -> str:
    told = _told(view)
    year = context.years(told)[-1]
    paid = context.direct(told, year)
    five = Fraction(paid["amount"].head(outside.FIVE).sum()) / Fraction(paid["amount"].sum())
    return f"Of what the state paid directly for these measures in {words.fy(year)}, {_percent(five)} went to {_count(outside.FIVE)} recipients."


def table(doc: Document) -> pd.DataFrame:
    """The listed measures and the row of what is not listed, in billions of yen.

    Returns
    -------
    DataFrame
        name_en, name, ministry_en (in short: METI), area, id, current, supplementary, previous, change (Interval in 億円), rest.
    """
    known = names(doc)
    frame = exact.full(doc, "measure")
    english = frame["name"].map(known).fillna(words.REMAINDERS_EN[words.UNLISTED])
    bodies = dict(zip(doc.ministries["ministry"], doc.ministries["short_en"]))
    moved = [NOTHING if kind == "none" else change for kind, change in zip(frame["kind"], frame["change"])]
    ministries = frame["ministry"].map(bodies).fillna("")
    return frame.assign(name_en=english, ministry_en=ministries, change=moved)


def cell(amount: words.Amount) -> str:
    """An amount in billions of yen: 212.62; — where nothing is printed."""
    return words.billion(amount).removesuffix(" billion yen")


def rounding(amount: Interval) -> str:
    """How far rounding lets an amount be off, in billions of yen: 0.005; both bounds where they differ."""
    if amount.absent:
        return words.ABSENT
    down, up = amount.value - amount.low, amount.high - amount.value
    if down == up:
        return words.plain(up / 10, 3)
    return "–".join(words.plain(bound / 10, 3) for bound in (amount.low, amount.high))


def signed(amount: Interval) -> str:
    """A change in billions of yen: +58.66."""
    return words.billion(amount, signed=True).removesuffix(" billion yen")

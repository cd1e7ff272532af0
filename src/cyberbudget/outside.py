"""Findings on what stands outside the document: other years, the whole budget, what was spent, who received it.

They are entered among those of :mod:`cyberbudget.findings` and are taken from there like any other, by whoever tells the
context (``findings.about(doc, "history", told=told)``). Their subjects are :data:`SUBJECTS`; the salience is a part of
that subject's money as there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import wraps
from itertools import pairwise

import pandas as pd

from . import context, exact, interval, worked
from . import words as w
from .context import Context
from .findings import DEFENCE, Finding, View, about, finding
from .load import Document
from .worked import Numbers, Worked
from .years import course, line, movers

SUBJECTS = ("history", "national", "execution", "recipients", "decade")
# Columns of tables: of a project's year, of a sheet.
STEPS = {
    "budget": "歳出予算現額",
    "executed": "執行額",
    "carried_out": "翌年度へ繰越し",
    "request": "翌年度の要求",
}
SHEET = {"initial": "当初", "supplementary": "補正", "budget": "歳出予算現額", "executed": "執行額"}
ITEM = {"initial": "当初", "revised": "補正後（累計）", "settled": "決算"}
FIVE = 5  # recipients whose part tells how concentrated the payments are
PUBLIC = ("独立行政法人", "国立研究開発法人")  # recipients that carry out what the state does
SECONDHAND = ("B", "C")  # marks of amounts that we know from articles alone, not from their document
LOW = Fraction(4, 5)  # execution of less is far below what could be spent

OnContext = Callable[[Document, Context], Iterator[Finding]]


def of_context(function: OnContext) -> OnContext:
    """Enter a finding that looks at the context too; where a document is looked at without one it is silent."""

    @finding
    @wraps(function)
    def look(view: View) -> Iterator[Finding]:
        if view.told is not None:
            yield from function(view.doc, view.told)

    return function


def highlights(doc: Document, told: Context) -> list[Finding]:
    """What the first page takes from each of these chapters: the most salient finding."""
    return [f for subject in SUBJECTS for f in about(doc, subject, 1, told=told)]


# ── what they are said with ─────────────────────────────────────────────────────────────────────────


def span(first: int, last: int) -> str:
    """令和3年度から令和6年度まで."""
    return f"{w.era(int(first))}から{w.era(int(last))}まで"


def years(found: Iterable[int]) -> str:
    """令和2年度と令和4年度."""
    names = [w.era(int(year)) for year in found]
    return "と".join(names) if len(names) < 3 else "、".join(names)


def _cells(table: str, rows: Iterable[object]) -> tuple[str, ...]:
    """Rows of a table of the context: history/2024."""
    return tuple(f"{table}/{row}" for row in dict.fromkeys(rows))


def _ratio(part: Worked, whole: Worked) -> Fraction:
    return min(abs(part.value / whole.value), Fraction(1)) if whole.value else Fraction(0)


def cho(value: Fraction) -> str:
    return w.cho(float(value))


def _yen(value: Fraction) -> str:
    return f"{int(value * worked.OKU):,}円"


def _whole(doc: Document) -> Worked:
    return worked.printed(doc.whole(doc.current))


def _large(told: Context, what: str, year: int) -> Worked | None:
    yen = context.amount(told, what, year)
    return None if yen is None else worked.yen(yen)


def _round(value: Fraction) -> str:
    """In whole 億円."""
    return f"{w.plain(value, 0)}億円"


def _way(rate: Fraction | float) -> str:
    return "増えた" if rate > 0 else "減った"


# ── twelve years ────────────────────────────────────────────────────────────────────────────────────


@of_context
def speed(doc: Document, told: Context) -> Iterator[Finding]:
    """How fast the total grew over the last span of one definition, beside the span before it."""
    spans = context.yearly(context.series(told, doc)).to_dict("records")
    if not spans or round(spans[-1]["rate"], 3) == 0:
        return
    n, told_rates = Numbers(), []
    for s in spans[-2:]:
        rate = worked.yearly(worked.oku(s["end"]), worked.oku(s["start"]), int(s["last"] - s["first"]))
        told_rates.append(f"年に{n.percent(rate, 0)}ずつ{_way(rate.value)}")
    now = spans[-1]
    start, end = worked.oku(now["start"]), worked.oku(now["end"])
    text = f"{span(now['first'], now['last'])}に、当初予算は{n(start)}から{n(end)}になりました。{told_rates[-1]}計算です。"
    title, faster = (
        f"{w.era(int(now['first']))}からあと、{told_rates[-1]}",
        len(spans) > 1 and now["rate"] > spans[-2]["rate"] > 0,
    )
    if len(spans) > 1:
        before = spans[-2]
        text += f"それより前で、数える範囲が同じとみられるのは{span(before['first'], before['last'])}です。この間は、{told_rates[0]}計算です。"
    ends = sorted({int(s[key]) for s in spans[-2:] for key in ("first", "last")})
    marks = context.series(told, doc).set_index("fiscal_year")["mark"]
    if heard := [year for year in ends if marks[year] in SECONDHAND]:
        text += f"{years(heard)}の額は、資料そのものではなく、民間の記事や報道によります。"
    if faster:
        title = f"予算の伸びは、{w.era(int(now['first']))}からあとが速い"
    yield Finding(
        "speed",
        "いつから増えたのか",
        title,
        text,
        {"history": _ratio(worked.apart(end, start), max(start, end, key=lambda x: x.value))},
        _cells("history", (s[key] for s in spans[-2:] for key in ("first", "last"))),
        ("fig-history-line",),
        n.kept,
    )


@of_context
def breaks(doc: Document, told: Context) -> Iterator[Finding]:
    """Where what is counted changed, and what an amount is without what was in it in that year only."""
    core = told.breaks.query("kind == @context.CORE")
    known = context.series(told, doc).set_index("fiscal_year")["amount"].dropna()
    if core.empty:
        return
    n, changed = Numbers(), sorted(set(core["fiscal_year"]))
    sure = sorted(set(core.query("mark != @context.OURS")["fiscal_year"]))
    ours = [year for year in changed if year not in sure]
    text = f"数える範囲は、{years(sure)}に変わりました。" if sure else ""
    text += f"{years(ours)}にも変わったと、本書は読みました。" if sure and ours else ""
    text += f"数える範囲は、{years(ours)}に変わったと、本書は読みました。" if ours and not sure else ""
    text += "その前後の額は、同じものどうしの比較ではありません。"
    for year, once in core.dropna(subset="amount").groupby("fiscal_year")["amount"]:
        if year in known:
            whole, parts = worked.oku(known[year]), [worked.oku(amount) for amount in once]
            extra = sum(parts[1:], parts[0])
            # A source that prints whole 億円 allows no finer difference.
            about, write = ("約", _round) if all(x.value.denominator == 1 for x in parts) else ("", w.oku)
            text += (
                f"{w.era(int(year))}の{n(whole)}には、この年度だけの{about}{n(extra, write)}が含まれます。"
                f"除くと{about}{n(whole - extra, write)}です。"
            )
    apart = known[known.index < changed[-1]].max()  # what a reader would compare wrongly
    yield Finding(
        "breaks",
        "比べてよいのか",
        f"{years(changed)}の前後は、比べられない",
        text,
        {"history": Fraction(0) if apart != apart else _ratio(worked.oku(apart), worked.oku(known.max()))},
        _cells("breaks", changed),
        numbers=n.kept,
    )


@of_context
def gaps(doc: Document, told: Context) -> Iterator[Finding]:
    """Years of which no total was found, and how much moved over them unseen."""
    table = context.series(told, doc)
    gone = table.loc[table["amount"].isna(), "fiscal_year"]
    if gone.empty:
        return
    n, known = Numbers(), table.dropna(subset="amount")
    over = [
        (one, two)
        for one, two in pairwise(known.to_dict("records"))
        if two["fiscal_year"] > one["fiscal_year"] + 1
    ]
    alike = [pair for pair in over if pair[0]["span"] == pair[1]["span"]]
    text = f"{years(gone)}の当初予算は、見つかっていません。"
    if alike:
        one, two = max(alike, key=lambda pair: abs(pair[1]["amount"] - pair[0]["amount"]))
        moved = worked.apart(worked.oku(two["amount"]), worked.oku(one["amount"]))
        way = _way(two["amount"] - one["amount"])
        text += (
            f"{span(one['fiscal_year'], two['fiscal_year'])}に{n(moved)}{w.moved(two['amount'], one['amount'])}が、"
            f"どの年度に{way}のかは分かりません。"
        )
    hidden = sum(abs(two["amount"] - one["amount"]) for one, two in over)
    yield Finding(
        "gaps",
        "どの年度が分からないのか",
        f"{years(gone)}は、見つかっていない",
        text,
        {"history": _ratio(worked.oku(hidden), worked.oku(known["amount"].max()))},
        _cells("history", (r["fiscal_year"] for pair in over for r in pair)),
        numbers=n.kept,
    )


@of_context
def asked(doc: Document, told: Context) -> Iterator[Finding]:
    """How much of what was asked for was granted."""
    rows = context.stages(told, doc).dropna(subset="share")
    if rows.empty:
        return
    n, found = Numbers(), rows.sort_values("share").to_dict("records")
    low, high = (worked.oku(found[at]["initial"]) / worked.oku(found[at]["request"]) for at in (0, -1))
    largest = max(abs(r["request"] - r["initial"]) for r in found)
    less = "どの年度も、当初は概算要求より少なくなっています。" if high.value < 1 else ""
    shares = f"{n.percent(low)}から{n.percent(high)}でした" if len(found) > 1 else f"{n.percent(low)}でした"
    yield Finding(
        "asked",
        "求めた額は、認められたのか",
        f"当初は、要求の{shares.removesuffix('でした')}",
        f"概算要求と当初がともに分かるのは、{w.tsu(len(found))}の年度です。{less}当初は要求の{shares}。要求のうち、前の年度の補正予算に前倒しで付いた分は、当初に入りません。",
        {"history": _ratio(worked.oku(largest), _whole(doc))},
        _cells("history", rows["fiscal_year"]),
        numbers=n.kept,
    )


@of_context
def two_editions(doc: Document, told: Context) -> Iterator[Finding]:
    """What is known of a year of which two editions exist."""
    series = context.series(told, doc).set_index("fiscal_year")["amount"]
    for year, rows in context.editions(told).groupby("fiscal_year"):
        before = series.get(year - 1, float("nan"))
        if len(rows) != 2 or before != before:
            continue
        n = Numbers()
        amounts = [worked.oku(amount) for amount in sorted(rows["amount"])]
        rates = [n.percent(amount / worked.oku(before) - 1) for amount in amounts]
        times = {n(amount / worked.oku(before), lambda ratio: w.times(ratio, 1)) for amount in amounts}
        same = f"どちらの版でも、前の年度の約{times.pop()}です。" if len(times) == 1 else ""
        heard = [n(worked.oku(a)) for a, mark in zip(rows["amount"], rows["mark"]) if mark in SECONDHAND]
        told_by = f"{'と'.join(heard)}は、民間の記事や報道が伝えた額です。" if heard else ""
        yield Finding(
            "two_editions",
            "どちらの版なのか",
            f"{w.era(int(year))}には、二つの版がある",
            f"{w.era(int(year))}の当初予算には、{n(amounts[0])}とする版と{n(amounts[1])}とする版があります。{told_by}"
            f"差は{n(amounts[1] - amounts[0])}です。前の年度からの増減率は、{rates[0]}か{rates[1]}です。"
            f"{same}どちらが後の版かは、資料からは分かりません。",
            {"history": _ratio(amounts[1] - amounts[0], amounts[1])},
            _cells("history", [year, year - 1]),
            numbers=n.kept,
        )


def _ends(docs: list[Document], by: str) -> list[tuple[dict, dict]]:
    """First and last year of each row that documents tell of both ends of their years, the one that moved most first."""
    table = course(docs, by)
    first, last = table["fiscal_year"].min(), table["fiscal_year"].max()
    known = [
        (rows.iloc[0].to_dict(), rows.iloc[-1].to_dict())
        for _, rows in table.groupby("key", sort=False)
        if {first, last} <= set(rows["fiscal_year"])
    ]
    moved = [(b["initial"] - a["initial"], a, b) for a, b in known]
    moved = [row for row in moved if interval.sure(row[0])]
    return [(a, b) for _, a, b in sorted(moved, key=lambda row: -abs(row[0].value))]


def _from_to(a: dict, b: dict, n: Numbers) -> str:
    """From what to what a row moved, first the earlier amount; what was — had none."""
    start, end = ("額なし" if x["initial"].absent else n(worked.printed(x["initial"])) for x in (a, b))
    return f"{start}から{end}へ"


@of_context
def over_years(doc: Document, told: Context) -> Iterator[Finding]:
    """What moved the total over all the years of which documents stand, and in each of them; of one document it is silent."""
    docs = line(doc)
    first, last = docs[0].whole(docs[0].previous), doc.whole(doc.current)
    ends = _ends(docs, "measure") if len(docs) > 1 else []
    if not ends or not first.value or not interval.sure(last - first):
        return
    n, (a, b) = Numbers(), ends[0]
    start, end = worked.printed(first), worked.printed(last)
    years = span(docs[0].previous.fiscal_year, doc.current.fiscal_year)
    moves = [r for r in movers(docs).to_dict("records") if r["name"]]
    steps = "、".join(
        f"{w.era(r['fiscal_year'])}が{r['ministry']}の「{r['name']}」（{n(_apart(r['before'], r['now']))}の{w.rise(r['now'], r['before'])}）"
        for r in moves[-3:]
    )
    each = f"年度ごとに最も大きく動いたのは、{steps}です。" if len(moves) > 1 else ""
    yield Finding(
        "over_years",
        "何年もの増減を、何が動かしたのか",
        f"{w.era(docs[0].previous.fiscal_year)}から、最も大きく動いたのは「{b['name']}」",
        f"資料のある{years}に、総額は{n(start)}から{n(end)}に{w.moved(last, first)}。どちらの年度の額も分かる施策のうち、"
        f"最も大きく動いたのは、{b['ministry']}の「{b['name']}」（{_from_to(a, b, n)}）です。{each}",
        {"history": _ratio(_apart(a["initial"], b["initial"]), max(start, end, key=lambda x: x.value))},
        _cells("measures", (b["name"], *(r["name"] for r in moves[-3:]))),
        ("fig-history-measures",),
        n.kept,
    )


@of_context
def areas_over_years(doc: Document, told: Context) -> Iterator[Finding]:
    """Which strategy area moved most over all the years of which documents stand; of one document it is silent."""
    docs = line(doc)
    ends = _ends(docs, "area") if len(docs) > 1 and not any(d.areas.empty for d in (docs[0], doc)) else []
    if not ends:
        return
    n, (a, b) = Numbers(), ends[0]
    whole = max(docs[0].whole(docs[0].previous), doc.whole(doc.current), key=lambda x: x.value)
    years = span(docs[0].previous.fiscal_year, doc.current.fiscal_year)
    moved = w.moved(b["initial"], a["initial"])
    yield Finding(
        "areas_over_years",
        "どの分野が動いたのか",
        f"最も大きく動いたのは、「{b['name']}」",
        f"{years}に最も大きく動いた分野は「{b['name']}」で、{_from_to(a, b, n)}{moved}。",
        {"history": _ratio(_apart(a["initial"], b["initial"]), worked.printed(whole))},
        _cells("areas", [b["name"]]),
        ("fig-history-areas",),
        n.kept,
    )


def _apart(one: interval.Interval, other: interval.Interval) -> Worked:
    return worked.apart(worked.printed(one), worked.printed(other))


# ── the whole budget ────────────────────────────────────────────────────────────────────────────────


def _share(told: Context, doc: Document, what: str, at: int = -1) -> tuple[int, Worked, Worked] | None:
    """Year, total and what it is a part of; None where neither year is known."""
    rows = context.shares(told, doc, what)
    if rows.empty:
        return None
    row = rows.iloc[at]
    return int(row["fiscal_year"]), worked.oku(row["amount"]), worked.yen(int(row["amount_yen"]))


@of_context
def share_of_budget(doc: Document, told: Context) -> Iterator[Finding]:
    """How large the total is within the state's budget."""
    if not (found := _share(told, doc, "general_account")):
        return
    n, (year, amount, whole) = Numbers(), found
    share = amount / whole
    of_ten_thousand = n(share, lambda ratio: f"1万円のうち{w.plain(ratio * 10_000, 0)}円")
    yield Finding(
        "share_of_budget",
        "国の予算の中で、大きいのか",
        f"総額は、一般会計{of_ten_thousand}",
        f"{w.era(year)}の総額は、一般会計の当初予算{n(whole, cho)}の{n.percent(share, 3)}です。"
        f"一般会計の{of_ten_thousand}にあたります。",
        {"national": Fraction(1)},
        (*_cells("history", [year]), *_cells("denominators", [f"general_account・{year}"])),
        ("fig-national-account",),
        n.kept,
    )


@of_context
def share_grew(doc: Document, told: Context) -> Iterator[Finding]:
    """How the share of the state's budget moved since it is known."""
    one, two = (_share(told, doc, "general_account", at) for at in (0, -1))
    if not one or not two:
        return
    (first, *old), (last, *new) = one, two
    n, before, now = Numbers(), old[0] / old[1], new[0] / new[1]
    if now.value < before.value * Fraction(3, 2):
        return
    core = told.breaks.query("kind == @context.CORE and @first < fiscal_year <= @last")
    times = n(now / before, lambda x: w.times(x, 1))
    text = f"総額が一般会計に占める割合は、{w.era(first)}の{n.percent(before, 3)}から、{w.era(last)}には{times}になりました。"
    if len(core):
        text += f"ただし、その間の{years(sorted(set(core['fiscal_year'])))}に、数える範囲が変わっています。"
    yield Finding(
        "share_grew",
        "割合は、増えたのか",
        f"一般会計に占める割合は、{w.era(first)}の{times}",
        text,
        {"national": 1 - before.value / now.value},
        _cells("denominators", [f"general_account・{first}", f"general_account・{last}"]),
        numbers=n.kept,
    )


@of_context
def defence_in_ministry(doc: Document, told: Context) -> Iterator[Finding]:
    """What the listed measures of 防衛省 are of its whole budget."""
    own = doc.measures[doc.measures["ministry"] == DEFENCE]
    n, shares = Numbers(), []
    for column in (doc.current, doc.previous):
        listed = worked.added(own[column.role])
        if (whole := _large(told, "defence", column.fiscal_year)) and listed.value:
            shares.append((column, listed, whole, n.percent(listed / whole, 2)))
    if not shares or shares[0][0] is not doc.current:
        return
    column, listed, whole, share = shares[0]
    text = (
        f"表にある{DEFENCE}の施策は{n(listed)}で、{DEFENCE}所管の予算{n(whole, cho)}の{share}です（{w.era(column.fiscal_year)}）。"
        + "".join(f"{w.era(c.fiscal_year)}は{was}でした。" for c, _, _, was in shares[1:])
    )
    yield Finding(
        "defence_in_ministry",
        "防衛省の予算の中で、大きいのか",
        f"{DEFENCE}所管の予算の{share}",
        text,
        {"national": _ratio(listed, _whole(doc))},
        _cells("denominators", (f"defence・{c.fiscal_year}" for c, *_ in shares)),
        numbers=n.kept,
    )


@of_context
def own_systems(doc: Document, told: Context) -> Iterator[Finding]:
    """Whose systems the listed measures protect, by our own judgement."""
    judged = dict(zip(told.purposes["measure"], told.purposes["purpose"]))
    rows, whole = exact.own(exact.full(doc, "measure")), _whole(doc)
    parts = {
        key: rows[rows["name"].map(judged) == key] for key in dict.fromkeys(told.purposes["purpose"]) if key
    }
    own = worked.added(parts["own"]["current"]) if "own" in parts else worked.added([])
    if own.value * 3 < whole.value:
        return
    n, others = Numbers(), worked.added(parts["others"]["current"] if "others" in parts else [])
    defence = worked.added(parts["own"].query("ministry == @DEFENCE")["current"])
    text = (
        f"表にある施策を、だれのシステムを守るのかで分けると、総額の{n.percent(own / whole)}（{n(own)}）は、"
        "施策を行う府省庁のシステムのためのものです。"
    )
    if defence.value * 2 > own.value:
        text += f"そのうち{DEFENCE}が{n(defence)}で、ほかの府省庁は{n(own - defence)}です。"
    if others.value:
        text += f"企業や国民などのシステムのためのものは、総額の{n.percent(others / whole)}です。"
    left = whole - worked.added(rows["current"])
    if left.value > 0:
        text += f"施策名のない{n(left)}は、分けられません。"
    yield Finding(
        "own_systems",
        "だれのシステムを守るのか",
        f"総額の{n(own / whole, w.portion)}は、府省庁が自分のシステムを守る額",
        f"{text}分け方は、本書の判断です。",
        {"national": _ratio(own, whole)},
        _cells("purposes", parts["own"]["name"]),
        ("fig-national-purposes",),
        n.kept,
    )


@of_context
def share_of_gdp(doc: Document, told: Context) -> Iterator[Finding]:
    """How large the total is beside the gross domestic product, of a vintage that is named."""
    if not (found := _share(told, doc, "gdp")):
        return
    n, (year, amount, whole) = Numbers(), found
    vintage = told.denominators.query("what == 'gdp' and fiscal_year == @year")["vintage"].iloc[0]
    yield Finding(
        "share_of_gdp",
        "経済の大きさの中で、大きいのか",
        f"国内総生産の{n.percent(amount / whole, 4)}",
        f"総額は、名目の国内総生産（GDP）{n(whole, cho)}の{n.percent(amount / whole, 4)}です"
        f"（{w.era(year)}、国民経済計算の{vintage}）。",
        {"national": Fraction(1, 2)},  # the same money beside something larger still: after the budget
        (*_cells("history", [year]), *_cells("denominators", [f"gdp・{year}"])),
        numbers=n.kept,
    )


@of_context
def draft(doc: Document, told: Context) -> Iterator[Finding]:
    """A general account that circulates and is not the budget."""
    year = doc.current.fiscal_year
    first, whole = (_large(told, what, year) for what in ("general_account_draft", "general_account"))
    if not first or not whole:
        return
    n = Numbers()
    yield Finding(
        "draft",
        "分母は、どの額なのか",
        f"{n(first, cho)}は、変更される前の政府案",
        f"{w.era(year)}の一般会計を{n(first, cho)}とする記事がありますが、それは変更される前の政府案です。"
        f"予備費を増やす変更があり、成立した予算は{n(whole, cho)}です。差は{n(worked.apart(whole, first), cho)}です。",
        {"national": _ratio(worked.apart(whole, first), whole)},
        _cells("denominators", [f"general_account_draft・{year}", f"general_account・{year}"]),
        numbers=n.kept,
    )


@of_context
def defence_fund(doc: Document, told: Context) -> Iterator[Finding]:
    """The year in which 防衛関係費 holds what goes into a fund, so that it is no denominator."""
    for year in sorted(told.denominators.query("what == 'defence_fund'")["fiscal_year"]):
        expense, own, fund = (_large(told, f"defence{what}", year) for what in ("_expense", "", "_fund"))
        if not expense or not own or not fund:
            continue
        n = Numbers()
        yield Finding(
            "defence_fund",
            "なぜ防衛関係費で割らないのか",
            f"{w.era(year)}の防衛関係費は、資金への繰入れを含む",
            f"{w.era(year)}の主要経費「防衛関係費」は{n(expense, cho)}ですが、そのうち{n(fund, cho)}は防衛力強化資金への繰入れです。"
            f"{DEFENCE}所管の当初予算は{n(own, cho)}です。",
            {"national": Fraction(0)},
            _cells("denominators", (f"defence{what}・{year}" for what in ("_expense", "", "_fund"))),
            numbers=n.kept,
        )


@of_context
def bases(doc: Document, told: Context) -> Iterator[Finding]:
    """How far apart the two ways are by which 防衛省 counts one year."""
    kinds = ("defence_plan_outlays", "defence_plan_contracts")
    for year in sorted(told.denominators.query("what in @kinds")["fiscal_year"].unique()):
        outlays, contracts = (_large(told, kind, year) for kind in kinds)
        if not outlays or not contracts:
            continue
        n = Numbers()
        yield Finding(
            "bases",
            "なぜ防衛省の発表と並べられないのか",
            "歳出ベースと契約ベースは、別の額",
            f"{w.era(year)}の防衛力整備計画の対象経費は、歳出ベースで{n(outlays, cho)}、契約ベースで{n(contracts, cho)}です。"
            f"同じ年度の同じ対象でも、{n(contracts / outlays, w.times)}の開きがあります。",
            {"national": Fraction(0)},
            _cells("denominators", (f"{kind}・{year}" for kind in kinds)),
            numbers=n.kept,
        )


@of_context
def digital(doc: Document, told: Context) -> Iterator[Finding]:
    """What デジタル庁 holds for the information systems of the whole government."""
    found = sorted(told.denominators.query("what == 'digital_agency'")["fiscal_year"])
    if not found:
        return
    n = Numbers()
    amounts = "、".join(
        f"{w.era(y)}が{n(worked.yen(context.amount(told, 'digital_agency', y) or 0), cho)}" for y in found
    )
    yield Finding(
        "digital",
        "情報システムの予算は、どこにあるのか",
        "政府の情報システムの予算は、デジタル庁にまとめられている",
        f"デジタル庁がまとめて計上する政府情報システムの予算は、{amounts}です。",
        {"national": Fraction(0)},
        _cells("denominators", (f"digital_agency・{y}" for y in found)),
        numbers=n.kept,
    )


# ── what was spent ──────────────────────────────────────────────────────────────────────────────────


def _extent(n: Numbers, doc: Document, told: Context) -> tuple[str, Fraction]:
    """The matched measures (総額の21.2%にあたる15施策), and how much of the total they are."""
    own = doc.measures[doc.measures["measure"].isin(set(told.projects["measure"]))]
    share = worked.added(own["current"]) / _whole(doc)
    return f"{doc.current.label}の総額の{n.percent(share)}にあたる{len(own)}施策です", share.value


def _spent(told: Context, year: int) -> tuple[Worked, Worked, pd.DataFrame]:
    """Budget and execution of the matched projects of a year, and the projects."""
    rows = told.projects.query("fiscal_year == @year")
    budget, spent = (worked.yen(rows[f"{key}_yen"], "事業") for key in ("budget", "executed"))
    return budget, spent, rows


@of_context
def spent(doc: Document, told: Context) -> Iterator[Finding]:
    """How much of what could be spent was spent, and of how much of the total that is known."""
    *earlier, last = context.years(told)
    n = Numbers()
    extent, known = _extent(n, doc, told)
    if not known:  # a document of other measures
        return
    budget, done, _ = _spent(told, last)
    rate = done / budget
    text = (
        f"執行が分かるのは、表にある{len(doc.measures)}施策のうち、{extent}。"
        f"その施策では、{w.era(last)}に使える予算{n(budget)}の{n.percent(rate)}（{n(done)}）が使われました。"
    )
    for before in earlier[-1:]:
        old, was, _ = _spent(told, before)
        text += f"{w.era(before)}は{n.percent(was / old)}でした。"
    yield Finding(
        "spent",
        "使われたのか",
        f"{w.era(last)}は、使えた予算の{n(rate, w.portion)}が使われた",
        text,
        {"execution": 1 - known},  # the money of which it is not known
        _cells("projects", [*earlier[-1:], last]),
        numbers=n.kept,
    )


@of_context
def low_rates(doc: Document, told: Context) -> Iterator[Finding]:
    """The measures whose execution is far below what could be spent are small ones."""
    last = context.years(told)[-1]
    every, _, rows = _spent(told, last)
    rows = rows[rows["budget_yen"] > 0]
    rates = rows["executed_yen"] / rows["budget_yen"]
    low = rows[rates < float(LOW)]
    n, budget = Numbers(), worked.yen(low["budget_yen"], "事業")
    if low.empty or budget.value * 10 > every.value:
        return
    least = rows.loc[rates.idxmin()]
    lowest = worked.yen(int(least["executed_yen"])) / worked.yen(int(least["budget_yen"]))
    share = n.percent(budget / every, 0)
    yield Finding(
        "low_rates",
        "どの施策が、使われなかったのか",
        f"執行率が8割に届かないのは、予算の{share}にあたる小さな施策",
        f"{w.era(last)}の執行率が8割に届かないのは{len(low)}施策で、使える予算の{share}（{n(budget)}）です。"
        f"最も低いのは「{least['measure']}」の{n.percent(lowest)}です。",
        {"execution": _ratio(budget, every)},
        _cells("projects", [f"{last}・{project}" for project in low["project"]]),
        ("fig-execution-rates",),
        n.kept,
    )


@of_context
def unspent(doc: Document, told: Context) -> Iterator[Finding]:
    """A year in which far less was spent than could be, and the measure that left most of it."""
    for year in context.years(told):
        budget, done, rows = _spent(told, year)
        if not budget.value or done.value >= budget.value * LOW:
            continue
        n, carried = Numbers(), worked.yen(rows["carried_out_yen"], "事業")
        left = budget - done - carried
        text = f"{w.era(year)}の執行は、使える予算{n(budget)}の{n.percent(done / budget)}にとどまりました。"
        gap = rows["budget_yen"] - rows["executed_yen"] - rows["carried_out_yen"]
        top = rows.loc[gap.idxmax()]
        most = worked.yen(int(top["budget_yen"])) - worked.yen(int(top["executed_yen"]))
        if top["carried_out_yen"]:
            most -= worked.yen(int(top["carried_out_yen"]))
        if most.value * 2 > left.value > 0:
            text += (
                f"使われず、繰り越しもされなかった{n(left)}のうち、{n(most)}は「{top['measure']}」です。"
                "理由は、この表からは分かりません。"
            )
        yield Finding(
            "unspent",
            "なぜ使われなかったのか",
            f"{w.era(year)}は、使える予算の{n(done / budget, w.portion)}しか使われていない",
            text,
            {"execution": _ratio(budget - done, budget)},
            _cells("projects", [year]),
            numbers=n.kept,
        )


@of_context
def carried(doc: Document, told: Context) -> Iterator[Finding]:
    """What went over into the next year."""
    for year, after in pairwise(context.years(told)):
        rows = told.projects.query("fiscal_year == @year and carried_out_yen > 0")
        if rows.empty:
            continue
        n, amount = Numbers(), worked.yen(rows["carried_out_yen"], "事業")
        budget, _, _ = _spent(told, year)
        yield Finding(
            "carried",
            "残りは、どこへ行ったのか",
            f"{n(amount)}が、翌年度へ繰り越された",
            f"{w.era(year)}から{w.era(after)}へは、{len(rows)}施策の{n(amount)}が繰り越されました。"
            "繰越しは使い残しとは違い、翌年度に使うための額です。",
            {"execution": _ratio(amount, budget)},
            _cells("projects", [f"{year}・{project}" for project in rows["project"]]),
            numbers=n.kept,
        )


@of_context
def agreement(doc: Document, told: Context) -> Iterator[Finding]:
    """Whether the document and the projects print the same, and where they do not."""
    table = context.compared(told, doc)
    if table.empty:
        return
    wrong = table[~table["agree"]].to_dict("records")
    every = table["measure"].nunique()
    fine = every - len({r["measure"] for r in wrong})
    matched = f"{every}施策のうち{fine}施策は、比べられるどの欄でも丸めの範囲で一致します。"
    text = f"資料の額と円の額を比べると、{matched if fine else 'どの施策にも、丸めでは説明できない違いがあります。'}"
    n = Numbers()
    for r in wrong:
        printed = "額なし" if r["printed"] == w.ABSENT else n(worked.oku(float(r["printed"])))
        text += (
            f"「{r['measure']}」の{w.era(r['fiscal_year'])}{w.stage(r['stage'])}は、資料では{printed}、"
            f"行政事業レビューでは{n(worked.yen(int(r['yen'])), _yen)}です。"
        )
    apart = sum(abs(r["gap"]) for r in wrong)
    both = table["yen"].sum() / worked.OKU
    yield Finding(
        "agreement",
        "資料と行政事業レビューは、合うのか",
        f"{every}施策のうち{fine}施策は、円の額と合う",
        text,
        {"execution": Fraction(apart / both) if both else Fraction(0)},
        _cells("projects", (f"{r['fiscal_year']}・{r['project']}" for r in wrong)),
        numbers=n.kept,
    )


# ── who received it ─────────────────────────────────────────────────────────────────────────────────


def _paid(told: Context, rows: pd.DataFrame) -> Worked:
    """A sum of payments."""
    return worked.yen(rows["amount_yen"], "件の支払い")


def _direct(told: Context, year: int) -> pd.DataFrame:
    """The rows of direct payments, with the name under which a recipient is shown."""
    return context.called(told, told.recipients.query("fiscal_year == @year and depth == 0"))


@of_context
def concentration(doc: Document, told: Context) -> Iterator[Finding]:
    """How much of what the state paid a handful of recipients have."""
    last = context.years(told)[-1]
    rows, names = _direct(told, last), context.direct(told, last)["recipient"].head(FIVE)
    n, every = Numbers(), _paid(told, rows)
    five = _paid(told, rows[rows["recipient"].isin(names)])
    if len(names) < FIVE or five.value * 2 < every.value:
        return
    extent, known = _extent(n, doc, told)
    if not known:
        return
    top = _paid(told, rows[rows["recipient"] == names.iloc[0]])
    yield Finding(
        "concentration",
        "だれが受け取ったのか",
        f"直接の支払いの{n(five / every, w.portion)}は、上位{w.tsu(FIVE)}の支出先に",
        f"支出先が分かるのは、{extent}。{w.era(last)}に国が直接払った{n(every)}のうち、"
        f"上位{w.tsu(FIVE)}の支出先が{n.percent(five / every)}を受け取りました。"
        f"最も多いのは{names.iloc[0]}の{n(top)}です。",
        {"recipients": _ratio(five, every)},
        _cells("recipients", [last]),
        ("fig-recipients-flow",),
        n.kept,
    )


def largest(told: Context, year: int) -> str:
    """The measure of which most was paid."""
    return str(
        told.recipients.query("fiscal_year == @year and depth == 0")
        .groupby("measure")["amount_yen"]
        .sum()
        .idxmax()
    )


@of_context
def without_largest(doc: Document, told: Context) -> Iterator[Finding]:
    """How the picture changes without the measure of which most was paid."""
    last = context.years(told)[-1]
    rows, measure = _direct(told, last), largest(told, last)
    n, every = Numbers(), _paid(told, rows)
    rest = rows[rows["measure"] != measure]
    part, left = _paid(told, rows[rows["measure"] == measure]), _paid(told, rest)
    if part.value * 10 < every.value * 3 or rest["recipient"].nunique() < 2:
        return
    names = list(context.direct(told, last, [measure])["recipient"].head(2))
    two = [_paid(told, rest[rest["recipient"] == name]) for name in names]
    shares = "、".join(f"{name}が{n.percent(amount / left)}" for name, amount in zip(names, two))
    public = all(name.startswith(PUBLIC) for name in names)
    sums = _paid(told, rest[rest["recipient"].isin(names)])
    yield Finding(
        "without_largest",
        "いちばん大きな施策を除くと",
        f"いちばん大きな施策を除くと、{n(sums / left, w.portion)}が二つの{'公的な機関' if public else '支出先'}に",
        f"支払いの{n.percent(part / every, 0)}は「{measure}」の分です。これを除くと、{shares}です。"
        + ("どちらも、国の事業を担う公的な機関です。" if public else ""),
        {"recipients": _ratio(part, every)},
        _cells("recipients", [last]),
        ("fig-recipients-without",),
        n.kept,
    )


@of_context
def two_contracts(doc: Document, told: Context) -> Iterator[Finding]:
    """Two contracts hold a large part of what the state paid."""
    last = context.years(told)[-1]
    rows = _direct(told, last)
    top = rows.sort_values("amount_yen", ascending=False, kind="stable").head(2)
    n, every, both = Numbers(), _paid(told, rows), _paid(told, top)
    if len(top) < 2 or both.value * 3 < every.value:
        return
    what = f"どちらも「{top['measure'].iloc[0]}」のもので、" if top["measure"].nunique() == 1 else ""
    two = "と".join(
        f"{r['recipient']}（{n(worked.yen(int(r['amount_yen'])))}）" for r in top.to_dict("records")
    )
    yield Finding(
        "two_contracts",
        "どんな契約なのか",
        f"二つの契約で、支払いの{n(both / every, w.portion)}",
        f"二つの契約だけで、支払いの{n.percent(both / every)}になります。{what}相手は{two}です。",
        {"recipients": _ratio(both, every)},
        _cells("recipients", [last]),
        numbers=n.kept,
    )


@of_context
def pass_through(doc: Document, told: Context) -> Iterator[Finding]:
    """How much of what was paid went on, and which public bodies keep it and which pass it on."""
    last = context.years(told)[-1]
    table = context.passed(told, last).dropna(subset="part")
    first = told.recipients.query("fiscal_year == @last and depth == 1")
    if table.empty:
        return
    n, every = Numbers(), _paid(told, first)
    text = f"支出先は、受け取った額のうち{n(every)}を、さらに別の事業者などへ支払いました。"
    payees = context.onward(told, last)
    bodies = table[table["payer"].str.startswith(PUBLIC)]
    parts = []
    for r in bodies.to_dict("records"):
        on, got = (Worked(w.precise(r[key]), w.plain(r[key], 8)) for key in ("passed", "paid"))
        parts.append((r["payer"], on / got, on))
    through = [(name, ratio, on) for name, ratio, on in parts if ratio.value > Fraction(1, 2)]
    for name, ratio, on in through[:1]:
        text += f"{name}は、受け取った額の{n.percent(ratio, 0)}（{n(on)}）をさらに支払っています。"
    if not payees.empty:
        name = payees["recipient"].iloc[0]
        rows = context.called(told, first).query("recipient == @name")
        text += f"その先で最も多く受け取ったのは{name}の{n(_paid(told, rows))}です。"
    whole = _paid(told, _direct(told, last))
    yield Finding(
        "pass_through",
        "受け取った先で、止まるのか",
        f"{n(every)}は、さらに別の先へ",
        text,
        {"recipients": _ratio(every, whole)},
        _cells("recipients", [last]),
        numbers=n.kept,
    )


@of_context
def balance(doc: Document, told: Context) -> Iterator[Finding]:
    """How near the direct payments come to what was spent, the latest year first."""
    for year in reversed(context.years(told)):
        table, n = context.balance(told, year), Numbers()
        whole, paid = (worked.yen(table[key], "事業") for key in ("executed_yen", "paid_yen"))
        far = table.loc[table["gap_yen"].abs().idxmax()]
        most = worked.apart(*(worked.yen(int(far[key])) for key in ("executed_yen", "paid_yen")))
        apart = worked.apart(whole, paid)
        near = apart.value * 100 < whole.value
        yield Finding(
            "balance",
            "執行額と合うのか",
            f"{w.era(year)}の直接の支払いは、執行額と{'ほぼ合う' if near else '合わない'}",
            f"{w.era(year)}の執行額{n(whole, _yen)}のうち、直接の支払いとして載るのは{n(paid, _yen)}です。"
            f"差は{n(apart, _yen)}で、最も離れているのは「{far['measure']}」の{n(most, _yen)}です。"
            "差が何かは、この表からは分かりません。",
            {"recipients": _ratio(apart, whole)},
            (*_cells("projects", [year]), *_cells("recipients", [year])),
            numbers=n.kept,
        )


# ── a measure over ten years ────────────────────────────────────────────────────────────────────────


@of_context
def steady(doc: Document, told: Context) -> Iterator[Finding]:
    """A measure that hardly moved over many years in which the total did, and how much of the total was traced."""
    table = told.measure_history
    every = table.query("initial > 0").groupby("measure")["initial"].agg(["min", "max"])
    found = table.groupby("measure")["initial"].agg(["min", "max", "count"]).query("count > 5 and min > 0")
    found = found[found["max"] < 1.5 * found["min"]].sort_values("count", ascending=False, kind="stable")
    years = table.groupby("measure")["fiscal_year"].nunique()
    followed = {*years.index[years > 1]}  # one year is no line
    own = doc.measures[doc.measures["measure"].isin(followed)]
    if found.empty or own.empty:
        return
    n, name, row = Numbers(), found.index[0], found.iloc[0]
    share = worked.added(own["current"]) / _whole(doc)
    low, high = (worked.million(row[key]) for key in ("min", "max"))
    wide = (every["max"] / every["min"]).max() > 3
    yield Finding(
        "steady",
        "一つの施策は、どう動いてきたのか",
        "横ばいに近い施策も、何倍にも動いた施策もある" if wide else f"「{name}」は、ほとんど動いていない",
        f"二つ以上の年度のシートが見つかったのは、{doc.current.label}の総額の{n.percent(share)}にあたる{w.tsu(len(followed))}の施策です。"
        f"「{name}」の当初予算は、{int(row['count'])}の年度にわたって{n(low)}から{n(high)}の間でした。"
        "総額と一緒に動く施策ばかりではありません。",
        {"decade": 1 - share.value},  # the money that was not traced
        _cells("measure_history", [name]),
        ("fig-decade",),
        n.kept,
    )


@of_context
def spent_later(doc: Document, told: Context) -> Iterator[Finding]:
    """A year that spent what an earlier 補正 gave: one year's execution is not of that year's budget."""
    table = told.measure_history
    late = table["executed"] - table["initial"]
    if late.dropna().empty:
        return
    moved = table.loc[late.idxmax()]
    extra = table.query("measure == @moved.measure and fiscal_year == @moved.fiscal_year - 1")[
        "supplementary"
    ]
    if extra.empty or extra.iloc[0] < 0.9 * moved["executed"] or not moved["executed"]:
        return
    n, done, given = Numbers(), worked.million(moved["executed"]), worked.million(extra.iloc[0])
    start = f"当初{n(worked.million(moved['initial']))}に対して" if moved["initial"] else "当初予算なしで"
    own = doc.measures[doc.measures["measure"].isin(set(table["measure"]))]
    yield Finding(
        "spent_later",
        "その年度の予算を、その年度に使ったのか",
        f"補正{n(given)}は、翌年度に使われた",
        f"「{moved['measure']}」は、{w.era(int(moved['fiscal_year']))}に、{start}{n(done)}を使いました。"
        f"前の年度の補正{n(given)}が、ほぼそのまま繰り越されたものと考えられます。一つの年度の執行は、その年度の予算のものとは限りません。",
        {"decade": _ratio(done, worked.added(own["current"]))},
        _cells("measure_history", [moved["measure"]]),
        numbers=n.kept,
    )


@of_context
def renamed(doc: Document, told: Context) -> Iterator[Finding]:
    """A measure that older sheets hold under another name, and how that is known."""
    for r in told.identity.query("source == 'judgit'").to_dict("records"):
        own, traced = (
            doc.measures[doc.measures["measure"].isin(names)]
            for names in ({r["measure"]}, set(told.measure_history["measure"]))
        )
        yield Finding(
            "renamed",
            "名前が違っても、同じ施策なのか",
            f"「{r['name']}」は、「{r['measure']}」と同じ",
            f"「{r['measure']}」は、「{r['name']}」という名前の事業と同じものだと読みました。{r['evidence']}ためです。",
            {"decade": _ratio(worked.added(own["current"]), worked.added(traced["current"]))},
            _cells("identity", [r["name"]]),
        )


@of_context
def in_the_budget(doc: Document, told: Context) -> Iterator[Finding]:
    """What the state's budget prints of years of which no document was found."""
    table = context.budget_items(told).dropna(subset="initial")
    known = table[table["fiscal_year"] >= doc.previous.fiscal_year]
    lengths = known.groupby(["organization", "section"])["fiscal_year"].agg(["min", "max", "size"])
    newer = lengths.query("max > @doc.current.fiscal_year and size == max - min + 1 and size > 1")
    if newer.empty:
        return
    (organization, section), ends = newer["size"].idxmax(), newer.loc[newer["size"].idxmax()]
    n, amounts = Numbers(), []
    rows = told.items.query("organization == @organization and section == @section and stage == 'initial'")
    for year in (ends["min"], ends["max"]):
        amounts.append(worked.yen(rows.loc[rows["fiscal_year"] == year, "amount_yen"], "事項"))
    start, end = amounts
    within = (
        rows[rows["fiscal_year"].between(ends["min"], ends["max"])].groupby("fiscal_year")["amount_yen"].sum()
    )
    top, most = int(within.idxmax()), ""
    if top not in (ends["min"], ends["max"]):
        amount = worked.yen(rows.loc[rows["fiscal_year"] == top, "amount_yen"], "事項")
        most = f"最も大きいのは{w.era(top)}の{n(amount)}です。"
    own = doc.measures[doc.measures["measure"].isin(set(told.measure_history["measure"]))]
    yield Finding(
        "in_the_budget",
        "資料のない年度は、どうなったのか",
        f"「{section}」は、{w.era(int(ends['max']))}に{n(end)}",
        f"予算書の事項なら、資料の見つかっていない年度も追えます。{organization}の「{section}」の当初予算は、"
        f"{w.era(int(ends['min']))}の{n(start)}から{w.era(int(ends['max']))}の{n(end)}になりました。{most}",
        {"decade": _ratio(worked.apart(start, end), worked.added(own["current"]))},
        _cells("items", (f"{section}・{int(year)}" for year in (ends["min"], ends["max"]))),
        numbers=n.kept,
    )

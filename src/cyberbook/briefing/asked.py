"""想定問答: what is likely to be asked about a subject, with the answer computed from the document.

A question is a function that takes a briefing and returns a finding whose ``question`` is asked in full, or nothing
where it has no answer worth giving. The four with the most money at stake are chosen; what the 要点 say already is
not asked again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from cyberbudget import findings, interval, tables, words, worked
from cyberbudget.findings import DEFENCE, UNREAD, Finding
from cyberbudget.worked import Numbers, Worked

if TYPE_CHECKING:
    from .content import Briefing

COUNT = 4
SHORT = 40  # letters of what a title can hold
UNSAID = "本書が読んだ文字にない"
FIELDS = {
    "summary": "中身",
    "office": "担当",
    "operator": "事業主体",
    "scheme": "事業の方法",
    "subsidy_target": "補助の対象",
    "subsidy_rate": "補助率",
    "period": "計画年度",
    "expected": "期待される効果",
}
VERBS = {
    "up": "増えた",
    "down": "減った",
    "same": "据え置かれた",
    "new": "新たに付いた",
    "gone": "なくなった",
}
Row = dict[str, Any]


def fields(card: dict[str, Any]) -> list[tuple[str, str]]:
    """What a card says, label by label."""
    found = [(label, str(card[key])) for key, label in FIELDS.items() if card[key]]
    targets = "、".join(map(tables.target, card["targets"]))
    return [*found, *([("成果目標", targets)] if targets else [])]


def targets(b: Briefing) -> Finding:
    """What success is measured by, as far as the sheets say."""
    n, cards, question = Numbers(), b.programmes, "成果は、何で測るのか。"
    counted = [t for card in cards for t in card["targets"] if t["number"] is not None]
    known = sum(bool(card["targets"]) for card in cards)
    if len(cards) == 1:
        told = "、".join(map(tables.target, cards[0]["targets"]))
        text = f"成果目標は、{told}です。" if told else f"成果目標は、{UNREAD}。"
        lead = {
            "成果目標は、": told,
            "事業主体は、": cards[0]["operator"],
            "計画年度は、": cards[0]["period"],
        }
        titles = (f"{start}{said}" for start, said in lead.items() if said and len(said) <= SHORT)
        title = next(titles, "施策の中身")
    elif not known:
        title = f"{len(cards)}枚のシートに、成果目標が読めるものはない"
        text = f"施策例のシート{len(cards)}枚に、成果目標が読めるものはありません。"
    else:
        title = f"{len(cards)}枚のシートのうち、成果目標が読めるのは{known}枚"
        text = f"施策例のシート{len(cards)}枚のうち、成果目標が読めるのは{known}枚です。"
        example = f"数で測れるのは、「{tables.target(counted[0])}」" if counted else ""
        text += (
            f"{example}など{len(counted)}項目です。"
            if len(counted) > 1
            else f"{example}だけです。"
            if counted
            else ""
        )
        text += "" if counted else "数で測れるものはありません。"
    return b.say("targets", question, title, text, n, Fraction(1, 8))


# ── what answers are made of ────────────────────────────────────────────────────────────────────────


def _size(b: Briefing) -> Fraction:
    return max(b.worked("current").value, b.worked("previous").value, Fraction(1, 20))


def _change(b: Briefing) -> Fraction:
    return b.worked("current").value - b.worked("previous").value


def _moved(row: Row, n: Numbers) -> str:
    """One measure with its change: 「A」（+586.6億円）."""
    change = worked.printed(row["current"]) - worked.printed(row["previous"])
    return f"「{row['name']}」（{n(change, lambda x: words.oku(x, signed=True))}）"


def _comment(b: Briefing, row: Row, *roles: str) -> str:
    """What a person added about these amounts of a measure, and about nothing else."""
    names = {column.role: column.name for column in b.doc.columns}
    about = {f"measures/{row['id']}/{names[role]}" for role in roles}
    others = [] if b.single else [str(comment) for comment in b.comments]
    found = (str(c) for c in b.doc.commentary if not c.broken and set(c.guard) == about)
    return next((text for text in found if text not in others), "")


def _part(b: Briefing, row: Row, n: Numbers) -> str:
    """The part of a measure that moved most by its sheet; empty where no part is told in both years."""
    rows = b.doc.sheets[(b.doc.sheets["measure"] == row["name"]) & (b.doc.sheets["component"] != "")]
    now, before = (
        {
            r["component"]: r["amount"]
            for r in rows.to_dict("records")
            if (r["fiscal_year"], r["stage"]) == when
        }
        for when in ((c.fiscal_year, c.stage) for c in (b.doc.current, b.doc.previous))
    )
    both = [name for name in now if name in before and now[name].value != before[name].value]
    if not both:
        return ""
    top = max(both, key=lambda name: abs(now[name].value - before[name].value))
    moved = words.moved(now[top], before[top])
    step = f"{n(worked.printed(before[top]))}から{n(worked.printed(now[top]))}に{moved}"
    return f"シートの内訳では、「{top.lstrip('0123456789 ')}」が{step}。"


# ── the questions ───────────────────────────────────────────────────────────────────────────────────


def why(b: Briefing) -> Finding | None:
    """Why it rose, fell or stood still; where nobody says, who has to be asked."""
    if b.kind == "none":
        return None
    n, verb = Numbers(), VERBS[b.kind]
    ask = f"{b.measures[0]['ministry']}に確かめる必要があります。" if b.single else ""
    text = unread = f"{verb}理由は、{UNREAD}。{ask}"
    if b.single:
        row = b.measures[0]
        comment, began = (
            _comment(b, row, "current", "previous"),
            findings.began(b.view, row["name"], Numbers()),
        )
        if b.kind == "same" and not comment:
            text = f"資料は理由を述べていません。0.1億円に満たない増減は、印刷からは分かりません。{ask}"
        elif b.kind == "new" and began:
            text = f"当初では新規ですが、より前の予算で始まった事業です。{verb}理由は、{UNREAD}。{ask}"
        else:
            text = f"{_part(b, row, n)}{comment or unread}"
    elif b.kind != "same":
        up = _change(b) > 0
        moved = [
            r
            for r in b.measures
            if (r["change"].value > 0) == up and abs(r["change"].value) * 100 >= _size(b)
        ]
        moved = sorted(moved, key=lambda r: -abs(r["change"].value))[:3]
        text = f"表にある施策に、大きく{verb}ものはありません。{unread}"
        if moved:
            listed = "、".join(_moved(r, n) for r in moved)
            text = f"表にある施策で{verb}額が大きいのは、{listed}です。"
            text += _comment(b, moved[0], "current", "previous") or unread
    salience = max(abs(_change(b)) / _size(b), Fraction(1, 10))
    question = f"{b.doc.current.label}予算は、なぜ{verb}のか。"
    return b.say("why", question, f"{verb}理由", text, n, salience)


def without(b: Briefing) -> Finding | None:
    """How much it moved without the measure that moved it most."""
    change, rows = _change(b), b.measures
    if len(rows) < 3 or b.kind not in ("up", "down") or not change:
        return None
    top = max(rows, key=lambda r: r["change"].value / change)
    now, before = (b.worked(role) - worked.printed(top[role]) for role in ("current", "previous"))
    if (
        top["change"].value / change < Fraction(1, 2)
        or top["kind"] == "new"
        or min(now.value, before.value) <= 0
    ):
        return None
    n, label, last = Numbers(), b.doc.current.label, b.doc.previous.label
    way = "増" if now.value > before.value else "減"
    text = (
        f"除いた額は、{last}の{n(before)}から{label}の{n(now)}へ、{n.percent(now / before - 1)}の{way}です。"
    )
    if now.value == before.value:
        text = f"除いた額は、どちらの年度も{n(now)}です。"
    question = f"「{top['name']}」を除くと、どうか。"
    return b.say("without", question, question, text, n, abs(top["change"].value) / _size(b))


def other_way(b: Briefing) -> Finding | None:
    """Which measures went the other way."""
    change = _change(b)
    if len(b.measures) < 3 or not change:
        return None
    n, verb = Numbers(), "減った" if change > 0 else "増えた"
    rows = [r for r in b.measures if interval.sure(r["change"]) and (r["change"].value < 0) == (change > 0)]
    rows.sort(key=lambda r: -abs(r["change"].value))
    question, salience = f"{verb}施策は、あるか。", Fraction(1, 20)
    if not rows:
        text = f"表にある{len(b.measures)}施策には、丸めを超えて{verb}ものはありません。"
    else:
        which = "、".join(_moved(r, n) for r in rows[:2])
        text = f"表にある施策では{len(rows)}件で、大きいのは{which}です。"
        if len(rows) == 1:
            text = f"表にある施策では、{which}の1件です。"
        text += f"{verb}理由は、{UNREAD}。"
        new = not any(rows[0]["name"] in f.sentence for f in b.told)
        moved = abs(sum(r["change"].value for r in rows))
        salience = max(moved / _size(b), Fraction(1, 8) if new else Fraction(0))
    return b.say("other_way", question, question, text, n, salience)


def unlisted(b: Briefing) -> Finding | None:
    """What bears no name of a measure, and how it moved."""
    if b.subject.kind not in ("whole", "area") or not b.left.value:
        return None
    n, area = Numbers(), b.scope.get("area")
    now, before = (b.view.left(role, area) for role in ("current", "previous"))
    text = f"使いみちは、{UNREAD}。"
    if before.value and now.value != before.value:
        text = f"施策名のない額は、{n(before)}から{n(now)}に{words.moved(now.value, before.value)}。{text}"
    question = "施策名のない額は、何に使うのか。"
    return b.say("unlisted", question, question, text, n, now.value / _size(b))


def supplementary(b: Briefing) -> Finding | None:
    """Whether the 16か月予算 rose."""
    if b.front is None or b.stage.key == "sixteen":
        return None
    n, got, now = Numbers(), b.worked("supplementary"), b.worked("current")
    text = "比べられません。前年度の16か月予算が、資料にないためです。"
    if now.value:
        both = f"{b.doc.supplementary.label}の{n(got)}と{b.doc.current.label}の{n(now)}"
        text += f"分かるのは、{both}を合わせて{n(got + now)}になることまでです。"
    if b.single:
        text += _comment(b, b.measures[0], "supplementary", "current")
    question = "補正を含めて比べると、増えたのか。"
    return b.say("supplementary", question, question, text, n, b.front.value)


def spent(b: Briefing) -> Finding | None:
    return _asked(b, "spent", "予算は、使い切れているのか。")


def paid(b: Briefing) -> Finding | None:
    return _asked(b, "paid", "特定の支払先に偏っていないか。")


def differs(b: Briefing) -> Finding | None:
    return _asked(b, "differs", "ほかの公表資料の額と合うか。")


def defence(b: Briefing) -> Finding | None:
    whole = b.subject.kind == "whole"
    return _asked(b, "others", f"{DEFENCE}の分を除いても、増えているのか。") if whole else None


def effect(b: Briefing) -> Finding | None:
    return None if b.single else _asked(b, "targets", "成果は、何で測るのか。")  # of one, its card says it


def place(b: Briefing) -> Finding | None:
    found = b.take("place")
    return found[0] if found else None


def _asked(b: Briefing, name: str, question: str) -> Finding | None:
    """A finding as the answer to a question."""
    found = b.take(name)
    return replace(found[0], question=question) if found else None


def ministries(b: Briefing) -> Finding | None:
    """Which ministries hold the listed measures of an area."""
    if b.subject.kind != "area":
        return None
    n, area = Numbers(), b.scope["area"]
    names = dict.fromkeys(r["ministry"] for r in b.measures)
    sums = {name: b.view.listed("current", area, name) for name in names}
    order = sorted((name for name in sums if sums[name].value), key=lambda name: -sums[name].value)
    if len(order) < 2:
        return None
    listed = "、".join(f"{name}（{n(sums[name])}）" for name in order[:3])
    text = f"表にある施策の額は、{listed}の順に大きくなっています。"
    return b.say("ministries", "どの府省庁が担うのか。", "担う府省庁", text, n, Fraction(1, 10))


def areas(b: Briefing) -> Finding | None:
    """To which areas the measures of a ministry belong."""
    names = sorted({row["area"] for row in b.measures})
    if b.subject.kind != "ministry" or len(names) < 2:
        return None
    n = Numbers()
    listed = (f"{b.view.short(area)}に{n(b.view.listed('current', area, b.subject.key))}" for area in names)
    text = f"表にある施策の額は、{'、'.join(listed)}です。"
    return b.say("areas", "どの分野の施策か。", "施策の分野", text, n, Fraction(1, 12))


def of_ministry(b: Briefing) -> Finding | None:
    """What a measure is of its ministry's listed ones."""
    row = b.measures[0]
    every = b.view.own("measure", ministry=row["ministry"])
    if b.subject.kind != "measure" or row["current"].absent or len(every) < 2:
        return None
    n, whole = Numbers(), b.view.listed("current", ministry=row["ministry"])
    part = n.percent(worked.printed(row["current"]) / whole)
    text = f"表に載る{row['ministry']}の{len(every)}施策は合わせて{n(whole)}で、この施策はその{part}です。"
    question = f"{row['ministry']}の施策の中では、どれほどか。"
    return b.say("of_ministry", question, question, text, n, Fraction(1, 12))


def exact(b: Briefing) -> Finding | None:
    """Between which bounds a small amount lies, where no other source tells it to the yen."""
    own = b.amounts["current"]
    if not b.single or not own.low or b.beyond.matched or (own.high - own.low) * 25 < own.value:
        return None
    n = Numbers()
    bounds = (
        Worked(x, f"{words.plain(own.value)} {sign} 0.05")
        for x, sign in ((own.low, words.MINUS), (own.high, "+"))
    )
    low, high = (n(x, lambda x: f"{words.plain(x * 10_000, 0)}万円") for x in bounds)
    text = f"0.1億円の単位で印刷されているので、{n(b.worked('current'))}は{low}以上{high}未満の額です。"
    text += f"それより細かくは、{UNREAD}。"
    return b.say("exact", "正確には、いくらか。", "金額の幅", text, n, (own.high - own.low) / own.value / 2)


def goes_on(b: Briefing) -> Finding | None:
    """Whether it goes on next year."""
    if not b.single:
        return None
    row, period = b.measures[0], b.programmes[0]["period"]
    comment = _comment(b, row, "current")
    told = comment if row["name"] in comment else ""
    told += f"シートの計画年度は、{period}です。" if period else ""
    text = f"{told}翌年度以降の額は、{UNREAD}。"
    salience = Fraction(1, 10) if told else Fraction(1, 30)
    return b.say("goes_on", "来年度からは、どうなるのか。", "来年度から", text, Numbers(), salience)


def alike(b: Briefing) -> Finding | None:
    """Which other measures its ministry has."""
    if not b.single:
        return None
    row = b.measures[0]
    names = [r["name"] for r in b.view.own("measure", ministry=row["ministry"]) if r["id"] != row["id"]]
    if names:
        text = f"表に載る{row['ministry']}の施策は、ほかに{words.names(names, 3)}です。"
    else:
        names = [r["name"] for r in b.view.own("measure", row["area"]) if r["id"] != row["id"]]
        text = f"表に載る{row['ministry']}の施策は、これだけです。同じ分野には、ほかに{words.names(names, 2)}があります。"
    text += f"中身に重なりがあるかは、{UNREAD}。"
    return b.say("alike", "似た施策は、ほかにあるか。", "ほかの施策", text, Numbers(), Fraction(1, 16))


QUESTIONS: tuple[Callable[[Briefing], Finding | None], ...] = (
    why, without, other_way, defence, unlisted, supplementary, spent, paid, differs, ministries, areas, of_ministry,
    place, effect, exact, goes_on, alike,
)  # fmt: skip


def questions(b: Briefing) -> tuple[Finding, ...]:
    """The four that have the most money at stake, in the order in which they are likely to be asked."""
    told = {f.sentence for f in b.told}
    found = [f for ask in QUESTIONS if (f := ask(b)) and f.sentence not in told]
    chosen = sorted(found, key=lambda f: -(b.salience(f) or 0))[:COUNT]
    return tuple(f for f in found if f in chosen)

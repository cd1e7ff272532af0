"""A briefing that compares subjects of one kind in a document, and what it has in common with :mod:`.years`.

It is a briefing like any other, which stands on the briefings that it compares.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar

import pandas as pd

from cyberbudget import exact, interval, tables, words, worked
from cyberbudget.display import Col, Table, Text, num, points
from cyberbudget.findings import UNREAD, Finding
from cyberbudget.interval import NOTHING, Interval
from cyberbudget.worked import Numbers, Worked

from .beyond import Beyond
from .content import NONE, SIXTEEN, UNCOUNTED, Amounts, Briefing, Section
from .question import KINDS, RequestError, Subject

NAMED = 60  # letters of names that a title holds
FOUND_BY = {
    "ministry": "name",
    "area": "area",
    "measure": "id",
}  # column of a frame that holds the key of a subject


def of(told: Sequence[Sequence[Briefing]]) -> Briefing:
    """The comparison of briefings, year by year: of several subjects, or of one in several years.

    RequestError where it would have to be both.
    """
    if len(told) == 1:
        return beside(told[0])
    if any(len(year) > 1 for year in told):
        raise RequestError("一つの資料にできる比較は、一つの年度の二つ以上か、二つ以上の年度の一つだけです")
    from . import years

    return years.of([one for (one,) in told])


@dataclass(frozen=True)
class Comparison(Briefing):
    """What both kinds have in common: findings of their own, and nothing from outside the documents."""

    parts: tuple[Briefing, ...] = ()

    @property
    def named(self) -> dict[str, str]:
        """How it is asked for, see :func:`.kinds.make`."""
        return {self.parts[0].subject.kind: self.subject.key} if self.subject.key else {}

    @property
    def single(self) -> bool:
        return False

    @property
    def scope(self) -> dict[str, Any]:
        return {}

    @cached_property
    def beyond(self) -> Beyond:
        """Nothing: what was spent stands in the briefings on each."""
        return Beyond(self.doc, "", [], Fraction(0))

    @cached_property
    def found(self) -> list[Finding]:
        return list(self._findings())

    def _findings(self) -> Iterator[Finding]:
        raise NotImplementedError

    def _first(self) -> list[Finding]:
        return []

    def note(self, name: str, question: str, title: str, text: str, n: Numbers) -> Finding:
        """A finding of its own; a comparison says all that it finds."""
        return Finding(name, question, title, text, {self.key: Fraction(1)}, self.cells, (), n.kept)

    @property
    def cells(self) -> tuple[str, ...]:
        """Locators of the amounts that it rests on."""
        return ()

    @cached_property
    def questions(self) -> tuple[Finding, ...]:
        return tuple(self.take(*self.asked))

    asked: ClassVar[tuple[str, ...]]  # names of the findings that answer

    @property
    def peers(self) -> Section:
        return NONE

    @property
    def outside(self) -> Section:
        return NONE


def _call(part: Briefing) -> str:
    """A subject in a sentence that names several."""
    return f"分野({part.subject.key})" if part.subject.kind == "area" else part.who


def amount(key: str, part: Briefing) -> Worked:
    """The amount of a subject in a column of its own numbers, with how it is come to."""
    if key != "sixteen":
        return part.worked(key)
    if part.amounts["supplementary"].absent or part.amounts["current"].absent:
        return part.worked("current" if part.amounts["supplementary"].absent else "supplementary")
    return part.worked("supplementary") + part.worked("current")


def _rated(told: str, new: Interval, old: Interval, rate: Interval | None, n: Numbers) -> str:
    """What happened to one of several: 総務省は18.5億円増（+54.6%）."""
    kind, now, before = words.kind(new, old), worked.printed(new), worked.printed(old)
    if kind in ("up", "down"):
        percent = f"（{words.percent(rate, signed=True)}）" if rate else ""
        return f"{told}は{n(worked.apart(now, before))}{words.KINDS[kind]}{percent}"
    said = {
        "same": "同額",
        "new": f"新規（{n(now)}）",
        "gone": f"皆減（{n(before)}）",
        "none": "どちらも「—」",
    }
    return f"{told}は{said[kind]}"


# ── side by side ────────────────────────────────────────────────────────────────────────────────────


def beside(parts: Sequence[Briefing]) -> Beside:
    """The comparison of briefings on subjects of one kind, told by the same amounts of one document."""
    first = parts[0]
    names = [part.who for part in parts]
    unit = KINDS[first.subject.kind][0]
    name = "と".join(names) if sum(map(len, names)) <= NAMED else f"{names[0]}など{len(names)}{unit}"
    keys, slugs = "、".join(part.subject.key for part in parts), "-".join(part.subject.slug for part in parts)
    subject = Subject("comparison", keys, name, f"compare-{slugs}")
    return Beside(first.doc, subject, first.stage, tuple(parts))


@dataclass(frozen=True)
class Beside(Comparison):
    """Ministries, areas or measures of one document."""

    roles = (("order",), ("moves",), ("drivers", "whose"), ("supplements",), ("unnamed", "makeup"))
    moved = ("drivers",)
    asked = ("together", "gap", "sure", "sixteen")

    @property
    def kind_of(self) -> str:
        """What is compared: ministry, area or measure."""
        return self.parts[0].subject.kind

    @property
    def by(self) -> str:  # type: ignore[override]
        return self.kind_of

    @property
    def unit(self) -> str:  # type: ignore[override]
        return KINDS[self.kind_of][0]

    @property
    def title(self) -> str:
        return f"{self.who}の比較：{self.stage.full}"

    @property
    def headline(self) -> str:
        return self.take("order")[0].title

    @property
    def listed_only(self) -> bool:
        """True where the amounts are those of the listed measures."""
        return self.kind_of == "ministry"

    @cached_property
    def ranked(self) -> list[Briefing]:
        """The largest first."""
        return sorted(self.parts, key=lambda part: -part.own.value)

    @cached_property
    def measures(self) -> list[dict[str, Any]]:
        return [row for part in self.parts for row in part.measures]

    @cached_property
    def rows(self) -> pd.DataFrame:
        every = exact.full(self.doc, self.kind_of)
        keys = [part.subject.key for part in self.parts]
        return every[every[FOUND_BY[self.kind_of]].isin(keys) & ~every["rest"]].reset_index(drop=True)

    def _of_measures(self, frame: pd.DataFrame) -> pd.DataFrame:
        ids = {row["id"] for row in self.measures}
        return frame[frame["id"].isin(ids)].reset_index(drop=True)

    @cached_property
    def moves(self) -> pd.DataFrame:
        return self._of_measures(exact.changes(self.doc, "measure"))

    @property
    def cells(self) -> tuple[str, ...]:
        rows = self.measures if self.kind_of != "area" else self.rows.to_dict("records")
        return self.view.cells(rows, *(column.role for column in self.doc.columns))

    def _printed(self) -> Amounts:
        roles = [column.role for column in self.doc.columns]
        return {role: interval.total(part.amounts[role] for part in self.parts) for role in roles}

    # findings ──

    def _findings(self) -> Iterator[Finding]:
        yield self._order()
        yield self._moves()
        if self.kind_of == "measure":
            yield self._whose()
        else:
            yield from self._drivers()
            yield from self._makeup()
        if self.kind_of == "area":
            yield self._unnamed()
        yield from self._supplements()
        yield self._together()
        yield from self._gap()
        yield from self._sure()
        n, text = Numbers(), f"比べられません。前年度の{SIXTEEN}が、資料にないためです。"
        if self.stage.key == "current" and not self.amounts["supplementary"].absent:
            yield self.note("sixteen", "補正を含めて比べると、増えたのか。", "補正を含めた増減", text, n)

    def _order(self) -> Finding:
        n, key = Numbers(), self.stage.key
        what = f"{'表にある施策の' if self.listed_only else ''}{self.stage.budget}"
        there = [part for part in self.ranked if not part.own.absent]
        none = "、".join(_call(part) for part in self.ranked if part.own.absent)
        if not there:
            text = f"{what}の欄は、どれも「—」です。"
            return self.note("order", "どれが大きいのか。", "どれも額がない", text, n)
        top, last = there[0], there[-1]
        title = f"最も大きいのは{_call(top)}で、{words.oku(top.own)}"
        text = f"{what}は、大きい順に{'、'.join(f'{_call(p)}{n(amount(key, p))}' for p in there)}です。"
        if len(there) > 1 and top.own.value == last.own.value:
            text, title = f"{what}は、どれも{n(amount(key, top))}です。", f"どれも{words.oku(top.own)}"
        elif len(there) == 1:
            text = f"{what}があるのは{_call(top)}だけで、{n(amount(key, top))}です。"
        else:
            times = n(amount(key, top) / amount(key, last), lambda x: f"{words.plain(x)}倍")
            text += f"{_call(top)}は{_call(last)}の{times}です。"
            title += f"、{_call(last)}の{times}"
        text += f"{none}の欄は「—」です。" if none else ""
        return self.note("order", "どれが大きいのか。", title, text, n)

    def _moves(self) -> Finding:
        n = Numbers()
        told = "、".join(_rated(_call(part), *part.change, part.rate, n) for part in self.ranked)
        up, down = (
            [_call(p) for p in self.parts if p.kind in kinds] for kinds in (("up", "new"), ("down", "gone"))
        )
        most = max(self.parts, key=lambda part: abs(part.amounts["change"].value))
        title = f"増えたのは{'、'.join(up)}、減ったのは{'、'.join(down)}"
        if not (up and down):
            way = "増えた" if up else "減った"
            title = f"最も大きく{way}のは{_call(most)}で、{words.oku(abs(most.amounts['change'].value))}"
        if not (up or down):
            title = "どれも前年度当初と変わらない"
        return self.note("moves", "増えたのか、減ったのか。", title, f"前年度当初と比べると、{told}です。", n)

    def _drivers(self) -> Iterator[Finding]:
        n = Numbers()
        tops = [(part, max(part.measures, key=lambda row: abs(row["change"].value))) for part in self.ranked]
        tops = [(part, top) for part, top in tops if top["change"].value]
        told = []
        for part, top in tops:
            moved = worked.printed(top["current"]) - worked.printed(top["previous"])
            how = f"、{words.KINDS[top['kind']]}" if top["kind"] in ("new", "gone") else ""
            signed = n(moved, lambda x: words.oku(x, signed=True))
            told.append(f"{_call(part)}では「{top['name']}」（{signed}{how}）")
        if tops:
            most = max((top for _, top in tops), key=lambda row: abs(row["change"].value))
            title = f"最も大きく動いた施策は、{most['ministry']}の「{most['name']}」"
            text = f"最も大きく動いた施策は、{'、'.join(told)}です。"
            yield self.note("drivers", "何が動かしたのか。", title, text, n)

    def _whose(self) -> Finding:
        told = (
            f"{_call(p)}が{p.measures[0]['ministry']}"
            + (f"、分野({a})" if (a := p.measures[0]["area"]) else "")
            for p in self.ranked
        )
        text = f"担当の府省庁と分野は、{'、'.join(told)}です。"
        return self.note("whose", "どこの施策か。", "担当と分野", text, Numbers())

    def _makeup(self) -> Iterator[Finding]:
        n, told = Numbers(), []
        for part in self.ranked:
            whole = part.worked("current")
            top = max(part.measures, key=lambda row: row["current"].value)
            if len(part.measures) > 1 and top["current"].value:
                told.append(
                    f"{_call(part)}で{n.percent(worked.printed(top['current']) / whole)}（「{top['name']}」）"
                )
        if told:
            text = f"{self.doc.current.label}で最も大きい施策が占める割合は、{'、'.join(told)}です。"
            yield self.note("makeup", "一つの施策に偏っていないか。", "最も大きい施策の割合", text, n)

    def _unnamed(self) -> Finding:
        n, told = Numbers(), []
        for part in self.ranked:
            if part.amounts["current"].value:
                left = part.view.left("current", part.subject.key) / part.worked("current")
                told.append(f"{_call(part)}で{n.percent(left)}")
        text = f"{self.doc.current.label}のうち施策の名前が載らない額の割合は、{'、'.join(told)}です。"
        return self.note("unnamed", "中身は分かるのか。", "施策名のない額の割合", text, n)

    def _supplements(self) -> Iterator[Finding]:
        n, label = Numbers(), self.doc.supplementary.label
        got = [part for part in self.ranked if not part.amounts["supplementary"].absent]
        if not got:
            return
        told = "、".join(f"{_call(part)}に{n(part.worked('supplementary'))}" for part in got)
        text = f"{label}は、{told}です。"
        if without := [_call(part) for part in self.ranked if part not in got]:
            text += f"{'、'.join(without)}の欄は「—」です。"
        by_now, by_both = (
            sorted(self.parts, key=lambda part: -part.amounts[key].value) for key in ("current", "sixteen")
        )
        if by_now[0] is not by_both[0]:
            top = by_both[0]
            both = n(amount("sixteen", top))
            text += f"合わせた{SIXTEEN}では、{_call(top)}が{both}で最も大きくなります。"
        elif by_now != by_both:
            text += f"合わせた{SIXTEEN}では、順番が入れ替わります。"
        most = max(got, key=lambda part: part.amounts["supplementary"].value)
        title = f"{label}が最も大きいのは{_call(most)}で、{words.oku(most.amounts['supplementary'])}"
        yield self.note("supplements", "補正はどこに付いたのか。", title, text, n)

    def _together(self) -> Finding:
        n, label = Numbers(), self.doc.current.label
        now = [part.worked("current") for part in self.parts]
        both = Worked(sum((one.value for one in now), Fraction(0)), " + ".join(one.how for one in now), True)
        whole, of_what = worked.printed(self.doc.whole(self.doc.current)), "総額"
        if self.listed_only:
            whole, of_what = self.view.listed("current"), "表にある施策の合計"
        text = f"{label}を合わせると{n(both)}で、{of_what}の{n.percent(both / whole)}です。"
        return self.note("together", "合わせると、いくらか。", "合わせた額", text, n)

    def _gap(self) -> Iterator[Finding]:
        one, other = sorted(self.parts, key=lambda part: -part.amounts["current"].value)[:2]
        n, gap = Numbers(), one.worked("current") - other.worked("current")
        if not gap.value or self.kind_of == "measure":
            return
        top = max(one.measures, key=lambda row: row["current"].value)
        own = worked.printed(top["current"])
        part = "を上回ります" if own.value > gap.value else f"の{n.percent(own / gap)}に当たります"
        text = f"{_call(one)}と{_call(other)}の{self.doc.current.label}の差は{n(gap)}です。"
        text += f"{_call(one)}には「{top['name']}」が{n(own)}あり、差{part}。差の理由は、{UNREAD}。"
        yield self.note("gap", "差は、何から来るのか。", "差の中身", text, n)

    def _sure(self) -> Iterator[Finding]:
        rated = [part for part in self.ranked if part.kind in ("up", "down") and part.rate]
        rated.sort(key=lambda part: -part.rate.value)  # type: ignore[union-attr]
        if len(rated) < 2:
            return
        told = "、".join(f"{_call(part)}が{words.span(part.rate, 'rate')}" for part in rated)
        text = f"丸めを考えると、増減率は{told}のどこかです。"
        near = [(_call(a), _call(b)) for a, b in pairwise(rated) if a.rate.low <= b.rate.high]  # type: ignore[union-attr]
        text += "".join(f"{a}と{b}は範囲が重なるので、どちらが高いとも言えません。" for a, b in near)
        text += "" if near else "範囲は重ならないので、率の順番は確かです。"
        yield self.note("sure", "増減率の差は、確かか。", "増減率の幅", text, Numbers())

    # sections ──

    @cached_property
    def numbers(self) -> Table:
        doc, frame = self.doc, exact.by_size(self.rows, self.stage.key)
        rates = {part.subject.key: part.rate for part in self.parts}  # a sheet may print more finely
        rated = pd.Series(
            [rates[key] for key in frame[FOUND_BY[self.kind_of]]], index=frame.index, dtype=object
        )
        moved = [NOTHING if kind == "none" else x for kind, x in zip(frame["kind"], frame["change"])]
        frame = frame.assign(rate=rated, change=moved)
        columns = [
            Col("name", self.unit),
            num("current", doc.current.label, words.oku_cell, tables.OKU, unit=tables.UNIT),
            num("previous", doc.previous.label, words.oku_cell, tables.OKU, unit=tables.UNIT),
            num("change", "増減", lambda x: words.oku_cell(x, signed=True), tables.SIGNED, unit=tables.UNIT),
            Col("kind", "動き", words.KINDS.__getitem__, keep=True),
            num("rate", "増減率", lambda x: words.percent(x, signed=True), tables.SIGNED_PERCENT),
            num("rate", "増減率の丸めの範囲", lambda x: words.span(x, "rate"), tables.SIGNED_PERCENT, True),
        ]
        caption = f"{self.who}の金額と増減（億円）"
        return tables.build(frame, doc, "tab-briefing-numbers", caption, columns)

    @cached_property
    def breakdown(self) -> Section:
        # The picture shows both years or, of the 16か月予算, what it is made of.
        shown = ("moves",) if self.stage.key == "current" else ("supplements", "order")
        title = self.take(*shown)[0].title
        drawn = self.draw("rows", self.stage.chart, self.rows, title, self.unit)
        frame = self.rows if self.kind_of == "measure" else self._of_measures(exact.full(self.doc, "measure"))
        caption = f"{self.who}の施策と印刷された金額（億円）"
        table = tables.amounts(frame, self.doc, "tab-briefing-rows", caption)
        names = ("order", "makeup", "unnamed", "whose")
        return self.section("どれが大きく、何から成るか", title, names, {"rows": table}, drawn)

    @property
    def movement(self) -> Section:  # type: ignore[override]
        """What moved the subjects; measures are what moves."""
        return NONE if self.kind_of == "measure" else super().movement

    @cached_property
    def supplement(self) -> Section:
        found = self.take("supplements")
        if not found:
            return NONE
        caption = f"{self.who}の{SIXTEEN}（億円）"
        table = tables.sixteen(self.rows, self.doc, "tab-briefing-sixteen", caption, self.unit)
        drawn = None
        if self.stage.key != "sixteen":  # whose first picture shows the same
            drawn = self.draw("sixteen", "sixteen", self.rows, found[0].title, self.unit)
        return self.section(
            "補正予算を合わせると", found[0].title, ("supplements",), {"sixteen": table}, drawn
        )

    @cached_property
    def limits(self) -> Text:
        told = [f"前年度の{SIXTEEN}は資料にないので、{SIXTEEN}の増減は分かりません。"]
        told.append("執行額と支出先は、分かるものだけを、それぞれのブリーフィングに載せました。")
        return points(*self._unknown(), *self._widest(), *told)

    def _unknown(self) -> list[str]:
        told = {
            "ministry": "府省庁ごとの予算の全体は分かりません。表にある施策だけを比べています。",
            "area": "分野の金額には、名前の載らない施策も入っています。その中身は比べられません。",
            "measure": "施策の括り方は、府省庁によって違うかもしれません。金額の差が、そのためかは分かりません。",
        }
        return [told[self.kind_of], UNCOUNTED]

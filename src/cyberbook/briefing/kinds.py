"""The kinds of briefing, one class each: on the whole government, an area, a ministry or a measure."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cached_property, partial
from typing import Any, ClassVar

import pandas as pd

from cyberbudget import exact, findings, interval, tables, words
from cyberbudget.display import Col, Table
from cyberbudget.findings import Finding
from cyberbudget.interval import Interval
from cyberbudget.load import Document
from cyberbudget.worked import Numbers, Worked

from . import question
from .content import FORMATS, STAGES, UNCOUNTED, Amounts, Briefing, Section
from .question import RequestError, Subject, subjects

CARDS = 5  # programme cards in the briefing on the whole government
MINISTRIES = 20  # of which one picture shows all


class Whole(Briefing):
    """On the whole government, by strategy area; what moved it, by measure."""

    unit, by = "分野", "area"
    roles = (("driver", "growth_by_area"), ("hidden_move", "against"), ("unnamed",), ("part",))
    moved = ("driver", "growth_of_area", "hidden_move", "against", "others")

    @property
    def keys(self) -> tuple[str, ...]:
        return "whole", "change", "areas", "ministries", "supplementary"

    def _printed(self) -> Amounts:
        return {column.role: self.doc.whole(column) for column in self.doc.columns}

    @cached_property
    def peers(self) -> Section:
        """The ministries, in one picture."""
        names = ("lead_ministry", "defence_range")
        return self._compared_with(
            "ministry", names, "府省庁ごとに見ると", "府省庁と金額（億円、表にある施策だけ）"
        )

    @property
    def programmes(self) -> list[dict[str, Any]]:
        rows = exact.by_size(exact.own(self.view.full("measure")), self.stage.key)
        largest = set(rows["name"].head(CARDS))
        return [c for c in super().programmes if not largest.isdisjoint(m["measure"] for m in c["measures"])]

    @property
    def cards(self) -> Section:
        """Those of the largest measures."""
        found = super().cards
        return replace(found, heading="金額の大きい施策の中身") if found.tables else found

    @property
    def comments(self) -> list[object]:
        return []

    def _unknown(self) -> list[str]:
        return [
            *map(str, findings.named(self.doc, "areas_and_total")),
            "府省庁ごとの予算の全体は分かりません。表にある施策だけを足しています。",
            UNCOUNTED,
        ]


class Part(Briefing):
    """On a part of the whole, which has peers: areas, ministries or measures."""

    one: ClassVar[str]  # what it is
    found_by: ClassVar[str]  # column of its peers that holds its key
    beside: ClassVar[str]  # heading of the section that compares it

    @cached_property
    def others(self) -> pd.DataFrame:
        """What it is ranked among, itself included."""
        return exact.own(self.view.full(self.subject.kind))

    @cached_property
    def row(self) -> pd.Series:
        """Its own row among its peers."""
        return self.others.set_index(self.found_by, drop=False).loc[self.subject.key]

    def _printed(self) -> Amounts:
        return {column.role: self.row[column.role] for column in self.doc.columns}

    @property
    def rank(self) -> int:
        """Its place among its peers by the amounts it is told by (1 = largest)."""
        return int(
            exact.rank(self.others, self.stage.key)[self.others[self.found_by] == self.subject.key].iloc[0]
        )

    @cached_property
    def share(self) -> Interval | None:
        whole = interval.total(self.doc.whole(column) for column in self.stage.columns)
        return None if self.own.absent else interval.share(self.own, whole)

    def _own_findings(self) -> list[Finding]:
        return [*super()._own_findings(), *([] if self.own.absent else [self._place()])]

    def _place(self) -> Finding:
        """Where it stands among its peers."""
        same = sum(x.value == self.own.value for x in self.others[self.stage.key]) > 1
        rank = "最大" if self.rank == 1 else f"{self.rank}番目の大きさ"
        n, among = Numbers(), self._among()
        text = f"{self.whose}は、{self._share(n)}{among}の中で{rank}です{'（同額あり）' if same else ''}。"
        title = f"{self.who}は、{among}の中で{rank}"
        return self.say("place", f"ほかの{self.one}と比べて、大きいのか。", title, text, n, Fraction(1, 20))

    def _among(self) -> str:
        """What it is ranked among."""
        return f"{len(self.others)}{self.one}"

    def _share(self, n: Numbers) -> str:
        """Its share of what its peers add up to, where no other sentence tells it."""
        return ""

    @cached_property
    def peers(self) -> Section:
        return self._compared_with(self.subject.kind, ("place",), self.beside, "")


class Area(Part):
    """On a strategy area (分野), by measure."""

    one, found_by, beside = "分野", "area", "ほかの分野と比べると"
    roles = (
        ("growth_of_area", "hidden_move"),
        ("hidden_move", "against", "largest_in_area"),
        ("where_supplementary_went",),
        ("unnamed_in_area",),
    )
    moved = ("growth_of_area", "hidden_move", "against")

    @property
    def marked(self) -> str:
        return f"({self.subject.key})"

    def _among(self) -> str:
        return f"{words.tsu(len(self.others))}の分野"

    def _unknown(self) -> list[str]:
        return [
            "分野の金額は資料に印刷されたものですが、どの府省庁の分かは、表にある施策でしか分かりません。",
            UNCOUNTED,
        ]


class Ministry(Part):
    """On a ministry (府省庁), by those of its measures that the document lists."""

    one, found_by, beside = "府省庁", "name", "ほかの府省庁と比べると"
    roles = (
        ("driver", "growth_of_ministry", "new_measure", "measure_weight"),
        ("own_supplementary", "against"),
        ("defence_range", "listed_only"),
        ("part", "spent"),
    )
    moved = ("growth_of_ministry", "new_measure", "against")

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.key, *(f"measure/{row['id']}" for row in self.measures if self.single))

    @property
    def marked(self) -> str:
        return self.subject.key

    @property
    def whose(self) -> str:
        return f"表に載る{self.who}の施策"

    @property
    def part_of(self) -> str:
        return "表にある施策の合計"

    def _share(self, n: Numbers) -> str:
        own, whole = self.worked("current"), self.view.listed("current")
        if self.stage.key == "sixteen":
            own, whole = own + self.worked("supplementary"), whole + self.view.listed("supplementary")
        part = n.percent(own / whole) if words.rounded((own / whole).value * 100) else "0.1%未満"
        return f"表にある施策の合計の{part}で、"

    def worked(self, role: str) -> Worked:
        return self.view.listed(role, ministry=self.subject.key)

    @property
    def rate(self) -> Interval | None:
        """That of its one measure may be printed more finely."""
        return self.measures[0]["rate"] if self.single else super().rate

    @cached_property
    def share(self) -> Interval | None:
        every = exact.own(self.view.full("measure"))
        others = every.loc[every["ministry"] != self.subject.key, self.stage.key]
        return None if self.own.absent else interval.share_of_sum(self.own, interval.total(others))

    def _first(self) -> list[Finding]:
        """Of one measure, that measure's own sentence says how sure the rate is."""
        own = self.take("measure_size") if self.single and self.stage.key == "current" else []
        return own or super()._first()

    def _own_findings(self) -> list[Finding]:
        n = Numbers()
        rest = n(self.view.left("current"))
        count = "表にある一つの施策" if self.single else f"表にある{len(self.measures)}施策"
        text = f"ここにあるのは{count}だけで、{self.who}の予算の全体ではありません。ほかに、府省庁の分からない額が{rest}あります。"
        told = self.say(
            "listed_only", "これで全部か。", f"{self.who}の全体は分からない", text, n, Fraction(1, 2)
        )
        return [*super()._own_findings(), told]

    def _unknown(self) -> list[str]:
        areas = list(dict.fromkeys(row["area"] for row in self.measures))
        where = "と".join(f"分野({area})" if area else "この資料" for area in areas)
        told = [f for f in self.take("listed_only") if f not in self.told]
        return [
            *map(str, told),
            f"{self.who}の施策がある{where}の金額には、ほかの府省庁の施策も入っています。",
            UNCOUNTED,
        ]


class Measure(Part):
    """On a measure (施策); the others of its area are its background."""

    one, found_by, money, beside = "施策", "id", "予算", "同じ分野の施策と比べると"
    roles = (
        ("driver", "measure_weight"),
        ("largest", "own_supplementary"),
        ("spent",),
        ("measure_parts",),
    )
    moved = ()

    @cached_property
    def measures(self) -> list[dict[str, Any]]:
        return [row for row in self.view.own("measure") if row["id"] == self.subject.key]

    @property
    def scope(self) -> dict[str, str]:
        return {"area": self.row["area"]}

    @property
    def who(self) -> str:
        return f"「{self.subject.name}」"

    @property
    def marked(self) -> str:
        return self.subject.key

    @property
    def rate(self) -> Interval | None:
        rate: Interval | None = self.row["rate"]
        return rate

    @cached_property
    def others(self) -> pd.DataFrame:
        rows = exact.own(self.view.full("measure"))
        return rows[rows["area"] == rows.set_index("id").at[self.subject.key, "area"]]

    @property
    def part_of(self) -> str:
        return f"分野({self.row['area']})" if self.row["area"] else "この資料"  # where there are no areas

    @cached_property
    def share(self) -> Interval | None:
        wholes = exact.whole_of(self.doc, self.row["area"])
        whole = interval.total(wholes[column.role] for column in self.stage.columns)
        return None if self.own.absent else interval.share(self.own, whole)

    def _among(self) -> str:
        return f"{self.part_of}の表に載る{len(self.others)}施策"

    @cached_property
    def peers(self) -> Section:
        caption = f"{self.part_of}の施策と印刷された金額（億円）"
        return self._compared_with(
            "measure", ("place", "measure_weight"), self.beside, caption, self.row["area"]
        )

    def _unknown(self) -> list[str]:
        missing = tables.missing(self.programmes[0])
        told = [f"シートの文字にない項目：{'、'.join(missing)}。"] if missing else []
        parts = [str(f) for f in self.take("measure_parts") if f not in self.told]
        return [*parts, UNCOUNTED, *told]


KINDS: dict[str, type[Briefing]] = {"whole": Whole, "area": Area, "ministry": Ministry, "measure": Measure}


def tell(doc: Document, about: Subject, stage: str = "initial") -> Briefing:
    """The briefing about a subject.

    It is told by this year's initial budget (当初) or, where the stage is 16months, by last year's
    supplementary and this year's initial budget together (16か月予算). RequestError where there is no such stage, or
    the document has no column of it.
    """
    if stage not in STAGES:
        known = "initial（当初）か 16months（16か月予算）を指定してください"
        raise RequestError(f"段階「{stage}」はありません。{known}")
    told = STAGES[stage](doc)
    if lacking := [column for column in told.columns if not column.given]:
        raise RequestError(f"16か月予算では作れません。{lacking[0].nothing}")
    return KINDS[about.kind](doc, about, told)


def make(
    fiscal_year: int | str | None = None,
    ministry: str = "",
    area: str = "",
    measure: str = "",
    stage: str = "initial",
) -> Briefing:
    """The briefing for the question at hand, see :func:`.question.asked` and :func:`tell`.

    Several names (総務省,経済産業省) or years (2024,2025) are compared, see :mod:`.compare`. RequestError where it
    cannot be made as asked, DataError where the document cannot be read.
    """
    named = {"ministry": ministry, "area": area, "measure": measure}
    told = [
        [tell(doc, one, stage) for one in found]
        for doc, found in question.over_years("" if fiscal_year is None else str(fiscal_year), named)
    ]
    if len(told) == 1 == len(told[0]):
        return told[0][0]
    from . import compare

    return compare.of(told)


def ready(doc: Document, name: str, caption: str) -> Table:
    """The briefings that the built book holds, each format to download."""
    found = {tell(doc, s).slug: s.name for s in subjects(doc)}
    frame = pd.DataFrame({"who": list(found.values()), "slug": list(found), **FORMATS})
    links = [Col(kind, label, keep=True, href=partial(_file, kind)) for kind, label in FORMATS.items()]
    return tables.build(frame, doc, name, caption, [Col("who", "何について", keep=True), *links], None)


def _file(kind: str, row: dict[str, str]) -> str:
    """The address of a file of a row's briefing in the built book."""
    return f"../_files/briefing/{row['slug']}/{row['slug']}.{kind}"

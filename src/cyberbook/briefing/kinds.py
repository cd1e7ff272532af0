"""The kinds of briefing, one class each: on the whole government, an area, a ministry or a measure."""

from __future__ import annotations

from functools import cached_property, partial
from typing import ClassVar

import pandas as pd

from cyberbudget import charts, exact, findings, interval, prose, tables, words
from cyberbudget.display import Col, Table, Text, points, say
from cyberbudget.interval import Interval
from cyberbudget.load import Document

from .content import FORMATS, STAGES, Amounts, Briefing
from .question import RequestError, Subject, document, subject, subjects

CARDS = 5  # programme cards in the briefing on the whole government
UNCOUNTED = "資料は、サイバーセキュリティの予算として切り分けられない分を数えていません。ほかの中身を含む施策もあるので、金額は、実際より小さいとも大きいとも言い切れません。"


class Whole(Briefing):
    """On the whole government, by strategy area."""

    unit, by = "分野", "area"

    def _printed(self) -> Amounts:
        return {column.role: self.doc.whole(column) for column in self.doc.columns}

    def _size(self) -> str:
        return f"政府全体の{self.stage.budget}は{words.oku(self.own)}です。"

    def _listing(self) -> Text:
        return say(*map(str, findings.named(self.doc, "areas_and_total")), prose.listing(self.doc))

    def _besides(self) -> dict[str, Table]:
        frame, caption = exact.amounts(self.doc, "ministry"), "府省庁と金額（億円、表にある施策だけ）"
        return {"ministries": tables.amounts(frame, self.doc, "tab-briefing-ministries", caption, "府省庁")}

    def _chosen(self) -> tuple[set[str], str]:
        measures = exact.own(exact.full(self.doc, "measure"))
        lead = "金額の大きい施策の中身です。ほかの施策の中身は、それぞれの府省庁と分野のブリーフィングにあります。"
        return set(exact.by_size(measures, self.stage.key)["name"][:CARDS]), lead

    def _unknown(self) -> list[str]:
        return [
            f"総額のうち{words.oku(self.left)}は、どの施策に使うのかが示されていません。{''.join(map(str, findings.named(self.doc, 'areas_and_total')))}",
            "府省庁ごとの予算の全体は分かりません。表にある施策だけを足しています。",
            UNCOUNTED,
        ]


class Part(Briefing):
    """On a part of the whole, which has peers: areas, ministries or measures."""

    one: ClassVar[str]  # what it is
    found_by: ClassVar[str]  # column of its peers that holds its key

    @cached_property
    def peers(self) -> pd.DataFrame:
        """What it is ranked among, itself included."""
        return exact.own(exact.full(self.doc, self.subject.kind))

    @cached_property
    def row(self) -> pd.Series:
        """Its own row among its peers."""
        return self.peers.set_index(self.found_by, drop=False).loc[self.subject.key]

    def _printed(self) -> Amounts:
        return {column.role: self.row[column.role] for column in self.doc.columns}

    @property
    def rank(self) -> int:
        """Its place among its peers by the amounts it is told by (1 = largest)."""
        return self._place(self.peers, self.stage.key)

    def _place(self, table: pd.DataFrame, key: str) -> int:
        return int(exact.rank(table, key)[table[self.found_by] == self.subject.key].iloc[0])

    @cached_property
    def share(self) -> Interval | None:
        whole = interval.total(self.doc.whole(column) for column in self.stage.columns)
        return None if self.own.absent else interval.share(self.own, whole)

    @property
    def what(self) -> str:
        """Name of the amounts it is told by."""
        return self.stage.budget

    def _size(self) -> str:
        if self.own.absent:
            return f"{self.who}の{self.what}には、額がありません。"
        same = sum(x.value == self.own.value for x in self.peers[self.stage.key])
        place = "最大" if self.rank == 1 else f"{self.rank}番目の大きさ"
        place = f"{len(self.peers)}{self.one}の中で{place}{'（同額あり）' if same > 1 else ''}"
        small = self.share is not None and not words.rounded(self.share.value * 100, 1)
        part = f"{self.part_of}の{'0.1%未満' if small else words.percent(self.share)}"
        return f"{self.who}の{self.what}は{words.oku(self.own)}で、{part}、{place}です。"


class Area(Part):
    """On a strategy area (分野), by measure."""

    one, found_by = "分野", "area"

    def _headline(self, key: str, top: pd.Series) -> str:
        return prose.headline(self.rows, key, charts.key_label(self.doc, key))

    def _unknown(self) -> list[str]:
        left = f"{self.doc.current.label}予算のうち{words.oku(self.left)}"
        return [f"分野({self.scope['area']})の{left}は、どの施策に使うのかが示されていません。"]


class Ministry(Part):
    """On a ministry (府省庁), by those of its measures that the document lists."""

    one, found_by, part_of, whose = "府省庁", "name", "表にある施策の合計", "の施策"

    @property
    def what(self) -> str:
        return f"施策（表にある{len(self.rows)}件）の{self.stage.budget}"

    @cached_property
    def share(self) -> Interval | None:
        others = self.peers.loc[self.peers["name"] != self.subject.key, self.stage.key]
        return None if self.own.absent else interval.share_of_sum(self.own, interval.total(others))

    def _listing(self) -> Text:
        areas = self.rows["area"].unique()
        told = "、".join(f"({a})「{self.doc.area_name(a, short=True)}」" for a in areas)
        count = f"{self.who}の施策は{len(self.rows)}件で、{words.tsu(len(areas))}の分野"
        return say(f"表にある{count}（{told}）にあります。")

    def _unknown(self) -> list[str]:
        left = f"{self.doc.current.label}予算が{words.oku(self.left)}"
        return [
            f"{self.who}の予算の全体は分かりません。ここにあるのは表にある施策だけで、ほかに府省庁の分からない{left}あります。",
            f"{self.who}と分野は別のものです。分野の金額には、ほかの府省庁の施策も入っています。",
            UNCOUNTED,
        ]


class Measure(Area):
    """On a measure (施策), beside the others of its area."""

    one, found_by, money = "施策", "id", "予算"

    @property
    def scope(self) -> dict[str, str]:
        return {"area": self.row["area"]}

    @property
    def who(self) -> str:
        return f"「{self.subject.name}」"

    @property
    def of_rows(self) -> str:
        return f"分野({self.row['area']})"

    def _made_of(self) -> str:
        ministry, area = self.row["ministry"], self.row["area"]
        return f"担当の府省庁は{ministry}、分野は({area})「{self.doc.area_name(area)}」です。"

    def _headline(self, key: str, top: pd.Series) -> str:
        own, rows = self.amounts[key], exact.own(self.rows)
        if own.absent:
            return f"{self.who}には、{charts.key_label(self.doc, key)}の額がない"
        place = f"{len(rows)}施策の中で{self._place(rows, key)}番目の大きさ"
        return f"{self.who}は、{self.of_rows}の表にある{place}"

    def _tally(self, lead: str = "", none: str = "") -> str:
        where = f"{self.of_rows}では、"  # the rows are those of its area
        return super()._tally(where, where)

    def _joined(self) -> str:
        return f"この施策は、{super()._joined()}"

    def _chosen(self) -> tuple[set[str], str]:
        return {self.subject.name}, "この施策の中身です。"

    def _unknown(self) -> list[str]:
        return [*super()._unknown(), UNCOUNTED]

    @cached_property
    def limits(self) -> Text:
        cards = (c for c in self.doc.programmes if self.subject.name in {m["measure"] for m in c["measures"]})
        missing = tables.missing(next(cards))
        told = [f"シートに記載のない項目：{'、'.join(missing)}。"] if missing else []
        return points(*super().limits.lines, *told)

    def _told_moves(self) -> pd.DataFrame:
        rows = super()._told_moves()
        return rows[rows["name"] == self.subject.name]


KINDS: dict[str, type[Briefing]] = {"whole": Whole, "area": Area, "ministry": Ministry, "measure": Measure}


def tell(doc: Document, about: Subject, stage: str = "initial") -> Briefing:
    """The briefing about a subject.

    It is told by this year's initial budget (当初) or, where the stage is 16months, by last year's
    supplementary and this year's initial budget together (16か月予算). RequestError where there is no such stage.
    """
    if stage not in STAGES:
        known = "initial（当初）か 16months（16か月予算）を指定してください"
        raise RequestError(f"段階「{stage}」はありません。{known}")
    return KINDS[about.kind](doc, about, STAGES[stage](doc))


def make(
    fiscal_year: int | None = None,
    ministry: str = "",
    area: str = "",
    measure: str = "",
    stage: str = "initial",
) -> Briefing:
    """The briefing for the question at hand, see :func:`document`, :func:`subject` and :func:`tell`.

    RequestError where it cannot be made as asked, DataError where the document cannot be read.
    """
    doc = document(fiscal_year)
    return tell(doc, subject(doc, ministry, area, measure), stage)


def ready(doc: Document, name: str, caption: str) -> Table:
    """The briefings that the built book holds, each format to download."""
    found = {tell(doc, s).slug: s.name for s in subjects(doc)}
    frame = pd.DataFrame({"who": list(found.values()), "slug": list(found), **FORMATS})
    links = [Col(kind, label, keep=True, href=partial(_file, kind)) for kind, label in FORMATS.items()]
    return tables.build(frame, doc, name, caption, [Col("who", "何について", keep=True), *links], None)


def _file(kind: str, row: dict[str, str]) -> str:
    """The address of a file of a row's briefing in the built book."""
    return f"../_files/briefing/{row['slug']}/{row['slug']}.{kind}"

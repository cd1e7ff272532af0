"""One question, one set of numbers: the content of a briefing, the same for every format it is written in.

What every briefing says is computed here, what only one kind of briefing says in :mod:`.kinds`; the notebook,
the slides and the workbook only show it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import pandas as pd

from cyberbudget import exact, interval, prose, tables, words
from cyberbudget.display import Col, Table, Text, num, points, say
from cyberbudget.interval import NOTHING, Interval
from cyberbudget.load import Column, Document

from . import chart
from .chart import Chart
from .question import Subject

FORMATS = {"html": "HTML", "pdf": "PDF", "pptx": "スライド", "xlsx": "表計算", "ipynb": "ノートブック"}
SIXTEEN = "16か月予算"
MOVED = {
    "up": "増えたのは",
    "down": "減ったのは",
    "new": "新規は",
    "gone": "皆減は",
    "same": "同額は",
    "near": "ほぼ同額は",
}

Amounts = dict[str, Interval]


# ── by which amounts it is told ─────────────────────────────────────────────────────────────────────


class Initial:
    """By this year's initial budget (当初)."""

    key, tail = "current", ""  # column of the amounts in a frame; end of the name of a folder
    since, caveat = "前年度当初から", ""  # how a title tells a change, and what the change leaves open

    def __init__(self, doc: Document) -> None:
        self.columns: tuple[Column, ...] = (doc.current,)  # which add up to the amounts
        self.label = self.full = doc.current.label
        self.budget = f"{self.label}予算"  # as it stands in a sentence


class Sixteen(Initial):
    """By last year's supplementary and this year's initial budget together (16か月予算)."""

    key, tail, since = "sixteen", "-16months", "当初は前年度から"
    caveat = f"前年度の{SIXTEEN}は、この資料からは分かりません。"

    def __init__(self, doc: Document) -> None:
        self.columns, self.label = (doc.supplementary, doc.current), SIXTEEN
        self.full = self.budget = f"{SIXTEEN}（{'＋'.join(c.label for c in self.columns)}）"


STAGES = {"initial": Initial, "16months": Sixteen}


# ── what it says ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a briefing: what is said, drawn and listed."""

    heading: str  # what it is about
    title: str  # its finding, the title of a slide
    text: Text
    tables: dict[str, Table]  # by the short names of their anchors and files
    chart: Chart | None = None

    @property
    def table(self) -> Table:
        """The first of its tables."""
        return next(iter(self.tables.values()))


@dataclass(frozen=True)
class Briefing(ABC):
    """The content of one briefing; each kind of subject has a class of its own in :mod:`.kinds`."""

    doc: Document
    subject: Subject
    stage: Initial  # by which amounts it is told

    unit: ClassVar[str] = "施策"  # what its rows are
    by: ClassVar[str] = "measure"  # the same for cyberbudget.exact
    money: ClassVar[str] = "サイバーセキュリティ予算"  # what a title calls its amounts
    part_of: ClassVar[str] = "総額"  # what its share is of
    whose: ClassVar[str] = ""  # what of its subject the amounts are for

    # names ──

    @property
    def slug(self) -> str:
        """Name of its folder and files: fy2024-mic, fy2024-mic-16months."""
        return f"{self.doc.folder.name}-{self.subject.slug}{self.stage.tail}"

    @property
    def title(self) -> str:
        """What it is about and by which amounts it is told."""
        return f"{self.who}の{self.money}：{self.stage.full}"

    @property
    def who(self) -> str:
        """Its subject as it stands in a sentence."""
        return self.subject.name

    @property
    def of_rows(self) -> str:
        """Whose rows they are, for captions."""
        return self.subject.name

    @property
    def scope(self) -> dict[str, Any]:
        """The area or the ministry whose measures its rows are."""
        return {self.subject.kind: self.subject.key} if self.subject.key else {}

    # numbers ──

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The rows it is broken down by, in printed order, with ``sixteen`` and ``front``."""
        return exact.full(self.doc, self.by, **self.scope)

    @cached_property
    def moves(self) -> pd.DataFrame:
        """The same rows as they changed since last year's initial budget."""
        return exact.changes(self.doc, self.by, **self.scope)

    @abstractmethod
    def _printed(self) -> Amounts:
        """Its own amounts in the printed columns."""

    @cached_property
    def amounts(self) -> Amounts:
        """Its own amounts in 億円: current, supplementary, previous, sixteen and change."""
        found = self._printed()
        new, old = found["current"], found["previous"]
        found["sixteen"] = found["supplementary"] + new
        found["change"] = NOTHING if new.absent and old.absent else new - old
        return found

    @property
    def own(self) -> Interval:
        """Its own amount of the kind it is told by."""
        return self.amounts[self.stage.key]

    @property
    def change(self) -> tuple[Interval, Interval]:
        """This year's and last year's initial budget."""
        return self.amounts["current"], self.amounts["previous"]

    @property
    def front(self) -> Interval | None:
        """Share of 補正 in the 16か月予算."""
        extra = self.amounts["supplementary"]
        return None if extra.absent else interval.share_of_sum(extra, self.amounts["current"])

    @property
    def share(self) -> Interval | None:
        """Its share in what it is part of."""
        return None

    @property
    def left(self) -> Interval:
        """What the document itemises by no measure, of the area it speaks of or of the whole."""
        return exact.amounts(self.doc, area=self.scope.get("area"))["current"].iloc[-1]

    # sentences ──

    @cached_property
    def points(self) -> Text:
        """要点, the first thing on every first page."""
        return points(self._size(), self._change(), self._made_of() + self._extra())

    @abstractmethod
    def _size(self) -> str:
        """How much it is, and of what."""

    def _change(self) -> str:
        (new, old), doc = self.change, self.doc
        kind, rate, before = words.kind(new, old), interval.growth(new, old), doc.previous.label
        whence = f"（{words.oku(old)}）と比べると、" if kind != "none" else f"と{doc.current.label}の"
        told = f"{before}{whence}{words.change(new, old)}。"
        if kind in ("up", "down") and rate is not None:
            told += f"丸めを考えると、増減率は{words.span(rate, 'rate')}のどこかです。"
        return told + self.stage.caveat

    def _made_of(self) -> str:
        top = exact.largest(self.rows, self.stage.key)
        if top is None:
            return ""
        holder = f"{top['ministry']}の" if "area" in self.scope else ""
        return f"{self._lead}{holder}「{top['name']}」で、{words.oku(top[self.stage.key])}です。"

    @property
    def _lead(self) -> str:
        return f"{'最も大きい' if len(exact.own(self.rows)) > 1 else '表にある'}{self.unit}は"

    def _extra(self) -> str:
        """補正 of the subject itself, which the sentence names: the one before it may be about a part."""
        whose, name = f"{self.who}{self.whose}", self.doc.supplementary.label
        extra, whole = self.amounts["supplementary"], self.amounts["sixteen"]
        if extra.absent:
            return f"{whose}に、{name}予算の額はありません。"
        if self.stage.key == "sixteen":
            return f"{whose}の{SIXTEEN}のうち、補正は{words.oku(extra)}（{words.percent(self.front)}）です。"
        return f"{whose}の{name}予算は{words.oku(extra)}で、合わせた{SIXTEEN}は{words.oku(whole)}です。"

    # tables and charts ──

    @property
    def _finding(self) -> str:
        """What the main numbers come to."""
        (new, old), label = self.change, self.stage.label
        first = f"{label}の額はありません" if self.own.absent else f"{label}は{words.oku(self.own)}"
        told = {"none": "", "new": "。前年度当初の額がなく、当初は新規"}
        told |= {
            "gone": f"。前年度当初の{words.oku(old)}が皆減",
            "same": "。当初は前年度と同額（印刷された桁）",
        }
        return first + told.get(words.kind(new, old), f"。{self.stage.since}{words.change(new, old)}")

    @cached_property
    def numbers(self) -> Table:
        """主な数字: the three columns, the change and the 16か月予算, each with what rounding allows."""
        labels = {column.role: column.label for column in self.doc.columns}
        labels |= {"change": "増減（当初どうし）", "sixteen": SIXTEEN}
        ratios = {
            "supplementary": (self.front, f"{SIXTEEN}のうち補正"),
            "change": (interval.growth(*self.change), "増減率"),
            self.stage.key: (self.share, f"{self.part_of}に占める割合"),
        }
        told = {key: found for key, found in ratios.items() if found[0] is not None}
        rows = [(label, self.amounts[key], *told.get(key, (None, ""))) for key, label in labels.items()]
        frame = pd.DataFrame(rows, columns=["what", "amount", "ratio", "meaning"], dtype=object)
        columns = [
            Col("what", "何の金額か", keep=True),
            num("amount", "金額（億円）", words.oku_cell, tables.OKU),
            num("amount", "丸めの範囲（億円）", _span, tables.OKU2, True),
            num("ratio", "割合", words.percent, tables.PERCENT),
            num("ratio", "割合の丸めの範囲", lambda x: words.span(x, "percent"), tables.PERCENT, True),
            Col("meaning", "何の割合か"),
        ]
        return tables.build(frame, self.doc, "tab-briefing-numbers", f"{self.who}の主な数字", columns, None)

    def _chart(self, name: str, key: str) -> Chart | None:
        """The rows by ``key``; None where there is nothing to draw."""
        top = exact.largest(self.rows, key)
        if top is None:
            return None
        title, of = self._headline(key, top), f"{self.of_rows}の{self.unit}"
        return chart.build(self.doc, self.rows, key, f"fig-briefing-{name}", title, of)

    def _headline(self, key: str, top: pd.Series) -> str:
        """Title of a chart, which names the largest row and never the sum of the small ones."""
        return f"{self._lead}「{top['name']}」で、{words.oku(top[key])}"

    @cached_property
    def breakdown(self) -> Section:
        """What it is made of."""
        drawn = self._chart("rows", self.stage.key)
        caption = f"{self.of_rows}の{self.unit}と印刷された金額（億円）"
        rows = tables.amounts(self.rows, self.doc, "tab-briefing-rows", caption, self.unit)
        title = drawn.title if drawn else f"{self.stage.label}の額はありません"
        return Section("何に、いくらか", title, self._listing(), {"rows": rows, **self._besides()}, drawn)

    def _listing(self) -> Text:
        """How much of it the listed measures explain."""
        return say(prose.listing(self.doc, **self.scope))

    def _besides(self) -> dict[str, Table]:
        """More tables of what it is made of."""
        return {}

    @cached_property
    def movement(self) -> Section:
        """What rose, fell, is new or is gone since last year's initial budget."""
        moves, doc = self.moves, self.doc
        # A remainder is a difference of sums: a verdict or a rate of it would claim too much.
        kinds = ["none" if rest else kind for rest, kind in zip(moves["rest"], moves["kind"])]
        rates = [r if k in ("up", "down", "same", "near") else None for k, r in zip(kinds, moves["rate"])]
        changes = [NOTHING if k == "none" else d for k, d in zip(moves["kind"], moves["change"])]
        frame = moves.assign(kind=kinds, change=changes, rate=pd.Series(rates, dtype=object))
        columns = [
            Col("name", self.unit),
            num("previous", doc.previous.label, words.oku_cell, tables.OKU),
            num("current", doc.current.label, words.oku_cell, tables.OKU),
            num("change", "増減", lambda x: words.oku_cell(x, signed=True), tables.SIGNED),
            Col("kind", "動き", words.KINDS.__getitem__, keep=True),
            num("rate", "増減率", lambda x: words.percent(x, signed=True), tables.SIGNED_PERCENT),
            num("rate", "増減率の丸めの範囲", lambda x: words.span(x, "rate"), tables.SIGNED_PERCENT, True),
        ]
        caption = f"{self.of_rows}の{self.unit}の増減（億円、当初どうし）"
        table = tables.build(frame, doc, "tab-briefing-changes", caption, columns)
        text = say(prose.movers(moves, self.unit))
        return Section("前年度から、何が増え、何が減ったか", self._tally(), text, {"changes": table})

    def _tally(self, lead: str = "前年度当初と比べて、", none: str = "") -> str:
        """How many rows rose, fell, are new or gone."""
        moved = Counter(exact.own(self.moves)["kind"])
        told = [f"{name}{moved[kind]}" for kind, name in MOVED.items() if moved[kind]]
        if not told:
            return f"{none}どちらの年度の当初にも額がありません"
        return lead + "、".join([told[0] + self.unit, *told[1:]])

    @cached_property
    def supplement(self) -> Section:
        """補正, and what 16か月予算 comes to."""
        rows = exact.own(self.rows)
        named = rows.loc[[not x.absent for x in rows["supplementary"]], "name"].tolist()
        whose = f"{self.of_rows}で補正の額がある{self.unit}は"
        count = words.tsu(len(named)) if self.by == "area" else f"{len(named)}件"
        text = f"{whose}{count}（{words.names(named)}）です。" if named else f"{whose}、表に載っていません。"
        note = f"前年度の{SIXTEEN}は資料にないので、{SIXTEEN}の増減は分かりません。"
        caption = f"{self.of_rows}の{self.unit}の{SIXTEEN}（億円）"
        table = tables.sixteen(self.rows, self.doc, "tab-briefing-sixteen", caption, self.unit)
        # The first chart may show the same already.
        drawn = self._chart("sixteen", "sixteen") if named and self.stage.key != "sixteen" else None
        return Section("補正予算を合わせると", self._joined(), say(text, note), {"sixteen": table}, drawn)

    def _joined(self) -> str:
        """What 補正 makes of it."""
        extra, whole = self.amounts["supplementary"], self.amounts["sixteen"]
        name = self.doc.supplementary.label
        if not extra.absent:
            return f"{name}の{words.oku(extra)}を合わせた{SIXTEEN}は{words.oku(whole)}"
        same = "の額もなし" if whole.absent else f"は当初と同じ{words.oku(whole)}"
        return f"{name}の額はなく、{SIXTEEN}{same}"

    @cached_property
    def cards(self) -> Section:
        """The programme cards (施策例のシート) of its measures, in our own words."""
        chosen, lead = self._chosen()
        cards = [c for c in self.doc.programmes if not chosen.isdisjoint(m["measure"] for m in c["measures"])]
        where, whose = Col("sheet", "位置", keep=True), Col("ministry", "府省庁", keep=True)
        columns = [where, Col("measure", "施策"), whose, Col("summary", "中身"), Col("target", "成果目標")]
        frame = pd.DataFrame(cards, columns=[column.key for column in columns])
        frame["measure"] = ["、".join(m["measure"] for m in c["measures"]) for c in cards]
        frame["target"] = [
            "、".join(map(tables.target, c["targets"])) or "本書が読んだ文字にない" for c in cards
        ]
        table = tables.build(frame, self.doc, "tab-briefing-cards", "施策の中身と成果目標", columns, None)
        text = say(f"{lead}施策例のシートの内容を、本書の言葉でまとめました。")
        return Section("施策の中身", table.caption, text, {"cards": table})

    def _chosen(self) -> tuple[set[str], str]:
        """The measures whose cards are shown, and what they are."""
        return set(exact.own(self.rows)["name"]), f"{self.subject.name}の施策の中身です。"

    @cached_property
    def limits(self) -> Text:
        """What cannot be said from the document."""
        executed = f"執行額（実際に使った額）と、前年度の{SIXTEEN}は、この資料からは分かりません。"
        return points(*self._unknown(), *self._widest(), executed)

    @abstractmethod
    def _unknown(self) -> list[str]:
        """What the document leaves open about its subject."""

    def _widest(self) -> list[str]:
        """The growth rate that rounding leaves most open."""
        rows = self._told_moves().to_dict("records")
        rates = {r["name"]: r["rate"] for r in rows if r["kind"] in ("up", "down") and r["rate"]}
        if not rates:
            return []
        name = max(rates, key=lambda name: rates[name].high - rates[name].low)
        told = f"「{name}」の増減率は{words.span(rates[name], 'rate')}のどこか"
        return [f"増減率は、金額が小さいほど丸めで大きく振れます。{told}で、それより細かくは言えません。"]

    def _told_moves(self) -> pd.DataFrame:
        return exact.own(self.moves)

    @cached_property
    def sources(self) -> Text:
        """出典と注."""
        return prose.sources(self.doc)

    @property
    def sections(self) -> tuple[Section, ...]:
        """All parts with tables, in order."""
        first = Section("主な数字", self._finding, say(), {"numbers": self.numbers})
        return (first, self.breakdown, self.movement, self.supplement, self.cards)

    @property
    def tables(self) -> dict[str, Table]:
        """All tables by their short names, in order."""
        return {name: table for section in self.sections for name, table in section.tables.items()}


def _span(amount: Interval) -> str:
    return interval.ABSENT if amount.absent else words.span_cell(amount, "oku")

"""One question, one set of numbers: the content of a briefing, the same for every format it is written in.

What every briefing says is composed here, what only one kind of briefing says in :mod:`.kinds`; the notebook, the
slides and the workbook only show it. Sentences are findings: each number in them comes with its sum, and the last of
the tables lists them all. No sentence stands twice: what the 要点 say, the sections do not repeat.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

import pandas as pd

from cyberbudget import exact, findings, interval, tables, words, worked
from cyberbudget.display import Col, Figure, Table, Text, num, points, say
from cyberbudget.findings import TRIVIAL, Finding, View
from cyberbudget.interval import NOTHING, Interval
from cyberbudget.load import Column, Document
from cyberbudget.worked import Numbers, Worked

from . import asked, chart
from .beyond import Beyond
from .chart import Chart
from .question import Subject

FORMATS = {
    "html": "HTML",
    "pdf": "PDF",
    "docx": "Word",
    "pptx": "スライド",
    "xlsx": "表計算",
    "ipynb": "ノートブック",
}
SIXTEEN = "16か月予算"
ALL, FEW = 99, 4  # rows of a picture that shows them all, and of one that shows a measure among its peers
POINTS = 5  # sentences of the 要点 at most
SPOKEN = 400  # letters of what is said to a slide
UNCOUNTED = "サイバーセキュリティの予算として切り分けられない分を、資料は数えていません。ほかの中身を含む施策もあるので、金額は、実際より小さいとも大きいとも言い切れません。"

# Findings whose sentences speak of 当初 without naming it.
CURRENT = {
    "driver", "largest", "heaviest_area", "largest_in_area", "largest_row", "growth_of_area", "growth_of_ministry",
    "growth_by_area", "new_measure", "hidden_move", "against", "others", "unnamed", "unnamed_in_area", "named_by_area",
    "lead_ministry", "defence_range", "measure_weight", "measure_parts", "part",
}  # fmt: skip

Amounts = dict[str, Interval]


# ── by which amounts it is told ─────────────────────────────────────────────────────────────────────


class Initial:
    """By this year's initial budget (当初)."""

    key, tail, chart = "current", "", "pairs"  # column in a frame; end of a folder's name; kind of chart
    since = "前年度当初から"  # how a title tells a change

    def __init__(self, doc: Document) -> None:
        self.columns: tuple[Column, ...] = (doc.current,)  # which add up to the amounts
        self.label = self.full = doc.current.label
        self.budget = f"{self.label}予算"  # as it stands in a sentence


class Sixteen(Initial):
    """By last year's supplementary and this year's initial budget together (16か月予算)."""

    key, tail, chart, since = "sixteen", "-16months", "sixteen", "当初は前年度から"

    def __init__(self, doc: Document) -> None:
        self.columns, self.label = (doc.supplementary, doc.current), SIXTEEN
        self.full = self.budget = f"{SIXTEEN}（{'＋'.join(c.label for c in self.columns)}）"


STAGES = {"initial": Initial, "16months": Sixteen}


# ── what it says ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a briefing: what is said, drawn and listed. One without a table is left out of every format."""

    heading: str  # what it is about
    title: str  # its finding, the title of a slide
    text: Text
    tables: dict[str, Table]  # by the short names of their anchors and files
    chart: Chart | None = None
    spoken: tuple[str, ...] = ()  # what is said to its slide

    @property
    def table(self) -> Table | None:
        """The first of its tables."""
        return next(iter(self.tables.values()), None)

    @property
    def figure(self) -> Figure | None:
        """Its chart as a figure of the book."""
        return self.chart.figure if self.chart else None


NONE = Section("", "", say(), {})


@dataclass(frozen=True)
class Briefing(ABC):
    """The content of one briefing; each kind of subject has a class of its own in :mod:`.kinds`."""

    doc: Document
    subject: Subject
    stage: Initial  # by which amounts it is told

    unit: ClassVar[str] = "施策"  # what its rows are
    by: ClassVar[str] = "measure"  # the same for cyberbudget.exact
    money: ClassVar[str] = "サイバーセキュリティ予算"  # what a title calls its amounts
    # Tables whose rows add up, by their short names.
    adds: ClassVar[tuple[str, ...]] = (
        "rows", "changes", "ministries", "areas", "peers", "sixteen", "paid",
    )  # fmt: skip
    # Names of findings: one of each group is among the 要点. What drives it, what stands against it, what is unknown.
    roles: ClassVar[tuple[tuple[str, ...], ...]]
    moved: ClassVar[tuple[str, ...]]  # names of the findings that tell what moved

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
    def year(self) -> int | str | None:
        """The year of its document, as it is asked for."""
        year = self.doc.folder.name.removeprefix("fy")
        return int(year) if year.isdecimal() else None

    @property
    def named(self) -> dict[str, str]:
        """Its subject, as it is asked for."""
        return {self.subject.kind: self.subject.key} if self.subject.key else {}

    @property
    def docs(self) -> tuple[Document, ...]:
        """The documents that it rests on."""
        return (self.doc,)

    @property
    def source(self) -> str:
        """The 出典 line of all of them."""
        named = [doc.source.removeprefix("出典：").removesuffix("を加工して作成") for doc in self.docs]
        return f"出典：{'、'.join(named)}を加工して作成"

    @property
    def edition(self) -> str:
        """The editions of all of them."""
        return "、".join(doc.meta["edition"] for doc in self.docs)

    @property
    def who(self) -> str:
        """Its subject as it stands in a sentence."""
        return self.subject.name

    @property
    def whose(self) -> str:
        """Whose amounts they are."""
        return self.who

    @property
    def of_rows(self) -> str:
        """Whose rows they are, for captions."""
        return self.subject.name

    @property
    def part_of(self) -> str:
        """What its share is of."""
        return "総額"

    @property
    def scope(self) -> dict[str, Any]:
        """The area or the ministry whose measures its rows are."""
        return {self.subject.kind: self.subject.key} if self.subject.key else {}

    @property
    def key(self) -> str:
        """Its subject as the findings call it."""
        return f"{self.subject.kind}/{self.subject.key}" if self.subject.key else "whole"

    @property
    def keys(self) -> tuple[str, ...]:
        """The subjects whose findings are told."""
        return (self.key,)

    @property
    def single(self) -> bool:
        """True for one measure, or a ministry of which only one is listed: there is nothing to break down."""
        return len(self.measures) == 1

    @property
    def sheets(self) -> int:
        """Pages of its paper at most, unless it is told at length."""
        return 1 if self.single else 2

    # numbers ──

    @cached_property
    def view(self) -> View:
        return findings.view(self.doc)

    @cached_property
    def measures(self) -> list[dict[str, Any]]:
        """Its own measures."""
        return self.view.own("measure", **self.scope)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The rows it is broken down by, in printed order, with ``sixteen`` and ``front``."""
        return exact.full(self.doc, self.by, **self.scope)

    @cached_property
    def moves(self) -> pd.DataFrame:
        """The measures as they changed since last year's initial budget."""
        return exact.changes(self.doc, "measure", **self.scope)

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

    def worked(self, role: str) -> Worked:
        """Its own amount of a printed column, with how it is come to."""
        return worked.printed(self.amounts[role])

    @property
    def own(self) -> Interval:
        """Its own amount of the kind it is told by."""
        return self.amounts[self.stage.key]

    @property
    def change(self) -> tuple[Interval, Interval]:
        """This year's and last year's initial budget."""
        return self.amounts["current"], self.amounts["previous"]

    @property
    def kind(self) -> str:
        """What happened between them, a key of :data:`cyberbudget.words.KINDS`."""
        return words.kind(*self.change)

    @property
    def rate(self) -> Interval | None:
        """Growth from one to the other."""
        return interval.growth(*self.change)

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

    # findings ──

    @cached_property
    def beyond(self) -> Beyond:
        """What stands outside the document about its measures."""
        money = self.amounts["sixteen"].value
        return Beyond(self.doc, self.key, [row["name"] for row in self.measures], money)

    @cached_property
    def found(self) -> list[Finding]:
        """All that is found about it, trivial ones included, the most salient first."""
        every = [*findings.find(self.doc), *self._own_findings(), *self.beyond.findings]
        own = (self._scoped(f) for f in every if self.salience(f) is not None)
        return sorted(own, key=lambda f: -(self.salience(f) or 0))

    def _scoped(self, found: Finding) -> Finding:
        """A finding that says of what it speaks, where that is wider than the subject."""
        wide = found.name in ("driver", "largest") and self.subject.key
        return replace(found, sentence=f"政府全体では、{found.sentence}") if wide else found

    def initially(self, found: Finding) -> str:
        """Its sentence, which beside the 16か月予算 says that it speaks of 当初."""
        if self.stage.key == "current" or found.name not in CURRENT:
            return found.sentence
        return f"当初の{found.sentence}" if found.name == "part" else f"当初では、{found.sentence}"

    def salience(self, found: Finding) -> Fraction | None:
        """How much of its money is at stake; None where a finding does not speak of it."""
        return max((found.salience[key] for key in self.keys if key in found.salience), default=None)

    def take(self, *names: str) -> list[Finding]:
        """The findings of these names about it, name by name."""
        return [f for name in names for f in self.found if f.name == name]

    def _own_findings(self) -> list[Finding]:
        """What only a briefing says."""
        found = [asked.targets(self)] if self.programmes else []
        top = exact.largest(self.rows, "current")
        if not self.single and self.by == "measure" and top is not None:
            n, own, whole = Numbers(), worked.printed(top["current"]), self.worked("current")
            text = f"{n(whole)}のうち最も大きいのは「{top['name']}」で、{n(own)}（{n.percent(own / whole)}）です。"
            title = self._headline("current", top, self.unit)
            found.append(self.say("largest_row", "何に使うのか", title, text, n, (own / whole).value / 2))
        return found + self._named_supplementary()

    def say(self, name: str, question: str, title: str, text: str, n: Numbers, salience: Fraction) -> Finding:
        """A finding about it, which rests on its own amounts."""
        cells = self.view.cells(self.measures, "current", "previous") if self.single else ()
        return Finding(name, question, title, text, {self.key: salience}, cells, (), n.kept)

    # sentences ──

    @cached_property
    def told(self) -> tuple[Finding, ...]:
        """The 要点: how much, what drives it, what stands against it, what is not known."""
        chosen = self._first()
        for names in self.roles:
            names = tuple(
                name for name in names if name != "own_supplementary" or self.stage.key == "current"
            )
            worth = [f for f in self.take(*names) if (self.salience(f) or 0) >= TRIVIAL and f not in chosen]
            chosen += worth[:1]
        return tuple(chosen[:POINTS])

    def _first(self) -> list[Finding]:
        """How much it is; of the 16か月予算 also what is not compared."""
        return (
            [self._sixteen()]
            if self.stage.key == "sixteen"
            else self.take("total", "size", "measure_size")[:1]
        )

    def _sixteen(self) -> Finding:
        n, end = Numbers(), ""
        got, now, before = (self.worked(role) for role in ("supplementary", "current", "previous"))
        whole = f"{self.whose}の{self.stage.full}"
        if self.own.absent:
            text = f"{whole}には、額がありません。"
        elif self.amounts["supplementary"].absent or self.amounts["current"].absent:
            only = "当初" if self.amounts["supplementary"].absent else "補正"
            text = f"{whole}は{n(got + now if got.value and now.value else now if now.value else got)}で、すべて{only}です。"
        else:
            text = f"{whole}は{n(got + now)}です。内訳は、補正が{n(got)}、当初が{n(now)}です。"
            misleads = got.value > now.value and self.kind == "down"
            end = "当初だけを比べて、減ったとは言い切れません。" if misleads else ""
        text += f"当初どうしを比べると、{self._compared(n, now, before)}。{end}"
        text += f"前年度の{SIXTEEN}は資料にないので、{SIXTEEN}の増減は分かりません。"
        return self.say("sixteen", "いくらか", f"{SIXTEEN}は{words.oku(self.own)}", text, n, Fraction(1))

    def _compared(self, n: Numbers, now: Worked, before: Worked) -> str:
        """This year's initial budget beside last year's, with 当初 as the subject."""
        label, last = self.doc.current.label, self.doc.previous.label
        told = {
            "new": f"{last}の欄は「—」で、{label}に新たに付きました",
            "gone": f"{last}の{n(before)}は、{label}にはありません",
            "none": f"{label}も{last}も、欄は「—」です",
            "same": f"{label}は{last}と、印刷された桁で同額です",
            "near": f"{label}は{last}と、表では同額です（シートの計は違います）",
        }
        if self.kind in told:
            return told[self.kind]
        rate = self.rate
        told_rate = f"（{words.percent(rate, signed=True)}）" if rate is not None else ""
        moved = words.moved(*self.change)
        return f"{label}は{last}（{n(before)}）から{n(worked.apart(now, before))}{moved}{told_rate}"

    @cached_property
    def questions(self) -> tuple[Finding, ...]:
        """想定問答: the four questions that are most likely to be asked of it, each with its answer."""
        return asked.questions(self)

    @property
    def points(self) -> Text:
        """要点, the first thing on every first page."""
        return points(*map(self.initially, self.told))

    @property
    def answers(self) -> Text:
        """想定問答 as text."""
        lines = [
            line
            for n, f in enumerate(self.questions, 1)
            for line in (f"問{n}　{f.question}", f"答　{f.sentence}")
        ]
        return Text(tuple(("\n\n" if n else "", (line,)) for n, line in enumerate(lines)))

    def section(
        self,
        heading: str,
        title: str,
        names: Iterable[str],
        tables: dict[str, Table],
        chart: Chart | None = None,
        more: Iterable[object] = (),
    ) -> Section:
        """A section: of the findings of these names its text has those that stand nowhere else."""
        least = {"against": TRIVIAL / 4}  # it is the point that it is less
        every = [f for f in self.take(*names) if (self.salience(f) or 0) >= least.get(f.name, TRIVIAL)]
        elsewhere = {f.sentence for f in (*self.told, *self.questions)}
        if any(f.name == "other_way" for f in self.questions):  # which names it too
            elsewhere |= {f.sentence for f in self.take("against")}
        every = sorted(every, key=lambda f: f.sentence in elsewhere)
        left = [f.sentence for f in every if f.sentence not in elsewhere]
        left[:1] = [self.initially(f) for f in every[: len(left[:1])]]
        spoken: list[str] = []
        for sentence in [*(f.sentence for f in every), *map(str, more)] or [f"{title}です。"]:
            if sum(map(len, spoken)) + len(sentence) <= SPOKEN and sentence not in spoken:
                spoken.append(sentence)
        return Section(heading, title, say(*left, *map(str, more)), tables, chart, tuple(spoken))

    def _title(self, names: Iterable[str], otherwise: str) -> str:
        """The most salient of these findings as a title, or a plain one."""
        found = sorted(self.take(*names), key=lambda f: -(self.salience(f) or 0))
        return found[0].title if found else otherwise

    # tables and charts ──

    @property
    def headline(self) -> str:
        """What the main numbers come to."""
        (new, old), label = self.change, self.stage.label
        first = f"{label}の額はありません" if self.own.absent else f"{label}は{words.oku(self.own)}"
        told = {"none": "", "new": f"。{self.doc.previous.label}の欄は「—」"}
        told |= {
            "gone": f"。前年度当初の{words.oku(old)}が皆減",
            "same": "。当初は前年度と同額（印刷された桁）",
            "near": "。当初は、表では前年度と同額（シートの計は違う）",
        }
        if self.kind in told:
            return first + told[self.kind]
        rate = f"（{words.percent(self.rate, signed=True)}）" if self.rate else ""
        way = "増" if new.value > old.value else "減"
        return f"{first}。{self.stage.since}{words.oku(abs(new.value - old.value))}{way}{rate}"

    @cached_property
    def numbers(self) -> Table:
        """主な数字: the three columns, the change and the 16か月予算, each with what rounding allows."""
        labels = {column.role: column.label for column in self.doc.columns}
        labels |= {"change": "増減（当初どうし）", "sixteen": SIXTEEN}
        if self.single and self.amounts["supplementary"].absent and self.stage.key == "current":
            del labels["supplementary"], labels["sixteen"]  # which would say nothing new
        ratios = {
            "supplementary": (self.front, f"{SIXTEEN}のうち補正"),
            "change": (self.rate, "増減率"),
            self.stage.key: (self.share, f"{self.part_of}に占める割合"),
        }
        told = {key: found for key, found in ratios.items() if found[0] is not None}
        rows = [(key, self.amounts[key], *told.get(key, (None, ""))) for key in labels]
        frame = pd.DataFrame(rows, columns=["what", "amount", "ratio", "meaning"], dtype=object)
        columns = [
            Col("what", "何の金額か", labels.__getitem__, keep=True),
            num("amount", "金額（億円）", words.oku_cell, tables.OKU),
            num("amount", "丸めの範囲（億円）", _span, tables.OKU2, True),
            num("ratio", "割合", words.percent, tables.PERCENT),
            num("ratio", "割合の丸めの範囲", _ratio_span, tables.PERCENT, True),
            Col("meaning", "何の割合か"),
        ]
        return tables.build(frame, self.doc, "tab-briefing-numbers", f"{self.who}の主な数字", columns, None)

    def draw(
        self,
        name: str,
        kind: str,
        rows: pd.DataFrame,
        title: str,
        of: str,
        marked: str = "",
        most: int = chart.MOST,
        note: str = "",
    ) -> Chart | None:
        """The rows in one picture; None where there is nothing to draw."""
        order, _ = chart.KINDS[kind]
        if not any(amount.value for amount in exact.own(rows)[order]):
            return None
        return chart.build(self.doc, rows, kind, f"fig-briefing-{name}", title, of, marked, most, note)

    def _headline(self, key: str, top: pd.Series, unit: str) -> str:
        """Title of a chart, which names the largest row and never the sum of the small ones."""
        return f"最も大きい{unit}は「{top['name']}」で、{words.oku(top[key])}"

    @cached_property
    def breakdown(self) -> Section:
        """What it is made of; nothing of one measure."""
        if self.single:
            return NONE
        names = ("heaviest_area", "largest_in_area", "unnamed_in_area", "largest_row")  # what the chart shows
        top = exact.largest(self.rows, self.stage.key)
        plain = (
            f"{self.stage.label}の額はありません"
            if top is None
            else self._headline(self.stage.key, top, self.unit)
        )
        title = self._title(names, plain) if self.stage.key == "current" else plain
        drawn = self.draw("rows", self.stage.chart, self.rows, title, f"{self.of_rows}の{self.unit}")
        caption = f"{self.of_rows}の{self.unit}と印刷された金額（億円）"
        rows = tables.amounts(self.rows, self.doc, "tab-briefing-rows", caption, self.unit)
        return self.section(
            "何に、いくらか", title, (*names, "largest", "named_by_area"), {"rows": rows}, drawn
        )

    @cached_property
    def movement(self) -> Section:
        """What rose, fell, is new or is gone since last year's initial budget; nothing of one measure."""
        moves, doc = self.moves, self.doc
        moved = exact.own(moves)
        if self.single or not any(change.value for change in moved["change"]):
            return NONE
        # A remainder is a difference of sums: a verdict or a rate of it would claim too much.
        kinds = ["none" if rest else kind for rest, kind in zip(moves["rest"], moves["kind"])]
        rates = [r if k in ("up", "down", "same", "near") else None for k, r in zip(kinds, moves["rate"])]
        changes = [NOTHING if k == "none" else d for k, d in zip(moves["kind"], moves["change"])]
        frame = moves.assign(kind=kinds, change=changes, rate=pd.Series(rates, dtype=object))
        columns = [
            Col("name", "施策"),
            num("previous", doc.previous.label, words.oku_cell, tables.OKU, unit=tables.UNIT),
            num("current", doc.current.label, words.oku_cell, tables.OKU, unit=tables.UNIT),
            num("change", "増減", lambda x: words.oku_cell(x, signed=True), tables.SIGNED, unit=tables.UNIT),
            Col("kind", "動き", words.KINDS.__getitem__, keep=True),
            num("rate", "増減率", lambda x: words.percent(x, signed=True), tables.SIGNED_PERCENT),
            num("rate", "増減率の丸めの範囲", lambda x: words.span(x, "rate"), tables.SIGNED_PERCENT, True),
        ]
        caption = f"{self.of_rows}の施策の増減（億円、当初どうし）"
        table = tables.build(exact.whose(frame, doc), doc, "tab-briefing-changes", caption, columns)
        names = self.moved
        top = max(moved.to_dict("records"), key=lambda r: abs(r["change"].value))
        way = "増えた" if top["change"].value > 0 else "減った"
        plain = f"最も大きく{way}のは「{top['name']}」で、{words.oku(abs(top['change'].value))}"
        title = self._title([name for name in names if name not in ("against", "others")], plain)
        several = sum(bool(change.value) for change in moved["change"]) > 3  # of fewer the table says it all
        drawn = (
            self.draw("changes", "changes", moves, title, f"{self.of_rows}の施策", top["id"])
            if several
            else None
        )
        return self.section("前年度から、何が動いたか", title, names, {"changes": table}, drawn)

    @property
    def marked(self) -> str:
        """Its own row among its peers: a locator, or the name of a ministry."""
        return ""

    @property
    @abstractmethod
    def peers(self) -> Section:
        """Where it stands among others of its kind, itself highlighted; of the whole, the ministries."""

    def _compared_with(
        self, by: str, names: tuple[str, ...], heading: str, caption: str, area: str | None = None
    ) -> Section:
        """Rows of one kind in one picture, largest first, what is not itemised hatched, the own one highlighted."""
        rows, unit = (
            self.view.full(by, area),
            {"area": "分野", "ministry": "府省庁", "measure": "施策"}[by],
        )
        caption = caption or f"{unit}と印刷された金額（億円）"
        plain = self._title(("place", "own_supplementary"), "")
        title = self._title(names[:1], plain)
        kind = self.stage.chart
        if by != "area" and kind == "pairs":
            kind = "now"
        if self.amounts["current"].absent and not self.amounts["supplementary"].absent:
            kind = "sixteen"  # else its own row would show nothing
        name = {"area": "areas", "ministry": "ministries", "measure": "peers"}[by]
        of = f"分野({area})の施策" if area else unit
        title = title or f"{of}の金額"
        most, shown, note = FEW if self.single and by == "measure" else ALL, rows, ""
        left = rows[rows["rest"]]["current"]
        if by == "measure" and any(x.value for x in left):  # beside which a small measure would not be seen
            most, shown = min(most, chart.MOST), exact.own(rows)
            note = f"（ほかに、表に載らない{words.oku(left.iloc[0])}）"
        drawn = self.draw(name, kind, shown, title, of, self.marked, most, note)
        table = tables.amounts(rows, self.doc, f"tab-briefing-{name}", caption, unit)
        return self.section(heading, title, names, {name: table}, drawn)

    @cached_property
    def supplement(self) -> Section:
        """補正, and what 16か月予算 comes to; nothing where there is no 補正, or one measure whose numbers tell it."""
        rows, extra = exact.own(self.rows), self.doc.supplementary.label
        if self.single or self.amounts["supplementary"].absent:
            return NONE
        got = [row["name"] for row in rows.to_dict("records") if not row["supplementary"].absent]
        caption = f"{self.of_rows}の{self.unit}の{SIXTEEN}（億円）"
        table = tables.sixteen(self.rows, self.doc, "tab-briefing-sixteen", caption, self.unit)
        whole = f"{extra}の{words.oku(self.amounts['supplementary'])}を合わせた{SIXTEEN}は{words.oku(self.amounts['sixteen'])}"
        names: tuple[str, ...] = ("where_supplementary_went", "unnamed_supplementary", "named_supplementary")
        names += ("own_supplementary",) if self.stage.key == "current" else ()  # else the 要点 say it
        title = self._title(names[:1], whole) if self.by == "area" else whole
        # The first chart may show the same already.
        drawn = self.draw("sixteen", "sixteen", self.rows, title, f"{self.of_rows}の{self.unit}")
        drawn = drawn if len(got) > 1 and self.stage.key != "sixteen" else None
        comments = [c for c in findings.commentary(self.doc, "supplementary") if self.by == "area"]
        return self.section("補正予算を合わせると", title, names, {"sixteen": table}, drawn, comments)

    def _named_supplementary(self) -> list[Finding]:
        """How much of the 補正 of an area is for measures that are named."""
        extra, whole = self.doc.supplementary.label, self.worked("supplementary")
        if self.subject.kind != "area" or not whole.value:
            return []
        n, known = Numbers(), self.view.listed("supplementary", self.subject.key)
        text = (
            f"{extra}{n(whole)}のうち、施策の名前が分かるのは{n(known)}（{n.percent(known / whole)}）です。"
        )
        return [
            self.say("named_supplementary", "補正は何に使うのか", "補正の使いみち", text, n, Fraction(1, 10))
        ]

    @cached_property
    def cards(self) -> Section:
        """The programme cards (施策例のシート) of its measures, in our own words."""
        cards = self.programmes
        heading, own = "施策の中身", "施策例のシートの内容を、本書の言葉でまとめたもの"
        if not cards:
            return NONE
        if self.single:
            frame = pd.DataFrame(asked.fields(cards[0]), columns=["what", "told"])
            columns = [Col("what", "項目", keep=True), Col("told", "内容")]
            table = tables.build(frame, self.doc, "tab-briefing-cards", f"施策の中身（{own}）", columns, None)
        else:
            where, whose = Col("sheet", "位置", keep=True), Col("ministry", "府省庁", keep=True)
            columns = [
                where,
                Col("measure", "施策"),
                whose,
                Col("summary", "中身"),
                Col("target", "成果目標"),
            ]
            frame = pd.DataFrame(cards, columns=[column.key for column in columns])
            frame["measure"] = ["、".join(m["measure"] for m in c["measures"]) for c in cards]
            frame["target"] = ["、".join(map(tables.target, c["targets"])) or asked.UNSAID for c in cards]
            if len(set(frame["ministry"])) == 1:
                columns.remove(whose)
            caption = f"施策の中身と成果目標（{own}）"
            table = tables.build(frame, self.doc, "tab-briefing-cards", caption, columns, None)
        title = self._title(("targets",), heading)
        names = ("measure_parts",) if self.single else ("targets",)  # of one, its table says the rest
        told = "".join(f.sentence for f in self.questions)
        comments = [c for c in self.comments if str(c) not in told]
        return self.section(heading, title, names, {"cards": table}, None, comments)

    @property
    def programmes(self) -> list[dict[str, Any]]:
        """The cards that are shown, in printed order."""
        own = {row["name"] for row in self.measures}
        return [c for c in self.doc.programmes if not own.isdisjoint(m["measure"] for m in c["measures"])]

    @property
    def comments(self) -> list[object]:
        """What a person added about it; of one measure also what rests on its amounts alone."""
        ids = {row["id"] for row in self.measures} if self.single else set()
        about = findings.commentary(self.doc, self.key)
        own = (
            c for c in self.doc.commentary if not c.broken and {cell.split("/")[1] for cell in c.guard} <= ids
        )
        return [*about, *(c for c in own if c not in about)]

    @cached_property
    def outside(self) -> Section:
        """What was spent and who received it; nothing where it is not known."""
        found, names = self.beyond, ("spent", "differs", "paid")
        title = self._title(("spent",), "使われた額と支出先")
        return self.section("使われた額と支出先", title, names, found.tables)

    @cached_property
    def limits(self) -> Text:
        """What cannot be said from the document."""
        told = [] if self.outside.tables else ["執行額（実際に使った額）は、この資料からは分かりません。"]
        if self.stage.key != "sixteen":  # which says so at once
            told.append(f"前年度の{SIXTEEN}は資料にないので、{SIXTEEN}の増減は分かりません。")
        return points(*self._unknown(), *self._widest(), *told)

    @abstractmethod
    def _unknown(self) -> list[str]:
        """What the document leaves open about its subject."""

    def _widest(self) -> list[str]:
        """The growth rate that rounding leaves most open."""
        rows = [] if self.single else exact.own(self.moves).to_dict("records")
        rates = {r["name"]: r["rate"] for r in rows if r["kind"] in ("up", "down") and r["rate"]}
        if not rates:
            return []
        name = max(rates, key=lambda name: rates[name].high - rates[name].low)
        if rates[name].high - rates[name].low < Fraction(1, 20):
            return []
        told = f"「{name}」の増減率は{words.span(rates[name], 'rate')}のどこか"
        return [f"増減率は、金額が小さいほど丸めで大きく振れます。{told}で、それより細かくは言えません。"]

    @cached_property
    def sources(self) -> Text:
        """出典と注."""
        return points(
            f"{self.source}。",
            *([f"{self.beyond.source}。"] if self.beyond.source else []),
            "金額は億円です。率と割合は、小数第1位まで印刷された金額から計算し、丸めの範囲は印刷の桁から求めました。",
            "「—」の欄は予算がないと読み、合計では0として足します。前年度が「—」なら「新規」、今年度が「—」なら「皆減」と書きます。",
        )

    @cached_property
    def evidence(self) -> Section:
        """Each number of the sentences with the sum by which a reader finds it again."""
        every = [*self.told, *self.questions, *(f for f in self.found if f.sentence in self._sentences)]
        unique = list({f.sentence: f for f in every if f.numbers}.values())
        table = tables.evidence(unique, self.doc, "tab-briefing-evidence", "文の中の数と、その計算（億円）")
        return Section("数の確かめ方", table.caption, say(), {"evidence": table})

    @property
    def _sentences(self) -> str:
        return "\n".join(line for section in self._parts for line in section.text.lines)

    @property
    def _parts(self) -> tuple[Section, ...]:
        first = Section("主な数字", self.headline, say(), {"numbers": self.numbers})
        return first, self.breakdown, self.movement, self.peers, self.supplement, self.cards, self.outside

    @property
    def sections(self) -> tuple[Section, ...]:
        """All parts with tables, in order."""
        return tuple(section for section in (*self._parts, self.evidence) if section.tables)

    @property
    def tables(self) -> dict[str, Table]:
        """All tables by their short names, in order."""
        return {name: table for section in self.sections for name, table in section.tables.items()}


def _ratio_span(ratio: Interval | None) -> str:
    return words.percent(ratio) if ratio and ratio.low == ratio.high else words.span(ratio, "percent")


def _span(amount: Interval) -> str:
    return interval.ABSENT if amount.absent else words.span_cell(amount, "oku")

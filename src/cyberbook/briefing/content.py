"""One question, one set of numbers: the content of a briefing, the same for every format it is written in.

A briefing is about the whole government, a strategy area (分野), a ministry (府省庁) or a measure (施策). What it
says is computed here; the notebook, the slides and the workbook only show it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import pandas as pd

from cyberbudget import analysis, charts, interval, prose, style, tables, words
from cyberbudget.display import Col, Figure, Table, Text, num, points, say
from cyberbudget.interval import Interval
from cyberbudget.load import Document

from .question import RequestError, Subject, document, subject, subjects

STAGES = ("initial", "16months")
MOST = 6  # rows of a chart; the smaller ones are shown as one sum
CARDS = 5  # programme cards in the briefing on the whole government
SIXTEEN = "16か月予算"


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a chart: its name, its colour and its amounts in 億円."""

    name: str
    colour: str
    values: tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as data, for formats with charts of their own, and as the book's figure.

    Attributes
    ----------
    title, subtitle : str
        The finding; what is shown, with the unit.
    stacked : bool
        End to end (16か月予算) or one below the other.
    labels : tuple of str
    series : tuple of Series
    rest : tuple of int
        Rows that show what the document does not itemise.
    figure : Figure
    """

    title: str
    subtitle: str
    stacked: bool
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    rest: tuple[int, ...]
    figure: Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a briefing: what is said, drawn and listed."""

    heading: str
    text: Text
    chart: Chart | None = None
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Briefing:
    """The content of one briefing.

    Attributes
    ----------
    doc : Document
    subject : Subject
    stage : {"initial", "16months"}
        Whether it is told by this year's initial budget (当初), or by last year's supplementary and this
        year's initial budget together (16か月予算).
    """

    doc: Document
    subject: Subject
    stage: str = "initial"

    def __post_init__(self) -> None:
        if self.stage not in STAGES:
            raise RequestError(
                f"段階「{self.stage}」はありません。initial（当初）か 16months（16か月予算）を指定してください"
            )

    # names ──

    @property
    def slug(self) -> str:
        """Name of its folder and files: fy2024-mic, fy2024-mic-16months."""
        tail = "" if self.stage == "initial" else f"-{self.stage}"
        return f"{self.doc.folder.name}-{self.subject.slug}{tail}"

    @property
    def title(self) -> str:
        """What it is about and by which amounts it is told."""
        what = self.label if self.stage == "initial" else f"{SIXTEEN}（{self._parts}）"
        field = "予算" if self.subject.kind == "measure" else "サイバーセキュリティ予算"
        return f"{self.who}の{field}：{what}"

    @property
    def who(self) -> str:
        """Its subject as it stands in a sentence."""
        name = self.subject.name
        return f"「{name}」" if self.subject.kind == "measure" else name

    @property
    def label(self) -> str:
        """Name of the amounts it is told by."""
        return self.doc.current.label if self.stage == "initial" else SIXTEEN

    @property
    def _parts(self) -> str:
        return f"{self.doc.supplementary.label}＋{self.doc.current.label}"

    @property
    def _key(self) -> str:
        return "current" if self.stage == "initial" else "sixteen"

    # numbers ──

    @property
    def _by(self) -> str:
        """What the rows are: areas of the whole, else measures."""
        return "area" if self.subject.kind == "whole" else "measure"

    @property
    def _area(self) -> str | None:
        if self.subject.kind == "measure":
            return str(self.doc.measures.set_index("id").loc[self.subject.key, "area"])
        return self.subject.key if self.subject.kind == "area" else None

    @property
    def _ministry(self) -> str | None:
        return self.subject.key if self.subject.kind == "ministry" else None

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The rows it is broken down by, in printed order, with ``sixteen`` and ``front``."""
        return analysis.sixteen_months(self.doc, self._by, self._area, self._ministry)

    @cached_property
    def _moves(self) -> pd.DataFrame:
        return analysis.changes(self.doc, self._by, self._area, self._ministry)

    @cached_property
    def peers(self) -> pd.DataFrame:
        """What it is ranked among: areas, ministries or measures (the whole has no peers; its areas)."""
        by = self.subject.kind
        return analysis.sixteen_months(self.doc, "area" if by == "whole" else by)

    @cached_property
    def amounts(self) -> dict[str, Interval]:
        """Its own amounts in 億円: current, supplementary, previous, sixteen and difference."""
        kind, key = self.subject.kind, self.subject.key
        keys = ("current", "supplementary", "previous")
        if kind == "whole":
            found = {k: self.doc.whole(c) for k, c in zip(keys, self.doc.columns)}
        elif kind == "area":
            found = {k: self.doc.amount("area", f"({key})", c) for k, c in zip(keys, self.doc.columns)}
        elif kind == "measure":
            found = {k: self.doc.amount("measure", key, c) for k, c in zip(keys, self.doc.columns)}
        else:
            found = {k: analysis.listed(self.doc, c, ministry=key) for k, c in zip(keys, self.doc.columns)}
        found["sixteen"] = found["supplementary"] + found["current"]
        both = (found["current"], found["previous"])
        found["difference"] = interval.NOTHING if all(x.absent for x in both) else both[0] - both[1]
        return found

    @cached_property
    def rank(self) -> int:
        """Its place among its peers by the amounts it is told by (1 = largest); 0 for the whole."""
        if self.subject.kind == "whole":
            return 0
        own = self.amounts[self._key].value
        return 1 + sum(x.value > own for x in analysis.own(self.peers)[self._key])

    @cached_property
    def share(self) -> Interval | None:
        """Its share in what it is part of: all listed measures for a ministry, the total for an area or a measure."""
        own = self.amounts[self._key]
        if self.subject.kind == "whole" or own.absent:
            return None
        if self.subject.kind == "ministry":
            others = analysis.own(self.peers)
            return interval.share_of_sum(
                own, interval.total(others.loc[others["name"] != self.subject.key, self._key])
            )
        whole = self.doc.whole(self.doc.current)
        if self.stage == "16months":
            whole = whole + self.doc.whole(self.doc.supplementary)
        return interval.share(own, whole)

    @property
    def _share_of(self) -> str:
        return "表に載る施策の合計" if self.subject.kind == "ministry" else "総額"

    # sentences ──

    @cached_property
    def points(self) -> Text:
        """要点, the first thing on every first page."""
        return points(self._size(), self._change(), self._made_of() + self._extra())

    def _size(self) -> str:
        own, name = self.amounts[self._key], self.who
        what = f"{self.label}予算" if self.stage == "initial" else f"{SIXTEEN}（{self._parts}）"
        if self.subject.kind == "whole":
            return f"政府全体の{what}は{words.oku(own)}です。サイバーセキュリティの予算として切り分けられない支出は入っていないので、下限として読みます。"
        if self.subject.kind == "ministry":
            what = f"施策（表に載る{len(self.rows)}件）の{what}"
        if own.absent:
            return f"{name}の{what}には、額がありません。"
        peers = analysis.own(self.peers)
        unit = {"area": "分野", "ministry": "府省庁", "measure": "施策"}[self.subject.kind]
        same = sum(x.value == own.value for x in peers[self._key])
        place = "最大" if self.rank == 1 else f"{self.rank}番目の大きさ"
        place = f"{len(peers)}{unit}の中で{place}{'（同額あり）' if same > 1 else ''}"
        ratio = words.percent(self.share)
        part = f"{self._share_of}の{'0.1%未満' if ratio == '0.0%' else ratio}"
        return f"{name}の{what}は{words.oku(own)}で、{part}、{place}です。"

    def _change(self) -> str:
        new, old = self.amounts["current"], self.amounts["previous"]
        if words.kind(new, old) == "none":
            first = f"{self.doc.previous.label}と{self.doc.current.label}の{words.change(new, old)}。"
        else:
            first = f"{self.doc.previous.label}（{words.oku(old)}）と比べると、{words.change(new, old)}。"
        if words.kind(new, old) in ("up", "down"):
            rate = interval.growth(new, old)
            if rate is not None:
                first += f"丸めを考えると、増減率は{words.span(rate, 'rate')}のどこかです。"
        if self.stage == "16months":
            first += f"前年度の{SIXTEEN}は、この資料からは分かりません。"
        return first

    def _made_of(self) -> str:
        top = analysis.largest(self.rows, self._key)
        if self.subject.kind == "measure":
            row = self.doc.measures.set_index("id").loc[self.subject.key]
            return f"担当の府省庁は{row['ministry']}、分野は({row['area']})「{self.doc.area_name(row['area'])}」です。"
        if top is None:
            return ""
        unit = "分野" if self.subject.kind == "whole" else "施策"
        holder = f"{top['ministry']}の" if self.subject.kind == "area" else ""
        lead = f"最も大きい{unit}は" if len(analysis.own(self.rows)) > 1 else f"表に載る{unit}は"
        return f"{lead}{holder}「{top['name']}」で、{words.oku(top[self._key])}です。"

    def _extra(self) -> str:
        """補正 of the subject itself, which the sentence names: the one before it may be about a part."""
        extra, name = self.amounts["supplementary"], self.doc.supplementary.label
        whose = f"{self.who}の施策" if self.subject.kind == "ministry" else self.who
        if extra.absent:
            return f"{whose}に、{name}予算の額はありません。"
        if self.stage == "16months":
            ratio = interval.share_of_sum(extra, self.amounts["current"])
            return f"{whose}の{SIXTEEN}のうち、補正は{words.oku(extra)}（{words.percent(ratio)}）です。"
        return f"{whose}の{name}予算は{words.oku(extra)}で、合わせた{SIXTEEN}は{words.oku(self.amounts['sixteen'])}です。"

    # tables and charts ──

    @cached_property
    def numbers(self) -> Table:
        """主な数字: the three columns, the change and the 16か月予算, each with what rounding allows."""
        a, doc = self.amounts, self.doc
        growth = interval.growth(a["current"], a["previous"])
        front = None if a["supplementary"].absent else interval.share_of_sum(a["supplementary"], a["current"])
        of = f"{self._share_of}に占める割合"
        frame = pd.DataFrame(
            {
                "what": [*(c.label for c in doc.columns), "増減（当初どうし）", SIXTEEN],
                "amount": [a[k] for k in ("current", "supplementary", "previous", "difference", "sixteen")],
                "ratio": pd.Series(
                    [
                        self.share if self.stage == "initial" else None,
                        front,
                        None,
                        growth,
                        self.share if self.stage == "16months" else None,
                    ],
                    dtype=object,
                ),
                "meaning": ["", f"{SIXTEEN}のうち補正", "", "増減率", ""],
            }
        )
        frame.loc[0 if self.stage == "initial" else 4, "meaning"] = "" if self.share is None else of
        frame["meaning"] = [m if r is not None else "" for m, r in zip(frame["meaning"], frame["ratio"])]
        columns = [
            Col("what", "何の金額か", keep=True),
            num("amount", "金額（億円）", words.oku_cell, tables.OKU),
            num("amount", "丸めの範囲（億円）", _span, tables.OKU2, True),
            num("ratio", "割合", words.percent, tables.PERCENT),
            num("ratio", "割合の丸めの範囲", lambda x: words.span(x, "percent"), tables.PERCENT, True),
            Col("meaning", "何の割合か"),
        ]
        return tables.build(frame, doc, self._tab("numbers"), f"{self.who}の主な数字", columns, None)

    def _tab(self, what: str) -> str:
        return f"tab-briefing-{what}"

    @property
    def _unit(self) -> str:
        return "分野" if self.subject.kind == "whole" else "施策"

    @property
    def _rows_of(self) -> str:
        """Whose rows they are, for captions."""
        if self.subject.kind == "measure":
            return f"分野({self._area})"
        return self.subject.name

    def _chart(self, name: str, key: str) -> Chart | None:
        """The rows by ``key``, largest first, the small ones as one sum."""
        frame = _top(self.rows, key)
        top = analysis.largest(self.rows, key)  # never the sum of the small ones
        if top is None:
            return None
        stacked = key == "sixteen"
        doc, subject = self.doc, self.subject
        keys = ("supplementary", "current") if stacked else ("previous", "current")
        told = {"supplementary": doc.supplementary, "previous": doc.previous, "current": doc.current}
        if subject.kind == "measure":
            own = self.amounts[key]
            rows = analysis.own(self.rows)
            place = 1 + sum(x.value > own.value for x in rows[key])
            title = (
                f"「{subject.name}」は、分野({self._area})の表に載る{len(rows)}施策の中で{place}番目の大きさ"
                if not own.absent
                else f"「{subject.name}」には、{charts.key_label(doc, key)}の額がない"
            )
        elif subject.kind == "area":
            title = prose.headline(self.rows, key, charts.key_label(doc, key))
        else:
            lead = "最も大きい" if len(analysis.own(frame)) > 1 else "表に載る"
            title = f"{lead}{self._unit}は「{top['name']}」で、{words.oku(top[key])}"
        joined = "と".join(told[k].label for k in keys)
        subtitle = f"{joined}{'の合計' if stacked else ''}（億円）。{self._rows_of}の{self._unit}別、大きい順"
        draw = charts.stacked if stacked else charts.pairs
        figure = draw(
            frame,
            doc,
            name=f"fig-briefing-{name}",
            title=title,
            subtitle=subtitle,
            caption="灰色が補正、色付きが当初です。" if stacked else "灰色が前年度、色付きが今年度です。",
        )
        areas = set(frame.loc[~frame["rest"], "area"])
        colour = style.colour(areas.pop() if len(areas) == 1 else "")
        return Chart(
            title=title,
            subtitle=subtitle,
            stacked=stacked,
            labels=tuple(frame["name"]),
            series=tuple(
                Series(told[k].label, colour if k == "current" else style.PREVIOUS, tuple(frame[k]))
                for k in keys
            ),
            rest=tuple(n for n, rest in enumerate(frame["rest"]) if rest),
            figure=figure,
        )

    @cached_property
    def breakdown(self) -> Section:
        """What it is made of."""
        unit, whole = self._unit, self.subject.kind == "whole"
        found = [
            tables.amounts(
                self.rows,
                self.doc,
                self._tab("rows"),
                f"{self._rows_of}の{unit}と印刷された金額（億円）",
                unit,
            )
        ]
        if whole:
            ministries = analysis.amounts(self.doc, "ministry")
            caption = "府省庁と金額（億円、表に載る施策だけ）"
            found.append(tables.amounts(ministries, self.doc, self._tab("ministries"), caption, "府省庁"))
        return Section("何に、いくらか", self._breakdown_text(), self._chart("rows", self._key), tuple(found))

    def _breakdown_text(self) -> Text:
        if self.subject.kind == "ministry":
            areas = self.rows["area"].unique()
            told = "、".join(f"({a})「{self.doc.area_name(a, short=True)}」" for a in areas)
            return say(
                f"表に載る{self.subject.name}の施策は{len(self.rows)}件で、{words.tsu(len(areas))}の分野（{told}）にあります。"
            )
        if self.subject.kind == "whole":
            return say(prose.gap(self.doc), prose.listing(self.doc))
        return say(prose.listing(self.doc, self._area))

    @cached_property
    def movement(self) -> Section:
        """What rose, fell, is new or is gone since last year's initial budget."""
        moves = self._moves
        frame = moves.assign(
            kind_text=[
                interval.ABSENT if rest else words.KINDS[k] for rest, k in zip(moves["rest"], moves["kind"])
            ],
            difference=[
                interval.NOTHING if k == "none" else d for k, d in zip(moves["kind"], moves["difference"])
            ],
            # A remainder is a difference of sums: a rate of it would claim too much.
            rate=pd.Series(
                [
                    None if rest or k not in ("up", "down", "same") else r
                    for rest, k, r in zip(moves["rest"], moves["kind"], moves["rate"])
                ],
                index=moves.index,
                dtype=object,
            ),
        )
        columns = [
            Col("name", self._unit),
            num("previous", self.doc.previous.label, words.oku_cell, tables.OKU),
            num("current", self.doc.current.label, words.oku_cell, tables.OKU),
            num("difference", "増減", lambda x: words.oku_cell(x, signed=True), tables.SIGNED),
            Col("kind_text", "動き", keep=True),
            num("rate", "増減率", lambda x: words.percent(x, signed=True), tables.SIGNED_PERCENT),
            num("rate", "増減率の丸めの範囲", lambda x: words.span(x, "rate"), tables.SIGNED_PERCENT, True),
        ]
        caption = f"{self._rows_of}の{self._unit}の増減（億円、当初どうし）"
        table = tables.build(frame, self.doc, self._tab("changes"), caption, columns)
        return Section("前年度から、何が動いたか", say(prose.movers(moves, self._unit)), None, (table,))

    @cached_property
    def supplement(self) -> Section:
        """補正, and what 16か月予算 comes to."""
        rows = analysis.own(self.rows)
        named = rows.loc[[not x.absent for x in rows["supplementary"]], "name"].tolist()
        whose = f"{self._rows_of}で補正の額がある{self._unit}は"
        text = (
            f"{whose}{words.tsu(len(named)) if self._unit == '分野' else f'{len(named)}件'}（{words.names(named)}）です。"
            if named
            else f"{whose}、表に載っていません。"
        )
        note = f"前年度の{SIXTEEN}は資料にないので、{SIXTEEN}の増減は分かりません。"
        caption = f"{self._rows_of}の{self._unit}の{SIXTEEN}（億円）"
        table = tables.sixteen(self.rows, self.doc, self._tab("sixteen"), caption, self._unit)
        # In a briefing told by 16か月予算 the first chart shows the same.
        chart = self._chart("sixteen", "sixteen") if named and self.stage == "initial" else None
        return Section("補正予算を合わせると", say(text, note), chart, (table,))

    @cached_property
    def cards(self) -> Section:
        """The programme cards (施策例のシート), in our own words; of the whole, those of its largest measures."""
        if self.subject.kind == "whole":
            largest = _sorted(analysis.own(analysis.sixteen_months(self.doc, "measure")), self._key)
            chosen = largest["name"].tolist()[:CARDS]
            lead = "金額の大きい施策の中身です。ほかの施策の中身は、それぞれの府省庁と分野のブリーフィングにあります。"
        elif self.subject.kind == "measure":
            chosen, lead = [self.subject.name], "この施策の中身です。"
        else:
            chosen = analysis.own(self.rows)["name"].tolist()
            lead = f"{self.subject.name}の施策の中身です。"
        cards = [c for c in self.doc.programmes if {m["measure"] for m in c["measures"]} & set(chosen)]
        frame = pd.DataFrame(
            {
                "sheet": [c["sheet"] for c in cards],
                "measure": ["、".join(m["measure"] for m in c["measures"]) for c in cards],
                "ministry": [c["ministry"] for c in cards],
                "summary": [c["summary"] for c in cards],
                "target": ["、".join(tables.target(t) for t in c["targets"]) or "記載なし" for c in cards],
            }
        )
        columns = [
            Col("sheet", "位置", keep=True),
            Col("measure", "施策"),
            Col("ministry", "府省庁", keep=True),
            Col("summary", "中身"),
            Col("target", "成果目標"),
        ]
        table = tables.build(frame, self.doc, self._tab("cards"), "施策の中身と成果目標", columns, None)
        text = lead + "施策例のシートの内容を、本書の言葉でまとめました。"
        return Section("施策の中身", say(text), None, (table,))

    @cached_property
    def limits(self) -> Text:
        """What cannot be said from the document."""
        doc = self.doc
        lines = []
        left = {a: self._left(a) for a in doc.areas["area"]}
        total = interval.remainder(doc.whole(doc.current), [analysis.listed(doc, doc.current)])
        if self.subject.kind == "ministry":
            lines.append(
                f"{self.subject.name}の予算の全体は分かりません。ここにあるのは表に名前の載る施策だけで、ほかに府省庁の分からない{doc.current.label}予算が{words.oku(total)}あります。"
            )
            lines.append(
                f"{self.subject.name}と分野は別のものです。分野の金額には、ほかの府省庁の施策も入っています。"
            )
        elif self.subject.kind == "whole":
            lines.append(
                f"総額のうち{words.oku(total)}は、どの施策に使うのかが示されていません。" + prose.gap(doc)
            )
            lines.append("府省庁ごとの予算の全体は分かりません。表に載る施策だけを足しています。")
        else:
            area = self._area or ""
            lines.append(
                f"分野({area})の{doc.current.label}予算のうち{words.oku(left[area])}は、どの施策に使うのかが示されていません。"
            )
        if self.subject.kind in ("ministry", "measure"):
            lines.append(
                "切り分けられない支出は、サイバーセキュリティの予算として数えられていません。実際の支出はこれより多いことがあります。"
            )
        wide = self._widest()
        if wide:
            lines.append(wide)
        lines.append(f"執行額（実際に使った額）と、前年度の{SIXTEEN}は、この資料からは分かりません。")
        lines += self._not_on_sheet()
        return points(*lines)

    def _left(self, area: str) -> Interval:
        whole = self.doc.amount("area", f"({area})", self.doc.current)
        return interval.remainder(whole, [analysis.listed(self.doc, self.doc.current, area)])

    def _widest(self) -> str:
        """The growth rate that rounding leaves most open."""
        rows = analysis.own(self._moves)
        if self.subject.kind == "measure":
            rows = rows[rows["name"] == self.subject.name]
        told = [
            (r["rate"], r["name"])
            for r in rows.to_dict("records")
            if r["kind"] in ("up", "down") and r["rate"]
        ]
        if not told:
            return ""
        rate, name = max(told, key=lambda pair: pair[0].high - pair[0].low)
        return f"増減率は、金額が小さいほど丸めで大きく振れます。「{name}」の増減率は{words.span(rate, 'rate')}のどこかで、それより細かくは言えません。"

    def _not_on_sheet(self) -> list[str]:
        if self.subject.kind != "measure":
            return []
        card = next(
            c for c in self.doc.programmes if self.subject.name in {m["measure"] for m in c["measures"]}
        )
        missing = tables.missing(card)
        return [f"シートに記載のない項目：{'、'.join(missing)}。"] if missing else []

    @cached_property
    def sources(self) -> Text:
        """出典と注."""
        return prose.sources(self.doc)

    @property
    def sections(self) -> tuple[Section, ...]:
        """All parts with tables, in order."""
        first = Section("主な数字", say(), None, (self.numbers,))
        return (first, self.breakdown, self.movement, self.supplement, self.cards)

    @property
    def tables(self) -> tuple[Table, ...]:
        """All tables, in order."""
        return tuple(chain.from_iterable(section.tables for section in self.sections))


def _span(amount: Interval) -> str:
    return interval.ABSENT if amount.absent else words.span_cell(amount, "oku", 2)


def _sorted(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """Largest first; equal amounts in printed order."""
    return rows.sort_values(
        key, key=lambda column: [-x.value for x in column], kind="stable", ignore_index=True
    )


def _top(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """The largest rows, the others as one sum, and the remainder last."""
    own = _sorted(analysis.own(rows), key)
    rest = rows[rows["rest"]]
    if len(own) > MOST + 1:
        small = own.iloc[MOST:]
        keys = ("current", "supplementary", "previous", "sixteen")
        areas = set(small["area"])
        others = {
            "id": "",
            "name": f"ほか{len(small)}件",
            "area": areas.pop() if len(areas) == 1 else "",
            "ministry": "",
            "rest": False,
            "front": None,
            **{k: interval.total(small[k]) for k in keys},
        }
        own = pd.concat([own.iloc[:MOST], pd.DataFrame([others], columns=own.columns)])
    return pd.concat([own, rest], ignore_index=True)


def make(
    fiscal_year: int | None = None,
    ministry: str = "",
    area: str = "",
    measure: str = "",
    stage: str = "initial",
) -> Briefing:
    """The briefing for the question at hand.

    Parameters
    ----------
    fiscal_year : int, optional
        Of the document; the newest one where left out.
    ministry, area, measure : str
        What it is about, see :func:`subject`; the whole government where all are empty.
    stage : {"initial", "16months"}

    Raises
    ------
    RequestError
        Where it cannot be made as asked.
    DataError
        Where the document cannot be read.
    """
    doc = document(fiscal_year)
    return Briefing(doc, subject(doc, ministry, area, measure), stage)


FORMATS = {"html": "HTML", "pdf": "PDF", "pptx": "スライド", "xlsx": "表計算", "ipynb": "ノートブック"}


def ready(doc: Document, name: str, caption: str) -> Table:
    """The briefings that the built book holds, each format to download."""
    found = {Briefing(doc, s).slug: s.name for s in subjects(doc)}
    frame = pd.DataFrame({"who": list(found.values()), "slug": list(found), **FORMATS})
    links = [Col(kind, label, keep=True, href=_file(kind)) for kind, label in FORMATS.items()]
    return tables.build(frame, doc, name, caption, [Col("who", "何について", keep=True), *links], None)


def _file(kind: str) -> Callable[[dict[str, str]], str]:
    """The address of a file of a row's briefing in the built book."""
    return lambda row: f"../_files/briefing/{row['slug']}/{row['slug']}.{kind}"

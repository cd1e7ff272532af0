"""A briefing that compares one subject in the documents of several years."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import pandas as pd

import cyberbudget as cb
from cyberbudget import analysis, interval, style, tables, words, worked
from cyberbudget.display import Col, Table, Text, num, points
from cyberbudget.findings import UNREAD, Finding
from cyberbudget.interval import NOTHING, Interval
from cyberbudget.load import Column, Document
from cyberbudget.worked import Numbers

from .chart import Chart, Series
from .compare import Comparison, amount
from .content import NONE, SIXTEEN, UNCOUNTED, Amounts, Briefing, Section
from .question import Subject


class Plain(Column):
    """A column of no year in particular, for tables and pictures whose rows are years."""

    @property
    def label(self) -> str:
        return {"current": "当初", "supplementary": "前年度の補正", "previous": "前年度の当初"}[self.role]


def of(parts: Sequence[Briefing]) -> Years:
    """The comparison of briefings on one subject by the documents of several years, in any order."""
    parts = sorted(parts, key=lambda part: part.doc.meta["fiscal_year"])
    last = parts[-1]
    plain: dict[str, Any] = {
        column.role: Plain(column.name, column.fiscal_year, column.stage, column.printed, column.role)
        for column in last.doc.columns
    }
    slugs = [part.doc.folder.name for part in parts]
    slug = "-".join([*slugs[1:], last.subject.slug])
    subject = Subject("comparison", last.subject.key, last.subject.name, slug)
    return Years(replace(last.doc, **plain), subject, last.stage, tuple(parts))


@dataclass(frozen=True)
class Years(Comparison):
    """One subject by the documents of several years, the oldest first."""

    unit, by, adds = "年度", "year", ()  # years do not add up
    roles = (("order",), ("steps",), ("sixteens",))
    asked = ("agrees", "why")

    @property
    def slug(self) -> str:
        """fy2024-fy2025-mic, fy2024-fy2025-mic-16months."""
        return f"{self.parts[0].doc.folder.name}-{self.subject.slug}{self.stage.tail}"

    @property
    def title(self) -> str:
        first, last = (words.era(part.doc.meta["fiscal_year"]) for part in (self.parts[0], self.parts[-1]))
        what = SIXTEEN if self.stage.key == "sixteen" else "当初"
        return f"{self.who}の{self.parts[-1].money}：{first}から{last}まで（{what}）"

    @property
    def who(self) -> str:
        return self.parts[-1].who

    @property
    def year(self) -> str:
        """The years of the documents, as they are asked for."""
        return "、".join(str(part.doc.meta["fiscal_year"]) for part in self.parts)

    @property
    def headline(self) -> str:
        return self.take("order")[0].title

    @property
    def docs(self) -> tuple[Document, ...]:
        return tuple(part.doc for part in self.parts)

    @property
    def measures(self) -> list[dict[str, Any]]:  # type: ignore[override]
        return []

    def _printed(self) -> Amounts:
        return {role: self.parts[-1].amounts[role] for role in ("current", "supplementary", "previous")}

    @cached_property
    def rows(self) -> pd.DataFrame:
        """A row for each year."""
        area = self.parts[-1].scope.get("area", "")
        records = [
            {"id": "", "name": _year(part), "area": area, "ministry": "", "rest": False, **part.amounts}
            | {"rate": part.rate if part.kind in ("up", "down", "same") else None, "front": part.front}
            for part in self.parts
        ]
        return pd.DataFrame(records).astype({"rate": object, "front": object})

    # findings ──

    def _findings(self) -> Iterator[Finding]:
        yield self._order()
        yield from self._steps()
        yield from self._sixteens()
        yield from self._agrees()
        text = f"それぞれの年度の資料が述べることは、その年度のブリーフィングにあります。年度をまたぐ増減の理由は、{UNREAD}。"
        yield self.note("why", "なぜ変わったのか。", "変わった理由", text, Numbers())

    def _told(self, key: str, n: Numbers) -> str:
        """From the first year to the last, and what lies between."""
        amounts = [part.amounts[key] for part in self.parts]
        written = [amount(key, part) for part in self.parts]
        named = [
            f"{_year(part)}が{'「—」' if x.absent else n(one)}"
            for x, part, one in zip(amounts, self.parts, written)
        ]
        moved = words.moved(written[-1].value, written[0].value)
        by = "" if written[0].value == written[-1].value else n(worked.apart(written[-1], written[0]))
        kind, rate = words.kind(amounts[-1], amounts[0]), interval.growth(amounts[-1], amounts[0])
        percent = f"（{words.percent(rate, signed=True)}）" if kind in ("up", "down") and rate else ""
        return f"{'、'.join(named)}です。{_year(self.parts[0])}から{by}{moved}{percent}。"

    def _order(self) -> Finding:
        n, key = Numbers(), self.stage.key
        text = f"{self.parts[-1].whose}の{self.what}は、{self._told(key, n)}"
        return self.note("order", "増えたのか、減ったのか。", self._from_to(self.what, key), text, n)

    @property
    def what(self) -> str:
        """What its amounts are called."""
        return SIXTEEN if self.stage.key == "sixteen" else "当初予算"

    def _from_to(self, what: str, key: str) -> str:
        """A title: 当初予算は、令和6年度の52.4億円から令和7年度の133.6億円へ."""
        ends = []
        for part in (self.parts[0], self.parts[-1]):
            found = part.amounts[key]
            ends.append(f"{_year(part)}の{'「—」' if found.absent else words.oku(found)}")
        return f"{what}は、{'から'.join(ends)}へ"

    def _steps(self) -> Iterator[Finding]:
        """Which rows came, went and moved most between the first year and the last."""
        n, rows = Numbers(), [row for row in self._by_row().to_dict("records") if not row["rest"]]
        if not rows:
            return
        first, last = self.parts[0], self.parts[-1]
        unit = self.parts[-1].unit
        came = [r["name"] for r in rows if r["first"] is None]
        gone = [r["name"] for r in rows if r["last"] is None]
        top = max(rows, key=lambda r: abs(r["change"].value))
        told = [f"{_year(last)}の資料で加わったのは{words.names(came)}です。"] if came else []
        told += [f"{_year(last)}の資料に載っていないのは{words.names(gone)}です。"] if gone else []
        if top["change"].value:
            moved = worked.printed(top["last"] or NOTHING) - worked.printed(top["first"] or NOTHING)
            signed = n(moved, lambda x: words.oku(x, signed=True))
            told.append(f"最も大きく動いた{unit}は「{top['name']}」で、{_year(first)}から{signed}です。")
        if told:
            title = f"最も大きく動いたのは「{top['name']}」" if top["change"].value else "載る施策の出入り"
            yield self.note("steps", f"どの{unit}が動いたのか。", title, "".join(told), n)

    def _sixteens(self) -> Iterator[Finding]:
        """What one document alone cannot tell."""
        if self.stage.key == "sixteen" or all(part.amounts["supplementary"].absent for part in self.parts):
            return
        n = Numbers()
        text = f"補正を合わせた{SIXTEEN}は、{self._told('sixteen', n)}"
        yield self.note(
            "sixteens", "補正を含めて比べると、増えたのか。", self._from_to(SIXTEEN, "sixteen"), text, n
        )

    def _agrees(self) -> Iterator[Finding]:
        """Whether a document repeats what the one before said of its own year."""
        n, told = Numbers(), []
        for old, new in pairwise(self.parts):
            year, then = _year(old), new.doc.previous
            if then.fiscal_year != old.doc.meta["fiscal_year"]:
                continue
            before, again = old.worked("current"), new.worked("previous")
            lead = f"{year}当初の額は、{_year(new)}の資料でも"
            if before.value == again.value:
                told.append(f"{lead}{n(again)}で、同じです。")
            else:
                gap = n(worked.apart(before, again))
                told.append(
                    f"{year}当初の額は、{year}の資料では{n(before)}、{_year(new)}の資料では{n(again)}で、{gap}違います。理由は、{UNREAD}。"
                )
        if told:
            yield self.note("agrees", "前の資料の数字と合うか。", "前の資料と合うか", "".join(told), n)

    # sections ──

    def _by_row(self) -> pd.DataFrame:
        """The rows of the subject by name, with 当初 of every year (None where the document has no such row)."""
        if self.parts[-1].subject.kind == "measure":
            return pd.DataFrame()
        found: dict[tuple[bool, str], dict[str, Interval]] = {}
        for part in self.parts:
            for row in part.rows.to_dict("records"):
                found.setdefault((row["rest"], row["name"]), {})[_year(part)] = row["current"]
        first, last = _year(self.parts[0]), _year(self.parts[-1])
        records = [
            {"name": name, "rest": rest, **{_year(part): by.get(_year(part)) for part in self.parts}}
            | {"first": by.get(first), "last": by.get(last)}
            | {"change": (by.get(last) or NOTHING) - (by.get(first) or NOTHING)}
            for (rest, name), by in sorted(found.items(), key=lambda pair: pair[0][0])
        ]
        return pd.DataFrame(records).astype(object)

    def _picture(self, name: str, title: str) -> Chart | None:
        """The years from the oldest to the newest in one picture, by the 16か月予算 or by 当初."""
        key = "sixteen" if name == "sixteen" else self.stage.key
        if not any(amount.value for amount in self.rows[key]):
            return None
        stacked = key == "sixteen"
        keys = ("supplementary", "current") if stacked else ("current",)
        own = style.colour(self.rows["area"].iloc[0])
        colours = (style.tint(own, style.PALE), own) if stacked else (own,)
        labels = {column.role: column.label for column in self.doc.columns}
        subtitle = f"{'と'.join(labels[k] for k in keys)}{'の合計' if stacked else ''}（億円）。年度の順"
        told: dict[str, Any] = {"subtitle": subtitle, "source": self.source, "title": title}
        told |= {
            "name": f"fig-briefing-{name}",
            "caption": "薄い色が補正、濃い色が当初です。" if stacked else "",
        }
        series = tuple(Series(labels[k], colour, tuple(self.rows[k])) for k, colour in zip(keys, colours))
        return Chart(
            title,
            subtitle,
            "sixteen" if stacked else "now",
            tuple(self.rows["name"]),
            series,
            (),
            lambda: (cb.charts.stacked if stacked else cb.charts.bars)(
                analysis.plain(self.rows), self.doc, **told
            ),
        )

    @cached_property
    def numbers(self) -> Table:
        columns = [
            Col("name", "資料の年度", keep=True),
            num("current", "当初", words.oku_cell, tables.OKU, unit=tables.UNIT),
            num("previous", "前年度の当初", words.oku_cell, tables.OKU, unit=tables.UNIT),
            num("change", "増減", lambda x: words.oku_cell(x, signed=True), tables.SIGNED, unit=tables.UNIT),
            num("rate", "増減率", lambda x: words.percent(x, signed=True), tables.SIGNED_PERCENT),
            num("rate", "増減率の丸めの範囲", lambda x: words.span(x, "rate"), tables.SIGNED_PERCENT, True),
        ]
        caption = f"{self.who}の金額と増減（億円、それぞれの年度の資料による）"
        return tables.build(self.rows, self.doc, "tab-briefing-numbers", caption, columns, source=self.source)

    @cached_property
    def breakdown(self) -> Section:
        frame, unit = self._by_row(), self.parts[-1].unit
        table = self._amounts("tab-briefing-rows")
        if not frame.empty:
            columns = [Col("name", unit)]
            for year in map(_year, self.parts):
                columns.append(num(year, f"{year}当初", _listed, tables.OKU, unit=tables.UNIT))
            columns.append(
                num(
                    "change",
                    "増減",
                    lambda x: words.oku_cell(x, signed=True),
                    tables.SIGNED,
                    unit=tables.UNIT,
                )
            )
            caption = f"{self.who}の{unit}と当初の額（億円）"
            table = tables.build(frame, self.doc, "tab-briefing-rows", caption, columns, "rest", self.source)
        new, old = (part.amounts[self.stage.key] for part in (self.parts[-1], self.parts[0]))
        title = f"{self.what}は{_year(self.parts[0])}と{words.KINDS['same']}"
        if new.value != old.value:
            way = "増" if new.value > old.value else "減"
            title = f"{self.what}は{_year(self.parts[0])}から{words.oku(abs(new.value - old.value))}の{way}"
        drawn = self._picture("rows", title)
        return self.section("年度ごとに、いくらか", title, ("order", "steps"), {"rows": table}, drawn)

    def _amounts(self, name: str) -> Table:
        caption = f"{self.who}の金額（億円、それぞれの年度の資料による）"
        columns = [Col("name", "資料の年度", keep=True)]
        columns += [
            num(column.role, column.label, words.oku_cell, tables.OKU, unit=tables.UNIT)
            for column in self.doc.columns
        ]
        return tables.build(self.rows, self.doc, name, caption, columns, source=self.source)

    @property
    def movement(self) -> Section:  # type: ignore[override]
        return NONE

    @cached_property
    def supplement(self) -> Section:
        if all(part.amounts["supplementary"].absent for part in self.parts):
            return NONE
        title, caption = self._from_to(SIXTEEN, "sixteen"), f"{self.who}の{SIXTEEN}（億円）"
        table = tables.sixteen(self.rows, self.doc, "tab-briefing-sixteen", caption, "資料の年度")
        table = replace(table, source=self.source)
        # By which the first picture is drawn already.
        drawn = None if self.stage.key == "sixteen" else self._picture("sixteen", title)
        return self.section("補正予算を合わせると", title, ("sixteens",), {"sixteen": table}, drawn)

    @property
    def cards(self) -> Section:  # type: ignore[override]
        return NONE

    @cached_property
    def limits(self) -> Text:
        return points(*self._unknown())

    def _unknown(self) -> list[str]:
        return [
            "年度によって、資料が数える範囲や施策の括り方が違うことがあります。表の額の動きが、そのためかどうかは分かりません。",
            UNCOUNTED,
        ]


def _year(part: Briefing) -> str:
    return words.era(part.doc.meta["fiscal_year"])


def _listed(amount: Interval | None) -> str:
    return "載っていない" if amount is None else words.oku_cell(amount)

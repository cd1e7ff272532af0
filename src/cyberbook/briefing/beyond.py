"""What stands outside the document, as far as a briefing's subject has it: what was spent, who received it, and what
part of a larger budget it is. The one door of the briefings to :mod:`cyberbudget.context`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache, cached_property
from pathlib import Path

import pandas as pd

from cyberbudget import context, outside, tables, words
from cyberbudget.context import OKU, Context
from cyberbudget.display import Col, Table, num
from cyberbudget.findings import DEFENCE, TRIVIAL, Finding
from cyberbudget.interval import ABSENT, NOTHING, Interval
from cyberbudget.load import Document, data_root
from cyberbudget.worked import Numbers, Worked

REVIEW = "行政事業レビュー"
FIVE = 5  # recipients that are named


@cache
def _known(root: Path) -> Context:
    return context.load(root)


def _yen(amount: int) -> Worked:
    """Yen as 億円, with how it is written in the source."""
    return Worked(Fraction(int(amount), OKU), f"{amount:,}円")


def _money(amount: Fraction) -> str:
    """An amount known to the yen: 15.3億円; below 1億円 in 万円."""
    return words.oku(amount) if amount >= 1 else f"{words.plain(amount * 10_000, 0)}万円"


def _cell(amount: Interval) -> str:
    return ABSENT if amount.absent else words.plain(amount.value, 2)


def _exact(amount: int) -> Interval:
    value = Fraction(int(amount), OKU)
    return Interval(value, value, value)


class Beyond:
    """What is known of the measures of a subject; empty of all of it where none of them is matched to a project.

    Parameters
    ----------
    doc : Document
    subject : str
        Of the findings: ``whole``, ``area/3``, ``ministry/総務省``, ``measure/(2)-⑪``.
    measures : collection of str
        Its measures.
    money : Fraction
        What it has of both budgets, 億円, by which the salience of what is said is told.
    """

    def __init__(self, doc: Document, subject: str, measures: Collection[str], money: Fraction) -> None:
        self.doc, self.subject, self.count, self.money = doc, subject, len(measures), money
        self.context = _known(data_root())
        self.projects = self.context.projects[self.context.projects["measure"].isin(measures)]
        paid = self.context.recipients[self.context.recipients["measure"].isin(measures)]
        years = sorted(set(self.projects["fiscal_year"]) & set(paid["fiscal_year"]))
        self.year = years[-1] if years else 0  # the latest of which the payments are known too

    @property
    def matched(self) -> list[str]:
        """Its measures that are matched to a project."""
        return list(dict.fromkeys(self.projects["measure"]))

    @property
    def scope(self) -> str:
        """Of which measures it is known, where not of all of them: 対応が付いた15施策; of one that stands for itself, nothing."""
        if len(self.matched) == self.count:
            return ""
        return (
            f"対応が付いた「{self.matched[0]}」"
            if len(self.matched) == 1
            else f"対応が付いた{len(self.matched)}施策"
        )

    @property
    def _of(self) -> str:
        return f"{self.scope}の、" if self.scope else ""

    @cached_property
    def spent(self) -> pd.DataFrame:
        """What was spent: both years of one measure, the latest year of several, in yen."""
        one = len(self.matched) == 1
        return self.projects if one else self.projects.query("fiscal_year == @self.year")

    @cached_property
    def paid(self) -> pd.DataFrame:
        """Who received it in the latest year, the largest first: recipient, amount (億円), source."""
        rows = context.payments(self.context, self.year)
        rows = rows[rows["measure"].isin(self.matched)]
        if rows.empty:
            return rows
        found = rows.groupby("recipient", as_index=False, sort=False).agg(
            amount=("amount", "sum"), source=("source", "first")
        )
        return found.sort_values("amount", ascending=False, kind="stable", ignore_index=True)

    # ── sentences ──

    @cached_property
    def findings(self) -> list[Finding]:
        """What is worth saying of it; empty where nothing is known."""
        return [*self._shares(), *self._spent(), *self._differs(), *self._paid()]

    def _said(
        self, name: str, question: str, title: str, text: str, salience: Fraction, n: Numbers
    ) -> Finding:
        place = f"context/{'予算書' if name == 'part' else REVIEW}/"
        return Finding(name, question, title, text, {self.subject: salience}, (place,), (), n.kept)

    def _shares(self) -> Iterator[Finding]:
        """The whole as a part of the budget of the state, 防衛省's measures as a part of its own."""
        year = self.doc.current.fiscal_year
        if self.subject == "whole":
            table, who, of = context.shares(self.context, self.doc, "general_account"), "総額", "国の一般会計"
        elif self.subject == f"ministry/{DEFENCE}":
            table, who, of = context.of_ministry(self.context, self.doc), "この額", f"{DEFENCE}所管の予算"
        else:
            return
        for row in table[table["fiscal_year"] == year].to_dict("records"):
            n, whole = Numbers(), _yen(row["amount_yen"])
            part = Worked(words.precise(row["amount"]), words.oku_cell(row["amount"])) / whole
            all_of = n(whole, outside.cho)
            per = n(part, lambda x: f"{words.plain(x * 10_000, 0)}円")
            text = f"{who}は、{words.era(year)}の{of}（当初）{all_of}の{n.percent(part, 2)}です。1万円のうち{per}にあたります。"
            yield self._said(
                "part", "国の予算のどれほどか", f"{of}1万円のうち{per}", text, Fraction(1, 20), n
            )

    def _spent(self) -> Iterator[Finding]:
        if not self.year:
            return
        n, told = Numbers(), list[str]()
        for year in sorted(set(self.projects["fiscal_year"]), reverse=True):
            rows = self.projects.query("fiscal_year == @year")
            budget, used, on = (
                _yen(rows[f"{key}_yen"].sum()) for key in ("budget", "executed", "carried_out")
            )
            if not budget.value:
                continue
            when, rate = words.era(year), n.percent(used / budget)
            kept = f"{n(on, _money)}は翌年度に繰り越されました" if on.value * 50 >= budget.value else ""
            if not told and used.value == budget.value:
                text = f"{when}に使えた予算{n(budget, _money)}は、すべて使われました"
            elif not told:
                text = f"{when}に使えた予算{n(budget, _money)}のうち、使われたのは{n(used, _money)}（{rate}）です"
                text += f"。{kept}" if kept else ""
            elif not used.value:
                text = f"{when}には使われず、{kept}" if kept else f"{when}には使われていません"
            else:
                text = (
                    f"{when}に使われたのは{rate}で、{kept}" if kept else f"{when}に使われたのは{rate}でした"
                )
            told.append(f"{text}。")
        if not told:
            return
        whose = "" if self.count == 1 else f"{self.scope or f'対応が付いた{self.count}施策'}では、"
        if len(self.matched) < self.count:
            told.append(f"残る{self.count - len(self.matched)}施策の執行は分かりません。")
        last = self.projects.query("fiscal_year == @self.year")
        sums = [int(last[f"{key}_yen"].sum()) for key in ("executed", "budget")]
        part = Fraction(sums[0], max(sums[1], 1))
        within = f"{self.scope}では、" if self.scope else ""
        title = f"{words.era(self.year)}は、{within}使えた予算の{words.percent(part)}が使われた"
        text = f"{REVIEW}によると、{whose}{''.join(told)}"
        yield self._said("spent", "使われたのか", title, text, max(1 - part, Fraction(1, 10)), n)

    def _differs(self) -> Iterator[Finding]:
        """Where a project tells another amount than the document prints, by more than a trifle."""
        table = context.compared(self.context, self.doc)
        table = table[table["measure"].isin(self.matched) & ~table["agree"]]
        for row in table.to_dict("records"):
            salience = min(abs(words.precise(row["gap"])) / max(self.money, Fraction(1)), Fraction(1))
            if salience < TRIVIAL:
                continue
            n = Numbers()
            printed = "「—」" if row["printed"] == "—" else words.as_printed(row["printed"], "億円")
            what = f"{words.era(row['fiscal_year'])}{words.stage(row['stage'])}"
            whose = "" if self.count == 1 else f"「{row['measure']}」の"
            text = f"{whose}{what}は、資料では{printed}ですが、{REVIEW}では{n(_yen(row['yen']), _money)}です。違いの理由は分かりません。"
            title = f"{what}の額は、資料と{REVIEW}で違う"
            yield self._said("differs", "資料とほかの出典は合うか", title, text, salience, n)

    def _paid(self) -> Iterator[Finding]:
        if self.paid.empty:
            return
        n, whole, first = Numbers(), self._amount(self.paid), self._amount(self.paid.head(1))
        who, share = self.paid["recipient"].iloc[0], first.value / self._amount(self.paid).value
        within = f"{self.scope}について、" if self.scope else ""
        lead = f"{within}{words.era(self.year)}に国が直接払った{n(whole, _money)}"
        if share > Fraction(999, 1000):
            text = f"{lead}は、{'すべて' if len(self.paid) == 1 else 'ほぼすべて'}{who}が受け取りました。"
        else:
            text = f"{lead}のうち、{n(first, _money)}（{n.percent(first / whole)}）は{who}が受け取りました。"
        title = f"{f'{self.scope}の' if self.scope else '直接の'}支払いの{words.portion(share)}は、{who}"
        yield self._said("paid", "どこに払われたのか", title, text, share / 4, n)

    @staticmethod
    def _amount(rows: pd.DataFrame) -> Worked:
        return _yen(round(float(rows["amount"].sum()) * OKU))

    # ── tables ──

    @property
    def tables(self) -> dict[str, Table]:
        """What was spent and who received it; empty where nothing is known."""
        found: dict[str, Table] = {}
        if self.year and self.spent["budget_yen"].any():
            found["spent"] = self._spent_table()
        if len(self.paid) > 1:
            found["paid"] = self._paid_table()
        return found

    def _spent_table(self) -> Table:
        """The years of one measure, or the measures of one year with their sum."""
        rows, one = self.spent[self.spent["budget_yen"] > 0], len(self.matched) == 1
        names = [words.era(year) for year in rows["fiscal_year"]] if one else list(rows["measure"])
        steps = {key: list(rows[f"{key}_yen"]) for key in ("budget", "executed", "carried_out")}
        if not one:
            names, steps = [*names, "合計"], {key: [*found, sum(found)] for key, found in steps.items()}
        rates = [Fraction(int(used), int(budget)) for used, budget in zip(steps["executed"], steps["budget"])]
        exact = {key: [_exact(yen) if yen else NOTHING for yen in found] for key, found in steps.items()}
        frame = pd.DataFrame(
            {"name": names, **exact, "rate": [Interval(rate, rate, rate) for rate in rates]}, dtype=object
        )
        columns = [
            Col("name", "年度" if one else "施策", keep=one),
            num("budget", "使えた予算", _cell, tables.OKU2, unit=tables.UNIT),
            num("executed", "執行額", _cell, tables.OKU2, unit=tables.UNIT),
            num("rate", "執行率", words.percent, tables.PERCENT),
            num("carried_out", "翌年度へ繰越し", _cell, tables.OKU2, unit=tables.UNIT),
        ]
        when = "" if one else f"、{words.era(self.year)}"
        caption = f"{self._of}使えた予算（歳出予算現額）と執行額（億円{when}、{REVIEW}）"
        source = self.context.source(rows)
        table = tables.build(frame, self.doc, "tab-briefing-spent", caption, columns, None, source)
        return replace(table, summed=not one)

    def _paid_table(self) -> Table:
        whole, rows = self._amount(self.paid).value, self.paid
        large = [n for n, x in enumerate(rows["amount"]) if words.precise(x) * 100 >= whole]
        shown = rows.head(min(FIVE, len(large)))
        named = [(r["recipient"], words.precise(r["amount"])) for r in shown.to_dict("records")]
        if len(rows) > len(named):
            left = whole - sum(amount for _, amount in named)
            named.append((f"ほか{len(rows) - len(named)}件", left))
        records = [
            {"name": name, "amount": Interval(x, x, x), "share": Interval(x / whole, x / whole, x / whole)}
            for name, x in named
        ]
        columns = [
            Col("name", "支出先"),
            num("amount", "金額（億円）", _cell, tables.OKU2),
            num("share", "割合", words.percent, tables.PERCENT),
        ]
        caption = f"{self._of}国が直接払った先（{words.era(self.year)}、{REVIEW}）"
        source = self.context.source(rows)
        return tables.build(
            pd.DataFrame(records), self.doc, "tab-briefing-paid", caption, columns, None, source
        )

    @property
    def source(self) -> str:
        """Where it comes from; empty where nothing is known."""
        keys = [*self.spent["source"], *self.paid["source"]] if self.year else []
        if any(f.name == "part" for f in self.findings):
            what, year = (
                "general_account" if self.subject == "whole" else "defence",
                self.doc.current.fiscal_year,
            )
            rows = self.context.denominators
            keys += list(rows.loc[(rows["what"] == what) & (rows["fiscal_year"] == year), "source"])
        told: dict[str, list[str]] = {}
        for reference in (self.context.references[key] for key in dict.fromkeys(keys)):
            told.setdefault(reference.author, []).append(f"「{reference.title}」{reference.year}年")
        named = "、".join(f"{author}{'、'.join(titles)}" for author, titles in told.items())
        return f"ほかの出典：{named}を加工して作成" if told else ""

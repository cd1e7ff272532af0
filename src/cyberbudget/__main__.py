"""``python -m cyberbudget check``: what was read, what adds up, what does not and by how much."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass

import pandas as pd

from . import exact, interval, words
from .errors import DataError
from .load import Document, load


@dataclass(frozen=True)
class Verdict:
    """What a check found: sheets against the table, and the document's statements about its own numbers."""

    sheets: pd.DataFrame
    statements: pd.DataFrame

    @property
    def contradictions(self) -> list[str]:
        """Where and what: everything that rounding cannot explain."""
        apart = self.sheets[self.sheets["verdict"] == exact.APART]
        fails = self.statements[self.statements["verdict"] == exact.FAILS]
        pairs = [*zip(apart["sheet"], apart["what"]), *zip(fails["locator"], fails["quote"])]
        return [" ".join(pair) for pair in pairs]


def check(doc: Document) -> Verdict:
    """Compare whatever the document says twice."""
    return Verdict(exact.reconcile(doc), exact.statements(doc))


def report(doc: Document, verdict: Verdict) -> list[str]:
    """The lines of the check, in Japanese."""
    lines = [
        f"読み込み：{doc.meta['title']}（{words.era(doc.meta['fiscal_year'])}、{doc.meta['number']}、{doc.meta['edition']}）",
        f"  分野 {len(doc.areas)}、施策 {len(doc.measures)}、府省庁 {doc.measures['ministry'].nunique()}、"
        f"シート {len(doc.programmes)}、シートの金額 {len(doc.sheets)}、資料の言葉 {len(doc.statements)}",
    ]
    areas = exact.amounts(doc, "area")
    for column in doc.columns:
        known, left = interval.total(exact.own(areas)[column.role]), areas[column.role].iloc[-1]
        lines.append(
            f"{column.label}：総額 {words.oku(doc.whole(column))}、分野の合計 {words.oku(known)}、"
            f"{words.OUTSIDE_AREAS} {words.oku(left)}"
        )
    for row in exact.coverage(doc).query("level == 'area'").to_dict("records"):
        lines.append(
            f"  {row['id']} {row['column'].label}：資料 {words.oku(row['whole'])}、施策の合計 {words.oku(row['listed'])}、"
            f"{words.UNLISTED} {words.oku(row['left'])}"
        )
    return [
        *lines,
        "シートと表の突き合わせ：" + _counts(verdict.sheets),
        "資料の言葉の検算：" + _counts(verdict.statements),
        f"人の解説（commentary.yaml）：{len(doc.commentary)}件"
        if doc.commentary
        else "人の解説がありません（commentary.yaml）",
        *(
            f"  いまの資料と合わない解説「{c.name}」：{'、'.join(c.broken)}"
            for c in doc.commentary
            if c.broken
        ),
        *(f"  合いません：{found}" for found in verdict.contradictions),
    ]


def _counts(frame: pd.DataFrame) -> str:
    return "、".join(f"{verdict} {count}件" for verdict, count in frame["verdict"].value_counts().items())


def main(arguments: list[str] | None = None) -> int:
    """Command line; 0 where all is sound, 1 where something does not add up, 2 where nothing could be read."""
    parser = argparse.ArgumentParser(prog="python -m cyberbudget", description="予算の資料を読み、確かめます")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")
    asked = commands.add_parser("check", help="読み込んだもの、合うもの、合わないものと差を示します")
    asked.add_argument("folder", nargs="?", help="資料のフォルダー（例 data/fy2024）。省くと最新の資料")
    try:
        doc = load(parser.parse_args(arguments).folder)
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    verdict = check(doc)
    print("\n".join(report(doc, verdict)))
    return 1 if verdict.contradictions else 0


if __name__ == "__main__":
    sys.exit(main())

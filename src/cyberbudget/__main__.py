"""``python -m cyberbudget check``: what was read, what adds up, what does not and by how much."""

from __future__ import annotations

import argparse
import sys

from . import analysis, words
from .errors import DataError
from .load import Document, load


def report(doc: Document) -> list[str]:
    """The lines of the check, in Japanese."""
    lines = [
        f"読み込み：{doc.meta['title']}（{words.era(doc.meta['fiscal_year'])}、{doc.meta['number']}、{doc.meta['edition']}）",
        f"  分野 {len(doc.areas)}、施策 {len(doc.measures)}、府省庁 {doc.measures['ministry'].nunique()}、"
        f"シート {len(doc.programmes)}、シートの金額 {len(doc.sheets)}、資料の言葉 {len(doc.statements)}",
    ]
    areas = analysis.amounts(doc, "area")
    for key, column in zip(("current", "supplementary", "previous"), doc.columns):
        known = analysis.interval.total(areas.loc[~areas["rest"], key])
        lines.append(
            f"{column.label}：総額 {words.oku(doc.whole(column))}、分野の合計 {words.oku(known)}、"
            f"{words.OUTSIDE_AREAS} {words.oku(areas[key].iloc[-1])}"
        )
    for row in analysis.coverage(doc).to_dict("records"):
        if row["level"] == "area":
            lines.append(
                f"  {row['id']} {row['column'].label}：資料 {words.oku(row['whole'])}、施策の合計 {words.oku(row['listed'])}、"
                f"{words.UNLISTED} {words.oku(row['left'])}"
            )
    lines += ["シートと表の突き合わせ：" + _counts(analysis.reconcile(doc))]
    lines += ["資料の言葉の検算：" + _counts(analysis.statements(doc))]
    for frame, verdict in (
        (analysis.reconcile(doc), analysis.APART),
        (analysis.statements(doc), analysis.FAILS),
    ):
        for row in frame[frame["verdict"] == verdict].to_dict("records"):
            lines.append(
                f"  合いません：{row.get('sheet') or row.get('locator')} {row.get('what') or row.get('quote')}"
            )
    return lines


def _counts(frame) -> str:
    return "、".join(f"{verdict} {count}件" for verdict, count in frame["verdict"].value_counts().items())


def main(arguments: list[str] | None = None) -> int:
    """Command line; 0 where all is sound, 1 where something does not add up, 2 where nothing could be read."""
    parser = argparse.ArgumentParser(prog="python -m cyberbudget", description="予算の資料を読み、確かめます")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")
    check = commands.add_parser("check", help="読み込んだもの、合うもの、合わないものと差を示します")
    check.add_argument("folder", nargs="?", help="資料のフォルダー（例 data/fy2024）。省くと最新の資料")
    chosen = parser.parse_args(arguments)
    try:
        doc = load(chosen.folder)
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    lines = report(doc)
    print("\n".join(lines))
    return 1 if any(line.startswith("  合いません") for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())

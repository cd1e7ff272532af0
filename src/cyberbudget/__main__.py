"""``python -m cyberbudget check``: what was read, what adds up, what does not and by how much."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

from . import draft, editions, exact, interval, package, words, years
from .errors import DataError
from .load import AGAIN, Document, books, data_root, drafted, folders, load, questions


def check(doc: Document) -> tuple[list[str], list[str]]:
    """Compare whatever the document says twice: the lines to show, and what rounding cannot explain."""
    lines, contradictions = _beside(doc) if doc.bare else _compared(doc)
    contradictions += _slips(doc)
    return [*lines, *(f"  合いません：{found}" for found in contradictions)], contradictions


def _compared(doc: Document) -> tuple[list[str], list[str]]:
    """What a whole document says twice."""
    sheets, said = exact.reconcile(doc), exact.statements(doc)
    apart, fails = sheets[sheets["verdict"] == exact.APART], said[said["verdict"] == exact.FAILS]
    pairs = [*zip(apart["sheet"], apart["what"]), *zip(fails["locator"], fails["quote"])]
    contradictions = [" ".join(pair) for pair in pairs]
    lines = [
        f"読み込み（{doc.folder.name}）：{doc.meta['title']}（{words.era(doc.meta['fiscal_year'])}、{doc.meta['number']}、{doc.meta['edition']}）",
        f"  分野 {len(doc.areas)}、施策 {len(doc.measures)}、府省庁 {len(doc.bodies)}、"
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
    lines += ["シートと表の突き合わせ：" + _counts(sheets), "資料の言葉の検算：" + _counts(said)]
    lines.append(f"人の解説（commentary.yaml）：{len(doc.commentary) or 'ありません'}")
    lines.append(_again(doc))
    old = years.before(doc.folder.parent, doc.meta["fiscal_year"])
    lines += years.told(old, doc) if old else []
    lines += [
        f"  いまの資料と合わない解説「{c.name}」：{'、'.join(c.broken)}" for c in doc.commentary if c.broken
    ]
    return lines, contradictions


def _beside(doc: Document) -> tuple[list[str], list[str]]:
    """What was read of a document that no book is made of: a 概算要求, or one of which only a part is known."""
    known = [amount for amount in doc.measures[doc.current.role] if amount is not None]
    lines = [
        f"読み込み（{doc.folder.name}）：{doc.meta['title']}（{doc.current.label}、{doc.meta['edition']}{'、一部だけ' if doc.partial else ''}）",
        "  本とブリーフィングは、この資料からは作りません。「版と段階」の章に並べます",
        f"{doc.current.label}：総額 {words.oku(doc.whole(doc.current))}、額の分かる施策 {len(known)}（合計 {words.oku(interval.total(known))}）",
        _again(doc),
    ]
    twins = editions.others(doc, [load(folder) for folder in books(doc.folder.parent)])
    for row in editions.compare(doc, twins).query("verdict == @years.REVISED").to_dict("records"):
        told = f"{row['edition']} {row['before']}、この資料 {row['now']}"
        lines.append(f"  ほかの版と違う額：{row['name']} {row['column']}：{told}")
    return lines, []


def _slips(doc: Document) -> list[str]:
    """Where the second transcription differs from the first."""
    return [
        f"{r['id']} {r['column']}：表では「{r['printed']}」、二度目の書き写しでは「{r['again']}」"
        for r in exact.retyped(doc).to_dict("records")
    ]


def _again(doc: Document) -> str:
    if doc.again is None:
        return f"二度目の書き写し（{AGAIN}）：ありません。足し算が縛らない金額の打ち間違いは、見つかりません"
    return f"二度目の書き写し（{AGAIN}）：{len(doc.again)}の金額、違い {len(exact.retyped(doc))}件"


def _counts(frame: pd.DataFrame) -> str:
    return "、".join(f"{verdict} {count}件" for verdict, count in frame["verdict"].value_counts().items())


def main(arguments: list[str] | None = None) -> int:
    """Command line; 0 where all is sound, 1 where something does not add up, 2 where nothing could be read."""
    parser = argparse.ArgumentParser(prog="python -m cyberbudget", description="予算の資料を読み、確かめます")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")
    asked = commands.add_parser("check", help="読み込んだもの、合うもの、合わないものと差を示します")
    asked.add_argument("folder", nargs="?", help="資料のフォルダー（例 data/fy2024）。省くとすべての資料")
    folder = parser.parse_args(arguments).folder
    worst = 0
    asked_for: list[Path | None] = [Path(folder)] if folder else [*folders()] or [None]
    for one in asked_for:
        if one and drafted(one):
            print("\n".join(draft.todo(one)))
            continue
        try:
            lines, contradictions = check(load(one))
        except DataError as error:
            print(f"{one.name}：{error}" if one else error, file=sys.stderr)
            worst = 2
        else:
            print("\n".join(lines))
            worst = max(worst, 1 if contradictions else 0)
    if not folder:
        try:
            questions()
        except DataError as error:
            print(error, file=sys.stderr)
            worst = 2
    beside = [] if folder else package.faults(data_root())
    print("\n".join(beside), end="\n" if beside else "")
    return max(worst, 1 if beside else 0)


if __name__ == "__main__":
    sys.exit(main())

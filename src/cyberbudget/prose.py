"""Sentences that more than one chapter says. Every figure, rank, count and direction comes from the data."""

from __future__ import annotations

import pandas as pd

from . import exact, interval, words
from .display import Text, points
from .load import Document


def movers(table: pd.DataFrame, unit: str = "施策", most: int = 3) -> str:
    """Who rose, fell, is new, is gone or stayed, by :func:`exact.changes`."""
    told = {
        "up": "増えたのは",
        "down": "減ったのは",
        "new": "前年度当初の額がなく今年度に額が付いた（新規）のは",
        "gone": "前年度に額があり今年度にない（皆減）のは",
        "same": "印刷された桁で同額なのは",
    }
    rows = exact.own(table)
    sentences = []
    for key, lead in told.items():
        found = rows.loc[rows["kind"] == key, "name"].tolist()
        if key == "down":
            found.reverse()  # the largest fall first
        if found:
            sentences.append(f"{lead}{len(found)}{unit}（{words.names(found, most)}）です。")
    return "".join(sentences) or f"前年度と比べられる{unit}はありません。"


def headline(table: pd.DataFrame, key: str, label: str) -> str:
    """Title of a figure of measures: the largest one listed, and the unlisted remainder where it is larger."""
    top, rest = exact.largest(table, key), table[table["rest"]].iloc[-1][key]
    if top is None:
        return f"{label}の額がある施策は、表に載っていない"
    text = f"表に載る施策では「{top['name']}」が最も大きく、{words.oku(top[key])}"
    if rest.value > top[key].value:
        text += f"。{words.UNLISTED}はそれを上回る{words.oku(rest)}"
    return text


def listing(doc: Document, area: str | None = None) -> str:
    """How much of an area (or of the total) the listed measures explain in the current column."""
    whole, known = exact.whole_of(doc, area)["current"], exact.listed(doc, doc.current, area)
    left, ratio = interval.remainder(whole, [known]), words.percent(interval.share(known, whole))
    text = f"表に名前の載る施策の合計は{words.oku(known.value)}で、{'総額' if area is None else 'この分野'}の{ratio}です。"
    if left.value:
        text += f"残る{words.oku(left)}は「{words.UNLISTED}」で、何に使うのかは資料からは分かりません。"
    return text


def edition(doc: Document) -> str:
    """The edition that the book reads, and those that print another total; empty where none is known."""
    labels = {column.name: column.label for column in doc.columns}
    others = [
        f"{labels[other['column']]}を{words.as_printed(other['total'], '億円')}とする版もある"
        for other in doc.meta.get("other_editions", ())
    ]
    if not others:
        return ""
    return f"本書が読むのは{doc.meta['edition']}です。{'、'.join(others)}と伝える記事があります。違いの理由は、資料からは分かりません。"


def sources(doc: Document) -> Text:
    """出典と注 of every chapter: the source, the document's own notes, and how amounts are rounded."""
    lines = [
        doc.source + "。",
        *(f"{note['note']}：{note['meaning']}" for note in doc.meta["notes"]),
        "金額は億円で、小数第1位まで印刷されています。率と構成比は印刷された金額から計算し、丸めの範囲は印刷の桁から求めました。",
        "「—」の意味を、資料は述べていません。本書は、その欄に予算がないと読み、合計では0として足します。前年度が「—」なら「新規」、今年度が「—」なら「皆減」と書きます。",
    ]
    return points(*filter(None, [lines[0], edition(doc), *lines[1:]]))

"""Sentences that more than one chapter says. Every figure, rank, count and direction comes from the data."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from . import exact, interval, words
from .display import Link, Text, points, say
from .interval import Interval
from .load import Document, documents, totals


def movers(table: pd.DataFrame, unit: str = "施策", most: int = 3) -> str:
    """Who rose, fell, is new, is gone or stayed, by :func:`exact.changes`."""
    told = {
        "up": "増えたのは",
        "down": "減ったのは",
        "new": "前年度当初の額がない（新規）のは",
        "gone": "前年度当初の額がなくなった（皆減）のは",
        "same": "印刷された桁で同額なのは",
        "near": "表では同額だがシートの計が違うのは",
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
    text = f"表にある施策では「{top['name']}」が最も大きく、{words.oku(top[key])}"
    if rest.value > top[key].value:
        text += f"。{words.UNLISTED}はそれを上回る{words.oku(rest)}"
    return text


def listing(doc: Document, area: str | None = None) -> str:
    """How much of an area (or of the total) the listed measures explain in the current column."""
    whole, known = exact.whole_of(doc, area)["current"], exact.listed(doc, doc.current, area)
    left, ratio = interval.remainder(whole, [known]), words.percent(interval.share(known, whole))
    text = f"表にある施策の合計は{words.oku(known.value)}で、{'総額' if area is None else 'この分野'}の{ratio}です。"
    if left.value:
        text += f"残る{words.oku(left)}は「{words.UNLISTED}」で、何に使うのかは資料からは分かりません。"
    return text


def edition(doc: Document) -> str:
    """The edition that the book reads, and those that print another total; empty where none is known."""
    root, own = doc.folder.parent, doc.current
    others = [
        f"{own.label}を{words.as_printed(amount, '億円')}とする版も{'あると伝える記事があり' if meta.get('partial') else 'あり'}ます。"
        for folder in documents(root)
        if folder.name != doc.folder.name and folder.name.startswith(f"fy{own.fiscal_year}")
        for meta, column, amount in totals(folder)
        if (column.role, column.stage) == (own.role, own.stage) and Interval.printed(amount) != doc.whole(own)
    ]
    if not others:
        return ""
    return f"本書が読むのは{doc.meta['edition']}です。{''.join(others)}違いの理由は、資料からは分かりません。"


def chapter(area: str) -> Text:
    """The way to the chapter of an area; empty where the document has no such area."""
    if not area:
        return say("この資料には、その分野がありません。")
    return say("分野の施策とその中身は、", Link(f"分野({area})の章", f"area{area}.ipynb"), "にあります。")


def areas(doc: Document) -> Text:
    """The way to the chapters of all areas."""
    links: list[str] = [Link(r["short"], f"area{r['area']}.ipynb") for r in doc.areas.to_dict("records")]
    if not links:
        return say("この資料は、予算を分野に分けていません。")
    listed = [piece for link in links for piece in ("、", link)][1:]
    return say("分野ごとの施策と中身は、", *listed, "にあります。")


def sources(doc: Document) -> Text:
    """出典と注 of every chapter: the source, the document's own notes, and how amounts are rounded."""
    lines = [
        doc.source + "。",
        *(f"{note['note']}：{note['meaning']}" for note in doc.meta["notes"]),
        "金額は億円で、小数第1位まで印刷されています。率と構成比は印刷された金額から計算し、丸めの範囲は印刷の桁から求めました。",
        "「—」の意味を、資料は述べていません。本書は、その欄に予算がないと読み、合計では0として足します。"
        f"{doc.previous.label}が「—」なら「新規」、{doc.current.label}が「—」なら「皆減」と書きます。",
    ]
    lacking = [
        f"資料には、{column.label}の欄がありません。本書の表では「—」と書きます。"
        for column in doc.columns
        if not column.given
    ]
    return points(*filter(None, [lines[0], edition(doc), *lines[1:], *lacking]))


def _projects(doc: Document, projects: pd.DataFrame, stage: str) -> list[tuple[str, str, Interval, Fraction]]:
    """Measures of which 行政事業レビュー prints an amount of the same column: name, column, as the table prints it, 億円."""
    labels = {c.fiscal_year: c for c in doc.columns if c.stage == stage and c.given}
    ids = dict(zip(doc.measures["measure"], doc.measures["id"]))
    rows = projects[projects["measure"].isin(ids) & projects["fiscal_year"].isin(labels)].to_dict("records")
    found = [(r, labels[r["fiscal_year"]]) for r in rows]
    return [
        (
            r["measure"],
            c.label,
            doc.amount("measure", ids[r["measure"]], c),
            Fraction(r[f"{stage}_yen"], 10**8),
        )
        for r, c in found
    ]


def rounding(doc: Document, projects: pd.DataFrame) -> list[str]:
    """Whether amounts in yen of 行政事業レビュー show how the table rounds; nothing where they do not.

    One that neither cutting off nor rounding up could give stands for each; none may speak against rounding half up.
    """
    tenth = Fraction(1, 10)
    pairs = [
        row for row in _projects(doc, projects, "initial") if row[3] and abs(row[2].value - row[3]) < tenth
    ]
    up, down = ([r for r in pairs if (r[2].value - r[3]) * sign > 0] for sign in (1, -1))
    if not up or not down or any(value not in shown for _, _, shown, value in pairs):
        return []
    told = [
        f"「{name}」の{label}は、行政事業レビューでは{int(value * 10**8):,}円、表では{words.oku(shown)}です。"
        for name, label, shown, value in (up[0], down[0])
    ]
    return [
        *told,
        "初めの額は切り捨てでは、次の額は切り上げでは、表の額になりません。表も四捨五入だと考えられます。",
    ]


def dashes(doc: Document, projects: pd.DataFrame) -> list[str]:
    """What 行政事業レビュー prints where the table prints —."""
    initial = [r for r in _projects(doc, projects, "initial") if r[2].absent]
    extra = [r for r in _projects(doc, projects, "supplementary") if r[2].absent and r[3]]
    told = []
    if initial and not any(value for *_, value in initial):
        names = words.names(list(dict.fromkeys(name for name, *_ in initial)), 2)
        told.append(f"当初が「—」の施策のうち{names}は、行政事業レビューでも当初が0円です。")
    for name, label, _, value in extra:
        told.append(
            f"一方、「{name}」の{label}は、表では「—」ですが、行政事業レビューの事業には{words.oku(value)}が付いています。"
        )
    return [*told, *(["事業と施策の範囲が同じだとは限らず、理由は分かりません。"] if extra else [])]

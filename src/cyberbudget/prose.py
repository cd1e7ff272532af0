"""Sentences that more than one chapter says. Every figure, rank, count and direction comes from the data."""

from __future__ import annotations

import pandas as pd

from . import exact, interval, words
from .display import Text, points, say
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


def mover(moves: pd.DataFrame) -> str:
    """Title of a figure of changes: what moved most, the unlisted remainder where it moved more than any measure."""
    moved = exact.moved_most(moves, rest=True)
    return f"最も大きく動いたのは「{moved.iloc[0]['name']}」" if len(moved) else "どの施策も動いていない"


def gap(doc: Document) -> str:
    """The columns in which the areas fall short of the total by more than rounding explains."""
    left = exact.amounts(doc, "area").iloc[-1]
    told = [f"{c.label}で{words.oku(left[c.role])}" for c in doc.columns if left[c.role].low > 0]
    if not told:
        return "どの欄でも、分野の合計は丸めの範囲で総額と合います。"
    return f"分野を足しても総額に届かない欄が{words.tsu(len(told))}あります。差は{'、'.join(told)}で、丸めでは説明できません。"


def outside(left: interval.Interval) -> str:
    """What stands in no area, where the areas do not reach the total."""
    if left.low <= 0:
        return "分野の合計は、丸めの範囲で総額と合います。"
    return f"{words.oku(left)}は、どの分野に入るのかが示されていません。"


def listing(doc: Document, area: str | None = None) -> str:
    """How much of an area (or of the total) the listed measures explain in the current column."""
    whole, known = exact.whole_of(doc, area)["current"], exact.listed(doc, doc.current, area)
    left, ratio = interval.remainder(whole, [known]), words.percent(interval.share(known, whole))
    text = f"表に名前の載る施策の合計は{words.oku(known.value)}で、{'総額' if area is None else 'この分野'}の{ratio}です。"
    if left.value:
        text += f"残る{words.oku(left)}は「{words.UNLISTED}」で、何に使うのかは資料からは分かりません。"
    return text


def explained(doc: Document, area: str | None = None) -> str:
    """:func:`listing` in short, for where it has been said in full."""
    whole = exact.whole_of(doc, area)["current"]
    ratio = interval.share(exact.listed(doc, doc.current, area), whole)
    return f"施策の名前が分かるのは、{'総額' if area is None else '分野の金額'}の{words.percent(ratio)}です。"


def area_points(doc: Document, area: str) -> Text:
    """The 要点 of an area chapter."""
    now, extra, before = exact.whole_of(doc, area).values()
    ratio = interval.share(now, doc.whole(doc.current))
    ranks = exact.shares(exact.amounts(doc, "area"), doc.whole(doc.current))
    place = ranks.loc[ranks["area"] == area, "rank"].iloc[0]
    first = (
        f"分野({area})「{doc.area_name(area)}」の{doc.current.label}予算は{words.oku(now)}で、総額の{words.percent(ratio)}、"
        f"{words.tsu(len(doc.areas))}の分野の中で{'最大' if place == 1 else f'{place}番目の大きさ'}です。前年度の当初（{words.oku(before)}）から{words.change(now, before)}。"
    )
    top = exact.largest(exact.amounts(doc, "measure", area), "current")
    second = "" if extra.absent else f"{doc.supplementary.label}予算には{words.oku(extra)}が計上されました。"
    if top is None:
        second += f"{doc.current.label}予算に額のある施策は、表に載っていません。"
    else:
        of_area = interval.share(top["current"], now)
        second += (
            f"表に載る施策で最も大きいのは{top['ministry']}の「{top['name']}」で、"
            f"{words.oku(top['current'])}（分野の{words.percent(of_area)}）です。"
        )
    return points(first, second, listing(doc, area))


def area_reading(doc: Document, area: str) -> Text:
    """What to read from the amounts of an area, with their limits."""
    rows = exact.own(exact.amounts(doc, "measure", area))
    count, ministries = len(rows), rows["ministry"].unique()
    empty = rows.loc[[x.absent for x in rows["current"]], "name"].tolist()
    text = f"表に載る施策は{count}件、府省庁は{len(ministries)}（{'、'.join(ministries)}）で、{doc.current.label}の合計は{words.oku(interval.total(rows['current']).value)}です。"
    if empty:
        text += f"{doc.current.label}の欄が「—」の施策は{len(empty)}件（{words.names(empty)}）です。"
    return say(text)


def area_movement(doc: Document, area: str) -> Text:
    """What moved in an area since last year's initial budget."""
    table = exact.changes(doc, "measure", area)
    rest = table[table["rest"]].iloc[0]
    moved = words.rise(rest["current"], rest["previous"])
    tail = f"{words.UNLISTED}は、差引きで{words.oku(abs(rest['change'].value))}の{moved}です。"
    now, _, before = exact.whole_of(doc, area).values()
    fall = "分野全体が減っているため、寄与率は減った施策で正、増えた施策で負になります。"
    return say(
        movers(table),
        "" if moved == "横ばい" else tail,
        fall if words.kind(now, before) in ("down", "gone") else "",
    )


def area_supplement(doc: Document, area: str) -> Text:
    """補正 and 16か月予算 of an area."""
    now, extra, _ = exact.whole_of(doc, area).values()
    rows = exact.own(exact.amounts(doc, "measure", area))
    named = rows.loc[[not x.absent for x in rows["supplementary"]], "name"].tolist()
    if extra.absent:
        return say(f"{doc.supplementary.label}予算には、この分野の額がありません。")
    text = f"{doc.supplementary.label}{words.oku(extra)}と{doc.current.label}{words.oku(now.value)}を合わせた16か月予算は{words.oku(extra + now)}です。"
    ratio = interval.share_of_sum(extra, now)
    if ratio is not None:
        text += f"このうち補正は{words.percent(ratio)}です。"
    count = f"{len(named)}件（{words.names(named)}）です。" if named else "表に載っていません。"
    return say(text, f"補正の額がある施策は{count}")


def area_summary(doc: Document, area: str) -> Text:
    """まとめ of an area chapter."""
    now, _, before = exact.whole_of(doc, area).values()
    table = exact.changes(doc, "measure", area)
    counts = exact.own(table)["kind"].value_counts()
    kinds = {**words.KINDS, "none": "どちらの年度にも額なし"}
    told = "、".join(f"{label}{counts[k]}件" for k, label in kinds.items() if k in counts)
    return say(
        f"この分野の{doc.current.label}予算は{words.oku(now)}で、前年度の当初から{words.change(now, before)}。",
        f"表に載る施策の動きは、{told}です。" if told else "",
        explained(doc, area),
    )


def sources(doc: Document) -> Text:
    """出典と注 of every chapter: the source, the document's own notes, and how amounts are rounded."""
    lines = [
        doc.source + "。",
        *(f"{note['note']}：{note['meaning']}" for note in doc.meta["notes"]),
        "金額は億円で、小数第1位まで印刷されています。率と構成比は印刷された金額から計算し、丸めの範囲は印刷の桁から求めました。",
        "「—」は、その欄に予算がないことを示します。合計では0として足し、前年度が「—」なら「新規」、今年度が「—」なら「皆減」と書きます。",
    ]
    return points(*lines)

"""The documents beside each other: editions of one year, what was asked for and what was granted, later revisions.

An edition, a 概算要求 and a 当初 are documents of their own and are never added. Of a document of which only a part is
known nothing is said that the part does not show.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pandas as pd

from . import interval, words, years
from .display import Text, points, say
from .errors import DataError
from .interval import NOTHING
from .load import Document, documents, load


def known(root: Path | None = None) -> list[Document]:
    """All documents of a data folder that can be read, oldest first; one that cannot has a check of its own."""
    found = []
    for folder in documents(root):
        with suppress(DataError):
            found.append(load(folder))
    return found


def table(docs: list[Document]) -> pd.DataFrame:
    """What documents there are, a row each.

    Returns
    -------
    DataFrame
        folder, fiscal_year, name (令和6年度当初), edition, total (億円), measures (how many are known), extent, source.
    """
    rows = [
        {
            "folder": doc.folder.name,
            "fiscal_year": doc.meta["fiscal_year"],
            "name": doc.current.label,
            "edition": doc.meta["edition"],
            "total": float(doc.whole(doc.current).value),
            "measures": len(doc.measures),
            "extent": "一部" if doc.partial else "全体",
            "source": doc.meta.get("source") or "",
            "mark": doc.meta.get("mark") or "A",
        }
        for doc in docs
    ]
    columns = "folder fiscal_year name edition total measures extent source mark"
    return pd.DataFrame(rows, columns=columns.split())


def sources(docs: list[Document]) -> pd.DataFrame:
    """What is known of documents is from here: the key of each source of a document and of its rows (``source``)."""
    keys = [key for doc in docs for key in (doc.meta.get("source"), *doc.measures.get("source", ()))]
    return pd.DataFrame({"source": [*dict.fromkeys(filter(None, keys))]})


def others(doc: Document, docs: list[Document]) -> list[Document]:
    """The other editions of a document: of the same year and stage."""
    own = doc.meta["fiscal_year"], doc.current.stage
    return [o for o in docs if o.folder != doc.folder and (o.meta["fiscal_year"], o.current.stage) == own]


def compare(doc: Document, docs: list[Document]) -> pd.DataFrame:
    """The other editions of a document, amount by amount, where both are known.

    Returns
    -------
    DataFrame
        edition, level, name, column (label), before (as printed by the other edition), now (by ``doc``), verdict (同じ
        or 違う額).
    """
    columns = ["edition", "level", "name", "column", "before", "now", "verdict"]
    found = [years.meetings(other, doc).assign(edition=other.meta["edition"]) for other in others(doc, docs)]
    if not found:
        return pd.DataFrame(columns=columns)
    rows = pd.concat(found).query("verdict in [@years.SAME, @years.REVISED]")
    return rows.assign(column=[c.label for c in rows["column"]])[columns].reset_index(drop=True)


def edition(doc: Document, docs: list[Document]) -> Text:
    """How the other editions of a document differ from it, and where."""
    rows, lines = compare(doc, docs), []
    for other in others(doc, docs):
        total, own = other.whole(other.current), doc.whole(doc.current)
        more = "多い" if total.value > own.value else "少ない"
        apart = words.oku(abs(total.value - own.value))
        heard = "があると伝える記事があります" if other.partial else "があります"
        lines.append(
            f"{doc.current.label}には、{doc.meta['edition']}のほかに{other.meta['edition']}{heard}。"
        )
        same_total = total.value == own.value
        lines.append(
            "総額は、どちらも同じです。" if same_total else f"総額は{apart}{more[:-1]}くなっています。"
        )
        measures = rows[(rows["level"] == "measure") & (rows["edition"] == other.meta["edition"])]
        names = measures.groupby("name")["verdict"].agg(lambda v: (v == years.SAME).all())
        if len(names):
            different = list(names[~names].index)
            read = "その版のものと本書が読み、" if other.partial else ""
            text = f"{read}両方で額の分かる{words.tsu(len(names))}の施策"
            rest = f"など{words.tsu(len(different))}" if len(different) > 3 else ""
            lines.append(
                f"{text}のうち、違う額は「{'」「'.join(different[:3])}」{rest}です。"
                if different
                else f"{text}は、額の分かる欄がどれも同じです。"
            )
        if (other.partial or doc.partial) and not same_total:
            lines.append("差がどの施策にあるかは、資料からは分かりません。")
    return say(*lines)


def granted(docs: list[Document]) -> pd.DataFrame:
    """What was asked for and what the 当初 of the same year gave, measure by measure, where both are known.

    The amount of the 当初 is that of the year's own document, or what a later document prints of that year. A measure
    is followed by its name, and where that changed by data/identity.csv.

    Returns
    -------
    DataFrame
        fiscal_year, ministry, name, request, initial, change (億円), share (of the request that was granted, a ratio),
        sure (False where rounding leaves a doubt of the difference), asked_in, given_in (folders), area (empty), rest
        (False): one row a measure, the largest request of a year first.
    """
    rows: list[tuple] = []
    for asked in (doc for doc in docs if doc.current.stage == "request"):
        year, seen = asked.meta["fiscal_year"], set[str]()
        for later in sorted(docs, key=lambda doc: (doc.meta["fiscal_year"], doc.folder.name)):
            columns = [c for c in later.columns if (c.fiscal_year, c.stage) == (year, "initial")]
            if later.folder == asked.folder or not columns:
                continue
            names = {old: new for new, old in years.renamed(asked, later).items()}
            given = dict(zip(later.measures["measure"], later.measures[columns[0].role]))
            for record in asked.measures.to_dict("records"):
                name, want = record["measure"], record["current"]
                amount = given.get(names.get(name, ""))
                if want is None or amount is None or name in seen:
                    continue
                seen.add(name)
                places = asked.folder.name, later.folder.name
                rows.append((year, record["ministry"], name, want, amount, *places))
    heads = ["fiscal_year", "ministry", "name", "asked", "given", "asked_in", "given_in"]
    table = pd.DataFrame(rows, columns=heads)
    table = table.assign(size=[float(x.value) for x in table["asked"]])
    table = table.sort_values(["fiscal_year", "size"], ascending=[True, False], kind="stable")
    pairs = [*zip(table["asked"], table["given"])]
    return table.drop(columns=["size", "asked", "given"]).assign(
        request=[float(a.value) for a, _ in pairs],
        initial=[float(g.value) for _, g in pairs],
        change=[float(g.value - a.value) for a, g in pairs],
        sure=[interval.sure(g - a) for a, g in pairs],
        share=[float(g.value / a.value) if a.value else float("nan") for a, g in pairs],
        area="",
        rest=False,
    )


def outcome(table: pd.DataFrame) -> Text:
    """How much of the requests was granted, measure by measure; nothing where no measure is known in both."""
    if table.empty:
        return say("概算要求と当初の両方の額が分かる施策は、ありません。")
    less, more = (table[table["sure"] & (sign * table["change"] > 0)] for sign in (-1, 1))
    first = f"概算要求と当初の両方の額が分かる施策は、のべ{len(table)}件です。"
    parts = [
        f"{label}のは{len(rows)}件"
        for label, rows in (("要求より少ない額になった", less), ("要求より多い額になった", more))
        if len(rows)
    ]
    same = len(table) - len(less) - len(more)
    parts += [f"丸めの範囲で要求と同じなのは{same}件"] if same else []
    lines = [first, "、".join(parts) + "です。"]
    if len(less) == len(table):
        lines = [first, "どれも、当初は要求より少ない額でした。"]
    lines.append("名前と額の分かる施策だけの比較で、要求の全体のことではありません。")
    if len(less):
        worst = less.loc[less["change"].idxmin()]
        lines.append(
            f"最も大きく減ったのは、{words.era(worst['fiscal_year'])}の{worst['ministry']}「{worst['name']}」です。"
            f"要求は{words.oku(worst['request'])}、当初は{words.oku(worst['initial'])}でした。"
        )
    return say(*lines)


def headline(table: pd.DataFrame) -> str:
    """What a figure of :func:`granted` shows, in one line."""
    less = int((table["sure"] & (table["change"] < 0)).sum())
    if len(table) and less == len(table):
        return f"額の分かる{less}件は、どれも要求より少なく決まった"
    if 2 * less > len(table):
        return f"額の分かる{len(table)}件のうち{less}件は、要求より少なく決まった"
    return "概算要求の額と、当初予算の額"


def newcomers(docs: list[Document]) -> pd.DataFrame:
    """What each 概算要求 asks for that the 当初 of the year before had not: its column of that year is —.

    Returns
    -------
    DataFrame
        fiscal_year, ministry, name, current (Interval, 億円), share (of all that is asked for, Interval), the largest
        of a year first. A measure whose 当初 of the year before is not known is left out.
    """
    rows = [
        (doc.meta["fiscal_year"], r["ministry"], r["measure"], r["current"])
        for doc in docs
        if doc.current.stage == "request"
        for r in sorted(
            doc.measures.to_dict("records"), key=lambda r: -float((r["current"] or NOTHING).value)
        )
        if r["current"] is not None and r["previous"] is not None and r["previous"].absent
    ]
    whole = {d.meta["fiscal_year"]: d.whole(d.current) for d in docs if d.current.stage == "request"}
    table = pd.DataFrame(rows, columns=["fiscal_year", "ministry", "name", "current"])
    shares = [interval.share(row.current, whole[row.fiscal_year]) for row in table.itertuples()]
    return table.assign(share=shares)


def asked_anew(table: pd.DataFrame) -> Text:
    """The largest new request of each year, a sentence each, from :func:`newcomers`."""
    lines = []
    for year, rows in table.groupby("fiscal_year"):
        top = rows.iloc[0]
        lines.append(
            f"{words.era(int(str(year)))}の概算要求で、新しいと分かる施策のうち最も大きいのは、{top['ministry']}「{top['name']}」です。"
            f"{words.oku(top['current'])}で、要求の総額の{words.percent(top['share'])}でした。"
        )
    return points(*lines) if lines else say("前年度の当初にないと分かる要求は、ありません。")


def notes(docs: list[Document]) -> Text:
    """How each document of which only a part is known was read, as document.yaml says."""
    parts = [doc for doc in docs if doc.partial and doc.told("edition_note")]
    return points(*(f"{doc.current.label}（{doc.folder.name}）：{doc.told('edition_note')}" for doc in parts))


def revised(docs: list[Document]) -> pd.DataFrame:
    """What a later document prints otherwise of a year than that year's own document did.

    Returns
    -------
    DataFrame
        document, before_document (folders), level, name, column (label), before, now (as printed).
    """
    rows = []
    for old, new in pairwise(doc for doc in docs if not doc.bare):
        if old.meta["fiscal_year"] != new.meta["fiscal_year"]:
            changed = years.meetings(old, new).query("verdict == @years.REVISED")
            rows.append(changed.assign(document=new.folder.name, before_document=old.folder.name))
    columns = ["document", "before_document", "level", "name", "column", "before", "now"]
    if not rows:
        return pd.DataFrame(columns=columns)
    table = pd.concat(rows)
    return table.assign(column=[c.label for c in table["column"]])[columns].reset_index(drop=True)

"""Tables and programme cards of the book, built from the frames of :mod:`cyberbudget.exact`."""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any

import pandas as pd

from . import exact, words
from .display import Col, Table, num
from .findings import Finding
from .interval import ABSENT, Interval
from .load import Document
from .schema import numbers

# Number formats of a spreadsheet, for what is written by words.oku_cell and words.percent.
OKU, OKU2, PERCENT = "#,##0.0", "#,##0.00", "0.0%"
UNIT = "億円"  # of what a heading gives no unit to
SIGNED = '+#,##0.0;"−"#,##0.0;0.0'
SIGNED_PERCENT = '+0.0%;"−"0.0%;0.0%'
PACKAGE = "datapackage.json"
ALL = "cyberbudget-data.zip"  # all data files in one, where the built book offers them
_amount = words.oku_cell


def build(
    frame: pd.DataFrame,
    doc: Document,
    name: str,
    caption: str,
    columns: list[Col],
    rest: str | None = "rest",
    source: str = "",
) -> Table:
    """A table of any frame: one :class:`Col` per column, the first one is the row header.

    Parameters
    ----------
    frame : DataFrame
    doc : Document
        For the 出典 line.
    name, caption : str
        Anchor (tab-…) and caption with the unit.
    columns : list of Col
    rest : str or None
        Column that marks the rows of what is not itemised.
    source : str
        Source line; the document's own where left out.
    """
    records = frame.to_dict("records")
    cells = [tuple(column.write(_value(record, column)) for column in columns) for record in records]
    marked = tuple(n for n, record in enumerate(records) if rest and record.get(rest))
    links = [tuple(column.href(record) if column.href else None for column in columns) for record in records]
    return Table(
        name,
        caption,
        tuple(columns),
        cells,
        source or doc.source,
        marked,
        links if any(map(any, links)) else [],
        [tuple(record[column.key] for column in columns) for record in records],
    )


def _value(record: dict, column: Col) -> Any:
    """What a cell is written from: a value, or its bounds where the column shows those of a plain number."""
    low, high = f"{column.key}_low", f"{column.key}_high"
    return (record[low], record[high]) if column.span and low in record else record[column.key]


def _three(doc: Document) -> list[Col]:
    return [num(column.role, column.label, _amount, OKU, unit=UNIT) for column in doc.columns]


def totals(doc: Document, name: str, caption: str) -> Table:
    """The printed totals of the three columns with what rounding allows."""
    frame = pd.DataFrame({"column": doc.columns, "amount": [doc.whole(c) for c in doc.columns]})
    columns = [
        Col("column", "欄", lambda column: column.label, keep=True),
        num("amount", "印刷された金額（億円）", _amount),
        num("amount", "丸めの範囲（億円）", lambda x: words.span_cell(x, "oku")),
    ]
    return build(frame, doc, name, caption, columns, rest=None)


def amounts(frame: pd.DataFrame, doc: Document, name: str, caption: str, heading: str = "施策") -> Table:
    """The three printed columns of each row, in 億円."""
    extra = [Col("ministry", "府省庁", keep=True)] if heading == "施策" and frame["ministry"].any() else []
    where = [Col("id", "位置", keep=True)] if frame["id"].any() else []
    return build(frame, doc, name, caption, [Col("name", heading), *extra, *where, *_three(doc)])


def shares(frame: pd.DataFrame, doc: Document, name: str, caption: str, heading: str = "分野") -> Table:
    """Amount, share and its rounding interval, largest first."""
    columns = [
        Col("name", heading),
        num("amount", "金額（億円）", _amount),
        num("share", "構成比（%）", lambda x: words.percent(x).removesuffix("%")),
        num("share", "丸めの範囲（%）", words.span_cell, span=True),
    ]
    return build(frame, doc, name, caption, columns)


def changes(frame: pd.DataFrame, doc: Document, name: str, caption: str, heading: str = "施策") -> Table:
    """Both years, the change with its rate, and the share in the rise of the whole; none of that where it fell."""
    kinds = [words.KINDS.get(kind, kind) for kind in frame["kind"]]
    told = [kind in ("増", "減") or rest for kind, rest in zip(kinds, frame["rest"])]
    rates = [
        words.percent(rate, signed=True) if t else kind for rate, kind, t in zip(frame["rate"], kinds, told)
    ]
    table = exact.whose(frame, doc).assign(told=rates)
    columns = [
        Col("name", heading),
        num("previous", doc.previous.label, _amount),
        num("current", doc.current.label, _amount),
        num("change", "増減", words.change_cell),
        num("told", "増減率"),
    ]
    signs = zip(map(_sign, frame["change"]), map(_sign, frame["contribution"]))
    if (1, 1) in set(signs):  # where the whole fell, a rise would be a negative part of it
        columns.append(num("contribution", "増加に占める割合", words.percent))
    return build(table, doc, name, caption, columns)


def _sign(amount: words.Amount | None) -> int:
    """1 for a rise, −1 for a fall, 0 for neither."""
    if amount is None or words.missing(amount):
        return 0
    value = amount.value if isinstance(amount, Interval) else amount
    return (value > 0) - (value < 0)


def sixteen(frame: pd.DataFrame, doc: Document, name: str, caption: str, heading: str = "分野") -> Table:
    """補正, 当初, their sum and the share of 補正 in it (%)."""
    # Where there is no 補正, 0.0% would look like a very small one.
    front = [None if words.missing(x) else ratio for x, ratio in zip(frame["supplementary"], frame["front"])]
    frame = exact.whose(frame, doc).assign(front=pd.Series(front, index=frame.index, dtype=object))
    columns = [
        Col("name", heading),
        num("supplementary", doc.supplementary.label, _amount, OKU, unit=UNIT),
        num("current", doc.current.label, _amount, OKU, unit=UNIT),
        num("sixteen", "16か月予算", _amount, OKU, unit=UNIT),
        num("front", "補正の割合", words.percent, PERCENT),
    ]
    return build(frame, doc, name, caption, columns)


def coverage(frame: pd.DataFrame, doc: Document, name: str, caption: str) -> Table:
    """Whole, listed, unlisted and how much the listed measures explain."""
    columns = [
        Col("name", "分野"),
        Col("column", "欄", keep=True),
        num("whole", "資料の金額", _amount),
        num("listed", "表にある施策", _amount),
        num("left", words.UNLISTED, _amount),
        num("share", "施策名のある割合", words.percent),
    ]
    return build(frame, doc, name, caption, columns, rest=None)


def reconciliation(frame: pd.DataFrame, doc: Document, name: str, caption: str) -> Table:
    """Sheets against the table."""
    frame = frame.assign(
        column=[f"{words.era(y)}{words.stage(s)}" for y, s in zip(frame["fiscal_year"], frame["stage"])]
    )
    columns = [
        Col("sheet", "位置", keep=True),
        Col("what", "何を"),
        Col("column", "欄", keep=True),
        num("printed", "シート"),
        num("in_table", "表・合計", lambda x: ABSENT if words.missing(x) else words.oku_cell(x)),
        Col("verdict", "結果", keep=True),
    ]
    return build(frame, doc, name, caption, columns, rest=None)


def statements(frame: pd.DataFrame, doc: Document, name: str, caption: str) -> Table:
    """Statements of the document, each with what was computed."""
    frame = frame.assign(result=[_computed(r) for r in frame.to_dict("records")])
    columns = [
        Col("statement", "番号", keep=True),
        Col("locator", "位置"),
        Col("quote", "資料の言葉"),
        num("result", "計算した値"),
        Col("verdict", "結果", keep=True),
    ]
    return build(frame, doc, name, caption, columns, rest=None)


def _computed(record: dict) -> str:
    if words.missing(record["computed"]):
        return f"前年度当初が {ABSENT}"
    return (words.percent if record["unit"] == "割" else words.oku)(record["computed"])


def evidence(found: list[Finding], doc: Document, name: str, caption: str) -> Table:
    """Every number of the findings, in the order of their sentences, with the sum by which a reader finds it again."""
    rows = [
        (f.title, text, how, _places(f))
        for f in found
        for text, how in sorted(f.numbers.items(), key=lambda pair: f"{f.sentence}{f.title}".find(pair[0]))
    ]
    frame = pd.DataFrame(rows, columns=["title", "number", "how", "places"])
    columns = [
        Col("title", "文の見出し"),
        num("number", "文の中の数"),
        Col("how", "計算"),
        Col("places", "もとの欄"),
    ]
    return build(frame, doc, name, caption, columns, rest=None)


def _places(found: Finding) -> str:
    """Where the amounts of a finding are printed: (3)-①、(3)-②; of the context its file and rows: history.csv 2021、2024."""
    rows: dict[str, list[str]] = {}
    for table, row, *column in (cell.split("/") for cell in found.cells):
        rows.setdefault("" if column else f"{table}.csv ", []).append(row)
    told = (file + "、".join(dict.fromkeys(own)) for file, own in rows.items())
    return "、".join(told) or "表にある施策すべて"


def tidy(frame: pd.DataFrame, doc: Document, name: str, caption: str) -> Table:
    """Rows of :attr:`Document.amounts` with the place of each amount in the document."""
    frame = frame.assign(place=[doc.trace(locator) for locator in frame["locator"]])
    columns = [
        Col("locator", "位置", keep=True),
        Col("place", "資料のどこか"),
        num("printed", "印刷", lambda text: words.as_printed(text, "")),
        num("low", "下限", lambda bound: words.plain(bound, 2)),
        num("high", "上限", lambda bound: words.plain(bound, 2)),
    ]
    return build(frame, doc, name, caption, columns, rest=None)


def measures(doc: Document, name: str, caption: str) -> Table:
    """Every listed measure with its three printed amounts, in printed order, linked to its page."""
    frame = exact.amounts(doc, "measure")
    areas = tuple(f"{r['id']} {r['short']}" for r in doc.areas.to_dict("records"))
    columns = [
        Col("name", "施策", href=lambda r: page(doc.folder.name, r["id"])),
        Col("id", "位置", keep=True, choose="分野", choices=areas),
        Col("ministry", "府省庁", keep=True, choose="府省庁"),
        *_three(doc),
    ]
    return build(frame[~frame["rest"]], doc, name, caption, columns)


def ministries_by_area(doc: Document, name: str, caption: str) -> Table:
    """Listed amounts of the current column, ministries down and areas across."""
    frame = exact.ministry_in_area(doc, doc.current).reset_index(names="ministry")
    areas = [num(r["area"], f"{r['id']} {r['short']}", _amount) for r in doc.areas.to_dict("records")]
    return build(frame, doc, name, caption, [Col("ministry", "府省庁", keep=True), *areas], rest=None)


def files(doc: Document, name: str, caption: str) -> Table:
    """The data files of the document, and those that all documents share, each to download from the built book."""
    own = f"{doc.folder.name}/"
    told = {
        f"{own}totals.csv": "総額の三つの欄",
        f"{own}areas.csv": "分野ごとの三つの欄",
        f"{own}measures.csv": "施策ごとの三つの欄（印刷の順）",
        f"{own}sheets.csv": "施策例のシートに印刷されたすべての金額",
        f"{own}statements.csv": "資料が自分の数字について述べる言葉と、その計算のもと",
        f"{own}programmes.yaml": "施策例のシートの内容を、本書の言葉でまとめたもの",
        f"{own}commentary.yaml": "人が書いた解説。出典と、成り立つ条件を添えます",
        f"{own}document.yaml": "資料の題、版、欄、注、食い違い",
    }
    told = {path: what for path, what in told.items() if (doc.folder.parent / path).exists()}
    package = json.loads((doc.folder.parent / PACKAGE).read_text(encoding="utf-8"))["resources"]
    told |= {r["path"]: r["title"] for r in package if not re.match("fy[0-9]", r["path"])}
    told |= {"context/references.bib": "資料の外の出典（BibTeX）", PACKAGE: "すべてのファイルの列と型"}
    rows = [(ALL, f"../_files/{ALL}", "下のファイルすべてと、列の意味（README.md）、利用の条件")]
    rows += [(path, f"../_files/data/{path}", what) for path, what in told.items()]
    frame = pd.DataFrame(rows, columns=["path", "at", "what"])
    columns = [Col("path", "ファイル", href=lambda r: r["at"]), Col("what", "中身")]
    return build(frame, doc, name, caption, columns, rest=None)


def english(frame: pd.DataFrame, doc: Document, name: str, caption: str, columns: list[Col]) -> Table:
    """A bilingual table: the Japanese name and the amounts as printed, headings and source in English."""
    return build(frame, doc, name, caption, columns, rest=None, source=doc.source_en)


def discrepancies(doc: Document, name: str, caption: str) -> Table:
    """Where the document prints something differently from the proper name or from itself."""
    columns = [
        Col("id", "番号", keep=True),
        Col("where", "どこ"),
        Col("printed", "資料の文字"),
        Col("proper", "正しい、またはもう一方の表記"),
        Col("kind", "種類", keep=True),
        Col("treatment", "本書での扱い"),
    ]
    return build(pd.DataFrame(doc.meta["discrepancies"]), doc, name, caption, columns, rest=None)


def terms(doc: Document, name: str, caption: str, kind: str | None = None) -> Table:
    """The glossary, of one kind if given, in the order of the readings."""
    frame = doc.terms if kind is None else doc.terms[doc.terms["kind"] == kind]
    headings = (("reading", "読み"), ("name_en", "英語"), ("meaning", "意味"))
    columns = [Col("term", "用語"), *(Col(*heading) for heading in headings)]
    return build(frame.sort_values("reading", kind="stable"), doc, name, caption, columns, rest=None)


# ── programme cards ─────────────────────────────────────────────────────────────────────────────────

_FIELDS = {
    "office": "担当",
    "operator": "事業主体",
    "scheme": "事業スキーム",
    "subsidy_target": "補助対象",
    "subsidy_rate": "補助率",
    "period": "計画年度",
}


class Cards:
    """The programme cards of one strategy area, or of one measure of it, as HTML; a shared sheet has one in each area.

    What a sheet does not say is named in one line, never guessed. A card of an area leads to the pages of its measures.
    """

    def __init__(self, doc: Document, area: str, measure: str = "") -> None:
        self.area = area
        rows = doc.measures[doc.measures["area"] == area]
        self.own = {measure} if measure else set(rows["measure"])
        self.pages = (
            {} if measure else {n: page(doc.folder.name, id) for n, id in zip(rows["measure"], rows["id"])}
        )
        found = [c for c in doc.programmes if self.own & {m["measure"] for m in c["measures"]}]
        self.cards = sorted(found, key=self._borrowed)  # sheets of another area last
        self.amounts = exact.sheet_amounts(doc)

    def __repr__(self) -> str:
        return "\n".join(f"{c['sheet']} {c['title']}: {c['summary']}" for c in self.cards)

    def _repr_html_(self) -> str:
        return self._list() + "\n".join(self._card(card) for card in self.cards)

    def _list(self) -> str:
        """Where each card stands, above those of an area."""
        links = "".join(
            f'<li><a href="#{anchor(card["sheet"], self.area)}">{escape(card["title"])}</a></li>'
            for card in self.cards
        )
        return (
            f'<nav class="cb-jump" aria-label="カードの一覧"><ul>{links}</ul></nav>\n' if self.pages else ""
        )

    def _borrowed(self, card: dict) -> bool:
        return not str(card["sheet"]).startswith(f"({self.area})")

    def _card(self, card: dict) -> str:
        names = [m["measure"] for m in card["measures"]]
        links = "、".join(f'<a href="{self.pages[n]}">{escape(n)}</a>' for n in names if n in self.pages)
        links = f'<p class="cb-screen">施策の頁（使われた額、支出先など）：{links}</p>\n' if links else ""
        first, more = [("府省庁", card["ministry"])], []
        rows = self.amounts[self.amounts["sheet"] == card["sheet"]]
        split = rows["component"].any()
        parts = _by_part(rows, anchor(card["sheet"], self.area), card["sheet"]) if split else ""
        if not parts:
            lines = (f"{column} {amount}" for _, column, amount in _printed(rows))
            first.append(("シートの金額", "\n".join(lines)))
        if self._borrowed(card):
            shared = "".join(f"「{name}」" for name in names if name in self.own)
            number = card["sheet"].partition("-")[0]
            first.insert(0, ("シートの番号", f"分野{number}のものですが、この分野の{shared}も扱っています"))
        if names != [card["title"]]:
            more.append(("表の施策名", "、".join(names)))
        more += [(label, card[key]) for key, label in _FIELDS.items() if card[key]]
        more += [("成果目標", target(t)) for t in card["targets"]]
        if card["expected"]:
            more.append(("期待される効果", card["expected"]))
        if card["pictured"]:
            told = "、".join(_FIELDS[key] for key in card["pictured"])
            more.append(("図で示された項目", f"{told}（図の中の文字は、本書が読んだ文字に含まれません）"))
        if missing(card):
            more.append(("本書が読んだ文字にない項目", "、".join(missing(card))))
        return (
            f'<article class="cb-card" id="{anchor(card["sheet"], self.area)}" data-measures="{escape("、".join(names))}">\n'
            f"<h3>{escape(card['sheet'])} {escape(card['title'])}</h3>\n"
            f"<p>{escape(card['summary'])}</p>\n{_listed(first)}\n{parts}{links}"
            f'<details class="cb-more"><summary>担当、成果目標など</summary>\n{_listed(more)}\n</details>\n</article>'
        )


def _printed(rows: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Part, column (令和6年度当初) and amount, as it is printed, of each row of a sheet."""
    return [
        (
            r["component"] or "シート全体",
            f"{words.era(r['fiscal_year'])}{words.stage(r['stage'])}",
            words.as_printed(r["printed"], r["unit"]),
        )
        for r in rows.to_dict("records")
    ]


def _by_part(rows: pd.DataFrame, place: str, sheet: str) -> str:
    """The amounts of a sheet that prints those of its parts too."""
    told = {(part, column): amount for part, column, amount in _printed(rows)}
    parts, heads = (list(dict.fromkeys(keys)) for keys in zip(*told))
    columns = (Col("component", "部分"), *(num(head, head) for head in heads))
    cells = [(part, *(told.get((part, head), "") for head in heads)) for part in parts]
    return Table(f"tab-{place}", f"シート{sheet}の金額", columns, cells, "").box


def _listed(entries: list[tuple[str, str]]) -> str:
    """A definition list, the lines of a text kept apart."""
    lines = [(escape(label), escape(text).replace("\n", "<br>\n")) for label, text in entries]
    return "<dl>\n{}</dl>".format("".join(f"<dt>{label}</dt><dd>{text}</dd>\n" for label, text in lines))


def target(target: dict) -> str:
    """A target (成果目標) of a card with its number, where it has one."""
    if target["number"] is None:
        return str(target["text"])
    comparison = target["comparison"] or ""
    comparison = {"目指す": "を目指す", "ちょうど": ""}.get(comparison, comparison)
    return f"{target['text']}：{target['number']}{target['unit'] or ''}{comparison}"


def missing(card: dict) -> list[str]:
    """What a sheet does not say of a programme, neither in words nor in a picture."""
    named = {**_FIELDS, "targets": "成果目標"}
    return [label for key, label in named.items() if not card[key] and key not in card["pictured"]]


def anchor(sheet: str, area: str) -> str:
    """Anchor of a sheet's card in the chapter of an area: (2)-⑪ → sheet-2-11.

    A sheet shared by two areas has a card in both chapters, under its own number.
    """
    place = f"sheet-{plain(sheet)}"
    return place if sheet.startswith(f"({area})") or not area else f"{place}-in-{area}"


def page(document: str, locator: str) -> str:
    """Address of the page of a measure from a chapter: fy2024, (2)-⑪ → ../measure/fy2024-2-11.html."""
    return f"../measure/{document}-{plain(locator)}.html"


def plain(place: str) -> str:
    """A locator as it stands in addresses: (2)-⑪ → 2-11."""
    return "-".join(map(str, numbers(place)))


def cards(doc: Document, area: str, measure: str = "") -> Cards:
    """The programme cards of a strategy area, or of one measure of it."""
    return Cards(doc, area, measure)


# ── documents beside each other (:mod:`cyberbudget.editions`) ───────────────────────────────────────


def documents(frame: pd.DataFrame, doc: Document, name: str, caption: str, source: str) -> Table:
    """What documents there are, and how much of each is known."""
    columns = [
        Col("name", "年度と段階", keep=True),
        Col("edition", "版"),
        num("total", "総額", _amount),
        num("measures", "額の分かる施策", str, unit="件"),
        Col("extent", "範囲", keep=True),
        Col("mark", "印", keep=True),
        Col("folder", "フォルダー"),
    ]
    return build(frame, doc, name, caption, columns, source=source)


def editions(frame: pd.DataFrame, doc: Document, name: str, caption: str, source: str) -> Table:
    """The amounts of other editions beside those of the one that is read."""
    columns = [
        Col("name", "総額、分野、施策"),
        Col("column", "欄", keep=True),
        Col("edition", "ほかの版", keep=True),
        num("before", "ほかの版の額", words.as_printed, OKU),
        num("now", "いまの版の額", words.as_printed, OKU),
    ]
    return build(frame, doc, name, caption, columns, source=source)


def granted(frame: pd.DataFrame, doc: Document, name: str, caption: str, source: str) -> Table:
    """What was asked for and what was granted."""
    columns = [
        Col("name", "年度、府省庁、施策"),
        num("request", "概算要求", _amount),
        num("initial", "当初予算", _amount),
        num("change", "差", words.change_cell, SIGNED),
        num("share", "当初÷要求", words.percent, PERCENT),
    ]
    return build(frame, doc, name, caption, columns, source=source)


def asked_anew(frame: pd.DataFrame, doc: Document, name: str, caption: str, source: str) -> Table:
    """What was asked for and had no amount the year before."""
    columns = [
        Col("name", "施策"),
        Col("ministry", "府省庁"),
        Col("fiscal_year", "年度", words.era, keep=True),
        num("current", "要求", _amount),
        num("share", "要求の総額に占める割合", words.percent, PERCENT),
    ]
    return build(frame, doc, name, caption, columns, source=source)


def revised(frame: pd.DataFrame, doc: Document, name: str, caption: str) -> Table:
    """What a later document prints otherwise than that year's own."""
    columns = [
        Col("name", "総額、分野、施策"),
        Col("column", "欄", keep=True),
        num("before", "その年度の資料", words.as_printed, OKU),
        num("now", "後の資料", words.as_printed, OKU),
        Col("document", "後の資料のフォルダー"),
    ]
    return build(frame, doc, name, caption, columns)

"""Every formula against values worked out by hand from the printed document of fiscal 2024.

The literals were added up and divided by hand from the printed tables; nothing here is copied from the
package's own output.
"""

import re
import subprocess
import sys
from fractions import Fraction as F

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from cyberbudget import exact, interval, prose, tables, words
from cyberbudget.__main__ import main
from cyberbudget.interval import NOTHING, Interval
from cyberbudget.load import load
from cyberbudget.schema import ROLES

from .. import next_year

PRINTED = {  # area: 令和6年度当初, 令和5年度補正, 令和5年度当初
    "1": "63.2 9.8 49.1",
    "2": "383.0 186.3 264.7",
    "3": "1522.1 3.1 878.0",
    "4": "128.4 37.3 150.3",
}
# area (None: all): how many measures are listed, their sums, what they leave, and their share of the whole
COVERED = {
    "1": (6, "58.4 5.1 44.0", "4.8 4.7 5.1", "92.4% 52.0% 89.6%"),
    "2": (15, "147.4 73.7 77.0", "235.6 112.6 187.7", "38.5% 39.6% 29.1%"),
    "3": (6, "1507.9 2.4 866.4", "14.2 0.7 11.6", "99.1% 77.4% 98.7%"),
    "4": (4, "29.1 5.3 23.4", "99.3 32.0 126.9", "22.7% 14.2% 15.6%"),
    None: (31, "1742.8 86.5 1010.8", "383.4 152.4 368.1", "82.0% 36.2% 73.3%"),
}
WHOLE = "2126.2 238.9 1378.9"
OUTSIDE = "29.5 2.4 36.8"
MINISTRIES = {
    "内閣官房": "1.8 12.8 2.6",
    "警察庁": "17.9 2.7 9.5",
    "金融庁": "0.9 1.5 0.9",
    "デジタル庁": "1.3 0 1.3",
    "総務省": "52.4 0 33.9",
    "外務省": "11.9 9.0 7.5",  # the sheet prints 7.5 where the table adds up to 7.4
    "文部科学省": "3.2 2.1 2.8",
    "厚生労働省": "30.4 53.3 27.1",
    "経済産業省": "101.5 5.1 43.1",
    "国土交通省": "0.6 0 0.5",  # 0.6 on the sheet, 0.2 + 0.3 in the table
    "防衛省": "1521.0 0 881.7",
}


def values(row) -> tuple[F, ...]:
    return tuple(row[key].value for key in ROLES)


def fractions(figures: str) -> tuple[F, ...]:
    return tuple(map(F, figures.split()))


pct = words.percent


def row(frame: pd.DataFrame, **wanted) -> pd.Series:
    """The one row of a frame with these values."""
    for key, value in wanted.items():
        frame = frame[[x == value for x in frame[key]]]
    assert len(frame) == 1
    return frame.iloc[0]


# ── amounts and what is left of them ────────────────────────────────────────────────────────────────


def test_areas_and_what_lies_outside(doc):
    table = exact.amounts(doc, "area")
    own, rest = exact.own(table), table.iloc[-1]
    assert {r["area"]: values(r) for _, r in own.iterrows()} == {a: fractions(x) for a, x in PRINTED.items()}
    sums = tuple(interval.total(own[key]).value for key in ROLES)
    assert sums == fractions("2096.7 236.5 1342.1")
    assert (rest["rest"], rest["name"]) == (True, "分野に入らない分")
    assert values(rest) == fractions(OUTSIDE)
    # Five amounts of ±0.05 each.
    assert tuple(rest[k].low for k in ROLES) == fractions("29.25 2.15 36.55")
    assert tuple(rest[k].high for k in ROLES) == fractions("29.75 2.65 37.05")


@pytest.mark.parametrize("area", COVERED)
def test_listed_measures_and_the_unlisted_remainder(doc, area):
    count, listed, left, shares = COVERED[area]
    table = exact.amounts(doc, "measure", area)
    assert tuple(exact.listed(doc, c, area).value for c in doc.columns) == fractions(listed)
    assert values(table.iloc[-1]) == fractions(left)
    assert table["rest"].tolist() == [False] * count + [True]
    assert table["name"].iloc[-1] == "施策名のない額"
    coverage = exact.coverage(doc)
    found = coverage[coverage["id"] == (f"({area})" if area else "総額")]
    assert tuple(found["column"]) == doc.columns and len(coverage) == 15
    assert found["share"].map(pct).tolist() == shares.split()
    for key, figures in (("whole", PRINTED.get(area, WHOLE)), ("listed", listed), ("left", left)):
        assert tuple(x.value for x in found[key]) == fractions(figures)


def test_ministries(doc):
    table = exact.amounts(doc, "ministry")
    own = exact.own(table)
    assert {r["name"]: values(r) for _, r in own.iterrows()} == {
        m: fractions(x) for m, x in MINISTRIES.items()
    }
    assert own["name"].tolist() == list(MINISTRIES) == doc.bodies  # eleven, in the order of ministries.csv
    assert table["name"].iloc[-1] == "施策名のない額"
    assert values(table.iloc[-1]) == fractions("383.4 152.4 368.1")


def test_a_sum_that_a_sheet_prints_bounds_that_of_its_measures(doc):
    """6.9 + 0.5 may be 7.3–7.5, the sheet's 7.5 is 7.45–7.55; 0.2 + 0.3 and 0.6 leave 0.55–0.60."""
    table = exact.full(doc, "ministry")
    before, now = row(table, name="外務省")["previous"], row(table, name="国土交通省")["current"]
    assert (before.low, before.high) == fractions("7.45 7.5") and (now.low, now.high) == fractions("0.55 0.6")
    assert row(table, name="国土交通省")["kind"] == "up"
    rate = row(table, name="外務省")["rate"]  # 11.85 / 7.5 and 11.95 / 7.45
    assert (words.percent(rate.value), words.span(rate, "rate")) == ("58.7%", "+58.0〜+60.5%")
    assert exact.listed(doc, doc.previous, ministry="外務省") == before
    assert exact.listed(doc, doc.previous, "2", "外務省").value == F("6.9")  # half of what the sheet adds up


def test_two_measures_are_not_the_same_where_their_sum_is_not(doc):
    """The sheet prints 0.5 and 0.6 for two measures of which the table prints 0.2 and 0.3 twice."""
    table = exact.full(doc, "measure")
    assert table.loc[table["kind"] == "near", "id"].tolist() == ["(2)-⑮", "(4)-③"]


def test_one_ministry_has_no_remainder(doc):
    table = exact.amounts(doc, "measure", ministry="防衛省")
    assert table["id"].tolist() == ["(3)-①", "(3)-②", "(3)-③", "(3)-④", "(4)-①"]
    assert not table["rest"].any()
    assert exact.listed(doc, doc.current, ministry="防衛省").value == F("1521.0")
    assert exact.listed(doc, doc.current, "4", "防衛省").value == F("25.5")


def test_unknown_level(doc):
    with pytest.raises(ValueError, match="office"):
        exact.amounts(doc, "office")


def test_ministries_by_area(doc):
    table = exact.ministry_in_area(doc, doc.current)
    assert table.shape == (11, 4)
    assert [x.value for x in table.loc["防衛省"]] == [0, 0, F("1495.5"), F("25.5")]
    assert [x.value for x in table.loc["警察庁"]] == [0, F("6.2"), F("11.7"), 0]
    assert table.loc["防衛省", "1"].absent and table.loc["外務省", "3"].value == F("0.7")


# ── shares, ranks, concentration, coverage ──────────────────────────────────────────────────────────


def test_shares_of_the_areas(doc):
    table = exact.shares(exact.amounts(doc, "area"), doc.whole(doc.current))
    assert table["area"].tolist() == ["3", "2", "4", "1", ""]
    assert table["rank"].tolist() == [1, 2, 3, 4, 0]
    assert table["share"].map(pct).tolist() == ["71.6%", "18.0%", "6.0%", "3.0%", "1.4%"]


@pytest.mark.parametrize(
    ("level", "name", "column", "share"),
    [
        ("ministry", "防衛省", "current", "71.5%"),
        ("ministry", "防衛省", "previous", "63.9%"),
        ("measure", "情報システムの防護", "current", "50.0%"),
        ("measure", "情報システムの防護", "previous", "34.6%"),
        ("area", "国際・安全保障", "previous", "63.7%"),
        ("area", "国民の安全・安心", "supplementary", "78.0%"),
    ],
)
def test_shares_of_the_total(doc, level, name, column, share):
    whole = doc.whole(getattr(doc, column))
    assert pct(row(exact.shares(exact.amounts(doc, level), whole, column), name=name)["share"]) == share


def made_up(*amounts: str, key: str = "amount") -> pd.DataFrame:
    """A table of these printed amounts; the last row is the remainder."""
    values = [Interval.printed(x) for x in amounts]
    rest = [False] * (len(amounts) - 1) + [True]
    return pd.DataFrame({"name": list("甲乙丙丁戊己"[: len(amounts)]), key: values, "rest": rest})


def test_ties_share_the_better_rank_and_the_remainder_has_none():
    table = made_up("5.0", "7.0", "5.0", "—", "9.0")
    assert exact.rank(table, "amount").tolist() == [2, 1, 2, 4, 0]
    turned = table.iloc[::-1]
    assert exact.rank(turned, "amount").to_dict() == {0: 2, 1: 1, 2: 2, 3: 4, 4: 0}
    assert exact.by_size(table, "amount")["name"].tolist() == list("乙甲丙丁戊")
    assert exact.by_size(turned, "amount")["name"].tolist() == list("乙丙甲丁戊")


def test_the_largest_is_the_first_of_equal_ones_and_never_the_remainder():
    assert exact.largest(made_up("5.0", "7.0", "7.0", "9.0"), "amount")["name"] == "乙"
    assert exact.largest(made_up("—", "0.0", "9.0"), "amount") is None
    assert exact.largest(made_up("9.0"), "amount") is None  # nothing is itemised


# ── changes ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("level", "name", "change", "rate", "contribution", "points", "kind"),
    [
        ("area", "国際・安全保障", "644.1", "+73.4%", "86.2%", "+46.7ポイント", "up"),
        ("area", "国民の安全・安心", "118.3", "+44.7%", "15.8%", "+8.6ポイント", "up"),
        ("area", "経済社会の活力", "14.1", "+28.7%", "1.9%", "+1.0ポイント", "up"),
        ("area", "横断的施策", "-21.9", "−14.6%", "−2.9%", "−1.6ポイント", "down"),
        ("area", "分野に入らない分", "-7.3", "−19.8%", "−1.0%", "−0.5ポイント", "down"),
        ("ministry", "防衛省", "639.3", "+72.5%", "85.5%", "+46.4ポイント", "up"),
        ("ministry", "内閣官房", "-0.8", "−30.8%", "−0.1%", "−0.1ポイント", "down"),
        ("ministry", "デジタル庁", "0", "0.0%", "0.0%", "0.0ポイント", "same"),
        ("measure", "情報システムの防護", "586.6", "+122.9%", "78.5%", "+42.5ポイント", "up"),
        ("measure", "独法等の監視に係る次期システム構築事業", "57.2", "—", "7.7%", "+4.1ポイント", "new"),
        ("measure", "リスク管理枠組み（RMF）の導入", "-10.3", "−3.4%", "−1.4%", "−0.7ポイント", "down"),
        ("measure", "施策名のない額", "15.3", "+4.2%", "2.0%", "+1.1ポイント", "up"),
        # Within an area, against the area: 586.6 of 644.1, and of 878.0.
        ("measure 3", "情報システムの防護", "586.6", "+122.9%", "91.1%", "+66.8ポイント", "up"),
    ],
)
def test_changes(doc, level, name, change, rate, contribution, points, kind):
    found = row(exact.changes(doc, *level.split()), name=name)
    assert found["change"].value == F(change)
    assert words.percent(found["rate"], signed=True) == rate
    assert (pct(found["contribution"]), words.pt(found["points"])) == (contribution, points)
    assert found["kind"] == kind


@pytest.mark.parametrize("level", exact.LEVELS)
def test_changes_run_from_the_largest_rise_down_with_the_remainder_last(doc, level):
    table = exact.changes(doc, level)
    steps = [x.value for x in exact.own(table)["change"]]
    assert steps == sorted(steps, reverse=True)
    assert table["rest"].tolist() == [False] * len(steps) + [True]
    assert sum(x.value for x in table["change"]) == F("747.3")
    assert sum(x.value for x in table["contribution"]) == 1


def test_kinds_of_change(doc):
    counts = exact.own(exact.changes(doc, "measure"))["kind"].value_counts().to_dict()
    assert counts == {"up": 15, "down": 6, "same": 4, "near": 2, "new": 3, "none": 1}


# ── 16か月予算 ───────────────────────────────────────────────────────────────────────────────────────


def test_sixteen_months_add_up(doc):
    for level in exact.LEVELS:
        table = exact.full(doc, level)
        apart = F("0.1") if level == "ministry" else 0  # 国土交通省, of which the sheet prints more
        assert sum(x.value for x in table["sixteen"]) == F("2365.1") + apart
    measures = exact.full(doc, "measure")
    assert pct(row(measures, id="(1)-⑥")["front"]) == "100.0%"  # 補正 only
    assert pct(row(measures, id="(3)-①")["front"]) == "0.0%"


# ── reconciliation and statements ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sheet", "year", "stage", "on_sheet", "in_table", "verdict"),
    [
        # 23.5 may be 23.45–23.55, 24 is 23.5–24.5
        ("(1)-①", 2023, "initial", "24", "23.5", "丸めで説明できる"),
        ("(1)-②", 2024, "initial", "15.84", "15.8", "丸めで説明できる"),  # 1,584百万円
        ("(2)-⑤", 2023, "initial", "7.5", "7.4", "丸めで説明できる"),  # 6.9 + 0.5, one sheet for two measures
        ("(2)-⑮", 2024, "initial", "0.6", "0.5", "丸めで説明できる"),  # 0.2 + 0.3
        ("(3)-①", 2024, "initial", "1064", "1064", "一致"),
        ("(4)-④", 2023, "supplementary", "3.2", "3.2", "一致"),
        ("(1)-③", 2022, "second_supplementary", "20", None, "表に欄がない"),  # 2,000百万円
    ],
)
def test_reconciliation(doc, sheet, year, stage, on_sheet, in_table, verdict):
    found = row(exact.reconcile(doc), sheet=sheet, fiscal_year=year, stage=stage)
    compared = [x and x.value for x in (found["in_table"], found["difference"])]
    assert compared == ([F(in_table), F(on_sheet) - F(in_table)] if in_table else [None, None])
    assert (found["on_sheet"].value, found["verdict"]) == (F(on_sheet), verdict)


def test_the_parts_of_a_sheet_add_up(doc):
    table = exact.reconcile(doc)
    parts = table[table["what"].str.startswith("内訳")]
    found = [(r["sheet"], r["what"], r["on_sheet"].value, r["in_table"].value) for _, r in parts.iterrows()]
    assert found == [
        ("(2)-②", "内訳2件の合計", F("30.4"), F("30.4")),  # 29.0 + 1.4
        ("(2)-②", "内訳2件の合計", F("27.1"), F("27.1")),  # 25.7 + 1.4
        ("(2)-②", "内訳1件", F("53.3"), F("53.3")),
        ("(2)-⑤", "内訳2件の合計", F("11.9"), F("11.9")),  # 11.2 + 0.7
        ("(4)-②", "内訳1件", F("2"), F("2")),
    ]


def test_statements_that_only_rounding_allows(doc):
    table = exact.statements(doc)
    assert " ".join(table.loc[table["verdict"] == exact.POSSIBLE, "statement"]) == "S14 S15 S20 S25"


@pytest.mark.parametrize(
    ("statement", "stated", "verdict"),
    [
        ("S10", "8", "成り立たない"),  # 71.6% is not 7.5割 or more
        ("S08", "748.3", "成り立たない"),
        ("S08", "747.4", "丸めの範囲で両立する"),  # 747.2–747.4 meets 747.35–747.45
        ("S01", "新規", "成り立たない"),  # last year has an amount
        ("S12", "0.7", "成り立たない"),  # — is not 0.7
    ],
)
def test_a_statement_of_something_else(data_copy, statement, stated, verdict):
    path = data_copy / "fy2024" / "statements.csv"
    rows = next_year.read(path)
    changed = next(row for row in rows if row["statement"] == statement)
    told = {key: changed[key] or default for key, default in (("unit", "億円"), ("tolerance", "0.05"))}
    changed |= {"stated": stated, **told}
    next_year.write(path, rows)
    found = exact.statements(load(data_copy / "fy2024"))
    assert row(found, statement=statement)["verdict"] == verdict


# ── what the tables and sentences say ───────────────────────────────────────────────────────────────


BUILT = {
    "measures": lambda doc: tables.measures(doc, "tab-x", "施策"),
    "changes": lambda doc: tables.changes(exact.changes(doc, "area"), doc, "tab-x", "増減", "分野"),
    "shares": lambda doc: tables.shares(
        exact.shares(exact.amounts(doc, "area"), doc.whole(doc.current)), doc, "tab-x", "構成比"
    ),
    "sixteen": lambda doc: tables.sixteen(exact.full(doc, "area"), doc, "tab-x", "16か月"),
    "tidy": lambda doc: tables.tidy(doc.amounts.query("printed == '1064.0'"), doc, "tab-x", "整えた表"),
    "coverage": lambda doc: tables.coverage(exact.coverage(doc), doc, "tab-x", "施策名のある割合"),
    "statements": lambda doc: tables.statements(exact.statements(doc), doc, "tab-x", "言葉"),
    "reconciliation": lambda doc: tables.reconciliation(exact.reconcile(doc), doc, "tab-x", "突き合わせ"),
}


@pytest.mark.parametrize(
    ("table", "row", "cells"),
    [
        ("measures", 0, "産業サイバーセキュリティ強靱化事業 (1)-① 経済産業省 23.4 — 23.5"),
        ("measures", 21, "情報システムの防護 (3)-① 防衛省 1,064.0 — 477.4"),
        ("changes", 0, "国際・安全保障 878.0 1,522.1 +644.1 +73.4% 86.2%"),
        ("changes", 3, "横断的施策 150.3 128.4 −21.9 −14.6% −2.9%"),
        ("changes", 4, "分野に入らない分 36.8 29.5 −7.3 −19.8% −1.0%"),
        ("shares", 0, "国際・安全保障 1,522.1 71.6 71.58〜71.60"),
        ("sixteen", 0, "経済社会の活力 9.8 63.2 73.0 13.4%"),
        ("sixteen", 1, "国民の安全・安心 186.3 383.0 569.3 32.7%"),
        ("sixteen", 2, "国際・安全保障 3.1 1,522.1 1,525.2 0.2%"),
        ("sixteen", 3, "横断的施策 37.3 128.4 165.7 22.5%"),
        ("sixteen", 4, "分野に入らない分 2.4 29.5 31.9 7.5%"),
        ("tidy", 0, "1,064.0 1,063.95 1,064.05"),
        ("coverage", 1, "383.0 147.4 235.6 38.5%"),
        ("statements", 4, "238.9億円 成り立つ"),
        ("statements", 7, "747.3億円 成り立つ"),
        ("statements", 9, "71.6% 成り立つ"),
        ("statements", 11, "前年度当初が — 成り立つ"),
        ("statements", 19, "7.4億円 丸めの範囲で両立する"),
        ("reconciliation", 0, "令和6年度当初 23億円 23.4 丸めで説明できる"),
        ("reconciliation", 5, "令和4年度第2次補正 2,000百万円 — 表に欄がない"),
    ],
)
def test_cells_of_the_tables(doc, table, row, cells):
    assert " ".join(BUILT[table](doc).cells[row]).endswith(cells)


def test_headings_and_the_remainder(doc):
    assert [c.heading for c in BUILT["measures"](doc).columns][3:] == [c.label for c in doc.columns]
    # 「うち補正」 would be an amount, as it is in the figures.
    assert BUILT["sixteen"](doc).columns[-1].heading == "補正の割合"
    assert BUILT["changes"](doc).rest == (4,)
    assert (len(BUILT["measures"](doc).cells), len(doc.amounts)) == (31, 108)


def test_who_rose_and_who_fell(doc):
    assert prose.movers(exact.changes(doc, "area"), "分野", 4) == (
        "増えたのは3分野（「国際・安全保障」「国民の安全・安心」「経済社会の活力」）です。減ったのは1分野（「横断的施策」）です。"
    )
    sentences = prose.movers(exact.changes(doc, "measure")).split("。")
    assert [re.search(r"(\d+)施策（「([^」]+)」", s).groups() for s in sentences if s] == [
        ("15", "情報システムの防護"),
        ("6", "リスク管理枠組み（RMF）の導入"),  # the largest fall first
        ("3", "独法等の監視に係る次期システム構築事業"),
        ("4", "サイバーセキュリティ統合知的・人材育成基盤の構築"),
        ("2", "国土交通省所管事業者等への情報セキュリティ対策経費"),
    ]


@pytest.mark.parametrize(
    ("area", "key", "measure", "amount", "beyond"),
    [
        ("1", "current", "産業サイバーセキュリティ強靱化事業", "23.4億円", None),
        ("4", "current", "サイバー分野における教育機能の強化", "25.5億円", "99.3億円"),
        ("2", "sixteen", "厚生労働省及び関係機関等における情報セキュリティ対策推進費", "83.7億円", "348.2億円"),
    ],
)  # fmt: skip
def test_headline_of_the_measures(doc, area, key, measure, amount, beyond):
    title = prose.headline(exact.full(doc, "measure", area), key, "16か月予算")
    rest = f"。施策名のない額はそれを上回る{beyond}" if beyond else ""
    assert title == f"表にある施策では「{measure}」が最も大きく、{amount}{rest}"


def test_headline_where_no_measure_has_an_amount(doc):
    table = exact.amounts(doc, "measure", "1").assign(current=[NOTHING] * 7)
    assert prose.headline(table, "current", "今年度当初") == "今年度当初の額がある施策は、表に載っていない"


def test_a_card_says_where_its_sheet_bears_the_number_of_another_area(doc):
    cards = {area: BeautifulSoup(tables.cards(doc, area)._repr_html_(), "html.parser") for area in "23"}
    first = cards["3"].select_one("#sheet-2-5-in-3 dl")
    assert first.dt.text == "シートの番号"
    own = "「サイバー空間に関する外交及び国際連携」"
    assert first.dd.text == f"分野(2)のものですが、この分野の{own}も扱っています"
    assert len(cards["3"].find_all("dt", string="シートの番号")) == 1
    assert not cards["2"].find_all("dt", string="シートの番号")


def test_the_amounts_of_a_sheet_stand_one_to_a_line_and_those_of_its_parts_in_a_table(doc):
    html = BeautifulSoup(tables.cards(doc, "2")._repr_html_(), "html.parser")
    told = html.select_one("#sheet-2-6").find("dt", string="シートの金額").find_next("dd")
    lines = told.get_text().split("\n")
    assert len(lines) == (doc.sheets["sheet"] == "(2)-⑥").sum() == len(told.find_all("br")) + 1
    assert lines[0] == "令和6年度当初 3.6億円"
    table = html.select_one("#sheet-2-2 table")
    cells = [[cell.text for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")]
    assert cells[0] == ["部分", "令和6年度当初", "令和5年度補正", "令和5年度当初"]
    assert cells[1] == ["シート全体", "30.4億円", "53.3億円", "27.1億円"]
    assert cells[2][1:] == ["29.0億円", "", "25.7億円"]
    printed = [cell for row in cells[1:] for cell in row[1:] if cell]
    assert len(printed) == (doc.sheets["sheet"] == "(2)-②").sum()
    assert not html.select_one("#sheet-2-2").find("dt", string="シートの金額")


# ── python -m cyberbudget check ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("edit", "code", "told"),
    [
        (None, 0, [
            "施策 31、府省庁 11、シート 29",
            "総額 2,126.2億円、分野の合計 2,096.7億円、分野に入らない分 29.5億円",
            "(2) 令和6年度当初：資料 383.0億円、施策の合計 147.4億円、施策名のない額 235.6億円",
            "一致 55件、丸めで説明できる 15件、表に欄がない 1件",
            "成り立つ 44件、丸めの範囲で両立する 4件",
        ]),
        # Five times the total, and the increase.
        (("totals", "2126.2", "2226.2"), 1, ["合いません：表紙 令和6年度予算額 2, 126. 2億円", "成り立たない 6件"]),
        (("sheets", "initial,290.8", "initial,250.8"), 1, ["合いません：(3)-② リスク管理枠組み（RMF）の導入"]),
        (("measures", "1064.0", "-1064.0"), 2, ["measures.csv 23行目 fy2024_initial列: 値「-1064.0」"]),
    ],
)  # fmt: skip
def test_check(data_copy, capsys, edit, code, told):
    folder = data_copy / "fy2024"
    if edit:
        name, old, new = edit
        path = folder / f"{name}.csv"
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")
    assert main(["check", str(folder)]) == code
    out, err = capsys.readouterr()
    said, silent = (err, out) if code == 2 else (out, err)
    assert silent == "" and not [text for text in told if text not in said]


def test_check_of_the_newest_document_as_a_program():
    done = subprocess.run(
        [sys.executable, "-m", "cyberbudget", "check"], capture_output=True, encoding="utf-8"
    )
    assert (done.returncode, done.stderr) == (0, "") and "読み込み" in done.stdout

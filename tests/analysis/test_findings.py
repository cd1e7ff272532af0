"""Each finding on the document of fiscal 2024, where it holds, and on one that was changed so that it does not.

The numbers in the sentences were worked out by hand from the printed tables.
"""

from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest

from cyberbudget import findings, words
from cyberbudget.interval import Interval
from cyberbudget.load import Document
from cyberbudget.schema import ROLES

DRIVER = "情報システムの防護"
NEW_SYSTEM = "独法等の監視に係る次期システム構築事業"


def changed(doc: Document, level: str, printed: dict[str, dict[str, str]]) -> Document:
    """The document with other printed amounts: name of the row → role → text."""
    table = getattr(doc, level).copy()
    key = {"measures": "measure", "areas": "area", "totals": "total"}[level]
    for name, amounts in printed.items():
        for role, text in amounts.items():
            table.loc[table[key] == name, role] = pd.Series(
                [Interval.printed(text)] * (table[key] == name).sum(),
                index=table.index[table[key] == name],
                dtype=object,
            )
    return replace(doc, **{level: table})


def all_named(doc: Document) -> Document:
    """Every amount without a name is given to one listed measure of its area; nothing is left over."""
    for area in doc.areas["area"]:
        own = doc.measures["area"] == area
        first = doc.measures.loc[own, "measure"].iloc[0]
        left = {
            role: doc.areas.set_index("area")[role][area].value
            - sum(x.value for x in doc.measures.loc[own, role])
            + doc.measures.loc[own, role].iloc[0].value
            for role in ROLES
        }
        doc = changed(doc, "measures", {first: {role: f"{float(x):.1f}" for role, x in left.items()}})
    sums = {role: f"{float(sum(x.value for x in doc.areas[role])):.1f}" for role in ROLES}
    return changed(doc, "totals", {doc.totals["total"].iloc[0]: sums})


def told(doc: Document, name: str) -> list[str]:
    return [f.sentence for f in findings.find(doc) if f.name == name]


HOLDS = {
    "total": ["令和6年度当初予算の総額は2,126.2億円です。", "747.3億円、率にして54%増えました"],
    "size": ["「横断的施策」の令和6年度当初予算は128.4億円で、総額の6.0%です。令和5年度当初から21.9億円、率にして15%減りました。",
             "表にある国土交通省の施策の令和6年度当初予算は0.6億円です。", "外務省の施策の令和6年度当初予算は11.9億円です。令和5年度当初から4.4億円、率にして59%増えました"],
    "driver": ["総額の増加747.3億円のうち、586.6億円（78.5%）は、防衛省の「情報システムの防護」", "901.5億円から1,062.2億円へ、18%増です"],
    "largest": ["「情報システムの防護」で、1,064.0億円、総額の50.0%です", "すべて足した678.8億円より大きい"],  # 1742.8 − 1064.0
    "heaviest_area": ["7割あまり（71.6%）", "令和5年度当初では63.7%"],
    "unnamed": ["総額の18.0%（383.4億円）には、施策の名前がありません", "分野(2)「国民の安全・安心」の235.6億円", "383.4億円のうち29.5億円は、どの分野にも入っていません"],
    "areas_and_total": ["三つの欄のどれでも、分野を足しても総額に届きません", "令和6年度当初で29.5億円、令和5年度補正で2.4億円、令和5年度当初で36.8億円", "円グラフにはあるかもしれません"],
    "named_by_area": ["「国際・安全保障」の99%に対し", "「国民の安全・安心」は38%", "「横断的施策」は23%"],
    "unnamed_in_area": ["92%です。残る4.8億円", "38%です。残る235.6億円", "99%です。残る14.2億円", "23%です。残る99.3億円"],
    "growth_of_area": ["令和4年度第2次補正で20.0億円が付いていました", "12.0億円から15.8億円へ32%増", "68.5億円から119.8億円へ75%増", "分野(1)の増加14.1億円のうち、10.0億円は", "分野(2)の増加118.3億円のうち、57.2億円は経済産業省の", "（新規）、47.9億円は施策名のない額です", "分野(3)の増加644.1億円のうち、586.6億円は"],
    "hidden_move": ["「横断的施策」は21.9億円減りましたが、表にある施策は合わせて5.7億円増えています", "126.9億円から99.3億円へ減ったためです", "令和5年度補正には施策名のない額が32.0億円あります", "補正に移されたのか、施策が終わったのかは、資料の文字からは分かりません"],
    "defence_range": ["1,521.0億円で、総額の71.5%です", "すべて防衛省のものなら、89.6%になります", "文字として取り出せていない"],  # 1521.0 and 1904.4 of 2126.2
    "defence_moved": ["63.9%から90.6%", "71.5%から89.6%で、重なっています", "104.7億円以上が防衛省のもの"],  # 1378.9 × 1521.0 / 2126.2 − 881.7
    "defence_elsewhere": ["分野(1)と分野(2)の表に", "71.5%から78.3%", "63.9%から76.7%"],  # 1904.4 − 4.8 − 235.6 of 2126.2, 1249.8 − 5.1 − 187.7 of 1378.9
    "defence_measures": ["「情報システムの防護」は2.2倍、減ったのは「リスク管理枠組み（RMF）の導入」だけ"],
    "growth_by_area": ["総額の増加747.3億円のうち、644.1億円は分野(3)「国際・安全保障」です"],
    "largest_in_area": ["分野(3)の1,522.1億円のうち、1,064.0億円（69.9%）は防衛省の", "四つの施策で、分野(1)の約9割（57.7億円）"],
    "two_counts": ["警察庁と外務省の12.4億円", "防衛省の25.5億円は分野(4)"],
    "others": ["129.1億円から221.8億円へ72%増えました。防衛省の施策は73%増です", "ほかは27%増", "404.3億円から457.0億円へ13%増"],  # 164.6 / 129.1
    "survivors": ["1,010.8億円から1,742.8億円へ72%増", "368.1億円から383.4億円へ4%増", "令和6年度当初で額がなくなった施策が一つもありません"],
    "lead_ministry": ["87.3%は防衛省", "10府省庁は、合わせて221.8億円で、その5割近くは経済産業省（101.5億円）です"],
    "lives_on_supplementary": ["内閣官房の施策は、当初が2.6億円から1.8億円になりました", "12.8億円が付いています（令和6年度当初の約7倍）", "令和4年度の補正は資料になく", "53.3億円が付きました（令和6年度当初の1.8倍）", "すべて「重要インフラの情報セキュリティに関する取組の強化」の分", "オンライン資格確認"],
    "new_measure": ["経済産業省の施策の増加58.4億円のうち、57.2億円", "43.1億円から44.3億円へ3%増", "総務省の施策の増加18.5億円のうち、10.0億円", "33.9億円から42.4億円へ25%増", "令和4年度第2次補正で20.0億円が付いていたものです"],
    "where_supplementary_went": ["238.9億円のうち、186.3億円は分野(2)", "分野(3)は、3.1億円にとどまります"],
    "unnamed_supplementary": ["63.8%にあたる152.4億円", "18.0%でした"],
    "sixteen_months": ["238.9億円", "16か月予算は、2,365.1億円です"],
    "misled_ministries": ["内閣官房、金融庁、厚生労働省では", "67.6億円", "33.1億円"],  # 12.8 + 1.5 + 53.3, 1.8 + 0.9 + 30.4
    "measures_of_area": ["分野(2)の表にある施策は、合わせて147.4億円です", "（30.4億円）が続きます"],
    "parts_of_change": ["表にある施策は14.4億円増、施策名のない額は0.3億円減", "表にある施策は5.7億円増、施策名のない額は27.6億円減"],
    "sixteen_of_area": ["分野(2)の16か月予算は569.3億円です", "合わせると348.2億円が、施策名のない額です", "165.7億円"],
    "unknowns": ["「情報システムの防護」（1,064.0億円）の内訳と、前年度の2.2倍になった理由は、資料の文字からは分かりません", "383.4億円（総額の18.0%）あり、うち29.5億円はどの分野のものでもありません", "歳出ベースか契約ベースかも、書かれていません"],
    "growth_of_ministry": ["警察庁の施策の増加8.4億円の9割近く", "（4.3億円から11.7億円へ2.7倍）", "内閣官房の施策の減少0.8億円の6割あまり", "（0.8億円から0.3億円へ63%減）"],  # 7.4 / 8.4, 0.5 / 0.8
    "against": ["総額が増えるなかで、防衛省の「リスク管理枠組み（RMF）の導入」は減りました（301.1億円から290.8億円へ3%減）", "分野(4)が減るなかで、防衛省の「サイバー分野における教育機能の強化」は増えました"],
    "measure_size": ["「サイバーセキュリティ協議会の運用」の令和6年度当初予算は0.6億円です。令和5年度当初から0.2億円、率にして25%減りました。丸めを考えると、率は−35.3〜−13.3%のどこか",
                     "586.6億円増え、2.2倍になりました", "8.5億円です。令和5年度当初と、印刷された桁で同額", "0.1億円減りましたが、ほぼ横ばい", "予算の欄は「—」です。令和5年度当初の欄も「—」", "0.3億円です。表では令和5年度当初と同額ですが、シートの計は違います"],
    "measure_weight": ["分野(2)「国民の安全・安心」の383.0億円の14.9%", "分野の増加118.3億円のうち57.2億円が、この施策の分", "分野が21.9億円減るなかで、増えました", "1,522.1億円の0.1%未満"],
    "own_supplementary": ["4.7億円が付いています（令和6年度当初の約12倍）。合わせた16か月予算は5.1億円です。当初だけを比べて"],
    "measure_parts": ["0.6億円の内訳は、資料の文字からは分かりません", "30.4億円のうち29.0億円は「厚生労働省及び関係機関における情報セキュリティ対策の推進」"],
}  # fmt: skip


def test_every_finding_is_tested(doc):
    assert {f.name for f in findings.find(doc)} == HOLDS.keys() == BROKEN.keys()


@pytest.mark.parametrize("name", HOLDS)
def test_it_holds(doc, name):
    said = "".join(told(doc, name))
    assert not [part for part in HOLDS[name] if part not in said]


def test_a_dash_is_said_where_one_is_printed_and_nowhere_else(doc):
    for found, row in zip(
        findings.named(doc, "measure_size"), findings.view(doc).own("measure"), strict=True
    ):
        dashes = [row["current"].absent, row["previous"].absent]
        assert ("欄は「—」" in found.sentence or "欄も「—」" in found.sentence) == any(dashes), row["id"]
        assert dashes[0] or words.oku(row["current"]) in found.sentence, row["id"]


# How a document must differ for each finding to hold no longer.
def smaller_driver(doc):  # it grew by 0.6 and is a fifth of the total; the rest of its area bears no name
    return changed(doc, "measures", {DRIVER: {"current": "478.0"}})


def lighter_area(doc):  # 950.0 of 2126.2 is less than half
    return changed(smaller_driver(doc), "areas", {"3": {"current": "950.0"}})


def still(doc):
    return changed(doc, "totals", {"総額": {"previous": "2126.2"}})


def without_defence(doc):
    return replace(doc, measures=doc.measures.replace({"ministry": {"防衛省": "警察庁"}}))


def no_leader(doc):
    names = doc.measures.loc[doc.measures["ministry"] == "防衛省", "measure"]
    return changed(doc, "measures", {name: {"current": "1.0"} for name in names})


def no_supplementary(doc):
    doc = changed(doc, "totals", {"総額": {"supplementary": "—"}})
    doc = changed(doc, "areas", {area: {"supplementary": "—"} for area in doc.areas["area"]})
    return changed(doc, "measures", {name: {"supplementary": "—"} for name in doc.measures["measure"]})


def more_named(doc):  # area (4) lists 70.0 more, and listed 120.0 more the year before: both parts fall
    return changed(
        doc, "measures", {"情報システムセキュリティ強化経費": {"current": "90.0", "previous": "100.0"}}
    )


def nothing_new(doc):
    return changed(
        doc,
        "measures",
        {
            n: {"previous": "1.0"}
            for n in (NEW_SYSTEM, "政府端末情報を活用したサイバーセキュリティ情報の収集・分析に係る実証事業")
        },
    )


def one_ended(doc):
    return changed(doc, "measures", {NEW_SYSTEM: {"current": "—", "previous": "57.2"}})


def nothing_unknown(doc):  # its largest measure is known by its parts, and it says how it counts
    doc = all_named(doc)
    parts = doc.sheets.assign(component=doc.sheets["component"].mask(doc.sheets["measure"] == DRIVER, "部分"))
    return replace(doc, sheets=parts, meta=doc.meta | {"not_stated": []})


def split_areas(doc):  # no area holds a measure of half of it, and its largest five are little of it
    doc = changed(doc, "totals", {"総額": {"current": "40000.0"}})
    return changed(doc, "areas", {area: {"current": "9999.0"} for area in doc.areas["area"]})


def still_areas(doc):
    doc = changed(doc, "totals", {"総額": {"previous": "2126.2"}})
    printed = zip(doc.areas["area"], doc.areas["fy2024_initial"])
    return changed(doc, "areas", {area: {"previous": text} for area, text in printed})


def half_sisters(doc):  # no measure of a ministry makes half of its change
    return changed(
        doc, "measures", {n: {"previous": "0.1", "current": "9.9"} for n in doc.measures["measure"]}
    )


def unmoved(doc):
    printed = zip(doc.measures["measure"], doc.measures["fy2023_initial"])
    return changed(doc, "measures", {name: {"current": text} for name, text in printed})


def nothing_this_year(doc):
    return changed(doc, "measures", {n: {"current": "—"} for n in doc.measures["measure"]})


BROKEN = {
    "growth_of_ministry": half_sisters, "against": unmoved, "measure_size": None, "measure_weight": nothing_this_year,
    "own_supplementary": no_supplementary, "measure_parts": nothing_this_year,
    "total": None, "size": None, "areas_and_total": None, "driver": smaller_driver, "largest": smaller_driver, "heaviest_area": lighter_area,
    "unnamed": all_named, "named_by_area": all_named, "unnamed_in_area": all_named, "growth_of_area": still_areas,
    "hidden_move": more_named, "defence_range": without_defence, "two_counts": without_defence,
    "others": without_defence, "defence_moved": without_defence, "defence_elsewhere": without_defence,
    "defence_measures": without_defence, "growth_by_area": still, "largest_in_area": split_areas, "lead_ministry": no_leader,
    "lives_on_supplementary": no_supplementary, "new_measure": nothing_new,
    "where_supplementary_went": no_supplementary, "unnamed_supplementary": no_supplementary,
    "survivors": one_ended, "sixteen_months": no_supplementary, "misled_ministries": no_supplementary,
    "measures_of_area": None, "parts_of_change": None, "sixteen_of_area": None, "unknowns": nothing_unknown,
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in BROKEN if BROKEN[name]])
def test_it_is_not_said_where_it_does_not_hold(doc, name):
    assert not told(BROKEN[name](doc), name)


def test_a_document_without_defence_says_so(doc):
    (text,) = told(without_defence(doc), "no_defence")
    assert text.startswith("この資料の表に、防衛省の施策はありません。施策名のない額のうち")
    assert not told(doc, "no_defence")


def test_a_total_that_stands_still_has_no_rate(doc):
    assert told(still(doc), "total")[0].endswith("丸めの範囲で同じです。")
    assert not told(still(doc), "driver")


def test_areas_that_add_up_are_said_to(doc):
    (found,) = findings.named(all_named(doc), "areas_and_total")
    assert str(found) == "どの欄でも、分野の合計は丸めの範囲で総額と合います。"
    assert found.salience["coverage"] == 0


# ── what comes first ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("subject", "first"),
    [
        ("whole", ["total", "unknowns", "largest", "driver"]),
        ("change", ["driver", "growth_of_area", "survivors", "hidden_move"]),
        ("defence", ["largest", "driver", "defence_range", "defence_moved"]),
        (
            "supplementary",
            ["sixteen_months", "where_supplementary_went", "unnamed_supplementary", "lives_on_supplementary"],
        ),
        ("coverage", ["named_by_area", "unnamed_supplementary", "unnamed"]),
        ("area/4", ["size", "unnamed_in_area", "hidden_move"]),
        ("ministry/内閣官房", ["size", "lives_on_supplementary"]),
        ("ministry/国土交通省", ["size"]),
        ("ministry/警察庁", ["size", "growth_of_ministry"]),
        ("measure/(3)-①", ["measure_size", "driver", "largest", "measure_parts"]),
        ("measure/(2)-⑪", ["measure_size", "measure_parts", "measure_weight"]),
    ],
)
def test_the_most_salient_comes_first(doc, subject, first):
    assert [f.name for f in findings.about(doc, subject)][: len(first) or None] == first


def test_salience_is_a_share_of_money(doc):
    found = {(f.name, s): x for f in findings.find(doc) for s, x in f.salience.items()}
    assert found["driver", "change"] == Fraction("586.6") / Fraction("747.3")
    assert found["hidden_move", "area/4"] == Fraction("27.6") / Fraction("150.3")
    assert found["unnamed", "whole"] == Fraction("383.4") / Fraction("2126.2")
    assert all(0 <= x <= 1 for x in found.values())


def test_what_is_trivial_is_left_out(doc):
    """The hidden cut of 27.6 is 1.3% of the total: no matter of the whole."""
    assert "hidden_move" not in [f.name for f in findings.about(doc, "whole", None)]
    assert "hidden_move" in [f.name for f in findings.about(doc, "change", None)]


def test_the_five_questions_are_answered(doc):
    assert [line.partition("：")[0] for line in findings.answers(doc)] == list(findings.QUESTIONS)


def test_every_finding_rests_on_cells_of_the_document(doc):
    assert not [cell for f in findings.find(doc) for cell in f.cells if cell not in doc.cells]


def test_a_figure_without_a_finding_has_a_plain_title(doc):
    assert findings.title(doc, "fig-nothing", "内訳") == "内訳"
    assert (
        findings.title(doc, "fig-change-measures", "内訳") == "増加の8割近くは、「情報システムの防護」による"
    )


# ── words of portions ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        ("0.04", "ごく一部"), ("0.23", "2割あまり"), ("0.333", "約3分の1"), ("0.385", "約4割"), ("0.4995", "約半分"),
        ("0.52", "5割あまり"), ("0.716", "7割あまり"), ("0.78", "8割近く"), ("0.888", "約9割"), ("0.96", "ほぼすべて"),
    ],
)  # fmt: skip
def test_portions(ratio, text):
    assert words.portion(Fraction(ratio)) == text


# ── what is said of a row is said of it only ────────────────────────────────────────────────────────


def test_a_part_without_a_measure_says_so(doc):
    empty = changed(
        doc, "measures", {n: {"current": "—"} for n in doc.measures.query("area == '4'")["measure"]}
    )
    assert "分野(4)の表にある施策に、令和6年度当初の額はありません。" in told(empty, "measures_of_area")
    assert "分野(4)に、令和5年度補正は付いていません。" in told(no_supplementary(doc), "sixteen_of_area")


def test_no_title_is_repeated_by_its_sentence(doc):
    """A figure's title stands near its sentence: the same words would be read twice."""
    bare = str.maketrans("", "", "、。「」")
    twice = [
        f.title
        for f in findings.find(doc)
        if f.figures
        and f.name != "defence_measures"
        and f.title.translate(bare) in f.sentence.translate(bare)
    ]
    assert not twice


def test_findings_of_one_subject(doc):
    (found,) = findings.named(doc, "size", subject="ministry/外務省")
    assert "外務省" in str(found)

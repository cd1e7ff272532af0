"""What is not from the document: the numbers are those of their sources, and none is added to what it must not be added to."""

from dataclasses import replace as replace_fields
from fractions import Fraction

import pandas as pd
import pytest

from cyberbudget import context
from cyberbudget.display import Cite
from cyberbudget.errors import DataError
from cyberbudget.load import Document, load
from cyberbudget.schema import corporate

from ..conftest import DATA
from .test_data import replace

RMF = "リスク管理枠組み（RMF）の導入"
NAMES = [
    "identity", "history", "breaks", "denominators", "projects", "recipients", "measure_history", "countries", "items",
    "purposes", "unmatched",
]  # fmt: skip


def path(name: str) -> str:
    return "identity.csv" if name == "identity" else f"context/{name}.csv"


@pytest.fixture(scope="module")
def told() -> context.Context:
    return context.load(DATA)


@pytest.fixture(scope="module")
def doc() -> Document:
    return load(DATA / "fy2024")


# ── numbers, typed by hand from the sources ─────────────────────────────────────────────────────────


def test_the_series(told, doc):
    table = context.series(told, doc).set_index("fiscal_year")
    typed = {
        2012: 186.3, 2013: 239.9, 2014: 542.3, 2015: 325.8, 2016: 498.3, 2017: 598.9, 2018: 621.1, 2019: 712.9,
        2021: 814.8, 2023: 1378.9, 2024: 2126.2,
    }  # fmt: skip
    assert table["amount"].dropna().to_dict() == typed
    assert list(table.index[table["amount"].isna()]) == [2020, 2022]


def test_no_gap_is_filled(told, doc):
    """A year without an amount has none in any stage, its neighbours belong to no growth over it, and no row is made up."""
    for stage, missing in (
        ("initial", [2020, 2022]),
        ("supplementary", [*range(2014, 2015), *range(2016, 2023), 2024]),
        ("request", [2012, 2013, 2014, 2021, 2023, 2024]),
    ):
        table = context.series(told, doc, stage)
        assert list(table.loc[table["amount"].isna(), "fiscal_year"]) == missing
        printed = set(told.history.query("stage == @stage")["amount"])
        assert set(table["amount"].dropna()) <= printed
    assert not {2020, 2022} & set(context.shares(told, doc, "general_account")["fiscal_year"])
    assert not {2020, 2022} & set(context.shares(told, doc, "gdp")["fiscal_year"])


def test_both_editions_stand_side_by_side(told):
    assert context.editions(told)["amount"].to_list() == [2126.2, 2128.6]


def test_growth_is_told_within_one_definition_only(told, doc):
    spans = context.yearly(context.series(told, doc))
    pairs = [(2012, 2013), (2015, 2019), (2021, 2024)]  # never over the breaks of 2014 and 2020
    assert list(zip(spans["first"], spans["last"])) == pairs
    rates = [239.9 / 186.3 - 1, (712.9 / 325.8) ** (1 / 4) - 1, (2126.2 / 814.8) ** (1 / 3) - 1]
    assert spans["rate"].to_list() == pytest.approx(rates)


def test_a_request_is_never_added_to_an_initial_budget(told, doc):
    """Each stage is a column of its own, with the amounts that its sources print and no others."""
    table = context.stages(told, doc)
    both = table.dropna(subset="share")
    assert list(both["fiscal_year"]) == [2015, 2016, 2017, 2018, 2019]
    assert both["share"].to_list() == pytest.approx(
        [325.8 / 367.8, 498.3 / 743, 598.9 / 601.4, 621.1 / 727.5, 712.9 / 852.8]
    )
    for stage in ("request", "initial", "supplementary"):
        printed = told.history.query("stage == @stage")["amount"]
        assert set(table[stage].dropna()) <= set(printed)


def test_a_supplementary_budget_that_holds_the_ones_before_it_is_never_added(told):
    """Of two 補正 of a year the last one stands; neither is added to the initial budget or to the other."""
    table = context.budget_items(told).set_index(["organization", "fiscal_year"])
    police = table.loc["警察庁"]
    assert police["initial"].round(5).to_dict() == {
        2022: 2.18852,
        2023: 16.99354,
        2024: 27.46043,
        2025: 29.69849,
        2026: 28.66914,
    }
    assert police["revised"].dropna().round(5).to_dict() == {
        2022: 6.57409,
        2023: 18.55162,
        2024: 29.72047,
        2025: 33.93222,
    }
    assert police["settled"].dropna().round(2).to_dict() == {2022: 3.22, 2023: 17.12, 2024: 27.21}
    # two items of one section in fiscal 2020: 2,824,192 + 1,169,872 thousand yen after the 補正
    assert round(table.at[("経済産業本省", 2020), "revised"], 5) == 39.94064
    second = told.items.query("organization == '警察庁' and fiscal_year == 2023 and stage == 'revised'")
    second = second.assign(number="2", amount_yen=2_000_000_000)
    more = context.Context(**{**vars(told), "items": pd.concat([second, told.items], ignore_index=True)})
    changed = context.budget_items(more).set_index(["organization", "fiscal_year"])
    assert changed.at[("警察庁", 2023), "revised"] == 20.0
    assert changed.at[("警察庁", 2023), "initial"] == table.at[("警察庁", 2023), "initial"]


def test_a_provisional_budget_is_part_of_the_initial_one(told):
    table = context.budget_items(told).query("fiscal_year == 2026").set_index("organization")["initial"]
    assert table["内閣官房"] == 19.67841 and round(table["サイバー通信情報監理委員会"], 5) == 14.10827
    assert (told.items["stage"] == "provisional").sum() == 4


def test_an_item_that_changed_its_name_is_known_by_the_amount_before(told):
    """The next year's budget prints the year before beside it: the same yen as that year's last budget."""
    rows = told.items.query("organization == '警察庁'")
    last = rows.query("stage == 'revised'").drop_duplicates("fiscal_year", keep="last")
    revised = dict(zip(last["fiscal_year"] + 1, last["amount_yen"]))
    first = rows.query("stage == 'initial' and fiscal_year > 2022")
    assert dict(zip(first["fiscal_year"], first["before_yen"])) == revised
    assert rows["item"].nunique() == 3


def test_the_document_stands_for_its_own_years(told, doc):
    """A newer document gives its years to the series without a row in history.csv."""
    columns = [doc.current, doc.previous]
    years = {c.fiscal_year: float(doc.whole(c).value) for c in columns}
    bare = context.Context(**{**vars(told), "history": told.history.query("fiscal_year < 2023")})
    table = context.series(bare, doc).set_index("fiscal_year")["amount"]
    assert {year: table[year] for year in years} == {2024: 2126.2, 2023: 1378.9} == years


def test_shares_of_the_whole(told, doc):
    account, gdp = (
        context.shares(told, doc, what).set_index("fiscal_year") for what in ("general_account", "gdp")
    )
    assert account.at[2024, "share"] == pytest.approx(2126.2e8 / 112_571_688_422_000)
    assert round(account.at[2024, "share"] * 100, 3) == 0.189
    assert round(gdp.at[2024, "share"] * 100, 4) == 0.0330
    assert set(gdp["vintage"]) == {"2026年4〜6月期2次速報"}
    own = context.of_ministry(told, doc).set_index("fiscal_year")
    assert own["amount"].round(1).to_dict() == {2023: 881.7, 2024: 1521.0} and set(own["count"]) == {5}
    assert own["share"].mul(100).round(2).to_dict() == {2023: 1.30, 2024: 1.92}


def test_the_matched_measures(told, doc):
    table = context.coverage(told, doc)
    own = table[table["project"] != ""]
    assert (len(table), len(own)) == (31, 15)
    assert round(own["amount"].sum() / 2126.2 * 100, 1) == 21.2


def test_the_document_against_the_projects(told, doc):
    table = context.compared(told, doc)
    assert len(table) == 45
    wrong = table.query("not agree")[["measure", "fiscal_year", "stage", "printed", "yen"]].values.tolist()
    assert wrong == [
        [RMF, 2023, "initial", "301.1", 30_098_000_000],
        ["サイバーセキュリティ統合知的・人材育成基盤の構築", 2023, "supplementary", "—", 1_254_000_000],
    ]


def test_execution(told):
    for year, budget, spent in (
        (2023, 43_291_994_000, 30_425_101_000),
        (2024, 48_698_561_500, 47_021_070_040),
    ):
        table = context.executed(told, year)
        assert round(table["budget"].sum() * 1e8) == budget and round(table["executed"].sum() * 1e8) == spent
    rates = table.set_index("measure")["rate"]
    assert round(rates["国土交通省所管事業者等への情報セキュリティ対策経費"], 3) == 0.608
    assert round(rates[RMF], 3) == 0.979
    before = context.executed(told, 2023).set_index("measure")["rate"]
    assert before.isna().sum() == 2  # two had no budget yet: no rate is made up


def test_direct_payments(told):
    typed = {2023: (30_412_876_000, 30_425_101_000), 2024: (47_006_082_928, 47_021_070_040)}
    for year, (paid, spent) in typed.items():
        table = context.balance(told, year)
        assert (table["paid_yen"].sum(), table["executed_yen"].sum()) == (paid, spent)
        assert round(context.direct(told, year)["amount"].sum() * 1e8) == paid
        assert round(context.payments(told, year)["amount"].sum() * 1e8) == paid
    gaps = table.set_index("measure")["gap_yen"]
    assert gaps["金融業界横断的なサイバーセキュリティ演習の実施"] == 3_766_000
    assert gaps["GIGAスクールにおける学びの充実"] == 8_852_000


def test_concentration(told):
    """Five recipients of fiscal 2024 have 90.8%; the 90.9% that is told elsewhere is of both years together."""
    now, before = (context.direct(told, year) for year in (2024, 2023))
    assert round(now["share"].head(5).sum(), 3) == 0.908
    assert round(before["share"].head(5).sum(), 3) == 0.910
    both = pd.concat([now, before]).groupby("corporate_number")["amount"].sum().nlargest(5)
    assert round(both.sum() / (now["amount"].sum() + before["amount"].sum()), 3) == 0.909
    rest = context.direct(told, 2024, [RMF])
    assert round(1 - rest["amount"].sum() / now["amount"].sum(), 2) == 0.59
    assert rest["share"].head(2).mul(100).round(1).to_list() == [46.5, 35.5]


def test_what_is_paid_on_is_never_added(told):
    """Neither to what the state paid, nor one step to the next; each payer passes on no more than it got."""
    for year in context.years(told):
        rows = told.recipients.query("fiscal_year == @year")
        deeper = rows.query("depth > 0")["amount_yen"].sum()
        assert deeper > 0
        assert (
            round(context.direct(told, year)["amount"].sum() * 1e8)
            == rows.query("depth == 0")["amount_yen"].sum()
        )
        onward = context.entrusted(told, year)
        assert round(onward["amount"].sum() * 1e8) == rows.query("depth == 1")["amount_yen"].sum() < deeper
        paid = context.direct(told, year).set_index("recipient")["amount"]
        passed = onward.groupby("payer")["amount"].sum()
        assert all(amount <= paid[name] + 1e-9 for name, amount in passed.items())


def test_nobody_is_named(told):
    people = told.recipients[
        told.recipients["recipient"].str.contains("個人|弁護士|弁理士|先[A-Z]$|^(?:株式|合同)会社[A-Z]$")
    ]
    assert len(people) > 40 and set(people["corporate_number"]) == {""}
    for year in context.years(told):
        names = [*context.direct(told, year)["recipient"], *context.entrusted(told, year)["recipient"]]
        assert names.count(context.UNNUMBERED) > 0
        assert not set(names) & set(people["recipient"])


def test_another_name_of_a_measure_has_its_evidence(told, doc):
    """Each name under which a project stands is that of its measure or one of identity.csv; the amounts agree."""
    known = set(zip(told.identity["measure"], told.identity["name"]))
    own = told.projects.query("measure != name")
    assert set(zip(own["measure"], own["name"])) <= known
    assert set(told.identity["measure"]) <= set(doc.measures["measure"])
    rows = told.measure_history.query(
        "measure == '産業サイバーセキュリティ強靱化事業' and 2019 <= fiscal_year <= 2021"
    )
    assert rows["initial"].to_list() == [1929, 1930, 1940]


def test_every_row_names_its_source(told):
    for name in NAMES:
        table = getattr(told, name)
        assert set(table["source"]) <= set(told.references) and set(table["mark"]) <= {
            "A",
            "A–",
            "B",
            "C",
            "本書",
        }
    assert all(r.url.startswith("http") and r.title and r.year for r in told.references.values())


def test_a_line_of_sources_names_each_once_with_its_mark_and_leads_to_it(told, doc):
    line = told.source(told.history.query("fiscal_year <= 2015"), told.breaks.head(2), doc=doc)
    assert line.startswith("出典：『政府のサイバーセキュリティに関する予算』（令和6年度")
    assert line.count("情報セキュリティセンター") == 1 and "2014年［A］" in line and "2017年［B］" in line
    cited = [piece for piece in line.pieces if isinstance(piece, Cite)]
    assert [piece.address for piece in cited] == [
        f"bibliography.html#source-{key}" for key in ("h27request", "daj2017", "itpro2016")
    ]
    assert told.cite("crs2016").endswith("2016年")  # what we judged by it is no mark of it


def test_why_a_measure_is_no_project(told, doc):
    table = context.unmatched(told, doc)
    assert len(table) == 16 and table["amount"].sum().round(1) == 1292.5  # 1742.8 − 450.3
    assert set(told.unmatched["measure"]) == set(table["measure"]) and "" not in set(table["why"])
    gateway = table.set_index("measure").loc["防衛産業におけるサイバーセキュリティ対策の強化"]
    assert (gateway["amount"], gateway["initial"]) == (119.8, 104.1935)
    later = doc.measures["measure"].replace("情報システムの防護", "別の施策")
    new = replace_fields(doc, measures=doc.measures.assign(measure=later))
    assert context.unmatched(told, new).iloc[0][["measure", "why"]].to_list() == ["別の施策", ""]


def test_contracts_are_the_direct_payments_by_their_names(told):
    for year in context.years(told):
        table = context.contracts(told, year)
        assert table["amount"].sum() == pytest.approx(context.payments(told, year)["amount"].sum())
        assert "" not in set(table["contract"])
    assert (
        table.iloc[0]["contract"] == "リスク管理枠組みの統一的な制度運用を確保するための支援役務(認証・監査)"
    )
    every = context.both_years(told, context.contracts)
    assert list(dict.fromkeys(every["year"])) == ["R6", "R5"]


def test_who_passes_on_what_it_got(told):
    table = context.passed(told, 2024).set_index("payer")
    assert table["part"].round(2)[
        ["国立研究開発法人情報通信研究機構", "独立行政法人情報処理推進機構"]
    ].to_list() == [0.96, 0.02]
    assert (table["passed"] <= table["paid"] + 1e-9).all()


# ── what breaks the shape ───────────────────────────────────────────────────────────────────────────

EDITS = {
    "unknown source": ("history", "daj2017", "asahi", "source", "asahi", "references.bib"),
    "unknown mark": ("history", "daj2017,B", "daj2017,D", "mark", "D", "出典の種類の印"),
    "estimated": ("history", "598.9", "約598.9", "amount", "約598.9", "読めません"),
    "a year twice": ("history", "2021,initial,,814.8", "2019,initial,,763.8", "fiscal_year・stage・edition", "2019・initial・", "二度"),
    "unknown stage": ("history", "2017,request", "2017,要求", "stage", "要求", "段階"),
    "kind of break": ("breaks", "2016,題", "2016,題名", "kind", "題名", "切れ目の種類"),
    "unknown whole": ("denominators", "gdp,2012", "gnp,2012", "what", "gnp", "知らない分母"),
    "a comma in yen": ("projects", "2351000000,0,0", '"2,351,000,000",0,0', "initial_yen", "2,351,000,000", "円の金額"),
    "a wrong sum": ("projects", "2351000000,2330681000", "2350000000,2330681000", "budget_yen", "2350000000", "内訳の合計"),
    "corporate number": ("recipients", "6010001030403", "6010001030404", "corporate_number", "6010001030404", "法人番号"),
    "no corporate number": ("recipients", "6010001030403", "9999999999999", "corporate_number", "9999999999999", "法人番号"),
    "a project of no table": ("recipients", "事業,3589,A", "事業,9999,A", "project・fiscal_year", "9999・2023", "projects.csv にない"),
    "a negative payment": ("recipients", "2100000000", "-2100000000", "amount_yen", "-2100000000", "円の金額"),
    "full-width": ("measure_history", "2014,1741", "2014,１７４１", "initial", "１７４１", "読めません"),
    "no evidence": ("identity", "令和6年度と令和5年度の当初の額が、丸めで一致する,", ",", "evidence", "", "値がありません"),
    "no figure": ("countries", "2.6,十億ポンド", "—,十億ポンド", "figure", "—", "読めません"),
    "a stage of no budget": ("items", "2023,initial,", "2023,当初,", "stage", "当初", "予算書の段階"),
    "an address left out": ("items", "https://www.bb.mof.go.jp/server/2023/xml/202311001000350a.xml", "", "address", "", "値がありません"),
    "unknown purpose": ("purposes", "情報システムの防護,own", "情報システムの防護,defence", "purpose", "defence", "知らない目的"),
    "judged twice": ("purposes", "リスク管理枠組み（RMF）の導入", "情報システムの防護", "measure", "情報システムの防護", "二度"),
    "unknown reason": ("unmatched", "見つからない,外務省", "不明,外務省", "kind", "不明", "理由の種類"),
    "extra column": ("breaks", "mark", "grade", None, None, "列"),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_refuses(data_copy, name):
    table, old, new, column, value, rule = EDITS[name]
    line = replace(data_copy / path(table), old, new)
    with pytest.raises(DataError) as caught:
        context.load(data_copy)
    told = [p for p in caught.value.problems if column is None or (p.row, p.column) == (line, column)]
    problem = told[0]
    assert problem.file == ("data/identity.csv" if table == "identity" else path(table))
    assert rule in problem.rule and str(problem) in str(caught.value)
    assert column is None or problem.value == value


@pytest.mark.parametrize("name", NAMES)
def test_refuses_a_file_that_is_not_there(data_copy, name):
    (data_copy / path(name)).unlink()
    with pytest.raises(DataError, match="開けません"):
        context.load(data_copy)


def test_a_document_loads_without_its_context(data_copy):
    (data_copy / "context" / "history.csv").unlink()
    assert load(data_copy / "fy2024").measures.shape[0] == 31


def test_corporate_numbers_are_checked():
    assert corporate("5010005007126") and corporate("7012405000492")
    assert not any(
        map(corporate, ("", "5010005007127", "9999999999999", "８０１０００５００７１２６", "50100050071260"))
    )


def test_shares_are_exact_enough(told, doc):
    """The float of a share is that of the fraction to more digits than any sentence tells."""
    share = context.shares(told, doc, "general_account").iloc[-1]["share"]
    assert abs(Fraction(share) - Fraction(21262, 10) * 10**8 / 112_571_688_422_000) < Fraction(1, 10**12)

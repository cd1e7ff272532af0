"""Each finding on the context, where it holds, and over a context or a document that was changed so that it does not.

The numbers in the sentences were worked out by hand from the sources.
"""

import pytest

from cyberbudget import context, findings, outside, schema
from cyberbudget.context import Context
from cyberbudget.load import Document

from ..conftest import DATA
from .test_evidence import NUMBER
from .test_findings import changed

RMF = "リスク管理枠組み（RMF）の導入"


@pytest.fixture(scope="module")
def told() -> Context:
    return context.load(DATA)


def with_rows(told: Context, **tables) -> Context:
    """The context with other tables."""
    return Context(**{**vars(told), **tables})


def said(doc: Document, told: Context, name: str) -> str:
    return "".join(f.sentence for f in findings.named(doc, name, told=told))


HOLDS = {
    # (2126.2 / 814.8)^(1/3) = 1.377; (712.9 / 325.8)^(1/4) = 1.216
    "speed": [
        "814.8億円から2,126.2億円", "年に38%ずつ増えた計算", "平成27年度から令和元年度までです。この間は、年に22%ずつ増えた",
        "平成27年度、令和元年度、令和3年度の額は、資料そのものではなく",
    ],
    "breaks": [
        "平成26年度に変わりました", "令和2年度にも変わったと、本書は読みました", "542.3億円には、この年度だけの約262億円",
        "除くと約280億円",
    ],
    "gaps": ["令和2年度と令和4年度の当初予算は、見つかっていません", "564.1億円増えましたが、どの年度に増えたのかは"],
    "asked": ["五つの年度です", "要求の67.1%から99.6%", "前の年度の補正予算に前倒しで付いた分"],  # 498.3 / 743 and 598.9 / 601.4
    "two_editions": [
        "2,126.2億円とする版と2,128.6億円とする版", "2,128.6億円は、民間の記事や報道が伝えた額", "差は2.4億円", "54.2%か54.4%",
        "どちらの版でも、前の年度の約1.5倍",
    ],
    "share_of_budget": ["112兆5,717億円の0.189%", "一般会計の1万円のうち19円"],
    "share_grew": ["平成29年度の0.061%から、令和6年度には3.1倍", "令和2年度に、数える範囲が変わっています"],
    "defence_in_ministry": ["1,521.0億円で、防衛省所管の予算7兆9,172億円の1.92%", "令和5年度は1.30%"],
    # 1064.0 + 290.8 + 20.9 + 25.5 of 防衛省, 11.2 + 1.3 + 0.3 of others; 192.7 of 2126.2
    "own_systems": ["総額の66.5%（1,414.0億円）", "防衛省が1,401.2億円で、ほかの府省庁は12.8億円", "総額の9.1%", "383.4億円は、分けられません", "本書の判断"],
    "share_of_gdp": ["総額は、名目の国内総生産（GDP）645兆1,387億円の0.0330%", "2026年4〜6月期2次速報"],
    "draft": ["112兆717億円とする記事", "成立した予算は112兆5,717億円", "差は5,000億円"],
    "defence_fund": ["10兆1,686億円", "3兆3,806億円は防衛力強化資金への繰入れ", "6兆7,880億円"],
    "bases": ["歳出ベースで7兆7,249億円、契約ベースで9兆3,625億円", "1.21倍"],
    "digital": ["令和6年度が4,803億円、令和7年度が4,573億円"],
    "spent": ["31施策のうち、令和6年度当初の総額の21.2%にあたる15施策", "487.0億円の96.6%（470.2億円）", "令和5年度は70.3%"],
    # 43,291,994 − 30,425,101 − 3,959,376 千円; 30,098,000 − 21,640,727 千円
    "unspent": ["432.9億円の70.3%にとどまりました", "89.1億円のうち、84.6億円は「リスク管理枠組み（RMF）の導入」"],
    # 国土交通 0.24, 環境整備 3.50, GIGA 7.35, 訓練センター 17.42 of 486.99
    "low_rates": ["執行率が8割に届かないのは4施策で、使える予算の6%（28.5億円）", "「国土交通省所管事業者等への情報セキュリティ対策経費」の60.8%"],
    "carried": ["5施策の39.6億円"],
    "agreement": ["15施策のうち13施策", "資料では301.1億円、行政事業レビューでは30,098,000,000円", "資料では額なし、行政事業レビューでは1,254,000,000円"],
    "concentration": ["総額の21.2%にあたる15施策", "470.1億円のうち、上位五つの支出先が90.8%", "アクセンチュア株式会社の160.6億円"],
    "without_largest": ["支払いの59%は「リスク管理枠組み（RMF）の導入」", "情報処理推進機構が46.5%", "情報通信研究機構が35.5%", "公的な機関"],
    "two_contracts": ["支払いの54.5%", "159.5億円", "96.7億円", "どちらも「リスク管理枠組み（RMF）の導入」"],
    "pass_through": ["104.6億円を、さらに", "情報通信研究機構は、受け取った額の96%（64.9億円）", "日本電気株式会社の36.5億円"],
    "balance": ["47,021,070,040円のうち、直接の支払いとして載るのは47,006,082,928円", "差は14,987,112円", "30,412,876,000円", "12,225,000円"],
    "steady": ["総額の3.4%にあたる七つの施策", "10の年度にわたって17.4億円から22.8億円"],
    "spent_later": ["平成28年度に、当初予算なしで232.9億円", "補正255.0億円"],
    "renamed": ["「産業系サイバーセキュリティ推進事業」という名前の事業と同じ", "令和元年度から3年度の同じ額"],
    "in_the_budget": ["警察庁の「サイバー警察費」", "令和5年度の17.0億円から令和8年度の28.7億円"],
}  # fmt: skip


@pytest.mark.parametrize("name", HOLDS)
def test_it_holds(doc, told, name):
    text = said(doc, told, name)
    assert not [part for part in HOLDS[name] if part not in text], text


# ── contexts and documents in which each holds no longer ────────────────────────────────────────────


def edited(told: Context, table: str, query: str, **values) -> Context:
    """Other values in some rows of a table."""
    frame = getattr(told, table).copy()
    frame.loc[frame.query(query).index, list(values)] = list(values.values())
    return with_rows(told, **{table: frame})


def without(told: Context, table: str, query: str) -> Context:
    frame = getattr(told, table)
    return with_rows(told, **{table: frame.drop(frame.query(query).index).reset_index(drop=True)})


def filled(told: Context) -> Context:
    """A context in which the two missing years are known."""
    frame = told.history.query("stage == 'initial'")
    new = frame.tail(2).assign(fiscal_year=[2020, 2022], amount=[760.0, 1000.0], edition="")
    return with_rows(told, history=frame.__class__({c: [*frame[c], *new[c]] for c in frame}))


BROKEN = {
    "speed": lambda t: edited(t, "history", "fiscal_year == 2021", amount=2126.2),  # it stood still
    "breaks": lambda t: without(t, "breaks", "kind == '範囲'"),
    "gaps": filled,
    "asked": lambda t: without(t, "history", "stage == 'request'"),
    "two_editions": lambda t: without(t, "history", "source == 'ondo2024'"),
    "share_of_budget": lambda t: without(t, "denominators", "what == 'general_account'"),
    "share_grew": lambda t: without(t, "denominators", "what == 'general_account' and fiscal_year < 2024"),
    "defence_in_ministry": lambda t: without(t, "denominators", "what == 'defence'"),
    "own_systems": lambda t: edited(t, "purposes", "measure == '情報システムの防護'", purpose="mixed"),
    "share_of_gdp": lambda t: without(t, "denominators", "what == 'gdp'"),
    "draft": lambda t: without(t, "denominators", "what == 'general_account_draft'"),
    "defence_fund": lambda t: without(t, "denominators", "what == 'defence_fund'"),
    "bases": lambda t: without(t, "denominators", "what == 'defence_plan_contracts'"),
    "digital": lambda t: without(t, "denominators", "what == 'digital_agency'"),
    "unspent": lambda t: edited(t, "projects", "measure == @RMF and fiscal_year == 2023", executed_yen=30_000_000_000),
    "low_rates": lambda t: edited(t, "projects", "measure == @RMF and fiscal_year == 2024", executed_yen=0),  # a large one
    "carried": lambda t: edited(t, "projects", "fiscal_year == 2023", carried_out_yen=0),
    "without_largest": lambda t: without(t, "recipients", "measure in [@RMF, '独法等の監視に係る次期システム構築事業']"),
    "two_contracts": lambda t: edited(t, "recipients", "measure == @RMF", amount_yen=1_000_000_000),
    "pass_through": lambda t: without(t, "recipients", "depth > 0"),
    "steady": lambda t: edited(t, "measure_history", "fiscal_year == 2018", initial=9999),
    "spent_later": lambda t: edited(t, "measure_history", "fiscal_year == 2015", supplementary=0),
    "renamed": lambda t: without(t, "identity", "source == 'judgit'"),
    "in_the_budget": lambda t: without(t, "items", "fiscal_year > 2024"),
}  # fmt: skip
# What is said of any context that holds projects and payments, and what is said in its place.
ALWAYS = {
    "spent": (lambda t: edited(t, "projects", "fiscal_year == 2024", executed_yen=0), "の0.0%（0.0億円）が使われました"),
    "agreement": (
        lambda t: edited(t, "projects", "measure == @RMF and fiscal_year == 2023", initial_yen=30_110_000_000),
        "15施策のうち14施策",
    ),
    "balance": (lambda t: edited(t, "projects", "project == '1501'", executed_yen=533_999_000), "差は6,135,112円"),
}  # fmt: skip


def test_every_finding_on_the_context_is_tested(doc, told):
    own = {f.name for f in findings.find(doc, told)} - {f.name for f in findings.find(doc)}
    assert own == HOLDS.keys() == BROKEN.keys() | ALWAYS.keys() | {"concentration"}


@pytest.mark.parametrize("name", BROKEN)
def test_it_is_not_said_where_it_does_not_hold(doc, told, name):
    assert said(doc, told, name) and said(doc, BROKEN[name](told), name) == ""


@pytest.mark.parametrize("name", ALWAYS)
def test_it_follows_the_context(doc, told, name):
    change, text = ALWAYS[name]
    assert text not in said(doc, told, name) and text in said(doc, change(told), name)


def test_many_recipients_are_no_concentration(doc, told):
    """The largest payments are spread over twenty recipients, none of which stands out."""
    rows = told.recipients.query("depth == 0 and fiscal_year == 2024").copy()
    rows["amount_yen"] = 1_000_000
    assert said(doc, with_rows(told, recipients=rows), "concentration") == ""


def test_a_slower_pace_is_no_faster_one(doc, told):
    slower = edited(told, "history", "fiscal_year == 2021", amount=2000.0)
    (found,) = findings.named(doc, "speed", told=slower)
    assert "年に2%ずつ増えた" in found.sentence and found.title == "令和3年度からあと、年に2%ずつ増えた"


def test_without_the_context_nothing_is_said_of_it(doc):
    assert not [f for f in findings.find(doc) if set(f.salience) & set(outside.SUBJECTS)]
    assert findings.title(doc, "fig-history-line", "長期推移") == "長期推移"


# ── the engine ──────────────────────────────────────────────────────────────────────────────────────


def test_each_chapter_gives_its_most_salient_finding(doc, told):
    names = [f.name for f in outside.highlights(doc, told)]
    assert names == ["speed", "share_of_budget", "spent", "concentration", "steady"]
    assert findings.about(doc, "history", None, told=told)[0].title == findings.title(
        doc, "fig-history-line", "", told
    )


def test_a_trifle_is_left_out(doc, told):
    """Two editions that differ by 0.1% are told in their own section only."""
    assert "two_editions" not in [f.name for f in findings.about(doc, "history", None, told=told)]


def test_every_finding_rests_on_rows_of_its_table(doc, told):
    cells = [cell for f in findings.find(doc, told) for cell in f.cells if cell not in doc.cells]
    assert len(cells) > 30
    for table, row in (cell.split("/") for cell in cells):
        values = {str(value) for column in getattr(told, table) for value in getattr(told, table)[column]}
        assert set(row.split("・")) <= values or row in values, (table, row)


def test_our_own_judgement_covers_every_listed_measure(doc, told):
    assert list(told.purposes["measure"]) == list(doc.measures["measure"])
    assert set(told.purposes["purpose"]) == {*schema.PURPOSES}
    table = context.purposes(told, doc)
    assert table["current"].round(1).to_list() == [1414.0, 69.1, 192.7, 67.0, 383.4]
    assert table["current"].sum() == pytest.approx(2126.2) and list(table.query("rest").index) == [4]
    # seven amounts, each within 0.05
    assert (table["current_low"][0], table["current_high"][0]) == pytest.approx((1413.65, 1414.35))
    bare = context.purposes(without(told, "purposes", "purpose == 'own'"), doc)
    assert bare.query("purpose == ''")[["name", "current"]].values.tolist()[0] == [context.UNJUDGED, 1414.0]


def test_a_document_without_a_name_for_any_of_it(doc, told):
    """All that is judged may be gone; what is left bears no name, and no share of it is told."""
    gone = changed(doc, "measures", {name: {"current": "—"} for name in doc.measures["measure"]})
    assert said(gone, told, "own_systems") == "" and said(gone, told, "share_of_budget")
    assert not NUMBER.search(said(gone, told, "renamed"))

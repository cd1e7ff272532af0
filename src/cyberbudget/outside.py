"""What the chapters on the outside of the document say: sentences with their guards, every number computed.

Each function returns the sentences that hold, the most important one first; what is not true of the data is not said.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from . import context as outside
from . import words as w
from .context import Context
from .load import Document

RMF = "リスク管理枠組み（RMF）の導入"
# Columns of tables: of a project's year, of a sheet.
STEPS = {
    "budget": "歳出予算現額",
    "executed": "執行額",
    "carried_out": "翌年度へ繰越し",
    "request": "翌年度の要求",
}
SHEET = {"initial": "当初", "supplementary": "補正", "budget": "歳出予算現額", "executed": "執行額"}
FIVE = 5  # recipients whose part tells how concentrated the payments are


def cho(oku: float) -> str:
    """A large amount as it is read: 1125716.9 → 112兆5,717億円."""
    whole = int(w.rounded(oku, 0))
    high, low = divmod(whole, 10_000)
    return f"{high:,}兆{low:,}億円" if high else f"{low:,}億円"


def span(first: int, last: int) -> str:
    """令和3年度から令和6年度まで."""
    return f"{w.era(int(first))}から{w.era(int(last))}まで"


def years(found: list[int]) -> str:
    """令和2年度と令和4年度."""
    names = [w.era(year) for year in found]
    return "と".join(names) if len(names) < 3 else "、".join(names)


# ── twelve years ────────────────────────────────────────────────────────────────────────────────────


def missing(table: pd.DataFrame) -> list[int]:
    """The years that were not found, between the first and the last one."""
    return [int(year) for year in table.loc[table["amount"].isna(), "fiscal_year"]]


def history(context: Context, doc: Document) -> list[str]:
    return [*_history(context, doc)]


def _history(context: Context, doc: Document) -> Iterator[str]:
    table = outside.series(context, doc)
    grown = outside.yearly(table)
    if len(grown):
        *earlier, latest = grown.to_dict("records")
        way = w.moved(latest["end"], latest["start"]).removesuffix("ました")
        rate = w.percent(abs(latest["rate"]), 0)
        yield (
            f"{span(latest['first'], latest['last'])}に、当初予算は{w.oku(latest['start'])}から{w.oku(latest['end'])}に"
            + (
                f"なりました。年に{rate}ずつ{'増えた' if way == '増え' else '減った'}計算です。"
                if round(latest["rate"], 3)
                else "なりました。ほとんど変わっていません。"
            )
        )
        for before in earlier[-1:]:
            told = (
                f"その前で同じ範囲を比べられる{span(before['first'], before['last'])}は、"
                f"年に{w.percent(abs(before['rate']), 0)}ずつ{'増えた' if before['rate'] > 0 else '減った'}計算です。"
            )
            faster = latest["rate"] > before["rate"] > 0
            yield told + ("伸びは、このあとに速まりました。" if faster else "")
    core = context.breaks.query("kind == @outside.CORE")
    if gone := missing(table):
        yield f"{years(gone)}の当初予算は、見つかっていません。線はそこで切り、間を埋めていません。"
    if len(core):
        yield (
            f"数える範囲は、{years(sorted(set(core['fiscal_year'])))}に変わりました。"
            "その前後の額は、同じものどうしの比較ではありません。"
        )


def two_editions(context: Context, doc: Document) -> list[str]:
    """What is known of the years of which two editions exist."""
    told = []
    for year, rows in outside.editions(context).groupby("fiscal_year"):
        amounts = sorted(rows["amount"])
        before = outside.series(context, doc).set_index("fiscal_year")["amount"].get(year - 1)
        if len(amounts) == 2 and before == before:
            rates = [w.percent(amount / before - 1, 1, signed=True) for amount in amounts]
            told.append(
                f"{w.era(int(year))}の当初予算には、{w.oku(amounts[0])}とする版と{w.oku(amounts[1])}とする版があります。"
                f"差は{w.oku(amounts[1] - amounts[0])}です。前の年度からの伸びは{rates[0]}か{rates[1]}で、"
                "どちらの版でも読み方は変わりません。どちらが後の版かは、資料からは分かりません。"
            )
    return told


def asked(context: Context, doc: Document) -> list[str]:
    """How much of what was asked for was granted."""
    table = outside.granted(context, doc)
    if table.empty:
        return []
    low, high = table["share"].min(), table["share"].max()
    less = "どの年度も、当初は概算要求より少なくなっています。" if high < 1 else ""
    return [
        f"概算要求と当初がともに分かるのは、{w.tsu(len(table))}の年度です。{less}"
        f"当初は要求の{w.percent(low)}から{w.percent(high)}でした。"
    ]


# ── the whole budget ────────────────────────────────────────────────────────────────────────────────


def national(context: Context, doc: Document) -> list[str]:
    return [*_national(context, doc)]


def _national(context: Context, doc: Document) -> Iterator[str]:
    account = outside.shares(context, doc, "general_account")
    if len(account):
        last = account.iloc[-1]
        yield (
            f"{w.era(int(last['fiscal_year']))}の総額は、一般会計の当初予算{cho(last['whole'])}の{w.percent(last['share'], 3)}です。"
            f"一般会計の1万円のうち{w.plain(last['share'] * 10_000, 0)}円にあたります。"
        )
        first = account.iloc[0]
        times = last["share"] / first["share"]
        if times > 1.5:
            yield (
                f"割合は、{w.era(int(first['fiscal_year']))}の{w.percent(first['share'], 3)}から{w.times(times, 1)}になりました。"
                "ただし、その間に防衛省の施策がまとまって入り、数える範囲が広がっています。"
            )
    own = outside.of_ministry(context, doc)
    if len(own):
        last = own.iloc[-1]
        before = (
            ""
            if len(own) < 2
            else f"{w.era(int(own.iloc[0]['fiscal_year']))}は{w.percent(own.iloc[0]['share'], 2)}でした。"
        )
        yield (
            f"名前の載る防衛省の施策は{w.oku(last['amount'])}で、防衛省所管の予算{cho(last['whole'])}の"
            f"{w.percent(last['share'], 2)}です（{w.era(int(last['fiscal_year']))}）。{before}"
        )
    gdp = outside.shares(context, doc, "gdp")
    if len(gdp):
        last = gdp.iloc[-1]
        yield (
            f"名目の国内総生産{cho(last['whole'])}に対しては{w.percent(last['share'], 4)}です"
            f"（{w.era(int(last['fiscal_year']))}、国民経済計算の{last['vintage']}）。"
        )


# ── what was spent ──────────────────────────────────────────────────────────────────────────────────


def matched(context: Context, doc: Document) -> str:
    """How much of the whole the matched measures are: to be said before anything else of them."""
    table = outside.coverage(context, doc)
    own = table[table["project"] != ""]
    whole = float(doc.whole(doc.current).value)
    return (
        f"行政事業レビューの事業と一つずつ対応が付いたのは、名前の載る{len(table)}施策のうち{len(own)}施策です。"
        f"{doc.current.label}の総額の{w.percent(own['amount'].sum() / whole)}にあたります。"
        "残りの施策で何がいくら使われたかは、ここからは分かりません。"
    )


def execution(context: Context, doc: Document) -> list[str]:
    return [matched(context, doc), *_execution(context)]


def _execution(context: Context) -> Iterator[str]:
    *_, before, last = outside.years(context)
    now, old = (outside.executed(context, year) for year in (last, before))
    rates = [t["executed"].sum() / t["budget"].sum() for t in (now, old)]
    yield (
        f"対応が付いた施策の{w.era(last)}の執行額は{w.oku(now['executed'].sum())}で、"
        f"使えた予算（歳出予算現額）{w.oku(now['budget'].sum())}の{w.percent(rates[0])}です。"
        f"{w.era(before)}は{w.percent(rates[1])}でした。"
    )
    low = old.set_index("measure")
    if RMF in low.index and low.at[RMF, "left"] > 0.5 * old["left"].sum() > 0:
        row = low.loc[RMF]
        yield (
            f"{w.era(before)}に使われず、繰り越しもされなかった{w.oku(old['left'].sum())}のうち、{w.oku(row['left'])}は"
            f"「{RMF}」です。予算{w.oku(row['budget'])}に対し、執行は{w.oku(row['executed'])}でした。"
            "理由は、この表からは分かりません。"
        )
    carried = old[old["carried_out"] > 0]
    if len(carried):
        yield (
            f"{w.era(before)}から{w.era(last)}へは、{len(carried)}施策の{w.oku(carried['carried_out'].sum())}が繰り越されました。"
            "繰越しは使い残しとは違い、翌年度に使うための額です。"
        )


def agreement(context: Context, doc: Document) -> list[str]:
    """Whether the document and the projects tell the same, and where not."""
    table = outside.compared(context, doc)
    if table.empty:
        return []
    wrong = table[~table["agree"]]
    fine = table["measure"].nunique() - wrong["measure"].nunique()
    told = [
        f"資料の額と円の額を比べると、{table['measure'].nunique()}施策のうち{fine}施策は、比べられるどの欄でも丸めの範囲で一致します。"
    ]
    for r in wrong.to_dict("records"):
        printed = "額なし" if r["printed"] == "—" else w.as_printed(r["printed"], "億円")
        told.append(
            f"「{r['measure']}」の{w.era(r['fiscal_year'])}{w.stage(r['stage'])}は、資料では{printed}、"
            f"行政事業レビューでは{r['yen']:,}円です。"
        )
    return told


# ── who received it ─────────────────────────────────────────────────────────────────────────────────


def recipients(context: Context, doc: Document) -> list[str]:
    return [matched(context, doc), *_recipients(context)]


def _recipients(context: Context) -> Iterator[str]:
    last = outside.years(context)[-1]
    every, rest = outside.direct(context, last), outside.direct(context, last, [RMF])
    yield (
        f"{w.era(last)}に国が直接払った{w.oku(every['amount'].sum())}のうち、上位{w.tsu(FIVE)}の支出先が"
        f"{w.percent(every['share'].head(FIVE).sum())}を受け取りました。"
    )
    part = 1 - rest["amount"].sum() / every["amount"].sum()
    if part > 0.3:
        one, two = rest.head(2).to_dict("records")
        yield (
            f"「{RMF}」だけで{w.percent(part, 0)}を占めます。これを除くと、{one['recipient']}が{w.percent(one['share'])}、"
            f"{two['recipient']}が{w.percent(two['share'])}です。"
        )
    yield from passed_on(context, last)


def passed_on(context: Context, year: int) -> Iterator[str]:
    """How much of what was paid went on, and from whom."""
    table = outside.entrusted(context, year)
    if table.empty:
        return
    payers = table.groupby("payer", sort=False)["amount"].sum().nlargest(2)
    paid = outside.direct(context, year).set_index("recipient")["amount"]
    told = "、".join(
        f"{name}が{w.oku(amount)}（受け取った額の{w.percent(amount / paid[name], 0)}）"
        for name, amount in payers.items()
        if name in paid
    )
    yield (
        f"受け取った先は、そこから{w.oku(table['amount'].sum())}をさらに別の先へ払いました。大きいのは{told}です。"
        "直接の額の一部なので、足し合わせません。"
    )


def gaps(context: Context, year: int) -> list[str]:
    """How near the direct payments come to what was spent."""
    table = outside.balance(context, year)
    whole, gap = table["executed_yen"].sum(), table["gap_yen"].sum()
    largest = table.loc[table["gap_yen"].abs().idxmax()]
    return [
        f"{w.era(year)}の執行額{whole:,}円のうち、直接の支払いとして載るのは{table['paid_yen'].sum():,}円です。"
        f"差は{w.plain(int(gap), 0)}円で、最も離れているのは「{largest['measure']}」の{w.plain(int(largest['gap_yen']), 0)}円です。"
        "差が何かは、この表からは分かりません。"
    ]


# ── a measure over ten years ────────────────────────────────────────────────────────────────────────


def decade(context: Context, doc: Document) -> list[str]:
    return [*_decade(context, doc)]


def _decade(context: Context, doc: Document) -> Iterator[str]:
    table = context.measure_history
    found = outside.coverage(context, doc).set_index("measure")["amount"]
    own = [name for name in table["measure"].unique() if name in found.index]
    whole = float(doc.whole(doc.current).value)
    large = table.query("measure == @RMF")["fiscal_year"]
    yield (
        f"過去のシートまでたどれたのは{w.tsu(table['measure'].nunique())}の施策です。{doc.current.label}の総額の"
        f"{w.percent(found[own].sum() / whole)}にあたります。"
        + (f"大きな「{RMF}」は、{w.era(int(large.min()))}に始まります。" if len(large) else "")
    )
    moved = table.assign(late=table["executed"] - table["initial"]).nlargest(1, "late").iloc[0]
    extra = table.query("measure == @moved.measure and fiscal_year == @moved.fiscal_year - 1")
    if len(extra) and extra["supplementary"].iloc[0] > 0.9 * moved["executed"]:
        start = f"当初{w.plain(moved['initial'], 0)}百万円に対して" if moved["initial"] else "当初予算なしで"
        yield (
            f"「{moved['measure']}」は、{w.era(int(moved['fiscal_year']))}に、{start}"
            f"{w.plain(moved['executed'], 0)}百万円を使いました。前の年度の補正{w.plain(extra['supplementary'].iloc[0], 0)}百万円が、"
            "ほぼそのまま繰り越されたものと考えられます。一つの年度の執行は、その年度の予算のものとは限りません。"
        )
    steady = (
        table.groupby("measure")["initial"]
        .agg(["first", "last", "min", "max", "count"])
        .query("count > 5 and min > 0")
    )
    steady = steady[steady["max"] < 1.5 * steady["min"]].sort_values("count", ascending=False, kind="stable")
    if len(steady):
        name, row = steady.index[0], steady.iloc[0]
        yield (
            f"「{name}」の当初予算は、{w.tsu(int(row['count']))}の年度にわたって{w.plain(row['min'], 0)}百万円から"
            f"{w.plain(row['max'], 0)}百万円の間でした。総額の動きに合わせて動く施策ばかりではありません。"
        )
    renamed = context.identity.query("source == 'judgit'")
    for r in renamed.to_dict("records"):
        yield f"「{r['measure']}」は、「{r['name']}」という名前の事業と同じものだと読みました。{r['evidence']}ためです。"


# ── titles of figures ───────────────────────────────────────────────────────────────────────────────


def title(name: str, context: Context, doc: Document) -> str:
    """What a figure shows, where it does; otherwise only what it is of."""
    last = outside.years(context)[-1]
    if name == "history":
        grown = outside.yearly(outside.series(context, doc)).tail(2).to_dict("records")
        if len(grown) == 2 and grown[1]["rate"] > grown[0]["rate"] > 0:
            return f"予算の伸びは、{w.era(int(grown[1]['first']))}からあとが速い"
        return "当初予算の長期推移"
    if name == "national":
        share = outside.shares(context, doc, "general_account").iloc[-1]
        return f"総額は、一般会計1万円のうち{w.plain(share['share'] * 10_000, 0)}円"
    if name == "execution":
        table = outside.executed(context, last)
        return f"{w.era(last)}は、使えた予算の{w.portion(table['executed'].sum() / table['budget'].sum())}が使われた"
    if name == "recipients":
        return f"直接の支払いの{w.portion(outside.direct(context, last)['share'].head(FIVE).sum())}は、上位{w.tsu(FIVE)}の支出先に"
    table = context.measure_history.query("initial > 0").groupby("measure")["initial"].agg(["min", "max"])
    wide = table["max"] / table["min"]
    return (
        "横ばいに近い施策も、何倍にも動いた施策もある"
        if wide.min() < 1.5 < 3 < wide.max()
        else "施策ごとの推移"
    )


def highlights(context: Context, doc: Document) -> list[str]:
    """What the first page takes from each of these chapters; what is known of payments comes with its extent."""
    chapters = (
        history(context, doc)[:1],
        national(context, doc)[:1],
        execution(context, doc)[:2],
        recipients(context, doc)[1:2],  # the extent was told by the one before
        decade(context, doc)[:1],
    )
    return [sentence for chapter in chapters for sentence in chapter]

"""Frames are pandas frames: what an analyst types works, and the plain numbers are the exact ones."""

import pandas as pd
import pytest

from cyberbudget import analysis, exact
from cyberbudget.interval import Interval

LEVELS = ("area", "ministry", "measure")


@pytest.fixture(scope="module")
def measures(doc) -> pd.DataFrame:
    return analysis.amounts(doc)


@pytest.mark.parametrize("by", LEVELS)
def test_plain_numbers_are_the_exact_ones(doc, by):
    plain, truth = analysis.amounts(doc, by), exact.full(doc, by, apart=by == "measure")
    numbers = [name for name in truth if any(isinstance(x, Interval) for x in truth[name])]
    assert len(numbers) == 11
    for name in numbers:
        for row, x in enumerate(truth[name]):
            found = plain.loc[row, [name, f"{name}_low", f"{name}_high"]]
            if x is None or x.absent:
                assert found.isna().all()
            else:
                assert found.tolist() == [float(x.value), float(x.low), float(x.high)]


@pytest.mark.parametrize("by", LEVELS)
def test_the_rows_add_up_to_the_printed_total(doc, by):
    """Of ministries but for the last digit: what a sheet adds up (0.6億円) stands for its printed parts (0.3 and 0.2)."""
    sums = analysis.amounts(doc, by)[["current", "supplementary", "previous"]].sum()
    assert sums.tolist() == pytest.approx([2126.2, 238.9, 1378.9], abs=0.11 if by == "ministry" else 1e-9)


TYPED = {
    "sort_values": (
        lambda m: m.sort_values("current", ascending=False).iloc[0]["name"],
        "情報システムの防護",
    ),
    "nlargest": (lambda m: m.nlargest(2, "rate")["kind"].tolist(), ["増", "増"]),
    "max": (lambda m: m["current"].max(), 1064.0),
    "idxmax": (
        lambda m: m.loc[m.query("not rest")["change"].idxmin(), "name"],
        "リスク管理枠組み（RMF）の導入",
    ),
    "comparison": (
        lambda m: len(m[m["current"] > 100]),
        4,
    ),  # three measures, and what area (2) does not list
    "sum": (lambda m: round(m.query("ministry == '防衛省'")["current"].sum(), 6), 1521.0),
    "groupby": (lambda m: round(m.groupby("ministry")["current"].sum()["総務省"], 6), 52.4),
    "arithmetic": (lambda m: round((m["current"] - m["previous"])[21], 6), 586.6),
    "abs": (lambda m: m["change"].abs().nlargest(1).iloc[0], 586.6),
    "describe": (
        lambda m: m["current"].describe()["count"],
        35.0,
    ),  # all but one —, and five rows of what is not listed
    "query": (lambda m: m.query("kind == '新規'")["current"].tolist(), [10.0, 0.7, 57.2]),
    "pivot_table": (
        lambda m: m.pivot_table("current", "ministry", "area", "sum").loc["警察庁", "3"],
        11.7,
    ),
    "rank": (lambda m: m["current"].rank(ascending=False)[21], 1.0),
    "isna": (lambda m: m["supplementary"].isna().sum(), 19),
    "cumsum": (lambda m: round(m.nlargest(3, "current")["current"].cumsum().iloc[-1], 6), 1590.4),
    "merge": (lambda m: len(m.merge(m, on="id")), 31 + 5 * 5),
    "round": (lambda m: (m["share"] * 100).round(1)[21], 50.0),
}


@pytest.mark.parametrize("typed", TYPED)
def test_what_an_analyst_types(measures, typed):
    work, wanted = TYPED[typed]
    assert work(measures) == wanted


def test_it_can_be_saved_and_drawn(measures, tmp_path):
    measures.to_csv(tmp_path / "a.csv", index=False)
    pd.testing.assert_series_equal(pd.read_csv(tmp_path / "a.csv")["current"], measures["current"])
    measures.to_excel(tmp_path / "a.xlsx", index=False)
    assert pd.read_excel(tmp_path / "a.xlsx")["change"].tolist() == pytest.approx(measures["change"].tolist())
    assert measures.set_index("id")["current"].plot(kind="barh").get_title() == ""


def test_a_missing_number_says_why(measures):
    notes = measures.set_index("name")["note"]
    assert "令和6年度当初" in notes["産業サイバーセキュリティ対策の強化に向けた環境整備事業"]
    assert "百万円" in notes["IoTの安心・安全かつ適正な利用環境の構築"]
    # 15.84 and 12.02億円 of the sheet, half a 百万円 each: 1583.5 / 1202.5 and 1584.5 / 1201.5
    bounds = measures.set_index("name").loc[
        "IoTの安心・安全かつ適正な利用環境の構築", ["rate_low", "rate_high"]
    ]
    assert bounds.tolist() == pytest.approx([1583.5 / 1202.5 - 1, 1584.5 / 1201.5 - 1])


def test_a_displayed_frame_is_readable(measures):
    shown = repr(measures[["name", "current", "rate"]].head(3))
    assert "Interval" not in shown and "Fraction" not in shown and "23.4" in shown


def test_a_ministry_may_hold_what_bears_no_name(doc):
    row = analysis.share_range(doc, "防衛省").set_index("role").loc["current"]
    assert [row["lowest"], row["highest"]] == pytest.approx([1521.0 / 2126.2, 1904.4 / 2126.2])


def test_area_and_ministry_overlap(doc):
    parts = analysis.overlap(doc, "3", "防衛省")
    assert parts["current"].tolist() == [1495.5, 12.4, 14.2, 25.5]
    assert parts["rest"].tolist() == [False, False, True, False]


def test_what_is_not_itemised_stands_by_area(measures):
    rest = measures.query("rest").set_index("area")["current"]
    assert rest.to_dict() == {"1": 4.8, "2": 235.6, "3": 14.2, "4": 99.3, "": 29.5}

"""Lines with their gaps open and their breaks drawn, and bands as wide as the money: what is drawn is what the data say."""

from itertools import pairwise

import pandas as pd
import pytest
from matplotlib.patches import Polygon

from cyberbudget import charts, context, style
from cyberbudget.charts.flow import MOST, reduced
from cyberbudget.load import load

from ..conftest import DATA
from ..layout import faults

WORDS = {"title": "題", "subtitle": "副題", "caption": "説明。"}


@pytest.fixture(scope="module")
def told():
    return context.load(DATA)


@pytest.fixture(scope="module")
def doc():
    return load(DATA / "fy2024")


def stretches(figure) -> list:
    return [line for line in figure.canvas.axes[0].lines if line.get_gid() == "stretch"]


def test_no_line_crosses_a_gap_or_a_break(told, doc):
    table = context.series(told, doc)
    figure = charts.line(table, doc, breaks=told.breaks, name="fig-x", **WORDS)
    rows = table.to_dict("records")
    joined = [
        (a["fiscal_year"], b["fiscal_year"])
        for a, b in pairwise(rows)
        if a["amount"] == a["amount"] and b["amount"] == b["amount"] and a["span"] == b["span"]
    ]
    assert joined == [(2012, 2013), (2015, 2016), (2016, 2017), (2017, 2018), (2018, 2019), (2023, 2024)]
    assert len(stretches(figure)) == len(joined)
    dots = [line for line in figure.canvas.axes[0].lines if line.get_gid() == "value"]
    assert len(dots) == 11 == table["amount"].count()
    texts = [text.get_text() for text in figure.canvas.axes[0].texts]
    assert texts.count("？") == 3  # two years, and the key
    assert {"①", "②", "③", "④"} <= set(texts) and faults(figure.canvas) == []
    # Two of four changes part what is counted: one year alone, in a band, and one for good.
    drawn = figure.canvas.axes[0]
    assert [line.get_gid() for line in drawn.lines].count("break") == 3
    (band,) = [c for c in drawn.collections if c.get_gid() == "once"]
    left, right = band.get_paths()[0].get_extents().intervalx
    inside = [line for line in dots if left < line.get_xdata()[0] < right]
    assert len(inside) == 1 and table.loc[2, "amount"] == 542.3 and dots.index(inside[0]) == 2
    values = dict(zip(figure.data["項目"], figure.data["値"]))
    assert (values["令和2年度"], values["令和4年度"], values["令和6年度"]) == ("—", "—", "2126.2")


def test_points_beside_the_line_stand_apart_and_bear_their_values(told, doc):
    """Another edition of a year that would lie on the first one stands beside it; so are both read."""
    others = context.beside(told, doc)
    assert others.round(1).values.tolist() == [
        [2024, 2128.6, "同じ年度の別の版"], [2014, 280.3, "その年度だけの額を除いた額"],
    ]  # fmt: skip
    figure = charts.line(
        context.series(told, doc), doc, breaks=told.breaks, others=others, name="fig-x", **WORDS
    )
    lines = figure.canvas.axes[0].lines
    edition, bare = (line for line in lines if line.get_gid() == "other")
    *_, last = (line for line in lines if line.get_gid() == "value")
    assert edition.get_marker() != bare.get_marker()
    assert edition.get_xdata()[0] - last.get_xdata()[0] > 0.15  # inches: wider than the two are together
    texts = [text.get_text() for text in figure.canvas.axes[0].texts]
    assert {"2,126.2", "2,128.6", "542.3", "280.3", "325.8"} <= set(texts) and faults(figure.canvas) == []
    assert figure.data.iloc[-2].to_list() == ["令和6年度", "同じ年度の別の版", "2128.6", "—", "—", "億円"]


def test_shares_are_written_in_per_cent(told, doc):
    table = context.shares(told, doc, "general_account")
    figure = charts.line(table, doc, "share", unit="%", digits=3, name="fig-x", **WORDS)
    assert figure.data["値"].iloc[-1] == "0.189" and set(figure.data["単位"]) == {"%"}
    (said,) = charts.line(table.assign(share=float("nan")), doc, "share", name="fig-x", **WORDS).lines
    assert "描く額は、この資料にはありません" in said


def test_small_multiples(told, doc):
    figure = charts.multiples(
        told.measure_history.assign(name=told.measure_history["measure"]), doc, name="fig-x", **WORDS
    )
    assert faults(figure.canvas) == []
    told = [mark.text for mark in figure.marks]  # a year each, with both numbers
    assert "サイバーセキュリティ経済基盤構築事業 平成26年度：当初 1,741百万円、執行 1,621百万円" in told
    texts = [text.get_text() for text in figure.canvas.axes[0].texts]
    assert "最大 23,285（H28 執行）" in texts  # whose it is and of which year, where it flattens the line
    assert not [text for text in told + texts if "RMF" in text]  # one year is no course
    typed = figure.data.query("項目 == 'サイバーセキュリティ経済基盤構築事業 平成26年度'")["値"].to_list()
    assert typed == ["1741", "1621"]


def test_bands_are_as_wide_as_the_money(told, doc):
    payments = context.payments(told, 2024)
    figure = charts.flow(payments, doc, name="fig-x", **WORDS)
    bands = [c for c in figure.canvas.axes[0].collections if c.get_gid() == "band"]
    wide = [path.vertices for band in bands for path in band.get_paths()]
    left = [v[:, 0].min() for v in wide]
    tall = [v[v[:, 0] == x][:, 1] for v, x in zip(wide, left)]
    widths = pd.Series([y.max() - y.min() for y in tall])
    amounts = reduced(payments, "measure", "recipient", "amount")["amount"]
    assert len(bands) == len(amounts) <= MOST
    assert (widths / widths.sum()).to_list() == pytest.approx((amounts / amounts.sum()).to_list(), abs=1e-6)
    assert amounts.sum() == pytest.approx(470.06082928) and faults(figure.canvas) == []
    # Each can be pointed at in its middle, where no thinner one lies over it.
    _, height = figure.canvas.get_size_inches()
    shapes = [Polygon([(x * style.WIDTH, y * height) for x, y in m.shape]).get_path() for m in figure.marks]
    for band in bands:
        path = band.get_paths()[0].vertices
        inside = [
            (v, [n for n, s in enumerate(shapes) if s.contains_point(v)]) for v in (path + path[::-1]) / 2
        ]
        assert any(found for _, found in inside)
    assert len(shapes) == len(bands)

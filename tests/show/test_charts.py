"""What is drawn is what the table says, and every text can be read."""

import inspect
import io
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial

import pandas as pd
import pytest

from cyberbudget import Figure, charts, exact, style
from cyberbudget.charts import Bar, Row, Segment
from cyberbudget.interval import Interval

from ..layout import faults

TEXTS = {
    "name": "fig-x",
    "title": "「国民が安全で安心して暮らせるデジタル社会の実現」が総額の18.0%を占め、前年度の当初から増えた",
    "subtitle": "令和5年度当初と令和6年度当初（億円）、かっこ内は増減率。分野別、資料の順",
    "caption": "斜線は載らない分です。",
}
SCOPES = [("area", None), ("ministry", None), ("measure", None), *(("measure", area) for area in "1234")]

# A piece of a drawing: label of its row, where it starts, its value, whether it is what the document does not itemise.
Piece = tuple[str, float, Interval, bool]


def pieces(table: pd.DataFrame, *keys: str) -> list[Piece]:
    """One bar from zero for each key of each row."""
    return [(r["name"], 0.0, r[key], r["rest"]) for r in table.to_dict("records") for key in keys]


def bars(doc, by, area):
    whole = exact.whole_of(doc, area)["current"]
    table = exact.shares(exact.amounts(doc, by, area), whole)
    return charts.bars(table, doc, whole=whole, **TEXTS), pieces(table, "amount")


def pairs(doc, by, area):
    table = exact.amounts(doc, by, area)
    return charts.pairs(table, doc, **TEXTS), pieces(table, "previous", "current")


def differences(doc, by, area):
    table = exact.changes(doc, by, area)
    return charts.differences(table, doc, **TEXTS), pieces(table, "change")


def waterfall(doc, by, area):
    table = exact.changes(doc, by, area)
    after, _, before = exact.whole_of(doc, area).values()
    found, at = [(doc.previous.label, 0.0, before, False)], before.value
    for label, _, value, rest in pieces(table, "change"):
        found.append((label, float(at), value, rest))
        at += value.value
    assert at == after.value
    found.append((doc.current.label, 0.0, after, False))
    return charts.waterfall(table, doc, before, after, **TEXTS), found


def stacked(doc, by, area):
    table = exact.full(doc, by, area)
    both = pieces(table, "supplementary", "current")
    for n in range(1, len(both), 2):  # 当初 starts where 補正 ends
        both[n] = (both[n][0], float(both[n - 1][2].value), *both[n][2:])
    return charts.stacked(table, doc, **TEXTS), both


def ratios(mark, doc, by, area):
    table = exact.own(exact.changes(doc, by, area))
    known = table[[rate is not None for rate in table["rate"]]]
    return charts.ratios(table, doc, "rate", mark=mark, signed=True, **TEXTS), pieces(known, "rate")


def spread(doc, by, area):
    table = exact.amounts(doc, by, area)
    drawn = table[[amount.low > 0 for amount in table["current"]]]
    return charts.spread(table, doc, **TEXTS), pieces(drawn, "current")


def coverage(doc, *_):
    table = exact.coverage(doc)
    wanted = []
    for r in table.to_dict("records"):
        label, share = f"{r['name']}（{charts.words.oku(r['whole'])}）", r["share"]
        left = Interval(1 - share.high, 1 - share.value, 1 - share.low)
        wanted += [(label, 0.0, share, False), (label, float(share.value), left, True)]
    return charts.coverage(table, doc, **TEXTS), wanted


RATIO_BARS, RATIO_DOTS = partial(ratios, "bar"), partial(ratios, "dot")
BARS = {f.__name__: f for f in (bars, pairs, differences, waterfall, stacked)} | {"ratios": RATIO_BARS}
DOTS = {"ratios": RATIO_DOTS, "spread": spread}


def scoped(builders: dict) -> list:
    return [
        pytest.param(build, *scope, id=f"{name}-{scope[0]}-{scope[1] or 'all'}")
        for name, build in builders.items()
        for scope in SCOPES
    ]


def written(figure: Figure, wanted: list[Piece]) -> Iterator[tuple[Decimal, Interval, int]]:
    """Value and bounds of each row of the CSV, with what was drawn and its factor: the same pieces in the same order."""
    assert figure.data["項目"].tolist() == [label for label, *_ in wanted]
    for r, (_, _, interval, _) in zip(figure.data.to_dict("records"), wanted):
        yield [Decimal(r[key]) for key in ("値", "下限", "上限")], interval, {"億円": 1, "%": 100}[r["単位"]]


def same_as_written(figure: Figure, wanted: list[Piece]) -> None:
    """The CSV holds amounts to the digit, ratios in % to two."""
    for found, interval, factor in written(figure, wanted):
        numbers = [float(x) * factor for x in (interval.value, interval.low, interval.high)]
        assert list(map(float, found)) == pytest.approx(numbers, abs=0 if factor == 1 else 0.0051)


def test_bounds_are_written_outwards(doc):
    """Neither the drawing nor its CSV claims less than the interval."""
    figure, wanted = RATIO_DOTS(doc, "measure", None)
    stated = [(low, high) for (_, low, high), _, _ in written(figure, wanted)]
    texts = " ".join(drawn_texts(figure)).replace("−", "-")
    drawn = re.findall(r"（([+-]?[0-9.]+)〜([+-]?[0-9.]+)%）", texts)
    for told in (stated, [tuple(map(Decimal, pair)) for pair in drawn]):
        for (low, high), (_, _, interval, _) in zip(told, wanted, strict=True):
            assert low <= interval.low * 100 and interval.high * 100 <= high


def legible(figure: Figure, wanted: list[Piece]) -> None:
    """Every row's label stands in the drawing, whole, over as many lines as it takes; and every text can be read."""
    lines = "".join(text.get_text() for text in figure.canvas.axes[0].texts)
    assert not [label for label, *_ in wanted if label not in lines]
    assert not faults(figure.canvas)


def drawn_bars(figure: Figure) -> list[tuple[float, float, bool]]:
    return [(p.get_x(), p.get_width(), p.get_hatch() is not None) for p in figure.canvas.axes[0].patches]


def test_every_kind_of_chart_is_tested():
    functions = dict(inspect.getmembers(charts, inspect.isfunction))
    kinds = {name for name, made in functions.items() if made.__annotations__.get("return") == "Figure"}
    assert kinds == {"draw", "coverage", *BARS, *DOTS}


@pytest.mark.parametrize(("build", "by", "area"), [*scoped(BARS), (coverage, "area", None)])
def test_bars(doc, build, by, area):
    figure, wanted = build(doc, by, area)
    found = drawn_bars(figure)
    for (start, width, hatched), (label, left, value, rest) in zip(found, wanted, strict=True):
        assert (start, width) == pytest.approx((left, float(value.value))) and hatched == rest, label
    same_as_written(figure, wanted)
    legible(figure, wanted)


@pytest.mark.parametrize(("build", "by", "area"), scoped(DOTS))
def test_dots(doc, build, by, area):
    figure, wanted = build(doc, by, area)
    place = math.log10 if build is spread else float
    lines = figure.canvas.axes[0].lines
    values = [x.get_xdata() for x in lines if x.get_gid() == "value"]
    intervals = [x.get_xdata() for x in lines if x.get_gid() == "interval"]
    for found, ends, (label, _, value, _) in zip(values, intervals, wanted, strict=True):
        assert found == pytest.approx([place(float(value.value))]), label
        assert ends == pytest.approx([place(float(value.low)), place(float(value.high))]), label
    assert not figure.canvas.axes[0].patches
    same_as_written(figure, wanted)
    legible(figure, wanted)


@pytest.mark.parametrize(
    ("build", "text"),
    [
        (bars, "1,522.1（71.6%）"),
        (bars, "29.5（1.4%）"),
        (pairs, "R5  150.3"),
        (pairs, "R6  128.4（−14.6%）"),
        (pairs, "R6  29.5"),  # no rate of a remainder
        (differences, "+644.1（寄与率86.2%）"),
        (differences, "−7.3"),
        (waterfall, "−21.9"),
        (stacked, "569.3（うち補正 186.3）"),
        (RATIO_BARS, "−14.6%"),
        (RATIO_DOTS, "+44.7%（+44.6〜+44.8%）"),
        (spread, "383.0"),
    ],
)
def test_text_at_the_end_of_a_bar(doc, build, text):
    figure, _ = build(doc, "area", None)
    assert text in [t.get_text() for t in figure.canvas.axes[0].texts]


@pytest.mark.parametrize("build", [differences, waterfall, RATIO_BARS])
def test_a_fall_goes_left(doc, build):
    """The bar runs to the left; its text stands beyond it where it passes zero."""
    figure, wanted = build(doc, "area", None)
    texts = [(t.get_text(), t.get_position()[0], t.get_ha()) for t in figure.canvas.axes[0].texts]
    falls = [bar for bar, (_, _, value, _) in zip(drawn_bars(figure), wanted) if value.value < 0]
    assert falls and all(width < 0 for _, width, _ in falls)
    beyond = [start + width for start, width, _ in falls if start + width < 0]
    left = [x for text, x, side in texts if text.startswith("−") and side == "right"]
    assert len(left) == len(beyond) and all(x < end for x, end in zip(left, beyond))


def drawn_texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in (*figure.canvas.texts, *figure.canvas.axes[0].texts)]


@pytest.mark.parametrize("build", [pairs, differences, stacked, RATIO_DOTS, spread])
def test_areas_are_keyed_where_the_labels_do_not_name_them(doc, build):
    """Measures of several areas: a key, and the number of the area after each name."""
    figure, wanted = build(doc, "measure", None)
    key = [f"({a}){doc.area_name(a, short=True)}" for a in "1234"]
    assert [text for text in drawn_texts(figure) if text in key] == key
    squares = [text.get_color() for text in figure.canvas.texts if text.get_text() == "■"]
    assert squares == [style.AREAS[a] for a in "1234"]
    numbers = dict(zip(doc.measures["measure"], doc.measures["area"]))
    lines = "".join(drawn_texts(figure))
    assert not [n for n, *_ in wanted if n in numbers and f"{n}({numbers[n]})" not in lines]


def test_no_key_where_it_would_say_nothing(doc):
    """Rows named for their areas, rows of one area, rows of none."""
    named = [build(doc, "area", None)[0] for build in (bars, pairs, waterfall, spread)]
    english = exact.amounts(doc, "area").assign(name=[*doc.areas["short_en"], "In no area"])
    others = [pairs(doc, "measure", "3")[0], pairs(doc, "ministry", None)[0], coverage(doc)[0]]
    for figure in (*named, *others, charts.pairs(english, doc, **TEXTS)):
        assert "■" not in drawn_texts(figure)


def test_a_long_key_runs_on_to_another_line(doc):
    areas = doc.areas.assign(short=[f"長い名前を持つ分野その{n}" for n in "一二三四"])
    table = exact.amounts(doc, "measure")
    figure = charts.pairs(table, replace(doc, areas=areas), **TEXTS)
    assert len({text.get_position()[1] for text in figure.canvas.texts if text.get_text() == "■"}) == 2
    assert not faults(figure.canvas)


def test_a_fifth_area_without_a_colour_keeps_its_number(doc):
    """Its name in the key, its number after its measures, and a look that is no other area's and not last year's."""
    fifth = doc.areas.iloc[[3]].assign(area="5", id="(5)", short="新しい分野")
    document = replace(doc, areas=pd.concat([doc.areas, fifth]))
    table = exact.amounts(doc, "measure")
    table.loc[30, "area"] = "5"
    figure = charts.pairs(table, document, **TEXTS)
    squares = [text.get_color() for text in figure.canvas.texts if text.get_text() == "■"]
    assert squares == [*(style.AREAS[a] for a in "1234"), style.OTHER]
    assert style.OTHER not in {*style.AREAS.values(), style.NEUTRAL}
    texts = drawn_texts(figure)
    assert "(5)新しい分野" in texts and "に関する調査費(5)" in "".join(texts)
    assert not faults(figure.canvas)


def test_a_colour_for_each_area_and_grey_for_last_year(doc):
    patches = pairs(doc, "area", None)[0].canvas.axes[0].patches
    found = [style.matplotlib.colors.to_hex(p.get_facecolor()) for p in patches]
    assert found[0:8:2] == [style.PREVIOUS] * 4
    assert found[1:8:2] == [style.AREAS[area] for area in "1234"]
    assert found[8:] == ["#ffffff", "#ffffff"]  # hatched


@pytest.mark.parametrize(
    ("build", "kind"),
    [
        *((build, "横棒グラフ") for build in (bars, pairs, differences, RATIO_BARS, RATIO_DOTS)),
        (waterfall, "滝グラフ"),
        (stacked, "積み上げ横棒グラフ"),
        (spread, "点グラフ（対数目盛）"),
        (coverage, "帯グラフ"),
    ],
)
def test_alternative_text(doc, build, kind):
    alt = build(doc, "area", None)[0].alt
    whole = f"{kind}。{TEXTS['subtitle']}。{TEXTS['title']}"
    assert len(alt) <= 120 and whole.startswith(alt.removesuffix("…")) and "。「国民" in alt


def test_the_svg_is_the_same_drawing_every_time(doc):
    """What is read in the tests above is what stands in the file."""
    figure, again = (bars(doc, "area", None)[0] for _ in range(2))
    assert figure.svg == again.svg
    assert "date" not in figure.svg and "<text" not in figure.svg
    with style.look():
        buffer = io.StringIO()
        figure.canvas.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    assert buffer.getvalue() == figure.svg


def test_a_missing_glyph_is_an_error(doc):
    with pytest.raises(UserWarning, match="missing"):
        charts.bars(exact.full(doc, "area"), doc, "sixteen", **{**TEXTS, "title": "予算🏛"})


def some_row(value: str = "3.0") -> Row:
    return Row("行", (Bar((Segment("系列", Interval.printed(value), style.NEUTRAL),), value),))


def test_what_cannot_be_drawn(doc):
    for rows, log, told in (([some_row()], True, "対数"), ([], False, "行がありません")):
        with pytest.raises(ValueError, match=told):
            charts.draw(rows, doc, log=log, **TEXTS)


@pytest.mark.parametrize("value", ["0.0", "—"])
def test_rows_of_nothing(doc, value):
    figure = charts.draw([some_row(value)], doc, **TEXTS)
    assert drawn_bars(figure) == [(0, 0, False)] and not faults(figure.canvas)

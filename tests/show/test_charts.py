"""What is drawn is what the frame says, and every text can be read."""

import inspect
import io
import math
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.patches import Polygon, Rectangle

from cyberbudget import Figure, analysis, charts, style, tables, words
from cyberbudget.charts.canvas import spread

from ..layout import faults
from . import frames

TEXTS = {
    "name": "fig-x",
    "title": "「国民が安全で安心して暮らせるデジタル社会の実現」が総額の18.0%を占め、前年度の当初から増えた",
    "subtitle": "令和5年度当初と令和6年度当初（億円）、かっこ内は増減率。分野別、資料の順",
    "caption": "斜線は載らない分です。",
}


def halves(frame):
    """Two wholes that share the row in the middle."""
    names = frame["name"].tolist()
    return {"一方": names[: len(names) // 2 + 1], "他方": names[len(names) // 2 :]}


FORMS = {
    "bars": lambda f, doc: charts.bars(f, doc, whole=2126.2, **TEXTS),
    "changes": lambda f, doc: charts.bars(f, doc, "change", signed=True, note="contribution", **TEXTS),
    "rates": lambda f, doc: charts.bars(f, doc, "rate", signed=True, **TEXTS),
    "pairs": lambda f, doc: charts.pairs(f, doc, **TEXTS),
    "stacked": lambda f, doc: charts.stacked(f, doc, **TEXTS),
    "dots": lambda f, doc: charts.dots(f, doc, **TEXTS),
    "overlap": lambda f, doc: charts.overlap(f, doc, halves(f), **TEXTS),
    "treemap": lambda f, doc: charts.treemap(f, doc, **TEXTS),
    "waterfall": lambda f, doc: charts.waterfall(f, doc, **TEXTS),
    "slope": lambda f, doc: charts.slope(f, doc, **TEXTS),
    "slope of rates": lambda f, doc: charts.slope(f, doc, log=True, matter=9, **TEXTS),
    "dumbbell": lambda f, doc: charts.dumbbell(f, doc, **TEXTS),
    "dumbbell of years": lambda f, doc: charts.dumbbell(f, doc, "previous", **TEXTS),
    "heatmap": lambda f, doc: charts.heatmap(f, doc, **TEXTS),
}
NAMED = {"named": lambda f, doc: charts.named(f, doc, **TEXTS)}
SCOPES = [
    ("area", None),
    ("ministry", None),
    ("measure", None),
    *(("measure", area) for area in frames.AREAS),
]
HOSTILE = list(frames.hostile())


@pytest.fixture(scope="module")
def real(doc):
    """Frames of the real document by what their rows are."""

    return {scope: analysis.amounts(doc, *scope) for scope in SCOPES} | {"all": analysis.amounts(doc)}


def patches(figure: Figure) -> list[Rectangle]:
    return figure.canvas.axes[0].patches


def drawn_texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.canvas.axes[0].texts]


def read_well(figure: Figure) -> None:
    """Texts can be read on a phone too; marks lie apart, inside the picture, and say something."""
    assert not faults(figure.canvas)
    _, height = figure.canvas.get_size_inches()
    assert all(0 <= y <= height for line in figure.canvas.axes[0].lines for y in line.get_ydata() if y == y)
    smallest = min(text.get_fontsize() for text in figure.canvas.axes[0].texts)
    assert smallest * style.PHONE / (72 * style.WIDTH) >= 12
    assert figure.marks and all("：" in mark.text and len(mark.text) <= 200 for mark in figure.marks)
    for m in figure.marks:
        assert m.x >= 0 and m.x + m.width <= 1.0001 and m.y >= 0 and m.y + m.height <= 1.0001
        assert m.width > 0 and m.height > 0 and [m.x, m.y] == [round(m.x, 4), round(m.y, 4)]
    for a, b in combinations([mark for mark in figure.marks if not mark.shape], 2):
        wide = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
        high = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
        assert wide < 2e-4 or high < 2e-4, (a, b)


def test_every_form_is_tested():
    functions = dict(inspect.getmembers(charts, inspect.isfunction))
    kinds = {name for name, made in functions.items() if made.__annotations__.get("return") == "Figure"}
    tested = "".join(inspect.getsource(form) for form in (FORMS | NAMED).values())
    elsewhere = {"flow", "line", "multiples"}  # of data/context: test_lines.py
    assert kinds - {"draw"} - elsewhere == {name for name in kinds if f"charts.{name}(" in tested}
    assert set(charts.__all__) >= kinds


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("scope", [*SCOPES, "all"], ids=str)
def test_the_real_document(doc, real, form, scope):
    read_well(FORMS[form](real[scope], doc))


@pytest.mark.parametrize("form", FORMS | NAMED)
@pytest.mark.parametrize("frame", HOSTILE)
def test_hostile_frames(doc, form, frame):
    try:
        figure = (FORMS | NAMED)[form](frames.hostile()[frame], doc)
    except ValueError as error:
        assert "行がありません" in str(error) and form in ("dumbbell", "dots"), error
    else:
        read_well(figure)


# ── what is drawn is what the frame says ────────────────────────────────────────────────────────────


def proportional(lengths, values) -> None:
    """One scale for all."""
    lengths, values = np.array(lengths, float), np.array(values, float)
    factor = lengths @ values / (values @ values)
    assert lengths == pytest.approx(values * factor, abs=1e-6) and factor > 0


@pytest.mark.parametrize(("form", "keys"), [("bars", ["current"]), ("changes", ["change"]), ("pairs", ["previous", "current"]),
                                            ("stacked", ["supplementary", "current"]), ("rates", ["rate"])])  # fmt: skip
@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_bars(doc, real, form, keys, scope):
    figure, frame = FORMS[form](real[scope], doc), real[scope]
    values = frame[keys].fillna(0).to_numpy().ravel()
    proportional([p.get_width() for p in patches(figure)], abs(values))
    assert [p.get_hatch() is not None for p in patches(figure)] == list(np.repeat(frame["rest"], len(keys)))
    ends = [(p.get_x(), p.get_x() + p.get_width()) for p in patches(figure)]
    zero = figure.canvas.axes[0].lines[-1].get_xdata()[0]
    if form == "stacked":  # 当初 starts where 補正 ends
        assert [a[1] for a in ends[::2]] == pytest.approx([b[0] for b in ends[1::2]])
    else:
        assert [end[int(value < 0)] for end, value in zip(ends, values)] == pytest.approx(
            [zero] * len(values)
        )
    assert figure.data["項目"].tolist() == list(np.repeat(frame["name"], len(keys)))
    lines = "".join(drawn_texts(figure))
    assert not [name for name in frame["name"] if name not in lines]


def test_the_csv_holds_what_is_drawn(doc, real):
    """Amounts to the digit, ratios in % to two, bounds outwards, — where there is none."""
    frame = real["measure", None]
    for form, key, factor in (("bars", "current", 1), ("rates", "rate", 100)):
        data = FORMS[form](frame, doc).data
        assert (data["値"] == words.ABSENT).tolist() == frame[key].isna().tolist()
        told, known = data[data["値"] != words.ABSENT], frame[frame[key].notna()].reset_index()
        numbers = {c: told[c].astype(float).to_numpy() / factor for c in ("値", "下限", "上限")}
        assert abs(numbers["値"] - known[key]).max() < (1e-9 if factor == 1 else 6e-5)
        assert (numbers["下限"] <= known[f"{key}_low"] + 1e-9).all()
        assert (numbers["上限"] >= known[f"{key}_high"] - 1e-9).all()


def test_a_share_within_bounds(doc):
    """On a line from nothing to the whole: the dot, its bounds and both their numbers; not called a rounding."""
    frame = pd.DataFrame({"name": ["ある年", "前の年"], "share": [0.715, 0.639]})
    frame = frame.assign(share_low=frame["share"], share_high=[0.896, 0.906])
    figure = charts.dots(frame, doc, **TEXTS)
    lines = figure.canvas.axes[0].lines
    rail = lines[0].get_xdata()
    for gid, wanted in (("value", frame[["share"]]), ("interval", frame[["share", "share_high"]])):
        found = np.array([line.get_xdata() for line in lines if line.get_gid() == gid])
        assert (found - rail[0]) / (rail[1] - rail[0]) == pytest.approx(wanted.to_numpy(), abs=1e-9)
    assert {"71.5%", "89.6%", "0%", "100%"} <= set(drawn_texts(figure))
    assert figure.marks[0].text == "ある年：割合 71.5%（ありうる範囲 71.5%〜89.6%）"


def test_two_wholes_share_a_part(doc):
    """All parts on one scale, the shared one at the same place in both; the narrow ones named below."""
    frame = analysis.overlap(doc, "3", "防衛省")
    both, others, unlisted, outside = frame["name"]
    wholes = {"分野": [both, others, unlisted], "省": [both, outside]}
    figure = charts.overlap(frame, doc, wholes, **TEXTS)
    read_well(figure)
    drawn = [(p.get_label(), p) for p in patches(figure)]
    assert sorted(name for name, _ in drawn) == sorted([both, *frame["name"]])
    amounts = frame.set_index("name")["current"]
    proportional([p.get_width() for _, p in drawn], [amounts[name] for name, _ in drawn])
    assert len({round(p.get_x(), 9) for name, p in drawn if name == both}) == 1
    assert "1,522.1億円" in drawn_texts(figure) and f"{outside} 25.5" in drawn_texts(figure)
    assert sorted(figure.data["項目"]) == sorted(frame["name"])


@pytest.mark.parametrize("frame", ["all", "many", "equal", "no area"])
def test_the_areas_of_a_treemap(doc, real, frame):
    rows = real["all"] if frame == "all" else frames.hostile()[frame]
    figure, rows = charts.treemap(rows, doc, **TEXTS), rows[rows["current"] > 0]
    wanted = []
    for _, own in rows.sort_values("current", ascending=False).groupby(
        "area"
    ):  # the small as one tile of their area
        small = own[~own["rest"]].iloc[1:].query("current < @rows.current.sum() / 100")
        small = small if len(small) > 1 else small.head(0)
        wanted += [*own["current"].drop(small.index), *[small["current"].sum()] * (len(small) > 0)]
    drawn = [p for p in patches(figure) if p.get_label()]
    areas = sorted((p.get_width() * p.get_height() for p in drawn), reverse=True)
    proportional(areas, sorted(wanted, reverse=True))
    assert math.fsum(areas) == pytest.approx((style.WIDTH - 0.2) * 6.4)
    for a, b in combinations(drawn, 2):
        assert min(a.get_x() + a.get_width(), b.get_x() + b.get_width()) - max(
            a.get_x(), b.get_x()
        ) < 1e-9 or (
            min(a.get_y() + a.get_height(), b.get_y() + b.get_height()) - max(a.get_y(), b.get_y()) < 1e-9
        )
    assert sum(p.get_hatch() is not None for p in drawn) == rows["rest"].sum()
    assert len(figure.data) == len(rows)
    assert set(figure.data["項目"]) == set(rows["name"])


@pytest.mark.parametrize("scope", [*SCOPES, "all", *HOSTILE], ids=str)
def test_the_steps_of_a_waterfall(doc, real, scope):
    """From last year's level, which is the zero line, each as long as its change, to this year's."""
    frame = real[scope] if scope in real else frames.hostile()[scope]
    figure = charts.waterfall(frame, doc, **TEXTS)
    lines, told = figure.canvas.axes[0].lines, [float(x) for x in figure.data["値"]]
    zero = next(line.get_xdata()[0] for line in lines if line.get_zorder() == 0)
    at, levels = zero, [zero]
    for step, value in zip(patches(figure), told[1:-1], strict=True):  # to the right where it rises
        start, end = step.get_x(), step.get_x() + step.get_width()
        assert (start if value > 0 else end) == pytest.approx(at)
        at = end if value > 0 else start
        levels.append(at)
        full = to_hex(step.get_facecolor()) not in (style.PAPER, "#fefefe")
        assert step.get_hatch() or full == (value > 0)
    joints = [line.get_xdata()[0] for line in lines if line.get_zorder() == 0.5]
    assert joints == pytest.approx([zero, *levels, at])  # the words of the ends, and each bar with the next
    change = frame["current"].fillna(0).sum() - frame["previous"].fillna(0).sum()
    assert told[-1] - told[0] == pytest.approx(change, abs=0.11)
    assert sum(told[1:-1]) == pytest.approx(change, abs=0.05 * len(told))
    steps = patches(figure)
    inch = sum(s.get_width() for s in steps) / (sum(map(abs, told[1:-1])) or 1)
    assert [s.get_width() for s in steps] == pytest.approx(
        [abs(x) * inch for x in told[1:-1]], abs=0.06 * inch
    )
    values = [t for t in figure.canvas.axes[0].texts if t.get_gid() == "change"]
    ends = [s.get_x() + s.get_width() for s in steps]
    assert [t.get_position()[0] for t in values] == pytest.approx([x + 0.06 for x in ends])


def test_a_waterfall_names_its_driver_and_groups_the_small(doc, real):
    """No step of a measure is shorter than four pixels on a phone; rises, falls, the small, the unlisted."""
    figure = charts.waterfall(real["measure", None], doc, **TEXTS)
    texts = drawn_texts(figure)
    unlisted = [f"{words.UNLISTED}(2)", f"{words.UNLISTED}(4)", f"ほかの{words.UNLISTED}"]
    assert {
        "これだけで増加の78%",
        "+36.9",
        "令和5年度当初 1,378.9",
        "令和6年度当初 2,126.2（+747.3）",
    } <= set(texts)
    order = [texts.index(name) for name in ("ほか21件（差引き）", *unlisted)]
    assert order == sorted(order)
    assert figure.alt.startswith("滝グラフ（1,378.9から2,126.2億円へ）。")
    for scope in [("measure", None), ("measure", "2")]:
        drawn = patches(charts.waterfall(real[scope], doc, **TEXTS))
        own = [p for p in drawn if not p.get_hatch() and not p.get_label().startswith("ほか")]
        least = min((p.get_width() for p in own), default=1.0)
        assert least * style.PHONE / style.WIDTH >= 3.9
    falls = drawn_texts(charts.waterfall(real["measure", "4"], doc, **TEXTS))
    assert [
        text for text in falls if "差引きの減少を上回る" in text
    ] and "令和6年度当初 128.4（−21.9）" in falls
    assert not [
        t
        for t in drawn_texts(charts.waterfall(real["measure", None], doc, note="", **TEXTS))
        if "増加の" in t
    ]


@pytest.mark.parametrize(
    ("form", "place"), [("slope", float), ("slope of rates", lambda x: math.log10(max(x, 0.05)))]
)
def test_the_ends_of_slopes(doc, real, form, place):
    frame = real["measure", None].query("not rest").dropna(subset=["previous", "current"])
    axes = FORMS[form](frame, doc).canvas.axes[0]
    found = {line.get_label(): line for line in axes.lines if line.get_label() in set(frame["name"])}
    ys = np.array([found[name].get_ydata() for name in frame["name"]])
    wanted = np.array([[place(x) for x in row] for row in frame[["previous", "current"]].to_numpy()])
    slope, start = np.polyfit(wanted.ravel(), ys.ravel(), 1)
    assert ys == pytest.approx(wanted * slope + start, abs=1e-9) and slope < 0
    coloured = [name for name, line in found.items() if line.get_color() != style.QUIET]
    assert len(coloured) == (3 if form == "slope" else 9) and "情報システムの防護" in coloured


def test_the_dots_of_dumbbells(doc, real):
    """The surprising on top: more by 補正 than by 当初; one dot and — where there is one amount only."""
    frame = real["ministry", None]
    figure = charts.dumbbell(frame, doc, **TEXTS)
    dots = [x for x in figure.canvas.axes[0].lines if x.get_gid() == "value"]
    names = figure.data["項目"].drop_duplicates().tolist()
    assert names[:3] == ["内閣官房", "厚生労働省", "金融庁"] and names[-1] == words.UNLISTED
    rows = frame.set_index("name").loc[names, ["supplementary", "current"]]
    small = rows[rows.max(axis=1) < 0.05 * rows.max(axis=None)]  # told in words, in the order of the rows
    told = "".join(drawn_texts(figure)).partition(f"小さい{len(small)}件：")[2]
    assert (
        len(small) > 1
        and told.startswith("内閣官房 12.8→1.8、")
        and not [n for n in small.index if n not in told]
    )
    values = rows.drop(small.index).to_numpy().ravel()
    places = np.array([dot.get_xdata()[0] for dot in dots])
    slope, start = np.polyfit(values[~np.isnan(values)], places, 1)
    assert places == pytest.approx(values[~np.isnan(values)] * slope + start, abs=1e-9)
    assert drawn_texts(figure).count(words.ABSENT) == np.isnan(values).sum()
    rings = [dot.get_marker() == "D" and dot.get_markerfacecolor() == style.PAPER for dot in dots]
    assert sum(rings) == rows.drop(small.index)["supplementary"].notna().sum()
    zero = next(x.get_xdata()[0] for x in figure.canvas.axes[0].lines if x.get_color() == style.QUIET)
    assert zero == pytest.approx(start, abs=1e-9)  # where both columns are nothing
    noted = charts.dumbbell(frame, doc, "previous", notes={"内閣官房": "うち一つが新規"}, **TEXTS)
    assert "うち一つが新規" in drawn_texts(noted) and "○" in drawn_texts(noted)
    given = charts.dumbbell(frame, doc, surprising=False, **TEXTS).data["項目"].drop_duplicates()
    assert given.tolist() == frame["name"].tolist()


def test_the_cells_of_a_heatmap(doc, real):
    frame = real["all"]
    figure = charts.heatmap(frame, doc, **TEXTS)
    wanted = frame.groupby(["ministry", "area"])["current"].sum(min_count=1).dropna()
    cells = {tuple(p.get_label().split("|")): p for p in patches(figure)}
    assert set(cells) == {place for place in wanted.index if place[1]}
    texts = {tuple(np.round(t.get_position(), 6)): t.get_text() for t in figure.canvas.axes[0].texts}
    shades = {}
    for place, p in cells.items():
        middle = p.get_x() + p.get_width() / 2, p.get_y() + p.get_height() / 2
        assert texts[tuple(np.round(middle, 6))] == words.oku_cell(float(wanted[place]))
        assert (p.get_hatch() is not None) == (place[0] == "")
        shades[place] = style.luminance(to_hex(p.get_facecolor()))
    own = sorted((place for place in cells if place[0]), key=lambda place: wanted[place])
    assert [shades[p] for p in own] == sorted(shades.values(), reverse=True)[-len(own) :]
    assert "2,126.2" in drawn_texts(
        figure
    ) and "計は、どの分野にも入らない29.5億円を含みます。" in drawn_texts(figure)


def test_how_much_is_named(doc):
    frame = frames.coverage(doc)
    figure = NAMED["named"](frame, doc)
    read_well(figure)
    widths = [p.get_width() / (style.WIDTH - 0.2) for p in patches(figure)]
    assert widths[::2] == pytest.approx(frame["share"].tolist())
    assert [a + b for a, b in zip(widths[::2], widths[1::2])] == pytest.approx([1] * len(frame))
    assert [p.get_hatch() is not None for p in patches(figure)] == [False, True] * len(frame)
    assert "施策名なし 235.6（61.5%）" in drawn_texts(figure)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("bars", "1,522.1（71.6%）"),
        ("pairs", "R5  150.3"),
        ("pairs", "R6  128.4（−14.6%）"),
        ("pairs", "R6  29.5"),  # no rate of a remainder
        ("changes", "+644.1（増加に占める割合86.2%）"),
        ("changes", "−7.3"),
        ("stacked", "569.3（うち補正 186.3）"),
        ("rates", "−14.6%"),
    ],
)
def test_text_at_the_end_of_a_bar(doc, real, form, text):
    assert text in drawn_texts(FORMS[form](real["area", None], doc))


# ── frames that a reader has changed ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda f: f.drop(columns=["current"]), "図に要る列がありません: current（表にある列: name、area"),
        (lambda f: f.drop(columns=["name"]), "図に要る列がありません: name"),
        (lambda f: f.drop(columns=["area", "rest"]), "図に要る列がありません: area、rest"),
        (lambda f: f.assign(current="多い"), "currentの列が数ではありません"),
        (lambda f: f.assign(current=-1.0), "正の金額だけ"),
    ],
)
def test_what_cannot_be_drawn(doc, real, change, told):
    with pytest.raises(ValueError, match=told):
        charts.treemap(change(real["all"]), doc, **TEXTS)


@pytest.mark.parametrize("change", [lambda f: f.head(0), lambda f: f.assign(current=float("nan"))])
def test_where_there_is_nothing_to_draw_it_says_so(doc, real, change):
    (said,) = charts.treemap(change(real["all"]), doc, **TEXTS).lines
    assert "描く額は、この資料にはありません" in said


def test_a_frame_that_was_filtered_sorted_and_extended(doc, real):
    frame = real["measure", None]
    mine = frame[frame["ministry"] == "総務省"].sort_values("current", ascending=False)
    mine = mine[["name", "current", "previous"]].assign(ratio=lambda f: f["current"] / f["previous"])
    figure = charts.pairs(mine, doc, **TEXTS)
    assert figure.data["項目"].tolist()[::2] == mine["name"].tolist()
    assert figure.data["下限"].tolist() == [x if x == words.ABSENT else f"{x}0" for x in figure.data["値"]]


# ── keys, colours, words around the picture ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", ["pairs", "changes", "stacked", "dots", "dumbbell"])
def test_areas_are_keyed_where_the_labels_do_not_name_them(doc, real, form):
    """Measures of several areas: a key, and the number of the area after each name."""
    figure, frame = FORMS[form](real["measure", None], doc), real["measure", None]
    key = [f"({a}){doc.area_name(a, short=True)}" for a in frames.AREAS]
    assert [text for text in drawn_texts(figure) if text in key] == key
    squares = [t.get_color() for t in figure.canvas.axes[0].texts if t.get_text() == "■"]
    assert squares == [style.AREAS[a] for a in frames.AREAS]
    numbers, lines = dict(zip(frame["name"], frame["area"])), "".join(drawn_texts(figure))
    told = {n: n.removesuffix(f"({a})") + f"({a})" for n, a in numbers.items() if a}
    assert not [n for n in figure.data["項目"] if n in told and told[n] not in lines]


def test_no_key_where_it_would_say_nothing(doc, real):
    """Rows named for their areas, rows of one area, rows of none."""
    figures = [FORMS[form](real["area", None], doc) for form in ("bars", "pairs", "waterfall", "dots")]
    english = real["area", None].iloc[:4].assign(name=doc.areas["short_en"].tolist(), area=list(frames.AREAS))
    others = [(real["measure", "3"]), real["ministry", None], english]
    for figure in (*figures, *(FORMS["pairs"](frame, doc) for frame in others)):
        assert "■" not in drawn_texts(figure)


def test_a_fifth_area_with_a_long_name(doc, real):
    """Its name in the key, which runs on; its number after its measures; a look that is no other area's."""
    fifth = doc.areas.iloc[[3]].assign(area="5", id="(5)", short="長い名前を持つ新しい分野")
    document = replace(doc, areas=pd.concat([doc.areas, fifth]))
    frame = real["measure", None].copy()
    frame.loc[frame["name"].str.endswith("に関する調査費"), "area"] = "5"
    figure = FORMS["pairs"](frame, document)
    squares = [t for t in figure.canvas.axes[0].texts if t.get_text() == "■"]
    assert [t.get_color() for t in squares] == [*(style.AREAS[a] for a in frames.AREAS), style.OTHER]
    assert len({t.get_position()[1] for t in squares}) == 3
    texts = drawn_texts(figure)
    assert "(5)長い名前を持つ新しい分野" in texts and "に関する調査費(5)" in "".join(texts)
    read_well(figure)


def test_a_colour_for_each_area_and_grey_for_last_year(doc, real):
    frame = real["area", None].sort_values(["rest", "area"])
    found = [to_hex(p.get_facecolor()) for p in patches(FORMS["pairs"](frame, doc))]
    assert found[0:8:2] == [style.PREVIOUS] * 4
    assert found[1:8:2] == [style.AREAS[area] for area in frames.AREAS]
    assert found[8:] == [style.PAPER] * 2  # hatched


STEPS = [style.tint(style.NEUTRAL, strength) for strength in style.STEPS]


@pytest.mark.parametrize("fill", [*style.AREAS.values(), style.NEUTRAL, style.OTHER, *STEPS])
def test_words_on_a_fill_can_be_read_in_light_and_in_dark(fill):
    ink = style.on(fill)
    for colour, letters in ((fill, ink), (style.DARK.get(fill, fill), style.DARK.get(ink, ink))):
        assert style.contrast(colour, letters) >= 4.5


def test_fills_are_told_apart_from_each_other_and_from_the_page():
    """In light and in dark; a stronger step of a heat map is farther from the page."""
    fills = [*style.AREAS.values(), style.NEUTRAL]
    for swap in ({}, style.DARK):
        shown, steps, paper = ([swap.get(c, c) for c in some] for some in (fills, STEPS, [style.PAPER]))
        assert len(set(shown)) == len(fills) and min(style.contrast(c, *paper) for c in shown) >= 3
        far = [style.contrast(step, *paper) for step in steps]
        assert far == sorted(far) and all(b / a > 1.1 for a, b in pairwise(far))
        neutral = [int(shown[-1][at : at + 2], 16) for at in (1, 3, 5)]
        assert max(neutral) - min(neutral) < 48  # no blue, which is that of area (1)


@pytest.mark.parametrize(
    ("form", "scope"), [("slope", ("area", None)), ("slope of rates", ("measure", "3"))], ids=str
)
def test_labels_of_slopes_stay_near_their_ends(doc, real, form, scope):
    axes = FORMS[form](real[scope], doc).canvas.axes[0]
    leaders = [line.get_ydata() for line in axes.lines if line.get_color() == style.LINE]
    assert len(leaders) == 2 * len(real[scope]) and max(abs(a - b) for a, b in leaders) < 0.4


def test_labels_are_spread_as_little_as_can_be():
    assert spread([1.0, 1.1, 3.0], [0.4] * 3, 0.0, 9.0) == pytest.approx([0.85, 1.25, 3.0])
    assert spread([0.0, 0.0, 9.0], [1.0] * 3, 0.0, 9.0) == pytest.approx([0.5, 1.5, 8.5])


def test_connectors_of_a_waterfall_run_through_no_word(doc, real):
    figure = charts.waterfall(real["measure", None], doc, **TEXTS)
    axes, renderer = figure.canvas.axes[0], FigureCanvasAgg(figure.canvas).get_renderer()
    boxes = [t.get_window_extent(renderer).transformed(axes.transData.inverted()) for t in axes.texts]
    joints = [line.get_xydata() for line in axes.lines if line.get_zorder() == 0.5]
    assert len(joints) > 5
    for (x, top), (_, foot) in joints:
        assert not [
            b
            for b in boxes
            if b.x0 < x < b.x1 and min(top, foot) < max(b.y0, b.y1) and min(b.y0, b.y1) < max(top, foot)
        ]


@pytest.mark.parametrize("form", FORMS)
def test_alternative_text(doc, real, form):
    alt = FORMS[form](real["area", None], doc).alt
    kind = alt.split("。")[0]
    assert (
        len(alt) <= 120
        and f"。{TEXTS['subtitle']}。「国民" in alt
        and kind.count("図") + kind.count("グラフ") > 0
    )


def test_the_svg_is_the_same_drawing_every_time(doc, real):
    """What is read in the tests above is what stands in the file."""
    for form in FORMS:
        figure, again = (FORMS[form](real["measure", "2"], doc) for _ in range(2))
        assert figure.svg == again.svg and figure.marks == again.marks
        assert "date" not in figure.svg and "<text" not in figure.svg
        with style.look():
            buffer = io.StringIO()
            figure.canvas.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        assert buffer.getvalue() == figure.svg


def test_a_missing_glyph_is_an_error(doc, real):
    with pytest.raises(UserWarning, match="missing"):
        charts.bars(real["area", None], doc, **{**TEXTS, "title": "予算🏛"})


def test_a_mark_says_name_value_and_range_and_goes_out_with_the_picture(doc, real, monkeypatch):
    """Rows of a bar are large enough for a finger; the table behind the picture is passed through."""
    table = tables.totals(doc, "tab-x", "総額")
    figure = charts.treemap(real["all"], doc, table=table, **TEXTS)
    told = {mark.text.split("：")[0]: mark for mark in figure.marks}
    large = told["情報システムの防護（防衛省）"]
    assert large.text == "情報システムの防護（防衛省）：令和6年度当初 1,064.0億円、全体の50.0%"
    assert large.width > 0.6 and figure.table is table
    assert large.at == "fy2024/(3)-①" and not any(
        m.at for m in figure.marks if m.text.startswith("施策名のない")
    )
    rows = FORMS["pairs"](real["area", None], doc)
    high = rows.canvas.get_size_inches()[1] * style.PHONE / style.WIDTH
    assert len(rows.marks) == 5 and min(mark.height * high for mark in rows.marks) >= 24
    sent = []
    monkeypatch.setattr("cyberbudget.display.publish_display_data", lambda data, meta: sent.append(meta))
    rows._ipython_display_()
    assert sent[0]["cyberbudget"]["figure"] == "fig-x"
    assert sent[0]["cyberbudget"]["marks"][0].keys() == {"x", "y", "width", "height", "text", "shape", "at"}


def test_one_quantity_has_one_range(doc, real):
    """Sums are as narrow as the document prints them; what is not listed is what is left of the printed total."""
    data = charts.heatmap(real["all"], doc, **TEXTS).data.set_index("項目")[["値", "下限", "上限"]]
    assert data.loc["総額"].tolist() == ["2126.2", "2126.15", "2126.25"]
    assert data.loc["総額、(3)国際・安全保障"].tolist() == ["1522.1", "1522.05", "1522.15"]
    left = analysis.coverage(doc).query("role == 'current'")["left_low"]
    assert data.loc[words.UNLISTED].tolist() == ["383.4", "381.85", "384.95"], left
    own = charts.heatmap(real["measure", "3"], doc, **TEXTS).data  # less than what is printed as the total
    assert own.iloc[-1]["値"].startswith("152")


def test_a_tip_gives_the_number_that_is_drawn(doc):
    """90.65 is 90.7 in both, and no second rounding is told."""
    frame = pd.DataFrame({"name": ["前の年"], "share": [0.639], "share_low": [0.639], "share_high": [0.9064]})
    figure = charts.dots(frame, doc, **TEXTS)
    assert "90.6%" in drawn_texts(figure) and figure.marks[0].text.endswith("（ありうる範囲 63.9%〜90.6%）")
    assert "丸め" not in charts.bars(frame, doc, "share", **TEXTS).marks[0].text


def test_every_line_of_a_slope_can_be_pointed_at_from_label_to_label(doc, real):
    figure = charts.slope(real["area", None], doc, **TEXTS)
    assert len(figure.marks) == len(real["area", None])
    _, height = figure.canvas.get_size_inches()
    for mark in figure.marks:
        xs = [x for x, _ in mark.shape]
        assert (min(xs), max(xs)) == (0.0, 1.0) and mark.width == 1.0
        line = next(x for x in figure.canvas.axes[0].lines if mark.text.startswith(str(x.get_label())))
        shape = Polygon([(x * style.WIDTH, y * height) for x, y in mark.shape]).get_path()
        assert all(shape.contains_point(point) for point in line.get_xydata())
        middle = line.get_xydata().mean(axis=0)
        assert shape.contains_point(middle)


def test_a_mark_of_a_tile_names_its_whole_and_no_share_is_nothing(doc, real):
    two = pd.DataFrame({"name": ["大", "小"], "area": ["1", "2"], "rest": False, "current": [1000.0, 0.3]})
    told = "".join(mark.text for mark in charts.treemap(two, doc, **TEXTS).marks)
    assert "全体の0.1%未満" in told and "の0.0%" not in told
    area = charts.treemap(real["measure", "2"], doc, **TEXTS).marks
    assert all("分野の" in mark.text and "全体の" not in mark.text for mark in area)


def test_a_mark_calls_columns_as_the_figure_does(doc, real):
    figure = charts.dumbbell(
        real["area", None], doc, "supplementary_share", "share", labels=("補正", "当初"), **TEXTS
    )
    assert all("：補正 " in mark.text and "、当初 " in mark.text for mark in figure.marks)

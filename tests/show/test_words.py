"""Every format in one place: rounding, signs, units, eras, directions."""

import re
from decimal import Decimal as D
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyberbudget import words
from cyberbudget.interval import NOTHING, Interval

numbers = st.fractions(-5000, 5000, max_denominator=10_000)
printed = Interval.printed
columns = st.one_of(st.just("—"), st.integers(0, 20_000).map(lambda n: f"{n // 10}.{n % 10}")).map(printed)
YEARS = 1989, 2012, 2018, 2019, 2024


def between(low: str, high: str) -> Interval:
    return Interval(F(low), (F(low) + F(high)) / 2, F(high))


def read(text: str) -> F:
    """The number that a formatted text states."""
    return F(text.replace(",", "").replace("−", "-").replace("+", ""))


# --- rounding and amounts -----------------------------------------------------------------------------------


def test_large_amounts_are_read_aloud():
    assert [words.cho(x) for x in (1125716.88, 79171.77, 9999.6, 12.3)] == [
        "112兆5,717億円", "7兆9,172億円", "1兆0億円", "12億円",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "digits", "expected"),
    [
        (F("0.05"), 1, "0.1"),
        (D("0.25"), 1, "0.3"),  # half to even would give 0.2
        (F("0.049"), 1, "0.0"),
        (F("-0.05"), 1, "-0.1"),  # away from zero
        (F("-0.04"), 1, "0.0"),
        (F("2.675"), 2, "2.68"),  # a binary float would give 2.67
        (F("99.95"), 1, "100.0"),
        (7, 0, "7"),
    ],
)
def test_rounds_half_up(number, digits, expected):
    assert str(words.rounded(number, digits)) == expected


@given(numbers, st.integers(0, 3))
def test_rounding_moves_by_half_a_unit_at_most(number, digits):
    assert abs(F(words.rounded(number, digits)) - number) <= F(1, 2 * 10**digits)


@pytest.mark.parametrize(
    ("number", "signed", "expected"),
    [
        (F("2126.2"), False, "2,126.2億円"),
        (F("747.3"), True, "+747.3億円"),
        (F("-10.3"), False, "−10.3億円"),
        (F("-10.3"), True, "−10.3億円"),
        (F("-0.04"), True, "0.0億円"),
        (0, True, "0.0億円"),
        (F("1234567.85"), False, "1,234,567.9億円"),
        (printed("1064.0"), False, "1,064.0億円"),
        (printed("0.0"), False, "0.0億円"),
        (NOTHING, False, "—"),
    ],
)
def test_oku(number, signed, expected):
    assert words.oku(number, signed) == expected
    assert words.oku_cell(number, signed) == expected.removesuffix("億円")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (words.percent(F("0.71588")), "71.6%"),
        (words.percent(F("0.0005")), "0.1%"),
        (words.percent(F("-0.0004"), signed=True), "0.0%"),
        (words.percent(F("-0.0342"), signed=True), "−3.4%"),
        (words.percent(F("1.2287"), signed=True), "+122.9%"),
        (words.percent(between("0.4", "0.6"), digits=0), "50%"),
        (words.percent(None), "—"),
        (words.pt(F("0.079")), "+7.9ポイント"),
        (words.pt(F("-0.0005")), "−0.1ポイント"),
        (words.pt(0), "0.0ポイント"),
        (words.pt(None), "—"),
        (words.times(F("1.5419")), "1.54倍"),
        (words.times(None), "—"),
        (words.as_printed("1584", "百万円"), "1,584百万円"),
        (words.as_printed("23", "億円"), "23億円"),
        (words.as_printed("1064.0", "億円"), "1,064.0億円"),
        (words.as_printed("—", ""), "—"),
        (words.billion(F("2126.2")), "212.62 billion yen"),
        (words.billion(F("-10.3"), signed=True), "−1.03 billion yen"),
        (words.billion(NOTHING), "—"),
        # The fiscal year 2019 began on 1 April, in 平成31.
        (" ".join(map(words.era, YEARS)), "平成元年度 平成24年度 平成30年度 令和元年度 令和6年度"),
        (" ".join(map(words.era_short, YEARS)), "H1 H24 H30 R1 R6"),
        (words.fy(2024), "FY2024"),
        (" ".join(map(words.stage, words.STAGES)), "概算要求 当初 補正 第2次補正 執行"),
        (
            " ".join(words.names(list("ABC")[:n], most=2) for n in range(4)),
            "なし 「A」 「A」「B」 「A」「B」ほか1件",
        ),
        (" ".join(map(words.tsu, (0, 1, 4, 9, 10))), "0 一つ 四つ 九つ 10"),
    ],
)
def test_ratios_other_units_and_names(text, expected):
    assert text == expected


# --- intervals in words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interval", "style", "expected"),
    [
        (between("586.51", "586.69"), "oku", "586.51〜586.69億円"),  # the bounds themselves
        (between("0.05", "0.15"), "oku", "0.05〜0.15億円"),
        (
            between("0.541861", "0.542046"),
            "rate",
            "+54.18〜+54.21%",
        ),  # one digit would make a fifth of a point
        (between("0.99995", "1.00005"), "percent", "99.995〜100.005%"),
        (between("-0.03411", "0.00113"), "percent", "−3.5〜+0.2%"),
        (between("-0.079", "-0.0785"), "points", "−7.90〜−7.85ポイント"),
        ((1063.95, 1064.05), "oku", "1,063.95〜1,064.05億円"),  # of a frame
        (between("0.5", "1.5"), "percent", "50.0〜150.0%"),
        (between("0.407013", "0.407987"), "index", "0.407〜0.408"),
        (None, "percent", "—"),
        ((float("nan"), float("nan")), "percent", "—"),
    ],
)
def test_span(interval, style, expected):
    assert words.span(interval, style) == expected
    assert words.span_cell(interval, style) == re.sub("億円|%|ポイント", "", expected)


@given(numbers, numbers, st.sampled_from(["oku", "percent", "points", "index"]))
def test_span_never_claims_less_than_the_interval_and_little_more(a, b, style):
    low, high = sorted((a, b))
    factor = 1 if style in ("oku", "index") else 100
    texts = words.span_cell(Interval(low, low, high), style).split("〜")
    stated = [read(text) / factor for text in texts]
    assert stated[0] <= low <= high <= stated[1]
    assert (
        stated[1] - stated[0] < F(5, 2) * (high - low) or len(texts[0].partition(".")[2]) == 6 or low == high
    )


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.1 + 0.2, "0.3億円"), (23.45, "23.5億円"), (-10.3, "−10.3億円"), (float("nan"), "—")],
)
def test_a_float_of_a_frame_is_written_like_the_exact_number(number, text):
    assert words.oku(number) == text


# --- years -------------------------------------------------------------------------------------------------------


def test_no_era():
    with pytest.raises(ValueError):
        words.era(1988)


# --- directions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "old", "kind", "moved", "rise", "change"),
    [
        ("2126.2", "1378.9", "up", "増えました", "増加", "747.3億円増えました（+54.2%）"),
        ("290.8", "301.1", "down", "減りました", "減少", "10.3億円減りました（−3.4%）"),
        ("8.5", "8.5", "same", "変わりませんでした", "横ばい", "印刷された桁では変わりませんでした"),
        ("7.2", "—", "new", "増えました", "増加", "前年度当初の額がなく、新たに7.2億円が付きました"),
        ("—", "5.1", "gone", "減りました", "減少", "5.1億円が皆減となりました"),
        ("—", "—", "none", "変わりませんでした", "横ばい", "どちらの年度にも額がありません"),
        # a printed 0.0 can be zero, so no rate is known
        ("5.0", "0.0", "up", "増えました", "増加", "5.0億円増えました（—）"),
        ("0.0", "0.3", "down", "減りました", "減少", "0.3億円減りました（−100.0%）"),
    ],
)
def test_what_happened(new, old, kind, moved, rise, change):
    pair = printed(new), printed(old)
    assert words.kind(*pair) == kind and kind in words.KINDS
    assert (words.moved(*pair), words.rise(*pair)) == (moved, rise)
    assert words.moved_en(*pair) == {"増加": "rose", "減少": "fell", "横ばい": "did not change"}[rise]
    assert words.change(*pair) == change


@given(columns, columns)
def test_directions_are_always_words_or_numbers(new, old):
    for text in (words.change(new, old), words.oku(new - old, signed=True)):
        assert text and not re.search(r"inf|nan|None|-", text, re.IGNORECASE)

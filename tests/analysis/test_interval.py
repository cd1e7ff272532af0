"""Rounding intervals hold the truth, are as narrow as they claim, and stay defined.

The property tests draw true amounts, round them the way the document does, and ask whether the interval
computed from the printed figures holds what the true amounts give.
"""

import operator
from fractions import Fraction as F
from inspect import signature
from itertools import product
from math import floor

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cyberbudget import interval as iv
from cyberbudget.interval import NOTHING, Interval

TENTH = F(1, 10)
# True amounts in steps of 0.001億円: small ones, where rounding matters most, and up to 5,000億円.
amounts = st.one_of(st.integers(0, 1_000), st.integers(0, 5_000_000)).map(lambda n: F(n, 1000))
positive = amounts.filter(bool)
figures = st.one_of(st.integers(0, 20), st.integers(0, 50_000)).map(lambda n: f"{n // 10}.{n % 10}")


def text(true: F) -> str:
    """The amount as the document prints it: rounded half up to 0.1億円."""
    tenths = floor(true * 10 + F(1, 2))
    return f"{tenths // 10}.{tenths % 10}"


def printed(true: F | str) -> Interval:
    return Interval.printed(true if isinstance(true, str) else text(true))


def ends(*intervals: Interval):
    """All corners of the box of true amounts."""
    return product(*((i.low, i.high) for i in intervals))


# --- the truth lies inside ------------------------------------------------------------------------------


@given(amounts)
def test_printed_holds_the_true_amount(true):
    found = printed(true)
    assert found.low <= true < found.high
    assert found.low >= 0 and found.high - found.value == TENTH / 2


@given(amounts, amounts)
def test_share_holds_the_true_share(a, b):
    part, whole = sorted((a, b))
    found = iv.share(printed(part), printed(whole))
    assert (found is None) == (text(whole) == "0.0")
    if found:
        assert part / whole in found
        assert found.low >= 0 and found.high <= 1


# What is computed as a formula of true amounts, and where the printed ones leave it undefined.
COMPUTED = [
    (operator.add, lambda a, b: a + b, lambda a, b: False),
    (operator.sub, lambda a, b: a - b, lambda a, b: False),
    (iv.share_of_sum, lambda p, r: p / (p + r), lambda p, r: p.value + r.value == 0),
    (iv.growth, lambda n, o: n / o - 1, lambda n, o: o.low == 0),
    (iv.points, lambda n, o, w: (n - o) / w, lambda n, o, w: w.low == 0),
    (iv.contribution, lambda n, o, wn, wo: (n - o) / (wn - wo), lambda n, o, wn, wo: 0 in wn - wo),
]
everything = pytest.mark.parametrize(
    ("function", "formula", "undefined"), COMPUTED, ids=[function.__name__ for function, *_ in COMPUTED]
)


@everything
@given(st.lists(amounts, min_size=4, max_size=4))
def test_what_is_computed_holds_the_true_value(function, formula, undefined, true):
    true = true[: len(signature(formula).parameters)]
    found = function(*map(printed, true))
    assert (found is None) == undefined(*map(printed, true))
    if found:
        assert formula(*true) in found
        assert found.value == formula(*(F(text(t)) for t in true))


@given(st.lists(amounts, max_size=6), amounts)
def test_remainder_holds_the_true_one(parts, unlisted):
    found = iv.remainder(printed(sum(parts, unlisted)), map(printed, parts))
    assert unlisted in found
    assert found.low >= 0


# --- the interval is no wider than it must be ------------------------------------------------------------


@given(figures, figures)
def test_share_bounds_are_reached(a, b):
    part, whole = sorted((printed(a), printed(b)), key=lambda i: i.value)
    assume(whole.low > 0)
    found = iv.share(part, whole)
    meeting = max(part.low, whole.low)  # part and whole can be this same amount where the two overlap
    pairs = [*ends(part, whole), *([(meeting, meeting)] if part.overlaps(whole) else [])]
    reached = [p / w for p, w in pairs if p <= w]
    assert (found.low, found.high) == (min(reached), max(reached))


@everything
@given(st.lists(figures, min_size=4, max_size=4))
def test_the_bounds_are_reached(function, formula, undefined, texts):
    box = [printed(t) for t in texts[: len(signature(formula).parameters)]]
    assume(not undefined(*box))
    reached = [formula(*corner) for corner in ends(*box) if function is not iv.share_of_sum or any(corner)]
    found = function(*box)
    assert (found.low, found.high) == (min(reached), max(reached))


# --- by hand ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure", "scale", "low", "value", "high"),
    [
        ("0.1", 1, "0.05", "0.1", "0.15"),
        ("0.0", 1, "0", "0", "0.05"),  # never negative
        ("23", 1, "22.5", "23", "23.5"),
        ("29.0", 1, "28.95", "29", "29.05"),
        ("1584", F(1, 100), "15.835", "15.84", "15.845"),  # 百万円
        ("—", 1, "0", "0", "0"),
    ],
)
def test_printed_bounds(figure, scale, low, value, high):
    found = Interval.printed(figure, scale)
    assert (found.low, found.value, found.high) == (F(low), F(value), F(high))
    assert found.absent == (figure == "—")


HAND = [
    # 分野(3) in the total
    (iv.share, "1522.1 2126.2", "1522.05/2126.25", "1522.1/2126.2", "1522.15/2126.15", "71.6"),
    # the whole total: (2126.2 − 1378.9) / 1378.9
    (iv.growth, "2126.2 1378.9", "747.2/1378.95", "747.3/1378.9", "747.4/1378.85", "54.2"),
    # 情報システムの防護
    (iv.growth, "1064.0 477.4", "586.50/477.45", "586.6/477.4", "586.70/477.35", "122.9"),
    # its part of the rise of the total: 1064.0 − 477.4 = 586.6 ± 0.1 of 2126.2 − 1378.9 = 747.3 ± 0.1
    (iv.contribution, "1064.0 477.4 2126.2 1378.9", "586.5/747.4", "586.6/747.3", "586.7/747.2", "78.5"),
    # the same rise in points of last year's total
    (iv.points, "1064.0 477.4 1378.9", "586.5/1378.95", "586.6/1378.9", "586.7/1378.85", "42.5"),
    (iv.share_of_sum, "238.9 2126.2", "238.85/2365.10", "238.9/2365.1", "238.95/2365.10", "10.1"),
]


@pytest.mark.parametrize(("function", "figures", "low", "value", "high", "percent"), HAND)
def test_by_hand(function, figures, low, value, high, percent):
    def ratio(quotient: str) -> F:
        a, b = quotient.split("/")
        return F(a) / F(b)

    found = function(*map(printed, figures.split()))
    assert (found.low, found.value, found.high) == (ratio(low), ratio(value), ratio(high))
    assert round(float(found.value) * 100, 1) == float(percent)


# --- edges -------------------------------------------------------------------------------------------------


def test_absent_adds_as_zero():
    assert iv.total([printed("1.0"), NOTHING]) == printed("1.0")
    assert iv.total([NOTHING, NOTHING]).absent and iv.total([]).absent
    assert not (NOTHING + printed("0.0")).absent
    assert sum([printed("1.0"), printed("2.0")]).value == 3


def test_parts_may_pass_the_whole_by_rounding_only():
    touching = iv.remainder(printed("10.0"), [printed("5.0"), printed("5.1")])  # 4.95 + 5.05 fits in 10.05
    assert (touching.low, touching.value, touching.high) == (0, 0, F("0.05"))
    with pytest.raises(ValueError, match="exceed"):
        iv.remainder(printed("10.0"), [printed("5.0"), printed("5.2")])


@pytest.mark.parametrize(
    ("function", "figures"),
    [
        (iv.share, "0.0 0.0"),
        (iv.share, "1.0 —"),
        (iv.share_of_sum, "— —"),
        (iv.growth, "1.0 —"),
        (iv.quotient, "1.0 0.0"),
        (iv.contribution, "2.0 1.0 5.0 5.0"),
        (iv.contribution, "2.0 1.0 5.0 5.1"),  # rounding allows no change at all
        (iv.points, "2.0 1.0 —"),
    ],
)
def test_what_is_undefined_is_none(function, figures):
    assert function(*map(printed, figures.split())) is None


def test_an_interval_keeps_its_order():
    with pytest.raises(ValueError):
        Interval(F(2), F(1), F(3))


def test_overlaps_and_within():
    assert printed("1.0").overlaps(printed("1.1")) and not printed("1.0").overlaps(printed("1.2"))
    assert printed("1.0").within(printed("1")) and not printed("1").within(printed("1.0"))
    assert F("1.05") in printed("1.0") and F("1.051") not in printed("1.0")

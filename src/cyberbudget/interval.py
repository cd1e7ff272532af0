"""Rounding intervals: what a printed amount can stand for, and what follows from it.

The document prints amounts rounded half up to 0.1億円, so 「0.1」 stands for any true amount from 0.05
(included) to 0.15 (not included). Every function here returns the closed interval of all results that
true amounts behind the printed ones can give; the open end is treated as closed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

ABSENT = "—"  # the document's mark: no appropriation in this column

Number = int | Decimal | Fraction


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with the lowest and the highest value that rounding allows.

    Parameters
    ----------
    low, value, high : Fraction
        Bounds and the value computed from the printed figures, in one unit (amounts: 億円; shares and
        rates: a plain ratio, 0.5 = 50%). ``low <= value <= high``.
    absent : bool
        True where the document prints — : there is no appropriation, which adds as zero.
    """

    low: Fraction
    value: Fraction
    high: Fraction
    absent: bool = False

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"low <= value <= high does not hold: {self.low}, {self.value}, {self.high}")

    @classmethod
    @lru_cache(maxsize=10_000)  # the same amounts are printed again and again
    def printed(cls, text: str, scale: Number = 1) -> Interval:
        """Interval behind a printed amount.

        Parameters
        ----------
        text : str
            Digits as printed, or —. The last one tells how exact it is (「23」 → 1, 「23.4」 → 0.1).
        scale : number
            Factor to 億円 (百万円: 1/100).

        Returns
        -------
        Interval
            In 億円. — is exactly zero; a printed 0.0 cannot be negative.
        """
        if text == ABSENT:
            return NOTHING
        decimal = Decimal(text)
        step = Decimal(1).scaleb(int(decimal.as_tuple().exponent))
        half, value, scale = Fraction(step) / 2, Fraction(decimal), Fraction(scale)
        return cls(max(value - half, Fraction(0)) * scale, value * scale, (value + half) * scale)

    def __add__(self, other: Interval) -> Interval:
        return Interval(
            self.low + other.low,
            self.value + other.value,
            self.high + other.high,
            self.absent and other.absent,
        )

    def __radd__(self, other: int) -> Interval:  # lets the built-in sum() start at 0
        return self if other == 0 else NotImplemented

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.value - other.value, self.high - other.low)

    def __contains__(self, number: Number) -> bool:
        return self.low <= number <= self.high

    def overlaps(self, other: Interval) -> bool:
        """True where one true value can lie in both intervals."""
        return self.low <= other.high and other.low <= self.high

    def within(self, other: Interval) -> bool:
        """True where every value of this interval lies in the other one."""
        return other.low <= self.low and self.high <= other.high

    def met(self, other: Interval) -> Interval:
        """What both allow, with the other's value as far as it is allowed; this one where they do not overlap."""
        if not self.overlaps(other):
            return self
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Interval(low, min(max(other.value, low), high), high)


def decimal(number: Fraction) -> Decimal:
    """Exact decimal of an amount."""
    return Decimal(number.numerator) / Decimal(number.denominator)


NOTHING = Interval(Fraction(0), Fraction(0), Fraction(0), absent=True)


def _at_most_one(ratio: Interval) -> Interval:
    low, value, high = (min(x, Fraction(1)) for x in (ratio.low, ratio.value, ratio.high))
    return Interval(low, value, high)


def total(parts: Iterable[Interval]) -> Interval:
    """Sum of printed amounts in 億円; the half units add up, — adds nothing."""
    found = list(parts)
    low, value, high = (_sum([getattr(x, end) for x in found]) for end in ("low", "value", "high"))
    return Interval(low, value, high, all(x.absent for x in found))


def _sum(numbers: list[Fraction]) -> Fraction:
    """Over their common denominator, which takes an eighth of the time of adding one by one."""
    denominator = math.lcm(*(x.denominator for x in numbers))
    return Fraction(sum(x.numerator * (denominator // x.denominator) for x in numbers), denominator)


def sure(change: Interval) -> bool:
    """True where rounding leaves no doubt of the direction."""
    return change.low > 0 or change.high < 0


def share(part: Interval, whole: Interval) -> Interval | None:
    """Share of a part in a whole that is printed with its own rounding.

    The two are tied by part <= whole, so the share cannot pass 1; within that every corner can be
    reached: ``[part.low / whole.high, min(1, part.high / whole.low)]``.

    Returns
    -------
    Interval or None
        A ratio; None where the whole may be zero.
    """
    ratio = quotient(part, whole)
    return ratio and _at_most_one(ratio)


def share_of_sum(part: Interval, rest: Interval) -> Interval | None:
    """Share of a part in a whole that is not printed but is the sum of the part and the rest.

    p / (p + r) rises with p and falls with r, so the interval is exact and narrower than
    :func:`share` with the summed whole, which would let the same amount round in two ways.

    Returns
    -------
    Interval or None
        A ratio; None where both may be zero.
    """
    if part.low + rest.high <= 0 or part.high + rest.low <= 0 or part.value + rest.value <= 0:
        return None
    return Interval(
        part.low / (part.low + rest.high),
        part.value / (part.value + rest.value),
        part.high / (part.high + rest.low),
    )


def growth(new: Interval, old: Interval) -> Interval | None:
    """Growth rate (new − old) / old as a ratio; None where the old amount may be zero (新規)."""
    if old.low <= 0:
        return None
    return Interval(new.low / old.high - 1, new.value / old.value - 1, new.high / old.low - 1)


def quotient(difference: Interval, base: Interval) -> Interval | None:
    """Quotient of two independent intervals; None where the base may be zero."""
    if base.low <= 0 <= base.high:
        return None
    corners = [d / b for d in (difference.low, difference.high) for b in (base.low, base.high)]
    return Interval(min(corners), difference.value / base.value, max(corners))


def contribution(new: Interval, old: Interval, whole_new: Interval, whole_old: Interval) -> Interval | None:
    """Part of the change of a whole that comes from one part (寄与率), as a ratio.

    (new − old) / (whole_new − whole_old). The four printed amounts are rounded each by itself, so every
    corner can be reached. None where the change of the whole may be zero.
    """
    return quotient(new - old, whole_new - whole_old)


def points(new: Interval, old: Interval, whole_old: Interval) -> Interval | None:
    """Contribution to the growth of the whole (寄与度): (new − old) / whole_old, as a ratio."""
    return quotient(new - old, whole_old)


def remainder(whole: Interval, parts: Iterable[Interval]) -> Interval:
    """What the printed parts leave of a printed whole, in 億円; never below zero.

    Raises
    ------
    ValueError
        Where the parts exceed the whole by more than rounding can explain.
    """
    left = whole - total(parts)
    if left.high < 0:
        raise ValueError("the parts exceed the whole by more than rounding allows")
    return Interval(max(left.low, Fraction(0)), max(left.value, Fraction(0)), left.high)

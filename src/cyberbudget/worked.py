"""Numbers of a sentence, each with the sum by which a reader finds it again on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from . import words
from .interval import Interval

NONE = "0"  # what 「—」 counts as
SHOWN = 5  # addends that a sum writes out; of more it tells how many they are


@dataclass(frozen=True, slots=True)
class Worked:
    """A value (億円, or a ratio) and how it was come to: 「(1,064.0 − 477.4) ÷ 747.3」.

    Attributes
    ----------
    value : Fraction
    how : str
        The formula, made of printed amounts in 億円.
    loose : bool
        A sum or difference, which stands in brackets inside a product.
    """

    value: Fraction
    how: str
    loose: bool = False

    def __add__(self, other: Worked) -> Worked:
        return Worked(self.value + other.value, f"{self.how} + {other.how}", True)

    def __sub__(self, other: Worked | int) -> Worked:
        if isinstance(other, int):
            return Worked(self.value - other, f"{self.how} {words.MINUS} {other}", True)
        if other.how == NONE:
            return self
        return Worked(self.value - other.value, f"{self.how} {words.MINUS} {other._tight()}", True)

    def __truediv__(self, other: Worked) -> Worked:
        return Worked(self.value / other.value, f"{self._tight()} ÷ {other._tight()}")

    def __mul__(self, other: Worked) -> Worked:
        return Worked(self.value * other.value, f"{self._tight()} × {other._tight()}")

    def _tight(self) -> str:
        return f"({self.how})" if self.loose else self.how


def printed(amount: Interval) -> Worked:
    """A printed amount; 「—」 counts as 0."""
    return Worked(amount.value, NONE if amount.absent else words.oku_cell(amount))


def added(amounts: Iterable[Interval]) -> Worked:
    """The sum of printed amounts."""
    found = [amount for amount in amounts if not amount.absent]
    value = sum((amount.value for amount in found), Fraction(0))
    if len(found) > SHOWN:
        return Worked(value, f"{words.plain(value)}［額のある{len(found)}施策の合計］")
    return Worked(value, " + ".join(map(words.oku_cell, found)) or NONE, len(found) > 1)


def apart(one: Worked, other: Worked) -> Worked:
    """The difference of two, the larger one first."""
    return one - other if one.value >= other.value else other - one


@dataclass
class Numbers:
    """Writes the numbers of one finding, and keeps for each how it was come to."""

    kept: dict[str, str] = field(default_factory=dict)

    def __call__(self, worked: Worked, write: Callable[[Fraction], str] = words.oku) -> str:
        text = write(worked.value)
        self.kept[text] = worked.how
        return text

    def percent(self, ratio: Worked, digits: int = 1) -> str:
        """A ratio in per cent, without its sign."""
        return self(ratio, lambda value: words.percent(abs(value), digits))

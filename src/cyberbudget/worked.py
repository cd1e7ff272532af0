"""Numbers of a sentence, each with the sum by which a reader finds it again on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from . import words
from .interval import Interval

NONE = "0"  # what 「—」 counts as
OKU = 100_000_000  # yen
SHOWN = 5  # addends that a sum writes out; of more it tells how many they are


@dataclass(frozen=True, slots=True)
class Worked:
    """A value (億円, or a ratio) and how it was come to: 「(1,064.0 − 477.4) ÷ 747.3」.

    Attributes
    ----------
    value : Fraction
    how : str
        The formula, made of amounts as their sources print them: in 億円 where no unit stands behind them.
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
        divisor = f"({other.how})" if "÷" in other.how else other._tight()
        return Worked(self.value / other.value, f"{self._tight()} ÷ {divisor}")

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


def oku(amount: float) -> Worked:
    """An amount that a source outside the document prints in 億円."""
    return Worked(words.precise(amount), words.plain(amount))


def million(amount: float) -> Worked:
    """An amount that a source prints in 百万円."""
    return Worked(words.precise(amount) / 100, f"{amount:,g}百万円")


def yen(amounts: int | Iterable[int], of: str = "件") -> Worked:
    """An amount that a source prints in yen, or the sum of several; ``of`` is what they are, where there are many."""
    found = [int(a) for a in ([amounts] if isinstance(amounts, int) else amounts)]
    value = Fraction(sum(found), OKU)
    if len(found) > SHOWN:
        return Worked(value, f"{sum(found):,}円［{len(found)}{of}の合計］")
    return Worked(value, " + ".join(f"{amount:,}円" for amount in found) or NONE, len(found) > 1)


def yearly(end: Worked, start: Worked, years: int) -> Worked:
    """Growth per year over some years, as a ratio."""
    rate = float(end.value / start.value) ** (1 / years) - 1
    return Worked(Fraction(rate), f"({end.how} ÷ {start.how})^(1 ÷ {years}) {words.MINUS} 1")


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

"""How a spreadsheet computes what a table shows: from other columns of the row, by what the columns mean.

A formula is only written where it gives what the table shows; a rate that a sheet prints more finely stays a number.
「—」 is no amount: it adds as nothing, and nothing can be divided by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from cyberbudget.display import Table
from cyberbudget.interval import ABSENT, Interval

# A column by its key: what is done with which others. ALL is the sum of a column over the rows.
ALL = "sum of "
RULES = (
    ("change", "minus", "current", "previous"),
    ("rate", "growth", "current", "previous"),
    ("rate", "ratio", "executed", "budget"),
    ("sixteen", "plus", "supplementary", "current"),
    ("front", "ratio", "supplementary", "sixteen"),
    ("share", "ratio", "amount", f"{ALL}amount"),
    ("part", "ratio", "current", f"{ALL}current"),
    ("gap", "minus", "current", "printed"),
)
# Of which of them a table that has them as rows tells the ratio beside the amount.
TOLD = {"supplementary": "front", "change": "rate"}
EITHER, BOTH = 'IF(COUNT({0},{1})=0,"—",{2})', 'IF(AND(COUNT({0},{1})=2,N({1})>0),{2},"—")'
WORDING = {
    "plus": EITHER.replace("{2}", "N({0})+N({1})"),
    "minus": EITHER.replace("{2}", "N({0})-N({1})"),
    "growth": BOTH.replace("{2}", "{0}/{1}-1"),
    "ratio": BOTH.replace("{2}", "{0}/{1}"),
}
Number = Fraction | None  # None is 「—」
Rule = tuple[str, str, str]  # what is done, with which two


def number(value: object) -> Number:
    """The number of a cell."""
    return value.value if isinstance(value, Interval) and not value.absent else None


def rules(keys: Iterable[str]) -> dict[str, Rule]:
    """Which of these columns are computed from which others of them."""
    there = set(keys)
    there |= {ALL + key for key in there}
    return {key: (how, a, b) for key, how, a, b in RULES if there.issuperset((key, a, b))}


def across(kind: str) -> Rule | None:
    """How the ratio beside an amount is computed from the amounts above and below it."""
    return next(((how, a, b) for key, how, a, b in RULES if key == TOLD.get(kind)), None)


def computed(how: str, a: Number, b: Number) -> Number:
    """What a formula comes to."""
    if how in ("plus", "minus"):
        other = (b or Fraction(0)) * (1 if how == "plus" else -1)
        return None if a is None and b is None else (a or Fraction(0)) + other
    return None if a is None or not b or b < 0 else a / b - (how == "growth")


def formula(how: str, a: str, b: str) -> str:
    """A formula with references to two cells."""
    return "=" + WORDING[how].format(a, b)


def added(numbers: Iterable[Number]) -> Number:
    """The sum of a column; None where all of it is 「—」."""
    there = [x for x in numbers if x is not None]
    return sum(there, Fraction(0)) if there else None


def cached(found: Number) -> float | str:
    """A value as a cell holds it."""
    return ABSENT if found is None else float(found)


def in_row(rule: Rule, row: Mapping[str, Number], sums: Mapping[str, Number]) -> Number:
    """What a rule comes to in a row, with the sums of the columns."""
    how, *keys = rule
    a, b = (sums[key.removeprefix(ALL)] if key.startswith(ALL) else row[key] for key in keys)
    return computed(how, a, b)


def text(rule: Rule, refer: Callable[[str], str], whole: Callable[[str], str]) -> str:
    """The formula of a rule: ``refer`` gives the reference to a column in the row, ``whole`` that to all of it."""
    how, *keys = rule
    a, b = (f"SUM({whole(key.removeprefix(ALL))})" if key.startswith(ALL) else refer(key) for key in keys)
    return formula(how, a, b)


class Grid:
    """Where the numbers of a table stand on its sheet, and which of them follow from others."""

    def __init__(self, name: str, table: Table, top: int, adds: bool) -> None:
        self.name, self.table, self.top = name, table, top
        self.totals = adds or table.summed
        self.end = top + len(table.cells) + (adds and not table.summed)  # its last row
        self.columns: dict[int, str] = {}  # key of each column of plain numbers by its place
        self.head: dict[str, str] = {}
        place = 0
        for column in table.columns:
            if column.form and not column.span and column.key not in self.columns.values():
                self.columns[place], self.head[column.key] = column.key, column.heading
            place += 1 + column.span
        at = {c.key: n for n, c in reversed([*enumerate(table.columns)])}
        self.rows = [{key: number(row[at[key]]) for key in self.head} for row in table.values]
        self.body = self.rows[: len(self.rows) - table.summed]
        self.rules = rules(self.head)
        self.sums = {key: added(row[key] for row in self.body) for key in self.head}
        self.kinds = [str(row[0]) for row in table.values]
        # Ratios of which the table knows more than its own amounts tell.
        self.finer = any(
            row[key] is not None and in_row(rule, row, self.sums) != row[key]
            for key, rule in self.rules.items()
            if self._ratio(key)
            for row in self.body
        )

    def formula(self, key: str, where: str = "#This Row") -> str:
        """The formula of a column, for its rows or for their totals."""
        return text(
            self.rules[key],
            lambda other: f"{self.name}[[{where}],[{self.head[other]}]]",
            lambda other: f"{self.name}[{self.head[other]}]",
        )

    def live(self, at: int, number: int) -> str:
        """The formula of a cell; empty where there is none, or where it gives something else than the table shows."""
        key = self.columns.get(number)
        if key is None:
            return ""
        if key in self.rules:
            found = in_row(self.rules[key], self.rows[at], self.sums)
            return self.formula(key) if found == self.rows[at][key] else ""
        return self._across(at, key) if "current" in self.kinds else ""

    def _across(self, at: int, key: str) -> str:
        """The formula of a cell of a table whose rows are what the columns of others are (主な数字)."""
        amounts = {kind: row["amount"] for kind, row in zip(self.kinds, self.rows)}
        cells = {kind: f"B{self.top + 2 + n}" for n, kind in enumerate(self.kinds)}
        kind, shown = self.kinds[at], self.rows[at][key]
        rule = rules(self.kinds).get(kind) if key == "amount" else across(kind)
        if rule:
            found = in_row(rule, amounts, {})
            return text(rule, cells.__getitem__, str) if found == shown else ""
        own = amounts[kind]
        if key == "amount" or not shown or not own:
            return ""
        return formula("ratio", cells[kind], repr(float(own / shown)))  # of a whole that stands elsewhere

    def total(self, key: str) -> str:
        """How the table calls the total of a column: the sum of amounts, a ratio of the sums."""
        return "sum" if self.sums[key] is not None and not self._ratio(key) else self.summed(key)[0]

    def summed(self, key: str) -> tuple[str, float | str]:
        """The formula of the total of a column, and its value."""
        column = f"{self.name}[{self.head[key]}]"
        if not self._ratio(key):
            found, whole = self.sums[key], f"SUBTOTAL(109,{column})"
            return f'=IF(COUNT({column})=0,"{ABSENT}",{whole})' if found is None else f"={whole}", cached(
                found
            )
        if key not in self.rules:
            return f'="{ABSENT}"', ABSENT
        return self.formula(key, "#Totals"), cached(in_row(self.rules[key], self.sums, self.sums))

    def _ratio(self, key: str) -> bool:
        return "%" in next(column.form for column in self.table.columns if column.key == key)

"""What is wrong with a document folder, told to the person who can mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: where it is, what stands there, which rule it breaks, and a hint.

    ``row`` is the line of the file as an editor counts it (the header is line 1); None where the whole
    file or column is meant.
    """

    file: str
    row: int | None
    column: str | None
    value: str | None
    rule: str
    hint: str

    def __str__(self) -> str:
        where = [self.file]
        if self.row is not None:
            where.append(f"{self.row}行目")
        if self.column:
            where.append(f"{self.column}{'列' if self.file.endswith('.csv') else 'の項目'}")
        value = f" 値「{self.value}」" if self.value is not None else ""
        return f"{' '.join(where)}:{value} {self.rule}。{self.hint}"


class DataError(ValueError):
    """A document folder that cannot be read as it is; carries all problems at once.

    Attributes
    ----------
    problems : tuple of Problem
    """

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  {number}. {problem}" for number, problem in enumerate(problems, 1))
        super().__init__(f"データに{len(problems)}件の問題があります。何も読み込んでいません。\n{lines}")

"""What slides and workbooks say in the same way: notes below a table, dates."""

from __future__ import annotations

from datetime import UTC, datetime

from cyberbudget.display import Table
from cyberbudget.interval import ABSENT, Interval

# Of XlsxWriter: a text stays a text.
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def notes(table: Table) -> list[str]:
    """What a reader needs to know to read a table: the unit, and the marks that it uses."""
    values = [(column.key, value) for row in table.values for column, value in zip(table.columns, row)]
    kinds = {value for key, value in values if key == "kind"}
    absent = any(v is None or (isinstance(v, Interval) and v.absent) for _, v in values)
    marks = {
        "単位：金額は億円": any(c.form and "%" not in c.form for c in table.columns),
        f"「{ABSENT}」：額または率がない": absent or "none" in kinds,
        "新規：前年度当初の額がない": "new" in kinds,
        "皆減：今年度当初の額がない": "gone" in kinds,
        "ほぼ同額：表の額は同じだが、シートの計は違う": "near" in kinds,
        "丸めの範囲：印刷の桁から求めた下限と上限": any(c.span for c in table.columns),
        "斜線：内訳が示されていない分": bool(table.rest),
    }
    return [text for text, used in marks.items() if used]


def universal(made: datetime) -> datetime:
    """A moment in UTC without its zone, as file formats store it."""
    return made.astimezone(UTC).replace(tzinfo=None) if made.tzinfo else made


def day(made: datetime) -> str:
    """The date as it is written in Japanese: 2024年3月1日."""
    return f"{made.year}年{made.month}月{made.day}日"

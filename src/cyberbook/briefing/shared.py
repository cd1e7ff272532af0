"""What slides and workbooks say in the same way: notes below a table, dates."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

from cyberbudget import tables
from cyberbudget.display import Table
from cyberbudget.interval import ABSENT, Interval

# A table by its short name: the name of its sheet, and what it is called where it is left out.
NAMES = {
    "numbers": "主な数字",
    "rows": "内訳",
    "changes": "増減",
    "ministries": "府省庁別",
    "areas": "分野別",
    "peers": "同じ分野の施策",
    "sixteen": "16か月予算",
    "cards": "施策の中身",
    "spent": "執行",
    "paid": "支出先",
    "evidence": "数の確かめ方",
}
# Of XlsxWriter: a text stays a text.
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def notes(table: Table) -> list[str]:
    """What a reader needs to know to read a table: the unit, and the marks that it uses."""
    values = [(column.key, value) for row in table.values for column, value in zip(table.columns, row)]
    kinds = {value for key, value in values if key == "kind"}
    absent = any(v is None or (isinstance(v, Interval) and v.absent) for _, v in values)
    marks = {
        "単位：金額は億円": any(c.unit == tables.UNIT for c in table.columns),
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


def fixed(data: bytes, made: datetime) -> bytes:
    """The same file of Office Open XML with nothing in it that the clock wrote.

    ``made`` is written as the time of creation, also into the workbooks inside.
    """
    stamp = f"{universal(made):%Y-%m-%dT%H:%M:%SZ}".encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith(".xlsx"):
                part = fixed(part, made)
            elif name == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:(?:created|modified)\b[^>]*>)[^<]*", rb"\g<1>" + stamp, part)
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            new.writestr(entry, part)
    return out.getvalue()

"""What a briefing is asked to be about: the whole government, a strategy area, a ministry or a measure."""

from __future__ import annotations

import difflib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cyberbudget.load import Document, documents, load
from cyberbudget.schema import CIRCLED

from ..run import data_digest


class RequestError(ValueError):
    """A briefing that cannot be made as asked; the message says in Japanese what to write instead."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a briefing is about."""

    kind: str  # whole, area, ministry or measure
    key: str  # nothing, the number of the area, the ministry, or the locator of the measure ((2)-⑪)
    name: str  # as a reader calls it
    slug: str  # for names of files: whole, area3, mic, measure-2-11


def document(fiscal_year: int | None = None) -> Document:
    """The document of a fiscal year, the newest one where none is given.

    RequestError where there is no document of that year, DataError where it cannot be read.
    """
    if fiscal_year is None:
        return _read(None, data_digest())
    found = {path.name.removeprefix("fy"): path for path in documents()}
    if str(fiscal_year) not in found:
        raise RequestError(f"{fiscal_year}年度の資料がありません。使える年度：{'、'.join(found)}")
    return _read(found[str(fiscal_year)], data_digest())


@cache
def _read(folder: Path | None, data: str) -> Document:
    """Read a document once a run: the build asks for it at every step, while its ``data`` stay the same."""
    return load(folder)


def subject(doc: Document, ministry: str = "", area: str = "", measure: str = "") -> Subject:
    """What a briefing is about; the whole government where nothing is named.

    Asked for by the name of a ministry (総務省), the number of a strategy area (3, (3)), or the name or locator
    of a measure ((2)-⑪, 2-11). RequestError where more than one is named, or the one named is not in the
    document; the nearest name is suggested.
    """
    kinds = (("府省庁", _ministry, ministry), ("分野", _area, area), ("施策", _measure, measure))
    asked = {name: (find, text.strip()) for name, find, text in kinds if text}
    if len(asked) > 1:
        told = "一つだけにしてください（どれも指定しないと政府全体です）"
        raise RequestError(f"{'と'.join(asked)}を同時に指定できません。{told}")
    for find, text in asked.values():
        return find(doc, text)
    return Subject("whole", "", "政府全体", "whole")


def subjects(doc: Document) -> list[Subject]:
    """The whole government, every area and every ministry that the document has measures of."""
    areas = [area for area in doc.areas["area"] if area in set(doc.measures["area"])]
    return [subject(doc), *(_area(doc, area) for area in areas), *_ministries(doc).values()]


def _ministries(doc: Document) -> dict[str, Subject]:
    known = doc.ministries[doc.ministries["ministry"].isin(doc.measures["ministry"])]
    pairs = zip(known["ministry"], known["short_en"])
    return {name: Subject("ministry", name, name, short.lower()) for name, short in pairs}


def _ministry(doc: Document, text: str) -> Subject:
    known = _ministries(doc)
    if text in known:
        return known[text]
    rows = doc.ministries[doc.ministries["ministry"].isin(known)].to_dict("records")
    names = {row[key]: row["ministry"] for row in rows for key in ("short", "short_en", "ministry")}
    told = f"{_near(text, names)}使える名前：{'、'.join(known)}"
    raise RequestError(f"府省庁「{text}」は、この資料の表にありません。{told}")


def _area(doc: Document, text: str) -> Subject:
    key = unicodedata.normalize("NFKC", text).strip("()")
    if key not in set(doc.areas["area"]):
        names = "、".join(f"{r['area']}（{r['short']}）" for r in doc.areas.to_dict("records"))
        raise RequestError(f"分野「{text}」はありません。番号で指定してください。使える番号：{names}")
    if key not in set(doc.measures["area"]):
        told = "ブリーフィングにできる中身がないので、作りません"
        raise RequestError(f"分野({key})には、表にある施策がありません。{told}")
    return Subject("area", key, f"分野({key})「{doc.area_name(key, short=True)}」", f"area{key}")


def _measure(doc: Document, text: str) -> Subject:
    names = list(doc.measures["measure"])
    for name, locator, area in zip(names, doc.measures["id"], doc.measures["area"]):
        place = f"{area}-{CIRCLED.index(locator.split('-')[1]) + 1}"
        if text in (name, locator, place):
            return Subject("measure", locator, name, f"measure-{place}")
    within = [name for name in names if text in name]
    near = f"「{text}」を含む施策が{len(within)}件あります：{'、'.join(within)}。"
    near = near if within else _near(text, dict(zip(names, names)))
    told = "名前の全体か、(2)-⑪ または 2-11 の形の位置で指定してください"
    raise RequestError(f"施策「{text}」は、この資料の表にありません。{near}{told}")


def _near(text: str, names: dict[str, str]) -> str:
    """「もしかすると…」 with the names nearest to a text."""
    found = [name for name in names if text in name or name in text]
    found = found or difflib.get_close_matches(text, names, n=2, cutoff=0.4)
    unique = list(dict.fromkeys(names[name] for name in found))
    return f"もしかすると「{'」「'.join(unique)}」ですか。" if unique else ""

"""What a briefing is asked to be about: the whole government, a strategy area, a ministry or a measure."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from cyberbudget.load import Document, documents, load
from cyberbudget.schema import CIRCLED


class RequestError(ValueError):
    """A briefing that cannot be made as asked; the message says in Japanese what to write instead."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a briefing is about.

    Attributes
    ----------
    kind : {"whole", "area", "ministry", "measure"}
    key : str
        Empty, the number of the area, the ministry, or the locator of the measure ((2)-⑪).
    name : str
        As a reader calls it.
    slug : str
        For names of files: whole, area3, mic, measure-2-11.
    """

    kind: str
    key: str
    name: str
    slug: str


def document(fiscal_year: int | None = None) -> Document:
    """The document of a fiscal year, the newest one where none is given.

    Raises
    ------
    RequestError
        Where there is no document of that year.
    DataError
        Where the document cannot be read.
    """
    if fiscal_year is None:
        return load()
    found = {path.name: path for path in documents()}
    name = f"fy{fiscal_year}"
    if name not in found:
        years = "、".join(folder.removeprefix("fy") for folder in found)
        raise RequestError(f"{fiscal_year}年度の資料がありません。使える年度：{years}")
    return load(found[name])


def subject(doc: Document, ministry: str = "", area: str = "", measure: str = "") -> Subject:
    """Find what a briefing is about; the whole government where nothing is named.

    Parameters
    ----------
    doc : Document
    ministry : str
        Name of a ministry: 総務省.
    area : str
        Number of a strategy area: 3, (3).
    measure : str
        Name of a measure, or its locator: (2)-⑪, 2-11.

    Raises
    ------
    RequestError
        Where more than one is named, or the one named is not in the document; the nearest name is suggested.
    """
    kinds = (("府省庁", _ministry, ministry), ("分野", _area, area), ("施策", _measure, measure))
    asked = [(name, find, text.strip()) for name, find, text in kinds if text]
    if len(asked) > 1:
        raise RequestError(
            f"{'と'.join(name for name, *_ in asked)}を同時に指定できません。一つだけにしてください（どれも指定しないと政府全体です）"
        )
    for _, find, text in asked:
        return find(doc, text)
    return Subject("whole", "", "政府全体", "whole")


def subjects(doc: Document) -> list[Subject]:
    """The whole government, every area and every ministry that the document has measures of."""
    own = set(doc.measures["ministry"])
    return [
        subject(doc),
        *(_area(doc, area) for area in doc.areas["area"] if (doc.measures["area"] == area).any()),
        *(_ministry(doc, name) for name in doc.ministries["ministry"] if name in own),
    ]


def _ministry(doc: Document, text: str) -> Subject:
    known = doc.ministries[doc.ministries["ministry"].isin(doc.measures["ministry"])].to_dict("records")
    for row in known:
        if text == row["ministry"]:
            return Subject("ministry", text, text, row["short_en"].lower())
    other = {row[key]: row["ministry"] for row in known for key in ("short", "short_en", "ministry")}
    near = _near(text, other)
    names = "、".join(row["ministry"] for row in known)
    raise RequestError(f"府省庁「{text}」は、この資料の表にありません。{near}使える名前：{names}")


def _area(doc: Document, text: str) -> Subject:
    key = text.strip("()（）").translate(str.maketrans("０１２３４５６７８９", "0123456789"))
    if key not in set(doc.areas["area"]):
        names = "、".join(f"{r['area']}（{r['short']}）" for r in doc.areas.to_dict("records"))
        raise RequestError(f"分野「{text}」はありません。番号で指定してください。使える番号：{names}")
    if not (doc.measures["area"] == key).any():
        raise RequestError(
            f"分野({key})には、表に名前の載る施策がありません。ブリーフィングにできる中身がないので、作りません"
        )
    return Subject("area", key, f"分野({key})「{doc.area_name(key, short=True)}」", f"area{key}")


def _measure(doc: Document, text: str) -> Subject:
    rows = doc.measures.to_dict("records")
    for row in rows:
        place = f"{row['area']}-{CIRCLED.index(row['id'].split('-')[1]) + 1}"
        if text in (row["measure"], row["id"], place):
            return Subject("measure", row["id"], row["measure"], f"measure-{place}")
    within = [row["measure"] for row in rows if text in row["measure"]]
    near = _near(text, {row["measure"]: row["measure"] for row in rows})
    if within:
        near = f"「{text}」を含む施策が{len(within)}件あります：{'、'.join(within)}。"
    raise RequestError(
        f"施策「{text}」は、この資料の表にありません。{near}名前の全体か、(2)-⑪ または 2-11 の形の位置で指定してください"
    )


def _near(text: str, names: dict[str, str]) -> str:
    """「もしかすると…」 with the names nearest to a text."""
    found = [name for name in names if text in name or name in text]
    found = found or difflib.get_close_matches(text, names, n=2, cutoff=0.4)
    unique = list(dict.fromkeys(names[name] for name in found))
    return f"もしかすると「{'」「'.join(unique)}」ですか。" if unique else ""

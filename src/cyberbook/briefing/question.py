"""What a briefing is asked to be about: the whole government, strategy areas, ministries or measures.

A subject may be written as people write it: by another name (経産省, METI), by a part of its name that nothing else
has (GIGA), by its place in any digits (２-１１, (2)⑪, 2の11). What could be two of them, or is none, is never
guessed: the message says what there is.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

from cyberbudget import words
from cyberbudget.errors import Problems
from cyberbudget.load import Document, books, load
from cyberbudget.read import read_csv
from cyberbudget.schema import numbers

from ..run import data_digest

MOST = 8  # candidates that a message lists
LISTED = re.compile("[,，、､;；\n]+")  # between the names of a list
JOINED = re.compile(r"\s+|[・と＆&+＋/／]|及び")  # the same, where a name may hold it as well
KANJI = "〇一二三四五六七八九"
ERAS = {"": 0, "fy": 0, "令和": 2018, "r": 2018, "平成": 1988, "h": 1988}  # the year before their first
# What may stand around the numbers of a place, besides marks: 第3分野, 分野(2)の⑪番.
AROUND = re.compile("(?:第|分野|施策|番目?|area|measure|no)*")


class RequestError(ValueError):
    """A briefing that cannot be made as asked; the message says in Japanese what to write instead."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a briefing is about."""

    kind: str  # whole, area, ministry or measure
    key: str  # nothing, the number of the area, the ministry, or the locator of the measure ((2)-⑪)
    name: str  # as a reader calls it
    slug: str  # for names of files: whole, area3, mic, measure-2-11


@dataclass(frozen=True, slots=True)
class Known:
    """A subject that the document has, with all that it is called."""

    subject: Subject
    names: tuple[str, ...]
    place: tuple[int, ...] = ()  # the numbers that stand for it
    about: tuple[str, ...] = ()  # what helps to tell it from others, and is no name of it


def document(fiscal_year: int | None = None) -> Document:
    """The document of a fiscal year, the newest one where none is given.

    RequestError where there is no document of that year, DataError where it cannot be read.
    """
    if fiscal_year is None:
        return read(books()[-1] if books() else None)
    found = editions()
    if str(fiscal_year) not in found:
        raise RequestError(f"{fiscal_year}年度の資料がありません。使える年度：{'、'.join(found)}")
    return read(found[str(fiscal_year)])


def editions() -> dict[str, Path]:
    """The fiscal years that can be asked for, each with its newest edition."""
    return {path.name[2:6]: path for path in books()}


def read(folder: Path | None) -> Document:
    """A document of a folder, read anew when the data changed. DataError where it cannot be read."""
    return _read(folder, data_digest())


@cache
def _read(folder: Path | None, data: str) -> Document:
    """Read a document once a run: the build asks for it at every step, while its ``data`` stay the same."""
    return load(folder)


def years(text: str) -> list[int]:
    """The fiscal years of a list in any spelling: 2024, ２０２４年度, 令和6年度, R6, FY2024.

    RequestError where one cannot be read.
    """
    found = []
    for one in filter(str.strip, LISTED.split(text)):
        written = re.fullmatch(r"(\D*?)([0-9]+|元)(年度?)?", _folded(_digits(one)))
        if written is None or written[1] not in ERAS:
            known = "、".join(editions())
            told = f"西暦か元号で書いてください（2024、令和6）。使える年度：{known}"
            raise RequestError(f"年度「{one}」が数ではありません。{told}")
        found.append(ERAS[written[1]] + int(written[2].replace("元", "1")))
    return list(dict.fromkeys(found))


def stage(text: str) -> str:
    """The key of a stage in any spelling: 当初予算 → initial, 16カ月 → 16months; what is none, as it stands."""
    written = _folded(_digits(text))
    if written in ("当初", "当初予算"):
        return "initial"
    return "16months" if re.fullmatch("16(months?|[かカヶケ箇]?月(予算)?)?", written) else text


def subject(doc: Document, ministry: str = "", area: str = "", measure: str = "") -> Subject:
    """What a briefing is about; the whole government where nothing is named.

    Asked for by the name of a ministry, of a strategy area or of a measure, or by the number or place of it, in
    any spelling that only it answers to. RequestError where more than one is named, or the one named is not in
    the document; the nearest names are suggested.
    """
    found = asked(doc, ministry, area, measure)
    if len(found) > 1:
        names = "、".join(one.name for one in found)
        raise RequestError(f"一つだけにしてください。{len(found)}つあります：{names}")
    return found[0]


def asked(doc: Document, ministry: str = "", area: str = "", measure: str = "") -> list[Subject]:
    """The subjects of a list (総務省,METI), each once, in the order asked; see :func:`subject`."""
    texts = {"ministry": ministry, "area": area, "measure": measure}
    named = {kind: text for kind, text in texts.items() if text}
    if len(named) > 1:
        told = "一つだけにしてください（どれも指定しないと政府全体です）"
        raise RequestError(f"{'と'.join(KINDS[kind][0] for kind in named)}を同時に指定できません。{told}")
    for kind, text in named.items():
        known = KINDS[kind][1](doc)
        found = list(dict.fromkeys(chain.from_iterable(_each(doc, kind, known, text))))
        if not found:
            raise RequestError(f"{KINDS[kind][0]}（{kind}）が空です。名前を書いてください")
        if kind == "area":
            _filled(doc, found)
        return found
    return [Subject("whole", "", "政府全体", "whole")]


def over_years(years_asked: str, named: dict[str, str]) -> list[tuple[Document, list[Subject]]]:
    """The subjects of a list in the document of each year of a list, the newest first; in the newest where none is.

    They are understood as the newest document has them, and have to be in the others by the same names.
    """
    docs = [document(year) for year in sorted(years(years_asked), reverse=True)] or [document()]
    first = asked(docs[0], **named)
    same = {
        one.kind: "、".join(own.name if own.kind == "measure" else own.key for own in first) for one in first
    }
    same.pop("whole", None)
    return [(docs[0], first), *((doc, asked(doc, **same)) for doc in docs[1:])]


def subjects(doc: Document) -> list[Subject]:
    """The whole government, every area and every ministry that the document has measures of."""
    filled = set(doc.measures["area"])
    areas = [known.subject for known in _areas(doc) if known.subject.key in filled]
    return [subject(doc), *areas, *(known.subject for known in _ministries(doc))]


# ── what there is ───────────────────────────────────────────────────────────────────────────────────


def _ministries(doc: Document) -> list[Known]:
    rows = doc.ministries[doc.ministries["ministry"].isin(doc.measures["ministry"])].to_dict("records")
    return [
        Known(
            Subject("ministry", row["ministry"], row["ministry"], row["short_en"].lower()),
            tuple(filter(None, (*row.values(), *row["synonyms"].split("、")))),
        )
        for row in rows
    ]


def _areas(doc: Document) -> list[Known]:
    return [
        Known(
            Subject("area", row["area"], f"分野({row['area']})「{row['short']}」", f"area{row['area']}"),
            tuple(row[key] for key in ("name", "short", "name_en", "short_en")),
            (int(row["area"]),),
            (row["id"],),
        )
        for row in doc.areas.to_dict("records")
    ]


def _measures(doc: Document) -> list[Known]:
    names: dict[str, list[str]] = {
        row["measure"]: [row["measure"], row["printed_as"]] for row in doc.measures.to_dict("records")
    }
    other = read_csv(doc.folder.parent / "identity.csv", "identity.csv", Problems())
    pairs = [(entry["measure"], entry["name_en"]) for card in doc.programmes for entry in card["measures"]]
    for measure, name in [*pairs, *(other[["measure", "name"]].values if len(other) else ())]:
        names.get(measure, []).append(name)
    found = []
    for row in doc.measures.to_dict("records"):
        place = numbers(row["id"])
        slug = f"measure-{'-'.join(map(str, place))}"
        about = row["ministry"], row["id"], doc.area_name(row["area"]) if row["area"] else ""
        one = Subject("measure", row["id"], row["measure"], slug)
        found.append(Known(one, tuple(filter(None, names[row["measure"]])), place, about))
    return found


def _filled(doc: Document, found: list[Subject]) -> None:
    """RequestError where an area has no measure of its own."""
    for one in found:
        if one.key not in set(doc.measures["area"]):
            told = "ブリーフィングにできる中身がないので、作りません"
            raise RequestError(f"分野({one.key})には、表にある施策がありません。{told}")


KINDS: dict[str, tuple[str, Callable[[Document], list[Known]]]] = {
    "ministry": ("府省庁", _ministries),
    "area": ("分野", _areas),
    "measure": ("施策", _measures),
}


# ── what is meant ───────────────────────────────────────────────────────────────────────────────────


def _each(doc: Document, kind: str, known: list[Known], text: str) -> Iterator[list[Subject]]:
    """The subjects of a list. A name that holds a comma itself stays whole."""
    parts = [part for part in LISTED.split(text) if part.strip()]
    while parts:
        whole = (n for n in range(len(parts), 1, -1) if _exact(known, "".join(parts[:n])))
        taken = next(whole, 1)
        yield _named(doc, kind, known, "、".join(parts[:taken]).strip())
        del parts[:taken]


def _named(doc: Document, kind: str, known: list[Known], text: str) -> list[Subject]:
    """What one name means, or each of those it joins (1と3); RequestError where that is not one thing."""
    found = _found(known, text)
    if len(found) == 1:
        return found
    if found:
        names = [f"{one.key} {one.name}" if kind == "measure" else one.name for one in found]
        told = f"{'、'.join(names[:MOST])}{f' など{len(names)}件' if names[MOST:] else ''}"
        label = f"{KINDS[kind][0]}「{text}」に当たるものが{len(names)}件あります"
        raise RequestError(f"{label}：{told}。どれか一つに決まるように書いてください")
    parts = [_found(known, part) for part in filter(None, JOINED.split(text))] if kind != "measure" else []
    if parts and all(len(one) == 1 for one in parts):
        return [one for (one,) in parts]
    raise RequestError(_unknown(doc, kind, known, text))


def _found(known: list[Known], text: str) -> list[Subject]:
    """All that a text may mean: what is called so, what has the place, what has it in its name."""
    if exact := _exact(known, text):
        return exact
    if numbers := _numbers(text):
        return [one.subject for one in known if one.place == numbers]
    parts = [part for part in map(_folded, re.split(r"[\W_の]+", _plain(text))) if part]
    if not any(len(part) > (2 if part.isascii() else 1) for part in parts):
        return []
    whole = [one.subject for one in known if any(_holds(name, _folded(text)) for name in one.names)]
    return whole or [one.subject for one in known if _answers(one, parts)]


def _exact(known: list[Known], text: str) -> list[Subject]:
    return [one.subject for one in known if _folded(text) in map(_folded, one.names)]


def _answers(one: Known, parts: list[str]) -> bool:
    """True where each part of a text is in one of its names or in what it is about, and not only in the latter."""
    called = [any(_holds(name, part) for name in one.names) for part in parts]
    rest = [part for part, own in zip(parts, called) if not own]
    return any(called) and all(any(_holds(name, part) for name in one.about) for part in rest)


def _holds(name: str, part: str) -> bool:
    """True where a name has a part; in English only from the beginning of a word (RMF is not in harmful)."""
    if part.isascii():
        return re.search(f"(?<![a-z0-9]){part}", _plain(name)) is not None
    return part in _folded(name)


def _plain(text: str) -> str:
    """A text in plain letters and digits: ＭＥＴＩ → meti, 2⑪ → 2 11."""
    signs = (unicodedata.category(c) in ("No", "Nl") and c != KANJI[0] for c in text)
    apart = (f" {int(unicodedata.numeric(c))} " if sign else c for c, sign in zip(text, signs))
    return unicodedata.normalize("NFKC", "".join(apart)).casefold()


def _folded(text: str) -> str:
    """What is compared of a name: its letters and digits, without ー and の, which people leave out."""
    return "".join(c for c in _plain(text) if c.isalnum() and c not in "ーの")


def _digits(text: str) -> str:
    """A text with its numbers in digits: 令和六 → 令和 6, 2の十一 → 2の 11."""

    def number(found: re.Match[str]) -> str:
        tens, ten, ones = found[0].rpartition("十")
        tens, ones = (re.sub(".", lambda c: str(KANJI.index(c[0])), part) for part in (tens, ones))
        return f" {int(tens or 1) * 10 + int(ones or 0) if ten else int(ones)} "

    return re.sub(f"[{KANJI}]*十?[{KANJI}]+|[{KANJI}]*十", number, _plain(text))


def _numbers(text: str) -> tuple[int, ...]:
    """The numbers of a place: (2)-⑪, ２の十一 → (2, 11); none where there are other words."""
    digits = _digits(text)
    around = AROUND.fullmatch(re.sub("[0-9]", "", _folded(digits)))
    return tuple(map(int, re.findall("[0-9]+", digits))) if around else ()


def _unknown(doc: Document, kind: str, known: list[Known], text: str) -> str:
    """What to say of a text that means nothing here: the nearest names, or where it would mean something."""
    label, named = KINDS[kind][0], f"「{text}」"
    for other, (what, those) in KINDS.items():
        if other != kind and len(_found(those(doc), text)) == 1:
            told = f"--{other} {text}（make では {other.upper()}=）と指定してください"
            return f"{label}{named}はありません。{named}は{what}です。{told}"
    near = _near(doc, known, text)
    if kind == "measure":
        told = "名前かその一部、または (2)-⑪ か 2-11 の形の位置で指定してください"
        area = [one.subject.key for one in known if one.place[:1] == _numbers(text)[:1]]
        near += f"分野({area[0][1]})の施策は {area[0]} から {area[-1]} までです。" if area else ""
    elif kind == "area":
        told = f"使える番号：{'、'.join(f'{k.place[0]}（{k.names[1]}）' for k in known)}"
    else:
        told = f"使える名前：{'、'.join(k.subject.name for k in known)}"
    return f"{label}{named}は、{words.era(doc.meta['fiscal_year'])}の資料の表にありません。{near}{told}"


def _near(doc: Document, known: list[Known], text: str) -> str:
    """「もしかすると…」 with what is nearest to a text: by its names, else by what its programme card says."""
    short = _folded(text)
    names = {_folded(name): one.subject.name for one in known for name in one.names}
    close = difflib.get_close_matches(short, names, n=3, cutoff=0.4)
    found = [name for name in names if len(short) > 1 and (name in short or short in name)] or close
    near = [names[name] for name in found]
    if not near and len(short) > 1:
        cards = [card for card in doc.programmes if short in _folded(f"{card['title']}{card['summary']}")]
        own = {one.subject.name for one in known}
        near = [m["measure"] for card in cards for m in card["measures"] if m["measure"] in own]
    unique = list(dict.fromkeys(near))[:3]
    return f"もしかすると「{'」「'.join(unique)}」ですか。" if unique else ""

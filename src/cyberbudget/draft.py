"""Next year's folder: made from the latest document, filled in by a person, checked on the way.

While document.yaml says ``draft: true`` the folder is shown by ``check`` and read by nothing else, so that the book
keeps the last whole document. Who has filled it in takes the line out.
"""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import yaml

from . import years
from .errors import RULES, DataError, Problem, Problems
from .interval import Interval
from .judge import Judge, sums
from .load import AREAS, DRAFT, Document, books, folders, load
from .read import read_csv, read_yaml
from .schema import Column, amount_fault, schemas
from .words import era, stage

Row = dict[str, str]
EMPTY = RULES["empty"][0]
SHOWN = 6  # places of a file that are named
LEVELS = ("totals.csv", AREAS, "measures.csv")
TO_WRITE = ("number", "edition", "edition_en", "publisher")  # of document.yaml
NOTE = """# 記入が終わったら、次の行を消してください。消すまでは、本に入りません。
{draft}
"""


class DraftError(RuntimeError):
    """Why no folder can be made, in Japanese, with the way on."""


# ── making ──────────────────────────────────────────────────────────────────────────────────────────


def make(root: Path, year: int) -> list[str]:
    """Make the folder of a year from the latest document; what was made, a line each.

    The measures stand in their order, with the amounts that the new document prints again (last year's initial
    budget); whatever only the new document can say is empty.

    Raises
    ------
    DraftError
        Where there is no document of the year before, the folder stands already, or cannot be written.
    """
    folder = root / f"fy{year}"
    if folder.exists():
        raise DraftError(
            f"{folder.name} はもうあります。作り直すときは、名前を変えるか、別の場所に移してください"
        )
    old = years.before(root, year)
    if old is None:
        there = "、".join(path.name for path in books(root)) or "なし"
        raise DraftError(
            f"{year - 1}年度の資料がないので、{year}年度のもとにできません（いまある資料：{there}）"
        )
    columns = [(year, "initial"), (year - 1, "supplementary"), (year - 1, "initial")]
    names = [f"fy{when}_{kind}" for when, kind in columns]
    files = {
        "document.yaml": _document(old, columns, names),
        **{name: _table(rows) for name, rows in _rows(old, names).items()},
        "programmes.yaml": _yaml([_card(card) for card in old.programmes]),
    }
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)  # of an attempt that was interrupted
    try:
        part.mkdir()
        for name, text in files.items():
            (part / name).write_text(text, encoding="utf-8")
        part.rename(folder)
    except OSError as error:
        raise DraftError(
            f"{folder} を作れません（{error.strerror}）。書き込めるところかを確かめてください"
        ) from error
    return [
        f"{folder.name} を {old.folder.name} から作りました（{len(old.measures)}施策、{len(old.programmes)}シート）",
        f"  {names[2]} の列には、{old.folder.name} の額を写しました。資料が違う額を印刷していたら、直してください",
        f"  {'、'.join(names[:2])} の列と、空いているところを書いてください",
        "  次に cyberbook check を実行すると、残りが分かります",
    ]


def _yaml(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=10**6)


def _table(rows: list[Row]) -> str:
    text = io.StringIO()
    table = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()


def _document(old: Document, columns: list[tuple[int, str]], names: list[str]) -> str:
    printed = [f"{era(when)} {stage(kind)}予算" for when, kind in columns]
    declared = [
        {"column": name, "fiscal_year": when, "stage": kind, "printed": text}
        for name, (when, kind), text in zip(names, columns, printed)
    ]
    kept: dict[str, Any] = {
        key: old.meta[key] for key in ("title", "publisher", "terms", "notes") if key in old.meta
    }
    empty = {"number": "", "fiscal_year": columns[0][0], "edition": "", "edition_en": "", "date": None}
    meta: dict[str, Any] = {
        "title": kept.pop("title"),
        **empty,
        **kept,
        "columns": declared,
        "discrepancies": [],
    }
    return NOTE.format(draft=DRAFT) + _yaml(meta)


def _rows(old: Document, names: list[str]) -> dict[str, list[Row]]:
    """The rows of each CSV, with what the new document prints again and what is to be filled in."""
    now, _, before = names

    def moved(frame: Any, keys: list[str]) -> list[Row]:
        rows = frame[[*keys, old.current.name]].to_dict("records")
        return [
            {k: r[k] for k in keys} | dict.fromkeys(names, "") | {before: r[old.current.name]} for r in rows
        ]

    names_of = ["area", "key", "name", "short", "name_en", "short_en", "question", "about"]
    measures = moved(old.measures.assign(printed_as=""), ["area", "ministry", "measure", "printed_as"])
    found = {"totals.csv": moved(old.totals, ["total"]), "measures.csv": measures}
    if len(old.areas):
        found[AREAS] = moved(old.areas, names_of)
    year, initial = old.current.fiscal_year, old.current.stage
    own = old.sheets.query("fiscal_year == @year and stage == @initial and component == ''")
    keys = ("sheet", "measure", "component", "fiscal_year", "stage", "printed", "unit")
    found["sheets.csv"] = [
        dict(zip(keys, (r["sheet"], r["measure"], "", str(year + 1), initial, "", r["unit"])))
        for r in own.to_dict("records")
    ]
    total = old.totals["total"].iloc[0]
    keys = ("statement", "locator", "quote", "stated", "unit", "tolerance", "computed_from")
    found["statements.csv"] = [dict(zip(keys, ("S01", "", "", "", "億円", "0.05", f"totals/{total}/{now}")))]
    return found


def _card(card: dict[str, Any]) -> dict[str, Any]:
    """A card whose words are to be written: those of last year speak of last year."""
    empty = dict.fromkeys(card) | {"summary": "", "pictured": [], "targets": []}
    return empty | {key: card[key] for key in ("sheet", "title", "ministry", "measures")}


def rehearse(doc: Document) -> tuple[list[str], list[str], list[str]]:
    """What is said of a folder for the year after a document, in a copy of its data that is gone afterwards.

    Returns
    -------
    (list of str, list of str, list of str)
        What :func:`make` says, what :func:`todo` says of the new folder, and what it says more once the first measure
        has another name.
    """
    year, name = doc.meta["fiscal_year"] + 1, doc.measures["measure"].iloc[0]
    with tempfile.TemporaryDirectory() as place:
        later = {f.name for f in folders(doc.folder.parent) if f.name > doc.folder.name}
        data = Path(
            shutil.copytree(doc.folder.parent, Path(place) / "data", ignore=lambda _, names: later & {*names})
        )
        made, left = make(data, year), todo(data / f"fy{year}")
        path = data / f"fy{year}" / "measures.csv"
        path.write_text(path.read_text(encoding="utf-8").replace(name, f"新{name}"), encoding="utf-8")
        return made, left, [line for line in todo(path.parent) if line not in left]


# ── the check-list ──────────────────────────────────────────────────────────────────────────────────


def todo(folder: Path) -> list[str]:
    """What is still to be done in a draft, a line each, by the loader's own rules."""
    try:
        load(folder)
        problems: tuple[Problem, ...] = ()
    except DataError as error:
        problems = error.problems
    told = [*_empty(problems), *_unwritten(folder)]
    told += [str(problem) for problem in problems if problem.rule != EMPTY]
    tables = {name: read_csv(folder / name, name, Problems()) for name in LEVELS}
    if columns := _columns(folder, tables):
        told += [
            line for line in _sums(columns, tables) if line not in told
        ]  # the loader may have come so far
        done = [] if told else ["すべて書けました。document.yaml の draft の行を消すと、本に入ります"]
        told += [*done, *_again(folder, columns, tables)]
    head = f"記入中（{folder.name}）：本にはまだ入っていません"
    return [head, *(f"  {line}" for line in (*told, *_beside(folder)))]


def _empty(problems: tuple[Problem, ...]) -> Iterator[str]:
    """The cells that are still empty, file by file."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        if problem.rule == EMPTY:
            found.setdefault(problem.file, []).append(f"{problem.row}行目 {problem.column}")
    for name, places in found.items():
        yield f"書いていない欄：{name} に{len(places)}（{_some(places)}）"


def _unwritten(folder: Path) -> Iterator[str]:
    """What may be empty for the loader, and not for a reader."""
    meta, _ = read_yaml(folder / "document.yaml", dict, Problems())
    if lacking := [key for key in TO_WRITE if not (meta or {}).get(key)]:
        yield f"書いていない項目：document.yaml の {'、'.join(lacking)}"
    cards, _ = read_yaml(folder / "programmes.yaml", list, Problems())
    bare = [str(c.get("sheet")) for c in cards or () if isinstance(c, dict) and not c.get("summary")]
    if bare:
        yield f"書いていないカード：programmes.yaml に{len(bare)}枚（{_some(bare)}）の summary"


def _some(places: list[str]) -> str:
    more = f" ほか{len(places) - SHOWN}" if len(places) > SHOWN else ""
    return "、".join(places[:SHOWN]) + more


def _columns(folder: Path, tables: dict[str, pd.DataFrame]) -> tuple[Column, ...]:
    """The amount columns of a draft whose tables have them all and are in shape; else none."""
    meta, lines = read_yaml(folder / "document.yaml", dict, Problems())
    columns = Judge("document.yaml", lines, Problems()).columns(meta) if meta else None
    if columns is None:
        return ()
    areas: set[str] | None = set() if tables[AREAS].empty else None
    shapes = schemas([column.name for column in columns], areas, None, None)
    if areas is not None:
        tables[AREAS] = pd.DataFrame(columns=[*shapes[AREAS]])
    fits = all({*shapes[name]} <= {*table} for name, table in tables.items())
    return columns if fits and not any(t.empty for n, t in tables.items() if n != AREAS) else ()


def _sums(columns: tuple[Column, ...], tables: dict[str, pd.DataFrame]) -> Iterator[str]:
    """Where the parts exceed their whole, in the columns that are written already."""
    whole = [c for c in columns if not any(map(amount_fault, chain(*(t[c.name] for t in tables.values()))))]
    problems = Problems()
    totals, areas, measures = (
        table.assign(**{c.role: [*map(Interval.printed, table[c.name])] for c in whole})
        for table in tables.values()
    )
    sums(totals, areas, measures, tuple(whole), problems)
    return map(str, problems)


def _again(folder: Path, columns: tuple[Column, ...], tables: dict[str, pd.DataFrame]) -> list[str]:
    """What the document before printed of the same year."""
    old = years.before(folder.parent, columns[0].fiscal_year)
    # what of a document stands already
    side = {name.removesuffix(".csv"): table for name, table in tables.items()}
    new: Any = SimpleNamespace(folder=folder, columns=columns, partial=False, **side)
    return years.told(old, new) if old else []


def _beside(folder: Path) -> list[str]:
    return [
        f"{name} がありません。{why}"
        for name, why in {
            "again.csv": "金額を別の順にもう一度打つと、打ち間違いが見つかります（なくても本に入れられます）",
            "commentary.yaml": "解説を書くと本に出ます（なくても本に入れられます）",
        }.items()
        if not (folder / name).exists()
    ]

"""Next year's folder: made from the latest document, filled in by a person, checked on the way.

While document.yaml says ``draft: true`` the folder is shown by ``check`` and read by nothing else, so that the book
keeps the last whole document. Who has filled it in takes the line out.
"""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml

from . import years
from .errors import DataError, Problems
from .judge import Judge
from .load import AREAS, DRAFT, TABLES, Document, documents, folders, load
from .read import read_csv, read_yaml
from .schema import Column, amount_fault, schemas
from .words import era, stage

Row = dict[str, str]
OPTIONAL = {"printed_as", "about", "component", "measure"}  # may stay empty; so may a sheet's measure
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
    known = [load(path) for path in documents(root)]
    old = next((doc for doc in reversed(known) if doc.meta["fiscal_year"] == year - 1), None)
    if old is None:
        there = "、".join(str(doc.meta["fiscal_year"]) for doc in known) or "なし"
        raise DraftError(
            f"{year - 1}年度の資料がないので、{year}年度のもとにできません（いまある年度：{there}）"
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
    """What is still to be done in a draft, a line each; the last line says what comes next."""
    problems = Problems()
    meta, lines = read_yaml(folder / "document.yaml", dict, problems)
    columns = Judge("document.yaml", lines, problems).columns(meta) if meta else None
    cards, places = read_yaml(folder / "programmes.yaml", list, problems)
    if cards is not None:
        Judge("programmes.yaml", places, problems).cards(cards, None, None, None)
    tables = {n: read_csv(folder / n, n, problems) for n in TABLES if n != AREAS or (folder / n).exists()}
    shapes = schemas([column.name for column in columns or ()], None, None, None)
    for name, table in tables.items():
        for lacking in [column for column in shapes[name] if column not in table]:
            problems.report("missing_column", name, 1, lacking)
    head = f"記入中（{folder.name}）：本にはまだ入っていません"
    if problems or columns is None:
        return [head, *(f"  {problem}" for problem in problems)]
    told = [*_empty(meta, cards, tables), *_sums(columns, tables)]
    if not told:
        try:
            load(folder)
            told = ["すべて書けました。document.yaml の draft の行を消すと、本に入ります"]
        except DataError as error:
            told = str(error).splitlines()
    return [head, *(f"  {line}" for line in (*told, *_again(folder, columns, tables), *_beside(folder)))]


def _empty(meta: dict[str, Any], cards: list[Any], tables: dict[str, Any]) -> list[str]:
    told = []
    if lacking := [key for key in TO_WRITE if not meta.get(key)]:
        told.append(f"書いていない項目：document.yaml の {'、'.join(lacking)}")
    for name, table in tables.items():
        places = [
            f"{line}行目 {column}"
            for line, row in table.iterrows()
            for column in table
            if row[column] == "" and column not in OPTIONAL and not (column == "area" and AREAS not in tables)
        ]
        if places:
            more = f" ほか{len(places) - SHOWN}" if len(places) > SHOWN else ""
            told.append(f"書いていない欄：{name} に{len(places)}（{'、'.join(places[:SHOWN])}{more}）")
    bare = [card["sheet"] for card in cards if isinstance(card, dict) and not card.get("summary")]
    if bare:
        told.append(
            f"書いていないカード：programmes.yaml に{len(bare)}枚（{'、'.join(bare[:SHOWN])}…）の summary"
        )
    measures = tables["measures.csv"]
    listed = {m["measure"] for card in cards if isinstance(card, dict) for m in card.get("measures") or ()}
    for name in [name for name in measures.get("measure", ()) if name not in listed]:
        told.append(f"カードのない施策：「{name}」。programmes.yaml に足してください")
    for name in sorted(listed - {*measures.get("measure", ())}):
        told.append(
            f"施策のないカード：「{name}」。measures.csv と名前を比べるか、programmes.yaml から消してください"
        )
    return told


def _sums(columns: tuple[Column, ...], tables: dict[str, Any]) -> list[str]:
    """Where all amounts of a column stand: what its parts come to, and where they exceed their whole."""
    told = []
    for name in (column.name for column in columns):
        rows = {file: tables[file] for file in LEVELS if file in tables}
        if any(
            name not in table or any(amount_fault(text) for text in table[name]) for table in rows.values()
        ):
            continue
        sums = {
            file: sum((_number(text) for text in table[name]), Decimal(0)) for file, table in rows.items()
        }
        whole = sums["totals.csv"]
        for file, parts in sums.items():
            if parts > whole + Decimal("0.05") * (1 + len(rows[file])):
                told.append(
                    f"足し算：{name} の {file} は合わせて{parts}で、総額の{whole}より{parts - whole}大きい"
                )
        for area in tables[AREAS].to_dict("records") if AREAS in tables else ():
            own = [
                _number(r[name])
                for r in tables["measures.csv"].to_dict("records")
                if r["area"] == area["area"]
            ]
            over = sum(own, Decimal(0)) - _number(area[name])
            if over > Decimal("0.05") * (1 + len(own)):
                told.append(f"足し算：{name} の分野({area['area']})は、施策の合計が分野の額より{over}大きい")
    return told


def _number(text: str) -> Decimal:
    return Decimal(0) if text == "—" else Decimal(text)


def _again(folder: Path, columns: tuple[Column, ...], tables: dict[str, Any]) -> list[str]:
    """What the document before printed of the same year."""
    before = [load(path) for path in documents(folder.parent)]
    old = next((d for d in reversed(before) if d.meta["fiscal_year"] == columns[0].fiscal_year - 1), None)
    names = {"totals", "areas", "measures"}
    side: dict[str, Any] = {
        name: tables.get(f"{name}.csv", old.areas.head(0) if old else None) for name in names
    }
    new: Any = SimpleNamespace(folder=folder, columns=columns, **side)  # what of a document stands already
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

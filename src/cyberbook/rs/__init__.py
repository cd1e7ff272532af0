"""``cyberbook rs FILE``: hold official files of 行政事業レビュー (the RS system) against ``data/context``, and tell the difference.

Chapters never read these files, so this is no part of the package that they import, and that is imported only where a
recipient's number is to be checked or a table to be written: it takes longer to start than the largest file to be read.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from . import compare
from .sheets import LAYOUTS, SITE, Row, RsError, Sheets, read

__all__ = ["RsError", "command", "read"]


def standing(path: Path) -> list[Row]:
    """The rows of a table of the data. RsError where it cannot be read."""
    try:
        return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    except (OSError, UnicodeDecodeError):
        raise RsError(f"{path} を読めません。cyberbook check で確かめてください") from None


def found(given: list[Path], wanted: set[str]) -> dict[str, Sheets]:
    """The files given, and those of the same sheets beside the first one, by kind. RsError where they do not go together."""
    sheets: dict[str, Sheets] = {}
    for path in given:
        one = read(path, wanted)
        if sheets.setdefault(one.kind, one) is not one:
            both = f"{sheets[one.kind].path.name} と {path.name}"
            raise RsError(f"{both} は、どちらも {one.kind} です。一つにしてください")
    year = one.year
    for kind, (name, _) in LAYOUTS.items():
        beside = given[0].with_name(f"{kind}_RS_{year}_{name}.csv")
        if kind not in sheets and beside.exists():
            sheets[kind] = read(beside, wanted)
    if {one.year for one in sheets.values()} != {year}:
        told = "、".join(f"{one.path.name} は{one.year}" for one in sheets.values())
        raise RsError(f"事業年度が違うファイルです（{told}）。{SITE}から同じ年度のものを取り直してください")
    if "5-1" not in sheets and {"5-2", "5-3"} & {*sheets}:
        name = f"5-1_RS_{year}_{LAYOUTS['5-1'][0]}.csv"
        raise RsError(
            f"5-2 と 5-3 は 5-1 と合わせて読みます。{SITE}から「{name}」を取って、一緒に指定してください"
        )
    return sheets


def command(given: list[Path], root: Path, write: bool) -> int:
    """Tell what official files would change in the data and, where asked to, write it.

    Parameters
    ----------
    given : list of Path
        Official files; others of the same sheets are taken from the folder of the first one.
    root : Path
        The data folder.
    write : bool
        Replace the tables that differ, all of them or none.

    Returns
    -------
    int
        1 where something differs and was not written, else 0.

    Raises
    ------
    RsError
        Where a file is not what it should be, or what differs must not be written.
    DataError
        Where a table would not fit what stands beside it.
    """
    tables = {name: standing(root / "context" / name) for name in ("projects.csv", "recipients.csv")}
    measures = {row["project"]: row["measure"] for row in tables["projects.csv"]}
    sheets, outcomes = found(given, {*measures}), dict[str, compare.Outcome]()
    if budget := sheets.get("2-1"):
        names = {(row["measure"], row["name"]) for row in standing(root / "identity.csv")}
        outcomes["projects.csv"] = compare.projects(budget, tables["projects.csv"], names)
    if paid := sheets.get("5-1"):
        outcome = compare.recipients(paid, sheets.get("5-2"), tables["recipients.csv"], measures)
        outcome.notes += compare.usage(sheets["5-3"], paid) if "5-3" in sheets else []
        outcomes["recipients.csv"] = outcome
    for one in sheets.values():
        year = str(one.year - 1)
        print(f"読みました：{one.path.name}（{one.year}年度のシート、{one.size:,}行）")
    for name, outcome in outcomes.items():
        same = f"{sum(row['fiscal_year'] == year for row in tables[name])}行と、違うところはありません"
        told = f"違うところが{len(outcome.told)}件あります" if outcome.told else same
        print(f"{year}年度の {root.name}/context/{name}：{told}")
        for line in (*outcome.told, *(f"注：{note}" for note in outcome.notes)):
            print(f"  {line}")
    changed = {name: outcome for name, outcome in outcomes.items() if outcome.told}
    if not changed or not write:
        print(
            "何も書いていません。書き込むには --write を添えます" if changed else "書き込むものはありません"
        )
        return int(bool(changed))
    publish(root / "context", changed)
    print(f"書き込みました：{'、'.join(changed)}。make run で章を実行し直し、make test で確かめてください")
    return 0


def publish(folder: Path, changed: dict[str, compare.Outcome]) -> None:
    """Replace tables of data/context, all of them or none, and only where they fit what stands beside them."""
    from cyberbudget import context

    if stops := list(dict.fromkeys(stop for outcome in changed.values() for stop in outcome.stops)):
        more = f"（ほかに{len(stops) - 1}件）" if len(stops) > 1 else ""
        raise RsError(f"書き込めません：{stops[0]}{more}。何も書いていません")
    bib = (folder / "references.bib").read_text(encoding="utf-8")
    sources = dict.fromkeys(row["source"] for outcome in changed.values() for row in outcome.rows)
    if lacking := "、".join(key for key in sources if f"{{{key}," not in bib):
        raise RsError(
            f"references.bib に、出典 {lacking} を足してください（rs2025 の項が手本です）。何も書いていません"
        )
    paths = {folder / name: _csv(outcome.rows) for name, outcome in changed.items()}
    with TemporaryDirectory() as trial:
        shutil.copytree(folder.parent, trial, dirs_exist_ok=True)
        for path, data in paths.items():
            Path(trial, "context", path.name).write_bytes(data)
        context.load(Path(trial))
    before = {path: path.read_bytes() for path in paths}
    parts = {path: path.with_name(f".{path.name}.part") for path in paths}
    try:
        for path, data in paths.items():
            parts[path].write_bytes(data)
        for path, part in parts.items():
            os.replace(part, path)
    except OSError as error:
        for path, data in before.items():
            if path.read_bytes() != data:
                path.write_bytes(data)
        told = f"書き込めません（{error.strerror}：{error.filename}）。どのファイルも元のままです"
        raise RsError(told) from None
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def _csv(rows: list[Row]) -> bytes:
    """Rows as a CSV of data/context, whose columns are those of its first row."""
    text = io.StringIO(newline="")
    header = [name for name in rows[0] if name != "line"]
    writer = csv.DictWriter(text, header, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()

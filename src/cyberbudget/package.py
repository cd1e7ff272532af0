"""What stands beside the tables: ``datapackage.json``, and folders that look like a document's and are none."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from .load import Document, data_files, documents, folders, load
from .schema import JOINT
from .words import era

PACKAGE = "datapackage.json"
FOLDER = re.compile("fy[0-9]{4}[^/]*/")
COLUMN = re.compile("fy[0-9]{4}_")  # an amount column of a document
# Of the tables of a document of which only a part is known.
PART = (
    {"name": "place", "title": "資料での位置", "type": "string", "description": "資料に印刷された位置。空欄は、分からないか、位置がないもの。"},
    {"name": "source", "title": "出典", "type": "string", "description": "references.bib の鍵。空欄は、document.yaml の source。"},
    {"name": "note", "title": "注", "type": "string", "description": "この行の読み方の注。"},
)  # fmt: skip


def follow(root: Path) -> None:
    """Describe every document folder in datapackage.json as the first one is described there.

    Nothing is done where there is no such file, where it cannot be read (:func:`faults` says so) or describes none.
    """
    path = root / PACKAGE
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
        own = [r for r in package["resources"] if FOLDER.match(r["path"])]
    except (OSError, ValueError, KeyError, TypeError):
        return
    if not own:
        return
    of = Counter(r["path"].split("/")[0] for r in own)
    first = max(of, key=lambda name: of[name])  # the one that has most files; a part has few
    pattern = [r for r in own if r["path"].startswith(f"{first}/")]
    described = [_described(r, first, load(folder)) for folder in documents(root) for r in pattern]
    at = package["resources"].index(own[0])
    others = [r for r in package["resources"] if not FOLDER.match(r["path"])]
    package["resources"] = [*others[:at], *filter(None, described), *others[at:]]
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(package, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    part.replace(path)


def _described(resource: dict[str, Any], first: str, doc: Document) -> dict[str, Any] | None:
    """What is said of a file of the first document, of that of another: its name, year and columns; None without one."""
    folder, name = doc.folder, resource["path"].split("/")[1]
    if not (folder / name).exists():
        return None
    fields = resource["schema"]["fields"]
    known = {field["name"]: field for field in fields if not COLUMN.match(field["name"])}
    amount: dict[str, Any] = next((field for field in fields if field["name"] not in known), {})
    labels = {column.name: column.printed for column in doc.columns}
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
    known |= {field["name"]: field for field in PART} if doc.partial else {}
    told = json.loads(json.dumps(resource).replace(first, folder.name))
    own_title = f"{era(doc.meta['fiscal_year'])}の資料" + (f"（{doc.meta['edition']}）" if doc.bare else "")
    told["title"] = told["title"].replace(f"{era(int(first[2:6]))}の資料", own_title)
    if doc.partial:
        unknown = {"value": "", "label": "分からない額"}
        amount = amount | {"missingValues": [*amount.get("missingValues", []), unknown]}
    told["schema"]["fields"] = [
        known.get(column, amount | {"name": column, "title": labels.get(column, column)}) for column in header
    ]
    there = {f"{folder.name}-{path.stem}" for path in folder.glob("*.csv")}
    no_key = (
        {"ministries"} if any(JOINT in body for body in doc.measures["ministry"]) else set()
    )  # two are no key
    if keys := told["schema"].pop("foreignKeys", []):
        targets = [(key, key["reference"]["resource"]) for key in keys]
        own = f"{folder.name}-"
        kept = [
            k
            for k, target in targets
            if target not in no_key and (target in there or not target.startswith(own))
        ]
        told["schema"] |= {"foreignKeys": kept} if kept else {}
    return told


def faults(root: Path) -> list[str]:
    """Where datapackage.json and the CSV files of the data folder differ, and folders that are left unread.

    Returns
    -------
    list of str
        One line each, in Japanese; empty where all agree.
    """
    known = set(folders(root))
    strange = sorted(p for p in root.glob("fy*") if p.is_dir() and p not in known)
    found = [
        f"{root.name}/{p.name}：資料のフォルダーの名前ではないので、読みません（fy2025、fy2025-07 の形）"
        for p in strange
    ]
    try:
        resources = json.loads((root / PACKAGE).read_text(encoding="utf-8"))["resources"]
        told = {r["path"]: [field["name"] for field in r["schema"]["fields"]] for r in resources}
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [
            *found,
            f"{PACKAGE}：読めません（{type(error).__name__}）。JSON の形と resources を確かめてください",
        ]
    csvs = (p for p in data_files(root) if p.suffix == ".csv" and p.parent not in strange)
    there = {p.relative_to(root).as_posix(): p for p in csvs}
    found += [f"{PACKAGE}：{path} がありません" for path in told if path not in there]
    found += [
        f"{PACKAGE}：{path} が載っていません。cyberbook run が書き足します"
        for path in there
        if path not in told
    ]
    for path in (path for path in there if path in told):
        with there[path].open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), [])
        if header != told[path]:
            lost = [*(set(header) ^ set(told[path]))] or ["並びだけが違います"]
            found.append(f"{PACKAGE}：{path} の列が、見出しの行と違います（{'、'.join(sorted(lost))}）")
    return found

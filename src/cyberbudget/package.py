"""What stands beside the tables: ``datapackage.json``, and folders that look like a document's and are none."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from .load import documents

PACKAGE = "datapackage.json"


def faults(root: Path) -> list[str]:
    """Where datapackage.json and the CSV files of the data folder differ, and folders that are left unread.

    Returns
    -------
    list of str
        One line each, in Japanese; empty where all agree.
    """
    known = set(documents(root))
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
    there = {
        p.relative_to(root).as_posix(): p for p in sorted(root.rglob("*.csv")) if p.parent not in strange
    }
    found += [f"{PACKAGE}：{path} がありません" for path in told if path not in there]
    found += [f"{PACKAGE}：{path} が載っていません" for path in there if path not in told]
    for path in (path for path in there if path in told):
        with there[path].open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), [])
        if header != told[path]:
            lost = [*(set(header) ^ set(told[path]))] or ["並びだけが違います"]
            found.append(f"{PACKAGE}：{path} の列が、見出しの行と違います（{'、'.join(sorted(lost))}）")
    return found

"""What stands beside the tables: ``datapackage.json``, and folders that look like a document's and are none."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import yaml

from .load import documents, drafted, folders
from .schema import JOINT
from .words import era

PACKAGE = "datapackage.json"
FOLDER = re.compile("fy[0-9]{4}[^/]*/")
AMOUNTS = ("totals.csv", "areas.csv", "measures.csv")  # files with the amount columns of their document


def follow(root: Path) -> None:
    """Describe every document folder in datapackage.json as the first one is described there."""
    path = root / PACKAGE
    package = json.loads(path.read_text(encoding="utf-8"))
    own = [r for r in package["resources"] if FOLDER.match(r["path"])]
    first = own[0]["path"].split("/")[0]
    pattern = [r for r in own if r["path"].startswith(f"{first}/")]
    described = [_described(r, root / first, folder) for folder in documents(root) for r in pattern]
    at = package["resources"].index(own[0])
    others = [r for r in package["resources"] if not FOLDER.match(r["path"])]
    package["resources"] = [*others[:at], *filter(None, described), *others[at:]]
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(package, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    part.replace(path)


def _described(resource: dict[str, Any], first: Path, folder: Path) -> dict[str, Any] | None:
    """The description of a file in another folder: its own name, year and columns; None where there is no such file."""
    name = resource["path"].split("/")[1]
    if not (folder / name).exists():
        return None
    (year, columns), (own_year, own) = _declared(first), _declared(folder)
    told = json.loads(json.dumps(resource).replace(first.name, "\0").replace("\0", folder.name))
    told["title"] = told["title"].replace(era(year), era(own_year))
    schema = told["schema"]
    labels = iter(own.items())
    schema["fields"] = [
        field | dict(zip(("name", "title"), next(labels)))
        if name in AMOUNTS and known["name"] in columns
        else field
        for known, field in zip(resource["schema"]["fields"], schema["fields"])
    ]
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        joint = any(JOINT in row.get("ministry", "") for row in csv.DictReader(file))
    there = {f"{folder.name}-{path.stem}" for path in folder.glob("*.csv")}
    keys = [
        key
        for key in schema.pop("foreignKeys", ())
        if not (joint and key["reference"]["resource"] == "ministries")  # a name of two is none of them
        and (
            not key["reference"]["resource"].startswith(folder.name) or key["reference"]["resource"] in there
        )
    ]
    return told | {"schema": schema | ({"foreignKeys": keys} if keys else {})}


def _declared(folder: Path) -> tuple[int, dict[str, str]]:
    """The year of a document and its amount columns with their labels, in the order of its CSV files."""
    meta = yaml.safe_load((folder / "document.yaml").read_text(encoding="utf-8"))
    return meta["fiscal_year"], {c["column"]: c["printed"] for c in meta["columns"]}


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
    there = {
        p.relative_to(root).as_posix(): p
        for p in sorted(root.rglob("*.csv"))
        if p.parent not in strange and not drafted(p.parent)
    }
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

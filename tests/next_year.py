"""A made-up document of the year after, whose story is turned round: tests/fy2025, put beside data/fy2024.

The total falls to less than half and the areas add up to it, area (1) is the largest and area (3) the smallest,
the largest measure is gone, no listed measure of area (4) has an amount, no 補正 was given to area (2), five
measures and two ministries have left the document, another ministry and a measure have come. One sheet and one
statement contradict the table, and one amount of a sheet is of a column that the table has not. No part exceeds
its whole, so that the document loads. Only what it needs stands in document.yaml; its cards are the old ones.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import yaml

from cyberbudget.judge import places
from cyberbudget.schema import CIRCLED

from .pinned import DATA, ROOT

NEW = "農林水産業におけるサイバーセキュリティ対策"
MINISTRY = "農林水産省", "のうりんすいさんしょう", "農水省", "Ministry of Agriculture", "MAFF"


def build(root: Path) -> Path:
    """Copy data/ to ``root`` and put fy2025 beside fy2024; returns ``root``."""
    shutil.copytree(DATA, root)
    new = shutil.copytree(ROOT / "tests" / "fy2025", root / "fy2025")
    ministries, terms = read(root / "ministries.csv"), read(root / "terms.csv")
    write(root / "ministries.csv", [*ministries, dict(zip(ministries[0], MINISTRY))])
    write(root / "terms.csv", [*terms, terms[-1] | {"term": "新しい用語"}])
    measures = pd.read_csv(new / "measures.csv", dtype={"area": str})
    old = yaml.safe_load((root / "fy2024" / "programmes.yaml").read_text(encoding="utf-8"))
    cards = _cards(old, dict(zip(measures["measure"], places(measures))))
    text = yaml.safe_dump(cards, allow_unicode=True, sort_keys=False)
    (new / "programmes.yaml").write_text(text, encoding="utf-8")
    return root


def read(path: Path) -> list[dict[str, str]]:
    return pd.read_csv(path, dtype=str, keep_default_na=False).to_dict("records")


def write(path: Path, rows: list[dict[str, str]]) -> None:
    pd.DataFrame(rows).to_csv(path, index=False, lineterminator="\n")


def _cards(old: list[dict], locators: dict[str, str]) -> list[dict]:
    """The old cards without what left, a bare one for the new measure, each under its first measure's locator."""
    bare = dict.fromkeys(old[0]) | {
        "title": NEW, "ministry": MINISTRY[0], "measures": [{"measure": NEW, "name_en": "Farming"}],
        "summary": "農林水産業の情報システムを守ります。", "pictured": [], "targets": [],
    }  # fmt: skip
    cards = []
    for card in (*old, bare):
        if kept := [m for m in card["measures"] if m["measure"] in locators]:
            cards.append(card | {"measures": kept, "sheet": locators[kept[0]["measure"]]})
    return sorted(cards, key=lambda card: (card["sheet"][1], CIRCLED.index(card["sheet"][-1])))

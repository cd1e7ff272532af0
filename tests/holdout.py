"""Made-up documents of the year after, each with one trait that no real one has shown yet.

Each is derived from fy2024 by code: the year moves on by one, what was this year's becomes the previous year's, and
the trait is put in. ``build(root, trait)`` copies data/ and puts the document beside fy2024.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from cyberbudget.judge import places

from .pinned import DATA

NONE = "—"
CURRENT, EXTRA, PREVIOUS = "fy2025_initial", "fy2024_supplementary", "fy2024_initial"
Row = dict[str, str]


def read(path: Path) -> list[Row]:
    return pd.read_csv(path, dtype=str, keep_default_na=False).to_dict("records")


def write(path: Path, rows: list[Row], columns: list[str] | None = None) -> None:
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False, lineterminator="\n")


def scaled(text: str, factor: str) -> str:
    """A printed amount times a factor, to one decimal."""
    return NONE if text == NONE else str((Decimal(text) * Decimal(factor)).quantize(Decimal("0.1")))


class Draft:
    """The rows of a document before they are written."""

    def __init__(self, old: Path) -> None:
        self.meta = yaml.safe_load((old / "document.yaml").read_text(encoding="utf-8"))
        self.totals, self.areas, self.measures = (
            [self._moved(row) for row in read(old / f"{name}.csv")]
            for name in ("totals", "areas", "measures")
        )
        self.cards: list[dict[str, Any]] = yaml.safe_load(
            (old / "programmes.yaml").read_text(encoding="utf-8")
        )
        self.columns = [CURRENT, EXTRA, PREVIOUS]

    @staticmethod
    def _moved(row: Row) -> Row:
        """The same row a year later: what was this year's is the previous year's; this year's is a little more."""
        kept = {key: value for key, value in row.items() if not key.startswith("fy")}
        now = row["fy2024_initial"]
        more = row["fy2023_supplementary"]
        return kept | {CURRENT: scaled(now, "1.2"), EXTRA: more, PREVIOUS: now}

    def amounts(self) -> list[Row]:
        return [*self.totals, *self.areas, *self.measures]

    def of_area(self, area: str) -> list[Row]:
        return [row for row in self.measures if row["area"] == area]

    def write(self, folder: Path) -> None:
        folder.mkdir()
        meta = {key: self.meta[key] for key in ("title", "number", "publisher", "terms", "notes")}
        labels = {CURRENT: (2025, "initial", "令和7年度 当初予算"), EXTRA: (2024, "supplementary", "令和6年度 補正予算"),
                  PREVIOUS: (2024, "initial", "令和6年度 当初予算")}  # fmt: skip
        keys = ("fiscal_year", "stage", "printed")
        columns = [{"column": c, **dict(zip(keys, labels[c]))} for c in self.columns]
        meta |= {
            "fiscal_year": 2025, "edition": "作り物", "edition_en": "made up", "discrepancies": [], "columns": columns,
        }  # fmt: skip
        (folder / "document.yaml").write_text(
            yaml.safe_dump(meta, allow_unicode=True, sort_keys=False), "utf-8"
        )
        write(folder / "totals.csv", self.totals)
        if self.areas:
            write(folder / "areas.csv", self.areas)
        write(folder / "measures.csv", self.measures)
        frame = pd.DataFrame(self.measures)
        at = dict(zip(frame["measure"], places(frame)))
        known = {m["measure"]: m for card in self.cards for m in card["measures"]}
        bare = dict.fromkeys(self.cards[0]) | {"pictured": [], "targets": []}
        cards, sheets = [], []
        for row in self.measures:
            name = row["measure"]
            entry = known.get(name, {"measure": name, "name_en": "A measure"})
            cards.append(bare | {"sheet": at[name], "title": name, "ministry": row["ministry"],
                                 "measures": [entry], "summary": f"「{name}」の内容です。"})  # fmt: skip
            sheets.append({"sheet": at[name], "measure": name, "component": "", "fiscal_year": "2025",
                           "stage": "initial", "printed": row[CURRENT], "unit": "億円"})  # fmt: skip
        (folder / "programmes.yaml").write_text(
            yaml.safe_dump(cards, allow_unicode=True, sort_keys=False), "utf-8"
        )
        write(folder / "sheets.csv", sheets)
        total = self.totals[0]
        said = {"statement": "S01", "locator": "表紙", "quote": f"{total[CURRENT]}億円", "stated": total[CURRENT],
                "unit": "億円", "tolerance": "0.05", "computed_from": f"totals/{total['total']}/{CURRENT}"}  # fmt: skip
        if total[CURRENT] == NONE:
            said |= {"stated": "新規", "unit": "", "tolerance": ""}
        write(folder / "statements.csv", [said])


def summed(draft: Draft) -> None:
    """Areas are what their measures add up to, the total what the areas add up to."""

    def add(rows: list[Row], column: str) -> str:
        found = [Decimal(row[column]) for row in rows if row[column] != NONE]
        return str(sum(found)) if found else NONE

    for column in draft.columns:
        for area in draft.areas:
            area[column] = add(draft.of_area(area["area"]), column)
        draft.totals[0][column] = add(draft.areas or draft.measures, column)


def fall(draft: Draft) -> None:
    for row in draft.amounts():
        row[CURRENT] = scaled(row[PREVIOUS], "0.5")


def two_columns(draft: Draft) -> None:
    """The document has no 補正 column at all."""
    draft.columns = [CURRENT, PREVIOUS]
    for row in draft.amounts():
        del row[EXTRA]


def no_supplementary(draft: Draft) -> None:
    for row in draft.amounts():
        row[EXTRA] = NONE


def area_lists_nothing(draft: Draft) -> None:
    draft.measures = [row for row in draft.measures if row["area"] != "4"]


def no_areas(draft: Draft) -> None:
    draft.areas = []
    for row in draft.measures:
        row["area"] = ""


def many(draft: Draft) -> None:
    ministries = [row["ministry"] for row in draft.measures]
    draft.measures = [
        {"area": "2", "ministry": ministries[n % len(ministries)], "measure": f"試験の施策その{n}", "printed_as": "",
         CURRENT: f"{n % 7}.5", EXTRA: NONE if n % 3 else "0.2", PREVIOUS: f"{n % 5}.1"} for n in range(300)
    ]  # fmt: skip
    summed(draft)


def no_defence(draft: Draft) -> None:
    draft.measures = [row for row in draft.measures if row["ministry"] != "防衛省"]
    summed(draft)


def zero_area(draft: Draft) -> None:
    draft.measures = [row for row in draft.measures if row["area"] != "4"]
    for row in draft.areas:
        if row["area"] == "4":
            row |= dict.fromkeys((CURRENT, EXTRA, PREVIOUS), "0.0")


def no_previous(draft: Draft) -> None:
    for row in draft.amounts():
        row[PREVIOUS] = NONE


def no_listed_supplementary(draft: Draft) -> None:
    for row in draft.measures:
        row[EXTRA] = NONE


def one_ministry(draft: Draft) -> None:
    for row in draft.measures:
        row["ministry"] = "総務省"


def nothing_changed(draft: Draft) -> None:
    for row in draft.amounts():
        row[CURRENT] = row[PREVIOUS]


def fifth_area(draft: Draft) -> None:
    names = {
        "name": "国際協力の推進",
        "short": "国際協力",
        "name_en": "International co-operation",
        "short_en": "Abroad",
    }
    told = {
        "area": "5",
        "key": "cooperation",
        **names,
        "question": "海外と協力するために、いくら使うのか",
        "about": "",
    }
    draft.areas.append(told | {CURRENT: "12.0", EXTRA: NONE, PREVIOUS: NONE})
    first = draft.measures[0]
    draft.measures.append(
        first | {"area": "5", "measure": "各国との演習", CURRENT: "9.0", EXTRA: NONE, PREVIOUS: NONE}
    )
    draft.totals[0][CURRENT] = scaled(draft.totals[0][CURRENT], "1.01")


def exchanged(draft: Draft) -> None:
    other = {"2": "3", "3": "2"}
    for row in (*draft.areas, *draft.measures):
        row["area"] = other.get(row["area"], row["area"])
    draft.areas.sort(key=lambda row: row["area"])
    draft.measures.sort(key=lambda row: row["area"])


def area_gone(draft: Draft) -> None:
    draft.areas = [row for row in draft.areas if row["area"] != "3"]
    draft.measures = [row for row in draft.measures if row["area"] != "3"]
    summed(draft)


def joint(draft: Draft) -> None:
    draft.measures[1]["ministry"] = "総務省・経済産業省"


TRAITS: dict[str, Callable[[Draft], None]] = {
    f.__name__: f
    for f in (
        fall, no_supplementary, no_listed_supplementary, area_lists_nothing, no_areas, many, no_defence, zero_area,
        no_previous, one_ministry, nothing_changed, fifth_area, exchanged, area_gone, joint, two_columns,
    )
}  # fmt: skip


def build(root: Path, *traits: str) -> Path:
    """Copy data/ to ``root``, and put fy2025 with these traits beside fy2024; returns ``root``."""
    shutil.copytree(DATA, root)
    draft = Draft(root / "fy2024")
    for trait in traits:
        TRAITS[trait](draft)
    draft.write(root / "fy2025")
    return root

"""A made-up document of the year after, whose story is turned round, built from the one of fiscal 2024.

The total falls to less than half and the areas add up to it, area (1) is the largest and area (3) the smallest,
the largest measure is gone, no listed measure of area (4) has an amount, no 補正 was given to area (2), five
measures and two ministries have left the document, another ministry and a measure have come. One sheet and one
statement contradict the table. No part exceeds its whole, so that the document loads.
"""

from __future__ import annotations

import csv
import shutil
from decimal import Decimal
from pathlib import Path

import yaml

from cyberbudget.schema import CIRCLED

from .notebooks import ROOT

NOW, EXTRA, BEFORE = COLUMNS = "fy2025_initial", "fy2024_supplementary", "fy2024_initial"
TOTAL = ("815.0", "445.0", "2126.2")
AREAS = {
    "1": ("600.0", "30.0", "63.2"),
    "2": ("150.0", "—", "383.0"),
    "3": ("20.0", "400.0", "1522.1"),
    "4": ("45.0", "12.0", "128.4"),
}
LEFT = (  # the last two were the only ones of デジタル庁 and 金融庁, the first stood on a sheet with another
    "サイバー空間に関する外交及び国際連携",
    "サプライチェーンリスク対応のための技術検証体制構築に関する調査費",
    "違法・有害情報対策に伴う経費",
    "サイバーセキュリティ確保環境整備費",
    "金融業界横断的なサイバーセキュリティ演習の実施",
)
NEW = "農林水産業におけるサイバーセキュリティ対策"
NEW_MINISTRY = "農林水産省"
GONE = "情報システムの防護"
AMOUNTS = {  # this year's initial budget and last year's supplementary one; every other measure has — in both
    "産業サイバーセキュリティ強靱化事業": ("210.5", "5.0"),
    "IoTの安心・安全かつ適正な利用環境の構築": ("120.0", "2.2"),
    "サイバーセキュリティ統合知的・人材育成基盤の構築": ("8.6", "—"),
    "サプライチェーン・中小企業サイバーセキュリティ対策促進事業": ("95.3", "—"),
    "産業サイバーセキュリティ対策の強化に向けた環境整備事業": ("12.0", "—"),
    NEW: ("130.7", "—"),
    "独法等の監視に係る次期システム構築事業": ("20.0", "—"),
    "厚生労働省及び関係機関等における情報セキュリティ対策推進費": ("31.4", "—"),
    "サイバーセキュリティ経済基盤構築事業": ("20.2", "—"),
    "ナショナルサイバートレーニングセンターの強化": ("5.0", "—"),
    "情報セキュリティ対策の強化": ("10.0", "—"),
    "サイバー捜査用資機材の増強等": ("3.0", "—"),
    "サイバーセキュリティ協議会の運用": ("0.4", "—"),
    "各府省庁等の情報システムに対するマネジメント監査及びペネトレーションテスト": ("0.4", "—"),
    "独立行政法人及び指定法人におけるサイバーセキュリティ施策の評価委託": ("0.2", "—"),
    "サイバーセキュリティインシデントに係る調査": ("0.3", "—"),
    "国土交通省所管事業者等への情報セキュリティ対策経費": ("0.6", "—"),
    GONE: ("—", "15.0"),
    "リスク管理枠組み（RMF）の導入": ("3.0", "380.0"),
    "防衛産業におけるサイバーセキュリティ対策の強化": ("1.2", "—"),
    "サイバー分野における研究機能の強化": ("0.9", "—"),
    "サイバーテロ対策用資機材の増強等": ("11.9", "—"),
}


def copy(root: Path) -> None:
    shutil.copytree(ROOT / "data", root)


def build(root: Path) -> Path:
    """Copy data/ to ``root`` and put fy2025 beside fy2024; returns ``root``."""
    copy(root)
    old, new = root / "fy2024", root / "fy2025"
    new.mkdir()
    ministries, terms = read(root / "ministries.csv"), read(root / "terms.csv")
    write(root / "terms.csv", [*terms, terms[-1] | {"term": "新しい用語"}])
    ministry = dict(zip(ministries[0], (NEW_MINISTRY, "農水省", "Ministry of Agriculture", "MAFF")))
    write(root / "ministries.csv", [*ministries, ministry])
    write(new / "totals.csv", [{"total": "総額"} | dict(zip(COLUMNS, TOTAL))])
    write(new / "areas.csv", [{"area": area} | dict(zip(COLUMNS, AREAS[area])) for area in AREAS])
    measures = _measures(read(old / "measures.csv"))
    write(new / "measures.csv", measures)
    locators = _locators(measures)
    cards = _cards(yaml.safe_load((old / "programmes.yaml").read_text(encoding="utf-8")), locators)
    _dump(new / "programmes.yaml", cards)
    write(new / "sheets.csv", _sheets(cards, {m["measure"]: m for m in measures}))
    write(new / "statements.csv", _statements(measures, locators))
    _dump(new / "document.yaml", _meta(yaml.safe_load((old / "document.yaml").read_text(encoding="utf-8"))))
    return root


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _dump(path: Path, content: object) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _measures(old: list[dict[str, str]]) -> list[dict[str, str]]:
    rows = [(r["area"], r["ministry"], r["measure"], r[BEFORE]) for r in old if r["measure"] not in LEFT]
    rows.insert(1, ("1", NEW_MINISTRY, NEW, "—"))
    return [
        {"area": area, "ministry": ministry, "measure": measure, "printed_as": ""}
        | dict(zip(COLUMNS, (*AMOUNTS.get(measure, ("—", "—")), before)))
        for area, ministry, measure, before in rows
    ]


def _locators(measures: list[dict[str, str]]) -> dict[str, str]:
    names = {area: [m["measure"] for m in measures if m["area"] == area] for area in AREAS}
    return {name: f"({area})-{CIRCLED[n]}" for area in AREAS for n, name in enumerate(names[area])}


def _cards(old: list[dict], locators: dict[str, str]) -> list[dict]:
    """The old cards without what left, a bare one for the new measure, each under its first measure's locator."""
    bare = dict.fromkeys(old[0]) | {
        "title": NEW, "ministry": NEW_MINISTRY, "measures": [{"measure": NEW, "name_en": "Farming"}],
        "summary": "農林水産業の情報システムを守ります。", "pictured": [], "targets": [],
    }  # fmt: skip
    cards = []
    for card in (*old, bare):
        if kept := [m for m in card["measures"] if m["measure"] not in LEFT]:
            cards.append(card | {"measures": kept, "sheet": locators[kept[0]["measure"]]})
    return sorted(cards, key=lambda card: (card["sheet"][1], CIRCLED.index(card["sheet"][-1])))


def _sheets(cards: list[dict], measures: dict[str, dict[str, str]]) -> list[dict[str, str]]:
    """One row per card and column with the sum of its measures, one that differs, and one outside the table."""
    rows = []
    for card in cards:
        names = [entry["measure"] for entry in card["measures"]]
        for column in COLUMNS:
            year, _, stage = column.removeprefix("fy").partition("_")
            printed = [Decimal(measures[name][column]) for name in names if measures[name][column] != "—"]
            if printed:
                name = names[0] if len(names) == 1 else ""
                rows.append((card["sheet"], name, "", year, stage, str(int(sum(printed) * 100)), "百万円"))
    rows[0] = (*rows[0][:5], "9900", "百万円")  # the table has 210.5億円
    first = cards[0]["sheet"], cards[0]["measures"][0]["measure"]
    rows.append((*first, "", "2023", "second_supplementary", "3.3", "億円"))
    keys = ("sheet", "measure", "component", "fiscal_year", "stage", "printed", "unit")
    return [dict(zip(keys, row)) for row in rows]


def _statements(measures: list[dict[str, str]], locators: dict[str, str]) -> list[dict[str, str]]:
    now, before = f"totals/総額/{NOW}", f"totals/総額/{BEFORE}"
    page, yen = "分野別内訳の頁", ("億円", "0.05")
    one, two = "経済社会の活力の向上及び持続的発展", "国民が安全で安心して暮らせるデジタル社会の実現"
    fall = "令和6年度当初予算額に対し約1,311.2億円の減額となる"
    rows = [
        ("表紙", "令和7年度予算額 815.0億円", "815.0", *yen, now),
        ("表紙", "令和6年度当初予算額 2,126.2億円", "2126.2", *yen, before),
        (page, fall, "1311.2", *yen, f"{before} - {now}"),
        (page, f"「（1）{one}」が約7割を占め", "7", "割", "0.5", f"areas/(1)/{NOW} / {now}"),
        (page, f"「（2）{two}」が約4割を占めている", "4", "割", "0.5", f"areas/(2)/{NOW} / {now}"),
    ]
    for measure in measures:
        locator, old = locators[measure["measure"]], measure[BEFORE]
        stated = ("新規", "", "") if old == "—" else (old, *yen)
        quote = "（新規）" if old == "—" else f"（令和6年度当初予算額 {old}億円）"
        rows.append((f"シート {locator}", quote, *stated, f"measures/{locator}/{BEFORE}"))
    keys = ("statement", "locator", "quote", "stated", "unit", "tolerance", "computed_from")
    return [dict(zip(keys, (f"S{number:02}", *row))) for number, row in enumerate(rows, 1)]


def _meta(old: dict) -> dict:
    """Only what the loader asks for, with the old notes and no discrepancy."""
    printed = ("令和7年度 当初予算", "令和6年度 補正予算", "令和6年度 当初予算")
    roles = zip(COLUMNS, (2025, 2024, 2024), ("initial", "supplementary", "initial"), printed)
    return {key: old[key] for key in ("title", "publisher", "notes")} | {
        "number": "資料2",
        "fiscal_year": 2025,
        "edition": "815.0億円版",
        "edition_en": "edition printing 815.0",
        "columns": [dict(zip(("column", "fiscal_year", "stage", "printed"), role)) for role in roles],
        "discrepancies": [],
    }

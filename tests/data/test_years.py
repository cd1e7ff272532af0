"""Documents of several years: which measure became which, what moved over all of them, and what is said of it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from cyberbudget import context, findings, years
from cyberbudget.load import Document, load

from .. import next_year
from ..analysis.test_evidence import NUMBER
from ..next_year import read, write
from ..pinned import DATA

SHIELD, RMF = "情報システムの防護", "リスク管理枠組み（RMF）の導入"
GONE = "サイバーセキュリティ確保環境整備費", "違法・有害情報対策に伴う経費"


@pytest.fixture
def root(tmp_path) -> Path:
    return next_year.build(tmp_path / "data")


def joined(root: Path, *pairs: tuple[str, str]) -> Document:
    """The newest document where a person joined these names."""
    path = root / "identity.csv"
    row = {"fiscal_year": "2025", "evidence": "試験", "source": "budget2024", "mark": "A"}
    write(path, read(path) + [{"measure": a, "name": b, **row} for a, b in pairs])
    return load(root / "fy2025")


def amounts(doc: Document, name: str) -> dict[int, Fraction]:
    table = years.course(years.line(doc)).query("name == @name")
    return {row.fiscal_year: row.initial.value for row in table.itertuples()}


def test_a_course_takes_each_year_from_its_own_document(root):
    course = years.course(years.line(load(root / "fy2025")))
    rows = course[course["name"] == RMF]
    assert [*zip(rows["fiscal_year"], rows["initial"].map(lambda x: x.value), rows["folder"])] == [
        (2023, Fraction("301.1"), "fy2024"),
        (2024, Fraction("290.8"), "fy2024"),
        (2025, Fraction("3.0"), "fy2025"),
    ]


def test_a_measure_that_nobody_joined_ends(root):
    doc = load(root / "fy2025")
    assert set(amounts(doc, GONE[0])) == {2023, 2024}
    assert set(amounts(doc, next_year.NEW)) == {2024, 2025}


def test_merged_and_renamed_measures_are_added(root):
    doc = joined(root, *((next_year.NEW, name) for name in GONE))
    # 1.3 + 2.0, 1.3 + 2.6; 130.7
    assert amounts(doc, next_year.NEW) == {
        2023: Fraction("3.3"),
        2024: Fraction("3.9"),
        2025: Fraction("130.7"),
    }
    names = years.course(years.line(doc)).query("name == @next_year.NEW and fiscal_year == 2024")["names"]
    assert [*names] == ["、".join(sorted(GONE, key=[*load(DATA / "fy2024").measures["measure"]].index))]


def test_split_measures_are_one_course(root):
    doc = joined(root, (next_year.NEW, GONE[0]), (RMF, GONE[0]))
    (name,) = {n for n in years.course(years.line(doc))["name"] if next_year.NEW in n}
    assert RMF in name and amounts(doc, name)[2025] == Fraction("130.7") + Fraction("3.0")


def test_an_area_is_followed_by_its_key_whatever_its_number(root):
    path = root / "fy2025" / "areas.csv"
    rows = read(path)
    rows[2]["short"] = "名前の変わった分野"
    write(path, rows)
    course = years.course(years.line(load(root / "fy2025")), "area")
    own = course[course["key"] == rows[2]["key"]]
    assert [*own["fiscal_year"]] == [2023, 2024, 2025] and set(own["name"]) == {"名前の変わった分野"}
    assert own["names"].nunique() == 2


def test_what_moved_each_year_and_over_all(root):
    doc = load(root / "fy2025")
    rows = years.movers(years.line(doc)).to_dict("records")
    moved = [(r["fiscal_year"], r["name"], (r["now"] - r["before"]).value) for r in rows]
    assert moved == [(2024, SHIELD, Fraction("586.6")), (2025, SHIELD, Fraction("-1064.0"))]
    found = findings.named(doc, "over_years", "areas_over_years", told=context.load(root))
    text = "".join(map(str, found))
    # 477.4 of R5, which R7 prints as —; 878.0 of area (3) in R5, 20.0 in R7
    for part in (
        "1,378.9億円から815.0億円に減りました",
        f"防衛省の「{SHIELD}」（477.4億円から額なしへ）",
        "令和6年度が防衛省",
        "（586.6億円の増加）",
        "（1,064.0億円の減少）",
        "「国際・安全保障」で、878.0億円から20.0億円へ減りました",
    ):
        assert part in text, text
    assert {n for f in found for n in NUMBER.findall(f.sentence)} <= {n for f in found for n in f.numbers}


def test_of_one_document_nothing_is_said_over_the_years():
    doc = load(DATA / "fy2024")
    assert findings.named(doc, "over_years", "areas_over_years", told=context.load(DATA)) == []
    table = context.moves(context.load(DATA), doc).set_index("fiscal_year")
    assert table.loc[2024, ["change", "measure", "moved"]].tolist() == [747.3, SHIELD, 586.6]
    # 239.9 - 186.3; of 2014 and 2020 other things are counted, of 2023 the year before was not found
    assert table.loc[2013, "change"] == pytest.approx(53.6)
    assert table.loc[[2014, 2015, 2020, 2023], "change"].isna().all()
    assert (table.loc[:2023, "measure"] == "").all()

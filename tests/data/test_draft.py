"""Next year's folder: made from the latest document, checked on its way, shown and not built until it is whole."""

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from cyberbook.run import data_digest
from cyberbudget import draft, package, years
from cyberbudget.__main__ import main
from cyberbudget.load import books, data_files, load

from .. import holdout
from ..conftest import DATA


@pytest.fixture
def root(data_copy: Path) -> Path:
    """A data folder whose newest document is fy2024, whatever has been added since."""
    for folder in books(data_copy)[books(data_copy).index(data_copy / "fy2024") + 1 :]:
        shutil.rmtree(folder)
    package.follow(data_copy)
    return data_copy


@pytest.fixture
def made(root: Path) -> Path:
    draft.make(root, 2025)
    return root / "fy2025"


def fill(folder: Path) -> None:
    """Write whatever is missing, as a person would from the new document."""
    for name in ("totals.csv", "areas.csv", "measures.csv"):
        rows = holdout.read(folder / name)
        new = {"fy2024_supplementary": "—"}
        holdout.write(folder / name, [row | new | {"fy2025_initial": row["fy2024_initial"]} for row in rows])
    places = {row["measure"]: row["fy2024_initial"] for row in holdout.read(folder / "measures.csv")}
    sheets = [
        row for row in holdout.read(folder / "sheets.csv") if row["measure"]
    ]  # not those of two measures
    sheets = [row | {"printed": places.get(row["measure"], "0.2"), "unit": "億円"} for row in sheets]
    holdout.write(folder / "sheets.csv", sheets)
    said = {"locator": "表紙", "quote": "2126.2億円", "stated": "2126.2"}
    holdout.write(folder / "statements.csv", [row | said for row in holdout.read(folder / "statements.csv")])
    path = folder / "document.yaml"
    text = path.read_text(encoding="utf-8")
    for key in ("number", "edition", "edition_en"):
        text = text.replace(f"{key}: ''", f"{key}: 資料")
    path.write_text(text, encoding="utf-8")
    cards = yaml.safe_load((folder / "programmes.yaml").read_text(encoding="utf-8"))
    text = yaml.safe_dump([card | {"summary": "内容です。"} for card in cards], allow_unicode=True)
    (folder / "programmes.yaml").write_text(text, encoding="utf-8")


def test_what_the_new_document_prints_again_is_filled_in_and_nothing_else(made):
    before = {
        row["measure"]: row["fy2024_initial"] for row in holdout.read(made.parent / "fy2024" / "measures.csv")
    }
    rows = holdout.read(made / "measures.csv")
    assert {row["measure"]: row["fy2024_initial"] for row in rows} == before
    assert [row["measure"] for row in rows] == [*before]
    assert {row[c] for row in rows for c in ("fy2025_initial", "fy2024_supplementary", "printed_as")} == {""}
    assert "令和7年度 当初予算" in (made / "document.yaml").read_text(encoding="utf-8")


def test_a_folder_that_is_filled_in_is_shown_and_read_by_nothing(made, capsys, monkeypatch):
    monkeypatch.setenv("CYBERBUDGET_DATA", str(made.parent))
    assert load().folder.name == "fy2024"
    assert main(["check"]) == 0  # neither the draft nor the package is a fault
    said = capsys.readouterr().out
    assert "記入中（fy2025）" in said and "measures.csv に62" in said and "programmes.yaml に29枚" in said


def test_a_draft_changes_nothing_that_the_book_is_made_of(root, monkeypatch):
    monkeypatch.setenv("CYBERBUDGET_DATA", str(root))
    before = data_digest(), data_files(root)
    draft.make(root, 2025)
    assert (data_digest(), data_files(root)) == before


def test_a_filled_folder_is_whole_and_then_read(made, monkeypatch, capsys):
    fill(made)
    todo = "\n".join(draft.todo(made))
    assert "すべて書けました" in todo and "again.csv がありません" in todo and "同じ36件" in todo
    path = made / "document.yaml"
    path.write_text(re.sub("(?m)^draft: true\n", "", path.read_text(encoding="utf-8")), encoding="utf-8")
    monkeypatch.setenv("CYBERBUDGET_DATA", str(made.parent))
    assert load().folder == made
    assert main(["check"]) == 1 and "fy2025/measures.csv が載っていません" in capsys.readouterr().out
    package.follow(made.parent)
    assert main(["check"]) == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda rows: [rows[0] | {"fy2025_initial": "99.9"}, *rows[1:]], "載っている施策の合計（134.9）が71.7大きくなっています"),
        (lambda rows: [rows[0] | {"fy2024_initial": "23.5"}, *rows[1:]], "前の資料 23.4、今度の資料 23.5"),
        (lambda rows: [rows[0] | {"measure": "産業サイバーセキュリティ強化事業"}, *rows[1:]],
         "同じ施策かもしれません：「産業サイバーセキュリティ強化事業」←「産業サイバーセキュリティ強靱化事業」"),
        (lambda rows: [rows[0] | {"measure": "産業サイバーセキュリティ強化事業"}, *rows[1:]], "値「産業サイバーセキュリティ強化事業」 どのカードにもない施策です"),
        (lambda rows: [*rows, rows[0] | {"measure": "まったく別の名前の演習", "fy2024_initial": "—"}], "前の資料にない施策（1）：「まったく別の名前の演習」"),
        (lambda rows: rows[1:], "今度の資料にない施策（1）：「産業サイバーセキュリティ強靱化事業」"),
        (lambda rows: rows[1:], "measureの項目: 値「産業サイバーセキュリティ強靱化事業」 measures.csv にない施策です"),
        (lambda rows: [rows[0] | {"ministry": "農水省"}, *rows[1:]], "ministries.csv にない府省庁です"),
    ],
)  # fmt: skip
def test_what_is_wrong_or_open_is_told(made, change, told):
    fill(made)
    holdout.write(made / "measures.csv", change(holdout.read(made / "measures.csv")))
    assert told in "\n".join(draft.todo(made))


def test_a_column_that_is_written_is_added_up_while_others_are_empty(made):
    """By the rules of a whole document, and told once."""
    rows = holdout.read(made / "areas.csv")
    holdout.write(made / "areas.csv", [rows[0] | {"fy2024_initial": "9000.0"}, *rows[1:]])
    (line,) = [line for line in draft.todo(made) if "大きくなっています" in line]
    assert (
        "総額より分野の合計（11033.5）が8907.3大きくなっています" in line
    )  # 9000 + 383 + 1522.1 + 128.4 − 2126.2


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("measures.csv", ",measure,", ",施策,", "measures.csv measure列: 列がありません"),
        ("programmes.yaml", "- sheet: (1)-①", "- sheet: [1]", "programmes.yaml"),
        ("programmes.yaml", "- sheet: (1)-①", "- 文\n- sheet: (1)-①", "programmes.yaml"),
        ("document.yaml", "columns:", "colums:", "document.yaml"),
        ("totals.csv", "総額,", '総額",', "totals.csv"),
    ],
)
def test_a_draft_of_a_broken_shape_is_named(made, file, old, new, told):
    path = made / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert any(told in line for line in draft.todo(made)[1:])


def test_a_renamed_measure_is_followed_once_a_person_says_so(made):
    fill(made)
    rows = holdout.read(made / "measures.csv")
    old, new = rows[0]["measure"], "産業サイバーセキュリティ強化事業"
    holdout.write(made / "measures.csv", [rows[0] | {"measure": new}, *rows[1:]])
    path = made.parent / "identity.csv"
    known = holdout.read(path)
    holdout.write(path, [*known, known[0] | {"measure": new, "name": old, "fiscal_year": "2024"}])
    told = "\n".join(draft.todo(made))
    assert "同じ施策かもしれません" not in told and "同じ36件" in told


def test_a_broken_document_beside_a_draft_is_told_in_its_own_name(made, monkeypatch, capsys):
    monkeypatch.setenv("CYBERBUDGET_DATA", str(made.parent))
    path = made.parent / "fy2024" / "totals.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("2126.2", "2,126"), encoding="utf-8")
    assert main(["check"]) == 2
    said = capsys.readouterr()
    assert "fy2024：データに" in said.err and "記入中（fy2025）" in said.out


def test_a_folder_is_never_made_over_another_or_from_nothing(made):
    (made / "mine.txt").write_text("x", encoding="utf-8")
    for year, told in ((2025, "もうあります"), (2031, "2030年度の資料がない")):
        with pytest.raises(draft.DraftError, match=told):
            draft.make(made.parent, year)
    assert (made / "mine.txt").exists() and not [*made.parent.glob(".fy*")]


def test_what_an_interrupted_attempt_left_is_no_hindrance(root):
    (root / ".fy2025.part").mkdir()
    (root / ".fy2025.part" / "totals.csv").write_text("", encoding="utf-8")
    draft.make(root, 2025)
    assert len([*(root / "fy2025").iterdir()]) == 7 and not (root / ".fy2025.part").exists()


def test_where_nothing_can_be_written_it_is_said(root, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(draft.DraftError, match="fy2025 を作れません（No space left"):
        draft.make(root, 2025)
    assert not (root / "fy2025").exists()


def test_the_package_follows_every_document(tmp_path):
    root = holdout.build(tmp_path / "data", "fifth_area")
    package.follow(root)
    assert package.faults(root) == []
    with (root / "fy2025" / "areas.csv").open(encoding="utf-8") as file:
        assert "fy2025_initial" in next(csv.reader(file))


def test_the_package_follows_the_order_of_the_file_and_a_folder_that_is_alone(tmp_path):
    """document.yaml may name its columns in another order; the first document described may be gone."""
    root = holdout.build(tmp_path / "data", "fall")
    path = root / "fy2025" / "totals.csv"
    rows = [{key: row[key] for key in ("total", *sorted({*row} - {"total"}))} for row in holdout.read(path)]
    holdout.write(path, rows)
    shutil.rmtree(root / "fy2024")
    package.follow(root)
    assert not [line for line in package.faults(root) if "fy2025" in line]
    told = json.loads((root / package.PACKAGE).read_text(encoding="utf-8"))["resources"]
    fields = next(r for r in told if r["path"] == "fy2025/totals.csv")["schema"]["fields"]
    assert fields[1]["title"] == "令和6年度 当初予算"  # fy2024_initial, first of the three by its name
    assert not [r for r in told if "fy2024/" in r["path"]]


def test_a_package_that_cannot_be_read_is_left_alone(root):
    for text in ("{", "{}", '{"resources": []}'):
        (root / package.PACKAGE).write_text(text, encoding="utf-8")
        package.follow(root)
        assert (root / package.PACKAGE).read_text(encoding="utf-8") == text


def test_the_package_of_the_repository_follows_already(data_copy):
    package.follow(data_copy)
    assert (data_copy / package.PACKAGE).read_bytes() == (DATA / package.PACKAGE).read_bytes()


def test_an_area_is_known_by_its_key(tmp_path):
    """Two areas exchange their numbers: each is compared with itself."""
    root = holdout.build(tmp_path / "data", "exchanged")
    old, new = (load(folder) for folder in books(root)[-2:])
    areas = years.meetings(old, new).query("level == 'area'")
    assert set(areas["verdict"]) == {years.SAME} and new.area_of("security") == "2"

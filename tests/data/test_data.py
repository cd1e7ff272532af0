"""The data say what the document says, the dictionary says what the data are, and bad data are refused in plain words."""

import json
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import Mock

import frictionless
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cyberbudget import analysis, tables, words
from cyberbudget.errors import DataError, Problem
from cyberbudget.interval import Interval
from cyberbudget.load import load, questions
from cyberbudget.schema import CIRCLED

from .. import next_year, notebooks
from ..conftest import DATA

CSVS = sorted(path.relative_to(DATA).as_posix() for path in DATA.rglob("*.csv"))
# What load() reads; the rest is context.load()'s (test_context.py).
OWN = [name for name in CSVS if re.match("fy2024/|(?!identity)[a-z]+[.]csv", name)]
README = (DATA / "README.md").read_text(encoding="utf-8")
COLUMNS = ["fy2024_initial", "fy2023_supplementary", "fy2023_initial"]
TOTALS, AREAS, MEASURES, SHEETS, STATEMENTS = (
    f"fy2024/{name}.csv" for name in ("totals", "areas", "measures", "sheets", "statements")
)
REQUIRED = ["title", "number", "fiscal_year", "publisher", "edition", "edition_en", "columns", "notes", "discrepancies"]  # fmt: skip
PACKAGE = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
DOCUMENT, CARDS = "fy2024/document.yaml", "fy2024/programmes.yaml"


def rows(name: str) -> list[dict[str, str]]:
    return next_year.read(DATA / name)


@pytest.fixture(scope="module")
def cards() -> list[dict[str, Any]]:
    return yaml.safe_load((DATA / CARDS).read_text(encoding="utf-8"))


# --- (a) Data Package ---------------------------------------------------------------------------------------


def test_data_package_is_valid():
    report = frictionless.validate(str(DATA / "datapackage.json"))
    assert report.flatten(["title", "message"]) == []
    assert report.valid and not [w for found in (report, *report.tasks) for w in found.warnings]
    assert len(report.tasks) == len(CSVS)


@pytest.mark.parametrize(
    ("name", "old", "new", "error"),
    [
        (MEASURES, "2,外務省", "2,外交省", "foreign-key"),
        (SHEETS, "(3)-①,情報システムの防護", "(3)-①,情報システムの防衛", "foreign-key"),
        (AREAS, "4,crosscutting", "5,crosscutting", "foreign-key"),
        (MEASURES, "1064.0", "約1064", "type-error"),
        (MEASURES, "1064.0", "", "type-error"),
        (MEASURES, "外務省,情報セキュリティ対策の強化", "外務省,サイバー捜査用資機材の増強等", "primary-key"),
        (SHEETS, "23,億円", "23,兆円", "constraint-error"),
        (TOTALS, "fy2024_initial", "fy2025_initial", "incorrect-label"),
    ],
)
def test_data_package_refuses(data_copy, name, old, new, error):
    replace(data_copy / name, old, new)
    report = frictionless.validate(str(data_copy / "datapackage.json"))
    assert not report.valid
    assert error in {found for (found,) in report.flatten(["type"])}


# --- (b) dictionary -----------------------------------------------------------------------------------------


def dictionary(name: str) -> list[list[str]]:
    """Cells of the table in the README section of a file."""
    section = re.search(rf"^### {re.escape(name)}\n(.*?)(?=^##|\Z)", README, re.MULTILINE | re.DOTALL)
    assert section, f"no section for {name}"
    lines = [line for line in section[1].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


ALIKE = {name: f"fy2024{'' if name.endswith('again.csv') else '-07'}/{name.split('/')[1]}"
         for name in CSVS if re.match("fy2024-07/again|fy[0-9]{4}-request/", name)}  # fmt: skip


@pytest.mark.parametrize("name", ALIKE)
def test_other_documents_have_the_columns_of_their_kind(name):
    """But for the amounts, whose columns are those that document.yaml names."""
    headers = [
        (DATA / one).read_text(encoding="utf-8").splitlines()[0].split(",") for one in (name, ALIKE[name])
    ]
    own, described = ([c for c in header if not re.match("fy[0-9]{4}_", c)] for header in headers)
    assert own == described
    named = [c.name for c in load(DATA / name.split("/")[0]).columns]
    assert [c for c in headers[0] if c not in own] == ([] if name.endswith("again.csv") else named)


@pytest.mark.parametrize("name", [name for name in CSVS if name not in ALIKE])
def test_every_csv_is_described(name):
    header = (DATA / name).read_text(encoding="utf-8").splitlines()[0].split(",")
    head, _, *body = dictionary(name)
    assert head == ["列", "意味", "型・単位", "例"]
    assert [cells[0] for cells in body] == header
    assert all(len(cells) == 4 and all(cells) for cells in body)
    values = {column: {row[column] for row in rows(name)} for column in header}
    told = [(column, example.replace("（空欄）", "")) for column, _, _, example in body]
    assert not [example for column, example in told if example not in values[column]]


@pytest.mark.parametrize("name", CSVS)
def test_the_package_names_every_column(name):
    header = (DATA / name).read_text(encoding="utf-8").splitlines()[0].split(",")
    resource = next(r for r in PACKAGE["resources"] if r["path"] == name)
    assert [field["name"] for field in resource["schema"]["fields"]] == header


def test_amount_fields_know_the_dash():
    named = [
        (r["path"], f) for r in PACKAGE["resources"] for f in r["schema"]["fields"] if f["name"] in COLUMNS
    ]
    assert len(named) == 9 + 6
    for path, field in named:
        missing, *unknown = field["missingValues"]
        assert field["type"] == "number" and missing["value"] == "—" and "予算がない" in missing["label"]
        assert [u["value"] for u in unknown] == [""] * path.startswith(
            "fy2024-07"
        )  # an amount that is not known


def test_yaml_keys_are_described(cards):
    described = {name: [cells[0] for cells in dictionary(name)[2:]] for name in (DOCUMENT, CARDS)}
    told = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in DATA.glob("fy*/document.yaml")]
    assert {*described[DOCUMENT]} == {key for meta in told for key in meta}
    own = yaml.safe_load((DATA / DOCUMENT).read_text(encoding="utf-8"))
    assert [key for key in described[DOCUMENT] if key in own] == list(own)
    assert described[CARDS] == list(cards[0])


def test_package_names_the_edition(doc):
    (source,) = PACKAGE["sources"]
    assert source["version"] == doc.meta["edition"] and source["path"] == doc.meta["source_path"]
    assert doc.source.removeprefix("出典：") in README
    assert PACKAGE["version"] in README


# --- (d) what the sheets state ------------------------------------------------------------------------------


def test_prior_year_amounts_of_sheets_are_statements():
    """Each in its own column, once; what is 新規 has none, on the sheet either."""
    told = [row for row in rows(STATEMENTS) if row["locator"].startswith("シート ")]
    columns = [(r["locator"].removeprefix("シート "), r["computed_from"].rsplit("_", 1)[1]) for r in told]
    on_sheets = {
        (row["sheet"], row["stage"], row["printed"], row["unit"])
        for row in rows(SHEETS)
        if row["fiscal_year"] == "2023" and row["component"] == ""
    }
    new = {(place, "initial", "新規", "") for place in ("(1)-⑤", "(2)-①")}
    assert {(*column, r["stated"], r["unit"]) for column, r in zip(columns, told)} == on_sheets | new
    assert len(set(columns)) == len(columns)


def test_statements_quote_what_they_state():
    for row in rows(STATEMENTS):
        assert row["stated"] in re.sub(r"[ ,]", "", row["quote"]), row["statement"]


# --- (e) misprints ------------------------------------------------------------------------------------------


def test_printed_as_is_filled_where_a_name_is_misprinted(doc):
    names = set(doc.measures["measure"])
    known = [d for d in doc.meta["discrepancies"] if d["kind"] == "文字の抜け" and d["proper"] in names]
    (misprint,) = [row for row in rows(MEASURES) if row["printed_as"]]
    assert [(misprint["measure"], misprint["printed_as"])] == [(d["proper"], d["printed"]) for d in known]


def test_the_words_of_the_book_are_in_the_glossary(doc):
    """What the book calls a remainder or a verdict of the reconciliation is explained."""
    assert set(doc.terms["term"]) >= {*words.REMAINDERS_EN, analysis.EXACT, analysis.ROUNDING}


# --- (f) cards ----------------------------------------------------------------------------------------------

CARD = [
    "sheet", "title", "ministry", "measures", "office", "summary", "operator", "scheme", "subsidy_target",
    "subsidy_rate", "period", "pictured", "targets", "expected",
]  # fmt: skip


def test_cards(cards, doc):
    ids = dict(zip(doc.measures["measure"], doc.measures["id"]))
    ministry = dict(zip(doc.measures["measure"], doc.measures["ministry"]))
    assert sorted(m["measure"] for card in cards for m in card["measures"]) == sorted(ids)
    for card in cards:
        assert list(card) == CARD
        assert card["sheet"] == ids[card["measures"][0]["measure"]]
        assert {ministry[m["measure"]] for m in card["measures"]} == {card["ministry"]}
        assert 2 <= card["summary"].count("。") <= 4 and card["summary"].endswith("。"), card["sheet"]
        assert not re.search("億円|百万円", str(card)), card["sheet"]


def test_a_scheme_shown_in_a_picture_is_not_missing(cards):
    """Three sheets have a heading 事業スキーム over a picture; their words say nothing of it."""
    pictured = {card["sheet"]: card for card in cards if card["pictured"]}
    assert list(pictured) == ["(1)-⑤", "(1)-⑥", "(2)-①"]
    assert all(card["pictured"] == ["scheme"] for card in pictured.values())
    assert not any("事業スキーム" in tables.missing(card) for card in pictured.values())
    assert any("事業スキーム" in tables.missing(card) for card in cards)


@pytest.mark.parametrize(("sheet", "key"), [("(1)-⑤", "title"), ("(1)-⑤", "plan"), ("(1)-②", "scheme")])
def test_only_an_empty_item_is_pictured(data_copy, sheet, key):
    """Neither what every card has, nor what is no item, nor what the sheet says in words."""

    def change(cards):
        return [card | {"pictured": [key]} if card["sheet"] == sheet else card for card in cards]

    rewrite(data_copy / CARDS, change)
    (problem,) = problems(data_copy)
    assert (problem.column, problem.value) == ("pictured", key) and "図で示された" in problem.rule


def test_sheets_and_cards_name_the_same_measures(cards):
    own = {card["sheet"]: {m["measure"] for m in card["measures"]} for card in cards}
    for row in rows(SHEETS):
        assert row["measure"] in own[row["sheet"]] or (row["measure"] == "" and len(own[row["sheet"]]) == 2)


def test_discrepancies_are_numbered(doc):
    ids = [d["id"] for d in doc.meta["discrepancies"]]
    assert ids == [f"E{n:02}" for n in range(1, len(ids) + 1)]


# --- parsed once --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chapter", ["reconciliation", "data", "area2"])
def test_every_cell_is_parsed_once(monkeypatch, chapter):
    """(1 + 4 + 31) × 3 amounts of the table and 72 of the sheets at load, and none while a chapter computes."""
    counted = Mock(side_effect=Interval.printed)
    monkeypatch.setattr(Interval, "printed", counted)
    assert notebooks.run.__wrapped__(chapter, DATA).error is None
    assert counted.call_count == 108 + 72


def test_no_document_at_all(tmp_path, monkeypatch):
    monkeypatch.setenv("CYBERBUDGET_DATA", str(tmp_path))
    with pytest.raises(DataError, match="資料のフォルダーがありません"):
        load()


# --- (g) bad input ------------------------------------------------------------------------------------------


def replace(path: Path, old: str, new: str) -> int:
    """Replace the one place where a text stands; the line of it, as an editor counts."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{old} is not in {path.name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")
    return text[: text.index(old)].count("\n") + 1


def problems(data: Path) -> tuple[Problem, ...]:
    """What the loader finds wrong; each is told in the error's text with its rule, in Japanese, and its hint."""
    with pytest.raises(DataError) as caught:
        load(data / "fy2024")
        questions(data)
    error = caught.value
    assert f"{len(error.problems)}件の問題" in str(error)
    for problem in error.problems:
        assert str(problem) in str(error)
        assert problem.rule in str(problem) and problem.hint in str(problem)
        assert re.search("[ぁ-ん]", problem.rule) and re.search("[ぁ-ん]", problem.hint)
        assert problem.row is None or f"{problem.row}行目" in str(problem)
    return error.problems


def label(name: str) -> str:
    """How a file is called in a problem: by its name, the shared ones with data/."""
    return name.removeprefix("fy2024/") if name.startswith("fy2024/") else f"data/{name}"


class Edit(NamedTuple):
    """One cell made wrong, and what the loader must say about the line where it stands."""

    name: str
    old: str
    new: str
    column: str | None
    value: str | None
    rule: str
    hint: str


EDITS = {
    "unknown ministry": Edit(MEASURES, "2,外務省", "2,外交省", "ministry", "外交省", "府省庁です", "data/ministries.csv"),
    "unknown area": Edit(MEASURES, "4,防衛省", "5,防衛省", "area", "5", "areas.csv にない分野", "同じフォルダー"),
    "full-width digits": Edit(MEASURES, "1064.0", "１０６４.0", COLUMNS[0], "１０６４.0", "全角", "半角の数字"),
    "full-width point": Edit(MEASURES, "1064.0", "1064．0", COLUMNS[0], "1064．0", "全角", "半角の数字"),
    "stray spaces": Edit(TOTALS, "2126.2", '"2, 126. 2"', COLUMNS[0], "2, 126. 2", "空白", "2126.2"),
    "comma": Edit(TOTALS, "1378.9", '"1,378.9"', COLUMNS[2], "1,378.9", "コンマ", "コンマを消して"),
    "negative": Edit(MEASURES, "20.9,—", "-20.9,—", COLUMNS[0], "-20.9", "負の金額", "0以上"),
    "negative with △": Edit(MEASURES, "20.9,—", "△20.9,—", COLUMNS[0], "△20.9", "負の金額", "0以上"),
    "not a number": Edit(MEASURES, "20.9,—", "約20.9,—", COLUMNS[0], "約20.9", "読めません", "数字だけ"),
    "nan": Edit(MEASURES, "20.9,—", "nan,—", COLUMNS[0], "nan", "読めません", "数字だけ"),
    "foreign digits": Edit(MEASURES, "20.9,—", "٢٠.٩,—", COLUMNS[0], "٢٠.٩", "読めません", "数字だけ"),
    "hyphen": Edit(MEASURES, "23.4,—", "23.4,-", COLUMNS[1], "-", "横線", "U+2014"),
    "long vowel mark": Edit(MEASURES, "23.4,—", "23.4,ー", COLUMNS[1], "ー", "横線", "U+2014"),
    "horizontal bar": Edit(AREAS, "9.8", "―", COLUMNS[1], "―", "横線", "U+2014"),
    "empty amount": Edit(AREAS, "9.8", "", COLUMNS[1], "", "値がありません", "— です"),
    "empty year": Edit(SHEETS, "2024,initial", ",initial", "fiscal_year", "", "値がありません", "写して"),
    "no decimal": Edit(MEASURES, "1064.0", "1064", COLUMNS[0], "1064", "小数第1位", "資料の桁"),
    "edge space": Edit(STATEMENTS, "S01,表紙", "S01,表紙 ", "locator", "表紙 ", "前後に空白", "空白を消して"),
    "unknown measure": Edit(SHEETS, "(3)-①,情報", "(3)-①,情法", "measure", "情法システムの防護", "にない施策", "一字ずつ"),
    "unknown unit": Edit(SHEETS, "23,億円", "23,千円", "unit", "千円", "単位", "百万円"),
    "unknown stage": Edit(SHEETS, "2024,initial", "2024,本予算", "stage", "本予算", "段階", "initial"),
    "full-width year": Edit(SHEETS, "2024,initial", "２０２４,initial", "fiscal_year", "２０２４", "年度", "西暦"),
    "year without an era": Edit(SHEETS, "2024,initial", "1950,initial", "fiscal_year", "1950", "年度", "西暦"),
    "sheet number": Edit(SHEETS, "(4)-①", "4-1", "sheet", "4-1", "シートの位置", "(2)-⑪"),
    "stated in words": Edit(STATEMENTS, "7,割,0.5", "約7,割,0.5", "stated", "約7", "「新規」", "資料が述べる数"),
    "stated —": Edit(STATEMENTS, "7,割,0.5", "—,割,0.5", "stated", "—", "「新規」", "資料が述べる数"),
    "no tolerance": Edit(STATEMENTS, "7,割,0.5", "7,割,", "unit・tolerance", "7", "許容幅", "tolerance"),
    "tolerance —": Edit(STATEMENTS, "7,割,0.5", "7,割,—", "tolerance", "—", "読めません", "数字だけ"),
    "locator": Edit(
        STATEMENTS, "measures/(2)-⑪/", "measures/(2)-㉑/", "computed_from", "measures/(2)-㉑/fy2023_initial",
        "計算のもと", "measures/(2)-⑪/列名",
    ),
    "ragged row": Edit(MEASURES, "23.4,—,23.5", "23.4,—", None, None, "列の数が見出しと違います", "コンマの数"),
    "too long a row": Edit(TOTALS, "2126.2", "2,126.2", None, None, "この行は5列", "コンマの数"),
    "unclosed quote": Edit(MEASURES, "3,防衛省,情報", '3,防衛省,"情報', None, None, "列の数が見出しと違います", "コンマの数"),
    "extra column": Edit(MEASURES, COLUMNS[0], "当初", "当初", None, "知らない列", "data/README.md"),
    "missing column": Edit(TOTALS, COLUMNS[0], "当初", COLUMNS[0], None, "列がありません", "見出しの行"),
    "column twice": Edit(MEASURES, COLUMNS[1], COLUMNS[2], COLUMNS[2], None, "同じ名前の列", "どちらかを消して"),
    "part of the key column": Edit(SHEETS, "component", "part", "part", None, "知らない列", "data/README.md"),
    "ministry column": Edit("ministries.csv", "ministry", "body", "ministry", None, "列がありません", "見出しの行"),
    "key of an area": Edit(AREAS, "security", "安全", "key", "安全", "分野の名札", "英小文字"),
    "ministry of two": Edit("ministries.csv", "金融庁", "財務省・金融庁", "ministry", "財務省・金融庁", "「・」", "一つずつ"),
    "shared ministry column": Edit("ministries.csv", "short,", "x,", "x", None, "知らない列", "data/README.md"),
    "shared term column": Edit("terms.csv", "kind", "class", "kind", None, "列がありません", "見出しの行"),
    "no heading": Edit(MEASURES, "area", "\narea", None, None, "見出しがありません", "一行目"),
    "YAML": Edit(DOCUMENT, "unit: 億円", "unit: 億円: 円", None, None, "YAML として読めません", "字下げ"),
    "YAML card": Edit(CARDS, "  title:", "\ttitle:", None, None, "YAML として読めません", "字下げ"),
    "no such year": Edit(DOCUMENT, "fiscal_year: 2024", "fiscal_year: 24", "fiscal_year", "24", "年度", "西暦"),
    "year as text": Edit(DOCUMENT, "fiscal_year: 2024", "fiscal_year: 令和6", "fiscal_year", "令和6", "整数", "整数を"),
    "column name": Edit(DOCUMENT, "column: fy2024_initial, f", "column: id, f", "column", "id", "列名", "fy2024_initial"),
    "discrepancy twice": Edit(DOCUMENT, "id: E02", "id: E01", "id", "E01", "同じもの", "どちらか一つ"),
    "extra key": Edit(CARDS, "name_en:", "name_de: x\n      name_en:", "name_de", None, "知らない項目", "data/README.md"),
    "card ministry": Edit(CARDS, 'ministry: "総務省"', "ministry: 総務", "ministry", "総務", "府省庁です", "ministries.csv"),
    "card sheet": Edit(CARDS, '"(4)-④"', '"4-4"', "sheet", "4-4", "シートの位置", "(2)-⑪"),
    "card measure": Edit(CARDS, '- measure: "情報シ', '- measure: "x情報シ', "measure", "x情報システムセキュリティ強化経費", "にない施策", "一字ずつ"),
}  # fmt: skip
# Faults of the file as a whole have no line; one fault may have consequences, which are told too.
NO_ROW = [case for case in EDITS if case.endswith(" column")]
CONSEQUENCES = {*NO_ROW, "sheet number", "card sheet", "card measure"}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_refuses_a_bad_cell(data_copy, edit, request):
    case = request.node.callspec.id
    line = replace(data_copy / edit.name, edit.old, edit.new)
    row = None if case in NO_ROW else line
    found = problems(data_copy)
    place = (label(edit.name), row, edit.column, edit.value)
    hits = [p for p in found if (p.file, p.row, p.column, p.value) == place]
    assert len(hits) == 1, f"{place} is not in {found}"
    assert edit.rule in hits[0].rule and edit.hint in hits[0].hint
    assert len(found) == 1 + (case in CONSEQUENCES) + 2 * (case == "ministry of two"), found


@pytest.mark.parametrize(
    ("name", "old", "new", "place", "rule"),
    [
        (MEASURES, "1,経済産業省,産業サイバーセキュリティ強靱化事業,,23.4", "1,経済産業省,産業サイバーセキュリティ強靱化事業,,90.0",
         ("areas.csv", 2, COLUMNS[0], "63.2"), "載っている施策の合計（125.0）"),
        (AREAS, ",63.2", ",163.2", ("totals.csv", 2, COLUMNS[0], "2126.2"), "分野の合計（2196.7）"),
        (TOTALS, "1378.9", "1342.0", None, None),  # 1342.1 in 1342.0: rounding may do that
    ],
)  # fmt: skip
def test_parts_must_not_exceed_their_whole(data_copy, name, old, new, place, rule):
    replace(data_copy / name, old, new)
    if place is None:
        assert load(data_copy / "fy2024").totals["fy2023_initial"].tolist() == [new]
        return
    (problem,) = problems(data_copy)
    assert (problem.file, problem.row, problem.column, problem.value) == place
    assert rule in problem.rule.replace("125）", "125.0）") and "突き合わせて" in problem.hint


@pytest.mark.parametrize(
    ("name", "key"), [
        (MEASURES, "measure"), (AREAS, "area"), (STATEMENTS, "statement"), ("ministries.csv", "ministry"),
        ("terms.csv", "term"), (SHEETS, "sheet・measure・component・fiscal_year・stage"),
    ]
)  # fmt: skip
def test_refuses_a_row_that_stands_twice(data_copy, name, key):
    path = data_copy / name
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    value = "・".join(rows(name)[0][column] for column in key.split("・"))
    twice = [
        p for p in problems(data_copy) if "同じものが二度" in p.rule and p.column in [*key.split("・"), key]
    ]
    found = {(p.file, p.row, p.column, p.value) for p in twice}
    assert found == {(label(name), row, key, value) for row in (2, len(lines) + 1)}


def shift_jis(path: Path) -> None:
    # Excel's 「CSV」; Shift_JIS has no —, only ―. Without 注 a file of digits is the same in both.
    text = path.read_text(encoding="utf-8").replace("—", "―") + "注"
    path.write_bytes(text.encode("cp932", "replace"))


FILES = [*OWN, DOCUMENT, CARDS]
UNREADABLE = {
    Path.unlink: ("開けません", "置いてください"),
    lambda path: path.unlink() or path.mkdir(): ("開けません", "置いてください"),
    lambda path: path.write_bytes(b" \r\n"): ("空です", "書いてください"),
    lambda path: path.write_bytes(b"\xef\xbb\xbf"): ("空です", "書いてください"),
    lambda path: path.write_text("area,概要\n", encoding="utf-16"): (
        "UTF-8 ではありません",
        "UTF-8 で保存し直して",
    ),
    shift_jis: ("Shift_JIS", "UTF-8 で保存し直して"),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("fault", UNREADABLE)
def test_refuses_an_unreadable_file(data_copy, name, fault):
    fault(data_copy / name)
    if name == "fy2024/again.csv" and fault is Path.unlink:  # which need not be there
        assert load(data_copy / "fy2024").again is None
        return
    (problem,), (rule, hint) = problems(data_copy), UNREADABLE[fault]
    assert (problem.file, problem.row, problem.column, problem.value) == (label(name), None, None, None)
    assert rule in problem.rule and hint in problem.hint


@pytest.mark.parametrize("name", OWN)
def test_refuses_a_header_without_rows(data_copy, name):
    header = (data_copy / name).read_text(encoding="utf-8").splitlines()[0]
    (data_copy / name).write_text(header + "\n\n", encoding="utf-8")
    (problem,) = problems(data_copy)
    assert problem.file == label(name) and "資料の行がありません" in problem.rule


def test_accepts_what_excel_does_to_utf_8(data_copy, doc):
    path = data_copy / MEASURES
    text = path.read_text(encoding="utf-8")
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert load(data_copy / "fy2024").measures.equals(doc.measures)


# --- YAML -------------------------------------------------------------------------------------------------------


class Plain(yaml.SafeDumper):
    """Writes a value each time it stands, never as an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def rewrite(path: Path, change: Callable[[Any], Any]) -> None:
    """Write what a function makes of a YAML file."""
    value = change(yaml.safe_load(path.read_text(encoding="utf-8")))
    path.write_text(yaml.dump(value, Dumper=Plain, allow_unicode=True, sort_keys=False), encoding="utf-8")


@pytest.mark.parametrize("key", REQUIRED)
def test_refuses_a_document_without(data_copy, key):
    rewrite(data_copy / DOCUMENT, lambda meta: {k: v for k, v in meta.items() if k != key})
    (problem,) = problems(data_copy)
    assert problem.file == "document.yaml" and "項目が足りません" in problem.rule and key in problem.hint


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        (CARDS, lambda cards: [c for c in cards if c["sheet"] != "(3)-①"],
         [("(3)-①", "カードがありません"), ("情報システムの防護", "どのカードにもない施策")]),
        (CARDS, lambda cards: [*cards, cards[0]], [("(1)-①", "同じものが二度")]),
        (DOCUMENT, lambda meta: {**meta, "columns": meta["columns"][:2]},
         [(None, "令和5年度 当初の列がありません")]),
    ],
    ids=["a card is missing", "a card stands twice", "a column is not declared"],
)  # fmt: skip
def test_refuses_what_does_not_fit_together(data_copy, name, change, told):
    rewrite(data_copy / name, change)
    for problem, (value, rule) in zip(problems(data_copy), told, strict=True):
        assert (problem.file, problem.value) == (label(name), value) and rule in problem.rule


@pytest.mark.parametrize("name", [DOCUMENT, CARDS])
@pytest.mark.parametrize("content", ["null", "# 何もない", "文", "3", "- 1", "a: 1", "[]", "{}", "&a [*a]", "!!python/name:os.system x", "[" * 3000, "2024-02-30"])  # fmt: skip
def test_refuses_any_other_yaml(data_copy, name, content):
    (data_copy / name).write_text(content, encoding="utf-8")
    assert {p.file for p in problems(data_copy)} == {label(name)}


ODD = [None, True, 3, "", [], [["x"]], {}, {"x": 1}]


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_odd_values_in_cards(data_copy, odd):
    """Every key of a card takes the odd value in turn; all wrong types are told at once."""

    def spoil(cards):
        for card, key in zip(cards, CARD):
            card[key] = odd
        cards[20]["measures"][0] = odd
        cards[21]["measures"][0]["measure"] = odd
        cards[22]["targets"] = [odd]
        return [*cards, odd]

    rewrite(data_copy / CARDS, spoil)
    told = {p.column for p in problems(data_copy) if p.file == "programmes.yaml"}
    assert told >= (set() if isinstance(odd, str) else {"sheet", "title", "ministry", "summary", "measure"})


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_odd_values_in_the_document(data_copy, odd):
    meta = yaml.safe_load((data_copy / DOCUMENT).read_text(encoding="utf-8"))
    spoilt = [(key, {**meta, key: odd}) for key in meta]
    for key in ("columns", "notes", "discrepancies"):
        first, *rest = meta[key]
        spoilt += [(inner, {**meta, key: [{**first, inner: odd}, *rest]}) for inner in first]
    for name in CSVS:
        (data_copy / name).unlink()
    (data_copy / CARDS).write_text("[]", encoding="utf-8")  # only document.yaml is judged here
    for key, document in spoilt:
        rewrite(data_copy / DOCUMENT, lambda _, document=document: document)
        told = {p.column for p in problems(data_copy) if p.file == "document.yaml"}
        judged = key in {*REQUIRED, "column", "stage", "note", "where"} and not isinstance(odd, str)
        assert not judged or type(odd) is type(meta.get(key)) or key in told


def test_more_measures_than_circled_numbers(data_copy):
    names = [f"施策{n}" for n in range(len(CIRCLED))]
    path = data_copy / MEASURES
    more = "".join(f"4,防衛省,{name},,0.0,—,—\n" for name in names)
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    entries = [{"measure": n, "name_en": "x"} for n in names]
    card = {"measures": entries, "sheet": "(4)-54", "ministry": "防衛省"}
    rewrite(data_copy / CARDS, lambda cards: [*cards, cards[0] | card])
    read = load(data_copy / "fy2024")
    assert [*read.measures["id"].tail(5)] == ["(4)-㊿", "(4)-51", "(4)-52", "(4)-53", "(4)-54"]
    assert [tables.plain(place) for place in read.measures["id"].tail(5)] == [f"4-{n}" for n in range(50, 55)]


# --- all at once, and nothing else ---------------------------------------------------------------------------------


def test_all_faults_are_told_at_once(data_copy):
    ours = "unknown ministry, full-width digits, hyphen, stray spaces, unknown unit, stated in words"
    faults = [*ours.split(", "), "card ministry", "shared term column"]
    for fault in faults:
        replace(data_copy / EDITS[fault].name, EDITS[fault].old, EDITS[fault].new)
    replace(data_copy / AREAS, ",128.4,", ",128.4,0.0,")  # a ragged row too
    found = problems(data_copy)
    told = {(p.file, p.column, p.value) for p in found}
    assert told >= {(label(edit.name), edit.column, edit.value) for edit in map(EDITS.get, faults)}
    assert [p for p in found if p.file == "areas.csv" and p.row == 5]
    assert len(found) == len(faults) + 2  # the ragged row, and the second side of the renamed column


PIECES = [",", '"', "\n", "—", "null", "- ", ": ", "[", "{", "&a ", "*a", "<<: ", "0", "/"]


@given(st.data())
@settings(max_examples=40, derandomize=True)
def test_nothing_but_data_error_escapes(data):
    """A piece of any file replaced by anything either loads or raises DataError."""
    name = data.draw(st.sampled_from(FILES))
    text = (DATA / name).read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text)))
    end = start + data.draw(st.integers(0, 30))
    piece = data.draw(st.text(max_size=5) | st.sampled_from(PIECES))
    with tempfile.TemporaryDirectory() as place:
        copy = Path(shutil.copytree(DATA, Path(place) / "data"))
        (copy / name).write_bytes((text[:start] + piece + text[end:]).encode("utf-8", "surrogatepass"))
        try:
            load(copy / "fy2024")
            questions(copy)
        except DataError as error:
            assert error.problems

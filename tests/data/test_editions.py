"""Editions, 概算要求 and documents of which only a part is known: read, told apart, never added."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
import yaml

from cyberbook.briefing import question
from cyberbudget import context, editions, package, prose
from cyberbudget.__main__ import main
from cyberbudget.errors import DataError
from cyberbudget.load import books, documents, load

from .. import holdout
from ..next_year import read, write

PART = "fy2024-07"


@pytest.fixture
def request_document(data_copy) -> Path:
    """A whole 概算要求 of the year after: every measure of fy2024, a tenth more; two columns, no areas, no sheets."""
    folder = data_copy / "fy2025-request"
    folder.mkdir()
    for name in ("totals.csv", "measures.csv"):
        rows = []
        for row in read(data_copy / "fy2024" / name):
            kept = {key: text for key, text in row.items() if not key.startswith("fy")} | {"area": ""}
            if name == "totals.csv":
                del kept["area"]
            now = row["fy2024_initial"]
            asked = now if now == "—" else str((Decimal(now) * Decimal("1.1")).quantize(Decimal("0.1")))
            rows.append(kept | {"fy2025_request": asked, "fy2024_initial": now})
        write(folder / name, rows)
    meta = yaml.safe_load((data_copy / "fy2024" / "document.yaml").read_text(encoding="utf-8"))
    kept = {key: meta[key] for key in ("title", "number", "publisher", "notes")}
    columns = [
        {
            "column": "fy2025_request",
            "fiscal_year": 2025,
            "stage": "request",
            "printed": "令和7年度 概算要求",
        },
        {
            "column": "fy2024_initial",
            "fiscal_year": 2024,
            "stage": "initial",
            "printed": "令和6年度 当初予算",
        },
    ]
    meta = {"fiscal_year": 2025, "stage": "request", "edition": "概算要求", "edition_en": "request"}
    meta |= kept | {"columns": columns, "discrepancies": []}
    path = folder / "document.yaml"
    path.write_text(yaml.safe_dump(meta, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder


@pytest.fixture
def later_edition(data_copy) -> Path:
    """A second whole edition of fy2024 in which one measure and the total are 2.4 more; published on a known day."""
    folder = Path(shutil.copytree(data_copy / "fy2024", data_copy / "fy2024-09"))
    for name, old, new in (("totals.csv", "2126.2", "2128.6"), ("measures.csv", "1064.0", "1066.4")):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    (folder / "again.csv").unlink()
    (folder / "statements.csv").write_text(
        "statement,locator,quote,stated,unit,tolerance,computed_from\n"
        "S01,表紙,2128.6億円,2128.6,億円,0.05,totals/総額/fy2024_initial\n", encoding="utf-8"
    )  # fmt: skip
    path = folder / "document.yaml"
    text = path.read_text(encoding="utf-8").replace("2,126.2億円版", "後の版")
    path.write_text(text.replace("date: null", "date: 2024-09-30"), encoding="utf-8")
    return folder


def test_an_unknown_amount_is_no_dash(doc):
    part = load(doc.folder.parent / PART)
    rows = part.measures.set_index("measure")
    assert rows.at["サイバーセキュリティ協議会の運用", "supplementary"] is None  # not known
    assert load(doc.folder.parent / "fy2015-request").measures["previous"].iloc[0].absent  # printed —
    cells = set(part.cells)
    assert "measures/(2)-⑪/fy2024_initial" in cells and "measures/(2)-⑪/fy2023_supplementary" not in cells
    assert list(part.measures["id"]) == ["(2)-⑪", "(2)-⑭", "(3)-⑤"]  # as the document prints them
    assert len(part.amounts) == 2 + 3 * 3 - 1


def test_no_book_is_made_of_a_part_or_a_request(doc, request_document):
    root = request_document.parent
    assert {PART, "fy2015-request", "fy2025-request"} <= {path.name for path in documents(root)}
    assert [path.name for path in books(root)] == ["fy2024"]
    asked = load(request_document)
    assert [c.label for c in asked.columns] == ["令和7年度概算要求", "令和6年度当初"]
    assert len(asked.measures) == 31 and asked.programmes == [] and asked.sheets.empty


def test_what_was_asked_for_beside_what_was_granted(request_document):
    root = request_document.parent
    known = editions.granted(editions.known(root))
    assert set(known["fiscal_year"]) == {2017, 2019}  # 2025 was not granted yet
    row = (
        known[known["fiscal_year"] == 2017]
        .set_index("name")
        .loc["ナショナルサイバートレーニングセンターの構築"]
    )
    assert (row["request"], row["initial"], round(row["change"], 1)) == (35.1, 15.0, -20.1)
    # the 当初 of the year comes: what fy2024 prints, a year later
    new = Path(shutil.copytree(root / "fy2024", root / "fy2025"))
    for path in new.glob("*.*"):
        text = path.read_text(encoding="utf-8")
        for old, later in (("fy2024_initial", "fy2025_initial"), ("fy2023_", "fy2024_"), ("fiscal_year: 2024", "fiscal_year: 2025"),
                           ("fiscal_year: 2023", "fiscal_year: 2024")):  # fmt: skip
            text = text.replace(old, later)
        path.write_text(text, encoding="utf-8")
    known = editions.granted(editions.known(root)).query("fiscal_year == 2025")
    assert len(known) == 31 and set(known["given_in"]) == {"fy2025"}
    larger = known[known["request"] > 1]
    assert (larger["change"] < 0).all() and larger["share"].between(0.85, 0.95).all()
    lines = "".join(editions.outcome(known).lines)
    assert (
        "最も大きく減ったのは、令和7年度の防衛省「情報システムの防護」です。要求は1,170.4億円、当初は1,064.0億円でした"
        in lines
    )


def test_editions_are_compared_where_both_are_known(doc, later_edition):
    root = later_edition.parent
    known = editions.known(root)
    (text,) = editions.edition(load(root / "fy2024"), known).lines
    assert "2,128.6億円版があると伝える記事があります。総額は2.4億円多くなっています" in text
    assert (
        "三つの施策は、額の分かる欄がどれも同じです。差がどの施策にあるかは、資料からは分かりません" in text
    )
    newest = load(later_edition)
    (text,) = editions.edition(newest, known).lines
    assert "2,126.2億円版があります。総額は2.4億円少なくなっています" in text
    assert "違う額は「情報システムの防護」です。" in text
    rows = editions.compare(newest, known).query("verdict == '違う額' and edition == '2,126.2億円版'")
    assert list(zip(rows["name"], rows["before"], rows["now"])) == [
        ("総額", "2126.2", "2128.6"), ("情報システムの防護", "1064.0", "1066.4"),
    ]  # fmt: skip


def test_the_newest_edition_is_the_default_and_as_of_gives_the_old_one(doc, later_edition, monkeypatch):
    monkeypatch.setenv("CYBERBUDGET_DATA", str(later_edition.parent))
    assert load().folder == question.document().folder == question.document(2024).folder == later_edition
    assert load(as_of="fy2024").folder.name == "fy2024" and load(as_of="2024-09-30").folder == later_edition
    with pytest.raises(DataError, match=r"その日までに公表されたと分かる資料がありません.*fy2024"):
        load(as_of="2024-09-29")
    with pytest.raises(DataError, match=r"日付でも、資料のフォルダーの名前でもありません.*fy2024-09"):
        load(as_of="昨日")
    monkeypatch.setenv("CYBERBUDGET_AS_OF", "fy2024")
    assert (
        load().folder.name
        == question.document().folder.name
        == question.document(2024).folder.name
        == "fy2024"
    )


def test_every_chapter_names_the_other_totals(doc):
    assert prose.edition(doc) == (
        "本書が読むのは2,126.2億円版です。令和6年度当初を2,128.6億円とする版もあると伝える記事があります。"
        "違いの理由は、資料からは分かりません。"
    )


def test_the_long_run_takes_what_documents_print(data_copy):
    path = data_copy / "context" / "history.csv"
    rows = [row for row in read(path) if row["fiscal_year"] not in ("2014", "2024")]
    write(path, rows)
    told = context.load(data_copy)
    found = (
        told.history.query("fiscal_year in [2014, 2024]")
        .set_index(["fiscal_year", "amount"])["source"]
        .to_dict()
    )
    assert found == {(2024, 2126.2): "fy2024", (2024, 2128.6): "ondo2024", (2014, 542.3): "h27request"}
    assert "令和6年度、資料3、2,126.2億円版" in str(told.source(told.history))


BAD = {
    "no source": (PART, "document.yaml", "source: ondo2024", "source: nobody", "references.bib にない出典"),
    "no mark": (PART, "document.yaml", "mark: B\n", "", "出典の種類の印ではありません"),
    "a row's source": (PART, "measures.csv", "cs41", "cs42", "references.bib にない出典"),
    "a place": (PART, "measures.csv", "(2)-⑪", "2の11", "シートの位置として読めません"),
    "an amount": (PART, "measures.csv", "11.7", "11.75", "小数第1位までの金額ではありません"),
    "no total": (PART, "totals.csv", "2128.6", "", "値がありません"),
    "parts exceed": (PART, "measures.csv", "11.7", "9911.7", "総額より、載っている施策の合計"),
    "no day": (PART, "document.yaml", "date: 2024-07-10", "date: 七月", "日付か nullではありません"),
    "a column twice": (PART, "document.yaml", "column: fy2023_initial, fiscal_year: 2023", "column: fy2024_initial, fiscal_year: 2023", "金額の列が重なっています"),
    "no file": (PART, "totals.csv", None, None, "ファイルを開けません"),
    "a stage": ("fy2015-request", "document.yaml", "\nstage: request", "\nstage: asked", "資料の段階ではありません"),
    "another way to write it": (PART, "document.yaml", "partial: true", "partial: yes", "見分けられない書き方"),
    "no flag": (PART, "document.yaml", "partial: true", "partial: maybe", "true か falseではありません"),
    "a foreign column": ("fy2015-request", "document.yaml", "fiscal_year: 2014, stage: initial", "fiscal_year: 2013, stage: initial", "この資料の欄ではありません"),
    "no column of its own": ("fy2015-request", "document.yaml", "fiscal_year: 2015, stage: request", "fiscal_year: 2014, stage: supplementary", "概算要求の列がありません"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_with_a_part_is_said(data_copy, name):
    folder, file, old, new, told = BAD[name]
    path = data_copy / folder / file
    text = path.read_text(encoding="utf-8")
    if old is None:
        path.unlink()
    else:
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load(data_copy / folder)
    assert told in str(caught.value) and file in str(caught.value)


def test_check_speaks_of_every_document(data_copy, monkeypatch, capsys, request_document):
    monkeypatch.setenv("CYBERBUDGET_DATA", str(data_copy))
    package.follow(data_copy)
    assert main(["check"]) == 0
    said = capsys.readouterr().out
    assert (
        "読み込み（fy2025-request）：" in said
        and "令和7年度概算要求：総額 2,338.8億円、額の分かる施策 31" in said
    )
    assert "読み込み（fy2024-07）：" in said and "一部だけ" in said
    assert "ほかの版と違う額：総額 令和6年度当初：2,126.2億円版 2126.2、この資料 2128.6" in said


def test_years_are_never_added(doc):
    """Whatever counts the whole counts one document."""
    assert pd.Index(doc.amounts["fiscal_year"]).isin([2023, 2024]).all()
    total = context.series(context.load(doc.folder.parent), doc).set_index("fiscal_year")["amount"]
    assert total[2024] == 2126.2


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([-1.0, -2.0], ["どれも、当初は要求より少ない額でした。", "最も大きく減ったのは、令和7年度の総務省「乙」です。"]),
        ([1.0, 0.0, -2.0], ["要求より少ない額になったのは1件、要求より多い額になったのは1件、丸めの範囲で要求と同じなのは1件です。"]),
        ([-0.1], ["丸めの範囲で要求と同じなのは1件です。"]),
        ([], ["両方の額が分かる施策は、ありません。"]),
    ],
)  # fmt: skip
def test_how_much_was_granted_is_told(changes, told):
    table = pd.DataFrame({"fiscal_year": 2025, "ministry": "総務省", "name": [*"甲乙丙"][: len(changes)],
                          "request": 10.0, "change": changes, "sure": [abs(c) > 0.1 for c in changes], "initial": [10 + c for c in changes]})  # fmt: skip
    text = "".join(editions.outcome(table).lines)
    assert all(line in text for line in told) and ("最も大きく減った" in text) == any(
        c < -0.1 for c in changes
    )
    assert ("どれも要求より少なく" in editions.headline(table)) == (changes == [-1.0, -2.0])


def test_most_that_was_cut_is_told_as_most():
    table = pd.DataFrame({"change": [-1.0, -2.0, 0.0], "sure": [True, True, False]})
    assert editions.headline(table) == "額の分かる3件のうち2件は、要求より少なく決まった"


def test_a_request_is_new_where_the_year_before_had_none(doc):
    table = editions.newcomers(editions.known(doc.folder.parent))
    assert len(table) == 10 and table.groupby("fiscal_year")["name"].first().to_dict() == {
        2015: "ネットワーク監視器材の整備", 2019: "IoTの安心・安全かつ適正な利用環境の構築", 2020: "システム・ネットワークの充実・強化",
    }  # fmt: skip
    assert "要求の総額の20.0%でした" in editions.asked_anew(table).lines[-1]
    assert editions.asked_anew(table.iloc[:0]).lines == ["前年度の当初にないと分かる要求は、ありません。"]


def test_what_a_later_document_prints_otherwise_is_listed(tmp_path):
    root = holdout.build(tmp_path / "data")
    assert editions.revised(editions.known(root)).empty
    rows = read(root / "fy2025" / "measures.csv")
    changed = [row | {"fy2024_initial": row["fy2024_initial"].replace("290.8", "290.7")} for row in rows]
    write(root / "fy2025" / "measures.csv", changed)
    (row,) = editions.revised(editions.known(root)).to_dict("records")
    assert (row["name"], row["column"], row["before"], row["now"]) == (
        "リスク管理枠組み（RMF）の導入", "令和6年度当初", "290.8", "290.7",
    )  # fmt: skip
    assert (row["before_document"], row["document"]) == ("fy2024", "fy2025")


def test_a_slip_in_a_part_is_named_by_its_second_transcription(data_copy, capsys):
    """Every printed amount of every part was typed twice; one digit of any of them, and check says where."""
    folder = data_copy / "fy2015-request"
    assert all((path / "again.csv").exists() for path in documents(data_copy))
    path = folder / "measures.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("10.5,11.1", "10.5,11.7"), encoding="utf-8")
    assert main(["check", str(folder)]) == 1
    assert "⑤ fy2014_initial：表では「11.7」、二度目の書き写しでは「11.1」" in capsys.readouterr().out

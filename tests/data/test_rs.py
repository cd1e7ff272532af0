"""Official files of the RS system, made here in their layout: what is read, what is told, what is written, what is refused."""

import csv
import gzip
import io
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyberbook.__main__ import main
from cyberbook.rs import RsError, read
from cyberbudget import context

from ..conftest import DATA

# The first lines as the files of fiscal 2024 have them, brackets and all.
COMMON = "シート種別,事業年度,予算事業ID,事業名,府省庁の建制順,政策所管府省庁,府省庁,局・庁,部,課,室,班,係"
BUDGET = f"{COMMON},予算年度,当初予算（合計）,補正予算（合計）,前年度からの繰越し（合計）,予備費等（合計）,計（歳出予算現額合計）,執行額（合計）,執行率,翌年度への繰越し(合計）,翌年度要求額（合計）,主な増減理由,その他特記事項,会計区分,会計,勘定,当初予算,第1次補正予算,第2次補正予算,第3次補正予算,第4次補正予算,第5次補正予算,前年度から繰越し,予備費等1,予備費等2,予備費等3,予備費等4,歳出予算現額,執行額,翌年度要求額,要望額,備考"
PAID = f"{COMMON},支出先ブロック番号,支出先ブロック名,支出先の数,事業を行う上での役割,ブロックの合計支出額,支出先名,法人番号,所在地,法人種別,その他支出先,支出先の合計支出額,契約概要,金額,契約方式等,具体的な契約方式等,入札者数,落札率,一者応札・一者応募又は競争性のない随意契約となった理由及び改善策（支出額10億円以上）,その他の契約"
FLOWS = f"{COMMON},支出元の支出先ブロック,支出元の支出先ブロック名,担当組織からの支出,支出先の支出先ブロック,支出先の支出先ブロック名,資金の流れの補足情報,国自らが支出する間接経費,国自らが支出する間接経費の項目,国自らが支出する間接経費の金額"
ITEMS = f"{COMMON},支出先ブロック番号,支出先名,法人番号,契約概要,費目,使途,金額"
NAMES = {
    BUDGET: "2-1_RS_2024_予算・執行_サマリ.csv",
    PAID: "5-1_RS_2024_支出先_支出情報.csv",
    FLOWS: "5-2_RS_2024_支出先_支出ブロックのつながり.csv",
    ITEMS: "5-3_RS_2024_支出先_費目・使途.csv",
}


def official(path: Path, header: str, rows: list[dict[str, object]], year: int = 2024) -> Path:
    """Write rows as the RS system does: UTF-8 with a mark, CRLF, every column there."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, header.split(","), restval="")
        writer.writeheader()
        writer.writerows({"シート種別": "レビューシート", "事業年度": year, **row} for row in rows)
    return path


def budget(projects: list[dict[str, str]], year: int = 2024, filler: int = 0) -> list[dict[str, object]]:
    """The two kinds of row of 2-1: each project in the year of the sheets and those before it, summed and by account."""
    rows: list[dict[str, object]] = []
    others = [{**projects[0], "project": f"9{n:05}", "name": f"ほかの事業{n}"} for n in range(filler)]
    for project in [*projects, *others]:
        for n, of in enumerate((year, year - 1, year - 2)):  # newest first
            amounts = {name: int(value) for name, value in project.items() if name.endswith("_yen")}
            if n != 1:  # another year tells other amounts
                amounts = {name: 7 * value for name, value in amounts.items()}
            initial, extra, carried, reserve, whole, executed, out, request = amounts.values()
            own = {"予算事業ID": project["project"], "事業名": project["name"], "予算年度": of}
            rows.append({
                **own, "当初予算（合計）": initial, "補正予算（合計）": extra, "前年度からの繰越し（合計）": carried, "予備費等（合計）": reserve,
                "計（歳出予算現額合計）": whole, "執行額（合計）": executed if n else 0, "翌年度への繰越し(合計）": out,
                "翌年度要求額（合計）": f"{request}.0",
            })  # fmt: skip
            first = {
                "当初予算": initial,
                "第1次補正予算": extra,
                "歳出予算現額": initial + extra,
                "執行額": executed if n else 0,
            }
            second = {
                "前年度から繰越し": carried,
                "予備費等1": reserve,
                "歳出予算現額": carried + reserve,
                "翌年度要求額": request,
            }
            for account in (first, second):
                zeros = dict.fromkeys(BUDGET.split(",")[28:43], 0)
                rows.append({**own, "会計区分": "一般会計", "会計": "一般会計", **zeros, **account})
    return rows


def standing(name: str, year: str = "2023", data: Path = DATA) -> list[dict[str, str]]:
    with (data / "context" / name).open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["fiscal_year"] == year]


@pytest.fixture
def rs(tmp_path: Path, data_copy: Path, monkeypatch, capsys) -> Callable[..., tuple[int, str]]:
    """The command over files, with a copy of the data; its exit code and what it said."""
    monkeypatch.setenv("CYBERBUDGET_DATA", str(data_copy))

    def call(*arguments: object) -> tuple[int, str]:
        code = main(["rs", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out + said.err

    return call


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A 2-1 that says of fiscal 2023 what projects.csv says."""
    return official(tmp_path / NAMES[BUDGET], BUDGET, budget(standing("projects.csv")))


def context_bytes(data: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (data / "context").iterdir()}


def cell(path: Path, line: int, column: str, value: str) -> None:
    """Change one cell of a file, by its line as an editor counts."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    rows[line - 1][rows[0].index(column)] = value
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)


def row(project: str, **changed: str) -> list[dict[str, str]]:
    """The projects as they stand, one of them changed."""
    return [r | changed if r["project"] == project else r for r in standing("projects.csv")]


# ── 2-1 ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_amounts_are_no_difference(rs, sheet, data_copy):
    before = context_bytes(data_copy)
    code, said = rs(sheet, "--write")
    assert code == 0 and "2023年度の data/context/projects.csv：15行と、違うところはありません" in said
    assert context_bytes(data_copy) == before and "注：" not in said


CHANGED = {
    "executed_yen": "841857001",
    "carried_in_yen": "7",
    "reserve_yen": "-7",
    "carried_out_yen": "1253999999",
}


def test_a_difference_is_told_by_row_column_old_and_new_and_changes_nothing(rs, tmp_path, data_copy):
    before = context_bytes(data_copy)
    code, said = rs(official(tmp_path / NAMES[BUDGET], BUDGET, budget(row("729", **CHANGED))))
    who = "8行目 729「サイバーセキュリティ統合知的・人材育成基盤の構築」2023年度"
    assert code == 1 and [line.strip() for line in said.splitlines() if "→" in line] == [
        f"{who} 前年度からの繰越し(合計)（carried_in_yen）：0円 → 7円",
        f"{who} 予備費等(合計)（reserve_yen）：0円 → -7円",
        f"{who} 執行額(合計)（executed_yen）：841,857,000円 → 841,857,001円",
        f"{who} 翌年度への繰越し(合計)（carried_out_yen）：1,254,000,000円 → 1,253,999,999円",
    ]
    assert context_bytes(data_copy) == before and "--write" in said


def test_writing_changes_these_cells_and_no_other_byte(rs, tmp_path, data_copy):
    before = context_bytes(data_copy)
    code, said = rs(official(tmp_path / NAMES[BUDGET], BUDGET, budget(row("729", **CHANGED))), "--write")
    assert code == 0 and "書き込みました：projects.csv" in said
    after = context_bytes(data_copy)
    old, new = (tables.pop("projects.csv").decode().splitlines(True) for tables in (before, after))
    assert (
        before == after
        and [n for n, line in enumerate(old) if line != new[n]] == [7]
        and len(old) == len(new)
    )
    assert new[7] == old[7].replace(
        "1254000000,0,0,2104000000,841857000,1254000000", "1254000000,7,-7,2104000000,841857001,1253999999"
    )
    assert context.load(data_copy).projects.loc[6, "executed_yen"] == 841857001


def next_year(tmp_path: Path) -> Path:
    """The sheets of fiscal 2026, in which one project is no more and another has a new name and a cut (減額補正)."""
    rows = [r for r in standing("projects.csv", "2024") if r["project"] != "7164"]
    cut = {"name": "新しい名前", "supplementary_yen": "-1000000", "budget_yen": "126235000"}
    rows = [r | cut if r["project"] == "5559" else r for r in rows]
    return official(tmp_path / "2-1_RS_2026_予算・執行_サマリ.csv", BUDGET, budget(rows, 2026), 2026)


def test_a_new_year_is_added_once_its_source_is_known(rs, tmp_path, data_copy):
    sheet, before = next_year(tmp_path), context_bytes(data_copy)
    code, said = rs(sheet)
    assert (
        code == 1
        and "新しい行 437「金融業界横断的なサイバーセキュリティ演習の実施」2025年度 当初予算(合計)（initial_yen）：なし → 87,077,000円"
        in said
    )
    assert (
        "注：7164「産業サイバーセキュリティ対策の強化に向けた環境整備事業」2025年度は、ファイルにありません"
        in said
    )
    assert "注：事業名「新しい名前」は、同じ施策だと読む根拠とともに data/identity.csv に要ります" in said
    assert said.count("注：") == 2  # other names are known
    code, said = rs(sheet, "--write")
    assert code == 2 and "references.bib に、出典 rs2026 を足してください" in said
    assert context_bytes(data_copy) == before
    bib = data_copy / "context" / "references.bib"
    bib.write_text(
        bib.read_text(encoding="utf-8").replace(
            "{rs2025,",
            "{rs2026,\n title={x}, author={x}, year={2026},\n url={https://rssystem.go.jp/},\n}\n\n@misc{rs2025,",
        ),
        encoding="utf-8",
    )
    assert rs(sheet, "--write")[0] == 0
    old = before["projects.csv"].decode().splitlines()
    new = (data_copy / "context" / "projects.csv").read_text(encoding="utf-8").splitlines()
    added = [line for line in new if ",2025," in line]
    assert [line for line in new if line not in added] == old and len(added) == 14
    assert all(line.endswith(",rs2026,A–") for line in added)
    told = context.load(data_copy).projects.query("project == '5559'")
    assert (
        told["fiscal_year"].to_list() == [2023, 2024, 2025]
        and told["supplementary_yen"].to_list()[-1] == -1000000
    )
    assert rs(sheet)[0] == 0  # nothing is left to tell
    assert context.years(context.load(data_copy)) == [2023, 2024]  # told once its payments are known, too


def test_what_stands_and_is_not_in_the_file_is_never_dropped(rs, tmp_path, data_copy):
    rows = [r for r in standing("projects.csv") if r["project"] != "437"]
    before = context_bytes(data_copy)
    sheet = official(tmp_path / NAMES[BUDGET], BUDGET, budget(rows))
    assert rs(sheet)[0] == 1
    code, said = rs(sheet, "--write")
    assert (
        code == 2
        and "書き込めません：22行目 437「金融業界横断的なサイバーセキュリティ演習の実施」2023年度は、ファイルにありません"
        in said
    )
    assert context_bytes(data_copy) == before


def test_rows_that_do_not_add_up_are_told(rs, sheet):
    cell(sheet, 6, "執行額", "5")  # 3589 of 2023: line 5 sums it, 6 and 7 are by account
    code, said = rs(sheet)
    assert code == 0
    assert (
        "注：3589「産業サイバーセキュリティ強靱化事業」2023年度の執行額(合計)：合計の行は2,330,681,000円、会計ごとの行の合計は5円です"
        in said
    )


def test_brackets_decimals_commas_and_accounts_may_vary(rs, sheet):
    """Mirrors write the brackets in half width; some columns are decimals; a row by account may lack its account,
    and one of zeros may come twice."""
    header, _, rest = sheet.read_text(encoding="utf-8-sig").partition("\n")
    assert rest.count("2023,90534000,") == 1
    rest = rest.replace("2023,90534000,", '2023,"90,534,000.0",')
    rest += 2 * f"レビューシート,2024,437,名前{',' * 10}2023{',' * 12}一般会計,一般会計,{',0' * 15},\n"
    sheet.write_text(header.replace("（", "(").replace("）", ")") + "\n" + rest, encoding="utf-8")
    for line in (6, 7):
        cell(sheet, line, "会計区分", "")
    code, said = rs(sheet)
    assert code == 0 and "違うところはありません" in said and "注：" not in said


# ── errors ──────────────────────────────────────────────────────────────────────────────────────────


def text(change: Callable[[str], str]) -> Callable[[bytes], bytes]:
    return lambda raw: change(raw.decode("utf-8-sig")).encode("utf-8-sig")


def lines(change: Callable[[list[str]], list[str]]) -> Callable[[bytes], bytes]:
    return text(lambda whole: "".join(change(whole.splitlines(True))))


def zipped(name: str) -> Callable[[bytes], bytes]:
    def change(raw: bytes) -> bytes:
        with io.BytesIO() as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(name, raw)
            return file.getvalue()

    return change


BROKEN = {
    "empty": (lambda raw: b"", "ファイルが空です"),
    "blank": (lambda raw: b"\xef\xbb\xbf \r\n\r\n", "ファイルが空です"),
    "Shift_JIS": (lambda raw: raw.decode("utf-8-sig").replace("–", "-").encode("cp932"), "Shift_JIS です"),
    "EUC-JP": (lambda raw: raw.decode("utf-8-sig").encode("euc_jp", "replace"), "1行目：UTF-8 として読めない文字"),
    "UTF-16": (lambda raw: raw.decode("utf-8-sig").encode("utf-16"), "UTF-16 です"),
    "UTF-16 without a mark": (lambda raw: raw.decode("utf-8-sig").encode("utf-16-le"), "UTF-16 か"),
    "a bad byte": (lambda raw: raw.replace("金融".encode(), b"\x91\xe0", 1), "UTF-8 として読めない文字"),
    "ZIP": (zipped("2-1_RS_2024_予算・執行_サマリ.csv"), "ZIP です。展開して"),
    "xlsx": (zipped("xl/workbook.xml"), "Excel のファイルです"),
    "xls": (lambda raw: bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "Excel のファイルです"),
    "gzip": (gzip.compress, "圧縮されたファイルです"),
    "PDF": (lambda raw: b"%PDF-1.7\n", "PDF です"),
    "HTML": (lambda raw: "\n<!DOCTYPE html><html><title>エラー</title>".encode(), "HTML（ウェブの頁）です"),
    "an error page": (lambda raw: b'{"message": "Not Found"}', "見出しでもありません（一行目は「{"),
    "tabs": (text(lambda whole: whole.replace(",", "\t")), "見出しでもありません"),
    "another file of the system": (lambda raw: f"{COMMON},会計区分,項,目,予算額（歳出予算項目ごと）\r\n".encode(), "2-1、5-1、5-2、5-3のどの CSV の見出しでもありません"),
    "a renamed column": (text(lambda whole: whole.replace(",執行額（合計）", ",支出額（合計）")), "見出しが変わっています（足りない列は「執行額(合計)」、知らない列は「支出額(合計)」）"),
    "a lost column": (text(lambda whole: whole.replace(",備考", "", 1)), "足りない列は「備考」"),
    "a new column": (text(lambda whole: whole.replace(",備考", ",第6次補正予算,備考", 1)), "知らない列は「第6次補正予算」"),
    "a column twice": (text(lambda whole: whole.replace("執行率", "執行額（合計）", 1)), "二度ある列は「執行額(合計)」"),
    "the header alone": (lines(lambda all: all[:1]), "見出しだけで"),
    "no header": (lines(lambda all: all[1:]), "見出しでもありません"),
    "no such year": (lines(lambda all: [line for line in all if ",2023," not in line]), "予算年度が2023の行がありません（あるのは2022、2024）"),
    "none of the projects": (text(lambda whole: re.sub(r"^(レビューシート,2024,)", r"\g<1>9", whole, flags=re.M)), "15事業が、一つもありません"),
    "two sheets in one": (lines(lambda all: [*all, all[-1].replace(",2024,", ",2025,", 1)]), "137行目 事業年度列：二つの年度が混ざっています（2024、2025）"),
    "the whole file twice": (lines(lambda all: [*all, *all[1:]]), "137行目：2行目と同じものが二度"),
    "a row twice": (lines(lambda all: [*all[:6], *all[5:]]), "7行目：6行目と同じものが二度"),
    "a sum told twice": (lines(lambda all: [*all, all[4].replace("2330681000", "1")]), "137行目：5行目と同じものが二度"),
    "a comma too many": (lines(lambda all: [*all[:3], all[3].replace(",", ",,", 1), *all[4:]]), "4行目：列の数が見出しと違います（見出しは44列、この行は45列）"),
    "a quotation mark": (lines(lambda all: [*all[:3], all[3].replace(",", ',"x"y,', 1), *all[4:]]), '4行目：" の使い方が'),
    "no line end": (lambda raw: raw[:-2], "136行目：途中で切れています"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_in_one_line_that_says_what_to_download(rs, sheet, data_copy, name):
    change, told = BROKEN[name]
    before = context_bytes(data_copy)
    sheet.write_bytes(change(sheet.read_bytes()))
    code, said = rs(sheet, "--write")
    assert (code, said.count("\n")) == (2, 1) and told in said
    assert said.startswith(sheet.name) and said.endswith(
        "https://rssystem.go.jp/）から「2-1_RS_<年度>_予算・執行_サマリ.csv」を取り直してください\n"
    )
    assert context_bytes(data_copy) == before


BAD_CELLS = [
    (5, "当初予算（合計）", "12億", "当初予算(合計)列：「12億」は円の金額として読めません"),
    (5, "執行額（合計）", "", "執行額(合計)列：金額がありません"),
    (5, "計（歳出予算現額合計）", "", "計(歳出予算現額合計)列：金額がありません"),
    (5, "計（歳出予算現額合計）", "2351000001", "予算の内訳の合計が、計と合いません"),
    (5, "翌年度要求額（合計）", "2750000000.5", "「2750000000.5」は円の金額"),
    (6, "第5次補正予算", "１０", "第5次補正予算列：「１０」は円の金額"),
    (2, "計（歳出予算現額合計）", "1.04E+11", "「1.04E+11」は円の金額"),
    (4, "要望額", "－", "要望額列：「－」は円の金額"),
    (7, "予算年度", "令和5", "予算年度列：「令和5」は西暦の年度"),
    (8, "予算年度", "", "予算年度列：「」は西暦の年度"),
    (9, "事業年度", "24", "事業年度列：「24」は西暦の年度"),
]


@pytest.mark.parametrize(("line", "column", "value", "told"), BAD_CELLS)
def test_a_bad_cell_is_named_by_row_and_column(rs, sheet, line, column, value, told):
    cell(sheet, line, column, value)
    code, said = rs(sheet)
    assert code == 2 and f" {line}行目 " in said and told in said and said.count("\n") == 1


@given(part=st.floats(0, 0.9999))
def test_a_file_cut_anywhere_is_refused(part, tmp_path_factory):
    """But at the end of a row, where nothing tells; what stands is then missing and never dropped."""
    path = tmp_path_factory.mktemp("cut") / NAMES[BUDGET]
    raw = official(path, BUDGET, budget(standing("projects.csv"))).read_bytes()
    end = int(part * len(raw))
    path.write_bytes(raw[: end - (raw[end - 1 : end] == b"\n")])
    with pytest.raises(RsError, match=r"途中で切れています|1行目：.*見出し|ファイルが空です"):
        read(path, {"3589"})


def test_what_is_no_file(rs, tmp_path):
    for path, told in ((tmp_path / "5-1_RS_2024.csv", "ファイルがありません"), (tmp_path, "フォルダーです")):
        code, said = rs(path)
        assert code == 2 and told in said and said.count("\n") == 1
    assert "「5-1_RS_<年度>_支出先_支出情報.csv」" in rs(tmp_path / "5-1_RS_2024.csv")[1]


def test_one_file_of_each_kind_and_year(rs, sheet, tmp_path):
    code, said = rs(sheet, sheet)
    assert code == 2 and "どちらも 2-1 です" in said
    later = official(tmp_path / NAMES[PAID].replace("2024", "2025"), PAID, paid(), 2025)
    code, said = rs(sheet, later)
    assert code == 2 and "事業年度が違うファイルです" in said and said.count("\n") == 1
    code, said = rs(official(tmp_path / NAMES[FLOWS], FLOWS, flows()))
    assert code == 2 and "「5-1_RS_2024_支出先_支出情報.csv」を取って、一緒に指定してください" in said


# ── 5-1, 5-2, 5-3 ───────────────────────────────────────────────────────────────────────────────────


def paid(payments: list[dict[str, str]] | None = None) -> list[dict[str, object]]:
    """The three kinds of row of 5-1: a block, who received it, and the contracts; here each payment is a contract."""
    rows: list[dict[str, object]] = []
    for r in payments or standing("recipients.csv"):
        own = {"予算事業ID": r["project"], "支出先ブロック番号": r["block"]}
        if not rows or {**rows[-1], **own} != rows[-1]:
            rows.append(
                {
                    **own,
                    "支出先ブロック名": "まとまり",
                    "支出先の数": 1,
                    "ブロックの合計支出額": len(rows) + 1,
                }
            )
        number = r["corporate_number"] or "9999999999999"
        who = {**own, "支出先名": r["recipient"].replace("株式会社", "（株）"), "法人番号": number}
        rows.append({**who, "支出先の合計支出額": r["amount_yen"]})
        rows.append({**who, "契約概要": r["contract"], "金額": r["amount_yen"]})
    return rows


def flows(payments: list[dict[str, str]] | None = None) -> list[dict[str, object]]:
    """The links of 5-2, one for each block."""
    chains = {
        (r["project"], r["block"]): r["chain"].split("→") for r in payments or standing("recipients.csv")
    }
    return [
        {"予算事業ID": project, "支出元の支出先ブロック": "" if len(chain) == 2 else chain[-2],
         "担当組織からの支出": str(len(chain) == 2).upper(), "支出先の支出先ブロック": block}
        for (project, block), chain in chains.items()
    ]  # fmt: skip


def test_the_same_payments_are_no_difference_however_names_are_spelt(rs, sheet, tmp_path, data_copy):
    official(tmp_path / NAMES[PAID], PAID, paid())
    official(tmp_path / NAMES[FLOWS], FLOWS, flows())
    before = context_bytes(data_copy)
    code, said = rs(sheet, "--write")  # those beside it are read, too
    assert code == 0 and said.count("読みました") == 3 and said.count("違うところはありません") == 2
    assert f"{len(standing('recipients.csv'))}行と" in said and context_bytes(data_copy) == before


def test_corrections_by_hand_stay(rs, tmp_path, data_copy):
    """Of fiscal 2024, with the wrong numbers that the source has, and no 5-2."""
    rows = standing("recipients.csv", "2024")
    wrong = {"出典の番号は5010005007126": "5010005007126", "出典の番号は8020001008844": "8020001008844"}
    source = [r | {"corporate_number": wrong.get(r["note"][:19], r["corporate_number"])} for r in rows]
    assert sum(a != b for a, b in zip(rows, source)) == 3
    code, said = rs(official(tmp_path / NAMES[PAID].replace("2024", "2025"), PAID, paid(source), 2025))
    assert code == 0 and "2024年度の data/context/recipients.csv：436行と、違うところはありません" in said


def test_a_changed_payment_is_told_and_written_without_the_names_of_persons(rs, tmp_path, data_copy):
    rows = standing("recipients.csv")
    n = next(n for n, r in enumerate(rows) if r["amount_yen"] == "174971000")
    rows[n] |= {"amount_yen": "174971001"}
    rows.insert(n + 1, rows[n] | {"recipient": "霞が関太郎", "corporate_number": "", "amount_yen": "55000"})
    rows.insert(
        n + 2,
        rows[n] | {"recipient": "一字違い株式会社", "corporate_number": "6010001030404", "amount_yen": "7"},
    )
    sheet, before = official(tmp_path / NAMES[PAID], PAID, paid(rows)), context_bytes(data_copy)
    code, said = rs(sheet)
    who = "3589「産業サイバーセキュリティ強靱化事業」2023年度 ブロックB"
    assert code == 1 and [line.strip() for line in said.splitlines() if "→" in line] == [
        f"3行目 {who} （株）三菱総合研究所 支払われた額（amount_yen）：174,971,000円 → 174,971,001円",
        f"新しい行 {who} {context.UNNUMBERED} 支払われた額（amount_yen）：なし → 55,007円",
    ]
    assert context_bytes(data_copy) == before
    assert rs(sheet, "--write")[0] == 0
    old, new = (
        before["recipients.csv"].decode(),
        (data_copy / "context" / "recipients.csv").read_text(encoding="utf-8"),
    )
    gone, added = (
        [x for x in a.splitlines() if x not in b.splitlines()] for a, b in ((old, new), (new, old))
    )
    assert len(gone) == 1 and [line.split(",")[5:9] for line in added] == [
        ["0", "（株）三菱総合研究所", "6010001030403", "174971001"],
        ["0", context.UNNUMBERED, "", "55000"],
        ["0", context.UNNUMBERED, "", "7"],
    ]
    assert "霞が関太郎" not in said + new and "一字違い" not in said + new
    assert rs(sheet)[0] == 0


def test_depths_come_from_the_links(rs, tmp_path, data_copy):
    """A block of its own is direct where the state pays it, deeper otherwise; where nothing tells, nothing is written."""
    rows = standing("recipients.csv")
    new = rows[0] | {"block": "Z", "amount_yen": "8", "chain": "組織→A→Y→Z"}
    between = rows[0] | {"block": "Y", "amount_yen": "9", "chain": "組織→A→Y"}
    sheet = official(tmp_path / NAMES[PAID], PAID, paid([new, between, *rows]))
    before = context_bytes(data_copy)
    code, said = rs(sheet, "--write")
    assert (
        code == 2
        and "お金の流れは、5-2 がないと分かりません（ほかに1件）" in said
        and context_bytes(data_copy) == before
    )
    links = flows([new, between, *rows])
    official(
        tmp_path / NAMES[FLOWS],
        FLOWS,
        [*links, {"予算事業ID": "3589", "国自らが支出する間接経費": "職員旅費"}],
    )
    assert rs(sheet, "--write")[0] == 0
    told = context.load(data_copy).recipients.query("project == '3589' and block in ['Y', 'Z']")
    assert sorted(zip(told["block"], told["depth"], told["chain"])) == [
        ("Y", 1, "組織→A→Y"),
        ("Z", 2, "組織→A→Y→Z"),
    ]


def test_a_recipient_without_contracts_counts_with_its_sum(rs, tmp_path):
    rows = [r for r in paid() if not ("金額" in r and r["予算事業ID"] == "437")]
    assert rs(official(tmp_path / NAMES[PAID], PAID, rows))[0] == 0


@pytest.mark.parametrize(
    ("dropped", "told"),
    [
        (
            lambda r: r["note"] and r["recipient"] == "株式会社三菱総合研究所",
            "本書が直した行なので、手で確かめてください",
        ),
        (lambda r: r["project"] == "437", "437の支払いが、ファイルにありません"),
    ],
)
def test_what_was_corrected_by_hand_and_whole_projects_are_not_dropped(
    rs, tmp_path, data_copy, dropped, told
):
    rows, before = [r for r in standing("recipients.csv", "2024") if not dropped(r)], context_bytes(data_copy)
    code, said = rs(
        official(tmp_path / NAMES[PAID].replace("2024", "2025"), PAID, paid(rows), 2025), "--write"
    )
    assert code == 2 and told in said and context_bytes(data_copy) == before


def test_items_that_do_not_add_up_to_their_contract_are_told_and_never_summed(rs, tmp_path, data_copy):
    rows = [
        {k: v for k, v in r.items() if k in ITEMS.split(",")} | {"費目": "人件費"}
        for r in paid()
        if "金額" in r
    ]
    wrong = next(r for r in rows if r["金額"] == "174971000")
    rows.append(wrong | {"費目": "一般管理費"})
    sheet = official(tmp_path / NAMES[PAID], PAID, paid())
    official(tmp_path / NAMES[ITEMS], ITEMS, rows)
    code, said = rs(sheet)
    assert code == 0 and said.count("注：") == 1
    assert (
        f"注：3589 ブロックB 契約「{wrong['契約概要']}」：費目の合計は349,942,000円、契約は174,971,000円です"
        in said
    )


# ── writing ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def both(tmp_path: Path) -> Path:
    """Sheets that change both tables."""
    rows = standing("recipients.csv")
    rows[0] |= {"amount_yen": "1"}
    official(tmp_path / NAMES[PAID], PAID, paid(rows))
    return official(tmp_path / NAMES[BUDGET], BUDGET, budget(row("729", executed_yen="1")))


@pytest.mark.parametrize("fails", [0, 1])
def test_all_tables_are_replaced_or_none(rs, both, data_copy, monkeypatch, fails):
    before, replace, calls = context_bytes(data_copy), os.replace, []

    def stubborn(old: Path, new: Path) -> None:
        calls.append(new)
        if len(calls) == fails + 1:  # open in Excel
            raise PermissionError(13, "Permission denied", str(new))
        replace(old, new)

    monkeypatch.setattr(os, "replace", stubborn)
    code, said = rs(both, "--write")
    assert code == 2 and "どのファイルも元のままです" in said and len(calls) == fails + 1
    assert context_bytes(data_copy) == before
    monkeypatch.setattr(os, "replace", replace)
    assert rs(both, "--write")[0] == 0
    after = context_bytes(data_copy)
    assert {name for name in after if after[name] != before.get(name)} == {"projects.csv", "recipients.csv"}


def test_what_would_not_fit_its_table_is_not_written(rs, tmp_path, data_copy):
    before = context_bytes(data_copy)
    sheet = official(tmp_path / NAMES[BUDGET], BUDGET, budget(row("729", executed_yen="-1")))
    code, said = rs(sheet, "--write")
    assert code == 2 and "8行目 executed_yen列: 値「-1」" in said and context_bytes(data_copy) == before

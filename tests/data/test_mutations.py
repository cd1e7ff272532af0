"""Nothing wrong gets in: seeded changes of the data end in a clear error, in a failed check that names the cell, or in no effect."""

import os
import random
import re
from pathlib import Path

import pytest

from cyberbudget import DataError, load, package
from cyberbudget.__main__ import check, main
from cyberbudget.load import AGAIN, books

from ..next_year import read

FY = "fy2024"
AMOUNTS = ("totals.csv", "areas.csv", "measures.csv")


def change(path: Path, old: str, new: str, count: int = 1) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8", newline="")


def refused(data: Path) -> str:
    with pytest.raises(DataError) as caught:
        load(data / FY)
    return str(caught.value)


YAML = {
    "a key twice": ("number: ", 'number: "資料9"\nnumber: ', "同じ項目が二度あります"),
    "a unit that would be read as another": ("unit: 億円", "unit: 百万円", "単位は、億円だけを読めます"),
    "a circle": ("title: ", "x: &x [1, *x]\ntitle: ", "ほかの場所を指す書き方"),
    "a merge": ("title: ", "x:\n  <<: {a: 1}\ntitle: ", "ほかの場所を指す書き方"),
    "a number without end": ("fiscal_year: 2024", f"fiscal_year: {'9' * 5000}", "document.yaml"),
    "a control character": ("number: 資料3", 'number: "資料\\u00073"', "U+0007"),
}


@pytest.mark.parametrize("case", YAML)
def test_yaml_says_one_thing(data_copy, case):
    old, new, told = YAML[case]
    change(data_copy / FY / "document.yaml", old, new)
    assert told in refused(data_copy)


def test_a_bomb_of_aliases_is_refused_at_once(data_copy):
    """Nine levels of nine: a thousand million values, were they built."""
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for one, other in zip("abcdefgh", "bcdefghi"):
        lines.append(f"{other}: &{other} [{', '.join([f'*{one}'] * 9)}]")
    path = data_copy / FY / "document.yaml"
    path.write_text("\n".join(lines) + "\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert "ほかの場所を指す書き方" in refused(data_copy)


@pytest.mark.parametrize("name", ["measures.csv", "document.yaml", AGAIN])
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_only_regular_files_are_read(data_copy, name, device):
    path = data_copy / FY / name
    path.unlink()
    os.symlink(device, path)
    assert "開けません" in refused(data_copy)


def test_a_file_beyond_all_measure_is_not_read(data_copy):
    with (data_copy / FY / "programmes.yaml").open("ab") as file:
        file.write(b"#" * 6_000_000)
    assert "大きすぎます" in refused(data_copy)


@pytest.mark.parametrize(
    "letter", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\u200b", "\u202e", "\u2066", "\ufeff", "\uffff"]
)
@pytest.mark.parametrize(
    ("name", "at"),
    [("measures.csv", "産業サイバー"), ("programmes.yaml", "産業サイバー"), ("sheets.csv", "産業")],
)
def test_what_no_font_draws_is_named_with_its_line(data_copy, name, at, letter):
    change(data_copy / FY / name, at, at + letter)
    told = refused(data_copy)
    assert f"U+{ord(letter):04X}" in told and re.search(rf"{name} \d+行目", told)


@pytest.mark.parametrize("row", [1, 5, 30])
def test_a_name_is_one_line(data_copy, row):
    name = read(data_copy / FY / "measures.csv")[row]["measure"]
    change(data_copy / FY / "measures.csv", name, f'"{name[:3]}\n{name[3:]}"')
    assert "改行かタブ" in refused(data_copy)


CELLS = {
    "a card of another ministry": ("programmes.yaml", 'ministry: "防衛省"', 'ministry: "外務省"', "カードの府省庁"),
    "swapped cards": ("programmes.yaml", '- sheet: "(1)-①"', '- sheet: "(1)-②x"', "シートの位置"),
    "a sheet of a far year": ("sheets.csv", ",2024,initial,23,", ",2042,initial,23,", "離れた年度"),
    "a sheet's endless number": ("sheets.csv", ",initial,1584,", f",initial,{'1' * 5000},", "長すぎます"),
    "a statement's endless number": ("statements.csv", ",747.3,億円", f",{'7' * 5000},億円", "長すぎます|数でも"),
    "a tolerance that holds anything": ("statements.csv", ",747.3,億円,0.05", ",747.3,億円,900", "許容幅が大きすぎます"),
    "a short name that is a path": ("../ministries.csv", ",METI,", ",/../../../x,", "英大文字の略称ではありません"),
    "an area that is a path": ("areas.csv", "\n1,", "\n../1,", "分野の番号として読めません"),
}  # fmt: skip


@pytest.mark.parametrize("case", CELLS)
def test_a_cell_that_would_pass_unseen(data_copy, case):
    name, old, new, told = CELLS[case]
    change(data_copy / FY / name, old, new)
    assert re.search(told, refused(data_copy))


def test_two_cards_that_changed_places(data_copy):
    """Each bears the other's sheet: what the sheets print amounts of is not what the cards speak of."""
    path = data_copy / FY / "programmes.yaml"
    text = path.read_text(encoding="utf-8")
    first, second = '- sheet: "(1)-①"', '- sheet: "(1)-②"'
    path.write_text(text.replace(first, "@@").replace(second, first).replace("@@", second), encoding="utf-8")
    assert "カードが入れ替わっていないか" in refused(data_copy)


def typos(data: Path) -> list[tuple[str, str, str]]:
    """Every printed amount with one digit changed: file, the line as it is, the line with the slip."""
    found = []
    for name in AMOUNTS:
        for line in (data / FY / name).read_text(encoding="utf-8").splitlines()[1:]:
            for number in re.finditer(r"(?<=,)\d+\.\d(?=,|$)", line):
                for at in (n for n in range(*number.span()) if line[n].isdigit()):
                    for digit in set("0123456789") - {line[at]}:
                        found.append((name, line, line[:at] + digit + line[at + 1 :]))
    return sorted(found)


def test_a_slip_of_one_digit_is_named(data_copy):
    """Sums bind some amounts; the second transcription all of them. A seeded part of all slips is tried in full."""
    every = typos(data_copy)
    assert len(every) == 2025
    for name, old, new in random.Random(20261126).sample(every, 25):
        path = data_copy / FY / name
        before = path.read_text(encoding="utf-8")
        change(path, old, new)
        try:
            lines, contradictions = check(load(data_copy / FY))
        except DataError as error:
            assert re.search(r"\d+行目", str(error))
        else:
            cells = [c for c in contradictions if "二度目の書き写し" in c]
            assert len(cells) == 1 and f"  合いません：{cells[0]}" in lines
        path.write_text(before, encoding="utf-8")


def test_a_slip_in_the_second_transcription_is_named_too(data_copy, capsys):
    change(data_copy / FY / AGAIN, "(2)-⑪,0.6", "(2)-⑪,0.9")
    assert main(["check", str(data_copy / FY)]) == 1
    assert "(2)-⑪ fy2024_initial：表では「0.6」、二度目の書き写しでは「0.9」" in capsys.readouterr().out
    (data_copy / FY / AGAIN).unlink()
    assert main(["check", str(data_copy / FY)]) == 0
    assert "二度目の書き写し（again.csv）：ありません" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda data: change(data / "datapackage.json", '"name": "printed_as"', '"name": "printed"'), "measures.csv の列が"),
        (lambda data: change(data / "datapackage.json", '"resources"', '"resource"'), "読めません"),
        (lambda data: change(data / "datapackage.json", '"path": "terms.csv"', '"path": "word.csv"'), "word.csv がありません"),
        (lambda data: (data / FY / "more.csv").write_text("a\n1\n"), "fy2024/more.csv が載っていません"),
        (lambda data: (data / "fy2024 - コピー").mkdir(), "fy2024 - コピー：資料のフォルダーの名前ではない"),
    ],
)  # fmt: skip
def test_what_stands_beside_the_tables(data_copy, monkeypatch, capsys, spoil, told):
    monkeypatch.setenv("CYBERBUDGET_DATA", str(data_copy))
    assert package.faults(data_copy) == [] and main(["check"]) == 0
    assert "読み込み（fy2024）：" in capsys.readouterr().out
    spoil(data_copy)
    assert main(["check"]) == 1
    assert told in capsys.readouterr().out


def test_a_copy_of_a_folder_never_wins(data_copy):
    (data_copy / "fy2024 - コピー").mkdir()
    (data_copy / "fy2024-09").mkdir()
    assert [p.name for p in books(data_copy)] == ["fy2024", "fy2024-09"]

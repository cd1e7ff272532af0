"""The published table by which a reader does the sums of the prose again."""

import re
from fractions import Fraction

import pytest

from cyberbudget import context, findings, tables, words, worked
from cyberbudget.interval import Interval
from cyberbudget.load import load

from .. import next_year
from ..conftest import DATA

NUMBER = re.compile(
    r"1万円のうち\d+円|[\d,]{5,}円|[\d,]+兆[\d,]+億円|[\d,]+(?:\.\d+)?(?:億円|%|倍)|\d+円あまり|\d円のうち|約?\d割(?:あまり|近く)?|約半分|ほぼすべて|ごく一部"
)


def done_again(how: str) -> Fraction:
    """The value of a formula, by Python's own arithmetic."""
    plain = (
        re.sub(r"［.*?］", "", how)
        .replace("^", "**")
        .translate({ord("−"): "-", ord("÷"): "/", ord("×"): "*", ord(","): ""})
    )
    plain = re.sub(r"[\d.]+", r"Fraction('\g<0>')", plain)
    for unit, part in (("百万円", 100), ("円", 100_000_000)):  # all others are in 億円
        plain = re.sub(rf"(Fraction\('[\d.]+'\)){unit}", rf"(\1 / {part})", plain)
    return abs(eval(plain, {"Fraction": Fraction}))


def reads(text: str, value: Fraction) -> bool:
    """True where a number that a sentence prints says the value."""
    if digits := re.fullmatch(r"約?([\d,]+)(?:\.(\d+))?(億円|%|倍)", text):
        whole, rest, unit = digits.groups(default="")
        scaled = value * (100 if unit == "%" else 1)
        shown = Fraction(f"{whole.replace(',', '')}.{rest or 0}")
        return abs(scaled - shown) <= Fraction(1, 2 * 10 ** len(rest))
    if large := re.fullmatch(r"([\d,]+)兆([\d,]+)億円", text):
        return abs(
            value - int(large[1].replace(",", "")) * 10_000 - int(large[2].replace(",", ""))
        ) <= Fraction(1, 2)
    if yen := re.fullmatch(r"([\d,]{5,})円", text):
        return value * 10**8 == int(yen[1].replace(",", ""))
    if of_ten_thousand := re.fullmatch(r"1万円のうち(\d+)円", text):
        return abs(value * 10_000 - int(of_ten_thousand[1])) <= Fraction(1, 2)
    if tenths := re.fullmatch(r"(\d)割", text):  # 少なくとも7割
        return int(value * 10) == int(tenths[1])
    if yen := re.fullmatch(r"(\d+)円(?:あまり)?", text):
        return int(value * 100) == int(yen[1])
    if moved := re.fullmatch(r"([\d.]+)%[増減]", text):
        return abs(value * 100 - Fraction(moved[1])) <= Fraction(1, 20 if "." in moved[1] else 2)
    return text == words.portion(value)


@pytest.mark.parametrize("year", [2024, 2025])
def test_every_number_follows_from_its_sum(doc, tmp_path, year):
    read = doc if year == 2024 else load(next_year.build(tmp_path / "data") / "fy2025")
    for f in findings.find(read, context.load(DATA)):
        assert f.numbers or re.search("—|額はありません|付いていません", f.sentence) or f.name == "renamed", (
            f.sentence
        )
        assert not [(text, how) for text, how in f.numbers.items() if not reads(text, done_again(how))]


def test_no_number_is_said_without_its_sum(doc):
    for f in findings.find(doc, context.load(DATA)):
        said = re.sub(
            r"「.*?」|分野\(\d\)|100円のうち|令和\d年度|8割に届かない|丸めを考えると、率は[^。]*|0.1%未満",
            "",
            f.sentence + f.title,
        )
        assert {text.removeprefix("約") for text in NUMBER.findall(said)} <= {
            re.sub("[増減]$", "", text).removeprefix("約") for text in f.numbers
        }, f.sentence


def test_the_table_has_a_row_for_each(doc):
    found = findings.find(doc, context.load(DATA))
    table = tables.evidence(found, doc, "tab-x", "計算")
    assert len(table.cells) == sum(len(f.numbers) for f in found)
    assert (
        "増加の8割近くは、「情報システムの防護」による",
        "78.5%",
        "(1,064.0 − 477.4) ÷ (2,126.2 − 1,378.9)",
        "(3)-①",
    ) in table.cells
    assert (
        "予算の伸びは、令和3年度からあとが速い",
        "38%",
        "(2,126.2 ÷ 814.8)^(1 ÷ 3) − 1",
        "history.csv 2015、2019、2021、2024",
    ) in table.cells


def test_formulas():
    one, other = (worked.printed(Interval.printed(text)) for text in ("3.0", "1.5"))
    nothing = worked.printed(Interval.printed("—"))
    assert ((one - other) / (one - nothing)).how == "(3.0 − 1.5) ÷ 3.0"
    assert (one - (one - other) - 1).how == "3.0 − (3.0 − 1.5) − 1"
    assert (one / other / (other / one)).how == "3.0 ÷ 1.5 ÷ (1.5 ÷ 3.0)"
    assert (worked.yen(150_000_000) / worked.million(1500)).how == "150,000,000円 ÷ 1,500百万円"
    assert worked.yen([100_000_000] * 6, "件").how == "600,000,000円［6件の合計］"
    assert worked.added([Interval.printed("1.0")] * 6).how == "6.0［額のある6施策の合計］"

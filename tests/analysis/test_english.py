"""The second voice: it speaks where the finding holds, and tells the numbers of the Japanese sentence."""

import re
from dataclasses import replace

import pytest

from cyberbudget import analysis, context, english, findings, load, words

from .. import next_year


@pytest.fixture(scope="module")
def told():
    return context.load()


@pytest.mark.parametrize("name", english._VOICES)
def test_the_numbers_are_those_of_the_japanese_sentence(name, doc, told):
    """Amounts (a tenth of 億円) and shares; a growth rate without its sign."""
    japanese = "".join(f"{f.title}{f.sentence}" for f in findings.named(doc, name, told=told))
    if name == "lives_on_supplementary":  # which lays the initial budget of each beside it
        japanese += "".join(map(words.oku, analysis.amounts(doc, "ministry")["current"]))
    (said,) = english.said(doc, name, told=told)
    assert not re.search("[ぁ-ん一-龠]", said)
    amounts = re.findall(r"(?<![\d.])\d[\d,]*\.\d\d(?![\d%]| trillion)", said)
    if name == "total":  # which tells last year's amount
        japanese += words.oku(doc.whole(doc.previous))
    for amount in amounts:
        assert f"{float(amount.replace(',', '')) * 10:,.1f}億円" in japanese, (amount, japanese)
    for share in re.findall(r"\d+(?:\.\d+)?%", said):
        assert share in japanese, (share, japanese)
    assert amounts or "%" in said


def test_it_is_silent_where_nothing_is_found(doc, told):
    flat = replace(doc, measures=doc.measures.assign(current=doc.measures["previous"]))
    for name in english._VOICES:
        assert bool(english.said(flat, name)) == bool(findings.named(flat, name))
    assert english.said(doc, "speed") == []  # nobody told it of other years


def test_another_year_is_told_without_a_word_of_this_one(tmp_path, told):
    other = load(next_year.build(tmp_path / "data") / "fy2025")
    for subject in ("whole", "change", "defence", "supplementary", "coverage", "history"):
        for said in english.about(other, subject, told=told):
            assert "None" not in said and "nan" not in said


def test_the_most_salient_comes_first(doc):
    first, second, *_ = english.about(doc, "change")
    assert first.startswith("Of the rise of 74.73 billion yen, 58.66 billion (78.5%) is one measure")
    assert "+18%" in first and "Cross-cutting" in second


def test_names_and_readings(doc):
    table = english.table(doc)
    assert table["name_en"].notna().all() and list(table["name_en"])[-1] == "Not listed"
    assert english.cell(table["current"].iloc[-1]) == "38.34"
    assert english.rounding(doc.whole(doc.current)) == "0.005"
    assert (
        english.rounding(table["current"].iloc[-1]) == "0.155"
    )  # of the 30 amounts that are printed, and the total
    assert english.romaji("けいざいさんぎょうしょう") == "keizaisangyoushou"
    assert english.romaji("サイバー") == "saiba"

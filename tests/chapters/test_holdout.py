"""Documents with traits that no real one has shown: every chapter and every briefing can be made of them, and reads well."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cyberbook import briefing
from cyberbudget import Figure, Table
from cyberbudget.display import Text
from cyberbudget.load import Document, load

from .. import holdout
from ..notebooks import OUTSIDE, PINNED, run

# Several traits each, which do not get into each other's way; together all of them.
TOGETHER = [
    ("fifth_area", "joint", "no_listed_supplementary"),
    ("exchanged", "fall", "area_lists_nothing"),
    ("no_areas", "no_defence"),
    ("many", "no_previous"),
    ("one_ministry", "nothing_changed", "no_supplementary"),
    ("area_gone", "zero_area", "two_columns"),
]
# What tells of the document; the others are alike for all.
ALIKE = {*OUTSIDE, "accessibility", "data", "glossary"} - {"history"}
CHAPTERS = [name for name in PINNED if name not in ALIKE]
NONSENSE = re.compile(
    r"\b(nan|inf|None)\b|（なし）|(?<![0-9,.])0(件|施策|府省庁|つ)|分野\(\)|「」|（）|−0\.0(?![0-9])|億円億円|、。|。。|は[はが]、|(?P<same>[0-9][0-9.,]+億円)から(?P=same)になりました"
)


@pytest.fixture(scope="module", params=TOGETHER, ids="+".join)
def root(request, tmp_path_factory) -> Path:
    return holdout.build(tmp_path_factory.mktemp("holdout") / "data", *request.param)


@pytest.fixture(scope="module")
def made(root) -> Document:
    return load(root / "fy2025")


def test_every_trait_is_tried():
    tried = [trait for traits in TOGETHER for trait in traits]
    assert sorted(tried) == sorted(holdout.TRAITS)


def said(name: str, root: Path) -> Iterator[str]:
    """What a chapter says of the document: sentences, titles, captions, alternative texts."""
    done = run(name, root)
    assert done.error is None, f"{name}: {done.error}"
    for shown in done.shown:
        if isinstance(shown.value, Text):
            yield from shown.value.lines
        elif isinstance(shown.value, Figure):
            yield from (shown.value.title, shown.value.caption, shown.value.alt)
        elif isinstance(shown.value, Table):
            yield shown.value.caption


def test_every_chapter_can_be_run_and_read(root, made):
    areas = {f"area{number}" for number in made.areas["area"]}
    names = [name for name in CHAPTERS if not re.fullmatch("area[0-9]", name) or name in areas]
    odd = [(name, text) for name in names for text in said(name, root) if NONSENSE.search(text)]
    assert odd == []


@pytest.mark.parametrize("stage", briefing.STAGES)
def test_every_briefing_can_be_told_and_read(stage, made, root, monkeypatch):
    monkeypatch.setenv("CYBERBUDGET_DATA", str(root))
    names = made.measures["measure"]
    about = [*briefing.subjects(made), *(briefing.subject(made, measure=names.iloc[n]) for n in (0, -1))]
    if stage == "16months" and not made.supplementary.given:
        with pytest.raises(briefing.RequestError, match="資料に、令和6年度補正の欄はありません"):
            briefing.tell(made, about[0], stage)
        return
    for subject in about:
        told = briefing.tell(made, subject, stage)
        texts = [told.title, *told.points.lines, *(line for s in told.sections for line in s.text.lines)]
        assert [text for text in texts if NONSENSE.search(text)] == [], subject.slug

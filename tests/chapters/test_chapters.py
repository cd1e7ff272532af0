"""The chapters: how they are written, whether they follow a document that tells another story, whether they are up to date."""

import ast
import re
import shutil
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
import yaml

import cyberbudget as cb
from cyberbook.run import data_digest
from cyberbudget import context, editions, english, findings, outside, prose
from cyberbudget.display import Text
from cyberbudget.load import books, load

from .. import next_year
from ..conftest import DATA
from ..layout import faults
from ..notebooks import CHAPTERS as EVERY
from ..notebooks import OUTSIDE, chapter, code_cells, ours, run, stored
from ..notebooks import PINNED as CHAPTERS
from ..pinned import LAST, ROOT

every_chapter = pytest.mark.parametrize("name", CHAPTERS)

# ── how a chapter is written ────────────────────────────────────────────────────────────────────────

FIGURE_OF_THE_BUDGET = r"[0-9０-９][0-9０-９,.，．]*\s*(?:億円|百万円|兆円|％|%|割|倍|ポイント)"
FIXED_YEAR = r"令和[0-9０-９元]+|平成|(?<![A-Za-z0-9])[RH][0-9]+(?![A-Za-z0-9])|20[0-9]{2}年度"
FIXED_COLUMN = "fy20[0-9]{2}"
FIXED_DIRECTION = "増えました|減りました|増加しました|減少しました|急増|大幅"
LABEL = re.compile(r"^\((\S+)\)=$", re.M)


def markdown_cells(name: str) -> Iterator[str]:
    return (cell.source for cell in chapter(name).cells if cell.cell_type == "markdown")


def quotations() -> set[str]:
    """Quotations that the documents' statements hold: their words, and what stands in their own 「」."""
    quotes = [q for folder in books(DATA) for q in load(folder).statements["quote"]]
    return {*quotes, *(part for quote in quotes for part in re.findall("「([^」]*)」", quote))}


def without_quotations(text: str, quotes: set[str]) -> str:
    return re.sub("「([^」]*)」", lambda m: "" if any(m[1] in quote for quote in quotes) else m[0], text)


def nodes(name: str) -> Iterator[ast.AST]:
    return (node for cell in code_cells(name) for node in ast.walk(ast.parse(cell.source)))


def wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def of_good_length(alt: str) -> bool:
    """60 to 120 characters, two Latin ones counted as one at the upper end."""
    return len(alt) >= 60 and sum(1 if wide(char) else 0.5 for char in alt) <= 120


@every_chapter
def test_nothing_is_fixed_that_the_data_can_change(name):
    """No figure of the budget, year or column is typed, and no direction; what a statement says may be quoted."""
    quotes, written = quotations(), list(markdown_cells(name))
    code = [cell.source for cell in code_cells(name)]
    literals = [str(node.value) for node in nodes(name) if isinstance(node, ast.Constant)]  # f-strings too
    unquoted = [without_quotations(text, quotes) for text in written]
    for pattern, places in (
        (FIGURE_OF_THE_BUDGET, unquoted),
        (FIXED_YEAR, [*written, *code]),
        (FIXED_COLUMN, code),
        (FIXED_DIRECTION, [*written, *literals]),
    ):
        assert not [text for text in places if re.search(pattern, text)]


@every_chapter
def test_a_paragraph_is_one_line(name):
    """A line break between two full-width characters would be shown as a space."""
    found = [
        (above, below)
        for text in markdown_cells(name)
        for above, below in pairwise(text.split("\n"))
        if above and below and not above.startswith("#") and wide(above[-1]) and wide(below[0])
    ]
    assert not found


@every_chapter
def test_words_are_settled(name):
    """本書, 頁 and 四つ, and no space between kana and a number."""
    other = re.compile("この本|ページ|[0-9]つ|[ぁ-ん] [0-9]")
    found = [text for text in (*markdown_cells(name), *texts(name, DATA)) if other.search(text)]
    assert not found


@every_chapter
def test_a_year_is_named(name):
    """A reader of another year does not know which one 今年度 is; one page says what the words mean."""
    told = [*markdown_cells(name), *texts(name, DATA)] if name not in ("how_to_read", "briefing") else []
    assert not [text for text in told if re.search("今年度|昨年度|来年度", text)]


# Briefings are pages of their own, the checks list every sentence; the notes of a page are its own words.
REPEATS = {"briefing", "briefing_guide", "reconciliation"}


def test_no_finding_is_told_twice_on_a_page_or_on_more_than_two():
    told = {name: sentences(name, DATA) for name in CHAPTERS if name not in REPEATS}
    known = {s for f in findings.find(load(DATA / LAST)) for s in str(f).split("。") if s}
    pages = Counter(s for found in told.values() for s in set(found) & known)
    assert not [s for s, count in pages.items() if count > 2]
    assert not [
        (n, s) for n, found in told.items() for s, c in Counter(found).items() if c > 1 and s in known
    ]


@every_chapter
def test_headings(name):
    levels = []
    for text in markdown_cells(name):
        for above, line in pairwise(["", *text.split("\n")]):
            if match := re.match(r"(#+) ", line):
                levels.append(len(match[1]))
                assert levels[-1] > 2 or re.fullmatch(r"\([a-z0-9-]+\)=", above), f"no label above {line}"
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


@every_chapter
def test_code_is_short_defines_nothing_and_needs_little(name):
    cells, found = code_cells(name), list(nodes(name))
    assert 6 <= len(cells) <= 30 or name in ("index", "glossary", "accessibility")
    assert not [cell.id for cell in cells if len(cell.source.split("\n")) > 20]
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    named = [node.value for node in found if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr)]
    assert not [node.name for node in found if isinstance(node, defined)]
    assert not [node.lineno for node in named if isinstance(node, ast.Lambda)]
    modules = [alias.name for node in found if isinstance(node, ast.Import) for alias in node.names]
    modules += [node.module or "" for node in found if isinstance(node, ast.ImportFrom)]
    assert {module.split(".")[0] for module in modules} <= {"cyberbook", "cyberbudget", "pandas"}


@every_chapter
def test_a_number_in_prose_stands_in_the_checks_or_under_its_code(name):
    """One that is no finding's (検算 lists those) is worked out in a cell that a reader can open."""
    doc = load(books(ROOT / "data")[-1])
    known = [
        *map(str, findings.find(doc, context.load(ROOT / "data"))),
        *map(str, doc.commentary),
        doc.source,
        prose.edition(doc),
    ]
    known += [doc.told("edition_note"), doc.meta["edition"]]  # what the document itself prints
    for cell in code_cells(name):
        if "remove-input" not in cell.metadata.get("tags", ()) or name == "briefing":
            continue
        for output in cell.outputs:
            text = re.sub(r"\\(.)", r"\1", output.get("data", {}).get("text/markdown", ""))
            for sentence in (*known, *quotations()):
                text = text.replace(sentence, "")
            assert ours(output) or not re.search(FIGURE_OF_THE_BUDGET, text), text


@every_chapter
def test_metadata_is_normalised(name):
    notebook = chapter(name)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {
            "file_extension": ".py", "mimetype": "text/x-python", "name": "python", "pygments_lexer": "ipython3"
        },
        "cyberbudget": {"data": data_digest()},
    }  # fmt: skip
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert {key for cell in notebook.cells for key in cell.metadata} <= {"tags"}
    counts = [cell.execution_count for cell in code_cells(name)]
    assert counts == list(range(1, len(counts) + 1))


def test_names_are_unique():
    """Of headings, of figures and of tables."""
    labels = [found for name in CHAPTERS for text in markdown_cells(name) for found in LABEL.findall(text)]
    told = [ours(output) for name in CHAPTERS for cell in code_cells(name) for output in cell.outputs]
    figures, tables = ([own[kind] for own in told if kind in own] for kind in ("figure", "table"))
    assert figures and all(figure.startswith("fig-") for figure in figures)
    assert tables and all(table.startswith("tab-") for table in tables)
    assert not [name for name, count in Counter([*labels, *figures, *tables]).items() if count > 1]


# ── a document that tells another story ─────────────────────────────────────────────────────────────

# Sentences whose numbers are the chapter's own choice, or no figure of the budget.
OWN_NUMBERS = re.compile(
    r"分野\([1-4]\)|16か月予算|注[12]|問[1-4]|小数第1位|0として|目盛り一つで10倍|CC BY 4\.0|上位10件|動きの大きい10施策|大きい順に5行|まで6件|0\.1 oku yen"
)
# What stands outside the document, and does not change with it.
BEYOND = re.compile("行政事業レビュー|国が直接払|使えた予算|一般会計")


@pytest.fixture(scope="module")
def turned(tmp_path_factory) -> Path:
    """A data folder with the made-up document; it is read and checked like any other."""
    root = next_year.build(tmp_path_factory.mktemp("next") / "data")
    document = load(books(root)[-1])
    assert (document.meta["fiscal_year"], len(books(root))) == (2025, 2)
    return root


def texts(name: str, data: Path) -> Iterator[str]:
    """The computed texts of a chapter: sentences, captions, titles in the alt texts."""
    for shown in run(name, data).shown:
        if isinstance(shown.value, Text):
            yield repr(shown.value)
        elif isinstance(shown.value, cb.Figure):
            yield shown.value.alt
            yield shown.value.caption
        elif isinstance(shown.value, cb.Table):
            yield shown.value.caption


def sentences(name: str, data: Path) -> list[str]:
    ends = re.compile(r"[。\n]|(?<=[a-z%)])\. ")
    found = (part.removeprefix("- ") for text in texts(name, data) for part in ends.split(text))
    return [part for part in found if part]


def everywhere(data: Path) -> list[tuple[str, str]]:
    return [(name, sentence) for name in CHAPTERS for sentence in sentences(name, data)]


NOW, EXTRA, BEFORE = COLUMNS = ["fy2025_initial", "fy2024_supplementary", "fy2024_initial"]
REST = "施策名のない額"


class Story:
    """The made-up amounts by name, read from the CSV files alone; NaN where — is printed."""

    def __init__(self, root: Path) -> None:
        areas = pd.read_csv(root / "fy2025" / "areas.csv", index_col="area", na_values="—")
        measures = pd.read_csv(root / "fy2025" / "measures.csv", na_values="—").set_index("measure")
        cards = yaml.safe_load((root / "fy2025" / "programmes.yaml").read_text(encoding="utf-8"))
        english = {entry["measure"]: entry["name_en"] for card in cards for entry in card["measures"]}
        self.groups: dict[str, pd.DataFrame] = {
            "area": pd.concat([areas.set_index(key) for key in ("name", "short", "short_en")])[COLUMNS],
            "measure": pd.concat([measures, measures.rename(english)])[COLUMNS],
            "ministry": measures.groupby("ministry")[COLUMNS].sum(min_count=1),
        }
        for area, whole in areas.iterrows():
            own = measures.loc[measures["area"] == area, COLUMNS]
            left = whole[COLUMNS].astype(float).fillna(0) - own.sum()
            self.groups[f"area{area}"] = pd.concat([own, left.to_frame(REST).T])
        names = sorted(
            {name for group in self.groups.values() for name in group.index}, key=len, reverse=True
        )
        ministries = "|".join(self.groups["ministry"].index)
        self.name = f'(?:(?:{ministries})の(?=「))?[「"]?({"|".join(map(re.escape, names))})[」"]?'

    def kind(self, thing: str) -> str:
        found = next(group.loc[thing] for group in self.groups.values() if thing in group.index)
        new, old = found[NOW], found[BEFORE]
        if pd.isna(new) or pd.isna(old):
            return "none" if pd.isna(new) and pd.isna(old) else "new" if pd.isna(old) else "gone"
        return "same" if new == old else "up" if new > old else "down"

    def is_first(self, thing: str, chapter_name: str, size: Callable[[pd.DataFrame], pd.Series]) -> bool:
        """True where nothing else of its sort is larger; in a chapter on an area, none of its measures."""
        groups = [self.groups[key] for key in (chapter_name, *self.groups) if key in self.groups]
        sizes = size(next(group for group in groups if thing in group.index).fillna(0))
        return sizes[thing] >= sizes.drop(REST, errors="ignore").max()


@pytest.fixture(scope="module")
def story(turned) -> Story:
    return Story(turned)


@every_chapter
def test_every_chapter_runs(name, turned):
    """Over both documents; the tests below look at what was shown up to a failure."""
    assert [run(name, data).error for data in (DATA, turned)] == [None, None]


def of_other_documents(root: Path) -> Iterator[str]:
    """What is said of 概算要求 and of parts, which stay as they are whatever document is the newest."""
    docs = editions.known(root)
    granted = editions.granted(docs)
    for text in (
        editions.outcome(granted),
        editions.asked_anew(editions.newcomers(docs)),
        editions.notes(docs),
    ):
        yield from text.lines
    yield editions.headline(granted)


@every_chapter
def test_every_chapter_follows_the_newest_document(name, turned):
    """It names the new year where it names one, and takes no figure over from the old document."""
    before, after = sentences(name, DATA), sentences(name, turned)
    pattern = r"令和{0}年度|(?<![A-Za-z])R{0}(?![0-9])|FY202{1}"
    old, new = re.compile(pattern.format(6, 4)), re.compile(pattern.format(7, 5))
    assert bool(new.search("".join(after))) == bool(old.search("".join(before)))
    doc, beside = load(books(turned)[-1]), context.load(turned)
    told = "".join(map(str, outside.highlights(doc, beside)))  # of index
    told += "".join(english.said(doc, *english._VOICES, told=beside))
    told += "".join(of_other_documents(turned))  # of editions
    stale = [
        s
        for s in after
        if s in before and s not in told and not BEYOND.search(s) and re.search(r"\d", OWN_NUMBERS.sub("", s))
    ]
    # What the commands say of a new folder counts the cells that are empty there, in any year.
    assert name in (*OUTSIDE, "next_year") or not stale


@every_chapter
def test_no_output_shows_what_only_a_program_understands(name, turned):
    words = r"(?<![A-Za-z])(?:inf|nan|NaN|None|NaT)(?![A-Za-z])|Interval\(|Fraction\(|Decimal\("
    # A frame that pandas shows is for those who read programs: there NaN is explained.
    shown = [
        s for data in (DATA, turned) for s in run(name, data).shown if not isinstance(s.value, pd.DataFrame)
    ]
    bundles = [b for s in shown for b in s.outputs]
    visible = [text for b in bundles for mime, text in b.items() if mime != "image/svg+xml"]
    assert not [text for text in visible if re.search(words, text)]


@every_chapter
def test_every_figure_can_be_read(name, turned):
    values = [shown.value for data in (DATA, turned) for shown in run(name, data).shown]
    figures = [value for value in values if isinstance(value, cb.Figure)]
    assert not [(figure.name, found) for figure in figures if (found := faults(figure.canvas))]
    assert not [(figure.name, figure.alt) for figure in figures if not of_good_length(figure.alt)]
    assert all(figure.caption.strip() for figure in figures)


def test_a_fall_never_reads_as_a_rise(turned, story):
    """Of the total, of an area, and wherever a verb bears a sign."""
    whole = re.compile("予算の総額は[^。]*。令和[0-9]年度当初から[^。]*(増え|減り)ました")
    part = re.compile("「([^」]+)」の令和7年度当初予算は[^。]*。令和[0-9]年度当初から[^。]*(増え|減り)ました")
    signed = re.compile(r"(増えました|減りました)（([+−])|(rose|fell) [^()\n]*\(([+−])")
    for data, verb, way in ((DATA, "増え", ("rose", "+")), (turned, "減り", ("fell", "−"))):
        told = [text for name in CHAPTERS for text in texts(name, data)]
        assert {verb} == {found for text in told for found in whole.findall(text)}
        pairs = {tuple(filter(None, m.groups())) for text in told for m in signed.finditer(text)}
        assert way in pairs <= {("増えました", "+"), ("減りました", "−"), way}
    areas = [found for text in told for found in part.findall(text)]
    assert len(areas) > 3
    assert not [pair for pair in areas if story.kind(pair[0]) != {"増え": "up", "減り": "down"}[pair[1]]]


def test_the_largest_is_the_largest(turned, story):
    words = re.compile(
        f"最も大きい(?:分野|施策|府省庁|の)は{story.name}|The largest (?:area|measure), {story.name}"
    )
    told = [(n, s, next(filter(None, m.groups()))) for n, s in everywhere(turned) for m in words.finditer(s)]
    assert told
    assert not [f"{n}: {s}" for n, s, thing in told if not story.is_first(thing, n, lambda group: group[NOW])]


def test_no_dash_stands_for_an_amount_in_a_sentence(turned):
    """「合計—です」 cannot be read aloud; the sign itself may be named as 「—」."""
    bare = re.compile("(?<!「)—(?!」)")
    found = [f"{name}: {s}" for data in (DATA, turned) for name, s in everywhere(data) if bare.search(s)]
    assert not found


def test_no_gap_is_claimed_where_there_is_none(turned):
    """In the made-up document the areas add up to the total; the other columns leave a gap."""
    nothing = re.compile(r"(?<![0-9,.])0\.0+(?:億円| billion yen)")
    claims = re.compile("届きません|示され|分かりません|説明できません|stands in no area")
    assert not [f"{n}: {s}" for n, s in everywhere(turned) if nothing.search(s) and claims.search(s)]


# ── whether the committed outputs are those of the data ─────────────────────────────────────────────


def stale(name: str, data: Path) -> list[str]:
    """Ids of the cells whose committed outputs are not what the code gives over a data folder."""
    fresh = {shown.cell: shown.outputs for shown in run(name, data).shown}
    return [cell.id for cell in code_cells(name) if stored(cell) != fresh.get(cell.id, [])]


@pytest.mark.parametrize("name", EVERY)
def test_committed_outputs_are_up_to_date(name):
    assert not stale(name, ROOT / "data")


@pytest.fixture(scope="module")
def one_amount_changed(tmp_path_factory) -> Path:
    """A copy of the data in which one amount of the newest document is 0.1億円 smaller."""
    root = Path(shutil.copytree(ROOT / "data", tmp_path_factory.mktemp("changed") / "data"))
    path, column = books(root)[-1] / "measures.csv", load(books(root)[-1]).current.name
    rows = next_year.read(path)
    row = max(rows, key=lambda r: Decimal(r[column].replace("—", "0")))
    row[column] = str(Decimal(row[column]) - Decimal("0.1"))
    next_year.write(path, rows)
    return root


@pytest.mark.parametrize("name", ["area3", "overview", "reconciliation"])
def test_one_changed_amount_is_seen(name, one_amount_changed):
    cells = stale(name, one_amount_changed)
    kinds = {type(shown.value) for shown in run(name, one_amount_changed).shown if shown.cell in cells}
    assert kinds >= {"overview": {Text, cb.Figure}, "reconciliation": {Text, cb.Table}}.get(
        name, {Text, cb.Figure}
    )


@pytest.fixture(scope="module")
def context_changed(tmp_path_factory) -> Path:
    """A copy of the data in which every amount of data/context is another one."""
    root = Path(shutil.copytree(ROOT / "data", tmp_path_factory.mktemp("context") / "data"))
    for path in (root / "context").glob("*.csv"):
        rows = next_year.read(path)
        for row in rows:
            for key in row:
                plain = key.endswith("_yen") or key in (
                    "amount",
                    "initial",
                    "supplementary",
                    "budget",
                    "executed",
                )
                if plain and row[key]:
                    row[key] = f"{Decimal(row[key]) * 2:f}"
        next_year.write(path, rows)
    return root


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_chapter_follows_the_context(name, context_changed):
    """Its sentences, its figures and its tables change with data/context: nothing in them is typed."""
    cells = stale(name, context_changed)
    kinds = {type(shown.value) for shown in run(name, context_changed).shown if shown.cell in cells}
    assert kinds >= {Text, cb.Figure, cb.Table} or (name == "decade" and kinds >= {Text, cb.Figure})


# ── what must never be added ────────────────────────────────────────────────────────────────────────


def forbidden(told: context.Context, doc: cb.Document) -> dict[str, float]:
    """Sums of things that are no parts of one whole, in 億円."""
    stages, sums = context.stages(told, doc), {}
    for r in stages.to_dict("records"):
        for one, two in (("request", "initial"), ("request", "supplementary")):
            sums[f"{one} + {two} {r['fiscal_year']}"] = r[one] + r[two]
    for year in context.years(told):
        rows = told.recipients.query("fiscal_year == @year").groupby("depth")["amount_yen"].sum() / 1e8
        sums |= {
            f"direct + {n} {year}": rows.iloc[0] + rows.iloc[1 : n + 1].sum() for n in range(1, len(rows))
        }
    for r in told.items.query("stage == 'revised'").to_dict("records"):
        sums[f"initial + revised {r['item']} {r['fiscal_year']}"] = (r["before_yen"] + r["amount_yen"]) / 1e8
    return {name: value for name, value in sums.items() if value == value}


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_is_no_part_of_one_whole_is_never_added(name):
    """Nothing that a chapter shows, in words, tables or drawings, is such a sum, in 億円, 百万円 or yen."""
    bundles = [output for shown in run(name, DATA).shown for output in shown.outputs]
    shown = "".join(text for bundle in bundles for mime, text in bundle.items() if mime != "image/svg+xml")
    numbers = set(re.findall(r"[0-9][0-9,]*(?:\.[0-9]+)?", shown.replace(",", "")))
    found = {}
    for told, value in forbidden(context.load(DATA), load(DATA / LAST)).items():
        ways = {f"{value:.{digits}f}" for digits in (1, 2, 3)} | {f"{value * 100:.0f}", f"{value * 1e8:.0f}"}
        if same := {way for way in ways & numbers if len(way) > 4}:  # shorter ones meet by chance: 57.2
            found[told] = same
    assert not found
    assert len(numbers) > 50

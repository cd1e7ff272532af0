"""Briefings: what they say, how they are asked for, and that all their formats say the same."""

import os
import re
from decimal import Decimal
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from PIL import Image
from pypdf import PdfReader

from cyberbook import pdf
from cyberbook.briefing import RequestError, chart, make, paper, pictures, produce, subject, subjects, tell
from cyberbook.briefing.content import FORMATS, STAGES, Briefing
from cyberbook.briefing.folder import MANIFEST
from cyberbudget import exact, interval, load, words

from .. import next_year
from ..conftest import DATA, ROOT, flat, needs
from ..pinned import LAST
from .conftest import SETS

MADE = produce.datetime(2025, 4, 1, tzinfo=produce.UTC)
NUMBER = re.compile(r"[+−]?[0-9][0-9,]*(?:\.[0-9]+)?%?")


@pytest.fixture(scope="session", params=subjects(load(DATA / LAST)), ids=lambda s: s.slug)
def made(request: pytest.FixtureRequest) -> tuple[Path, Briefing]:
    """A ready-made set and the briefing it shows."""
    told = tell(load(DATA / LAST), request.param)
    needs((SETS / told.slug).exists(), "ブリーフィング（make book）")
    return SETS / told.slug, told


def file(folder: Path, kind: str) -> Path:
    path = folder / f"{folder.name}.{kind}"
    if kind == "pdf":
        needs(path.exists(), "WeasyPrint のライブラリー（Pango）")
    return path


def parsed(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


# ── what is said ────────────────────────────────────────────────────────────────────────────────────


def listed(key: str, value: str) -> list[dict[str, str]]:
    """The measures of an area or a ministry, from the file itself."""
    return [row for row in next_year.read(DATA / "fy2024" / "measures.csv") if row[key] == value]


def sums(key: str, value: str) -> dict[str, Decimal]:
    """Their amounts, added up."""
    columns = ("fy2024_initial", "fy2023_supplementary", "fy2023_initial")
    return {c: sum(Decimal(r[c].replace("—", "0")) for r in listed(key, value)) for c in columns}


def test_sixteen_subjects(document):
    found = subjects(document)
    assert [s.kind for s in found] == ["whole"] + ["area"] * 4 + ["ministry"] * 11
    assert len({s.slug for s in found}) == 16
    assert all(re.fullmatch("[a-z0-9-]+", s.slug) for s in found)


@pytest.mark.parametrize("name", ["総務省", "防衛省", "内閣官房", "金融庁"])
def test_a_ministry_is_what_its_listed_measures_add_up_to(document, name):
    b = tell(document, subject(document, ministry=name))
    current, extra, previous = sums("ministry", name).values()
    wanted = {"current": current, "supplementary": extra, "previous": previous}
    wanted |= {"sixteen": current + extra, "change": current - previous}
    assert {key: amount.value for key, amount in b.amounts.items()} == wanted
    everyone = [sums("ministry", m)["fy2024_initial"] for m in set(document.measures["ministry"])]
    assert b.share.value == interval.Fraction(current) / interval.Fraction(sum(everyone))
    assert b.rank == 1 + sum(other > current for other in everyone)
    said = "\n".join([b.points.markdown, *(section.text.markdown for section in b.sections)])
    assert (
        words.oku(current) in b.points.markdown
        and f"表にある施策の合計の{words.percent(b.share)}で、" in said
    )
    assert ("最大" if b.rank == 1 else f"{b.rank}番目") in said
    assert words.oku(abs(current - previous)) in b.points.markdown or current == previous


@pytest.mark.parametrize("stage", STAGES)
def test_every_subject_can_be_told(document, stage):
    for found in [*subjects(document), *(subject(document, measure=m) for m in document.measures["id"])]:
        b = tell(document, found, stage)
        said = [*b.points.lines, *b.answers.lines, *b.limits.lines]
        said += [line for section in b.sections for line in section.text.lines]
        text = "\n".join(filter(None, said))
        assert not re.search("nan|None|—億円|[0-9] 件", text)
        assert len(b.points.lines) <= 5 and len(b.limits.lines) >= 2
        assert sum(line.startswith("問") for line in b.answers.lines) in (3, 4)
        # Last year's 16か月予算 is not in the document, and every briefing says so.
        assert "前年度の16か月予算は資料にない" in text
        # No sentence stands twice.
        sentences = re.findall("[^。\n]{12,}。", text)
        assert len(sentences) == len(set(sentences)), [x for x in sentences if sentences.count(x) > 1]


def test_new_grown_and_shrunk_measures_are_named(document):
    b = tell(document, subject(document, ministry="経済産業省"))
    moved = {row[0]: row[4] for row in b.movement.table.cells}
    assert moved["独法等の監視に係る次期システム構築事業"] == "新規"
    assert moved["サイバーセキュリティ経済基盤構築事業"] == "増"
    assert moved["産業サイバーセキュリティ強靱化事業"] == "減"
    assert moved["産業サイバーセキュリティ対策の強化に向けた環境整備事業"] == "—"


def test_small_rows_of_a_chart_are_one_sum(document):
    b = tell(document, subject(document, area="2"))
    chart = b.breakdown.chart
    assert chart.labels[-2:] == ("ほか9件", words.UNLISTED)
    for series, column in zip(chart.series, ("fy2023_initial", "fy2024_initial")):
        assert sum(x.value for x in series.values[:-1]) == sums("area", "2")[column]


def titles(b: Briefing) -> list[str]:
    return [s.title for s in b.sections[:4]]


def test_titles_tell_the_finding(document):
    """What is large, what moved: of an area, of a ministry, of a measure; the largest row where nothing is found."""
    assert titles(tell(document, subject(document))) == [
        "令和6年度当初は2,126.2億円。前年度当初から747.3億円増（+54.2%）",
        "「国際・安全保障」が総額の7割あまりを占める",
        "増加の8割近くは、「情報システムの防護」による",
        "表にある施策の9割近くは、防衛省",
    ]
    assert titles(tell(document, subject(document, area="4"))) == [
        "令和6年度当初は128.4億円。前年度当初から21.9億円減（−14.6%）",
        "8割近くは、施策の名前が分からない",
        "減ったのは、施策名のない額",
        "分野(4)「横断的施策」は、四つの分野の中で3番目の大きさ",
    ]
    assert titles(tell(document, subject(document, ministry="総務省")))[1] == (
        "最も大きい施策は「ナショナルサイバートレーニングセンターの強化」で、17.4億円"
    )
    about = "サイバーセキュリティ統合知的・人材育成基盤の構築"
    assert titles(tell(document, subject(document, measure="1-4")))[:2] == [
        "令和6年度当初は8.5億円。当初は前年度と同額（印刷された桁）",
        f"「{about}」は、分野(1)の表に載る6施策の中で4番目の大きさ",
    ]


def test_the_whole_names_what_drives_it(document):
    """The one measure that is most of the rise, and what remains without it."""
    told = tell(document, subject(document))
    for text in (told.points.markdown, "".join(s.title for s in told.sections)):
        assert "情報システムの防護" in text
    assert "901.5億円から1,062.2億円へ、18%増" in told.points.markdown
    assert "情報システムの防護" in told.answers.markdown


@pytest.mark.parametrize("measure, rank", [("2-12", 12), ("2-13", 12), ("2-14", 14)])
def test_equal_amounts_share_a_place(document, measure, rank):
    """Of 0.4億円 its area has two, after eleven larger ones; 0.3億円 follows them."""
    b = tell(document, subject(document, measure=measure))
    assert b.rank == rank
    said = "".join(filter(None, (line for s in b.sections for line in s.text.lines))) + b.points.markdown
    assert f"{rank}番目の大きさです{'（同額あり）' if rank == 12 else ''}" in said


def test_rows_of_a_chart_stand_largest_first(document):
    """The small ones are one sum, however large it is; the one that is spoken of is always drawn."""
    rows = exact.full(document, "measure", ministry="総務省")
    printed = {row["measure"]: Decimal(row["fy2024_initial"]) for row in listed("ministry", "総務省")}
    names = sorted(printed, key=printed.get, reverse=True)
    about = tell(document, subject(document, ministry="総務省"))
    assert list(about.breakdown.chart.labels) == names != list(printed)
    assert f"「{names[0]}」" in about.breakdown.title
    assert list(chart.top(rows, "current", most=1)["name"]) == [names[0], "ほか4件"]
    last = rows[rows["name"] == names[-1]]["id"].iloc[0]
    shown = list(chart.top(rows, "current", last, most=2)["name"])
    assert shown == [names[0], chart.MARK + names[-1], "ほか3件"]


def test_the_subject_is_always_drawn_and_marked(document):
    """Every measure, ministry and area in a chart beside its peers, however small it is."""
    about = [s for s in subjects(document) if s.kind != "whole"]
    about += [subject(document, measure=m) for m in document.measures["id"]]
    for found in about:
        b = tell(document, found)
        (drawn,) = (
            s.chart for s in b.sections if s.chart and {"peers", "ministries", "areas"} & set(s.tables)
        )
        marked = [label for label in drawn.labels if label.startswith(chart.MARK)]
        assert len(marked) == 1, b.slug
        own = drawn.series[-1].values[drawn.labels.index(marked[0])]
        shown = b.amounts["current"] if not b.amounts["current"].absent else b.amounts["supplementary"]
        assert own.value == shown.value or drawn.stacked, b.slug


def test_the_whole_tells_of_the_largest_measures(document):
    rows = tell(document, subject(document)).cards.table.cells
    names = {name for row in rows for name in row[1].split("、")}
    assert {"情報システムの防護", "リスク管理枠組み（RMF）の導入"} <= names and len(rows) == 5


def test_one_measure_is_not_padded(document):
    """There is nothing to break down, and nothing of it is shown that is not there."""
    b = tell(document, subject(document, ministry="デジタル庁"))
    assert b.single and not b.breakdown.tables and not b.movement.tables and not b.supplement.tables
    for table in b.tables.values():
        assert any(cell not in ("—", "") for row in table.cells for cell in row[1:]), table.caption


# ── how it is made ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("step", ["workbook.write", "word.write", "folder.settle"])
def test_a_failure_leaves_the_old_set(step, tmp_path, monkeypatch):
    """Whatever fails last: the old set is as it was, and nothing half-written stands beside it."""
    folder = produce.produce(produce.Request(ministry="金融庁"), tmp_path, MADE, ours=True)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def fails(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(f"cyberbook.briefing.{step}", fails)
    with pytest.raises(PermissionError):
        produce.produce(produce.Request(ministry="金融庁", stage="16months"), tmp_path, MADE)
    with pytest.raises(PermissionError):
        produce.produce(produce.Request(ministry="金融庁"), tmp_path, MADE)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_the_date(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert produce.made_on().year == 1970
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "x")
    with pytest.raises(RequestError, match="数ではありません"):
        produce.made_on()


# ── the formats ─────────────────────────────────────────────────────────────────────────────────────


def test_a_set_is_complete(made):
    folder, _ = made
    needs(not pdf.missing(), "WeasyPrint のライブラリー（Pango）")
    files = {f"{folder.name}.{kind}" for kind in FORMATS}
    assert {path.name for path in folder.iterdir()} == {"csv", MANIFEST, *files}


def test_html_says_what_the_briefing_says(made):
    """In one file: nothing is fetched, nothing runs."""
    folder, b = made
    soup = parsed(file(folder, "html"))
    assert not soup.find_all(["script", "link", "iframe", "object"])
    assert all(image["src"].startswith("data:") for image in soup.find_all("img"))
    assert "url(" not in soup.style.string and "@import" not in soup.style.string
    assert soup.h1.get_text() == soup.title.get_text() == b.title
    assert [li.get_text() for li in soup.section.find_all("li")] == b.points.lines
    text = soup.get_text()
    for line in (*b.answers.lines, *b.limits.lines, *(x for s in b.sections for x in s.text.lines if x)):
        assert line in text
    for table in b.tables.values():
        rows = soup.find(id=table.name).select("tbody tr")
        assert [tuple(cell.get_text() for cell in row.find_all(["th", "td"])) for row in rows] == table.cells
    drawn = [s.chart for s in b.sections if s.chart]
    assert [image["alt"] for image in soup.find_all("img")] == [chart.figure.alt for chart in drawn]
    assert not [p for p in soup.find_all("p") if ")=" in p.get_text()]  # MyST's labels
    headings = [h.get_text() for h in soup.find_all("h2")]
    parts = [s.heading for s in b.sections]
    assert headings == ["要点", *parts[:-1], "想定問答", "この資料からは言えないこと", "出典と注", parts[-1]]


@pytest.mark.parametrize("scheme, width", [("light", 1280), ("dark", 390)])
def test_html_in_a_browser(scheme, width, browser):
    """It asks for nothing else, fits a phone, and shuts nobody out."""
    path = SETS / "fy2024-area2" / "fy2024-area2.html"
    needs(path.exists(), "ブリーフィング（make book）")
    asked = []
    with browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900}) as page:
        page.on("request", lambda request: asked.append(request.url[:60]))
        page.goto(path.as_uri())
        assert [url for url in asked if not url.startswith(("data:", path.as_uri()[:60]))] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        assert [violation["id"] for violation in found] == []


def known(b: Briefing) -> set[str]:
    """Every number that a briefing holds, as it is written in it: its texts, tables and charts."""
    said = [b.title, b.edition, b.source, b.doc.meta["title"], b.doc.meta["number"]]
    said += [*b.points.lines, *b.answers.lines, *b.limits.lines, *b.sources.lines]
    for section in b.sections:
        said += [section.heading, section.title, *filter(None, section.text.lines)]
        for table in section.tables.values():
            said += [
                table.caption,
                *(c.heading for c in table.columns),
                *(x for row in table.cells for x in row),
            ]
        if drawn := section.chart:
            said += [drawn.title, drawn.subtitle, *drawn.labels, *(s.name for s in drawn.series)]
            said += [words.oku_cell(v) for s in drawn.series for v in (*s.values, *drawn.totals)]
            if drawn.kind == "pairs":
                pairs = zip(drawn.series[1].values, drawn.series[0].values)
                said += [words.percent(rate) for pair in pairs if (rate := interval.growth(*pair))]
    return {number.strip("+−") for number in NUMBER.findall("\n".join(said))}


def test_pdf(made):
    """Two pages of A4 at most; no number on them that the briefing does not hold; what is missing is named."""
    folder, b = made
    reader = PdfReader(file(folder, "pdf"))
    assert 1 <= len(reader.pages) <= 2
    for page in reader.pages:
        assert [round(float(x) * 25.4 / 72) for x in page.mediabox[2:]] == [210, 297]
        fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
        names = {str(font["/BaseFont"]) for font in fonts}
        assert names and all("IPAexGothic" in name and "+" in name for name in names)  # embedded, as a subset
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert [entry.title for entry in reader.outline[:1]] == [b.title]
    printed = "".join(page.extract_text() for page in reader.pages)
    text = flat(printed)
    assert text.index(flat("要点")) < text.index("主な数字")
    for line in (*b.points.lines, *b.limits.lines, *b.sources.lines):
        assert flat(line) in text
    assert "作成日：" in text
    gone = text.partition("省いたもの")[2]
    for block in paper.blocks(b, MADE):
        if block.table:
            shown = all(flat("".join(row)) in text for row in block.table.cells)
            assert shown or flat(block.sheet) in gone or "「" in gone, block.text
        elif block.chart:
            assert flat(block.text) in text or flat(block.sheet) in gone or "「" in gone, block.text
    made_on = {"1", "2", *NUMBER.findall("2024 2025 2026 2027")}
    day = {n for line in printed.splitlines() if "作成日" in line for n in NUMBER.findall(line)}
    labels = {str(n) for n in range(1, 20)}
    # Read with and without the ends of lines, which break numbers and let others run together.
    read = [{n.strip("+−") for n in NUMBER.findall(printed.replace("\n", gap))} for gap in ("", " ")]
    new = (read[0] & read[1]) - known(b) - made_on - day - labels
    assert not new


def test_letters_on_paper_are_large_enough(document):
    """Texts of ten points, tables of nine; letters in drawings too."""
    css = (Path(paper.__file__).with_name("paper.css")).read_text(encoding="utf-8")
    assert float(re.search(r"body \{[^}]*font: ([0-9.]+)pt", css)[1]) >= 10
    assert float(re.search(r"\ntable \{[^}]*font-size: ([0-9.]+)pt", css)[1]) >= 9 == paper.TABLE


def test_the_long_version_leaves_nothing_out(document):
    needs(not pdf.missing(), "WeasyPrint のライブラリー（Pango）")
    b = tell(document, subject(document, area="2"))
    every = paper.blocks(b, MADE)
    shown, pages = paper.fit(every, b, long=True)
    assert shown == every and len(pages.pages) > 2
    short, few = paper.fit(every, b)
    assert short[-1].kind == "spared" and len(few.pages) == 2


def test_the_notebook_can_be_followed_back(made):
    """It begins with what it is about, says whom it was asked for, and ends with the line that makes all files."""
    folder, b = made
    done = nbformat.read(file(folder, "ipynb"), as_version=4)
    nbformat.validate(done)
    assert done.cells[0].source.startswith(f"# {b.title}")
    (given,) = (c.source for c in done.cells if "parameters" in c.metadata.get("tags", ()))
    assert repr(b.subject.key) in given and done.cells[-1].source.startswith("briefing.write(")
    outputs = [o for cell in done.cells for o in cell.get("outputs", ())]
    assert not [o for o in outputs if o.output_type in ("error", "stream")]
    assert b.points.markdown in [o.data.get("text/markdown") for o in outputs]
    assert "](" not in "".join(
        c.source for c in done.cells if c.cell_type == "markdown"
    )  # no link into the book


def test_the_same_input_gives_the_same_bytes(tmp_path):
    """Also in place of an older set."""
    found = []
    for name in ("one", "two"):
        old = tmp_path / "two" / "fy2024-fsa" / "fy2024-fsa.html"
        old.parent.mkdir(parents=True, exist_ok=True)
        old.write_text("前のもの", encoding="utf-8")
        folder = produce.produce(produce.Request(ministry="金融庁"), tmp_path / name, MADE)
        found.append({p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()})
    assert len(found[0]) >= 9
    assert found[0] == found[1]


def test_next_year_with_a_hostile_name(tmp_path, monkeypatch):
    """Another document with another story, and a measure called like a tag, which stays text."""
    data, hostile = next_year.build(tmp_path / "data"), "<b onclick=x>太字</b>&amp;"
    for path in (data / "fy2025").iterdir():
        text = path.read_text(encoding="utf-8")
        text = text.replace("厚生労働省及び関係機関等における情報セキュリティ対策推進費", hostile)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setenv("CYBERBUDGET_DATA", str(data))
    folder = produce.produce(produce.Request(area="2"), tmp_path / "out", MADE)
    assert folder.name == "fy2025-area2"
    soup = parsed(file(folder, "html"))
    assert load(data / "fy2025").current.label in soup.get_text()
    assert not soup.find("b")
    for part in ("rows", "cards"):
        assert hostile in soup.find(id=f"tab-briefing-{part}").get_text()
    assert len(PdfReader(file(folder, "pdf")).pages) <= 2


# ── in the book ─────────────────────────────────────────────────────────────────────────────────────


def test_the_book_offers_every_set(html, newest):
    found = parsed(html / "book" / "briefing_guide.html").select("#tab-briefing-guide-ready a")
    links = [a["href"] for a in found]
    assert len(links) == len(subjects(newest)) * len(FORMATS)
    if not pdf.missing() or os.environ.get("CI"):
        assert [link for link in links if not (html / "book" / link).resolve().is_file()] == []


def test_the_samples_are_up_to_date():
    """The pictures show the numbers of today; else: make pictures."""
    for name in pictures.SAMPLES:
        picture = Image.open(ROOT / "book" / "_static" / f"{name}.png")
        assert picture.text["digest"] == pictures.digest(make())

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
from cyberbook.briefing import STAGES, Briefing, RequestError, make, pictures, subject, subjects, tell
from cyberbook.briefing import produce as brief
from cyberbook.briefing.folder import MANIFEST
from cyberbudget import interval, load, words

from .. import next_year
from ..conftest import DATA, ROOT, flat, needs
from .conftest import SETS

MADE = brief.datetime(2025, 4, 1, tzinfo=brief.UTC)
NUMBER = re.compile(r"[+−]?[0-9][0-9,]*(?:\.[0-9]+)?%?")


@pytest.fixture(scope="session", params=subjects(load()), ids=lambda s: s.slug)
def made(request: pytest.FixtureRequest) -> tuple[Path, Briefing]:
    """A ready-made set and the briefing it shows."""
    told = tell(load(), request.param)
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
    text = b.points.markdown
    assert words.oku(current) in text and f"表にある施策の合計の{words.percent(b.share)}、" in text
    assert ("最大" if b.rank == 1 else f"{b.rank}番目") in text
    assert words.oku(abs(current - previous)) in text or current == previous


@pytest.mark.parametrize("stage", STAGES)
def test_every_subject_can_be_told(document, stage):
    for found in [*subjects(document), *(subject(document, measure=m) for m in document.measures["id"])]:
        b = tell(document, found, stage)
        said = "\n".join([b.points.markdown, b.limits.markdown, *(s.text.markdown for s in b.sections)])
        assert "nan" not in said.lower() and "None" not in said and "—億円" not in said
        assert b.limits.markdown.count("\n") >= 2
        # Last year's 16か月予算 is not in the document, and every briefing says so.
        assert "前年度の16か月予算は、この資料からは分かりません" in b.limits.markdown


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


def test_titles_of_slides(document):
    area, measure = (subject(document, **asked) for asked in ({"area": "4"}, {"measure": "1-4"}))
    assert [s.title for s in tell(document, area).sections[:4]] == [
        "令和6年度当初は128.4億円。前年度当初から21.9億円減りました（−14.6%）",
        "表にある施策では「サイバー分野における教育機能の強化」が最も大きく、25.5億円。施策名のない額はそれを上回る99.3億円",
        "前年度当初と比べて、増えたのは2施策、減ったのは1、同額は1",
        "令和5年度補正の37.3億円を合わせた16か月予算は165.7億円",
    ]
    assert [s.title for s in tell(document, measure).sections[:4]] == [
        "令和6年度当初は8.5億円。当初は前年度と同額（印刷された桁）",
        "「サイバーセキュリティ統合知的・人材育成基盤の構築」は、分野(1)の表にある6施策の中で4番目の大きさ",
        "分野(1)では、増えたのは1施策、減ったのは1、新規は2、同額は1",
        "この施策は、令和5年度補正の額はなく、16か月予算は当初と同じ8.5億円",
    ]


@pytest.mark.parametrize("measure, rank", [("3-6", 21), ("2-10", 21), ("2-11", 24)])
def test_equal_amounts_share_a_place(document, measure, rank):
    """Of 0.7億円 there are three, after twenty larger ones; 0.6億円 follows them."""
    b = tell(document, subject(document, measure=measure))
    assert b.rank == rank
    assert f"{rank}番目の大きさ{'（同額あり）' if rank == 21 else ''}です" in b.points.markdown


@pytest.mark.parametrize("stage", STAGES)
def test_supplementary_money_is_said_of_the_subject(document, stage):
    """Not of its largest part, which the sentence before is about."""
    told = tell(document, subject(document, area="3"), stage).points.markdown.splitlines()[-1]
    assert re.search(r"分野\(3\)「国際・安全保障」の[^。]*補正[^。]*3.1億円", told)


def test_rows_of_a_chart_stand_largest_first(document, monkeypatch):
    """Its title names a measure, never the sum of the small ones, however large it is."""
    about = subject(document, ministry="総務省")
    printed = {row["measure"]: Decimal(row["fy2024_initial"]) for row in listed("ministry", "総務省")}
    names = sorted(printed, key=printed.get, reverse=True)
    assert list(tell(document, about).breakdown.chart.labels) == names != list(printed)
    monkeypatch.setattr("cyberbook.briefing.chart.MOST", 1)
    chart = tell(document, about).breakdown.chart
    assert chart.labels == ("ナショナルサイバートレーニングセンターの強化", "ほか4件")
    assert "「ナショナルサイバートレーニングセンターの強化」" in chart.title


def test_the_whole_tells_of_the_largest_measures(document):
    rows = tell(document, subject(document)).cards.table.cells
    assert [row[1] for row in rows][:2] == [
        "独法等の監視に係る次期システム構築事業",
        "厚生労働省及び関係機関等における情報セキュリティ対策推進費",
    ]
    assert {"情報システムの防護", "リスク管理枠組み（RMF）の導入"} <= {row[1] for row in rows}


# ── how it is made ──────────────────────────────────────────────────────────────────────────────────


def test_a_failure_leaves_the_old_set(tmp_path, monkeypatch):
    """The workbook fails, then the new folder cannot be put in place: the old one is as it was."""
    fakes = {"notebook": nbformat.v4.new_notebook(), "html": "<p>x</p>", "paper": b"x"}
    fakes = {f"produce.{name}": fake for name, fake in fakes.items()}
    for name, fake in (fakes | {"slides.write": None, "workbook.write_csv": None}).items():
        monkeypatch.setattr(f"cyberbook.briefing.{name}", lambda *_, fake=fake: fake)
    monkeypatch.setattr("cyberbook.briefing.workbook.write", lambda *_: 1 / 0)
    old = tmp_path / "fy2024-fsa" / "fy2024-fsa.html"
    old.parent.mkdir()
    old.write_text("前のもの", encoding="utf-8")
    with pytest.raises(ZeroDivisionError):
        brief.produce(brief.Request(ministry="金融庁"), tmp_path, MADE)
    monkeypatch.setattr("cyberbook.briefing.workbook.write", lambda *_: None)
    rename = Path.rename

    def refused(path: Path, to: Path) -> Path:
        """The new folder cannot be put in place; the old one can be moved."""
        if path.parent.name.startswith(".") and path.name != "old":
            raise PermissionError(13, "Permission denied", str(to))
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(PermissionError):
        brief.produce(brief.Request(ministry="金融庁"), tmp_path, MADE)
    assert [p.name for p in tmp_path.rglob("*")] == ["fy2024-fsa", "fy2024-fsa.html"]
    assert old.read_text(encoding="utf-8") == "前のもの"


def test_the_date(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert brief.made_on().year == 1970
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "x")
    with pytest.raises(RequestError, match="数ではありません"):
        brief.made_on()


# ── the formats ─────────────────────────────────────────────────────────────────────────────────────


def test_a_set_is_complete(made):
    folder, _ = made
    needs(not pdf.missing(), "WeasyPrint のライブラリー（Pango）")
    kinds = ("html", "pdf", "pptx", "xlsx", "ipynb")
    assert {path.name for path in folder.iterdir()} == {
        "csv",
        MANIFEST,
        *(f"{folder.name}.{kind}" for kind in kinds),
    }


def test_html_says_what_the_briefing_says(made):
    """In one file: nothing is fetched, nothing runs."""
    folder, b = made
    soup = parsed(file(folder, "html"))
    assert not soup.find_all(["script", "link", "iframe", "object"])
    assert all(image["src"].startswith("data:") for image in soup.find_all("img"))
    assert "url(" not in soup.style.string and "@import" not in soup.style.string
    assert soup.h1.get_text() == soup.title.get_text() == b.title
    assert [li.get_text() for li in soup.section.find_all("li")] == b.points.lines
    for table in b.tables.values():
        rows = soup.find(id=table.name).select("tbody tr")
        assert [tuple(cell.get_text() for cell in row.find_all(["th", "td"])) for row in rows] == table.cells
    drawn = [s.chart for s in b.sections if s.chart]
    assert [image["alt"] for image in soup.find_all("img")] == [chart.figure.alt for chart in drawn]
    assert not [p for p in soup.find_all("p") if ")=" in p.get_text()]  # MyST's labels
    headings = [h.get_text() for h in soup.find_all("h2")]
    assert headings == ["要点", *(s.heading for s in b.sections), "この資料からは言えないこと", "出典と注"]


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
        assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []


def test_pdf(made):
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
    assert all(flat(line) in text for line in b.points.lines)
    assert flat(b.doc.source) in text and "作成日：" in text
    # Whatever part is missing is named.
    soup = parsed(file(folder, "html"))
    for name, told in brief.SPARED.items():
        if name != brief.SENTENCES and soup.find(id=name) and not name.startswith("fig"):
            rows = next(table.cells for table in b.tables.values() if table.name == name)
            shown = all(flat("".join(row)) in text for row in rows)
            assert shown or told in text or (name.endswith("cards") and brief.SPARED[brief.SENTENCES] in text)
    # Every number on paper stands in the HTML or the data of a figure (or is that of a page).
    said = [soup.get_text("\n")]
    for chart in (section.chart for section in b.sections if section.chart):
        before, after = (series.values for series in chart.series)
        said += [chart.title, chart.subtitle, chart.figure.data.to_csv()]
        said += (words.percent(interval.growth(*pair), signed=True) for pair in zip(after, before))
    known = {"1", "2"} | {n.strip("+−") for n in NUMBER.findall("\n".join(said))}
    assert not {n for n in NUMBER.findall(printed.replace("\n", "")) if n.strip("+−") not in known}


def test_the_notebook_can_be_followed_back(made):
    folder, b = made
    done = nbformat.read(file(folder, "ipynb"), as_version=4)
    nbformat.validate(done)
    given = next(c.source for c in done.cells if "injected-parameters" in c.metadata.get("tags", ()))
    assert b.subject.key in given
    outputs = [o for cell in done.cells for o in cell.get("outputs", ())]
    assert not [o for o in outputs if o.output_type in ("error", "stream")]
    assert b.points.markdown in [o.data.get("text/markdown") for o in outputs]


def test_the_same_input_gives_the_same_bytes(tmp_path):
    """Also in place of an older set."""
    found = []
    for name in ("one", "two"):
        old = tmp_path / "two" / "fy2024-fsa" / "fy2024-fsa.html"
        old.parent.mkdir(parents=True, exist_ok=True)
        old.write_text("前のもの", encoding="utf-8")
        folder = brief.produce(brief.Request(ministry="金融庁"), tmp_path / name, MADE)
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
    folder = brief.produce(brief.Request(area="2"), tmp_path / "out", MADE)
    assert folder.name == "fy2025-area2"
    soup = parsed(file(folder, "html"))
    assert load(data / "fy2025").current.label in soup.get_text()
    assert not soup.find("b")
    for part in (soup.section, soup.find(id="tab-briefing-rows"), soup.find(id="tab-briefing-cards")):
        assert hostile in part.get_text()
    assert len(PdfReader(file(folder, "pdf")).pages) <= 2


# ── in the book ─────────────────────────────────────────────────────────────────────────────────────


def test_the_book_offers_every_set(html):
    found = parsed(html / "book" / "briefing_guide.html").select("#tab-briefing-guide-ready a")
    links = [a["href"] for a in found]
    assert len(links) == 16 * 5
    if not pdf.missing() or os.environ.get("CI"):
        assert [link for link in links if not (html / "book" / link).resolve().is_file()] == []


def test_the_samples_are_up_to_date():
    """The pictures show the numbers of today; else: make pictures."""
    for name in pictures.SAMPLES:
        picture = Image.open(ROOT / "book" / "_static" / f"{name}.png")
        assert picture.text["digest"] == pictures.digest(make())

"""The workbook and the CSV files of a briefing: every number is the briefing's, and no text is a formula."""

import csv
import re
import zipfile
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import openpyxl
import pytest
import yaml

from cyberbook import briefing
from cyberbook.briefing import workbook
from cyberbudget import words
from cyberbudget.display import Col, Table
from cyberbudget.interval import ABSENT, Interval
from cyberbudget.load import Document, load

from .. import next_year

MADE = datetime(2024, 3, 1, 9, 30)
HOSTILE = ["=1+1", "+81", "-5", "@SUM(A1)", "＝1+1", '<b>太字</b> & "引用"']


@cache
def briefings() -> list[briefing.Briefing]:
    """Every subject, three measures (one has no amount this year), and some told by the 16か月予算."""
    doc = load()
    measures = [briefing.subject(doc, measure=doc.measures["id"][n]) for n in (5, 16, 25)]
    subjects = [*briefing.subjects(doc), *measures]
    found = [briefing.Briefing(doc, subject) for subject in subjects]
    return found + [briefing.Briefing(doc, subject, "16months") for subject in subjects[::4]]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> list[tuple[briefing.Briefing, Path, openpyxl.Workbook]]:
    """All briefings with the folder that holds their files, and the workbook as it is read back."""
    found = []
    for told in briefings():
        folder = tmp_path_factory.mktemp(told.slug)
        workbook.write(told, folder / "a.xlsx", MADE)
        workbook.write_csv(told, folder)
        found.append((told, folder, sheets(folder / "a.xlsx")))
    return found


def hostile(folder: Path) -> briefing.Briefing:
    """A document whose measures have names that a spreadsheet or a browser could run."""
    measures = next_year.read(folder / "fy2024" / "measures.csv")
    names = {row["measure"]: new for row, new in zip(measures, HOSTILE)}
    for path in folder.glob("fy2024/*.csv"):
        rows = next_year.read(path)
        next_year.write(path, [{k: names.get(v, v) for k, v in row.items()} for row in rows])
    cards = folder / "fy2024" / "programmes.yaml"
    content = yaml.safe_load(cards.read_text(encoding="utf-8"))
    for entry in (entry for card in content for entry in card["measures"]):
        entry["measure"] = names.get(entry["measure"], entry["measure"])
    cards.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    doc = load(folder / "fy2024")
    return briefing.Briefing(doc, briefing.subject(doc, area="1"))


def expected(table: Table) -> tuple[list[str], list[list[object]]]:
    """Headings and rows straight from the briefing, written apart from the program."""
    heads = [
        h
        for c in table.columns
        for h in ([f"{c.heading}：下限", f"{c.heading}：上限"] if c.span else [c.heading])
    ]
    rows = []
    for texts, values in zip(table.cells, table.values):
        row: list[object] = []
        for column, text, value in zip(table.columns, texts, values):
            number = isinstance(value, Interval) and not value.absent
            if column.span:
                row += [value.low, value.high] if number else [ABSENT] * 2
            else:
                row.append(value.value if number and column.form else text or None)
        rows.append(row)
    return heads, rows


def same(found: object, wanted: object) -> bool:
    if isinstance(wanted, Fraction):
        return isinstance(found, int | float) and abs(Fraction(found) - wanted) <= abs(wanted) / 10**14
    return found == wanted


def sheets(path: Path):
    return openpyxl.load_workbook(path)


# ── numbers ─────────────────────────────────────────────────────────────────────────────────────────


def test_every_cell_is_the_briefings(made):
    compared = 0
    for told, _, book in made:
        for table, sheet in zip(told.tables, book.worksheets[1:], strict=False):
            heads, rows = expected(table)
            assert [cell.value for cell in sheet[4]] == heads
            assert sheet.max_row == 4 + len(rows)
            for row, wanted in zip(sheet.iter_rows(min_row=5), rows):
                assert all(same(cell.value, value) for cell, value in zip(row, wanted, strict=True)), (
                    told.slug
                )
                compared += sum(isinstance(value, Fraction) for value in wanted)
    assert compared > 1500


def shown(number: float, form: str) -> str:
    """A number as a spreadsheet shows it, for the formats that tables use."""
    value = Fraction(Decimal(repr(number)))
    digits = len(form.split(";")[0].split(".")[1].rstrip("%"))
    if "%" in form:
        return words.percent(value, digits, signed=form.startswith("+"))
    return words.plain(value, digits, signed=form.startswith("+"))


def test_number_formats_show_what_the_table_shows(made):
    for told, _, book in made:
        for table, sheet in zip(told.tables, book.worksheets[1:], strict=False):
            at = 0
            for number, column in enumerate(table.columns):
                for row, texts in enumerate(table.cells, 5):
                    cells = [sheet.cell(row, at + 1 + n) for n in range(1 + column.span)]
                    for cell in cells:
                        if isinstance(cell.value, str | None):
                            assert column.span or (cell.value or "") == texts[number]
                        elif not column.span:
                            assert shown(cell.value, cell.number_format) == texts[number]
                            assert cell.number_format == column.form
                    if column.span and not isinstance(cells[0].value, str):
                        low, high = (shown(cell.value, cell.number_format) for cell in cells)
                        assert low != high or cells[0].value == cells[1].value, (told.slug, low)
                        assert re.search(r"0\.000?%?$", cells[0].number_format)
                at += 1 + column.span


def test_csv_is_the_workbook(made):
    for told, folder, _ in made:
        files = {path.stem: path for path in folder.glob("*.csv")}
        assert set(files) == {table.name.removeprefix("tab-briefing-") for table in told.tables}
        for table in told.tables:
            data = files[table.name.removeprefix("tab-briefing-")].read_bytes()
            assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\n") == data.count(b"\r\n")
            head, *rows = csv.reader(data.decode("utf-8-sig").splitlines())
            heads, wanted = expected(table)
            assert [h.partition("（1=")[0].removesuffix("（億円）") for h in head] == [
                h.removesuffix("（億円）") for h in heads
            ]
            for row, values in zip(rows, wanted, strict=True):
                for cell, value in zip(row, values, strict=True):
                    if isinstance(value, Fraction):
                        assert same(float(cell), value) and "," not in cell
                    else:
                        assert cell == (value or "")


def test_csv_headings_tell_the_unit(made):
    for told, folder, _ in made:
        for table in told.tables:
            short = table.name.removeprefix("tab-briefing-")
            head = next(csv.reader((folder / f"{short}.csv").read_text(encoding="utf-8-sig").splitlines()))
            forms = [h.form for h in workbook.raw(table)[0]]
            for text, form in zip(head, forms, strict=True):
                assert ("1=100%" in text) == ("%" in form)
                assert not form or "%" in form or "億円" in text


# ── what a sheet looks like ─────────────────────────────────────────────────────────────────────────


def test_sheets_are_set_up(made):
    for told, _, book in made:
        names = book.sheetnames
        assert names[0] == "要点" and len(set(names)) == len(names) and max(map(len, names)) <= 31
        assert names[1 : 1 + len(told.tables)] == [workbook.NAMES[workbook._short(t)] for t in told.tables]
        for sheet in book.worksheets:
            setup = sheet.page_setup
            whole = sheet.title == "要点" or sheet._charts  # one page; other tables as many as they need
            assert (setup.paperSize, setup.orientation) == (9, "landscape")
            assert setup.fitToWidth in (None, 1)  # 1 is the default
            assert setup.fitToHeight in ((None, 1) if whole else (0,)), (told.slug, sheet.title)
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
        for table, sheet in zip(told.tables, book.worksheets[1:], strict=False):
            assert sheet["A1"].value == table.caption
            assert sheet["A2"].value.startswith(table.source)
            assert sheet.freeze_panes == "A5" and sheet.print_title_rows == "$4:$4"
            last = sheet.cell(4 + len(table.cells), sheet.max_column).coordinate
            assert sheet.auto_filter.ref == f"A4:{last}"
            for row in range(len(table.cells)):
                assert (sheet.cell(5 + row, 1).fill.patternType == "lightUp") == (row in table.rest)
            widths = {n: d.width for d in sheet.column_dimensions.values() for n in range(d.min, d.max + 1)}
            for row in sheet.iter_rows(min_row=4):
                for cell in row:
                    width = widths[cell.column]
                    text = str(cell.value or "")
                    lines = sheet.row_dimensions[cell.row].height / 19
                    if isinstance(cell.value, str):
                        assert cell.alignment.wrap_text
                        assert workbook._width(text) <= width * lines, (told.slug, text)
                    elif text:
                        assert len(shown(cell.value, cell.number_format)) < width


def test_front_sheet_says_it_all(made):
    for told, _, book in made:
        cells = [cell.value for cell in book["要点"]["A"] if cell.value]
        assert cells[0] == told.title and "2024年3月1日" in cells and told.doc.meta["edition"] in cells
        for text in (told.points, told.limits, told.sources):
            assert set(workbook.lines(text)) <= set(cells)


def test_charts_are_native_and_point_at_their_rows(made):
    drawn = 0
    for told, folder, book in made:
        for section in told.sections:
            if not section.chart:
                continue
            drawn += 1
            chart = section.chart
            sheet = book[workbook.NAMES[workbook._short(section.tables[0])]]
            (native,) = sheet._charts
            assert native.barDir == "bar" and native.grouping == ("stacked" if chart.stacked else "clustered")
            assert native.x_axis.scaling.orientation == "maxMin"
            values = [list(s.values) for s in chart.series]
            if chart.stacked:
                values.append([a + b for a, b in zip(*values)])
            for series, own in zip(native.series, values, strict=True):
                assert area(book, series.cat.strRef.f) == list(chart.labels)
                found = area(book, series.val.numRef.f)
                assert all(
                    f is None if v.absent else same(f, v.value) for f, v in zip(found, own, strict=True)
                )
            for series in native.series[:2]:
                assert {p.idx for p in series.dPt if p.spPr.pattFill} == set(chart.rest)
        with zipfile.ZipFile(folder / "a.xlsx") as archive:
            drawings = [
                archive.read(n).decode() for n in archive.namelist() if re.search(r"drawing\d+\.xml$", n)
            ]
        assert all('descr="' in drawing for drawing in drawings)
    assert drawn > 15


def area(book, reference: str) -> list:
    """Values of a column of cells."""
    name, _, cells = reference.rpartition("!")
    found = book[name.strip("'")][cells.replace("$", "")]
    return [c.value for (c,) in found] if isinstance(found, tuple) else [found.value]


# ── safety ──────────────────────────────────────────────────────────────────────────────────────────


def test_texts_are_never_formulas(data_copy: Path, tmp_path: Path):
    told = hostile(data_copy)
    workbook.write(told, tmp_path / "a.xlsx", MADE)
    workbook.write_csv(told, tmp_path)
    book = sheets(tmp_path / "a.xlsx")
    cells = [c for sheet in book.worksheets for row in sheet.iter_rows() for c in row if c.value is not None]
    assert not [c for c in cells if c.data_type == "f"] and not [c for c in cells if c.hyperlink]
    texts = {c.value for c in cells}
    names = set(told.breakdown.tables[0].values[n][0] for n in range(6))
    assert {"=1+1", "@SUM(A1)", "＝1+1"} <= names <= texts
    assert all(c.quotePrefix for c in cells if c.value in HOSTILE[:5])
    with (tmp_path / "rows.csv").open(encoding="utf-8-sig", newline="") as file:
        found = [row[0] for row in csv.reader(file)][1:7]
    assert found == [f"'{name}" if name in HOSTILE[:5] else name for name in HOSTILE[:6]]


@pytest.mark.parametrize("text", [*HOSTILE[:5], "\t=2", "\r1", "　=1", "－1", "＠A"])
def test_a_text_that_could_run_is_marked(text: str):
    assert workbook.risky(text)


def test_negative_numbers_stay_numbers(tmp_path: Path):
    fall = Interval(Fraction(-3, 10), Fraction(-2, 10), Fraction(-1, 10))
    columns = (Col("a", "名"), Col("b", "増減", number=True, form="#,##0.0"))
    table = Table(
        "tab-briefing-x",
        "題",
        columns,
        [("−0.2", "−0.2"), ("-1", ABSENT)],
        "出典",
        (),
        [],
        [("", fall), ("", None)],
    )
    assert workbook.raw(table)[1] == [["−0.2", -0.2], ["-1", ABSENT]]
    assert not workbook.risky("−0.2") and not workbook.risky(ABSENT)  # a minus sign, which no program runs


# ── the same every time, and next year ──────────────────────────────────────────────────────────────


def test_same_bytes(document: Document, tmp_path: Path):
    told = briefing.Briefing(document, briefing.subject(document, area="2"))
    tokyo = timezone(timedelta(hours=9))
    moments = {
        "a": MADE,
        "b": MADE,
        "c": (MADE + timedelta(hours=9)).replace(tzinfo=tokyo),
        "d": MADE.replace(tzinfo=UTC),
    }
    for name, moment in moments.items():
        workbook.write(told, tmp_path / f"{name}.xlsx", moment)
    first = (tmp_path / "a.xlsx").read_bytes()
    assert all((tmp_path / f"{name}.xlsx").read_bytes() == first for name in moments)
    properties = sheets(tmp_path / "a.xlsx").properties
    assert properties.created == properties.modified == MADE
    assert (properties.title, properties.creator) == (told.title, "cyberbudget")


def test_next_year(tmp_path: Path):
    doc = load(next_year.build(tmp_path / "data") / "fy2025")
    for subject in briefing.subjects(doc):
        told = briefing.Briefing(doc, subject)
        workbook.write(told, tmp_path / "a.xlsx", MADE)
        book = sheets(tmp_path / "a.xlsx")
        for table, sheet in zip(told.tables, book.worksheets[1:], strict=False):
            for row, wanted in zip(sheet.iter_rows(min_row=5), expected(table)[1]):
                assert all(same(cell.value, value) for cell, value in zip(row, wanted, strict=True))

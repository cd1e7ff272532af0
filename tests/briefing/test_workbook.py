"""The workbook and the CSV files of a briefing: every number is the briefing's, and no text is a formula."""

import csv
import io
import re
import zipfile
from datetime import timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl

from cyberbook.briefing import workbook
from cyberbook.briefing.shared import NAMES, notes
from cyberbudget import tables, words
from cyberbudget.display import Col, Table, inert
from cyberbudget.interval import ABSENT, Interval

from .conftest import MADE, RISKY, series


def expected(table: Table) -> tuple[list[str], list[list[object]]]:
    """Headings and rows straight from the briefing, written apart from the program."""
    heads, rows = [], [[] for _ in table.cells]
    for at, column in enumerate(table.columns):
        heads += [column.heading + end for end in ("：下限", "：上限")] if column.span else [column.heading]
        for row, texts, values in zip(rows, table.cells, table.values):
            value, number = values[at], isinstance(values[at], Interval) and not values[at].absent
            if column.span:
                row += [value.low, value.high] if number else [ABSENT] * 2
            else:
                row.append(value.value if number and column.form else texts[at] or None)
    return heads, rows


def same(found: object, wanted: object) -> bool:
    if isinstance(wanted, Fraction):
        return isinstance(found, int | float) and abs(Fraction(found) - wanted) <= abs(wanted) / 10**14
    return found == wanted


def shown(number: float, form: str) -> str:
    """A number as a spreadsheet shows it, for the formats that tables use."""
    value = Fraction(Decimal(repr(number)))
    digits = len(form.split(";")[0].split(".")[1].rstrip("%"))
    write = words.percent if "%" in form else words.plain
    return write(value, digits, signed=form.startswith("+"))


# ── numbers ─────────────────────────────────────────────────────────────────────────────────────────


def test_every_cell_is_the_briefings_and_shows_what_its_table_shows(written):
    compared = 0
    for one in written:
        for name, (table, sheet) in zip(one.told.tables, one.sheets):
            heads, rows = expected(table)
            assert [cell.value for cell in sheet[4]] == heads
            assert sheet.max_row >= 4 + len(rows) + (name in one.told.adds and not table.summed)
            for cells, wanted, texts in zip(sheet.iter_rows(min_row=5), rows, table.cells):
                found, values = iter(cells), iter(wanted)
                for column, text in zip(table.columns, texts):
                    places = [(next(found), next(values)) for _ in range(1 + column.span)]
                    if text == "合計":
                        assert places[0][0].value == workbook.SUM
                        continue
                    assert all(same(cell.value, value) for cell, value in places), (one.told.slug, text)
                    if not isinstance(places[0][1], Fraction):
                        assert column.span or (places[0][0].value or "") == text
                        continue
                    compared += len(places)
                    forms = {cell.number_format for cell, _ in places}
                    seen = [shown(cell.value, cell.number_format) for cell, _ in places]
                    if column.span:  # two bounds that differ look different
                        assert all(re.search(r"0\.000?%?$", form) for form in forms)
                        assert len(set(seen)) == len({cell.value for cell, _ in places})
                    else:
                        assert (seen, forms) == ([text], {column.form})
    assert compared > 1500


def test_sums_and_what_follows_from_others_are_formulas(written):
    """Changes, rates, shares and totals; each with the value that the table shows, and total rows that add up."""
    kinds = {"change": 0, "rate": 0, "front": 0, "sixteen": 0}
    for one in written:
        for name, table in one.told.tables.items():
            sheet, live = one.book[NAMES[name]], one.formulas[NAMES[name]]
            heads = {cell.value: cell.column for cell in sheet[4]}
            for column in table.columns:
                if column.key in kinds and column.form and not column.span:
                    at = heads[column.heading]
                    cells = [live.cell(5 + row, at) for row in range(len(table.cells))]
                    kinds[column.key] += sum(cell.data_type == "f" for cell in cells)
            if name in one.told.adds and not table.summed:
                last = 5 + len(table.cells)
                assert sheet.cell(last, 1).value == workbook.SUM
                for n, column in enumerate(table.columns):
                    if column.unit and column.form and not column.span:
                        at = heads[column.heading]
                        values = [row[n] for row in table.values]
                        there = [v.value for v in values if isinstance(v, Interval) and not v.absent]
                        assert live.cell(last, at).data_type == "f"
                        total = sheet.cell(last, at).value
                        assert same(total, sum(there)) if there else total == ABSENT
    assert min(kinds.values()) > 20, kinds


def test_csv_is_the_workbook(written):
    for one in written:
        assert {path.stem for path in one.folder.glob("*.csv")} >= set(one.told.tables)
        for name, table in one.told.tables.items():
            data = (one.folder / f"{name}.csv").read_bytes()
            assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\n") == data.count(b"\r\n")
            head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
            heads, wanted = expected(table)
            for text, plain, form in zip(head, heads, [h.form for h in workbook.raw(table)[0]], strict=True):
                unit = "（1=100%）" if "%" in form else "（億円）" if form else ""
                assert text == plain.removesuffix(unit) + unit or (text == plain and "億円" in plain)
            for row, values in zip(rows, wanted, strict=True):
                for cell, value in zip(row, values, strict=True):
                    if isinstance(value, Fraction):
                        assert same(float(cell), value) and "," not in cell
                    else:
                        assert cell == inert(str(value or ""))


# ── what a sheet looks like ─────────────────────────────────────────────────────────────────────────


def test_sheets_are_set_up(written):
    for one in written:
        names = [NAMES[name] for name in one.told.tables]
        names += [workbook.TRIAL] if "rows" in one.told.adds else []
        names += [workbook.CHARTS] if one.charts else []
        assert one.book.sheetnames == [workbook.FRONT, *names]
        front = [cell.hyperlink for cell in one.book[workbook.FRONT]["A"] if cell.hyperlink]
        links = {link.location for link in front}
        assert links == {f"'{name}'!A1" for name in names}
        for sheet in one.book.worksheets:
            setup = sheet.page_setup
            assert (setup.paperSize, setup.orientation) == (9, "landscape")
            assert setup.fitToWidth in (None, 1)  # 1 is the default
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
        for table, sheet in one.sheets:
            assert sheet["A1"].value == table.caption
            assert sheet["A2"].value.startswith(table.source)
            assert sheet.freeze_panes == "A5" and sheet.print_title_rows == "$4:$4"
            (grid,) = sheet.tables.values()  # a table of Excel, to sort and to refer to
            assert grid.ref.startswith("A4:") and grid.autoFilter
            for row in range(len(table.cells)):
                assert (sheet.cell(5 + row, 1).fill.patternType == "lightUp") == (row in table.rest)
            widths = {n: d.width for d in sheet.column_dimensions.values() for n in range(d.min, d.max + 1)}
            rows = sheet.iter_rows(min_row=4, max_row=4 + len(table.cells) - table.summed)
            for cell in (cell for row in rows for cell in row):
                width, text = widths[cell.column], str(cell.value or "")
                if isinstance(cell.value, str):
                    room = width * sheet.row_dimensions[cell.row].height / 19
                    assert cell.alignment.wrap_text or text == ABSENT
                    assert workbook._width(text) <= room, (one.told.slug, text)
                elif text:
                    assert len(shown(cell.value, cell.number_format)) < width


def test_front_sheet_says_it_all(written):
    for one in written:
        told, cells = one.told, [cell.value for cell in one.book["要点"]["A"] if cell.value]
        assert cells[0] == told.title and "2024年3月1日" in cells and told.doc.meta["edition"] in cells
        for text in (told.points, told.limits, told.sources):
            assert set(text.lines) <= set(cells)


def test_charts_are_native_and_point_at_their_rows(written):
    for one in written:
        for name, chart in one.charts:
            (native,) = one.book[NAMES[name]]._charts
            assert native.barDir == "bar" and native.grouping == ("stacked" if chart.stacked else "clustered")
            assert native.x_axis.scaling.orientation == "maxMin"
            for bars, own in zip(native.series, series(chart), strict=True):
                assert area(one.book, bars.cat.strRef.f) == list(chart.labels)
                found = zip(area(one.book, bars.val.numRef.f), own, strict=True)
                assert all(f is None if v.absent else same(f, v.value) for f, v in found)
            for bars in native.series[:2]:
                assert {p.idx for p in bars.dPt if p.spPr.pattFill} == set(chart.rest)
        with zipfile.ZipFile(one.folder / "a.xlsx") as archive:
            drawings = [n for n in archive.namelist() if re.search(r"drawing\d+\.xml$", n)]
            assert len(drawings) == len(one.charts)
            assert all(b'descr="' in archive.read(name) for name in drawings)
    assert sum(len(one.charts) for one in written) > 15


def area(book: openpyxl.Workbook, reference: str) -> list[object]:
    """Values of a column of cells."""
    name, _, cells = reference.rpartition("!")
    found = book[name.strip("'")][cells.replace("$", "")]
    return [c.value for (c,) in found] if isinstance(found, tuple) else [found.value]


# ── safety and determinism ──────────────────────────────────────────────────────────────────────────


def test_texts_are_never_formulas(hostile):
    cells = [cell for sheet in hostile.book.worksheets for row in sheet.iter_rows() for cell in row]
    assert not [c for c in cells if c.hyperlink and not c.hyperlink.location]  # only within the file
    live = [c for sheet in hostile.formulas.worksheets for row in sheet.iter_rows() for c in row]
    assert not [c for c in live if c.data_type == "f" and any(name in str(c.value) for name in RISKY)]
    names = [row[0] for row in hostile.told.breakdown.table.cells][:6]
    assert names[:5] == RISKY and set(names) <= {c.value for c in cells}
    assert all(c.quotePrefix for c in cells if c.value in RISKY)
    with (hostile.folder / "rows.csv").open(encoding="utf-8-sig", newline="") as file:
        found = [row[0] for row in csv.reader(file)][1:7]
    assert found == [f"'{name}" for name in RISKY] + names[5:]


def test_numbers_and_notes_come_from_values():
    """Not from how a cell looks: a negative number is one, a name like a verdict is none."""
    fall = Interval(Fraction(-3, 10), Fraction(-2, 10), Fraction(-1, 10))
    columns = (Col("a", "名"), Col("b", "増減", number=True, form="#,##0.0", unit=tables.UNIT))
    cells = [("新規", "−0.2"), ("-1", "−0.2")]
    table = Table("tab-x", "題", columns, cells, "出典", values=[("新規", fall), ("-1", fall)])
    assert workbook.raw(table)[1] == [["新規", -0.2], ["-1", -0.2]]
    assert notes(table) == ["単位：金額は億円"]
    table.values[1] = ("-1", None)
    assert workbook.raw(table)[1][1] == ["-1", ABSENT]
    assert notes(table) == ["単位：金額は億円", "「—」：額または率がない"]
    assert all(map(workbook.risky, [*RISKY, "\t=2", "\r1", "　=1", "－1", "＠A"]))
    assert not workbook.risky("−0.2") and not workbook.risky(ABSENT)  # a minus sign, which no program runs


def test_the_moment_is_kept_in_utc(written, tmp_path: Path):
    """Wherever the file is made, it has the same bytes."""
    tokyo = (MADE + timedelta(hours=9)).replace(tzinfo=timezone(timedelta(hours=9)))
    workbook.write(written[0].told, tmp_path / "a.xlsx", tokyo)
    assert (tmp_path / "a.xlsx").read_bytes() == (written[0].folder / "a.xlsx").read_bytes()
    properties = written[0].book.properties
    assert properties.created == properties.modified == MADE
    assert (properties.title, properties.creator) == (written[0].told.title, "cyberbudget")

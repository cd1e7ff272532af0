"""All ready-made briefings open in a real office program, whole and with their text, and it computes what we did."""

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from pptx import Presentation
from pypdf import PdfReader

from cyberbook.briefing import subjects
from cyberbudget.load import Document

from ..conftest import flat, needs
from .conftest import SETS


def office(kind: str, folder: Path, *files: Path) -> None:
    """Convert files in LibreOffice with a profile that is not the user's own."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    needs(program, "LibreOffice")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", kind, "--outdir", folder, *files]
    subprocess.run(command, check=True, capture_output=True)


@pytest.mark.parametrize("kind", ["docx", "pptx", "xlsx"])
def test_every_file_opens(kind: str, newest: Document, tmp_path: Path):
    files = sorted(SETS.glob(f"*/*.{kind}"))
    needs(len(files) == len(subjects(newest)), "すべてのブリーフィング（make book）")
    office("pdf", tmp_path, *files)
    for path in files:
        pages = [flat(page.extract_text()) for page in PdfReader(tmp_path / f"{path.stem}.pdf").pages]
        text = "".join(pages)
        assert "要点" in text and "出典：『" in text, path.name
        assert "Err:" not in text and "#REF!" not in text and "###" not in text, path.name
        if kind == "docx":
            assert len(pages) <= 3, path.name  # other fonts than ours may take a little more room
        if kind == "pptx":  # every slide is one page
            titles = [flat(slide.shapes.title.text) for slide in Presentation(str(path)).slides]
            assert [title in page for title, page in zip(titles, pages, strict=True)] == [True] * len(titles)


def test_a_spreadsheet_computes_what_the_briefing_did(written, tmp_path: Path):
    """The formulas alone, without their values: another program comes to the same, and to no error."""
    for n, one in enumerate(written[::3]):
        one.formulas.save(tmp_path / f"{n}.xlsx")  # the values are gone
    (tmp_path / "out").mkdir()
    office("xlsx", tmp_path / "out", *tmp_path.glob("*.xlsx"))
    compared = 0
    for n, one in enumerate(written[::3]):
        found = openpyxl.load_workbook(tmp_path / "out" / f"{n}.xlsx", data_only=True)
        for sheet in one.formulas.worksheets:
            for row in sheet.iter_rows():
                for cell in (cell for cell in row if cell.data_type == "f"):
                    ours = one.book[sheet.title][cell.coordinate].value
                    theirs = found[sheet.title][cell.coordinate].value
                    place = one.told.slug, sheet.title, cell.coordinate, cell.value
                    assert theirs == (
                        pytest.approx(ours, rel=1e-9, abs=1e-9) if isinstance(ours, float) else ours
                    ), place
                    compared += 1
    assert compared > 500

"""The slides and workbooks of all ready-made briefings open in a real office program, whole and with their text."""

import shutil
import subprocess
from pathlib import Path

import pytest
from pptx import Presentation
from pypdf import PdfReader

from ..conftest import flat, needs
from .conftest import SETS


@pytest.mark.parametrize("kind", ["pptx", "xlsx"])
def test_every_file_opens(kind: str, tmp_path: Path):
    office = shutil.which("soffice") or shutil.which("libreoffice")
    needs(office, "LibreOffice")
    files = sorted(SETS.glob(f"*/*.{kind}"))
    needs(len(files) == 16, "ブリーフィング16組（make book）")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"  # not the user's own
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, *files]
    subprocess.run(command, check=True, capture_output=True)
    for path in files:
        pages = [flat(page.extract_text()) for page in PdfReader(tmp_path / f"{path.stem}.pdf").pages]
        text = "".join(pages)
        assert "要点" in text and "出典：『" in text, path.name
        assert "Err:" not in text and "#REF!" not in text and "###" not in text, path.name
        if kind == "pptx":  # every slide is one page
            titles = [flat(slide.shapes.title.text) for slide in Presentation(str(path)).slides]
            assert [title in page for title, page in zip(titles, pages, strict=True)] == [True] * len(titles)

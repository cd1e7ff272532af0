"""The slides and workbooks of all ready-made briefings open in a real office program, whole and with their text."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pptx import Presentation
from pypdf import PdfReader

from ..conftest import needs

SETS = Path(__file__).resolve().parents[2] / "_build" / "ready"


def flat(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.fixture(scope="module", params=["pptx", "xlsx"])
def converted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[Path, list[str]]:
    """Text of each page of every file of a kind, as LibreOffice shows it."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    needs(office, "LibreOffice")
    files = sorted(SETS.glob(f"*/*.{request.param}"))
    needs(files, "ブリーフィング（make book）")
    folder = tmp_path_factory.mktemp(request.param)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"  # not the user's own
    command = [
        office,
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        *map(str, files),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return {
        path: [page.extract_text() for page in PdfReader(folder / f"{path.stem}.pdf").pages] for path in files
    }


def test_every_file_opens(converted):
    assert len(converted) == 16
    for path, pages in converted.items():
        text = flat("".join(pages))
        assert "要点" in text and "出典：『" in text, path.name
        assert "Err:" not in text and "#REF!" not in text and "###" not in text, path.name


def test_every_slide_is_one_page(converted):
    for path, pages in converted.items():
        if path.suffix == ".pptx":
            slides = Presentation(str(path)).slides
            assert len(pages) == len(slides)
            for slide, page in zip(slides, pages):
                assert flat(slide.shapes.title.text_frame.text) in flat(page)

"""Data travel with the package: whoever installs the wheel has them, wherever that is."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ..notebooks import ROOT


def python(code: str, folder: Path, **environment: str) -> str:
    command, told = [sys.executable, "-c", code], {"capture_output": True, "encoding": "utf-8", "check": True}
    return subprocess.run(command, cwd=folder, env=os.environ | environment, **told).stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the unpacked wheel, built from a copy of what it is made of."""
    place = tmp_path_factory.mktemp("wheel")
    for name in ("src", "data"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, place)
    (place / "book").mkdir()
    shutil.copy(ROOT / "book" / "briefing.ipynb", place / "book")
    python("from setuptools.build_meta import build_wheel; build_wheel('.')", place)
    (wheel,) = place.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place / "target")
    shutil.rmtree(place / "data")
    return place / "target"


def test_an_installed_package_has_its_data(installed: Path, tmp_path: Path, document):
    code = "import cyberbudget as c; doc = c.load(); print(c.__file__, doc.folder, doc.source, len(doc.cells), sep=chr(10))"
    told = python(code, tmp_path, PYTHONPATH=str(installed), CYBERBUDGET_DATA="", PYTHONUTF8="1").splitlines()
    package = installed / "cyberbudget"
    folder = package / "data" / document.folder.name
    assert told == [str(package / "__init__.py"), str(folder), document.source, str(len(document.cells))]


def test_the_wheel_holds_every_file_of_the_data(installed: Path):
    inside, ours = (
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (installed / "cyberbudget" / "data", ROOT / "data")
    )
    assert inside == ours

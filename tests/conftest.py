"""Fixtures shared by the tests."""

import shutil
from pathlib import Path

import pytest

from cyberbudget.load import Document, load

DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture(scope="session")
def document() -> Document:
    """The newest document."""
    return load()


@pytest.fixture
def data_copy(tmp_path: Path) -> Path:
    """A copy of data/ that a test may break."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))

"""The documents that literals in the tests belong to, whatever newer ones stand in data/."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from cyberbudget import package
from cyberbudget.load import bare, folders

ROOT = Path(__file__).resolve().parents[1]
LAST = "fy2024"
_place = TemporaryDirectory(prefix="pinned-")  # until this process ends


def data() -> Path:
    """The data folder as it is with LAST as the newest document: the repository's own, or a copy without the newer ones."""
    root = ROOT / "data"
    newer = [folder.name for folder in folders(root) if folder.name > LAST and not bare(folder)]
    if not newer:
        return root
    copy = Path(_place.name) / "data"
    if not copy.exists():
        shutil.copytree(root, copy, ignore=lambda folder, names: newer if Path(folder) == root else ())
        package.follow(copy)
    return copy


DATA = data()

"""Make the samples in 「ブリーフィングの作り方」 anew: ``cyberbook pictures``, with LibreOffice.

Each picture bears the digest of the numbers that it shows, so that a test can tell an old one.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

import pypdfium2
from PIL.PngImagePlugin import PngInfo

from .. import BOOK, READY
from .content import Briefing
from .kinds import make

WIDTH = 640  # pixels
# Sample: file of the briefing, page.
SAMPLES = {"sample-pdf": ("pdf", 0), "sample-slides": ("pptx", 2), "sample-sheet": ("xlsx", 2)}


def digest(briefing: Briefing) -> str:
    """What the numbers of a briefing come down to."""
    tables = (table.csv for table in briefing.tables.values())
    return sha256("\n".join([briefing.title, briefing.points.markdown, *tables]).encode()).hexdigest()


def main() -> int:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if not office:
        told = "LibreOffice がありません。入れてから、もう一度 make pictures を実行してください。"
        print(told, file=sys.stderr)
        return 2
    briefing = make()
    slug, info = briefing.slug, PngInfo()
    info.add_text("digest", digest(briefing))
    with tempfile.TemporaryDirectory() as folder:
        for name, (kind, page) in SAMPLES.items():
            file = READY / slug / f"{slug}.{kind}"
            if kind != "pdf":
                command = [office, "--headless", "--convert-to", "pdf", "--outdir", folder, str(file)]
                subprocess.run(command, check=True, capture_output=True)
                file = Path(folder) / f"{slug}.pdf"
            sheet = pypdfium2.PdfDocument(file)[page]
            picture = sheet.render(scale=2 * WIDTH / sheet.get_width()).to_pil()
            picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width))).quantize(48)
            picture.save(BOOK / "_static" / f"{name}.png", pnginfo=info, optimize=True)
            print(f"{name}.png を作りました")
    return 0

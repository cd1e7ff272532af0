"""The whole book in ``_build/html``: pages first, then the downloads beside them, each made only when it must be.

What a product was made of and what came out of it are kept as digests in ``_build/made.json``. A product is made
again where either differs: another source, another tool, a file that was cut short. Time stamps say nothing here.
Nothing is entered before it stands, so that a build that failed or was interrupted is taken up by the next one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import as_completed
from contextlib import contextmanager, redirect_stderr
from functools import partial
from hashlib import sha256
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from . import BOOK, BUILD, FILES, PDF, READY, ROOT, SITE, last_update, pdf, write
from .briefing import FORMATS, produce
from .kernels import read, told, workers
from .run import data_digest

PAGES = BUILD / "pages" / "html"  # where Sphinx works; the finished pages go to SITE at one stroke
PAPER = BUILD / "pdf" / Path(PDF).name
MADE = BUILD / "made.json"
SOURCES = Path(__file__).resolve().parents[1]
TOOLS = ("requirements.txt", "_config.yml", "_toc.yml")
LINK = re.compile(r"""\b(?:href|src)=(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
MAKERS = ROOT / TOOLS[0]  # stands for whatever has no file of its own


class BuildError(RuntimeError):
    """Why the book cannot be built, in Japanese, with the way on."""


# ── what is there already ───────────────────────────────────────────────────────────────────────────


def digest(*parts: Path | str) -> str:
    """One digest of files, of all files below folders, and of texts."""
    found = sha256()
    for part in parts:
        if isinstance(part, str):
            found.update(part.encode() + b"\0")
            continue
        for path in sorted(part.rglob("*")) if part.is_dir() else [part]:
            if path.is_file() and path.suffix != ".pyc":
                found.update(path.relative_to(part.parent).as_posix().encode() + b"\0")
                found.update(sha256(path.read_bytes()).digest())
    return found.hexdigest()


class Ledger:
    """What was made from what: product → [digest of its sources, digest of what came out]."""

    def __init__(self) -> None:
        try:
            self._made: dict[str, list[str]] = json.loads(MADE.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self._made = {}

    def made_of(self, product: str, result: Path) -> str:
        """What a product that stands as it was made was made from; empty where it does not stand so."""
        known = self._made.get(product)
        return known[0] if known and result.exists() and digest(result) == known[1] else ""

    def holds(self, product: str, made_of: str, result: Path) -> bool:
        """True where a product stands as it was made, and from the same."""
        return self.made_of(product, result) == made_of

    def enter(self, product: str, made_of: str, result: Path) -> None:
        self._made[product] = [made_of, digest(result)]
        self._write()

    def strike(self, product: str) -> None:
        self._made.pop(product, None)
        self._write()

    def _write(self) -> None:
        write(MADE, json.dumps(self._made, indent=1).encode())


# ── the chapters ────────────────────────────────────────────────────────────────────────────────────


def check_chapters() -> None:
    """Stop before a book with two truths: chapters that ended in an error, or are older than the data.

    BuildError with the names of the chapters.
    """
    data, old = data_digest(), []
    for path in sorted(BOOK.glob("*.ipynb")):
        notebook = read(path)
        for number, cell in enumerate(notebook.cells, 1):
            if any(output.output_type == "error" for output in cell.get("outputs", ())):
                raise BuildError(
                    f"{told(path)} の{number}番目のセルに、誤りの出力が残っています。直してから cyberbook run（make run）を実行してください"
                )
        if notebook.metadata.get("cyberbudget", {}).get("data", data) != data:
            old.append(path.stem)
    if old:
        raise BuildError(
            f"データが、章を実行したときから変わっています（{'、'.join(old[:5])}{' など' if old[5:] else ''}、{len(old)}章）。"
            "このままでは章と資料の数字が食い違うので、組みません。cyberbook run（make run）を実行してから、もう一度組んでください"
        )


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────


def sphinx(promised: list[str]) -> None:
    """Let Jupyter Book make the pages that changed; BuildError with all warnings, which are errors here."""
    overrides = {
        "external_toc_path": (ROOT / "_toc.yml").as_posix(),
        "latex_individualpages": False,
        "nitpicky": True,
        "cyberbook_promised": promised,
    }
    said = StringIO()
    with heeding_interrupts(), redirect_stderr(said):
        from jupyter_book.sphinx import build_sphinx

        result = build_sphinx(
            ROOT,
            PAGES,
            noconfig=True,
            path_config=ROOT / "_config.yml",
            confoverrides=overrides,
            quiet=True,
            warningiserror=True,
            keep_going=True,
        )
    if result:
        text = str(result) if isinstance(result, Exception) else re.sub(r"\x1b\[[\d;]*m", "", said.getvalue())
        lines = dict.fromkeys(filter(str.strip, text.replace(f"{ROOT}{os.sep}", "").splitlines()))
        raise BuildError("\n  ".join(["頁を組めません。次のところを直してください。", *lines]))


@contextmanager
def heeding_interrupts() -> Iterator[None]:
    """Raise KeyboardInterrupt at the end where a Ctrl-C was caught on the way, or came in a destructor, which drops it."""
    heard: list[int] = []

    def hear(number: int, frame: Any) -> None:
        heard.append(number)
        signal.default_int_handler(number, frame)

    before = signal.signal(signal.SIGINT, hear)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if heard:
        raise KeyboardInterrupt


def pages(ledger: Ledger, made_of: str, promised: list[str]) -> None:
    """Make the pages that changed, or all of them where what makes them changed or they were tampered with."""
    if ledger.holds("pages", made_of, PAGES.parent):
        return
    names = sorted(path.relative_to(BOOK).as_posix() for path in BOOK.rglob("*"))
    makers = digest(*surroundings(), *names)
    whole = ledger.made_of("pages", PAGES.parent) and ledger.holds("makers", makers, MAKERS)
    ledger.strike("pages")
    if not whole:
        shutil.rmtree(PAGES.parent, ignore_errors=True)
    sphinx(promised)
    ledger.enter("makers", makers, MAKERS)
    ledger.enter("pages", made_of, PAGES.parent)


def surroundings() -> list[Path | str]:
    """What else a page depends on: our code, the tools, its address, its date, the Python that draws it."""
    tools = (ROOT / name for name in TOOLS)
    return [SOURCES, *tools, os.environ.get("BOOK_URL", ""), f"{last_update():%Y-%m-%d}", sys.version]


def publish(downloads: dict[str, Path]) -> None:
    """Put the pages, with the downloads that stand, in place of the old site at one stroke."""
    new, old = SITE.with_name(".html.new"), SITE.with_name(".html.old")
    for folder in (new, old):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(PAGES, new)
    for name, path in downloads.items():
        place(path, new / name)
    if SITE.exists():
        SITE.rename(old)
    new.rename(SITE)
    shutil.rmtree(old, ignore_errors=True)


def place(path: Path, target: Path) -> None:
    """Copy a file or a folder to where a page links to it."""
    if path.is_dir():
        shutil.copytree(path, target, dirs_exist_ok=True)
    else:
        write(target, path.read_bytes())


def dead_links(site: Path) -> list[str]:
    """Links of the built pages that lead to no file or no place in it, each as 「page → link」."""
    texts = {
        path: path.read_text(encoding="utf-8")
        for path in sorted(site.rglob("*.html"))
        if FILES not in path.parts
    }
    places = {path: set(re.findall(r'\b(?:id|name)="([^"]+)"', text)) for path, text in texts.items()}
    found = []
    for path, text in texts.items():
        for link in dict.fromkeys(filter(None, chain.from_iterable(LINK.findall(text)))):
            if re.match(r"[a-z]+:|//", link) or (path.name == "404.html" and link.startswith("#")):
                continue
            address, _, place_in = unquote(link).partition("#")
            target = (path.parent / address.partition("?")[0]).resolve() if address else path
            if not target.exists() or (place_in and target in places and place_in not in places[target]):
                found.append(f"{path.relative_to(site).as_posix()} → {link}")
    return found


# ── all of it ───────────────────────────────────────────────────────────────────────────────────────


tell = partial(print, flush=True)


def book(only_pages: bool = False) -> None:
    """Build the book, or only its pages: the downloads stay as they are, and it does not count as built then.

    Nor does it where it is not sound: BuildError, ChapterError.
    """
    began, ledger = time.monotonic(), Ledger()
    # Pages alone offer the PDF that stands: to ask WeasyPrint would cost more than a page.
    missing = "" if only_pages and ledger.made_of("pdf", PAPER) else pdf.missing()
    check_chapters()
    os.environ["SOURCE_DATE_EPOCH"] = str(int(last_update().timestamp()))
    kinds = [kind for kind in FORMATS if kind != "pdf" or not missing]
    sets = produce.wanted(None, "initial")
    promised = [f"{FILES}/briefing/{slug}/{slug}.{kind}" for slug in sets for kind in kinds]
    promised += [] if missing else [PDF]
    makers = [*surroundings(), data_digest(), *promised]
    made_of = digest(BOOK, *makers)
    if not only_pages and ledger.holds("site", made_of, SITE):
        tell("本はできています：_build/html/index.html")
        return
    ledger.strike("site")
    if missing:
        tell(f"PDF は作りません（{missing}）。ほかはすべて作ります")
    briefed = digest(BOOK / "briefing.ipynb", *makers)
    known = {slug: ledger.made_of(slug, READY / slug) for slug in sets}
    settled = ledger.holds("sets", briefed, MAKERS)
    stale = [] if only_pages else [slug for slug in sets if not (known[slug] and settled)]
    with workers() as pool:
        running = {pool.submit(produce.renew, sets[s], READY, last_update(), known[s]): s for s in stale}
        tell("頁を組んでいます")
        pages(ledger, made_of, promised)
        standing = {f"{FILES}/briefing/{slug}": READY / slug for slug in sets if known[slug]}
        if ledger.made_of("pdf", PAPER):
            standing[PDF] = PAPER
        publish(standing)
        tell(f"頁ができました（{time.monotonic() - began:.1f}秒）：_build/html/index.html")
        if only_pages:
            return
        if not missing:
            tell("本の全体を PDF にしています")
            if not ledger.holds("pdf", made_of, PAPER):
                pdf.write(PAGES, PAPER, tell)
                ledger.enter("pdf", made_of, PAPER)
            place(PAPER, SITE / PDF)
        for number, future in enumerate(as_completed(running), 1):
            slug = running[future]
            ledger.enter(slug, future.result(), READY / slug)
            place(READY / slug, SITE / FILES / "briefing" / slug)
            tell(f"[{number:2}/{len(running)}] ブリーフィング {slug}")
    ledger.enter("sets", briefed, MAKERS)
    if dead := dead_links(SITE):
        raise BuildError("\n  ".join(["行き先のないリンクがあります。章かデータを直してください。", *dead]))
    ledger.enter("site", made_of, SITE)
    tell(f"本ができました（{time.monotonic() - began:.1f}秒）：_build/html/index.html")

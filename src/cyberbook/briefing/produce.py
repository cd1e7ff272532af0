"""Make the files of a briefing.

papermill runs ``briefing.ipynb`` with the question at hand and nbconvert makes one HTML file of it; :mod:`paper`,
:mod:`word`, :mod:`slides` and :mod:`workbook` write the same as PDF, Word, PowerPoint and Excel. A folder appears only
when all of it stands, see :mod:`folder`.
"""

from __future__ import annotations

import os
import tempfile
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from pathlib import Path

import nbformat

from .. import BOOK, kernels, pdf, run
from . import folder, kinds
from .content import Briefing
from .question import RequestError, document, subjects
from .shared import day

Tell = Callable[[str], object]  # takes a line for each step

HERE = Path(__file__).parent
NOTEBOOK = BOOK / "briefing.ipynb"


@dataclass(frozen=True)
class Request:
    """What is asked for, as papermill hands it to the notebook."""

    fiscal_year: int | None = None
    ministry: str = ""
    area: str = ""
    measure: str = ""
    stage: str = "initial"

    def briefing(self) -> Briefing:
        return kinds.make(**vars(self))


def wanted(fiscal_year: int | None, stage: str) -> dict[str, Request]:
    """One for the whole government, every area and every ministry, by the name of its folder."""
    doc = document(fiscal_year)
    asked = [
        (kinds.tell(doc, one, stage).slug, {one.kind: one.key} if one.key else {}) for one in subjects(doc)
    ]
    return {slug: Request(fiscal_year, stage=stage, **named) for slug, named in asked}


def fingerprint(briefing: Briefing) -> str:
    """What the files of a briefing come down to: all that it says and shows, and what writes it."""
    said = [briefing.title, briefing.points, briefing.limits, briefing.sources, briefing.sections]
    shown = [table.values for table in briefing.tables.values()]
    writers = [path.read_bytes() for path in (*sorted(HERE.glob("*.*")), Path(pdf.__file__), NOTEBOOK)]
    return sha256(b"\0".join([repr((said, shown, pdf.missing())).encode(), *writers])).hexdigest()


# ── the formats ─────────────────────────────────────────────────────────────────────────────────────


def notebook(request: Request) -> nbformat.NotebookNode:
    """The chapter, executed with the question at hand."""
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    asked = parameterize_notebook(load_notebook_node(str(NOTEBOOK)), vars(request))
    for number, cell in enumerate(asked.cells, 1):
        cell.id = f"briefing-{number:02}"  # papermill's own cell has a random one
        if "injected-parameters" in cell.metadata.get("tags", ()):  # and writes 総務省 as escapes
            cell.source = "\n".join(f"{name} = {value!r}" for name, value in vars(request).items())
    return run.tidied(kernels.execute(asked, NOTEBOOK))


def html(done: nbformat.NotebookNode, briefing: Briefing, made: datetime) -> str:
    """One self-contained HTML text."""
    from nbconvert.exporters import HTMLExporter

    exporter = HTMLExporter(
        extra_template_paths=[str(HERE)],
        template_file="briefing.html.j2",
        exclude_anchor_links=True,
        filters={"sentences": sentences, "drawing": _drawing},
    )
    meta = briefing.doc.meta
    told = f"『{meta['title']}』（{meta['number']}、{meta['edition']}）"
    resources = {
        "title": briefing.title,
        "source": briefing.doc.source,
        "edition": f"資料：{told}　作成日：{day(made)}",
        "created": f"{made:%Y-%m-%dT%H:%M:%SZ}",
        "css": (HERE / "briefing.css").read_text(encoding="utf-8"),
    }
    return exporter.from_notebook_node(done, resources)[0]


def sentences(markdown: str) -> str:
    """Computed sentences as HTML. They hold names from the data: nothing in them is markup."""
    lines = [escape(line) for line in markdown.splitlines() if line.strip()]
    if lines and all(line.startswith("- ") for line in lines):
        return "<ul>" + "".join(f"<li>{line.removeprefix('- ')}</li>" for line in lines) + "</ul>"
    return "".join(f"<p>{line}</p>" for line in lines)


def _drawing(svg: str) -> str:
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


# ── the set ─────────────────────────────────────────────────────────────────────────────────────────


def make(
    request: Request, work: Path, made: datetime, long: bool = False, tell: Tell = lambda _: None
) -> Path:
    """Make one briefing in a folder of its own below ``work``, where nobody else is; returns that folder.

    On paper it has two pages at most, unless it may be ``long``.
    """
    from . import paper, slides, word, workbook  # the libraries of Office, which no page needs

    briefing = request.briefing()
    slug, new = briefing.slug, work / briefing.slug
    new.mkdir()
    done = notebook(request)
    text = nbformat.writes(done, indent=1, ensure_ascii=False) + "\n"
    (new / f"{slug}.ipynb").write_text(text, "utf-8")
    (new / f"{slug}.html").write_text(html(done, briefing, made), "utf-8")
    memo = paper.blocks(briefing, made)
    if not pdf.missing():
        with pdf.uncomplaining(tell):
            memo, pages = paper.fit(memo, briefing, long)
            (new / f"{slug}.pdf").write_bytes(paper.write(memo, pages))
    word.write(memo, new / f"{slug}.docx", made)
    slides.write(briefing, new / f"{slug}.pptx", made)
    workbook.write(briefing, new / f"{slug}.xlsx", made)
    (new / "csv").mkdir()
    workbook.write_csv(briefing, new / "csv")
    folder.seal(new)
    return new


def produce(request: Request, out: Path, made: datetime, ours: bool = False) -> Path:
    """Make one briefing and put its folder in place, all of it or nothing.

    What was edited since is kept beside it, unless everything in ``out`` is ``ours``. RequestError where it cannot
    be made as asked or something is in the way, OSError where the folder cannot be written.
    """
    target = out / request.briefing().slug
    folder.check(out, [target.name])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".") as work:
        folder.settle(make(request, Path(work), made), target, ours)
    return target


def made_on() -> datetime:
    """SOURCE_DATE_EPOCH, else now: the date a briefing bears."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(UTC).replace(microsecond=0)
    if not epoch.isdecimal():
        told = "1970年からの秒数を書いてください"
        raise RequestError(f"SOURCE_DATE_EPOCH「{epoch}」が数ではありません。{told}")
    return datetime.fromtimestamp(int(epoch), UTC)


def renew(request: Request, out: Path, made: datetime, known: str) -> str:
    """Make one briefing unless what it comes down to is known; returns that."""
    found = fingerprint(request.briefing())
    if found != known:
        produce(request, out, made, ours=True)
    return found

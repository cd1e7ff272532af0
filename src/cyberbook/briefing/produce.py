"""Make the files of a briefing.

A briefing is computed once. :mod:`notebook` shows it, nbconvert makes one HTML file of that, and :mod:`paper`,
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

from .. import pdf
from . import folder, kinds, notebook
from .content import Briefing
from .question import RequestError, document, subjects
from .shared import day

Tell = Callable[[str], object]  # takes a line for each step

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Request:
    """What is asked for, as papermill hands it to the notebook."""

    fiscal_year: int | str | None = None
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
    said = [
        briefing.title,
        briefing.points,
        briefing.questions,
        briefing.limits,
        briefing.sources,
        briefing.sections,
    ]
    shown = [table.values for table in briefing.tables.values()]
    writers = [
        path.read_bytes() for path in (*sorted(HERE.glob("*.*")), Path(pdf.__file__), notebook.CHAPTER)
    ]
    return sha256(b"\0".join([repr((said, shown, pdf.missing())).encode(), *writers])).hexdigest()


# ── the formats ─────────────────────────────────────────────────────────────────────────────────────


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
    told = f"『{meta['title']}』（{meta['number']}、{briefing.edition}）"
    resources = {
        "title": briefing.title,
        "source": briefing.source,
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


@dataclass(frozen=True)
class Look:
    """How the files are to be."""

    template: str = ""  # of the slides, one's own
    short: bool = False  # five slides at most
    long: bool = False  # on paper all of it, however many pages that takes


def make(
    asked: Request | Briefing,
    work: Path,
    made: datetime,
    look: Look = Look(),
    tell: Tell = lambda _: None,
) -> Path:
    """Make one briefing in a folder of its own below ``work``, where nobody else is; returns that folder."""
    from . import paper, slides, word, workbook  # the libraries of Office, which no page needs

    briefing = asked if isinstance(asked, Briefing) else asked.briefing()
    slug, new = briefing.slug, work / briefing.slug
    new.mkdir()
    done = notebook.of(briefing)
    text = nbformat.writes(done, indent=1, ensure_ascii=False) + "\n"
    (new / f"{slug}.ipynb").write_text(text, "utf-8")
    (new / f"{slug}.html").write_text(html(done, briefing, made), "utf-8")
    memo = paper.blocks(briefing, made)
    if not pdf.missing():
        with pdf.uncomplaining(tell):
            memo, pages = paper.fit(memo, briefing, look.long)
            (new / f"{slug}.pdf").write_bytes(paper.write(memo, pages))
    word.write(memo, new / f"{slug}.docx", made)
    slides.write(briefing, new / f"{slug}.pptx", made, look.template, look.short)
    workbook.write(briefing, new / f"{slug}.xlsx", made)
    (new / "csv").mkdir()
    workbook.write_csv(briefing, new / "csv")
    folder.seal(new)
    return new


def write(b: Briefing, out: str | Path = ".", template: str = "", short: bool = False) -> Path:
    """Make all files of a briefing in a folder below ``out``; returns that folder.

    Parameters
    ----------
    b : Briefing
        As it was computed; nothing is computed again.
    out : str or Path
    template : str
        A template of one's own for the slides.
    short : bool
        Five slides at most.

    Raises
    ------
    RequestError
        Where something is in the way or the template will not do.
    """
    return produce(b, Path(out), made_on(), look=Look(template, short))


def produce(
    asked: Request | Briefing,
    out: Path,
    made: datetime,
    ours: bool = False,
    look: Look = Look(),
) -> Path:
    """Make one briefing and put its folder in place, all of it or nothing.

    What was edited since is kept beside it, unless everything in ``out`` is ``ours``. RequestError where it cannot
    be made as asked or something is in the way, OSError where the folder cannot be written.
    """
    briefing = asked if isinstance(asked, Briefing) else asked.briefing()
    target = out / briefing.slug
    folder.check(out, [target.name])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".") as work:
        folder.settle(make(briefing, Path(work), made, look), target, ours)
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
    briefing = request.briefing()
    found = fingerprint(briefing)
    if found != known:
        produce(briefing, out, made, ours=True)
    return found

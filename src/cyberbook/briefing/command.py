"""``cyberbook briefing``: what is asked for is understood and said, made side by side, and put in place."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .. import kernels, pdf
from . import compare, folder, kinds, produce, question, slides, years
from .content import Briefing
from .question import RequestError

SAID = 6  # subjects that are named before the work


class ProduceError(RuntimeError):
    """A briefing that could not be made, for no fault of who asked."""


@dataclass(frozen=True)
class Asked:
    """What the command line says; each option as often as it was given."""

    ministry: Sequence[str] = ()
    area: Sequence[str] = ()
    measure: Sequence[str] = ()
    fy: Sequence[str] = ()
    stage: str = "initial"
    everything: bool = False

    def briefings(self) -> Iterator[tuple[produce.Request, Briefing]]:
        """All that is to be made, as it is asked for and as it is told.

        One for each subject in each year, one that compares the subjects of a year, and one that compares the years of
        a subject. RequestError where they cannot be told, DataError where a document cannot be read.
        """
        named = {kind: "、".join(vars(self)[kind]) for kind in question.KINDS}
        if self.everything and any(named.values()):
            raise RequestError("すべてを作るとき（--all、ALL=1）は、府省庁、分野、施策を指定できません")
        stage, fy = question.stage(self.stage), "、".join(self.fy)
        every: list[list[Briefing]] = []  # year by year
        for doc, subjects in question.over_years(fy, named):
            if self.everything:
                subjects = question.subjects(doc)
            every.append([kinds.tell(doc, one, stage) for one in subjects])
            year = doc.meta["fiscal_year"] if fy else None
            yield from ((self._request(year, [told], stage), told) for told in every[-1])
            if len(subjects) > 1 and not self.everything:
                yield self._request(year, every[-1], stage), compare.beside(every[-1])
        if len(every) > 1 and not self.everything:
            for parts in zip(*every):
                together = years.of(parts)
                yield self._request(together.year, parts[:1], stage), together

    @staticmethod
    def _request(year: int | str | None, told: Sequence[Briefing], stage: str) -> produce.Request:
        about = {
            one.subject.kind: "、".join(other.subject.key for other in told)
            for one in told
            if one.subject.key
        }
        return produce.Request(year, stage=stage, **about)


def run(asked: Asked, out: Path, look: produce.Look = produce.Look()) -> None:  # noqa: B008
    """Make the briefings that are asked for, saying what they are before and where they are after.

    RequestError where they cannot be made as asked or their folder cannot be written, DataError where a document
    cannot be read, ProduceError where one fails. The first failure ends all of them.
    """
    made, wanted = produce.made_on(), list(asked.briefings())
    folder.check(out, [told.slug for _, told in wanted])
    if look.template:
        slides.opened(look.template)
    for _, told in wanted[:SAID]:
        print(f"作るもの：{told.title}")
    if wanted[SAID:]:
        print(f"ほか{len(wanted) - SAID}組")
    sys.stdout.flush()
    if pdf.missing():
        print(f"{pdf.MISSING}{pdf.missing()}\nほかの形のものは作ります。", file=sys.stderr)
    new = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out, prefix=".") as work, kernels.workers() as pool:
            running = [pool.submit(produce.make, request, Path(work), made, look) for request, _ in wanted]
            for number, future in enumerate(as_completed(running), 1):
                made_in = future.result()
                kept = folder.settle(made_in, out / made_in.name)
                print(f"[{number:2}/{len(running)}] {out / made_in.name}", flush=True)
                if kept:
                    others = "、".join(folder.strange(kept)[:3])
                    print(
                        f"        前のものは、あとから手が入っている（{others}）ので、{kept.name} に残しました"
                    )
    except (RequestError, kernels.ChapterError, kernels.KernelError):
        raise
    except Exception as error:
        # Some libraries wrap what the system says.
        system = next((said for said in (error, *error.args) if isinstance(said, OSError)), None)
        if system is not None:
            raise RequestError(folder.in_the_way(system, out)) from error
        why = " ".join(f"{type(error).__name__}：{error}".split())
        raise ProduceError(f"ブリーフィングを作れませんでした（{why}）") from error
    finally:
        if new:
            with suppress(OSError):  # it holds something
                out.rmdir()
    print(f"ブリーフィングを{len(wanted)}組作りました：{out}")

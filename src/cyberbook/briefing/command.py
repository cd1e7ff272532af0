"""``cyberbook briefing``: what is asked for is understood and said, made side by side, and put in place."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import as_completed
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .. import kernels, pdf
from . import folder, produce, question, slides
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

    def requests(self) -> list[produce.Request]:
        """One for each subject, in each year.

        RequestError where they cannot be told, DataError where a document cannot be read.
        """
        named = {kind: "、".join(vars(self)[kind]) for kind in question.KINDS}
        if self.everything and any(named.values()):
            raise RequestError("すべてを作るとき（--all、ALL=1）は、府省庁、分野、施策を指定できません")
        found: list[produce.Request] = []
        stage, years = question.stage(self.stage), question.years("、".join(self.fy))
        for year in years or [None]:  # type: ignore[list-item]
            if self.everything:
                found += produce.wanted(year, stage).values()
                continue
            for one in question.asked(question.document(year), **named):
                about = {one.kind: one.key} if one.key else {}
                found.append(produce.Request(year, stage=stage, **about))
        return found


def run(asked: Asked, out: Path, look: produce.Look = produce.Look()) -> None:  # noqa: B008
    """Make the briefings that are asked for, saying what they are before and where they are after.

    RequestError where they cannot be made as asked or their folder cannot be written, DataError where a document
    cannot be read, ProduceError where one fails. The first failure ends all of them.
    """
    made, requests = produce.made_on(), asked.requests()
    briefings = [request.briefing() for request in requests]
    slugs = [briefing.slug for briefing in briefings]
    folder.check(out, slugs)
    if look.template:
        slides.opened(look.template)
    for briefing in briefings[:SAID]:
        print(f"作るもの：{briefing.title}")
    if briefings[SAID:]:
        print(f"ほか{len(briefings) - SAID}組")
    sys.stdout.flush()
    if pdf.missing():
        print(f"{pdf.MISSING}{pdf.missing()}\nほかの形のものは作ります。", file=sys.stderr)
    new = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out, prefix=".") as work, kernels.workers() as pool:
            running = [pool.submit(produce.make, request, Path(work), made, look) for request in requests]
            for number, future in enumerate(as_completed(running), 1):
                made_in = future.result()
                target = out / made_in.name
                kept = folder.settle(made_in, target)
                print(f"[{number:2}/{len(running)}] {target}", flush=True)
                if kept:
                    told = "、".join(folder.strange(kept)[:3])
                    print(
                        f"        前のものに、ほかの手の入ったもの（{told}）があるので、{kept.name} に残しました"
                    )
    except (RequestError, kernels.ChapterError, kernels.KernelError):
        raise
    except Exception as error:
        # Some libraries wrap what the system says.
        system = next((told for told in (error, *error.args) if isinstance(told, OSError)), None)
        if system is not None:
            raise RequestError(folder.in_the_way(system, out)) from error
        told = " ".join(str(error).split())
        raise ProduceError(f"ブリーフィングを作れませんでした（{type(error).__name__}：{told}）") from error
    finally:
        if new:
            with suppress(OSError):  # it holds something
                out.rmdir()
    print(f"ブリーフィングを{len(requests)}組作りました：{out}")

"""Two classifications at once: who works in which area."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from .. import style, words
from ..display import Figure
from ..load import Document
from .canvas import EDGE, INNER, RIGHT, SMALL, Record, area_names, drawn, known, read, sheet

_OTHER = {"_low": "_high", "_high": "_low"}
_HIGH = 0.3  # inches of a cell; a finger finds it on a phone


@drawn
def heatmap(frame: pd.DataFrame, doc: Document, key: str = "current", **texts: Any) -> Figure:
    """Ministries by areas, the stronger the more, with the amount in every cell; both from the largest.

    Parameters
    ----------
    frame : DataFrame
        Rows of measures with ``ministry``, ``area``, ``rest`` and ``key`` (億円), which are added up. The rows of what
        is not itemised are one hatched row below; of it, what is in no area stands in the sum of the row only.
    doc : Document
    key : str
        The amounts; a cell without any stays empty.
    """
    rows = [r for r in read(frame, key, needs=("ministry", "area", "rest")) if not words.missing(r[key])]
    cells: dict[tuple[str, str], list[Record]] = {}
    for r in rows:
        cells.setdefault((r["ministry"] * (not r["rest"]), r["area"]), []).append(r)

    def sums(who: str | None, area: str | None, bound: str = "") -> float:
        """Amounts of one cell, or of a whole row or column; its bounds as narrow as the document prints the sum."""
        inside = [r for (w, a), c in cells.items() if who in (None, w) and area in (None, a) for r in c]
        told = printed.get(area) if bound else None
        every = [r for (_, a), c in cells.items() if area in (None, a) for r in c]
        if who in (None, "") and told and told.low < math.fsum(r[key] for r in every) < told.high:
            if who is None:
                return float(told.low if bound == "_low" else told.high)
            listed = math.fsum(
                r[key + _OTHER[bound]] for r in every if not r["rest"]
            )  # it is what they leave
            return float(told.low if bound == "_low" else told.high) - listed
        return math.fsum(r[key + bound] for r in inside)

    printed = {}
    if key in doc.totals:
        printed = {None: doc.totals[key].iloc[0], **dict(zip(doc.areas["area"], doc.areas[key]))}
    ministries = sorted({w for w, _ in cells}, key=lambda w: (w == "", -abs(sums(w, None))))
    areas = sorted({a for _, a in cells if a}, key=lambda a: (-abs(sums(None, a)), a))
    names = area_names(doc)
    titles = {who: who or words.UNLISTED for who in ministries}
    left = min(max([style.width(t, style.NOTE) for t in titles.values()], default=0.0) + 0.06, 1.05)
    wide = (INNER - left) / (len(areas) + 1)
    most = max((abs(sums(*place)) for place in cells if place[0]), default=0.0) or 1.0
    with sheet(doc, rows, **{"kind": "濃淡図（ヒートマップ）", **texts}) as page:
        heads = [
            [names.get(a, a)[:3], *style.wrap(names.get(a, "")[3:], wide - 0.04, style.NOTE)] for a in areas
        ]
        heads.append(["計"])
        tall = max(map(len, heads))
        for n, lines in enumerate(heads):
            x = EDGE + left + wide * (n + 0.5)
            for m, text in enumerate(lines):
                page.text(x, page.y + SMALL * (tall - len(lines) + m), text, ha="center")
        page.y += SMALL * tall + 0.05
        for who in [*ministries, None]:
            lines = style.wrap("計" if who is None else titles[who], left - 0.04, style.NOTE)
            high = max(_HIGH, SMALL * len(lines) + 0.06)
            for m, text in enumerate(lines):
                page.text(
                    EDGE, page.y + high / 2 + SMALL * (m - (len(lines) - 1) / 2), text, va="center_baseline"
                )
            for n, area in enumerate([*areas, None]):
                x, inner = EDGE + left + wide * n, who is not None and area is not None
                if inner and (who, area) not in cells:
                    continue
                value = sums(who, area)
                colour = _shade(abs(value) / most) if inner and who else style.PAPER
                if inner:
                    page.rect(x, page.y, wide, high, colour, who == "", label=f"{who}|{area}")
                look: dict[str, Any] = {"color": style.on(colour) if inner and who else style.INK}
                if inner and who == "":
                    look["bbox"] = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.6}
                page.text(x + wide / 2, page.y + high / 2, _number(value, wide, key == "change"), ha="center",
                          va="center_baseline", **look)  # fmt: skip
                where = "総額" if who is None else titles[who]
                where += "" if area is None else f"、{names.get(area, area)}"
                cell = {key + bound: sums(who, area, bound) for bound in ("", "_low", "_high")}
                page.mark(x, page.y, wide, high, f"{where}：{page.note(cell | {'name': where}, key)}")
            page.y += high
            if who is not None and who == (ministries[-1] if ministries else None):
                page.line([EDGE, RIGHT], [page.y, page.y])
        used = sorted(
            {_step(abs(sums(*place)) / most) for place in cells if place[0] and place[1]}, reverse=True
        )
        if len(used) > 1:
            page.y += 0.06
            least = [most * 10 ** ((step - len(style.STEPS)) / 2) for step in used]
            labels = [f"{words.plain(x, 0 if x >= 10 else 1)}超" for x in least[:-1]] + ["それ以下"]
            shades = [style.tint(style.NEUTRAL, style.STEPS[step]) for step in used]
            page.flow([("", style.INK, "濃さ（億円）"), *zip("■" * len(used), shades, labels)])
        outside = known(*(r[key] for (_, area), c in cells.items() if not area for r in c))
        if outside and areas:
            page.y += 0.05
            page.paragraph(f"計は、どの分野にも入らない{words.oku(outside)}を含みます。", color=style.MUTED)
    return page.figure


def _shade(part: float) -> str:
    """The shade of an amount by its part of the largest: the strongest to a third of it, the next to a tenth, and so on."""
    return style.tint(style.NEUTRAL, style.STEPS[_step(part)])


def _step(part: float) -> int:
    step = len(style.STEPS) - 1 + math.ceil(2 * math.log10(part)) if part else 0
    return max(step, 0)


def _number(value: float, room: float, signed: bool) -> str:
    """An amount; without its decimal where it would not fit."""
    text = words.oku_cell(value, signed)
    return text if style.width(text, style.NOTE) <= room - 0.02 else words.plain(value, 0, signed)

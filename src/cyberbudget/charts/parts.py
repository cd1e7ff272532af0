"""Parts of a whole: the treemap of areas and measures, and how much of each area is named at all."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import pandas as pd
import squarify

from .. import exact, style, words
from ..display import Figure
from ..load import Document
from .canvas import (
    EDGE,
    INNER,
    LINE,
    RIGHT,
    TOUCH,
    Nothing,
    Record,
    Sheet,
    area_names,
    brief,
    drawn,
    known,
    numbered,
    read,
    sheet,
)

Box = tuple[float, float, float, float]  # x, y, width, height in inches
_PAD = 0.06
_CLOSE = 0.185  # inches from one small line to the next, in tiles and in the list
_NARROW = 0.8  # inches: a name broken into shorter lines cannot be read


@drawn
def treemap(frame: pd.DataFrame, doc: Document, key: str = "current", height: float = 6.4, least: float = 0.01,
            **texts: Any) -> Figure:  # fmt: skip
    """The whole as one column: a band per strategy area, in it a tile per measure, all areas to one scale.

    Every band is as wide as the figure, so that its height tells its size and its name always finds room above
    it. A tile holds its name and amount where they fit, else a line below its band does. What is not itemised is
    hatched, at the right of its area or, where it is in no area, as a band of its own.

    Parameters
    ----------
    frame : DataFrame
        ``name``, ``area`` ("" for what is in no area), ``rest`` and ``key``, in 億円; rows add up to the whole.
    doc : Document
    key : str
        The amounts; rows without one have no tile.
    height : float
        Inches of all bands together.
    least : float
        Part of the whole; what is smaller, and not the largest of its area, is one tile 「ほかn件」 of its area.

    Raises
    ------
    ValueError
        Where an amount is negative.
    """
    rows = read(frame, key, needs=("area", "rest"))
    for row, name in zip(rows, exact.whose(frame, doc)["name"]):
        row["whose"] = name
    whole = known(*(r[key] for r in rows))
    if any(r[key] < 0 for r in rows):
        raise ValueError("面積で示せるのは、正の金額だけです")
    if not whole:
        raise Nothing
    areas: dict[str, list[Record]] = {}
    for row in sorted(rows, key=lambda r: (r["rest"], -known(r[key]))):
        areas.setdefault(row["area"], []).append(row)
    sums = {area: known(*(r[key] for r in own)) for area, own in areas.items()}
    names = area_names(doc)
    one = "分野" if len(areas) == 1 and names.keys() & areas else "全体"
    with sheet(doc, rows, **{"kind": "面積図（ツリーマップ）", **texts}) as page:
        for area in sorted(areas, key=lambda a: (a not in names, -sums[a])):
            own, high = areas[area], sums[area] / whole * height
            only = own[0]["name"] if len(own) == 1 else "全体" if len(areas) == 1 else words.OUTSIDE_AREAS
            share = "" if len(areas) == 1 else f"（{words.percent(sums[area] / whole)}）"
            page.heading(names.get(area, only), words.oku(sums[area]) + share)
            for row in (r for r in own if r[key] > 0):
                row["told"] = f"{row['whose']}：{page.note(row, key)}、{one}の{_part(row[key] / whole)}"
            below: list[tuple[str, Record]] = []  # number and row of the tiles that do not hold their name
            for row, box in _tiles(_grouped(own, key, least * whole), key, (EDGE, page.y, INNER, high)):
                page.rect(*box, style.colour(area), row["rest"], label=row["name"])
                named = row["name"] == names.get(area, only) or _named(page, row, key, box)
                if not named:
                    below.append((_number(page, row, box, str(len(below) + 1)), row))
                if named or min(box[2:]) >= TOUCH:
                    share = f"{one}の{_part(row[key] / whole)}" + "（内訳は表）" * bool(page.table)
                    page.mark(*box, row["told"] or f"{row['name']}：{words.oku(row[key])}、{share}", row)
            page.y += high + 0.04
            _lines(page, below, key)
            page.y += 0.06
    return page.figure


def _part(share: float) -> str:
    """A share in words that is not nothing."""
    return words.percent(share) if not 0 < share < 0.0005 else "0.1%未満"


def _grouped(rows: list[Record], key: str, least: float) -> list[Record]:
    """The rows that have an amount; the small ones but for the first as one, before what is not itemised."""
    shown = [r for r in rows if r[key] > 0]
    small = [r for n, r in enumerate(shown) if n and r[key] < least and not r["rest"]]
    if len(small) < 2:
        return shown
    name, amount = f"ほか{len(small)}件", known(*(r[key] for r in small))
    others = small[0] | {"name": name, "whose": name, key: amount, "told": "", "id": ""}
    large = [r for r in shown if not any(r is s for s in small)]
    return sorted([*large, others], key=lambda r: bool(r["rest"]))


def _tiles(rows: list[Record], key: str, box: Box) -> list[tuple[Record, Box]]:
    """A rectangle for every row: the named ones as square as can be, what is not itemised to their right."""
    x, y, width, height = box
    whole, found = known(*(r[key] for r in rows)), []
    for rest in (False, True):
        some = [r for r in rows if r["rest"] == rest]
        sizes = [
            float(round(r[key] * 1e4)) or 1.0 for r in some
        ]  # whole numbers: sums are the same on every Python
        wide = width * known(*(r[key] for r in some)) / whole if some else 0.0
        unit = math.sqrt(math.fsum(sizes) / (wide * height)) if some else 1.0
        for row, r in zip(some, squarify.squarify(sizes, 0, 0, wide * unit, height * unit) if some else ()):
            found.append((row, (x + r["x"] / unit, y + r["y"] / unit, r["dx"] / unit, r["dy"] / unit)))
        x += wide
    return found


def _named(page: Sheet, row: Record, key: str, box: Box) -> bool:
    """Write name and amount into a tile, if they fit, with the ministry where that fits too."""
    amount, room = words.oku_cell(row[key]), box[2] - 2 * _PAD
    looks = product(((style.TEXT, LINE), (style.NOTE, _CLOSE)), dict.fromkeys((row["whose"], row["name"])))
    for (size, step), name in looks:
        one = f"{name} {amount}"
        if style.width(one, size) <= room and step <= box[3] < 2 * step:
            return _write(page, row, box, [one], size)
        lines = [*style.wrap(name, room, size), amount]
        wide = max(style.width(line, size) for line in lines)
        if wide <= room and len(lines) * step + _PAD <= box[3] and (room >= _NARROW or len(lines) == 2):
            return _write(page, row, box, lines, size)
    return False


def _write(page: Sheet, row: Record, box: Box, lines: list[str], size: float) -> bool:
    colour = style.INK if row["rest"] else style.on(style.colour(row["area"]))
    back = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.6} if row["rest"] else None
    look: dict[str, Any] = {"color": colour, "bbox": back}
    if len(lines) == 1:
        x, ha = (box[0] + box[2] / 2, "center") if lines[0].isdigit() else (box[0] + _PAD, "left")
        page.text(x, box[1] + box[3] / 2, lines[0], size, va="center_baseline", ha=ha, **look)
    else:
        for n, line in enumerate(lines):
            step = LINE if size == style.TEXT else _CLOSE
            page.text(box[0] + _PAD, box[1] + _PAD + step * n, line, size, **look)
    return True


def _number(page: Sheet, row: Record, box: Box, number: str) -> str:
    """Write a number into a tile and return it; none where it does not fit, or where the hatch says enough."""
    if row["rest"] or box[2] < style.width(number, style.NOTE) + 0.04 or box[3] < _CLOSE:
        return ""
    _write(page, row, box, [number], style.NOTE)
    return number


def _lines(page: Sheet, below: list[tuple[str, Record]], key: str) -> None:
    """Under a band a line for each tile that does not hold its name; one mark for those a finger cannot find."""
    top = page.y
    for number, row in below:
        box = EDGE, page.y + 0.005, 0.26, _CLOSE - 0.02
        if number or row["rest"]:  # a colour alone would not tell which tile
            page.rect(*box, style.colour(row["area"]), row["rest"])
        if number:
            _write(page, row, box, [number], style.NOTE)
        page.text(RIGHT, page.y, words.oku_cell(row[key]), ha="right")
        for text in style.wrap(row["whose"], INNER - 0.95, style.NOTE):
            page.text(EDGE + 0.34, page.y, text)
            page.y += _CLOSE
    if told := [row["told"] for _, row in below if row["told"]]:
        page.mark(EDGE, top, INNER, page.y - top, brief(told))


@drawn
def named(frame: pd.DataFrame, doc: Document, **texts: Any) -> Figure:
    """One bar per area, all of the same length: what the named measures make of it, and hatched what is not named.

    Parameters
    ----------
    frame : DataFrame
        ``name``, ``area``, ``whole``, ``listed``, ``left`` (億円) and ``share`` (of the listed, a ratio).
    doc : Document
    """
    rows = read(frame, "whole", "listed", "left", "share")
    with sheet(doc, rows, **{"kind": "帯グラフ", **texts}) as page:
        numbers, high = page.key(rows), 0.26
        for row in rows:
            top, share = page.y, known(row["share"])
            page.heading(numbered(row, numbers), f"全体 {words.oku(row['whole'])}")
            told = [page.note(row, key) for key in ("listed", "left", "share")]
            ends, x = {False: share, True: 1 - share}, EDGE
            for rest, part in ends.items():
                amount, wide = words.oku_cell(row["left" if rest else "listed"]), part * INNER
                page.rect(x, page.y, wide, high, style.colour(row["area"]), rest, label=row["name"])
                ratio = f"（{words.percent(part)}）"
                head = "施策名なし" if rest else "施策名あり"
                for text in (f"{head} {amount}{ratio}", f"{amount}{ratio}", amount):
                    if row["share"] == row["share"] and style.width(text, style.NOTE) + 0.1 <= wide:
                        _write(page, row | {"rest": rest}, (x, page.y, wide, high), [text], style.NOTE)
                        break
                x += wide
            page.y += high
            page.mark(0, top, style.WIDTH, page.y - top, f"{row['name']}：{'、'.join(told)}")
            page.y += 0.13
    return page.figure

"""Parts of a whole: the treemap of areas and measures, and how much of each area is named at all."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import squarify

from .. import style, words
from ..display import Figure
from ..load import Document
from .canvas import EDGE, INNER, LINE, RIGHT, TOUCH, Record, Sheet, area_names, known, numbered, read, sheet

Box = tuple[float, float, float, float]  # x, y, width, height in inches
_PAD = 0.06
_CLOSE = 0.185  # inches from one small line to the next, in tiles and in the list
_NARROW = 0.8  # inches: a name broken into shorter lines cannot be read


def treemap(
    frame: pd.DataFrame,
    doc: Document,
    key: str = "current",
    height: float = 5.0,
    numbered: bool = True,
    **texts: Any,
) -> Figure:
    """The whole as one column: a band per strategy area, in it a tile per measure, all areas to one scale.

    Every band is as wide as the figure, so that its height tells its size and its name always finds room above
    it. A tile holds its name and amount where they fit, else a number that a list below explains; those too small
    for a number are one line of the list. What is not itemised is hatched, at the right of its area or, where it
    is in no area, as a band of its own.

    Parameters
    ----------
    frame : DataFrame
        ``name``, ``area`` ("" for what is in no area), ``rest`` and ``key``, in 億円; rows add up to the whole.
    doc : Document
    key : str
        The amounts; rows without one have no tile.
    height : float
        Inches of all bands together.
    numbered : bool
        Whether small tiles bear numbers that a list below explains; without it only a pointer names them.

    Raises
    ------
    ValueError
        Where an amount is negative or there is none at all.
    """
    rows = read(frame, key, needs=("area", "rest"))
    whole = known(*(r[key] for r in rows))
    if any(r[key] < 0 for r in rows) or not whole:
        raise ValueError("面積で示せるのは、正の金額だけです")
    areas: dict[str, list[Record]] = {}
    for row in sorted(rows, key=lambda r: (r["rest"], -known(r[key]))):
        areas.setdefault(row["area"], []).append(row)
    sums = {area: known(*(r[key] for r in own)) for area, own in areas.items()}
    names = area_names(doc)
    listed: list[
        tuple[str, list[Record]]
    ] = []  # what the list says: a number, if there is one, and the rows of a line
    with sheet(doc, rows, **{"kind": "面積図（ツリーマップ）", **texts}) as page:
        for area in sorted(areas, key=lambda a: (a not in names, -sums[a])):
            own, high = areas[area], sums[area] / whole * height
            only = own[0]["name"] if len(own) == 1 else "全体" if len(areas) == 1 else words.OUTSIDE_AREAS
            share = "" if len(areas) == 1 else f"（{words.percent(sums[area] / whole)}）"
            page.heading(names.get(area, only), words.oku(sums[area]) + share)
            small: dict[bool, list[Record]] = {}
            for row, box in _tiles([r for r in own if r[key] > 0], key, (EDGE, page.y, INNER, high)):
                row["told"] = f"{row['name']}：{page.note(row, key)}、全体の{words.percent(row[key] / whole)}"
                number = str(sum(bool(n) for n, _ in listed) + 1)
                page.rect(*box, style.colour(area), row["rest"], label=row["name"])
                if row["name"] != names.get(area, only) and not _named(page, row, key, box):
                    if not numbered:
                        page.mark(*box, row["told"])
                        continue
                    if box[2] < style.width(number, style.NOTE) + 0.02 or box[3] < 0.14:
                        small.setdefault(row["rest"], []).append(row)
                        continue
                    _write(page, row, box, [number], style.NOTE)
                    listed.append((number, [row]))
                    if min(box[2:]) < TOUCH:
                        continue  # a finger finds it in the list
                page.mark(*box, row["told"])
            listed += [("", some) for some in small.values()]
            page.y += high + 0.08
        for entry in listed:
            _line(page, *entry, key, names.get(entry[1][0]["area"], "")[:3])
    return page.figure


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
    """Write name and amount into a tile, if they fit."""
    amount, room = words.oku_cell(row[key]), box[2] - 2 * _PAD
    one = f"{row['name']} {amount}"
    for size, step in ((style.TEXT, LINE), (style.NOTE, _CLOSE)):
        if style.width(one, size) <= room and step <= box[3] < 2 * step:
            return _write(page, row, box, [one], size)
        lines = [*style.wrap(row["name"], room, size), amount]
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


def _line(page: Sheet, number: str, rows: list[Record], key: str, area: str) -> None:
    """One line of the list: the number on its colour, the name with that of its area, and the amount."""
    top, amount = page.y, known(*(r[key] for r in rows))
    box = EDGE, page.y + 0.005, 0.26, _CLOSE - 0.02
    page.rect(*box, style.colour(rows[0]["area"]), rows[0]["rest"])
    if number:
        _write(page, rows[0], box, [number], style.NOTE)
    name = rows[0]["name"] if len(rows) == 1 else f"小さい{len(rows)}件の合計"
    page.text(RIGHT, page.y, words.oku_cell(amount), ha="right")
    for text in style.wrap(name if number or name.endswith(area) else name + area, INNER - 0.95, style.NOTE):
        page.text(EDGE + 0.34, page.y, text)
        page.y += _CLOSE
    each = "、".join(f"{r['name']} {words.oku(r[key])}" for r in rows)
    page.mark(EDGE, top, INNER, page.y - top, rows[0]["told"] if len(rows) == 1 else f"{name}：{each}")


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
                head = "載らない" if rest else "名前が載る"
                for text in (f"{head} {amount}{ratio}", f"{amount}{ratio}", amount):
                    if row["share"] == row["share"] and style.width(text, style.NOTE) + 0.1 <= wide:
                        _write(page, row | {"rest": rest}, (x, page.y, wide, high), [text], style.NOTE)
                        break
                x += wide
            page.y += high
            page.mark(0, top, style.WIDTH, page.y - top, f"{row['name']}：{'、'.join(told)}")
            page.y += 0.13
    return page.figure

"""The one look of all figures: palette, sizes and font."""

from __future__ import annotations

import importlib.util
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import font_manager

WIDTH = 4.8  # inches
PHONE = 358  # CSS pixels that a phone leaves for a figure
TEXT, TITLE, NOTE = 12.0, 14.0, 11.6  # points; the smallest is 12 CSS pixels there (12 · 72 · WIDTH / PHONE)
INK, MUTED, LINE = "#1f2937", "#4b5563", "#6b7280"
PREVIOUS = "#8a919c"  # last year, whatever the row is
NEUTRAL = "#33658a"  # rows that belong to no area (ministries, totals)
# One colour per strategy area, everywhere the same; their lightness differs too, for grey print.
AREAS = {"1": "#3b8bc9", "2": "#0e6b4f", "3": "#c8501e", "4": "#5b3a8c", "previous": PREVIOUS}
PAPER = "#fefefe"  # what a figure is drawn on; white letters on a colour are #ffffff
OTHER = "#374151"  # an area that has no colour of its own yet: its number tells it apart
# The same on a dark page.
DARK = {
    PAPER: "#14181f", INK: "#e6e9ee", MUTED: "#b4bcc8", LINE: "#9aa3b2", NEUTRAL: "#4a86b3", OTHER: "#7b8698",
    AREAS["2"]: "#1a8f6c", AREAS["3"]: "#d8622f", AREAS["4"]: "#8562bd",
}  # fmt: skip
HATCH = "////"  # what the document does not itemise, and nothing else

_RC: dict[str, Any] = {
    "svg.fonttype": "path",  # glyphs as outlines: the same picture without the reader's font
    "svg.hashsalt": "cyberbudget",
    "hatch.linewidth": 0.7,
    "font.size": TEXT,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "figure.facecolor": PAPER,
    "path.simplify": False,
    "text.parse_math": False,  # a $ in a name is a $
}


def font_file() -> Path:
    """The font that japanize-matplotlib ships, found without importing that package.

    Its import pulls in distutils, which costs half a second in every kernel and is gone from
    Python 3.12 on; the font file is all that is needed.

    Raises
    ------
    FileNotFoundError
        Where japanize-matplotlib is not installed.
    """
    spec = importlib.util.find_spec("japanize_matplotlib")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(
            "日本語の字体がありません。japanize-matplotlib を入れてください（make setup）"
        )
    return Path(spec.submodule_search_locations[0]) / "fonts" / "ipaexg.ttf"


@cache
def font_family() -> str:
    """Register the font with matplotlib and return its name."""
    path = font_file()
    font_manager.fontManager.addfont(path)
    return font_manager.FontProperties(fname=path).get_name()


@contextmanager
def look() -> Iterator[None]:
    """Style first, font last; a glyph that the font lacks is an error, not an empty box."""
    rc: Any = {**_RC, "font.family": font_family()}
    with matplotlib.rc_context(rc), warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph .* missing")
        yield


def colour(area: str) -> str:
    """Colour of a strategy area, of "previous" (last year), or the neutral one where there is no area."""
    return AREAS.get(area, OTHER) if area else NEUTRAL


def tint(colour: str, strength: float) -> str:
    """A colour mixed with white: 1 is the colour itself, 0 is white."""
    parts = (255 - strength * (255 - int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part):02x}" for part in parts)


def luminance(colour: str) -> float:
    """Relative luminance of a colour as WCAG defines it, 0 (black) to 1 (white)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def on(colour: str) -> str:
    """Black or white, whichever can be read better on a colour (at least 4.5:1 on any)."""
    return "#ffffff" if luminance(colour) < 0.1833 else "#000000"


_EMS = {
    **dict.fromkeys("0123456789", 0.63),
    **dict.fromkeys(",.", 0.26),
    **dict.fromkeys("+−", 0.68),
    "%": 0.85,
}


def width(text: str, points: float = TEXT) -> float:
    """Width of a line of text in inches, by the font's own widths for what numbers are made of."""
    ems = sum(_EMS.get(c) or (1 if unicodedata.east_asian_width(c) in "WFA" else 0.56) for c in text)
    return ems * points / 72


# 禁則: what may not start a line (units stay with their number), and what may not end one.
_NO_START = set("、。，．・：；？！）」』】〕％%ーぁぃぅぇぉっゃゅょァィゥェォッャュョ億円割倍件")
_NO_END = set("（「『【〔")


def wrap(text: str, inches: float, points: float) -> list[str]:
    """Break a text into lines that fit, keeping numbers and Latin words whole and 禁則 in mind."""
    lines = [""]
    for piece in _pieces(text):
        if lines[-1] and width(lines[-1] + piece, points) > inches:
            lines.append("")
        lines[-1] += piece
    return [line for line in lines if line]


def _pieces(text: str) -> list[str]:
    """The pieces between which a line may break."""
    pieces: list[str] = []
    for char in text:
        last = pieces[-1][-1] if pieces else ""
        if pieces and ((_latin(char) and _latin(last)) or char in _NO_START or last in _NO_END):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _latin(char: str) -> bool:
    return char in ("〜", "−") or (char.isascii() and not char.isspace() and char != "")

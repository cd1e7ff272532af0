"""The one look of all figures: palette, sizes and font."""

from __future__ import annotations

import importlib.util
import re
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import font_manager

WIDTH = 4.8  # inches
PHONE = 358  # CSS pixels that a phone leaves for a figure
TEXT, TITLE, NOTE = 12.0, 14.0, 11.6  # points; the smallest is 12 CSS pixels there (12 · 72 · WIDTH / PHONE)
INK, MUTED, LINE = "#1f2937", "#4b5563", "#6b7280"
PREVIOUS = "#8a919c"  # last year, whatever the row is
QUIET = "#9aa2ae"  # a line that is not the point
NEUTRAL = "#415066"  # rows that belong to no area (ministries, totals)
# One colour per strategy area, everywhere the same; their lightness differs too, for grey print.
AREAS = {"1": "#3b8bc9", "2": "#0e6b4f", "3": "#c44e1d", "4": "#5b3a8c", "previous": PREVIOUS}
PAPER = "#fefefe"  # what a figure is drawn on
OTHER = "#7a6a1c"  # an area that has no colour of its own yet: its number tells it apart
STEPS = (
    0.06,
    0.17,
    0.3,
    0.44,
    0.82,
    1.0,
)  # of NEUTRAL: amounts by size; none between where no ink is legible
LEGIBLE = 4.5  # contrast of letters (WCAG AA)
PALE = 0.35  # of a row's colour: 補正, outlined in that colour


def tint(colour: str, strength: float, paper: str = PAPER) -> str:
    """A colour mixed with the paper: 1 is the colour itself, 0 is the paper."""
    pairs = ((int(c[at : at + 2], 16) for c in (colour, paper)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(ground + strength * (part - ground)):02x}" for part, ground in pairs)


REST = tint(NEUTRAL, STEPS[3])  # rows beside the one that is the point

# The same on a dark page: fills are lighter there, so that letters in the colour of the paper stay legible on them.
DARK = {
    PAPER: "#14181f", INK: "#e6e9ee", MUTED: "#b4bcc8", LINE: "#9aa3b2", PREVIOUS: "#6d7683", QUIET: "#707a88",
    NEUTRAL: "#9aa7b8", OTHER: "#b5a04a", AREAS["1"]: "#4a9ad8", AREAS["2"]: "#2ba37f", AREAS["3"]: "#e37a4d",
    AREAS["4"]: "#a283d6",
}  # fmt: skip
_TINTS = [(NEUTRAL, s) for s in STEPS[:-1]] + [(c, PALE) for c in (*AREAS.values(), NEUTRAL, OTHER)]
DARK |= {tint(c, s): tint(DARK[c], s, DARK[PAPER]) for c, s in _TINTS}
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


def luminance(colour: str) -> float:
    """Relative luminance of a colour as WCAG defines it, 0 (black) to 1 (white)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast of two colours as WCAG defines it, 1 to 21."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def on(colour: str) -> str:
    """The ink for a colour: the paper's, the ink's or black, whichever is legible on the light page and the dark one."""

    def worst(ink: str) -> float:
        return min(contrast(ink, colour), contrast(DARK.get(ink, ink), DARK.get(colour, colour)))

    return next((ink for ink in (PAPER, INK) if worst(ink) >= LEGIBLE), "#000000")


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
_PAUSE = set("、。）」 ")


# Where a long loanword may break: before and after what is a word of its own. Any other is never broken, if it can be helped.
_LOANWORDS = re.compile(
    "サイバー|セキュリティ|ナショナル|トレーニング|センター|サプライ|チェーン|リスク|システム|ネットワーク|データ|マネジメント|"
    "フレームワーク|ペネトレーション|テスト|デジタル|スクール|インフラ|クラウド|サービス|インシデント|オンライン|セミナー"
)
_RUNS = re.compile("(?P<loan>[ァ-ヺー]+)|[一-鿿々]+")


def wrap(text: str, inches: float, points: float) -> list[str]:
    """Break a text into as few lines as fit, where a reader would pause, and without a last word left alone.

    Numbers and Latin words stay whole, and 禁則 is kept. A word is only torn where that saves more than a line. Of
    all ways to break, the one whose lines are the fullest, where a break inside a word costs more than one after 、
    or where a word of kanji begins.
    """
    pieces, torn = _pieces(text), _torn(text)
    ends = [0.0, *accumulate(width(piece, points) for piece in pieces)]
    places = [0, *accumulate(map(len, pieces))]
    best: list[tuple[int, float, list[str]]] = [
        (0, 0.0, [])
    ]  # up to each piece: how many lines (and torn words), cost, the lines
    for end in range(1, len(ends)):
        ways = []
        for start in range(end - 1, -1, -1):
            wide = ends[end] - ends[start]
            if wide > inches and start < end - 1:
                break
            lines, cost, told = best[start]
            if end < len(pieces):
                cost += (1 - wide / inches) ** 2 + _break(pieces[end - 1][-1], pieces[end][0])
            elif told and wide < inches / 3 and told[-1][-1] not in _PAUSE:
                cost += 0.45  # a last word left alone
            tears = places[end] in torn
            lines, cost = lines + 1 + tears, cost + tears
            ways.append((lines, cost, [*told, "".join(pieces[start:end])]))
        best.append(min(ways))
    return [line for line in best[-1][2] if line]


def _torn(text: str) -> set[int]:
    """Where a break would tear a word: inside a loanword, and inside a pair of kanji (安|全, 調査|費)."""
    found: set[int] = set()
    for run in _RUNS.finditer(text):
        start, end = run.span()
        if run["loan"]:
            own = {start + at for word in _LOANWORDS.finditer(run[0]) for at in word.span()}
            found |= set(range(start + 1, end)) - own
        else:
            found |= {at for at in range(start + 1, end) if (at - start) % 2 or at == end - 1}
    return found


def _break(last: str, first: str) -> float:
    """What it costs to end a line between two letters: nothing at a pause, little where a word begins."""
    if last in _PAUSE:
        return 0.0
    if last.isdigit():  # 6|年度
        return 1.6
    kinds = [unicodedata.name(char, "").partition(" ")[0] for char in (last, first)]
    if kinds[0] == kinds[1] or kinds[1] == "HIRAGANA" or first.isascii():
        return 0.8
    return 0.1 if kinds[0] == "HIRAGANA" or first in "（「" else 0.4


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

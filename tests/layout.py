"""What a reader could not read in a drawing: texts over the edge, over each other, half over a bar or too pale in it."""

from itertools import combinations

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from cyberbudget import style

SLACK = 0.5  # pixels


def faults(figure: Figure) -> list[str]:
    """Each fault in words; empty where every text can be read."""
    with rc_context({"text.hinting": "none"}):  # widths as in the SVG, not rounded to whole pixels
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        return _faults(figure, canvas.get_renderer())


def _faults(figure: Figure, renderer: RendererAgg) -> list[str]:
    axes = figure.axes[0]
    texts = [(t.get_text(), _ink(t, renderer)) for t in (*figure.texts, *axes.texts) if t.get_text()]
    bars = [(f"bar {n}", p.get_window_extent(renderer)) for n, p in enumerate(axes.patches) if p.get_width()]
    shapes = {f"bar {n}": p for n, p in enumerate(axes.patches)}
    written = [t for t in (*figure.texts, *axes.texts) if t.get_text()]
    inside = figure.bbox.padded(SLACK)
    found = [f"「{text}」 leaves the figure" for text, box in texts if not _holds(inside, box)]
    found += [f"「{a}」 overlaps {b}" for (a, x), (b, y) in combinations(texts, 2) if _overlap(x, y)]
    found += [
        f"「{text}」 overlaps {bar}"
        for artist, (text, box) in zip(written, texts)
        for bar, other in bars
        if _overlap(box, other) and not (_holds(other.padded(SLACK), box) and _contrasts(artist, shapes[bar]))
    ]
    return found


def _contrasts(text: Text, bar: Rectangle) -> bool:
    """True for a text that stands out from the bar it stands in, on a light page and on a dark one.

    A hatch has to stop before it.
    """
    if bar.get_hatch() is not None and text.get_bbox_patch() is None:
        return False
    pair = [to_hex(colour) for colour in (text.get_color(), bar.get_facecolor())]
    dark = [style.DARK.get(colour, colour) for colour in pair]
    return min(style.contrast(*pair), style.contrast(*dark)) >= 4.5


def _ink(text: Text, renderer: RendererAgg) -> Bbox:
    """Extent of a text without the blank half of a closing 」 or ）, or the room that digits leave below their line."""
    box, shown = text.get_window_extent(renderer), text.get_text()
    blank = 0.5 * renderer.points_to_pixels(text.get_fontsize()) if shown[-1] in "）」、。" else 0.0
    below = (
        renderer.get_text_width_height_descent("lp", text.get_fontproperties(), False)[2] * shown.isdigit()
    )
    return Bbox.from_extents(box.x0, box.y0 + below, box.x1 - blank, box.y1)


def _holds(outer: Bbox, inner: Bbox) -> bool:
    return outer.x0 <= inner.x0 and inner.x1 <= outer.x1 and outer.y0 <= inner.y0 and inner.y1 <= outer.y1


def _overlap(a: Bbox, b: Bbox) -> bool:
    return min(a.x1, b.x1) - max(a.x0, b.x0) > SLACK and min(a.y1, b.y1) - max(a.y0, b.y0) > SLACK

"""What a reader could not read in a drawing: texts over the edge, over each other or over a bar."""

from itertools import combinations, product

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

SLACK = 0.5  # pixels


def faults(figure: Figure) -> list[str]:
    """Each fault in words; empty where every text can be read."""
    with rc_context({"text.hinting": "none"}):  # widths as in the SVG, not rounded to whole pixels
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer, axes = canvas.get_renderer(), figure.axes[0]
        texts = [(t.get_text(), _ink(t, renderer)) for t in (*figure.texts, *axes.texts) if t.get_text()]
        drawn = [p.get_window_extent(renderer) for p in axes.patches if p.get_width()]
    inside, bars = figure.bbox.padded(SLACK), [(f"bar {n}", box) for n, box in enumerate(drawn)]
    found = [f"「{text}」 leaves the figure" for text, box in texts if not _holds(inside, box)]
    crossings = [*combinations(texts, 2), *product(texts, bars)]
    return found + [f"「{a}」 overlaps {b}" for (a, x), (b, y) in crossings if _overlap(x, y)]


def _ink(text: Text, renderer: RendererAgg) -> Bbox:
    """Extent of a text without the blank half of a closing 」 or ）."""
    box = text.get_window_extent(renderer)
    blank = 0.5 * renderer.points_to_pixels(text.get_fontsize()) if text.get_text()[-1] in "）」、。" else 0.0
    return Bbox.from_extents(box.x0, box.y0, box.x1 - blank, box.y1)


def _holds(outer: Bbox, inner: Bbox) -> bool:
    return outer.x0 <= inner.x0 and inner.x1 <= outer.x1 and outer.y0 <= inner.y0 and inner.y1 <= outer.y1


def _overlap(a: Bbox, b: Bbox) -> bool:
    return min(a.x1, b.x1) - max(a.x0, b.x0) > SLACK and min(a.y1, b.y1) - max(a.y0, b.y0) > SLACK

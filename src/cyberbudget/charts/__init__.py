"""Figures, each a form for a message.

==================================  =====================================================================
a part is half of everything        :func:`treemap`
how much is named at all            :func:`named`
where a change came from            :func:`waterfall`
before and after                    :func:`slope`, :func:`dumbbell`, :func:`pairs`
who works in which area             :func:`heatmap`
two wholes that share a part        :func:`overlap`
a share that is known within bounds :func:`dots`
one number, change or rate a row    :func:`bars`, :func:`stacked`
many years                          :func:`line`, :func:`multiples`
who received it                     :func:`flow`
==================================  =====================================================================

Every function takes a plain frame, the document it comes from, and the words around the picture (``name``, ``title``,
``subtitle``, ``caption``; see :func:`~cyberbudget.charts.canvas.sheet`), and returns a
:class:`~cyberbudget.display.Figure`.
"""

from .bars import Bar, Row, Segment, bars, dots, draw, overlap, pairs, stacked
from .between import dumbbell, slope
from .canvas import key_label
from .flow import flow
from .heatmap import heatmap
from .lines import line, multiples
from .parts import named, treemap
from .waterfall import waterfall

# fmt: off
__all__ = [
    "Bar", "Row", "Segment", "bars", "dots", "draw", "dumbbell", "flow", "heatmap", "key_label", "line", "multiples",
    "named", "overlap", "pairs", "slope", "stacked", "treemap", "waterfall",
]

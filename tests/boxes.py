"""Where the words of a drawing lie, measured in pixels: what is cut off, and what lies on what."""

import itertools
from weakref import WeakKeyDictionary

from matplotlib.text import Text

from helpers.draw.canvas import house

# Pixels by which a line of type may reach over: it is taller than its letters.
TOLERANCE = 1.0
# To measure a drawing it is drawn: once, whatever is asked of it.
MEASURED = WeakKeyDictionary()


def extents(drawn):
    """All words of a chart with their boxes: left, right, low, high. Whoever changes the chart does so before."""
    if drawn not in MEASURED:
        MEASURED[drawn] = _measured(drawn)
    return MEASURED[drawn]


def _measured(drawn):
    with house():
        renderer = drawn._get_renderer()
        drawn.draw_without_rendering()
        hidden = {one for axis in _axis_of(drawn) if not axis.get_visible() for one in axis.findobj(Text)}
        shown = (one for one in drawn.findobj(Text) if one.get_visible() and one not in hidden)
        found = [one for one in shown if one.get_text().strip()]
        boxes = [(one.get_text(), Text.get_window_extent(one, renderer)) for one in found]
    return [(words, box.x0, box.x1, box.y0, box.y1) for words, box in boxes if box.width]


def _axis_of(drawn):
    return [axis for axes in drawn.axes for axis in (axes.xaxis, axes.yaxis)]


def cut(drawn):
    """Words that reach over an edge of the drawing."""
    width, height = drawn.get_window_extent().width, drawn.get_window_extent().height
    return [
        words
        for words, left, right, low, high in extents(drawn)
        if left < -TOLERANCE or right > width + TOLERANCE or low < -TOLERANCE or high > height + TOLERANCE
    ]


def touching(drawn):
    """Pairs of words of which one lies on the other."""
    return [
        (a[0], b[0])
        for a, b in itertools.combinations(extents(drawn), 2)
        if min(a[2], b[2]) - max(a[1], b[1]) > TOLERANCE and min(a[4], b[4]) - max(a[3], b[3]) > 2 * TOLERANCE
    ]

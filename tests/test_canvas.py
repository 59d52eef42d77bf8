"""Pictures say what matplotlib's own renderer says of the same drawing: words where they are, in the style they have."""

import io
import re
import xml.etree.ElementTree as ET
from math import isnan

import pytest
from matplotlib.backends.backend_svg import RendererSVG

from helpers import notation
from helpers.draw import canvas, kit, svg
from helpers.notation import tokens

SVG = "{http://www.w3.org/2000/svg}"
FIGURES = tokens()["face"]["figures"]
A_HUNDREDTH = 0.0101  # of a point: finer is not written
LOOKS = {
    "plain": {},
    "bold": {"weight": "bold"},
    "a weight in numbers": {"weight": 600},
    "slanted": {"style": "italic"},
    "figures": {"family": FIGURES},
    "red": {"color": "#b3261e"},
    "black": {"color": "#000000"},
    "faint": {"alpha": 0.5},
    "large": {"size": 13.5},
    "in the middle": {"ha": "center", "va": "center"},
    "at the right": {"ha": "right", "va": "top"},
    "turned": {"rotation": 90},
    "slightly turned": {"rotation": 12.5, "ha": "right"},
}


def drawn(words, **look):
    with canvas.house():
        axes = canvas.sheet((3, 2), (0.1, 0.1, 0.8, 0.8))
        axes.text(0.4, 0.6, words, **look)
        kit.bare(axes, 1)
    return axes.figure


def said(made, renderer):
    """The words of a drawing: each with its style and its place."""
    out = io.StringIO()
    with canvas.house():
        made.dpi = canvas.POINTS
        writing = renderer(*(made.get_size_inches() * canvas.POINTS), out)
        made.draw(writing)
        writing.finalize()
    return [
        (one.text, style(one.get("style")), place(one), one.get("class"), one.get("lang"))
        for one in ET.fromstring(out.getvalue()).iter(f"{SVG}text")  # noqa: S314 — our own
    ]


def style(css):
    told = dict(re.findall(r"([\w-]+): ([^;]+)", css))
    told["font-family"] = told["font-family"].partition(",")[0]
    # What CSS takes where nothing is said.
    return {"fill": "#000000", "text-anchor": "start"} | told


def place(one):
    """Across, down and turned by how much, however it is said."""
    moved = re.search(r"translate\(([-\d.]+) ([-\d.]+)\)", one.get("transform", ""))
    turned = re.search(r"rotate\(([-\d.]+)", one.get("transform", ""))
    at = moved.groups() if moved else (one.get("x"), one.get("y"))
    return [round(float(number), 3) for number in (*at, turned[1] if turned else 0)]


@pytest.mark.parametrize("words", ["方針1", "二行の\n言葉"], ids=["one line", "two lines"])
@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_words_stand_where_matplotlib_puts_them_in_the_style_they_have(look, words):
    ours, theirs = (said(drawn(words, **look), renderer) for renderer in (svg.Renderer, RendererSVG))
    assert [one[:2] for one in ours] == [one[:2] for one in theirs]
    assert [one[2] for one in ours] == [pytest.approx(one[2], abs=A_HUNDREDTH) for one in theirs]
    assert len(ours) == words.count("\n") + 1


def test_figures_have_their_class_and_words_still_in_japanese_their_language():
    assert [one[3:] for one in said(drawn("1,234", family=FIGURES), svg.Renderer)] == [("fixed-width", None)]
    with notation.speaking("en"):
        assert [one[3:] for one in said(drawn("公共施設"), svg.Renderer)] == [(None, "ja")]
        assert [one[3:] for one in said(drawn("Policy 1"), svg.Renderer)] == [(None, None)]


def test_words_are_whole_where_they_reach_over_an_edge():
    made = drawn("長い言葉" * 20, clip_on=True)
    assert "clip" not in canvas._picture(made, "figure-x", "x", "")


def test_a_picture_has_no_group_and_no_ground_that_says_nothing():
    picture = canvas._picture(drawn("方針1"), "figure-x", "x", "")
    assert "<g" not in picture
    assert "<path" not in picture


@pytest.mark.parametrize("is_upright", [False, True])
def test_the_numbers_of_a_scale_stand_at_their_values_where_matplotlib_puts_those_of_ticks(is_upright):
    places = {}
    for ours in (True, False):
        with canvas.house():
            axes = canvas.sheet((3, 2), (0.2, 0.2, 0.7, 0.7))
            axes.set(xlim=(-1, 3), ylim=(-1, 3))
            axes.set(xticks=[], yticks=[])
            canvas.quiet(axes)
            values = {-0.5: "△0.5", 0: "0", 2.5: "2.5"}
            if ours:
                kit.scale(axes, values, is_upright=is_upright)
                (line,) = axes.lines
                lines = {at for at in (line.get_ydata() if is_upright else line.get_xdata()) if not isnan(at)}
                assert list((axes.yaxis if is_upright else axes.xaxis).get_ticklocs()) == list(values)
            else:
                (axes.set_yticks if is_upright else axes.set_xticks)(
                    list(values), values.values(), color=canvas.colour("soft")
                )
                lines = {one.get_loc() for one in (axes.yaxis if is_upright else axes.xaxis).get_major_ticks()}
        assert lines == set(values)
        places[ours] = [one for one in said(axes.figure, svg.Renderer) if one[0] in values.values()]
    assert places[True] == places[False]
    assert len(places[True]) == len(values)

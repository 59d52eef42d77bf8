"""Pictures say what matplotlib's own renderer says of the same drawing: words where they are, in the style they have."""

import copy
import io
import re
import xml.etree.ElementTree as ET
from contextlib import nullcontext
from math import isnan

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure

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


def picture_of(draw, **about):
    """Drawn for a width of 60 mm."""
    given = {"number": 1, "name": "figure-x", "width_mm": 60, "caption": "", "alt": "x"} | about
    (only,) = canvas.chart(draw, **given).pictures
    return only


def rows(_width_mm=60):
    with canvas.house():
        axes = kit.rows(60, ["方針1", "長い名前の方針" * 3], kit.Words(["1", "2"], "件", alarming=(False, True)))
        kit.numbers(axes, [0, 3], unit="件")
        kit.bars(axes, [1, 3], look="actual", thick=0.5)
        kit.beside(axes, 1, 0, "右", points=4, bbox=kit.ground())
    return axes.figure


def test_sheets_laid_out_ahead_give_the_same_picture_and_each_is_used_once():
    fresh = picture_of(rows)
    canvas.lay_out(2)
    ahead = list(canvas._LAID_OUT)
    assert [picture_of(rows) for _ in range(3)] == [fresh] * 3
    assert not canvas._LAID_OUT
    canvas.lay_out(1)
    assert rows().axes[0] not in ahead
    canvas._LAID_OUT.clear()


def test_a_sheet_laid_out_ahead_is_for_the_house_alone():
    """Whoever draws in settings of their own has axes of those."""
    canvas.lay_out(1)
    (ahead,) = canvas._LAID_OUT
    assert canvas.sheet((3, 2), (0, 0, 1, 1)) is not ahead
    canvas._LAID_OUT.clear()


CHANGES = {
    "size": lambda text: text.set_fontsize(20),
    "face": lambda text: text.set_fontfamily(FIGURES),
    "weight": lambda text: text.set_fontweight("bold"),
    "colour": lambda text: text.set_color("red"),
    "turned": lambda text: text.set_rotation(30),
    "place": lambda text: text.set_position((0.9, 0.9)),
    "words": lambda text: text.set_text("別"),
    "ground": lambda text: text.set_bbox({"facecolor": "red"}),
    "faint": lambda text: text.set_alpha(0.3),
    "hidden": lambda text: text.set_visible(False),
    "tied to the middle": lambda text: text.set_va("center"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_one_text_is_seen_and_changes_no_other_of_its_look(change):
    def two(change):
        axes = canvas.sheet((3, 2), (0.1, 0.1, 0.8, 0.8))
        changed, _ = (axes.text(0.2, y, "方針", va="top") for y in (0.2, 0.6))
        kit.bare(axes, 1)
        change(changed)
        return axes.figure

    before, after = (picture_of(lambda _, how=how: two(how)) for how in (lambda _: None, change))
    assert before != after
    others = [re.findall("<text.*?</text>", one)[-1] for one in (before, after)]
    assert others[0] == others[1]


def test_who_listens_to_a_text_is_told_of_its_changes():
    heard = []
    with canvas.house():
        one, other = (canvas.Canvas().text(0, 0, "件", color="red") for _ in range(2))
    one.add_callback(heard.append)
    other.set_alpha(0.5)
    assert heard == []
    one.set_alpha(0.5)
    assert heard == [one]


def test_a_text_added_to_a_chart_afterwards_is_in_the_settings_of_the_session():
    axes = rows().axes[0]
    with mpl.rc_context({"text.color": "#ff0000", "font.size": 31}):
        added = axes.text(0, 0, "後から", va="center")
    assert (added.get_color(), added.get_fontsize()) == ("#ff0000", 31)
    with canvas.house():
        assert axes.text(0, 0, "中で", va="center").get_color() == canvas.colour("ink")


ASKED = {
    "a number": (5, {}),
    "nothing": (None, {}),
    "letters of numpy": (np.str_("abc"), {}),
    "no transform": ("abc", {"transform": None}),
    "a dictionary": ("abc", {"fontdict": {"color": "red", "size": 20}}),
    "a formula": ("$x$", {"parse_math": True}),
}


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize(("words", "look"), ASKED.values(), ids=ASKED)
def test_whatever_matplotlib_takes_is_taken(words, look, inside):
    """Of the axes and of the sheet, in the house and out of it: the same as a figure of matplotlib's own has."""
    said = {}
    for ours in (True, False):
        with canvas.house():
            made = rows() if ours else Figure(figsize=(3, 2))
            of = made.axes[0] if ours else made.add_axes((0, 0, 1, 1))
        with canvas.house() if inside else nullcontext():
            made.stale = False
            texts = [one.text(0.2, 0.3, words, **look) for one in (made, of)]
        assert made.stale
        said[ours] = [(one.get_text(), one.get_color(), one.get_fontsize(), one.is_transform_set()) for one in texts]
        if ours:
            assert picture_of(lambda _, made=made: made)
    assert said[True] == said[False]


@pytest.mark.parametrize("is_first", [True, False])
def test_settings_changed_within_the_house_hold_for_what_is_written_then(is_first):
    look = {"ha": "center", "va": "top" if is_first else "bottom"}  # of no other test
    with canvas.house():
        axes = canvas.sheet((3, 2), (0.1, 0.1, 0.8, 0.8))
        if not is_first:
            axes.text(0, 0, "前", **look)
        with mpl.rc_context({"text.color": "#ff0000", "font.size": 31}):
            changed = axes.text(0, 0, "中", **look)
        after = axes.text(0, 0, "後", **look)
    assert (changed.get_color(), changed.get_fontsize()) == ("#ff0000", 31)
    assert (after.get_color(), after.get_fontsize()) == (canvas.colour("ink"), canvas.size("small"))


@pytest.mark.parametrize("words", ["方針1", "二行の\n言葉"])
def test_a_picture_asked_for_in_outlines_has_no_text(words):
    with canvas.house(), mpl.rc_context({"svg.fonttype": "path"}):
        outlines = picture_of(lambda _: drawn(words))
    assert "<text" not in outlines
    assert set(re.findall(r'href="#([^"]+)"', outlines)) == set(re.findall(r' id="([^"]+)"', outlines)) != set()


@pytest.mark.parametrize("kind", ["png", "pdf", "svg"])
def test_a_chart_can_be_saved_as_any_other(kind):
    out = io.BytesIO()
    copy.deepcopy(rows()).savefig(out, format=kind)
    assert out.getvalue()


ODD = ["a < b & c > d", "\"二重\" '一重'", "円周率は 3.14159 です", "1.23456%", 'id="x" href="#x" url(#y)', "$x$ \\$"]


@pytest.mark.parametrize("words", ODD)
def test_words_stand_in_a_picture_as_they_are(words):
    """A number in them is none of the picture's: it is not cut to a hundredth."""
    root = ET.fromstring(picture_of(lambda _: drawn(words), alt=words))  # noqa: S314 — our own
    assert root.get("aria-label") == words
    assert [one.text for one in root.iter(f"{SVG}text")] == [words]


def test_a_picture_keeps_the_ids_that_something_refers_to_as_its_own():
    def hatched(_width_mm):
        made = rows()
        with canvas.house():
            kit.box(made.axes[0], (0, 2), 0, look="stalled")
        return made

    svg_of = picture_of(hatched, name="figure-9")
    ids, referred = re.findall(r' id="([^"]+)"', svg_of), re.findall(r"url\(#([^)]+)\)", svg_of)
    assert set(ids) == set(referred)
    assert len(ids) == len(set(ids))
    assert all(one.startswith("figure-9-") for one in ids)
    assert "pattern" in svg_of


def test_no_coordinate_is_finer_than_a_hundredth_of_a_point():
    bare = re.sub(r">[^<]*<|aria-label=\"[^\"]*\"", "><", picture_of(rows))
    assert max(len(one) for one in re.findall(r"\.(\d+)", bare)) == 2

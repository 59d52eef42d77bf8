"""What a chart is drawn on: sheets, the page's own faces and settings whatever the session has set; wide for paper, and narrow."""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files

import matplotlib as mpl
import seaborn as sns
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.axis import Tick, XAxis, YAxis
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

from helpers.draw import ruler
from helpers.draw.lettering import Lettering
from helpers.draw.svg import Renderer
from helpers.notation import tokens

MM = 1 / 25.4
POINTS = 72  # an inch
# A chart wider than this is drawn a second time for narrow screens, so that its letters stay legible.
NARROW_MM = 91
# Of a session, not of a picture.
LEFT_ALONE = {"backend", "interactive"}
# How much larger than on paper a chart may stand on a screen.
ON_SCREEN = 1.2
PAD = 2  # points between an axis and its numbers
# What of a text's style decides how wide it is.
OF_FACE = {"family", "size", "weight"}


def colour(name: str) -> str:
    """A colour of the tokens."""
    return tokens()["colour"][name]


def on_colour(name: str) -> str:
    """The colour of letters on that colour."""
    return tokens()["on_colour"][name]


def size(name: str) -> float:
    """A type size of the tokens, in points."""
    return tokens()["size"][name]


def figures_face() -> dict[str, str]:
    """The fixed-width face, for figures that stand in columns."""
    return {"family": tokens()["face"]["figures"]}


@cache
def register_fonts() -> None:
    """Makes the page's own faces known to matplotlib, wherever they are not installed."""
    for font in sorted(files("helpers").joinpath("fonts").iterdir(), key=lambda path: path.name):
        if font.name.endswith(".ttf"):
            with as_file(font) as path:
                font_manager.fontManager.addfont(path)


def prepare() -> None:
    """Find and open the page's faces, which the first chart would else look for."""
    with house():
        for face in ({}, {"weight": "bold"}, figures_face()):
            ruler.around(FontProperties(**face))


@contextmanager
def house() -> Iterator[None]:
    """Matplotlib as the page wants it, whatever the session has set; holds for drawing and for saving."""
    if _IN_HOUSE.get():
        yield
        return
    register_fonts()
    of_the_page = _of_the_page()
    with mpl.rc_context():
        fresh = {name: list(value) if isinstance(value, list) else value for name, value in of_the_page.items()}
        dict.update(mpl.rcParams, fresh)  # they are checked
        inside = _IN_HOUSE.set(True)
        try:
            yield
        finally:
            _IN_HOUSE.reset(inside)


_IN_HOUSE: ContextVar[bool] = ContextVar("_IN_HOUSE", default=False)


@cache
def _of_the_page() -> dict[str, object]:
    """All settings with their defaults: matplotlib checks three hundred one by one, which is enough once."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_settings())
        return {name: dict.__getitem__(mpl.rcParams, name) for name in mpl.rcParamsDefault if name not in LEFT_ALONE}


def _settings() -> dict[str, object]:
    small = size("small")
    return sns.axes_style("white") | {
        "font.family": tokens()["face"]["text"],
        "font.size": small,
        "text.parse_math": False,  # a name with two dollar signs is no formula
        "axes.labelsize": small,
        "axes.titlesize": small,
        "xtick.labelsize": small,
        "ytick.labelsize": small,
        "text.color": colour("ink"),
        "axes.labelcolor": colour("ink"),
        "xtick.color": colour("soft"),
        "ytick.color": colour("ink"),
        "axes.edgecolor": colour("faint"),
        "axes.unicode_minus": False,
        "hatch.linewidth": 0.5,
        "svg.fonttype": "none",
        "svg.hashsalt": "gyokaku",
        "figure.facecolor": "none",
        "savefig.facecolor": "none",
        "axes.facecolor": "none",
    }


@lru_cache(maxsize=4096)
def inches(words: str, style: tuple[tuple[str, object], ...]) -> float:
    """Width of a line of type.

    Args:
        words: The line.
        style: What it is set in where that is not the page's small type, as matplotlib names it.
    """
    with house():
        face = FontProperties(**{name: value for name, value in style if name in OF_FACE})
        return ruler.measured(words, face)[0] / POINTS


class Canvas(Figure):
    """The sheet of one chart."""

    def text(self, x: float, y: float, s: str, fontdict: Mapping[str, object] | None = None, **look: object) -> Text:
        """As matplotlib's own."""
        made = _lettering(x, y, s, {"transform": self.transSubfigure, **(fontdict or {}), **look})
        made.set_figure(self)
        made.stale_callback = _tell_the_sheet
        self.texts.append(made)
        made._remove_method = self.texts.remove  # noqa: SLF001 — as matplotlib's own does
        return made


def _tell_the_sheet(text: Text, is_stale: bool) -> None:  # noqa: FBT001 — as matplotlib calls it
    if text.figure is not None:
        text.figure.stale = is_stale


def _lettering(x: float, y: float, words: str, look: Mapping[str, object]) -> Lettering:
    # Outside the house somebody adds to a chart that is drawn, in settings of their own.
    return Lettering.of(x, y, words, look) if _IN_HOUSE.get() else Lettering(x, y, words, **look)


@dataclass(frozen=True)
class Chart:
    """A drawn chart with what is said of it; a page gives it its frame.

    Attributes:
        number: Of the figure on the page.
        name: Unique on the page; prefixes every id.
        caption: The sentence the chart is there to say.
        alt: That sentence and the key figures; each picture carries it.
        table: Id of the table that holds the same figures.
        pictures: SVG: as on paper, and where that is wide once more for narrow screens.
    """

    number: int | str
    name: str
    caption: str
    alt: str
    table: str
    pictures: tuple[str, ...]


def chart(
    draw: Callable[[float], Canvas],
    *,
    number: int | str,
    name: str,
    width_mm: float,
    caption: str,
    alt: str,
    table: str = "",
) -> Chart:
    """A chart drawn for paper, and for narrow screens where it is wide.

    Args:
        draw: Makes the chart for a width in mm.
        number: As `Chart` says; so are `name`, `caption`, `alt` and `table`.
        name: See there.
        width_mm: On paper.
        caption: See there.
        alt: See there.
        table: See there.
    """
    wide = width_mm > NARROW_MM
    with house():
        pictures = [_picture(draw(width_mm), name, alt, "wide" if wide else "")]
        if wide:
            pictures.append(_picture(draw(NARROW_MM), f"{name}-narrow", alt, "narrow"))
    return Chart(number, name, caption, alt, table, tuple(pictures))


def _picture(drawn: Canvas, name: str, alt: str, shown: str) -> str:
    out = io.StringIO()
    about = {
        "role": "img",
        "aria-label": alt,
        "class": f"picture {shown}".strip(),
        "style": f"max-width:{drawn.get_figwidth() / MM * ON_SCREEN:g}mm",
    }
    with house():
        drawn.dpi = POINTS
        renderer = Renderer(*(drawn.get_size_inches() * POINTS), out, name=name, about=about)
        drawn.draw(renderer)
        renderer.finalize()
    return out.getvalue()


def sheet(size: tuple[float, float], place: tuple[float, float, float, float]) -> Axes:
    """The axes of a chart on a sheet of their own.

    Args:
        size: Of the sheet: width and height in inches.
        place: Of the axes on it: left, bottom, width and height as shares of the whole.
    """
    axes = _LAID_OUT.pop() if _LAID_OUT and _IN_HOUSE.get() else _blank()
    axes.figure.set_size_inches(size)
    axes.set_position(place)
    return axes


def lay_out(count: int) -> None:
    """Have so many blank sheets ready: all are alike before it is known what they show, and a page is made faster with them."""
    with house():
        _LAID_OUT[:] = [_blank() for _ in range(count)]


_LAID_OUT: list[Axes] = []


def _blank() -> Axes:
    drawn = Canvas(figsize=(1, 1))
    drawn.patch.set_visible(False)  # both grounds have no colour
    axes = drawn.add_axes(_Axes(drawn, (0, 0, 1, 1)))
    axes.patch.set_visible(False)
    return axes


class _NoTickYet:
    """An axis that has the ticks it is given. matplotlib makes four for each new `Axes`, before anybody has said where ticks are."""

    def reset_ticks(self) -> None:
        self.majorTicks, self.minorTicks = [], []

    # Where an axis has no name, matplotlib measures the words of all ticks all the same, to know where it would stand.

    def _get_ticklabel_bboxes(self, ticks: list[Tick], renderer: RendererBase) -> tuple[list, list]:
        return super()._get_ticklabel_bboxes(ticks, renderer) if self.label.get_text() else ([], [])

    def _update_label_position(self, renderer: RendererBase) -> None:
        if self.label.get_text():
            super()._update_label_position(renderer)

    def _copy_tick_props(self, src: Tick, dest: Tick) -> None:
        """Nothing: what is said of ticks is said of the axis before it has any, so that all are made alike."""


class _XAxis(_NoTickYet, XAxis):
    pass


class _YAxis(_NoTickYet, YAxis):
    pass


class _Axes(Axes):
    def _init_axis(self) -> None:
        super()._init_axis()
        self.xaxis.__class__, self.yaxis.__class__ = _XAxis, _YAxis

    def text(self, x: float, y: float, s: str, fontdict: Mapping[str, object] | None = None, **look: object) -> Text:
        """As matplotlib's own."""
        look = {"transform": self.transData, "clip_on": False, **(fontdict or {}), **look}
        return self.add_artist(_lettering(x, y, s, look))


def quiet(axes: Axes, *, keep: str = "") -> None:
    """Takes away all lines around a chart but those named (`left`, `bottom`)."""
    for side, spine in axes.spines.items():
        spine.set_visible(side in keep)
    axes.tick_params(length=0, pad=PAD)

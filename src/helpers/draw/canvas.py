"""Charts as SVG: the page's own fonts, text as text, the same bytes every time."""

import io
import re
import xml.etree.ElementTree as ET
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
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.colors import rgb2hex
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

from helpers import notation
from helpers.draw import ruler
from helpers.draw.lettering import Lettering, anchor_of, style_of
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
_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_REFERRED = re.compile(r'(?:url\(#|href="#)([^)"]+)')
_REFERENCE = re.compile(r"#([\w.-]+)")
_TOO_FINE = re.compile(r"scale\([^)]*\)|(?<=\d)(\.\d\d)\d+(?=[^\d%])")
ET.register_namespace("", _SVG)
ET.register_namespace("xlink", _XLINK)


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

    def text(self, x: float, y: float, s: str, **look: object) -> Text:
        """As matplotlib's own."""
        made = _lettering(x, y, s, {"transform": self.transSubfigure} | look)
        made.set_figure(self)
        self.texts.append(made)
        made._remove_method = self.texts.remove  # noqa: SLF001 — as matplotlib's own does
        return made


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
    with house():
        drawn.dpi = POINTS
        about = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        renderer = _Renderer(*(drawn.get_size_inches() * POINTS), out, metadata=about)
        drawn.draw(renderer)
        renderer.finalize()
    source = out.getvalue()
    root = ET.fromstring(source)  # noqa: S314 — matplotlib's own output
    for metadata in root.findall(f"{{{_SVG}}}metadata"):
        root.remove(metadata)
    _own_ids(root, name, used=set(_REFERRED.findall(source)))
    width_mm = drawn.get_figwidth() / MM
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    root.attrib |= {
        "role": "img",
        "aria-label": alt,
        "class": f"picture {shown}".strip(),
        "style": f"max-width:{width_mm * ON_SCREEN:g}mm",
    }
    return _rounded(ET.tostring(root, encoding="unicode"))


def axes_of(drawn: Canvas, place: tuple[float, float, float, float]) -> Axes:
    """Axes of a chart: left, bottom, width and height as shares of the whole."""
    drawn.patch.set_visible(False)  # both grounds have no colour
    axes = drawn.add_axes(_Axes(drawn, place))
    axes.patch.set_visible(False)
    return axes


class _NoTickYet:
    """An axis that has the ticks it is given. matplotlib makes four for each new `Axes`, before anybody has said where ticks are."""

    def reset_ticks(self) -> None:
        self.majorTicks, self.minorTicks = [], []

    # Where an axis has no name, matplotlib measures the words of all ticks all the same, to know where it would stand.

    def _get_ticklabel_bboxes(self, ticks: list[Tick], renderer: RendererSVG) -> tuple[list, list]:
        return super()._get_ticklabel_bboxes(ticks, renderer) if self.label.get_text() else ([], [])

    def _update_label_position(self, renderer: RendererSVG) -> None:
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

    def text(self, x: float, y: float, s: str, **look: object) -> Text:
        """As matplotlib's own."""
        return self.add_artist(_lettering(x, y, s, {"transform": self.transData, "clip_on": False} | look))


class _Renderer(RendererSVG):
    """matplotlib's own, for which a line of type and a face are measured once in a process, in however many pictures they stand."""

    def open_group(self, s: str, gid: str | None = None) -> None:
        """None: matplotlib puts a group around each part of a picture, for its id alone, which no page has."""

    def close_group(self, s: str) -> None:
        """None."""

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: object = False,  # noqa: FBT002
        mtext: Text | None = None,
    ) -> None:
        """Words in the page's own face, whole, and marked where they are still in Japanese on a page in another language.

        matplotlib works out the style of each text anew, and names all faces that may stand in for one.
        """
        if ismath or gc.get_url() is not None or mpl.rcParams["svg.fonttype"] != "none":
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        if angle or mtext is None:
            anchor, turned = "", f" rotate({-angle:f})" if angle else ""
            place = {"transform": f"translate({x:f} {y:f}){turned}"}
        else:  # of one line: it is set from where it is tied to
            anchor = anchor_of(mtext)
            x, _ = mtext.get_transform().transform(mtext.get_unitless_position())
            place = {"x": f"{x:f}", "y": f"{y:f}"}
        ink = rgb2hex(gc.get_rgb()), gc.get_alpha() if gc.get_forced_alpha() else gc.get_rgb()[3]
        self.line(s, prop, place, style_of(prop, *ink, anchor))

    def line(self, words: str, face: FontProperties, place: Mapping[str, str], style: str) -> None:
        """A line of type as it is; `style` is CSS."""
        attributes = {"style": style, **place}
        if face.get_family()[0] == tokens()["face"]["figures"]:
            attributes["class"] = "fixed-width"
        if notation.language() != notation.ORIGINAL and notation.is_japanese(words):
            attributes["lang"] = notation.ORIGINAL
        self.writer.element("text", words, attrib=attributes)

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: object) -> tuple[float, ...]:
        """As matplotlib says."""
        return super().get_text_width_height_descent(s, prop, ismath) if ismath else ruler.measured(s, prop)

    def _get_font_height_metrics(self, prop: FontProperties) -> tuple[float, float, float]:
        """How far a face reaches above and below its line, and the gap between two.

        matplotlib calls this hook of its own temporary. Without it, it looks the face up and reads these numbers anew for every text,
        which is a third of a chart's drawing; the numbers are the same.
        """
        return ruler.around(prop)


def _rounded(svg: str) -> str:
    """Coordinates to a hundredth of a point: finer than any printer, and a third of the bytes. A factor keeps all its digits."""
    return _TOO_FINE.sub(lambda found: found[1] or found[0], svg)


def _own_ids(root: ET.Element, name: str, *, used: set[str]) -> None:
    """Leaves only ids that something refers to, and makes them the picture's own: many pictures share one page."""
    for element in root.iter():
        if (own := element.get("id")) is not None:
            if own in used:
                element.set("id", f"{name}-{own}")
            else:
                del element.attrib["id"]
        for key, value in list(element.attrib.items()):
            if "#" in value and (key.endswith("href") or "url(#" in value):
                element.set(key, _REFERENCE.sub(lambda m: f"#{name}-{m[1]}" if m[1] in used else m[0], value))


def quiet(axes: Axes, *, keep: str = "") -> None:
    """Takes away all lines around a chart but those named (`left`, `bottom`)."""
    for side, spine in axes.spines.items():
        spine.set_visible(side in keep)
    axes.tick_params(length=0, pad=PAD)

"""Words of a chart: matplotlib's own `Text`, made and drawn by a short way where they are plain.

A page has some 700 texts in some thirty looks. matplotlib makes each out of forty settings, every one checked, and lays it out
as if it were turned, framed and broken by itself. A text here is a copy of the first one of its look, and one line that is neither
turned nor framed is written where it is tied to. Whatever else is asked of it, it does as any `Text` does.
"""

from collections.abc import Mapping
from functools import lru_cache
from itertools import repeat
from math import isfinite
from typing import Protocol, Self

import matplotlib as mpl
from matplotlib.backend_bases import RendererBase
from matplotlib.cbook import CallbackRegistry
from matplotlib.colors import rgb2hex, to_rgba
from matplotlib.font_manager import FontProperties, weight_dict
from matplotlib.text import Text

from helpers.draw import ruler

REGULAR = 400  # of a face's weights
_ANCHORS = {"left": "start", "center": "middle", "right": "end"}


class Writer(Protocol):
    """What a renderer has that takes a line as it is."""

    height: float

    def line(self, words: str, face: FontProperties, place: Mapping[str, str], style: str) -> None:
        """Write it; `style` is CSS."""


class Lettering(Text):
    """A text that is never cut off."""

    @classmethod
    def of(cls, x: float, y: float, words: str, look: Mapping[str, object]) -> Self:
        """A text of a look.

        Args:
            x: Where it is tied to, as its transform counts; so is `y`.
            y: See there.
            words: What it says.
            look: As matplotlib names it; besides, the settings hold that matplotlib has now.
        """
        of_look = tuple((name, value) for name, value in look.items() if name != "transform")
        try:
            model = _model(cls, of_look, _settings())
        except TypeError:  # a look that cannot be looked up
            return cls(x, y, words, **look)
        made = cls.__new__(cls)
        own = {"_x": x, "_y": y, "_fontproperties": model["_fontproperties"].copy()}
        own["_text"] = words if type(words) is str else "" if words is None else str(words)
        if "transform" in look:
            own |= {"_transform": look["transform"], "_transformSet": True}
        vars(made).update(model | own)
        return made

    # Who listens to its changes: a list that is made when somebody does.

    def __getattr__(self, name: str) -> CallbackRegistry:
        if name != "_callbacks":
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
        self._callbacks = CallbackRegistry(signals=["pchanged"])
        return self._callbacks

    def pchanged(self) -> None:
        """As matplotlib says."""
        if "_callbacks" in self.__dict__:
            super().pchanged()

    def set_clip_path(self, path: object, transform: object = None) -> None:
        """None: it is not cut off."""

    def draw(self, renderer: RendererBase) -> None:
        """As matplotlib says."""
        if not hasattr(renderer, "line") or not self._is_plain() or mpl.rcParams["svg.fonttype"] != "none":
            super().draw(renderer)
            return
        self._renderer = renderer
        if not self._visible or not self._text:
            return
        x, y = self._tied_to()
        if not (isfinite(x) and isfinite(y)):
            return
        y = renderer.height - (self._raised() + y)
        red, green, blue, opacity = to_rgba(self._color)
        style = style_of(self._fontproperties, rgb2hex((red, green, blue)), opacity, anchor_of(self))
        renderer.line(self._text, self._fontproperties, {"x": f"{x:f}", "y": f"{y:f}"}, style)
        self.stale = False

    def _is_plain(self) -> bool:
        is_decorated = self._bbox_patch or self._path_effects or self._url or self._alpha is not None
        is_turned = self._rotation or self._transform_rotates_text or not self.get_transform().is_affine
        is_laid_out = self._usetex or self._parse_math or self._wrap or "\n" in self._text
        return not (is_decorated or is_turned or is_laid_out)

    def _tied_to(self) -> tuple[float, float]:
        (of_x, skewed, right), (turned, of_y, up), _ = self.get_transform().get_matrix().tolist()
        x, y = float(self.convert_xunits(self._x)), float(self.convert_yunits(self._y))
        return of_x * x + skewed * y + right, turned * x + of_y * y + up

    def _raised(self) -> float:
        """How far its line stands above what it is tied to, in points, as `Text` lays out one line."""
        _, height, below = ruler.measured(self._text, self._fontproperties)
        most_above, most_below, _ = ruler.around(self._fontproperties)
        above = height - below
        if self._linespacing == "normal":
            above, below = max(above, most_above), max(below, most_below)
        else:
            leading = self._linespacing * (most_above + most_below) - (above + below)
            above, below = above + leading / 2, below + leading / 2
        from_top = {"top": 0, "baseline": -above, "center_baseline": -above / 2, "center": -(above + below) / 2}
        return -above - from_top.get(self._verticalalignment, -above - below)


def _settings() -> tuple[object, ...]:
    """What decides how a text looks where its look says nothing."""
    settings = mpl.rcParams
    lists = (tuple(dict.__getitem__(settings, name)) for name in ("font.family", "path.effects"))
    return (*map(dict.__getitem__, repeat(settings), OF_TEXT), *lists)


OF_TEXT = (
    *("font.size", "font.style", "font.variant", "font.weight", "font.stretch", "mathtext.fontset"),
    *("text.color", "text.usetex", "text.parse_math", "text.antialiased", "path.sketch"),
)


@lru_cache(maxsize=256)
def _model(kind: type[Lettering], look: tuple[tuple[str, object], ...], _settings: tuple) -> dict[str, object]:
    """What a text of a look has besides its words and its place."""
    made = vars(kind(0, 0, "", **dict(look)))
    del made["_callbacks"]
    return made


def anchor_of(text: Text) -> str:
    """Which point of a line SVG ties to its place."""
    return _ANCHORS[text.get_horizontalalignment()]


@lru_cache(maxsize=1024)
def style_of(face: FontProperties, ink: str, opacity: float, anchor: str) -> str:
    """The style of words, as CSS has it."""
    weight = weight_dict.get(face.get_weight(), face.get_weight())
    said = {
        "font-style": "" if face.get_style() == "normal" else face.get_style(),
        "font-weight": "" if weight == REGULAR else weight,
        "font-size": f"{face.get_size():g}px",
        "font-family": f"'{face.get_family()[0]}'",
        "text-anchor": anchor,
        "fill": ink,
        "opacity": "" if opacity == 1 else f"{opacity:g}",
    }
    return "; ".join(f"{name}: {value}" for name, value in said.items() if value)

"""A chart as SVG: words as text in the page's own face, coordinates no finer than a printer, ids that are the picture's own.

matplotlib's renderer decides what is drawn; what is written, and how, is decided here.
"""

import io
import re
from collections.abc import Mapping
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

import matplotlib as mpl
from matplotlib import _path
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.colors import rgb2hex
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Transform

from helpers import notation
from helpers.draw import ruler
from helpers.draw.lettering import anchor_of, style_of
from helpers.notation import tokens

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
DECIMALS = 2  # of a point: finer than any printer, and a third of the bytes
# Of what is not a path; a factor keeps all its digits.
_TOO_FINE = re.compile(r"(?<=\d\.\d\d)\d+(?![\d%])")
_FACTOR = re.compile(r"(scale\([^)]*\))")
_NOT_PLAIN = re.compile(r"[&<>\"\n\r\t]")
_REFERENCE = re.compile(r"((?:^|url\()#)([\w.-]+)")


class Renderer(RendererSVG):
    """matplotlib's own, for which a line of type and a face are measured once in a process, in however many pictures they stand."""

    def __init__(
        self, width: float, height: float, file: TextIO, *, name: str = "", about: Mapping[str, str] | None = None
    ) -> None:
        """A picture of a size in points, which is written when it is finished.

        Args:
            width: Of the picture; so is `height`.
            height: See there.
            file: Where it goes.
            name: What its ids begin with: many pictures share one page.
            about: Attributes of the whole.
        """
        super().__init__(width, height, io.StringIO())  # what it begins with is written below
        self.writer = _Writer(file, name)
        whole = {"xmlns": _SVG, "xmlns:xlink": _XLINK, "viewBox": f"0 0 {width:f} {height:f}"}
        self._start_id = self.writer.start("svg", whole | dict(about or {}))
        self._write_default_style()

    def _write_metadata(self, metadata: object) -> None:
        """None: a picture on a page has none of its own."""

    def _convert_path(
        self,
        path: Path,
        transform: Transform | None = None,
        clip: object = None,
        simplify: object = None,
        sketch: object = None,
    ) -> str:
        """As matplotlib's own, which writes six decimals."""
        within = (0.0, 0.0, self.width, self.height) if clip else None
        steps = [b"M", b"L", b"Q", b"C", b"z"]
        return _path.convert_to_string(path, transform, within, simplify, sketch, DECIMALS, steps, False).decode()

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


class _Writer:
    """What matplotlib's renderer writes elements with; here on one line, with an id only where something refers to it."""

    def __init__(self, file: TextIO, name: str) -> None:
        self._file, self._name = file, name
        self._written: list[str] = []
        self._open: list[str] = []
        self._has_no_end = False  # the last start tag
        self._ids: dict[int, str] = {}  # by where they are in what is written
        self._referred: set[str] = set()

    def start(self, tag: str, attrib: Mapping[str, str] | None = None, **extra: str) -> int:
        """Open an element; attributes without a value are left out. Gives what `close` takes."""
        self._end_of_start()
        self._written.append(f"<{tag}")
        for key, value in {**(attrib or {}), **extra}.items():
            if value:
                self._attribute(key, value)
        self._open.append(tag)
        self._has_no_end = True
        return len(self._open) - 1

    def comment(self, _text: str) -> None:
        """None: matplotlib says above outlines of words what they are."""

    def data(self, text: str) -> None:
        """Words within an element."""
        self._end_of_start()
        self._written.append(escape(text))

    def element(self, tag: str, text: str = "", attrib: Mapping[str, str] | None = None, **extra: str) -> None:
        """A whole element."""
        self.start(tag, attrib, **extra)
        if text:
            self.data(text)
        self.end()

    def end(self, _tag: str = "", **_how: object) -> None:
        """Close the element that was opened last."""
        tag = self._open.pop()
        self._written.append("/>" if self._has_no_end else f"</{tag}>")
        self._has_no_end = False

    def close(self, number: int) -> None:
        """Close all elements back to the one that `start` gave this number."""
        while len(self._open) > number:
            self.end()

    def flush(self) -> None:
        """Write everything: the picture is whole."""
        for at, one in self._ids.items():
            if one not in self._referred:
                self._written[at] = ""
        self._file.write("".join(self._written))

    def _end_of_start(self) -> None:
        if self._has_no_end:
            self._written.append(">")
            self._has_no_end = False

    def _attribute(self, key: str, value: str) -> None:
        if key == "id":
            self._ids[len(self._written)] = value
            value = f"{self._name}-{value}"
        elif key == "d":
            value = value.replace("\n", "")  # after a space
        elif key != "aria-label":  # which says something, and measures nothing
            if key.endswith("href") or "url(#" in value:
                value = _REFERENCE.sub(self._own, value)
            if "scale(" in value:
                pieces = _FACTOR.split(value)
                pieces[::2] = [_TOO_FINE.sub("", piece) for piece in pieces[::2]]
                value = "".join(pieces)
            elif "." in value:
                value = _TOO_FINE.sub("", value)
        self._written.append(f" {key}={quoteattr(value)}" if _NOT_PLAIN.search(value) else f' {key}="{value}"')

    def _own(self, found: re.Match[str]) -> str:
        self._referred.add(found[2])
        return f"{found[1]}{self._name}-{found[2]}"

"""How long a line of type is: by HarfBuzz, which sets letters as browsers do and takes a twentieth of FreeType's time.

A line is measured once in a process, in however many pictures and sizes it stands: all its lengths grow with its size, since letters
are not fitted to pixels.
"""

from functools import cache, lru_cache

import uharfbuzz as harfbuzz
from matplotlib import font_manager
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

NO_GLYPH = 0


def measured(words: str, face: FontProperties) -> tuple[float, float, float]:
    """Width of a line of type in points, the height of its ink, and how much of that is below the line."""
    width, height, depth = _measured(words, _of_one_point(face))
    size = face.get_size_in_points()
    return width * size, height * size, depth * size


def around(face: FontProperties) -> tuple[float, float, float]:
    """How far a face reaches above and below its line, and the gap between two, in points."""
    above, below, between = _around(_of_one_point(face))
    size = face.get_size_in_points()
    return above * size, below * size, between * size


def _of_one_point(face: FontProperties) -> FontProperties:
    same = face.copy()
    same.set_size(1)
    return same


@lru_cache(maxsize=4096)
def _measured(words: str, face: FontProperties) -> tuple[float, ...]:
    font = _font(_file(face))
    line = harfbuzz.Buffer()
    line.add_str(words)
    line.guess_segment_properties()
    harfbuzz.shape(font, line)
    if any(glyph.codepoint == NO_GLYPH for glyph in line.glyph_infos):  # matplotlib knows what other face has it
        return text_to_path.get_text_width_height_descent(words, face, ismath=False)
    ink = [font.get_glyph_extents(glyph.codepoint) for glyph in line.glyph_infos]
    top = max((one.y_bearing for one in ink), default=0)
    bottom = min((one.y_bearing + one.height for one in ink), default=0)
    width = sum(position.x_advance for position in line.glyph_positions or ())  # none of no letters
    return tuple(length / font.face.upem for length in (width, top - bottom, -bottom))


@lru_cache(maxsize=64)
def _around(face: FontProperties) -> tuple[float, float, float]:
    of_type, em = font_manager.get_font(_file(face)).get_sfnt_table("OS/2"), _font(_file(face)).face.upem
    return of_type["sTypoAscender"] / em, -of_type["sTypoDescender"] / em, of_type["sTypoLineGap"] / em


@lru_cache(maxsize=64)
def _file(face: FontProperties) -> str:
    return font_manager.findfont(face)


@cache
def _font(file: str) -> harfbuzz.Font:
    return harfbuzz.Font(harfbuzz.Face(harfbuzz.Blob.from_file_path(file)))

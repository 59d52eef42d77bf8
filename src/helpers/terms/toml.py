"""Files that people write in TOML, and what is said where they are none."""

import re
import tomllib
from collections.abc import Callable

from helpers.terms.refusal import Refusal


def toml(content: bytes, *, place: str, parse_float: Callable[[str], object] = float) -> dict:
    """What a TOML file holds, with or without a byte order mark.

    Args:
        content: Its bytes.
        place: How people call it.
        parse_float: What a number with a point becomes.

    Raises:
        Refusal: It is no TOML, with the line; or not in UTF-8.
    """
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        return tomllib.loads(text, parse_float=parse_float)
    except UnicodeDecodeError:
        raise Refusal(f"{place}: UTF-8 で書かれていません。UTF-8 で保存し直してください。") from None
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line ([0-9]+)", str(error))
        line = int(found[1]) if found else max(1, len(text.splitlines()))  # at end of document
        look_for = "「=」、引用符、かっこが閉じているか、同じ項目が二度ないか"
        raise Refusal(f"{place} {line}行: TOML として読めません。その行の{look_for}を確かめてください。") from None

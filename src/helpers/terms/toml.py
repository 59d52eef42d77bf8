"""Reads TOML files written by people, and explains faults in them."""

import re
import tomllib
from collections.abc import Callable

from helpers.terms.refusal import Refusal


def toml(content: bytes, *, place: str, parse_float: Callable[[str], object] = float) -> dict:
    """The contents of a TOML file, with or without a byte order mark.

    Args:
        content: Its bytes.
        place: The file's name for the sentence.
        parse_float: Converts a number with a decimal point.

    Raises:
        Refusal: The file is not TOML (the line is named), or not in UTF-8.
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

"""Files of our own in JSON, which a disk may tear and people may alter."""

import json
import math


def parsed(content: bytes | str) -> object:
    """What a JSON text holds.

    Raises:
        ValueError: It holds none, or one that could not be written again: no number, or lists within lists beyond measure.
    """
    try:
        return json.loads(content, parse_constant=_no_number, parse_float=_finite)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _no_number(name: str) -> None:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number

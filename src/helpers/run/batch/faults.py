"""A fault of a run in sentences for people, and in lines for whoever mends it."""

import traceback
from collections.abc import Iterable
from pathlib import Path

from helpers import publish
from helpers.run.batch import year_set
from helpers.run.batch.late import render
from helpers.run.batch.places import REASON
from helpers.terms import Refusal


def sentences_of(error: Exception) -> list[str]:
    """What to tell people of a fault."""
    if isinstance(error, Refusal):
        return list(error.sentences)
    if isinstance(error, (render().Failed, year_set.Disagreement)):
        return [str(error)]
    if isinstance(error, OSError) and error.filename:
        return [unusable(error, Path(error.filename))]
    return [f"予期しない誤りです（{type(error).__name__}: {error}）。詳しくは {REASON} にあります。"]


def details(errors: Iterable[Exception]) -> list[str]:
    """Where in our own code it went wrong, for what no sentence foresees."""
    foreseen = (Refusal, render().Failed, year_set.Disagreement)
    return [line for error in errors if not isinstance(error, foreseen) for line in traceback.format_exception(error)]


def unusable(error: OSError, path: Path) -> str:
    """The sentence for a place that cannot be read or written, with the reason as the system gives it."""
    return f"{path} を使えません: {publish.reason(error)}。"

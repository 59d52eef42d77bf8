"""Which language is spoken: set once for a notebook's run, so that no number and no label has to be handed it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

ORIGINAL = "ja"
LANGUAGES = (ORIGINAL, "en")

# A notebook's cells may each run in a context of their own, so what `speak` sets is kept for the process; the variable holds
# what is said in another language for a moment.
_usual = {"language": ORIGINAL}
_for_now: ContextVar[str | None] = ContextVar("language", default=None)


def language() -> str:
    """The language now spoken."""
    return _for_now.get() or _usual["language"]


def speak(language: str) -> None:
    """Speak this language from here on.

    Raises:
        ValueError: Nobody here speaks it.
    """
    _usual["language"] = _known(language)


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Speak this language for a moment; the one already spoken where it is `None`."""
    token = _for_now.set(_known(language) if language else _for_now.get())
    try:
        yield
    finally:
        _for_now.reset(token)


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise ValueError(f"no such language: {language}")
    return language

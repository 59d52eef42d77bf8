"""Which language is spoken: set once for a notebook's run, so that no number and no label has to be handed it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

ORIGINAL = "ja"
LANGUAGES = (ORIGINAL, "en")

# A notebook's cells may each run in a context of their own, so what `speak` sets is kept for the process; the variable holds
# what is said in another language for a moment.
_usual: dict[str, str | tuple[str, ...]] = {"language": ORIGINAL, "beside": ()}
_for_now: ContextVar[str | None] = ContextVar("language", default=None)


def language() -> str:
    """The language now spoken."""
    return _for_now.get() or _usual["language"]


def speak(language: str, beside: str = "") -> None:
    """Speak this language from here on.

    Args:
        language: One of `LANGUAGES`.
        beside: Pages in other languages than the original that stand beside the one being made, by their place from it:
            `brief.en quality.en ../index.en`. Without them there is the original alone.

    Raises:
        ValueError: Nobody here speaks it.
    """
    _usual["language"], _usual["beside"] = _known(language), tuple(beside.split())


def languages_of(page: str) -> tuple[str, ...]:
    """The languages that a page, named by its place from this one (`quality`, `../index`), is known to stand in."""
    stands = (name.rpartition(".") for name in _usual["beside"])
    return (ORIGINAL, *(language for name, _, language in stands if name == page))


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

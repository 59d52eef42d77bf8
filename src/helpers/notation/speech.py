"""The language spoken: set once for a notebook's run, so that it need not be passed to every function."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

ORIGINAL = "ja"
LANGUAGES = (ORIGINAL, "en")

# Each cell of a notebook may run in a context of its own, so `speak` sets the language for the whole process; the
# context variable holds a language spoken for a moment only.
_usual: dict[str, str | tuple[str, ...]] = {"language": ORIGINAL, "beside": ()}
_for_now: ContextVar[str | None] = ContextVar("language", default=None)


def language() -> str:
    """The language now spoken."""
    return _for_now.get() or _usual["language"]


def speak(language: str, beside: str = "") -> None:
    """Speak this language from here on.

    Args:
        language: One of `LANGUAGES`.
        beside: Pages in other languages that are built beside this one, by their relative path: `brief.en quality.en
            ../index.en`. Without them, only pages in the original language are linked.

    Raises:
        ValueError: There is no catalogue in this language.
    """
    _usual["language"], _usual["beside"] = _known(language), tuple(beside.split())


def languages_of(page: str) -> tuple[str, ...]:
    """The languages in which a page is known to exist; the page is named by its relative path (`quality`, `../index`)."""
    stands = (name.rpartition(".") for name in _usual["beside"])
    return (ORIGINAL, *(language for name, _, language in stands if name == page))


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Speak this language within the block; keep the current one where it is `None`."""
    token = _for_now.set(_known(language) if language else _for_now.get())
    try:
        yield
    finally:
        _for_now.reset(token)


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise ValueError(f"no such language: {language}")
    return language

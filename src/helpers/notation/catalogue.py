"""The catalogue of sentences: every word a page says that is not a name or a number."""

import tomllib
from functools import cache
from importlib.resources import files

LANGUAGES = ("ja",)


@cache
def _catalogue(language: str) -> dict[str, str]:
    text = files("helpers.notation").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return {f"{group}.{name}": says for group, entries in tomllib.loads(text).items() for name, says in entries.items()}


def sentence(key: str, /, *, language: str = "ja", **words: str) -> str:
    """The sentence of that key with its places filled.

    Args:
        key: `group.name` in the catalogue.
        language: One of `LANGUAGES`.
        words: What fills each `{place}`, ready to be read.

    Raises:
        KeyError: No such sentence, or a place left empty.
    """
    return _catalogue(language)[key].format(**words)

"""Imports libraries without what they import and hardly ever use.

jsonschema compiles grammars of addresses, a second, half of all that a page imports; no notebook's format asks for one. seaborn
brings ipywidgets for its palettes to choose from. Either is imported when it is first called, so that both do all they always do.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

LATER = {"jsonschema": "rfc3987_syntax", "seaborn": "ipywidgets"}


class _Later(ModuleType):
    """Stands in for a module of functions and classes that are only ever called."""

    def __getattr__(self, name: str) -> Callable:
        if name.startswith("__"):
            raise AttributeError(name)

        def called(*arguments: object, **options: object) -> object:
            return getattr(import_module(self.__name__), name)(*arguments, **options)

        return called


def load(library: str) -> None:
    """Import a library of `LATER` without what it shall import later, where neither is imported and both are installed."""
    later = LATER[library]
    if {library, later} & sys.modules.keys() or not find_spec(library) or not find_spec(later):
        return
    sys.modules[later] = _Later(later)
    try:
        import_module(library)
    finally:
        del sys.modules[later]

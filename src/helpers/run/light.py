"""Imports jsonschema, once this is imported, without its grammars of addresses: a second, half of all that a page imports.

No notebook's format asks for one. They are read when an address is first checked, so that jsonschema does all it always does.
"""

import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

GRAMMARS = "rfc3987_syntax"


def _is_valid_syntax(*arguments: str) -> bool:
    return import_module(GRAMMARS).is_valid_syntax(*arguments)


def _import_jsonschema() -> None:
    standing_in = ModuleType(GRAMMARS)
    standing_in.is_valid_syntax = _is_valid_syntax
    sys.modules[GRAMMARS] = standing_in
    try:
        import_module("jsonschema")
    finally:
        del sys.modules[GRAMMARS]


if not {GRAMMARS, "jsonschema"} & sys.modules.keys() and find_spec(GRAMMARS) and find_spec("jsonschema"):
    _import_jsonschema()

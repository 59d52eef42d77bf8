"""nbformat's check of a cell's output, by the function that fastjsonschema has compiled for it.

nbformat compiles its schema for whole notebooks, and has jsonschema interpret it for each output: ten times as slow.
"""

import re
from collections.abc import Iterable, Mapping

import nbformat
from nbformat.json_compat import FastJsonSchemaValidator, ValidationError
from nbformat.validator import get_validator


class _Compiled(FastJsonSchemaValidator):
    def iter_errors(self, data: object, schema: Mapping[str, str] | None = None) -> Iterable[ValidationError]:
        """None where the compiled function has none; else, and where there is no such function, what jsonschema says."""
        if schema and (check := self.compiled(schema["$ref"])):
            try:
                check(data)
            except ValueError:  # as fastjsonschema raises it
                pass
            else:
                return ()
        return super().iter_errors(data, schema)

    def compiled(self, part: str) -> object:
        """The function for a part of the schema (`#/definitions/stream`), as fastjsonschema names it."""
        return self._validator.__globals__.get("validate_" + re.sub(r"\W", "_", part))


def prepare() -> None:
    """Have outputs checked so in this process and those forked from it."""
    found = get_validator(nbformat.current_nbformat)
    if type(found) is FastJsonSchemaValidator:  # a user may have asked nbformat for the other
        found.__class__ = _Compiled

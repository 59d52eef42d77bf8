"""What every page needs and no page changes, made when this is imported: once, in the process that the workers are forked from."""

import nbformat

from helpers import notation
from helpers.run.render import export, fonts, schema

nbformat.validate(nbformat.v4.new_notebook())  # its schema is compiled
schema.prepare()
notation.stylesheet()
export.prepare()
fonts.prepare()

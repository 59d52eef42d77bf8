"""What every page needs and no page changes, made when this is imported: once, in the process that the workers are forked from."""

from helpers import notation
from helpers.render import export, fonts

notation.stylesheet()
export.prepare()
fonts.prepare()

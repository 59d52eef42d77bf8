"""What every page says and draws with, made when this is imported: once, in the process that the workers are forked from."""

from helpers import draw, notation
from helpers.pages import environment

notation.prepare()
draw.prepare()
environment.prepare()

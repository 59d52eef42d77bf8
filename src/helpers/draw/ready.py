"""Blank sheets for the charts of a page, laid out when this is imported: in the processes that kernels are forked from."""

from helpers.draw.canvas import lay_out

MOST_OF_A_PAGE = 24  # the page of details has 23

lay_out(MOST_OF_A_PAGE)

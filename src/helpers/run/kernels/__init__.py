"""Processes that run the cells of a notebook, forked from one that has everything imported, and what nbclient asks of them."""

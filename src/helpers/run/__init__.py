"""Notebook and parameters → pages: executed, exported, built in parallel, published whole. It does not know what is on a page."""

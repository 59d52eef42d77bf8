"""The templates of the pages, compiled when this is imported: once, in the process that the workers are forked from."""

from helpers.pages import environment

environment.prepare()

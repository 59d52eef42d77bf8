"""From the list of measures to the departments' answers, and from the register to the summary that is published. It decides no grade."""

from helpers.forms import as_html, as_text, as_word, featured, read_back
from helpers.forms.kept import alone, ask, close, collect, forms_of, hash_of, into_year, reopen
from helpers.forms.listed import again, carried, from_file, of_register
from helpers.forms.summary import Summary, summary
from helpers.forms.workbook import Asked, forms

__all__ = [
    "Asked",
    "Summary",
    "again",
    "alone",
    "as_html",
    "as_text",
    "as_word",
    "ask",
    "carried",
    "close",
    "collect",
    "featured",
    "forms",
    "forms_of",
    "from_file",
    "hash_of",
    "into_year",
    "of_register",
    "read_back",
    "reopen",
    "summary",
]

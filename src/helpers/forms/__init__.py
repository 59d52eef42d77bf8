"""From the departments' answers to the published summary: their forms, what came back, and the draft. It decides no grade."""

from helpers.forms.kept import ask, close, collect, forms_of, hash_of, into_year
from helpers.forms.listed import again, from_file, of_register
from helpers.forms.workbook import Asked, forms

__all__ = [
    "Asked",
    "again",
    "ask",
    "close",
    "collect",
    "forms",
    "forms_of",
    "from_file",
    "hash_of",
    "into_year",
    "of_register",
]

"""From the departments' answers to the published summary: their forms, what came back, and the draft. It decides no grade."""

from helpers.forms.kept import ask, close, collect, into_year
from helpers.forms.listed import again, from_file, of_register
from helpers.forms.workbook import Asked, file_name, form

__all__ = [
    "Asked",
    "again",
    "ask",
    "close",
    "collect",
    "file_name",
    "form",
    "from_file",
    "into_year",
    "of_register",
]

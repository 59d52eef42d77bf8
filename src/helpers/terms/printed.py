"""Marks a PDF with the page it was printed from. A PDF holds the time it was made, so no hash of the PDF itself is recorded."""

import re
from hashlib import sha256

# A comment after the end of the PDF, which PDF readers ignore.
_MARK = re.compile(rb"\n% gyokaku page=([0-9a-f]{64}) print=([0-9a-f]{64})\n\Z")


def marked(pdf: bytes, page: bytes) -> bytes:
    """The PDF with a last line that binds it to the page it was printed from."""
    return pdf + f"\n% gyokaku page={sha256(page).hexdigest()} print={sha256(pdf).hexdigest()}\n".encode()


def is_print_of(pdf: bytes, page: bytes) -> bool:
    """Whether a PDF was printed from exactly this page and has not been changed since."""
    found = _MARK.search(pdf)
    made_of = (sha256(page).hexdigest().encode(), sha256(pdf[: found.start()]).hexdigest().encode()) if found else ()
    return bool(found) and found.groups() == made_of

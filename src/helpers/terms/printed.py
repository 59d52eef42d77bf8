"""A PDF that says of which page it is the print: it holds the time it was made, so no hash of its own is kept of it."""

import re
from hashlib import sha256

# A comment after the end of the file, where readers of PDF look for nothing.
_MARK = re.compile(rb"\n% gyokaku page=([0-9a-f]{64}) print=([0-9a-f]{64})\n\Z")


def marked(pdf: bytes, page: bytes) -> bytes:
    """The PDF with a last line that binds it to the page it was printed from."""
    return pdf + f"\n% gyokaku page={sha256(page).hexdigest()} print={sha256(pdf).hexdigest()}\n".encode()


def is_print_of(pdf: bytes, page: bytes) -> bool:
    """Whether a PDF was printed from just that page, and is as it was printed."""
    found = _MARK.search(pdf)
    made_of = (sha256(page).hexdigest().encode(), sha256(pdf[: found.start()]).hexdigest().encode()) if found else ()
    return bool(found) and found.groups() == made_of

"""A page as a browser prints it: the sheets of A4, and what can be found on each."""

import pypdfium2

A4_POINTS = (595, 842)


def sheets(page, **options):
    """The sheets of an open page."""
    return list(pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True, print_background=True, **options)))


def texts(page, **options):
    """The words of each sheet, as a reader of PDFs finds them."""
    return [sheet.get_textpage().get_text_range() for sheet in sheets(page, **options)]


def size(sheet):
    """Width and height in whole points."""
    return tuple(round(side) for side in sheet.get_size())

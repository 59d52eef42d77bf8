"""A received file, of any format → its lines with places that people can follow; what the lines mean is not asked here."""

from helpers.received.document import Document, book, document, marks, opened

__all__ = ["Document", "book", "document", "marks", "opened"]

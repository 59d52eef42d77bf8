"""A received document → rows with provenance. Nothing is written that the document does not state, and everything not understood is reported."""

from helpers.intake.filing import staged_year
from helpers.intake.reading import about, facts
from helpers.received import Document, document

__all__ = ["Document", "about", "document", "facts", "staged_year"]

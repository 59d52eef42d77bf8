"""A received document → rows with provenance: what is not stated is not written, what is not understood is named."""

from helpers.intake.document import Document, document
from helpers.intake.filing import staged_year
from helpers.intake.summary import summary

__all__ = ["Document", "document", "staged_year", "summary"]

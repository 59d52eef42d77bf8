"""A document and the layout of its plan → facts: read whole where the layout names a word of its title, else its tables alone."""

import pandas as pd

from helpers.intake import identity, laid_out, whole
from helpers.intake.ledger import Ledger
from helpers.received import Document
from helpers.terms import Plan, Refusal
from helpers.terms.layout import Layout
from helpers.terms.words import told_first


def facts(
    document: Document, *, plan: Plan, layout: Layout, fiscal_year: int, year_not_in_document: bool = False
) -> dict[str, pd.DataFrame]:
    """The facts of the year, one frame a table of `terms.tables.FACTS`, every cell as text.

    Args:
        document: As it was received.
        plan: What it has to be of.
        layout: Of the plan's documents.
        fiscal_year: What it has to be of.
        year_not_in_document: That a person says, in so many words, that the document does not name its year.

    Raises:
        Refusal: The document is of another plan or year, or is not as plan and layout have it; all faults at once.
    """
    ledger = Ledger(document, plan, layout, fiscal_year)
    (whole if layout.title else laid_out).read(ledger, year_not_in_document=year_not_in_document)
    if ledger.faults:
        raise Refusal(*told_first(ledger.faults))
    return ledger.frames()


def about(document: Document, plan: Plan, layout: Layout) -> dict[str, str]:
    """Title, publisher and month of publication, as `SOURCES.toml` keeps them, and what the document does not say of itself.

    Raises:
        Refusal: Of a document that is read whole: it has no such title, or its month cannot be read.
    """
    return (identity.front_matter if layout.title else laid_out.about)(document, plan, layout)

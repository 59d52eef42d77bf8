"""Why there is no page."""

from helpers.terms import Refusal


class Failed(Exception):  # noqa: N818 — said of the notebook, as papermill says it
    """A notebook did not become a page, for a reason that is not the clerk's.

    Attributes:
        notebook: The canonical notebook as far as it got; empty where nothing ran.
        may_pass: Whether the same may go well at another try: the kernel did not start, or was killed from outside.
    """

    def __init__(self, sentence: str, notebook: bytes = b"", *, may_pass: bool = False) -> None:
        super().__init__(sentence)
        self.notebook = notebook
        self.may_pass = may_pass


class Refused(Refusal):
    """A refusal that a notebook raised, with the canonical notebook as far as it got."""

    def __init__(self, *sentences: str, notebook: bytes = b"") -> None:
        super().__init__(*sentences)
        self.notebook = notebook


class NotAPage(Exception):  # noqa: N818 — as `Failed`
    """The page would lack something, or ask for something."""

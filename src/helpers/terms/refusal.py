"""The one exception that speaks to the clerk."""


class Refusal(Exception):  # noqa: N818 — “refusal” is this project's word: a request is refused, with a reason
    """The request cannot be carried out; the text says where the fault is, what it is, and what to do.

    Args:
        sentences: Whole sentences in the clerk's language: file, row, remedy. All faults at once.
    """

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences, one fault each."""
        return tuple(str(self).splitlines())

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the sentences, without the traceback."""
        return ["中止しました。", *(f"・{sentence}" for sentence in self.sentences)]

"""The one exception that speaks to the clerk."""


class Refusal(Exception):  # noqa: N818 — the word of the house: what was asked for is refused, with a reason
    """What was asked cannot be done; the text says where, what, and what to do.

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
        """What a notebook shows: the sentences, and not the forty lines of the way here."""
        return ["中止しました。", *(f"・{sentence}" for sentence in self.sentences)]

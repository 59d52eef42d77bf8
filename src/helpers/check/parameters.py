"""The parameters of a page that have few allowed values."""

from helpers import notation
from helpers.terms import Refusal

AUDIENCES = ("internal",)


def parameters(*, language: str, audience: str) -> None:
    """Refuses a language or an audience that no page can be made for yet.

    Raises:
        Refusal: Both at once, where both are wrong.
    """
    faults = []
    if language not in notation.LANGUAGES:
        faults.append(
            f"language（言語）「{language}」のページはまだ作れません。{'、'.join(notation.LANGUAGES)} を指定してください。"
        )
    if audience not in AUDIENCES:
        faults.append(
            f"audience（読み手）「{audience}」のページはまだ作れません。{'、'.join(AUDIENCES)} を指定してください。"
        )
    if faults:
        raise Refusal(*faults)

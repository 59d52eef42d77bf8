"""A part of a page: what a cell displays, in JupyterLab and on the page alike."""

from dataclasses import dataclass

from markupsafe import Markup

from helpers.pages.environment import rendered


@dataclass(frozen=True)
class Part:
    """HTML of one part of a page, as its template wrote it, with a plain line for where HTML cannot go."""

    html: Markup
    text: str = ""

    def __html__(self) -> Markup:
        """As it stands within another part."""
        return self.html

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002
        return {"text/html": str(self.html), "text/plain": self.text or "（HTML）"}


def part(template: str, says: str, /, **context: object) -> Part:
    """A template's part of the page.

    Args:
        template: As `rendered` takes it.
        says: The plain line.
        context: What the template shows.
    """
    return Part(rendered(template, **context), says)

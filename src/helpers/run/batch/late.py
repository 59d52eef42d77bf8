"""`render` when a page is made: where nothing is due, nobody waits for the libraries that make one."""

from types import ModuleType


def render() -> ModuleType:
    """The module `helpers.run.render`."""
    from helpers.run import render  # noqa: PLC0415

    return render

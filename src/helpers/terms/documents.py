"""Documents generated from the code they describe: `make docs` writes them, and a test says when they are stale."""

from collections.abc import Callable
from pathlib import Path

from helpers.terms.metric import catalogue
from helpers.terms.tables import readme

DOCUMENTS: dict[str, Callable[[], str]] = {"docs/metrics.md": catalogue, "data/README.md": readme}


def write(folder: Path) -> None:
    """Writes all of them below the folder."""
    for name, made in DOCUMENTS.items():
        (folder / name).write_text(made(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path.cwd())

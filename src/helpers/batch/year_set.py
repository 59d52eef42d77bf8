"""The files of one plan and year, from the pages of its notebooks."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import Protocol

from helpers.batch import workbook
from helpers.batch.due import to_json

TABLE_NAME = re.compile(r"[a-z][a-z0-9_-]*")
NUMBER = re.compile(r"[+-]?[\d.,]+%?")
# A spreadsheet runs a cell of text that begins so.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Disagreement(Exception):  # noqa: N818 — what it is
    """Two pages of one set say different things of one figure."""


class Made(Protocol):
    """A page as `render` gives it."""

    html: str
    notebook: bytes
    bundle: dict


def page_file(page: str, language: str) -> str:
    """The page's file: `brief.html`, and `brief.en.html` beside it."""
    return f"{page}.html" if language == "ja" else f"{page}.{language}.html"


def notebook_file(page: str, language: str) -> str:
    """The executed notebook's file."""
    return f"notebooks/{page_file(page, language).removesuffix('.html')}.ipynb"


def workbook_file(plan: str, fiscal_year: int) -> str:
    """The workbook's file: a name that still says what it is once it was sent by mail."""
    return f"data/{plan}-{fiscal_year}.xlsx"


def files(pages: Mapping[str, Made], language: str) -> dict[str, bytes]:
    """Every file of the set by its path in it.

    Raises:
        Disagreement: Two pages give one figure, one key of the summary or one table differently.
    """
    made = {}
    for name, page in pages.items():
        made[page_file(name, language)] = page.html.encode()
        made[notebook_file(name, language)] = page.notebook
    bundles = {name: page.bundle for name, page in pages.items()}
    metrics = _agreed((name, _metric_key(row), row) for name, bundle in bundles.items() for row in bundle["metrics"])
    summary = _agreed((name, *item) for name, bundle in bundles.items() for item in bundle["summary"].items())
    tables = _agreed((name, *item) for name, bundle in bundles.items() for item in bundle["tables"].items())
    made["metrics.json"] = to_json(list(metrics.values()))
    made["summary.json"] = to_json(summary, sort_keys=True)
    for name, table in tables.items():
        if not TABLE_NAME.fullmatch(name):
            raise Disagreement(f"表の名前「{name}」はファイル名に使えません。")
        made[f"data/{name}.csv"] = _csv(table)
    one = next(iter(bundles.values()))
    made[workbook_file(one["plan"], one["fiscal_year"])] = workbook.workbook(
        one["plan"],
        one["fiscal_year"],
        title=one["title"],
        summary=summary,
        metrics=metrics.values(),
        tables=tables,
        language=language,
    )
    return made


def _metric_key(row: Mapping) -> tuple:
    return tuple(row[name] for name in ("metric", "scope", "scope_id", "fiscal_year"))


def _agreed(said: Iterable[tuple[str, object, object]]) -> dict:
    values: dict = {}
    first: dict = {}
    for page, key, value in said:
        if values.setdefault(key, value) != value:
            raise Disagreement(
                f"ページ {first[key]} と {page} で {key} の値が違います。--page を付けずに作り直してください。"
            )
        first.setdefault(key, page)
    return values


def _csv(table: Mapping) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(table["columns"])
    writer.writerows([_cell(value) for value in row] for row in table["rows"])
    return written.getvalue().encode("utf-8-sig")  # with its mark, or Excel reads it as CP932


def _cell(value: object) -> object:
    is_formula = isinstance(value, str) and value.startswith(FORMULA_STARTS) and not NUMBER.fullmatch(value)
    return f"'{value}" if is_formula else value

"""The files of one plan and year, from the pages of its notebooks."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from helpers.run import workbook
from helpers.terms.json import indented

TABLE_NAME = re.compile(r"[a-z][a-z0-9_-]*")
# Japanese is the original: what has no language of its own is made from its pages.
ORIGINAL = "ja"
SUMMARY = "summary.json"
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


def stem(page: str, language: str) -> str:
    """What the page's files are called: `brief`, and `brief.en` beside it."""
    return page if language == ORIGINAL else f"{page}.{language}"


def page_and_language(stem: str) -> tuple[str, str]:
    """The other way round."""
    page, _, language = stem.partition(".")
    return page, language or ORIGINAL


def workbook_file(plan: str, fiscal_year: int) -> str:
    """The workbook's file: a name that still says what it is once it was sent by mail."""
    return f"data/{plan}-{fiscal_year}.xlsx"


class _Agreed(NamedTuple):
    """What the Japanese pages of a set say together: its title, figures, summary and tables."""

    title: str
    plan: str
    fiscal_year: int
    metrics: list
    summary: dict
    tables: dict


def files(pages: Mapping[str, Made]) -> dict[str, bytes]:
    """Every file of the set by its path in it.

    Args:
        pages: The pages by name, `brief` and `brief.en`. Figures, summary and tables are those of the Japanese ones;
            a page in another language must give the same figures.

    Raises:
        Disagreement: Two pages give one figure, one key of the summary or one table differently.
    """
    said = _said(pages)
    made = _files(pages, said)
    # Not at the top: where nothing is due, nobody asks for it. A worker has xlsxwriter imported.
    from helpers.run.render import workers  # noqa: PLC0415

    made[workbook_file(said.plan, said.fiscal_year)] = workers.helped(
        workbook.workbook,
        said.plan,
        said.fiscal_year,
        title=said.title,
        summary=said.summary,
        metrics=said.metrics,
        tables=said.tables,
        language=ORIGINAL,
    )
    return made


def table_files(pages: Mapping[str, Made]) -> dict[str, bytes]:
    """The same without the workbook: a collection has its tables as CSV alone."""
    return _files(pages, _said(pages))


def _said(pages: Mapping[str, Made]) -> _Agreed:
    bundles = {name: page.bundle for name, page in pages.items()}
    originals = {name: bundle for name, bundle in bundles.items() if bundle["language"] == ORIGINAL}
    if len(originals) < len(bundles):  # else the rows below are compared whole
        _agreed((name, _metric_key(row), _value(row)) for name, bundle in bundles.items() for row in bundle["metrics"])
    metrics = _agreed((name, _metric_key(row), row) for name, bundle in originals.items() for row in bundle["metrics"])
    summary = _agreed((name, *item) for name, bundle in originals.items() for item in bundle["summary"].items())
    tables = _agreed((name, *item) for name, bundle in originals.items() for item in bundle["tables"].items())
    one = next(iter(originals.values()))
    return _Agreed(one["title"], one["plan"], one["fiscal_year"], list(metrics.values()), summary, tables)


def _files(pages: Mapping[str, Made], said: _Agreed) -> dict[str, bytes]:
    made = page_files(pages)
    made["metrics.json"] = indented(said.metrics)
    made[SUMMARY] = indented(said.summary, sort_keys=True)
    for name, table in said.tables.items():
        if not TABLE_NAME.fullmatch(name):
            raise Disagreement(f"表の名前「{name}」はファイル名に使えません。")
        made[f"data/{name}.csv"] = _csv(table)
    return made


def page_files(pages: Mapping[str, Made]) -> dict[str, bytes]:
    """The pages over a plan's years, each with its executed notebook."""
    return {
        name: content
        for stem, page in pages.items()
        for name, content in ((f"{stem}.html", page.html.encode()), (f"notebooks/{stem}.ipynb", page.notebook))
    }


def _value(row: Mapping) -> tuple:
    """A figure without the words it is shown in."""
    return tuple(row.get(name) for name in ("exact", "low", "high", "unit", "status"))


def _metric_key(row: Mapping) -> tuple:
    return row["metric"], row["scope"], row["scope_id"], row["fiscal_year"]


def _agreed(said: Iterable[tuple[str, object, object]]) -> dict:
    values: dict = {}
    first: dict = {}
    for page, key, value in said:
        if key not in values:
            values[key], first[key] = value, page
        elif values[key] != value:
            raise Disagreement(
                f"ページ {first[key]} と {page} で {key} の値が違います。--page を付けずに作り直してください。"
            )
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

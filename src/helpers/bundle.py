"""The bundle: the one object in which a page's notebook hands over its figures, sentences, tables and findings.

The last cell of a page displays one bundle under a MIME type of its own. `render` takes it out of the executed
notebook and writes the files beside the page, so nothing is computed twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import pandas as pd

from helpers import notation, pages
from helpers.terms import Figure, Figures, Finding, Plan, Sentence, Unit, form, wareki
from helpers.terms.collection import Collection
from helpers.terms.frames import Frames
from helpers.terms.mime import MIME
from helpers.terms.records import columns

# The metrics that a list of years shows for each year.
YEAR_LINE = (
    "measures",
    "achieved_measures",
    "achievement_rate",
    "expected_effect",
    "actual_effect",
    "effect_multiplier",
    "top_item_share",
    "multiplier_without_top_item",
)


class Story(Protocol):
    """The part of a page's sentences that the summary needs."""

    headline: list[Sentence]
    key_figures: list


@dataclass(frozen=True)
class Bundle:
    """One page's content as data.

    Args:
        page: Name of the page, as in its notebook's metadata.
        frames: The tables it was made from.
        figures: All figures.
        story: The sentences in the original language; `headline` and `key_figures` go into the summary.
        findings: All findings.
        checks: How many checks had each outcome.
        tables: The tables behind its charts, machine-readable.
        language: Of the page.
        audience: `internal` or `public`.
    """

    page: str
    frames: Frames
    figures: Figures
    story: Story
    findings: list[Finding]
    checks: dict[str, int]
    tables: dict[str, pd.DataFrame]
    language: str = "ja"
    audience: str = "internal"

    @property
    def title(self) -> str:
        """The page's title: 伊勢原市 第6次行財政改革推進計画 令和6年度取組結果."""
        return notation.spoken(
            "{plan} {year}取組結果",
            plan=notation.full_name(self.frames.plan),
            year=notation.fiscal_year(self.frames.fiscal_year),
        )

    def content(self) -> dict:
        """The bundle as JSON values; figures and summary, filed once for the whole set, are in the original language."""
        frames, title = self.frames, self.title
        with notation.speaking(notation.ORIGINAL):
            original, written, line = (
                self.title,
                [row | {"as_of": frames.as_of} for row in metrics(self.figures)],
                year_line(self.frames.plan, self.figures),
            )
        return {
            "schema": 1,
            "page": self.page,
            "plan": frames.plan.id,
            "fiscal_year": frames.fiscal_year,
            "language": self.language,
            "audience": self.audience,
            "title": title,
            "metrics": written,
            "summary": {
                "title": original,
                "municipality": frames.plan.municipality,
                "municipality_code": frames.plan.municipality_code,
                "plan": frames.plan.id,
                "plan_name": frames.plan.name,
                "english": _english(frames.plan),
                "fiscal_year": frames.fiscal_year,
                "knowledge": frames.knowledge,
                "headline": "".join(sentence.text for sentence in self.story.headline),
                "key_figures": [{"label": key.label.text, "value": key.value.text} for key in self.story.key_figures],
                "checks": self.checks,
                "findings": [
                    {"id": f.id, "severity": f.severity, "result": f.result, "acknowledged": f.acknowledged}
                    for f in self.findings
                ],
                "sources": [
                    {key: source[key] for key in ("title", "publisher", "published", "sha256")}
                    for source in frames.sources.values()
                    if not source.get("superseded")
                ],
                "input_hash": frames.input_hash,
                "edition": frames.edition,
                **line,
            },
            "tables": {name: _rows(table) for name, table in self.tables.items()},
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict:  # noqa: ARG002
        suffix = "" if self.language == notation.ORIGINAL else f".{self.language}"
        page = pages.part(
            "files",
            f"{self.title}: {len(self.figures)} figures",
            workbook=f"data/{self.frames.plan.id}-{self.frames.fiscal_year}.xlsx",
            tables=[f"data/{name}.csv" for name in sorted(self.tables)],
            notebook=f"notebooks/{self.page}{suffix}.ipynb",
        )
        return {MIME: self.content(), **page._repr_mimebundle_()}


@dataclass(frozen=True)
class PlanBundle:
    """The bundle of a page over all years of a plan: a table, and no figures, since each year's metrics.json has them.

    Args:
        page: Name of the page, as in its notebook's metadata.
        plan: The plan.
        years: Registered years.
        table: The years as a table, machine-readable.
        language: Of the page.
        audience: `internal` or `public`.
    """

    page: str
    plan: Plan
    years: tuple[int, ...]
    table: pd.DataFrame
    language: str = "ja"
    audience: str = "internal"

    def content(self) -> dict:
        """The bundle as JSON values; `fiscal_year` is the newest registered year, or the plan's first where none is registered."""
        plan = self.plan
        with notation.speaking(self.language):
            title = notation.sentence("index.title", plan=notation.full_name(plan))
        about = {"plan": plan.id, "title": title}
        return {
            "schema": 1,
            "page": self.page,
            **about,
            "fiscal_year": max(self.years, default=plan.first_fiscal_year),
            "language": self.language,
            "audience": self.audience,
            "metrics": [],
            "summary": {**about, "registered_years": list(self.years)},
            "tables": {"years": _rows(self.table)},
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict:  # noqa: ARG002
        content = self.content()
        again = notation.sentence("index.again", language=self.language)
        page = pages.part("index/again", content["title"], again=again, plan=self.plan.id)
        return {MIME: content, **page._repr_mimebundle_()}


@dataclass(frozen=True)
class CollectionBundle:
    """The bundle of the page of a collection: figures of what was answered so far, and the tables they stand on.

    Args:
        page: Name of the page, as in its notebook's metadata.
        collection: What was asked and answered.
        figures: All figures.
        story: The sentences; the headline goes into the summary.
        checks: How many checks had each outcome.
        tables: Departments, points and answers, machine-readable.
        language: Of the page.
        audience: `internal`: what departments are asked is not for the public.
    """

    page: str
    collection: Collection
    figures: Figures
    story: Story
    checks: dict[str, int]
    tables: dict[str, pd.DataFrame]
    language: str = "ja"
    audience: str = "internal"

    @property
    def title(self) -> str:
        """The page's title: 伊勢原市 第6次行財政改革推進計画 令和7年度照会（実績）."""
        return notation.sentence(
            "collection.title",
            language=notation.ORIGINAL,
            plan=self.collection.plan.full_name,
            year=wareki(self.collection.fiscal_year),
            stage=form.STAGES[self.collection.stage],
        )

    def content(self) -> dict:
        """The bundle as JSON values; every figure is provisional until the stage is closed."""
        collection = self.collection
        about = {"plan": collection.plan.id, "fiscal_year": collection.fiscal_year, "title": self.title}
        return {
            "schema": 1,
            "page": self.page,
            **about,
            "language": self.language,
            "audience": self.audience,
            "metrics": metrics(self.figures),
            "summary": {
                **about,
                "stage": collection.stage,
                "until": collection.until,
                "closed_by": collection.closed_by,
                "closed_on": collection.closed_on,
                "is_provisional": not collection.is_closed,
                "headline": "".join(sentence.text for sentence in self.story.headline),
                "checks": self.checks,
            },
            "tables": {name: _rows(table) for name, table in self.tables.items()},
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict:  # noqa: ARG002
        page = pages.part(
            "collection/files",
            f"{self.title}: {len(self.figures)} figures",
            tables=[f"data/{name}.csv" for name in sorted(self.tables)],
            notebook=f"notebooks/{self.page}.ipynb",
        )
        return {MIME: self.content(), **page._repr_mimebundle_()}


def _english(plan: Plan) -> dict:
    """The plan's names in English, for lists in English; empty where the plan's file has none."""
    names = {"municipality": plan.english.municipality, "plan_name": plan.english.name, "grades": plan.english.grades}
    return {name: says for name, says in names.items() if says}


def year_line(plan: Plan, figures: Figures) -> dict:
    """The facts of one year for a list of years: the plan's period, its grade scale with counts, eight figures."""
    counts = [(grade, ("measures_by_grade", "grade", grade.code)) for grade in plan.grades]
    return {
        "period": [plan.first_fiscal_year, plan.last_fiscal_year],
        "grades": [
            {
                "code": grade.code,
                "label": grade.label,
                "band": grade.band,
                "measures": figures[key].exact if key in figures else None,
            }
            for grade, key in counts
        ],
        "figures": metrics(figures[name] for name in YEAR_LINE if name in figures),
    }


def metrics(figures: Iterable[Figure]) -> list[dict]:
    """The figures as rows of `metrics.json`: exact or as a range, with the words shown; a category has words only."""
    return [
        {
            "metric": figure.metric,
            "scope": figure.scope,
            "scope_id": figure.scope_id,
            "fiscal_year": figure.fiscal_year,
            "exact": None if figure.unit is Unit.CATEGORY else _exact(figure.exact),
            "low": None if figure.range is None else _exact(figure.range.low),
            "high": None if figure.range is None else _exact(figure.range.high),
            "display": notation.figure(figure),
            "unit": str(figure.unit),
            "status": str(figure.status),
            "inputs": list(figure.inputs),
        }
        for figure in figures
    ]


def _exact(value: int | Fraction | None) -> int | str | None:
    """An integer as it is, a fraction as text in lowest terms."""
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else f"{value.numerator}/{value.denominator}"
    return value


def _rows(table: pd.DataFrame) -> dict:
    cells = (
        [None if is_missing else value for value, is_missing in zip(column.tolist(), pd.isna(column), strict=True)]
        for column in columns(table)
    )
    return {"columns": list(table.columns), "rows": [list(row) for row in zip(*cells, strict=True)]}

"""What leaves a notebook: one bundle of JSON, its figures exactly as the contract has them."""

import json
import re
from dataclasses import replace
from fractions import Fraction
from math import gcd

import pandas as pd
import pytest

from helpers import bundle, check, notation, tell
from helpers.terms import METRICS, Interval, Status, Unit

ROW = ["metric", "scope", "scope_id", "fiscal_year", "exact", "low", "high", "display", "unit", "status", "inputs"]


@pytest.fixture(scope="module")
def the_bundle(frames, figures):
    findings = [*check.frames(frames), *check.figures(frames, figures)]
    story = tell.brief(figures, frames, findings)
    tables = {"figure-made-up": pd.DataFrame({"name": ["架空", None], "yen": [1, 2]})}
    return bundle.Bundle("brief", frames, figures, story, findings, check.tally(findings), tables)


def value(cell):
    return None if cell is None else Fraction(cell)


def test_rows_hold_the_figures_and_show_them_as_notation_does(figures):
    for figure, row in zip(figures, bundle.metrics(figures), strict=True):
        assert list(row) == ROW
        assert (row["metric"], row["scope"], row["scope_id"]) == figure.key
        assert (row["scope"] == "plan") == (row["scope_id"] == ""), row
        assert row["fiscal_year"] == figure.fiscal_year
        assert row["unit"] == METRICS[figure.metric].unit
        assert row["display"] == notation.figure(figure)
        assert row["inputs"] == list(figure.inputs)
        assert value(row["exact"]) == (None if figure.unit is Unit.CATEGORY else figure.exact)
        assert (value(row["low"]), value(row["high"])) == (figure.range or (None, None))


def test_numbers_are_integers_or_fractions_in_lowest_terms(figures):
    for row in bundle.metrics(figures):
        for cell in (row["exact"], row["low"], row["high"]):
            is_amount = (row["unit"], row["status"]) == (Unit.YEN, Status.STATED)
            assert cell is None or type(cell) in ({int} if is_amount else {int, str}), row
            if isinstance(cell, str):
                assert re.fullmatch(r"-?[0-9]+/[0-9]+", cell), row
                numerator, denominator = map(int, cell.split("/"))
                assert gcd(numerator, denominator) == 1 < denominator, row


def test_a_value_is_exact_or_a_range_or_a_category_or_nothing(figures):
    for row in bundle.metrics(figures):
        known = row["status"] not in {Status.UNDEFINED, Status.NOT_AVAILABLE}
        ways = [row["exact"] is not None, row["low"] is not None, row["unit"] == Unit.CATEGORY and known]
        assert sum(ways) == (1 if known else 0), row


def test_fractions_of_one_are_integers(figures):
    whole = replace(figures["achievement_rate"], exact=Fraction(3, 3))
    half = replace(figures["achievement_rate"], exact=None, range=Interval(Fraction(1, 2), Fraction(4, 2)))
    (first, second) = bundle.metrics([whole, half])
    assert [first["exact"], second["low"], second["high"]] == [1, "1/2", 2]


@pytest.mark.parametrize(
    ("key", "values"),
    [
        (("effect_multiplier", "plan", ""), {"exact": "1345649/347736", "display": "3.87倍", "status": "derived"}),
        (
            ("effect_multiplier", "policy", "4"),
            {"exact": None, "low": None, "display": "対象外（見込み0）", "status": "undefined"},
        ),
        (("top_item_share", "plan", ""), {"exact": None, "low": "960001/1345649", "high": "961999/1345649"}),
    ],
)
def test_the_figures_of_fy2024_are_in_it(figures, key, values):
    (row,) = [row for row in bundle.metrics(figures) if (row["metric"], row["scope"], row["scope_id"]) == key]
    assert row.items() >= values.items()


def test_the_bundle_is_plain_json_and_the_same_twice(the_bundle):
    text = json.dumps(the_bundle.content(), ensure_ascii=False, allow_nan=False)
    assert json.loads(text) == the_bundle.content()
    assert text == json.dumps(the_bundle.content(), ensure_ascii=False, allow_nan=False)


def test_missing_cells_of_tables_are_null_and_never_nan(the_bundle):
    table = the_bundle.content()["tables"]["figure-made-up"]
    assert table == {"columns": ["name", "yen"], "rows": [["架空", 1], [None, 2]]}


def test_the_summary_says_what_index_and_mail_need(the_bundle, frames):
    summary = the_bundle.content()["summary"]
    assert summary["headline"].startswith("74件中62件（83.8%）が概ね計画どおり以上。")
    values = ["83.8%", "3.87倍", "約71%", "少なくとも1.10倍", "△5,937万円"]
    assert [key["value"] for key in summary["key_figures"]] == values
    assert (summary["input_hash"], summary["knowledge"]) == (frames.input_hash, "published")
    assert summary["sources"][0]["published"] == "2025-08"
    assert {"V14"} == {finding["id"] for finding in summary["findings"] if finding["result"] == "failed"}


def test_what_is_shown_of_a_bundle_links_its_files_and_escapes_names(the_bundle):
    shown = replace(the_bundle, tables={"<script>": pd.DataFrame()})._repr_mimebundle_()
    assert set(shown) == {bundle.MIME, "text/html", "text/plain"}
    assert "<script>" not in shown["text/html"]
    assert 'href="metrics.json"' in shown["text/html"]

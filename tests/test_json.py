"""JSON is written as Python and nbformat write it."""

import copy
import json

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.run.render import canonical
from helpers.terms.json import indented, loaded

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUES = st.recursive(LEAVES, lambda of: st.lists(of) | st.dictionaries(st.text(), of), max_leaves=30)


@given(VALUES, st.booleans())
def test_it_is_indented_as_python_indents_it(value, is_sorted):
    try:
        expected = f"{json.dumps(value, ensure_ascii=False, indent=1, sort_keys=is_sorted)}\n".encode()
    except UnicodeEncodeError:  # half of a character
        return
    assert indented(value, sort_keys=is_sorted, allow_nan=True) == expected


@given(VALUES)
def test_it_is_read_as_python_reads_it(value):
    written = json.dumps(value)
    assert repr(loaded(written.encode())) == repr(json.loads(written))


@pytest.mark.parametrize("content", [b"", b"[1", b"{}{}", b"[1e400", b"[" * 100_000])
def test_what_is_no_json_is_refused_as_python_refuses_it(content):
    with pytest.raises((ValueError, RecursionError)) as expected:
        json.loads(content)
    with pytest.raises(type(expected.value)):
        loaded(content)


def test_what_is_odd_in_it_is_read_by_whoever_is_named():
    assert loaded(b'["\xff"]', lambda content: content[:3]) == b'["\xff'
    assert loaded(b'["a"]', lambda _: pytest.fail("it is not odd")) == ["a"]


def test_people_can_read_it_and_keys_stay_where_they_are_or_are_sorted():
    assert indented({"題": [1], "a": 2}) == '{\n "題": [\n  1\n ],\n "a": 2\n}\n'.encode()
    assert indented({"b": 1, "a": 2}, sort_keys=True) == b'{\n "a": 2,\n "b": 1\n}\n'


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_refused_where_it_may_not_be(number):
    with pytest.raises(ValueError, match="not JSON compliant"):
        indented({"a": [1, number]})


def test_a_notebook_is_written_as_nbformat_writes_it_and_stays_as_it_is():
    outputs = [
        nbformat.v4.new_output("stream", text="一\n二\r\n\n"),
        nbformat.v4.new_output("error", ename="E", evalue="", traceback=["a\nb", ""]),
        nbformat.v4.new_output(
            "execute_result",
            {"text/html": "<p>\n</p>", "image/svg+xml": "<svg>\u2028</svg>", "image/png": "QQ==\n"}
            | {"application/json": {"z": [1.0, 1e300, 2**70, {}, []], "a": "x\ny"}},
            metadata={"text/html": {"of": "a\nb"}},
            execution_count=3,
        ),
        nbformat.v4.new_output("display_data", {}),
    ]
    code = nbformat.v4.new_code_cell("1\n\n2", outputs=outputs, id="b", metadata={"tags": ["t"]})
    words = nbformat.v4.new_markdown_cell("# 表\n", id="a", attachments={"f.txt": {"text/plain": "a\nb"}})
    notebook = nbformat.v4.new_notebook(cells=[words, code], metadata={"gyokaku": {"per": "year"}})
    before = copy.deepcopy(notebook)
    assert canonical.to_bytes(notebook) == f"{nbformat.writes(notebook, indent=1, sort_keys=True)}\n".encode()
    assert notebook == before

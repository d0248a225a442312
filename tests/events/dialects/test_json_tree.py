"""Where the elements of an array stand: by brackets alone, and exactly."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.dialects.json_tree import BYTES_MAX, elements, parsed
from events.dialects.troubles import Misread, Trouble
from events.refusals import Reason

texts = st.text(st.characters(codec="utf-8"), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
spellings = st.sampled_from(
    [{}, {"indent": 1}, {"separators": (",", ":")}, {"ensure_ascii": False}]
)


@settings(max_examples=50, deadline=None)
@given(st.lists(values, max_size=5), spellings)
def test_every_element_is_found_where_it_stands(many: list[Any], spelling: dict[str, Any]) -> None:
    data = json.dumps(many, **spelling).encode()
    assert [orjson.loads(data[a:b]) for a, b in elements(data)] == many


@settings(max_examples=50, deadline=None)
@given(st.lists(values, max_size=4), st.dictionaries(texts, values, max_size=3), spellings)
def test_an_array_is_found_under_its_keys_whatever_stands_beside_it(
    many: list[Any], beside: dict[str, Any], spelling: dict[str, Any]
) -> None:
    document = {**beside, "body": {**beside, "list": many, "z": beside}}
    data = json.dumps(document, **spelling).encode()
    found = elements(data, ("body", "list"))
    assert [orjson.loads(data[a:b]) for a, b in found] == many


def test_elements_have_no_blanks_around_them() -> None:
    data = b'[ {"a": 1} ,\n "x,]" , -1.5e3 ]'
    assert [data[a:b] for a, b in elements(data)] == [b'{"a": 1}', b'"x,]"', b"-1.5e3"]


def test_of_doubled_keys_the_last_counts_as_for_the_reader() -> None:
    data = rb'{"a": [1], "\u0061": [2, 3]}'
    assert [data[x:y] for x, y in elements(data, ("a",))] == [b"2", b"3"]
    assert orjson.loads(data) == {"a": [2, 3]}


def test_where_no_array_is_nothing_is_found() -> None:
    assert elements(b'{"a": {"b": [1]}}', ("b",)) == []
    assert elements(b"{}", ("a",)) == elements(b"[]") == []
    assert elements(b'["a", [1]]', ("a",)) == elements(b'"a"') == []


@pytest.mark.parametrize(
    ("data", "why"),
    [(b" \n", Reason.EMPTY), (b"{", Reason.BROKEN_JSON), (b'["\xff"]', Reason.BROKEN_JSON)],
)
def test_what_is_no_document_is_refused(data: bytes, why: Reason) -> None:
    with pytest.raises(Misread) as refused:
        parsed(data)
    assert refused.value.why is why


def test_a_document_has_a_greatest_size() -> None:
    with pytest.raises(Misread) as refused:
        parsed(b" " * (BYTES_MAX + 1))
    assert refused.value.why is Trouble.OUT_OF_BOUNDS
    assert parsed(b"[]" + b" " * (BYTES_MAX - 2)) == []

"""A cursor stands for a key of its own question, and nothing else is one."""

from base64 import urlsafe_b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.evaluators.cursors import read, written

words = st.text(max_size=20).filter(lambda word: word.isprintable())
keys = st.lists(words, min_size=1, max_size=9).map(tuple)


@settings(deadline=None)
@given(st.text(max_size=40), keys)
def test_what_is_written_is_read(question: str, key: tuple[str, ...]) -> None:
    cursor = written(question, key)
    assert read(cursor, question, len(key)) == key
    assert cursor.isascii()
    assert not set(cursor) & set("+/=&? ")


@settings(deadline=None)
@given(keys)
def test_another_question_or_another_number_of_words_is_refused(key: tuple[str, ...]) -> None:
    cursor = written("one", key)
    assert read(cursor, "other", len(key)) is None
    assert read(cursor, "one", len(key) + 1) is None


@settings(deadline=None)
@given(st.text(max_size=80))
def test_nonsense_is_no_cursor(text: str) -> None:
    assert read(text, "one", 3) is None


@pytest.mark.parametrize("said", ['["x","a"]', '{"a":1}', "[1,2]", '"a"', "nul", "[" * 900])
def test_json_that_is_no_key_is_no_cursor(said: str) -> None:
    assert read(urlsafe_b64encode(said.encode()).decode(), "one", 1) is None


def test_a_cursor_too_long_is_not_even_looked_at() -> None:
    key = ("x" * 3_000,)
    assert read(written("one", key), "one", 1) is None

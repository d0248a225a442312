"""The header Accept, as RFC 9110 means it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.evaluators.accepted import Format, chosen

JSON, CSV, PARQUET = Format
ALL = tuple(Format)


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("text/csv", CSV),
        ("TEXT/CSV; charset=utf-8", CSV),
        ("text/*", CSV),
        ("application/vnd.apache.parquet", PARQUET),
        ("application/json;q=0.5, text/csv", CSV),
        ("text/csv;q=0.2, application/*;q=0.1", CSV),
        ("*/*, application/json;q=0", CSV),
        ("application/*, application/json;q=0.1", PARQUET),
        ("text/html, */*;q=0.8", JSON),
        ("text/html", None),
        ("application/json;q=0", None),
        ("text/csv;q=much", None),
    ],
)
def test_the_most_wanted_is_made(accept: str, wanted: Format | None) -> None:
    assert chosen(accept, ALL) is wanted


def test_what_cannot_be_made_here_is_not_offered() -> None:
    assert chosen("application/vnd.apache.parquet", (JSON, CSV)) is None
    assert chosen("application/vnd.apache.parquet, text/csv;q=0.1", (JSON, CSV)) is CSV


@settings(deadline=None)
@given(st.text(alphabet="*/;q=0.19,a text/csvjon", max_size=60))
def test_whatever_is_said_gets_one_of_those_offered_or_none(accept: str) -> None:
    assert chosen(accept, ALL) in (*ALL, None)

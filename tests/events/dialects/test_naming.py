"""Names made for reports that bring none."""

import re

from hypothesis import given
from hypothesis import strategies as st

from events.dialects.naming import CHARS_MAX, named
from events.identifiers import NAME

words = st.lists(st.none() | st.text(max_size=80), min_size=1, max_size=5)


@given(words)
def test_every_name_is_one_that_the_contract_takes(said: list[str | None]) -> None:
    name = named("MT3101", *said)
    assert len(name) <= CHARS_MAX
    assert re.fullmatch(NAME.strip("^$"), name)
    assert named("MT3101", *said) == name


def test_words_stay_apart_and_legible() -> None:
    assert named("MT3101", "1438W", None, "CICU3789922") == "MT3101/1438W//CICU3789922"
    assert named("南京 港") == "南京%20港"


def test_long_names_differ_where_they_are_cut() -> None:
    one, other = named("x" * 300), named("x" * 299 + "y")
    assert one != other
    assert len(one) == len(other) == CHARS_MAX

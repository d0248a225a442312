"""Dealing: every message is for exactly one share, and in the usual form for that of its unit."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.testing import box, event, examples, wire
from portclock.judging.dealing import share_of_line, share_of_unit

SHARES = st.integers(1, 9)


@given(st.binary(max_size=80), SHARES)
def test_any_bytes_are_for_one_share(line: bytes, shares: int) -> None:
    assert 0 <= share_of_line(line, shares) < shares


@given(st.text(max_size=20), SHARES)
def test_any_unit_is_for_one_share(unit_id: str, shares: int) -> None:
    assert 0 <= share_of_unit(unit_id, shares) < shares


@pytest.mark.parametrize("spaces", [False, True])
def test_what_is_written_as_usual_goes_to_the_share_of_its_unit(spaces: bool) -> None:
    for number in range(50):
        (line,) = wire(event("gated-in", "08:00", unit=box(number)))
        if spaces:
            line = line.replace(b":", b" : ")
        assert share_of_line(line, 7) == share_of_unit(box(number), 7)


def test_the_examples_go_to_the_share_of_their_first_unit() -> None:
    topics = ("terminal-events", "customs-events", "rail-water-events")
    for example in examples(*topics):
        said = orjson.loads(example.data)
        first = said["unit"] if "unit" in said else said["units"][0]
        assert share_of_line(example.data, 16) == share_of_unit(first["id"], 16)


def test_the_shares_are_about_equal() -> None:
    counts = [0] * 4
    for number in range(4_000):
        counts[share_of_unit(box(number), 4)] += 1
    assert min(counts) > 900


def test_a_share_is_the_same_in_every_process() -> None:
    assert [share_of_unit(box(number), 4) for number in range(6)] == [2, 3, 2, 2, 0, 2]

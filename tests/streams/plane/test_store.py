"""Parts: the last value of a key stands, and how far the changelog is in them is never guessed."""

from typing import Any

import pytest

from streams.plane.store import CLOCK_KEY, Part, UnreadableChangelog
from streams.tables import Clock, Row, encode_clock, encode_row, verify

ROW = encode_row(Row(None, {}, b"h"))
LATER = encode_row(Row(5, {0: 1}, b"i"))
CLOCK = encode_clock(Clock(9, {0: 3}))


def test_the_last_value_of_a_key_stands_and_a_tombstone_deletes(kept: Any) -> None:
    part = Part()
    part.restore([kept(0, ROW, b"a"), kept(1, ROW, b"b"), kept(2, ROW, b"c")], 3, verify)
    part.restore([kept(3, LATER, b"a"), kept(4, None, b"b"), kept(6, CLOCK, CLOCK_KEY)], 7, verify)

    assert part == Part({"a": LATER, "c": ROW}, CLOCK)
    assert part.upto == 7


def test_a_deleted_key_that_never_was_is_no_harm(kept: Any) -> None:
    part = Part()
    part.restore([kept(0, None, b"a")], 1, verify)

    assert (dict(part.rows), part.upto) == ({}, 1)


@pytest.mark.parametrize(
    ("key", "value"), [(b"a", b"\xffrow"), (CLOCK_KEY, b""), (None, ROW), (b"\xff\xfe", ROW)]
)
def test_a_record_that_cannot_be_read_is_named_and_counts_as_unread(
    kept: Any, key: bytes | None, value: bytes
) -> None:
    part = Part(upto=7)
    with pytest.raises(UnreadableChangelog, match=r"offset 7: .*clear the changelog"):
        part.restore([kept(7, value, key)], 8, verify)
    assert part.upto == 7


def test_what_this_worker_wrote_need_not_be_read_again() -> None:
    part = Part(upto=4)
    part.settle({"a": ROW}, CLOCK, [(4, 6), (6, 7)])

    assert part.upto == 7


def test_from_where_somebody_else_has_written_everything_is_read_again() -> None:
    part = Part(upto=4)
    part.settle({"a": ROW}, CLOCK, [(4, 6), (8, 9)])
    part.settle({"a": ROW}, CLOCK, [(9, 11)])

    assert part.upto == 6


def test_a_part_that_is_cleared_knows_nothing() -> None:
    part = Part({"a": ROW}, CLOCK, 9)
    part.clear()

    assert (part, part.upto) == (Part(), 0)

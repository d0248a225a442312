"""Merging: what was sorted in parts comes out sorted, whole, and a block at a time."""

from collections.abc import Iterator
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from portclock.judging.merging import Block, merged

LINES = st.binary(max_size=2)


def blocks(lines: list[bytes], size: int) -> Iterator[Block]:
    ordered = iter(sorted(lines))
    while block := list(islice(ordered, size)):
        yield block


@given(st.lists(st.tuples(st.lists(LINES, max_size=12), st.integers(1, 5)), max_size=4))
def test_what_comes_out_is_all_of_it_in_order(parts: list[tuple[list[bytes], int]]) -> None:
    found = list(merged([blocks(lines, size) for lines, size in parts]))
    assert [line for block in found for line in block] == sorted(
        line for lines, _ in parts for line in lines
    )
    assert all(found)


def test_no_more_than_a_block_of_each_is_at_hand() -> None:
    drawn = 0

    def counted(lines: list[bytes]) -> Iterator[Block]:
        nonlocal drawn
        for block in blocks(lines, 2):
            drawn += 1
            yield block

    low, high = [b"a%02d" % n for n in range(20)], [b"b%02d" % n for n in range(20)]
    first = next(merged([counted(low), counted(high)]))
    assert (first, drawn) == (low[:2], 2)

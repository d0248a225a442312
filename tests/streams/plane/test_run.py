"""Cutting a run keeps every record, in order, in pieces that are small enough."""

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streams.plane.run import Run, cut


class _At:
    key = value = None
    timestamp = None
    headers = ()

    def __init__(self, offset: int) -> None:
        self.offset = offset


@given(st.lists(st.integers(0, 1000), min_size=1, unique=True), st.integers(1, 50))
def test_cutting_keeps_all_records_in_order(offsets: list[int], records_max: int) -> None:
    run = Run("t", 3, [_At(offset) for offset in sorted(offsets)])
    pieces = cut(run, records_max)

    assert [r.offset for piece in pieces for r in piece.records] == sorted(offsets)
    assert all(0 < len(piece) <= records_max for piece in pieces)
    assert {(piece.topic, piece.partition) for piece in pieces} == {("t", 3)}


def test_a_run_knows_its_ends(run_of: Callable[..., Run], kept: Callable[..., Any]) -> None:
    run = run_of("t", 0, kept(4, b""), kept(9, b""))

    assert (run.first, run.last, len(run)) == (4, 9, 2)

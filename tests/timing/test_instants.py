"""Instants: what lies beyond all of them stays beyond, and can still be written down."""

from events.instants import EARLIEST, LATEST
from timing.instants import ALWAYS, NEVER
from timing.patience import Patience


def test_every_instant_of_an_event_lies_between_the_two() -> None:
    assert ALWAYS < EARLIEST.timestamp() < LATEST.timestamp() < NEVER


def test_whatever_is_waited_for_after_any_instant_is_over_before_never() -> None:
    patience = Patience()
    waits = (patience.stay_max_s, patience.retention_s, patience.ahead_s, patience.place_s)
    assert LATEST.timestamp() + max(waits) < NEVER


def test_both_can_be_written_in_eight_bytes_and_a_century_beyond_them_too() -> None:
    century_s = 100 * 366 * 86_400
    for instant in (NEVER + century_s, ALWAYS - century_s):
        assert (
            int.from_bytes(instant.to_bytes(8, "big", signed=True), "big", signed=True) == instant
        )

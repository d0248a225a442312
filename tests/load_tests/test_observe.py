"""What an event costs the law and what an open visit weighs, in numbers that no other work on the
machine can change: calls of functions, and bytes.
"""

import sys
from collections import Counter
from statistics import median
from types import FrameType

import pytest

from load_tests.observe import VISIT_MAX_BYTES, Met, meetings, stories, weight_of
from portclock.traffic.feed import SEED
from timing.engine import observe
from timing.memory import form_of, pack, unpack
from timing.rules import Rules

VISITS = 12
CALLS_MAX = 22
"""A call takes some 0.25 us with what it does, so that 8 us are 32; a few are left for those to
come."""
RULES = Rules()


@pytest.fixture(scope="module")
def in_order() -> list[Met]:
    told = stories(VISITS, SEED).values()
    return [met for events in told for met in meetings(events, RULES) if met.in_order]


def calls_of(met: Met) -> int:
    """How many functions written in Python one event takes."""
    counted: Counter[str] = Counter()

    def note(frame: FrameType, event: str, arg: object) -> None:
        counted[event] += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        observe(*met[:4])
    finally:
        sys.setprofile(before)
    return counted["call"]


def test_an_event_in_order_takes_few_calls(in_order: list[Met]) -> None:
    assert median(map(calls_of, in_order)) <= CALLS_MAX


def test_a_visit_that_was_written_down_is_judged_on_as_cheaply(in_order: list[Met]) -> None:
    form = form_of(RULES)
    woken = [met._replace(history=unpack(pack(met.history, form), form)) for met in in_order]
    assert median(map(calls_of, woken)) <= CALLS_MAX


def test_an_open_visit_weighs_little_in_memory_and_less_written_down() -> None:
    weight = weight_of(stories(VISITS, SEED), RULES)
    assert weight.reports > 5
    assert weight.bytes <= VISIT_MAX_BYTES
    assert weight.row_bytes <= weight.bytes

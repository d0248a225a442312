"""Remainder: what the passage leaves out is what the law finds, and is judged where the law judges.

That both roads come to the same with it is a property (`tests/properties/laws/roads.py`).
"""

from collections.abc import Callable
from typing import Any

import pytest

from events.testing import PORT, at, box, suspension, told
from timing.engine import closures_of
from timing.instants import NEVER
from timing.limits import Register
from timing.observation import observation_of
from timing.occurrences import occurrences
from timing.remainder import LINKED, Remainder, Whole, otherwise_from
from timing.roles import seen_in
from timing.rules import Rules
from timing.stages import STAGES
from timing.testing import remembered

NOTHING = Rules(Register(()))
KNOWN: dict[str, Any] = {"cargo": {"laden": True}, "facility": "LPCT"}
SEA = ("08:00 arrived", "09:00 discharged", "10:00 declaration-accepted")
OPENED = ("09:10 inspection-started", "09:20 unstuffing-started", "09:30 unstuffing-ended",
          "09:40 stuffing-started")  # fmt: skip


def remainder(*sentences: str, rules: Rules = NOTHING) -> Remainder:
    """The remainder of a visit by sea in which all of that was told."""
    reports = [observation_of(each) for each in told(*sentences, **KNOWN)]
    seen = seen_in((r.kind for r in reports), (r.mode for r in reports))
    whole = Whole(f"{PORT}/{box()}/x", reports, None, None, (), seen)
    return Remainder(whole, rules, 0)


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def test_what_is_left_is_what_the_law_finds() -> None:
    for unpacked, unlinked in [(True, False), (False, True), (True, True)]:
        rest = remainder(*SEA, *OPENED)
        rest.leave(unpacked=unpacked, unlinked=unlinked)
        chain = {STAGES[number].id for number in LINKED}
        packing = {"restuffing", "unstuffing-and-restuffing"}
        wanted = (packing if unpacked else set()) | (chain if unlinked else set())
        every = occurrences(rest.visit)
        assert list(rest.left.values()) == [o for o in every if o.stage.id in wanted]
        assert len(rest.left) == 2 * unpacked + 4 * unlinked


def test_nothing_is_left_out_unless_it_is_said() -> None:
    assert remainder(*SEA, *OPENED).left == {}


def test_clocks_count_otherwise_from_the_first_hold_that_one_of_both_knows() -> None:
    plain = remainder(*SEA)
    held = remainder(*SEA, "10:30 clock-stopped party=customs", "11:00 clock-stopped party=carrier")
    longer = remainder(
        *SEA, "10:30 clock-stopped party=customs", "11:00 clock-stopped party=carrier",
        "12:00 clock-resumed party=carrier",
    )  # fmt: skip
    assert otherwise_from(plain, held) == otherwise_from(None, held) == epoch("10:30")
    assert otherwise_from(longer, held) == epoch("11:00")
    assert otherwise_from(held, held) == otherwise_from(plain, None) == NEVER


def test_overtime_may_count_in_everything() -> None:
    booked = remainder(*SEA, "10:30 overtime-booked at=20:00 until=22:00")
    assert otherwise_from(None, booked) == otherwise_from(booked, remainder(*SEA)) == -NEVER


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [("08:00", "10:30", False), ("08:00", "10:31", True), ("11:00", None, False),
     ("10:59", None, True), ("08:00", None, True)],
)  # fmt: skip
def test_a_hold_bears_upon_what_is_under_way_while_it_lasts(
    start: str, end: str | None, found: bool
) -> None:
    rest = remainder(*SEA, "10:30 clock-stopped", "11:00 clock-resumed")
    assert rest.bears_upon(epoch(start), None if end is None else epoch(end)) is found


def test_so_does_work_that_rests_at_the_port() -> None:
    storm = remembered(suspension("10:30", "11:00", place=PORT))
    rest = remainder(*SEA, rules=NOTHING.under(closures_of([storm])))
    assert rest.bears_upon(epoch("10:00"), None)
    assert not rest.bears_upon(epoch("11:00"), None)
    assert not rest.bears_upon(epoch("10:00"), epoch("10:30"))


STOOD_STILL = ("10:10 clock-stopped party=agent", "10:40 clock-resumed")


@pytest.mark.parametrize(("stood", "minutes"), [((), 48), (STOOD_STILL, 78)])
def test_a_stopped_clock_puts_off_what_is_due(
    stood: tuple[str, ...], minutes: int, rules: Callable[..., Rules]
) -> None:
    rest = remainder(*SEA, *stood, rules=rules("customs-clearance PT1H"))
    (one,) = (o for o in occurrences(rest.visit) if o.stage.id == "customs-clearance")
    assert rest.outlook(one) == (epoch("10:00") + 60 * minutes, 0)

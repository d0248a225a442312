"""Bookings: which appointments an occurrence is held to, and what a promise made by them comes to.

`o` orders, `b` books, `c` ends.
"""

from collections.abc import Callable

import pytest

from events.envelope import Event
from events.testing import at, told
from timing.engine import Rules
from timing.findings import Finding
from timing.limits import Edition, Register
from timing.occurrences import Occurrence

ORDERED = ("08:00 gated-in", "10:00 inspection-ordered")
Booked = Callable[..., list[list[str]]]
Judged = Callable[[str, str, list[Event], Rules], list[Finding]]


def epoch(words: str) -> int:
    return int(at(words).timestamp())


@pytest.fixture
def booked(of: Callable[..., list[Occurrence]]) -> Booked:
    """The appointments of each positioning, by event id."""

    def ids(*sentences: str) -> list[list[str]]:
        found = of("inspection-positioning", *sentences)
        return [[report.event_id for report in each.appointments] for each in found]

    return ids


def test_an_appointment_is_of_the_work_that_it_was_made_for(booked: Booked) -> None:
    # 10:00 o--b--c 11:00   14:00 o--b--c 15:00
    assert booked(
        *ORDERED, "10:10 inspection-scheduled at=12:00", "11:00 positioned",
        "14:00 inspection-ordered", "14:30 inspection-scheduled at=16:00", "15:00 positioned",
    ) == [["e3"], ["e6"]]  # fmt: skip


def test_booked_before_the_order_is_booked_for_it(booked: Booked) -> None:
    # b 09:00   10:00 o----c 11:00
    assert booked(
        "08:00 gated-in", "09:00 inspection-scheduled at=12:00", "10:00 inspection-ordered",
        "11:00 positioned",
    ) == [["e2"]]  # fmt: skip


def test_booked_before_the_unit_came_is_booked_for_its_stay(booked: Booked) -> None:
    ahead = ("07:00 declared", "07:30 inspection-scheduled at=12:00")
    assert booked(*ahead, *ORDERED) == [["e2"]]


def test_booked_between_two_inspections_is_of_the_second(booked: Booked) -> None:
    # o----c   b   o----c
    assert booked(
        *ORDERED, "11:00 positioned", "12:00 inspection-scheduled at=16:00",
        "14:00 inspection-ordered", "15:00 positioned",
    ) == [[], ["e4"]]  # fmt: skip


def test_booked_anew_all_appointments_are_told_in_order(booked: Booked) -> None:
    assert booked(
        *ORDERED, "10:10 inspection-scheduled at=12:00", "10:20 inspection-scheduled at=14:00"
    ) == [["e3", "e4"]]


def test_an_appointment_for_no_instant_is_none(booked: Booked) -> None:
    assert booked(*ORDERED, "10:10 inspection-scheduled") == [[]]


def test_booked_once_it_stands_there_is_too_late_for_it(booked: Booked) -> None:
    assert booked(
        *ORDERED, "11:00 positioned", "11:30 inspection-scheduled at=12:00"
    ) == [[]]  # fmt: skip


def test_booked_in_the_second_it_stands_there_is_booked_for_it(booked: Booked) -> None:
    again = ("14:00 inspection-ordered", "15:00 positioned")
    assert booked(
        *ORDERED, "11:00 positioned", "11:00 inspection-scheduled at=12:00", *again
    ) == [["e4"], []]  # fmt: skip


def test_other_stages_have_no_appointments(of: Callable[..., list[Occurrence]]) -> None:
    story = (*ORDERED, "10:10 inspection-scheduled at=12:00", "11:00 positioned")
    (wait,) = of("inspection-wait", *story, "12:00 inspection-started")
    assert wait.appointments == ()


BEFORE = {"kind": "lead-time", "lead": "PT30M"}


@pytest.fixture
def positioned(edition: Callable[..., Edition], judged: Judged) -> Callable[..., list[Finding]]:
    """The findings about positionings half an hour before customs begin, in order."""
    rules = Rules(Register((edition("inspection-positioning", scope=BEFORE),)))

    def found(when: str, *sentences: str) -> list[Finding]:
        return judged("inspection-positioning", when, told(*ORDERED, *sentences), rules)

    return found


Positioned = Callable[..., list[Finding]]
BOOKED = "10:10 inspection-scheduled at=12:00"


@pytest.mark.parametrize(("end", "verdict"), [("11:30", "met"), ("11:30:01", "breached")])
def test_the_box_stands_there_half_an_hour_before_customs_begin(
    end: str, verdict: str, positioned: Positioned
) -> None:
    # 10:00 o--b----11:30 c  12:00 customs
    (closed,) = positioned("18:00", BOOKED, f"{end} positioned")
    (still,) = positioned(end, BOOKED)
    assert closed.verdict == verdict
    assert still.verdict == ("open" if verdict == "met" else verdict)
    assert still.deadline_at == epoch("11:30")
    assert closed.applied is not None
    assert closed.applied.limit_s == 90 * 60


def test_the_revision_grows_with_every_appointment(positioned: Positioned) -> None:
    again = "10:15 inspection-scheduled at=12:00"
    known = [positioned("10:20", *story) for story in ([], [BOOKED], [BOOKED, again])]
    revisions = [found.revision for (found,) in known]
    assert revisions == sorted(set(revisions))


def test_nobody_promised_anything_before_it_was_booked(positioned: Positioned) -> None:
    (found,) = positioned("18:00")
    assert (found.verdict, found.flags) == ("no-limit", ("no-appointment",))
    assert (found.deadline_at, found.key.limit_id) == (None, "")


def test_booked_too_late_is_nobodys_breach(positioned: Positioned) -> None:
    # booked at 11:45 for 12:00: half an hour before was over
    (found,) = positioned("18:00", "11:45 inspection-scheduled at=12:00")
    assert (found.verdict, found.flags) == ("no-limit", ("ordered-too-late",))


def test_booked_anew_in_time_the_new_appointment_counts(positioned: Positioned) -> None:
    again = "11:30 inspection-scheduled at=14:00"
    (found,) = positioned("13:00", BOOKED, again)
    assert (found.verdict, found.deadline_at) == ("open", epoch("13:30"))


def test_booked_anew_after_the_breach_does_not_mend_it(positioned: Positioned) -> None:
    again = "11:30:01 inspection-scheduled at=14:00"
    (found,) = positioned("13:00", BOOKED, again)
    assert (found.verdict, found.deadline_at) == ("breached", epoch("11:30"))


def test_an_appointment_withdrawn_was_never_made(positioned: Positioned) -> None:
    (before,) = positioned("10:30", BOOKED)
    (after,) = positioned("10:30", BOOKED, "10:20 inspection-scheduled retracts=e3")
    assert (after.verdict, after.flags) == ("no-limit", ("no-appointment",))
    assert after.revision > before.revision


def test_each_inspection_is_held_to_its_own_appointment(positioned: Positioned) -> None:
    second = ("14:00 inspection-ordered", "14:10 inspection-scheduled at=16:00", "15:31 positioned")
    found = positioned("18:00", BOOKED, "11:00 positioned", *second)
    assert [one.verdict for one in found] == ["met", "breached"]


def test_what_others_held_puts_the_deadline_off(positioned: Positioned) -> None:
    held = ("10:20 clock-stopped party=customs", "10:50 clock-resumed")
    (found,) = positioned("11:45", BOOKED, *held)
    assert (found.verdict, found.deadline_at) == ("open", epoch("12:00"))

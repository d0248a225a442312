"""`lead-time`: so long before an appointment, which may be made anew."""

from collections.abc import Callable
from typing import Any

import pytest

from timing.calendars import CONTINUOUS
from timing.kinds.ask import Allowed, Ask, Unlimited
from timing.kinds.lead_time import LeadTimeLimit

AskFor = Callable[..., Ask]


def limit(**more: Any) -> LeadTimeLimit:
    usual = {"id": "t", "stage": "inspection-positioning", "kind": "lead-time", "lead": "PT30M"}
    return LeadTimeLimit.model_validate({**usual, **more})


def deadline(words: str) -> Allowed:
    """An allowance that runs from ten o'clock to then."""
    hour, minute = map(int, words.split(":"))
    return Allowed((hour - 10) * 3600 + minute * 60)


#  ordered                 deadline   appointment
#  10:00  |====================| 11:30 - - | 12:00
def test_the_time_runs_from_the_order_to_the_lead_before_the_appointment(ask: AskFor) -> None:
    assert limit().allowance(ask("10:00", "10:05>12:00"), CONTINUOUS) == deadline("11:30")
    assert limit().allowance(ask("10:00", "09:00>12:00"), CONTINUOUS) == deadline("11:30")


def test_without_an_appointment_nothing_was_promised(ask: AskFor) -> None:
    assert limit().allowance(ask("10:00"), CONTINUOUS) == Unlimited("no-appointment")


RESCHEDULED = {
    "made before the deadline of the first": ("11:29", None, "13:30"),
    "made at the deadline of the first": ("11:30", None, "13:30"),
    "made after it was broken": ("11:31", None, "11:30"),
    "made while the box was still on its way": ("11:00", "11:00", "13:30"),
    "made after the box stood there": ("11:01", "11:00", "11:30"),
}


@pytest.mark.parametrize(("made", "closed", "due"), RESCHEDULED.values(), ids=RESCHEDULED.keys())
def test_a_later_appointment_counts_while_the_earlier_promise_is_open(
    made: str, closed: str | None, due: str, ask: AskFor
) -> None:
    told = ask("10:00", "10:05>12:00", f"{made}>14:00", closed=closed)
    assert limit().allowance(told, CONTINUOUS) == deadline(due)


def test_each_new_appointment_is_held_against_the_one_that_counts(ask: AskFor) -> None:
    # 11:45 is after the first deadline, 11:30, yet before the second, 13:30
    told = ask("10:00", "10:05>12:00", "11:20>14:00", "11:45>16:00")
    assert limit().allowance(told, CONTINUOUS) == deadline("15:30")
    broken = ask("10:00", "10:05>12:00", "11:45>14:00", "11:50>16:00")
    assert limit().allowance(broken, CONTINUOUS) == deadline("11:30")


TOO_LATE = {
    "the order leaves less than the lead": ("10:00", "09:00>10:29"),
    "the appointment is over before the order": ("10:00", "08:00>09:00"),
    "the appointment leaves less than the lead": ("10:00", "11:00>11:29"),
}


@pytest.mark.parametrize(("opened", "made"), TOO_LATE.values(), ids=TOO_LATE.keys())
def test_what_nobody_could_keep_was_not_promised(opened: str, made: str, ask: AskFor) -> None:
    assert limit().allowance(ask(opened, made), CONTINUOUS) == Unlimited("ordered-too-late")


def test_exactly_the_lead_is_enough(ask: AskFor) -> None:
    assert limit().allowance(ask("10:00", "10:00>10:30"), CONTINUOUS) == Allowed(0)


def test_the_unit_alone_does_not_fix_it_and_its_clock_is_that_on_the_wall() -> None:
    assert not limit().constant
    assert limit().clock_time


def test_another_lead_holds_for_a_while(ask: AskFor) -> None:
    override = {"reason": "x", "from": "2026-03-02", "lead": "PT1H"}
    said = limit(override=[override]).allowance(ask("10:00", "10:00>12:00"), CONTINUOUS)
    assert said == Allowed(3600, ("override",))

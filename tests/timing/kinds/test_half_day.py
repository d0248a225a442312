"""`half-day`: ordered in the morning, done by four; what the source does not say has no limit."""

from collections.abc import Callable
from typing import Any

import pytest

from timing.calendars import Calendar, parse_hours
from timing.kinds.ask import Allowed, Ask, Unlimited
from timing.kinds.half_day import HalfDayLimit

AskFor = Callable[..., Ask]
WORKING_DAYS = Calendar("working-days", "china", parse_hours([["00:00", "24:00"]]))
HOUR_S = 3600


def limit(*due: dict[str, str], **more: Any) -> HalfDayLimit:
    usual = {"id": "t", "stage": "inspection-positioning", "kind": "half-day"}
    cut_offs = list(due or ({"until": "12:00", "by": "16:00"},))
    return HalfDayLimit.model_validate({**usual, "due": cut_offs, **more})


#  Monday 2026-03-02, a working day
@pytest.mark.parametrize(
    ("opened", "answer"),
    [
        ("00:00", Allowed(16 * HOUR_S)),
        ("10:00", Allowed(6 * HOUR_S)),
        ("11:59:59", Allowed(4 * HOUR_S + 1)),
        ("12:00", Unlimited(None)),
        ("17:00", Unlimited(None)),
        ("day-1 10:00", Unlimited(None)),
        ("day-2 10:00", Allowed(6 * HOUR_S)),
    ],
    ids=["midnight", "morning", "last second", "noon", "evening", "Sunday", "make-up Saturday"],
)
def test_the_morning_of_a_working_day_is_due_in_the_afternoon(
    opened: str, answer: Allowed | Unlimited, ask: AskFor
) -> None:
    assert limit().allowance(ask(opened), WORKING_DAYS) == answer


def test_the_first_cut_off_that_it_came_before_decides(ask: AskFor) -> None:
    said = limit({"until": "17:00", "by": "20:00"}, {"until": "12:00", "by": "16:00"})
    allowed = [said.allowance(ask(words), WORKING_DAYS) for words in ("11:00", "13:00")]
    assert allowed == [Allowed(5 * HOUR_S), Allowed(7 * HOUR_S)]


def test_a_year_whose_holidays_nobody_knows_has_no_limit(ask: AskFor) -> None:
    far = ask("day+9000 10:00")
    assert limit().allowance(far, WORKING_DAYS) == Unlimited("calendar-unknown")


@pytest.mark.parametrize(
    "due",
    [{"until": "12:00", "by": "11:00"}, {"until": "noon", "by": "16:00"}, {"until": "12:00"}],
)
def test_a_cut_off_is_two_times_of_day_the_second_no_earlier(due: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="due"):
        limit(due)


def test_it_is_written_as_it_was_read() -> None:
    assert limit().model_dump(mode="json")["due"] == [{"until": "12:00", "by": "16:00"}]


def test_the_unit_alone_does_not_fix_it_and_its_clock_is_that_on_the_wall() -> None:
    assert not limit().constant
    assert limit().clock_time

"""One edition: limits of every kind, calendars handed down, and what a limit comes to."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from events.testing import at
from events.vocabulary import Mode
from timing.calendars import CONTINUOUS
from timing.editions import Applied, Edition, WorkingTime
from timing.instants import NEVER
from timing.kinds.ask import Appointment, Ask
from timing.kinds.duration import DurationLimit
from timing.visits import Traits
from timing.written import midnight

MakeEdition = Callable[..., Edition]
OFFICE = {"id": "office", "days": "china", "hours": [["08:00", "12:00"], ["14:00", "18:00"]]}
KINDS: dict[str, dict[str, Any]] = {
    "duration": {"within": "PT30M"},
    "duration-by-size": {"within_by_size": {"20": "PT2H"}},
    "duration-per-teu": {"within": "PT3H", "teu": {"20": 1, "40": 2}},
    "duration-by-weight": {"within": "PT30M", "up_to_kg": 1, "step": "PT10M", "step_kg": 1},
    "lead-time": {"lead": "PT30M"},
    "notice": {"journey_over": "PT4H", "notice": "PT4H"},
    "half-day": {"due": [{"until": "12:00", "by": "16:00"}]},
    "listed": {},
}


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def ask(opened: str = "10:00", *appointments: Appointment, **traits: Any) -> Ask:
    usual = dict.fromkeys(Traits._fields)
    return Ask(epoch(opened), None, Traits(**{**usual, "mode": Mode.WATER, **traits}), appointments)


def one_limit(**keys: Any) -> dict[str, Any]:
    return {"id": "t", "stage": "inspection-positioning", **keys}


@pytest.mark.parametrize("kind", KINDS)
def test_an_edition_holds_limits_of_every_kind(kind: str, edition: MakeEdition) -> None:
    made = edition(limit=[one_limit(kind=kind, **KINDS[kind])])
    assert made.limit[0].kind == kind
    assert isinstance(made.calendar_of(made.limit[0]).id, str)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_refuses_the_keys_of_another(kind: str, edition: MakeEdition) -> None:
    others = [keys for keys in KINDS.values() if set(keys) != set(KINDS[kind])]
    for keys in others:
        with pytest.raises(ValueError, match="limit"):
            edition(limit=[one_limit(kind=kind, **keys)])
    assert len(others) == 7


def test_a_limit_without_a_calendar_has_that_of_its_edition(edition: MakeEdition) -> None:
    own = one_limit(kind="duration", within="PT1H", calendar="24x365")
    made = edition(
        calendar="office", working_time=[OFFICE], limit=[own, {**own, "calendar": "office"}]
    )
    handed = edition("box-move PT1H", calendar="office", working_time=[OFFICE])
    assert [made.calendar_of(limit).id for limit in made.limit] == ["24x365", "office"]
    assert handed.calendar_of(handed.limit[0]).id == "office"


def test_working_time_becomes_a_calendar_and_is_written_as_it_was_read() -> None:
    told = WorkingTime.model_validate({**OFFICE, "overtime": True})
    assert told.calendar.overtime
    assert told.calendar.hours == ((8 * 3600, 12 * 3600), (14 * 3600, 18 * 3600))
    assert told.model_dump(mode="json")["hours"] == OFFICE["hours"]


def test_hours_that_nobody_can_work_are_refused() -> None:
    with pytest.raises(ValueError, match="hours"):
        WorkingTime.model_validate({**OFFICE, "hours": [["12:00", "08:00"]]})


def test_a_limit_is_applied_with_the_calendar_it_is_counted_by(edition: MakeEdition) -> None:
    made = edition("box-move PT1H", calendar="office", working_time=[OFFICE])
    applied, flags = made.apply(made.limit[0], ask())
    assert applied == Applied(made.limit[0], made.edition, 3600, made.calendars["office"])
    assert (applied.at_least, applied.continuous, flags) == (False, False, ())


def test_a_deadline_on_the_clock_is_counted_without_a_break(edition: MakeEdition) -> None:
    half_day = one_limit(kind="half-day", due=[{"until": "12:00", "by": "16:00"}])
    made = edition(limit=[half_day], calendar="office", working_time=[OFFICE])
    said = made.apply(made.limit[0], ask())
    assert said.applied is not None
    assert said.applied.calendar is CONTINUOUS
    assert said.applied.continuous
    assert said.applied.limit_s == 6 * 3600
    sunday = made.apply(made.limit[0], ask("day-1 10:00"))
    assert sunday == (None, ())


def test_a_limit_that_does_not_apply_says_why(edition: MakeEdition) -> None:
    made = edition(limit=[one_limit(kind="lead-time", lead="PT30M"), one_limit(kind="listed")])
    assert [made.apply(limit, ask()).flags for limit in made.limit] == [
        ("no-appointment",), ("listed",)
    ]  # fmt: skip
    booked = made.apply(
        made.limit[0], ask("10:00", Appointment(epoch("10:00"), epoch("12:00"), None))
    )
    assert booked.applied is not None
    assert booked.applied.limit_s == 5400


def test_an_override_is_flagged(edition: MakeEdition) -> None:
    override = {"reason": "fog", "from": "2026-03-02", "within": "PT2H"}
    made = edition("box-move PT1H", scope={"override": [override]})
    assert made.apply(made.limit[0], ask()).flags == ("override",)


def test_an_undated_edition_has_always_been_in_force(edition: MakeEdition) -> None:
    assert edition("box-move PT1H").begins_at() < 0
    assert edition("box-move PT1H").ends_at(None) == NEVER


def test_an_edition_ends_when_it_says_or_when_its_successor_begins(edition: MakeEdition) -> None:
    first, last = date(2026, 3, 2), date(2026, 4, 1)
    ends = edition("box-move PT1H", effective_to=last)
    later = edition("box-move PT1H", effective_from=first)
    assert ends.ends_at(None) == midnight(last)
    assert ends.ends_at(later) == midnight(first) == later.begins_at()
    assert edition("box-move PT1H", effective_to=first).ends_at(
        edition("box-move PT1H", effective_from=last)
    ) == midnight(first)


def test_a_commitment_stands_beside_the_limits(edition: MakeEdition) -> None:
    share = {"id": "t.share", "words": "99%", "kind": "share", "of": "test.box-move"}
    made = edition("box-move PT1H", commitment=[{**share, "at_least": 0.99}])
    assert [promise.kind for promise in made.commitment] == ["share"]


def test_the_share_of_a_limit_is_a_commitment_and_no_key_of_it() -> None:
    keys = {**one_limit(kind="duration", within="PT1H"), "share": 0.99}
    with pytest.raises(ValueError, match="share"):
        DurationLimit.model_validate(keys)

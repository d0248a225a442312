"""Places: what is said of a port and its facilities, and how long it is kept."""

from itertools import permutations

import pytest

from events.envelope import Event, Unit
from events.testing import FACILITY, PORT, at, box, event, suspension
from timing.engine import Rules, Step, declare, elapse, next_deadline
from timing.history import History
from timing.instants import NEVER
from timing.observation import observation_of, unit_key
from timing.patience import Patience
from timing.places import (
    closures_of,
    forgotten,
    is_place,
    kept_until,
    look_again,
    suspensions_of,
)

PATIENCE = Patience()
RULES = Rules()
LONGEST_DAYS = 3650
"""A visit that is heard of now and then may last for years."""


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def place(story: list[Event], now: str = "12:00") -> History:
    reports = map(observation_of, story)
    return History.of(unit_key(story[0]), story[0].unit, reports).at(epoch(now), RULES)


def ids(history: History) -> list[str]:
    return [report.event_id for report in history.reports]


def withdrawn(of: Event, when: str) -> Event:
    told = {"event_id": "r", "retracts": of.event_id, "recorded_at": at(when)}
    return of.model_copy(update={**told, "occurred_at": at(when)})


def test_a_place_is_known_by_the_type_of_its_unit() -> None:
    assert is_place(place(suspension("10:00")))
    box_unit = event("arrived", "08:00").unit
    assert not is_place(History.of(f"{PORT}/{box()}", box_unit))


def test_a_port_is_the_whole_of_it_and_another_place_a_part() -> None:
    (everywhere,) = suspensions_of(place(suspension("10:00")))
    (here,) = suspensions_of(place(suspension("10:00", place=FACILITY)))
    assert (everywhere.facility, here.facility) == (None, FACILITY)


def test_closures_are_told_by_port_in_the_order_they_began() -> None:
    told = [
        place(suspension("11:00")),
        place(suspension("10:00", place=FACILITY)),
        place(suspension("12:00", place="LPT2", scope={"modes": ["rail"]})),
        place(suspension("09:00", place="CNSHA", port="CNSHA")),
    ]
    for order in permutations(told):
        closures = closures_of(order)
        assert [one.facility for one in closures.of(PORT)] == [FACILITY, None, "LPT2"]
        assert [one.start for one in closures.of("CNSHA")] == [epoch("09:00")]


def test_a_place_of_which_nothing_stands_closes_nothing() -> None:
    story = suspension("10:00")
    nothing = place([*story, withdrawn(story[0], "11:00")])
    assert closures_of([nothing]).by_port == {}


def test_what_still_rests_is_kept_for_ever() -> None:
    resting = place(suspension("10:00"), now="day+9999 00:00")
    assert forgotten(resting, PATIENCE) == resting
    assert look_again(resting, PATIENCE) == NEVER


@pytest.mark.parametrize(("second", "left"), [("00", 2), ("01", 0)])
def test_what_has_ended_is_kept_as_long_as_a_visit_may_be_judged_by_it(
    second: str, left: int
) -> None:
    now = f"day+{LONGEST_DAYS} 12:00:{second}"
    over = place(suspension("10:00", "12:00"), now=now)
    assert len(forgotten(over, PATIENCE).reports) == left
    assert look_again(over, PATIENCE) == epoch(f"day+{LONGEST_DAYS} 12:00:01")


def test_the_beginning_is_kept_as_long_as_the_end() -> None:
    # |10:00 ------- day+99 12:00 lifted
    story = suspension("10:00", "day+99 12:00")
    assert set(kept_until(place(story), PATIENCE).values()) == {
        epoch(f"day+{99 + LONGEST_DAYS} 12:00")
    }


def test_a_second_declaration_is_kept_with_what_it_repeats() -> None:
    story = [*suspension("10:00"), *suspension("11:00", ids="again")]
    assert ids(forgotten(place(story, "day+999 00:00"), PATIENCE)) == ["s1", "again1"]


def test_a_withdrawal_is_kept_with_what_it_withdrew_lest_that_stand_again() -> None:
    story = suspension("day+9 10:00")
    told = place([*story, withdrawn(story[0], "08:00")])
    until = set(kept_until(told, PATIENCE).values())
    assert until == {epoch(f"day+{9 + LONGEST_DAYS} 10:00")}
    gone = forgotten(told.at(epoch(f"day+{9 + LONGEST_DAYS} 10:00:01"), RULES), PATIENCE)
    assert gone.reports == ()


def test_what_was_withdrawn_is_not_kept_without_its_withdrawal() -> None:
    # the withdrawal was made long after; neither of them closes anything
    story = suspension("10:00")
    told = place([*story, withdrawn(story[0], "day+9 10:00")], f"day+{LONGEST_DAYS} 10:00:01")
    assert suspensions_of(forgotten(told, PATIENCE)) == []


def test_a_withdrawal_heard_before_what_it_withdraws_waits_for_it() -> None:
    story = suspension("10:00")
    told = place([withdrawn(story[0], "11:00")])
    assert look_again(told, PATIENCE) == epoch(f"day+{LONGEST_DAYS} 11:00:01")
    assert suspensions_of(told.with_report(observation_of(story[0]))) == []


def test_an_old_lifting_does_not_take_a_running_suspension_along() -> None:
    story = [*suspension("10:00", "12:00"), *suspension("day+1 10:00", ids="b")]
    rest = forgotten(place(story, f"day+{LONGEST_DAYS + 2} 00:00"), PATIENCE)
    assert ids(rest) == ["b1"]
    assert [one.start for one in suspensions_of(rest)] == [epoch("day+1 10:00")]


def kept(step: Step) -> History:
    assert step.history is not None
    return step.history


def test_the_verbs_look_at_a_place_when_something_is_to_be_forgotten() -> None:
    first, second = (each for each in suspension("10:00", "12:00"))
    running = kept(declare(None, first, RULES, epoch("10:00")))
    assert next_deadline(running, RULES) is None
    over = kept(declare(running, second, RULES, epoch("12:00")))
    due = epoch(f"day+{LONGEST_DAYS} 12:00:01")
    assert next_deadline(over, RULES) == due
    assert kept(elapse(over, due - 1, RULES)).reports == over.reports
    assert elapse(over, due, RULES).history is None


def test_time_says_nothing_of_a_place() -> None:
    over = place(suspension("10:00", "12:00"))
    step = elapse(over, epoch("day+999 00:00"), RULES)
    assert (step.outcomes, step.alerts, step.fates) == ((), (), ())


def test_a_place_may_have_the_number_of_a_unit_and_is_not_it() -> None:
    lot = Unit.model_validate({"type": "lot", "id": FACILITY})
    assert not is_place(History.of(f"{PORT}/{FACILITY}", lot))

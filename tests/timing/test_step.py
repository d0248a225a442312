"""A step: its public forms are made when somebody asks, and only of what changed."""

from collections.abc import Callable

import pytest

from events.codec import canonical
from events.testing import PORT, SOURCE, at, box, event, told
from events.vocabulary import Cause, Fate
from timing.announce import Change
from timing.engine import Rules, elapse, observe
from timing.history import History
from timing.step import Novelty, Step

MOVED = ("08:00 gated-in", "10:00 move-ordered")


@pytest.fixture
def half_an_hour(rules: Callable[..., Rules]) -> Rules:
    return rules("box-move PT30M")


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def after(*sentences: str, rules: Rules) -> Step:
    step = Step(None)
    for each in told(*sentences):
        step = observe(step.history, each, rules, 0)
    return step


def test_a_step_of_nothing_says_nothing() -> None:
    step = Step(None)
    assert (step.outcomes, step.alerts, step.fates) == ((), (), ())
    assert step.novelty is Novelty.NEW


def test_what_is_said_is_said_of_the_unit_that_was_judged(half_an_hour: Rules) -> None:
    step = after(*MOVED, rules=half_an_hour)
    assert {o.unit.id for o in step.outcomes} == {f.unit.id for f in step.fates} == {box()}
    assert {f.port for f in step.fates} == {PORT}


def test_it_can_still_be_said_when_nothing_is_left_to_keep(half_an_hour: Rules) -> None:
    old = event("gated-in", "08:00", event_id="old")
    late = observe(None, old, half_an_hour, epoch("day+9 08:00"))
    assert (late.history, late.novelty) == (None, Novelty.LATE)
    assert [(f.event_id, f.fate) for f in late.fates] == [("old", Fate.KEPT)]


def test_without_a_change_no_history_is_needed() -> None:
    assert Step(None, of=History("CNLYG/X", event("arrived", "08:00").unit.type)).outcomes == ()


def test_asked_twice_it_says_the_same(half_an_hour: Rules) -> None:
    step = after(*MOVED, rules=half_an_hour)
    assert step.outcomes == step.outcomes
    assert list(map(canonical, step.outcomes)) == list(map(canonical, step.outcomes))


def test_every_outcome_of_a_step_has_its_cause(half_an_hour: Rules) -> None:
    opened = after(*MOVED, rules=half_an_hour)
    assert opened.cause == (Cause.EVENT, f"{SOURCE}/e2")
    assert opened.history is not None
    broken = elapse(opened.history, epoch("11:00"), half_an_hour)
    assert {(o.cause.what, o.cause.id) for o in broken.outcomes if o.cause} == {("time", None)}
    assert all(o.cause for step in (opened, broken) for o in step.outcomes)


def test_a_warning_is_told_to_people_and_revises_nothing(half_an_hour: Rules) -> None:
    opened = after(*MOVED, rules=half_an_hour)
    assert opened.history is not None
    warned = elapse(opened.history, epoch("10:24"), half_an_hour)
    assert [alert.state for alert in warned.alerts] == ["at-risk"]
    assert warned.outcomes == ()
    assert [type(change) for change in warned.changes] == [Change]


def test_what_an_event_was_to_its_history_is_one_of_four_words() -> None:
    assert set(Novelty) == {"new", "duplicate", "correction", "late"}

"""Playing step by step: many units, one watermark that only grows."""

from collections.abc import Callable, Iterable

import pytest

from events.testing import PORT, at, box, event, suspension, told
from timing.engine import Rules, Step
from timing.play import Play


@pytest.fixture
def play(rules: Callable[..., Rules]) -> Play:
    return Play(rules("box-move PT30M"))


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def verdicts(steps: Iterable[Step]) -> list[str]:
    return [str(o.verdict) for step in steps for o in step.outcomes]


def test_the_watermark_only_grows(play: Play) -> None:
    play.reach(epoch("10:00"))
    play.reach(epoch("09:00"))
    assert play.watermark == epoch("10:00")


def test_each_unit_has_its_own_history(play: Play) -> None:
    for n in range(3):
        list(play.take(event("gated-in", "08:00", unit=box(n))))
    assert list(play.histories) == [f"{PORT}/{box(n)}" for n in range(3)]


def test_what_is_due_comes_before_the_event(play: Play) -> None:
    for each in told("08:00 gated-in", "10:00 move-ordered"):
        list(play.take(each))
    play.reach(epoch("11:00"))
    steps = list(play.take(event("move-ended", "10:45")))
    assert verdicts(steps) == ["breached", "breached"]
    assert [o.closed_at for step in steps for o in step.outcomes] == [None, at("10:45")]


def test_settling_does_what_is_due_for_everyone_once(play: Play) -> None:
    for n in range(2):
        for each in told("08:00 gated-in", "10:00 move-ordered", unit=box(n)):
            list(play.take(each))
    assert list(play.settle()) == []
    play.reach(epoch("11:00"))
    assert verdicts(play.settle()) == ["breached", "breached"]
    assert list(play.settle()) == []


def test_what_is_forgotten_takes_no_room(play: Play) -> None:
    for each in told("08:00 gated-in", "12:00 gated-out"):
        list(play.take(each))
    play.reach(epoch("day+7 12:00:01"))
    list(play.settle())
    assert play.histories == {}


def test_a_place_speaks_first_and_then_every_unit_at_its_port(play: Play) -> None:
    for n, port in enumerate((PORT, PORT, "CNSHA")):
        for each in told("08:00 gated-in", "10:00 move-ordered", unit=box(n), port=port):
            list(play.take(each))
    list(play.take(suspension("10:05", place="LPT2", ids="o")[0]))
    (rest,) = suspension("10:10")
    first, *others = list(play.take(rest))
    assert [fate.event_id for fate in first.fates] == ["s1"]
    assert [step.of.key for step in others if step.of] == [f"{PORT}/{box(n)}" for n in range(2)]
    assert len(others) == 2


def test_a_unit_that_comes_later_meets_the_place_as_it_is(play: Play) -> None:
    for each in suspension("10:10"):
        list(play.take(each))
    for each in told("08:00 gated-in", "10:00 move-ordered"):
        last = list(play.take(each))
    assert [o.deadline_at for step in last for o in step.outcomes] == [None]


def test_what_is_due_of_a_unit_that_a_place_touches_is_judged_as_the_place_is_now(
    play: Play,
) -> None:
    # 10:00 o----[10:10 rests]  heard at 11:00 only: the deadline had not passed, after all
    for each in told("08:00 gated-in", "10:00 move-ordered"):
        list(play.take(each))
    play.reach(epoch("11:00"))
    (rest,) = suspension("10:10")
    assert verdicts(play.take(rest)) == ["open"]
    assert list(play.settle()) == []


def test_a_place_is_forgotten_once_it_bears_on_nothing(play: Play) -> None:
    for each in suspension("10:00", "12:00"):
        list(play.take(each))
    assert list(play.histories) == [f"{PORT}/{PORT}"]
    play.reach(epoch("day+3650 12:00:01"))
    list(play.settle())
    assert play.histories == {}


def test_a_place_that_rests_for_ever_is_remembered_for_ever(play: Play) -> None:
    for each in suspension("10:00"):
        list(play.take(each))
    play.reach(epoch("day+999 00:00"))
    list(play.settle())
    assert list(play.histories) == [f"{PORT}/{PORT}"]

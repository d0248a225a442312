"""Playing step by step: many units, one watermark that only grows."""

from collections.abc import Callable, Iterable

import pytest

from events.testing import PORT, at, box, event, told
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

"""A finding: when it would be another, and from when on its promise is in danger."""

from collections.abc import Callable

import pytest

from events.envelope import Event
from events.testing import at, told
from events.vocabulary import Verdict
from timing.engine import Rules
from timing.finding import LEVELS, Finding, Level, due, risk_s
from timing.instants import NEVER
from timing.patience import Patience

Judged = Callable[[str, str, list[Event], Rules], list[Finding]]
ORDERED = ("08:00 gated-in", "10:00 move-ordered")


def epoch(words: str) -> int:
    return int(at(words).timestamp())


@pytest.fixture
def move(judged: Judged, rules: Callable[..., Rules]) -> Callable[..., Finding]:
    """A box ordered to be moved at 10:00 within half an hour, as known at a time."""

    def known_at(when: str, *more: str) -> Finding:
        (found,) = judged("box-move", when, told(*ORDERED, *more), rules("box-move PT30M"))
        return found

    return known_at


# 10:00 o----------10:24 at risk-----10:30 limit
@pytest.mark.parametrize(
    ("now", "level", "next_look"),
    [
        ("10:23:59", Level.CALM, "10:24"),
        ("10:24", Level.AT_RISK, "10:30:01"),
        ("10:30", Level.AT_RISK, "10:30:01"),
    ],
)
def test_it_is_another_when_its_promise_is_in_danger_and_when_it_is_broken(
    now: str, level: Level, next_look: str, move: Callable[..., Finding]
) -> None:
    found = move(now)
    assert (found.level, due(found)) == (level, epoch(next_look))


def test_a_second_before_it_is_due_it_is_the_same_and_then_it_is_not(
    move: Callable[..., Finding],
) -> None:
    calm = move("10:01")
    assert move("10:23:59") == calm != move("10:24")


def test_what_is_broken_or_over_is_never_another_by_time_alone(
    move: Callable[..., Finding],
) -> None:
    broken, met = move("10:30:01"), move("10:20", "10:10 move-ended")
    late = move("11:00", "10:45 move-ended")
    assert [f.verdict for f in (broken, met, late)] == [
        Verdict.BREACHED, Verdict.MET, Verdict.BREACHED
    ]  # fmt: skip
    assert {due(broken), due(met), due(late)} == {NEVER}


def test_what_no_limit_covers_is_never_due(judged: Judged, rules: Callable[..., Rules]) -> None:
    (found,) = judged("box-move", "18:00", told(*ORDERED), rules("pickup PT1H"))
    assert due(found) == NEVER


def test_the_risk_begins_at_a_share_of_the_limit() -> None:
    assert risk_s(1800, Patience()) == 1440
    assert risk_s(1801, Patience(risk_share=0.5)) == 900


def test_levels_are_found_by_their_number() -> None:
    assert [LEVELS[level] for level in Level] == list(Level)

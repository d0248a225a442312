"""A unit that has left: what still belongs to its stay, and what waits for its next one."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from events.envelope import Event
from events.testing import at, told
from events.vocabulary import Kind
from timing.engine import Rules, observe
from timing.history import History
from timing.observation import observation_of
from timing.running import waits
from timing.shortcut import taken
from timing.visits import AHEAD

KNOWN: dict[str, Any] = {
    "cargo": {"size_type": "22G1", "laden": True, "category": "general", "weight_kg": 900},
    "journey_s": 7200,
}
LEFT = ("08:00 arrived", "09:00 discharged", "10:00 transfer-ordered", "12:00 gated-out")


@pytest.fixture
def promised(rules: Callable[..., Rules]) -> Rules:
    return rules("in-yard-transfer PT30M", "tally-report PT15M", "unloading PT12H")


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def after(events: Iterable[Event], rules: Rules) -> History:
    history: History | None = None
    for each in events:
        history = observe(history, each, rules, 0).history
    assert history is not None
    return history


def plain(rules: Rules, *sentences: str) -> bool:
    """Whether the last of the sentences goes the short way after the others."""
    *before, last = told(*sentences, **KNOWN)
    return taken(after(before, rules), observation_of(last), rules, 0) is not None


BELATED = {
    "a report that outlives the visit": ("12:10 tally-ended", True),
    "the truck": ("12:10 truck-departed", True),
    "a week later": ("day+7 12:00 lab-result", True),
    "a second after the week": ("day+7 12:00:01 lab-result", False),
    "the same second": ("12:00 truck-departed", False),
    "the next stay": ("day+2 08:00 gated-in", False),
    "a stop": ("12:10 clock-stopped", False),
    "the end of a transfer": ("12:10 transfer-ended", False),
}


@pytest.mark.parametrize(("last", "is_plain"), BELATED.values(), ids=BELATED.keys())
def test_after_the_unit_left_what_still_belongs_to_it_is_plain(
    last: str, is_plain: bool, promised: Rules
) -> None:
    assert plain(promised, *LEFT, last) is is_plain


@pytest.mark.parametrize("kind", sorted(AHEAD))
def test_after_the_unit_left_an_announcement_waits_for_the_next_stay(
    kind: Kind, promised: Rules
) -> None:
    history = after(told(*LEFT, f"12:10 {kind}", **KNOWN), promised)
    assert plain(promised, *LEFT, f"12:10 {kind}")
    assert history.live is not None
    assert waits(history.live)
    assert history.live.stay.due_at == history.due_at == epoch("day+7 12:00:01")


AWAY = (*LEFT, "13:00 declared")


@pytest.mark.parametrize(
    ("last", "is_plain"),
    [
        ("13:10 move-ordered", True), ("13:10 truck-arrived", True), ("14:00 gated-in", True),
        ("12:50 truck-arrived", False), ("12:50 gated-in", False), ("13:10 departed", False),
        ("13:10 truck-departed", False), ("13:10 transfer-ended", False),
    ],
)  # fmt: skip
def test_while_it_is_away_what_may_be_of_the_stay_before_is_not_plain(
    last: str, is_plain: bool, promised: Rules
) -> None:
    assert plain(promised, *AWAY, last) is is_plain


def test_the_next_stay_begins_with_what_waited_and_the_last_is_forgotten_in_time(
    promised: Rules,
) -> None:
    *away, entry = told(*AWAY, "14:00 gated-in", **KNOWN)
    step = taken(after(away, promised), observation_of(entry), promised, 0)
    assert step is not None
    assert step.history is not None
    live = step.history.live
    assert live is not None
    assert (live.stay.since, live.stay.due_at) == (epoch("13:00"), epoch("day+7 12:00:01"))
    assert {visit for _, visit in step.moved} == {live.stay.visit_id}
    assert len(step.moved) == 2


def test_beside_another_stay_an_announcement_takes_more_thought(promised: Rules) -> None:
    assert not plain(promised, *AWAY, "14:00 gated-in", "15:00 gated-out", "16:00 declared")
    fell = (*LEFT, "12:30 stored retracts=e3", "13:00 declared")
    assert not plain(promised, *fell)

"""What a step says of its sources: who was heard of, by their own records alone."""

from collections.abc import Callable
from typing import Any

from events.testing import told, wire
from events.topics import COPY_OF, TERMINAL_EVENTS
from streams.effects import Effects
from streams.plane.run import Run
from streams.plane.store import Part
from streams.testing import about
from streams.timekeeper import Bounds, Surroundings, Timekeeper

BOUNDS = Bounds(1, 3, 2, 8, 10, 5)
TERMINAL = TERMINAL_EVENTS.name


def _take(law: Any, run: Run) -> list[Effects]:
    part = Part()
    return list(Timekeeper(law, BOUNDS, Surroundings(lambda _: part, lambda *_: None)).take(run))


def _heard(steps: list[Effects]) -> dict[str, float]:
    return {source: at_s for effects in steps for source, at_s in effects.heard.items()}


def test_a_source_is_heard_of_when_its_record_was_stamped(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    (said,) = told("09:00 move-ordered")
    record = kept(0, wire(said)[0], timestamp=1_800_000_000_500)
    assert _heard(_take(small_law, run_of(TERMINAL, 0, record))) == {said.source: 1_800_000_000.5}


def test_what_is_refused_tells_nothing_of_its_source(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    assert _heard(_take(small_law, run_of(TERMINAL, 0, kept(0, b"{")))) == {}


def test_our_copy_of_an_event_about_a_place_is_no_word_of_its_source(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    closed = about("CNLYG", "suspension-declared", "10:00", event_id="s1")
    copy = kept(0, wire(closed)[0], headers=[(COPY_OF, b"terminal-events/1/0")])
    itself = kept(0, wire(closed)[0])
    assert _heard(_take(small_law, run_of(TERMINAL, 0, copy))) == {}
    assert list(_heard(_take(small_law, run_of(TERMINAL, 0, itself)))) == [closed.source]

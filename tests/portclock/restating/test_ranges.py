"""A range is tried without changing anything, restated once, and goes on where it was killed."""

from pathlib import Path

import pytest

from events.outcomes import Because
from events.testing import at, box, told, wire
from events.vocabulary import Cause
from portclock.restating.asking import Wish
from portclock.restating.places import FOREVER_S
from portclock.restating.ranges import Cell, Course, Effect, Notes, Range, restated, tried
from portclock.restating.rounds import Ended
from portclock.restating.settling import Pace
from portclock.restating.testing import World
from sinks.units import Span
from streams.law import TimingLaw
from timing.judge import judge
from timing.testing import LONGER, RULES

EVER = Range(("CNLYG",), Span(0, FOREVER_S), Because(what=Cause.EDITION, id="t/2026"))
SLOW = ("09:00 gated-in", "10:00 move-ordered", "10:35 move-ended", "12:00 gated-out")
"""A move that took 35 minutes: over by one edition, within the longer one's three quarters."""


def a_month_later(boxes: int = 7) -> World:
    world = World(RULES)
    for n in range(boxes):
        world.tell(*told(*SLOW, unit=box(n), ids=f"a{n}-"))
    world.reach(at("day+30 12:00"))
    return world


def under(world: World) -> None:
    """The worker is started again, with the longer limits."""
    world.rules = LONGER
    world.roads.law = TimingLaw(LONGER)
    world.roads.start()


def course(world: World, notes: Notes, told_of: list[int] | None = None) -> Course:
    heard = told_of if told_of is not None else []
    return Course(world.bounds, world.pace(), notes, heard.append)


def agrees(world: World) -> bool:
    verdict = judge(wire(*world.told), world.rules, at("day+30 12:00"))
    return world.standing() == verdict.lines()


def test_a_dry_run_tells_what_would_change_and_changes_nothing() -> None:
    world = a_month_later()
    words, before = len(world.roads.words), world.standing()
    effect = tried(world.bring(LONGER), world.store, EVER, world.bounds, lambda units: None)
    assert (effect.units, effect.differing, effect.moved) == (7, 7, 0)
    assert effect.months == {"2026-03"}
    moves = {cell: n for cell, n in effect.cells.items() if cell.limit_id == "box-move"}
    assert moves == {Cell("CNLYG", "box-move", "box-move", "breached", "met"): 7}
    assert (len(world.roads.words), world.standing(), world.marks.rows) == (words, before, [])
    document = effect.document()
    assert document["months"] == ["2026-03"]


def test_a_range_is_judged_again_by_the_worker_and_marked_with_the_reason() -> None:
    world = a_month_later()
    under(world)
    rounds = world.rounds(wish=Wish("r1", "limits were made longer"))
    heard: list[int] = []
    assert restated(rounds, world.store, EVER, course(world, Notes(None, "r1"), heard))
    assert agrees(world)
    assert rounds.ended[Ended.RESTATED] == 7
    assert heard == [5, 7]
    assert {(row[2], row[3], row[4], row[7]) for row in world.marks.rows} == {
        ("edition", "t/2026", "r1", "limits were made longer")
    }
    causes = {one.cause for one in world.outcomes() if one.stage == "box-move"}
    assert {(cause.what, cause.id) for cause in causes if cause} == {(Cause.EDITION, "t")}


def test_twice_is_once() -> None:
    world = a_month_later()
    under(world)
    for _ in range(2):
        rounds = world.rounds()
        restated(rounds, world.store, EVER, course(world, Notes(None, "r")))
        words = len(world.roads.words)
    assert rounds.ended[Ended.AGREED] == 7
    assert len(world.roads.words) == words
    assert len(world.marks.rows) == 7


def test_only_units_that_were_there_in_the_span_are_judged_again() -> None:
    world = a_month_later(2)
    april = told("day+35 09:00 gated-in", "day+35 12:00 gated-out", unit=box(9), ids="b")
    world.tell(*april)
    span = Span(int(at("day+31 00:00").timestamp()), FOREVER_S)
    effect = tried(world.bring(), world.store, EVER._replace(span=span), world.bounds, _unheard)
    assert (effect.units, effect.differing) == (1, 0)


def _unheard(units: int) -> None:
    """Nobody listens."""


def test_stopped_half_way_the_same_run_goes_on_behind_what_is_done(tmp_path: Path) -> None:
    world = a_month_later()
    under(world)
    notes = Notes(tmp_path / "restating", "r1")
    stops = iter([False, False, True])

    def wait(seconds: float) -> bool:
        world.work()
        return next(stops)

    stopped = Course(world.bounds, Pace(lambda: 0.0, wait), notes, _unheard)
    assert not restated(world.rounds(), world.store, EVER, stopped)
    assert notes.read() == {"CNLYG": sorted(box(n) for n in range(7))[4]}
    rounds = world.rounds()
    assert restated(rounds, world.store, EVER, course(world, Notes(tmp_path / "restating", "r1")))
    assert sum(rounds.ended.values()) == 2
    assert agrees(world)
    assert list((tmp_path / "restating").iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", '{"CNLYG": '])
def test_a_torn_note_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "r1.json").write_text(text)
    assert Notes(tmp_path, "r1").read() == {}


def test_an_effect_of_nothing_is_empty() -> None:
    assert Effect().document() == {
        "units": 0, "differing": 0, "moved_events": 0, "months": [], "changes": [],
    }  # fmt: skip

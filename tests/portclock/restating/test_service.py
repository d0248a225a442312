"""Whatever is heard of too late: once the restater has read on, the tables say what a judge of the
whole set says; it is bounded, goes on where it was, and never loses a suspect."""

from collections.abc import Mapping
from datetime import timedelta
from random import Random

import pytest
from kafka.errors import CommitFailedError

from events.envelope import Event
from events.testing import MORNING, at, box, suspension, told, wire
from events.vocabulary import Cause
from portclock.restating.rounds import Ended
from portclock.restating.settings import Bounds
from portclock.restating.testing import World
from portclock.restating.whole import Whole
from sinks.read import standing
from sinks.rows import FateRow
from sinks.store import StoreUnavailable
from sinks.tables import FATES
from timing.judge import judge
from timing.patience import DAY_S
from timing.rules import Rules
from timing.testing import RULES, told_of_places, withdrawn
from timing.testing import told as drawn

LEFT = ("09:00 gated-in", "10:00 move-ordered", "10:20 move-ended", "12:00 gated-out")


def agrees(world: World, now: str | None = None) -> bool:
    """Whether the tables say what a judge of everything says."""
    moment = at(now) if now else None
    verdict = judge(wire(*world.told), world.rules, moment)
    return world.standing() == verdict.lines()


def a_month_later(rules: Rules = RULES, boxes: int = 7) -> World:
    """Boxes that left a month ago, and are forgotten."""
    world = World(rules)
    for n in range(boxes):
        world.tell(*told(*LEFT, unit=box(n), ids=f"a{n}-"))
    world.reach(at("day+30 12:00"))
    assert not any(part.rows for part in world.roads.parts.values())
    return world


def test_a_report_a_month_late_is_where_a_judge_of_everything_has_it() -> None:
    world = a_month_later()
    world.tell(*told("10:05 move-ended", unit=box(3), ids="late"))
    assert not agrees(world, "day+30 12:00")
    restater = world.restate()
    assert agrees(world, "day+30 12:00")
    assert restater.rounds.ended[Ended.RESTATED] == 1
    causes = {one.cause for one in world.outcomes() if one.cause and one.unit.id == box(3)}
    assert (Cause.EVENT, "lyg-tos/late1") in {(cause.what, cause.id) for cause in causes}
    ((port, unit, what, id, run, months, outcomes, reason, _),) = world.marks.rows
    assert (port, unit, what, id, run) == ("CNLYG", box(3), "event", "lyg-tos/late1", "")
    assert (months, outcomes > 0, reason) == (["2026-03"], True, None)


def test_a_withdrawal_dated_today_of_a_report_of_last_month_is_found() -> None:
    """It is no late report by its own time: it is known by what it takes back."""
    world = a_month_later()
    wrong = next(e for e in world.told if e.event_id == "a2-3")
    now = at("day+30 12:00")
    world.tell(withdrawn(wrong, "no", occurred_at=now, recorded_at=now))
    world.restate()
    assert agrees(world, "day+30 12:00")
    assert len(world.marks.rows) == 1


def test_a_better_report_dated_within_the_next_stay_is_found_by_what_it_replaces() -> None:
    """The worker takes it for one of the stay under way, and the one that it replaces stands."""
    world = a_month_later()
    world.tell(*told("day+30 13:00 gated-in", unit=box(2), ids="b"))
    better = told("day+30 14:00 move-ended", unit=box(2), ids="c")[0]
    world.tell(better.model_copy(update={"supersedes": "a2-3"}))
    world.reach(at("day+30 14:00"))
    assert None not in belonging(world).values()
    assert not agrees(world, "day+30 14:00")
    world.restate()
    assert agrees(world, "day+30 14:00")


def test_a_suspension_declared_a_month_late_reaches_units_that_were_forgotten() -> None:
    world = a_month_later()
    storm = suspension("10:05", "10:15")
    world.tell(*storm)
    assert not agrees(world, "day+30 12:00")
    restater = world.restate()
    assert agrees(world, "day+30 12:00")
    assert restater.rounds.ended[Ended.RESTATED] == 7
    assert {row[2] for row in world.marks.rows} == {"suspension"}
    world.tell(withdrawn(storm[0], "calm"))
    world.restate()
    assert agrees(world, "day+30 12:00")


def test_what_is_as_it_should_be_is_left_alone() -> None:
    world = World(RULES)
    world.tell(*told("09:00 declared", "09:30 manifest-declared", unit=box(1)))
    words = len(world.roads.words)
    restater = world.restate()
    assert restater.rounds.ended[Ended.AGREED] == 1
    assert (len(world.roads.words), world.marks.rows) == (words, [])


def _weeks(rng: Random) -> list[tuple[int, Event]]:
    """Some boxes that come and go, each event with the instant at which it comes in."""
    lateness = (0, 0, 0, 0, 600, 9 * DAY_S, 40 * DAY_S, 200 * DAY_S)
    sent: list[tuple[int, Event]] = []
    for number in range(rng.randint(1, 4)):
        start = MORNING
        for stay in range(rng.randint(1, 2)):
            for event in drawn(rng, size=10, start=start, number=number):
                ids = ("event_id", "supersedes", "retracts")
                said = {
                    name: f"{number}-{stay}-{old}" for name in ids if (old := getattr(event, name))
                }
                sent.append((_second(event) + rng.choice(lateness), event.model_copy(update=said)))
            start += timedelta(days=rng.choice((8, 30, 60)))
    if rng.random() < 0.5:
        sent += [(_second(e) + rng.choice(lateness), e) for e in told_of_places(rng)]
    return sorted(sent, key=lambda one: one[0])


def _second(event: Event) -> int:
    return int((event.recorded_at or event.occurred_at).timestamp())


@pytest.mark.parametrize("seed", range(15))
def test_however_late_anything_is_the_tables_say_what_the_judge_says(seed: int) -> None:
    rng = Random(seed)
    world = World(RULES)
    moment = 0
    for moment, event in _weeks(rng):
        world.reach(MORNING + timedelta(seconds=moment - MORNING.timestamp()))
        world.tell(event)
        if rng.random() < 0.05:
            world.restate()
    now = MORNING + timedelta(seconds=moment - MORNING.timestamp())
    world.reach(now)
    restater = world.restate()
    verdict = judge(wire(*world.told), RULES, now)
    assert world.standing() == verdict.lines()
    assert belonging(world) == {
        (f.unit.id, f.source, f.event_id): f.visit_id for f in verdict.fates
    }
    assert restater.rounds.left == []


def belonging(world: World) -> dict[tuple[str, str, str], str | None]:
    """Where the tables say that each event belongs."""
    rows = map(FateRow._make, world.store.ask(standing(FATES), {}))
    return {(row.unit_id, row.source, row.event_id): row.visit_id for row in rows}


def test_what_was_forgotten_and_is_sent_a_second_time_is_where_it_was() -> None:
    world = a_month_later()
    before, lines = belonging(world), world.standing()
    for event in list(world.told):
        world.roads.send(event)
    world.work()
    assert None in belonging(world).values()
    restater = world.restate()
    assert (belonging(world), world.standing()) == (before, lines)
    assert restater.rounds.ended[Ended.RESTATED] == 7
    assert world.marks.rows == []


def test_killed_before_it_commits_it_looks_at_the_same_again() -> None:
    world = a_month_later()
    world.tell(*told("10:05 move-ended", unit=box(3), ids="late"))
    first = world.restater()
    while world.behind():
        first.settle(first.gather())
    assert world.committed == {}
    marked, said = list(world.marks.rows), len(world.roads.words)
    again = world.restate()
    assert again.rounds.ended[Ended.RESTATED] == 0
    assert (world.marks.rows, len(world.roads.words)) == (marked, said)
    assert agrees(world, "day+30 12:00")


def test_what_has_not_landed_is_waited_for_with_bounds() -> None:
    world = a_month_later()
    world.lands = False
    world.tell(*told("10:05 move-ended", unit=box(3), ids="late"))
    restater = world.restate()
    assert restater.rounds.ended[Ended.NOT_LANDED] == 1
    waits = [wait for wait in world.waits if wait]
    assert waits[:4] == [0.1, 0.2, 0.4, 0.8]
    assert max(waits) == world.bounds.look_again_max_s


def test_tables_that_are_away_are_waited_for_and_nothing_is_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = a_month_later()
    world.tell(*told("10:05 move-ended", unit=box(3), ids="late"))
    restater = world.restater()
    bring, failures = restater.rounds.bring, [StoreUnavailable("away")] * 3

    def bring_later(port: str, units: list[str]) -> Mapping[str, Whole]:
        if failures:
            raise failures.pop()
        return bring(port, units)

    restater.rounds.bring = bring_later
    while world.behind():
        assert restater.settle(restater.gather())
    assert agrees(world, "day+30 12:00")
    assert caplog.text.count("the tables do not answer") == 3


def test_told_to_stop_it_commits_nothing_that_is_not_settled() -> None:
    world = a_month_later()
    world.tell(*told("10:05 move-ended", unit=box(3), ids="late"))
    restater = world.restater()
    restater.pace = type(restater.pace)(lambda: 0.0, lambda seconds: True)
    turns = iter([False] * 40)
    restater.run(lambda: next(turns, True))
    assert all(place.topic != "event-fates" for place in world.committed)
    world.restate()
    assert agrees(world, "day+30 12:00")


def test_a_commit_that_fails_is_no_end(caplog: pytest.LogCaptureFixture) -> None:
    world = a_month_later()
    restater = world.restater()

    def refuse(offsets: object) -> None:
        raise CommitFailedError("moved away")

    world.commit = refuse  # type: ignore[method-assign]
    turns = iter([False, False, True])
    restater.run(lambda: next(turns))
    assert "was not committed" in caplog.text


def test_a_worker_by_other_editions_is_said_and_not_asked_for_ever(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = a_month_later()
    other = Rules()
    world.tell(*told("10:05 move-ended", unit=box(3), ids="late"))
    restater = world.restater(other)
    while world.behind():
        restater.settle(restater.gather())
    assert restater.rounds.ended[Ended.GIVEN_UP] == 1
    assert "portclock restate --unit" in caplog.text
    recalls = sum(len(log) for tp, log in world.roads.logs.items() if tp.topic == "unit-recalls")
    assert recalls == 3


def test_it_rests_as_long_as_it_worked() -> None:
    clock = iter(range(0, 10_000, 3))
    world = a_month_later()
    world.bounds = Bounds(rest_share=2.0, look_again_s=0.001)
    world.tell(*told("10:05 move-ended", unit=box(3), ids="late"))
    restater = world.restater()
    restater.pace = type(restater.pace)(lambda: next(clock), world.pace().wait)
    while world.behind():
        restater.settle(restater.gather())
    assert 6.0 in world.waits


@pytest.mark.parametrize("units_max", [1, 3, 50])
def test_no_more_units_are_under_way_than_the_bounds_say(units_max: int) -> None:
    world = a_month_later()
    world.bounds = Bounds(units_max=units_max, look_again_s=0.001)
    world.tell(*suspension("10:05", "10:15"))
    restater = world.restater()
    bring, most = restater.rounds.bring, [0]

    def counted(port: str, units: list[str]) -> Mapping[str, Whole]:
        most.append(len(units))
        return bring(port, units)

    restater.rounds.bring = counted
    while world.behind():
        restater.settle(restater.gather())
    assert 0 < max(most) <= units_max
    assert agrees(world, "day+30 12:00")

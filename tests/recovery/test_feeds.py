"""Feeds and partitions that go wrong, against the whole law in memory: late, stuck, quiet, off.

Whatever goes wrong, what stands at the end is what the judge makes of the same messages.
"""

from collections.abc import Iterable
from datetime import timedelta
from random import Random

import pytest
from faust.types import TP

from events.codec import encode
from events.envelope import Event
from events.outcomes import Outcome
from events.testing import at, box, told, wire
from events.topics import EVENT_TOPICS, EVENTS_DLQ, STAGE_DWELLS, TICKS, topic_for
from events.vocabulary import Verdict
from load_tests.faults.feeds import ahead_of_its_own_records, poisoned, shifted
from streams.law import TimingLaw
from streams.plane.partitioner import partition_of
from streams.testing import Roads
from streams.timekeeper import Bounds
from timing.judge import judge
from timing.rules import Rules

PARTITIONS = 3
BOUNDS = Bounds(PARTITIONS, 50, 20, 8, 10, 5)
PORT, END = "CNSHD", at("day+1 09:00")
UNITS = [box(n) for n in range(12)]
STUCK = partition_of(UNITS[0].encode(), PARTITIONS)


def _visits() -> list[Event]:
    """Boxes of every partition; every third is positioned too late, every fourth never leaves."""
    facts: list[Event] = []
    for n, unit in enumerate(UNITS):
        when = "14:50" if n % 3 == 0 else "10:20"
        words = (
            "09:00 discharged",
            "10:00 inspection-ordered",
            f"{when} positioned",
            "21:00 gated-out",
        )
        facts += told(*words[: 3 if n % 4 == 0 else 4], unit=unit, ids=f"t{n}-", port=PORT)
        facts += told("09:30 declared", "18:00 released", unit=unit, ids=f"c{n}-", port=PORT)
    return sorted(facts, key=lambda fact: fact.occurred_at)


def _roads() -> Roads:
    return Roads(TimingLaw(Rules()), BOUNDS)


def _put(roads: Roads, values: Iterable[tuple[Event, bytes]]) -> None:
    """Each message where its sender puts it, whatever it has become."""
    for fact, value in values:
        roads.put(topic_for(fact.kind).name, fact.unit.id.encode(), value)


def _lines(values: Iterable[bytes]) -> list[bytes]:
    return judge(list(values), Rules(), END).lines()


def _breached(roads: Roads) -> set[str]:
    """The units of which an open stage is said to be over its limit."""
    said = map(Outcome.model_validate_json, roads.said(STAGE_DWELLS.name))
    return {o.unit.id for o in said if o.verdict is Verdict.BREACHED and o.closed_at is None}


def _events(roads: Roads) -> int:
    return sum(len(log) for tp, log in roads.logs.items() if tp.topic != TICKS.name)


def _here(units: Iterable[str], partition: int) -> set[str]:
    return {unit for unit in units if partition_of(unit.encode(), PARTITIONS) == partition}


def test_a_quiet_partition_breaks_its_promises_by_time_alone() -> None:
    roads = _roads()
    for unit in UNITS:
        for fact in told("09:00 discharged", "10:00 inspection-ordered", unit=unit, port=PORT):
            roads.send(fact)
    roads.drain()
    assert _breached(roads) == set()
    before = _events(roads)
    for minute in range(0, 600, 10):
        roads.tick(at("10:00") + timedelta(minutes=minute))
    roads.drain()
    assert _breached(roads) == set(UNITS)
    assert _events(roads) == before


def test_a_stuck_partition_holds_up_itself_alone_and_is_made_up_for() -> None:
    """Nothing of its events can be read for a day; its ticks wait, in a line of bounded length."""
    roads, facts = _roads(), _visits()
    stuck = {TP(topic.name, STUCK) for topic in EVENT_TOPICS}
    for number, fact in enumerate(facts):
        roads.send(fact)
        roads.tick(fact.occurred_at)
        while waiting := [tp for tp in roads.unread() if tp not in stuck]:
            roads.read(waiting[number % len(waiting)], 7)
    others = {unit for unit in UNITS[::3] if unit not in _here(UNITS, STUCK)}
    assert others
    assert _breached(roads) >= others
    assert _here(_breached(roads), STUCK) == set()
    held = roads.worker.held_ticks()
    assert 0 < held[STUCK] <= BOUNDS.held_ticks_max
    assert all(not ticks for partition, ticks in held.items() if partition != STUCK)

    roads.tick(END)
    roads.drain()
    assert roads.outcomes() == _lines(wire(*facts))
    assert roads.worker.held_ticks()[STUCK] == 0


@pytest.mark.parametrize("minutes", [-600, -40, 4])
def test_a_feed_whose_clock_is_off_is_judged_as_it_says(minutes: int) -> None:
    roads, rolls, change = _roads(), Random(1), shifted(timedelta(minutes=minutes))
    said: list[tuple[Event, bytes]] = []
    for fact in _visits():
        document = fact.model_dump(mode="json", exclude_none=True)
        customs = topic_for(fact.kind).name == "customs-events"
        changed = change(document, rolls) if customs else encode(fact)
        assert changed is not None
        said.append((fact, changed))
        _put(roads, said[-1:])
        roads.tick(fact.occurred_at)
    roads.tick(END)
    roads.drain()
    assert roads.outcomes() == _lines(value for _, value in said)
    assert roads.outcomes() != _lines(encode(fact) for fact, _ in said)


def test_a_clock_that_runs_an_hour_ahead_of_its_records_is_refused_and_said_so() -> None:
    roads, rolls, said = _roads(), Random(1), list[tuple[Event, bytes]]()
    for fact in _visits():
        document = fact.model_dump(mode="json", exclude_none=True)
        customs = topic_for(fact.kind).name == "customs-events"
        said.append((fact, ahead_of_its_own_records(document, rolls) if customs else encode(fact)))
    _put(roads, said)
    roads.tick(END)
    roads.drain()
    bad = sum(topic_for(fact.kind).name == "customs-events" for fact, _ in said)
    letters = [dict(word.headers) for word in roads.words if word.topic == EVENTS_DLQ.name]
    assert len(letters) == bad
    assert {letter["reason"] for letter in letters} == {b"future-time"}
    assert roads.outcomes() == _lines(value for _, value in said)
    (stopped,) = roads.worker.stopped_feeds()
    assert stopped.in_a_row == bad


@pytest.mark.parametrize("seed", range(5))
def test_poison_among_good_messages_costs_nothing_but_itself(seed: int) -> None:
    """One in ten, so that every unit meets some; each stands whole in the quarantine."""
    roads, rolls, said, poison = _roads(), Random(seed), list[tuple[Event, bytes]](), set[bytes]()
    for fact in _visits():
        value = encode(fact)
        if rolls.random() < 0.1:
            value = poisoned(fact.model_dump(mode="json", exclude_none=True), rolls)
            poison.add(value)
        said.append((fact, value))
    _put(roads, said)
    roads.tick(END)
    roads.drain()
    assert set(roads.said(EVENTS_DLQ.name)) == poison
    assert len(list(roads.said(EVENTS_DLQ.name))) == len(poison)
    assert roads.outcomes() == _lines(value for _, value in said)
    assert sum(roads.endings().values()) == sum(len(log) for log in roads.logs.values())

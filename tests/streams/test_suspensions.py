"""An event about a place reaches every partition, and every unit of the port is judged by it once:
whatever is read first, wherever a worker dies, and however a rebalance cuts in."""

from typing import Any

import pytest
from faust.types import TP

from events.codec import encode
from events.dead_letters import from_headers
from events.outcomes import Outcome
from events.refusals import Reason
from events.testing import at, box, event
from events.topics import COPY_OF, CUSTOMS_EVENTS, EVENT_FATES, TERMINAL_EVENTS, TICKS
from streams.effects import Ending
from streams.plane.batches import partition_of
from streams.tables import decode_clock, is_place
from streams.testing import PHASES, Roads, SmallLaw, about
from streams.timekeeper import Bounds

TERMINAL, CUSTOMS = TERMINAL_EVENTS.name, CUSTOMS_EVENTS.name
PARTITIONS = 3
BOUNDS = Bounds(PARTITIONS, 2, 2, 8, 10, 5)
"""Three partitions, steps of two units and a cache of two, so that every bound is met."""

PORT = "CNSHD"
HOME = partition_of(PORT.encode(), PARTITIONS)


def _units(partition: int, count: int) -> list[str]:
    """Boxes whose home is this partition."""
    found = [box(n) for n in range(200) if partition_of(box(n).encode(), PARTITIONS) == partition]
    return found[:count]


def _roads(law: Any, bounds: Bounds = BOUNDS) -> Roads:
    return Roads(law, bounds)


@pytest.fixture
def roads(small_law: SmallLaw) -> Roads:
    """Five units in each partition, all known, and nothing suspended."""
    place = _roads(small_law)
    for partition in range(PARTITIONS):
        for unit in _units(partition, 5):
            place.send(event("move-ordered", "09:00", unit=unit, port=PORT, event_id="e1"))
    place.drain()
    return place


def _flags(roads: Roads) -> dict[str, tuple[str, ...]]:
    """The declarations that close each unit's port, by what was published last."""
    said = map(Outcome.model_validate_json, roads.outcomes())
    return {outcome.unit.id: outcome.flags for outcome in said}


def _copies(roads: Roads) -> list[tuple[int, bytes, bytes | None, dict[str, bytes]]]:
    records = [(tp.partition, r) for tp, log in roads.logs.items() for r in log if r.headers]
    return [(n, r.key or b"", r.value, dict(r.headers)) for n, r in sorted(records, key=str)]


# -- copies


def test_a_suspension_is_copied_word_for_word_into_every_other_partition(roads: Roads) -> None:
    declared = about(PORT, "suspension-declared", "10:00", port=PORT, event_id="s1")
    offset = len(roads.logs[TP(TERMINAL, HOME)])
    roads.send(declared)
    roads.drain()

    source = f"{TERMINAL}/{HOME}/{offset}".encode()
    others = [n for n in range(PARTITIONS) if n != HOME]
    expected = [(n, PORT.encode(), encode(declared), {COPY_OF: source}) for n in others]
    assert _copies(roads) == expected
    assert roads.endings()[Ending.COPY] == len(others)


def test_every_unit_of_the_port_in_every_partition_is_judged_again(
    roads: Roads, small_law: SmallLaw
) -> None:
    elsewhere = event("move-ordered", "09:00", unit=box(190), port="CNLYG")
    roads.send(elsewhere)
    roads.send(about(PORT, "suspension-declared", "10:00", port=PORT, event_id="s1"))
    roads.drain()

    expected = {u: ("s1",) for n in range(PARTITIONS) for u in _units(n, 5)}
    assert _flags(roads) == {**expected, box(190): ()}
    because = f"{elsewhere.source}/s1"
    assert sorted(small_law.reconsidered) == sorted((unit, because) for unit in expected)


def test_a_suspension_said_twice_is_copied_once_and_judged_once(
    roads: Roads, small_law: SmallLaw
) -> None:
    declared = about(PORT, "suspension-declared", "10:00", port=PORT, event_id="s1")
    roads.send(declared)
    roads.send(declared)
    roads.put(CUSTOMS, PORT.encode(), encode(declared))
    roads.drain()

    assert len(_copies(roads)) == PARTITIONS - 1
    assert len(small_law.reconsidered) == 5 * PARTITIONS
    assert roads.endings()[Ending.DUPLICATE] == 2


def test_fates_are_said_by_the_home_partition_alone(roads: Roads) -> None:
    roads.send(about(PORT, "suspension-declared", "10:00", port=PORT, event_id="s1"))
    roads.drain()

    assert len(list(roads.said(EVENT_FATES.name))) == 1


def test_a_suspension_sent_astray_goes_home_and_from_there_to_all(roads: Roads) -> None:
    declared = encode(about(PORT, "suspension-declared", "10:00", port=PORT, event_id="s1"))
    roads.put(TERMINAL, PORT.encode(), declared, (HOME + 1) % PARTITIONS)
    roads.drain()

    assert set(_flags(roads).values()) == {("s1",)}
    assert len(_copies(roads)) == PARTITIONS


def test_a_unit_that_comes_after_the_suspension_is_judged_by_it(roads: Roads) -> None:
    roads.send(about(PORT, "suspension-declared", "10:00", port=PORT, event_id="s1"))
    roads.drain()
    late = box(150)
    roads.start()
    roads.send(event("move-ordered", "11:00", unit=late, port=PORT))
    roads.drain()

    assert _flags(roads)[late] == ("s1",)


def test_what_is_withdrawn_is_taken_back_everywhere(roads: Roads) -> None:
    roads.send(about(PORT, "suspension-declared", "10:00", port=PORT, event_id="s1"))
    roads.send(about("LPCT", "suspension-declared", "10:30", port=PORT, event_id="s2"))
    roads.send(about(PORT, "suspension-declared", "12:00", port=PORT, event_id="r1", retracts="s1"))
    roads.drain()

    assert set(_flags(roads).values()) == {("s2",)}
    assert roads.worker.suspended() == {n: {PORT: 1} for n in range(PARTITIONS)}
    assert roads.worker.places() == dict.fromkeys(range(PARTITIONS), 2)


# -- bounds


def test_units_are_judged_again_in_bounded_steps_and_the_row_of_the_place_says_so(
    roads: Roads,
) -> None:
    tp = TP(TERMINAL, HOME)
    roads.send(about(PORT, "suspension-declared", "10:00", port=PORT, event_id="s1"))
    settled = len(roads.settled)
    roads.read(tp, 1)

    taken, *steps = roads.settled[settled:]
    places = [[key for key in effects.rows if is_place(key)] for effects in (taken, *steps)]
    assert [effects.reconsidered for effects in (taken, *steps)] == [0, 2, 2, 1, 0]
    assert [len(found) for found in places] == [1, 0, 0, 1, 0]
    assert len(taken.copies) == PARTITIONS - 1
    assert [bool(effects.done) for effects in (taken, *steps)] == [False] * 4 + [True]


def test_a_place_too_many_is_refused_where_it_was_sent_to(
    small_law: SmallLaw,
) -> None:
    roads = _roads(small_law, Bounds(PARTITIONS, 2, 2, 8, 2, 5))
    places = [f"berth-{n}" for n in range(40)]
    mine = [place for place in places if partition_of(place.encode(), PARTITIONS) == 0]
    for place in mine[:3]:
        roads.send(about(place, "suspension-declared", "10:00", port=PORT))
    roads.send(about(mine[0], "suspension-declared", "11:00", port=PORT, event_id="again"))
    roads.drain()

    (letter,) = [word for word in roads.words if word.topic == "events-dlq"]
    refused = from_headers(letter.headers)
    assert refused is not None
    assert letter.key == mine[2].encode()
    assert (refused.reason, refused.detail) == (  # type: ignore[union-attr]
        Reason.INVALID_VALUE,
        f"unit.id: 2 places are known already, and {mine[2]} is none of them",
    )
    assert roads.worker.places() == {0: 2, 1: 2, 2: 2}
    assert small_law.declared.count("again") == PARTITIONS


def test_a_copy_is_never_refused_for_want_of_room(small_law: SmallLaw) -> None:
    roads = _roads(small_law, Bounds(PARTITIONS, 2, 2, 8, 1, 5))
    for n in range(PARTITIONS):
        place = next(f"p{i}" for i in range(99) if partition_of(b"p%d" % i, PARTITIONS) == n)
        roads.send(about(place, "suspension-declared", "10:00", port=PORT))
    for n in range(PARTITIONS):
        roads.read(TP(TERMINAL, n), 1)
    roads.drain()

    assert roads.worker.places() == {0: 3, 1: 3, 2: 3}


def test_a_place_that_is_over_is_forgotten_in_every_partition(roads: Roads) -> None:
    roads.send(about(PORT, "suspension-declared", "10:00", port=PORT, event_id="s1"))
    roads.drain()
    roads.tick(at("day+9 10:00"))
    roads.drain()

    assert roads.worker.suspended() == {0: {}, 1: {}, 2: {}}
    assert roads.worker.places() == {0: 0, 1: 0, 2: 0}
    assert [list(part.rows) for part in roads.parts.values()] == [[], [], []]
    assert len(list(roads.said(EVENT_FATES.name))) == 1


# -- deaths and rebalances


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("step", range(5))
def test_wherever_a_worker_breaks_off_the_next_one_finishes(
    roads: Roads, phase: str, step: int
) -> None:
    """The run: a unit's event, a suspension, another unit's event. Five units in steps of two."""
    first, *_, last = _units(HOME, 5)
    roads.send(event("move-ended", "09:50", unit=first, port=PORT, event_id="e2"))
    roads.send(about(PORT, "suspension-declared", "10:00", port=PORT, event_id="s1"))
    roads.send(event("move-ended", "10:10", unit=last, port=PORT, event_id="e2"))
    roads.read(TP(TERMINAL, HOME), 3, step, phase)
    roads.drain()

    said = {o.unit.id: o for o in map(Outcome.model_validate_json, roads.outcomes())}
    assert {outcome.flags for outcome in said.values()} == {("s1",)}
    counts = {unit: outcome.revision for unit, outcome in said.items()}
    assert counts == {**dict.fromkeys(counts, 1), first: 2, last: 2}


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("step", range(4))
def test_no_unit_meets_an_event_while_some_are_judged_by_the_law_of_before(
    roads: Roads, phase: str, step: int
) -> None:
    """A worker dies while it tells the units; the customs feed is read next, and frees a unit that
    was told already. Judged by the law of before, the unit would seem never to have been told."""
    freed = _units(HOME, 1)[0]
    roads.send(about(PORT, "suspension-declared", "10:00", port=PORT, event_id="s1"))
    roads.read(TP(TERMINAL, HOME), 1, step, phase)
    roads.send(event("declared", "10:30", unit=freed, port=PORT, event_id="exempt-1"))
    roads.read(TP(CUSTOMS, HOME), 1)
    roads.drain()

    flags = _flags(roads)
    assert flags.pop(freed) == ()
    assert set(flags.values()) == {("s1",)}


def test_a_tick_waits_until_the_units_have_been_told(roads: Roads, small_law: SmallLaw) -> None:
    """At 10:30 every unit would be over; closed, each has an hour more."""
    roads.send(about(PORT, "suspension-declared", "09:30", port=PORT, event_id="s1"))
    roads.read(TP(TERMINAL, HOME), 1, 1, "interrupted")
    roads.logs[TP(TICKS.name, HOME)].clear()
    roads.tick(at("10:30"))
    roads.read(TP(TICKS.name, HOME), 1)

    assert small_law.elapsed == []
    assert decode_clock(roads.parts[HOME].clock).watermark_s == at("10:30").timestamp()
    assert set(_units(HOME, 5)) <= {unit for unit, flags in _flags(roads).items() if flags}


@pytest.mark.parametrize("step", [1, 3])
def test_a_desk_whose_run_was_broken_off_takes_no_other(roads: Roads, step: int) -> None:
    """Else the rest of the run would be passed over as read, when it comes again."""
    tp = TP(TERMINAL, HOME)
    roads.send(about(PORT, "suspension-declared", "10:00", port=PORT, event_id="s1"))
    first, last = _units(HOME, 5)[0], _units(HOME, 5)[-1]
    roads.send(event("move-ended", "10:10", unit=last, port=PORT, event_id="e2"))
    roads.send(event("move-ended", "10:20", unit=first, port=PORT, event_id="e2"))
    committed = roads.commits[tp]
    roads.start = lambda: None  # type: ignore[method-assign]
    roads.read(tp, 2, step, "interrupted")
    roads.interrupted = False
    roads.read(tp, 1)
    assert roads.commits[tp] == committed
    assert decode_clock(roads.parts[HOME].clock).read_to[0] == committed + 1

    del roads.start
    roads.start()
    roads.drain()
    said = {o.unit.id: o.revision for o in map(Outcome.model_validate_json, roads.outcomes())}
    assert (said[first], said[last]) == (2, 2)


def test_a_successor_that_is_interrupted_too_takes_no_run(roads: Roads) -> None:
    tp, customs = TP(TERMINAL, HOME), TP(CUSTOMS, HOME)
    roads.send(about(PORT, "suspension-declared", "10:00", port=PORT, event_id="s1"))
    roads.read(tp, 1, 1, "written")
    roads.send(event("declared", "10:30", unit=_units(HOME, 1)[0], port=PORT, event_id="exempt-1"))
    roads.read(customs, 1, 0, "interrupted")

    assert customs not in roads.commits
    assert decode_clock(roads.parts[HOME].clock).read_to.get(1) is None


def test_an_event_about_a_place_is_passed_over_by_its_fence_when_the_clock_was_lost(
    roads: Roads, small_law: SmallLaw
) -> None:
    roads.send(about(PORT, "suspension-declared", "10:00", port=PORT, event_id="s1"))
    roads.read(TP(TERMINAL, HOME), 1, 0, "rows")
    roads.drain()

    assert small_law.declared == ["s1"] * PARTITIONS
    assert roads.endings()[Ending.REPLAYED] == 1

"""The timekeeper on runs in memory: order, gates, fences, and any cutting of the log."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.envelope import Event
from events.outcomes import Outcome
from events.said import SaidOutcome
from events.testing import at, box, event, tick, told, wire
from events.topics import CUSTOMS_EVENTS, TERMINAL_EVENTS, TICKS
from events.vocabulary import Verdict
from streams.effects import Effects, Ending
from streams.law import Law, TimingLaw
from streams.plane.run import Run
from streams.plane.store import Part
from streams.tables import decode_clock, decode_row
from streams.testing import last_words
from streams.timekeeper import Bounds, Surroundings, Timekeeper, TooManyRefusals
from timing.judge import judge
from timing.memory import unpack
from timing.rules import Rules

TERMINAL, CUSTOMS, TIME = TERMINAL_EVENTS.name, CUSTOMS_EVENTS.name, TICKS.name
BOUNDS = Bounds(1, 3, 2, 8, 10, 5)
"""One partition, tiny steps and a tiny cache, so that every bound is met."""


class Keeper:
    """A timekeeper with its state, and everything it ever said."""

    def __init__(self, law: Law, bounds: Bounds = BOUNDS) -> None:
        self.part = Part()
        self.positions: dict[str, int] = {}
        self.interrupted = False
        self._law, self._bounds = law, bounds
        self.said: list[Effects] = []
        self.restart()

    def restart(self) -> None:
        """A new worker with what the changelog restores."""
        self.part = Part(dict(self.part.rows), self.part.clock)
        around = Surroundings(
            part=lambda _: self.part,
            reached=lambda topic, _: self.positions.get(topic),
            interrupted=lambda: self.interrupted,
        )
        self.keeper = Timekeeper(self._law, self._bounds, around)

    def take(self, run: Run, token: Any = "token") -> list[Effects]:
        steps = list(self.keeper.take(run, token))
        self.said += steps
        return steps

    def endings(self) -> Counter[Ending]:
        return sum((effects.endings for effects in self.said), Counter[Ending]())

    def outcomes(self) -> list[Outcome]:
        return [_read(outcome) for effects in self.said for outcome in effects.outcomes]

    def state(self) -> dict[str, Any]:
        """What the table knows, without fences and order, which say how it was read."""
        rows = {key: decode_row(data) for key, data in self.part.rows.items()}
        return {key: (row.deadline_s, _known(row.history)) for key, row in rows.items()}


Log = dict[str, list[Any]]


def _log(kept: Any, events: dict[str, list[Event]], ticks: list[Any]) -> Log:
    """Topics to records, offsets from 0, with a hole after every third record."""
    log: Log = {}
    for topic, facts in {**events, TIME: ticks}.items():
        values = [fact.model_dump_json(exclude_none=True).encode() for fact in facts]
        log[topic] = [kept(n + n // 3, value) for n, value in enumerate(values)]
    return log


def _read(said: SaidOutcome) -> Outcome:
    return Outcome.model_validate_json(said.value)


def _known(data: bytes) -> Any:
    """A history of the real law without the order in which its reports came."""
    history = unpack(data)
    return frozenset(history.reports), history.watermark, history.settled_until


# -- events


def test_an_event_moves_the_row_the_outcome_and_the_clock(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    keeper = Keeper(small_law)
    first, second = told("09:00 move-ordered", "09:30 move-ended")
    records = [kept(4, wire(first)[0]), kept(7, wire(second)[0])]
    (effects,) = keeper.take(run_of(TERMINAL, 0, *records))

    assert [_read(outcome).revision for outcome in effects.outcomes] == [1, 2]
    key = f"CNLYG/{box()}"
    assert effects.rows == {key: keeper.part.rows[key]}
    row = decode_row(keeper.part.rows[key])
    assert row.fences == {0: 7}
    assert row.deadline_s == int(at("10:30").timestamp())
    assert decode_clock(effects.clock).read_to == {0: 8}
    assert effects.endings == {Ending.NEW: 2}
    assert effects.delay_s == 1_800_000_000 - at("09:30").timestamp()
    assert effects.heard == {first.source: 1_800_000_000}


def test_a_record_below_the_clock_is_passed_over_without_being_read(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    keeper = Keeper(small_law)
    run = run_of(TERMINAL, 0, kept(4, wire(event("move-ordered", "09:00"))[0]))
    keeper.take(run)
    keeper.restart()
    (again,) = keeper.take(run_of(TERMINAL, 0, kept(3, b"rubbish"), *run.records))

    assert again.endings == {Ending.REPLAYED: 2}
    assert (again.outcomes, again.letters, again.rows, again.changed) == ([], [], {}, False)
    assert len(small_law.observed) == 1


def test_a_record_below_the_row_s_fence_is_passed_over_when_the_clock_was_lost(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    keeper = Keeper(small_law)
    run = run_of(TERMINAL, 0, kept(4, wire(event("move-ordered", "09:00"))[0]))
    keeper.take(run)
    keeper.part.clock = None
    keeper.restart()
    (again,) = keeper.take(run)
    assert (again.endings, len(small_law.observed)) == ({Ending.REPLAYED: 1}, 1)


def test_fences_are_per_topic(small_law: Any, run_of: Callable[..., Run], kept: Any) -> None:
    keeper = Keeper(small_law)
    keeper.take(run_of(TERMINAL, 0, kept(9, wire(event("move-ordered", "09:00"))[0])))
    keeper.take(run_of(CUSTOMS, 0, kept(2, wire(event("declared", "09:10"))[0])))

    assert keeper.endings() == {Ending.NEW: 2}
    assert decode_row(keeper.part.rows[f"CNLYG/{box()}"]).fences == {0: 9, 1: 2}


def test_a_refusal_is_a_letter_and_a_split_is_parts(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    keeper = Keeper(small_law)
    many = b'{"event_id":"m","source":"s","kind":"discharged","units":[{"type":"lot","id":"a"}],'
    many += b'"place":{"port":"CNSHD"},"mode":"water","occurred_at":"2026-03-02T08:00:00+08:00"}'
    (effects,) = keeper.take(run_of(TERMINAL, 0, kept(0, b"{", b"k"), kept(1, many)))

    assert effects.endings == {Ending.REFUSED: 1, Ending.SPLIT: 1}
    assert [letter.record.offset for letter in effects.letters] == [0]
    assert [part.key for part in effects.parts] == [b"a"]
    assert effects.changed


def test_too_many_refusals_in_a_row_are_an_outage_and_a_burst_is_not(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    good = wire(event("move-ordered", "09:00"))[0]
    keeper = Keeper(small_law)
    keeper.take(run_of(TERMINAL, 0, *(kept(n, b"{") for n in range(5)), kept(5, good)))
    keeper.take(run_of(TERMINAL, 0, *(kept(n, b"{") for n in range(6, 11))))

    assert keeper.endings()[Ending.REFUSED] == 10
    with pytest.raises(TooManyRefusals, match=r"6 records in a row .* terminal-events/0/11"):
        keeper.take(run_of(TERMINAL, 0, kept(11, b"{")))


def test_a_duplicate_changes_no_row(small_law: Any, run_of: Callable[..., Run], kept: Any) -> None:
    keeper = Keeper(small_law)
    data = wire(event("move-ordered", "09:00"))[0]
    keeper.take(run_of(TERMINAL, 0, kept(0, data)))
    (effects,) = keeper.take(run_of(TERMINAL, 0, kept(1, data)))

    assert effects.endings == {Ending.DUPLICATE: 1}
    assert effects.rows == {}


# -- ticks


def _tick(kept: Any, offset: int, when: str, upto: int) -> Any:
    return kept(offset, tick(when, upto).model_dump_json().encode())


def test_a_tick_wakes_exactly_the_due_units_and_a_forgotten_unit_is_deleted(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    keeper = Keeper(small_law)
    early, late = (
        event("move-ended", "09:00", unit=box(1)),
        event("move-ended", "09:30", unit=box(2)),
    )
    keeper.take(run_of(TERMINAL, 0, *(kept(n, d) for n, d in enumerate(wire(early, late)))))
    steps = keeper.take(run_of(TIME, 0, _tick(kept, 0, "10:00", 0)))

    assert small_law.elapsed == [box(1)]
    assert steps[-1].rows == {f"CNLYG/{box(1)}": None}
    assert [o.verdict for o in steps[-1].outcomes] == [Verdict.MET]
    assert list(keeper.part.rows) == [f"CNLYG/{box(2)}"]
    assert steps[-1].done == ["token"]
    assert decode_clock(keeper.part.clock).watermark_s == at("10:00").timestamp()


def test_a_tick_waits_for_the_events_written_before_it(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    keeper = Keeper(small_law)
    keeper.positions = {CUSTOMS: 2, "rail-water-events": 2}
    (queued,) = keeper.take(run_of(TIME, 0, _tick(kept, 0, "12:00", 2)))
    assert (queued.done, queued.changed) == ([], False)
    assert keeper.keeper.held_ticks() == {0: 1}

    one, two = wire(*told("09:00 move-ordered", "09:30 move-ended"))
    assert len(keeper.take(run_of(TERMINAL, 0, kept(0, one)), "one")) == 1
    steps = keeper.take(run_of(TERMINAL, 0, kept(1, two)), "two")
    assert [effects.done for effects in steps] == [["two"], ["token"]]
    assert small_law.elapsed == [box()]
    assert keeper.part.rows == {}


def test_a_tick_is_set_free_by_what_the_fetcher_skipped(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    """Control records leave offsets at which nothing will ever be read."""
    keeper = Keeper(small_law)
    keeper.take(run_of(TIME, 0, _tick(kept, 0, "12:00", 5)), "first")
    keeper.positions = {TERMINAL: 5, CUSTOMS: 5, "rail-water-events": 5}
    steps = keeper.take(run_of(TIME, 0, _tick(kept, 1, "12:01", 5)), "second")

    assert steps[-1].done == ["first", "second"]


def test_many_due_units_are_woken_in_bounded_steps_and_the_clock_moves_last(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    keeper = Keeper(small_law)
    events = [event("move-ended", "09:00", unit=box(n)) for n in range(8)]
    keeper.take(run_of(TERMINAL, 0, *(kept(n, d) for n, d in enumerate(wire(*events)))))
    _, *steps = keeper.take(run_of(TIME, 0, _tick(kept, 0, "12:00", 0)))

    assert [len(effects.rows) for effects in steps] == [3, 3, 2]
    assert [effects.done for effects in steps] == [[], [], ["token"]]
    assert [decode_clock(e.clock).watermark_s > 0 for e in steps] == [False, False, True]


def test_a_rebalance_interrupts_between_two_steps_and_the_next_worker_goes_on(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    keeper = Keeper(small_law)
    events = [event("move-ended", "09:00", unit=box(n)) for n in range(8)]
    keeper.take(run_of(TERMINAL, 0, *(kept(n, d) for n, d in enumerate(wire(*events)))))
    run = run_of(TIME, 0, _tick(kept, 0, "12:00", 0))
    steps = keeper.keeper.take(run, "token")
    next(steps)
    assert len(next(steps).rows) == 3
    keeper.interrupted = True
    assert list(steps) == []

    keeper.interrupted = False
    keeper.restart()
    again = keeper.take(run)
    assert again[-1].done == ["token"]
    assert keeper.part.rows == {}
    assert sorted(small_law.elapsed) == sorted(box(n) for n in range(8))


def test_a_rebalance_comes_before_any_waiting_tick(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    keeper = Keeper(small_law)
    keeper.interrupted = True
    (queued,) = keeper.take(run_of(TIME, 0, _tick(kept, 0, "12:00", 0)))

    assert queued.done == []
    assert keeper.keeper.watermarks_s() == {0: 0}


def test_a_replayed_tick_is_over_at_once(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    keeper = Keeper(small_law)
    run = run_of(TIME, 0, _tick(kept, 3, "12:00", 0))
    keeper.take(run)
    keeper.restart()
    (again,) = keeper.take(run)

    assert (again.endings, again.done) == ({Ending.REPLAYED: 1}, ["token"])


def test_a_refused_tick_does_not_wait(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    (effects,) = Keeper(small_law).take(run_of(TIME, 0, kept(0, b"{}")))

    assert (effects.done, len(effects.letters), effects.changed) == (["token"], 1, True)


# -- any cutting of the log, any replay


def _story() -> dict[str, list[Event]]:
    terminal, customs = list[Event](), list[Event]()
    for n in range(4):
        unit = box(n)
        terminal += told(
            "09:00 discharged", "10:00 move-ordered", "10:40 move-ended", "15:00 gated-out",
            unit=unit, ids=f"t{n}-", port="CNSHD",
        )  # fmt: skip
        customs += told(
            "09:30 declared", "09:40 inspection-ordered", "11:00 positioned", "14:00 released",
            unit=unit, ids=f"c{n}-", port="CNSHD",
        )  # fmt: skip
    terminal.insert(6, terminal[2])
    return {TERMINAL: terminal, CUSTOMS: customs}


Move = tuple[str, int, bool, int]
"""The next records of a topic: how many, whether the worker dies then, how far it goes back."""

_FIXTURE = [HealthCheck.function_scoped_fixture]

_MOVES = st.lists(
    st.tuples(
        st.sampled_from([TERMINAL, CUSTOMS, TIME]),
        st.integers(1, 8),
        st.booleans(),
        st.integers(0, 5),
    ),
    max_size=25,
)


def _cuts(log: Log, moves: list[Move]) -> Iterator[tuple[str, int, int, bool]]:
    """Runs that cover every topic in order, as indices; some after a crash that goes back."""
    place = dict.fromkeys(log, 0)
    for topic, length, crash, back in moves:
        end = min(place[topic] + length, len(log[topic]))
        if end > place[topic]:
            yield topic, place[topic], end, crash
            place[topic] = end
        if crash:
            place = {name: max(0, index - back) for name, index in place.items()}
    for topic, index in place.items():
        if index < len(log[topic]):
            yield topic, index, len(log[topic]), False


def _play(log: Log, runs: list[tuple[str, int, int, bool]]) -> Keeper:
    keeper = Keeper(TimingLaw(Rules()))
    for topic, start, end, crash in runs:
        keeper.take(Run(topic, 0, log[topic][start:end]))
        if crash:
            keeper.restart()
    _finish(keeper, log)
    return keeper


def _finish(keeper: Keeper, log: Log) -> None:
    """Whatever waits is set free once the last tick is read again, as after a restart."""
    keeper.positions = {topic: 100 for topic in log if topic != TIME}
    keeper.take(Run(TIME, 0, log[TIME][-1:]))


@settings(max_examples=60, deadline=None, suppress_health_check=_FIXTURE)
@given(_MOVES)
def test_any_cutting_and_any_replay_give_the_same_table_and_the_same_outcomes(
    kept: Any, moves: list[Move]
) -> None:
    story = _story()
    ticks = [tick("10:00", 6), tick("12:00", 12), tick("18:00", 22)]
    log = _log(kept, story, ticks)
    keeper = _play(log, list(_cuts(log, moves)))
    whole = _play(log, [(topic, 0, len(records), False) for topic, records in log.items()])

    assert keeper.state() == whole.state()
    assert keeper.keeper.watermarks_s() == whole.keeper.watermarks_s()
    events = [each for facts in story.values() for each in facts]
    expected = judge(wire(*events), Rules(), at("18:00")).lines()
    assert last_words(keeper.outcomes()) == last_words(whole.outcomes()) == expected


@settings(max_examples=40, deadline=None, suppress_health_check=_FIXTURE)
@given(_MOVES)
def test_every_record_read_has_exactly_one_ending(kept: Any, moves: list[Move]) -> None:
    log = _log(kept, _story(), [tick("10:00", 6), tick("18:00", 22)])
    runs = list(_cuts(log, moves))
    keeper = _play(log, runs)

    read = sum(end - start for _, start, end, _ in runs) + 1
    assert sum(keeper.endings().values()) == read

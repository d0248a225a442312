"""The timekeeper on runs in memory: order, gates, fences."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from events.testing import at, box, event, tick, told, wire
from events.topics import CUSTOMS_EVENTS, TERMINAL_EVENTS, TICKS
from events.vocabulary import Verdict
from streams.effects import Ending
from streams.intake import DeadLetter
from streams.plane.run import Run
from streams.tables import decode_clock, decode_row
from streams.testing_keeper import BOUNDS, Keeper, read_outcome

TERMINAL, CUSTOMS, TIME = TERMINAL_EVENTS.name, CUSTOMS_EVENTS.name, TICKS.name


# -- events


def test_an_event_moves_the_row_the_outcome_and_the_clock(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    keeper = Keeper(small_law)
    first, second = told("09:00 move-ordered", "09:30 move-ended")
    records = [kept(4, wire(first)[0]), kept(7, wire(second)[0])]
    (effects,) = keeper.take(run_of(TERMINAL, 0, *records))

    assert [read_outcome(outcome).revision for outcome in effects.outcomes] == [1, 2]
    key = f"CNLYG/{box()}"
    assert effects.rows == {key: keeper.part.rows[key]}
    row = decode_row(keeper.part.rows[key])
    assert row.fences == {0: 7}
    assert row.deadline_s == int(at("10:30").timestamp())
    assert decode_clock(effects.clock).read_to == {0: 8}
    assert effects.endings == {Ending.NEW: 2}
    assert effects.delay_s == 1_800_000_000 - at("09:30").timestamp()
    assert effects.heard == {first.source: 1_800_000_000}


def test_a_record_below_the_clock_is_passed_over_without_beingread_outcome(
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


def test_refusals_in_a_row_are_told_and_others_are_judged_meanwhile(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    good = wire(event("move-ordered", "09:00"))[0]
    keeper = Keeper(small_law)
    bad = [kept(n, b'{"source":"gate-9"}') for n in range(6)]
    keeper.take(run_of(TERMINAL, 0, *bad, kept(6, good)))

    assert keeper.endings() == {Ending.REFUSED: 6, Ending.NEW: 1}
    (stopped,) = keeper.keeper.stopped_feeds()
    assert (stopped.feed.source, stopped.in_a_row) == ("gate-9", 6)
    assert stopped.latest.startswith("terminal-events/0/5: missing-field: ")
    heard = wire(event("move-ended", "09:10", source="gate-9"))[0]
    keeper.take(run_of(TERMINAL, 0, kept(7, heard)))
    assert keeper.keeper.stopped_feeds() == []


def _letters(keeper: Keeper) -> list[DeadLetter]:
    return [letter for effects in keeper.said for letter in effects.letters]


def test_a_unit_of_which_too_much_is_told_is_no_longer_added_to(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    """A sender that repeats itself under new ids must not make a row that no batch takes."""
    keeper = Keeper(small_law, replace(BOUNDS, unit_bytes_max=8 * 1024))
    told = [event("move-ordered", "09:00", event_id=f"e{n:05}") for n in range(2_000)]
    for first in range(0, 2_000, 500):
        values = enumerate(wire(*told[first : first + 500]), start=first)
        keeper.take(run_of(TERMINAL, 0, *(kept(n, value) for n, value in values)))

    (row,) = keeper.part.rows.values()
    assert 8 * 1024 < len(row) < 9 * 1024
    endings = keeper.endings()
    assert endings[Ending.NEW] + endings[Ending.REFUSED] == 2_000
    assert endings[Ending.REFUSED] == len(_letters(keeper)) > 500
    assert "a sender repeats itself" in _letters(keeper)[-1].refusal.detail
    other = wire(event("move-ordered", "09:00", unit=box(2)))[0]
    keeper.take(run_of(TERMINAL, 0, kept(2_000, other)))
    assert keeper.endings()[Ending.NEW] == endings[Ending.NEW] + 1


def test_messages_of_many_units_are_sent_on_in_steps_of_bounded_size(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    """Each part repeats what its message says, so a small message may become a large one."""
    keeper = Keeper(small_law, replace(BOUNDS, resent_bytes_max=10_000))
    units = b",".join(b'{"type":"lot","id":"a%d"}' % n for n in range(10))
    many = b'{"event_id":"m","source":"s","kind":"discharged","units":[%s],"extra":{"x":"%s"},' % (
        units,
        b"y" * 1_000,
    )
    many += b'"place":{"port":"CNSHD"},"mode":"water","occurred_at":"2026-03-02T08:00:00+08:00"}'
    steps = keeper.take(run_of(TERMINAL, 0, *(kept(n, many) for n in range(5))), "token")

    assert [len(effects.parts) for effects in steps] == [10] * 5 + [0]
    assert [effects.done for effects in steps] == [[]] * 5 + [["token"]]
    assert keeper.endings() == {Ending.SPLIT: 5}


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


@pytest.mark.parametrize("moved", [True, False])
def test_a_rebalance_interrupts_between_two_steps_and_whoever_has_the_partition_then_goes_on(
    small_law: Any, run_of: Callable[..., Run], kept: Any, moved: bool
) -> None:
    """Another worker, that read the rows back, or the same one, which had them all the time."""
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
    if moved:
        keeper.restart()
    else:
        keeper.keeper.reset()
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

"""A recalled unit is judged as a whole by the worker that has it: in bounded steps, each recall
once, whatever dies on the way."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from events.codec import encode
from events.envelope import Event
from events.outcomes import Because, EventFate, Outcome
from events.recalls import Belonging, Recall
from events.testing import at, box, told, wire
from events.topics import EVENT_FATES, STAGE_DWELLS, TERMINAL_EVENTS, UNIT_RECALLS
from events.vocabulary import Cause, Fate
from streams.effects import Ending
from streams.law import TimingLaw
from streams.plane.run import Run
from streams.recalls import RECALLS_PER_STEP
from streams.tables import decode_clock, decode_row
from streams.testing import PHASES, Roads
from streams.testing_keeper import Keeper
from streams.timekeeper import Bounds
from timing.judge import judge
from timing.rules import Rules

RECALLS = UNIT_RECALLS.name
SOURCE = 4
PORT = "CNSHD"
BOUNDS = Bounds(3, 2, 2, 8, 10, 5)


def recall_of(*events: Event, said: Sequence[Outcome] = (), visits: Any = ()) -> Recall:
    """What the tables would bring back, because of the last of the events."""
    first, last = events[0], events[-1]
    return Recall(
        port=first.place.port,
        unit=first.unit,
        messages=tuple(message.decode() for message in wire(*events)),
        outcomes=tuple(said),
        visits=tuple(visits),
        cause=Because(what=Cause.EVENT, id=f"{last.source}/{last.event_id}"),
    )


def test_a_recall_moves_the_row_its_words_and_the_clock(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    keeper = Keeper(small_law)
    recall = recall_of(*told("09:00 move-ordered", "09:30 move-ended"))
    (effects,) = keeper.take(run_of(RECALLS, 0, kept(5, encode(recall))), "token")
    key = f"CNLYG/{box()}"
    assert effects.endings == {Ending.RECALLED: 1, Ending.REPLAYED: 0}
    assert (effects.done, effects.changed) == (["token"], True)
    assert decode_row(keeper.part.rows[key]).fences == {SOURCE: 5}
    assert decode_clock(effects.clock).read_to == {SOURCE: 6}
    assert [outcome.revision for outcome in keeper.outcomes()] == [2]


def test_a_recall_is_applied_once_even_where_the_clock_was_lost(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    keeper = Keeper(small_law)
    run = run_of(RECALLS, 0, kept(5, encode(recall_of(*told("09:00 move-ordered")))))
    keeper.take(run)
    for clock in (keeper.part.clock, None):
        keeper.part.clock = clock
        keeper.restart()
        (again,) = keeper.take(run)
        assert again.endings[Ending.REPLAYED] == 1
    assert len(small_law.recalled) == 1


def test_many_recalls_are_taken_in_bounded_steps(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    keeper = Keeper(small_law)
    records = [
        kept(n, encode(recall_of(*told("09:00 move-ordered", unit=box(n)))))
        for n in range(RECALLS_PER_STEP + 1)
    ]
    first, last = keeper.take(run_of(RECALLS, 0, *records), "token")
    assert (first.done, last.done) == ([], ["token"])
    assert len(first.rows) == RECALLS_PER_STEP
    assert decode_clock(first.clock).read_to == {SOURCE: RECALLS_PER_STEP}
    assert decode_clock(last.clock).read_to == {SOURCE: RECALLS_PER_STEP + 1}


def test_a_rebalance_between_two_steps_leaves_the_rest_to_whoever_is_next(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    keeper = Keeper(small_law)
    events = [told("09:00 move-ordered", unit=box(n)) for n in range(RECALLS_PER_STEP + 1)]
    records = [kept(n, encode(recall_of(*each))) for n, each in enumerate(events)]
    keeper.interrupted = True
    (only,) = keeper.take(run_of(RECALLS, 0, *records))
    assert only.done == []
    keeper.interrupted = False
    keeper.restart()
    (rest,) = keeper.take(run_of(RECALLS, 0, *records))
    assert rest.endings == {Ending.REPLAYED: RECALLS_PER_STEP, Ending.RECALLED: 1}


UNREADABLE = {
    "no recall": b"{",
    "no value": None,
    "of a place": encode(recall_of(*told("09:00 move-ordered"))).replace(
        b'{"type":"container","id":"%s"}' % box().encode(), b'{"type":"place","id":"LPCT"}'
    ),
    "with a message that is none": encode(
        recall_of(*told("09:00 move-ordered")).model_copy(update={"messages": ("{}",)})
    ),
}


@pytest.mark.parametrize("value", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_cannot_be_read_is_a_dead_letter_and_the_next_is_judged(
    value: bytes | None, run_of: Callable[..., Run], kept: Any
) -> None:
    keeper = Keeper(TimingLaw(Rules()))
    good = encode(recall_of(*told("09:00 gated-in", unit=box(1))))
    (effects,) = keeper.take(run_of(RECALLS, 0, kept(0, value), kept(1, good)))
    assert effects.endings == {Ending.REFUSED: 1, Ending.RECALLED: 1, Ending.REPLAYED: 0}
    assert [letter.topic for letter in effects.letters] == [RECALLS]


def test_a_recall_in_another_partition_than_its_units_is_refused() -> None:
    roads = Roads(TimingLaw(Rules()), BOUNDS)
    recall = encode(recall_of(*told("09:00 gated-in")))
    for partition in range(3):
        roads.put(RECALLS, box().encode(), recall, partition)
    roads.drain()
    assert roads.endings()[Ending.REFUSED] == 2
    assert roads.endings()[Ending.RECALLED] == 1


LEFT = told(
    "09:00 gated-in", "10:00 move-ordered", "10:20 move-ended", "12:00 gated-out", port=PORT
)
LATE = told("10:05 positioned", "11:00 inspection-ordered", ids="late", port=PORT)


def _a_month_late() -> tuple[Roads, list[Event]]:
    """A box that left a month ago; of it, and of another one that is here, two reports come now."""
    roads = Roads(TimingLaw(Rules()), BOUNDS)
    for one in LEFT:
        roads.send(one)
    roads.tick(at("day+30 12:00"))
    roads.drain()
    for one in LATE:
        roads.send(one)
    roads.drain()
    events = [*LEFT, *LATE]
    outcomes = {o.model_dump_json(): o for o in map(Outcome.model_validate_json, roads.outcomes())}
    belonging = [
        Belonging(source=f.source, event_id=f.event_id, visit_id=f.visit_id)
        for f in map(EventFate.model_validate_json, roads.said(EVENT_FATES.name))
    ]
    recall = recall_of(*events, said=tuple(outcomes.values()), visits=belonging)
    roads.put(RECALLS, box().encode(), encode(recall))
    return roads, events


@pytest.mark.parametrize("phase", PHASES)
def test_wherever_a_worker_dies_in_a_recall_the_outcomes_are_the_judges(phase: str) -> None:
    roads, events = _a_month_late()
    (waiting,) = roads.unread()
    roads.read(waiting, 1, 0, phase)
    roads.drain()
    verdict = judge(wire(*events), Rules(), at("day+30 12:00"))
    assert roads.outcomes() == verdict.lines()
    fates = {(f.source, f.event_id): f for f in _last_fates(roads)}
    assert {fate.fate for fate in fates.values()} == {Fate.JUDGED}
    causes = {
        Outcome.model_validate_json(o).cause for o in list(roads.said(STAGE_DWELLS.name))[-1:]
    }
    assert causes == {Because(what=Cause.EVENT, id="lyg-tos/late2")}
    assert not any(part.rows for part in roads.parts.values())


def _last_fates(roads: Roads) -> list[EventFate]:
    last = {(f.source, f.event_id): f for f in map(EventFate.model_validate_json,
                                                   roads.said(EVENT_FATES.name))}  # fmt: skip
    return list(last.values())


def test_before_it_is_recalled_a_late_report_is_kept_aside() -> None:
    roads, _ = _a_month_late()
    late = [fate for fate in _last_fates(roads) if fate.event_id.startswith("late")]
    assert [(fate.fate, fate.visit_id) for fate in late] == [(Fate.KEPT, None)] * 2
    assert roads.endings()[Ending.LATE] == 2
    assert TERMINAL_EVENTS.name in {tp.topic for tp in roads.logs}

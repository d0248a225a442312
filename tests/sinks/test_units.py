"""Some units at once: what was told of them, what was said of it, what stands; on every store."""

from collections.abc import Sequence

import pytest

from events.envelope import Event
from events.outcomes import EventFate, Outcome
from events.testing import at, box, event, fate, outcome, suspension, told, wire
from events.vocabulary import Verdict
from sinks.accepted import event_row
from sinks.rows import fate_row, outcome_row
from sinks.store import Store
from sinks.tables import DWELLS, EVENTS, FATES
from sinks.units import (
    Span,
    messages_of,
    outcomes_standing,
    ports_told,
    units_during,
    visits_said,
)


def _land(store: Store, *events: Event) -> None:
    rows = [event_row(one, version) for version, one in enumerate(events)]
    store.insert(EVENTS, rows, f"events{len(events)}")


def _say(store: Store, *outcomes: Outcome, first: int = 0) -> None:
    rows = [outcome_row(one, version) for version, one in enumerate(outcomes, first)]
    store.insert(DWELLS, rows, f"outcomes{first}")


def _tell(store: Store, *fates: EventFate) -> None:
    rows = [fate_row(one, version) for version, one in enumerate(fates)]
    store.insert(FATES, rows, "fates")


def _span(first: str, last: str) -> Span:
    return Span(int(at(first).timestamp()), int(at(last).timestamp()))


def test_the_messages_of_some_units_come_back_and_no_others(store: Store) -> None:
    one, two, three = (told("10:00 arrived", "11:00 discharged", unit=box(n)) for n in range(3))
    elsewhere = event("arrived", "10:00", unit=box(0), port="CNSHA")
    _land(store, *reversed(one), *two, *three, elsewhere, *suspension("10:00"))
    found = messages_of(store, "CNLYG", [box(0), box(2), box(7), "CNLYG"])
    assert found == {box(0): wire(*one), box(2): wire(*three)}
    assert messages_of(store, "CNLYG", [box(1)]) == {box(1): wire(*two)}


def test_where_events_belong_is_as_it_was_said_last(store: Store) -> None:
    first, second = told("10:00 arrived", "11:00 discharged", unit=box(1))
    other = event("arrived", "10:00", unit=box(2), event_id="e1", source="other")
    _tell(store, fate(first, "kept"), fate(second, "kept"), fate(other), fate(second, visit_id="v"))
    named = [(first.source, "e1"), (first.source, "e2"), (first.source, "e3"), ("other", "e1")]
    assert visits_said(store, "CNLYG", [box(1)], named) == {
        (box(1), first.source, "e1"): None,
        (box(1), first.source, "e2"): "v",
    }
    both = visits_said(store, "CNLYG", [box(1), box(2)], named)
    assert (box(2), "other", "e1") in both
    assert visits_said(store, "CNSHA", [box(1)], named) == {}


def _stands(outcomes: Sequence[Outcome]) -> list[tuple[str, str, int]]:
    return [(one.unit.id, one.stage, one.revision) for one in outcomes]


def test_of_some_visits_what_stands_comes_back(store: Store) -> None:
    first = outcome("box-move", "10:00", unit=box(1))
    later = outcome("box-move", "10:00", "10:30", unit=box(1), revision=2)
    gone = outcome("pickup", "10:00", unit=box(1))
    other = outcome("box-move", "day+40 10:00", unit=box(1))
    third = outcome("box-move", "10:00", unit=box(3))
    _say(store, first, later, gone, other, third)
    _say(store, gone.model_copy(update={"verdict": Verdict.VOID, "revision": 2}), first=9)
    found = outcomes_standing(store, "CNLYG", [first.visit_id, other.visit_id])
    assert _stands(found) == [(box(1), "box-move", 2), (box(1), "box-move", 1)]
    assert found[0] == later
    assert outcomes_standing(store, "CNLYG", []) == []


def test_more_ids_than_one_question_takes_are_asked_for_in_parts(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sinks.units.IDS_AT_ONCE", 2)
    events = told(*(f"1{n}:00 move-ordered" for n in range(5)), unit=box(1))
    _tell(store, *map(fate, events))
    named = [(one.source, one.event_id) for one in events]
    assert len(visits_said(store, "CNLYG", [box(1)], named)) == 5
    moves = [outcome("box-move", f"day+{n} 10:00", unit=box(1)) for n in range(5)]
    _say(store, *moves)
    assert len(outcomes_standing(store, "CNLYG", [one.visit_id for one in moves])) == 5


def test_units_of_a_span_are_those_there_and_those_told_of_in_order_and_by_pages(
    store: Store,
) -> None:
    """Box 1 was there all the time, box 2 left before, box 3 came later, of box 4 something was
    told that belongs to no visit."""
    _say(
        store,
        outcome("box-move", "08:00", unit=box(1)),
        outcome("box-move", "08:00", "09:00", unit=box(2)),
        outcome("box-move", "13:00", unit=box(3)),
        outcome("box-move", "10:00", "10:30", unit=box(5), port="CNSHA"),
    )
    _land(store, event("declared", "11:00", unit=box(4)), *suspension("11:00"))
    span = _span("10:00", "12:00")
    assert units_during(store, "CNLYG", span, "", 10) == [box(1), box(4)]
    assert units_during(store, "CNLYG", span, "", 1) == [box(1)]
    assert units_during(store, "CNLYG", span, box(1), 10) == [box(4)]
    assert units_during(store, "CNLYG", _span("08:00", "09:00"), "", 10) == [box(1), box(2)]
    assert units_during(store, "CNLYG", _span("09:00", "09:01"), "", 10) == [box(1), box(2)]


def test_ports_are_those_that_reported(store: Store) -> None:
    assert ports_told(store) == []
    _land(store, event("arrived", "10:00", port="CNSHA"), event("arrived", "10:00"))
    assert ports_told(store) == ["CNLYG", "CNSHA"]

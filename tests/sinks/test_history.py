"""A unit's events and a visit's outcomes come back whole, in order, and nobody else's with them."""

from typing import Any

import pytest

from events.codec import decode, encode
from events.envelope import Event, Unit
from events.outcomes import Outcome
from events.testing import at, box, event, limit, outcome, told, wire
from sinks.accepted import event_row
from sinks.history import events_of, outcomes_of, place_events_of
from sinks.rows import outcome_row
from sinks.store import Store
from sinks.tables import DWELLS, EVENTS

PLACE = Unit.model_validate({"type": "place", "id": "LPCT"})


def _land(store: Store, *events: Event) -> None:
    rows = [event_row(one, version) for version, one in enumerate(events)]
    store.insert(EVENTS, rows, f"t{events[0].event_id}{len(events)}")


def _keep(store: Store, *published: Outcome) -> None:
    rows = [outcome_row(one, version) for version, one in enumerate(published)]
    store.insert(DWELLS, rows, "t")


def _numbered(occurrence: int, revision: int, verdict: str) -> dict[str, Any]:
    return {"occurrence": occurrence, "revision": revision, "verdict": verdict}


def _visit(n: int, opened: str = "10:00") -> str:
    return f"CNLYG/{box(n)}/{at(opened):%Y%m%dT%H%M%SZ}"


def test_events_come_back_whole_and_in_time(store: Store) -> None:
    morning = told(
        "10:00 arrived", "10:30 discharged", "day+40 09:00 gated out", unit=box(1), seal="封条 '"
    )
    named = zip(("e9", "e5", "e1"), morning, strict=True)  # no order of ids is the order of time
    morning = [one.model_copy(update={"event_id": name}) for name, one in named]
    _land(store, morning[2], morning[0], morning[1])
    found = events_of(store, "CNLYG", box(1))
    assert found == wire(*morning)
    assert [decode(message) for message in found] == [(one,) for one in morning]


def test_events_of_others_stay_with_them(store: Store) -> None:
    here = event("arrived", "10:00", unit=box(1))
    there = event("arrived", "10:00", unit=box(1), port="CNSHA")
    other = event("arrived", "10:00", unit=box(2))
    _land(store, here, there, other)
    assert events_of(store, "CNLYG", box(1)) == wire(here)
    assert events_of(store, "CNSHA", box(1)) == wire(there)
    assert events_of(store, "CNXMN", box(1)) == []
    assert events_of(store, "CNLYG", box(3)) == []


def test_number_is_one_unit_whatever_its_type(store: Store) -> None:
    """The rules know a unit by its port and number."""
    lot, wagon = (Unit.model_validate({"type": kind, "id": "70123"}) for kind in ("lot", "wagon"))
    both = [event("arrived", "10:00", unit=wagon), event("rail-unloaded", "10:30", unit=lot)]
    _land(store, *both)
    assert events_of(store, "CNLYG", "70123") == wire(*both)


def test_every_content_of_an_identity_comes_back_once(store: Store) -> None:
    first = event("arrived", "10:00", event_id="e1")
    other = event("arrived", "10:00", event_id="e1", recorded_at=at("10:05"))
    for version, one in enumerate([first, other, first, other, first]):
        store.insert(EVENTS, [event_row(one, version)], f"t{version}")
    assert sorted(events_of(store, "CNLYG", box(0))) == sorted(wire(first, other))


def test_events_at_one_instant_have_one_order(store: Store) -> None:
    same = [event("arrived", "10:00", event_id=name, source=who) for who in "ba" for name in "yx"]
    _land(store, *same)
    found = [decode(message)[0].identity for message in events_of(store, "CNLYG", box(0))]
    assert found == [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]


def test_places_of_a_port_come_together(store: Store) -> None:
    port = Unit.model_validate({"type": "place", "id": "CNLYG"})
    typhoon = [
        event("suspension-declared", "10:00", unit=port, reason="台风"),
        event("suspension-lifted", "18:00", unit=PLACE),
    ]
    elsewhere = event("suspension-declared", "10:00", unit=PLACE, port="CNSHA")
    _land(store, typhoon[1], typhoon[0], elsewhere, event("arrived", "11:00"))
    assert place_events_of(store, "CNLYG") == wire(*typhoon)
    assert place_events_of(store, "CNXMN") == []
    assert events_of(store, "CNLYG", "LPCT") == wire(typhoon[1])


def test_outcomes_of_a_visit_come_by_their_opening(store: Store) -> None:
    late = outcome("box-move", "10:40", "11:00", unit=box(1), visit_id=_visit(1))
    early = outcome("unloading", "10:00", "10:30", unit=box(1), visit_id=_visit(1))
    again = late.model_copy(update={"occurrence": 2})
    others = [
        outcome("unloading", "10:00", "10:30", unit=box(2)),
        outcome("unloading", "09:00", "09:30", unit=box(1)),
    ]
    _keep(store, again, *others, late, early)
    assert outcomes_of(store, _visit(1)) == [early, late, again]
    assert outcomes_of(store, _visit(1, "09:00")) == [others[1]]
    assert outcomes_of(store, _visit(3)) == []


def test_outcomes_come_back_with_split_and_cause(store: Store) -> None:
    published = outcome(
        *("box-move", "10:00", "10:30"),
        unit=box(1),
        split_s={"terminal": 1500, "customs": 300},
        cause={"what": "suspension", "id": "lyg-tos/台风-7"},
        limit=limit(),
        verdict="met",
    )
    _keep(store, published)
    assert [encode(one) for one in outcomes_of(store, _visit(1))] == [encode(published)]


def test_what_was_replaced_or_withdrawn_is_not_told(store: Store) -> None:
    for version, fields in enumerate([(1, 1, "met"), (1, 2, "met"), (2, 1, "met"), (2, 2, "void")]):
        one = outcome("box-move", "10:00", "10:30", unit=box(1), **_numbered(*fields))
        store.insert(DWELLS, [outcome_row(one, version)], f"t{version}")
    assert [(one.occurrence, one.revision) for one in outcomes_of(store, _visit(1))] == [(1, 2)]


def test_visit_of_the_last_year_is_found(store: Store) -> None:
    last = f"CNLYG/{box(1)}/21991231T235959Z"
    published = outcome("box-move", "10:00", "10:30", unit=box(1), visit_id=last)
    _keep(store, published)
    assert outcomes_of(store, last) == [published]


@pytest.mark.parametrize("visit_id", ["", "CNLYG/PCKU0000011", "CNLYG/PCKU0000011/yesterday"])
def test_what_is_no_visit_is_refused(store: Store, visit_id: str) -> None:
    with pytest.raises(ValueError, match="does not end with its opening instant"):
        outcomes_of(store, visit_id)


@pytest.mark.parametrize("nasty", ["'", "' OR 1=1 --", "\\", "%(port)s", "%", "\n;", "港"])
def test_parameters_are_values_and_never_sql(store: Store, nasty: str) -> None:
    _land(store, event("arrived", "10:00", unit=box(1)))
    _keep(store, outcome("box-move", "10:00", "10:30", unit=box(1)))
    assert events_of(store, nasty, box(1)) == []
    assert events_of(store, "CNLYG", nasty) == []
    assert place_events_of(store, nasty) == []
    assert outcomes_of(store, f"{nasty}/{box(1)}/20260302T020000Z") == []
    odd = f"CNLYG/{nasty}/20260302T020000Z"
    published = outcome("box-move", "10:00", "10:30", unit=box(2), visit_id=odd)
    store.insert(DWELLS, [outcome_row(published, 1)], "odd")
    assert outcomes_of(store, odd) == [published]

"""Gathering: the same in any order, corrections heard, the ship of the content that stands."""

from itertools import permutations
from typing import Any

from events.envelope import Event
from events.testing import box, event, suspension, told
from events.vocabulary import UnitType
from timing.gathered import Gathered, gather


def _ship(voyage: str, **more: Any) -> dict[str, Any]:
    return {"voyage": voyage, **more}


def _kinds(*events: Event) -> list[str]:
    (unit,) = gather(events)
    return [f"{one.report.kind} {one.voyage}" for one in unit.told]


def test_each_unit_at_each_port_has_its_own_reports_in_order() -> None:
    one = told("10:00 discharged", "09:00 arrived", refs=_ship("V1"))
    other = told("10:00 discharged", unit=box(1))
    elsewhere = told("12:00 gated-in", port="CNSHA")
    found = gather([*one, *other, *elsewhere])
    assert [(unit.port, unit.unit, len(unit.told)) for unit in found] == [
        ("CNLYG", box(0), 2), ("CNLYG", box(1), 1), ("CNSHA", box(0), 1),
    ]  # fmt: skip
    assert [str(report.kind) for report in found[0].reports] == ["arrived", "discharged"]
    assert found[0].key == f"CNLYG/{box(0)}"


def test_a_corrected_report_is_gone_and_its_correction_stands() -> None:
    first = event("discharged", "10:00", event_id="e1", refs=_ship("V1"))
    better = event("discharged", "10:05", event_id="e2", supersedes="e1", refs=_ship("V2"))
    gone = event("discharged", "11:00", event_id="e3", retracts="e2")
    assert _kinds(first, better) == ["discharged V2"]
    assert _kinds(first, better, gone) == ["discharged V1"]


def test_of_two_contents_of_one_event_the_later_recorded_stands_with_its_ship() -> None:
    said = [
        event("discharged", "10:00", event_id="e1", recorded_at=at, refs=_ship(voyage))
        for at, voyage in (
            ("2026-03-02T10:00:00+08:00", "V1"),
            ("2026-03-02T12:00:00+08:00", "V3"),
            ("2026-03-02T11:00:00+08:00", "V2"),
        )
    ]
    assert {tuple(_kinds(*order)) for order in permutations(said)} == {("discharged V3",)}


def test_contents_that_differ_in_the_ship_alone_give_the_same_in_any_order() -> None:
    said = [event("discharged", "10:00", event_id="e1", refs=_ship(v)) for v in ("V1", "V2")]
    assert gather(said) == gather(reversed(said)) == gather([*said, *said])


def test_a_service_is_read_where_a_sender_adds_it() -> None:
    (unit,) = gather([event("arrived", "10:00", refs=_ship("V1", service="liner"))])
    assert [one.service for one in unit.told] == ["liner"]
    (unit,) = gather([event("arrived", "10:00")])
    assert [(one.voyage, one.service) for one in unit.told] == [(None, None)]


def test_places_are_gathered_beside_units() -> None:
    (place,) = gather(suspension("10:00", "12:00", place="CNLYG"))
    assert isinstance(place, Gathered)
    assert (place.type, place.port, place.unit) == (UnitType.PLACE, "CNLYG", "CNLYG")
    assert len(place.reports) == 2


def test_nothing_in_nothing_out() -> None:
    assert gather([]) == ()

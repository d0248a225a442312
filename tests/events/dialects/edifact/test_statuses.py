"""Laws of IFTSTA."""

import json

import pytest

from events.dialects.decoded import Decoded
from events.dialects.edifact.profile import shipped
from events.dialects.edifact.reading import decode
from events.dialects.edifact.testing import wrapped
from events.dialects.troubles import Trouble
from events.refusals import Reason
from events.testing import box

PROFILE = shipped()["carrier"]
AT = "'DTM+334:202603020825:203"
EQD = f"'EQD+CN+{box()}"


def read(body: str, directory: str = "95B") -> Decoded:
    message = f"IFTSTA:D:{directory}:UN'BGM+77+S1+9{body}"
    return decode(wrapped(message, sender="CARRIER1"), PROFILE)


def test_a_status_has_its_own_units_or_those_of_its_consignment() -> None:
    own = read(
        f"'CNI+1+A'STS+1+28{AT}'EQD+CN+{box(1)}'EQD+CN+{box(2)}'STS+1+93{AT}'EQD+CN+{box(3)}"
    )
    assert [(t.reported.kind, t.reported.unit.id) for t in own.events] == [
        ("unstuffing-ended", box(1)),
        ("unstuffing-ended", box(2)),
        ("stuffing-ended", box(3)),
    ]
    shared = read(f"'CNI+1+A'EQD+CN+{box(1)}'STS+1+28{AT}'STS+1+93{AT}'CNI+2'EQD+CN+{box(2)}")
    assert [(t.reported.kind, t.reported.unit.id) for t in shared.events] == [
        ("unstuffing-ended", box(1)),
        ("stuffing-ended", box(1)),
    ]


@pytest.mark.parametrize(
    ("status", "mode", "kind"),
    [("48", "1", "loaded"), ("48", "2", "rail-loaded"), ("29", "2", "rail-unloaded")],
)
def test_loading_is_told_apart_by_what_it_is_loaded_on(status: str, mode: str, kind: str) -> None:
    (told,) = read(f"'CNI+1'STS+1+{status}{AT}'TDT+20+X1+{mode}{EQD}").events
    assert told.reported.kind == kind


def test_a_status_elsewhere_is_not_for_us() -> None:
    decoded = read(f"'CNI+1'STS+1+48{AT}'LOC+9+USLAX:139:6{EQD}")
    assert decoded.reasons == {Trouble.NOT_FOR_US: 1}
    assert decoded.events == ()


def test_one_of_several_places_is_enough() -> None:
    (told,) = read(f"'CNI+1'STS+1+48{AT}'LOC+11+USLAX:139:6'LOC+9+CNLYG:139:6{EQD}").events
    assert json.loads(told.data)["place"] == {"port": "CNLYG"}


@pytest.mark.parametrize("status", ["STS+1+77", "STS+1", "STS", "STS+1+:::Nothing"])
def test_a_status_that_is_not_known_is_refused_and_the_next_is_taken(status: str) -> None:
    decoded = read(f"'CNI+1'{status}{AT}{EQD}'STS+1+48{AT}{EQD}")
    assert [(r.why, r.path) for r in decoded.refusals] == [(Trouble.UNKNOWN_CODE, "segment 5 STS")]
    assert len(decoded.events) == 1


def test_in_the_newer_directory_a_status_names_its_list() -> None:
    assert len(read(f"'CNI+1'STS+1+48:rec24{AT}{EQD}", "00B").events) == 1
    (refused,) = read(f"'CNI+1'STS+1+48{AT}{EQD}", "00B").refusals
    assert "names no list" in refused.detail


def test_a_message_without_a_status_is_refused() -> None:
    assert read(f"'CNI+1{EQD}").reasons == {Reason.MISSING_FIELD: 1}


def test_a_status_without_a_time_or_a_unit_is_refused() -> None:
    assert read(f"'CNI+1'STS+1+48{EQD}").reasons == {Trouble.NO_ACTUAL_TIME: 1}
    assert read(f"'CNI+1'STS+1+48{AT}").reasons == {Reason.INVALID_UNIT: 1}


def test_an_arrival_may_be_told_by_the_ships_own_time() -> None:
    (told,) = read(f"'CNI+1'STS+1+1'DTM+334:202603020900:203'DTM+178:202603020600:203{EQD}").events
    assert json.loads(told.data)["occurred_at"] == "2026-03-02T06:00:00+08:00"

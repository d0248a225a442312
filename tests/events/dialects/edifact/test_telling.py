"""Laws of what all messages share: identity, correction, time, place, mode."""

import json

import pytest

from events.dialects.edifact.reading import decode
from events.dialects.edifact.testing import wrapped
from events.dialects.edifact.testing_gates import EQD, PROFILE, event, gate, read, refusal
from events.dialects.troubles import Trouble


def test_an_event_is_named_by_document_unit_and_kind() -> None:
    assert event(gate())["event_id"] == "X/CSNU6351189/gated-out"
    assert event(gate(bgm="BGM+36+A B%+9"))["event_id"] == "A%20B%25/CSNU6351189/gated-out"


def test_the_same_message_in_another_interchange_tells_the_same() -> None:
    later = wrapped(gate("'FTX+A")).replace(b"IC1", b"IC2").replace(b"'FTX+A", b"")
    later = later.replace(b"UNT+6", b"UNT+5")
    assert decode(later, PROFILE).events[0].data == read(gate()).events[0].data


def test_a_document_without_a_number_is_named_by_its_place() -> None:
    assert event(gate(bgm="BGM+36++9"))["event_id"] == "IC1.2/CSNU6351189/gated-out"
    by_place = event(gate(), identity="interchange")
    assert by_place["event_id"] == "IC1.2/CSNU6351189/gated-out"


def test_a_unit_that_is_reported_twice_by_one_document_has_two_events() -> None:
    told = read(gate(EQD + "'DTM+7:202603020930:203")).events
    assert [json.loads(t.data)["event_id"] for t in told] == [
        "X/CSNU6351189/gated-out",
        "X/CSNU6351189/gated-out/2",
    ]


@pytest.mark.parametrize("code", ["1", "3"])
def test_a_cancellation_withdraws_what_the_document_reported(code: str) -> None:
    said = event(gate(bgm=f"BGM+36+X+{code}"))
    assert said["retracts"] == "X/CSNU6351189/gated-out"
    assert said["event_id"] == "X/CSNU6351189/gated-out/withdrawn"
    earlier = event(gate(bgm=f"BGM+36+Y+{code}'RFF+ACW:X"))
    assert earlier["retracts"] == "X/CSNU6351189/gated-out"
    assert earlier["event_id"] == "Y/CSNU6351189/gated-out/withdrawn"


def test_a_cancellation_without_a_time_has_that_of_its_message() -> None:
    said = event(gate(bgm="BGM+36+X+1'DTM+137:202603021200:203", at=""))
    assert said["occurred_at"] == said["recorded_at"] == "2026-03-02T12:00:00+08:00"


@pytest.mark.parametrize("code", ["4", "5"])
def test_a_replacement_of_another_document_supersedes_and_of_itself_corrects(code: str) -> None:
    assert event(gate(bgm=f"BGM+36+Y+{code}'RFF+ACW:X"))["supersedes"] == "X/CSNU6351189/gated-out"
    itself = event(gate(bgm=f"BGM+36+X+{code}"))
    assert "supersedes" not in itself
    assert itself["event_id"] == "X/CSNU6351189/gated-out"


@pytest.mark.parametrize("code", ["9", "2", "7", "35", ""])
def test_an_original_supersedes_nothing_whatever_it_refers_to(code: str) -> None:
    said = event(gate(bgm=f"BGM+36+Y+{code}'RFF+ACW:X"))
    assert "supersedes" not in said
    assert "retracts" not in said


@pytest.mark.parametrize("code", ["1", "5"])
@pytest.mark.parametrize("profile", [{"identity": "interchange"}, {}])
def test_what_has_no_number_cannot_be_corrected_by_it(code: str, profile: dict[str, str]) -> None:
    number = "X" if profile else ""
    assert refusal(gate(bgm=f"BGM+36+{number}+{code}"), **profile) is Trouble.CANCELS_UNSEEN


def test_an_unknown_intent_is_refused() -> None:
    assert refusal(gate(bgm="BGM+36+X+77")) is Trouble.UNKNOWN_CODE


def test_a_report_was_recorded_when_its_message_was_issued_or_its_interchange_prepared() -> None:
    issued = gate(bgm="BGM+36+X+9'DTM+137:202603021200:203")
    assert event(issued)["recorded_at"] == "2026-03-02T12:00:00+08:00"
    assert event(gate())["recorded_at"] == "2026-03-02T13:00:00+08:00"
    assert event(issued, recorded="interchange")["recorded_at"] == "2026-03-02T13:00:00+08:00"
    assert "recorded_at" not in event(issued, recorded="none")
    by_day = gate(bgm="BGM+36+X+9'DTM+137:20260302:102")
    assert event(by_day)["recorded_at"] == "2026-03-02T13:00:00+08:00"


@pytest.mark.parametrize("qualifier", ["132", "133", "137", "334"])
def test_no_other_time_stands_in_for_the_one_that_is_wanted(qualifier: str) -> None:
    assert refusal(gate(at=f"'DTM+{qualifier}:202603020825:203")) is Trouble.NO_ACTUAL_TIME


def test_the_time_of_a_box_stands_before_that_of_the_message() -> None:
    said = gate(bgm="BGM+36+X+9'DTM+7:202603020101:203", at="'DTM+203:202603020202:203")
    assert event(said)["occurred_at"] == "2026-03-02T02:02:00+08:00"
    shared = gate(bgm="BGM+36+X+9'DTM+7:202603020101:203", at="")
    assert event(shared)["occurred_at"] == "2026-03-02T01:01:00+08:00"


@pytest.mark.parametrize(
    ("loc", "place"),
    [
        ("", {"port": "CNLYG", "facility": "LPCT"}),
        ("'LOC+165+CNLYG:139:6", {"port": "CNLYG", "facility": "LPCT"}),
        ("'LOC+165+CNLYG:139:6+BERTH9", {"port": "CNLYG", "facility": "NO9"}),
        ("'LOC+150+A0512", {"port": "CNLYG", "facility": "LPCT", "spot": "A0512"}),
        ("'LOC+9+USLAX:139:6", {"port": "CNLYG", "facility": "LPCT"}),
    ],
)
def test_a_place_is_that_of_its_code(loc: str, place: dict[str, str]) -> None:
    places = {"BERTH9": {"port": "CNLYG", "facility": "NO9"}}
    assert event(gate(loc), places=places)["place"] == place


@pytest.mark.parametrize("loc", ["'LOC+165+CNSHA:139:6", "'LOC+165+CNLYG:139:6+ELSEWHERE"])
def test_a_place_that_the_profile_lacks_is_refused(loc: str) -> None:
    assert refusal(gate(loc)) is Trouble.UNKNOWN_PLACE


@pytest.mark.parametrize(
    ("tdt", "mode", "refs"),
    [
        ("'TDT+1++3+++++SU889", "road", {"truck": "SU889"}),
        ("'TDT+1+X8001+2", "rail", {"train": "X8001"}),
        ("'TDT+1++8+++++BARGE7", "water", None),
        ("'TDT+20+051E+1", "road", {"voyage": "051E"}),
        ("'TDT+1++9", "road", None),
    ],
)
def test_a_gate_is_passed_as_the_inland_transport_travels(
    tdt: str, mode: str, refs: dict[str, str] | None
) -> None:
    said = event(gate(tdt))
    assert said["mode"] == mode
    assert said.get("refs") == refs


def test_a_provisional_report_is_announced() -> None:
    decoded = read(gate(bgm="BGM+36+X+46"))
    assert decoded.events == ()
    assert [a.announced for a in decoded.announcements] == ["estimated"]

"""Laws of the ledger: its parts are the input, and everything that is no envelope has an end."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from events.codec import decode
from events.dialects.decoded import Announced, Announcement, Decoded, Ledger
from events.dialects.troubles import Misread, Trouble
from events.refusals import Reason
from events.testing import box
from events.vocabulary import Kind


def wire(**fields: Any) -> dict[str, Any]:
    said = {
        "event_id": "e1", "source": "s", "kind": "gated-out", "mode": "road",
        "unit": {"type": "container", "id": box()}, "place": {"port": "CNLYG"},
        "occurred_at": "2026-03-02T08:25:00+08:00",
    }  # fmt: skip
    return {**said, **fields}


def announcement(part: int, at: datetime | None = None) -> Announcement:
    return Announcement(Announced.PLANNED, Kind.LOADED, box(), at, {"voyage": "1E"}, part, "row 1")


def test_an_event_is_kept_as_the_message_that_a_topic_takes() -> None:
    ledger = Ledger(4)
    assert ledger.tell(wire(), ledger.part(0, 4, "row"), "row 1")
    (told,) = ledger.decoded().events
    assert orjson.loads(told.data) == wire()
    assert decode(told.data)[0].unit.id == told.reported.unit.id
    assert (told.part, told.path) == (0, "row 1")


def test_what_the_contract_refuses_is_refused_with_its_reason_and_place() -> None:
    ledger = Ledger(4)
    part = ledger.part(1, 3, "row")
    assert not ledger.tell(wire(unit={"type": "container", "id": "MSCU1234567"}), part, "row 1")
    (refused,) = ledger.decoded().refusals
    assert refused.why is Reason.BAD_CHECK_DIGIT
    assert (refused.start, refused.end, refused.path) == (1, 3, "row 1")
    assert refused.remedy == "read the container number again; its last digit does not fit"


def test_a_text_that_has_no_bytes_is_refused() -> None:
    ledger = Ledger(1)
    assert not ledger.tell(wire(event_id="\ud800"), ledger.part(0, 1, "row"))
    assert ledger.decoded().reasons == {Trouble.BROKEN_SYNTAX: 1}


def test_a_field_that_the_gist_does_not_know_is_read_by_the_model() -> None:
    ledger = Ledger(1)
    assert ledger.tell(wire(extra={"crane": 7}), ledger.part(0, 1, "row"))
    assert b'"crane":7' in ledger.decoded().events[0].data


def test_an_instant_after_the_receipt_is_refused() -> None:
    ledger = Ledger(1, datetime(2026, 3, 2, tzinfo=UTC))
    assert not ledger.tell(wire(), ledger.part(0, 1, "row"))
    assert ledger.decoded().reasons == {Reason.FUTURE_TIME: 1}


def test_bytes_between_parts_are_envelope() -> None:
    ledger = Ledger(10)
    for start, end in [(2, 4), (4, 5), (7, 9)]:
        ledger.refuse(Trouble.UNKNOWN_CODE, "x", ledger.part(start, end, "row"))
    parts = ledger.decoded().parts
    assert [(p.start, p.end, p.envelope) for p in parts] == [
        (0, 2, True), (2, 4, False), (4, 5, False), (5, 7, True), (7, 9, False), (9, 10, True)
    ]  # fmt: skip


def test_a_part_that_says_nothing_is_refused_as_such() -> None:
    ledger = Ledger(6)
    ledger.part(0, 2, "row")
    ledger.announce(announcement(ledger.part(2, 4, "row")))
    ledger.tell(wire(), ledger.part(4, 6, "row"))
    decoded = ledger.decoded()
    assert [(r.part, r.why) for r in decoded.refusals] == [(0, Trouble.NOTHING_SAID)]


@pytest.mark.parametrize("size", [0, 3])
def test_an_input_without_any_part_has_an_end_too(size: int) -> None:
    decoded = Ledger(size).decoded()
    assert [(r.why, r.start, r.end) for r in decoded.refusals] == [(Trouble.NOTHING_SAID, 0, size)]


def test_parts_that_overlap_or_pass_the_end_are_a_bug() -> None:
    overlapping = Ledger(4)
    overlapping.part(0, 3, "row")
    overlapping.part(2, 4, "row")
    with pytest.raises(ValueError, match="does not follow"):
        overlapping.decoded()
    beyond = Ledger(4)
    beyond.part(0, 5, "row")
    with pytest.raises(ValueError, match="end at byte 5 of 4"):
        beyond.decoded()


def test_counts_are_of_messages_kinds_and_reasons() -> None:
    decoded = _two_rows()
    assert decoded.messages == {"row": 2}
    assert decoded.kinds == {Kind.GATED_OUT: 1}
    assert decoded.reasons == {Trouble.NO_ACTUAL_TIME: 1}


def _two_rows() -> Decoded:
    ledger = Ledger(4)
    ledger.tell(wire(), ledger.part(0, 1, "row"))
    error = Misread(Trouble.NO_ACTUAL_TIME, "only EST")
    ledger.misread(error, ledger.part(2, 4, "row"), "row 2")
    return ledger.decoded()


def test_a_misreading_without_a_place_has_its_callers() -> None:
    assert _two_rows().refusals[0].path == "row 2"


def test_an_announcement_is_written_as_one_object() -> None:
    at = datetime(2026, 3, 2, 1, tzinfo=UTC)
    said = orjson.loads(announcement(0, at).data())
    assert said["expected_at"] == "2026-03-02T01:00:00Z"
    assert said["said"] == {"voyage": "1E"}
    assert "expected_at" not in orjson.loads(announcement(0).data())

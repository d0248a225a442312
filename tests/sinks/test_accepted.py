"""Events land if and only if a worker takes them, and lose nothing that anybody reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import from_json, to_json

from events.codec import decode, encode
from events.envelope import Event, Unit
from events.gist import Gist
from events.testing import at, box, event, examples, wire
from events.topics import EVENT_TOPICS
from sinks.accepted import EventRow, LeftOut, Omitted, accepted, event_row, received_at
from sinks.tables import EVENTS
from sinks.testing import of_two_boxes
from streams import intake
from streams.plane.batches import partition_of
from streams.plane.run import Run

PARTITIONS = 8
_FEEDS = [topic.name for topic in EVENT_TOPICS]
_PLACE = Unit.model_validate({"type": "place", "id": "LPCT"})
_TYPHOON = event("suspension-declared", "10:00", unit=_PLACE, reason="台风")
_LISTED = to_json(
    {
        **{name: value for name, value in from_json(encode(_TYPHOON)).items() if name != "unit"},
        "units": [{"type": "place", "id": "LPCT"}],
    }
)
_MESSAGES = [
    *(example.data for example in examples(*_FEEDS, "refused")),
    *(encode(_TYPHOON), _LISTED, of_two_boxes()),
]
_STAMPS = st.sampled_from([None, -1, 0, 1, 10**12, 1772416800000, 4 * 10**12, 10**15])
_HEADERS = st.lists(
    st.sampled_from([(name, b"x/0/1") for name in ("split-of", "copy-of", "replay-of", "split")]),
    max_size=2,
)


@dataclass(frozen=True)
class _Record:
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]
    timestamp: int | None
    key: bytes | None = b"key"
    offset: int = 0


def _read_by_worker(
    value: bytes | None, headers: list[tuple[str, bytes]], stamp: int | None, partition: int
) -> Event | LeftOut:
    """What a worker makes of the record; parts that differ from the message are others' records."""
    record = _Record(value, headers, stamp)
    run = Run("customs-events", partition, (record,))
    reading = intake.read_event(run, record, PARTITIONS)
    if isinstance(reading, intake.DeadLetter):
        return LeftOut.REFUSED
    if isinstance(reading, intake.PlaceEvent):
        return reading.event
    if isinstance(reading, Event):
        return reading
    if isinstance(reading, Gist):
        (told,) = decode(value)
        return told
    if len(reading) == 1 and b'"units"' not in (value or b""):
        return decode(reading[0].value)[0]  # sent on to its unit's partition, as it is
    return LeftOut.MANY_UNITS


@given(
    st.sampled_from(_MESSAGES),
    _HEADERS,
    _STAMPS,
    st.integers(0, PARTITIONS - 1),
)
def test_what_lands_is_what_a_worker_takes(
    message: bytes, headers: list[tuple[str, bytes]], stamp: int | None, partition: int
) -> None:
    expected = _read_by_worker(message, headers, stamp, partition)
    assert _why(accepted(message, headers, stamp)) == expected


def _why(found: Event | Omitted) -> Event | LeftOut:
    return found.why if isinstance(found, Omitted) else found


def test_examples_show_every_way_of_being_left_out() -> None:
    """Or the law above would prove little."""
    found = [_why(accepted(message, [], None)) for message in _MESSAGES]
    assert all(one in found for one in LeftOut)
    assert len([one for one in found if isinstance(one, Event)]) > 20


def test_copies_of_a_place_event_are_its_row() -> None:
    """Whatever the clock said of the worker that sent them on."""
    stamp = int((_TYPHOON.occurred_at - timedelta(hours=1)).timestamp() * 1000)
    copy = accepted(encode(_TYPHOON), [("copy-of", b"terminal-events/3/7")], stamp)
    assert isinstance(copy, Event)
    assert event_row(copy, 7) == event_row(_TYPHOON, 7)
    assert accepted(encode(_TYPHOON), [], stamp) == Omitted(LeftOut.REFUSED)


@given(st.integers(-(10**15), 10**15))
def test_time_of_receipt_is_the_workers(stamp: int) -> None:
    assert received_at(stamp) == intake.stamped_at(_Record(None, [], stamp))
    assert received_at(None) is None


def test_message_of_many_units_lands_in_parts() -> None:
    told = accepted(of_two_boxes(), [], None)
    assert told == Omitted(LeftOut.MANY_UNITS, decode(of_two_boxes()))
    parts = [accepted(encode(one), [("split-of", b"x")], None) for one in decode(of_two_boxes())]
    assert [part.unit.id for part in parts if isinstance(part, Event)] == [box(1), box(2)]


def test_list_of_one_unit_lands_as_its_part() -> None:
    message = from_json(of_two_boxes())
    message["units"] = message["units"][:1]
    (part,) = decode(to_json(message))
    assert accepted(to_json(message), [], None) == Omitted(LeftOut.MANY_UNITS, (part,))
    assert accepted(encode(part), [("split-of", b"x")], None) == part
    assert accepted(to_json(message), [("split-of", b"x")], None) == part, "as a worker has it"


def test_message_in_a_wrong_partition_and_its_part_are_one_row() -> None:
    """The sender keys it badly and spells it as it likes; the worker sends it on in normal form."""
    told = event("move-ended", "10:30", unit=box(1))
    spelt = {**from_json(encode(told)), "occurred_at": "2026-03-02T10:30:00.25+08:00", "at": None}
    record = _Record(to_json(spelt), [], 0)
    wrong = (partition_of(box(1).encode(), PARTITIONS) + 1) % PARTITIONS
    parts = intake.read_event(Run("terminal-events", wrong, (record,)), record, PARTITIONS)
    assert isinstance(parts, tuple)
    both = [accepted(to_json(spelt), [], 0), accepted(parts[0].value, parts[0].headers, 0)]
    rows = [event_row(one, 7) for one in both if isinstance(one, Event)]
    assert rows[0] == rows[1]


def test_row_tells_the_event() -> None:
    told = event(
        *("move-ended", "10:30"), unit=box(1), recorded_at="2026-03-02T10:31:00+08:00", seal="封条"
    )
    row = event_row(told, 9)
    assert row == EventRow(
        port="CNLYG",
        unit_type="container",
        unit_id=box(1),
        occurred_at=at("10:30"),
        source="lyg-tos",
        event_id=told.event_id,
        digest=row.digest,
        kind="move-ended",
        mode="water",
        recorded_at=at("10:31"),
        message=encode(told),
        version=9,
    )
    assert decode(row.message) == (told,)
    assert "封条".encode() in row.message


@pytest.mark.parametrize("example", examples(*_FEEDS), ids=lambda example: example.name)
def test_every_example_survives_its_row(example: Any) -> None:
    for told in decode(example.data):
        row = event_row(told, 1)
        assert decode(row.message) == (told,)
        assert event_row(decode(row.message)[0], 1) == row


def test_another_content_has_another_digest() -> None:
    told = event("move-ended", "10:30", event_id="e1")
    others = [
        event("move-ended", "10:30:01", event_id="e1"),
        event("move-ended", "10:30", event_id="e1", reason="fog"),
        event("move-ended", "10:30", event_id="e1", seal="X1"),
        event("move-ended", "10:30", event_id="e1", recorded_at=told.occurred_at),
    ]
    digests = {event_row(one, 0).digest for one in (told, *others)}
    assert len(digests) == 5
    assert max(digests) < 2**64


def test_words_are_plain_text() -> None:
    row = event_row(event("move-ended", "10:00"), 0)
    assert not [value for value in row if isinstance(value, str) and type(value) is not str]


def test_row_has_the_columns_in_order() -> None:
    assert EventRow._fields == EVENTS.columns


@pytest.mark.parametrize("minutes", [5, 6])
def test_future_is_told_by_the_stamp(minutes: int) -> None:
    told = event("move-ended", "10:30")
    taken_at = told.occurred_at - timedelta(minutes=minutes)
    (message,) = wire(told)
    found = accepted(message, [], int(taken_at.timestamp() * 1000))
    assert found == (told if minutes == 5 else Omitted(LeftOut.REFUSED))

"""Every record of an event topic has one receipt, which says what it was to its feed."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest
from kafka import TopicPartition
from pydantic_core import from_json, to_json

from events.codec import encode
from events.dead_letters import REPLAY_OF
from events.testing import at, box, event
from events.topics import COPY_OF, SPLIT_OF
from sinks.accepted import LeftOut, Omitted, accepted, event_row
from sinks.history import events_of
from sinks.memory import MemoryStore
from sinks.quality import Span, received
from sinks.receipts import UNSTAMPED, Receipt, ReceiptRow, heard
from sinks.store import Store, StoreUnavailable
from sinks.tables import EVENTS, RECEIPTS
from sinks.testing import MemoryLog, ToldClock, TroubledStore, a_writer, of_two_boxes, take_turns

GATE = TopicPartition("terminal-events", 0)
_RECEIVED = at("12:00")
_STAMP_MS = int(_RECEIVED.timestamp() * 1000) + 321
_TOLD = event("gated-in", "10:00", recorded_at=at("10:05"))
_SPAN = Span(0, int(at("day+2 00:00").timestamp()))


class _Record(NamedTuple):
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()
    timestamp: int = _STAMP_MS
    offset: int = 7


def _receipt(record: _Record, partition: int = 0) -> ReceiptRow:
    return ReceiptRow._make(heard("terminal-events", partition, record, 99)[1])


def _odd(**fields: Any) -> bytes:
    """The same event in a form that only the model reads."""
    return to_json({**from_json(encode(_TOLD)), "shift": "night", **fields})


def test_receipt_tells_who_what_when_and_by_which_record() -> None:
    row, receipt = heard("terminal-events", 3, _Record(encode(_TOLD)), 99)
    assert row == tuple(event_row(_TOLD, 99))
    assert not isinstance(row, Omitted)
    assert ReceiptRow._make(receipt) == ReceiptRow(
        "terminal-events", _RECEIVED, 3, 7, _TOLD.source, "taken", "CNLYG", "LPCT", "gated-in",
        _TOLD.occurred_at, _TOLD.recorded_at, row[EVENTS.place("digest")], 1, 99,
    )  # fmt: skip


def test_both_roads_give_one_receipt() -> None:
    near, far = _receipt(_Record(encode(_TOLD))), _receipt(_Record(_odd()))
    assert near.digest != far.digest, "it has a field more"
    assert near._replace(digest=far.digest) == far


@pytest.mark.parametrize("form", [encode, lambda told: _odd()], ids=["near", "far"])
@pytest.mark.parametrize(
    ("marks", "partition", "expected"),
    [
        ((), 0, Receipt.TAKEN),
        (((SPLIT_OF, b"terminal-events/1/2"),), 0, Receipt.SENT_ON),
        (((COPY_OF, b"terminal-events/1/2"),), 0, Receipt.SENT_ON),
        (((COPY_OF, b"replay"),), 0, Receipt.TAKEN),
        (((COPY_OF, b"replay"),), 5, Receipt.SENT_ON),
        (((REPLAY_OF, b"terminal-events/1/2"),), 0, Receipt.SENT_AGAIN),
        (((REPLAY_OF, b"a/1/2"), (SPLIT_OF, b"b/1/2")), 0, Receipt.SENT_AGAIN),
        ((("sender", b"own"),), 0, Receipt.TAKEN),
    ],
)
def test_only_what_the_feed_sent_itself_is_held_against_it(
    form: Any, marks: Any, partition: int, expected: Receipt
) -> None:
    assert _receipt(_Record(form(_TOLD), marks), partition).receipt == expected.value


def test_message_of_many_units_has_one_receipt_with_their_number() -> None:
    found, receipt = heard("customs-events", 0, _Record(of_two_boxes()), 99)
    assert isinstance(found, Omitted)
    assert found.why is LeftOut.MANY_UNITS
    row = ReceiptRow._make(receipt)
    assert (row.receipt, row.events, row.kind, row.port) == ("split", 2, "released", "CNLYG")
    assert row.digest != _receipt(_Record(of_two_boxes() + b" ")).digest


def test_of_what_is_refused_only_the_claimed_source_is_known() -> None:
    found, receipt = heard("terminal-events", 0, _Record(b'{"source": "tos", "kind": 1}'), 99)
    assert found == Omitted(LeftOut.REFUSED)
    assert ReceiptRow._make(receipt)._replace(digest=0) == ReceiptRow(
        "terminal-events", _RECEIVED, 0, 7, "tos", "refused", "", "", "", None, None, 0, 0, 99
    )
    assert _receipt(_Record(None)).source == ""


@pytest.mark.parametrize("stamp", [0, -1])
def test_record_without_a_stamp_stands_where_no_event_can(stamp: int) -> None:
    assert _receipt(_Record(encode(_TOLD), timestamp=stamp)).received_at == UNSTAMPED


def _log() -> MemoryLog:
    log = MemoryLog()
    gates = [encode(event("gated-in", "10:00", unit=box(n))) for n in (0, 1, 2, 3, 1)]
    for value in (*gates, b'{"source": "tos"}', of_two_boxes()):
        log.append(GATE.topic, GATE.partition, value, timestamp_ms=_STAMP_MS)
    return log


def _counted(store: Store) -> list[tuple[str, int, int, int, int]]:
    return sorted(
        (one.source, one.messages, one.events, one.refused, one.told_again)
        for one in received(store, _SPAN)
    )


_EXPECTED = [("lyg-tos", 6, 7, 0, 1), ("tos", 1, 0, 1, 0)]


def test_receipts_land_beside_events_and_a_replay_changes_nothing(store: Store) -> None:
    log, clock = _log(), ToldClock()
    writer, _ = a_writer(log, store, clock)
    take_turns(writer, clock, 2, each_s=1.0)
    assert log.committed == {GATE: 7}
    assert _counted(store) == _EXPECTED
    assert len(events_of(store, "CNLYG", box(1))) == 1
    log.committed.clear()
    again, _ = a_writer(log, store, clock)
    again.turn()
    assert again.finish()
    assert _counted(store) == _EXPECTED


def test_nothing_is_committed_before_its_receipts_are_stored() -> None:
    log, clock, plain = _log(), ToldClock(), MemoryStore()

    def silent(token: str) -> None:
        if token.startswith(RECEIPTS.name):
            raise StoreUnavailable("the store does not answer")

    store = TroubledStore(plain, silent)
    writer, _ = a_writer(log, store, clock)
    take_turns(writer, clock, 2, each_s=1.0)
    assert log.committed == {}
    assert len(events_of(plain, "CNLYG", box(1))) == 1
    store.before = lambda token: None
    take_turns(writer, clock, 5, each_s=1.0)
    assert log.committed == {GATE: 7}
    assert _counted(plain) == _EXPECTED
    of_receipts = {token for token in store.tokens if token.startswith(RECEIPTS.name)}
    assert len(of_receipts) == 1, "a retry keeps its token"


def test_the_near_road_and_the_model_agree_on_what_is_taken() -> None:
    value = encode(_TOLD)
    row, _ = heard("terminal-events", 0, _Record(value), 5)
    model = accepted(value, (), _STAMP_MS)
    assert not isinstance(model, Omitted)
    assert row == tuple(event_row(model, 5))

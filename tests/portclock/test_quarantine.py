"""What was refused, what is settled, and what sending again would do."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from events.codec import decode
from events.dead_letters import Refused, Settled, from_headers
from events.refusals import InvalidEvent, Reason
from portclock.quarantine import (
    Choice,
    Quarantined,
    Record,
    Shelf,
    counts,
    fold,
    resend,
    settlement,
    still_wrong,
)
from portclock.resending import Correction, Report, send_again

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
BOX = "CSQU3054383"
GOOD = orjson.dumps(
    {
        "event_id": "e1",
        "source": "tos",
        "kind": "released",
        "unit": {"type": "container", "id": BOX},
        "place": {"port": "CNSHD"},
        "mode": "water",
        "occurred_at": "2026-03-02T10:00:00Z",
    }
)
POISON = b'{"broken": '


def place(offset: int) -> str:
    return f"terminal-events/1/{offset}"


def refusal(offset: int, reason: Reason = Reason.BROKEN_JSON, minute: int = 0) -> Refused:
    return Refused(
        topic="terminal-events",
        partition=1,
        offset=offset,
        reason=reason,
        detail="why",
        remedy="what to do",
        received_at=TEN + timedelta(minutes=minute),
    )


def settled(offset: int) -> Settled:
    return Settled(settles=place(offset), settled_at=TEN)


def records(*said: Refused | Settled | None, readable: int = 0) -> list[Record]:
    """Records on shelves 0, 1, ...; the last `readable` of them hold a message that is good now."""
    good = range(len(said) - readable, len(said))
    return [
        Record(Shelf(0, n), b"key", GOOD if n in good else POISON, one)
        for n, one in enumerate(said)
    ]


class ListPostman:
    """Keeps what was sent, with a mark wherever all of it had to be acknowledged."""

    def __init__(self) -> None:
        self.log: list[tuple[str, bytes | None, bytes, dict[str, str]] | str] = []

    def send_raw(
        self,
        topic: str,
        key: bytes | None,
        value: bytes,
        headers: tuple[tuple[str, bytes], ...] = (),
    ) -> None:
        self.log.append((topic, key, value, {name: text.decode() for name, text in headers}))

    def settle(self) -> dict[str, dict[int, int]]:
        self.log.append("settled")
        return {}


def again(
    found: list[Record], choice: Choice, correction: Correction | None = None
) -> tuple[Report, ListPostman]:
    postman = ListPostman()
    chosen = {entry.position: entry for entry in choice.among(fold(found))}
    report = send_again(chosen, found, postman, correction or Correction(), TEN)
    return report, postman


def test_a_settlement_settles_and_a_refusal_written_twice_counts_once() -> None:
    found = records(refusal(1), refusal(2), settled(1), refusal(1))
    entries = fold(found)
    assert sorted(entries) == ["terminal-events/1/1", "terminal-events/1/2"]
    assert entries[place(1)].settled_at == TEN
    assert entries[place(2)].settled_at is None


def test_a_record_that_is_not_ours_is_passed_over() -> None:
    assert fold(records(None)) == {}


def test_bytes_are_not_kept_in_memory_only_their_number_and_place() -> None:
    entry = fold(records(refusal(1)))[place(1)]
    assert entry.size_bytes == len(POISON)
    assert entry.shelf == Shelf(0, 0)
    assert POISON not in [getattr(entry, name) for name in Quarantined.__slots__]


def test_one_chooses_by_place_by_reason_or_all_that_is_not_settled_oldest_first() -> None:
    found = fold(
        records(
            refusal(1, minute=9),
            refusal(2, Reason.EMPTY, minute=5),
            refusal(3, minute=1),
            settled(3),
        )
    )
    places = [entry.refused.offset for entry in Choice().among(found)]
    assert places == [2, 1]
    assert [e.refused.offset for e in Choice(reason="empty").among(found)] == [2]
    assert [e.refused.offset for e in Choice(settled=True).among(found)] == [3, 2, 1]
    assert [e.refused.offset for e in Choice((place(3),)).among(found)] == [3]
    with pytest.raises(KeyError):
        Choice((place(9),)).among(found)


def test_counts_are_by_reason_most_first() -> None:
    found = fold(records(refusal(1), refusal(2, Reason.EMPTY), refusal(3)))
    assert list(counts(found.values()).items()) == [("broken-json", 2), ("empty", 1)]


def test_still_wrong_says_what_the_codec_says() -> None:
    assert still_wrong(GOOD) is None
    found = still_wrong(POISON)
    with pytest.raises(InvalidEvent) as raised:
        decode(POISON)
    assert found == raised.value.refusal


def test_a_message_goes_back_to_its_own_topic_keyed_by_its_unit_once_it_can_be_read() -> None:
    entry = fold(records(refusal(7)))[place(7)]
    message, headers = resend(entry, GOOD)
    assert (message.topic, message.key, message.value) == ("terminal-events", BOX.encode(), GOOD)
    assert headers == (("replay-of", b"terminal-events/1/7"),)
    assert resend(entry, POISON)[0].key == b"key"


def test_a_settlement_is_read_back_as_one() -> None:
    entry = fold(records(refusal(7)))[place(7)]
    assert from_headers(settlement(entry, TEN)) == settled(7)


def test_messages_are_acknowledged_before_they_are_settled() -> None:
    found = records(refusal(1), refusal(2), readable=2)
    report, postman = again(found, Choice())
    topics = [entry if isinstance(entry, str) else entry[0] for entry in postman.log]
    feed, dlq = ["terminal-events"] * 2, ["events-dlq"] * 2
    assert topics == [*feed, "settled", *dlq, "settled"]
    assert report.document() == {
        "sent": ["terminal-events/1/1", "terminal-events/1/2"],
        "held_back": [],
    }


def test_what_is_still_wrong_is_held_back_and_not_settled_unless_forced() -> None:
    found = records(refusal(1), refusal(2), readable=1)
    report, postman = again(found, Choice())
    assert [entry.position for entry in report.sent] == ["terminal-events/1/2"]
    assert [refusal.reason for _, refusal in report.held_back] == [Reason.BROKEN_JSON]
    assert all(POISON not in entry for entry in postman.log if not isinstance(entry, str))
    forced, _ = again(found, Choice(), Correction(force=True))
    assert len(forced.sent) == 2


def test_a_corrected_message_is_sent_in_place_of_the_refused_one() -> None:
    _, postman = again(records(refusal(1)), Choice((place(1),)), Correction(GOOD))
    assert postman.log[0] == (
        "terminal-events",
        BOX.encode(),
        GOOD,
        {"replay-of": "terminal-events/1/1"},
    )


def test_a_refusal_written_twice_is_sent_once() -> None:
    report, _ = again(records(refusal(1), refusal(1), readable=2), Choice())
    assert len(report.sent) == 1

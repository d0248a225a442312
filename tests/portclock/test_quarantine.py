"""What was refused, what is settled, and what sending again would do."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from events.codec import decode
from events.refusals import InvalidEvent, Reason
from portclock.quarantine import (
    Choice,
    Record,
    Refused,
    counts,
    fold,
    resend,
    settlement,
    still_wrong,
)
from portclock.resending import Correction, Report, send_again
from sinks.dead_letters import DeadLetter, Settlement, Source, read_dead_letter

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


def place(offset: int, topic: str = "terminal-events") -> Source:
    return Source(topic, 1, offset)


def letter(
    offset: int, reason: str = Reason.BROKEN_JSON, message: bytes = POISON, minute: int = 0
) -> DeadLetter:
    received_at = TEN + timedelta(minutes=minute)
    return DeadLetter(place(offset), reason, "why", "what to do", received_at, b"key", message)


def records(*contents: DeadLetter | Settlement | None) -> list[Record]:
    return [Record(Source("events-dlq", 0, n), content) for n, content in enumerate(contents)]


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
    chosen = {entry.place: entry for entry in choice.among(fold(found))}
    report = send_again(chosen, found, postman, correction or Correction(), TEN)
    return report, postman


def test_a_settlement_settles_and_a_refusal_written_twice_counts_once() -> None:
    found = records(letter(1), letter(2), Settlement(place(1), TEN), letter(1))
    entries = fold(found)
    assert sorted(str(entry) for entry in entries) == ["terminal-events/1/1", "terminal-events/1/2"]
    assert entries[place(1)].settled_at == TEN
    assert entries[place(2)].settled_at is None


def test_a_record_that_is_not_ours_is_passed_over() -> None:
    assert fold(records(None)) == {}


def test_bytes_are_not_kept_in_memory_only_their_number_and_place() -> None:
    entry = fold(records(letter(1)))[place(1)]
    assert entry.size_bytes == len(POISON)
    assert entry.stored == Source("events-dlq", 0, 0)
    assert POISON not in [getattr(entry, name) for name in Refused.__slots__]


def test_one_chooses_by_place_by_reason_or_all_that_is_not_settled_oldest_first() -> None:
    found = fold(
        records(
            letter(1, minute=9),
            letter(2, Reason.EMPTY, minute=5),
            letter(3, minute=1),
            Settlement(place(3), TEN),
        )
    )
    places = [entry.place.offset for entry in Choice().among(found)]
    assert places == [2, 1]
    assert [e.place.offset for e in Choice(reason="empty").among(found)] == [2]
    assert [e.place.offset for e in Choice(settled=True).among(found)] == [3, 2, 1]
    assert [e.place.offset for e in Choice((place(3),)).among(found)] == [3]
    with pytest.raises(KeyError):
        Choice((place(9),)).among(found)


def test_counts_are_by_reason_most_first() -> None:
    found = fold(records(letter(1), letter(2, Reason.EMPTY), letter(3)))
    assert list(counts(found.values()).items()) == [("broken-json", 2), ("empty", 1)]


def test_still_wrong_says_what_the_codec_says() -> None:
    assert still_wrong(GOOD) is None
    refusal = still_wrong(POISON)
    with pytest.raises(InvalidEvent) as raised:
        decode(POISON)
    assert refusal == raised.value.refusal


def test_a_message_goes_back_to_its_own_topic_keyed_by_its_unit_once_it_can_be_read() -> None:
    entry = fold(records(letter(7)))[place(7)]
    message, headers = resend(entry, GOOD)
    assert (message.topic, message.key, message.value) == ("terminal-events", BOX.encode(), GOOD)
    assert headers == (("replay-of", b"terminal-events/1/7"),)
    assert resend(entry, POISON)[0].key == b"key"


def test_a_settlement_is_read_back_as_one() -> None:
    entry = fold(records(letter(7)))[place(7)]
    read = read_dead_letter(entry.key, b"", settlement(entry, TEN))
    assert read == Settlement(place(7), TEN)


def test_messages_are_acknowledged_before_they_are_settled() -> None:
    found = records(letter(1, message=GOOD), letter(2, message=GOOD))
    report, postman = again(found, Choice())
    topics = [entry if isinstance(entry, str) else entry[0] for entry in postman.log]
    feed, dlq = ["terminal-events"] * 2, ["events-dlq"] * 2
    assert topics == [*feed, "settled", *dlq, "settled"]
    assert report.document() == {
        "sent": ["terminal-events/1/1", "terminal-events/1/2"],
        "held_back": [],
    }


def test_what_is_still_wrong_is_held_back_and_not_settled_unless_forced() -> None:
    found = records(letter(1), letter(2, message=GOOD))
    report, postman = again(found, Choice())
    assert [str(entry.place) for entry in report.sent] == ["terminal-events/1/2"]
    assert [refusal.reason for _, refusal in report.held_back] == [Reason.BROKEN_JSON]
    assert all(POISON not in entry for entry in postman.log if not isinstance(entry, str))
    forced, _ = again(found, Choice(), Correction(force=True))
    assert len(forced.sent) == 2


def test_a_corrected_message_is_sent_in_place_of_the_refused_one() -> None:
    _, postman = again(records(letter(1)), Choice((place(1),)), Correction(GOOD))
    assert postman.log[0] == (
        "terminal-events",
        BOX.encode(),
        GOOD,
        {"replay-of": "terminal-events/1/1"},
    )


def test_a_refusal_written_twice_is_sent_once() -> None:
    report, _ = again(records(letter(1, message=GOOD), letter(1, message=GOOD)), Choice())
    assert len(report.sent) == 1

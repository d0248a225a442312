"""The quality of feeds, the same on every store: the SQL and its plain twin answer alike."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from events.dead_letters import Refused as DeadLetter
from events.testing import at
from sinks.memory import MemoryStore
from sinks.quality import Span, Teller, received, refused, tellers
from sinks.receipts import UNSTAMPED, ReceiptRow
from sinks.rows import RefusalRow, refusal_row
from sinks.store import Store
from sinks.tables import RECEIPTS, REFUSALS

DAY = Span(int(at("00:00").timestamp()), int(at("day+1 00:00").timestamp()))
_TOPIC = "terminal-events"


def _receipt(offset: int, received: str = "10:00", **fields: Any) -> ReceiptRow:
    usual = {
        "topic": _TOPIC, "received_at": at(received), "partition": 0, "offset": offset,
        "source": "tos", "receipt": "taken", "port": "CNLYG", "facility": "LPCT",
        "kind": "gated-in", "occurred_at": at("09:00"), "recorded_at": at("09:30"),
        "digest": offset, "events": 1, "version": offset,
    }  # fmt: skip
    return ReceiptRow(**{**usual, **fields})


def _unread(offset: int, received: str = "10:00", **fields: Any) -> ReceiptRow:
    nothing = {"port": "", "facility": "", "kind": "", "events": 0}
    times = {"occurred_at": None, "recorded_at": None}
    return _receipt(offset, received, receipt="refused", **{**nothing, **times, **fields})


def _keep(store: Store, *rows: ReceiptRow, token: str = "t") -> None:
    store.insert(RECEIPTS, rows, token)


def _letter(offset: int, reason: str, detail: str, **fields: Any) -> RefusalRow:
    said = {
        "topic": _TOPIC, "partition": 0, "offset": offset, "reason": reason, "detail": detail,
        "remedy": "mend it", "received_at": at("10:00") + timedelta(seconds=offset), **fields,
    }  # fmt: skip
    return refusal_row(DeadLetter.model_validate(said), b"k", b'{"source": "tos"}', offset)


def test_a_feed_is_told_by_what_it_sent_and_by_when(store: Store) -> None:
    _keep(
        store,
        _receipt(1),
        _receipt(2, "09:31", digest=1),
        _receipt(3, "11:00", receipt="split", events=3, recorded_at=None),
        _receipt(4, "12:00", receipt="sent-on"),
        _receipt(5, "13:00", receipt="sent-again"),
        _receipt(6, "09:29"),
        _unread(7),
        _receipt(8, "day+1 00:00"),
        _receipt(9, receipt="taken", received_at=UNSTAMPED),
    )
    (feed,) = received(store, DAY)
    assert (feed.topic, feed.source) == (_TOPIC, "tos")
    assert (feed.messages, feed.events, feed.refused) == (5, 6, 1)
    assert feed.told_again == 1
    assert feed.ahead == 1, "written down at 09:30 by its clock, received at 09:29"
    assert (feed.recorded, feed.timed) == (3, 4)
    assert feed.recorded_after_s == [1800, 1800, 1800]
    assert feed.received_after_s == [3600, 7200, 7200], "29, 31, 60 and 120 minutes: the third"
    assert feed.clock_s == [-60, 60]
    assert feed.later == [0, 0, 3, 1, 0, 0]


def test_a_receipt_read_twice_counts_once_and_one_of_a_new_log_counts_again(store: Store) -> None:
    _keep(store, _receipt(1), _receipt(2, "10:01"))
    _keep(store, _receipt(1), token="replayed")
    _keep(store, _receipt(1, version=2**36 + 1, digest=7), token="another era")
    (feed,) = received(store, DAY)
    assert (feed.messages, feed.told_again) == (3, 0)


def test_refusals_are_told_by_reason_and_word_with_their_first_example(store: Store) -> None:
    codes = [
        _letter(n, "unknown-code", "x.edi, message 1, segment 2 BGM: 1001 '98'") for n in (3, 2)
    ]
    other = _letter(5, "unknown-code", "x.edi, message 3, segment 2 BGM: 1001 '34'")
    digit = _letter(4, "bad-check-digit", "unit: no", topic="intake-depot")
    late = _letter(9, "bad-check-digit", "unit: no", received_at=at("day+1 00:00"))
    store.insert(REFUSALS, [*codes, other, digit, late], "t")
    found = refused(store, DAY)
    assert [(one.source, one.reason, one.code, one.messages) for one in found] == [
        ("tos", "unknown-code", "1001 '98'", 2),
        ("depot", "bad-check-digit", "", 1),
        ("tos", "unknown-code", "1001 '34'", 1),
    ]
    assert (found[0].first_place, found[0].first_detail) == (f"{_TOPIC}/0/2", codes[1].detail)
    assert found[0].first_at == at("10:00:02")


def test_who_tells_of_what_is_known_by_place(store: Store) -> None:
    _keep(
        store, _receipt(1), _receipt(2), _receipt(3, facility="LPT2"), _unread(4),
        _receipt(5, kind="released", source="customs", receipt="sent-on"),
    )  # fmt: skip
    assert tellers(store, DAY) == [
        Teller("CNLYG", "LPCT", "gated-in", _TOPIC, "tos", 2),
        Teller("CNLYG", "LPT2", "gated-in", _TOPIC, "tos", 1),
    ]


def _drawn(rng: Random, offset: int) -> ReceiptRow:
    def moment(part: float) -> datetime | None:
        return (
            at("08:00") + timedelta(seconds=rng.randint(0, 9_000)) if rng.random() < part else None
        )

    happened = moment(0.9)
    return _receipt(
        offset,
        received_at=rng.choice((UNSTAMPED, moment(1), moment(1), at("day+1 03:00"))),
        receipt=rng.choice(("taken", "taken", "split", "refused", "sent-on", "sent-again")),
        source=rng.choice("abc"),
        kind="" if happened is None else rng.choice(("gated-in", "released")),
        occurred_at=happened,
        recorded_at=moment(0.6) if happened else None,
        digest=rng.randint(0, 150),
        version=offset,
        topic=rng.choice((_TOPIC, "customs-events")),
    )


def _drawn_letter(rng: Random, offset: int) -> RefusalRow:
    reason = rng.choice(("unknown-code", "unknown-place", "bad-check-digit"))
    detail = rng.choice(("1001 '98' says nothing", "1001 '97' says nothing", "nothing at all"))
    at_s = at("09:00") + timedelta(minutes=rng.randint(0, 2_000))
    place = rng.choice((_TOPIC, "intake-depot"))
    return _letter(offset, reason, detail, topic=place, received_at=at_s)


def test_every_store_tells_the_same_of_every_feed(store: Store) -> None:
    rng, plain = Random(0), MemoryStore()
    receipts = [_drawn(rng, n) for n in range(400)]
    letters = [_drawn_letter(rng, n) for n in range(200)]
    for one in (store, plain):
        one.insert(RECEIPTS, [*receipts, *receipts[:50]], "r")
        one.insert(REFUSALS, letters, "l")
    for question in (received, refused, tellers):
        found = question(store, DAY)
        assert found == question(plain, DAY)
        assert len(found) > 4

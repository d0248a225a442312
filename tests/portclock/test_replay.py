"""History into the topics: addresses, beats, offsets in ticks, accounts.

10:00    10:01    10:02    10:03         one tick a minute, in the history's own time
a   b    |   c    |        |  d
         B1                B3  d  B(end)   a gap is one beat; the last beat is the last event
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from events.codec import decode, encode
from events.outcomes import Tick
from events.testing import suspension
from events.topics import PARTITIONS
from portclock.replay import (
    IN_FLIGHT_MAX,
    Accounts,
    Beat,
    Message,
    Offsets,
    Replay,
    address,
    floor,
    plan,
    tick_at,
)

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
BOX = "CSQU3054383"
OTHER_BOX = "MSKU9070323"
MINUTE = timedelta(minutes=1)


def line(minute: float = 0, **fields: Any) -> bytes:
    at = (TEN + timedelta(minutes=minute)).isoformat()
    event = {
        "event_id": f"e{minute}",
        "source": "tos",
        "kind": "move-ended",
        "unit": {"type": "container", "id": BOX},
        "place": {"port": "CNSHD"},
        "mode": "water",
        "occurred_at": at,
    }
    return orjson.dumps({**event, **fields})


class ListOutbox:
    """Acknowledges when asked; partitions are the length of the key."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.ticks: list[Tick] = []
        self.unsettled_max = 0
        self._settled = 0
        self._reached: dict[str, dict[int, int]] = {}

    def send(self, message: Message) -> None:
        self.sent.append(message)
        self.unsettled_max = max(self.unsettled_max, len(self.sent) - self._settled)

    def settle(self) -> Offsets:
        for message in self.sent[self._settled :]:
            offsets = self._reached.setdefault(message.topic, {})
            partition = len(message.key) % 2
            offsets[partition] = offsets.get(partition, 0) + 1
        self._settled = len(self.sent)
        return {topic: dict(offsets) for topic, offsets in self._reached.items()}

    def beat(self, tick: Callable[[int], Tick]) -> None:
        self.ticks += [tick(0), tick(1)]


def run(steps: Iterable[Message | Beat], outbox: ListOutbox) -> Accounts:
    return list(Replay(outbox, lambda _: None).run(steps))[-1]


@pytest.mark.parametrize(
    ("kind", "topic"),
    [
        ("gated-out", "terminal-events"),
        ("released", "customs-events"),
        ("rail-loaded", "rail-water-events"),
    ],
)
def test_a_message_goes_to_the_feed_of_its_kind_keyed_by_its_unit(kind: str, topic: str) -> None:
    (message,) = address(line(kind=kind))
    assert (message.topic, message.key) == (topic, BOX.encode())
    assert message.value == line(kind=kind)
    assert message.at == TEN


def test_event_time_is_when_it_was_recorded_if_that_is_said() -> None:
    recorded_at = TEN + timedelta(minutes=3)
    assert address(line(recorded_at=recorded_at.isoformat()))[0].at == recorded_at


def test_a_message_of_many_units_goes_as_its_parts_each_keyed_by_its_own_unit() -> None:
    many = line(units=[{"type": "container", "id": box} for box in (OTHER_BOX, BOX)], unit=None)
    body = orjson.loads(many)
    del body["unit"]
    parts = address(orjson.dumps(body))
    assert [part.key for part in parts] == [OTHER_BOX.encode(), BOX.encode()]
    assert tuple(event for part in parts for event in decode(part.value)) == decode(
        orjson.dumps(body)
    )
    accounts = run(plan([orjson.dumps(body)], MINUTE), ListOutbox())
    assert (accounts.messages, accounts.split) == (1, 1)


@pytest.mark.parametrize("poison", [b"{broken", b"[]", line(kind="nonsense"), b"\xff\xfe"])
def test_what_cannot_be_read_is_sent_untouched_to_be_quarantined(poison: bytes) -> None:
    assert address(poison) == (Message("terminal-events", b"", poison, None),)


def test_beats_fall_on_multiples_of_the_tick_and_a_gap_is_one_beat() -> None:
    steps = list(plan([line(0), line(0.5), line(1.2), line(3.5)], MINUTE))
    beats = [(index, step.at - TEN) for index, step in enumerate(steps) if isinstance(step, Beat)]
    assert beats == [(2, 1 * MINUTE), (4, 3 * MINUTE), (6, 3.5 * MINUTE)]


def test_time_never_goes_back_and_poison_carries_it_forward() -> None:
    steps = list(plan([line(5), line(1), b"{", line(4.9)], MINUTE))
    beats = [step.at for step in steps if isinstance(step, Beat)]
    assert beats == [TEN + 5 * MINUTE]


def test_time_may_pass_after_the_last_event_and_never_ends_before_it() -> None:
    later, earlier = TEN + timedelta(days=1), TEN - timedelta(days=1)
    assert list(plan([line(0)], MINUTE, later))[-1] == Beat(later)
    assert list(plan([line(0)], MINUTE, earlier))[-1] == Beat(TEN)


def test_a_history_without_time_has_no_beat() -> None:
    assert [type(step) for step in plan([b"{", b"["], MINUTE)] == [Message, Message]
    assert list(plan([], MINUTE)) == []


def test_floor_counts_from_the_epoch() -> None:
    assert floor(TEN + timedelta(seconds=61), MINUTE) == TEN + MINUTE
    assert floor(TEN, MINUTE) == TEN


def test_a_tick_tells_each_partition_how_far_every_feed_was_written_before_it() -> None:
    outbox = ListOutbox()
    lines = [line(0), line(0.1, kind="released"), b"{", line(1)]
    run(plan(lines, MINUTE), outbox)
    odd, even = len(BOX) % 2, 0
    first, last = outbox.ticks[:2], outbox.ticks[2:]
    assert [tick.at for tick in first] == [TEN + MINUTE] * 2
    assert first[odd].upto == {"terminal-events": 1, "customs-events": 1}
    assert first[even].upto == {"terminal-events": 1}
    assert last[odd].upto == {"terminal-events": 2, "customs-events": 1}


def test_a_tick_does_not_name_a_feed_that_was_never_written() -> None:
    assert tick_at(TEN, 3, {"terminal-events": {1: 5}}).upto == {}


def test_the_accounts_name_everything_that_was_sent() -> None:
    lines = [line(0), line(0.1, kind="released"), b"{", line(2)]
    accounts = run(plan(lines, MINUTE), ListOutbox())
    assert accounts.document() == {
        "messages": 4,
        "by_topic": {"terminal-events": 3, "customs-events": 1},
        "split": 0,
        "unreadable": 1,
        "ticks": 2,
        "first_at": "2026-03-02T10:00:00Z",
        "last_at": "2026-03-02T10:02:00Z",
    }


def test_a_stopped_replay_still_knows_what_it_sent() -> None:
    replay = Replay(ListOutbox(), lambda _: None)
    steps = replay.run(plan([line(0), line(1), line(2)], MINUTE))
    next(steps)
    assert replay.accounts.messages == 1


def test_what_is_in_flight_is_bounded() -> None:
    outbox = ListOutbox()
    steps = [Message("terminal-events", b"k", b"v", TEN)] * (2 * IN_FLIGHT_MAX + 1)
    run(steps, outbox)
    assert outbox.unsettled_max == IN_FLIGHT_MAX


def test_a_beat_waits_for_its_time_before_anything_is_settled() -> None:
    waited: list[datetime] = []
    list(Replay(ListOutbox(), waited.append).run(plan([line(0), line(1)], MINUTE)))
    assert waited == [TEN + MINUTE, TEN + MINUTE]


def test_a_time_that_has_not_come_yet_never_moves_event_time() -> None:
    steps = list(plan([line(0), line(6)], MINUTE, received_at=TEN))
    assert [type(step) for step in steps] == [Message, Message, Beat]
    assert steps[1] == Message("terminal-events", b"", line(6), None)
    assert steps[-1] == Beat(TEN)


def test_what_is_said_of_a_place_goes_to_every_partition_and_counts_once() -> None:
    (declared,) = suspension("10:00")
    original, *copies = address(encode(declared))
    assert (original.counts, original.partition) == (True, None)
    assert [copy.partition for copy in copies] == list(range(PARTITIONS))
    assert {(copy.key, copy.value) for copy in copies} == {(original.key, original.value)}
    replay = Replay(ListOutbox(), lambda _: None)
    (*_, accounts) = replay.run([original, *copies])
    assert (accounts.messages, accounts.split) == (1, 0)

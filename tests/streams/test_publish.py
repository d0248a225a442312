"""Every word goes to its topic under its key, and is acknowledged before the caller goes on."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

import pytest

from events.codec import encode
from events.refusals import Reason, Refusal
from events.said import SaidOutcome, Words
from events.testing import alert, box, event, fate, outcome
from streams.effects import Effects
from streams.intake import Copy, DeadLetter, Part
from streams.plane.batches import Sent, WireRecord, partition_of
from streams.plane.run import TopicPartition
from streams.publish import Publisher, _end, words_of

PARTITIONS = 4
OUTCOMES = [outcome("box-move", "09:00"), outcome("pickup", "09:00", unit=box(1))]
ALERT = alert("box-move", "breached", "10:00")
FATE = fate(event("move-ended", "09:00"))


def _effects(kept: Any) -> Effects:
    refusal = Refusal(Reason.BROKEN_JSON, "no")
    words = Words.of(OUTCOMES, [ALERT], [FATE])
    return Effects(
        2,
        outcomes=[*words.outcomes],
        alerts=[*words.alerts],
        fates=[*words.fates],
        letters=[
            DeadLetter("terminal-events", 2, kept(7, b"{", b"key"), refusal),
            DeadLetter("terminal-events", 2, kept(8, None, None), refusal),
        ],
        parts=[Part("customs-events", b"unit", b"{}", "customs-events/2/9")],
        copies=[Copy("customs-events", n, b"CNLYG", b"{}", "customs-events/2/10") for n in (0, 3)],
    )


def test_each_word_has_its_topic_key_and_value(kept: Any) -> None:
    effects = _effects(kept)
    words = list(words_of(effects, PARTITIONS))

    assert [(word.topic, word.key, word.value) for word in words] == [
        ("stage-dwells", OUTCOMES[0].visit_id.encode(), encode(OUTCOMES[0])),
        ("stage-dwells", OUTCOMES[1].visit_id.encode(), encode(OUTCOMES[1])),
        ("limit-alerts", ALERT.visit_id.encode(), encode(ALERT)),
        ("event-fates", box().encode(), encode(FATE)),
        ("events-dlq", b"key", b"{"),
        ("events-dlq", None, None),
        ("customs-events", b"unit", b"{}"),
        ("customs-events", b"CNLYG", b"{}"),
        ("customs-events", b"CNLYG", b"{}"),
    ]
    for word in words[:7]:
        home = 2 if word.key is None else partition_of(word.key, PARTITIONS)
        assert word.partition == home
    assert dict(words[4].headers)["offset"] == b"7"
    assert dict(words[6].headers) == {"split-of": b"customs-events/2/9"}
    assert [word.partition for word in words[7:]] == [0, 3]
    assert dict(words[7].headers) == {"copy-of": b"customs-events/2/10"}


class Taken(NamedTuple):
    """What a broker answers to a batch."""

    offset: int


class SlowWire:
    """A wire whose acknowledgements come when the test says so: a batch lies at 100 and after."""

    def __init__(self) -> None:
        self.sent = list[WireRecord]()
        self.answer: asyncio.Future[Taken] | None = None

    async def post(self, records: Iterable[WireRecord]) -> list[Sent]:
        posted = list(records)
        self.sent += posted
        self.answer = asyncio.get_running_loop().create_future()
        counts = Counter(TopicPartition(record.topic, record.partition) for record in posted)
        return [Sent(tp, count, self.answer) for tp, count in counts.items()]


def test_publishing_waits_for_the_broker(kept: Any) -> None:
    async def go() -> None:
        wire = SlowWire()
        publishing = asyncio.ensure_future(
            Publisher(wire, PARTITIONS).publish(_effects(kept))  # type: ignore[arg-type]
        )
        for _ in range(5):
            await asyncio.sleep(0)
        assert not publishing.done()
        assert wire.answer
        wire.answer.set_result(Taken(100))
        ends = await publishing
        assert len(wire.sent) == 9
        assert ends == {tp: 100 + n for tp, n in Counter(map(_place, wire.sent)).items()}

    asyncio.run(go())


def test_a_refused_batch_is_an_error() -> None:
    async def go() -> None:
        wire = SlowWire()
        effects = Effects(0, outcomes=[SaidOutcome.of(OUTCOMES[0])])
        publishing = asyncio.ensure_future(
            Publisher(wire, PARTITIONS).publish(effects)  # type: ignore[arg-type]
        )
        await _turns()
        assert wire.answer
        wire.answer.set_exception(ConnectionError("gone"))
        with pytest.raises(ConnectionError):
            await publishing

    asyncio.run(go())


async def _turns() -> None:
    """Let everybody go on who can."""
    for _ in range(8):
        await asyncio.sleep(0)


def _step(*numbers: int) -> Effects:
    said = [SaidOutcome.of(outcome("pickup", "09:00", unit=box(n))) for n in numbers]
    return Effects(0, outcomes=said)


def _place(record: WireRecord) -> TopicPartition:
    return TopicPartition(record.topic, record.partition)


def _ends(*round: int, own: Collection[int] = ()) -> dict[TopicPartition, int]:
    """Where the words of these units end, all sent in one round, as far as the `own` go; of all."""
    ends, counts = dict[TopicPartition, int](), Counter[TopicPartition]()
    for n in round:
        key = outcome("pickup", "09:00", unit=box(n)).visit_id.encode()
        tp = TopicPartition("stage-dwells", partition_of(key, PARTITIONS))
        counts[tp] += 1
        if n in own or not own:
            ends[tp] = 100 + counts[tp]
    return ends


def test_a_step_ends_where_its_last_word_lies_however_many_batches_there_are() -> None:
    batches = [(100, 3), (200, 2), (300, 4)]
    ends = {1: 101, 3: 103, 4: 201, 5: 202, 6: 301, 9: 304}
    assert {records: _end(batches, records) for records in ends} == ends


def _units(wire: SlowWire) -> list[str]:
    return [str(record.key).split("/")[1] for record in wire.sent]


def _answer(wire: SlowWire, error: Exception | None = None) -> None:
    assert wire.answer
    if error is None:
        wire.answer.set_result(Taken(100))
    else:
        wire.answer.set_exception(error)


def test_what_is_said_while_the_broker_takes_a_round_leaves_with_the_next_in_order() -> None:
    async def go() -> None:
        wire = SlowWire()
        publisher = Publisher(wire, PARTITIONS)  # type: ignore[arg-type]
        first = asyncio.ensure_future(publisher.publish(_step(1)))
        await _turns()
        second = asyncio.ensure_future(publisher.publish(_step(3, 2)))
        third = asyncio.ensure_future(publisher.publish(_step(5)))
        await _turns()
        assert _units(wire) == [box(1)]
        _answer(wire)
        await _turns()
        assert first.done()
        assert not second.done()
        assert _units(wire) == [box(1), box(3), box(2), box(5)]
        _answer(wire)
        assert (await second, await third) == (_ends(3, 2), _ends(3, 2, 5, own={5}))

    asyncio.run(go())


def test_whoever_waits_no_more_takes_nothing_from_the_others_of_its_round() -> None:
    async def go() -> None:
        wire = SlowWire()
        publisher = Publisher(wire, PARTITIONS)  # type: ignore[arg-type]
        gone, stays = (asyncio.ensure_future(publisher.publish(_step(n))) for n in (1, 2))
        await _turns()
        gone.cancel()
        await _turns()
        _answer(wire)
        assert await stays == _ends(1, 2, own={2})
        assert _units(wire) == [box(1), box(2)]

    asyncio.run(go())


def test_a_round_after_a_refused_one_leaves_and_only_its_own_steps_fail() -> None:
    async def go() -> None:
        wire = SlowWire()
        publisher = Publisher(wire, PARTITIONS)  # type: ignore[arg-type]
        refused = asyncio.ensure_future(publisher.publish(_step(1)))
        await _turns()
        taken = asyncio.ensure_future(publisher.publish(_step(2)))
        _answer(wire, ConnectionError("gone"))
        await _turns()
        _answer(wire)
        assert await taken == _ends(2)
        with pytest.raises(ConnectionError):
            await refused

    asyncio.run(go())


def test_a_process_that_may_not_write_any_more_sends_nothing_of_a_round_that_waited() -> None:
    def unfit() -> None:
        raise PermissionError("too late")

    async def go() -> None:
        wire = SlowWire()
        publisher = Publisher(wire, PARTITIONS, fit=unfit)  # type: ignore[arg-type]
        with pytest.raises(PermissionError):
            await publisher.publish(_step(1))
        assert wire.sent == []

    asyncio.run(go())


def test_silence_sends_nothing() -> None:
    wire = SlowWire()

    assert asyncio.run(Publisher(wire, 4).publish(Effects(0))) == {}  # type: ignore[arg-type]
    assert wire.answer is None

"""Every word goes to its topic under its key, and is acknowledged before the caller goes on."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from events.codec import encode
from events.refusals import Reason, Refusal
from events.said import SaidOutcome, Words
from events.testing import alert, box, event, fate, outcome
from streams.effects import Effects
from streams.intake import Copy, DeadLetter, Part
from streams.plane.batches import WireRecord, partition_of
from streams.publish import Publisher, words_of

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


class SlowWire:
    """A wire whose acknowledgements come when the test says so."""

    def __init__(self) -> None:
        self.sent = list[WireRecord]()
        self.answer: asyncio.Future[None] | None = None

    async def post(self, records: Iterable[WireRecord]) -> list[Any]:
        self.sent += records
        self.answer = asyncio.get_running_loop().create_future()
        return [self.answer]


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
        wire.answer.set_result(None)
        assert await publishing == len(wire.sent) == 9

    asyncio.run(go())


def test_a_refused_batch_is_an_error() -> None:
    async def go() -> None:
        wire = SlowWire()
        effects = Effects(0, outcomes=[SaidOutcome.of(OUTCOMES[0])])
        publishing = asyncio.ensure_future(
            Publisher(wire, PARTITIONS).publish(effects)  # type: ignore[arg-type]
        )
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert wire.answer
        wire.answer.set_exception(ConnectionError("gone"))
        with pytest.raises(ConnectionError):
            await publishing

    asyncio.run(go())


def test_silence_sends_nothing() -> None:
    wire = SlowWire()

    assert asyncio.run(Publisher(wire, 4).publish(Effects(0))) == 0  # type: ignore[arg-type]
    assert wire.answer is None

"""Laws of the desk: a deed is written under its visit's key, or refused in bounded time."""

import asyncio
from collections.abc import Callable
from threading import Event as Flag
from typing import Any

import pytest
from aiokafka.partitioner import murmur2
from hypothesis import given
from hypothesis import strategies as st
from kafka import KafkaProducer
from kafka.errors import KafkaTimeoutError

from events.alerts import AlertDeed
from events.testing import alert
from events.topics import ALERT_DEEDS, PARTITIONS
from serving.asks import DeskUnavailable
from serving.board.testing import MORNING_S, deed
from serving.feed.desk import WAITING_MAX, LogDesk
from serving.metrics import BoardMetrics

SAID = deed(alert("pickup", "at-risk", "10:00"), "commented", MORNING_S)


class _Answer:
    def __init__(self, error: Exception | None) -> None:
        self._error = error

    def get(self, timeout: float | None = None) -> None:
        assert timeout is not None, "a wait without a bound"
        if self._error is not None:
            raise self._error


class _Producer:
    """Takes what it is given, or fails as told; `held` keeps it until set."""

    def __init__(self, error: Exception | None = None, held: Flag | None = None) -> None:
        self.sent: list[tuple[str, bytes, bytes]] = []
        self.closed = False
        self._error, self._held = error, held

    def send(self, topic: str, value: bytes, key: bytes) -> Any:
        if self._held is not None:
            assert self._held.wait(10)
        self.sent.append((topic, value, key))
        return _Answer(self._error)

    def close(self, timeout: float | None = None) -> None:
        self.closed = True


def _desk(*producers: _Producer, within_s: float = 5.0) -> tuple[LogDesk, BoardMetrics]:
    left, metrics = list(producers), BoardMetrics()
    return LogDesk(lambda: left.pop(0), within_s=within_s, metrics=metrics), metrics


def _results(metrics: BoardMetrics) -> dict[str, float | None]:
    name = "timing_board_deeds_total"
    return {
        result: metrics.registry.get_sample_value(name, {"result": result})
        for result in ("written", "refused")
    }


def test_a_deed_is_written_under_the_key_of_its_visit() -> None:
    producer = _Producer()
    desk, metrics = _desk(producer)
    asyncio.run(desk.write(SAID))
    desk.close()
    ((topic, value, key),) = producer.sent
    assert (topic, key) == ("alert-deeds", SAID.visit_id.encode())
    assert AlertDeed.model_validate_json(value) == SAID
    assert producer.closed
    assert _results(metrics) == {"written": 1, "refused": None}


def test_what_the_log_does_not_take_is_refused_and_the_next_try_has_a_new_producer() -> None:
    lost, sound = _Producer(KafkaTimeoutError("late")), _Producer()
    desk, metrics = _desk(lost, sound)
    with pytest.raises(DeskUnavailable, match="try again"):
        asyncio.run(desk.write(SAID))
    asyncio.run(desk.write(SAID))
    desk.close()
    assert lost.closed
    assert len(sound.sent) == 1
    assert _results(metrics) == {"written": 1, "refused": 1}


def test_a_broker_that_is_not_there_is_a_refusal_too() -> None:
    def open_nothing() -> _Producer:
        raise KafkaTimeoutError("no broker")

    desk = LogDesk(open_nothing)
    with pytest.raises(DeskUnavailable):
        asyncio.run(desk.write(SAID))
    desk.close()


def test_nobody_waits_longer_than_the_bound_and_no_more_wait_than_may() -> None:
    held = Flag()
    producer = _Producer(held=held)
    desk, _ = _desk(producer, within_s=0.05)

    async def many() -> list[object]:
        return await asyncio.gather(
            *(desk.write(SAID) for _ in range(WAITING_MAX + 5)), return_exceptions=True
        )

    try:
        found = asyncio.run(_released(many, held))
    finally:
        held.set()
        desk.close()
    assert all(isinstance(one, DeskUnavailable) for one in found)
    assert len(producer.sent) <= WAITING_MAX


async def _released(do: Callable[[], Any], held: Flag) -> list[object]:
    found: list[object] = await do()
    held.set()
    return found


class _Cluster:
    """All that a partitioner asks of a cluster."""

    def topics(self) -> set[str]:
        return {ALERT_DEEDS.name}

    def partitions_for_topic(self, topic: str) -> set[int]:
        return set(range(PARTITIONS))

    available_partitions_for_topic = partitions_for_topic


def _partition(key: bytes) -> int:
    """Where the producer's default puts a key; the desk asks for no other."""
    partitioner = KafkaProducer.DEFAULT_CONFIG["partitioner"]
    return int(partitioner.partition(ALERT_DEEDS.name, key, key, b"", b"", _Cluster()))


@given(st.binary(max_size=90))
def test_a_key_has_the_partition_that_workers_give_it(key: bytes) -> None:
    assert _partition(key) == (murmur2(key) & 0x7FFFFFFF) % PARTITIONS


def test_known_keys_have_their_known_partitions() -> None:
    """By the hashes that Apache Kafka publishes, so that both rules cannot be wrong together."""
    known = {b"21": -973932308, b"foobar": -790332482, b"a-little-bit-long-string": -985981536}
    for key, hashed in known.items():
        assert _partition(key) == (hashed & 0x7FFFFFFF) % PARTITIONS

"""What is ready is handed on as it was unpacked, with all that this wing reads of a record."""

import asyncio
import inspect
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.consumer.fetcher import Fetcher, FetchResult, PartitionRecords
from aiokafka.errors import CorruptRecordException
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.structs import ConsumerRecord, TopicPartition
from mode.threads import QueueServiceThread

from streams.app import build
from streams.plane.assigning import Assignor
from streams.plane.consumer import RunTransport
from streams.plane.fetching import RunThread, spare
from streams.settings import Settings
from timing.rules import Rules

HERE = TopicPartition("terminal-events", 3)
RECORDS: list[tuple[bytes | None, bytes | None, list[tuple[str, bytes]]]] = [
    (b"key", b"value", []),
    (None, b"value", [("split-of", b"terminal-events/0/1"), ("empty", b"")]),
    (b"key", None, []),
]


def _batch(first: int) -> bytes:
    builder = BatchBuilder(10_000, 0)
    for number, (key, value, headers) in enumerate(RECORDS):
        builder.append(timestamp=1_800_000_000_000 + number, key=key, value=value, headers=headers)
    data = bytearray(builder._build())
    data[:8] = first.to_bytes(8, "big")
    return bytes(data)


def _ready(data: bytes, position: int) -> Any:
    """A result as the fetcher keeps it; the partition is assigned and at this position."""
    records = PartitionRecords(HERE, MemoryRecords(data), [], position, None, None, True, 0)
    state = SimpleNamespace(paused=False, position=position, consumed_to=lambda offset: None)
    assignment = SimpleNamespace(active=True, state_value=lambda _: state)
    return FetchResult(HERE, assignment=assignment, partition_records=records, backoff=0)


def _read(data: bytes, position: int, *, spared: bool) -> list[Any]:
    fetcher = SimpleNamespace(_records={HERE: _ready(data, position)})
    if spared:
        spare(fetcher)
    records: list[Any] = fetcher._records[HERE].getall(None)
    return records


def _seen(records: list[Any]) -> list[Any]:
    return [(r.offset, r.timestamp, r.key, r.value, list(r.headers)) for r in records]


@pytest.mark.parametrize("position", [40, 41, 43])
def test_light_records_say_what_heavy_ones_say(position: int) -> None:
    data = _batch(40) + _batch(43)
    light, heavy = (_read(data, position, spared=spared) for spared in (True, False))

    assert _seen(light) == _seen(heavy)
    assert [record.offset for record in light] == list(range(position, 46))
    assert {type(record) is ConsumerRecord for record in heavy} == {True}
    assert not any(isinstance(record, ConsumerRecord) for record in light)


def test_a_damaged_batch_is_still_found_out() -> None:
    data = bytearray(_batch(40))
    data[-20] ^= 1
    with pytest.raises(CorruptRecordException):
        _read(bytes(data), 40, spared=True)


def test_what_is_no_result_is_left_alone() -> None:
    given_up = _ready(_batch(40), 40)
    given_up._partition_records = None
    error = object()
    spare(SimpleNamespace(_records={1: given_up, 2: error}))

    assert given_up._partition_records is None


def test_a_broker_may_hold_a_fetch_back_as_long_as_the_settings_say(tmp_path: Path) -> None:
    wanted = {"broker": "127.0.0.1:1", "data_dir": tmp_path, "fetch_wait_s": 0.3}

    async def made() -> tuple[int, int]:
        app = build(Settings.of({**wanted, "fetch_bytes_min": 7}), Rules(), lambda: 0.0)
        transport: Any = app.transport
        assert isinstance(transport, RunTransport)
        nobody: Any = print
        ours: Any = transport.create_consumer(
            callback=nobody, on_partitions_revoked=nobody, on_partitions_assigned=nobody
        )
        assert type(ours._thread) is RunThread
        consumer = ours._thread._create_worker_consumer(transport)
        try:
            assert consumer._partition_assignment_strategy == [app.assignor]
            assert isinstance(app.assignor, Assignor)
            return consumer._fetch_max_wait_ms, consumer._fetch_min_bytes
        finally:
            await consumer.stop()
            ours._thread.thread_loop.close()

    assert asyncio.run(made()) == (300, 7)
    starting = inspect.getsource(AIOKafkaConsumer.start)
    assert "fetch_max_wait_ms=self._fetch_max_wait_ms" in starting
    assert "fetch_min_bytes=self._fetch_min_bytes" in starting
    assert "assignors=self._partition_assignment_strategy" in starting


def test_a_fetch_that_was_to_be_tried_again_does_not_end_the_thread_unheard() -> None:
    """aiokafka's fetcher, stopped while it waits for another try: the cancellation comes out."""

    async def go() -> None:
        thread = RunThread.__new__(RunThread)
        fetcher = Fetcher.__new__(Fetcher)
        fetcher._fetch_task = asyncio.ensure_future(asyncio.sleep(60))
        fetcher._pending_tasks = {asyncio.ensure_future(asyncio.sleep(60))}
        fetcher._fetch_waiters = set()
        await asyncio.sleep(0)
        thread._consumer = SimpleNamespace(stop=fetcher.close)
        thread._method_queue = None
        with patch.object(QueueServiceThread, "on_thread_stop", _nothing):
            await thread.on_thread_stop()

    asyncio.run(go())


async def _nothing(_: object) -> None:
    """The queue of methods is not what this is about."""

"""What we replace in Faust and aiokafka, and what we rely on, as it was when we looked.

A failure here means: upstream changed underneath. Read the new source, decide whether our
replacement still stands, then move the fact.
"""

import asyncio
import hashlib
import inspect
import re
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.consumer.fetcher import Fetcher, FetchResult, PartitionRecords
from aiokafka.consumer.subscription_state import TopicPartitionState
from aiokafka.producer.message_accumulator import BatchBuilder, MessageAccumulator, MessageBatch
from faust.agents.agent import Agent
from faust.app.base import App
from faust.assignor.partition_assignor import PartitionAssignor
from faust.serializers.schemas import Schema
from faust.streams import Stream
from faust.tables.recovery import Recovery
from faust.transport.conductor import Conductor
from faust.transport.consumer import Consumer, ThreadDelegateConsumer
from faust.transport.drivers import aiokafka as driver
from faust.types.tuples import ConsumerMessage, Message
from mode.services import Service
from mode.utils.queues import FlowControlEvent
from mode.worker import Worker

from streams.plane.consumer import RunConsumer, RunTransport
from streams.plane.fetching import RunThread
from streams.plane.schema import RunSchema

VERSIONS = {"faust-streaming": "0.15.3", "mode-streaming": "0.7.1", "aiokafka": "0.14.0"}

REPLACED: dict[str, tuple[Any, str]] = {
    "Consumer._drain_messages": (Consumer._drain_messages, "44a2500309e8"),
    "Consumer._new_offset": (Consumer._new_offset, "1d2c7ea89a7a"),
    "Consumer._filter_tps": (
        Consumer._filter_tps_with_pending_acks,
        "f6f923977423",
    ),
    "Consumer.ack": (Consumer.ack, "5fcf41cf4515"),
    "Consumer.perform_seek": (Consumer.perform_seek, "0e8c130ff4b0"),
    "Consumer.on_partitions_revoked": (Consumer.on_partitions_revoked, "d04b7ae72c6f"),
    "Consumer.on_buffer_full": (Consumer.on_buffer_full, "c8961679e0bc"),
    "Consumer.on_buffer_drop": (Consumer.on_buffer_drop, "4b57e8a418d5"),
    "driver.verify_event_path": (driver.Consumer.verify_event_path, "a17e8f0610e1"),
    "driver.Thread.verify_event_path": (
        driver.AIOKafkaConsumerThread.verify_event_path,
        "b983e7735f64",
    ),
    "driver._new_consumer_thread": (driver.Consumer._new_consumer_thread, "0870ec53dea7"),
    "driver.Thread._fetch_records": (driver.AIOKafkaConsumerThread._fetch_records, "39a2c6c79fc1"),
    "driver.Thread.on_thread_stop": (driver.AIOKafkaConsumerThread.on_thread_stop, "8dfc004e258b"),
    "driver._create_worker_consumer": (
        driver.AIOKafkaConsumerThread._create_worker_consumer,
        "c2701bfc3e6f",
    ),
    "Schema.compile": (Schema.compile, "d46eec5ce319"),
    "Schema.decode": (Schema.decode, "b0d9ac280321"),
    "Consumer.resume_partitions": (Consumer.resume_partitions, "afe6b7c02a41"),
    "Recovery._restart_recovery": (Recovery._restart_recovery, "6bd8a8558a2d"),
}

RELIED_ON: dict[str, tuple[Any, str]] = {
    "Consumer._wait_next_records": (Consumer._wait_next_records, "6218e1969a63"),
    "Consumer.wait_empty": (Consumer.wait_empty, "e4662fe24f09"),
    "Consumer._commit_tps": (Consumer._commit_tps, "a20e230b05ae"),
    "Consumer._filter_committable_offsets": (Consumer._filter_committable_offsets, "dc5e9baf5d99"),
    "Consumer.track_message": (Consumer.track_message, "217d7f1399a4"),
    "Message.ack": (Message.ack, "4751b72c4ed8"),
    "ConsumerMessage.on_final_ack": (ConsumerMessage.on_final_ack, "45d670b6a8ac"),
    "Stream.ack": (Stream.ack, "32d7171a89b0"),
    "App._on_partitions_revoked": (App._on_partitions_revoked, "d5c895bbe57d"),
    "App._on_partitions_assigned": (App._on_partitions_assigned, "de932b7927db"),
    "App._stop_consumer": (App._stop_consumer, "55854a5de12c"),
    "Recovery._resume_streams": (Recovery._resume_streams, "d986a6710c1a"),
    "PartitionAssignor._get_copartitioned_groups": (
        PartitionAssignor._get_copartitioned_groups,
        "82b7a3764ad5",
    ),
    "PartitionAssignor.on_assignment": (PartitionAssignor.on_assignment, "72f34bf053d6"),
    "driver.credentials_to_aiokafka_auth": (driver.credentials_to_aiokafka_auth, "364c9c9c6852"),
    "driver.server_list": (driver.server_list, "5a13d9708b3c"),
    "Conductor._compile_message_handler": (Conductor._compile_message_handler, "9fbc0538097a"),
    "driver.seek_to_beginning": (driver.AIOKafkaConsumerThread.seek_to_beginning, "bd4250b8d1e7"),
    "driver._seek_wait": (driver.AIOKafkaConsumerThread._seek_wait, "9d221e816d94"),
    "driver._ensure_producer": (driver.Producer._ensure_producer, "5592a4bbdf25"),
    "driver.Producer._settings_default": (driver.Producer._settings_default, "9c39987fb719"),
    "aiokafka.start": (AIOKafkaConsumer.start, "2f1ba7044332"),
    "aiokafka.seek_to_committed": (AIOKafkaConsumer.seek_to_committed, "f6cd85c8b70a"),
    "aiokafka.assign": (AIOKafkaConsumer.assign, "284d8843e221"),
    "aiokafka.seek": (AIOKafkaConsumer.seek, "a9430f1f3b9a"),
    "aiokafka.position": (AIOKafkaConsumer.position, "2512259a90a2"),
    "aiokafka.end_offsets": (AIOKafkaConsumer.end_offsets, "f4b190785818"),
    "aiokafka.done": (MessageBatch.done, "2d765e5c2dc8"),
    "aiokafka.send_batch": (AIOKafkaProducer.send_batch, "bf42b0f0c5c0"),
    "aiokafka.create_batch": (AIOKafkaProducer.create_batch, "c4efda4bb7a0"),
    "aiokafka.BatchBuilder": (BatchBuilder, "8050802ca751"),
    "aiokafka.FetchResult": (FetchResult, "d7db13f06de8"),
    "aiokafka.PartitionRecords": (PartitionRecords, "94aa0da0dbec"),
    "aiokafka.fetched_records": (Fetcher.fetched_records, "be4348896b9b"),
    "aiokafka.add_batch": (MessageAccumulator.add_batch, "5ed1c5b1367a"),
    "mode.wait_first": (Service.wait_first, "feade6a31f8a"),
    "mode.execute_from_commandline": (Worker.execute_from_commandline, "212e98f635d7"),
    "aiokafka.close": (Fetcher.close, "1cd24bc1c442"),
}


def _source(function: Any) -> str:
    """The source of a function, or of the one inside a task of mode's."""
    return inspect.getsource(getattr(function, "fun", function))


def _fingerprint(function: Any) -> str:
    return hashlib.sha256(_source(function).encode()).hexdigest()[:12]


@pytest.mark.parametrize("package", VERSIONS)
def test_the_version_is_the_one_this_was_written_for(package: str) -> None:
    assert version(package) == VERSIONS[package]


@pytest.mark.parametrize("name", REPLACED)
def test_what_we_replace_has_not_changed(name: str) -> None:
    function, fingerprint = REPLACED[name]
    assert _fingerprint(function) == fingerprint, name


@pytest.mark.parametrize("name", RELIED_ON)
def test_what_we_rely_on_has_not_changed(name: str) -> None:
    function, fingerprint = RELIED_ON[name]
    assert _fingerprint(function) == fingerprint, name


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (RunConsumer, (ThreadDelegateConsumer, driver.Consumer)),
        (RunThread, (driver.AIOKafkaConsumerThread,)),
        (RunSchema, (Schema,)),
    ],
)
def test_every_method_of_ours_that_upstream_has_takes_the_same_arguments(
    ours: type, theirs: tuple[type, ...]
) -> None:
    for name, mine in vars(ours).items():
        for base in theirs:
            other = getattr(base, name, None)
            if inspect.isfunction(mine) and inspect.isfunction(other) and not name.startswith("__"):
                assert _accepts(mine, other), f"{ours.__name__}.{name} against {base.__name__}"


def _accepts(mine: Callable[..., Any], theirs: Callable[..., Any]) -> bool:
    """Whether every parameter of theirs has a place in mine."""
    kinds = inspect.Parameter
    own = inspect.signature(mine).parameters
    if any(p.kind in (kinds.VAR_KEYWORD, kinds.VAR_POSITIONAL) for p in own.values()):
        return True
    return list(own) == list(inspect.signature(theirs).parameters)


def test_every_fact_is_told_in_the_page_of_the_plane_and_no_other() -> None:
    page = (Path(__file__).parents[3] / "docs" / "plane.md").read_text()
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    assert sorted(name for row in rows for name in re.findall("`([^`]+)`", row)) == sorted(
        {**REPLACED, **RELIED_ON}
    )
    for package, number in VERSIONS.items():
        assert f"{package} {number}" in page


def test_the_seams_are_where_faust_looks() -> None:
    assert driver.Transport.Consumer is driver.Consumer
    assert RunTransport.Consumer is RunConsumer
    assert isinstance(inspect.getattr_static(App, "transport"), property)


def test_a_fetch_position_can_be_read_where_the_ledger_needs_it() -> None:
    async def go() -> None:
        state = TopicPartitionState(None)
        assert (state._position, state.highwater) == (None, None)
        state.seek(5)
        assert state._position == 5

    asyncio.run(go())


def test_the_stock_commit_still_has_the_hole_that_the_ledger_closes() -> None:
    """Once this fails, upstream may have closed it, and the ledger may have had its day."""
    source = inspect.getsource(Consumer._new_offset)
    assert "min(acked) - committed_offset > 1" in source


def test_recovery_still_stops_everything_and_swallows_what_a_store_raises() -> None:
    """Once this fails, the restorer may have had its day."""
    assert 'logger.warning(f"Error in recovery {ex}")' in _source(Recovery._slurp_changelogs)
    waiting = _source(Recovery._restart_recovery)
    assert waiting.index("signal_recovery_end.wait") < waiting.index("on_recovery_completed")


def test_an_app_without_tables_is_resumed_at_once() -> None:
    """Once this fails, Faust waits for a recovery of which it knows nothing."""
    source = _source(Recovery._restart_recovery)
    assert source.index("if not self.tables") < source.index("_set_recovery_started")
    resuming = inspect.getsource(Recovery._resume_streams)
    assert resuming.index("resume_partitions") < resuming.index("perform_seek")


def test_without_tables_faust_would_scatter_a_unit_s_topics_over_the_workers() -> None:
    """Once this fails, the assignor need not be set by us any more."""
    source = inspect.getsource(driver.AIOKafkaConsumerThread._create_worker_consumer)
    assert "else RoundRobinPartitionAssignor" in source
    assert "bool(self.app.tables.changelog_topics)" in source


def test_resuming_still_empties_the_queues_after_the_seek() -> None:
    """Once this fails, a seek need not stop the flow any more."""
    assert "self.clear()" in inspect.getsource(FlowControlEvent.resume)
    source = inspect.getsource(Recovery._resume_streams)
    assert source.index("perform_seek") < source.index("flow_control.resume()")
    assert source.index("flow_control.resume()") < source.index("consumer.resume_flow()")


def test_an_agent_is_supervised_by_the_class_in_the_settings() -> None:
    assert "agent_supervisor" in inspect.getsource(Agent)

"""The topology is a value: nothing happens on import, and two of them do not meet."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from faust.types import TP

from events.topics import EVENT_TOPICS, STAGE_DWELLS, TICKS, UNIT_RECALLS
from streams.app import assemble, build
from streams.doubts import Takeover
from streams.plane.consumer import RunConsumer, RunTransport
from streams.plane.run import TopicPartition
from streams.plane.schema import RunSchema
from streams.settings import Settings
from timing.rules import Rules

ROOT = Path(__file__).parents[2]


def _settings(tmp_path: Path, **more: Any) -> Settings:
    return Settings.of({"broker": "127.0.0.1:1", "data_dir": tmp_path, **more})


def _in_loop(test: Callable[[], None]) -> None:
    async def go() -> None:
        test()

    asyncio.run(go())


def test_importing_the_wing_starts_nothing() -> None:
    code = "import streams.app, threading; print(threading.active_count())"
    command = [sys.executable, "-c", code]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert (found.stdout.strip(), found.stderr) == ("1", "")


def test_the_app_is_fail_fast_and_patient_only_where_it_must_be(tmp_path: Path) -> None:
    def look() -> None:
        app = build(_settings(tmp_path), Rules(), lambda: 0.0)
        conf: Any = app.conf
        assert conf.agent_supervisor.__name__ == "CrashingSupervisor"
        assert (conf.broker_session_timeout, conf.broker_heartbeat_interval) == (6.0, 1.5)
        assert (conf.stream_wait_empty, conf.table_standby_replicas) == (True, 0)
        assert conf.consumer_auto_offset_reset == "earliest"
        assert conf.producer_max_request_size == 4 * 1024 * 1024
        assert (conf.producer_acks, conf.web_enabled) == (-1, False)
        assert isinstance(app.transport, RunTransport)

    _in_loop(look)


def test_one_agent_reads_every_source_topic_in_runs(tmp_path: Path) -> None:
    def look() -> None:
        app = build(_settings(tmp_path), Rules(), lambda: 0.0)
        (agent,) = app.agents.values()
        channel: Any = agent.channel
        assert set(channel.topics) == {topic.name for topic in (*EVENT_TOPICS, TICKS, UNIT_RECALLS)}
        assert isinstance(channel.schema, RunSchema)
        assert agent.concurrency == 1
        assert set(app.tables) == set(), "what Faust would restore, it would stop everything for"

    _in_loop(look)


def test_what_moves_or_is_read_back_clears_the_desks_and_shuts_the_gate(
    tmp_path: Path, small_law: Any
) -> None:
    async def go() -> None:
        topology = assemble(_settings(tmp_path), small_law, lambda: 0.0)
        transport: Any = topology.app.transport
        cleared: list[str] = []
        topology.timekeeper.reset = lambda: cleared.append("all")  # type: ignore[method-assign]
        begun: list[set[int]] = []
        topology.restorer.begin = begun.append  # type: ignore[method-assign,assignment]
        transport.gate.open(0)
        await topology.app.on_partitions_revoked.send({TP("ticks", 0)})
        assert cleared == ["all"]
        assert not transport.gate.is_open(0)
        transport.gate.open(0)
        await topology.app.on_partitions_assigned.send({TP("ticks", 0), TP("terminal-events", 2)})
        assert (cleared, begun) == (["all", "all"], [{0, 2}])
        assert not transport.gate.is_open(0)

    asyncio.run(go())


def test_a_partition_that_is_whole_flows_from_a_desk_made_anew(
    tmp_path: Path, small_law: Any
) -> None:
    async def go() -> None:
        topology = assemble(_settings(tmp_path), small_law, lambda: 0.0)
        transport: Any = topology.app.transport
        consumer = RunConsumer.__new__(RunConsumer)
        flowing: list[int] = []
        consumer.let_flow = flowing.append  # type: ignore[method-assign,assignment]
        topology.app.consumer = consumer
        before = topology.timekeeper._desk(2)
        said_to = {TopicPartition(STAGE_DWELLS.name, 1): 7}
        topology.table.part(2).taken_over = Takeover({}, said_to, 0)
        topology.restorer._door.whole(2)
        assert flowing == [2]
        assert transport.gate.is_open(2)
        assert topology.timekeeper._desk(2) is not before

    asyncio.run(go())


def test_two_apps_in_one_process_do_not_meet(tmp_path: Path, small_law: Any) -> None:
    def look() -> None:
        one = assemble(_settings(tmp_path, app_id="one"), small_law, lambda: 0.0)
        two = assemble(_settings(tmp_path, app_id="two"), small_law, lambda: 0.0)
        one.table.part(0).rows["a"] = b"1"
        assert len(two.table) == 0
        assert one.metrics.registry is not two.metrics.registry
        assert one.table.topic != two.table.topic

    _in_loop(look)

"""The topology: one consumer group, one table, one agent; a value made by a function.

Web, sensors, assignment, rebalancing and recovery are Faust's. Nothing happens on import.
"""

from collections.abc import Callable
from typing import Any

import faust
from faust.types import TP
from yarl import URL

from events.topics import EVENT_TOPICS, TICKS
from streams.agent import Agent
from streams.law import Law, TimingLaw
from streams.metrics import Metrics
from streams.plane.batches import Batching, Wire
from streams.plane.consumer import RunConsumer, RunTransport
from streams.plane.fetching import Gathering
from streams.plane.schema import RunSchema
from streams.plane.table import RunTable
from streams.plane.watchdog import Pulsebeat
from streams.publish import Publisher
from streams.settings import Settings
from streams.settling import Settling
from streams.tables import UNITS_TABLE, verify
from streams.timekeeper import Bounds, Surroundings, Timekeeper
from streams.topology import Topology
from streams.vigil import watch
from timing.rules import Rules

Clock = Callable[[], float]


def build(settings: Settings, rules: Rules, clock: Clock) -> faust.App:
    """The Faust app that judges by these rules. `clock` is monotonic, in seconds."""
    return assemble(settings, TimingLaw(rules), clock).app


def assemble(settings: Settings, law: Law, clock: Clock) -> Topology:
    """The same, for any law, with its parts in view."""
    app = _app(settings)
    wire = Wire(lambda: _producer(app))
    table = RunTable(
        app,
        name=UNITS_TABLE,
        partitions=settings.partitions,
        verify=verify,
        wire=wire,
        barrier=settings.changelog_barrier,
    )
    app.tables.add(table)
    timekeeper = Timekeeper(law, _bounds(settings), _surroundings(app, table))
    pulsebeat = Pulsebeat(settings.session_timeout_s)
    metrics = Metrics()

    def fit() -> None:
        pulsebeat.check(clock())

    settling = Settling(
        Publisher(wire, settings.partitions, settings.linger_s, fit),
        table,
        metrics,
        fit=fit,
        crash=app.crash,
        steps_max=settings.settling_steps_max,
    )
    _attach(app, Agent(timekeeper, settling, metrics, clock))
    _forget_on_rebalance(app, table, timekeeper)
    topology = Topology(app, table, timekeeper, metrics, pulsebeat)
    watch(topology, settings, clock)
    return topology


def _app(settings: Settings) -> faust.App:
    urls = [URL(f"kafka://{address}") for address in settings.brokers]
    app = faust.App(
        settings.app_id,
        broker=urls,
        datadir=str(settings.data_dir / settings.app_id),
        store="memory://",
        web_enabled=settings.web_port is not None,
        web_port=settings.web_port or 6066,
        topic_partitions=settings.partitions,
        topic_replication_factor=settings.replication,
        topic_disable_leader=True,
        table_standby_replicas=0,
        agent_supervisor="mode.supervisors.CrashingSupervisor",
        stream_wait_empty=True,
        stream_buffer_maxsize=settings.queue_runs_max,
        consumer_auto_offset_reset="earliest",
        broker_session_timeout=settings.session_timeout_s,
        broker_heartbeat_interval=settings.heartbeat_s,
        broker_commit_interval=settings.commit_interval_s,
        broker_request_timeout=20.0,
        producer_request_timeout=settings.publish_timeout_s,
        producer_max_batch_size=settings.batch_bytes_max,
        producer_max_request_size=settings.request_bytes_max,
    )
    app.transport = RunTransport(
        urls,
        app,
        run_records_max=settings.run_records_max,
        gathering=Gathering(settings.fetch_wait_s, settings.fetch_bytes_min),
    )
    return app


def _attach(app: faust.App, agent: Agent) -> None:
    """One agent on every source topic: a partition's events and ticks pass through one hand."""
    names = [topic.name for topic in (*EVENT_TOPICS, TICKS)]
    channel = app.topic(*names, schema=RunSchema())
    app.agent(channel, name="streams.time_units")(agent.time_units)


def _forget_on_rebalance(app: faust.App, table: RunTable, timekeeper: Timekeeper) -> None:
    """Desks are made from the rows, so whatever moves or rereads the rows clears the desks."""

    async def forget_revoked(*_: Any, **__: Any) -> None:
        timekeeper.reset()

    async def forget_reread() -> None:
        timekeeper.reset()

    app.on_partitions_revoked.connect(forget_revoked, weak=False)
    table.on_recover(forget_reread)


def _bounds(settings: Settings) -> Bounds:
    return Bounds(
        partitions=settings.partitions,
        run_records_max=settings.run_records_max,
        live_histories_max=settings.live_histories_max,
        held_ticks_max=settings.held_ticks_max,
        places_max=settings.places_max,
        refusals_in_a_row_max=settings.refusals_in_a_row_max,
    )


def _surroundings(app: faust.App, table: RunTable) -> Surroundings:
    def reached(topic: str, partition: int) -> int | None:
        consumer = app.consumer
        assert isinstance(consumer, RunConsumer)
        return consumer.reached(TP(topic, partition))

    return Surroundings(
        part=lambda partition: table.data.part(partition),
        reached=reached,
        interrupted=lambda: app.rebalancing or app.should_stop,
    )


def _producer(app: faust.App) -> Batching:
    """The aiokafka producer inside Faust's; there once the app has started."""
    return app.producer._ensure_producer()  # type: ignore[attr-defined,no-any-return]

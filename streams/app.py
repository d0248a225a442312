"""The topology: one consumer group, one table, one agent; a value made by a function.

Web, sensors, assignment and rebalancing are Faust's. Nothing happens on import.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import faust
import structlog
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth, server_list
from faust.types import TP
from yarl import URL

from events.topics import EVENT_TOPICS, TICKS, UNIT_RECALLS
from streams.agent import Agent
from streams.credentials import credentials
from streams.desk import prepare
from streams.doubts import listener
from streams.law import Law, TimingLaw
from streams.metrics import Metrics
from streams.plane.assigning import Assignor
from streams.plane.batches import Batching, Wire
from streams.plane.changelog import KafkaLog
from streams.plane.consumer import RunConsumer, RunTransport
from streams.plane.disk import on_disk
from streams.plane.fence import Fence
from streams.plane.fetching import Gathering
from streams.plane.restoring import Door, Gate, Log, Reading, Restorer
from streams.plane.schema import RunSchema
from streams.plane.table import RunTable
from streams.plane.watchdog import Pulsebeat
from streams.publish import Publisher
from streams.settings import Settings
from streams.settling import Settling
from streams.tables import SOURCES, changelog_name, decode_clock, verify
from streams.timekeeper import Bounds, Surroundings, Timekeeper
from streams.topology import Topology
from streams.vigil import watch
from timing.rules import Rules

Clock = Callable[[], float]

_KAFKA_PORT: Final = 9092
_STATE: Final = "state"
_EVENTS: Final = frozenset(topic.name for topic in (*EVENT_TOPICS, UNIT_RECALLS))
_log = structlog.get_logger("streams")


def build(settings: Settings, rules: Rules, clock: Clock) -> faust.App:
    """The Faust app that judges by these rules. `clock` is monotonic, in seconds."""
    return assemble(settings, TimingLaw(rules), clock).app


def assemble(settings: Settings, law: Law, clock: Clock) -> Topology:
    """The same, for any law, with its parts in view."""
    gate = Gate()
    app = _app(settings, gate, _held(lambda: table))
    pulsebeat = Pulsebeat(settings.session_timeout_s)

    def fit() -> None:
        pulsebeat.check(clock())

    wire = Wire(Fence(lambda: _producer(app), fit))
    table = _table(settings, wire)
    timekeeper = Timekeeper(law, _bounds(settings), _surroundings(app, table))
    metrics = Metrics()
    settling = Settling(
        Publisher(wire, settings.partitions, settings.linger_s, fit),
        table,
        metrics,
        fit=fit,
        crash=app.crash,
        steps_max=settings.settling_steps_max,
    )
    _attach(app, Agent(timekeeper, settling, metrics, clock))
    listen = listener(law, settings.partitions)
    restorer = _restorer(app, Reading(verify, prepare, listen), gate, (timekeeper, settling))
    _follow_rebalances(app, restorer, gate, timekeeper)
    topology = Topology(app, table, timekeeper, metrics, pulsebeat, restorer)
    watch(topology, settings, clock)
    return topology


def _held(table: Callable[[], RunTable]) -> Callable[[TP], int | None]:
    """How far the restored state holds a partition of events or recalls. Of ticks it says nothing:
    one that is missed is made up for by the next."""

    def held(tp: TP) -> int | None:
        if tp.topic not in _EVENTS:
            return None
        clock = decode_clock(table().part(tp.partition).clock)
        return clock.read_to.get(SOURCES[tp.topic], 0)

    return held


def _table(settings: Settings, wire: Wire) -> RunTable:
    topic, barrier = changelog_name(settings.app_id), settings.changelog_barrier
    if settings.state == "memory":
        return RunTable(topic, wire, barrier=barrier)
    folder = settings.data_dir / settings.app_id / _STATE
    return RunTable(topic, wire, barrier=barrier, new_part=on_disk(folder))


def _app(settings: Settings, gate: Gate, held: Callable[[TP], int | None]) -> faust.App:
    urls = [URL(f"kafka://{address}") for address in settings.brokers]
    app = faust.App(
        settings.app_id,
        broker=urls,
        broker_credentials=credentials(settings.kafka_python),
        datadir=str(settings.data_dir / settings.app_id),
        store="memory://",
        web_enabled=settings.web_port is not None,
        web_port=settings.web_port or 6066,
        topic_partitions=settings.partitions,
        topic_replication_factor=settings.replication,
        topic_disable_leader=True,
        table_standby_replicas=0,
        PartitionAssignor=Assignor,
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
        gate=gate,
        gathering=Gathering(settings.fetch_wait_s, settings.fetch_bytes_min),
        held=held,
    )
    return app


def _attach(app: faust.App, agent: Agent) -> None:
    """One agent on every source topic: all of a partition passes through one hand."""
    names = [topic.name for topic in (*EVENT_TOPICS, TICKS, UNIT_RECALLS)]
    channel = app.topic(*names, schema=RunSchema())
    app.agent(channel, name="streams.time_units")(agent.time_units)


def _restorer(
    app: faust.App, reading: Reading, gate: Gate, hands: tuple[Timekeeper, Settling]
) -> Restorer:
    timekeeper, settling = hands
    table = settling.table

    async def open_log() -> Log:
        return await KafkaLog.opened(
            table.topic,
            bootstrap_servers=server_list(app.conf.broker_consumer, _KAFKA_PORT),
            **credentials_to_aiokafka_auth(app.conf.broker_credentials, app.conf.ssl_context),
        )

    def whole(partition: int) -> None:
        timekeeper.forget(partition)
        settling.reach.begin(partition, table.part(partition).taken_over.said_to)
        gate.open(partition)
        _consumer(app).let_flow(partition)
        _log.info("partition whole", partition=partition, rows=len(table.part(partition).rows))

    def failed(error: BaseException) -> None:
        crashing.append(asyncio.ensure_future(app.crash(error)))

    crashing: list[asyncio.Future[None]] = []
    return Restorer(table, open_log, reading, Door(whole, failed))


def _follow_rebalances(
    app: faust.App, restorer: Restorer, gate: Gate, timekeeper: Timekeeper
) -> None:
    """Desks are made from the rows, so whatever moves or rereads the rows clears the desks."""

    async def leave(*_: Any, **__: Any) -> None:
        restorer.leave()
        gate.shut()
        timekeeper.reset()

    async def begin(*given: Any, **_: Any) -> None:
        await leave()
        assigned: set[TP] = given[-1]
        restorer.begin({tp.partition for tp in assigned})

    app.on_partitions_revoked.connect(leave, weak=False)
    app.on_partitions_assigned.connect(begin, weak=False)
    app.on_before_shutdown.connect(leave, weak=False)


def _bounds(settings: Settings) -> Bounds:
    return Bounds(
        partitions=settings.partitions,
        run_records_max=settings.run_records_max,
        live_histories_max=settings.live_histories_max,
        held_ticks_max=settings.held_ticks_max,
        places_max=settings.places_max,
        refusals_in_a_row_max=settings.refusals_in_a_row_max,
        unit_bytes_max=settings.unit_bytes_max,
        resent_bytes_max=settings.resent_bytes_max,
    )


def _surroundings(app: faust.App, table: RunTable) -> Surroundings:
    def reached(topic: str, partition: int) -> int | None:
        return _consumer(app).reached(TP(topic, partition))

    return Surroundings(
        part=table.part,
        reached=reached,
        interrupted=lambda: app.rebalancing or app.should_stop,
    )


def _consumer(app: faust.App) -> RunConsumer:
    consumer = app.consumer
    assert isinstance(consumer, RunConsumer)
    return consumer


def _producer(app: faust.App) -> Batching:
    """The aiokafka producer inside Faust's; there once the app has started."""
    return app.producer._ensure_producer()  # type: ignore[attr-defined,no-any-return]

"""`portclock worker|writer|pulse|restater`: one service each, until it is told to stop."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from portclock.commands.options import Limits
from portclock.environment import environment
from portclock.failure import Failure

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from sinks.settings import WriterSettings
    from streams.settings import Settings as WorkerSettings

MetricsPort = Annotated[
    int | None,
    typer.Option(
        "--metrics-port",
        metavar="PORT",
        envvar="PORTCLOCK_METRICS_PORT",
        help="Serve /metrics for Prometheus there.",
    ),
]
MetricsHost = Annotated[
    str,
    typer.Option(
        "--metrics-host",
        metavar="ADDRESS",
        envvar="PORTCLOCK_METRICS_HOST",
        help="Serve it on this address; 0.0.0.0 is every one of this machine's.",
    ),
]
METRICS_HOST = "127.0.0.1"
WORKER = "PORTCLOCK_WORKER_"


def worker(
    limits: Limits = None,
    metrics_port: MetricsPort = None,
    metrics_host: MetricsHost = METRICS_HOST,
) -> None:
    """Time and judge what the topics say: events in, outcomes out.

    Takes PORTCLOCK_BROKER, and every bound of the stream as PORTCLOCK_WORKER_NAME. Start as many
    as there are cores: they share the partitions. Ends cleanly on SIGTERM and Ctrl-C.
    """
    from portclock.broker_entry import require_entry
    from portclock.commands.wiring import rules, settings
    from streams.provision import ProvisioningError
    from streams.worker import run

    bounds = worker_settings(environment(), metrics_port, metrics_host)
    law = rules(limits)
    require_entry(settings().broker)
    bounds.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        run(bounds, law, time.monotonic)
    except ProvisioningError as error:
        raise Failure(str(error)) from error


def writer(metrics_port: MetricsPort = None, metrics_host: MetricsHost = METRICS_HOST) -> None:
    """Write what was judged, and the events it was judged from, into ClickHouse, each fact once.

    Takes PORTCLOCK_BROKER and PORTCLOCK_CLICKHOUSE, and every bound of the writer as
    PORTCLOCK_WRITER_NAME; PORTCLOCK_WRITER_EVENTS=no leaves the events out. Waits for a
    ClickHouse that is away; ends cleanly on SIGTERM and Ctrl-C.
    """
    from portclock.commands.logs import log_to_stderr
    from portclock.commands.stopping import asked_to_stop
    from portclock.commands.wiring import settings
    from sinks.lanes import write
    from sinks.metrics import SinkMetrics

    log_to_stderr("writer")
    bounds, metrics = writer_settings(environment()), SinkMetrics()
    with asked_to_stop() as stopping, _explained(settings().broker):
        _serve(metrics.registry, metrics_port, metrics_host)
        write(bounds, time.monotonic, metrics, stopping.is_set)


def pulse(
    every: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="Time between two ticks.")
    ] = 1.0,
    metrics_port: MetricsPort = None,
    metrics_host: MetricsHost = METRICS_HOST,
) -> None:
    """Write the time into every partition each second, so that a quiet feed raises its breaches.

    Takes PORTCLOCK_BROKER. Run one; a replay brings its own ticks and needs none.
    """
    from portclock.commands.logs import log_to_stderr
    from portclock.commands.moments import now
    from portclock.commands.stopping import asked_to_stop
    from portclock.commands.wiring import settings
    from streams.metrics import PulseMetrics
    from streams.pulse import PulseLost, run_pulse

    log_to_stderr("pulse")
    bounds, metrics = worker_settings(environment(), None), PulseMetrics()
    with asked_to_stop() as stopping, _explained(settings().broker):
        _serve(metrics.registry, metrics_port, metrics_host)
        try:
            run_pulse(bounds, now, stopping, interval_s=every, metrics=metrics)
        except PulseLost as error:
            raise Failure(str(error)) from error


def restater(
    limits: Limits = None,
    metrics_port: MetricsPort = None,
    metrics_host: MetricsHost = METRICS_HOST,
) -> None:
    """Have units judged again that something was heard of after they were forgotten (重述).

    Brings them back from the tables, and has the workers judge them as a whole; marks the months
    that this touches. Takes PORTCLOCK_BROKER and PORTCLOCK_CLICKHOUSE, the editions of the
    workers, and every bound as PORTCLOCK_RESTATER_NAME. Run one or several: they share the work.
    """
    from portclock.commands.logs import log_to_stderr
    from portclock.commands.stopping import asked_to_stop
    from portclock.commands.wiring import rules, settings
    from portclock.restating.metrics import RestaterMetrics
    from portclock.restating.settings import Bounds
    from portclock.restating.wiring import restating

    log_to_stderr("restater")
    environ = environment()
    bounds, metrics, law = Bounds.from_mapping(environ), RestaterMetrics(), rules(limits)
    with asked_to_stop() as stopping, _explained(settings().broker):
        _serve(metrics.registry, metrics_port, metrics_host)
        with restating(writer_settings(environ), settings().broker, law, bounds) as service:
            service(metrics, stopping)


def worker_settings(
    environ: Mapping[str, str], metrics_port: int | None, metrics_host: str = METRICS_HOST
) -> "WorkerSettings":
    """PORTCLOCK_BROKER, PORTCLOCK_DATA and PORTCLOCK_WORKER_*; an empty one counts as absent."""
    from pydantic import ValidationError

    from portclock.settings import read_settings
    from streams.settings import Settings as WorkerSettings

    door = read_settings(environ)
    values: dict[str, object] = {"metrics_host": metrics_host}
    values["kafka_python"] = door.kafka.kafka_python
    values |= {
        name.removeprefix(WORKER).lower(): text.strip()
        for name, text in environ.items()
        if name.startswith(WORKER) and text.strip()
    }
    values |= {"broker": ",".join(door.broker), "metrics_port": metrics_port or door.metrics_port}
    values |= {"data_dir": door.data} if door.data else {}
    try:
        return WorkerSettings.of(values)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = WORKER + ".".join(map(str, first["loc"])).upper()
        raise Failure(
            f"the environment variable {name} is not understood: {first['msg']}"
        ) from None


def writer_settings(environ: Mapping[str, str]) -> "WriterSettings":
    """What the writer reads from the environment. Raises Failure naming the variable."""
    from portclock.settings import kafka_security
    from sinks.settings import SettingsError, WriterSettings

    try:
        settings = WriterSettings.from_mapping(environ)
    except SettingsError as error:
        raise Failure(str(error)) from None
    security = kafka_security(environ)
    clients = {"librdkafka": security.librdkafka, "kafka_python": security.kafka_python}
    return settings.model_copy(update=clients)


@contextmanager
def _explained(brokers: tuple[str, ...]) -> Iterator[None]:
    """What ends a writer, as sentences."""
    from portclock.broker_entry import entered
    from sinks.consumer import StandsStill
    from sinks.writer import InsertRefused, PoisonRecord

    try:
        with entered(brokers):
            yield
    except (InsertRefused, PoisonRecord, StandsStill) as error:
        raise Failure(str(error)) from error


def _serve(registry: "CollectorRegistry", port: int | None, host: str) -> None:
    """Serve /metrics there, with what the process itself weighs, if a port is given."""
    if not port:
        return
    from prometheus_client import ProcessCollector, start_http_server

    ProcessCollector(registry=registry)
    try:
        start_http_server(port, host, registry=registry)
    except OSError as error:
        raise Failure(
            f"the port {port} for /metrics cannot be had on {host} ({error.strerror})",
            do="choose another with PORTCLOCK_METRICS_PORT",
        ) from error

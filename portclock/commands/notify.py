"""`portclock notify`: tell people, by the routes file, until it is told to stop."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portclock.commands.services import METRICS_HOST, MetricsHost, MetricsPort
from portclock.environment import environment
from portclock.failure import Failure

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from serving.notify.routes import Routes
    from serving.notify.settings import NotifySettings

RoutesFile = Annotated[
    Path | None,
    typer.Option(
        "--routes",
        metavar="FILE",
        envvar="PORTCLOCK_ROUTES",
        help="Who is told of what, and how (TOML).",
        show_default=False,
    ),
]
Check = Annotated[
    bool,
    typer.Option("--check", help="Only read the routes file, and show what an alert would do."),
]


def notify(
    routes: RoutesFile = None,
    metrics_port: MetricsPort = None,
    metrics_host: MetricsHost = METRICS_HOST,
    check: Check = False,
) -> None:
    """Tell people what is at risk, overdue, ended or withdrawn: by webhook, mail and group robots.

    Takes PORTCLOCK_BROKER, the routes file, PORTCLOCK_BOARD_URL for links, and every bound of the
    notifier as PORTCLOCK_NOTIFY_NAME; its outbox is a file in PORTCLOCK_DATA. Run one. Ends
    cleanly on SIGTERM and Ctrl-C; after a crash it goes on where it was.
    """
    from portclock.commands.logs import log_to_stderr
    from portclock.commands.stopping import asked_to_stop
    from portclock.commands.wiring import settings as at_the_door
    from serving.notify.metrics import NotifyMetrics
    from serving.notify.notifier import House
    from serving.notify.notifier import notify as run

    environ = environment()
    settings, found = read(environ, routes)
    if check:
        for line in shown(found, settings, now_ms()):
            typer.echo(line)
        return
    log_to_stderr("notify")
    metrics = NotifyMetrics()
    with asked_to_stop() as stopping, _explained(at_the_door().broker):
        _serve(metrics.registry, metrics_port, metrics_host)
        run(House(found, settings, now_ms, environ, metrics), stopping.is_set)


def now_ms() -> int:
    """The time of day in epoch milliseconds."""
    return time.time_ns() // 1_000_000


def read(environ: Mapping[str, str], routes: Path | None) -> "tuple[NotifySettings, Routes]":
    """The settings and the routes. Raises Failure naming the variable, or the file and line."""
    from portclock.settings import kafka_security
    from serving.notify.routes_file import RoutesError, load
    from serving.notify.settings import NotifySettings, SettingsError

    try:
        settings = NotifySettings.from_mapping(environ)
    except SettingsError as error:
        raise Failure(str(error)) from None
    shown = {"kafka_python": kafka_security(environ).kafka_python}
    settings = settings.model_copy(update=shown)
    path = routes or settings.routes
    if path is None:
        raise Failure(
            "nobody is named to be told anything",
            do="write a routes file (docs/alerts.md has one) and name it with PORTCLOCK_ROUTES",
        )
    try:
        return settings, load(path, environ)
    except RoutesError as error:
        raise Failure(str(error)) from None


def shown(routes: "Routes", settings: "NotifySettings", at_ms: int) -> Iterator[str]:
    """What an alert that each route asks for would do, if it came now."""
    from serving.notify.rehearsal import rehearse

    count = len(routes.route)
    yield f"{count} route{'s' * (count > 1)}, channels: {', '.join(routes.channel)}"
    for told in rehearse(routes, settings, at_ms):
        when = datetime.fromtimestamp(told.at_ms / 1000, UTC).astimezone(routes.zone)
        moment = f"{when:%m-%d %H:%M}" if told.held else "at once"
        yield f"{told.route}: {told.state} -> {told.channel} ({moment})"
        yield f"    {told.title}"
    for route in routes.route:
        if route.escalate:
            to = f"{', '.join(route.escalate.channels)} ({route.escalate.to})"
            yield f"{route.name}: not acknowledged for {route.escalate.after_min} min -> {to}"


@contextmanager
def _explained(brokers: tuple[str, ...]) -> Iterator[None]:
    """What ends a notifier, as sentences."""
    from portclock.broker_entry import entered
    from serving.notify.ledger import LedgerError
    from serving.notify.log import LogUnready
    from serving.notify.outbox import PoisonRecord

    try:
        with entered(brokers):
            yield
    except (LedgerError, LogUnready, PoisonRecord) as error:
        raise Failure(str(error)) from error


def _serve(registry: "CollectorRegistry", port: int | None, host: str) -> None:
    """Serve /metrics there, if a port is given."""
    if not port:
        return
    from prometheus_client import start_http_server

    try:
        start_http_server(port, host, registry=registry)
    except OSError as error:
        raise Failure(
            f"the port {port} for /metrics cannot be had ({error.strerror})",
            do="choose another with PORTCLOCK_METRICS_PORT",
        ) from error

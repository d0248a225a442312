"""`portclock up`: the same services as the demo's, for the user's own feeds, until stopped."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portclock.commands.demo import BrokerChoice, BrokerName, DataFolder
from portclock.commands.options import Json, Limits, Quiet

if TYPE_CHECKING:
    from portclock.standalone.health import Health
    from portclock.standalone.stack import Stack
    from portclock.standalone.supervisor import Supervisor

FOLDER = Path("portclock-data")
READY_WITHIN_S = 240.0
LOOK_S = 1.0


def _port(what: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        min=1, max=65535, metavar="PORT", help=f"The port of {what} on this machine."
    )
    return option


Pulse = Annotated[
    bool,
    typer.Option(
        help="Let real time pass in the stream; without it only a replay's own ticks do, "
        "as history needs."
    ),
]
Nodes = Annotated[
    int,
    typer.Option(
        "--brokers",
        metavar="N",
        min=1,
        max=3,
        help="Nodes of the broker: 1, or 3 of kafka, of which any one may die.",
    ),
]
BrokerPort = Annotated[int, _port("the broker")]
NativePort = Annotated[int, _port("ClickHouse's native protocol")]
HttpPort = Annotated[int, _port("ClickHouse over HTTP")]
WorkerPort = Annotated[int, _port("the worker's /metrics")]
WriterPort = Annotated[int, _port("the writer's /metrics")]
BoardPort = Annotated[int, _port("the board")]
NotifyPort = Annotated[int, _port("the notifier's /metrics")]
Routes = Annotated[
    Path | None,
    typer.Option(
        "--routes",
        metavar="FILE",
        envvar="PORTCLOCK_ROUTES",
        help="Tell people of alerts by this file, too. [default: nobody is told]",
    ),
]


def up(
    broker: BrokerChoice = BrokerName.TANSU,
    brokers: Nodes = 1,
    data: DataFolder = None,
    limits: Limits = None,
    broker_port: BrokerPort = 9092,
    clickhouse_port: NativePort = 9000,
    clickhouse_http_port: HttpPort = 8123,
    worker_metrics_port: WorkerPort = 9464,
    writer_metrics_port: WriterPort = 9465,
    board_port: BoardPort = 8700,
    notify_metrics_port: NotifyPort = 9466,
    routes: Routes = None,
    pulse: Pulse = True,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Start broker, worker, writer, pulse, ClickHouse and board on this machine, until Ctrl-C.

    Prints where to look, with a link that signs you in, where to send events and where to ask; with
    --json, as one line once all is ready, without the link. What
    is in ClickHouse stays in the data folder (portclock-data); the broker tansu forgets its log.
    """
    from portclock.commands.machine import failures_told
    from portclock.standalone.brokers import Cluster
    from portclock.standalone.stack import Ports, standalone
    from portclock.standalone.supervisor import Supervisor

    folder = data or FOLDER
    ports = Ports(
        broker_port,
        clickhouse_port,
        clickhouse_http_port,
        worker_metrics_port,
        writer_metrics_port,
        board_port,
        notify_metrics_port,
    )
    with failures_told():
        folder.mkdir(parents=True, exist_ok=True)
        cluster = Cluster(broker.value, brokers)
        stack = standalone(folder, cluster, ports, limits, with_pulse=pulse)
        stack = stack.notifying(routes) if routes else stack
        with Supervisor(folder, stack.children) as running:
            running.wait_ready(READY_WITHIN_S)
            _tell(stack, folder, json)
            _watch(running, silent=json or quiet)


def _tell(stack: "Stack", folder: Path, json: bool) -> None:
    from portclock.commands.machine import addresses, lines, places
    from portclock.commands.output import print_json

    if json:
        print_json(addresses(stack, folder))
    else:
        typer.echo(lines(places(stack, folder)))


def _watch(running: "Supervisor", silent: bool) -> None:
    """Say whenever a part's state changes, until Ctrl-C: that is how this is meant to end."""
    from portclock.commands.output import say

    began_at, seen = time.monotonic(), running.health()
    try:
        while True:
            running.wait(LOOK_S)
            now = running.health()
            for line in () if silent else changes(seen, now):
                say(f"{time.monotonic() - began_at:8.0f} s  {line}")
            seen = now
    except KeyboardInterrupt:
        return


def changes(before: "tuple[Health, ...]", now: "tuple[Health, ...]") -> list[str]:
    """One line per part that is not as it was, with what became of its last run."""
    lines = []
    for old, new in zip(before, now, strict=True):
        if (old.state, old.restarts) != (new.state, new.restarts):
            trouble = f": {new.trouble}" if new.trouble and new.trouble != old.trouble else ""
            lines.append(f"{new.name} is {new.state}{trouble}")
    return lines

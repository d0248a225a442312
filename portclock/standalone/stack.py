"""Which parts make portclock on one machine, and how they find each other. All of it is data.

Knows every part's command line, environment and place; starts nothing. The store and the broker
start side by side; then the schema and the worker (which makes the topics), then writer and board.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import quote

from portclock.standalone.broker_kafka_nodes import folder_of
from portclock.standalone.brokers import BrokerKind, Cluster, addresses_of, cluster_children
from portclock.standalone.child import Child, Restarts
from portclock.standalone.directory import owned
from portclock.standalone.era import next_era
from portclock.standalone.errors import StandaloneError
from portclock.standalone.passwords import keep, password
from portclock.standalone.ports import LOCALHOST, choose_port, free_ports
from portclock.standalone.ready import Announced, HttpAnswers, Running
from serving.access.token_file import TokenFile
from serving.access.tokens import TokensError
from serving.access.viewers import Role, Viewer

USER: Final = "default"
READER: Final = "reader"
DATABASE: Final = "portclock"
BROKER, CLICKHOUSE, SCHEMA, WORKER, WRITER, RESTATER, BOARD, PULSE, NOTIFY = (
    "broker", "clickhouse", "schema", "worker", "writer", "restater", "board", "pulse", "notify",
)  # fmt: skip
TOKENS: Final = "tokens.toml"
STEWARD: Final = "steward of this machine"
STEWARD_FOR: Final = timedelta(days=365)
# The first start of all of them together, with the programs still cold on the disk.
SLOW_START_S: Final = 120.0


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports asked for; None takes a free one."""

    broker: int | None = None
    clickhouse: int | None = None
    clickhouse_http: int | None = None
    worker_metrics: int | None = None
    writer_metrics: int | None = None
    board: int | None = None
    notify_metrics: int | None = None

    def chosen(self) -> "Ports":
        """All of them as numbers. Raises StandaloneError naming the first that is in use."""
        asked = {name: getattr(self, name) for name in _PARTS}
        fixed = {
            name: choose_port(port, _PARTS[name], f"--{name.replace('_', '-')}-port")
            for name, port in asked.items()
            if port is not None
        }
        missing = [name for name in asked if name not in fixed]
        found = free_ports(len(missing), without=frozenset(fixed.values()))
        return Ports(**fixed, **dict(zip(missing, found, strict=True)))


_NEAR: Final = {
    "PORTCLOCK_RESTATER_LOOK_AGAIN_MAX_S": "2",
    "PORTCLOCK_RESTATER_LOOKS_MAX": "60",
}
"""All is on this machine: what was said lands within a second or two, and a demo that is over waits
for the last look."""
_PARTS: Final = {
    "broker": "broker",
    "clickhouse": "ClickHouse engine",
    "clickhouse_http": "ClickHouse engine's HTTP door",
    "worker_metrics": "worker's metrics",
    "writer_metrics": "writer's metrics",
    "board": "board",
    "notify_metrics": "notifier's metrics",
}


@dataclass(frozen=True, slots=True)
class Stack:
    """Everything declared. `env` is what a client in this process needs: addresses and settings.

    `ports` are all known. Passwords are in `env` and in the children's, and never shown.
    `steward_token` opens the board until the next start makes another.
    """

    children: tuple[Child, ...]
    ports: Ports
    broker_address: str
    env: Mapping[str, str] = field(repr=False)
    reader_password: str = field(repr=False)
    steward_token: str = field(repr=False)
    era: int

    @property
    def board_address(self) -> str:
        """Where the board is."""
        return f"http://{LOCALHOST}:{self.ports.board}"

    @property
    def sign_in_link(self) -> str:
        """An address that signs a browser in. The token stands behind the #, which no browser
        sends: it is in no log."""
        return f"{self.board_address}/sign-in#{self.steward_token}"

    @property
    def http_address(self) -> str:
        """Where ClickHouse answers over HTTP."""
        return f"http://{LOCALHOST}:{self.ports.clickhouse_http}"

    def notifying(self, routes: Path) -> "Stack":
        """The same, and people are told of alerts by this routes file."""
        assert self.ports.notify_metrics is not None
        told = {
            "PORTCLOCK_ROUTES": str(routes.absolute()),
            "PORTCLOCK_NOTIFY_ERA": str(self.era),
            "PORTCLOCK_METRICS_PORT": str(self.ports.notify_metrics),
            "PORTCLOCK_BOARD_URL": os.environ.get("PORTCLOCK_BOARD_URL") or self.board_address,
        }
        child = Child(
            NOTIFY,
            _command("notify"),
            {**self.env, **told},
            HttpAnswers(self.ports.notify_metrics),
            after=(WORKER,),
            ready_within_s=SLOW_START_S,
        )
        return replace(self, children=(*self.children, child))


def standalone(
    data_dir: Path,
    broker: BrokerKind | Cluster = "tansu",
    ports: Ports | None = None,
    limits: Path | None = None,
    with_pulse: bool = True,
) -> Stack:
    """Declare every part for this data folder.

    Without the pulse nothing tells the worker the time: for a replay, which brings its own ticks.
    Raises StandaloneError when the folder or a port is in use, or this machine lacks what the
    broker needs.
    """
    cluster = broker if isinstance(broker, Cluster) else Cluster(broker)
    # A folder that somebody runs on is said as that, and not as a port in use.
    with owned(data_dir):
        return _declare(
            data_dir.absolute(), cluster, (ports or Ports()).chosen(), limits, with_pulse
        )


def _declare(
    data: Path, cluster: Cluster, chosen: Ports, limits: Path | None, with_pulse: bool
) -> Stack:
    assert chosen.broker is not None
    parts = cluster_children(cluster, data / "kafka", chosen.broker)
    nodes, address = tuple(part.name for part in parts), addresses_of(parts)
    secret, reader_secret = password(data, "clickhouse"), password(data, "clickhouse-reader")
    env = _environment(data, chosen, secret) | _log_settings(cluster, address)
    env |= {"PORTCLOCK_LIMITS": str(limits)} if limits else {}
    parts.append(_clickhouse(data, chosen, secret, reader_secret))
    era = next_era(data, _log_name(data, cluster))
    parts += _services(env, chosen, era, data)
    # They begin when every node is up: a topic of three replicas needs three.
    parts = [replace(one, after=nodes) if one.name == WORKER else one for one in parts]
    parts.append(_board(env, chosen, era))
    parts += [_pulse(env)] if with_pulse else []
    return Stack(tuple(parts), chosen, address, env, reader_secret, _steward_token(data), era)


def _log_settings(cluster: Cluster, address: str) -> dict[str, str]:
    """Where the log is, and on how many nodes what is written there."""
    return {
        "PORTCLOCK_BROKER": address,
        "PORTCLOCK_WORKER_REPLICATION": str(cluster.replication),
        "PORTCLOCK_WORKER_INSYNC_MIN": str(cluster.insync_min),
    }


def _environment(data: Path, ports: Ports, secret: str) -> dict[str, str]:
    """What all of our own commands are told. Logs must reach the supervisor line by line."""
    store = (
        f"clickhouse://{USER}:{quote(secret, safe='')}@{LOCALHOST}:{ports.clickhouse}/{DATABASE}"
    )
    return {
        "PORTCLOCK_CLICKHOUSE": store,
        "PORTCLOCK_DATA": str(data),
        "PORTCLOCK_TOKENS": str(data / TOKENS),
        # One of the caller's own would reach every part, and they would fight for it.
        "PORTCLOCK_METRICS_PORT": "",
        "PYTHONUNBUFFERED": "1",
    }


def _clickhouse(data: Path, ports: Ports, secret: str, reader_secret: str) -> Child:
    module = "portclock.standalone.clickhouse"
    where = ("--path", str(data / "clickhouse"), "--port", str(ports.clickhouse))
    return Child(
        name=CLICKHOUSE,
        argv=(sys.executable, "-m", module, *where, "--http-port", str(ports.clickhouse_http)),
        env={
            "PORTCLOCK_CLICKHOUSE_USER": USER,
            "PORTCLOCK_CLICKHOUSE_PASSWORD": secret,
            "PORTCLOCK_CLICKHOUSE_READER_USER": READER,
            "PORTCLOCK_CLICKHOUSE_READER_PASSWORD": reader_secret,
            "PYTHONUNBUFFERED": "1",
        },
        ready=Announced(),
        ready_within_s=SLOW_START_S,
        after=(),
    )


def _services(env: Mapping[str, str], ports: Ports, era: int, data: Path) -> list[Child]:
    worker = {
        "PORTCLOCK_METRICS_PORT": str(ports.worker_metrics),
        # Per era: what a worker remembers of one log must not meet another.
        "PORTCLOCK_DATA": str(data / "worker" / str(era)),
    }
    writer = {
        "PORTCLOCK_METRICS_PORT": str(ports.writer_metrics),
        "PORTCLOCK_WRITER_ERA": str(era),
    }
    assert ports.worker_metrics is not None
    assert ports.writer_metrics is not None
    return [
        Child(SCHEMA, _command("schema", "apply"), env, once=True, after=(CLICKHOUSE,),
              ready_within_s=SLOW_START_S, restarts=Restarts(attempts_max=2)),
        Child(WORKER, _command("worker"), {**env, **worker}, HttpAnswers(ports.worker_metrics),
              after=(BROKER,), ready_within_s=SLOW_START_S),
        Child(WRITER, _command("writer"), {**env, **writer}, HttpAnswers(ports.writer_metrics),
              after=(SCHEMA, WORKER), ready_within_s=SLOW_START_S),
        Child(RESTATER, _command("restater"), {**env, **_near()}, Running(1.0),
              after=(SCHEMA, WORKER)),
    ]  # fmt: skip


def _near() -> dict[str, str]:
    """How the restater looks again, unless somebody has said otherwise."""
    return {name: os.environ.get(name, usual) for name, usual in _NEAR.items()}


def _board(env: Mapping[str, str], ports: Ports, era: int) -> Child:
    """People see the tables and the log through it; neither waits for it."""
    assert ports.board is not None
    board = {"PORTCLOCK_BOARD_PORT": str(ports.board), "PORTCLOCK_WRITER_ERA": str(era)}
    return Child(
        BOARD,
        _command("serve"),
        {**env, **board},
        HttpAnswers(ports.board, "/healthz"),
        after=(SCHEMA, WORKER),
        ready_within_s=SLOW_START_S,
    )


def _steward_token(data: Path) -> str:
    """One for whoever started this; that of the last start ends."""
    now = datetime.now(UTC)
    kept = TokenFile(data / TOKENS)
    try:
        kept.revoke(lambda token: token.name == STEWARD, now)
        text, _ = kept.add(Viewer(STEWARD, Role.STEWARD), now, now + STEWARD_FOR)
    except (OSError, TokensError) as error:
        raise StandaloneError(f"No token for the board can be made: {error}") from None
    keep(data, "board-token", text)
    return text


def _pulse(env: Mapping[str, str]) -> Child:
    return Child(PULSE, _command("pulse"), env, Running(1.0), after=(WORKER,))


def _command(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "portclock", *words)


def _log_name(data: Path, cluster: Cluster) -> str:
    """A name for the broker's log that differs whenever the log does.

    What a broker in memory holds is new at every start; Kafka's storage has an id of its own, but
    not before it is formatted.
    """
    kept = data / "kafka" if cluster.nodes == 1 else folder_of(data / "kafka", 1)
    meta = kept / "log" / "meta.properties"
    if cluster.kind == "tansu" or not meta.exists():
        return f"{cluster.kind}-{os.urandom(8).hex()}"
    lines = meta.read_text().splitlines()
    said = next((line for line in lines if line.startswith("cluster.id=")), "cluster.id=?")
    return f"kafka-{said.partition('=')[2]}"

"""One broker by itself, of either kind: for tests and tools that need no more than that.

with start_broker("tansu", folder) as broker:
    ... broker.address ...
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from portclock.standalone import broker_kafka, broker_kafka_nodes, broker_tansu
from portclock.standalone.child import Child
from portclock.standalone.errors import StandaloneError
from portclock.standalone.ports import LOCALHOST, free_ports
from portclock.standalone.ready import BrokerAnswers
from portclock.standalone.supervisor import Supervisor

BrokerKind = Literal["tansu", "kafka"]
KINDS = {"tansu": broker_tansu, "kafka": broker_kafka}


class Cluster(NamedTuple):
    """A broker of that kind in so many nodes: one, or of Apache Kafka as many as NODES."""

    kind: BrokerKind = "tansu"
    nodes: int = 1

    @property
    def replication(self) -> int:
        """On how many nodes each record is kept."""
        return self.nodes

    @property
    def insync_min(self) -> int:
        """On how many of them it must be before it counts as written."""
        return 2 if self.nodes > 1 else 1


class Broker:
    """A broker that runs. `address` is host:port for any Kafka client, the same after a restart.

    `durable` says whether what it holds outlives it; `session_timeout_ms` is what a consumer group
    on it should ask for.
    """

    def __init__(self, kind: BrokerKind, child: Child, port: int, folder: Path) -> None:
        self.kind = kind
        self.address = f"{LOCALHOST}:{port}"
        self.durable = KINDS[kind].DURABLE
        self.session_timeout_ms = KINDS[kind].SESSION_TIMEOUT_MS
        self._child, self._folder = child, folder
        self._running = contextlib.ExitStack()
        self._supervisor: Supervisor | None = None

    def start(self) -> None:
        """Start it and wait until it is ready; raises StandaloneError."""
        self.stop()
        supervisor = self._running.enter_context(Supervisor(self._folder, [self._child]))
        supervisor.wait_ready(self._child.ready_within_s)
        self._supervisor = supervisor

    def stop(self) -> None:
        """Stop it cleanly; does nothing when it does not run."""
        self._supervisor = None
        self._running.close()

    def kill(self) -> None:
        """End it the way a crash does. It stays down until `start`."""
        if self._supervisor is not None:
            self._supervisor.kill(self._child.name)
        self.stop()


def missing(kind: BrokerKind) -> str | None:
    """One sentence about what this machine lacks to run that kind, or None."""
    sentence: str | None = KINDS[kind].missing()
    return sentence


def broker_child(kind: BrokerKind, data: Path, port: int, controller_port: int) -> Child:
    """The broker of that kind on 127.0.0.1:`port`; only Kafka uses the folder and second port."""
    if kind == "tansu":
        return broker_tansu.child(port)
    return broker_kafka.child(data, port, controller_port)


def cluster_children(cluster: Cluster, data: Path, port: int) -> list[Child]:
    """The nodes of a cluster, the first on that port, the others on free ones; see `addresses_of`.

    Raises StandaloneError when there is no such cluster, or the folder holds a log of another size.
    """
    if cluster.nodes == 1:
        broker_kafka_nodes.refuse_several(data)
        (controller_port,) = free_ports(1, without=frozenset({port}))
        return [broker_child(cluster.kind, data, port, controller_port)]
    if cluster.kind == "tansu" or cluster.nodes != broker_kafka_nodes.NODES:
        raise StandaloneError(
            f"There is no {cluster.kind} of {cluster.nodes} nodes here: "
            f"take one node, or --broker kafka --brokers {broker_kafka_nodes.NODES}."
        )
    return broker_kafka_nodes.children(data, port)


def addresses_of(children: list[Child]) -> str:
    """Where the nodes listen, as Kafka clients take it: host:port, with commas."""
    ports = [one.ready.port for one in children if isinstance(one.ready, BrokerAnswers)]
    return ",".join(f"{LOCALHOST}:{port}" for port in ports)


@contextlib.contextmanager
def start_broker(kind: BrokerKind, data_dir: Path) -> Iterator[Broker]:
    """A ready broker of that kind on a free port, its data and log under `data_dir`.

    Raises StandaloneError when it cannot be had on this machine.
    """
    port, controller_port = free_ports(2)
    child = broker_child(kind, data_dir / "kafka", port, controller_port)
    broker = Broker(kind, child, port, data_dir)
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()

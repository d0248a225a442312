"""Apache Kafka as a cluster of three nodes, each broker and controller in one process.

A record is on all three and counts as written once it is on two; so one node may die at any time,
whichever it is, and nothing is lost and nothing waits for it. What a single node is stays with
`broker_kafka`; here stand the settings that a cluster has besides. Run as a program
(`python -m portclock.standalone.broker_kafka_nodes --data DIR --node N --ports ...`) it becomes the
Java process of one node.
"""

import argparse
import contextlib
import os
import sys
from pathlib import Path
from typing import Final, NamedTuple

from portclock.standalone import broker_kafka
from portclock.standalone.child import NEVER_AGAIN, Child, Restarts
from portclock.standalone.errors import StandaloneError
from portclock.standalone.ports import LOCALHOST, free_ports
from portclock.standalone.ready import BrokerAnswers

NODES: Final = 3
CLUSTER: Final = "cluster"
"""The file with the cluster's id, made once: storage of another cluster is never taken for ours."""

SETTINGS: Final = """\
node.id={node}
controller.quorum.voters={voters}
controller.quorum.election.timeout.ms=1000
controller.quorum.fetch.timeout.ms=2000
default.replication.factor=3
min.insync.replicas=2
unclean.leader.election.enable=false
offsets.topic.replication.factor=3
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
share.coordinator.state.topic.replication.factor=3
share.coordinator.state.topic.min.isr=2
"""


class NodePorts(NamedTuple):
    """Where one node listens: for clients and the other brokers, and as a controller."""

    broker: int
    controller: int


def children(data: Path, port: int) -> list[Child]:
    """Three nodes that start side by side, the first on 127.0.0.1:`port`. Their ports are of this
    declaration only; a node that is started again has the same. Raises StandaloneError."""
    if lack := broker_kafka.missing():
        raise StandaloneError(lack)
    if (data / "log").exists():
        raise StandaloneError(
            f"{data} holds the log of a single node, and a cluster cannot go on with it: "
            "start one node, or choose another folder with --data."
        )
    found = iter(free_ports(2 * NODES - 1, without=frozenset({port})))
    firsts = [port, *(next(found) for _ in range(NODES - 1))]
    ports = [NodePorts(broker, next(found)) for broker in firsts]
    return [_child(data, number, ports) for number in range(1, NODES + 1)]


def refuse_several(data: Path) -> None:
    """Raises StandaloneError when the folder holds a cluster's log: one node has not all of it."""
    if (data / CLUSTER).exists():
        raise StandaloneError(
            f"{data} holds the log of {NODES} nodes, and one of them has not all of it: "
            f"start them all with --brokers {NODES}, or choose another folder with --data."
        )


def folder_of(data: Path, node: int) -> Path:
    """Where a node keeps its log."""
    return data / f"node-{node}"


def _child(data: Path, node: int, ports: list[NodePorts]) -> Child:
    words = [f"{one.broker}:{one.controller}" for one in ports]
    return Child(
        name="broker" if node == 1 else f"broker-{node}",
        argv=(
            sys.executable, "-m", __name__,
            "--data", str(data), "--node", str(node), "--ports", *words,
        ),
        ready=BrokerAnswers(ports[node - 1].broker, node),
        ready_within_s=broker_kafka.READY_WITHIN_S,
        restarts=Restarts(),
        grace_s=2.0,
        after=(),
    )  # fmt: skip


def prepare(data: Path, node: int, ports: list[NodePorts]) -> list[str]:
    """Everything before the start of one node; gives its command line. Safe to repeat, and for the
    nodes to do side by side. Raises StandaloneError."""
    own = ports[node - 1]
    voters = ",".join(
        f"{number}@{LOCALHOST}:{one.controller}" for number, one in enumerate(ports, start=1)
    )
    return broker_kafka.prepare(
        folder_of(data, node),
        own.broker,
        own.controller,
        SETTINGS.format(node=node, voters=voters),
        _cluster_id(data),
    )


def _cluster_id(data: Path) -> str:
    """The same for all nodes: whoever comes first makes it."""
    file = data / CLUSTER
    data.mkdir(parents=True, exist_ok=True)
    half = data / f"{CLUSTER}.{os.getpid()}"
    half.write_text(broker_kafka.new_cluster_id())
    # A link is made whole or not at all, and never over another.
    with contextlib.suppress(FileExistsError):
        os.link(half, file)
    half.unlink()
    return file.read_text()


def main() -> None:
    """Prepare and become one node; a sentence and exit code 78 when this machine cannot."""
    parser = argparse.ArgumentParser(description="One node of an Apache Kafka cluster here")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--node", type=int, required=True)
    parser.add_argument("--ports", nargs=NODES, required=True, metavar="BROKER:CONTROLLER")
    asked = parser.parse_args()
    ports = [NodePorts(*map(int, word.split(":"))) for word in asked.ports]
    try:
        command = prepare(asked.data, asked.node, ports)
    except StandaloneError as error:
        print(error, file=sys.stderr)
        raise SystemExit(NEVER_AGAIN) from None
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()

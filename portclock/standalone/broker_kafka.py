"""The durable broker: Apache Kafka 4 as one KRaft node (broker and controller in one process).

Knows its settings, the formatting of its storage and its command line. Run as a program
(`python -m portclock.standalone.broker_kafka --data DIR --port P --controller-port P`) it fetches
the jars if need be, writes the settings, formats the storage once and then *becomes* the Java
process, so whoever started it holds Kafka's own pid. Its data survive a stop and a kill.
"""

import argparse
import os
import secrets
import subprocess
import sys
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Final

from portclock.standalone import kafka_jars
from portclock.standalone.child import NEVER_AGAIN, Child, Restarts
from portclock.standalone.errors import StandaloneError
from portclock.standalone.ports import LOCALHOST
from portclock.standalone.ready import BrokerAnswers

SESSION_TIMEOUT_MS: Final = 10_000
DURABLE: Final = True
HEAP: Final = "-Xmx512m"
SERVER: Final = "kafka.Kafka"
FORMATTER: Final = "kafka.tools.StorageTool"
BRIEF: Final = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""For a program of two seconds: compiling it well costs more than it takes."""
# Fetching the jars the first time takes most of it; with them in the cache it is seconds.
READY_WITHIN_S: Final = 300.0

SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller_port}
listeners=BROKER://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=BROKER://{host}:{port}
listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=BROKER
controller.listener.names=CONTROLLER
log.dirs={log_dir}
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=8
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
"""


def missing() -> str | None:
    """One sentence about what this machine lacks to run it, or None."""
    return kafka_jars.missing(os.environ)


def child(data: Path, port: int, controller_port: int) -> Child:
    """The broker on 127.0.0.1:`port`, its log under `data`. Raises StandaloneError without Java."""
    if lack := missing():
        raise StandaloneError(lack)
    return Child(
        name="broker",
        argv=(
            sys.executable,
            "-m",
            __name__,
            "--data",
            str(data),
            "--port",
            str(port),
            "--controller-port",
            str(controller_port),
        ),
        ready=BrokerAnswers(port),
        ready_within_s=READY_WITHIN_S,
        restarts=Restarts(),
        grace_s=2.0,
    )


def prepare(
    data: Path, port: int, controller_port: int, more: str = "", cluster_id: str | None = None
) -> list[str]:
    """Everything before the start: jars, settings, storage. Gives the command line of the server.

    Safe to repeat: storage that is formatted stays as it is, settings are written anew because the
    ports may have changed. `more` are settings that go before those of a single node; a node of
    several is given the cluster's id. Raises StandaloneError.
    """
    if lack := missing():
        raise StandaloneError(lack)
    jars = kafka_jars.fetch(os.environ)
    data.mkdir(parents=True, exist_ok=True)
    settings = data / "server.properties"
    settings.write_text(
        SETTINGS.format(
            host=LOCALHOST,
            port=port,
            controller_port=controller_port,
            log_dir=_escaped(data / "log"),
        )
        # Later lines win.
        + more
    )
    if not (data / "log" / "meta.properties").exists():
        _format(jars, settings, cluster_id or new_cluster_id())
    return [*_java(jars, SERVER), str(settings)]


def _java(jars: Path, program: str, options: tuple[str, ...] = ()) -> list[str]:
    logging = f"-Dlog4j2.configurationFile={kafka_jars.PARTS / 'log4j2.properties'}"
    return [
        "java",
        HEAP,
        *options,
        "-Djava.awt.headless=true",
        logging,
        "-cp",
        f"{jars}/*",
        program,
    ]


def new_cluster_id() -> str:
    """One that nobody has. An id that starts with a dash would read as an option."""
    return f"A{urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip('=')[1:]}"


def _format(jars: Path, settings: Path, cluster_id: str) -> None:
    """Give the empty storage its cluster id. Kafka refuses to start on storage without one."""
    command = [*_java(jars, FORMATTER, BRIEF), "format", f"--cluster-id={cluster_id}"]
    done = subprocess.run(
        [*command, "--config", str(settings)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
    )
    if done.returncode != 0:
        tail = done.stdout.decode(errors="replace").strip().splitlines()[-5:]
        raise StandaloneError(
            f"Apache Kafka could not format its storage in {settings.parent}: "
            "look at the folder's rights and the disk. Its last lines:\n" + "\n".join(tail)
        )


def _escaped(path: Path) -> str:
    """A path as a Java properties file has it."""
    return str(path.absolute()).replace("\\", "\\\\")


def main() -> None:
    """Prepare and become Kafka; a sentence and exit code 78 when this machine cannot."""
    parser = argparse.ArgumentParser(description="Apache Kafka, one node, on this machine")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--controller-port", type=int, required=True)
    asked = parser.parse_args()
    try:
        command = prepare(asked.data, asked.port, asked.controller_port)
    except StandaloneError as error:
        print(error, file=sys.stderr)
        raise SystemExit(NEVER_AGAIN) from None
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()

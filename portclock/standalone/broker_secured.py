"""Apache Kafka with a second listener that lets in only who shows who it is: TLS and SCRAM.

Beside the plain listener of `broker_kafka` stands one for SASL_SSL, and an authorizer that allows
nobody anything but what was granted. The plain one is for whoever administers this machine: its
users are nobody in particular, and may do everything. Knows the settings of that listener; what a
single node is stays with `broker_kafka`. Run as a program it becomes the Java process.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from portclock.standalone import broker_kafka
from portclock.standalone.child import NEVER_AGAIN, Child, Restarts
from portclock.standalone.errors import StandaloneError
from portclock.standalone.ports import LOCALHOST, free_ports
from portclock.standalone.ready import BrokerAnswers
from portclock.standalone.supervisor import Supervisor

MECHANISM: Final = "SCRAM-SHA-512"

# Later lines win in a properties file, so these stand after those of the plain node.
SETTINGS: Final = """\
listeners=BROKER://{host}:{port},SECURE://{host}:{secure},CONTROLLER://{host}:{controller}
advertised.listeners=BROKER://{host}:{port},SECURE://{host}:{secure}
listener.security.protocol.map=BROKER:PLAINTEXT,SECURE:SASL_SSL,CONTROLLER:PLAINTEXT
listener.name.secure.sasl.enabled.mechanisms={mechanism}
listener.name.secure.scram-sha-512.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.secure.ssl.keystore.type=PEM
listener.name.secure.ssl.keystore.location={keystore}
listener.name.secure.ssl.client.auth=none
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
allow.everyone.if.no.acl.found=false
"""


@dataclass(frozen=True, slots=True)
class SecuredBroker:
    """Where it listens: `address` for those who show who they are, `plain` for its administrator.

    Each is host:port for any Kafka client.
    """

    address: str
    plain: str


@dataclass(frozen=True, slots=True)
class SecuredPorts:
    """Where the three listeners are."""

    plain: int
    secure: int
    controller: int


def child(data: Path, ports: SecuredPorts, keystore: Path) -> Child:
    """The broker on 127.0.0.1, its certificate and key (PKCS #8) in one PEM file `keystore`.

    Raises StandaloneError without Java.
    """
    if lack := broker_kafka.missing():
        raise StandaloneError(lack)
    options = {
        "--data": data,
        "--port": ports.plain,
        "--secure-port": ports.secure,
        "--controller-port": ports.controller,
        "--keystore": keystore,
    }
    words = [str(word) for pair in options.items() for word in pair]
    return Child(
        name="secured-broker",
        argv=(sys.executable, "-m", __name__, *words),
        ready=BrokerAnswers(ports.plain),
        ready_within_s=broker_kafka.READY_WITHIN_S,
        restarts=Restarts(),
        grace_s=2.0,
    )


def prepare(data: Path, ports: SecuredPorts, keystore: Path) -> list[str]:
    """Everything before the start; gives the command line. Safe to repeat. Raises StandaloneError.

    No password is in it: the broker keeps salted hashes of its users' and was told of none here.
    """
    command = broker_kafka.prepare(data, ports.plain, ports.controller)
    settings = Path(command[-1])
    more = SETTINGS.format(
        host=LOCALHOST,
        port=ports.plain,
        secure=ports.secure,
        controller=ports.controller,
        mechanism=MECHANISM,
        keystore=str(keystore.absolute()).replace("\\", "\\\\"),
    )
    settings.write_text(settings.read_text() + more)
    return command


@contextmanager
def start_secured(folder: Path, keystore: Path) -> Iterator[SecuredBroker]:
    """A ready broker on free ports, its data under `folder`. Raises StandaloneError."""
    ports = SecuredPorts(*free_ports(3))
    declared = child(folder / "kafka", ports, keystore)
    with Supervisor(folder, [declared]) as supervisor:
        supervisor.wait_ready(declared.ready_within_s)
        yield SecuredBroker(f"{LOCALHOST}:{ports.secure}", f"{LOCALHOST}:{ports.plain}")


def main() -> None:
    """Prepare and become Kafka; a sentence and exit code 78 when this machine cannot."""
    parser = argparse.ArgumentParser(description="Apache Kafka with a listener for SASL_SSL")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--keystore", type=Path, required=True)
    for name in ("--port", "--secure-port", "--controller-port"):
        parser.add_argument(name, type=int, required=True)
    asked = parser.parse_args()
    ports = SecuredPorts(asked.port, asked.secure_port, asked.controller_port)
    try:
        command = prepare(asked.data, ports, asked.keystore)
    except StandaloneError as error:
        print(error, file=sys.stderr)
        raise SystemExit(NEVER_AGAIN) from None
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()

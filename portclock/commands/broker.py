"""`portclock broker rights|grant|user`: who may do what at Kafka."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from portclock.commands.options import AtBroker, Json
from portclock.failure import Failure

if TYPE_CHECKING:
    from portclock.broker_rights import Right

Script = Annotated[
    bool, typer.Option("--script", help="As lines for kafka-acls, with $KAFKA_ACLS before each.")
]
GRANT_S = 30.0


def rights(script: Script = False, json: Json = False) -> None:
    """List what each service needs to be allowed at Kafka, and nothing more; asks no broker."""
    from portclock.broker_rights import rights as listed
    from portclock.commands.output import print_json, stdout

    found = listed()
    if json:
        for one in found:
            print_json(_told(one))
    elif script:
        typer.echo('KAFKA_ACLS=${KAFKA_ACLS:-"kafka-acls.sh --bootstrap-server localhost:9092"}')
        for one in found:
            typer.echo(f"$KAFKA_ACLS {one.option}")
    else:
        _table(found, stdout())


def grant(broker: AtBroker = None, json: Json = False) -> None:
    """Grant at Kafka what `portclock broker rights` lists; running it again changes nothing.

    Takes PORTCLOCK_BROKER and PORTCLOCK_KAFKA_*, of somebody who may change rights there. Takes no
    right away: one that is no longer listed stays until it is removed by hand.
    """
    from portclock.broker_rights import rights as listed
    from portclock.commands.output import print_json, say
    from portclock.commands.wiring import broker_of

    brokers = broker_of(broker, "--broker")
    found = listed()
    _granted(brokers, found)
    if json:
        print_json({"broker": ",".join(brokers), "granted": len(found)})
    else:
        say(f"{','.join(brokers)}: {len(found)} rights are granted")


def user(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who it is, as portclock-worker.")],
    broker: AtBroker = None,
) -> None:
    """Make a user at Kafka, or give it another password: the first line of stdin.

    Takes PORTCLOCK_BROKER and PORTCLOCK_KAFKA_*, of somebody who may alter users there. The broker
    is told a salted hash (SCRAM-SHA-512), never the password. Grants nothing.
    """
    from portclock.broker_entry import require_entry
    from portclock.broker_users import CHARACTERS_MIN, keep_users
    from portclock.commands.output import say
    from portclock.commands.wiring import broker_of

    password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < CHARACTERS_MIN:
        raise Failure(
            f"the password on stdin has fewer than {CHARACTERS_MIN} characters",
            do=f"openssl rand -hex 24 > FILE; portclock broker user {name} < FILE",
        )
    brokers = broker_of(broker, "--broker")
    require_entry(brokers)
    keep_users(brokers, {name: password})
    say(f"{','.join(brokers)}: {name} has this password now")


def _table(found: "tuple[Right, ...]", console: Any) -> None:
    from rich.table import Table

    table = Table("user", "may", "on")
    for one in found:
        table.add_row(one.user, one.operation.lower(), f"{one.resource} {one.name}")
    console.print(table)


def _told(one: "Right") -> dict[str, str]:
    return {
        "user": one.user,
        "operation": one.operation,
        "resource": one.resource,
        "name": one.name,
    }


def _granted(brokers: tuple[str, ...], found: "tuple[Right, ...]") -> None:
    """Raises Failure when the broker does not take one of them."""
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient

    from portclock.broker_entry import require_entry
    from portclock.kafka_security import security_at

    require_entry(brokers)
    client = AdminClient(
        {"bootstrap.servers": ",".join(brokers), **security_at(brokers).librdkafka}
    )
    try:
        for done in client.create_acls([_binding(one) for one in found]).values():
            done.result(timeout=GRANT_S)
    except (KafkaException, TimeoutError) as error:
        raise Failure(
            f"the broker {','.join(brokers)} did not take the rights ({error})",
            do="do it as somebody who may alter its cluster, on a broker with an authorizer",
        ) from error


def _binding(one: "Right") -> Any:
    from confluent_kafka import admin

    words: Any = admin  # its types leave out what it exports
    return words.AclBinding(
        words.ResourceType[one.resource.upper()],
        one.name,
        words.ResourcePatternType.LITERAL,
        f"User:{one.user}",
        "*",
        words.AclOperation[one.operation.upper()],
        words.AclPermissionType.ALLOW,
    )

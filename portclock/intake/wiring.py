"""The intake over HTTP as the settings want it: with a folder of feeds, or not at all."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from portclock.failure import Failure
from portclock.intake.announced import Announced
from portclock.intake.desk import Books, IntakeDesk
from portclock.intake.feeds import load_feeds
from portclock.intake.receipts import Receipts
from portclock.intake.signing import VARIABLE, secrets_of
from portclock.kafka_security import Brokers
from portclock.outbox import KafkaOutbox
from portclock.settings import Settings

KAFKA: Final = "PORTCLOCK_INTAKE_KAFKA_"
VARIABLES: Final = (VARIABLE, f"{KAFKA}USER", f"{KAFKA}PASSWORD")
"""What the intake alone reads; each may be said by a file, as NAME_FILE."""
FILE: Final = "intake.sqlite"
"""In the data folder: the receipts that were given, and what was announced."""


def announced_in(settings: Settings) -> Announced:
    """What was announced, as every door of this machine keeps it."""
    return Announced((settings.data or Path()) / FILE)


def intake_broker(settings: Settings, environ: Mapping[str, str]) -> Brokers:
    """The broker as the intake is known there: by a user of its own, so that the board which it
    shares a process with need not be allowed to write events. Raises Failure."""
    user, password = (environ.get(f"{KAFKA}{name}", "").strip() for name in ("USER", "PASSWORD"))
    if bool(user) != bool(password):
        raise Failure(f"{KAFKA}USER and {KAFKA}PASSWORD go together", do="set both, or neither")
    if not user:
        return Brokers(settings.broker, settings.kafka)
    if not settings.kafka.protocol.signed_in:
        raise Failure(
            f"{KAFKA}USER is set, and {settings.kafka.protocol} signs nobody in",
            do="set PORTCLOCK_KAFKA_PROTOCOL, or take the user away",
        )
    own = {"user": user, "password": SecretStr(password)}
    return Brokers(settings.broker, settings.kafka.model_copy(update=own))


def intake_desk(settings: Settings, environ: Mapping[str, str]) -> IntakeDesk | None:
    """None where no folder of feeds is named. Raises Failure for a profile that is wrong, and for
    a secret that is none."""
    if settings.feeds is None:
        return None
    feeds, secrets = load_feeds(settings.feeds), secrets_of(environ)
    file = (settings.data or Path()) / FILE
    books = Books(Receipts(file), Announced(file), secrets)
    connect = partial(KafkaOutbox, intake_broker(settings, environ))
    return IntakeDesk(feeds, books, connect, partial(datetime.now, UTC))

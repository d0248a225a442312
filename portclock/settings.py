"""What the environment says, read once at the door into a frozen model; secrets are never printed.

Every variable starts with PORTCLOCK_. What only one service needs is read by that service's own
settings, from the same mapping. Nothing below the doors may read the environment. Where a variable
may hold a secret, the same name with _FILE may name a file that holds it (`portclock.environment`).
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from portclock.failure import Failure
from portclock.kafka_security import OPEN, Brokers, KafkaSecurity
from sinks.settings import ClickHouseAddress, SettingsError, address_of

Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseModel):
    """What `portclock` takes from the environment for every command."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    broker: Annotated[tuple[str, ...], Field(min_length=1)] = ("127.0.0.1:9092",)
    kafka: KafkaSecurity = OPEN
    clickhouse: ClickHouseAddress = ClickHouseAddress()
    limits: Path | None = None
    feeds: Path | None = None
    data: Path | None = None
    metrics_port: Port | None = None
    debug: bool = False


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read PORTCLOCK_* once; an empty variable counts as absent. Raises Failure naming it."""
    given = {name: environ.get(f"PORTCLOCK_{name.upper()}", "").strip() for name in EXAMPLES}
    own = {name: text for name, text in given.items() if text and name not in _OF_OTHERS}
    found = {name: _read(name, text) for name, text in own.items()}
    found |= {"kafka": kafka_security(environ), "clickhouse": _clickhouse(environ)}
    try:
        settings = Settings.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise _not_understood(str(first["loc"][0]), first["msg"]) from None
    return settings.model_copy(update={"broker": Brokers(settings.broker, settings.kafka)})


def kafka_security(environ: Mapping[str, str]) -> KafkaSecurity:
    """Read PORTCLOCK_KAFKA_*; a misspelt name is an error, a guess would be no security.

    Raises Failure, which never shows a password.
    """
    given = {name: text.strip() for name, text in environ.items() if text.strip()}
    found = {
        name.removeprefix(KAFKA).lower(): text
        for name, text in given.items()
        if name.startswith(KAFKA)
    }
    try:
        return KafkaSecurity.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = str(first["loc"][0]) if first["loc"] else "protocol"
        said = first["msg"].removeprefix("Value error, ")
        raise Failure(
            f"the environment variable {KAFKA}{name.upper()} is not understood: {said}",
            do="docs/security.md has an example of each",
        ) from None


def _clickhouse(environ: Mapping[str, str]) -> ClickHouseAddress:
    try:
        return address_of(environ)
    except SettingsError as error:
        raise Failure(f"the environment variable {error}") from None


def brokers(text: str) -> tuple[str, ...]:
    """Read `host:port[,host:port]`; raises ValueError."""
    addresses = tuple(part.strip() for part in text.split(",") if part.strip())
    if not addresses:
        raise ValueError("it names no broker")
    for address in addresses:
        host, _, port = address.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError(f"{address} is not host:port")
    return addresses


KAFKA: Final = "PORTCLOCK_KAFKA_"
_READERS: Final[Mapping[str, Callable[[str], object]]] = {"broker": brokers}
EXAMPLES: Final = {
    "broker": "127.0.0.1:9092",
    "kafka_protocol": "SASL_SSL",
    "kafka_mechanism": "SCRAM-SHA-512",
    "kafka_user": "portclock-worker",
    "kafka_password": "a password",
    "kafka_ca": "ca.pem",
    "clickhouse": "clickhouse://user:password@127.0.0.1:9000/portclock",
    "clickhouse_password": "a password",
    "clickhouse_ca": "ca.pem",
    "limits": "limits/",
    "feeds": "feeds/",
    "data": "data/",
    "metrics_port": "9464",
    "debug": "1",
}
_OF_OTHERS: Final = frozenset(name for name in EXAMPLES if name.startswith(("kafka", "clickhouse")))
"""Read together with others by the two functions above."""


def _read(name: str, text: str) -> object:
    """The text as the model takes it. What a reader says of it never repeats a password."""
    try:
        return _READERS[name](text) if name in _READERS else text
    except (SettingsError, ValueError) as error:
        raise _not_understood(name, str(error)) from None


def _not_understood(name: str, finding: str) -> Failure:
    return Failure(
        f"the environment variable PORTCLOCK_{name.upper()} is not understood: {finding}",
        do=f"write it as {EXAMPLES[name]}",
    )

"""What the environment says, read once at the door into a frozen model; secrets are never printed.

Every variable starts with PORTCLOCK_. What only one service needs is read by that service's own
settings, from the same mapping. Nothing below the doors may read the environment.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from portclock.failure import Failure
from sinks.settings import ClickHouseAddress, SettingsError

Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseModel):
    """What `portclock` takes from the environment for every command."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    broker: Annotated[tuple[str, ...], Field(min_length=1)] = ("127.0.0.1:9092",)
    clickhouse: ClickHouseAddress = ClickHouseAddress()
    limits: Path | None = None
    data: Path | None = None
    metrics_port: Port | None = None
    debug: bool = False


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read PORTCLOCK_* once; an empty variable counts as absent. Raises Failure naming it."""
    given = {name: environ.get(f"PORTCLOCK_{name.upper()}", "").strip() for name in EXAMPLES}
    found = {name: _read(name, text) for name, text in given.items() if text}
    try:
        return Settings.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise _not_understood(str(first["loc"][0]), first["msg"]) from None


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


_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "broker": brokers,
    "clickhouse": ClickHouseAddress.parse,
}
EXAMPLES: Final = {
    "broker": "127.0.0.1:9092",
    "clickhouse": "clickhouse://user:password@127.0.0.1:9000/portclock",
    "limits": "limits/",
    "data": "data/",
    "metrics_port": "9464",
    "debug": "1",
}


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

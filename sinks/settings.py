"""What the writer is told, as frozen models made from a mapping. Nothing is read on import.

Knows the names of the environment's variables; must never read the environment itself. A password
is never printed: not by repr, not by an error.
"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

PREFIX = "PORTCLOCK_"
WRITER = "PORTCLOCK_WRITER_"
CLICKHOUSE = "PORTCLOCK_CLICKHOUSE"
MIB = 1024 * 1024


class SettingsError(ValueError):
    """One sentence: which variable, what is wrong with it, what to write instead."""


class Closed(BaseModel):
    """Base of the settings: frozen; an unknown name is an error; inputs never show in errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class ClickHouseAddress(Closed):
    """Where the tables are, from `clickhouse://user:password@host:port/database`.

    With `secure` the server's certificate must be one of `ca` (a PEM file; without it of the
    authorities that the driver ships with) and must name the host.
    """

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 9000
    user: Annotated[str, Field(min_length=1)] = "default"
    password: SecretStr = SecretStr("")
    database: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] = "portclock"
    secure: bool = False
    ca: Path | None = None

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read an address (`clickhouses://` for TLS). Raises SettingsError, password unseen."""
        parts = urlsplit(url)
        if parts.scheme not in ("clickhouse", "clickhouses") or not parts.hostname:
            raise SettingsError("it does not start with clickhouse://host or clickhouses://host")
        try:
            port = parts.port
        except ValueError:
            raise SettingsError("its port is not a number from 1 to 65535") from None
        found: dict[str, Any] = {
            "host": parts.hostname,
            "port": port,
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "database": parts.path.strip("/"),
            "secure": parts.scheme == "clickhouses",
        }
        try:
            return cls.model_validate({name: value for name, value in found.items() if value})
        except ValidationError as error:
            raise SettingsError(_finding(error)) from None

    @property
    def url(self) -> str:
        """The address for people, without its password."""
        scheme = "clickhouses" if self.secure else "clickhouse"
        return f"{scheme}://{self.user}@{self.host}:{self.port}/{self.database}"

    def within(self, database: str) -> Self:
        """The same server, another database."""
        return self.model_copy(update={"database": database})


class Events(StrEnum):
    """Whether a writer lands events: beside the outcomes, not at all, or nothing else."""

    YES = "yes"
    NO = "no"
    ONLY = "only"


class WriterSettings(Closed):
    """Every bound of the writer. `era` is explained in the README: raise it with a new log.

    `librdkafka` and `kafka_python` are what each client of these is given besides: how it shows
    who it is. Passwords are among it, so neither is ever printed.
    """

    brokers: Annotated[tuple[str, ...], Field(min_length=1)] = ("127.0.0.1:9092",)
    clickhouse: ClickHouseAddress = ClickHouseAddress()
    group: Annotated[str, Field(min_length=1)] = "portclock-writer"
    session_timeout_ms: Annotated[int, Field(ge=1_000)] = 6_000
    batch_span: Annotated[int, Field(ge=1, le=1_000_000)] = 20_000
    batch_bytes_max: Annotated[int, Field(ge=1)] = 8 * MIB
    batch_age_s: Annotated[float, Field(gt=0)] = 0.1
    buffered_bytes_max: Annotated[int, Field(ge=1)] = 64 * MIB
    retry_first_s: Annotated[float, Field(gt=0)] = 0.2
    retry_max_s: Annotated[float, Field(gt=0)] = 10.0
    era: Annotated[int, Field(ge=0, lt=2**28)] = 0
    events: Events = Events.YES
    events_batch_age_s: Annotated[float, Field(gt=0)] = 1.0
    fetch_wait_s: Annotated[float, Field(gt=0, le=5)] = 0.1
    fetch_bytes_min: Annotated[int, Field(ge=1, le=MIB)] = 64 * 1024
    librdkafka: Mapping[str, Any] = Field(default_factory=dict, repr=False)
    kafka_python: Mapping[str, Any] = Field(default_factory=dict, repr=False)

    def for_events(self) -> Self:
        """The settings of the lane of events: a group of its own, and time for larger batches, so
        that a broker may gather for them too."""
        own = {
            "group": f"{self.group}-events",
            "batch_age_s": self.events_batch_age_s,
            "fetch_wait_s": min(5.0, max(self.fetch_wait_s, self.events_batch_age_s / 2)),
            "fetch_bytes_min": MIB,
        }
        return self.model_copy(update=own)

    @classmethod
    def from_mapping(cls, environ: Mapping[str, str]) -> Self:
        """Read PORTCLOCK_BROKER, PORTCLOCK_CLICKHOUSE* and PORTCLOCK_WRITER_*.

        An empty variable counts as absent; a misspelt PORTCLOCK_WRITER_ name raises SettingsError.
        """
        given = {name: text.strip() for name, text in environ.items() if text.strip()}
        found: dict[str, Any] = {
            name.removeprefix(WRITER).lower(): text
            for name, text in given.items()
            if name.startswith(WRITER)
        }
        if brokers := given.get(f"{PREFIX}BROKER"):
            found["brokers"] = tuple(part.strip() for part in brokers.split(",") if part.strip())
        found["clickhouse"] = address_of(given)
        try:
            return cls.model_validate(found)
        except ValidationError as error:
            raise SettingsError(f"the writer's settings are wrong: {_finding(error)}") from None


def address_of(environ: Mapping[str, str]) -> ClickHouseAddress:
    """Read PORTCLOCK_CLICKHOUSE, _CLICKHOUSE_PASSWORD (for an address that has none) and _CA.

    Raises SettingsError naming the variable.
    """
    address = _address(environ.get(CLICKHOUSE, "").strip())
    secret = environ.get(f"{CLICKHOUSE}_PASSWORD", "").strip()
    if secret and not address.password.get_secret_value():
        address = address.model_copy(update={"password": SecretStr(secret)})
    if ca := environ.get(f"{CLICKHOUSE}_CA", "").strip():
        if not address.secure:
            raise SettingsError(
                f"{CLICKHOUSE}_CA is not understood: {address.url} has no certificate; "
                "write the address as clickhouses://, or leave the authority out"
            )
        if not Path(ca).is_file():
            raise SettingsError(f"{CLICKHOUSE}_CA is not understood: there is no file {ca}")
        address = address.model_copy(update={"ca": Path(ca)})
    return address


def _address(url: str) -> ClickHouseAddress:
    try:
        return ClickHouseAddress.parse(url) if url else ClickHouseAddress()
    except SettingsError as error:
        raise SettingsError(
            f"{CLICKHOUSE} is not understood: {error}; "
            "write it as clickhouse://user:password@127.0.0.1:9000/portclock"
        ) from None


def _finding(error: ValidationError) -> str:
    """The first finding, by field and rule; never the value, which may be a secret."""
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"

"""How this house shows who it is to Kafka, and how it knows that it speaks to Kafka: one value.

Knows the variables, and the words of the three client libraries (kafka-python, librdkafka and, by
kafka-python's words, aiokafka inside Faust). Must never print the password: not by repr, not in an
error, and it is in no command line. Wings are handed the arguments of their client, nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator


class Protocol(StrEnum):
    """Kafka's own words for what is spoken on a listener."""

    PLAINTEXT = "PLAINTEXT"
    SSL = "SSL"
    SASL_PLAINTEXT = "SASL_PLAINTEXT"
    SASL_SSL = "SASL_SSL"

    @property
    def encrypted(self) -> bool:
        """Whether the bytes on the way are."""
        return self.value.endswith("SSL")

    @property
    def signed_in(self) -> bool:
        """Whether a user and a password are asked for."""
        return self.value.startswith("SASL_")


class Mechanism(StrEnum):
    """How the password is proved. SCRAM never sends it."""

    SCRAM_SHA_512 = "SCRAM-SHA-512"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    PLAIN = "PLAIN"


class KafkaSecurity(BaseModel):
    """What PORTCLOCK_KAFKA_* say. `ca` is a PEM file; without one the system's authorities count.

    The name of the broker's certificate is always compared with the address.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    protocol: Protocol = Protocol.PLAINTEXT
    mechanism: Mechanism = Mechanism.SCRAM_SHA_512
    user: Annotated[str, Field(max_length=200)] = ""
    password: SecretStr = SecretStr("")
    ca: Path | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """What is half said would go out in the clear, or be refused later with less to read."""
        secret = self.password.get_secret_value()
        if self.protocol.signed_in and not (self.user and secret):
            raise ValueError(f"{self.protocol} needs a user and a password")
        if not self.protocol.signed_in and (self.user or secret):
            raise ValueError(f"{self.protocol} signs nobody in, and a user or password is given")
        if not self.protocol.encrypted and self.ca:
            raise ValueError(f"{self.protocol} has no certificates, and an authority is given")
        if self.mechanism is Mechanism.PLAIN and self.protocol is Protocol.SASL_PLAINTEXT:
            raise ValueError("PLAIN would send the password in the clear; use SASL_SSL or SCRAM")
        if self.ca and not self.ca.is_file():
            raise ValueError(f"there is no file {self.ca}")
        return self

    @property
    def kafka_python(self) -> dict[str, Any]:
        """Arguments of every client of kafka-python, and of aiokafka but for its TLS context."""
        if self.protocol is Protocol.PLAINTEXT:
            return {}
        found: dict[str, Any] = {"security_protocol": self.protocol.value}
        if self.ca:
            found["ssl_cafile"] = str(self.ca)
        if self.protocol.signed_in:
            found["sasl_mechanism"] = self.mechanism.value
            found["sasl_plain_username"] = self.user
            found["sasl_plain_password"] = self.password.get_secret_value()
        return found

    @property
    def librdkafka(self) -> dict[str, Any]:
        """Settings of every client of librdkafka."""
        return {_LIBRDKAFKA[name]: value for name, value in self.kafka_python.items()}


_LIBRDKAFKA: Final[Mapping[str, str]] = {
    "security_protocol": "security.protocol",
    "ssl_cafile": "ssl.ca.location",
    "sasl_mechanism": "sasl.mechanism",
    "sasl_plain_username": "sasl.username",
    "sasl_plain_password": "sasl.password",
}
OPEN: Final = KafkaSecurity()
"""A broker that asks nobody who he is, as on one machine."""


class Brokers(tuple[str, ...]):
    """Addresses (host:port) and how to show who one is there; elsewhere as good as any tuple."""

    security: KafkaSecurity

    def __new__(cls, addresses: Iterable[str], security: KafkaSecurity = OPEN) -> Self:
        made = super().__new__(cls, addresses)
        made.security = security
        return made


def security_at(brokers: Sequence[str]) -> KafkaSecurity:
    """How one shows who one is at these brokers; addresses alone ask nobody."""
    return brokers.security if isinstance(brokers, Brokers) else OPEN

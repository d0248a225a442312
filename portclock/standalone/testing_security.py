"""For tests of who is let in: authorities and certificates made for the day, a guarded broker.

Ships inside the package, so that no test imports from another test; `trustme` comes with the extra
`dev`. Nothing here is a secret: every password is made from its user's name.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from portclock.broker_rights import SERVICES
from portclock.broker_users import keep_users
from portclock.kafka_security import Brokers, KafkaSecurity
from portclock.standalone.broker_secured import start_secured

if TYPE_CHECKING:
    from trustme import LeafCert

ITERATIONS: Final = 4096
"""The fewest that Kafka takes: these passwords guard nothing."""
STRANGER: Final = "stranger"
"""A user that the broker knows, and that may do nothing."""


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files: the authority, another one, a server's certificate with its key, and the same for a
    host that is not this one."""

    ca: Path
    other_ca: Path
    server: Path
    elsewhere: Path


def make_certificates(folder: Path) -> Certificates:
    """An authority that vouches for 127.0.0.1, and one that vouches for nobody here."""
    import trustme

    authority = trustme.CA()
    files = Certificates(*(folder / f"{name}.pem" for name in ("ca", "other", "server", "else")))
    authority.cert_pem.write_to_path(str(files.ca))
    trustme.CA().cert_pem.write_to_path(str(files.other_ca))
    files.server.write_bytes(_keystore(authority.issue_cert("127.0.0.1", "localhost")))
    files.elsewhere.write_bytes(_keystore(authority.issue_cert("elsewhere.example")))
    return files


def _keystore(issued: "LeafCert") -> bytes:
    """Key and certificates in one file; the key in the form that Java reads."""
    from cryptography.hazmat.primitives import serialization as form

    key = form.load_pem_private_key(issued.private_key_pem.bytes(), None)
    told = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    return told + b"".join(blob.bytes() for blob in issued.cert_chain_pems)


def password(user: str) -> str:
    """Recognisable anywhere it might leak to."""
    return f"pass-of-{user}-8kq2"


@dataclass(frozen=True, slots=True)
class Guarded:
    """A broker that asks who one is; `plain` is its administrator's address."""

    address: str
    plain: str
    ca: Path

    def security(self, user: str, **other: object) -> KafkaSecurity:
        """How this user shows who he is."""
        told = {"protocol": "SASL_SSL", "user": user, "password": password(user), "ca": self.ca}
        return KafkaSecurity.model_validate({**told, **other})

    def brokers(self, user: str, **other: object) -> Brokers:
        """Its address as this user has it."""
        return Brokers((self.address,), self.security(user, **other))

    def environ(self, user: str) -> dict[str, str]:
        """The variables of a service that runs as this user."""
        return {
            "PORTCLOCK_BROKER": self.address,
            "PORTCLOCK_KAFKA_PROTOCOL": "SASL_SSL",
            "PORTCLOCK_KAFKA_USER": user,
            "PORTCLOCK_KAFKA_PASSWORD": password(user),
            "PORTCLOCK_KAFKA_CA": str(self.ca),
        }


@contextmanager
def start_guarded(folder: Path, certificates: Certificates) -> Iterator[Guarded]:
    """Apache Kafka with SASL_SSL, an authorizer, and a user for each service. Nothing is granted.

    Raises StandaloneError when it cannot be had on this machine.
    """
    with start_secured(folder, certificates.server) as broker:
        make_users(broker.plain, (*SERVICES, STRANGER))
        yield Guarded(broker.address, broker.plain, certificates.ca)


def make_users(plain: str, names: tuple[str, ...]) -> None:
    """Users with their passwords."""
    keep_users((plain,), {name: password(name) for name in names}, ITERATIONS)

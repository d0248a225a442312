"""Why a broker that is there does not let us in, as one sentence each.

The client libraries say of a wrong password, an unknown authority and a plain word on a TLS
listener alike that nobody answered in time. Here it is looked at: the certificate with Python's own
TLS, the password with librdkafka, which alone tells it apart. Must never say a password.
"""

import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from portclock.failure import Failure
from portclock.kafka_security import KafkaSecurity, security_at

KNOCK_S: Final = 2.0
"""How long to wait for one connection, or for one answer on it."""
LOOK_S: Final = 0.5
LOOKS_MAX: Final = 30
"""So often, and so long each time, it is asked whether the broker has let us in."""
WHO: Final = "set PORTCLOCK_KAFKA_PROTOCOL, _USER and _PASSWORD"
_WRONG_NAME: Final = frozenset({62, 64})
"""What OpenSSL calls a certificate that names another host, and another address."""
_TELLING: Final = frozenset({"_AUTHENTICATION", "_SSL", "_ALL_BROKERS_DOWN"})
"""After these, more waiting tells nothing."""
# Kafka's Metadata request, version 1, about no topic, from a client without a name.
_QUESTION: Final = bytes.fromhex("0000000e0003000100000000ffff00000000")


def require_entry(brokers: Sequence[str]) -> None:
    """Raises Failure when a broker of these answers and will not have us.

    Says nothing when one lets us in, and nothing when nobody answers: that may pass.
    """
    if refusal := refused(brokers):
        raise refusal


def refused(brokers: Sequence[str]) -> Failure | None:
    """Why we are not let in, or None when we are, or when nobody is there to say so."""
    there = next((address for address in brokers if _listens(address)), None)
    if there is None:
        return None
    security = security_at(brokers)
    codes = _knock(brokers, security)
    if codes is None:
        return None
    why = _why(there, security, codes)
    return (
        Failure(f"the broker at {there} does not let us in: {why[0]}", do=why[1]) if why else None
    )


@contextmanager
def entered(brokers: Sequence[str]) -> Iterator[None]:
    """Around a service: let in first, and then every error of Kafka's that ends it is a sentence.

    Raises Failure.
    """
    from kafka.errors import KafkaError

    require_entry(brokers)
    try:
        yield
    except KafkaError as error:
        raise explained(brokers, error) from error


def explained(brokers: Sequence[str], error: Exception) -> Failure:
    """An error of Kafka's as a sentence: not allowed, not let in, or nobody there."""
    if "AuthorizationFailed" in f"{type(error).__name__} {error}":
        return not_allowed(brokers, error)
    return refused(brokers) or unreachable(brokers, type(error).__name__)


def unreachable(brokers: Sequence[str], why: str) -> Failure:
    """No broker answers at the address."""
    return Failure(
        f"no broker answers at {','.join(brokers)} ({why})",
        do="start one (portclock up), or name another with PORTCLOCK_BROKER",
    )


def not_allowed(brokers: Sequence[str], error: Exception) -> Failure:
    """The broker knows us, and we may not do this there."""
    who = security_at(brokers).user or "nobody in particular"
    said = str(error) or type(error).__name__
    return Failure(
        f"the broker at {','.join(brokers)} does not allow this to {who} ({said})",
        do="grant what docs/security.md lists: portclock broker rights prints it",
    )


def _why(there: str, security: KafkaSecurity, codes: set[str]) -> tuple[str, str] | None:
    """What is wrong, and what to do; None when it is nothing of these."""
    if "_AUTHENTICATION" in codes:
        user = security.user or "without a name"
        return (
            f"it does not take the password of the user {user}, or has no such user",
            "check PORTCLOCK_KAFKA_USER, _PASSWORD and _MECHANISM",
        )
    if security.protocol.encrypted:
        if wrong := _certificate(there, security):
            return wrong
    elif _speaks_tls(there):
        return "it takes TLS alone", "set PORTCLOCK_KAFKA_PROTOCOL=SASL_SSL, or SSL"
    if not security.protocol.signed_in and _hangs_up(there, security):
        return "it wants to know who asks", WHO
    return None


def _certificate(there: str, security: KafkaSecurity) -> tuple[str, str] | None:
    try:
        with (
            _connected(there) as plain,
            _context(security).wrap_socket(plain, server_hostname=_host(there)),
        ):
            return None
    except ssl.SSLCertVerificationError as error:
        if error.verify_code in _WRONG_NAME:
            return "its certificate names another host", "connect by a name that it has"
        named = security.ca or "the authorities of this system"
        return (
            f"its certificate is not vouched for by {named} ({error.verify_message})",
            "set PORTCLOCK_KAFKA_CA to the file of the authority that signed it",
        )
    except (ssl.SSLError, OSError):
        if not _listens(there):  # it has just gone, and may come back
            return None
        return (
            "it speaks no TLS there",
            "name its TLS listener, or another PORTCLOCK_KAFKA_PROTOCOL",
        )


def _speaks_tls(there: str) -> bool:
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    try:
        with _connected(there) as plain, anybody.wrap_socket(plain):
            return True
    except (ssl.SSLError, OSError):
        return False


def _hangs_up(there: str, security: KafkaSecurity) -> bool:
    """Whether it ends the connection at a question that needs no right, as for a stranger, and is
    still there: one that is just dying ends connections as well."""
    try:
        with _connected(there) as plain:
            door = plain
            if security.protocol.encrypted:
                door = _context(security).wrap_socket(plain, server_hostname=_host(there))
            with door:
                door.sendall(_QUESTION)
                ended = not door.recv(1)
    except TimeoutError:
        return False
    except OSError:
        ended = True
    return ended and _listens(there)


def _knock(brokers: Sequence[str], security: KafkaSecurity) -> set[str] | None:
    """None when we are let in, else librdkafka's words for what was wrong."""
    import confluent_kafka as librdkafka
    from confluent_kafka.admin import AdminClient

    codes: set[str] = set()
    settings: dict[str, Any] = {
        "bootstrap.servers": ",".join(brokers),
        "client.id": "portclock-entry",
        "socket.timeout.ms": int(LOOK_S * LOOKS_MAX * 1000),
        "error_cb": lambda error: codes.add(error.name()),
        "log_level": 0,
        **security.librdkafka,
    }
    client = AdminClient(settings)
    for _ in range(LOOKS_MAX):
        try:
            client.list_topics(timeout=LOOK_S)
            return None
        except librdkafka.KafkaException:
            client.poll(0)
        if codes & _TELLING:
            break
    return codes


def _context(security: KafkaSecurity) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(security.ca) if security.ca else None)


def _listens(address: str) -> bool:
    try:
        _connected(address).close()
    except OSError:
        return False
    return True


def _connected(address: str) -> socket.socket:
    return socket.create_connection((_host(address), int(address.rpartition(":")[2])), KNOCK_S)


def _host(address: str) -> str:
    return address.rpartition(":")[0].strip("[]")

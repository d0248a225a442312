"""When a child may be called ready: by what it does, never by the time that passed alone.

Every check is a value that is asked again and again; each answer takes at most a second, because
the supervisor asks them one after the other.
"""

import http.client
import socket
import struct
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from portclock.standalone.ports import LOCALHOST, port_answers

ANSWER_WITHIN_S = 1.0


class Sight(Protocol):
    """What a check may look at: how long the child runs and what it announced.

    `announced` is the first line of this run that is one JSON object, if there was one.
    """

    @property
    def uptime_s(self) -> float: ...
    @property
    def announced(self) -> Mapping[str, object] | None: ...


Ready = Callable[[Sight], bool]


@dataclass(frozen=True, slots=True)
class Running:
    """Ready when it has not died within `for_s` seconds: for a child that serves nobody."""

    for_s: float = 0.2

    def __call__(self, sight: Sight) -> bool:
        return sight.uptime_s >= self.for_s


@dataclass(frozen=True, slots=True)
class Announced:
    """Ready when it printed one line that is a JSON object."""

    def __call__(self, sight: Sight) -> bool:
        return sight.announced is not None


@dataclass(frozen=True, slots=True)
class PortAnswers:
    """Ready when it accepts connections on a port of this machine."""

    port: int

    def __call__(self, sight: Sight) -> bool:
        return port_answers(self.port)


@dataclass(frozen=True, slots=True)
class HttpAnswers:
    """Ready when `path` on a port of this machine answers with 2xx."""

    port: int
    path: str = "/metrics"

    def __call__(self, sight: Sight) -> bool:
        # Built here, so it is http and this machine, whatever the path says.
        address = f"http://{LOCALHOST}:{self.port}{self.path}"
        try:
            with urllib.request.urlopen(address, timeout=ANSWER_WITHIN_S) as answer:
                return 200 <= int(answer.status) < 300
        except (http.client.HTTPException, OSError):
            return False


@dataclass(frozen=True, slots=True)
class BrokerAnswers:
    """Ready when it tells which brokers there are, and there is one; or `node` is among them.

    An open port is not enough: Apache Kafka opens it while its broker is still fenced, and then
    lists none, or only the others of its cluster. The question is put by hand, because a client of
    kafka-python that gets no answer leaves a thread and a socket behind, and this is asked often.
    """

    port: int
    node: int | None = None

    def __call__(self, sight: Sight) -> bool:
        try:
            with socket.create_connection((LOCALHOST, self.port), ANSWER_WITHIN_S / 2) as door:
                door.settimeout(ANSWER_WITHIN_S / 2)
                door.sendall(_METADATA_REQUEST)
                known = _brokers_in(_answer(door))
                return bool(known) if self.node is None else self.node in known
        except (OSError, struct.error):
            return False


# Kafka's Metadata request, version 1, about no topic: length, key 3, version, correlation, client.
_CORRELATION: Final = 0x70636C6B
_CLIENT: Final = b"portclock-ready"
_BODY: Final = (
    struct.pack(">hhih", 3, 1, _CORRELATION, len(_CLIENT)) + _CLIENT + struct.pack(">i", 0)
)
_METADATA_REQUEST: Final = struct.pack(">i", len(_BODY)) + _BODY
# The head of its answer: length, correlation, how many brokers follow. Of each: its number, its
# host as a string, its port, its rack as a string or null.
_METADATA_HEAD: Final = struct.Struct(">iii")
_NUMBER: Final = struct.Struct(">i")
_LENGTH: Final = struct.Struct(">h")
_ANSWER_BYTES_MAX: Final = 64 * 1024


def _answer(door: socket.socket) -> bytes:
    """The whole answer; shorter when the other side ended early. Raises OSError."""
    head = door.recv(_METADATA_HEAD.size, socket.MSG_WAITALL)
    if len(head) < _METADATA_HEAD.size:
        return head
    rest = _METADATA_HEAD.unpack(head)[0] + _NUMBER.size - len(head)
    return head + door.recv(max(0, min(rest, _ANSWER_BYTES_MAX)), socket.MSG_WAITALL)


def _brokers_in(answer: bytes) -> frozenset[int]:
    """The numbers of the brokers it lists. Raises struct.error for an answer that is cut short."""
    if len(answer) < _METADATA_HEAD.size:
        return frozenset()
    _, correlation, count = _METADATA_HEAD.unpack_from(answer)
    if correlation != _CORRELATION:
        return frozenset()
    found, at = set(), _METADATA_HEAD.size
    for _ in range(count):
        found.add(int(_NUMBER.unpack_from(answer, at)[0]))
        at = _after_text(answer, at + _NUMBER.size) + _NUMBER.size
        at = _after_text(answer, at)
    return frozenset(found)


def _after_text(answer: bytes, at: int) -> int:
    """Where a string ends that begins there; one of length -1 is none."""
    return at + _LENGTH.size + max(0, int(_LENGTH.unpack_from(answer, at)[0]))

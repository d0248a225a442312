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
    """Ready when it tells which brokers there are, and there is one.

    An open port is not enough: Apache Kafka opens it while its broker is still fenced, and then
    lists none. The question is put by hand, because a client of kafka-python that gets no answer
    leaves a thread and a socket behind, and this is asked many times.
    """

    port: int

    def __call__(self, sight: Sight) -> bool:
        try:
            with socket.create_connection((LOCALHOST, self.port), ANSWER_WITHIN_S / 2) as door:
                door.settimeout(ANSWER_WITHIN_S / 2)
                door.sendall(_METADATA_REQUEST)
                return _brokers_in(door.recv(_METADATA_HEAD.size, socket.MSG_WAITALL)) > 0
        except OSError:
            return False


# Kafka's Metadata request, version 1, about no topic: length, key 3, version, correlation, client.
_CORRELATION: Final = 0x70636C6B
_CLIENT: Final = b"portclock-ready"
_BODY: Final = (
    struct.pack(">hhih", 3, 1, _CORRELATION, len(_CLIENT)) + _CLIENT + struct.pack(">i", 0)
)
_METADATA_REQUEST: Final = struct.pack(">i", len(_BODY)) + _BODY
# The head of its answer: length, correlation, how many brokers follow.
_METADATA_HEAD: Final = struct.Struct(">iii")


def _brokers_in(head: bytes) -> int:
    if len(head) < _METADATA_HEAD.size:
        return 0
    _, correlation, brokers = _METADATA_HEAD.unpack(head)
    return int(brokers) if correlation == _CORRELATION else 0

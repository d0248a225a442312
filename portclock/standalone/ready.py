"""When a child may be called ready: by what it does, never by the time that passed alone.

Every check is a value that is asked again and again; each answer takes at most a second, because
the supervisor asks them one after the other.
"""

import http.client
import logging
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from kafka import KafkaAdminClient

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
    """Ready when a Kafka client gets the list of brokers and somebody is on it.

    An open port is not enough: Apache Kafka opens it while its broker is still fenced.
    """

    port: int

    def __call__(self, sight: Sight) -> bool:
        if not port_answers(self.port):
            return False
        with _quiet(logging.getLogger("kafka")):
            return _brokers_known(self.port) > 0


def _brokers_known(port: int) -> int:
    # Half for finding the broker, half for asking it.
    within_ms = int(ANSWER_WITHIN_S * 1000 / 2)
    try:
        admin = KafkaAdminClient(
            bootstrap_servers=f"{LOCALHOST}:{port}",
            request_timeout_ms=within_ms,
            bootstrap_timeout_ms=within_ms,
        )
    except Exception:  # the client has no single class for "not yet": whatever it says means no
        return 0
    try:
        brokers = admin.describe_cluster()["brokers"]
        return sum(1 for broker in brokers if not broker.get("is_fenced"))
    except Exception:  # as above
        return 0
    finally:
        admin.close()


@contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    """The client reports every refused connection as an error; here a refusal is an answer."""
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)

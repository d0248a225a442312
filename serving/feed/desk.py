"""The desk: deeds that people do on the board, written down in the log.

A deed goes under the key of its visit, so that it lies where the alerts of the visit lie: the
partition is that of the default partitioner, as for everything in the house. It counts as written
when all replicas have it. Waits are bounded; what was refused may be sent again, since a deed told
twice counts once.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Protocol

from kafka import KafkaProducer
from kafka.errors import KafkaError

from events.alerts import AlertDeed
from events.codec import encode
from events.topics import ALERT_DEEDS
from serving.asks import DeskUnavailable
from serving.metrics import BoardMetrics

WRITTEN_WITHIN_S: Final = 5.0
WAITING_MAX: Final = 100
"""Deeds that wait for their turn; of more, each is refused at once."""
_LOG = logging.getLogger(__name__)


class Producer(Protocol):
    """The part of kafka-python's KafkaProducer that is used."""

    def send(self, topic: str, value: bytes, key: bytes) -> Any: ...
    def close(self, timeout: float | None = None) -> None: ...


def open_producer(
    brokers: Sequence[str],
    within_s: float = WRITTEN_WITHIN_S,
    arguments: Mapping[str, Any] | None = None,
) -> Producer:
    """A producer that gives up in time, given `arguments` besides: how it shows who it is.

    Raises KafkaError when no broker answers.
    """
    bound_ms = int(within_s * 1000)
    producer: Producer = KafkaProducer(
        bootstrap_servers=list(brokers),
        client_id="portclock-desk",
        acks="all",
        allow_auto_create_topics=False,
        max_block_ms=bound_ms,
        request_timeout_ms=bound_ms,
        delivery_timeout_ms=bound_ms,
        bootstrap_timeout_ms=bound_ms,
        linger_ms=0,
        **(arguments or {}),
    )
    return producer


class LogDesk:
    """Fulfils `serving.asks.Desk`. The producer is opened at the first deed, so that a board can
    start before its broker; after a failure it is opened anew."""

    def __init__(
        self,
        open: Callable[[], Producer],
        *,
        within_s: float = WRITTEN_WITHIN_S,
        metrics: BoardMetrics | None = None,
    ) -> None:
        self._open, self._within_s = open, within_s
        self._metrics = metrics or BoardMetrics()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self._producer: Producer | None = None
        self._waiting = 0

    async def write(self, deed: AlertDeed) -> None:
        """See Desk.write."""
        try:
            await self._written(deed)
        except (KafkaError, TimeoutError) as error:
            self._metrics.deed(written=False)
            _LOG.warning("a deed was not written: %r", error)
            raise DeskUnavailable("the log did not take it down in time; try again") from error
        self._metrics.deed(written=True)

    async def _written(self, deed: AlertDeed) -> None:
        """What is still under way when its time is up may be written yet: sent again, it counts
        once."""
        if self._waiting >= WAITING_MAX:
            raise TimeoutError(f"{self._waiting} deeds wait already")
        self._waiting += 1
        writing = asyncio.get_running_loop().run_in_executor(self._threads, self._write, deed)
        writing.add_done_callback(self._done)
        await asyncio.wait_for(asyncio.shield(writing), 2 * self._within_s)

    def _done(self, writing: "asyncio.Future[None]") -> None:
        self._waiting -= 1
        if not writing.cancelled():
            writing.exception()  # looked at, even where nobody waited for it any more

    def close(self) -> None:
        """Let go of the broker; a deed under way ends first, in bounded time."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        if self._producer is not None:
            self._producer.close(timeout=self._within_s)

    def _write(self, deed: AlertDeed) -> None:
        if self._producer is None:
            self._producer = self._open()
        try:
            sent = self._producer.send(ALERT_DEEDS.name, encode(deed), deed.visit_id.encode())
            sent.get(timeout=self._within_s)
        except KafkaError:
            lost, self._producer = self._producer, None
            lost.close(timeout=0)
            raise

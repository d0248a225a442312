"""The thread that fetches: it gathers a little, and hands records on as they were unpacked.

Faust lets a broker hold a fetch back for 1.5 s as long as it has nothing. A broker that looks again
only when that time is half over, as the embedded one does, so keeps what comes for 0.75 s; and one
that answers whatever comes at once is asked as often as something comes, for a record or two. What
is said in `Gathering` bounds both: the answer comes when there is enough, or when it is time.

The assignor is Faust's own, told that the app has no tables of Faust's: it gives out the partitions
of all topics alike, where the one that Faust would take then scatters them over the workers.

aiokafka 0.14 makes a second object of each record, with eleven fields, of which this wing reads
five: 0.5 us a record. What its fetcher has ready when it is asked is therefore told to leave its
records as they are; what comes in while it waits is of the other sort, and as good. Relied on:
`_fetch_records` of Faust's consumer thread, `_records` of the fetcher, `_partition_records` of what
lies there, that `_consumer_record` makes the second object, and that a consumer starts its fetcher
with its `_fetch_max_wait_ms` and `_fetch_min_bytes`, its group with its
`_partition_assignment_strategy`; that the consumer is stopped in `on_thread_stop`. Knows no
record's meaning.
"""

import asyncio
from contextlib import suppress
from typing import Any, Final, NamedTuple, cast

from aiokafka.consumer.fetcher import FetchResult
from faust.transport.drivers import aiokafka as driver


class Gathering(NamedTuple):
    """How long a broker may hold a fetch back, and with how many bytes it need not."""

    wait_s: float
    bytes_min: int


USUAL: Final = Gathering(0.1, 64 * 1024)


class RunThread(driver.AIOKafkaConsumerThread):
    """Faust's aiokafka thread with lighter records."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = cast("Any", super()._create_worker_consumer(transport))
        gathering: Gathering = transport.gathering
        consumer._fetch_max_wait_ms = int(gathering.wait_s * 1000)
        consumer._fetch_min_bytes = gathering.bytes_min
        self._assignor = self.app.assignor
        consumer._partition_assignment_strategy = [self._assignor]
        return consumer

    async def _fetch_records(
        self,
        consumer: Any,
        active_partitions: Any,
        timeout: float | None = None,
        max_records: int | None = None,
    ) -> Any:
        spare(consumer._fetcher)
        return await super()._fetch_records(consumer, active_partitions, timeout, max_records)

    async def on_thread_stop(self) -> None:
        """Let go of the consumer. Its fetcher cancels what it fetches and waits for it: where that
        waited to try again, the cancellation comes out here, and the thread would die without a
        word to the process, which waits for it for ever."""
        with suppress(asyncio.CancelledError):
            await super().on_thread_stop()


def spare(fetcher: Any) -> None:
    """Spare the records that are ready their second object."""
    for ready in fetcher._records.values():
        if type(ready) is FetchResult and ready._partition_records is not None:
            ready._partition_records._consumer_record = _as_it_is


def _as_it_is(_: Any, record: Any) -> Any:
    return record

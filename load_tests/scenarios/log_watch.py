"""Reads what the worker publishes as it comes.

Knows aiokafka; must never know what the records say.
"""

import asyncio
from time import monotonic
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from events.topics import LIMIT_ALERTS, PARTITIONS, STAGE_DWELLS
from load_tests.scenarios.sightings import Sightings

POLL_MS: Final = 50
RECORDS_MAX: Final = 5_000


class LogWatch:
    """Shows every outcome and alert to `sightings`, from `start` on."""

    def __init__(self, address: str, sightings: Sightings) -> None:
        self._take = {
            STAGE_DWELLS.name: sightings.see_outcome,
            LIMIT_ALERTS.name: sightings.see_alert,
        }
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=address, enable_auto_commit=False, fetch_max_wait_ms=POLL_MS
        )

    async def start(self) -> None:
        """From now on; what was published before is not read."""
        await self._consumer.start()
        places = [
            TopicPartition(topic, partition)
            for topic in self._take
            for partition in range(PARTITIONS)
        ]
        self._consumer.assign(places)
        await self._consumer.seek_to_end(*places)

    async def run(self, stop: asyncio.Event) -> None:
        """Watch until told to stop."""
        while not stop.is_set():
            polled = await self._consumer.getmany(timeout_ms=POLL_MS, max_records=RECORDS_MAX)
            now = monotonic()
            for place, records in polled.items():
                for record in records:
                    self._take[place.topic](record, now)
            await asyncio.sleep(0)  # what was fetched already would be read without a pause
        await self._consumer.stop()

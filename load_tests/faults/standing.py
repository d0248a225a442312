"""How far worker and writer have come, by what their groups committed: asked while parts die.

Knows librdkafka. A broker that is away gives no answer, and no answer is never taken for progress.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from confluent_kafka import Consumer, KafkaException, TopicPartition

from events.topics import EVENT_TOPICS, OUTCOME_TOPICS, PARTITIONS, TICKS
from load_tests.scenarios.house import groups

ANSWER_S: Final = 5.0
Place = tuple[str, int]
Places = Mapping[Place, int]
"""Topic and partition -> an offset."""
EVENTS: Final = tuple(topic.name for topic in EVENT_TOPICS)
SOURCES: Final = (*EVENTS, TICKS.name)
RESULTS: Final = tuple(topic.name for topic in OUTCOME_TOPICS)


class Standing:
    """Use `standing`. Every question gives None when nobody answers."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._clients = {
            group: _client(addresses, group) for group in (*groups(), f"{groups()[1]}-events")
        }

    def worker(self) -> Places | None:
        """What the workers have done of events and ticks."""
        return self._committed(groups()[0], SOURCES)

    def writer(self) -> Places | None:
        """What the writer has stored of outcomes, alerts, fates and refusals."""
        return self._committed(groups()[1], RESULTS)

    def landed_events(self) -> Places | None:
        """What the writer's second lane has stored of events."""
        return self._committed(f"{groups()[1]}-events", EVENTS)

    def ends(self, topics: Sequence[str]) -> Places | None:
        """Where the topics end now."""
        client = self._clients[groups()[0]]
        try:
            return {(one.topic, one.partition): _end(client, one) for one in _partitions(topics)}
        except KafkaException:
            return None

    def close(self) -> None:
        """Let go of the connections."""
        for client in self._clients.values():
            client.close()

    def _committed(self, group: str, topics: Sequence[str]) -> Places | None:
        try:
            told = self._clients[group].committed(_partitions(topics), timeout=ANSWER_S)
        except KafkaException:
            return None
        if any(one.error for one in told):
            return None
        return {(one.topic, one.partition): max(0, one.offset) for one in told}


def reached(now: Places | None, wanted: Places) -> bool:
    """Whether every place is at least where it was wanted."""
    return now is not None and all(now.get(place, 0) >= offset for place, offset in wanted.items())


def missing(now: Places, wanted: Places) -> int:
    """How many records are still to come."""
    return sum(max(0, offset - now.get(place, 0)) for place, offset in wanted.items())


@contextmanager
def standing(addresses: Sequence[str]) -> Iterator[Standing]:
    """Ask these brokers, until the end of the block."""
    found = Standing(addresses)
    try:
        yield found
    finally:
        found.close()


def _partitions(topics: Sequence[str]) -> list[TopicPartition]:
    return [TopicPartition(topic, number) for topic in topics for number in range(PARTITIONS)]


def _end(client: Consumer, place: TopicPartition) -> int:
    offsets = client.get_watermark_offsets(place, timeout=ANSWER_S)
    return int(offsets[1]) if offsets else 0


def _client(addresses: Sequence[str], group: str) -> Consumer:
    """It asks for the group's commits and never joins it."""
    return Consumer(
        {
            "bootstrap.servers": ",".join(addresses),
            "group.id": group,
            "enable.auto.commit": False,
            "socket.timeout.ms": int(ANSWER_S * 1000),
            "reconnect.backoff.max.ms": 1_000,
            "log_level": 0,
        }
    )

"""The Kafka side of a replay: a kafka-python producer behind the `Outbox` of `portclock.replay`.

Every message is acknowledged by all in-sync replicas; a broker that restarts is waited for, up to
DELIVERY. Must never know what a message says.
"""

import socket
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

from kafka import KafkaAdminClient, KafkaProducer
from kafka.errors import KafkaError

from events.codec import encode
from events.outcomes import Tick
from events.topics import COPY_OF, PARTITIONS, TICKS
from portclock.broker_entry import explained, require_entry, unreachable
from portclock.failure import Failure
from portclock.kafka_security import OPEN, security_at
from portclock.replay import Message, Offsets

DELIVERY = timedelta(minutes=5)
"""How long one message may take, retries included, before the replay gives up."""

LISTEN = timedelta(seconds=2)
"""How long to wait for a connection to one broker."""
ANSWER = timedelta(seconds=10)
"""How long to wait for the first answer of any broker."""


class KafkaOutbox(AbstractContextManager["KafkaOutbox"]):
    """Sends and remembers how far each partition has been acknowledged."""

    def __init__(self, brokers: Sequence[str]) -> None:
        self._brokers = ",".join(brokers)
        self._producer = connect(brokers)
        self._pending: list[Any] = []
        self._reached: dict[str, dict[int, int]] = defaultdict(dict)

    def __exit__(self, kind: object, *raised: object) -> None:
        self._producer.close(timeout=5 if kind else DELIVERY.total_seconds())

    def send(self, message: Message) -> None:
        """Queue one message for its topic, by the partitioner all Kafka clients share."""
        marks = () if message.partition is None else ((COPY_OF, b"replay"),)
        self.send_raw(message.topic, message.key, message.value, marks, message.partition)

    def send_raw(
        self,
        topic: str,
        key: bytes | None,
        value: bytes,
        headers: Sequence[tuple[str, bytes]] = (),
        partition: int | None = None,
    ) -> None:
        """Queue bytes as they are. Raises Failure when the topic cannot be reached at all."""
        try:
            future = self._producer.send(
                topic, key=key, value=value, headers=list(headers), partition=partition
            )
        except KafkaError as error:
            raise self._lost(topic, error) from error
        self._pending.append(future)

    def settle(self) -> Offsets:
        """Wait until everything sent is acknowledged; the offsets reached, per topic."""
        self._producer.flush()
        pending, self._pending = self._pending, []
        for future in pending:
            self._note(future)
        return self.reached()

    def reached(self) -> Offsets:
        """Per event topic and partition, the offset one past the last acknowledged message."""
        return {
            topic: dict(offsets) for topic, offsets in self._reached.items() if topic != TICKS.name
        }

    def beat(self, tick: Callable[[int], Tick]) -> None:
        """Queue one tick for every partition of `ticks`, keyed by the partition's number."""
        for partition in range(PARTITIONS):
            value = encode(tick(partition))
            self.send_raw(TICKS.name, str(partition).encode(), value, partition=partition)

    def _note(self, future: Any) -> None:
        try:
            record = future.get(timeout=DELIVERY.total_seconds())
        except KafkaError as error:
            raise self._lost("a topic", error) from error
        offsets = self._reached[record.topic]
        offsets[record.partition] = max(offsets.get(record.partition, 0), record.offset + 1)

    def _lost(self, topic: str, error: KafkaError) -> Failure:
        return Failure(
            f"a message for {topic} was not acknowledged by {self._brokers} "
            f"({error or type(error).__name__})",
            do="check that the broker is up and has the topics (a worker makes them), then start "
            "again from the same file: what was sent twice is counted once",
        )


def connect(brokers: Sequence[str]) -> KafkaProducer:
    """A producer that loses nothing; raises Failure when no broker answers."""
    with answering(brokers):
        return KafkaProducer(
            bootstrap_servers=list(brokers),
            acks="all",
            linger_ms=5,
            batch_size=64 * 1024,
            max_request_size=2 * 1024 * 1024,
            allow_auto_create_topics=False,
            max_block_ms=int(DELIVERY.total_seconds() * 1000),
            delivery_timeout_ms=int(DELIVERY.total_seconds() * 1000),
            bootstrap_timeout_ms=int(ANSWER.total_seconds() * 1000),
            **security_at(brokers).kafka_python,
        )


@contextmanager
def answering(brokers: Sequence[str]) -> Iterator[None]:
    """Around opening a client: raises Failure at once when nobody listens at any address."""
    if not any(map(_listens, brokers)):
        raise unreachable(brokers, "nobody listens there")
    if security_at(brokers) != OPEN:
        require_entry(brokers)
    try:
        yield
    except KafkaError as error:
        raise explained(brokers, error) from error


def _listens(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), LISTEN.total_seconds()).close()
    except OSError:
        return False
    return True


def require_topics(brokers: Sequence[str], names: Iterable[str]) -> None:
    """Raises Failure unless the broker has these topics with the partitions we count on."""
    with answering(brokers):
        admin = KafkaAdminClient(
            bootstrap_servers=list(brokers),
            bootstrap_timeout_ms=int(ANSWER.total_seconds() * 1000),
            **security_at(brokers).kafka_python,
        )
    found = {
        topic["name"]: len(topic["partitions"]) for topic in admin.describe_topics(list(names))
    }
    admin.close()
    wrong = sorted(name for name, partitions in found.items() if partitions != PARTITIONS)
    if wrong:
        raise Failure(
            f"the broker {','.join(brokers)} has no topic {', '.join(wrong)} "
            f"with {PARTITIONS} partitions",
            do="start a worker on it first (portclock worker): it makes the topics",
        )

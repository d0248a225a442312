"""The consumer as the writer sees it, and the only place that opens a real one."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.structs import OffsetAndMetadata

from events.topics import OUTCOME_TOPICS, Topic
from sinks.settings import WriterSettings

RECORDS_PER_POLL = 2_000
FETCH_BYTES_MAX = 16 * 1024 * 1024
COMMIT_TIMEOUT_MS = 10_000


class Consumer(Protocol):
    """The part of kafka-python's KafkaConsumer that the writer uses, in its own shapes."""

    def poll(
        self, timeout_ms: float = 0, max_records: int | None = None
    ) -> Mapping[TopicPartition, Sequence[ConsumerRecord]]: ...
    def assignment(self) -> set[TopicPartition]: ...
    def paused(self) -> set[TopicPartition]: ...
    def pause(self, *partitions: TopicPartition) -> None: ...
    def resume(self, *partitions: TopicPartition) -> None: ...
    def highwater(self, partition: TopicPartition) -> int | None: ...
    def commit(
        self,
        offsets: Mapping[TopicPartition, OffsetAndMetadata],
        timeout_ms: float | None = None,
    ) -> None: ...
    def close(self) -> None: ...


def open_consumer(
    settings: WriterSettings, topics: Sequence[Topic] = OUTCOME_TOPICS, **overrides: Any
) -> Consumer:
    """Join the group of these settings on these topics; raises KafkaError.

    Commits are the writer's own, and a group without a commit begins at the oldest record: what
    was published before the writer first ran must land too.
    """
    configs: dict[str, Any] = {
        "bootstrap_servers": list(settings.brokers),
        "client_id": "portclock-writer",
        "group_id": settings.group,
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "allow_auto_create_topics": False,
        "session_timeout_ms": settings.session_timeout_ms,
        "heartbeat_interval_ms": settings.session_timeout_ms // 3,
        "max_poll_records": RECORDS_PER_POLL,
        "fetch_max_bytes": FETCH_BYTES_MAX,
        **overrides,
    }
    consumer: Consumer = KafkaConsumer(*(topic.name for topic in topics), **configs)
    return consumer

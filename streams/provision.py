"""The topics, made before the worker starts: partition counts, retention, sizes.

Knows `events.topics` and kafka-python's admin client; Apache Kafka and tansu alike. A topic that
exists is taken as it is, except that its partition count must fit.
"""

from kafka import KafkaConsumer
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError

from events.topics import TOPICS, Topic
from streams.settings import Settings
from streams.tables import changelog_name

_CHANGELOG = {
    "cleanup.policy": "compact",
    "segment.bytes": str(64 * 1024 * 1024),
    "min.cleanable.dirty.ratio": "0.3",
}
"""A segment that is being written is never compacted, and whoever restores reads all of it: of the
brokers' usual gigabyte, however small the state is."""


class ProvisioningError(Exception):
    """The broker's topics are not what the worker needs."""


def provision(settings: Settings) -> list[str]:
    """Create what is missing and check what exists. Returns the names created.

    Raises ProvisioningError with what to do.
    """
    try:
        admin = KafkaAdminClient(
            bootstrap_servers=settings.brokers,
            bootstrap_timeout_ms=int(settings.connect_timeout_s * 1000),
            **settings.kafka_python,
        )
    except KafkaError as error:
        raise ProvisioningError(
            f"no broker answers at {settings.broker} ({error}); start it, or set PORTCLOCK_BROKER"
        ) from error
    try:
        existing = set(admin.list_topics())
        missing = [topic for topic in wanted_topics(settings) if topic.name not in existing]
        for topic in missing:
            _create(admin, topic)
    finally:
        admin.close()
    check_partitions(settings)
    return [topic.name for topic in missing]


def wanted_topics(settings: Settings) -> list[NewTopic]:
    """Every topic of the house, and the changelog of the table."""
    shared = [_new_topic(topic, settings) for topic in TOPICS]
    changelog = NewTopic(
        changelog_name(settings.app_id),
        num_partitions=settings.partitions,
        replication_factor=settings.replication,
        topic_configs={**_CHANGELOG, **_insync(settings)},
    )
    return [*shared, changelog]


def check_partitions(settings: Settings) -> None:
    """Raise ProvisioningError unless every topic has the wanted number of partitions."""
    consumer = KafkaConsumer(bootstrap_servers=settings.brokers, **settings.kafka_python)
    try:
        for topic in wanted_topics(settings):
            found = consumer.partitions_for_topic(topic.name) or set()
            if len(found) != settings.partitions:
                raise ProvisioningError(
                    f"topic {topic.name} has {len(found)} partitions, {settings.partitions} are "
                    "wanted: all topics must agree, or one unit's events reach two workers"
                )
    finally:
        consumer.close()


def _new_topic(topic: Topic, settings: Settings) -> NewTopic:
    """A record bears the broker's stamp, not its sender's: it says when the record was taken, and
    what an old stamp would let the broker delete at once is kept. tansu passes over the wish."""
    return NewTopic(
        topic.name,
        num_partitions=settings.partitions,
        replication_factor=settings.replication,
        topic_configs={
            "retention.ms": str(topic.retention_ms),
            "max.message.bytes": str(topic.message_bytes_max),
            "message.timestamp.type": "LogAppendTime",
            **_insync(settings),
        },
    )


def _insync(settings: Settings) -> dict[str, str]:
    """Said only where there is something to say: an embedded broker need not know it."""
    several = settings.replication > 1
    return {"min.insync.replicas": str(settings.insync_min)} if several else {}


def _create(admin: KafkaAdminClient, topic: NewTopic) -> None:
    try:
        admin.create_topics([topic], wait_for_metadata=True)
    except TopicAlreadyExistsError:
        return  # another worker was faster
    except KafkaError as error:
        raise ProvisioningError(f"topic {topic.name} could not be created: {error}") from error

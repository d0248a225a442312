"""Topics are made as the house declares them, on a real broker."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import NewTopic

from events.topics import TOPICS
from portclock.standalone.brokers import Broker
from streams.provision import ProvisioningError, provision, wanted_topics
from streams.settings import Settings

WITHIN_S = 30


def test_every_topic_and_the_changelog_are_wanted_as_declared() -> None:
    settings = Settings.of({"broker": "b:1", "app_id": "app", "partitions": 3})
    wanted = {topic.name: topic for topic in wanted_topics(settings)}

    assert set(wanted) == {topic.name for topic in TOPICS} | {"app-units-changelog"}
    assert {(t.num_partitions, t.replication_factor) for t in wanted.values()} == {(3, 1)}
    changelog = wanted["app-units-changelog"].topic_configs
    assert changelog["cleanup.policy"] == "compact"
    assert int(changelog["segment.bytes"]) <= 64 * 1024 * 1024, "what is never compacted"
    for topic in TOPICS:
        assert wanted[topic.name].topic_configs == {
            "retention.ms": str(topic.retention_ms),
            "max.message.bytes": str(topic.message_bytes_max),
            "message.timestamp.type": "LogAppendTime",
        }


def test_on_several_nodes_a_record_counts_when_it_is_on_as_many_as_was_said() -> None:
    settings = Settings.of({"broker": "b:1,b:2,b:3", "replication": 3, "insync_min": 2})
    wanted = wanted_topics(settings)
    assert {topic.replication_factor for topic in wanted} == {3}
    assert {topic.topic_configs["min.insync.replicas"] for topic in wanted} == {"2"}


def test_what_is_missing_is_made_and_what_exists_is_left(broker: str) -> None:
    settings = Settings.of({"broker": broker, "partitions": 2})

    assert set(provision(settings)) == {topic.name for topic in wanted_topics(settings)}
    assert provision(settings) == []
    with pytest.raises(ProvisioningError, match="has 2 partitions, 3 are wanted"):
        provision(Settings.of({"broker": broker, "partitions": 3}))


def test_a_stamp_of_the_sender_s_own_neither_ages_a_record_nor_deletes_it(kafka: Broker) -> None:
    settings = Settings.of({"broker": kafka.address, "partitions": 2, "app_id": "stamps"})
    wanted = wanted_topics(settings)[0]
    with closing(KafkaAdminClient(bootstrap_servers=kafka.address)) as admin:
        made = NewTopic("stamped", 1, 1, topic_configs=wanted.topic_configs)
        admin.create_topics([made], wait_for_metadata=True)
    with closing(KafkaProducer(bootstrap_servers=kafka.address)) as producer:
        producer.send("stamped", b"long ago", timestamp_ms=1_000).get(WITHIN_S)
        now = producer.send("stamped", b"now").get(WITHIN_S).timestamp
    consumer = KafkaConsumer(
        "stamped", bootstrap_servers=kafka.address, auto_offset_reset="earliest"
    )
    with closing(consumer):
        (found,) = consumer.poll(WITHIN_S * 1_000, max_records=1).values()
    assert found[0].value == b"long ago"
    assert now - 60_000 < found[0].timestamp <= now


def test_a_silent_broker_is_named(free_port: Callable[[], int]) -> None:
    """In a process of its own, since kafka-python leaves its sockets open when it gives up."""
    settings = Settings.of({"broker": f"127.0.0.1:{free_port()}", "connect_timeout_s": 1.0})
    script = Path(__file__).parent / "worker_process.py"
    command = [sys.executable, str(script), settings.model_dump_json()]
    found = subprocess.run(command, capture_output=True, text=True, check=False)

    assert found.returncode == 1
    assert f"no broker answers at {settings.broker}" in found.stderr

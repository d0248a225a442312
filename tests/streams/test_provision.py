"""Topics are made as the house declares them, on a real broker."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from events.topics import TOPICS
from streams.provision import ProvisioningError, provision, wanted_topics
from streams.settings import Settings


def test_every_topic_and_the_changelog_are_wanted_as_declared() -> None:
    settings = Settings.of({"broker": "b:1", "app_id": "app", "partitions": 3, "replication": 2})
    wanted = {topic.name: topic for topic in wanted_topics(settings)}

    assert set(wanted) == {topic.name for topic in TOPICS} | {"app-units-changelog"}
    assert {(t.num_partitions, t.replication_factor) for t in wanted.values()} == {(3, 2)}
    assert wanted["app-units-changelog"].topic_configs == {"cleanup.policy": "compact"}
    for topic in TOPICS:
        assert wanted[topic.name].topic_configs == {
            "retention.ms": str(topic.retention_ms),
            "max.message.bytes": str(topic.message_bytes_max),
        }


def test_what_is_missing_is_made_and_what_exists_is_left(broker: str) -> None:
    settings = Settings.of({"broker": broker, "partitions": 2})

    assert set(provision(settings)) == {topic.name for topic in wanted_topics(settings)}
    assert provision(settings) == []
    with pytest.raises(ProvisioningError, match="has 2 partitions, 3 are wanted"):
        provision(Settings.of({"broker": broker, "partitions": 3}))


def test_a_silent_broker_is_named(free_port: Callable[[], int]) -> None:
    """In a process of its own, since kafka-python leaves its sockets open when it gives up."""
    settings = Settings.of({"broker": f"127.0.0.1:{free_port()}", "connect_timeout_s": 1.0})
    script = Path(__file__).parent / "worker_process.py"
    command = [sys.executable, str(script), settings.model_dump_json()]
    found = subprocess.run(command, capture_output=True, text=True, check=False)

    assert found.returncode == 1
    assert f"no broker answers at {settings.broker}" in found.stderr

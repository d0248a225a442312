"""Apache Kafka's own preparation: settings anew at each start, storage formatted once."""

from pathlib import Path

import pytest

from portclock.standalone import broker_kafka, kafka_jars
from portclock.standalone.brokers import Broker
from portclock.standalone.child import Child
from portclock.standalone.errors import StandaloneError
from portclock.standalone.supervisor import Supervisor


@pytest.mark.usefixtures("kafka")
def test_the_storage_is_formatted_once_and_the_ports_may_change(tmp_path: Path) -> None:
    first = broker_kafka.prepare(tmp_path, 21_001, 21_002)
    meta = (tmp_path / "log" / "meta.properties").read_text()
    assert "cluster.id=A" in meta
    second = broker_kafka.prepare(tmp_path, 21_003, 21_004)
    assert (tmp_path / "log" / "meta.properties").read_text() == meta
    settings = (tmp_path / "server.properties").read_text()
    assert "advertised.listeners=BROKER://127.0.0.1:21003" in settings
    assert "21001" not in settings
    assert first == second
    assert broker_kafka.HEAP in first


def test_its_pid_is_that_of_java(kafka: Broker, tmp_path: Path) -> None:
    child = broker_kafka.child(tmp_path, 21_001, 21_002)
    assert child.argv[1:3] == ("-m", "portclock.standalone.broker_kafka")
    assert kafka.durable


def test_a_machine_without_java_gets_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StandaloneError, match="Java 17 or newer is missing"):
        broker_kafka.child(tmp_path, 21_001, 21_002)


def test_what_the_program_lacks_is_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kafka: Broker
) -> None:
    child: Child = broker_kafka.child(tmp_path, 21_001, 21_002)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PORTCLOCK_CACHE", str(tmp_path))
    with (
        Supervisor(tmp_path / "data", [child]) as running,
        pytest.raises(StandaloneError, match=r"exit code 78[\s\S]*Java 17 or newer is missing"),
    ):
        running.wait_ready(30)
    assert running.health()[0].restarts == 0
    assert kafka_jars.PARTS.is_dir()

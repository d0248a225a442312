"""The notifier as a whole: on a log in memory, and on a real broker with a real receiver."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from threading import Event as Flag
from threading import Thread

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from events.alerts import AlertDeed, Delivery, incident_of
from events.codec import encode
from events.outcomes import Alert
from events.topics import ALERT_DEEDS, ALERT_DELIVERIES, LIMIT_ALERTS
from portclock.standalone.brokers import BrokerKind, start_broker
from serving.notify.errands import Heard
from serving.notify.ledger import Ledger
from serving.notify.metrics import NotifyMetrics
from serving.notify.notifier import House, notify, run
from serving.notify.outbox import Outbox, PoisonRecord
from serving.notify.settings import NotifySettings
from serving.notify.testing import (
    ENVIRON,
    PATIENCE_S,
    START_MS,
    MemoryHerald,
    MemoryLog,
    Receiver,
    Request,
    ToldTime,
    a_deed,
    an_alert,
    heard_all,
    routes_of,
    withdrawn,
    written,
)

ROOT = Path(__file__).parents[3]
PARTITIONS = 2
PEOPLE = (LIMIT_ALERTS, ALERT_DEEDS, ALERT_DELIVERIES)


def hook(url: str) -> dict[str, str]:
    return {"kind": "webhook", "url": url, "secret": "env:KEY", "language": "en"}


def house_of(url: str, outbox: Path, now_ms: Callable[[], int], *brokers: str) -> House:
    settings = NotifySettings(outbox=outbox, brokers=brokers or ("127.0.0.1:9",))
    return House(routes_of(hook=hook(url)), settings, now_ms, ENVIRON, NotifyMetrics())


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


# --- on a log in memory


def test_what_the_log_says_reaches_people_and_what_became_of_it_the_log(tmp_path: Path) -> None:
    said = [an_alert(1, "breached"), an_alert(2, "at-risk"), an_alert(2, "at-risk")]
    clock, herald = ToldTime(), MemoryHerald(refusals=1)
    with Receiver() as receiver, closing(Ledger(tmp_path / "outbox")) as ledger:
        house = house_of(receiver.url, tmp_path / "outbox", clock)
        outbox = Outbox(ledger, house.routes, house.settings)

        def done() -> bool:
            clock.now_ms += 50
            return bool(herald.said)

        run(house, outbox, MemoryLog(heard_all(said)), herald, done)
        assert dict(outbox.books.accounts()) == {
            "alerts": 3, "routed": 2, "repeats": 1, "errands": 2, "delivered": 2,
        }  # fmt: skip
        assert outbox.books.unpublished() == 0
    (request,) = receiver.requests
    assert json.loads(request.body)["count"] == 2
    (told,) = [Delivery.model_validate_json(one.value) for one in herald.said]
    assert (told.state, told.alerts, told.delivery_id) == (
        *("delivered", 2, request.headers["webhook-id"]),
    )


def test_a_record_that_is_no_fact_ends_it_loudly(tmp_path: Path) -> None:
    poison = Heard(LIMIT_ALERTS.name, 3, 41, START_MS, b"{}")
    with Receiver() as receiver, closing(Ledger(tmp_path / "outbox")) as ledger:
        house = house_of(receiver.url, tmp_path / "outbox", ToldTime())
        outbox = Outbox(ledger, house.routes, house.settings)
        with pytest.raises(PoisonRecord, match="limit-alerts/3/41"):
            run(house, outbox, MemoryLog([poison]), MemoryHerald(), lambda: False)
        assert outbox.places() == {}


# --- on a broker


@pytest.fixture(scope="module")
def broker(
    required: Callable[[BrokerKind], None], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A broker of these tests' own, with the topics about people."""
    required("tansu")
    with start_broker("tansu", tmp_path_factory.mktemp("broker")) as found:
        admin = KafkaAdminClient(bootstrap_servers=found.address)
        admin.create_topics([NewTopic(topic.name, PARTITIONS, 1) for topic in PEOPLE])
        admin.close()
        yield found.address


@pytest.fixture
def producer(broker: str) -> Iterator[KafkaProducer]:
    found = KafkaProducer(bootstrap_servers=broker, acks="all", linger_ms=0)
    yield found
    found.close()


def publish(producer: KafkaProducer, *said: Alert | AlertDeed) -> None:
    """As a worker and a board do: under the visit's id, acknowledged."""
    futures = [
        producer.send(
            (LIMIT_ALERTS if isinstance(one, Alert) else ALERT_DEEDS).name,
            key=one.visit_id.encode(),
            value=encode(one),
        )
        for one in said
    ]
    for future in futures:
        future.get(timeout=PATIENCE_S)


def told_in(requests: list[Request]) -> dict[str, str]:
    """Every incident that was told, with the state it was told last."""
    return {
        one["incident"]: one["state"]
        for request in requests
        for one in json.loads(request.body)["alerts"]
    }


def deliveries_at(broker: str, enough: Callable[[list[Delivery]], bool]) -> list[Delivery]:
    """What the log has of deliveries, read until it is enough; has a bound."""
    consumer = KafkaConsumer(bootstrap_servers=broker, auto_offset_reset="earliest")
    places = [TopicPartition(ALERT_DELIVERIES.name, n) for n in range(PARTITIONS)]
    consumer.assign(places)
    consumer.seek_to_beginning(*places)
    found: list[Delivery] = []
    for _ in range(int(PATIENCE_S * 4)):
        for records in consumer.poll(timeout_ms=250).values():
            found += [Delivery.model_validate_json(record.value) for record in records]
        if enough(found):
            break
    consumer.close()
    assert enough(found), f"only {len(found)} deliveries in time"
    return found


@contextmanager
def notifying(house: House) -> Iterator[None]:
    """A notifier in a thread of its own."""
    stop, failures = Flag(), list[BaseException]()

    def work() -> None:
        try:
            notify(house, stop.is_set)
        except BaseException as error:
            failures.append(error)

    thread = Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE_S)
    assert not failures, failures


#   a few hundred breaches as ticks prove them: 40 at a time, while the last are still going out
def test_an_alert_reaches_its_receiver_within_two_seconds_of_being_written(
    tmp_path: Path, broker: str, producer: KafkaProducer
) -> None:
    came: list[float] = []
    written_ms: dict[str, int] = {}

    def measure(request: Request) -> None:
        now_ms = wall_ms()
        for one in json.loads(request.body)["alerts"]:
            came.append((now_ms - written_ms[one["incident"]]) / 1000)

    with Receiver(before=measure) as receiver:
        house = house_of(receiver.url, tmp_path / "outbox", wall_ms, broker)
        with notifying(house):
            for first in range(0, 320, 40):
                alerts = [an_alert(n, "breached") for n in range(first, first + 40)]
                written_ms |= dict.fromkeys(map(incident_of, alerts), wall_ms())
                publish(producer, *alerts)
                receiver.wait_for(lambda got: len(told_in(got)) > first, PATIENCE_S)  # noqa: B023
            receiver.wait_for(lambda got: len(told_in(got)) == 320, PATIENCE_S)
    assert len(came) == 320
    worst = sorted(came)[int(len(came) * 0.99)]
    assert median(came) < 2.0
    assert worst < 5.0, "on a loaded machine; load_tests/alert_latency.py measures for real"
    final = deliveries_at(broker, lambda found: sum(one.alerts for one in found) >= 320)
    assert sum(one.alerts for one in final if one.state == "delivered") == 320
    assert {one.delivery_id for one in final} == {
        request.headers["webhook-id"] for request in receiver.requests
    }


_ROUTES = """
[channel.hook]
kind = "webhook"
url = "{url}"
secret = "env:KEY"

[[route]]
name = "another-port"
ports = ["CNSHA"]
channels = ["hook"]
"""
_PROGRAM = "import typer; from portclock.commands.notify import notify; typer.run(notify)"


@contextmanager
def a_process(tmp_path: Path, url: str, broker: str) -> Iterator[subprocess.Popen[bytes]]:
    """`portclock notify` as a process of its own."""
    environ = {
        **{name: text for name, text in os.environ.items() if not name.startswith("PORTCLOCK_")},
        **ENVIRON,
        "PORTCLOCK_BROKER": broker,
        "PORTCLOCK_ROUTES": str(written(tmp_path, _ROUTES.format(url=url))),
        "PORTCLOCK_NOTIFY_OUTBOX": str(tmp_path / "outbox"),
        "PORTCLOCK_NOTIFY_SUSPENSION_S": "0.5",
    }
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM], cwd=ROOT, env=environ, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


#   killed while its receiver still thinks; started again, it sends that message again by its id,
#   hears that somebody acknowledged, and tells what was withdrawn meanwhile
def test_a_killed_notifier_goes_on_where_it_was(
    tmp_path: Path, broker: str, producer: KafkaProducer
) -> None:
    killed = Flag()

    def hang(request: Request) -> None:
        if not killed.is_set():
            killed.wait(PATIENCE_S)

    first = [an_alert(n, "breached", port="CNSHA") for n in range(500, 510)]
    gone = [withdrawn(n, port="CNSHA") for n in range(500, 505)]
    with Receiver(before=hang) as receiver:
        with a_process(tmp_path, receiver.url, broker) as process:
            publish(producer, *first)
            receiver.wait_for(lambda got: len(got) >= 1, PATIENCE_S)
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE_S)
        killed.set()
        publish(producer, a_deed(first[0]), *gone)
        with a_process(tmp_path, receiver.url, broker) as process:
            receiver.wait_for(_all_told, PATIENCE_S)
        assert process.returncode == 0
    ids = [request.headers["webhook-id"] for request in receiver.requests]
    assert ids[0] in ids[1:]
    with closing(Ledger(tmp_path / "outbox")) as ledger:
        counted = Outbox(ledger, routes_of(), NotifySettings()).books.accounts()
    assert (counted["errands"], counted["delivered"], counted["deeds"]) == (15, 15, 1)
    assert counted["alerts"] == counted["routed"] + counted["no-route"] + counted["repeats"]


def _all_told(requests: list[Request]) -> bool:
    told = told_in(requests)
    mine = [told.get(incident_of(an_alert(n, "breached"))) for n in range(500, 510)]
    return mine == ["retracted"] * 5 + ["breached"] * 5

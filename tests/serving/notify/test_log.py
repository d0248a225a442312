"""The log by assignment: from the place in the outbox, or from the beginning of a new log."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

from events.codec import encode
from events.topics import ALERT_DEEDS, ALERT_DELIVERIES, LIMIT_ALERTS
from portclock.standalone.brokers import BrokerKind, start_broker
from serving.notify.books import Publication
from serving.notify.log import KafkaHerald, KafkaLog, LogUnready
from serving.notify.testing import an_alert

RECORDS = 5
TURNS = 40


@pytest.fixture(scope="module")
def broker(
    required: Callable[[BrokerKind], None], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A broker without topics at first."""
    required("tansu")
    with start_broker("tansu", tmp_path_factory.mktemp("broker")) as found:
        yield found.address


@pytest.fixture(scope="module")
def filled(broker: str) -> str:
    """The same, with five alerts in the one partition of their topic."""
    with pytest.raises(LogUnready, match="no topic limit-alerts; start a worker on it first"):
        KafkaLog([broker], {}, turns=2)
    admin = KafkaAdminClient(bootstrap_servers=broker)
    names = (LIMIT_ALERTS, ALERT_DEEDS, ALERT_DELIVERIES)
    admin.create_topics([NewTopic(topic.name, 1, 1) for topic in names])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=broker, acks="all")
    for n in range(RECORDS):
        producer.send(LIMIT_ALERTS.name, encode(an_alert(n, "breached"))).get(timeout=10)
    producer.close()
    return broker


def read(broker: str, at: int | None) -> list[int]:
    """The offsets that a log gives from a place on; none of them comes before its time is up."""
    places = {} if at is None else {(LIMIT_ALERTS.name, 0): at}
    with closing(KafkaLog([broker], places)) as log:
        found: list[int] = []
        for _ in range(TURNS):
            found += [heard.offset for heard in log.poll(0.1)]
            if found and found[-1] == RECORDS - 1:
                assert log.lag() == {LIMIT_ALERTS.name: 0, ALERT_DEEDS.name: 0}
                break
    return found


@pytest.mark.parametrize(("place", "first"), [(None, 0), (0, 0), (3, 3), (99, 0)])
def test_reading_goes_on_at_its_place_and_begins_anew_with_a_shorter_log(
    filled: str, place: int | None, first: int
) -> None:
    assert read(filled, place) == list(range(first, RECORDS))


def test_what_was_read_to_the_end_is_not_read_again(filled: str) -> None:
    with closing(KafkaLog([filled], {(LIMIT_ALERTS.name, 0): RECORDS})) as log:
        assert [log.poll(0.05) for _ in range(5)] == [[]] * 5


def test_what_is_said_is_acknowledged_and_a_refusal_is_no_crash(filled: str) -> None:
    with closing(KafkaHerald([filled])) as herald:
        assert herald.say([Publication(1, ALERT_DELIVERIES.name, "d-1", b"{}")])
        too_large = Publication(2, ALERT_DELIVERIES.name, "d-2", b"x" * 2_000_000)
        assert not herald.say([too_large])

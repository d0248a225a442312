"""The writer on a broker: what is produced lands, and a second writer goes on at the commit.

What a broker does only in trouble is told by a client that does as it is told.
"""

import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import confluent_kafka as librdkafka
import pytest
from kafka import KafkaProducer, TopicPartition
from kafka.errors import (
    CommitFailedError,
    IllegalStateError,
    KafkaConnectionError,
    KafkaError,
    RebalanceInProgressError,
    TopicAuthorizationFailedError,
)

from events.codec import canonical, encode
from events.testing import alert, box, event, fate, outcome
from events.topics import OUTCOME_TOPICS
from events.vocabulary import Fate
from sinks import consumer as consumers
from sinks.clickhouse import ClickHouseStore
from sinks.consumer import GroupMember, StandsStill, open_consumer, translated
from sinks.memory import MemoryStore
from sinks.read import canonical_lines, fates, outcomes, standing
from sinks.settings import ClickHouseAddress, WriterSettings
from sinks.standstill import LOOKED_AFTER_S
from sinks.tables import FATES
from sinks.testing import ToldClock, TroubledStore, unavailable
from sinks.writer import Writer

DEADLINE_S = 25.0
PARTITIONS = 2
ALL = len(OUTCOME_TOPICS) * PARTITIONS


def _until(seen: Callable[[], bool], doing: Callable[[], object]) -> None:
    """Do it until it is seen; the poll inside waits for the broker."""
    deadline = time.monotonic() + DEADLINE_S  # noqa: TID251 - a process is waited for
    while not seen():
        assert time.monotonic() < deadline, "the time was up"  # noqa: TID251
        doing()


def _produce(broker: str, numbers: range) -> None:
    producer = KafkaProducer(bootstrap_servers=broker, acks="all")
    for n in numbers:
        told = outcome("box-move", "10:00", "10:30", unit=box(n))
        producer.send("stage-dwells", encode(told), key=told.visit_id.encode())
        judged = fate(event("move-ended", "10:30", unit=box(n)), visit_id=told.visit_id)
        producer.send("event-fates", encode(judged), key=box(n).encode())
    producer.send("limit-alerts", encode(alert("box-move", "at-risk", "10:20")), key=b"visit")
    producer.flush(timeout=10)
    producer.close()


def _write(
    settings: WriterSettings, store: ClickHouseStore, seen: Callable[[], bool]
) -> tuple[GroupMember, Writer]:
    consumer = open_consumer(settings)
    writer = Writer(consumer, store, settings, time.monotonic)  # noqa: TID251 - this is the door
    _until(seen, writer.turn)
    assert writer.finish()
    return consumer, writer


def test_second_writer_goes_on_where_the_first_committed(
    broker: str, address: ClickHouseAddress
) -> None:
    settings = WriterSettings(brokers=(broker,), clickhouse=address, batch_span=50, batch_age_s=0.2)
    store, reader = ClickHouseStore(address), ClickHouseStore(address)
    _produce(broker, range(120))
    first, _ = _write(settings, store, lambda: fates(reader)[Fate.JUDGED] == 120)
    assert len(first.assignment()) == len(OUTCOME_TOPICS) * PARTITIONS
    first.close()
    _produce(broker, range(120, 150))
    second, _ = _write(settings, store, lambda: fates(reader)[Fate.JUDGED] == 150)
    told = [outcome("box-move", "10:00", "10:30", unit=box(n)) for n in range(150)]
    assert canonical_lines(reader) == sorted(canonical(one) for one in told)
    # What the first had written was not inserted again: no key has two rows.
    assert list(reader.fetch("SELECT count() FROM stage_dwells")) == [(150,)]
    committed = [
        second.committed(TopicPartition("stage-dwells", partition)) or 0
        for partition in range(PARTITIONS)
    ]
    assert sum(committed) == 150
    second.close()
    store.close()
    reader.close()


def test_outage_is_waited_out_with_partitions_paused_and_nothing_lost(broker: str) -> None:
    """Paused, the client drops what it has fetched ahead; resumed, it goes on where we were."""
    settings = WriterSettings(brokers=(broker,), group="outage", batch_span=7, batch_age_s=0.1,
                              retry_first_s=0.1, retry_max_s=0.1)  # fmt: skip
    _produce(broker, range(500, 700))
    kept = MemoryStore()
    store, paused = TroubledStore(kept, before=unavailable(times=12)), set[TopicPartition]()
    consumer = open_consumer(settings)
    writer = Writer(consumer, store, settings, time.monotonic)  # noqa: TID251 - this is the door

    def turn() -> None:
        writer.turn()
        paused.update(consumer.paused())

    produced = {box(n) for n in range(500, 700)}
    _until(lambda: produced <= _units(kept) and produced <= _fated(kept), turn)
    assert writer.finish()
    assert paused
    consumer.close()


def test_what_was_paused_when_it_moved_away_is_fetched_when_it_comes_back(broker: str) -> None:
    """The client's pause outlives the assignment; a store that is away while members of the group
    come and go must not leave partitions that nobody reads."""
    settings = WriterSettings(brokers=(broker,), group="paused", session_timeout_ms=1_500)
    with closing(open_consumer(settings)) as member:
        _until(lambda: len(member.assignment()) == ALL, lambda: member.poll(100))
        member.pause(*member.assignment())
        with closing(open_consumer(settings)) as other:
            _until(lambda: bool(other.assignment()), lambda: (member.poll(100), other.poll(100)))
            assert len(member.assignment()) < ALL
        _until(lambda: len(member.assignment()) == ALL, lambda: member.poll(100))
        member.resume(*member.paused())
        came, wanted = set[TopicPartition](), {TopicPartition("stage-dwells", n) for n in (0, 1)}
        _produce(broker, range(800, 830))
        _until(lambda: came >= wanted, lambda: came.update(member.poll(100)))


def test_partition_that_the_client_fetches_no_more_ends_the_member(broker: str) -> None:
    """Whatever made the client forget it: here, a pause of which the member was not told."""
    settings, clock = WriterSettings(brokers=(broker,), group="forgotten"), ToldClock()
    with closing(open_consumer(settings, OUTCOME_TOPICS, clock)) as member:
        _until(lambda: len(member.assignment()) == ALL, lambda: member.poll(100))
        member._client.pause([librdkafka.TopicPartition("stage-dwells", 0)])
        _produce(broker, range(900, 930))

        def look() -> None:
            member.poll(100)
            clock.now += LOOKED_AFTER_S / ALL

        with pytest.raises(StandsStill, match=r"stage-dwells/0 is fetched no more"):
            _until(lambda: False, look)


def test_partitions_that_are_read_to_their_end_stand_still_in_peace(broker: str) -> None:
    settings, clock = WriterSettings(brokers=(broker,), group="peaceful"), ToldClock()
    with closing(open_consumer(settings, OUTCOME_TOPICS, clock)) as member:
        _until(lambda: len(member.assignment()) == ALL, lambda: member.poll(100))
        came = set[TopicPartition]()
        _until(lambda: HERE in came and THERE in came, lambda: came.update(member.poll(100)))
        seen_at = clock.now
        while clock.now < seen_at + 4 * LOOKED_AFTER_S:
            clock.now += LOOKED_AFTER_S / ALL
            member.poll(0)


def _units(store: MemoryStore) -> set[str]:
    return {told.unit.id for told in outcomes(store)}


def _fated(store: MemoryStore) -> set[str]:
    return {row[FATES.place("unit_id")] for row in store.ask(standing(FATES), {})}


HERE, THERE = TopicPartition("stage-dwells", 0), TopicPartition("stage-dwells", 1)
_Error = librdkafka.KafkaError


class _Message:
    """A message as the client gives it; the stamp is -1 where a record has none."""

    def __init__(self, place: TopicPartition, offset: int, error: Any = None) -> None:
        self._place, self._offset, self._error = place, offset, error

    def error(self) -> Any:
        return self._error

    def topic(self) -> str:
        return str(self._place.topic)

    def partition(self) -> int:
        return int(self._place.partition)

    def offset(self) -> int:
        return self._offset

    def value(self) -> bytes:
        return b"value"

    def key(self) -> None:
        return None

    def headers(self) -> None:
        return None

    def timestamp(self) -> tuple[int, int]:
        return 0, -1


class _ToldClient:
    """A client to which a poll brings what the test has put into `coming`, in order.

    A message is a message; a function is what the group does meanwhile.
    """

    def __init__(self) -> None:
        self.coming: list[Any] = []
        self.sought: list[tuple[str, int, int]] = []
        self.commit_answers: list[Any] = []
        self.closed = False

    def list_topics(self, timeout: float) -> None:
        """The broker is there."""

    def subscribe(self, topics: list[str], on_assign: Any, on_revoke: Any) -> None:
        self.on_assign, self.on_revoke = on_assign, on_revoke

    def poll(self, timeout: float) -> Any:
        while self.coming:
            come = self.coming.pop(0)
            if not callable(come):
                return come
            come()
        return None

    def consume(self, most: int, timeout: float) -> list[Any]:
        found = list[Any]()
        while self.coming and len(found) < most:
            come = self.coming.pop(0)
            if callable(come):
                come()
            else:
                found.append(come)
        return found

    def seek(self, place: librdkafka.TopicPartition) -> None:
        self.sought.append((place.topic, place.partition, place.offset))

    def commit(self, offsets: Any, asynchronous: bool) -> Any:
        answer = self.commit_answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def pause(self, places: Any) -> None:
        """As told."""

    def resume(self, places: Any) -> None:
        """As told."""

    def get_watermark_offsets(self, place: Any, cached: bool) -> tuple[int, int]:
        """Before the first fetch: the client's word for not known."""
        return 0, -1001

    def close(self) -> None:
        self.closed = True

    def assign(self, *places: TopicPartition) -> Callable[[], None]:
        return lambda: self.on_assign(self, [librdkafka.TopicPartition(*place) for place in places])

    def revoke(self, *places: TopicPartition) -> Callable[[], None]:
        return lambda: self.on_revoke(self, [librdkafka.TopicPartition(*place) for place in places])


def _a_member() -> tuple[GroupMember, _ToldClient]:
    client: Any = _ToldClient()
    return GroupMember(client, OUTCOME_TOPICS), client


def _offsets(polled: Any) -> dict[TopicPartition, list[int]]:
    return {place: [record.offset for record in records] for place, records in polled.items()}


def test_poll_gives_records_by_partition_in_order() -> None:
    member, client = _a_member()
    client.coming = [client.assign(HERE, THERE)]
    client.coming += [_Message(HERE, 3), _Message(THERE, 8), _Message(HERE, 4)]
    polled = member.poll(0)
    assert _offsets(polled) == {HERE: [3, 4], THERE: [8]}
    (record,) = polled[THERE]
    assert (record.value, record.key, list(record.headers), record.timestamp) == (
        b"value", None, [], 0
    )  # fmt: skip
    assert member.assignment() == {HERE, THERE}
    assert member.highwater(THERE) is None
    assert _offsets(member.poll(0)) == {}


def test_poll_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "RECORDS_PER_POLL", 3)
    member, client = _a_member()
    client.coming = [client.assign(HERE), *(_Message(HERE, offset) for offset in range(5))]
    assert [len(member.poll(0).get(HERE, ())) for _ in range(3)] == [3, 2, 0]


def test_what_moves_away_within_a_poll_is_not_taken() -> None:
    member, client = _a_member()
    client.coming = [client.assign(HERE, THERE), _Message(HERE, 3), _Message(THERE, 8)]
    client.coming += [client.revoke(HERE)]
    assert _offsets(member.poll(0)) == {THERE: [8]}
    assert member.assignment() == {THERE}
    client.coming = [_Message(HERE, 4), _Message(THERE, 9)]
    assert _offsets(member.poll(0)) == {THERE: [9]}, "late, and another's by now"
    client.coming = [client.assign(HERE), _Message(HERE, 3)]
    assert _offsets(member.poll(0)) == {HERE: [3]}, "back in a later poll, it is taken"
    assert client.sought == []


def test_what_moves_away_and_back_within_a_poll_is_read_again() -> None:
    """Its first records are from before: whoever had it meanwhile may have gone on from there."""
    member, client = _a_member()
    client.coming = [client.assign(HERE), _Message(HERE, 3), _Message(HERE, 4)]
    client.coming += [client.revoke(HERE), client.assign(HERE), _Message(HERE, 2)]
    assert _offsets(member.poll(0)) == {}
    assert client.sought == [("stage-dwells", 0, 2)]


def test_what_is_not_assigned_cannot_be_paused() -> None:
    member, client = _a_member()
    client.coming = [client.assign(HERE, THERE)]
    member.poll(0)
    member.pause(HERE)
    assert member.paused() == {HERE}
    client.coming = [client.revoke(HERE)]
    member.poll(0)
    assert member.paused() == set()
    for asked in (member.pause, member.resume, member.highwater):
        with pytest.raises(IllegalStateError):
            asked(HERE)


@pytest.mark.parametrize(
    ("code", "error", "retriable"),
    [
        (_Error.REBALANCE_IN_PROGRESS, RebalanceInProgressError, False),
        (_Error.NOT_COORDINATOR, KafkaError, True),
        (_Error._TRANSPORT, KafkaConnectionError, True),
        (_Error._TIMED_OUT, KafkaConnectionError, True),
        (_Error._ASSIGNMENT_LOST, CommitFailedError, False),
        (_Error._AUTHENTICATION, TopicAuthorizationFailedError, False),
        (_Error._CRIT_SYS_RESOURCE, KafkaError, False),
    ],
)
def test_errors_are_those_of_the_house(code: int, error: type[KafkaError], retriable: bool) -> None:
    found = translated(_Error(code, "why"))
    assert isinstance(found, error)
    assert found.retriable is retriable
    assert "why" in str(found)


def test_commit_that_one_partition_refuses_is_an_error() -> None:
    member, client = _a_member()
    refused = librdkafka.TopicPartition("stage-dwells", 0, 3)
    client.commit_answers = [[refused], [_Refused(_Error.UNKNOWN_MEMBER_ID)]]
    client.commit_answers += [librdkafka.KafkaException(_Error(_Error._TIMED_OUT))]
    member.commit({HERE: 3})
    with pytest.raises(KafkaError, match="member"):
        member.commit({HERE: 3})
    with pytest.raises(KafkaConnectionError):
        member.commit({HERE: 3})


class _Refused:
    """An offset that the broker did not take."""

    def __init__(self, code: int) -> None:
        self.error = _Error(code)


def test_trouble_that_passes_is_logged_and_a_refusal_ends_the_writer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    member, client = _a_member()
    client.coming = [client.assign(HERE), _Message(HERE, -1, _Error(_Error._TRANSPORT, "gone"))]
    client.coming += [_Message(HERE, 3)]
    assert _offsets(member.poll(0)) == {HERE: [3]}
    assert "gone" in caplog.text
    client.coming = [_Message(HERE, -1, _Error(_Error.TOPIC_AUTHORIZATION_FAILED))]
    with pytest.raises(TopicAuthorizationFailedError):
        member.poll(0)


def test_no_broker_is_an_error_at_the_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "BEGINNING_S", 0.3)
    with pytest.raises(KafkaConnectionError):
        open_consumer(WriterSettings(brokers=("127.0.0.1:1",)))

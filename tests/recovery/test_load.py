"""The load: what it sends, what it keeps, and when the port's clock may go on. Without a broker."""

import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import count
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from load_tests.faults import load as module
from load_tests.faults.fault import Hurt
from load_tests.faults.feeds import changed, dropped
from load_tests.faults.load import Load
from load_tests.faults.port_clock import PortClock
from load_tests.scenarios.wheel import Told
from portclock.standalone.waiting import until

TOPIC = "terminal-events"
WITHIN_S = 20
Confirm = Callable[[None, Any], None]


class Record:
    """What a producer says of a message that it sent."""

    def __init__(self, topic: str, partition: int, offset: int) -> None:
        self.topic, self.partition, self.offset = lambda: topic, lambda: partition, lambda: offset


class Producer:
    """Keeps what it is given with the port's time then, and confirms all of it in a flush."""

    def __init__(self, clock: PortClock) -> None:
        self.sent: list[tuple[bytes, int]] = []
        self.taking = True
        self._clock, self._waiting = clock, list[tuple[Confirm, Record]]()

    def produce(self, *said: Any, headers: object = None) -> None:
        topic, value, _, partition, confirmed = said
        self.sent.append((value, self._clock.epoch_s))
        self._waiting.append((confirmed, Record(topic, partition, len(self.sent) - 1)))

    def poll(self, _: float) -> None:
        if self.taking:
            self.flush(0)

    def flush(self, _: float) -> int:
        waiting, self._waiting = self._waiting, []
        for confirmed, record in waiting:
            confirmed(None, record)
        return 0


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[PortClock]:
    clock = PortClock(tmp_path / "clock")
    yield clock
    clock.close()


@pytest.fixture
def producer(clock: PortClock, monkeypatch: pytest.MonkeyPatch) -> Producer:
    made = Producer(clock)
    monkeypatch.setattr(module, "_producer", lambda _: made)
    return made


def _told(due_s: int, partition: int | None = None) -> Told:
    return Told(due_s, TOPIC, b"CSNU6006897", b"at %d" % due_s, partition)


def _run(load: Load, past: list[Told], present: Iterator[Told]) -> threading.Thread:
    load.go()
    thread = threading.Thread(target=load.run, args=(iter(past), present, 1_000.0))
    thread.start()
    return thread


def test_the_past_is_told_before_the_clock_moves_and_the_present_moves_it(
    clock: PortClock, producer: Producer
) -> None:
    file = BytesIO()
    load = Load(["-"], file, clock)
    thread = _run(load, [_told(10), _told(20)], (_told(due_s) for due_s in count(30)))
    assert until(lambda: load.acknowledged > 5, WITHIN_S)
    load.rest()
    assert load.unacknowledged == 0
    told = [value for value, _ in producer.sent]
    assert [at for _, at in producer.sent[:3]] == [0, 0, 20]
    assert clock.epoch_s == 30 + load.sent - 3
    assert file.getvalue().splitlines() == told
    assert sum(load.reached[TOPIC].values()) == load.sent, "one partition, all of it confirmed"
    load.stop()
    thread.join(WITHIN_S)


def test_the_clock_waits_while_the_broker_confirms_nothing(
    clock: PortClock, producer: Producer
) -> None:
    producer.taking = False
    load = Load(["-"], BytesIO(), clock)
    thread = _run(load, [], (_told(due_s) for due_s in count(1)))
    assert until(lambda: load.sent == module.UNACKNOWLEDGED_MAX, WITHIN_S)
    load.rest()
    assert load.sent == module.UNACKNOWLEDGED_MAX == clock.epoch_s
    load.stop()
    thread.join(WITHIN_S)


def test_copies_are_sent_and_not_kept_and_what_a_fault_takes_away_is_neither(
    clock: PortClock, producer: Producer
) -> None:
    file = BytesIO()
    load = Load(["-"], file, clock)
    load.taking = lambda message: None if message.due_s == 2 else message
    thread = _run(load, [_told(1), _told(1, 5), _told(2)], iter([]))
    assert until(lambda: load.acknowledged == 2, WITHIN_S)
    thread.join(WITHIN_S)
    assert [value for value, _ in producer.sent] == [b"at 1", b"at 1"]
    assert file.getvalue() == b"at 1\n"
    with pytest.raises(RuntimeError, match="the load ended"):
        load.rest()
    assert clock.epoch_s == 2, "time passes all the same"


def test_a_fault_of_a_feed_leaves_alone_what_is_said_of_a_place(
    clock: PortClock, producer: Producer
) -> None:
    """Its copies are sent by the load, and would stand where the judge has no original."""
    rig: Any = SimpleNamespace(random=Random(1))
    load = Load(["-"], BytesIO(), clock)
    of_unit = Told(1, TOPIC, b"CSNU6006897", b'{"unit":{"type":"container"}}')
    of_place = of_unit._replace(value=b'{"unit":{"type":"place"}}')
    with changed(Hurt(rig, load), lambda message, rolls: True, dropped):
        assert load.taking(of_unit) is None
        for message in (of_place, of_place._replace(partition=5)):
            assert load.taking(message) is message
    assert load.taking(of_unit) is of_unit

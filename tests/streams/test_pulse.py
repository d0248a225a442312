"""A beat reaches every partition and knows what was written before it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from kafka.errors import KafkaTimeoutError

from events.outcomes import Tick
from events.testing import MORNING
from events.topics import EVENT_TOPICS, TERMINAL_EVENTS, TICKS
from streams import pulse as module
from streams.metrics import PulseMetrics
from streams.pulse import Pulse, PulseLost, run_pulse, ticks_at
from streams.settings import Settings


def test_ticks_carry_the_time_and_the_end_of_each_topic() -> None:
    ticks = ticks_at(MORNING, {("terminal-events", 1): 7, ("customs-events", 0): 3}, 2)

    nought = {topic.name: 0 for topic in EVENT_TOPICS}
    assert ticks == [
        (0, Tick(at=MORNING, upto={**nought, "customs-events": 3})),
        (1, Tick(at=MORNING, upto={**nought, "terminal-events": 7})),
    ]


def test_a_beat_reaches_every_partition(harbour: Any, until: Callable[..., Any]) -> None:
    _, partition, offset = harbour.put(TERMINAL_EVENTS.name, b"k", b"one")
    pulse = Pulse(harbour.settings)
    try:
        assert pulse.beat(MORNING) == 4
    finally:
        pulse.close()
    found = until(lambda: len(harbour.records(TICKS.name)) == 4 and harbour.records(TICKS.name))

    ticks = {record.partition: Tick.model_validate_json(record.value) for record in found}
    assert {record.key for record in found} == {b"0", b"1", b"2", b"3"}
    assert {tick.at for tick in ticks.values()} == {MORNING}
    assert ticks[partition].upto[TERMINAL_EVENTS.name] == offset + 1
    assert sum(sum(tick.upto.values()) for tick in ticks.values()) == 1


def test_the_pulse_beats_until_it_is_told_to_stop(harbour: Any) -> None:
    stop, told = Event(), list[datetime]()

    def now() -> datetime:
        told.append(MORNING + timedelta(seconds=len(told)))
        if len(told) == 3:
            stop.set()
        return told[-1]

    metrics = PulseMetrics()
    options = {"interval_s": 0.01, "metrics": metrics}
    beating = Thread(target=run_pulse, args=(harbour.settings, now, stop), kwargs=options)
    beating.start()
    beating.join(20)
    assert not beating.is_alive()
    assert len(told) == 3
    value = metrics.registry.get_sample_value
    assert value("timing_pulse_records_total") == 12
    assert value("timing_pulse_last_seconds") == told[-1].timestamp()


class Deaf:
    """A heart whose beats the broker does not take."""

    def __init__(self, settings: Settings) -> None:
        self.closed = False

    def beat(self, moment: datetime) -> int:
        raise KafkaTimeoutError("nobody answers")

    def close(self) -> None:
        self.closed = True


def test_lost_beats_are_counted_until_the_pulse_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "Pulse", Deaf)
    metrics, settings = PulseMetrics(), Settings.of({"broker": "127.0.0.1:1"})
    with pytest.raises(PulseLost, match="4 beats"):
        run_pulse(
            settings, lambda: MORNING, Event(), interval_s=0.0, failures_max=3, metrics=metrics
        )
    value = metrics.registry.get_sample_value
    assert value("timing_pulse_lost_count_total") == 4
    assert value("timing_pulse_records_total") == 0


@pytest.mark.parametrize("partitions", [1, 5])
def test_no_partition_is_left_out(partitions: int) -> None:
    assert [p for p, _ in ticks_at(MORNING, {}, partitions)] == list(range(partitions))

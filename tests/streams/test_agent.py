"""Runs pass the agent, their effects the promised order: words, rows, the acknowledgement."""

import asyncio
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any

import pytest

from events.testing import box, event, tick, wire
from streams.agent import Agent
from streams.effects import Effects
from streams.metrics import Metrics
from streams.plane.consumer import RunConsumer
from streams.plane.run import Run, TopicPartition
from streams.plane.store import Part
from streams.plane.watchdog import Pulsebeat, WorkerUnfit
from streams.settling import Settling
from streams.testing import about
from streams.timekeeper import Bounds, Surroundings, Timekeeper


class Stage:
    """Stands in for the stream, the publisher, the table and the consumer, and keeps the order."""

    def __init__(self, law: Any, runs: list[Run]) -> None:
        self.did: list[str] = []
        self.fail_at = ""
        self.now = 0.0
        self.crashed_with: list[BaseException] = []
        self.interrupted = False
        consumer = RunConsumer.__new__(RunConsumer)
        consumer.hold = lambda message: self._do("hold")  # type: ignore[method-assign]
        app = SimpleNamespace(consumer=consumer)
        self.events = [
            SimpleNamespace(value=run, message=SimpleNamespace(acked=False), app=app)
            for run in runs
        ]
        around = Surroundings(
            part=lambda _: self.part,
            reached=lambda *_: None,
            interrupted=lambda: self.interrupted,
        )
        self.part = Part()
        self.metrics = Metrics()
        self.pulsebeat = Pulsebeat(6.0, 0.0)
        bounds = Bounds(1, 2, 100, 100, 100, 100)
        keeper = Timekeeper(law, bounds, around)
        me: Any = self
        fit = lambda: self.pulsebeat.check(self.now)  # noqa: E731 - as the app has it
        self.settling = Settling(me, me, self.metrics, fit, self.crash, 2)
        self.agent = Agent(keeper, self.settling, self.metrics, lambda: self.now)

    async def crash(self, reason: BaseException) -> None:
        self.crashed_with.append(reason)

    def _do(self, what: str) -> None:
        if what == self.fail_at:
            raise ConnectionError(what)
        self.did.append(what)

    async def publish(self, effects: Effects) -> dict[TopicPartition, int]:
        self._do("publish")
        return {}

    async def write(self, partition: int, rows: Any, clock: bytes) -> int:
        self._do("write")
        return len(rows) + 1

    async def ack(self, event: Any) -> bool:
        self._do("ack")
        event.message.acked = True
        return True

    async def _events(self) -> AsyncIterator[Any]:
        for each in self.events:
            yield each

    def noack(self) -> Any:
        return SimpleNamespace(events=self._events)

    def play(self) -> list[int]:
        """Until nothing is under way any more. Raises what would end the process."""

        async def go() -> list[int]:
            seen = [n async for n in self.agent.time_units(self)]
            await asyncio.gather(*self.settling._under_way, return_exceptions=True)
            await asyncio.sleep(0)
            return seen

        seen = asyncio.run(go())
        if self.crashed_with:
            raise self.crashed_with[0]
        return seen


def _run(run_of: Callable[..., Run], kept: Any) -> Run:
    return run_of("terminal-events", 0, kept(0, wire(event("move-ended", "09:00"))[0]))


def _tick(run_of: Callable[..., Run], kept: Any, upto: int) -> Run:
    return run_of("ticks", 0, kept(0, tick("12:00", upto).model_dump_json().encode()))


def test_words_then_rows_then_the_acknowledgement(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    stage = Stage(small_law, [_run(run_of, kept)])

    assert stage.play() == [1]
    assert stage.did == ["publish", "write", "ack"]


@pytest.mark.parametrize("fail_at", ["publish", "write"])
def test_a_failure_stops_before_the_acknowledgement(
    small_law: Any, run_of: Callable[..., Run], kept: Any, fail_at: str
) -> None:
    stage = Stage(small_law, [_run(run_of, kept)])
    stage.fail_at = fail_at

    with pytest.raises(ConnectionError):
        stage.play()
    assert "ack" not in stage.did
    assert stage.did == ["publish", "write"][: ["publish", "write"].index(fail_at)]


def test_a_tick_that_waits_is_held_and_acknowledged_when_it_has_acted(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    nought = Stage(small_law, [_tick(run_of, kept, 1)])
    nought.play()
    assert nought.did == ["hold"]
    assert not nought.events[0].message.acked

    ready = Stage(small_law, [_tick(run_of, kept, 0)])
    ready.play()
    assert ready.did == ["publish", "write", "ack"]


def test_a_run_that_a_rebalance_breaks_off_is_held_and_not_acknowledged(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    declared = about("CNLYG", "suspension-declared", "10:00")
    records = [kept(n, wire(event("move-ended", "09:00", unit=box(n)))[0]) for n in range(3)]
    stage = Stage(small_law, [run_of("terminal-events", 0, *records, kept(3, wire(declared)[0]))])
    stage.interrupted = True
    stage.play()

    assert stage.did == ["publish", "write", "publish", "write", "hold"]
    assert not stage.events[0].message.acked


def test_a_replayed_run_is_acknowledged_and_writes_nothing(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    run = _run(run_of, kept)
    stage = Stage(small_law, [run, run])
    stage.play()

    assert stage.did == ["publish", "write", "ack", "ack"]


def test_a_worker_that_slept_through_its_session_writes_nothing(
    small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    stage = Stage(small_law, [_run(run_of, kept)])
    stage.now = 7.0

    with pytest.raises(WorkerUnfit):
        stage.play()
    assert stage.did == []

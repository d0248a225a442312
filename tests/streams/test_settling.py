"""The delivery promise, whatever the broker answers when: words, rows, then what follows."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.topics import STAGE_DWELLS
from streams.effects import Effects
from streams.metrics import Metrics
from streams.plane.run import TopicPartition
from streams.plane.watchdog import WorkerUnfit
from streams.settling import Settling
from streams.tables import Clock, decode_clock, encode_clock

Deed = tuple[str, int]
"""`say`, `said`, `write`, `written` or `then`, and the number of the step."""


class Broker:
    """Takes the words and rows of steps, and acknowledges them when it is told to."""

    def __init__(self, steps_max: int = 16) -> None:
        self.deeds: list[Deed] = []
        self.waiting: dict[Deed, asyncio.Future[None]] = {}
        self.crashed_with: list[BaseException] = []
        self.said_to: dict[int, int] = {}
        self.unfit = False
        me: Any = self
        self.settling = Settling(me, me, Metrics(), self.fit, self.crash, steps_max)

    def fit(self) -> None:
        if self.unfit:
            raise WorkerUnfit("slept")

    async def crash(self, reason: BaseException) -> None:
        self.crashed_with.append(reason)

    async def publish(self, effects: Effects) -> Mapping[TopicPartition, int]:
        await self._take("say", "said", step := effects.reconsidered)
        return {TopicPartition(STAGE_DWELLS.name, 0): 10 * step + 10}

    async def write(self, partition: int, rows: Any, clock: bytes) -> int:
        step = decode_clock(clock).watermark_s
        self.said_to[step] = decode_clock(clock).said_to.get(0, {}).get(0, 0)
        return await self._take("write", "written", step)

    async def _take(self, begun: str, done: str, step: int) -> int:
        self.deeds.append((begun, step))
        self.waiting[done, step] = asyncio.get_running_loop().create_future()
        await self.waiting[done, step]
        self.deeds.append((done, step))
        return 1

    async def take_up(self, step: int, partition: int = 0, *, changed: bool = True) -> None:
        clock = encode_clock(Clock(step))
        effects = Effects(partition, reconsidered=step, clock=clock, changed=changed)

        async def then() -> None:
            self.deeds.append(("then", step))

        await self.settling.take_up(effects, then)

    async def answer(self, deed: Deed, error: Exception | None = None) -> None:
        future = self.waiting.pop(deed)
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
        await breathe()


async def breathe() -> None:
    """Whatever can happen without the broker happens."""
    for _ in range(20):
        await asyncio.sleep(0)


def _play(test: Callable[[Broker], Awaitable[None]], steps_max: int = 16) -> Broker:
    async def go() -> Broker:
        broker = Broker(steps_max)
        await test(broker)
        await breathe()
        for task in broker.settling._under_way:
            task.cancel()
        await asyncio.gather(*broker.settling._under_way, return_exceptions=True)
        return broker

    return asyncio.run(go())


def test_a_step_is_said_then_written_then_followed() -> None:
    async def go(broker: Broker) -> None:
        await broker.take_up(1)
        assert broker.deeds == [("say", 1)]
        await broker.answer(("said", 1))
        assert broker.deeds[2:] == [("write", 1)]
        await broker.answer(("written", 1))
        assert broker.deeds[3:] == [("written", 1), ("then", 1)]

    _play(go)


def test_the_words_of_the_next_step_do_not_wait_for_the_rows_of_the_one_before() -> None:
    async def go(broker: Broker) -> None:
        await broker.take_up(1)
        await broker.answer(("said", 1))
        await broker.take_up(2)
        assert broker.deeds == [("say", 1), ("said", 1), ("write", 1), ("say", 2)]

    _play(go)


def test_rows_wait_for_the_step_before_in_their_partition_and_for_no_other() -> None:
    async def go(broker: Broker) -> None:
        await broker.take_up(1, partition=0)
        await broker.take_up(2, partition=0)
        await broker.take_up(3, partition=1)
        await broker.answer(("said", 2))
        await broker.answer(("said", 3))
        assert ("write", 3) in broker.deeds
        assert ("write", 2) not in broker.deeds
        await broker.answer(("said", 1))
        assert ("write", 2) not in broker.deeds
        await broker.answer(("written", 1))
        assert broker.deeds[-3:] == [("written", 1), ("then", 1), ("write", 2)]

    _play(go)


def test_what_changed_nothing_says_and_writes_nothing_and_waits_its_turn() -> None:
    async def go(broker: Broker) -> None:
        await broker.take_up(1)
        await broker.take_up(2, changed=False)
        await breathe()
        assert broker.deeds == [("say", 1)]
        await broker.answer(("said", 1))
        await broker.answer(("written", 1))
        assert broker.deeds[-2:] == [("then", 1), ("then", 2)]

    _play(go)


def test_no_more_steps_are_under_way_than_may_be() -> None:
    async def go(broker: Broker) -> None:
        await broker.take_up(1)
        await broker.take_up(2)
        third = asyncio.ensure_future(broker.take_up(3))
        await breathe()
        assert ("say", 3) not in broker.deeds
        assert not third.done()
        await broker.answer(("said", 1))
        await broker.answer(("written", 1))
        assert ("say", 3) in broker.deeds
        await third

    _play(go, steps_max=2)


@pytest.mark.parametrize("fails", ["said", "written"])
def test_what_fails_lets_nothing_of_its_partition_pass_and_ends_the_process(fails: str) -> None:
    async def go(broker: Broker) -> None:
        for step in (1, 2, 3):
            await broker.take_up(step)
        await broker.answer(("said", 2))
        await broker.answer(("said", 3))
        if fails == "written":
            await broker.answer(("said", 1))
        await broker.answer((fails, 1), ConnectionError("gone"))
        with pytest.raises(ConnectionError):
            await broker.take_up(4)

    broker = _play(go)
    assert {deed for deed, _ in broker.deeds if deed in ("written", "then")} == set()
    assert {step for deed, step in broker.deeds if deed == "write"} <= {1}
    assert ("say", 4) not in broker.deeds
    assert [str(reason) for reason in broker.crashed_with] == ["gone"]


def test_whoever_waits_for_room_is_told_of_a_failure() -> None:
    async def go(broker: Broker) -> None:
        await broker.take_up(1)
        second = asyncio.ensure_future(broker.take_up(2, partition=1))
        await breathe()
        await broker.answer(("said", 1), ConnectionError("gone"))
        with pytest.raises(ConnectionError):
            await second

    broker = _play(go, steps_max=1)
    assert ("say", 2) not in broker.deeds


@pytest.mark.parametrize("asleep_before", ["said", "written"])
def test_a_process_that_slept_too_long_writes_nothing_more(asleep_before: str) -> None:
    async def go(broker: Broker) -> None:
        broker.unfit = asleep_before == "said"
        await broker.take_up(1)
        if asleep_before == "written":
            broker.unfit = True
            await broker.answer(("said", 1))

    broker = _play(go)
    assert broker.deeds == ([] if asleep_before == "said" else [("say", 1), ("said", 1)])
    assert [type(reason) for reason in broker.crashed_with] == [WorkerUnfit]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=8),
    st.lists(st.integers(0, 99), max_size=40),
    st.one_of(st.none(), st.integers(0, 15)),
)
def test_the_promise_is_kept_in_whatever_order_the_broker_answers(
    steps: list[tuple[int, bool]], answers: list[int], failing: int | None
) -> None:
    """`failing` is the number of the answer that is an error."""

    async def go(broker: Broker) -> None:
        for step, (partition, changed) in enumerate(steps):
            await broker.take_up(step, partition, changed=changed)
        for number, choice in enumerate(answers + [0] * 16):
            if broker.waiting:
                deed = sorted(broker.waiting)[choice % len(broker.waiting)]
                await broker.answer(deed, OSError("no") if number == failing else None)

    broker = _play(go)
    deeds = {deed: number for number, deed in enumerate(broker.deeds)}
    for step, (partition, changed) in enumerate(steps):
        before = [n for n in range(step) if steps[n][0] == partition]
        if ("write", step) in deeds:
            assert deeds["said", step] < deeds["write", step]
            assert all(deeds["then", n] < deeds["write", step] for n in before)
        if ("then", step) in deeds:
            assert all(deeds["then", n] < deeds["then", step] for n in before)
            assert not changed or deeds["written", step] < deeds["then", step]
        if step in broker.said_to:
            assert broker.said_to[step] >= 10 * step + 10, "its own words lie before its clock"
            later = [n for n in range(step + 1, len(steps)) if steps[n] == (partition, True)]
            sent = [n for n in later if deeds.get(("say", n), len(deeds)) < deeds["write", step]]
            assert all(broker.said_to[step] < 10 * n + 10 for n in sent), "those that follow behind"
    if not broker.crashed_with:
        assert {step for deed, step in broker.deeds if deed == "then"} == set(range(len(steps)))


def test_a_clock_vouches_for_all_words_when_no_later_ones_have_left() -> None:
    """Else a partition of which little is said would have its successor hear all of the others."""

    async def go(broker: Broker) -> None:
        await broker.take_up(1, partition=0)
        await broker.take_up(7, partition=1)
        await broker.take_up(2, partition=1, changed=False)
        await broker.answer(("said", 7))
        await broker.answer(("written", 7))
        await broker.answer(("said", 1))

    assert _play(go).said_to == {7: 80, 1: 80}

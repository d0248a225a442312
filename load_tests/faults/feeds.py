"""Feeds that go wrong: clocks that are off, partitions and sources that fall silent, poison.

What is changed here is changed before it is sent, so the judge reads what the stack reads. Knows
messages as bytes; what becomes of them is the stack's.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

import httpx
import orjson

from events.topics import CUSTOMS_EVENTS
from load_tests.faults.fault import Cause, Fault, Hurt
from load_tests.faults.rig import Rig, Setup
from load_tests.scenarios.feeder import partition_of
from load_tests.scenarios.wheel import OF_PLACE, Told
from portclock.standalone.stack import WORKER

PAIR: Final = Setup(workers=2)
ALARMED: Final = Setup(workers=2, env={WORKER: {"PORTCLOCK_WORKER_REFUSALS_IN_A_ROW_MAX": "50"}})
FOR_S: Final = 30.0
QUIET: Final = 3
"""The partition that falls silent."""
IN_A_ROW: Final = "timing_feed_refused_in_a_row_records{"
Change = Callable[[dict[str, Any], Random], bytes | None]
"""A message as it is sent instead; None: not at all."""


def changing(wanted: Callable[[Told, Random], bool], change: Change) -> Cause:
    """For half a minute those messages that are wanted go out changed."""

    def cause(hurt: Hurt) -> None:
        with changed(hurt, wanted, change):
            hurt.rig.rest(FOR_S)

    return cause


@contextmanager
def changed(hurt: Hurt, wanted: Callable[[Told, Random], bool], change: Change) -> Iterator[None]:
    """Inside the block. What is said of a place is left alone: the load itself copies it into every
    partition, and a judge that does not read what the copies say would judge another port."""
    rolls, usual = Random(hurt.rig.random.random()), hurt.load.taking

    def taking(message: Told) -> Told | None:
        if OF_PLACE in message.value or not wanted(message, rolls):
            return message
        value = change(orjson.loads(message.value), rolls)
        return None if value is None else message._replace(value=value)

    hurt.load.taking = taking
    try:
        yield
    finally:
        hurt.load.taking = usual


def of_customs(message: Told, rolls: Random) -> bool:
    """One feed of three."""
    return message.topic == CUSTOMS_EVENTS.name


def one_in(hundred: int) -> Callable[[Told, Random], bool]:
    """So many messages of a hundred, whichever."""
    return lambda message, rolls: rolls.random() < hundred / 100


def shifted(by: timedelta) -> Change:
    """Both times of a sender whose clock is off."""

    def change(said: dict[str, Any], rolls: Random) -> bytes:
        for name in ("occurred_at", "recorded_at"):
            if name in said:
                said[name] = (datetime.fromisoformat(said[name]) + by).isoformat()
        return orjson.dumps(said)

    return change


def ahead_of_its_own_records(said: dict[str, Any], rolls: Random) -> bytes:
    """An hour before it is written down to have happened: such a clock is refused."""
    recorded = said.get("recorded_at", said["occurred_at"])
    late = datetime.fromisoformat(recorded) + timedelta(hours=1)
    return orjson.dumps({**said, "recorded_at": recorded, "occurred_at": late.isoformat()})


def dropped(said: dict[str, Any], rolls: Random) -> None:
    """Nobody sends it."""


def poisoned(said: dict[str, Any], rolls: Random) -> bytes:
    """One thing wrong, of five."""
    whole = orjson.dumps(said)
    recipes: tuple[Callable[[], bytes], ...] = (
        lambda: whole[: len(whole) // 2],
        lambda: b"\xff\xfe" + whole,
        lambda: orjson.dumps({**said, "kind": "teleported"}),
        lambda: orjson.dumps({**said, "occurred_at": said["occurred_at"][:19]}),
        lambda: orjson.dumps({name: said[name] for name in said if name != "place"}),
    )
    return rolls.choice(recipes)()


def oversized(said: dict[str, Any], rolls: Random) -> bytes:
    """Between twice the size that is taken and nearly what a broker takes."""
    scan = "iVBORw0KGgo" * rolls.randint(12_000, 80_000)
    return orjson.dumps({**said, "extra": {"scan": scan}})


def poison_in_a_row(hurt: Hurt) -> None:
    """All of customs is refused: an alarm, and the workers go on with everything else."""
    rig = hurt.rig
    before = [rig.pid(name) for name in rig.workers]
    with changed(hurt, of_customs, lambda said, _: orjson.dumps({**said, "kind": "teleported"})):
        rig.wait(lambda: alarms(rig), FOR_S, "the alarm of a feed that is stopped")
        rig.rest(FOR_S / 3)
    rig.wait(lambda: not alarms(rig), FOR_S, "the end of the alarm")
    assert [rig.pid(name) for name in rig.workers] == before, "a worker ended"


def alarms(rig: Rig) -> list[str]:
    """The feeds that a worker calls stopped."""
    pages = (
        httpx.get(f"http://127.0.0.1:{rig.metrics_port(name)}/metrics", timeout=5).text
        for name in rig.workers
    )
    return [line for page in pages for line in page.splitlines() if line.startswith(IN_A_ROW)]


FAULTS: Final = (
    Fault("clock-behind", "a feed whose clock is 40 minutes slow, for half a minute",
          "一个来源的时钟慢四十分钟", changing(of_customs, shifted(timedelta(minutes=-40))), PAIR),
    Fault("clock-ahead", "a feed that reports an hour ahead of its own records: refused",
          "一个来源的发生时刻超前记录一小时, 被拒收",
          changing(of_customs, ahead_of_its_own_records), PAIR),
    Fault("feed-silent", "one feed of three sends nothing for half a minute",
          "三个来源之一静默半分钟", changing(of_customs, dropped), PAIR),
    Fault("partition-quiet",
          "nothing is sent of the units of one partition: its breaches come by time alone",
          "一个分区的运输单元没有任何报文, 超时仅凭时间判定",
          changing(lambda message, _: partition_of(message.key) == QUIET, dropped), PAIR),
    Fault("poison", "one message of a hundred is poison",
          "百分之一的报文有毒", changing(one_in(1), poisoned), PAIR),
    Fault("oversize", "two messages of a hundred are over the size limit, up to 880 KB",
          "百分之二的报文超过大小限制", changing(one_in(2), oversized), PAIR),
    Fault("poison-in-a-row", "a feed sends nothing but poison: an alarm, and the port goes on",
          "一个来源只发有毒报文: 报警, 港口照常", poison_in_a_row, ALARMED),
)  # fmt: skip

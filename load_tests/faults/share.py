"""A worker added under load takes its share: how much more two do than one, in the same run.

A backlog lies in the topics. One worker reads it for a while; a second one joins, the partitions
are shared anew, and both read on. Rates are of records done, from what the workers say of
themselves; the CPU that each part had is told beside them, since the broker wants its part too.
"""

import asyncio
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any, Final
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

from load_tests.faults.rig import Rig, Setup, rigged
from load_tests.scenarios.feeder import Feeder
from load_tests.scenarios.house import Spent, spent_by
from load_tests.scenarios.wheel import Wheel
from portclock.standalone.brokers import BrokerKind
from portclock.standalone.ports import LOCALHOST
from portclock.standalone.stack import CLICKHOUSE, PULSE, RESTATER, SCHEMA, WRITER

OPEN_VISITS: Final = 20_000
TICK_S: Final = 1800
WARM: Final = 20_000
"""Records that each worker does before a rate is taken."""
UNDER_WAY_WITHIN_S: Final = 180.0
WITHOUT: Final = (CLICKHOUSE, SCHEMA, WRITER, PULSE, RESTATER)
"""What is not started: a worker's rate is asked for, and there are two cores."""
_DONE: Final = "timing_records_ended"
_ANSWER_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: the backlog, and how long each rate is taken for."""

    messages: int = 600_000
    seconds: float = 15.0
    broker: BrokerKind = "kafka"


@dataclass(frozen=True, slots=True)
class Share:
    """What one did and what two did, in records a second; `times`: how much more two do. `cores`:
    by part, the share of a core that it had, first alone and then together."""

    alone_per_s: float
    together_per_s: float
    times: float
    second_share: float
    joined_within_s: float
    cores: Mapping[str, tuple[float, float]]

    def document(self) -> dict[str, Any]:
        """For a file of results."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was done in so many seconds, by each worker, and what each part spent."""

    seconds: float
    done: Mapping[str, float]
    spent: Mapping[str, float]

    @property
    def per_s(self) -> float:
        """Records a second, by all of them."""
        return sum(self.done.values()) / self.seconds

    def cores(self, part: str) -> float:
        """The share of a core that a part had."""
        return round(self.spent.get(part, 0.0) / self.seconds, 2)


def share(wish: Wish) -> Share:
    """Run it. Raises TimeoutError when a worker does not get to work, or all is done too early."""
    setup = Setup(wish.broker, workers=1, spares=1, without=WITHOUT)
    with _rig(setup) as rig:
        first, second = rig.workers
        asyncio.run(_lay_down(rig, wish.messages))
        _under_way(rig, first)
        alone = _stretch(rig, wish.seconds)
        asked_at = monotonic()
        rig.start(second)
        rig.await_up(second)
        _under_way(rig, second)
        joined_s = monotonic() - asked_at
        together = _stretch(rig, wish.seconds)
        left = wish.messages - sum(_done(rig, worker) for worker in rig.workers)
        if left <= 0:
            raise TimeoutError(f"{wish.messages} messages were too few: all were done too early")
    parts = (*rig.workers, *rig.brokers)
    return Share(
        round(alone.per_s, 1),
        round(together.per_s, 1),
        round(together.per_s / alone.per_s, 2),
        round(together.done[second] / sum(together.done.values()), 2),
        round(joined_s, 1),
        {part: (alone.cores(part), together.cores(part)) for part in parts},
    )


@contextmanager
def _rig(setup: Setup) -> Iterator[Rig]:
    with tempfile.TemporaryDirectory(prefix="share-") as name, rigged(Path(name), setup) as rig:
        yield rig


async def _lay_down(rig: Rig, messages: int) -> None:
    async with Feeder(rig.stack.broker_address) as feeder:
        await feeder.load(islice(Wheel.of(OPEN_VISITS).whole(), messages), TICK_S)


def _under_way(rig: Rig, worker: str) -> None:
    """Until this worker has done its first records of many."""
    begun = _done(rig, worker)
    rig.wait(lambda: _done(rig, worker) > begun + WARM, UNDER_WAY_WITHIN_S, f"{worker} at work")


def _stretch(rig: Rig, seconds: float) -> Stretch:
    done, spent, began_at = _all_done(rig), _all_spent(rig), monotonic()
    rig.rest(seconds)
    done_then, spent_then, passed_s = _all_done(rig), _all_spent(rig), monotonic() - began_at
    return Stretch(
        passed_s,
        {name: done_then[name] - done[name] for name in done_then},
        {name: now.since(spent[name]).cpu_s for name, now in spent_then.items()},
    )


def _all_done(rig: Rig) -> dict[str, float]:
    return {worker: _done(rig, worker) for worker in rig.workers}


def _all_spent(rig: Rig) -> dict[str, Spent]:
    known = {name: rig.health(name).pid for name in (*rig.workers, *rig.brokers)}
    return {name: spent_by(pid) if pid else Spent(0.0, 0.0) for name, pid in known.items()}


def _done(rig: Rig, worker: str) -> float:
    """Records that it has done, ticks too; 0 while it does not run."""
    if rig.health(worker).pid is None:
        return 0.0
    try:
        url = f"http://{LOCALHOST}:{rig.metrics_port(worker)}/metrics"
        with urlopen(url, timeout=_ANSWER_S) as answer:
            page = answer.read().decode()
    except OSError:
        return 0.0
    families = text_string_to_metric_families(page)
    samples = [one for family in families if family.name == _DONE for one in family.samples]
    return sum(one.value for one in samples if one.name == f"{_DONE}_total")

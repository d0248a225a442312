"""The parts of the house started as the demo starts them, and what each of them has spent.

The broker, the tables and the topics come first, then the services, so that a backlog can be laid
down before anybody reads it. Knows processes and their /metrics; must never know what flows.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Final, NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

import psutil

from portclock.standalone.brokers import BrokerKind
from portclock.standalone.ports import LOCALHOST
from portclock.standalone.stack import (
    BOARD,
    BROKER,
    CLICKHOUSE,
    SCHEMA,
    WORKER,
    WRITER,
    Stack,
    standalone,
)
from portclock.standalone.supervisor import Supervisor
from portclock.standalone.waiting import until
from sinks.clickhouse import ClickHouseStore
from sinks.settings import ClickHouseAddress, WriterSettings
from streams.provision import provision
from streams.settings import Settings

READY_WITHIN_S: Final = 240.0
SERVICES: Final = (WORKER, WRITER, BOARD)
_ANSWER_S: Final = 10.0


class Spent(NamedTuple):
    """What one part has used since it began: CPU seconds of all its processes, and memory now."""

    cpu_s: float
    rss_mib: float

    def since(self, earlier: "Spent") -> "Spent":
        """CPU used in between; memory as it is now."""
        return Spent(self.cpu_s - earlier.cpu_s, self.rss_mib)


class House:
    """What runs. `stack` has the addresses."""

    def __init__(self, stack: Stack, stored: Supervisor) -> None:
        self.stack = stack
        self._supervisors = [stored]
        metrics = stack.ports
        self._doors = {
            WORKER: metrics.worker_metrics,
            WRITER: metrics.writer_metrics,
            BOARD: metrics.board,
        }

    @contextmanager
    def serving(self, folder: Path, names: Sequence[str] = SERVICES) -> Iterator[None]:
        """Start these services and wait until they answer."""
        chosen = [replace(one, after=()) for one in self.stack.children if one.name in names]
        with Supervisor(folder, chosen) as running:
            running.wait_ready(READY_WITHIN_S)
            self._supervisors.append(running)
            try:
                yield
            finally:
                self._supervisors.remove(running)

    def spent(self) -> dict[str, Spent]:
        """Every part that runs, by name."""
        pids = {
            part.name: part.pid
            for running in self._supervisors
            for part in running.health()
            if part.pid is not None and part.name != SCHEMA
        }
        return {name: spent_by(pid) for name, pid in pids.items()}

    def check(self) -> None:
        """Raises StandaloneError when a part was given up."""
        for running in self._supervisors:
            running.wait(0)

    def metric(self, part: str, name: str, label: str = "") -> float:
        """The sum of one metric over its labels, or over those series that say `label`."""
        return self.metrics(part, {name: (name, label)})[name]

    def metrics(self, part: str, wanted: dict[str, tuple[str, str]]) -> dict[str, float]:
        """Several at once, from one look, each under a name of the caller's."""
        lines = self._page(part).splitlines()
        return {key: _total(lines, name, label) for key, (name, label) in wanted.items()}

    def store(self) -> ClickHouseStore:
        """A connection to the tables."""
        return ClickHouseStore(ClickHouseAddress.parse(self.stack.env["PORTCLOCK_CLICKHOUSE"]))

    def _page(self, part: str) -> str:
        """Raises TimeoutError when nobody answers any more."""
        deadline = monotonic() + _ANSWER_S
        while True:
            try:
                url = f"http://{LOCALHOST}:{self._doors[part]}/metrics"
                with urlopen(url, timeout=_ANSWER_S) as answer:
                    return str(answer.read().decode())
            except (URLError, OSError) as error:
                self.check()
                if monotonic() > deadline:
                    raise TimeoutError(f"{part} does not answer") from error


def _total(lines: list[str], name: str, label: str) -> float:
    found = (line for line in lines if line.startswith((f"{name} ", f"{name}{{")))
    return sum(float(line.rpartition(" ")[2]) for line in found if label in line)


def spent_by(pid: int, *, alone: bool = False) -> Spent:
    """A process and, unless alone, its children; of those that are gone nothing is known."""
    cpu_s, rss = 0.0, 0
    try:
        first = psutil.Process(pid)
        processes = [first] if alone else [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return Spent(0.0, 0.0)
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            cpu_s += times.user + times.system
            rss += process.memory_info().rss
    return Spent(cpu_s, rss / 2**20)


@contextmanager
def house(
    folder: Path, broker: BrokerKind = "tansu", parts: Sequence[str] = SERVICES
) -> Iterator[House]:
    """Broker and topics, and the tables if any of the parts needs them, ready. The parts themselves
    are started with `serving`."""
    stack = standalone(folder, broker, with_pulse=False)
    wanted = (BROKER,) if set(parts) <= {WORKER} else (BROKER, CLICKHOUSE, SCHEMA)
    stored = [one for one in stack.children if one.name in wanted]
    with Supervisor(folder, stored) as running:
        running.wait_ready(READY_WITHIN_S)
        provision(Settings.of({"broker": stack.broker_address}))
        yield House(stack, running)


def groups() -> tuple[str, str]:
    """The consumer groups of worker and writer."""
    return Settings(broker="-").app_id, WriterSettings().group


def wait_for(house: House, happened: Callable[[], bool], within_s: float) -> None:
    """Wait for a fact; raises TimeoutError, or StandaloneError when a part was given up."""

    def decided() -> bool:
        house.check()
        return happened()

    if not until(decided, within_s, pause_s=0.1):
        raise TimeoutError(f"not within {within_s:.0f} s: {happened.__doc__ or happened}")

"""Workers of one broker as processes of their own, and what they say of themselves in their logs.

Knows processes, lines of a log and /metrics; must never know what flows.
"""

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from time import monotonic, time
from typing import Final, NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

from load_tests.scenarios.house import Spent, spent_by
from portclock.standalone.child import Child
from portclock.standalone.ports import LOCALHOST, free_ports
from portclock.standalone.waiting import until

_PARTITION: Final = re.compile(r"\bpartition=(\d+)")
_END_WITHIN_S: Final = 30.0


class Whole(NamedTuple):
    """A partition that was restored, and when (epoch seconds)."""

    at: float
    partition: int


class Worker:
    """One worker. `started_at`: epoch seconds."""

    def __init__(self, child: Child, folder: Path, number: int, env: Mapping[str, str]) -> None:
        (port,) = free_ports(1)
        self._metrics = f"http://{LOCALHOST}:{port}/metrics"
        self.log = folder / f"worker-{number}-{time():.0f}.log"
        own = {"PORTCLOCK_METRICS_PORT": str(port), "PORTCLOCK_DATA": str(folder / str(number))}
        self.started_at = time()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                child.argv, env={**os.environ, **child.env, **own, **env}, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """End it as a crash does."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        self._process.wait(_END_WITHIN_S)

    def spent(self) -> Spent:
        """CPU and memory so far."""
        return spent_by(self._process.pid)

    def whole_since(self, epoch_s: float) -> list[Whole]:
        """Partitions restored since then, in order. Raises RuntimeError when it has died."""
        if self._process.poll() is not None:
            raise RuntimeError(f"a worker ended by itself; its log is {self.log}")
        found = [
            Whole(at, int(place[1]))
            for at, line in self._said("partition whole")
            if (place := _PARTITION.search(line))
        ]
        return [one for one in found if one.at >= epoch_s]

    def assigned_since(self, epoch_s: float) -> float | None:
        """When it was first given partitions after that moment, epoch seconds."""
        at = [at for at, _ in self._said("Executing _on_partitions_assigned") if at >= epoch_s]
        return at[0] if at else None

    def ended(self) -> int | None:
        """Records processed so far; None when it does not answer."""
        try:
            with urlopen(self._metrics, timeout=10) as answer:
                lines = answer.read().decode().splitlines()
        except (URLError, OSError):
            return None
        name = "timing_records_ended_total{"
        return int(sum(float(one.rpartition(" ")[2]) for one in lines if one.startswith(name)))

    def _said(self, what: str) -> Iterator[tuple[float, str]]:
        for line in self.log.read_text(errors="replace").splitlines():
            if what in line and (stamp := re.search(r"timestamp=(\S+)", line)):
                yield datetime.fromisoformat(stamp[1].replace("Z", "+00:00")).timestamp(), line


@contextmanager
def running(child: Child, folder: Path, number: int, env: Mapping[str, str]) -> Iterator[Worker]:
    """A worker that is killed at the end, if nobody did so before."""
    worker = Worker(child, folder, number, env)
    try:
        yield worker
    finally:
        worker.kill()


def await_whole(worker: Worker, partitions: int, since_s: float, within_s: float) -> list[Whole]:
    """Wait until so many partitions are restored since then. Raises TimeoutError."""
    found: list[Whole] = []

    def enough() -> bool:
        found[:] = worker.whole_since(since_s)
        return len({one.partition for one in found}) >= partitions

    begun = monotonic()
    if not until(enough, within_s, pause_s=0.1):
        raise TimeoutError(f"{len(found)} partitions whole after {monotonic() - begun:.0f} s")
    return found

"""The offline judge on a file: `portclock judge`, as a person runs it."""

import resource
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Final, NamedTuple

from load_tests.scenarios.house import Spent
from load_tests.scenarios.results import Result
from load_tests.scenarios.wanted import Wanted
from load_tests.scenarios.wheel import Wheel

_LEAST_S: Final = 0.01
"""As exact as the clocks of a process are; of a small file no more can be said."""


class Run(NamedTuple):
    """One run of the command; the peak is that of the largest child so far."""

    seconds: float
    cpu_s: float
    peak_mib: float


def write_file(target: Path, wanted: Wanted) -> int:
    """The messages of a complete history, one a line; how many."""
    wheel = Wheel.of(wanted.open_visits, wanted.seed, wanted.rates)
    once = (told.value for told in wheel.whole() if told.partition is None)
    with target.open("wb") as file:
        for value in islice(once, wanted.messages):
            file.write(value + b"\n")
    return wanted.messages


def offline(wanted: Wanted) -> list[Result]:
    """From the command to its exit, less what it takes for a file of one line."""
    with tempfile.TemporaryDirectory() as name:
        file, line = Path(name) / "messages.jsonl", Path(name) / "line.jsonl"
        count = write_file(file, wanted)
        write_file(line, wanted.but(messages=1))
        begin = _quicker(_judged(line), _judged(line))
        run = _judged(file)
        size = file.stat().st_size
    return [
        Result(
            f"judge {count}",
            wanted.but(parts=()).document(),
            count,
            max(run.seconds - begin.seconds, _LEAST_S),
            {"judge": Spent(max(run.cpu_s - begin.cpu_s, _LEAST_S), run.peak_mib)},
            figures={"seconds to begin": begin.seconds, "bytes per message": size / count},
        )
    ]


def _quicker(one: Run, other: Run) -> Run:
    """The first run of a command finds nothing in the machine's caches."""
    return Run(min(one.seconds, other.seconds), min(one.cpu_s, other.cpu_s), other.peak_mib)


def _judged(file: Path) -> Run:
    before, began_at = _children(), monotonic()
    with file.with_suffix(".outcomes").open("wb") as outcomes:
        command = [sys.executable, "-m", "portclock", "judge", str(file), "--json"]
        subprocess.run(command, stdout=outcomes, check=True)
    after = _children()
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(monotonic() - began_at, cpu_s, after.ru_maxrss / 1024)


def _children() -> resource.struct_rusage:
    return resource.getrusage(resource.RUSAGE_CHILDREN)

"""CPU between the first message and the last word: what each peer reports of itself.

All threads of the process are counted. Also what is common to all starts: the options, and the
garbage collector tuned alike, so that no difference between peers is one of its settings.
"""

import argparse
import gc
import json
import os
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

GC_GENERATIONS = (100_000, 50, 1_000)
"""As our worker has them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the comparison asks of an engine. `words` is the topic to publish on; `file` holds the
    same messages for those that read no broker; `folder` is empty and the engine's own."""

    broker: str
    messages: int
    job: str
    words: str
    session_ms: int
    file: Path
    folder: Path


def asked() -> Asked:
    """Read the options of an engine's command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--broker", required=True)
    parser.add_argument("--messages", type=int, required=True)
    parser.add_argument("--job", choices=["law", "null", "durations"], required=True)
    parser.add_argument("--words", required=True)
    parser.add_argument("--session-ms", type=int, required=True)
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    return Asked(**vars(parser.parse_args()))


def tune_collector() -> None:
    """Once everything is imported: what is there stays, and old objects are scanned rarely."""
    gc.set_threshold(*GC_GENERATIONS)
    gc.freeze()


class Meter:
    """Begins with the first message, ends when the last word is acknowledged."""

    def __init__(self) -> None:
        self._begun: tuple[float, float] | None = None

    def begin(self) -> None:
        """The first message is here; later calls change nothing."""
        if self._begun is None:
            self._begun = time.process_time(), time.perf_counter()

    def report(self, messages: int, counted: int = 0) -> None:
        """Tell the comparison, as one line of JSON on stdout. `counted` is the null law's sum."""
        cpu, wall = time.process_time(), time.perf_counter()
        assert self._begun is not None, "no message came"
        told(
            messages=messages,
            cpu_s=cpu - self._begun[0],
            wall_s=wall - self._begun[1],
            counted=counted,
        )


def told(**numbers: float) -> None:
    """A line of the report, for those that cannot measure by a `Meter`. `peak_mib` is the resident
    memory of this process at its highest, unless told otherwise."""
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"peak_mib": peak_mib, **numbers}), flush=True, file=sys.__stdout__)


def leave() -> None:
    """End at once: how long an engine takes to stop is nobody's question here."""
    sys.stdout.flush()
    os._exit(0)

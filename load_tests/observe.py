"""What one event costs in the timing law, and what one open visit weighs in memory.

    python load_tests/observe.py --visits 400

Events of simulated ports go one by one through `timing.engine.observe`, in the order in which they
were sent; each with the history that it met is kept. Then all of them are measured in ROUNDS, one
after the other, so that the tries of one event lie far apart, and the best try counts. A try is a
batch of CALLS on the same arguments (of one call where that takes long), in CPU time of the
process: other work on the machine slows it down, but is not counted. The loop around the call and
the reading of the clock cost some 0.05 us a call, which is not taken off. The same arguments again
and again keep the caches warm, which flatters. Beside it, in the same rounds, the update of a plain
dict. Messages are read as the worker reads them. A history at rest is written down, so each event
is also given to its history read back. An open visit is weighed in memory and as its row. What the
law keeps beside the histories is bounded and only saves work, and is told on its own. Knows the
public verbs of the law; must never know how they do it.
"""

import argparse
import gc
import statistics
import timeit
import tracemalloc
from collections.abc import Iterator
from math import inf
from time import process_time
from typing import NamedTuple

from events.instants import from_epoch
from events.reading import Reported, read
from events.refusals import InvalidEvent
from portclock.traffic.feed import SEED, traffic
from timing.engine import (
    elapse,
    forget_found,
    next_deadline,
    observe,
    unit_key,
    watermark_of,
)
from timing.history import History
from timing.memory import form_of, pack, unpack
from timing.rules import Rules

ROUNDS, CALLS = 20, 10
BARE_CALLS, LONG_US = 50_000, 100
OBSERVE = "observe(history, event, rules, watermark)"
WOKEN = "observe(unpack(row, form), event, rules, watermark)"
TELL = "step.words"
MEDIAN_MAX_US, VISIT_MAX_BYTES = 8.0, 1536


class Met(NamedTuple):
    """An event with the history that it met, and whether it came in order."""

    history: History
    event: Reported
    rules: Rules
    watermark: int
    in_order: bool


class Cost(NamedTuple):
    """One event: was it in order, how long `observe` took, how long with telling the world, and how
    long of a history that had to be read back."""

    in_order: bool
    observed_us: float
    told_us: float
    woken_us: float


class Weight(NamedTuple):
    """Bytes of one open visit in the middle of its stay, in memory and as its row; how many reports
    it has by then; and the bytes of all that is kept beside the histories."""

    bytes: float
    row_bytes: float
    reports: float
    beside_bytes: int


def stories(visits: int, seed: int) -> dict[str, list[Reported]]:
    """All accepted events of every unit, in the order in which they were sent."""
    told: dict[str, list[Reported]] = {}
    for sent in traffic(visits, seed):
        try:
            events = read(sent.value)
        except InvalidEvent:
            continue
        for event in events:
            told.setdefault(unit_key(event), []).append(event)
    return told


def meetings(events: list[Reported], rules: Rules) -> Iterator[Met]:
    """Every event but the first of a unit, with the history that it met."""
    history: History | None = None
    latest = events[0].occurred_s
    for event in events:
        watermark = watermark_of(from_epoch(max(latest, event.occurred_s)), rules)
        history = _woken(history, watermark, rules)
        if history is not None:
            yield Met(history, event, rules, watermark, event.occurred_s >= latest)
        history = observe(history, event, rules, watermark).history
        latest = max(latest, event.occurred_s)


def _woken(history: History | None, watermark: int, rules: Rules) -> History | None:
    """As a stream does: what is due is judged before the next event."""
    due_at = next_deadline(history, rules) if history is not None else None
    if history is None or due_at is None or due_at > watermark:
        return history
    return elapse(history, watermark, rules).history


def costs(met: list[Met]) -> tuple[list[Cost], float]:
    """What each event cost in its best try, and one update of a dict in its own, in us."""
    statements = OBSERVE, f"step = {OBSERVE}; {TELL}", WOKEN
    timers = [[_timer(statement, each) for statement in statements] for each in met]
    bare = timeit.Timer('table["unit"] = 1', timer=process_time, globals={"table": {}})
    best = [[inf] * len(statements) for _ in met]
    bare_us = inf
    for _ in range(ROUNDS):
        best = [
            [min(known, _us(timer)) for known, timer in zip(so_far, mine, strict=True)]
            for so_far, mine in zip(best, timers, strict=True)
        ]
        bare_us = min(bare_us, bare.timeit(BARE_CALLS) / BARE_CALLS * 1e6)
    return [Cost(each.in_order, *us) for each, us in zip(met, best, strict=True)], bare_us


def _timer(statement: str, met: Met) -> timeit.Timer:
    form = form_of(met.rules)
    row = pack(met.history, form)
    known = {"observe": observe, "unpack": unpack, "row": row, "form": form, **met._asdict()}
    return timeit.Timer(statement, timer=process_time, globals=known)


def _us(timer: timeit.Timer) -> float:
    once = timer.timeit(1) * 1e6
    return once if once > LONG_US else timer.timeit(CALLS) / CALLS * 1e6


def weight_of(told: dict[str, list[Reported]], rules: Rules) -> Weight:
    """What open visits weigh, each told to its half."""
    halves = {key: events[: max(1, len(events) // 2)] for key, events in told.items()}
    forget_found()
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept: list[History | None] = [_after(events, rules) for events in halves.values()]
    gc.collect()
    with_beside = tracemalloc.get_traced_memory()[0] - before
    forget_found()
    gc.collect()
    weight = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    form = form_of(rules)
    rows = [len(pack(each, form)) for each in kept if each is not None]
    reports = statistics.fmean(map(len, halves.values()))
    return Weight(weight / len(kept), statistics.fmean(rows), reports, with_beside - weight)


def _after(events: list[Reported], rules: Rules) -> History | None:
    history: History | None = None
    for event in events:
        history = observe(history, event, rules, 0).history
    return history


def _line(name: str, found: list[float], bare_us: float) -> str:
    median, mean = statistics.median(found), statistics.fmean(found)
    p90 = statistics.quantiles(found, n=10)[-1]
    return f"{name:<28}{median:>9.2f}{mean:>9.2f}{p90:>9.2f}{median / bare_us:>9.0f} x"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--visits", type=int, default=400)
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    rules, told = Rules(), stories(asked.visits, asked.seed)
    found, bare_us = costs([met for events in told.values() for met in meetings(events, rules)])
    in_order = [cost for cost in found if cost.in_order]
    print(f"{len(found)} events, {len(in_order)} of them in order; a dict update {bare_us:.3f} us")
    print(f"{'us':<28}{'median':>9}{'mean':>9}{'p90':>9}{'ratio':>11}")
    print(_line("observe, in order", [c.observed_us for c in in_order], bare_us))
    print(_line("observe and tell, in order", [c.told_us for c in in_order], bare_us))
    print(_line("read back, in order", [c.woken_us for c in in_order], bare_us))
    print(_line("observe, all", [c.observed_us for c in found], bare_us))
    open_visit = weight_of(told, rules)
    print(f"an open visit: {open_visit.bytes:.0f} bytes, with {open_visit.reports:.1f} reports")
    print(f"its row: {open_visit.row_bytes:.0f} bytes")
    print(f"beside {len(told)} histories: {open_visit.beside_bytes / 1024:.0f} KiB")
    print(f"goals: {MEDIAN_MAX_US} us median in order, {VISIT_MAX_BYTES} bytes")


if __name__ == "__main__":
    main()

"""What one event costs in the timing law, and what one open visit weighs in memory.

    python load_tests/observe.py --visits 400

Events of simulated ports go one by one through `timing.engine.observe`, each tried again and again
on the same history; the best try counts, so that a busy machine disturbs little. Beside it, in the
same run, the update of a plain dict. Knows the public verbs of the law; must never know how they
do it.
"""

import argparse
import gc
import statistics
import timeit
import tracemalloc
from collections.abc import Callable, Iterator
from typing import NamedTuple

from events.codec import decode
from events.envelope import Event
from events.refusals import InvalidEvent
from portclock.traffic.feed import SEED, traffic
from timing.engine import Rules, elapse, next_deadline, observe, unit_key, watermark_of
from timing.history import History

TRIES, CALLS = 5, 20
MEDIAN_MAX_US, VISIT_MAX_BYTES = 8.0, 1536


class Cost(NamedTuple):
    """One event: was it in order, how long `observe` took, and how long with telling the world."""

    in_order: bool
    observed_us: float
    told_us: float


def stories(visits: int, seed: int) -> dict[str, list[Event]]:
    """All accepted events of every unit, in the order in which they were sent."""
    told: dict[str, list[Event]] = {}
    for sent in traffic(visits, seed):
        try:
            events = decode(sent.value)
        except InvalidEvent:
            continue
        for event in events:
            told.setdefault(unit_key(event), []).append(event)
    return told


def best_us(work: Callable[[], object], calls: int = CALLS) -> float:
    """The shortest of several tries, for one call."""
    return min(timeit.repeat(work, number=calls, repeat=TRIES)) / calls * 1e6


def costs(events: list[Event], rules: Rules) -> Iterator[Cost]:
    """Every event but the first of a unit, on the history that it met."""
    history: History | None = None
    latest = events[0].occurred_at
    for event in events:
        watermark = watermark_of(max(latest, event.occurred_at), rules)
        history = _woken(history, watermark, rules)
        if history is not None:
            yield _cost(history, event, rules, watermark, event.occurred_at >= latest)
        history = observe(history, event, rules, watermark).history
        latest = max(latest, event.occurred_at)


def _woken(history: History | None, watermark: int, rules: Rules) -> History | None:
    """As a stream does: what is due is judged before the next event."""
    due_at = next_deadline(history, rules) if history is not None else None
    if history is None or due_at is None or due_at > watermark:
        return history
    return elapse(history, watermark, rules).history


def _cost(history: History, event: Event, rules: Rules, watermark: int, in_order: bool) -> Cost:
    def observed() -> object:
        return observe(history, event, rules, watermark)

    def told() -> object:
        step = observe(history, event, rules, watermark)
        return step.outcomes, step.alerts, step.fates

    return Cost(in_order, best_us(observed), best_us(told))


def weight_bytes(told: dict[str, list[Event]], rules: Rules) -> tuple[float, float]:
    """Bytes of one open visit in the middle of its stay, and how many reports it has by then."""
    halves = {key: events[: max(1, len(events) // 2)] for key, events in told.items()}
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept: list[History | None] = [_after(events, rules) for events in halves.values()]
    gc.collect()
    weight = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return weight / len(kept), statistics.fmean(map(len, halves.values()))


def _after(events: list[Event], rules: Rules) -> History | None:
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
    found = [cost for events in told.values() for cost in costs(events, rules)]
    table: dict[str, int] = {}

    def bare() -> None:
        table["unit"] = 1

    bare_us = best_us(bare, 100_000)
    in_order = [cost for cost in found if cost.in_order]
    print(f"{len(found)} events, {len(in_order)} of them in order; a dict update {bare_us:.3f} us")
    print(f"{'us':<28}{'median':>9}{'mean':>9}{'p90':>9}{'ratio':>11}")
    print(_line("observe, in order", [c.observed_us for c in in_order], bare_us))
    print(_line("observe and tell, in order", [c.told_us for c in in_order], bare_us))
    print(_line("observe, all", [c.observed_us for c in found], bare_us))
    weight, reports = weight_bytes(told, rules)
    print(f"an open visit: {weight:.0f} bytes, with {reports:.1f} reports")
    print(f"goals: {MEDIAN_MAX_US} us median in order, {VISIT_MAX_BYTES} bytes")


if __name__ == "__main__":
    main()

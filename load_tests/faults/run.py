"""Runs faults: the rig is started, the load goes on, harm is done, and what came of it is reckoned.

Faults that want the same rig share one, one after the other; after each all that was sent from the
beginning is compared. One that left a difference ends its rig, so that the next begins clean.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from time import monotonic
from typing import Final

from load_tests.faults.fault import Aftermath, Fault, Hurt
from load_tests.faults.load import Pace, loaded
from load_tests.faults.reckoning import go_on, reckon, settle
from load_tests.faults.rig import Setup, rigged
from load_tests.faults.standing import (
    RESULTS,
    SOURCES,
    Places,
    Standing,
    missing,
    reached,
    standing,
)

STEADY_WITHIN_S: Final = 600.0
STEADY_LAG: Final = 2_000
BEFORE_S: Final = (1.0, 4.0)
"""Load without harm before each stroke: between these, drawn."""
LOOK_S: Final = 0.2
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Stroke:
    """One time that the harm was done."""

    in_flight: int
    first_row_s: float
    caught_up_s: float


class Unfinished(Exception):
    """Faults of which nothing can be said: what was to happen did not. Names, and why of each."""


def run(faults: Iterable[Fault], seed: int, tell: Tell) -> Iterator[Aftermath]:
    """All of them; see `together` for those that share a rig.

    One that fails ends its rig, whose folder stays, and not the run. Raises Unfinished at the end.
    """
    unfinished: list[str] = []
    for (setup, pace), shared in groupby(faults, key=lambda one: (one.setup, one.pace)):
        waiting = list(shared)
        while waiting:
            first, before = waiting[0].name, len(waiting)
            try:
                with hurting(setup, pace, tell) as hurt:
                    hurt.rig.random.seed(seed)
                    for aftermath in together(waiting, hurt, tell):
                        yield aftermath
                        first = waiting[0].name if waiting else aftermath.fault
                        if not aftermath.harmless:
                            break
            except Exception as error:
                # Whatever it is: nobody sits beside the run, and what follows is worth knowing.
                unfinished.append(f"{first}: {error!r}")
                tell(f"unfinished: {unfinished[-1]}")
                if len(waiting) == before:  # the rig did not even start
                    waiting.pop(0)
    if unfinished:
        raise Unfinished("; ".join(unfinished))


def together(waiting: list[Fault], hurt: Hurt, tell: Tell) -> Iterator[Aftermath]:
    """One after the other in one rig; what was run is taken out of the list."""
    while waiting:
        fault = waiting.pop(0)
        with standing(hurt.rig.addresses) as seen:
            await_steady(hurt, seen)
            strokes = [stroke(fault, hurt, seen) for _ in range(fault.times)]
        tell(f"{fault.name}: {strokes}")
        yield aftermath_of(fault, strokes, hurt)
        go_on(hurt.rig, hurt.load)


@contextmanager
def hurting(setup: Setup, pace: Pace, tell: Tell, folder: Path | None = None) -> Iterator[Hurt]:
    """A rig under load. Its folder goes away unless it was named, or something went wrong."""
    where = folder or Path(tempfile.mkdtemp(prefix="faults-"))
    tell(f"starting {setup.words} in {where}")
    with rigged(where, setup) as rig, loaded(rig.addresses, where, rig.clock, pace) as load:
        hurt = Hurt(rig, load)
        yield hurt
    if hurt.kept:
        tell(f"{', '.join(hurt.kept)}: all is kept in {where}")
    elif folder is None:
        shutil.rmtree(where, ignore_errors=True)


def await_steady(hurt: Hurt, seen: Standing) -> None:
    """The past has gone in and all parts keep up."""

    def steady() -> bool:
        hurt.load.check()
        lag = _lag(seen)
        return lag is not None and lag < STEADY_LAG

    hurt.rig.rest(BEFORE_S[0])
    hurt.rig.await_up()
    hurt.rig.wait(steady, STEADY_WITHIN_S, "the load to be kept up with")


def stroke(fault: Fault, hurt: Hurt, seen: Standing) -> Stroke:
    """Do the harm once, and see everything that was on its way land. Raises TimeoutError."""
    rig = hurt.rig
    rig.rest(rig.random.uniform(*BEFORE_S))
    in_flight = _in_flight(hurt, seen)
    stored = _answered(hurt, seen.writer)
    fault.cause(hurt)
    began_at = monotonic()
    first = _Watch(seen, stored, began_at)
    _caught_up(hurt, seen, first, fault.recovers_within_s)
    caught_up_s = monotonic() - began_at
    rig.await_up()
    return Stroke(in_flight, round(first.at_s or caught_up_s, 1), round(caught_up_s, 1))


class _Watch:
    """When the first row was stored after the harm was done."""

    def __init__(self, seen: Standing, stored: Places, began_at: float) -> None:
        self._seen, self._stored, self._began_at = seen, sum(stored.values()), began_at
        self.at_s: float | None = None

    def look(self) -> Places | None:
        now = self._seen.writer()
        if self.at_s is None and now is not None and sum(now.values()) > self._stored:
            self.at_s = monotonic() - self._began_at
        return now


def _caught_up(hurt: Hurt, seen: Standing, first: _Watch, within_s: float) -> None:
    """What was sent until now is done, and what was said of it is stored."""
    sent = {
        (topic, partition): end
        for topic, ends in hurt.load.reached.items()
        for partition, end in ends.items()
    }

    def done() -> bool:
        first.look()
        return reached(seen.worker(), sent)

    hurt.rig.wait(done, within_s, "what was on its way to be done")
    said = _answered(hurt, lambda: seen.ends(RESULTS))
    hurt.rig.wait(lambda: reached(first.look(), said), within_s, "what was said to be stored")


def aftermath_of(fault: Fault, strokes: Sequence[Stroke], hurt: Hurt) -> Aftermath:
    """Settle and reckon; afterwards the rig is at rest."""
    settle(hurt.rig, hurt.load)
    found = reckon(hurt.rig, hurt.load)
    hurt.kept.extend([fault.name] if found.sums.shown else [])
    if fault.after is not None:
        fault.after(hurt)
    return Aftermath(
        fault.name,
        fault.setup.words,
        len(strokes),
        max(one.in_flight for one in strokes),
        found.sums.lost,
        found.sums.duplicated,
        max(one.first_row_s for one in strokes),
        max(one.caught_up_s for one in strokes),
        found.messages,
        found.outcomes,
        found.breaches,
        found.sums.shown,
    )


def _in_flight(hurt: Hurt, seen: Standing) -> int:
    """Messages not confirmed or not done, and words not stored."""
    return hurt.load.unacknowledged + (_lag(seen) or 0)


def _lag(seen: Standing) -> int | None:
    worker, writer = seen.worker(), seen.writer()
    sources, results = seen.ends(SOURCES), seen.ends(RESULTS)
    if worker is None or writer is None or sources is None or results is None:
        return None
    return missing(worker, sources) + missing(writer, results)


def _answered(hurt: Hurt, ask: Callable[[], Places | None]) -> Places:
    """Ask until there is an answer."""
    found: list[Places] = []

    def answered() -> bool:
        now = ask()
        found.extend([] if now is None else [now])
        return bool(found)

    hurt.rig.wait(answered, STEADY_WITHIN_S, "the broker's answer")
    return found[0]

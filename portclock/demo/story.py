"""The demo from beginning to end: feed, watch, rehearse crashes, land, compare.

Told everything: what to feed, what runs, the clock, and what to do with each scene. Draws nothing
and starts nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeVar

from portclock.demo.balance import Balance
from portclock.demo.compare import compare
from portclock.demo.feeding import Feeding
from portclock.demo.gather import Tables, feeds, lag_of, services, stage_counts
from portclock.demo.history import History
from portclock.demo.landing import Landing
from portclock.demo.offsets import Groups
from portclock.demo.scene import Scene
from portclock.failure import Failure
from portclock.standalone.health import Health
from sinks import read
from sinks.clickhouse import ClickHouseStore

T = TypeVar("T")

LOOK_S = 0.5
LAND_WITHIN_S = 900.0
"""However slow the machine, the demo ends."""


class Parts(Protocol):
    """The supervisor, as far as the demo needs it."""

    def health(self) -> tuple[Health, ...]:
        """Every part now."""

    def kill(self, name: str) -> None:
        """End a part the way a crash does."""

    def wait(self, timeout_s: float) -> None:
        """Let time pass; raises StandaloneError when a part is given up."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asked for. `rehearse` names parts to kill on the way, in that order."""

    seed: int
    pace_s: float
    rehearse: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """What the demo works with. `began_at` is the clock's reading at the start of the command."""

    parts: Parts
    brokers: tuple[str, ...]
    store: ClickHouseStore
    worker_group: str
    writer_group: str
    restater_group: str
    clock: Callable[[], float]
    began_at: float


class Story:
    """One demo. `show` gets a scene at every look."""

    def __init__(self, wish: Wish, given: Given, history: History, show: Callable[[Scene], None]):
        self._wish, self._given, self._history, self._show = wish, given, history, show
        self._feeding = Feeding(history.file, history.tick, history.until)
        self.tables = Tables(given.store)
        self.first_verdict_s: float | None = None
        self._to_kill = list(wish.rehearse)

    def tell(self) -> Balance:
        """Feed everything, wait until it has landed, and compare. Raises Failure."""
        with _groups(self._given.brokers) as groups:
            self._feed(groups)
            self._land(groups)
            self._look(groups, "compared with the offline judge 比对")
        return self.balance()

    @property
    def file(self) -> Path:
        """The events that were fed."""
        return self._history.file

    @property
    def outcomes(self) -> Path:
        """What the tables held at the end."""
        return self._history.outcomes

    @property
    def elapsed_s(self) -> float:
        """Seconds since the command began."""
        return self._given.clock() - self._given.began_at

    @property
    def restarts(self) -> int:
        """How often parts were started again."""
        return sum(part.restarts for part in self._given.parts.health())

    def balance(self) -> Balance:
        """The tables as they are, kept as a file beside the events, against the judge."""
        landed = read.canonical_lines(self._given.store)
        self._history.outcomes.write_bytes(b"".join(line + b"\n" for line in landed))
        judgement = self._history.judgement
        return Balance(judgement.accounts, self.tables.landed(), compare(landed, judgement.lines()))

    def _feed(self, groups: Groups) -> None:
        feeding = self._feeding
        feeding.start(self._given.brokers, self._pace())
        try:
            while not feeding.done:
                feeding.check()
                self._look(groups, "feeding a simulated port 模拟港口")
                self._rehearse()
                self._given.parts.wait(LOOK_S)
        finally:
            feeding.stop()
        feeding.check()

    def _land(self, groups: Groups) -> None:
        given = self._given
        landing = Landing(
            groups, given.worker_group, given.writer_group, given.clock, given.restater_group
        )
        end_at = given.clock() + LAND_WITHIN_S
        while not _answer(landing.landed, default=False):
            self._look(groups, "waiting until all has landed 等待入库")
            stuck = _answer(landing.stuck, default=None)
            if stuck or given.clock() > end_at:
                raise Failure(
                    f"not everything landed: {stuck or f'not within {LAND_WITHIN_S:.0f} s'}",
                    do="look at the logs in the data folder (--data DIR --keep)",
                )
            given.parts.wait(LOOK_S)

    def _rehearse(self) -> None:
        """Kill the next part once its share of the messages is sent: evenly over the way."""
        accounts = self._feeding.accounts
        if not self._to_kill or accounts is None:
            return
        done = len(self._wish.rehearse) - len(self._to_kill)
        share = (done + 1) / (len(self._wish.rehearse) + 1)
        if accounts.messages >= share * self._history.messages:
            self._given.parts.kill(self._to_kill.pop(0))

    def _look(self, groups: Groups, phase: str) -> None:
        given, feeding = self._given, self._feeding
        accounts = feeding.accounts
        event_at = accounts.reached_at if accounts else None
        self.tables.look()
        self._note_first_verdict()
        behind = lag_of(given.worker_group, groups, lambda: feeding.reached)
        self._show(
            Scene(
                phase=phase,
                seed=self._wish.seed,
                elapsed_s=self.elapsed_s,
                sent=accounts.messages if accounts else 0,
                total=self._history.messages,
                event_at=event_at,
                as_of=self.tables.as_of,
                at_risk=self.tables.at_risk,
                breaches=self.tables.breaches,
                stages=stage_counts(self.tables.verdicts),
                feeds=feeds(accounts, behind, self.tables.refused),
                services=services(given.parts.health()),
                counts=self.tables.counts(),
            )
        )

    def _note_first_verdict(self) -> None:
        judged = any(row.verdict in ("met", "breached") for row in self.tables.verdicts)
        if judged and self.first_verdict_s is None:
            self.first_verdict_s = round(self.elapsed_s, 1)

    def _pace(self) -> Callable[[datetime], None]:
        """Spreads the history over the wished seconds; at 0 nothing ever waits."""
        history, wish, clock = self._history, self._wish, self._given.clock
        feeding = self._feeding
        span = (history.until - history.first_at) / timedelta(seconds=1)
        started_at = clock()

        def wait_until(at: datetime) -> None:
            share = (at - history.first_at) / timedelta(seconds=1) / span
            feeding.rest(started_at + share * wish.pace_s - clock())

        return wait_until if wish.pace_s and span > 0 else lambda _: None


@contextmanager
def _groups(brokers: tuple[str, ...]) -> Iterator[Groups]:
    groups = Groups(brokers)
    try:
        yield groups
    finally:
        groups.close()


def _answer(ask: Callable[[], T], default: T) -> T:
    """What a question to the broker says; the default while it does not answer."""
    try:
        return ask()
    except Exception:  # the client's errors have no common class; the next look asks again
        return default

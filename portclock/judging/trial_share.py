"""A trial over files, in shares: each hears its part as the judge does, and tries it.

Must never know what a limit says.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from events.instants import from_epoch
from events.reading import Reported
from portclock.judging.bench import Bench
from portclock.judging.court import Watch
from portclock.judging.share import UNITS_AT_ONCE, Settled, Share, Strays
from portclock.judging.share import Task as Judging
from portclock.judging.trial import OF_SHIPS, Found, Part, Ship, result_of
from reports.whatif.result import Result, Trial
from reports.whatif.trial import law_of
from timing.engine import watermark_of
from timing.hearing import Hearing
from timing.observation import unit_key
from timing.places import closures_of
from timing.suspensions import Closures

Ships = dict[tuple[str, str, str], list[Ship]]
"""What reports say of their ships; see `trial.Ships`."""


class Task(NamedTuple):
    """A trial over files."""

    heard: Judging
    trial: Trial

    def share(self, number: int, shares: int) -> "TrialShare":
        """One of so many shares, by its number from 0."""
        return TrialShare(number, shares, self)


class ShipHearing(Hearing):
    """A hearing that keeps beside each report of a ship's work which ship it names."""

    def __init__(self, received_at: datetime | None = None) -> None:
        """As any hearing."""
        super().__init__(received_at)
        self.ships: Ships = defaultdict(list)

    def _put(self, event: Reported, number: int) -> None:
        super()._put(event, number)
        refs = event.refs
        if refs is not None and event.kind in OF_SHIPS and (refs.voyage or refs.service):
            key = unit_key(event)
            said = self.units[key].reports[-1]
            ship = said.digest, refs.voyage or "", refs.service or ""
            self.ships[key, said.source, said.event_id].append(ship)


class TrialShare(Share):
    """A share that tries what it heard."""

    def __init__(self, number: int, shares: int, task: Task) -> None:
        """The one of this number, from 0."""
        super().__init__(number, shares, task.heard)
        self.trial = task.trial
        if self.trial.beside.over_calls:
            self.hearing = ShipHearing(task.heard.received_at)

    def hear_all(self, done: Callable[[int], None]) -> list[tuple[Strays, Ships]]:
        """As `hear`, with the ships that strays name."""
        found = []
        for strays in self.hear(done):
            ships = {name: said for name, said in self._ships().items() if name[0] in strays}
            found.append((strays, ships))
        return found

    def settle_all(
        self, done: Callable[[int], None], handed: list[tuple[Strays, Ships]]
    ) -> Settled:
        """As `settle`."""
        for _, ships in handed:
            for name, said in ships.items():
                self._ships().setdefault(name, []).extend(said)
        return self.settle(done, [strays for strays, _ in handed])

    def attempt(self, done: Callable[[int], None], closures: Closures, now: datetime) -> Found:
        """Try all units, with the closures of all shares. `done` is told of units."""
        rules = self.task.rules.under(closures)
        law = law_of(self.trial.beside, rules, max(watermark_of(now, rules), 0))
        part = Part(self.trial, law)
        for number, (key, told) in enumerate(self.hearing.taken(), start=1):
            part.take(key, told, self._ships())
            if number % UNITS_AT_ONCE == 0:
                done(UNITS_AT_ONCE)
        return part.found(len(self.hearing.refused))

    def _ships(self) -> Ships:
        return self.hearing.ships if isinstance(self.hearing, ShipHearing) else {}


def try_in_shares(bench: Bench, trial: Trial, watch: Watch) -> Result:
    """Try files, as known at the latest instant in them."""
    nothing: list[tuple[object, ...]] = [()] * bench.shares
    heard = bench.ask("hear_all", nothing, watch.read)
    dealt = [([one[number] for one in heard],) for number in range(bench.shares)]
    settled: list[Settled] = bench.ask("settle_all", dealt, watch.read)
    watch.begin(sum([one.units for one in settled]))
    moments = [one.latest_s for one in settled if one.latest_s is not None]
    now = from_epoch(max(moments, default=0))
    closures = closures_of([place for one in settled for place in one.places])
    asked = [(closures, now)] * bench.shares
    return result_of(trial, now if moments else None, bench.ask("attempt", asked, watch.judged))

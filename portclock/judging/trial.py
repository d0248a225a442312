"""A trial: a part of the units judged by a draft and by what is in force, and all parts together.

Knows what `reports.whatif` makes of a unit; must never know where its reports were read, nor what a
limit says.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from events.vocabulary import Kind, Mode, UnitType
from reports.whatif.affected import Most, Toll, affected
from reports.whatif.effect import Effects, count, joined
from reports.whatif.promises import Ledger, Promised, of_calls
from reports.whatif.promises import joined as all_promised
from reports.whatif.result import Result, Trial
from reports.whatif.trial import Law, tried
from timing.calls import LIFTS, Logbook
from timing.corrections import standing
from timing.gathered import Gathered
from timing.gathered import Told as ToldOfShip
from timing.hearing import Told
from timing.observation import Observation
from timing.written import size_of

OF_SHIPS: Final = LIFTS | {Kind.ARRIVED, Kind.DEPARTED}
"""Kinds that speak of a ship's work."""
Ship = tuple[int, str, str]
"""What a report says of its ship: the digest of the report, voyage and service, empty if untold."""
Ships = Mapping[tuple[str, str, str], Sequence[Ship]]
"""The same by unit, source and event id: all contents that were heard."""


class Found(NamedTuple):
    """What a part of the units comes to. `units` were compared; `ships` is what their boxes tell of
    calls."""

    units: int
    effects: Effects
    promised: Promised
    most: Most
    refused: int
    ships: Logbook


class Part:
    """A part of the units, tried one by one."""

    def __init__(self, trial: Trial, law: Law) -> None:
        self.trial, self.law, self.units = trial, law, 0
        self.period, self._openers = trial.period, trial.beside.openers
        self._effects: Effects = {}
        self._ledger = Ledger(trial.beside, trial.months)
        self._promised: Promised = {}
        self._toll = Toll(trial.keep)
        self._ships = Logbook()

    def take(self, key: str, told: Told, ships: Ships) -> None:
        """A unit with all that stands of what was said of it, under one identity each."""
        if not key.startswith(self.trial.beside.port + "/"):
            return
        reports = tuple(told.reports)
        if self.trial.beside.over_calls and (box := _box(key, told, ships)) is not None:
            self._ships.take(box)
        if told.type is not UnitType.PLACE and self._concerns(reports):
            self.units += 1
            found = tried(key, reports, self.law)
            count(self._effects, found, self.period)
            self._toll.take(affected(found, self.period))
            self._ledger.take(found)

    def _concerns(self, reports: Iterable[Observation]) -> bool:
        """Whether anything was heard of a unit in the period, and anything compared ever begun."""
        heard = begun = False
        for report in reports:
            heard = heard or self.period.holds(report.occurred_at)
            begun = begun or report.kind in self._openers
        return heard and begun

    def sum_up(self) -> None:
        """Sum up what was promised so far, so that no unit has to be remembered for it."""
        self._promised = all_promised((self._promised, self._ledger.promised()))
        self._ledger = Ledger(self.trial.beside, self.trial.months)

    def found(self, refused: int = 0) -> Found:
        """What all of them come to, and how many messages could not be read."""
        self.sum_up()
        most = self._toll.most()
        return Found(self.units, self._effects, self._promised, most, refused, self._ships)


def _box(key: str, told: Told, ships: Ships) -> Gathered | None:
    """What a unit tells of ships: those of its reports that stand and speak of one, and the first
    that tells its size, which is all that calls are told from. Of a place, everything; None of a
    unit that no ship brought or took."""
    port, _, unit = key.partition("/")
    stand = standing(tuple(told.reports)).facts
    if told.type is not UnitType.PLACE:
        spoken = [one for one in stand if one.kind in OF_SHIPS and one.mode is Mode.WATER]
        if not spoken:
            return None
        sized = (one for one in stand if size_of(one.size_type) is not None)
        first = next(sized, None)
        stand = tuple(one for one in stand if one is first or one in spoken)
    return Gathered(port, unit, told.type, tuple(_of_ship(key, one, ships) for one in stand))


def _of_ship(key: str, one: Observation, ships: Ships) -> ToldOfShip:
    said = ships.get((key, one.source, one.event_id)) if ships else None
    if not said:
        return ToldOfShip(one, None, None)
    named = max(((v, s) for digest, v, s in said if digest == one.digest), default=("", ""))
    return ToldOfShip(one, named[0] or None, named[1] or None)


def result_of(trial: Trial, now: datetime | None, parts: Sequence[Found]) -> Result:
    """What the parts come to together."""
    toll = Toll(trial.keep)
    for part in parts:
        toll.add(part.most)
    promised = all_promised(part.promised for part in parts)
    ships = Logbook()
    for part in parts:
        ships.join(part.ships)
    if now is not None and trial.beside.over_calls:
        calls = ships.calls(int(now.timestamp())).calls
        promised |= of_calls(trial.beside, trial.months, calls)
    units = sum(part.units for part in parts)
    refused = sum(part.refused for part in parts)
    effects = joined(part.effects for part in parts)
    return Result(trial, now, units, refused, effects, promised, toll.most(), ships.nameless)

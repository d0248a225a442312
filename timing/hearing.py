"""A hearing: what messages say of each unit at a port, put together before anything is judged.

The same for any order of the messages; and where the messages were heard in parts, the parts can be
put together afterwards. Must never know what a rule makes of a report.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from math import floor
from operator import attrgetter
from typing import Final, NamedTuple

from events.codec import decode
from events.envelope import Unit
from events.reading import Reported, gist_of, gists_of
from events.refusals import InvalidEvent, Refusal
from events.vocabulary import UnitType
from timing.history import History
from timing.observation import Observation, merged, observation_of, unit_key

_named: Final = attrgetter("source", "event_id")
_PLACE: Final = UnitType.PLACE


@dataclass(slots=True)
class Accounts:
    """Every message accounted for. `messages + split == events + duplicates + corrections`, where
    `events == judged + kept + quarantined`; `split` counts the units beyond the first that
    multi-unit messages named, `corrections` further versions of an event already counted."""

    messages: int = 0
    split: int = 0
    duplicates: int = 0
    corrections: int = 0
    judged: int = 0
    kept: int = 0
    quarantined: int = 0

    @property
    def events(self) -> int:
        """Distinct events: what is left when repetitions are taken off."""
        return self.messages + self.split - self.duplicates - self.corrections

    @property
    def unexplained(self) -> int:
        """Must be zero."""
        return self.events - self.judged - self.kept - self.quarantined

    def __add__(self, other: "Accounts") -> "Accounts":
        """Those of two sets of messages that share no event."""
        names = [field.name for field in fields(Accounts)]
        return Accounts(*[getattr(self, name) + getattr(other, name) for name in names])


class RefusedLine(NamedTuple):
    """A message that could not be read, by its place in the input (from 1)."""

    line: int
    refusal: Refusal


class Told(NamedTuple):
    """What was told of one unit at one port, first by the message of this number. Its type is the
    one that was said first."""

    number: int
    type: UnitType
    reports: list[Observation]


class Hearing:
    """What was heard of all units, by `<port>/<unit id>`. Once it is settled, each identity has one
    report, and repetitions and corrections are in the accounts."""

    def __init__(self, received_at: datetime | None = None) -> None:
        """`received_at`: when the messages were taken, if known. Later times are future times."""
        self.units: dict[str, Told] = {}
        self.accounts = Accounts()
        self.refused: list[RefusedLine] = []
        self._received_at = received_at
        self._received_s = None if received_at is None else floor(received_at.timestamp())

    def hear(self, line: bytes, number: int) -> None:
        """Read a message and put down what it says. Most name one unit in the usual form."""
        self.accounts.messages += 1
        gist = gist_of(line, self._received_s)
        if gist is not None:
            self._put(gist, number)
            return
        try:
            events = gists_of(line, self._received_s) or decode(line, received_at=self._received_at)
        except InvalidEvent as error:
            self.accounts.quarantined += 1
            self.refused.append(RefusedLine(number, error.refusal))
            return
        self.accounts.split += len(events) - 1
        for event in events:
            self._put(event, number)

    def _put(self, event: Reported, number: int) -> None:
        key, report = unit_key(event), observation_of(event)
        told = self.units.get(key)
        if told is None:
            self.units[key] = Told(number, event.unit.type, [report])
        else:
            told.reports.append(report)

    def without(self, unwanted: Callable[[str], bool]) -> dict[str, Told]:
        """Take out what was heard of units whose id is unwanted, and give it away."""
        gone = [key for key in self.units if unwanted(key.partition("/")[2])]
        return {key: self.units.pop(key) for key in gone}

    def join(self, units: Iterable[tuple[str, Told]]) -> None:
        """What others have heard of these units."""
        for key, told in units:
            known = self.units.get(key, told)
            reports = told.reports if known is told else [*known.reports, *told.reports]
            first = told if told.number < known.number else known
            self.units[key] = Told(first.number, first.type, reports)

    def settle(self) -> None:
        """Of each identity, leave the one report that stands. Hardly any unit has two."""
        for key, told in self.units.items():
            reports = told.reports
            if len(reports) > 1 and len(set(map(_named, reports))) < len(reports):
                self.units[key] = told._replace(reports=self._once(reports))

    def _once(self, reports: Sequence[Observation]) -> list[Observation]:
        found: dict[tuple[str, str], Observation] = {}
        for report in reports:
            known = found.setdefault(_named(report), report)
            if known is report:
                continue
            if report.said_before(known):
                self.accounts.duplicates += 1
                continue
            self.accounts.corrections += 1
            found[_named(report)] = merged(known, report)
        return list(found.values())

    def latest_s(self) -> int | None:
        """The latest instant of all that was heard and settled, as an epoch second."""
        told = self.units.values()
        moments = [
            max(max([r.occurred_at for r in reports]), max([r.recorded_at for r in reports]))
            for _, _, reports in told
        ]
        return max(moments, default=None)

    def places(self) -> list[History]:
        """What was said of places, written down."""
        return [
            History.of(key, unit_in(key, told.type), told.reports)
            for key, told in self.units.items()
            if told.type is _PLACE
        ]

    def taken(self) -> Iterator[tuple[str, Told]]:
        """Every unit in the order of hearing, forgotten as it is given: what is judged needs room,
        too."""
        for key in list(self.units):
            yield key, self.units.pop(key)


def unit_in(key: str, type: UnitType) -> Unit:
    """The unit that `<port>/<unit id>` speaks of."""
    return Unit.model_construct(type=type, id=key.partition("/")[2])

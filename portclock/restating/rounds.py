"""Rounds: some units are looked at together, again and again, until the tables say of each what a
judge of everything says; bounded in number and in looks.

A look reads, compares, and asks the worker where something differs. Nothing is remembered between
two processes: what is settled is seen in the tables. Must never know a broker, nor wait.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from events.identifiers import Identity
from events.outcomes import Because
from portclock.restating.asking import Asked, Asker
from portclock.restating.suspects import Suspect
from portclock.restating.whole import Whole

LOOKS_PER_ASKING: Final = 4
"""The answer of a worker takes its time to land; asking at every look would ask too much of it."""
Bring = Callable[[str, list[str]], Mapping[str, Whole]]
"""Some units of a port as the tables have them, by id."""


class Ended(StrEnum):
    """How the looking at one unit ended."""

    AGREED = "agreed"
    RESTATED = "restated"
    TOO_LARGE = "too-large"
    NOT_LANDED = "not-landed"
    GIVEN_UP = "given-up"


@dataclass(slots=True)
class Open:
    """A unit that is not settled. `told` is how many messages there were at the last look; `looks`
    counts those since then at which nothing new had been told, `in_all` every one."""

    port: str
    unit_id: str
    because: Because
    events: set[Identity] = field(default_factory=set)
    told: int = 0
    looks: int = 0
    in_all: int = 0
    asked: bool = False


@dataclass(slots=True)
class Rounds:
    """The units under way. `ended` counts how each ended; `left` names those that did not."""

    bring: Bring
    asker: Asker
    looks_max: int
    ended: dict[Ended, int] = field(default_factory=lambda: dict.fromkeys(Ended, 0))
    left: list[tuple[str, str, Ended]] = field(default_factory=list)
    _open: dict[tuple[str, str], Open] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many units are under way."""
        return len(self._open)

    @property
    def looks(self) -> int:
        """How often the most patiently looked at unit was looked at."""
        return max((one.looks for one in self._open.values()), default=0)

    def suspect(self, suspects: Iterable[Suspect]) -> None:
        """Units to look at; of one that is under way, one more event to look for."""
        for one in suspects:
            key = one.port, one.unit_id
            known = self._open.setdefault(key, Open(one.port, one.unit_id, one.because))
            if one.event is not None:
                known.events.add(one.event)

    def look(self) -> None:
        """One look at every unit under way. Raises what the tables raise; look again then."""
        by_port: dict[str, list[Open]] = defaultdict(list)
        for one in self._open.values():
            by_port[one.port].append(one)
        for port, units in by_port.items():
            found = self.bring(port, [one.unit_id for one in units])
            self._look_at(units, found)

    def _look_at(self, units: list[Open], found: Mapping[str, Whole]) -> None:
        wanted: list[Asked] = []
        for one in units:
            whole = found.get(one.unit_id)
            if whole is None or not whole.events.issuperset(one.events):
                self._not_yet(one, Ended.NOT_LANDED)
                continue
            pairs, moved = whole.differences(), whole.moved()
            if not pairs and not moved:
                self._end(one, Ended.RESTATED if one.asked else Ended.AGREED)
                continue
            if len(whole.messages) != one.told and one.in_all < self.looks_max**2:
                one.told, one.looks = len(whole.messages), 0
            if self._not_yet(one, Ended.GIVEN_UP) and one.looks % LOOKS_PER_ASKING == 1:
                wanted.append(Asked(whole, one.because, pairs))
        self._ask(wanted)

    def _ask(self, wanted: list[Asked]) -> None:
        if not wanted:
            return
        refused = {asked.whole.key for asked in self.asker.ask(wanted)}
        for asked in wanted:
            one = self._open[asked.whole.port, asked.whole.unit.id]
            one.asked = True
            if asked.whole.key in refused:
                self._end(one, Ended.TOO_LARGE)

    def _not_yet(self, one: Open, else_: Ended) -> bool:
        """Whether it may be looked at once more."""
        one.looks += 1
        one.in_all += 1
        if one.looks >= self.looks_max:
            self._end(one, else_)
            return False
        return True

    def _end(self, one: Open, how: Ended) -> None:
        del self._open[one.port, one.unit_id]
        self.ended[how] += 1
        if how not in (Ended.AGREED, Ended.RESTATED):
            self.left.append((one.port, one.unit_id, how))

"""The restater: reads what is reported and what became of it, and has units judged again that need
it. Commits only what is settled, so whoever starts it again goes on from there.

Reads in bounded turns and rests as long as it works, so that the live path is not starved. Must
never write of a unit: that is the worker's.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from kafka import TopicPartition
from kafka.errors import KafkaError

from events.topics import EVENT_FATES, EVENT_TOPICS
from portclock.restating.metrics import RestaterMetrics
from portclock.restating.places import since_of, units_since
from portclock.restating.rounds import Rounds
from portclock.restating.settings import Bounds
from portclock.restating.settling import Pace, settle
from portclock.restating.suspects import Rested, Suspect, of_event, of_fate
from sinks.store import Store, StoreUnavailable

TOPICS: Final = (EVENT_FATES, *EVENT_TOPICS)
_POLL_MS: Final = 500
_LOG = logging.getLogger(__name__)

Offsets = dict[TopicPartition, int]


class Consumer(Protocol):
    """The part of a group's member that is used."""

    def poll(self, timeout_ms: float = 0) -> Mapping[TopicPartition, Sequence[Any]]: ...

    def commit(self, offsets: Offsets) -> None: ...


@dataclass(slots=True)
class Gathered:
    """What one turn is about, and how far it was read."""

    suspects: list[Suspect] = field(default_factory=list)
    rested: dict[str, Rested] = field(default_factory=dict)
    offsets: Offsets = field(default_factory=dict)

    def take(self, place: TopicPartition, records: Sequence[Any]) -> None:
        """Note the units and ports that these records call for a look at."""
        read = of_fate if place.topic == EVENT_FATES.name else of_event
        for record in records:
            found = read(record.value)
            if isinstance(found, Suspect):
                self.suspects.append(found)
            elif found is not None:
                known = self.rested.get(found.port)
                self.rested[found.port] = found.beside(known) if known else found
        self.offsets[place] = records[-1].offset + 1


@dataclass(slots=True)
class Restater:
    """One process of the service."""

    consumer: Consumer
    store: Store
    rounds: Rounds
    bounds: Bounds
    pace: Pace
    metrics: RestaterMetrics = field(default_factory=RestaterMetrics)

    def run(self, stopping: Callable[[], bool]) -> None:
        """Turn after turn until it is told to stop."""
        while not stopping():
            gathered = self.gather()
            if self.settle(gathered):
                self._commit(gathered.offsets)

    def gather(self) -> Gathered:
        """Read until there is enough to look at, nothing more comes, or the time is up."""
        gathered, until = Gathered(), self.pace.clock() + self.bounds.gather_s
        while len(gathered.suspects) < self.bounds.units_max:
            polled = self.consumer.poll(_POLL_MS)
            for place, records in polled.items():
                gathered.take(place, records)
                self.metrics.read(len(records))
            if not polled or self.pace.clock() >= until:
                break
        return gathered

    def settle(self, gathered: Gathered) -> bool:
        """Settle all that was gathered. False if it was to end before."""
        done = settle(self.rounds, gathered.suspects, self.bounds, self.pace)
        for rested in gathered.rested.values():
            done = done and self._settle_place(rested)
        self.metrics.looked(self.rounds)
        for port, unit_id, how in self.rounds.left:
            _LOG.error(
                "%s/%s is not as a judge of everything would have it (%s): look at it with "
                "portclock explain, then run portclock restate --unit %s/%s",
                *(port, unit_id, how, port, unit_id),
            )
        self.rounds.left.clear()
        return done

    def _settle_place(self, rested: Rested) -> bool:
        """Every unit that was at the port since something was said of a place in it."""
        for look in range(1, self.bounds.looks_max + 1):
            try:
                since_s = since_of(self.store, rested)
                if since_s is not None:
                    units = units_since(self.store, rested, since_s)
                    return settle(self.rounds, units, self.bounds, self.pace)
            except StoreUnavailable as error:
                _LOG.warning("the tables do not answer, and are asked again: %s", error)
            if self.pace.wait(self.bounds.look_again_after(look)):
                return False
        _LOG.error("what was said of a place of %s has not landed", rested.port)
        return True

    def _commit(self, offsets: Offsets) -> None:
        """What cannot be committed is read again, by us or by whoever has it now."""
        if not offsets:
            return
        try:
            self.consumer.commit(offsets)
        except KafkaError as error:
            _LOG.warning("what was settled was not committed, and is looked at again: %r", error)

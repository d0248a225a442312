"""What the board keeps, and how one record changes it: outcomes, alerts, deeds, ticks, events.

Of two records of one key the one further on in the log stands, and a repeated one changes nothing.
Each method returns whether anything visible changed. Not for two threads at once: `Board` has the
lock. Must never know a viewer.
"""

from typing import Final

from events.alerts import AlertDeed
from events.vocabulary import Verdict
from serving.board.alarms import Alarm
from serving.board.clock import EventClock
from serving.board.crowd import NOWHERE, Crowd
from serving.board.facets import Choices, Facets
from serving.board.feeds import Feeds, Heard
from serving.board.incidents import Incidents
from serving.board.inspections import STEPS, Inspected
from serving.board.judged import Judged
from serving.board.stages import Held, OpenStages
from serving.board.views import Level
from serving.board.visits import Visit, Visits
from serving.board.whereabouts import Whereabouts, yard_of

_LETTERS: Final = ""
"""The name under which the places of dead letters are remembered; no topic has it."""


class Kept:
    """Everything that stands, each part in a room of its own."""

    def __init__(self) -> None:
        self.clock = EventClock()
        self.choices = Choices()
        self.stages = OpenStages(self.choices)
        self.crowd = Crowd()
        self.visits = Visits()
        self.incidents = Incidents()
        self.feeds = Feeds()
        self.whereabouts = Whereabouts()
        self.inspected = Inspected()

    def outcome(self, judged: Judged, era: int, offset: int) -> bool:
        """The latest word on one stage of a visit."""
        visit, changed = self.visits.of(judged), False
        if visit.moves_on(judged.slot, era, offset):
            stepped = self._step(visit, judged)
            changed = self._stage(visit, judged) or stepped
        for forgotten in self.visits.settle(visit):
            self.inspected.tell(forgotten, ())
        return changed

    def alert(self, alarm: Alarm, era: int, offset: int) -> bool:
        """One state of one incident; an open stage may be more or less urgent by it."""
        if not self.incidents.alert(alarm, era, offset):
            return False
        visit = self.visits.known(alarm.visit_id)
        slot = (alarm.stage, alarm.occurrence, alarm.limit_id)
        held = visit.open.get(slot) if visit else None
        if held is not None:
            self._put_again(held)
        self.incidents.forget(self.clock.now_s)
        return True

    def deed(self, deed: AlertDeed) -> bool:
        """One deed about an incident, known or not yet."""
        return self.incidents.deed(deed)

    def tick(self, partition: int, at_s: int, stamped_s: int) -> bool:
        """Event time of a partition, and when the broker took the tick."""
        self.feeds.ticked(stamped_s)
        if not self.clock.tick(partition, at_s):
            return False
        self.incidents.forget(self.clock.now_s)
        return True

    def heard(self, event: Heard, partition: int, offset: int) -> bool:
        """One event; its unit may stand elsewhere, and so do its open stages. Read in order a
        record counts once; where a unit stands is by the event's own time, in any order."""
        moved = self.seen(event.port, event.unit_id, event.spot, event.occurred_at)
        if not self.feeds.new(event.topic, partition, offset):
            return moved
        self.feeds.heard(event)
        return True

    def seen(self, port: str, unit_id: str, spot: str | None, occurred_at: int) -> bool:
        """Where a unit was said to stand."""
        if spot is None or not self.whereabouts.told(port, unit_id, spot, occurred_at):
            return False
        for visit in self.visits.of_unit(port, unit_id):
            for held in visit.open.values():
                self._put_again(held)
            self._regroup(visit)
        return True

    def refused(self, source: str, topic: str, partition: int, offset: int) -> bool:
        """One dead letter, at its place among them; `topic` is where the message was."""
        if not self.feeds.new(_LETTERS, partition, offset):
            return False
        self.feeds.refused(source, topic)
        return True

    def yard(self, port: str, unit_id: str) -> str:
        """The yard block in which a unit stands, as last told; '' where that is unknown."""
        return yard_of(self.whereabouts.spot(port, unit_id))

    def _stage(self, visit: Visit, judged: Judged) -> bool:
        slot, before = judged.slot, visit.open.pop(judged.slot, None)
        if before is not None:
            self.stages.take(before)
        if judged.open:
            held = visit.open[slot] = self._held(judged)
            self.stages.put(held)
        self._regroup(visit)
        return judged != before.judged if before is not None else judged.open

    def _step(self, visit: Visit, judged: Judged) -> bool:
        """Keep what inspections are told from."""
        if judged.stage not in STEPS:
            return False
        before = visit.steps.pop(judged.slot, None)
        if not judged.gone:
            visit.steps[judged.slot] = judged
        if before == visit.steps.get(judged.slot):
            return False
        return self.inspected.tell(visit.id, visit.steps.values())

    def _put_again(self, held: Held) -> None:
        """Where it belongs now, by its level and by where its unit stands."""
        now = self._held(held.judged)
        if (now.level, now.yard) != (held.level, held.yard):
            self.stages.take(held)
            held.level, held.yard = now.level, now.yard
            self.stages.put(held)

    def _held(self, judged: Judged) -> Held:
        yard = self.yard(judged.port, judged.unit_id)
        return Held(judged, facets_of(judged), yard, self._level(judged))

    def _regroup(self, visit: Visit) -> None:
        group = frozenset(held.facets for held in visit.open.values())
        stand = (group, self.yard(visit.port, visit.unit_id)) if group else NOWHERE
        self.crowd.move(visit.stand, stand)
        visit.stand = stand

    def _level(self, judged: Judged) -> Level:
        """The law decides: an outcome says that a limit is broken, an alert that it is at risk.
        A breach that only an alert has told yet is at risk until the outcome says it."""
        if judged.verdict == Verdict.BREACHED:
            return Level.BREACHED
        warned = judged.limit_id and self.incidents.stands(judged.incident)
        return Level.AT_RISK if warned else Level.CALM


def facets_of(said: Judged) -> Facets:
    """What a stage may be asked for by."""
    return Facets(said.port, said.facility, said.stage, said.answers, said.mode)

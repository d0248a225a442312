"""The board: what stands at the port, kept by what is read, asked by what is shown.

One thread applies records and an event loop asks. The lock is held for one record or one question,
so that each answer is of one moment and neither side waits for longer than that. Reads no clock and
no topic. Who may see a row is the viewer's own to say; what was asked for narrows it further.
"""

from itertools import islice
from threading import Lock
from typing import Final, Literal

from events.alerts import AlertDeed
from events.outcomes import Alert, Outcome
from serving.access.viewers import Viewer
from serving.asks import Place
from serving.board.alarms import Alarm, alarm_of
from serving.board.feeds import Heard
from serving.board.judged import Judged, judged_of
from serving.board.kept import Kept
from serving.board.showing import (
    inspections,
    open_stage,
    shares_by,
    shares_by_yard,
    shows_incident,
    worst_first,
)
from serving.board.views import (
    Asked,
    Counts,
    Feed,
    Incident,
    Inspection,
    Level,
    OpenStage,
    Share,
    Sought,
    Unheard,
)

By = Literal["port", "stage", "facility", "yard", "answers"]
ANYTHING: Final = Asked()
ANY: Final = Sought()
URGENT: Final = (Level.AT_RISK, Level.BREACHED)


class Board:
    """What stands on the board. `version` grows with every visible change."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept = Kept()
        self.version = 0

    @property
    def now_s(self) -> int | None:
        """Event time in epoch seconds, the least over the partitions; None before any tick."""
        return self._kept.clock.now_s

    def restart(self) -> None:
        """Forget everything: the log is another one, or has lost what was not read yet."""
        with self._lock:
            self._kept = Kept()
            self.version += 1

    def outcome(self, outcome: Outcome | Judged, place: Place) -> None:
        """One outcome at its place in the log."""
        judged = judged_of(outcome) if isinstance(outcome, Outcome) else outcome
        with self._lock:
            self.version += self._kept.outcome(judged, place.era, place.offset)

    def alert(self, alert: Alert | Alarm, place: Place) -> None:
        """One alert at its place in the log."""
        alarm = alarm_of(alert) if isinstance(alert, Alert) else alert
        with self._lock:
            self.version += self._kept.alert(alarm, place.era, place.offset)

    def deed(self, deed: AlertDeed) -> None:
        """One deed; told twice, it counts once."""
        with self._lock:
            self.version += self._kept.deed(deed)

    def tick(self, partition: int, at_s: int, stamped_s: int = 0) -> None:
        """A tick of a partition: event time, and when the broker took it; epoch seconds."""
        with self._lock:
            self.version += self._kept.tick(partition, at_s, stamped_s)

    def heard(self, event: Heard, partition: int, offset: int) -> None:
        """One event at its place in its topic."""
        with self._lock:
            self.version += self._kept.heard(event, partition, offset)

    def seen(self, port: str, unit_id: str, spot: str, occurred_at: int) -> None:
        """Where a unit was said to stand, by other means than an event just read."""
        with self._lock:
            self.version += self._kept.seen(port, unit_id, spot, occurred_at)

    def refused(self, source: str, topic: str, partition: int, offset: int) -> None:
        """A dead letter at its place among the dead letters; `topic` is where the message was."""
        with self._lock:
            self.version += self._kept.refused(source, topic, partition, offset)

    def counts(self, viewer: Viewer, asked: Asked = ANYTHING) -> Counts:
        """How much is open, at risk and breached."""
        with self._lock:
            chosen = self._kept.choices.of(viewer, asked, single=False)
            units = self._kept.crowd.among(chosen, asked.yard)
            return Counts(units, *self._kept.stages.tally(chosen, asked.yard))

    def shares(self, viewer: Viewer, asked: Asked, by: By) -> list[Share]:
        """The counts by one facet, the worst first: most breached, most at risk, most open."""
        with self._lock:
            chosen = self._kept.choices.of(viewer, asked, single=False)
            if by == "yard":
                shares = shares_by_yard(self._kept, chosen, asked.yard)
            else:
                shares = shares_by(self._kept, chosen, by, asked.yard)
        return sorted(shares, key=worst_first)

    def at_risk(
        self,
        viewer: Viewer,
        asked: Asked = ANYTHING,
        limit: int = 50,
        levels: tuple[Level, ...] = URGENT,
    ) -> list[OpenStage]:
        """Stages at risk by the nearest deadline, then the breached ones, the latest first: what
        can still be kept stands before what cannot."""
        with self._lock:
            chosen = self._kept.choices.of(viewer, asked, single=True)
            urgent = self._kept.stages.urgent(chosen, asked.yard, levels)
            return [open_stage(self._kept, held) for held in islice(urgent, limit)]

    def nearest(self, viewer: Viewer, asked: Asked = ANYTHING, limit: int = 50) -> list[OpenStage]:
        """All open stages with a deadline: what can still be kept by the nearest, then what is
        breached, the latest first."""
        with self._lock:
            chosen = self._kept.choices.of(viewer, asked, single=True)
            urgent = self._kept.stages.urgent(chosen, asked.yard)
            dated = (held for held in urgent if held.judged.deadline_at is not None)
            return [open_stage(self._kept, held) for held in islice(dated, limit)]

    def incidents(
        self, viewer: Viewer, asked: Asked = ANYTHING, sought: Sought = ANY, limit: int = 50
    ) -> list[Incident]:
        """Incidents, the newest first. Narrowed by yard or mode, only those of units that are still
        here."""
        with self._lock:
            found = (
                life
                for life in self._kept.incidents.sought(sought)
                if shows_incident(self._kept, life, viewer, asked)
            )
            return [self._kept.incidents.view(life) for life in islice(found, limit)]

    def incident(self, viewer: Viewer, incident_id: str) -> Incident | None:
        """One incident, if it is known and theirs to see."""
        with self._lock:
            life = self._kept.incidents.life(incident_id)
            if life is None or not shows_incident(self._kept, life, viewer, ANYTHING):
                return None
            return self._kept.incidents.view(life)

    def inspections(
        self, viewer: Viewer, asked: Asked = ANYTHING, limit: int = 50
    ) -> list[Inspection]:
        """Inspections under way by the nearest deadline, then those that ended within a day of
        event time, the last first. Who may not see one of its stages does not see it."""
        with self._lock:
            return list(islice(inspections(self._kept, viewer, asked), limit))

    def feeds(self) -> list[Feed]:
        """Every source of events, the quiet ones first."""
        with self._lock:
            return self._kept.feeds.views()

    def unheard(self, port: str = "") -> list[Unheard]:
        """The sources of a port, or of any, from which nothing can be learned now: as long as
        there is one, no count of the board is known to be whole."""
        with self._lock:
            return self._kept.feeds.unheard(port)

    def kept(self) -> dict[str, int]:
        """How much is kept: open stages, visits, incidents, units with a spot."""
        with self._lock:
            return {
                "stages": self._kept.stages.held,
                "visits": len(self._kept.visits),
                "incidents": len(self._kept.incidents),
                "spots": len(self._kept.whereabouts),
            }

"""Incidents: the life of each endangered promise, from alerts and deeds in whatever order.

Of each state of an incident the last alert is kept, as the tables keep it; the one furthest on in
the log says how the incident stands. Bounded: an incident that ended is forgotten KEPT_S of event
time later, or when more than ENDED_MAX have ended. Of the last forgotten ones the place in the log
is remembered, so that a record read twice does not bring one back. Deeds on what is not known (yet)
wait; of too many, those told of longest ago are let go. Must never know a rule or a viewer.
"""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Final

from sortedcontainers import SortedList

from events.alerts import AlertDeed
from events.vocabulary import AlertState
from serving.board.alarms import Alarm, Deeds
from serving.board.views import Incident, Note, Sought
from serving.board.visits import ERA

KEPT_S: Final = 7 * 24 * 3600
ENDED_MAX: Final = 20_000
WAITING_MAX: Final = 10_000
"""Incidents with deeds and no alert."""
FORGOTTEN_MAX: Final = 50_000

NOTHING_DONE: Final = Deeds()
"""Of an incident about which nothing was done; never changed."""


class Life:
    """The alerts of one incident: by state the place of the last one, and when it was raised."""

    __slots__ = ("last", "place", "states")

    def __init__(self, alarm: Alarm) -> None:
        self.last, self.place = alarm, -1
        self.states: dict[str, tuple[int, int]] = {}

    def tell(self, alarm: Alarm, place: int) -> bool:
        """One alert; returns whether it was news."""
        if place <= self.states.get(alarm.state, (-1, 0))[0]:
            return False
        self.states[alarm.state] = (place, alarm.raised_at)
        if place > self.place:
            self.last, self.place = alarm, place
        return True

    @property
    def raised_at(self) -> int:
        """When the promise was first endangered, as far as is known."""
        return min(raised_at for _, raised_at in self.states.values())

    @property
    def ended_at(self) -> int | None:
        """When it ended; None while it has not."""
        return self.last.raised_at if self.last.ended else None

    @property
    def notes(self) -> list[Note]:
        """One for each state, in the order of the log."""
        told = sorted((place, at, state) for state, (place, at) in self.states.items())
        return [Note(what=state, at=at) for _, at, state in told]


class Incidents:
    """All incidents that are open or ended of late."""

    def __init__(self, ended_max: int = ENDED_MAX, kept_s: int = KEPT_S) -> None:
        self._ended_max, self._kept_s = ended_max, kept_s
        self._lives: dict[str, Life] = {}
        self._newest: SortedList[tuple[int, str]] = SortedList()
        self._ended: SortedList[tuple[int, str]] = SortedList()
        self._deeds: dict[str, Deeds] = {}
        self._waiting: OrderedDict[str, None] = OrderedDict()
        self._forgotten: OrderedDict[str, int] = OrderedDict()

    def alert(self, alarm: Alarm, era: int, offset: int) -> bool:
        """One alert at its place in the log; returns whether it was news."""
        place = era * ERA + offset
        if place <= self._forgotten.get(alarm.incident, -1):
            return False
        life = self._lives.get(alarm.incident)
        if life is None:
            life = self._lives[alarm.incident] = Life(alarm)
            self._waiting.pop(alarm.incident, None)
        else:
            self._unlist(life)
        news = life.tell(alarm, place)
        self._list(life)
        return news

    def deed(self, deed: AlertDeed) -> bool:
        """One deed; returns whether it was news of an incident that is known."""
        if deed.incident in self._forgotten and deed.incident not in self._lives:
            return False
        news = self._deeds.setdefault(deed.incident, Deeds()).add(deed)
        if deed.incident in self._lives:
            return news
        self._waiting[deed.incident] = None
        self._waiting.move_to_end(deed.incident)
        if len(self._waiting) > WAITING_MAX:
            lost, _ = self._waiting.popitem(last=False)
            del self._deeds[lost]
        return False

    def forget(self, now_s: int | None) -> bool:
        """Forget what ended long ago; returns whether anything was forgotten."""
        due = 0
        if now_s is not None:
            due = self._ended.bisect_left((now_s - self._kept_s, ""))
        due = max(due, len(self._ended) - self._ended_max)
        for _, incident in list(self._ended[:due]):
            self._forget(incident)
        return due > 0

    def stands(self, incident: str) -> bool:
        """Whether a warning or a breach stands."""
        life = self._lives.get(incident)
        return life is not None and not life.last.ended

    def deeds(self, incident: str) -> Deeds:
        """What was done about an incident."""
        return self._deeds.get(incident, NOTHING_DONE)

    def life(self, incident: str) -> Life | None:
        """An incident, if it is known."""
        return self._lives.get(incident)

    def newest(self, before: str | None = None) -> Iterator[Life]:
        """All, the newest first; or those older than one of them. After an unknown one: none."""
        end = len(self._newest)
        if before is not None:
            life = self._lives.get(before)
            end = 0 if life is None else self._newest.bisect_left((life.raised_at, before))
        return (self._lives[id] for _, id in self._newest.islice(0, end, reverse=True))

    def sought(self, sought: Sought) -> Iterator[Life]:
        """Those that are sought, the newest first."""
        for life in self.newest(sought.before):
            done = self.deeds(life.last.incident).acknowledged_by is not None
            if sought.acknowledged in (None, done) and (
                not sought.states or life.last.state in sought.states
            ):
                yield life

    def view(self, life: Life) -> Incident:
        """An incident as it is shown."""
        last, deeds = life.last, self.deeds(life.last.incident)
        notes = sorted([*life.notes, *deeds.notes], key=lambda note: note.at)
        return Incident(
            incident=last.incident,
            visit_id=last.visit_id,
            unit_type=last.unit_type,
            unit_id=last.unit_id,
            port=last.port,
            facility=last.facility,
            stage=last.stage,
            occurrence=last.occurrence,
            answers=last.answers,
            limit_id=last.limit_id,
            edition=last.edition,
            limit_s=last.limit_s,
            state=last.state,
            escalated=deeds.escalated,
            was_breached=AlertState.BREACHED in life.states,
            deadline_at=last.deadline_at,
            raised_at=life.raised_at,
            acknowledged_by=deeds.acknowledged_by,
            assigned_to=deeds.assigned_to,
            notes=tuple(notes),
        )

    def _list(self, life: Life) -> None:
        self._newest.add((life.raised_at, life.last.incident))
        if life.ended_at is not None:
            self._ended.add((life.ended_at, life.last.incident))

    def _unlist(self, life: Life) -> None:
        self._newest.remove((life.raised_at, life.last.incident))
        if life.ended_at is not None:
            self._ended.remove((life.ended_at, life.last.incident))

    def _forget(self, incident: str) -> None:
        life = self._lives.pop(incident)
        self._unlist(life)
        self._deeds.pop(incident, None)
        self._forgotten[incident] = life.place
        self._forgotten.move_to_end(incident)
        if len(self._forgotten) > FORGOTTEN_MAX:
            self._forgotten.popitem(last=False)

    def __len__(self) -> int:
        return len(self._lives)

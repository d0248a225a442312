"""What the board keeps of an alert, and of the deeds done about one incident.

Both read from bytes or made from the models of the contract. Must never know a rule.
"""

from datetime import datetime
from sys import intern
from typing import Any, Final, NamedTuple

import msgspec

from events.alerts import AlertDeed, incident_of
from events.outcomes import Alert
from events.vocabulary import AlertState, Deed
from serving.board.views import Note

DEEDS_MAX: Final = 200
"""Deeds shown of one incident, the newest; who has it and who acknowledged it outlive them."""


class Alarm(msgspec.Struct, frozen=True, gc=False):
    """One alert, flat; instants in epoch seconds."""

    incident: str
    visit_id: str
    unit_type: str
    unit_id: str
    port: str
    facility: str | None
    stage: str
    occurrence: int
    answers: str
    limit_id: str
    edition: str
    limit_s: int
    state: str
    raised_at: int
    deadline_at: int | None

    @property
    def ended(self) -> bool:
        """Whether nothing is endangered any more."""
        return self.state in (AlertState.RESOLVED, AlertState.RETRACTED)


def read_alarm(value: bytes) -> Alarm:
    """Read the value of a record of `limit-alerts`. Raises ValueError for what is no alert."""
    return alarm_of(Alert.model_validate_json(value))


def alarm_of(alert: Alert) -> Alarm:
    """What the board keeps of it."""
    return Alarm(
        incident=incident_of(alert),
        visit_id=alert.visit_id,
        unit_type=intern(str(alert.unit.type)),
        unit_id=alert.unit.id,
        port=intern(alert.port),
        facility=None if alert.facility is None else intern(alert.facility),
        stage=intern(alert.stage),
        occurrence=alert.occurrence,
        answers=intern(str(alert.answers)),
        limit_id=intern(alert.limit.id),
        edition=intern(alert.limit.edition),
        limit_s=alert.limit.limit_s,
        state=intern(str(alert.state)),
        raised_at=_epoch(alert.raised_at),
        deadline_at=None if alert.deadline_at is None else _epoch(alert.deadline_at),
    )


class _Said(NamedTuple):
    """A deed in the order of deeds: by its time, then by its id."""

    at: int
    id: str
    note: Note


class Deeds:
    """What was done about one incident. A deed told twice counts once; their order of arrival
    does not matter."""

    __slots__ = ("_acknowledged", "_assigned", "_said", "escalated")

    def __init__(self) -> None:
        self._said: dict[str, _Said] = {}
        self._acknowledged: _Said | None = None
        self._assigned: _Said | None = None
        self.escalated = False

    def add(self, deed: AlertDeed) -> bool:
        """Returns whether it was news."""
        if deed.deed_id in self._said:
            return False
        at = _epoch(deed.at)
        note = Note(what=str(deed.deed), at=at, by=deed.by, to=deed.to, text=deed.text)
        said = _Said(at, deed.deed_id, note)
        if deed.deed is Deed.ACKNOWLEDGED:
            self._acknowledged = _later(self._acknowledged, said)
        if deed.deed is Deed.ASSIGNED:
            self._assigned = _later(self._assigned, said)
        self.escalated |= deed.deed is Deed.ESCALATED
        self._said[said.id] = said
        if len(self._said) > DEEDS_MAX:
            del self._said[min(self._said.values(), key=_order).id]
        return said.id in self._said

    @property
    def acknowledged_by(self) -> str | None:
        """Who acknowledged it last."""
        return self._acknowledged.note.by if self._acknowledged else None

    @property
    def assigned_to(self) -> str | None:
        """Whom it was assigned to last."""
        return self._assigned.note.to if self._assigned else None

    @property
    def notes(self) -> list[Note]:
        """The deeds, the oldest first."""
        return [said.note for said in sorted(self._said.values(), key=_order)]


def _later(one: _Said | None, other: _Said) -> _Said:
    return other if one is None else max(one, other, key=_order)


def _order(said: Any) -> tuple[int, str]:
    return said.at, said.id


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp())

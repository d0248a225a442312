"""Suspects: units of which a report may not be where a judge of everything would have it.

Told by the records alone. A report that belongs to no visit may be of one that was forgotten; so
may be what is corrected or withdrawn. Most such reports are as they should be: whether one is not
is found out by bringing its unit back. Pure; knows no table.
"""

from typing import NamedTuple

from pydantic import ValidationError

from events.codec import decode
from events.identifiers import Identity
from events.outcomes import Because, EventFate
from events.refusals import InvalidEvent
from events.vocabulary import Cause, Fate, UnitType

_KEPT = f'"fate":"{Fate.KEPT.value}"'.encode()
_RARE = (b"supersedes", b"retracts", b"suspension-")
"""Without one of these in its text, an event corrects nothing and is about no place."""


class Suspect(NamedTuple):
    """A unit at a port and the event that calls for a look at it; None where a person does."""

    port: str
    unit_id: str
    event: Identity | None
    because: Because


class Rested(NamedTuple):
    """Something was said of a place of this port: every unit there since then may be judged
    otherwise. `corrects` is what the events put right. Epoch seconds."""

    port: str
    since_s: int
    events: frozenset[Identity]
    corrects: frozenset[Identity]
    because: Because

    def beside(self, other: "Rested") -> "Rested":
        """Both at once, put down to this one."""
        since_s = min(self.since_s, other.since_s)
        events, corrects = self.events | other.events, self.corrects | other.corrects
        return self._replace(since_s=since_s, events=events, corrects=corrects)


def of_fate(value: bytes | None) -> Suspect | None:
    """The unit of a fate, if its event belongs to no visit."""
    if value is None or _KEPT not in value:
        return None
    try:
        fate = EventFate.model_validate_json(value)
    except ValidationError:
        return None
    event = Identity(fate.source, fate.event_id)
    return Suspect(fate.port, fate.unit.id, event, _because(Cause.EVENT, event))


def of_event(value: bytes | None) -> Suspect | Rested | None:
    """The unit of an event that corrects another; the port of one that is about a place. Of a
    message of many units nothing: its parts come one by one."""
    if value is None or not any(word in value for word in _RARE):
        return None
    try:
        events = decode(value)
    except InvalidEvent:
        return None
    if len(events) != 1:
        return None
    (event,) = events
    if event.unit.type is UnitType.PLACE:
        because = _because(Cause.SUSPENSION, event.identity)
        wrong = event.retracts or event.supersedes
        corrects = frozenset({Identity(event.source, wrong)} if wrong else ())
        told = frozenset({event.identity})
        return Rested(event.place.port, event.occurred_s, told, corrects, because)
    if event.supersedes is None and event.retracts is None:
        return None
    because = _because(Cause.EVENT, event.identity)
    return Suspect(event.place.port, event.unit.id, event.identity, because)


def _because(what: Cause, event: Identity) -> Because:
    return Because(what=what, id=f"{event.source}/{event.event_id}")

"""What goes out, in brief: outcomes, alerts and fates as keys and bytes, and their shapes without a
model.

The models of `events.outcomes` are the contract: what is written here must be what they would
write, byte for byte. A model checks whatever it is made of; a plain shape does not, at a twentieth
of the price, so whoever fills it must know what it may hold. Knows nothing of where words go to;
must never know a finding.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from events.codec import encode
from events.outcomes import Alert, Answers, EventFate, Outcome
from events.vocabulary import (
    AlertState,
    Cause,
    Direction,
    Fate,
    Mode,
    Party,
    UnitType,
    Verdict,
)


class SaidOutcome(msgspec.Struct, frozen=True, gc=False):
    """An outcome on its way: the key and the value of its record, and what is counted of it."""

    key: bytes
    value: bytes
    verdict: Verdict

    @classmethod
    def of(cls, outcome: Outcome) -> "SaidOutcome":
        """The same from the model."""
        return cls(outcome.visit_id.encode(), encode(outcome), outcome.verdict)


class SaidAlert(msgspec.Struct, frozen=True, gc=False):
    """An alert on its way."""

    key: bytes
    value: bytes
    state: AlertState

    @classmethod
    def of(cls, alert: Alert) -> "SaidAlert":
        """The same from the model."""
        return cls(alert.visit_id.encode(), encode(alert), alert.state)


class SaidFate(msgspec.Struct, frozen=True, gc=False):
    """A fate on its way."""

    key: bytes
    value: bytes
    fate: Fate

    @classmethod
    def of(cls, fate: EventFate) -> "SaidFate":
        """The same from the model."""
        return cls(fate.unit.id.encode(), encode(fate), fate.fate)


class Words(msgspec.Struct, frozen=True, gc=False):
    """All that one step says to the world, in order."""

    outcomes: tuple[SaidOutcome, ...] = ()
    alerts: tuple[SaidAlert, ...] = ()
    fates: tuple[SaidFate, ...] = ()

    @classmethod
    def of(
        cls,
        outcomes: Iterable[Outcome] = (),
        alerts: Iterable[Alert] = (),
        fates: Iterable[EventFate] = (),
    ) -> "Words":
        """The same from models."""
        return cls(
            tuple(map(SaidOutcome.of, outcomes)),
            tuple(map(SaidAlert.of, alerts)),
            tuple(map(SaidFate.of, fates)),
        )


SILENCE: Final = Words()
"""Nothing is said."""


class PlainUnit(msgspec.Struct, frozen=True, gc=False):
    """See Unit; nothing that a sender adds."""

    type: UnitType
    id: str


class PlainLimit(msgspec.Struct, frozen=True, gc=False):
    """See AppliedLimit."""

    id: str
    edition: str
    kind: str
    limit_s: int


class PlainCause(msgspec.Struct, frozen=True, gc=False):
    """See Because."""

    what: Cause
    id: str | None


class PlainOutcome(msgspec.Struct, frozen=True, gc=False):
    """See Outcome. Instants are written out (`events.instants.instant_text`)."""

    visit_id: str
    unit: PlainUnit
    port: str
    facility: str | None
    mode: Mode
    direction: Direction | None
    stage: str
    occurrence: int
    opened_at: str
    closed_at: str | None
    gross_s: int | None
    net_s: int | None
    held_s: Mapping[Party, int]
    split_s: Mapping[Party, int]
    age_s: int | None
    verdict: Verdict
    limit: PlainLimit | None
    deadline_at: str | None
    answers: Answers
    decided_at: str
    revision: int
    definition: str | None
    flags: tuple[str, ...]
    event_ids: tuple[str, ...]
    cause: PlainCause | None


class PlainAlert(msgspec.Struct, frozen=True, gc=False):
    """See Alert. Instants are written out."""

    alert_id: str
    visit_id: str
    unit: PlainUnit
    port: str
    facility: str | None
    stage: str
    occurrence: int
    limit: PlainLimit
    state: AlertState
    answers: Answers
    raised_at: str
    deadline_at: str | None
    cause: PlainCause | None


class PlainFate(msgspec.Struct, frozen=True, gc=False):
    """See EventFate."""

    source: str
    event_id: str
    port: str
    unit: PlainUnit
    fate: Fate
    visit_id: str | None


write: Final = msgspec.json.Encoder().encode
"""Write a plain shape as its model is written."""
_WITHOUT_CAUSE: Final = b',"cause":null}'


def uncaused(value: bytes) -> bytes:
    """The bytes by which outcomes are compared (`events.codec.canonical`), of a written outcome
    that has no cause. Raises ValueError for one that has."""
    if not value.endswith(_WITHOUT_CAUSE):
        raise ValueError("an outcome of a judge who sees all events at once has no cause")
    return value[: -len(_WITHOUT_CAUSE)] + b"}"

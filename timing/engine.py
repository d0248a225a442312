"""The verbs of the timing law: observe, elapse, and when to look again.

Everything is an argument: the history, the event, the rules, and how far event time is known to
be complete. The same arguments give the same step, in the live stream and in the offline judge.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from events.envelope import Event
from events.outcomes import Alert, EventFate, Outcome
from timing import announce
from timing.findings import Law
from timing.history import History
from timing.limits import Register, load_register
from timing.observation import observation_of, unit_key, unit_of
from timing.occurrences import NEVER
from timing.patience import Patience

__all__ = [
    "Novelty",
    "Rules",
    "Step",
    "elapse",
    "next_deadline",
    "observe",
    "unit_key",
    "watermark_of",
]


class Novelty(StrEnum):
    """What an event was to the history it met."""

    NEW = "new"
    DUPLICATE = "duplicate"
    CORRECTION = "correction"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Rules:
    """What judges: the register of limits and the waiting times."""

    register: Register = field(default_factory=load_register)
    patience: Patience = field(default_factory=Patience)

    @property
    def law(self) -> Law:
        """The same, as the inner rooms take it."""
        return Law(self.register, self.patience)


@dataclass(frozen=True, slots=True)
class Step:
    """What one event or one tick led to. `history` is None once there is nothing left to keep."""

    history: History | None
    outcomes: tuple[Outcome, ...] = ()
    alerts: tuple[Alert, ...] = ()
    fates: tuple[EventFate, ...] = ()
    novelty: Novelty = Novelty.NEW


def watermark_of(tick_at: datetime, rules: Rules) -> int:
    """Event time held to be complete at a tick: the tick less the allowed lateness."""
    return int(tick_at.timestamp()) - rules.patience.allowed_lateness_s


def observe(history: History | None, event: Event, rules: Rules, watermark: int) -> Step:
    """Something happened. An event seen before changes nothing; one too late is kept aside."""
    report = observation_of(event)
    before = history or _newborn(event, rules.patience, watermark)
    if report.occurred_at <= before.settled_until:
        kept = announce.fate(before.unit, event.place.port, event.identity, None)
        return Step(history, fates=(kept,), novelty=Novelty.LATE)
    known = before.known(report.identity)
    if known is not None and report.digest in known.versions:
        return Step(history, novelty=Novelty.DUPLICATE)
    novelty = Novelty.NEW if known is None and report.corrects is None else Novelty.CORRECTION
    return _advance(before, before.with_report(report), rules, watermark, novelty)


def elapse(history: History, watermark: int, rules: Rules) -> Step:
    """Nothing happened until the watermark: deadlines pass, and what is over is forgotten."""
    return _advance(history, history, rules, watermark, Novelty.NEW)


def next_deadline(history: History, rules: Rules) -> int | None:
    """The smallest watermark at which `elapse` has something to do; None if there is none."""
    due_at = history.due_at(rules.law)
    return None if due_at == NEVER else due_at


def _advance(
    before: History, after: History, rules: Rules, watermark: int, novelty: Novelty
) -> Step:
    law = rules.law
    after = after.at(watermark, law)
    old = before.findings(law) if before.register == law.register.fingerprint else announce.NOTHING
    new = after.findings(law)
    rest = after.forgotten(law)
    port = after.key.partition("/")[0]
    return Step(
        rest if rest.reports else None,
        announce.outcomes(after.unit, old, new),
        tuple(announce.alerts(after.unit, old, new)),
        announce.fates(after.unit, port, old, new),
        novelty,
    )


def _newborn(event: Event, patience: Patience, watermark: int) -> History:
    """An empty history. What happened longer ago than visits are kept may be of one already
    forgotten, which must not be judged again by what is left of it."""
    settled_until = watermark - patience.retention_s - 1
    return History(unit_key(event), unit_of(event), settled_until=settled_until)

"""How an incident goes on with each alert about it, and what is only said again.

Pure. The log may hold an alert twice, since whoever judges publishes again after a crash.
"""

from typing import Final

import msgspec

from events.alerts import incident_of
from events.outcomes import Alert
from events.vocabulary import AlertState
from serving.notify.errands import ENDS, Facts
from serving.notify.routes import Told

SEEN_MAX: Final = 8
"""Alerts of an incident that are remembered to know one that is said again."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where an incident stands: what was last said, what was said before, who was told by which
    routes that nobody answers."""

    facts: Facts
    seen: tuple[str, ...]
    escalated: tuple[str, ...] = ()

    @property
    def over(self) -> bool:
        """Whether it has ended or was withdrawn."""
        return self.facts.state in ENDS


def hear(before: Standing | None, alert: Alert) -> Standing | None:
    """The incident after an alert; None when the alert says nothing that was not said."""
    mark = _mark(alert)
    if before is not None and (mark in before.seen or _stale(before, alert)):
        return None
    anew = before is None or before.over
    seen = (*(before.seen if before else ()), mark)[-SEEN_MAX:]
    escalated = () if before is None or anew else before.escalated
    return Standing(facts=_facts(None if anew else before, alert), seen=seen, escalated=escalated)


def _mark(alert: Alert) -> str:
    cause = f"{alert.cause.what}={alert.cause.id}" if alert.cause else ""
    deadline = "" if alert.deadline_at is None else int(alert.deadline_at.timestamp())
    return f"{alert.state}|{int(alert.raised_at.timestamp())}|{deadline}|{cause}"


def _stale(before: Standing, alert: Alert) -> bool:
    """The law never says at risk after breached, without withdrawing the breach in between."""
    return alert.state is AlertState.AT_RISK and before.facts.state is Told.BREACHED


def _facts(before: Standing | None, alert: Alert) -> Facts:
    known = before.facts if before else None
    deadline_s = known.deadline_s if known else None
    if alert.deadline_at is not None:
        deadline_s = int(alert.deadline_at.timestamp())
    breached = alert.state is AlertState.BREACHED or (known is not None and known.was_breached)
    return Facts(
        incident=incident_of(alert),
        visit_id=alert.visit_id,
        unit_type=alert.unit.type.value,
        unit_id=alert.unit.id,
        port=alert.port,
        facility=alert.facility,
        stage=alert.stage,
        occurrence=alert.occurrence,
        answers=str(alert.answers),
        limit_id=alert.limit.id,
        edition=alert.limit.edition,
        limit_s=alert.limit.limit_s,
        state=Told(alert.state.value),
        raised_s=int(alert.raised_at.timestamp()),
        deadline_s=deadline_s,
        was_breached=breached,
        cause_what=alert.cause.what.value if alert.cause else None,
        cause_id=alert.cause.id if alert.cause else None,
    )

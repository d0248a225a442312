"""Announcing: what a change of findings means to the world, as outcomes, alerts and fates.

Pure: two findings in, records out. The diff is taken here and nowhere else.
"""

from collections.abc import Iterator
from datetime import datetime

from events.envelope import Unit
from events.identifiers import Identity
from events.instants import from_epoch
from events.outcomes import Alert, AppliedLimit, EventFate, Outcome
from events.vocabulary import AlertState, Fate, Verdict
from timing.findings import Finding, Findings, Key, Level

NOTHING = Findings({}, {}, (), 0, {})


def outcomes(unit: Unit, before: Findings, after: Findings) -> tuple[Outcome, ...]:
    """Every finding that is new or other than before; what ceased to exist, once more as void."""
    changed = [f for key, f in after.by_key.items() if not _same(f, before.by_key.get(key))]
    gone = [f for key, f in before.by_key.items() if key not in after.by_key]
    return (*(outcome(unit, f) for f in changed), *(_void(unit, f) for f in gone))


def _same(after: Finding, before: Finding | None) -> bool:
    return after is before or (before is not None and _content(after) == _content(before))


def _content(finding: Finding) -> tuple[object, ...]:
    """What of a finding is published; the level is told by alerts, the rest follows from these."""
    traits = finding.visit.traits
    return (
        finding.applied, finding.occurrence, finding.gross_s, finding.net_s, finding.held,
        finding.verdict, finding.decided_at, finding.deadline_at, finding.revision, finding.flags,
        traits.mode, traits.direction, traits.facility,
    )  # fmt: skip


def outcome(unit: Unit, finding: Finding) -> Outcome:
    """The public form of one finding."""
    occurrence, traits = finding.occurrence, finding.visit.traits
    closed_at = occurrence.closed_at
    return Outcome(
        visit_id=finding.key.visit_id,
        unit=unit,
        port=finding.key.visit_id.partition("/")[0],
        facility=occurrence.reports[0].facility or traits.facility,
        mode=traits.mode,
        direction=traits.direction,
        stage=occurrence.stage.id,
        occurrence=occurrence.number,
        opened_at=from_epoch(occurrence.opened_at),
        closed_at=None if closed_at is None else from_epoch(closed_at),
        gross_s=finding.gross_s,
        net_s=finding.net_s,
        held_s=dict(finding.held),
        age_s=finding.decided_at - occurrence.opened_at if closed_at is None else None,
        verdict=finding.verdict,
        limit=_applied(finding),
        deadline_at=_deadline(finding) if closed_at is None else None,
        answers=occurrence.stage.answers,
        decided_at=from_epoch(finding.decided_at),
        revision=finding.revision,
        definition=occurrence.stage.definition,
        flags=finding.flags,
        event_ids=tuple(dict.fromkeys(r.event_id for r in occurrence.reports)),
    )


def _void(unit: Unit, finding: Finding) -> Outcome:
    """A stage that ceased to exist, published once more so that readers can withdraw it."""
    gone = outcome(unit, finding)
    return gone.model_copy(
        update={"verdict": Verdict.VOID, "revision": gone.revision + 1, "deadline_at": None}
    )


def _deadline(finding: Finding) -> datetime | None:
    return None if finding.deadline_at is None else from_epoch(finding.deadline_at)


def _applied(finding: Finding) -> AppliedLimit | None:
    if finding.applied is None:
        return None
    limit = finding.applied.limit
    return AppliedLimit(
        id=limit.id,
        edition=finding.applied.edition,
        kind=limit.kind,
        limit_s=finding.applied.limit_s,
    )


def fates(unit: Unit, port: str, before: Findings, after: Findings) -> tuple[EventFate, ...]:
    """Where each report belongs, if that is new or other than before."""
    return tuple(
        fate(unit, port, identity, visit_id)
        for identity, visit_id in after.visit_of.items()
        if identity not in before.visit_of or before.visit_of[identity] != visit_id
    )


def fate(unit: Unit, port: str, identity: Identity, visit_id: str | None) -> EventFate:
    """Judged if it belongs to a visit; kept if to none (yet)."""
    settled = Fate.KEPT if visit_id is None else Fate.JUDGED
    return EventFate(
        source=identity.source,
        event_id=identity.event_id,
        port=port,
        unit=unit,
        fate=settled,
        visit_id=visit_id,
    )


def alerts(unit: Unit, before: Findings, after: Findings) -> Iterator[Alert]:
    """What people must be told, in order: a rise of urgency, its end, or its withdrawal."""
    for key in dict.fromkeys((*before.by_key, *after.by_key)):
        yield from _alerts_of(unit, key, before, after)


def _alerts_of(unit: Unit, key: Key, before: Findings, after: Findings) -> Iterator[Alert]:
    old, new = before.by_key.get(key), after.by_key.get(key)
    was = old.level if old else Level.CALM
    now = new.level if new else Level.CALM
    if new and now > was:
        state = AlertState.BREACHED if now is Level.BREACHED else AlertState.AT_RISK
        yield _alert(unit, new, state, _raised_at(new))
    if old and now < was:
        done = new is not None and new.occurrence.closed_at is not None and was is Level.AT_RISK
        finding = new or old
        yield _alert(
            unit, finding, AlertState.RESOLVED if done else AlertState.RETRACTED, finding.decided_at
        )
    if (
        new
        and now is Level.BREACHED
        and _closed(new)
        and not _closed(old if was is Level.BREACHED else None)
    ):
        yield _alert(unit, new, AlertState.RESOLVED, new.decided_at)


def _closed(finding: Finding | None) -> bool:
    return finding is not None and finding.occurrence.closed_at is not None


def _raised_at(finding: Finding) -> int:
    """When the promise was endangered or broken, not when it was noticed."""
    if finding.level is Level.AT_RISK and finding.risk_at is not None:
        return finding.risk_at
    return finding.deadline_at or finding.decided_at


def _alert(unit: Unit, finding: Finding, state: AlertState, raised_at: int) -> Alert:
    applied = _applied(finding)
    assert applied is not None, "only a limit can raise an alert"
    key, occurrence = finding.key, finding.occurrence
    return Alert(
        alert_id=f"{key.visit_id}/{key.stage}/{key.occurrence}/{key.limit_id}/{state}",
        visit_id=key.visit_id,
        unit=unit,
        port=key.visit_id.partition("/")[0],
        facility=occurrence.reports[0].facility or finding.visit.traits.facility,
        stage=key.stage,
        occurrence=key.occurrence,
        limit=applied,
        state=state,
        answers=occurrence.stage.answers,
        raised_at=from_epoch(raised_at),
        deadline_at=_deadline(finding),
    )

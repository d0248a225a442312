"""Announcing: what a change of findings means to the world, as outcomes, alerts and fates.

Pure: two findings in, records out. The diff is taken here and nowhere else.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from events.envelope import Unit
from events.identifiers import Identity
from events.instants import from_epoch
from events.outcomes import Alert, AppliedLimit, Because, EventFate, Outcome
from events.vocabulary import AlertState, Cause, Fate, UnitType, Verdict
from timing.findings import Finding, Findings, Key, Level
from timing.forms import Frozen
from timing.instants import NEVER
from timing.observation import Observation

Places = tuple[tuple[Identity | Observation, str | None], ...]
"""Reports, by identity or themselves, each with its visit; None: with none."""
Reason = tuple[Cause, str | None]
"""What brought a revision about, and which one; where an edition did, that of the limit itself."""
Alarm = tuple[AlertState, int]
"""What people are told of a promise, and since when it is so."""

_KEPT, _JUDGED, _PLACE = Fate.KEPT, Fate.JUDGED, UnitType.PLACE
"""Members by names of the module: to ask an enumeration costs ten times as much (Python 3.11)."""

NOTHING = Findings({}, {}, (), NEVER)


class Change(Frozen, frozen=True, gc=False):
    """A finding that is new, other than before, or `gone`; `was` and `was_closed` are of before.
    `told`: its public form is what it was, and only people are told of its urgency."""

    finding: Finding
    gone: bool = False
    was: Level = Level.CALM
    was_closed: bool = False
    told: bool = False


def changes(before: Findings, after: Findings) -> tuple[Change, ...]:
    """What of the findings is new or other than before, and what ceased to exist."""
    found = [_change(f, before.by_key.get(key)) for key, f in after.by_key.items()]
    gone = [
        Change(f, True, f.level, f.occurrence.closed_at is not None)
        for key, f in before.by_key.items()
        if key not in after.by_key
    ]
    return (*(change for change in found if change is not None), *gone)


def _change(after: Finding, before: Finding | None) -> Change | None:
    if before is None:
        return Change(after)
    told = after == before or _content(after) == _content(before)
    if told and after.level is before.level:
        return None
    return Change(after, False, before.level, before.occurrence.closed_at is not None, told)


def _content(finding: Finding) -> tuple[object, ...]:
    """What of a finding is published; the level is told by alerts, the rest follows from these."""
    traits = finding.traits
    return (
        finding.applied, finding.occurrence, finding.gross_s, finding.net_s, finding.held,
        finding.split, finding.verdict, finding.decided_at, finding.deadline_at, finding.revision,
        finding.flags, traits.mode, traits.direction, traits.facility,
    )  # fmt: skip


def outcomes(
    unit: Unit, changed: Iterable[Change], reason: Reason | None = None
) -> tuple[Outcome, ...]:
    """The public form of every change; what ceased to exist is said once more, as void."""
    return tuple(
        (_void if change.gone else outcome)(unit, change.finding, _because(reason, change.finding))
        for change in changed
        if not change.told
    )


def _because(reason: Reason | None, finding: Finding) -> Because | None:
    if reason is None:
        return None
    what, id = because(reason, finding)
    return Because(what=what, id=id)


def because(reason: Reason, finding: Finding) -> Reason:
    """What brought this very revision about: of an edition, the one that judges it now."""
    if reason[0] is Cause.EDITION and finding.applied is not None:
        return Cause.EDITION, finding.applied.edition
    return reason


def outcome(unit: Unit, finding: Finding, cause: Because | None = None) -> Outcome:
    """The public form of one finding."""
    occurrence, traits = finding.occurrence, finding.traits
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
        split_s=dict(finding.split),
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
        cause=cause,
    )


def _void(unit: Unit, finding: Finding, cause: Because | None) -> Outcome:
    """A stage that ceased to exist, published once more so that readers can withdraw it."""
    gone = outcome(unit, finding, cause)
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


def moved(before: Findings, after: Findings) -> Places:
    """The reports whose visit is new or other than before."""
    return tuple(
        (identity, visit_id)
        for identity, visit_id in after.visit_of.items()
        if identity not in before.visit_of or before.visit_of[identity] != visit_id
    )


def fates(unit: Unit, port: str, places: Places) -> tuple[EventFate, ...]:
    """Where reports belong, in public form."""
    return tuple(fate(unit, port, report, visit_id) for report, visit_id in places)


def fate(unit: Unit, port: str, report: Identity | Observation, visit_id: str | None) -> EventFate:
    """The public form of where one report belongs."""
    return EventFate(
        source=report.source,
        event_id=report.event_id,
        port=port,
        unit=unit,
        fate=became(unit.type, visit_id),
        visit_id=visit_id,
    )


def became(unit_type: UnitType, visit_id: str | None) -> Fate:
    """Judged if it belongs to a visit; kept if to none (yet). What is said of a place bears upon
    many visits and belongs to none."""
    kept = visit_id is None and unit_type is not _PLACE
    return _KEPT if kept else _JUDGED


def alerts(unit: Unit, changed: Iterable[Change], reason: Reason | None = None) -> Iterator[Alert]:
    """What people must be told, in order."""
    for change in changed:
        for state, raised_at in alarms(change):
            cause = _because(reason, change.finding)
            yield _alert(unit, change.finding, (state, raised_at), cause)


def alarms(change: Change) -> Iterator[Alarm]:
    """A rise of urgency, its end, or its withdrawal, in order."""
    finding, gone = change.finding, change.gone
    was, was_closed = change.was, change.was_closed
    closed = finding.occurrence.closed_at is not None
    now = Level.CALM if gone else finding.level
    reopened = was_closed and not closed and now is Level.BREACHED
    if now > was or reopened:
        state = AlertState.BREACHED if now is Level.BREACHED else AlertState.AT_RISK
        yield state, _raised_at(finding)
    if now < was:
        done = closed and not gone and was is Level.AT_RISK
        yield AlertState.RESOLVED if done else AlertState.RETRACTED, finding.decided_at
        if now is Level.AT_RISK:
            # A breach that never was; the promise is in danger all the same.
            yield AlertState.AT_RISK, _raised_at(finding)
    if now is Level.BREACHED and closed and not (was is Level.BREACHED and was_closed):
        yield AlertState.RESOLVED, finding.decided_at


def _raised_at(finding: Finding) -> int:
    """When the promise was endangered or broken, not when it was noticed."""
    if finding.level is Level.AT_RISK and finding.risk_at is not None:
        return finding.risk_at
    return finding.deadline_at or finding.decided_at


def _alert(unit: Unit, finding: Finding, alarm: Alarm, cause: Because | None) -> Alert:
    applied, (state, raised_at) = _applied(finding), alarm
    assert applied is not None, "only a limit can raise an alert"
    key, occurrence = finding.key, finding.occurrence
    return Alert(
        alert_id=alert_id(key, state),
        visit_id=key.visit_id,
        unit=unit,
        port=key.visit_id.partition("/")[0],
        facility=occurrence.reports[0].facility or finding.traits.facility,
        stage=key.stage,
        occurrence=key.occurrence,
        limit=applied,
        state=state,
        answers=occurrence.stage.answers,
        raised_at=from_epoch(raised_at),
        deadline_at=_deadline(finding),
        cause=cause,
    )


def alert_id(key: Key, state: AlertState) -> str:
    """The same for the same cause, however often it is told."""
    return f"{key.visit_id}/{key.stage}/{key.occurrence}/{key.limit_id}/{state}"

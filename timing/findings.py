"""Findings: everything a unit's reports amount to at a watermark. A pure function of the set.

Visits, occurrences, holds and limits meet here; the result is small and plain, and becomes an
`Outcome` only when it is published.
"""

from collections.abc import Iterator
from enum import IntEnum
from typing import Final, NamedTuple

import msgspec

from events.identifiers import Identity
from events.vocabulary import Kind, Precision, Verdict
from timing.calendars import UnknownYear
from timing.corrections import standing
from timing.deadlines import deadline
from timing.dwell import (
    ROUND_THE_CLOCK,
    Clock,
    Held,
    Span,
    Stretch,
    gross_s,
    held_s,
    net_s,
    split_s,
    stretches,
    worked_s,
)
from timing.editions import Applied
from timing.fallen import accounted
from timing.holds import STOPS, Hold, holds_in, stopping, suspending
from timing.instants import NEVER
from timing.kinds.ask import CALENDAR_UNKNOWN, Appointment, Ask
from timing.limits import Term
from timing.observation import Observation
from timing.occurrences import INFERRED, UNDONE, Occurrence, Reports, occurrences
from timing.patience import Patience
from timing.rules import Rules
from timing.turns import held_in_turn, turns_of
from timing.verdict import of_closed, of_notice, of_open, over
from timing.visits import Stays, Traits, Visit, stays

Flags = tuple[str, ...]


class Level(IntEnum):
    """How urgent a finding is to people."""

    CALM = 0
    AT_RISK = 1
    BREACHED = 2


LEVELS = tuple(Level)
_CALM, _AT_RISK, _BREACHED = Level.CALM, Level.AT_RISK, Level.BREACHED
_BROKEN, _OPEN, _NO_LIMIT = Verdict.BREACHED, Verdict.OPEN, Verdict.NO_LIMIT
_OVERTIME: Final = Kind.OVERTIME_BOOKED
_SECOND: Final = Precision.SECOND
"""Members by names of the module: to ask an enumeration costs ten times as much (Python 3.11)."""


class Key(msgspec.Struct, frozen=True, order=True, gc=False):
    """What makes two findings speak of the same thing."""

    visit_id: str
    stage: str
    occurrence: int
    limit_id: str


class Finding(msgspec.Struct, frozen=True, gc=False):
    """One occurrence judged by at most one limit. Epoch seconds and seconds.

    `split` is empty while the stage is open. `deadline_at` is the last instant at which the limit
    was or is kept; None once it has been.
    """

    key: Key
    traits: Traits
    occurrence: Occurrence
    applied: Applied | None
    gross_s: int | None
    net_s: int | None
    held: Held
    split: Held
    verdict: Verdict
    decided_at: int
    deadline_at: int | None
    risk_at: int | None
    level: Level
    revision: int
    flags: Flags


class Findings(NamedTuple):
    """All findings of a unit, where each report belongs, and when to look again. `corrected`: some
    reports do not stand."""

    by_key: dict[Key, Finding]
    visit_of: dict[Identity, str | None]
    visits: tuple[Visit, ...]
    due_at: int
    corrected: bool = False


class _Scene(NamedTuple):
    """What all occurrences of a visit are judged with."""

    key: str
    visit: Visit
    rules: Rules
    watermark: int
    holds: tuple[Hold, ...]
    fallen: Reports
    booked: tuple[Observation, ...]


class _Case(NamedTuple):
    """One occurrence, with the holds on it and all reports that shaped it."""

    scene: _Scene
    occurrence: Occurrence
    parts: tuple[Stretch, ...]
    evidence: Reports
    flags: Flags


def find(key: str, reports: tuple[Observation, ...], rules: Rules, watermark: int) -> Findings:
    """Judge everything about one unit at one port, as known at the watermark."""
    known = standing(reports)
    told = stays(key, known.facts, rules.patience)
    fallen = accounted(known, told) if known.void else {}
    by_key: dict[Key, Finding] = {}
    for number, visit in enumerate(told.visits):
        gone = tuple(r for r in known.void if fallen[r.identity] == number)
        scene = _scene(key, visit, rules, watermark, gone)
        for occurrence in occurrences(visit):
            for finding in _judged(scene, occurrence):
                by_key[finding.key] = finding
    due_at = min(map(due, by_key.values()), default=NEVER)
    return Findings(by_key, _visits_of(told, fallen), told.visits, due_at, bool(known.void))


def _visits_of(told: Stays, fallen: dict[Identity, int]) -> dict[Identity, str | None]:
    found: dict[Identity, str | None] = {
        r.identity: v.visit_id for v in told.visits for r in v.reports
    }
    found |= {r.identity: None for r in told.kept}
    found |= {i: told.visits[n].visit_id if n >= 0 else None for i, n in fallen.items()}
    return found


def due(finding: Finding) -> int:
    """The smallest watermark at which this finding would be another."""
    if finding.level is _CALM and finding.risk_at is not None:
        return finding.risk_at
    if finding.level is _BREACHED or finding.deadline_at is None:
        return NEVER
    return finding.deadline_at + 1


def _scene(key: str, visit: Visit, rules: Rules, watermark: int, gone: Reports) -> _Scene:
    holds = () if visit.kinds.isdisjoint(STOPS) else holds_in(visit.reports, visit.traits)
    booked: Reports = ()
    if _OVERTIME in visit.kinds:
        booked = tuple(r for r in visit.heard if r.kind is _OVERTIME)
    return _Scene(key, visit, rules, watermark, holds, gone, booked)


def _judged(scene: _Scene, occurrence: Occurrence) -> Iterator[Finding]:
    facility = occurrence.reports[0].facility or scene.visit.traits.facility
    holds = _holds(scene, occurrence, facility)
    applied, flags = _limits(scene, occurrence, facility)
    evidence = _evidence(scene, occurrence, holds)
    case = _Case(scene, occurrence, stretches(occurrence, holds), evidence, flags)
    if not applied:
        yield _judge(case, None)
    for one, its_flags in applied:
        its_case = case._replace(flags=(*flags, *its_flags)) if its_flags else case
        try:
            finding = _judge(its_case, one)
        except UnknownYear:
            finding = _judge(case._replace(flags=(*flags, CALENDAR_UNKNOWN)), None)
        yield _judge(case, None) if _lapsed(finding) else finding


def _lapsed(finding: Finding) -> bool:
    """What ended undone can have broken its limit; it can't have kept it. Of a notice ahead of an
    instant that nobody reported, nothing is known."""
    flags, applied = finding.occurrence.flags, finding.applied
    if applied is not None and applied.limit.at_least and INFERRED in flags:
        return True
    return UNDONE in flags and finding.verdict is not _BROKEN


def _holds(scene: _Scene, occurrence: Occurrence, facility: str | None) -> tuple[Hold, ...]:
    holds, suspensions = scene.holds, scene.rules.closures.of(scene.key.partition("/")[0])
    if suspensions:
        holds = (*holds, *suspending(suspensions, facility, scene.visit.traits))
    return holds_on(occurrence, holds, scene.visit) if holds else ()


def holds_on(occurrence: Occurrence, holds: tuple[Hold, ...], visit: Visit) -> tuple[Hold, ...]:
    """Those of a visit's holds, suspensions among them, that stop the clock of an occurrence."""
    mine = stopping(holds, occurrence.stage)
    if occurrence.stage.answers != "all":
        return mine
    return tuple(dict.fromkeys((*mine, *held_in_turn(holds, visit))))


def _limits(
    scene: _Scene, occurrence: Occurrence, facility: str | None
) -> tuple[list[tuple[Applied, Flags]], Flags]:
    """The limits that apply, each with its own flags; and why others do not."""
    port, traits, at = scene.key.partition("/")[0], scene.visit.traits, occurrence.opened_at
    terms = scene.rules.register.terms(port, facility, occurrence.stage.id, traits)
    applied: list[tuple[Applied, Flags]] = []
    why_not: dict[str, None] = {}
    for term in terms:
        if term.begin <= at < term.end:
            one, flags = _asked(term, occurrence, traits)
            if one is not None:
                applied.append((one, flags))
            else:
                why_not |= dict.fromkeys(flags)
    return applied, tuple(why_not)


def _asked(term: Term, occurrence: Occurrence, traits: Traits) -> tuple[Applied | None, Flags]:
    if term.unfixed is None:
        return term.applied, term.flags
    edition, limit = term.unfixed
    said = ((r.occurred_at, r.said.about_at, r.said.party) for r in occurrence.appointments)
    booked = tuple(Appointment(made, at, party) for made, at, party in said if at is not None)
    try:
        return edition.apply(limit, Ask(occurrence.opened_at, occurrence.closed_at, traits, booked))
    except UnknownYear:
        return None, (CALENDAR_UNKNOWN,)


def _judge(case: _Case, applied: Applied | None) -> Finding:
    occurrence, clock = case.occurrence, _clock(case.scene, applied)
    if not clock.calendar.continuous and case.scene.booked:
        case = case._replace(evidence=(*case.evidence, *case.scene.booked))
    closed = occurrence.closed_at is not None
    heard_at = _heard_at(case)
    now = occurrence.closed_at
    if now is None:
        now = max(case.scene.watermark, heard_at)
    answers = occurrence.stage.answers
    net = net_s(case.parts, answers, now, clock)
    verdict = _verdict(case, applied, net, clock)
    level = _level(closed, verdict, net, applied, case.scene.rules.patience)
    breached = verdict is _BROKEN
    kept = closed and not breached
    deadline_at, risk_at = (None, None) if kept else _deadlines(case, applied, clock)
    decided_at = now if closed else max(heard_at, (deadline_at or 0) if breached else 0)
    turns = turns_of(answers, case.scene.visit) if closed else ()
    return Finding(
        key=_key(case, applied),
        traits=case.scene.visit.traits,
        occurrence=occurrence,
        applied=applied,
        gross_s=gross_s(case.parts, now) if closed else None,
        net_s=net if closed else None,
        held=held_s(case.parts, decided_at),
        split=split_s(case.parts, turns, now) if closed else (),
        verdict=verdict,
        decided_at=decided_at,
        deadline_at=deadline_at,
        risk_at=None if closed else risk_at,
        level=level,
        revision=2 * sum([r.weight for r in case.evidence]) - (0 if breached else 1),
        flags=(*occurrence.flags, *_precision(occurrence), *case.flags),
    )


def _key(case: _Case, applied: Applied | None) -> Key:
    occurrence = case.occurrence
    limit_id = applied.limit.id if applied else ""
    return Key(case.scene.visit.visit_id, occurrence.stage.id, occurrence.number, limit_id)


def _clock(scene: _Scene, applied: Applied | None) -> Clock:
    if applied is None or applied.calendar.continuous:
        return ROUND_THE_CLOCK
    spans: list[Span] = [
        (r.said.about_at, r.said.until_at)
        for r in scene.booked
        if r.said.about_at and r.said.until_at
    ]
    return Clock(applied.calendar, tuple(sorted(spans)))


def _heard_at(case: _Case) -> int:
    """The latest instant that anything bearing on an open occurrence speaks of."""
    spoken = [r.occurred_at for r in (*case.occurrence.reports, *case.evidence)]
    return max(case.occurrence.opened_at, *spoken)


def _verdict(case: _Case, applied: Applied | None, net: int, clock: Clock) -> Verdict:
    if applied is None:
        return _NO_LIMIT
    closed_at = case.occurrence.closed_at
    if applied.limit.at_least:
        return _OPEN if closed_at is None else of_notice(net, applied.limit_s)
    if closed_at is None:
        return of_open(net, applied.limit_s)
    return of_closed(worked_s(case.parts, closed_at, clock), net, applied.limit_s)


def _level(
    closed: bool, verdict: Verdict, net: int, applied: Applied | None, patience: Patience
) -> Level:
    if verdict is _BROKEN:
        return _BREACHED
    if closed or applied is None or applied.limit.at_least:
        return _CALM
    return _AT_RISK if over(net + 1, risk_s(applied.limit_s, patience)) else _CALM


def risk_s(limit_s: int, patience: Patience) -> int:
    """The net time from which on a limit is at risk."""
    return int(limit_s * patience.risk_share)


def _deadlines(case: _Case, applied: Applied | None, clock: Clock) -> tuple[int | None, int | None]:
    """The deadline, and the instant from which on it is at risk."""
    if applied is None or applied.limit.at_least:
        return None, None
    answers = case.occurrence.stage.answers
    calm_s = risk_s(applied.limit_s, case.scene.rules.patience) - 1
    calm_until = deadline(case.parts, answers, calm_s, clock)
    risk_at = None if calm_until is None else calm_until + 1
    return deadline(case.parts, answers, applied.limit_s, clock), risk_at


def _evidence(scene: _Scene, occurrence: Occurrence, holds: tuple[Hold, ...]) -> Reports:
    """The reports that shaped an occurrence: its own, what it was booked for, the holds on it, and
    those that fell."""
    if not (holds or scene.fallen or occurrence.appointments):
        return occurrence.reports
    until = occurrence.closed_at if occurrence.closed_at is not None else NEVER
    held = [
        r
        for h in holds
        if h.start < until and (h.end or NEVER) > occurrence.opened_at
        for r in h.reports
    ]
    stage = occurrence.stage
    kinds = {*stage.openers, *stage.closers, stage.appointments}
    fallen = [r for r in scene.fallen if r.kind in kinds]
    own = (*occurrence.reports, *occurrence.appointments)
    return tuple(dict.fromkeys((*own, *held, *fallen)))


def _precision(occurrence: Occurrence) -> Flags:
    coarse = {r.rare.precision for r in occurrence.reports if r.rare is not None} - {_SECOND}
    return tuple(f"{precision}-precision" for precision in sorted(coarse))

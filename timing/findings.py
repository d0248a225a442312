"""Findings: everything a unit's reports amount to at a watermark. A pure function of the set.

Visits, occurrences, holds and limits meet here; the result is small and plain, and becomes an
`Outcome` only when it is published.
"""

from enum import IntEnum
from typing import NamedTuple

from events.identifiers import Identity
from events.vocabulary import Party, Precision, Verdict
from timing.corrections import standing
from timing.deadlines import deadline
from timing.dwell import Stretch, gross_s, held_s, net_s, stretches
from timing.fallen import accounted
from timing.holds import STOPS, Hold, holds_in, stopping
from timing.limits import Applied, Register
from timing.observation import Observation
from timing.occurrences import NEVER, Occurrence, Reports, occurrences
from timing.patience import Patience
from timing.verdict import of_closed, of_open, over
from timing.visits import Stays, Visit, stays

UNSIZED = "size-unknown"


class Level(IntEnum):
    """How urgent a finding is to people."""

    CALM = 0
    AT_RISK = 1
    BREACHED = 2


class Key(NamedTuple):
    """What makes two findings speak of the same thing."""

    visit_id: str
    stage: str
    occurrence: int
    limit_id: str


class Finding(NamedTuple):
    """One occurrence judged by at most one limit. Epoch seconds and seconds.

    `deadline_at` is the last instant at which the limit was or is kept; None once it has been.
    """

    key: Key
    visit: Visit
    occurrence: Occurrence
    applied: Applied | None
    gross_s: int | None
    net_s: int | None
    held: tuple[tuple[Party, int], ...]
    verdict: Verdict
    decided_at: int
    deadline_at: int | None
    risk_at: int | None
    level: Level
    revision: int
    flags: tuple[str, ...]


Place = tuple[str, str, int]
"""An occurrence by visit, stage and number."""


class Findings(NamedTuple):
    """All findings of a unit, where each report belongs, and when to look again.

    `plain` are those that depend on no hold and no correction, for the next look.
    """

    by_key: dict[Key, Finding]
    visit_of: dict[Identity, str | None]
    visits: tuple[Visit, ...]
    due_at: int
    plain: dict[Place, list[Finding]]


class Law(NamedTuple):
    """What judges: the register and the waiting times."""

    register: Register
    patience: Patience


class _Bench(NamedTuple):
    """What all occurrences of a unit are judged with."""

    port: str
    law: Law
    watermark: int
    before: dict[Place, list[Finding]]


def find(
    key: str,
    reports: tuple[Observation, ...],
    law: Law,
    watermark: int,
    before: Findings | None = None,
) -> Findings:
    """Judge everything about one unit at one port, as known at the watermark.

    `before`, if given, is what the same unit amounted to under the same law at an earlier or equal
    watermark: what nothing has changed since is taken from there. The result is the same without.
    """
    known = standing(reports)
    told = stays(key, known.facts, law.patience)
    bench = _Bench(key.partition("/")[0], law, watermark, before.plain if before else {})
    fallen = accounted(known, told) if known.void else {}
    by_key: dict[Key, Finding] = {}
    plain: dict[Place, list[Finding]] = {}
    for number, visit in enumerate(told.visits):
        gone = tuple(r for r in known.void if fallen[r.identity] == number)
        holds = () if visit.kinds.isdisjoint(STOPS) else holds_in(visit.reports)
        for occurrence in occurrences(visit):
            place = visit.visit_id, occurrence.stage.id, occurrence.number
            if holds or gone:
                some = _judged(bench, visit, occurrence, holds, gone)
            else:
                some = _remembered(bench, visit, occurrence, place)
                plain[place] = some = some or _judged(bench, visit, occurrence, holds, gone)
            by_key |= {finding.key: finding for finding in some}
    due_at = min(map(_due, by_key.values()), default=NEVER)
    return Findings(by_key, _visits_of(told, fallen), told.visits, due_at, plain)


def _visits_of(told: Stays, fallen: dict[Identity, int]) -> dict[Identity, str | None]:
    found: dict[Identity, str | None] = {
        r.identity: v.visit_id for v in told.visits for r in v.reports
    }
    found |= {r.identity: None for r in told.kept}
    found |= {i: told.visits[n].visit_id if n >= 0 else None for i, n in fallen.items()}
    return found


def _due(finding: Finding) -> int:
    """The smallest watermark at which this finding would be another."""
    if finding.level is Level.CALM and finding.risk_at is not None:
        return finding.risk_at
    if finding.level is Level.BREACHED or finding.deadline_at is None:
        return NEVER
    return finding.deadline_at + 1


def _remembered(bench: _Bench, visit: Visit, occurrence: Occurrence, place: Place) -> list[Finding]:
    """What was found before, if neither a report nor the time has changed it."""
    known = bench.before.get(place, [])
    if not known or known[0].occurrence != occurrence or known[0].visit.traits != visit.traits:
        return []
    return known if all(bench.watermark < _due(finding) for finding in known) else []


def _judged(
    bench: _Bench, visit: Visit, occurrence: Occurrence, holds: tuple[Hold, ...], fallen: Reports
) -> list[Finding]:
    mine = stopping(holds, occurrence.stage)
    parts = stretches(occurrence, mine)
    applied, flags = _limits(bench.port, visit, occurrence, bench.law.register)
    case = _Case(visit, occurrence, parts, _evidence(occurrence, mine, fallen), flags)
    return [_judge(case, one, bench.law.patience, bench.watermark) for one in applied or [None]]


def _limits(
    port: str, visit: Visit, occurrence: Occurrence, register: Register
) -> tuple[list[Applied | None], tuple[str, ...]]:
    facility = occurrence.reports[0].facility or visit.traits.facility
    pairs = register.in_force(port, occurrence.stage.id, occurrence.opened_at)
    pairs = tuple((e, limit) for e, limit in pairs if limit.covers(visit.traits, facility))
    size_type = visit.traits.size_type
    allowed = [(e, limit, limit.allowance_s(size_type)) for e, limit in pairs]
    applied: list[Applied | None] = [
        Applied(limit, e.edition, s) for e, limit, s in allowed if s is not None
    ]
    unsized = any(s is None for _, _, s in allowed) and size_type is None
    return applied, (UNSIZED,) if unsized else ()


class _Case(NamedTuple):
    visit: Visit
    occurrence: Occurrence
    parts: tuple[Stretch, ...]
    evidence: Reports
    flags: tuple[str, ...]


def _judge(case: _Case, applied: Applied | None, patience: Patience, watermark: int) -> Finding:
    occurrence = case.occurrence
    closed = occurrence.closed_at is not None
    heard_at = _heard_at(case)
    now = occurrence.closed_at if occurrence.closed_at is not None else max(watermark, heard_at)
    answers = occurrence.stage.answers
    gross, net = gross_s(case.parts, now), net_s(case.parts, answers, now)
    limit_s = applied.limit_s if applied else None
    verdict = _verdict(closed, gross, net, limit_s)
    level = _level(closed, verdict, net, limit_s, patience)
    breached = verdict is Verdict.BREACHED
    deadline_at, risk_at = _deadlines(case, limit_s, patience)
    decided_at = now if closed else max(heard_at, (deadline_at or 0) if breached else 0)
    return Finding(
        key=_key(case, applied),
        visit=case.visit,
        occurrence=occurrence,
        applied=applied,
        gross_s=gross if closed else None,
        net_s=net if closed else None,
        held=tuple(sorted(held_s(case.parts, decided_at).items())),
        verdict=verdict,
        decided_at=decided_at,
        deadline_at=deadline_at if breached or not closed else None,
        risk_at=None if closed else risk_at,
        level=level,
        revision=2 * sum(len(r.versions) for r in case.evidence) - (0 if breached else 1),
        flags=(*occurrence.flags, *_precision(occurrence), *case.flags),
    )


def _key(case: _Case, applied: Applied | None) -> Key:
    occurrence = case.occurrence
    limit_id = applied.limit.id if applied else ""
    return Key(case.visit.visit_id, occurrence.stage.id, occurrence.number, limit_id)


def _heard_at(case: _Case) -> int:
    """The latest instant that anything bearing on an open occurrence speaks of."""
    spoken = (r.occurred_at for r in (*case.occurrence.reports, *case.evidence))
    return max(case.occurrence.opened_at, *spoken)


def _verdict(closed: bool, gross: int, net: int, limit_s: int | None) -> Verdict:
    if limit_s is None:
        return Verdict.NO_LIMIT
    return of_closed(gross, net, limit_s) if closed else of_open(net, limit_s)


def _level(
    closed: bool, verdict: Verdict, net: int, limit_s: int | None, patience: Patience
) -> Level:
    if verdict is Verdict.BREACHED:
        return Level.BREACHED
    if closed or limit_s is None:
        return Level.CALM
    return Level.AT_RISK if over(net + 1, _risk_s(limit_s, patience)) else Level.CALM


def _risk_s(limit_s: int, patience: Patience) -> int:
    return int(limit_s * patience.risk_share)


def _deadlines(
    case: _Case, limit_s: int | None, patience: Patience
) -> tuple[int | None, int | None]:
    if limit_s is None:
        return None, None
    answers = case.occurrence.stage.answers
    calm_until = deadline(case.parts, answers, _risk_s(limit_s, patience) - 1)
    risk_at = None if calm_until is None else calm_until + 1
    return deadline(case.parts, answers, limit_s), risk_at


def _evidence(occurrence: Occurrence, holds: tuple[Hold, ...], fallen: Reports) -> Reports:
    """The reports that shaped an occurrence: its own, the holds on it, and those that fell."""
    if not holds and not fallen:
        return occurrence.reports
    until = occurrence.closed_at if occurrence.closed_at is not None else NEVER
    held = [
        r
        for h in holds
        if h.start < until and (h.end or NEVER) > occurrence.opened_at
        for r in h.reports
    ]
    kinds = {*occurrence.stage.openers, *occurrence.stage.closers}
    corrected = [r for r in fallen if r.kind in kinds]
    return tuple(dict.fromkeys((*occurrence.reports, *held, *corrected)))


def _precision(occurrence: Occurrence) -> tuple[str, ...]:
    coarse = {r.precision for r in occurrence.reports} - {Precision.SECOND}
    return tuple(f"{precision}-precision" for precision in sorted(coarse))

"""A case: one occurrence of one visit before one limit, or before none, and what it amounts to.

Most occurrences are plain: nobody held them, and every second counts. What those come to is said in
a few sums. For any other, holds and calendar are laid over its segments; the same law, and a
property holds the two against each other. Must never know which limits there are.
"""

from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from events.vocabulary import Precision, Verdict
from timing.deadlines import deadline
from timing.dwell import (
    ROUND_THE_CLOCK,
    Clock,
    Held,
    Span,
    Stretch,
    Turns,
    gross_s,
    held_s,
    net_s,
    split_in_turn,
    split_s,
    stretches,
    worked_s,
)
from timing.editions import Applied
from timing.finding import Finding, Flags, Key, Level, risk_s
from timing.forms import Frozen
from timing.holds import Hold
from timing.occurrences import Occurrence, Reports
from timing.rules import Rules
from timing.stages import JOINT
from timing.turns import turns_of
from timing.verdict import of_closed, of_notice, of_open, over
from timing.visits import Visit

_CALM, _AT_RISK, _BREACHED = Level.CALM, Level.AT_RISK, Level.BREACHED
_BROKEN, _OPEN, _NO_LIMIT = Verdict.BREACHED, Verdict.OPEN, Verdict.NO_LIMIT
_SECOND: Final = Precision.SECOND
"""Members by names of the module: to ask an enumeration costs ten times as much (Python 3.11)."""


@dataclass(slots=True)
class Scene:
    """What all occurrences of a visit are judged with. `fallen` are those of its reports that no
    longer stand, `booked` those that book overtime. `terse`: no report says more than most do."""

    visit: Visit
    rules: Rules
    watermark: int
    fallen: Reports = ()
    booked: Reports = ()
    terse: bool = field(init=False)
    _turns: Turns | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Asked for every occurrence, so it is found once."""
        self.terse = not self.fallen and all([r.rare is None for r in self.visit.reports])

    def turns(self) -> Turns:
        """Whose turn it is where all answer together: asked for several stages, and found once."""
        if self._turns is None:
            self._turns = turns_of("all", self.visit)
        return self._turns


class Case(Frozen, frozen=True, gc=False):
    """One occurrence, with the holds on it and all reports that shaped it, its own among them;
    `flags` say why limits do not apply that cover it."""

    scene: Scene
    occurrence: Occurrence
    holds: tuple[Hold, ...]
    evidence: Reports
    flags: Flags = ()


def judged(case: Case, applied: Applied | None) -> Finding:
    """What a case amounts to under a limit. Raises UnknownYear where the limit's calendar does."""
    plain = not case.holds and case.occurrence.stage is not JOINT
    if not plain or not (applied is None or applied.continuous):
        return in_full(case, applied)
    closed_at = case.occurrence.closed_at
    return _ended(case, applied, closed_at) if closed_at is not None else _open(case, applied)


def _ended(case: Case, applied: Applied | None, closed_at: int) -> Finding:
    """A plain one, of which the time is what lies between its two ends."""
    occurrence = case.occurrence
    started_at = occurrence.segments[0][0]
    time_s = closed_at - started_at
    verdict, level, deadline_at, limit_id = _NO_LIMIT, _CALM, None, ""
    if applied is not None:
        limit_id, limit_s = applied.limit_id, applied.limit_s
        if applied.at_least:
            verdict = of_notice(time_s, limit_s)
        else:
            verdict = of_closed(time_s, time_s, limit_s)
        if verdict is _BROKEN:
            level, deadline_at = _BREACHED, None if applied.at_least else started_at + limit_s
    visit, split = case.scene.visit, _split(case, started_at, closed_at)
    weight, coarse = _weight_and_precision(case)
    return Finding(
        Key(visit.visit_id, occurrence.stage.id, occurrence.number, limit_id), visit.traits,
        occurrence, applied, time_s, time_s, (), split, verdict, closed_at, deadline_at, None,
        level, 2 * weight - (verdict is not _BROKEN), occurrence.flags + coarse + case.flags,
    )  # fmt: skip


def _split(case: Case, started_at: int, closed_at: int) -> Held:
    """Who had the time of a plain one: who answers, or each in turn."""
    answers = case.occurrence.stage.answers
    if answers == "all":
        return split_in_turn(started_at, closed_at, case.scene.turns())
    return ((answers, closed_at - started_at),) if closed_at > started_at else ()


def _open(case: Case, applied: Applied | None) -> Finding:
    """A plain one that runs on."""
    scene, occurrence = case.scene, case.occurrence
    started_at = occurrence.segments[0][0]
    decided_at = _heard_at(case)
    verdict, level, limit_id = _NO_LIMIT, _CALM, ""
    deadline_at: int | None = None
    risk_at: int | None = None
    if applied is not None:
        verdict, limit_id = _OPEN, applied.limit_id
        if not applied.at_least:
            limit_s, calm_s = applied.limit_s, risk_s(applied.limit_s, scene.rules.patience)
            deadline_at, risk_at = started_at + limit_s, started_at + calm_s
            time_s = max(scene.watermark, decided_at) - started_at
            verdict = of_open(time_s, limit_s)
            if verdict is _BROKEN:
                level, decided_at = _BREACHED, max(decided_at, deadline_at)
            elif over(time_s + 1, calm_s):
                level = _AT_RISK
    visit = scene.visit
    weight, coarse = _weight_and_precision(case)
    return Finding(
        Key(visit.visit_id, occurrence.stage.id, occurrence.number, limit_id), visit.traits,
        occurrence, applied, None, None, (), (), verdict, decided_at, deadline_at, risk_at, level,
        2 * weight - (verdict is not _BROKEN), occurrence.flags + coarse + case.flags,
    )  # fmt: skip


def _weight_and_precision(case: Case) -> tuple[int, Flags]:
    """How many contents were seen of the reports that shaped it, and how coarsely its own tell the
    time."""
    if case.scene.terse:
        return len(case.evidence), ()
    return sum([r.weight for r in case.evidence]), _precision(case.occurrence)


def in_full(case: Case, applied: Applied | None) -> Finding:
    """What any case amounts to, plain or not. Raises UnknownYear."""
    occurrence, clock = case.occurrence, _clock(case.scene, applied)
    parts = stretches(occurrence, case.holds)
    if not clock.calendar.continuous and case.scene.booked:
        case = replace(case, evidence=(*case.evidence, *case.scene.booked))
    closed = occurrence.closed_at is not None
    heard_at = _heard_at(case)
    now = occurrence.closed_at
    if now is None:
        now = max(case.scene.watermark, heard_at)
    answers = occurrence.stage.answers
    net = net_s(parts, answers, now, clock)
    verdict = _verdict(case, parts, applied, net, clock)
    level = _level(closed, verdict, net, applied, case.scene.rules)
    breached = verdict is _BROKEN
    kept = closed and not breached
    deadline_at, risk_at = (None, None) if kept else _deadlines(case, parts, applied, clock)
    decided_at = now if closed else max(heard_at, (deadline_at or 0) if breached else 0)
    return Finding(
        key=_key(case, applied),
        traits=case.scene.visit.traits,
        occurrence=occurrence,
        applied=applied,
        gross_s=gross_s(parts, now) if closed else None,
        net_s=net if closed else None,
        held=held_s(parts, decided_at),
        split=split_s(parts, _turns(case), now) if closed else (),
        verdict=verdict,
        decided_at=decided_at,
        deadline_at=deadline_at,
        risk_at=None if closed else risk_at,
        level=level,
        revision=2 * sum([r.weight for r in case.evidence]) - (0 if breached else 1),
        flags=(*occurrence.flags, *_precision(occurrence), *case.flags),
    )


def _key(case: Case, applied: Applied | None) -> Key:
    occurrence = case.occurrence
    limit_id = applied.limit_id if applied else ""
    return Key(case.scene.visit.visit_id, occurrence.stage.id, occurrence.number, limit_id)


def _turns(case: Case) -> Turns:
    """Who answers alone has the unit all the time."""
    answers = case.occurrence.stage.answers
    return case.scene.turns() if answers == "all" else ((0, answers),)


def _clock(scene: Scene, applied: Applied | None) -> Clock:
    if applied is None or applied.continuous:
        return ROUND_THE_CLOCK
    spans: list[Span] = [
        (r.said.about_at, r.said.until_at)
        for r in scene.booked
        if r.said.about_at and r.said.until_at
    ]
    return Clock(applied.calendar, tuple(sorted(spans)))


def _heard_at(case: Case) -> int:
    """The latest instant that anything bearing on an open occurrence speaks of."""
    return max(case.occurrence.opened_at, *[r.occurred_at for r in case.evidence])


def _verdict(
    case: Case, parts: tuple[Stretch, ...], applied: Applied | None, net: int, clock: Clock
) -> Verdict:
    if applied is None:
        return _NO_LIMIT
    closed_at = case.occurrence.closed_at
    if applied.at_least:
        return _OPEN if closed_at is None else of_notice(net, applied.limit_s)
    if closed_at is None:
        return of_open(net, applied.limit_s)
    return of_closed(worked_s(parts, closed_at, clock), net, applied.limit_s)


def _level(
    closed: bool, verdict: Verdict, net: int, applied: Applied | None, rules: Rules
) -> Level:
    if verdict is _BROKEN:
        return _BREACHED
    if closed or applied is None or applied.at_least:
        return _CALM
    return _AT_RISK if over(net + 1, risk_s(applied.limit_s, rules.patience)) else _CALM


def _deadlines(
    case: Case, parts: tuple[Stretch, ...], applied: Applied | None, clock: Clock
) -> tuple[int | None, int | None]:
    """The deadline, and the instant from which on it is at risk."""
    if applied is None or applied.at_least:
        return None, None
    answers = case.occurrence.stage.answers
    calm_s = risk_s(applied.limit_s, case.scene.rules.patience) - 1
    calm_until = deadline(parts, answers, calm_s, clock)
    risk_at = None if calm_until is None else calm_until + 1
    return deadline(parts, answers, applied.limit_s, clock), risk_at


def _precision(occurrence: Occurrence) -> Flags:
    coarse = {r.rare.precision for r in occurrence.reports if r.rare is not None} - {_SECOND}
    return tuple(f"{precision}-precision" for precision in sorted(coarse))

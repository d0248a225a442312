"""One stage of a visit, explained: limit, allowance, holds, time step by step, verdict.

Lays the holds, the suspensions and the calendar over a finding once more, as the finding had them.
Decides nothing: what this cannot explain raises. Must never know a language.
"""

from dataclasses import dataclass

from events.vocabulary import Kind
from timing.dwell import ROUND_THE_CLOCK, Clock, Span, stretches
from timing.findings import Finding, holds_on
from timing.holds import Hold, holds_in, suspending
from timing.limits import Edition, Limit
from timing.occurrences import Occurrence
from timing.rules import Rules
from timing.story.allowances import Granted, sentences
from timing.story.sums import Sum, summed
from timing.story.verdicts import explained
from timing.story.words import Sentence
from timing.visits import Visit


@dataclass(frozen=True, slots=True)
class Scene:
    """What the chapters of a visit are told from."""

    port: str
    visit: Visit
    rules: Rules
    watermark: int


@dataclass(frozen=True, slots=True)
class Chapter:
    """One finding explained. `holds` are those on its clock, `in_force` all limits on
    the stage when it began, `until` the instant up to which its time is summed."""

    finding: Finding
    edition: Edition | None
    in_force: tuple[Limit, ...]
    holds: tuple[Hold, ...]
    clock: Clock
    until: int
    sum: Sum
    allowance: tuple[Sentence, ...]
    verdict: Sentence

    @property
    def calendar(self) -> Sentence:
        """Which time counts."""
        calendar = self.clock.calendar
        hours = ", ".join(f"{_of_day(begin)}-{_of_day(end)}" for begin, end in calendar.hours)
        return Sentence(f"calendar-{calendar.days}", {"calendar": calendar.id, "hours": hours})

    @property
    def name(self) -> str:
        """Its stage and number, as acts name it."""
        return f"{self.finding.key.stage}#{self.finding.key.occurrence}"


def _of_day(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"


def chapter(scene: Scene, finding: Finding) -> Chapter:
    """Explain one finding. Raises Unexplained."""
    occurrence, applied = finding.occurrence, finding.applied
    clock = _clock(scene.visit, finding)
    until = occurrence.closed_at
    if until is None:
        until = max(scene.watermark, finding.decided_at)
    holds = _holds(scene, occurrence, until)
    total = summed(stretches(occurrence, holds), occurrence.stage.answers, until, clock)
    pairs = scene.rules.register.in_force(scene.port, occurrence.stage.id, occurrence.opened_at)
    granted = None if applied is None else Granted(applied, occurrence, finding.traits)
    return Chapter(
        finding=finding,
        edition=next((e for e, _ in pairs if applied and e.edition == applied.edition), None),
        in_force=tuple(limit for _, limit in pairs),
        holds=holds,
        clock=clock,
        until=until,
        sum=total,
        allowance=sentences(granted) if granted else (),
        verdict=explained(finding, total, until, bool(pairs)),
    )


def _holds(scene: Scene, occurrence: Occurrence, until: int) -> tuple[Hold, ...]:
    """Those that stand in the way of its clock before it ends."""
    traits = scene.visit.traits
    facility = occurrence.reports[0].facility or traits.facility
    everywhere = suspending(scene.rules.closures.of(scene.port), facility, traits)
    holds = (*holds_in(scene.visit.reports, traits), *everywhere)
    mine = holds_on(occurrence, holds, scene.visit)
    return tuple(
        hold
        for hold in mine
        if hold.start < until and (hold.end is None or hold.end > occurrence.opened_at)
    )


def _clock(visit: Visit, finding: Finding) -> Clock:
    if finding.applied is None or finding.applied.calendar.continuous:
        return ROUND_THE_CLOCK
    booked: list[Span] = [
        (r.said.about_at, r.said.until_at)
        for r in visit.heard
        if r.kind is Kind.OVERTIME_BOOKED and r.said.about_at and r.said.until_at
    ]
    return Clock(finding.applied.calendar, tuple(sorted(booked)))

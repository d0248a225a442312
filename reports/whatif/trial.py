"""A trial: what both sides say of every occurrence of one unit.

Visits and occurrences are found once, since no limit changes them; both sides judge the same ones,
and only in stages that either speaks of. What each side says is what it would say alone, which a
property holds against two judgements. Knows findings; must never know how many units there are.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from events.vocabulary import Verdict
from reports.whatif.beside import Beside
from timing.corrections import standing
from timing.fallen import accounted
from timing.finding import Finding
from timing.findings import Bench, scene_of
from timing.occurrences import Occurrence, Reports, occurrences
from timing.rules import Rules
from timing.stages import CHAINS, JOINT, RESTUFFING, STAGES, UNSTUFFING, Stage
from timing.visits import Visit, stays

_SEVERITY: Final = (Verdict.BREACHED, Verdict.EXCUSED, Verdict.MET, Verdict.OPEN)


class Tried(NamedTuple):
    """One occurrence under both: at least one finding on each side, without a limit where none of
    that side judges it."""

    current: tuple[Finding, ...]
    draft: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """What all say alike: which occurrence, when, whose."""
        return self.current[0]


class Law(NamedTuple):
    """By what units are judged on each side, in which stages, as known at the watermark. `only` are
    the stages that have to be looked for, so that those are found."""

    current: Rules
    draft: Rules
    stages: frozenset[str]
    only: frozenset[Stage]
    watermark: int


def law_of(beside: Beside, rules: Rules, watermark: int) -> Law:
    """Both registers with the patience and the closures of these rules."""
    current, draft = (replace(rules, register=one) for one in beside.registers)
    return Law(current, draft, beside.stages, _looked_for(beside.stages), watermark)


def _looked_for(stages: frozenset[str]) -> frozenset[Stage]:
    """These stages, what a joint one is made of, and the whole of every chain of which one is a
    link: the rest of a visit need not be walked."""
    found = {stage for stage in STAGES if stage.id in stages}
    if JOINT in found:
        found |= {UNSTUFFING, RESTUFFING}
    return frozenset(found | {one.whole for one in CHAINS if not found.isdisjoint(one.stages)})


def tried(key: str, reports: Reports, law: Law) -> list[Tried]:
    """Every occurrence of a unit in a stage that either side speaks of, in the order of the law."""
    known = standing(reports)
    told = stays(key, known.facts, law.current.patience)
    fallen = accounted(known, told) if known.void else {}
    found: list[Tried] = []
    for number, visit in enumerate(told.visits):
        gone = tuple(r for r in known.void if fallen[r.identity] == number)
        found += _in_visit(visit, key.partition("/")[0], law, gone)
    return found


def _in_visit(visit: Visit, port: str, law: Law, gone: Reports) -> Iterator[Tried]:
    compared = [one for one in occurrences(visit, law.only) if one.stage.id in law.stages]
    if compared:
        current, draft = (
            Bench(port, scene_of(visit, rules, law.watermark, gone))
            for rules in (law.current, law.draft)
        )
        for one in compared:
            yield Tried(_judged(current, one), _judged(draft, one))


def _judged(bench: Bench, occurrence: Occurrence) -> tuple[Finding, ...]:
    """As a judgement keeps them: one for each limit."""
    found = bench.findings(occurrence)
    return tuple(found if len(found) == 1 else {one.key: one for one in found}.values())


def worst(findings: Sequence[Finding]) -> Verdict:
    """What several limits together make of an occurrence, as a share of kept limits counts it."""
    if len(findings) == 1:
        return findings[0].verdict
    said = {one.verdict for one in findings}
    return next((verdict for verdict in _SEVERITY if verdict in said), Verdict.NO_LIMIT)


def over_s(one: Finding) -> int:
    """By how much a finding is over its limit, in seconds as the limit counts them; a notice, by
    how much it is too short. Below zero: what was left. Zero where no limit judged."""
    if one.applied is None or one.net_s is None:
        return 0
    over = one.net_s - one.applied.limit_s
    return -over if one.applied.at_least else over


def limits_of(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Those that a limit judged."""
    return (one for one in findings if one.applied is not None)

"""Facts frozen plainly: the oracle of the freezing in SQL (`reports.freezing`).

From outcomes as they stand and the cohorts of their visits, in plain Python. Knows outcomes and the
law; must never know a statement or a table.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from events.outcomes import Outcome
from events.vocabulary import Verdict
from reports.cohorts import word
from reports.facts import NO, UNSAID, YES, FrozenFact, LimitFact, Link
from reports.freezing import LEAVE_OUT, WHOLE
from reports.places import Places, places
from reports.plain import links_of
from reports.shapes import ALL
from timing.commitments.period import Period
from timing.holds import excuses
from timing.measures.cohorts import Cohort
from timing.measures.rules import MeasureRules, measure_rules

Occurrence = tuple[str, str, str, int]


def plain_facts(
    outcomes: Iterable[Outcome],
    cohorts: Iterable[Cohort],
    period: Period,
    where: Places | None = None,
    rules: MeasureRules | None = None,
) -> tuple[FrozenFact, ...]:
    """The facts of a month, by key. `outcomes` are the last revision of each; void is none."""
    by_occurrence: dict[Occurrence, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.verdict is not Verdict.VOID:
            key = outcome.port, outcome.stage, outcome.visit_id, outcome.occurrence
            by_occurrence[key].append(outcome)
    known = {cohort.visit_id: cohort for cohort in cohorts}
    found = []
    for (_, stage, visit_id, _), same in sorted(by_occurrence.items()):
        if _falls(same[0], period):
            fact = _fact(same, known.get(visit_id), period, where or places(), rules)
            chained = stage == WHOLE and fact.standing == "ended"
            links = _links(visit_id, by_occurrence) if chained else ()
            found.append(fact._replace(links=links))
    return tuple(found)


def _falls(outcome: Outcome, period: Period) -> bool:
    begun = outcome.opened_at.timestamp() < period.ends_at
    over = outcome.closed_at is not None and outcome.closed_at.timestamp() < period.begins_at
    return begun and not over


def _fact(
    same: Sequence[Outcome],
    cohort: Cohort | None,
    period: Period,
    where: Places,
    rules: MeasureRules | None,
) -> FrozenFact:
    first = same[0]
    opened_at = int(first.opened_at.timestamp())
    closed_at = None if first.closed_at is None else int(first.closed_at.timestamp())
    ended = closed_at is not None and closed_at < period.ends_at
    verdicts = {outcome.verdict.value for outcome in same}
    flags = {flag for outcome in same for flag in outcome.flags}
    gross_s, net_s = _times(first) if ended else (0, 0)
    traits = _traits(cohort)
    peak = (rules or measure_rules()).peak.holds(opened_at)
    return FrozenFact(
        port=first.port,
        stage=first.stage,
        visit_id=first.visit_id,
        occurrence=first.occurrence,
        province=where.province_of(first.port),
        facility=_facility(first.facility),
        unit_type=first.unit.type.value,
        unit_id=first.unit.id,
        mode=first.mode.value,
        direction=first.direction.value if first.direction else UNSAID,
        goods=traits.goods,
        laden=traits.laden,
        inspected=traits.inspected,
        advance=traits.advance,
        trader=traits.trader,
        peak=YES if peak else NO,
        standing="ended" if ended else "open",
        opened_at=opened_at,
        closed_at=closed_at if ended and closed_at is not None else 0,
        gross_s=gross_s,
        net_s=net_s,
        age_s=0 if ended else period.ends_at - opened_at,
        left_out=_first(LEAVE_OUT, flags) if ended else "",
        verdict=_first(("breached", "excused", "met"), verdicts) if ended else "",
        definition=first.definition or UNSAID,
        limits=tuple(sorted(_limit(o, ended) for o in same if o.limit is not None)),
        event_ids=tuple(sorted({id for o in same for id in o.event_ids})) if ended else (),
        cohort_known=cohort is not None,
    )


def _facility(code: str | None) -> str:
    """A code that is the word for *all of them* cannot stand in a key; it counts as unsaid."""
    return UNSAID if code is None or code == ALL else code


class _Traits(NamedTuple):
    goods: str = UNSAID
    laden: str = UNSAID
    inspected: str = UNSAID
    advance: str = UNSAID
    trader: str = UNSAID


def _traits(cohort: Cohort | None) -> _Traits:
    if cohort is None:
        return _Traits()
    return _Traits(
        cohort.goods or UNSAID,
        word(cohort.laden),
        word(cohort.inspected),
        word(cohort.advance),
        cohort.trader or UNSAID,
    )


def _times(outcome: Outcome) -> tuple[int, int]:
    """Gross, and net by the clock."""
    assert outcome.gross_s is not None, "an ended stage has its time"
    held = sum(s for party, s in outcome.held_s.items() if excuses(party, outcome.answers))
    return outcome.gross_s, outcome.gross_s - held


def _first(wanted: Iterable[str], there: set[str]) -> str:
    return next((one for one in wanted if one in there), "")


def _limit(outcome: Outcome, ended: bool) -> LimitFact:
    limit = outcome.limit
    assert limit is not None, "asked of judged outcomes only"
    net_s, verdict = (outcome.net_s or 0, outcome.verdict.value) if ended else (0, "")
    return LimitFact(limit.id, limit.edition, limit.limit_s, net_s, verdict)


def _links(visit_id: str, by_occurrence: Mapping[Occurrence, list[Outcome]]) -> tuple[Link, ...]:
    stages = {*links_of("import"), *links_of("export")}
    port = visit_id.partition("/")[0]
    found = []
    for stage in stages:
        for outcome in by_occurrence.get((port, stage, visit_id, 1), [])[:1]:
            if outcome.gross_s is not None:
                found.append(Link(stage, outcome.gross_s))
    return tuple(sorted(found))

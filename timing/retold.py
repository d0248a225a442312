"""Retold: a plain visit told from its first report on, with one more report among them.

What came out of order, states a trait for the first time or corrects another report bears upon what
was judged before. The visit is told without it and with it, each time as if all came in order, and
what differs in the end is judged. Up to where the two differ they are told once. Must never decide
what a report does to a stage: the passage does, or refuses.
"""

from bisect import insort
from collections.abc import Iterable
from typing import Final

from events.vocabulary import Cause
from timing import announce
from timing.announce import Change
from timing.brief import Detour
from timing.corrections import order, standing
from timing.findings import Finding, Findings, Key
from timing.history import History, offsets, report_at, written
from timing.instants import NEVER
from timing.observation import Observation
from timing.passage import left_behind
from timing.recent import Recent
from timing.roles import BIT, parts_of
from timing.rules import Rules
from timing.running import NOTHING_FELL, WAITING, Fallen, Live, Stay, shared, stated
from timing.stages import STAGES
from timing.step import Novelty, Step
from timing.telling import BARRED, Account, Known, Retelling, Telling, Told, alike, tell
from timing.underway import Act
from timing.visits import OPENERS, traits_of, visit_id

_TOLD: Final = Recent[Telling]()
"""Nothing but a saving, of two tellings in three: what comes out of order often comes in a row."""


def retold(
    before: History, report: Observation, rules: Rules, watermark: int, novelty: Novelty
) -> Step | None:
    """The step that a new report leads to in a visit that is plain without it and with it; None if
    it must take the long road."""
    live = before.live
    if live is None or not _is_alone(before, live, report, rules, watermark):
        return None
    try:
        return _step(before, report, rules, max(watermark, before.watermark), novelty)
    except Detour:
        return None


def _is_alone(
    before: History, live: Live, report: Observation, rules: Rules, watermark: int
) -> bool:
    """Whether all reports are of one visit, and nothing else is to be judged by now."""
    if live is WAITING and (report.kind not in OPENERS or report.corrects is not None):
        return False
    return (
        before.due_at is not None
        and watermark < before.due_at
        and not (live.seen | BIT[report.kind]) & BARRED
        and live.stay.due_at == NEVER
        and report.occurred_at > before.settled_until
        and before.register == rules.register.fingerprint
    )


def _step(
    before: History, report: Observation, rules: Rules, forward: int, novelty: Novelty
) -> Step:
    then, known = _before(before, rules)
    told = report, len(before.body)
    known[told[1]] = report
    body = before.body + written(report)
    now = tell(_now(before.key, known, then, told), body, forward, rules, then)
    then_stay, stay = None if then is None else then.account.stay, now.account.stay
    renamed = then_stay is None or then_stay.visit_id != stay.visit_id
    if renamed and stay.fallen:
        raise Detour  # Where what fell counts is for `timing.fallen` to say.
    changes = _differing(then, now)
    later = left_behind(before, _in_the_end(now.visit), now.visit)
    if later.due_at is None or later.due_at <= forward:
        raise Detour
    _TOLD.keep(later, rules, now)
    cause = Cause.EVENT, f"{report.source}/{report.event_id}"
    moved = [one for one, _ in now.account.facts] if renamed else [report]
    places = tuple([(one, stay.visit_id) for one in moved])
    return Step(later, changes, places, cause, later, novelty)


def _before(before: History, rules: Rules) -> tuple[Telling | None, Known]:
    """The visit without the report, None where all waited for it; and all reports known by then."""
    then = _TOLD.of(before, rules)
    if then is not None:
        return then, dict(then.account.known)
    known = {at: report_at(before.body, at) for at in offsets(before.body)}
    if before.live is WAITING:
        return None, known
    account = _account(before.key, dict(known))
    return tell(account, before.body, before.watermark, rules, None), known


def _now(key: str, known: Known, then: Telling | None, told: Told) -> Account:
    """What stands once a report is told. Raises Detour."""
    if then is None or _corrected(known.values()):
        return _account(key, known)
    facts = then.account.facts.copy()
    insort(facts, told, key=_by_order)
    return _of_facts(key, facts, NOTHING_FELL, known)


def _account(key: str, known: Known) -> Account:
    """Which of the reports stand, and the stay that they tell of. Raises Detour without any."""
    reports = known.values()
    facts, fell = sorted(zip(reports, known, strict=True), key=_by_order), NOTHING_FELL
    if _corrected(reports):
        where = {told[0].identity: told for told in facts}
        stands = standing(reports)
        facts = [where[fact.identity] for fact in stands.facts]
        fell = tuple([(BIT[r.kind], where[r.identity][1]) for r in stands.void])
    return _of_facts(key, facts, fell, known)


def _of_facts(key: str, facts: list[Told], fell: Fallen, known: Known) -> Account:
    """The stay that so many facts tell of. Raises Detour where the unit never comes."""
    opened_at = next((r.occurred_at for r, _ in facts if r.kind in OPENERS), None)
    if opened_at is None:
        raise Detour
    traits = shared(traits_of([report for report, _ in facts]))
    parts = parts_of(traits.mode, traits.direction, traits.laden)
    visit, since = visit_id(key, opened_at), facts[0][0].occurred_at
    return Account(facts, Stay(visit, traits, parts, stated(traits), since, fallen=fell), known)


def _corrected(reports: Iterable[Observation]) -> bool:
    return any([r.rare is not None and r.corrects is not None for r in reports])


def _by_order(told: Told) -> tuple[int, int, str, str]:
    return order(told[0])


def _differing(old: Telling | None, new: Telling) -> tuple[Change, ...]:
    """What became otherwise, judged both ways. Raises Detour."""
    became = new.became
    if old is None:
        return announce.changes(announce.NOTHING, _judged(new.visit, became.values()))
    was = old.became
    every = dict.fromkeys([*was, *became])
    if alike(old.account.stay, new.account.stay):
        turned = old.visit.turns != new.visit.turns
        pairs = [(one, was.get(one), became.get(one)) for one in every]
        every = dict.fromkeys([one for one, then, now in pairs if not _same(then, now, turned)])
    before = _judged(old.visit, [was[one] for one in every if one in was])
    after = _judged(new.visit, [became[one] for one in every if one in became])
    return announce.changes(before, after)


def _judged(visit: Retelling, acts: Iterable[Act]) -> Findings:
    """What some occurrences amount to. Raises Detour."""
    found: dict[Key, Finding] = {f.key: f for f in map(visit.judged, acts)}
    return Findings(found, {}, (), NEVER)


def _same(was: Act | None, now: Act | None, turned: bool) -> bool:
    """Whether two acts leave the same behind, however it came about. Where all answer together, the
    time of each is another if any turn is."""
    if was is None or now is None or (turned and STAGES[was.stage_no].answers == "all"):
        return False
    return was is now or (was.start, was.end, was.offsets, was.flags, was.booked) == (
        now.start, now.end, now.offsets, now.flags, now.booked
    )  # fmt: skip


def _in_the_end(visit: Retelling) -> Live:
    """The visit in short, for the next report to go on with."""
    begun = visit.live.stay
    stay = Stay(
        begun.visit_id, begun.traits, begun.parts, begun.stated, begun.since, visit.entered_at,
        visit.closed_at, fallen=begun.fallen, booked=visit.booked,
    )  # fmt: skip
    return Live(
        stay, visit.last_at, visit.last_rank, visit.seen, visit.running, visit.done, visit.turns,
        visit.soonest,
    )  # fmt: skip

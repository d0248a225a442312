"""Retold: a plain visit told from its first report on, with one more report among them.

What came out of order, states a trait for the first time or corrects another report bears upon what
was judged before. The visit is told without it and with it, each time as if all came in order, and
what differs in the end is judged. Up to where the two differ they are told once. Must never decide
what a report does to a stage: the passage does, or refuses.
"""

from bisect import insort
from collections.abc import Iterable
from typing import Final, NamedTuple

from events.vocabulary import Cause
from timing.abridged import held_until, in_short
from timing.brief import Detour
from timing.corrections import order, standing
from timing.differing import SAME_PLACES, Where, differing
from timing.history import History, offsets, report_at, written
from timing.instants import NEVER
from timing.observation import Observation, merged
from timing.passage import left_behind
from timing.recent import Recent
from timing.remainder import Remainder
from timing.roles import BIT, parts_of
from timing.rules import Rules
from timing.running import (
    NOTHING_FELL,
    WAITING,
    Fallen,
    Live,
    Stay,
    all_of,
    earliest,
    fits,
    pack,
    shared,
    stated,
    waits,
)
from timing.step import Novelty, Step
from timing.telling import Account, Known, Telling, Told, tell
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


def forget_told() -> None:
    """Forget the tellings that are kept; every answer stays what it was."""
    _TOLD.forget()


def _is_alone(
    before: History, live: Live, report: Observation, rules: Rules, watermark: int
) -> bool:
    """Whether all reports are of one visit, and nothing else is to be judged by now."""
    if waits(live) and (report.kind not in OPENERS or report.corrects is not None):
        return False
    return (
        before.due_at is not None
        and watermark < before.due_at
        and live.stay.due_at == NEVER
        and report.occurred_at > before.settled_until
        and before.register == rules.register.fingerprint
    )


def _step(
    before: History, report: Observation, rules: Rules, forward: int, novelty: Novelty
) -> Step:
    then, known = _before(before, rules)
    heard, where = _heard(before, known, report, novelty)
    prior = None if where else then
    now = tell(_now(before.key, heard, then), heard.body, forward, rules, prior)
    stay = now.account.stay
    renamed = then is None or then.account.stay.visit_id != stay.visit_id
    if renamed and (stay.fallen or (then is not None and then.account.stay.fallen)):
        raise Detour  # Where what fell counts is for `timing.fallen` to say.
    changes = differing(then, now, where)
    later = left_behind(before, _in_the_end(now), now.visit)
    if later.due_at is None or later.due_at <= forward:
        raise Detour
    _TOLD.keep(later, rules, now)
    cause = Cause.EVENT, f"{report.source}/{report.event_id}"
    told = () if heard.told is None else (report,)
    moved = [one for one, _ in now.account.facts] if renamed else told
    places = tuple([(one, stay.visit_id) for one in moved])
    return Step(later, changes, places, cause, later, novelty)


def _before(before: History, rules: Rules) -> tuple[Telling | None, Known]:
    """The visit without the report, None where all waited for it; and all reports known by then."""
    then = _TOLD.of(before, rules)
    if then is not None:
        return then, dict(then.account.known)
    history, prior = _TOLD.latest(before.key, rules) or (before, None)
    if prior is not None and before.body.startswith(history.body):
        known = dict(prior.account.known)
        known |= {at: report_at(before.body, at) for at in offsets(before.body, len(history.body))}
    else:
        prior, known = None, {at: report_at(before.body, at) for at in offsets(before.body)}
    if before.live is WAITING:
        return None, known
    account = _account(before.key, dict(known))
    return tell(account, before.body, before.watermark, rules, prior), known


class _Heard(NamedTuple):
    """What is known once a report is heard; `told` is the report and its place, None where it is
    another content of one that was known."""

    body: bytes
    known: Known
    told: Told | None


def _heard(
    before: History, known: Known, report: Observation, novelty: Novelty
) -> tuple[_Heard, Where]:
    """All reports with one more, or with other contents of one; and where those stand now that
    stood elsewhere before. The content that is another stands nowhere that anybody knew."""
    identity = report.identity
    place = None
    if novelty is Novelty.CORRECTION:
        place = next((at for at, one in known.items() if one.identity == identity), None)
    if place is None:
        told = report, len(before.body)
        return _Heard(before.body + written(report), {**known, told[1]: report}, told), SAME_PLACES
    newer = merged(known[place], report)
    every = [newer if at == place else one for at, one in known.items()]
    body = b"".join(map(written, every))
    places = offsets(body)
    where = {**dict(zip(known, places, strict=True)), place: -1}
    return _Heard(body, dict(zip(places, every, strict=True)), None), where


def _now(key: str, heard: _Heard, then: Telling | None) -> Account:
    """What stands once a report is heard. Raises Detour."""
    told, known = heard.told, heard.known
    if then is None or told is None or _corrected(known.values()):
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


def _in_the_end(telling: Telling) -> Live:
    """The visit in short, for the next report to go on with. Raises Detour."""
    visit, rest = telling.visit, telling.rest
    begun, running, done, soonest = visit.live.stay, visit.running, visit.done, visit.soonest
    stopped = 0
    if rest is not None:
        running = _running(telling, rest)
        done += bytes([which[0] for which, o in rest.left.items() if o.closed_at is not None])
        soonest, stopped = earliest(running), held_until(rest.holds)
    stay = Stay(
        begun.visit_id, begun.traits, begun.parts, begun.stated, begun.since, visit.entered_at,
        visit.closed_at, held_until=stopped, fallen=begun.fallen, booked=visit.booked,
    )  # fmt: skip
    return Live(
        stay, visit.last_at, visit.last_rank, visit.seen, running, done, visit.turns, soonest
    )


def _running(telling: Telling, rest: Remainder) -> bytes:
    """What is under way: what may have stood still is looked at by the law, and what the passage
    left out stands among the others."""
    visit, became, found = telling.visit, telling.became, []
    for one in all_of(visit.running):
        act = became.get(one[:2])
        if isinstance(act, Act) and rest.bears_upon(act.start, None):
            due_at, level = rest.outlook(visit.occurrence(act))
            one = (*one[:3], due_at, level, *one[5:])
        found.append(pack(*one))
    left = [one for one in rest.left.values() if one.closed_at is None]
    where = {id(report): at for report, at in telling.account.facts} if left else {}
    for occurrence in left:
        at = [where[id(report)] for report in occurrence.reports]
        short = in_short(occurrence, *rest.outlook(occurrence), at, visit)
        if not fits(short):
            raise Detour
        found.append(pack(*short))
    return b"".join(found)

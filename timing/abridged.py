"""Abridged: what the long road leaves behind of a visit, for the short road to go on from.

Only what the reports imply, in a few numbers (`timing.running`). Must never judge anything.
"""

from operator import attrgetter
from typing import Any, Final

import msgspec

from timing.brief import Brief
from timing.corrections import RANK, in_order, standing
from timing.findings import Findings, due
from timing.history import History, offsets
from timing.holds import HOLD_KINDS, Hold, holds_in
from timing.instants import NEVER
from timing.occurrences import Occurrence, Reports, unshown
from timing.roles import (
    APPOINTS,
    BIT,
    BOOKED_NO,
    NUMBER,
    NUMBER_OF_KIND,
    NUMBER_OF_PARTY,
    first_party,
    parts_of,
    seen_in,
)
from timing.rules import Rules
from timing.running import (
    NOTHING_BOOKED,
    NOTHING_FELL,
    NOWHERE,
    ODD,
    WAITING,
    Booked,
    Fallen,
    Live,
    Running,
    Stay,
    away,
    earliest,
    fits,
    pack,
    shared,
    stated,
    turn,
)
from timing.stages import JOINT, STAGES
from timing.turns import turns_of
from timing.underway import odd
from timing.visits import Visit

Where = dict[Any, int]
"""Where in the body the report of a source and id stands."""
_named: Final = attrgetter("source", "event_id")


def prepared(
    history: History, found: Findings, rules: Rules, reports: Reports | None = None
) -> History:
    """The history with its next look noted, and with its visit under way in short if it is one that
    the short road can go on with. `reports` are those of the history, where they are at hand, and
    then the very same that were judged."""
    due_at = history.look_again(found, rules.patience)
    live = _live(history, found, rules, history.reports if reports is None else reports)
    return msgspec.structs.replace(history, due_at=due_at, live=live)


def _live(history: History, found: Findings, rules: Rules, reports: Reports) -> Live | None:
    if not found.visits:
        return None if found.corrected else WAITING
    visit = found.visits[-1]
    seen = seen_in(visit.kinds, {r.mode for r in visit.reports})
    if visit.missing_end or visit.gates:
        return None
    if visit.closed_at is not None and None in found.visit_of.values():
        return _away(history, found, rules, reports)
    brief = Brief(visit.visit_id, visit.traits, rules, history.watermark)
    where = dict(zip(map(_named, reports), offsets(history.body), strict=True))
    running = _running(found, visit, brief, where)
    if running is None:
        return None
    last = visit.reports[-1]
    traits = visit.traits
    stay = Stay(
        visit.visit_id, shared(traits), parts_of(traits.mode, traits.direction, traits.laden),
        stated(traits), visit.reports[0].occurred_at, visit.entered_at, visit.closed_at,
        history.look_again_beside(found, visit, rules.patience),
        held_until(_holds(visit)),
        _fallen(reports, found, visit, where) if found.corrected else NOTHING_FELL,
        _booked(found, visit, where) if APPOINTS in visit.kinds else NOTHING_BOOKED,
    )  # fmt: skip
    return Live(
        stay, last.occurred_at, RANK[last.kind], seen, running, bytes(sorted(_done(found, visit))),
        turns_written(visit), earliest(running),
    )  # fmt: skip


def _away(history: History, found: Findings, rules: Rules, reports: Reports) -> Live | None:
    """What waits for the next visit, if it is all that was heard last and none of it corrects."""
    told = [found.visit_of[r.identity] for r in reports]
    first = told.index(None)
    waiting = reports[first:]
    if any([visit is not None for visit in told[first:]]) or any([r.corrects for r in waiting]):
        return None
    last = in_order(reports)[-1]
    due_at = history.look_again_at_visits(found, rules.patience)
    if last not in waiting:
        return None
    return away(due_at, offsets(history.body)[first], last.occurred_at, RANK[last.kind])


def _running(found: Findings, visit: Visit, brief: Brief, where: Where) -> bytes | None:
    """What is under way, with what nothing has shown yet; None if it can't be written small."""
    mine = [f for f in found.by_key.values() if f.occurrence.closed_at is None]
    begun = [(f.occurrence, due(f), int(f.level)) for f in mine if f.key.visit_id == visit.visit_id]
    begun += [(occurrence, NEVER, 0) for occurrence in unshown(visit)]
    running: dict[tuple[int, int], Running] = {}
    for occurrence, due_at, level in begun:
        if occurrence.closed_at is None:
            at = [where[_named(r)] for r in occurrence.reports]
            one = in_short(occurrence, due_at, level, at, brief)
            if not fits(one):
                return None
            also = running.get(one[:2], one)
            running[one[:2]] = (*one[:3], min(one[3], also[3]), *one[4:])
    return b"".join(pack(*one) for one in running.values())


def in_short(
    occurrence: Occurrence, due_at: int, level: int, at: list[int], brief: Brief
) -> Running:
    """An occurrence under way, of which the reports stand `at` these places of the body. It takes
    the long road to judge what is made of two stages, and what several limits do."""
    stage, first = occurrence.stage, occurrence.reports[0]
    plain = stage is not JOINT and len(at) <= 2
    if not plain or odd(brief, stage, occurrence.opened_at, first.facility):
        level |= ODD
    return (
        NUMBER[stage], occurrence.number, occurrence.opened_at, due_at, level,
        NUMBER_OF_KIND[occurrence.reports[-1].kind], at[0], (*at, NOWHERE)[1],
    )  # fmt: skip


def _done(found: Findings, visit: Visit) -> list[int]:
    ended = {
        (NUMBER[f.occurrence.stage], f.occurrence.number)
        for key, f in found.by_key.items()
        if key.visit_id == visit.visit_id and f.occurrence.closed_at is not None
    }
    ended |= {(NUMBER[o.stage], o.number) for o in unshown(visit) if o.closed_at is not None}
    return [stage_no for stage_no, _ in ended]


def turns_written(visit: Visit) -> bytes:
    """Who had the unit since when, the first party aside, written small."""
    if first_party(visit.traits.direction) is None:
        return b""
    turns = turns_of("all", visit)[1:]
    return b"".join(turn(NUMBER_OF_PARTY[party], since) for since, party in turns)


def held_until(holds: tuple[Hold, ...]) -> int:
    """The last instant at which a clock of the visit stood still; NEVER while one does."""
    return max([NEVER if hold.end is None else hold.end for hold in holds], default=0)


def _holds(visit: Visit) -> tuple[Hold, ...]:
    if visit.kinds.isdisjoint(HOLD_KINDS):
        return ()
    return holds_in(visit.reports, visit.traits)


def _fallen(reports: Reports, found: Findings, visit: Visit, where: Where) -> Fallen:
    """What of the visit no longer stands."""
    void = (r for r in standing(reports).void if found.visit_of[r.identity] == visit.visit_id)
    return tuple([(BIT[r.kind], where[_named(r)]) for r in void])


def _booked(found: Findings, visit: Visit, where: Where) -> Booked:
    """The appointments made since such work ended last. None is made once the unit has left."""
    stage = STAGES[BOOKED_NO]
    mine = [f.occurrence for f in found.by_key.values() if f.key.visit_id == visit.visit_id]
    ended = [one.closed_at for one in mine if one.stage is stage and one.closed_at is not None]
    since = max(ended, default=-NEVER)
    made = (r for r in visit.stayed if r.kind is APPOINTS and r.said.about_at)
    return tuple([where[_named(r)] for r in made if r.occurred_at > since])

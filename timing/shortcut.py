"""The shortcut: one more report, in order, to a plain visit; or nothing but the passing of time.

Most reports open or close an occurrence or two and change nothing else. Those are judged here from
the few numbers kept in `Live`; whatever is not plain takes the long road, which judges all reports
anew and comes to the same. A property holds the two roads against each other.
"""

import msgspec

from events.identifiers import Identity
from events.vocabulary import Cause, Mode
from timing.announce import Places, Reason
from timing.brief import Detour
from timing.corrections import order
from timing.history import History, offsets, report_at, written
from timing.observation import Observation
from timing.occurrences import NEVER
from timing.passage import Passage, entered
from timing.patience import Patience
from timing.roles import DETOURS, Part, part_of
from timing.rules import Rules
from timing.running import WAITING, Live, shared
from timing.step import Step
from timing.underway import Act, Acts
from timing.visits import AHEAD, OPENERS, Traits, traits_of

_new = tuple.__new__
"""Makes a named tuple in half the time that calling its class takes, for the road that all take."""


def taken(history: History, report: Observation, rules: Rules, watermark: int) -> Step | None:
    """The step that this report leads to if it is plain; None if it must take the long road."""
    live = history.live
    if live is None or not _is_ready(history, report, rules, watermark):
        return None
    if live is WAITING:
        return _first(history, report, rules, watermark)
    traits = live.traits
    part = part_of(report.kind, traits.mode, traits.direction, traits.laden)
    if not (_is_next(live, report, part, rules.patience) and _says_nothing_new(report, traits)):
        return None
    passage = entered(history, live, rules, max(watermark, history.watermark))
    try:
        passage.take(report, part, len(history.body))
    except Detour:
        return None
    moved = ((_new(Identity, (report.source, report.event_id)), passage.brief.visit_id),)
    return _step(history, passage, part, moved)


def _is_ready(history: History, report: Observation, rules: Rules, watermark: int) -> bool:
    """Whether the report is new, and nothing else is to be judged before, nor by other limits."""
    return (
        history.due_at is not None
        and watermark < history.due_at
        and report.occurred_at > history.settled_until
        and history.register == rules.register.fingerprint
        and (report.rare is None or report.corrects is None)
        # An id that stands nowhere in the body is new; one that does may be part of another.
        and report.event_id.encode() not in history.body
    )


def _is_next(live: Live, report: Observation, part: Part, patience: Patience) -> bool:
    """Whether it comes after all that was told of the visit, in the order of the work, and can be
    judged alone in such a visit."""
    at, seen = report.occurred_at, live.seen
    if at < live.last_at or (at == live.last_at and part.rank <= live.last_rank):
        return False
    if seen & part.barred or (part.needed and not seen & part.needed):
        return False
    if part.resumes and live.held_until == NEVER:
        return False
    if live.closed_at is not None:
        return part.belated and 0 < at - live.closed_at <= patience.retention_s
    return not part.enters or live.entered_at is None


def _says_nothing_new(report: Observation, traits: Traits) -> bool:
    """A trait stated for the first time may bring other limits, for what is past as well."""
    mode, direction, facility, size_type, laden, category, weight_kg, journey_s = traits
    if (
        (direction is None and report.direction is not None)
        or (facility is None and report.facility is not None)
        or (size_type is None and report.size_type is not None)
        or (laden is None and report.laden is not None)
        or (category is None and report.category is not None)
        or (weight_kg is None and report.weight_kg is not None)
        or (mode is Mode.ROAD and report.mode is not Mode.ROAD)
    ):
        return False
    return journey_s is not None or report.rare is None or report.rare.journey_s is None


def _step(history: History, passage: Passage, part: Part, moved: Places) -> Step:
    """The history with the report in it, and what changed."""
    report, live = passage.report, passage.live
    at, closed_at, entered_at = report.occurred_at, live.closed_at, live.entered_at
    if part.leaves and closed_at is None:
        closed_at = at
    if part.enters and entered_at is None:
        entered_at = at
    now = Live(
        live.opened_at, live.since, entered_at, closed_at, at, part.rank, passage.seen,
        live.traits, bytes(passage.running), passage.done, passage.turns, passage.soonest,
        live.due_at, live.held_until, live.fallen,
    )  # fmt: skip
    later = _with(history, history.body + written(report), now, passage)
    return Step(later, _acts(passage, later.body), moved, _by(report), later)


def _acts(passage: Passage, body: bytes) -> Acts | tuple[()]:
    return Acts(passage.brief, body, passage.turns, passage.acts) if passage.acts else ()


def _by(report: Observation) -> Reason:
    return Cause.EVENT, f"{report.source}/{report.event_id}"


def _with(history: History, body: bytes, live: Live, passage: Passage) -> History:
    patience = passage.brief.rules.patience
    due_at = min(live.due_at, silent_until(live, patience), live.soonest)
    return History(
        history.key, history.unit_type, body, passage.brief.watermark, history.settled_until,
        history.register, due_at, live,
    )  # fmt: skip


def silent_until(live: Live, patience: Patience) -> int:
    """The watermark at which a visit is forgotten of which nothing more was told."""
    if live.closed_at is None:
        return live.last_at + patience.stay_max_s + 1
    return max(live.closed_at, live.last_at) + patience.retention_s + 1


def _first(history: History, report: Observation, rules: Rules, watermark: int) -> Step | None:
    """What is told while the unit is not there: it waits, or begins a visit."""
    forward = max(watermark, history.watermark)
    if report.kind in OPENERS:
        return _arrives(history, report, rules, forward)
    due_at = min(history.due_at or NEVER, report.occurred_at + rules.patience.ahead_s + 1)
    if due_at <= forward:
        return None
    later = History(
        history.key, history.unit_type, history.body + written(report), forward,
        history.settled_until, history.register, due_at, WAITING,
    )  # fmt: skip
    moved = ((_new(Identity, (report.source, report.event_id)), None),)
    return Step(later, (), moved, _by(report), later)


def _arrives(history: History, report: Observation, rules: Rules, forward: int) -> Step | None:
    """The unit is there, and all that waited for it is of its visit: each of those reports is taken
    as if it came only now, one after the other."""
    waiting = [(report_at(history.body, at), at) for at in offsets(history.body)]
    waiting.sort(key=lambda told: order(told[0]))
    told = [*waiting, (report, len(history.body))]
    if waiting and not _can_wait([one for one, _ in waiting], report, rules.patience):
        return None
    opened_at, since = report.occurred_at, told[0][0].occurred_at
    traits = shared(traits_of([one for one, _ in told]))
    live = Live(opened_at, since, None, None, since, -1, 0, traits)
    passage = entered(history, live, rules, forward)
    try:
        for one, offset in told:
            part = part_of(one.kind, traits.mode, traits.direction, traits.laden)
            if passage.seen & part.barred or (part.needed and not passage.seen & part.needed):
                return None
            passage.take(one, part, offset)
    except Detour:
        return None
    if waiting:
        passage.acts = _as_if_at_once(passage.acts)
    visit = passage.brief.visit_id
    moved = tuple((one.identity, visit) for one, _ in told)
    return _step(history, passage, part, moved)


def _as_if_at_once(acts: list[Act]) -> list[Act]:
    """What became of each occurrence in the end; nobody was told of it before."""
    last = {(act.stage_no, act.number): act for act in acts}
    return [act._replace(was=0) for act in last.values()]


def _can_wait(waiting: list[Observation], opener: Observation, patience: Patience) -> bool:
    """Whether all that waited came before, and is of kinds that announce a stay."""
    return (
        order(waiting[-1]) < order(opener)
        and waiting[0].occurred_at >= opener.occurred_at - patience.ahead_s
        and all(one.kind in AHEAD and one.kind not in DETOURS for one in waiting)
    )


def elapsed(history: History, rules: Rules, watermark: int) -> Step | None:
    """The step that the passing of time leads to in a plain visit; None if it must take the long
    road."""
    live, forward = history.live, max(watermark, history.watermark)
    if (
        live is None
        or live is WAITING
        or forward >= live.due_at
        or history.register != rules.register.fingerprint
    ):
        return None
    passage = entered(history, live, rules, forward)
    try:
        passage.wait(forward)
    except Detour:
        return None
    now = msgspec.structs.replace(live, running=bytes(passage.running), soonest=passage.soonest)
    later = _with(history, history.body, now, passage)
    over = forward >= silent_until(live, rules.patience)
    if over and live.due_at < NEVER:
        return None
    acts = _acts(passage, history.body)
    return Step(None if over else later, acts, (), (Cause.TIME, None), later)

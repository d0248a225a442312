"""The shortcut: one more report, in order, to a plain visit; or nothing but the passing of time.

Most reports open or close an occurrence or two and change nothing else. Those are judged here from
the few numbers kept in `Live`; whatever is not plain takes the long road, which judges all reports
anew and comes to the same. A property holds the two roads against each other.
"""

from typing import Final

import msgspec

from events.vocabulary import Cause, Kind, Mode
from timing.announce import Places
from timing.brief import Detour
from timing.corrections import RANK, order
from timing.history import History, offsets, report_at, written
from timing.instants import NEVER
from timing.observation import Observation
from timing.passage import Passage, entered, left_behind
from timing.patience import Patience
from timing.roles import DETOURS, Part, parts_of
from timing.rules import Rules
from timing.running import (
    WAITING,
    Booked,
    Live,
    Stay,
    away,
    shared,
    silent_until,
    stated,
    waits,
)
from timing.step import Step
from timing.underway import Act
from timing.visits import AHEAD, OPENERS, traits_of, visit_id

_ROAD: Final = Mode.ROAD
_EVENT: Final = Cause.EVENT
_OF_THE_LAST: Final = frozenset({Kind.DEPARTED, Kind.TRUCK_DEPARTED, Kind.TRANSFER_ENDED})
"""Kinds that may be of the visit before although the next one was announced."""


def taken(history: History, report: Observation, rules: Rules, watermark: int) -> Step | None:
    """The step that this report leads to if it is plain; None if it must take the long road."""
    live = history.live
    if live is None or not _is_ready(history, report, rules, watermark):
        return None
    stay = live.stay
    if not stay.visit_id:  # As in `waits`, without the call.
        return _first(history, live, report, rules, watermark)
    part = stay.parts[report.kind]
    if stay.closed_at is not None and report.kind in AHEAD:
        return _announced(history, live, report, rules, watermark)
    if not _is_next(live, report, part, rules.patience):
        return None
    if not ((stay.stated and report.rare is None) or _says_nothing_new(report, stay)):
        return None
    forward = watermark if watermark > history.watermark else history.watermark
    passage = entered(history, live, rules, forward, report)
    try:
        passage.take(part)
    except Detour:
        return None
    return _step(history, passage, part, ((report, stay.visit_id),))


def repeated(history: History, report: Observation) -> bool:
    """Whether the very same report stands in the history; one that says otherwise in anything does
    not. What is written is looked for as it is, and must begin where a report does."""
    place = history.body.rfind(written(report))
    return place >= 0 and place in offsets(history.body)


def _is_ready(history: History, report: Observation, rules: Rules, watermark: int) -> bool:
    """Whether the report is new, and nothing else is to be judged before, nor by other limits."""
    return (
        history.due_at is not None
        and watermark < history.due_at
        and report.occurred_at > history.settled_until
        and history.register == rules.register.fingerprint
        and (report.rare is None or report.corrects is None)
        # An id that stands nowhere in the body is new; one that does may be part of another. To
        # look for text `in` bytes costs an error inside, since it might have been a number; to
        # look from the front costs three times as much as from the end.
        and history.body.rfind(report.event_id.encode()) < 0
    )


def _is_next(live: Live, report: Observation, part: Part, patience: Patience) -> bool:
    """Whether it comes after all that was told of the visit, in the order of the work, and can be
    judged alone in such a visit."""
    at, seen = report.occurred_at, live.seen
    if at < live.last_at or (at == live.last_at and part.rank <= live.last_rank):
        return False
    if seen & part.barred or (part.needed and not seen & part.needed):
        return False
    stay = live.stay
    if part.resumes and stay.held_until == NEVER:
        return False
    if stay.closed_at is not None:
        return part.belated and 0 < at - stay.closed_at <= patience.retention_s
    return not part.enters or stay.entered_at is None


def _says_nothing_new(report: Observation, stay: Stay) -> bool:
    """A trait stated for the first time may bring other limits, for what is past as well."""
    mode, direction, facility, size_type, laden, category, weight_kg, journey_s = stay.traits
    if (
        (direction is None and report.direction is not None)
        or (facility is None and report.facility is not None)
        or (size_type is None and report.size_type is not None)
        or (laden is None and report.laden is not None)
        or (category is None and report.category is not None)
        or (weight_kg is None and report.weight_kg is not None)
        or (mode is _ROAD and report.mode is not _ROAD)
    ):
        return False
    return journey_s is not None or report.rare is None or report.rare.journey_s is None


def _step(history: History, passage: Passage, part: Part, moved: Places) -> Step:
    """The history with the report in it, and what changed."""
    report, stay = passage.report, passage.live.stay
    if (
        (part.leaves and stay.closed_at is None)
        or (part.enters and stay.entered_at is None)
        or passage.booked is not stay.booked
    ):
        stay = _passed(stay, part, report.occurred_at, passage.booked)
    now = Live(
        stay, report.occurred_at, part.rank, passage.seen, passage.running, passage.done,
        passage.turns, passage.soonest,
    )  # fmt: skip
    later = left_behind(history, now, passage)
    cause = _EVENT, f"{report.source}/{report.event_id}"
    return Step(later, passage if passage.acts else (), moved, cause, later)


def _passed(stay: Stay, part: Part, at: int, booked: Booked) -> Stay:
    """The unit went in, or out, or work was booked or came to its end."""
    entered_at = at if part.enters and stay.entered_at is None else stay.entered_at
    closed_at = at if part.leaves and stay.closed_at is None else stay.closed_at
    return Stay(
        stay.visit_id, stay.traits, stay.parts, stay.stated, stay.since, entered_at, closed_at,
        stay.due_at, stay.held_until, stay.fallen, booked,
    )  # fmt: skip


def _first(
    history: History, live: Live, report: Observation, rules: Rules, watermark: int
) -> Step | None:
    """What is told while the unit is not there: it waits, or begins a visit. After other visits it
    may be of one of them, unless it comes in order."""
    if live is not WAITING and (report.kind in _OF_THE_LAST or not _is_later(live, report)):
        return None
    if report.kind in OPENERS:
        return _arrives(history, live, report, rules, max(watermark, history.watermark))
    now = live
    if live is not WAITING:
        due_at, ahead = live.stay.due_at, live.stay.ahead
        now = away(due_at, ahead, report.occurred_at, RANK[report.kind])
    return _waits(history, now, report, rules, watermark)


def _announced(
    history: History, live: Live, report: Observation, rules: Rules, watermark: int
) -> Step | None:
    """The next stay is announced of a unit that has left. What fell, and what is beside its visit,
    takes more thought."""
    stay = live.stay
    if stay.fallen or stay.due_at < NEVER or not _is_later(live, report):
        return None
    due_at = min(live.soonest, silent_until(stay, live.last_at, rules.patience))
    now = away(due_at, len(history.body), report.occurred_at, RANK[report.kind])
    return _waits(history, now, report, rules, watermark)


def _is_later(live: Live, report: Observation) -> bool:
    """Whether it comes after all that was told, in the order of the work."""
    return (report.occurred_at, RANK[report.kind]) > (live.last_at, live.last_rank)


def _waits(
    history: History, now: Live, report: Observation, rules: Rules, watermark: int
) -> Step | None:
    """One more report waits for the next visit."""
    forward = max(watermark, history.watermark)
    due_at = min(history.due_at or NEVER, report.occurred_at + rules.patience.ahead_s + 1)
    if due_at <= forward:
        return None
    later = History(
        history.key, history.unit_type, history.body + written(report), forward,
        history.settled_until, history.register, due_at, now,
    )  # fmt: skip
    return Step(later, (), ((report, None),), (_EVENT, f"{report.source}/{report.event_id}"), later)


def _arrives(
    history: History, before: Live, report: Observation, rules: Rules, forward: int
) -> Step | None:
    """The unit is there, and all that waited for it is of its visit: each of those reports is taken
    as if it came only now, one after the other."""
    places = offsets(history.body, before.stay.ahead)
    waiting = [(report_at(history.body, at), at) for at in places]
    waiting.sort(key=lambda told: order(told[0]))
    told = [*waiting, (report, len(history.body))]
    if waiting and not _can_wait([one for one, _ in waiting], report, rules.patience):
        return None
    traits = shared(traits_of([one for one, _ in told]))
    parts = parts_of(traits.mode, traits.direction, traits.laden)
    visit, since = visit_id(history.key, report.occurred_at), told[0][0].occurred_at
    stay = Stay(visit, traits, parts, stated(traits), since, due_at=before.stay.due_at)
    live = Live(stay, since, -1, 0)
    passage = entered(history, live, rules, forward)
    passage.body += written(report)
    try:
        for one, offset in told:
            part = parts[one.kind]
            if passage.seen & part.barred or (part.needed and not passage.seen & part.needed):
                return None
            passage.hear(one, offset)
            passage.take(part)
            passage.last_at = one.occurred_at
    except Detour:
        return None
    if waiting:
        passage.acts = _as_if_at_once(passage.acts)
    return _step(history, passage, part, tuple([(one, visit) for one, _ in told]))


def _as_if_at_once(acts: list[Act]) -> list[Act]:
    """What became of each occurrence in the end; nobody was told of it before."""
    last = {(act.stage_no, act.number): act for act in acts}
    return [msgspec.structs.replace(act, was=0) for act in last.values()]


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
        or waits(live)
        or forward >= live.stay.due_at
        or history.register != rules.register.fingerprint
    ):
        return None
    passage = entered(history, live, rules, forward)
    try:
        passage.wait(forward)
    except Detour:
        return None
    now = msgspec.structs.replace(live, running=passage.running, soonest=passage.soonest)
    later = left_behind(history, now, passage)
    over = forward >= silent_until(live.stay, live.last_at, rules.patience)
    if over and live.stay.due_at < NEVER:
        return None
    changes = passage if passage.acts else ()
    return Step(None if over else later, changes, (), (Cause.TIME, None), later)

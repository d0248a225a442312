"""Occurrences: where in a visit each stage of the table was begun and ended.

Reads `timing.stages` as data, one small function per shape; knows neither holds nor limits.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import msgspec

from events.vocabulary import Flag, Kind
from timing.forms import Frozen
from timing.instants import NEVER
from timing.observation import Observation
from timing.plans import NOBODY, Plan, plan_of
from timing.stages import JOINT, RESTUFFING, UNSTUFFING, Chain, Shape, Stage
from timing.visits import Visit

INFERRED, CLAMPED = Flag.INFERRED_CLOSE, Flag.CLAMPED
CONDITIONAL, UNDONE = Flag.CONDITIONAL_RELEASE, Flag.UNDONE
Reports = tuple[Observation, ...]
_REPEATED: Final = Shape.REPEATED
_CONDITIONALLY: Final = Kind.CONDITIONALLY_RELEASED
"""Members by names of the module: to ask an enumeration costs ten times as much (Python 3.11)."""


class Segment(NamedTuple):
    """A stretch in which the stage was being worked on; open at the end while `end` is None."""

    start: int
    end: int | None


class Occurrence(Frozen, frozen=True, gc=False):
    """One time that a stage was done. Only a joint stage has more than one segment.

    `appointments`: the reports that said for when the work was booked, in order.
    """

    stage: Stage
    number: int
    segments: tuple[Segment, ...]
    closed_at: int | None
    reports: Reports
    flags: tuple[str, ...] = ()
    appointments: Reports = ()

    @property
    def opened_at(self) -> int:
        """When its clock started."""
        return self.segments[0].start


def occurrences(visit: Visit, only: frozenset[Stage] | None = None) -> list[Occurrence]:
    """Every occurrence of every stage in one visit, in the order of the table. `only`: of these
    stages, and of a whole chain where its whole is among them; a joint stage needs its parts."""
    plan = _plan(visit)
    told = _told(plan, visit)
    found: list[Occurrence] = []
    for number, stage in enumerate(plan.spans):
        reports = told.get(number)
        if reports is None or visit.kinds.isdisjoint(stage.openers):
            continue
        if only is not None and stage not in only:
            continue
        if not stage.evidence or _is_shown(stage, visit):
            found += _spans(stage, reports, visit)
    packed = not visit.kinds.isdisjoint(JOINT.openers) and (only is None or JOINT in only)
    if packed and _is_shown(JOINT, visit):
        found += _joint(found, visit)
    for number, chain in enumerate(plan.chains, start=len(plan.spans)):
        if number in told and (only is None or chain.whole in only):
            found += _chain(chain, told[number], visit)
    return found


def unshown(visit: Visit) -> list[Occurrence]:
    """Every occurrence of stages that nothing has shown to exist. They do once something does."""
    plan = _plan(visit)
    told = _told(plan, visit)
    found: list[Occurrence] = []
    for number, stage in enumerate(plan.spans):
        if stage.evidence and number in told and not _is_shown(stage, visit):
            found += _spans(stage, told[number], visit)
    return found


def _plan(visit: Visit) -> Plan:
    """What is not said to be empty is laden."""
    traits = visit.traits
    return plan_of(traits.mode, traits.direction, traits.laden is not False)


def _told(plan: Plan, visit: Visit) -> dict[int, list[Observation]]:
    """Each report to the stages that it concerns. No work begins or ends on a unit that has left,
    except what outlives the visit."""
    told: dict[int, list[Observation]] = {}
    left_at = NEVER if visit.closed_at is None else visit.closed_at
    for report in visit.heard:
        concerned = plan.concerned if report.occurred_at <= left_at else plan.outliving
        for number in concerned.get(report.kind, NOBODY):
            if number in told:
                told[number].append(report)
            else:
                told[number] = [report]
    return told


def _is_shown(stage: Stage, visit: Visit) -> bool:
    kinds = [r.kind for r in visit.heard] if visit.gates else visit.kinds
    if not stage.evidence.isdisjoint(kinds):
        return True
    return not stage.evidence.isdisjoint([r.mode for r in visit.heard])


def _spans(stage: Stage, reports: list[Observation], visit: Visit) -> Iterable[Occurrence]:
    if stage.shape is not _REPEATED:
        return _once(stage, reports, visit)
    if stage.appointments is None:
        return _repeated(stage, reports, visit)
    return _booked(stage, reports, visit)


def _once(stage: Stage, reports: list[Observation], visit: Visit) -> tuple[Occurrence, ...]:
    closers = [r for r in reports if r.kind in stage.closers]
    opener = _restarted(stage, reports, closers) if stage.restarts else _preferred(stage, reports)
    if opener is None:
        return ()
    for closer in closers:
        if closer.occurred_at >= opener.occurred_at:
            flags = _on_condition(closer)
            return (_closed(stage, 1, (opener, closer), closer.occurred_at, flags),)
    if stage.clamped and closers:
        flags = (*_on_condition(closers[0]), CLAMPED)
        return (_closed(stage, 1, (opener, closers[0]), opener.occurred_at, flags),)
    return (_unclosed(stage, 1, (opener,), visit),)


def _on_condition(closer: Observation) -> tuple[str, ...]:
    return (CONDITIONAL,) if closer.kind is _CONDITIONALLY else ()


def _preferred(stage: Stage, reports: list[Observation]) -> Observation | None:
    for kind in stage.openers:
        for report in reports:
            if report.kind is kind:
                return report
    return None


def _restarted(
    stage: Stage, reports: list[Observation], closers: list[Observation]
) -> Observation | None:
    """The last opener before the closer: an earlier truck brought nothing."""
    openers = [r for r in reports if r.kind in stage.openers]
    in_time = [r for r in openers if not closers or r.occurred_at <= closers[0].occurred_at]
    return in_time[-1] if in_time else None


def _repeated(stage: Stage, reports: list[Observation], visit: Visit) -> Iterator[Occurrence]:
    """Order, start, end, and again. A new order after a start: the end went unreported."""
    current: list[Observation] = []
    number, armed = 1, False
    for report in reports:
        armed = armed or (stage.opens_after is not None and report.kind is stage.opens_after[1])
        if report.kind in stage.closers and current:
            flags: tuple[str, ...] = (UNDONE,) if report.kind is stage.undone else ()
            yield _closed(stage, number, (*current, report), report.occurred_at, flags)
            current, number, armed = [], number + 1, False
        elif report.kind is stage.implied and current:
            yield _closed(stage, number, (*current, report), report.occurred_at, (INFERRED,))
            current, number, armed = [], number + 1, False
        elif _opens(stage, report, armed):
            if _anew(stage, report, current):
                flags = (INFERRED, UNDONE) if stage.undone else (INFERRED,)
                yield _closed(stage, number, (*current, report), report.occurred_at, flags)
                current, number = [], number + 1
            if not current or report.kind is not current[-1].kind:
                current.append(report)
    if current:
        yield _unclosed(stage, number, tuple(current), visit)


def _opens(stage: Stage, report: Observation, armed: bool) -> bool:
    if report.kind not in stage.openers:
        return False
    return armed or stage.opens_after is None or report.kind is not stage.opens_after[0]


def _anew(stage: Stage, report: Observation, current: list[Observation]) -> bool:
    """A new order for work that had begun, or another truck. An inspection's end orders nothing
    anew."""
    if stage.restarts:
        return bool(current)
    first = stage.openers[0]
    begun = bool(current) and current[-1].kind is not first
    return begun and report.kind is first and stage.opens_after is None


def _closed(
    stage: Stage, number: int, reports: Reports, closed_at: int, flags: tuple[str, ...] = ()
) -> Occurrence:
    start = reports[0].occurred_at
    return Occurrence(stage, number, (Segment(start, closed_at),), closed_at, reports, flags)


def _booked(stage: Stage, reports: list[Observation], visit: Visit) -> Iterator[Occurrence]:
    """Each time the work was done, with the appointments made for it since the time before."""
    since = -NEVER
    booked = [r for r in reports if r.kind is stage.appointments and r.said.about_at]
    for each in _repeated(stage, reports, visit):
        until = NEVER if each.closed_at is None else each.closed_at
        mine = tuple(r for r in booked if since < r.occurred_at <= until)
        yield msgspec.structs.replace(each, appointments=mine) if mine else each
        since = until


def _unclosed(stage: Stage, number: int, reports: Reports, visit: Visit) -> Occurrence:
    """Still open; or, if the unit has left, ended with its leaving, by inference."""
    if visit.closed_at is not None and not stage.outlives_visit:
        leaving = next(r for r in visit.heard if r.occurred_at == visit.closed_at and _leaves(r))
        return _closed(stage, number, (*reports, leaving), visit.closed_at, (INFERRED,))
    return Occurrence(stage, number, (Segment(reports[0].occurred_at, None),), None, reports)


def _leaves(report: Observation) -> bool:
    return report.kind in (Kind.GATED_OUT, Kind.LOADED, Kind.RAIL_LOADED, Kind.DEPARTED)


def _joint(found: list[Occurrence], visit: Visit) -> Iterator[Occurrence]:
    """Unstuffing and restuffing as one piece of work: the time of both, not the time between."""
    outs = [o for o in found if o.stage is UNSTUFFING]
    ins = [o for o in found if o.stage is RESTUFFING]
    for number, out in enumerate(outs, start=1):
        until = outs[number].opened_at if number < len(outs) else NEVER
        back = next((i for i in ins if out.opened_at <= i.opened_at < until), None)
        yield _left_out(out, visit) if back is None else _put_back(out, back)


def _left_out(out: Occurrence, visit: Visit) -> Occurrence:
    """Not restuffed yet; once the unit has left, it never will be."""
    if visit.closed_at is None:
        return msgspec.structs.replace(out, stage=JOINT, closed_at=None)
    return msgspec.structs.replace(out, stage=JOINT, flags=_both(out.flags, (INFERRED,)))


def _put_back(out: Occurrence, back: Occurrence) -> Occurrence:
    """What goes back in has come out: an unstuffing still open, or overlapping, ends there."""
    start, end = out.segments[0]
    cut = end is None or end > back.opened_at
    segments = (Segment(start, back.opened_at if cut else end), *back.segments)
    reports = tuple(dict.fromkeys((*out.reports, *back.reports)))
    flags = _both(out.flags, back.flags, (INFERRED,) if end is None else ())
    return Occurrence(JOINT, out.number, segments, back.closed_at, reports, flags)


def _both(*flags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(flag for some in flags for flag in some))


def _chain(chain: Chain, reports: list[Observation], visit: Visit) -> list[Occurrence]:
    """Milestones never run backwards: one reported before its predecessor counts as with it."""
    found: dict[int, Observation] = {}
    for report in reports:
        found.setdefault(chain.places[report.kind], report)
    known = sorted(found.items())
    links: list[Occurrence] = []
    reached = 0
    for index, (place, report) in enumerate(known, start=1):
        reached = max(reached, report.occurred_at)
        if place < len(chain.stages):
            following = known[index][1] if index < len(known) else None
            links.append(_link(chain.stages[place], reached, report, following, visit))
    return links if not links or 0 not in found else [*links, _whole(chain, links)]


def _whole(chain: Chain, links: list[Occurrence]) -> Occurrence:
    """The stay from its first milestone: what the links sum to."""
    last = links[-1]
    segment = Segment(links[0].opened_at, last.segments[0].end)
    reports = (
        (links[0].reports[0],)
        if last.closed_at is None
        else (links[0].reports[0], last.reports[-1])
    )
    return Occurrence(chain.whole, 1, (segment,), last.closed_at, reports, last.flags)


def _link(
    stage: Stage,
    start: int,
    opener: Observation,
    closer: Observation | None,
    visit: Visit,
) -> Occurrence:
    if closer is None:
        open_one = _unclosed(stage, 1, (opener,), visit)
        end = None if open_one.closed_at is None else max(start, open_one.closed_at)
        segments = (Segment(start, end),)
        return msgspec.structs.replace(open_one, segments=segments, closed_at=end)
    end = max(start, closer.occurred_at)
    flags = _on_condition(closer)
    flags = (*flags, CLAMPED) if closer.occurred_at < start else flags
    if closer.kind not in stage.closers:
        flags = (*flags, INFERRED)
    return Occurrence(stage, 1, (Segment(start, end),), end, (opener, closer), flags)

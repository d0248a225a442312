"""How what is kept is shown: rows with the time left, the deeds done and the spot, for one moment.

Whether a viewer may see a row, and whether it answers what was asked, is decided here for what has
no bucket: incidents and inspections. Pure: the kept things in, views out.
"""

from collections.abc import Iterator, Set
from itertools import chain
from typing import Final

from serving.access.viewers import Viewer
from serving.board.crowd import named
from serving.board.facets import Facets
from serving.board.incidents import Life
from serving.board.inspections import ENDED_S, Course
from serving.board.judged import Judged
from serving.board.kept import Kept, facets_of
from serving.board.stages import Held
from serving.board.views import Asked, Counts, Inspection, Level, OpenStage, Share
from serving.board.visits import Visit

_URGENCY: Final = {level: number for number, level in enumerate(Level)}


def open_stage(kept: Kept, held: Held) -> OpenStage:
    """One row of the board, with what was done about it."""
    said, now_s = held.judged, kept.clock.now_s
    deeds = kept.incidents.deeds(said.incident)
    left_s = _left_s(said.deadline_at, now_s)
    return OpenStage(
        visit_id=said.visit_id,
        unit_type=said.unit_type,
        unit_id=said.unit_id,
        port=said.port,
        facility=said.facility,
        spot=kept.whereabouts.spot(said.port, said.unit_id),
        stage=said.stage,
        occurrence=said.occurrence,
        mode=said.mode,
        answers=said.answers,
        limit_id=said.limit_id,
        edition=said.edition,
        limit_s=said.limit_s,
        opened_at=said.opened_at,
        deadline_at=said.deadline_at,
        left_s=left_s,
        used=_used(said, now_s),
        level=held.level,
        incident=said.incident,
        acknowledged_by=deeds.acknowledged_by,
        assigned_to=deeds.assigned_to,
    )


def _left_s(deadline_at: int | None, now_s: int | None) -> int | None:
    return None if deadline_at is None or now_s is None else deadline_at - now_s


def _used(said: Judged, now_s: int | None) -> float | None:
    """The part of the time up to the deadline that has passed. Where there was none to begin with,
    all of it has."""
    if said.deadline_at is None or now_s is None:
        return None
    whole_s = said.deadline_at - said.opened_at
    return (now_s - said.opened_at) / whole_s if whole_s > 0 else 1.0


def shows_incident(kept: Kept, life: Life, viewer: Viewer, asked: Asked) -> bool:
    """Whether an incident is theirs to see and answers. An alert tells neither yard nor mode: they
    are those of the unit while it has an open stage."""
    said = life.last
    if not viewer.sees(said.port, said.facility, said.stage, said.answers):
        return False
    told = (said.port, said.facility, said.stage, said.answers)
    wanted = (asked.port, asked.facility, asked.stage, asked.answers)
    if any(want not in ("", have) for want, have in zip(wanted, told, strict=True)):
        return False
    if not asked.yard and not asked.mode:
        return True
    visit = kept.visits.known(said.visit_id)
    if visit is None or visit.mode is None:
        return False
    return asked.yard in ("", kept.yard(said.port, said.unit_id)) and asked.mode in ("", visit.mode)


def inspections(kept: Kept, viewer: Viewer, asked: Asked) -> Iterator[Inspection]:
    """Every inspection that is theirs to see and answers, by the step where it stands: those under
    way by the nearest deadline, then those that ended of late, the last first."""
    now_s = kept.clock.now_s
    ended = () if now_s is None else kept.inspected.ended(now_s - ENDED_S)
    for visit_id, course in chain(kept.inspected.under_way(), ended):
        visit = kept.visits.known(visit_id)
        over = visit is None or (course.ended_at is None and not visit.open)
        if visit is not None and not over and _shows(kept, course, viewer, asked):
            yield _inspection(visit, course, now_s)


def _shows(kept: Kept, course: Course, viewer: Viewer, asked: Asked) -> bool:
    now = course.now
    if asked.stage not in ("", now.stage) or not facets_of(now).answer(asked):
        return False
    if asked.yard and kept.yard(now.port, now.unit_id) != asked.yard:
        return False
    return all(viewer.sees(one.port, one.facility, one.stage, one.answers) for one in course.steps)


def _inspection(visit: Visit, course: Course, now_s: int | None) -> Inspection:
    held = (visit.open[step.slot] for step in course.steps if step.slot in visit.open)
    now, deadline_at = course.now, course.deadline_at
    return Inspection(
        visit_id=visit.id,
        unit_id=now.unit_id,
        unit_type=now.unit_type,
        port=now.port,
        facility=now.facility,
        noticed_at=course.noticed_at,
        received_at=course.received_at,
        positioned_at=course.positioned_at,
        started_at=course.started_at,
        ended_at=course.ended_at,
        level=max((one.level for one in held), key=_URGENCY.__getitem__, default=Level.CALM),
        deadline_at=deadline_at,
        left_s=_left_s(deadline_at, now_s),
    )


def shares_by(kept: Kept, chosen: Set[Facets], word: str, yard: str) -> list[Share]:
    """The counts by one facet."""
    groups: dict[str, list[Facets]] = {}
    for facets in chosen:
        groups.setdefault(named(facets, word), []).append(facets)
    units = kept.crowd.by(chosen, word, yard)
    return [
        Share(name, Counts(units[name], *kept.stages.tally(among, yard)))
        for name, among in groups.items()
        if not yard or units[name]
    ]


def shares_by_yard(kept: Kept, chosen: Set[Facets], yard: str) -> list[Share]:
    """The counts by yard block, of one block or of all."""
    if yard:
        units = kept.crowd.among(chosen, yard)
        return [Share(yard, Counts(units, *kept.stages.tally(chosen, yard)))] if units else []
    by_yard = kept.crowd.by_yard(chosen)
    return [
        Share(name, Counts(by_yard[name], *tally))
        for name, tally in kept.stages.yards(chosen).items()
    ]


def worst_first(share: Share) -> tuple[int, int, int, int, str]:
    """Most breached, then most at risk, most open, most units; by name where all are alike."""
    counts = share.counts
    return -counts.breached, -counts.at_risk, -counts.open, -counts.units, share.name

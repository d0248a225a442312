"""Inspections, from the notice to the end, put together from the stages of a visit.

An inspection begins with the notice that opens `inspection-positioning`, and everything until the
next notice is part of it; steps before any notice make one of their own, since reports come late.
The yard has received the order when the first transfer or move after the notice begins, if that is
before the unit stands on the platform. Under several limits a stage is one step. Must never know a
viewer. Bounded by the visits that are remembered.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise, takewhile
from typing import Final, NamedTuple

from sortedcontainers import SortedList

from serving.board.judged import Judged

POSITIONING: Final = "inspection-positioning"
WAIT: Final = "inspection-wait"
INSPECTION: Final = "inspection"
INSPECTED: Final = frozenset({POSITIONING, WAIT, INSPECTION})
YARD_WORK: Final = frozenset({"in-yard-transfer", "box-move"})
STEPS: Final = INSPECTED | YARD_WORK
ENDED_S: Final = 24 * 3600
"""How long an inspection is shown after its end, in event time."""
_NEVER: Final = 2**62


class Course(NamedTuple):
    """One inspection of a visit: its instants, and the steps that it was told by."""

    noticed_at: int
    received_at: int | None
    positioned_at: int | None
    started_at: int | None
    ended_at: int | None
    steps: tuple[Judged, ...]
    now: Judged
    """The step where it stands: the last that began."""

    @property
    def deadline_at(self) -> int | None:
        """The nearest deadline of a step that goes on."""
        ends = (step.deadline_at for step in self.steps if step.open)
        return min((end for end in ends if end is not None), default=None)


def courses(steps: Iterable[Judged]) -> list[Course]:
    """Every inspection told by the steps of one visit, in the order of their beginnings."""
    told = sorted(steps, key=lambda step: (step.opened_at, step.slot))
    inspected = [step for step in told if step.stage in INSPECTED]
    if not inspected:
        return []
    notices = [step.opened_at for step in inspected if step.stage == POSITIONING]
    bounds = sorted({inspected[0].opened_at, *notices})
    spans = pairwise([*bounds, _NEVER])
    return [_course(start, _within(told, start, end)) for start, end in spans]


def _within(told: list[Judged], start: int, end: int) -> list[Judged]:
    return [step for step in told if start <= step.opened_at < end]


def _course(noticed_at: int, told: list[Judged]) -> Course:
    inspected = tuple(step for step in told if step.stage in INSPECTED)
    positioned_at = _earliest(_positioned(inspected))
    yard = (step.opened_at for step in told if step.stage in YARD_WORK)
    until = _NEVER if positioned_at is None else positioned_at
    began = [step for step in inspected if step.stage == INSPECTION]
    return Course(
        noticed_at,
        _earliest(at for at in yard if at <= until),
        positioned_at,
        _earliest(step.opened_at for step in began),
        _ended_at(began),
        inspected,
        max(inspected, key=lambda step: (step.opened_at, *step.slot)),
    )


def _positioned(inspected: Iterable[Judged]) -> Iterator[int]:
    for step in inspected:
        if step.stage == WAIT:
            yield step.opened_at
        elif step.stage == POSITIONING and step.closed_at is not None:
            yield step.closed_at


def _ended_at(began: list[Judged]) -> int | None:
    """When the last of the inspections under one notice ended; None while one goes on."""
    ends = [step.closed_at for step in began]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def _earliest(moments: Iterable[int]) -> int | None:
    return min(moments, default=None)


class _Ranked(NamedTuple):
    """An inspection in its order: by the nearest deadline, or by the last end."""

    at: int
    noticed_at: int
    visit_id: str
    course: Course


class Inspected:
    """Every inspection of the visits that are remembered."""

    def __init__(self) -> None:
        self._of: dict[str, list[_Ranked]] = {}
        self._under_way: SortedList[_Ranked] = SortedList()
        self._ended: SortedList[_Ranked] = SortedList()

    def tell(self, visit_id: str, steps: Iterable[Judged]) -> bool:
        """The steps of a visit as they stand; returns whether it has, or had, an inspection."""
        before = self._of.pop(visit_id, [])
        for ranked in before:
            self._list(ranked.course).remove(ranked)
        after = [_ranked(visit_id, course) for course in courses(steps)]
        for ranked in after:
            self._list(ranked.course).add(ranked)
        if after:
            self._of[visit_id] = after
        return bool(before or after)

    def under_way(self) -> Iterator[tuple[str, Course]]:
        """Those that have not ended, with their visits, by the nearest deadline."""
        return ((ranked.visit_id, ranked.course) for ranked in self._under_way)

    def ended(self, since: int) -> Iterator[tuple[str, Course]]:
        """Those that ended at an instant or after it, the last first."""
        of_late = takewhile(lambda ranked: -ranked.at >= since, self._ended)
        return ((ranked.visit_id, ranked.course) for ranked in of_late)

    def _list(self, course: Course) -> "SortedList[_Ranked]":
        return self._under_way if course.ended_at is None else self._ended

    def __len__(self) -> int:
        return len(self._under_way) + len(self._ended)


def _ranked(visit_id: str, course: Course) -> _Ranked:
    """No two of a visit were noticed at once, so that courses are never compared."""
    due_at, ended_at = course.deadline_at, course.ended_at
    at = (_NEVER if due_at is None else due_at) if ended_at is None else -ended_at
    return _Ranked(at, course.noticed_at, visit_id, course)

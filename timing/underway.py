"""What is under way in a plain visit while a report goes through it: opened, gone on with, ended.

Each occurrence is found, judged and written in the few numbers of `timing.running`. Which of them a
report concerns is for `timing.passage` to say. What cannot be told in brief is refused with a
Detour, and nothing of it is kept.
"""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from events.vocabulary import Kind, Mode
from timing.announce import Change
from timing.brief import Brief, Detour
from timing.dwell import Turns
from timing.findings import LEVELS, Level
from timing.history import report_at
from timing.observation import Observation
from timing.occurrences import NEVER, Occurrence, Segment
from timing.roles import BOOKS, CLEARANCE, CONCERNS, PARTIES, SHOWS, first_party
from timing.running import (
    NOWHERE,
    ODD,
    SIZE,
    Live,
    earliest,
    pack,
    pack_into,
    turns_in,
    unpack_from,
)
from timing.stages import STAGES, Stage

NOTHING = Observation("", "", Kind.ARRIVED, 0, 0, Mode.ROAD, None, None, None, None, None)
"""No report: nothing but time goes through the visit."""
ASKED_OF = tuple(
    CLEARANCE | {stage.id} if stage.answers == "all" else frozenset({stage.id}) for stage in STAGES
)
"""By the number of a stage: of which stages a suspension may speak that bears upon it. Where all
answer together, a suspension of any part of the clearance may.
"""
_new = tuple.__new__
"""Makes a named tuple in half the time that calling its class takes, for the road that all take."""


class Act(NamedTuple):
    """What happened to one occurrence: where the reports stand in the body of the history that
    shaped it, since when it is under way and until when, and how urgent it was before. `told`: only
    people are told of it.
    """

    stage_no: int
    number: int
    start: int
    end: int | None
    offsets: tuple[int, ...]
    flags: tuple[str, ...]
    was: int
    told: bool


class Acts(msgspec.Struct, gc=False):
    """What happened to the occurrences of a visit, in short: changes that are made when somebody
    asks for them."""

    brief: Brief
    body: bytes
    turns: bytes
    acts: list[Act]
    made: tuple[Change, ...] | None = None

    def __len__(self) -> int:
        """How many changes there are."""
        return len(self.acts)

    def __iter__(self) -> Iterator[Change]:
        """The changes, made once."""
        if self.made is None:
            self.made = tuple(map(self._change, self.acts))
        return iter(self.made)

    def _change(self, act: Act) -> Change:
        stage_no, number, start, end, offsets, flags, was, told = act
        stage, reports = STAGES[stage_no], tuple(report_at(self.body, at) for at in offsets)
        if end is None:
            finding = self.brief.opened(stage, number, start, reports)
        else:
            segments = (Segment(start, end),)
            occurrence = Occurrence(stage, number, segments, end, reports, flags)
            turns = self._turns() if stage.answers == "all" else ()
            finding = self.brief.closed(occurrence, turns)
        return Change(finding, False, LEVELS[was], False, told)

    def _turns(self) -> Turns:
        """Whose turn it was since when, in the chain of the visit's direction."""
        first = first_party(self.brief.traits.direction)
        assert first is not None, "all answer together only where a chain says in which order"
        return ((0, first), *((since, PARTIES[n]) for n, since in turns_in(self.turns)))


class UnderWay(msgspec.Struct, gc=False):
    """A plain visit, as it is while reports go through it or time passes.

    `seen` is the mask of what was seen with the report under way, `before` without it; `offset` is
    where that report stands in the body of the history. `left`: the unit left before.
    `undisturbed`: no hold, suspension or correction is known at all.
    """

    live: Live
    body: bytes
    brief: Brief
    running: bytearray
    done: bytes
    turns: bytes
    soonest: int
    seen: int
    last_at: int
    left: bool
    undisturbed: bool
    acts: list[Act]
    report: Observation = NOTHING
    before: int = 0
    offset: int = 0

    def place_of(self, stage_no: int) -> int:
        """Where the occurrence of a stage is written, in bytes; negative if none is under way."""
        return self.running[::SIZE].find(stage_no) * SIZE

    def open(self, stage_no: int, kind_no: int) -> None:
        """A stage is begun by the report, once more if it was done before."""
        report, number, offset = self.report, self.done.count(stage_no) + 1, self.offset
        stage, start, level = STAGES[stage_no], report.occurred_at, 0
        if self._is_told(stage_no, start, 0):
            due_at, level = self.brief.outlook(stage, start, report.facility, start)
            self.acts.append(_new(Act, (stage_no, number, start, None, (offset,), (), 0, False)))
        else:
            due_at, level = NEVER, odd(self.brief, stage, start, report.facility)
        self.running += pack(stage_no, number, start, due_at, level, kind_no, offset, NOWHERE)
        if due_at < self.soonest:
            self.soonest = due_at

    def go_on(self, begin: int, kind_no: int) -> None:
        """What was ordered is started by the report."""
        one = unpack_from(self.running, begin)
        stage_no, number, start, due_at, level, _, first, second = one
        if second != NOWHERE:
            raise Detour
        pack_into(
            self.running, begin, stage_no, number, start, due_at, level, kind_no, first, self.offset
        )
        if self._is_told(stage_no, start, level):
            both = first, self.offset
            self.acts.append(_new(Act, (stage_no, number, start, None, both, (), level, False)))
            if self.report.occurred_at >= due_at:
                self._look(begin, self.report.occurred_at)

    def look_at(self, begin: int, *, waited: bool) -> None:
        """Time has passed, or the stage is shown to exist: what it is like now."""
        stage_no, number, start, _, level, _, first, second = unpack_from(self.running, begin)
        if self._is_told(stage_no, start, level):
            both = (first,) if second == NOWHERE else (first, second)
            now = self._look(begin, report_at(self.body, both[-1]).occurred_at)
            # To be at risk is told to people; the outcome of what they are told of is as it was.
            told = waited and now is Level.AT_RISK
            self.acts.append(Act(stage_no, number, start, None, both, (), level, told))

    def close(self, begin: int, flags: tuple[str, ...]) -> None:
        """What is under way ends with the report."""
        stage_no, number, start, due_at, level, _, first, second = unpack_from(self.running, begin)
        self.drop(begin)
        self.done += stage_no.to_bytes()
        if due_at == self.soonest and due_at != NEVER:
            self.soonest = earliest(self.running)
        if not self._is_told(stage_no, start, level):
            return
        if flags and self.brief.may_lapse(STAGES[stage_no], start, self._facility(first)):
            raise Detour
        offsets = (first, self.offset) if second == NOWHERE else (first, second, self.offset)
        end = self.report.occurred_at
        self.acts.append(_new(Act, (stage_no, number, start, end, offsets, flags, level, False)))

    def drop(self, begin: int) -> None:
        """It is under way no longer."""
        del self.running[begin : begin + SIZE]

    def stood_still(self, start: int, stages: frozenset[str]) -> bool:
        """Whether a clock of the visit, or work at the port on any such stage, stood still after an
        instant."""
        return start < self.live.held_until or any(
            (rest.end is None or rest.end > start)
            and (not rest.stages or not stages.isdisjoint(rest.stages))
            for rest in self.brief.rules.closures.of(self.brief.port)
        )

    def _look(self, begin: int, heard_at: int) -> Level:
        """Judge again what is under way, and note when to look next."""
        one = unpack_from(self.running, begin)
        stage_no, number, start, was_due_at, _, kind_no, first, second = one
        facility = self._facility(first)
        due_at, now = self.brief.outlook(STAGES[stage_no], start, facility, heard_at)
        pack_into(self.running, begin, stage_no, number, start, due_at, now, kind_no, first, second)
        if was_due_at == self.soonest or due_at < self.soonest:
            self.soonest = earliest(self.running)
        return now

    def _facility(self, offset: int) -> str | None:
        return report_at(self.body, offset).facility

    def _is_told(self, stage_no: int, start: int, level: int) -> bool:
        """Whether anything has shown the stage to exist. Refuses what takes more than the short
        road, or what a hold, a suspension, an appointment or a correction bears upon."""
        shows = SHOWS[stage_no]
        if shows and not shows & self.seen:
            return False
        if level >= ODD or self.seen & BOOKS[stage_no]:
            raise Detour
        if not self.undisturbed and (
            self.live.fallen & CONCERNS[stage_no] or self.stood_still(start, ASKED_OF[stage_no])
        ):
            raise Detour
        return True


def odd(brief: Brief, stage: Stage, start: int, facility: str | None) -> int:
    """ODD where it takes more than the short road to judge what began then; else 0."""
    try:
        brief.limit(stage, start, facility)
    except Detour:
        return ODD
    return 0

"""What is under way in a plain visit while a report goes through it: opened, gone on with, ended.

Each occurrence is found, judged and written in the few numbers of `timing.running`. Which of them a
report concerns is for `timing.passage` to say. What cannot be told in brief is refused with a
Detour, and nothing of it is kept.
"""

from collections.abc import Iterator
from typing import Final

from events.vocabulary import Kind, Mode
from timing.announce import Change
from timing.brief import Brief, Detour
from timing.dwell import Turns
from timing.findings import LEVELS, Finding, Level
from timing.forms import Frozen
from timing.history import report_at
from timing.instants import NEVER
from timing.observation import Observation
from timing.occurrences import Occurrence, Reports, Segment
from timing.roles import (
    BOOKED_NO,
    CLEARANCE,
    CONCERNS,
    NOTHING_PLAIN,
    PARTIES,
    SHOWS,
    first_party,
)
from timing.running import (
    NOTHING_BOOKED,
    NOWHERE,
    ODD,
    SIZE,
    Booked,
    Fallen,
    Live,
    Running,
    earliest,
    pack,
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
_AT_RISK: Final = Level.AT_RISK
BYTE: Final = tuple(number.to_bytes() for number in range(len(STAGES)))
"""The number of each stage, as a byte."""


class Act(Frozen, frozen=True, gc=False):
    """What happened to one occurrence: where the reports stand in the body of the history that
    shaped it, since when it is under way and until when, and how urgent it was before. `told`: only
    people are told of it. `booked` are its appointments.
    """

    stage_no: int
    number: int
    start: int
    end: int | None
    offsets: tuple[int, ...]
    flags: tuple[str, ...]
    was: int
    told: bool
    booked: Booked = NOTHING_BOOKED


class Acts(Brief, gc=False):
    """What happened to the occurrences of a visit, in short: changes that are made when somebody
    asks for them, and by then nothing else may happen to it."""

    body: bytes
    turns: bytes
    fallen: Fallen
    acts: list[Act]
    made: tuple[Change, ...] | None

    def __len__(self) -> int:
        """How many changes there are."""
        return len(self.acts)

    def __iter__(self) -> Iterator[Change]:
        """The changes, made once."""
        if self.made is None:
            self.made = tuple(map(self._change, self.acts))
        return iter(self.made)

    def _change(self, act: Act) -> Change:
        return Change(self.judged(act), False, LEVELS[act.was], False, act.told)

    def occurrence(self, act: Act) -> Occurrence:
        """An occurrence as it is after an act."""
        return Occurrence(
            STAGES[act.stage_no], act.number, (Segment(act.start, act.end),), act.end,
            tuple([self.heard_at(offset) for offset in act.offsets]), act.flags,
            tuple([self.heard_at(offset) for offset in act.booked]) if act.booked else (),
        )  # fmt: skip

    def judged(self, act: Act) -> Finding:
        """What an occurrence amounts to as it is after an act. Raises Detour."""
        occurrence = self.occurrence(act)
        stage = occurrence.stage
        fallen = self._fallen(act.stage_no) if self.fallen else ()
        if act.end is None:
            return self.opened(occurrence, fallen)
        return self.closed(occurrence, self._turns() if stage.answers == "all" else (), fallen)

    def heard_at(self, offset: int) -> Observation:
        """The report that stands at an offset of the body."""
        return report_at(self.body, offset)

    def _fallen(self, stage_no: int) -> Reports:
        """What no longer stands, and would have shaped such an occurrence."""
        mine = [at for bit, at in self.fallen if bit & CONCERNS[stage_no]]
        return tuple([self.heard_at(at) for at in mine])

    def _turns(self) -> Turns:
        """Whose turn it was since when, in the chain of the visit's direction."""
        first = first_party(self.traits.direction)
        assert first is not None, "all answer together only where a chain says in which order"
        return ((0, first), *((since, PARTIES[n]) for n, since in turns_in(self.turns)))


class UnderWay(Acts, gc=False):
    """A plain visit, as it is while reports go through it or time passes.

    `plain` has a 1 for each stage of which every occurrence is told and judged without more ado.
    `left`: the unit left before. `report` is the one under way, and `offset` where it stands in the
    body; `seen` is the mask of what was seen with it, `before` without it; `ended` is what was done
    without it; `booked` are the appointments for work that has not ended.
    """

    live: Live
    running: bytes
    done: bytes
    soonest: int
    last_at: int
    left: bool
    plain: bytes
    report: Observation
    offset: int
    before: int
    seen: int
    ended: bytes
    booked: Booked

    def heard_at(self, offset: int) -> Observation:
        """The same; the one under way need not be read again, which was half of the reading."""
        return self.report if offset == self.offset else report_at(self.body, offset)

    def place_of(self, stage_no: int) -> int:
        """Where the occurrence of a stage is written, in bytes; negative if none is under way."""
        return self.running[::SIZE].find(stage_no) * SIZE

    def open(self, stage_no: int, kind_no: int) -> None:
        """A stage is begun by the report, once more if it was done before."""
        report, offset, done = self.report, self.offset, self.done
        stage, start, level = STAGES[stage_no], report.occurred_at, 0
        number = done.count(stage_no) + 1 if stage_no in done else 1
        if self.plain[stage_no] or self._is_told(stage_no, start, 0):
            heard_at = self._heard_at(stage_no, start) if self.fallen else start
            due_at, level = self.outlook(stage, start, report.facility, heard_at)
            booked = self.booked if stage_no == BOOKED_NO else NOTHING_BOOKED
            self.acts.append(Act(stage_no, number, start, None, (offset,), (), 0, False, booked))
        else:
            due_at, level = NEVER, odd(self, stage, start, report.facility)
        self.running += pack(stage_no, number, start, due_at, level, kind_no, offset, NOWHERE)
        if due_at < self.soonest:
            self.soonest = due_at

    def go_on(self, begin: int, kind_no: int) -> None:
        """What was ordered is started by the report."""
        one = unpack_from(self.running, begin)
        stage_no, number, start, due_at, level, _, first, second = one
        if second != NOWHERE:
            raise Detour
        self._put(begin, (*one[:5], kind_no, first, self.offset))
        if (level < ODD and self.plain[stage_no]) or self._is_told(stage_no, start, level):
            both = first, self.offset
            self.acts.append(Act(stage_no, number, start, None, both, (), level, False))
            if self.report.occurred_at >= due_at:
                self._look(begin, self.report.occurred_at)

    def book(self) -> None:
        """The report says for when work is booked, under way or to come. Raises Detour where it may
        be of the same second as the end of such work."""
        report = self.report
        if not report.said.about_at:
            return
        if report.occurred_at == self.last_at:
            raise Detour
        self.booked += (self.offset,)
        begin = self.place_of(BOOKED_NO)
        if begin >= 0:
            stage_no, number, start, due_at, level, _, first, second = unpack_from(
                self.running, begin
            )
            if self._is_told(stage_no, start, level):
                both = (first,) if second == NOWHERE else (first, second)
                act = Act(stage_no, number, start, None, both, (), level, False, self.booked)
                self.acts.append(act)
                if report.occurred_at >= due_at:
                    self._look(begin, report.occurred_at)

    def look_at(self, begin: int, *, waited: bool) -> None:
        """Time has passed, or the stage is shown to exist: what it is like now."""
        stage_no, number, start, _, level, _, first, second = unpack_from(self.running, begin)
        if self._is_told(stage_no, start, level):
            both = (first,) if second == NOWHERE else (first, second)
            now = self._look(begin, self.heard_at(both[-1]).occurred_at)
            # To be at risk is told to people; the outcome of what they are told of is as it was.
            told = waited and now is _AT_RISK
            booked = self.booked if stage_no == BOOKED_NO else NOTHING_BOOKED
            self.acts.append(Act(stage_no, number, start, None, both, (), level, told, booked))

    def close(self, begin: int, flags: tuple[str, ...]) -> None:
        """What is under way ends with the report."""
        running = self.running
        stage_no, number, start, due_at, level, _, first, second = unpack_from(running, begin)
        self.running = running[:begin] + running[begin + SIZE :]
        self.done += BYTE[stage_no]
        if due_at != NEVER and due_at == self.soonest:
            self.soonest = earliest(self.running)
        booked = NOTHING_BOOKED
        if stage_no == BOOKED_NO:
            booked, self.booked = self.booked, NOTHING_BOOKED
        if not (level < ODD and self.plain[stage_no]) and not self._is_told(stage_no, start, level):
            return
        if flags and self.may_lapse(STAGES[stage_no], start, self._facility(first)):
            raise Detour
        offsets = (first, self.offset) if second == NOWHERE else (first, second, self.offset)
        end = self.report.occurred_at
        self.acts.append(Act(stage_no, number, start, end, offsets, flags, level, False, booked))

    def drop(self, begin: int) -> None:
        """It is under way no longer."""
        self.running = self.running[:begin] + self.running[begin + SIZE :]

    def stood_still(self, start: int, stages: frozenset[str]) -> bool:
        """Whether a clock of the visit, or work at the port on any such stage, stood still after an
        instant."""
        return start < self.live.stay.held_until or any(
            (rest.end is None or rest.end > start)
            and (not rest.stages or not stages.isdisjoint(rest.stages))
            for rest in self.rules.closures.of(self.port)
        )

    def _look(self, begin: int, heard_at: int) -> Level:
        """Judge again what is under way, and note when to look next."""
        one = unpack_from(self.running, begin)
        stage_no, _, start, was_due_at, _, _, first, _ = one
        heard_at = self._heard_at(stage_no, heard_at) if self.fallen or self.booked else heard_at
        due_at, now = self.outlook(STAGES[stage_no], start, self._facility(first), heard_at)
        self._put(begin, (*one[:3], due_at, now, *one[5:]))
        if was_due_at == self.soonest or due_at < self.soonest:
            self.soonest = earliest(self.running)
        return now

    def _heard_at(self, stage_no: int, at: int) -> int:
        """The latest instant that anything bearing on an occurrence speaks of."""
        beside = [fell.occurred_at for fell in self._fallen(stage_no)]
        if stage_no == BOOKED_NO:
            beside += [self.heard_at(offset).occurred_at for offset in self.booked]
        return max([at, *beside])

    def _put(self, begin: int, one: Running) -> None:
        self.running = self.running[:begin] + pack(*one) + self.running[begin + SIZE :]

    def _facility(self, offset: int) -> str | None:
        return self.heard_at(offset).facility

    def _is_told(self, stage_no: int, start: int, level: int) -> bool:
        """Whether anything has shown the stage to exist. Refuses what takes more than the short
        road, or what a hold or a suspension bears upon."""
        shows = SHOWS[stage_no]
        if shows and not shows & self.seen:
            return False
        if level >= ODD:
            raise Detour
        if self.plain is NOTHING_PLAIN and self.stood_still(start, ASKED_OF[stage_no]):
            raise Detour
        return True


def odd(brief: Brief, stage: Stage, start: int, facility: str | None) -> int:
    """ODD where it takes more than the short road to judge what began then; else 0."""
    try:
        brief.limit(stage, start, facility)
    except Detour:
        return ODD
    return 0

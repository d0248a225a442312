"""The passage of one report, in order, through the stages of a plain visit that its kind concerns.

Reads what the kind may do off `timing.roles`. Must never judge anything: what is under way does
(`timing.underway`), or refuses.
"""

from events.identifiers import PORT_CODE_CHARS
from timing.brief import Detour
from timing.history import History, written
from timing.observation import Observation
from timing.occurrences import INFERRED, UNDONE
from timing.roles import (
    BIT,
    CLEARANCE,
    EVIDENCE,
    NOTHING_PLAIN,
    PLAIN,
    SHOWN,
    WHOLES,
    Links,
    Part,
    Role,
    Turn,
)
from timing.rules import Rules
from timing.running import SIZE, Live, Stay, kind_of, silent_until, unpack_from
from timing.running import turn as written_turn
from timing.stages import JOINT, RESTUFFING, STAGES, UNSTUFFING
from timing.underway import NOTHING, UnderWay

PACKING = frozenset({UNSTUFFING, RESTUFFING, JOINT})
"""Stages of which one is made of the two others, so that all end together."""


class Passage(UnderWay, gc=False):
    """One report after the other goes through a visit."""

    def hear(self, report: Observation, offset: int) -> None:
        """A report of the body is the one under way from now on."""
        self.report, self.offset, self.before, self.ended = report, offset, self.seen, self.done
        self.seen |= BIT[report.kind] | BIT[report.mode]

    def take(self, part: Part) -> None:
        """All that the report does to the stages of the visit. Raises Detour."""
        for role in part.after if self.left else part.roles:
            self._play(role, part.kind_no)
        if part.milestone:
            self._reach(part)
        if fresh := (self.seen ^ self.before) & EVIDENCE:
            self._show(fresh)

    def wait(self, watermark: int) -> None:
        """What is due by a watermark is judged again. Raises Detour."""
        for begin in range(0, len(self.running), SIZE):
            if unpack_from(self.running, begin)[3] <= watermark:
                self.look_at(begin, waited=True)

    def unpacked(self) -> None:
        """The box was unpacked, and what is made of two stages ends or is shown. Raises Detour."""
        raise Detour

    def _play(self, role: Role, kind_no: int) -> None:
        stage_no, begun = role.stage_no, self.running[::SIZE]  # As in `place_of`, without the call.
        if stage_no not in begun:
            if role.opens and not role.closes:
                self._begins(role, kind_no)
            elif role.closes and role.stage.clamped and stage_no in self.done:
                raise Detour
        elif role.closes:
            self.close(begun.find(stage_no) * SIZE, role.ends_as)
        else:
            self._goes_on(role, begun.find(stage_no) * SIZE, kind_no)

    def _begins(self, role: Role, kind_no: int) -> None:
        stage = role.stage
        if role.once:
            done, ended = role.stage_no in self.done, role.closers & self.before
            at_once = self.report.occurred_at == self.last_at
            if (done and role.first) or (ended and (stage.clamped or at_once)):
                raise Detour
            if done or (ended and stage.restarts):
                return
        self.open(role.stage_no, kind_no)

    def _goes_on(self, role: Role, begin: int, kind_no: int) -> None:
        """Another opener of what has begun: the start after the order, or a new beginning; or what
        implies that it has ended."""
        was_kind_no = kind_of(self.running, begin)
        if not role.opens:
            self.close(begin, (INFERRED,))
        elif role.stage.restarts or (role.first and was_kind_no != kind_no):
            self._anew(role, begin, kind_no)
        elif role.again and was_kind_no != kind_no:
            self.go_on(begin, kind_no)

    def _anew(self, role: Role, begin: int, kind_no: int) -> None:
        """Another truck, or another order after work had begun, ends what was under way."""
        stage = role.stage
        if role.again and stage.opens_after is None:
            self.close(begin, (INFERRED, UNDONE) if stage.undone else (INFERRED,))
        elif stage.restarts:
            self.drop(begin)
        else:
            raise Detour
        self.open(role.stage_no, kind_no)

    def _reach(self, part: Part) -> None:
        """An appointment is made; a milestone hands the unit over, is a link of its chain, or takes
        the unit away."""
        if part.books and not self.left:
            self.book()
        if part.turn is not None:
            self._hand_over(part.turn)
        if part.links is not None and (not self.left or part.links.outlives):
            self._link(part.links, part.kind_no)
        if part.leaves and not self.left:
            self._leave()

    def _hand_over(self, turn: Turn) -> None:
        """A hold may count in one turn and not in the next."""
        if not self.before & turn.this:
            if self.before & turn.later:
                raise Detour
            if self.plain is NOTHING_PLAIN and self.stood_still(self.live.stay.since, CLEARANCE):
                raise Detour
            self.turns += written_turn(turn.party_no, self.report.occurred_at)

    def _link(self, links: Links, kind_no: int) -> None:
        """The next milestone of the chain ends the link under way and begins its own; with the last
        one the whole has ended, too."""
        seen = self.before
        if seen & links.this:
            return
        begin = self._under_way(links.numbers)
        if seen & links.later or (begin < 0 and self.left and seen & links.any):
            raise Detour
        flags: tuple[str, ...] = ()
        if begin >= 0:
            in_order = self.report.kind in STAGES[self.running[begin]].closers
            flags = links.ends_as if in_order else (*links.ends_as, INFERRED)
            self.close(begin, flags)
        if links.opens >= 0:
            self.open(links.opens, kind_no)
            if links.first:
                self.open(links.whole, kind_no)
        elif (begin := self.place_of(links.whole)) >= 0:
            self.close(begin, flags)

    def _under_way(self, links: tuple[int, ...]) -> int:
        """Where the one link of a chain is written that is under way; negative if none is."""
        begun = self.running[::SIZE]
        for number in links:
            if number in begun:
                return begun.find(number) * SIZE
        return -1

    def _leave(self) -> None:
        """What is still under way ends with the unit's leaving, by inference; so does the whole of
        a chain if its last link does."""
        for begin in range(len(self.running) - SIZE, -1, -SIZE):
            stage = STAGES[self.running[begin]]
            if stage in PACKING:
                self.unpacked()
            if not stage.outlives_visit:
                self.close(begin, (INFERRED,))
        for whole, links in WHOLES:
            begin = self.place_of(whole)
            if begin >= 0 and self._under_way(links) < 0:
                self.close(begin, (INFERRED,))

    def _show(self, fresh: int) -> None:
        """Stages exist from now on, and what they were all the time is told. Raises Detour if
        something of them has ended."""
        for shown in SHOWN:
            if not shown.evidence & fresh or shown.evidence & self.before:
                continue
            if shown.stage is JOINT and shown.opens & self.before:
                self.unpacked()
            if shown.stage_no in self.ended:
                raise Detour
            begin = self.place_of(shown.stage_no)
            if begin >= 0 and all(act.stage_no != shown.stage_no for act in self.acts):
                self.look_at(begin, waited=False)


def entered(
    history: History, live: Live, rules: Rules, watermark: int, report: Observation | None = None
) -> Passage:
    """The visit as it is before the report goes through it; without one, before time does, or what
    is to be heard next."""
    stay, body, seen = live.stay, history.body, live.seen
    if report is not None:
        body += written(report)
        seen |= BIT[report.kind] | BIT[report.mode]
    return Passage(
        stay.visit_id, stay.traits, rules, watermark, body, live.turns, stay.fallen, [], None,
        live, live.running, live.done, live.soonest, live.last_at, stay.closed_at is not None,
        plain_in(stay, rules), report or NOTHING, len(history.body), live.seen, seen, live.done,
        stay.booked,
    )  # fmt: skip


def plain_in(stay: Stay, rules: Rules) -> bytes:
    """Which stages are plain in a visit: none where a clock of it stood still, or work at the port
    did after it began."""
    if stay.held_until:
        return NOTHING_PLAIN
    by_port = rules.closures.by_port
    if by_port:
        for rest in by_port.get(stay.visit_id[:PORT_CODE_CHARS], ()):
            if rest.end is None or rest.end > stay.since:
                return NOTHING_PLAIN
    return PLAIN


def left_behind(history: History, live: Live, passage: Passage) -> History:
    """The history with what went through its visit, and when to look again."""
    stay = live.stay
    due_at = silent_until(stay, live.last_at, passage.rules.patience)
    if live.soonest < due_at:
        due_at = live.soonest
    if stay.due_at < due_at:
        due_at = stay.due_at
    return History(
        history.key, history.unit_type, passage.body, passage.watermark, history.settled_until,
        history.register, due_at, live,
    )  # fmt: skip

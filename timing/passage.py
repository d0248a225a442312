"""The passage of one report, in order, through the stages of a plain visit that its kind concerns.

Reads what the kind may do off `timing.roles`. Must never judge anything: what is under way does
(`timing.underway`), or refuses.
"""

from timing.brief import Brief, Detour
from timing.history import History
from timing.observation import Observation
from timing.occurrences import INFERRED, UNDONE
from timing.roles import BIT, CLEARANCE, EVIDENCE, SHOWN, WHOLES, Links, Part, Role, Turn
from timing.rules import Rules
from timing.running import SIZE, Live, kind_of, unpack_from
from timing.running import turn as written_turn
from timing.stages import JOINT, RESTUFFING, STAGES, UNSTUFFING, Shape
from timing.underway import UnderWay
from timing.visits import visit_id

PACKING = frozenset({UNSTUFFING, RESTUFFING, JOINT})
"""Stages of which one is made of the two others, so that all end together."""


class Passage(UnderWay, gc=False):
    """One report after the other goes through a visit."""

    def take(self, report: Observation, part: Part, offset: int) -> None:
        """All that a report does to the stages of the visit. Raises Detour."""
        self.report, self.offset, self.before = report, offset, self.seen
        self.seen |= part.bit | BIT[report.mode]
        for role in part.roles:
            if not self.left or role.stage.outlives_visit:
                self._play(role, part.kind_no)
        if part.turn is not None:
            self._hand_over(part.turn)
        if part.links is not None and (not self.left or part.links.outlives):
            self._link(part.links, part.kind_no)
        if part.leaves and not self.left:
            self._leave()
        if fresh := self.seen & ~self.before & EVIDENCE:
            self._show(fresh)
        self.last_at = report.occurred_at

    def wait(self, watermark: int) -> None:
        """What is due by a watermark is judged again. Raises Detour."""
        for begin in range(0, len(self.running), SIZE):
            if unpack_from(self.running, begin)[3] <= watermark:
                self.look_at(begin, waited=True)

    def _play(self, role: Role, kind_no: int) -> None:
        begin = self.place_of(role.stage_no)
        if role.closes:
            if begin >= 0:
                self.close(begin, role.ends_as)
            elif role.stage.clamped and role.stage_no in self.done:
                raise Detour
        elif begin >= 0:
            self._goes_on(role, begin, kind_no)
        elif role.opens:
            self._begins(role, kind_no)

    def _begins(self, role: Role, kind_no: int) -> None:
        stage = role.stage
        if stage.shape is Shape.ONCE:
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
        elif role.stage.shape is Shape.REPEATED and was_kind_no != kind_no:
            self.go_on(begin, kind_no)

    def _anew(self, role: Role, begin: int, kind_no: int) -> None:
        """Another truck, or another order after work had begun, ends what was under way."""
        stage = role.stage
        if stage.shape is Shape.REPEATED and stage.opens_after is None:
            self.close(begin, (INFERRED, UNDONE) if stage.undone else (INFERRED,))
        elif stage.restarts:
            self.drop(begin)
        else:
            raise Detour
        self.open(role.stage_no, kind_no)

    def _hand_over(self, turn: Turn) -> None:
        """A hold may count in one turn and not in the next."""
        if not self.before & turn.this:
            if self.before & turn.later:
                raise Detour
            if not self.undisturbed and self.stood_still(self.live.since, CLEARANCE):
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
        return max(self.place_of(number) for number in links)

    def _leave(self) -> None:
        """What is still under way ends with the unit's leaving, by inference; so does the whole of
        a chain if its last link does."""
        for begin in range(len(self.running) - SIZE, -1, -SIZE):
            stage = STAGES[self.running[begin]]
            if stage in PACKING:
                raise Detour
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
            packed = shown.stage is JOINT and shown.opens & self.before
            if packed or shown.stage_no in self.live.done:
                raise Detour
            begin = self.place_of(shown.stage_no)
            if begin >= 0 and all(act.stage_no != shown.stage_no for act in self.acts):
                self.look_at(begin, waited=False)


def entered(history: History, live: Live, rules: Rules, watermark: int) -> Passage:
    """The visit as it is before anything goes through it."""
    undisturbed = not (live.held_until or live.fallen or rules.closures.by_port)
    return Passage(
        live, history.body,
        Brief(visit_id(history.key, live.opened_at), live.traits, rules, watermark),
        bytearray(live.running), live.done, live.turns, live.soonest, live.seen, live.last_at,
        live.closed_at is not None, undisturbed, [],
    )  # fmt: skip

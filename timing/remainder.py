"""Remainder: what the passage cannot say of a visit, found and judged by the law itself.

A box that was unpacked, milestones that came before their predecessors, a clock that stood still:
they bear upon more than the occurrence at hand. The rest of the visit stays with the passage. Must
never find or judge anything in a way of its own: `timing.occurrences` and `timing.findings` do.
"""

from typing import Final, NamedTuple

from events.identifiers import PORT_CODE_CHARS
from events.vocabulary import Kind
from timing.findings import Bench, Finding, due, scene_of
from timing.holds import STOPS, Hold
from timing.instants import NEVER
from timing.observation import Observation
from timing.occurrences import Occurrence, Reports, occurrences
from timing.roles import NUMBER, bits_of
from timing.rules import Rules
from timing.stages import CHAINS, JOINT, RESTUFFING, UNSTUFFING, Stage
from timing.visits import Visit

Which = tuple[int, int]
"""An occurrence, by the number of its stage and its own."""
Left = dict[Which, Occurrence]
"""The occurrences that a passage left out."""

PACKED: Final = bits_of(
    Kind.UNSTUFFING_STARTED, Kind.UNSTUFFING_ENDED, Kind.STUFFING_STARTED, Kind.STUFFING_ENDED
)
STOPPED: Final = bits_of(*STOPS)
"""Kinds of a box that was unpacked, and of a clock that was stopped."""
_OVERTIME: Final = bits_of(Kind.OVERTIME_BOOKED)

_PACKING: Final = frozenset({UNSTUFFING, RESTUFFING, JOINT})
_LINKS: Final = frozenset(chain.whole for chain in CHAINS)
LINKED: Final = frozenset(
    NUMBER[stage] for chain in CHAINS for stage in (*chain.stages, chain.whole)
)
"""The numbers of all stages of all chains."""


class Whole(NamedTuple):
    """All that is told of one visit, in order; `gone` fell, `seen` is the mask of what stands."""

    visit_id: str
    reports: list[Observation]
    entered_at: int | None
    closed_at: int | None
    gone: Reports
    seen: int


class Remainder:
    """What holds, rests and judges in a visit, and the occurrences that its passage left out. What
    of it nobody asks for is never found."""

    def __init__(self, whole: Whole, rules: Rules, watermark: int) -> None:
        self.left: Left = {}
        self._whole = whole
        self._rules = rules
        self._watermark = watermark
        self._visit: Visit | None = None
        self._bench: Bench | None = None

    @property
    def visit(self) -> Visit:
        """The visit as the law has it."""
        if self._visit is None:
            visit_id, reports, entered_at, closed_at, _, _ = self._whole
            since = reports[0].occurred_at
            visit = Visit(visit_id, since, reports, closed_at, entered_at=entered_at)
            self._visit = visit.settle()
        return self._visit

    @property
    def bench(self) -> Bench:
        """Where the visit is judged."""
        if self._bench is None:
            scene = scene_of(self.visit, self._rules, self._watermark, self._whole.gone)
            self._bench = Bench(self._whole.visit_id[:PORT_CODE_CHARS], scene)
        return self._bench

    @property
    def holds(self) -> tuple[Hold, ...]:
        """Those that stopped a clock of the visit."""
        return self.bench.holds if self._whole.seen & STOPPED else ()

    @property
    def booked(self) -> Reports:
        """The reports that book overtime."""
        return self.bench.scene.booked if self._whole.seen & _OVERTIME else ()

    def leave(self, *, unpacked: bool, unlinked: bool) -> None:
        """The passage left out what is done to an unpacked box, or the chain."""
        only = (_PACKING if unpacked else frozenset[Stage]()) | (
            _LINKS if unlinked else frozenset()
        )
        found = occurrences(self.visit, only)
        self.left = {(NUMBER[o.stage], o.number): o for o in found if o.stage is not UNSTUFFING}

    def bears_upon(self, start: int, end: int | None) -> bool:
        """Whether a clock of the visit, or any work at its port, stood still between two instants.
        A false yes is possible, a no is sure."""
        rests = [(hold.start, hold.end) for hold in self.holds]
        port = self._whole.visit_id[:PORT_CODE_CHARS]
        rests += [suspension[:2] for suspension in self._rules.closures.of(port)]
        return any(
            [(end is None or a < end) and (until is None or until > start) for a, until in rests]
        )

    def judged(self, occurrence: Occurrence) -> list[Finding]:
        """What an occurrence amounts to, under each of its limits."""
        return self.bench.findings(occurrence)

    def outlook(self, occurrence: Occurrence) -> tuple[int, int]:
        """The smallest watermark at which what is under way would be judged otherwise, and how
        urgent it is now."""
        found = self.judged(occurrence)
        return min(map(due, found)), int(found[-1].level)


def otherwise_from(one: Remainder | None, other: Remainder | None) -> int:
    """The first instant from which on clocks count in one way here and in another there: some stood
    still, or overtime was booked, which has no beginning here. NEVER if they count the same."""
    if (() if one is None else one.booked) != (() if other is None else other.booked):
        return -NEVER
    here = () if one is None else one.holds
    there = () if other is None else other.holds
    if here == there:
        return NEVER
    return min(hold.start for hold in set(here) ^ set(there))

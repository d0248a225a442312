"""Roles: what a kind of report can do in a plain visit, read off the table of stages once.

Sets of kinds and modes are bit masks here, so that a question about all reports of a visit is one
operation; and what the short road asks of a row stands in the role itself, ready to be read. Must
never judge anything.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import count
from typing import Final

from events.vocabulary import Direction, Kind, Mode, Party
from timing.corrections import RANK
from timing.forms import Frozen
from timing.holds import HOLD_KINDS, STOPS
from timing.occurrences import CONDITIONAL, UNDONE
from timing.stages import CHAINS, RESTUFFING, SPANS, STAGES, Answers, Chain, Shape, Stage
from timing.visits import AHEAD, ENTRIES, EXITS, OPENERS, Traits

K = Kind
BIT: Final = dict(zip((*Kind, *Mode), (1 << n for n in count()), strict=False))
NUMBER_OF_KIND: Final = {kind: number for number, kind in enumerate(Kind)}
NUMBER_OF_PARTY: Final[dict[Answers, int]] = {party: number for number, party in enumerate(Party)}
PARTIES: Final = tuple(Party)
NUMBER: Final = {stage: number for number, stage in enumerate(STAGES)}

BOOKED_NO, APPOINTS = next((n, s.appointments) for n, s in enumerate(STAGES) if s.appointments)
"""The number of the one stage that is done by appointment, and the kind that makes one."""

DETOURS: Final = frozenset({
    *STOPS, K.OVERTIME_BOOKED, K.UNSTUFFING_STARTED, K.UNSTUFFING_ENDED, K.STUFFING_STARTED,
    K.STUFFING_ENDED,
})  # fmt: skip
"""Kinds that stop a clock, or concern more than one stage at once."""


def bits_of(*words: Kind | Mode) -> int:
    """The mask of some kinds and modes."""
    mask = 0
    for word in words:
        mask |= BIT[word]
    return mask


EVERYTHING: Final = bits_of(*Kind, *Mode)
_NOT_AFTER: Final = {
    K.INSPECTION_ENDED: bits_of(K.UNSTUFFING_STARTED),
    K.TRANSFER_ENDED: bits_of(K.GATED_OUT),
}
"""Kinds that are not plain once another was seen: packing begins when an inspection of an unpacked
box ends; a gate passed within a transfer was no exit."""
_ONLY_AFTER: Final = {K.TRANSFER_ENDED: bits_of(K.TRANSFER_STARTED)}
"""Kinds that are not plain before another was seen: the end of a transfer begun in the stay before
makes one stay of the two."""


class Role(Frozen, frozen=True, gc=False):
    """What a kind does to one stage; if it neither opens nor closes, it implies that the work was
    done. `first`: it is the opener that others give way to. `closers` is the mask of all that end
    it; `ends_as` are the flags of what this kind ends. `once` and `again`: its shape.
    """

    stage_no: int
    stage: Stage
    opens: bool
    closes: bool
    first: bool
    closers: int
    ends_as: tuple[str, ...]
    once: bool
    again: bool


class Links(Frozen, frozen=True, gc=False):
    """What a milestone does to a chain: it ends whatever link of `numbers` is under way and begins
    the one that it `opens` (-1: the last milestone begins none). `whole` is the stay, which begins
    with the `first` milestone. `this` and `later` are the masks of the milestone itself and of all
    after it; `any` is that of the whole chain. `outlives`: it still counts after the unit left.
    """

    this: int
    later: int
    any: int
    numbers: tuple[int, ...]
    opens: int
    whole: int
    first: bool
    outlives: bool
    ends_as: tuple[str, ...]


class Turn(Frozen, frozen=True, gc=False):
    """A milestone hands the unit over to the party of this number, the first time it is reached.
    `this` and `later` are masks as those of `Links`."""

    party_no: int
    this: int
    later: int


class Part(Frozen, frozen=True, gc=False):
    """What reports of one kind do in visits of certain traits.

    `leaves`, `enters`, `begins`: the unit leaves with it, enters with it, or comes into a visit at
    all. `barred` and `needed` are masks: it is not plain after one of the former, nor before one of
    the latter (0: none is needed). `resumes`: it is not plain while a clock stands still.
    `belated`: whether it is plain after the unit left; `after` are its roles then. `books`: it says
    for when work is booked. `milestone`: it does so, has links or a turn, or the unit leaves with
    it.
    """

    kind_no: int
    rank: int
    leaves: bool
    enters: bool
    begins: bool
    barred: int
    needed: int
    resumes: bool
    belated: bool
    roles: tuple[Role, ...]
    after: tuple[Role, ...]
    links: Links | None
    turn: Turn | None
    books: bool
    milestone: bool


Parts = Mapping[Kind, Part]
"""What each kind does in visits of the same traits."""


@lru_cache(maxsize=256)
def parts_of(mode: Mode, direction: Direction | None, laden: bool | None) -> Parts:
    """What every kind does in visits of these traits, made once for all of them."""
    return {kind: part_of(kind, mode, direction, laden) for kind in Kind}


def part_of(kind: Kind, mode: Mode, direction: Direction | None, laden: bool | None) -> Part:
    """What a kind does in visits of these traits; no other trait makes a stage exist."""
    traits = Traits(mode, direction, None, None, laden, None)
    stages = (s for s in SPANS if s is not RESTUFFING and exists(s, traits))
    concerned = (s for s in stages if kind in {*s.openers, *s.closers, s.implied})
    chain = next((c for c in CHAINS if direction in (c.whole.directions or ())), None)
    linked = chain is not None and exists(chain.whole, traits)
    roles = tuple(_role(kind, s) for s in concerned)
    links = _links(kind, chain) if chain and linked else None
    turn = _turn(kind, chain) if chain else None
    leaves = kind in EXITS or (kind is K.DEPARTED and direction is Direction.EXPORT)
    return Part(
        NUMBER_OF_KIND[kind], RANK[kind],
        leaves=leaves,
        enters=kind in ENTRIES,
        begins=kind in OPENERS,
        barred=EVERYTHING if kind in DETOURS else _NOT_AFTER.get(kind, 0),
        needed=_ONLY_AFTER.get(kind, 0),
        resumes=kind in HOLD_KINDS,
        belated=kind not in OPENERS | AHEAD | DETOURS | {K.TRANSFER_ENDED},
        roles=roles,
        after=tuple(role for role in roles if role.stage.outlives_visit),
        links=links,
        turn=turn,
        books=kind is APPOINTS,
        milestone=kind is APPOINTS or leaves or links is not None or turn is not None,
    )  # fmt: skip


def exists(stage: Stage, traits: Traits) -> bool:
    """Whether such visits have the stage, evidence aside."""
    return (
        (stage.directions is None or traits.direction in stage.directions)
        and (stage.modes is None or traits.mode in stage.modes)
        and (stage.laden is None or (traits.laden is not False) is stage.laden)
    )


def _role(kind: Kind, stage: Stage) -> Role:
    ends_as: tuple[str, ...] = (UNDONE,) if kind is stage.undone else ()
    once, again = stage.shape is Shape.ONCE, stage.shape is Shape.REPEATED
    if once:
        ends_as = _on_condition(kind)
    return Role(
        NUMBER[stage], stage, kind in stage.openers, kind in stage.closers,
        kind is stage.openers[0] and len(stage.openers) > 1, bits_of(*stage.closers), ends_as,
        once, again,
    )  # fmt: skip


def _on_condition(kind: Kind) -> tuple[str, ...]:
    return (CONDITIONAL,) if kind is K.CONDITIONALLY_RELEASED else ()


def _links(kind: Kind, chain: Chain) -> Links | None:
    """None for what is no milestone."""
    for place, kinds in enumerate(chain.milestones):
        if kind in kinds:
            masks = [bits_of(*kinds) for kinds in chain.milestones]
            numbers = tuple(NUMBER[stage] for stage in chain.stages)
            opens = numbers[place] if place < len(numbers) else -1
            later, every = _union(masks[place + 1 :]), _union(masks)
            whole = NUMBER[chain.whole]
            outlives = any(s.outlives_visit and kind in s.closers for s in chain.stages)
            return Links(
                masks[place], later, every, numbers, opens, whole, place == 0, outlives,
                _on_condition(kind),
            )  # fmt: skip
    return None


def _turn(kind: Kind, chain: Chain) -> Turn | None:
    """None for the first and the last milestone: nobody had the unit before, or has it after."""
    for place, kinds in enumerate(chain.milestones[1:-1], start=1):
        if kind in kinds:
            later = chain.milestones[place + 1 : -1]
            party_no = NUMBER_OF_PARTY[chain.stages[place].answers]
            return Turn(party_no, bits_of(*kinds), _union(bits_of(*kinds) for kinds in later))
    return None


def _union(masks: Iterable[int]) -> int:
    every = 0
    for mask in masks:
        every |= mask
    return every


WHOLES: Final = tuple((NUMBER[c.whole], tuple(NUMBER[s] for s in c.stages)) for c in CHAINS)
"""The numbers of the whole of each chain, and of its links."""
CLEARANCE: Final = frozenset(stage.id for chain in CHAINS for stage in chain.stages)


class Shown(Frozen, frozen=True, gc=False):
    """A stage that exists once one of the kinds or modes of `evidence` was seen. `opens`: what may
    have begun it before."""

    stage_no: int
    stage: Stage
    evidence: int
    opens: int


SHOWN: Final = tuple(
    Shown(NUMBER[s], s, bits_of(*s.evidence), bits_of(*s.openers)) for s in STAGES if s.evidence
)
EVIDENCE: Final = _union(shown.evidence for shown in SHOWN)
"""All kinds and modes that show any stage."""


def first_party(direction: Direction | None) -> Party | None:
    """Who has the unit before any milestone; None where no chain says so."""
    for chain in CHAINS:
        if direction in (chain.whole.directions or ()):
            return PARTIES[NUMBER_OF_PARTY[chain.stages[0].answers]]
    return None


def seen_in(kinds: Iterable[Kind], modes: Iterable[Mode]) -> int:
    """The mask of all that was seen in a visit."""
    return bits_of(*kinds, *modes)


def concerns(stage: Stage) -> int:
    """The mask of the kinds that may shape an occurrence of a stage."""
    booked = () if stage.appointments is None else (stage.appointments,)
    return bits_of(*stage.openers, *stage.closers, *booked)


CONCERNS: Final = tuple(concerns(stage) for stage in STAGES)
SHOWS: Final = tuple(bits_of(*stage.evidence) for stage in STAGES)
PLAIN: Final = bytes(not shows for shows in SHOWS)
"""By the number of a stage: what may shape it, what shows that it exists; whether nothing need."""
NOTHING_PLAIN: Final = bytes(len(STAGES))
"""The same where a hold, a suspension or a correction may bear upon any stage."""

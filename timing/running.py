"""Running: what is under way in a plain visit, in short. Derived from its reports, never more.

It lets the next report in order be judged without judging all others again. Ports have hundreds of
thousands of visits under way, so it is written small. Must never know how anything is judged.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from struct import Struct
from typing import Final

from events.vocabulary import Mode
from timing.forms import Frozen
from timing.instants import NEVER
from timing.patience import Patience
from timing.roles import Parts
from timing.visits import Traits

_FORM: Final = Struct(">BHqqBBII")
_TURN: Final = Struct(">Bq")
LAYOUT: Final = _FORM.format, _TURN.format
SIZE: Final = _FORM.size
NOWHERE: Final = 2**32 - 1
_KIND_AT: Final = SIZE - 9
ODD: Final = 4
_NUMBERS_MAX: Final = 2**16 - 1

Running = tuple[int, int, int, int, int, int, int, int]
"""An occurrence that has begun: the number of its stage, its own number, when it opened, the
smallest watermark at which it would be judged otherwise, its level (and ODD besides, where it takes
more than the short road to judge), the number of the kind of its latest report, and where in the
body of the history the one or two reports stand that opened it (the second NOWHERE for one). One
whose stage nothing has shown to exist waits among the others, and is judged when something does.
"""

Fallen = tuple[tuple[int, int], ...]
"""Reports that no longer stand: the bit of each one's kind, and where in the body it stands."""
NOTHING_FELL: Final[Fallen] = ()
Booked = tuple[int, ...]
"""Where in the body the appointments stand for work that has not ended yet, in order."""
NOTHING_BOOKED: Final[Booked] = ()

pack = _FORM.pack
"""Write it small: SIZE bytes, the first of which is the number of its stage."""
unpack_from = _FORM.unpack_from
"""Read it back, from so many bytes behind the beginning."""
all_of = _FORM.iter_unpack
"""Read all of them back."""


def fits(running: Running) -> bool:
    """Whether it can be written small."""
    return running[1] <= _NUMBERS_MAX and running[6] < NOWHERE


def kind_of(data: bytes, begin: int) -> int:
    """The number of the kind of its latest report, alone."""
    return data[begin + _KIND_AT]


def earliest(data: bytes) -> int:
    """The first instant at which one of them would be judged otherwise; NEVER if none would."""
    return min(_dues(len(data) // SIZE).unpack(data)) if data else NEVER


@cache
def _dues(count: int) -> Struct:
    """Reads the due instants of so many at once, and nothing else of them."""
    return Struct(">" + "11xq10x" * count)


def turn(party_no: int, since: int) -> bytes:
    """Since when a party has had the unit, written small."""
    return _TURN.pack(party_no, since)


def turns_in(data: bytes) -> Iterator[tuple[int, int]]:
    """The numbers of the parties that had the unit one after the other, and since when."""
    return _TURN.iter_unpack(data)


class Stay(Frozen, frozen=True, gc=False):
    """What of a visit hardly any report changes: whose it is, and from when to when.

    `parts`: what each kind of report does in it. `stated`: every trait is known that most reports
    may state. `since` is the first instant that anything in it speaks of. `due_at`: when something
    calls for a look that is not running, the silence of this visit aside. No clock stood still
    after `held_until`. `fallen` is what no longer stands, `booked` what work is booked for. From
    `ahead` on the body has what waits for the next visit, where this is none (`away`).
    """

    visit_id: str
    traits: Traits
    parts: Parts
    stated: bool
    since: int
    entered_at: int | None = None
    closed_at: int | None = None
    due_at: int = NEVER
    held_until: int = 0
    fallen: Fallen = NOTHING_FELL
    booked: Booked = NOTHING_BOOKED
    ahead: int = 0


class Live(Frozen, frozen=True, gc=False):
    """A visit under way, or over and not yet forgotten.

    `last_at` and `last_rank` place its latest report in the order of the work. `seen` has a bit for
    every kind and mode reported in it. `running` is what has begun, `done` has a byte for every
    occurrence that has ended: the number of its stage; `turns` is who had the unit since when, the
    first party aside. `soonest`: when what is running calls for a look.
    """

    stay: Stay
    last_at: int
    last_rank: int
    seen: int
    running: bytes = b""
    done: bytes = b""
    turns: bytes = b""
    soonest: int = NEVER


def silent_until(stay: Stay, last_at: int, patience: Patience) -> int:
    """The watermark at which a visit is forgotten of which nothing more was told."""
    if stay.closed_at is None:
        return last_at + patience.stay_max_s + 1
    return max(stay.closed_at, last_at) + patience.retention_s + 1


_RARELY_STATED_FROM: Final = Traits._fields.index("journey_s")
_UNKNOWN: Final = Traits(Mode.ROAD, None, None, None, None, None)
WAITING: Final = Live(Stay("", _UNKNOWN, {}, False, NEVER), NEVER, 0, 0)
"""No visit: whatever is told waits for one."""


def away(due_at: int, ahead: int, last_at: int, last_rank: int) -> Live:
    """No visit, after others that are over and not yet forgotten, of which something calls for a
    look when `due_at` has come. What waits stands from `ahead` on, the latest of it last."""
    stay = Stay("", _UNKNOWN, {}, False, NEVER, due_at=due_at, ahead=ahead)
    return Live(stay, last_at, last_rank, 0)


def waits(live: Live) -> bool:
    """Whether there is no visit, and what is told waits for one."""
    return not live.stay.visit_id


def stated(traits: Traits) -> bool:
    """Whether no report can add to these traits but one that says more than most (`Rare`)."""
    return traits.mode is not Mode.ROAD and None not in traits[:_RARELY_STATED_FROM]


@lru_cache(maxsize=8192)
def shared(traits: Traits) -> Traits:
    """The same traits, held once for all visits that have them."""
    return traits

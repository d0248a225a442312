"""Which box a visit is about: its number, its size and type, and whether it was here before.

A box that left by the gate may come back for export at the same port: the later visit then bears
the earlier one's number. The two never overlap. The numbers are made up; only their form is real.
"""

from dataclasses import dataclass
from typing import Final

from stdnum.iso6346 import calc_check_digit

from portclock.traffic.draws import draw_number
from portclock.traffic.plans import HOUR_S, World, plan_visit

OWNERS: Final = ("CSQU", "CSNU", "TCLU", "OOLU", "MSKU", "MSCU", "HLBU", "EGHU", "SITU", "TEMU")
NUMBERS: Final = len(OWNERS) * 1_000_000
"""So many visits have boxes of their own; then numbers come again."""
SCATTER: Final = 6_180_339
"""Prime to NUMBERS: multiplying by it sends each serial to another, and no two to the same."""

AWAY_MIN_S = 6 * HOUR_S
"""A box that left stays away for at least so long."""

SIZE_TYPES: Final = {
    (20, "dry"): ("22G1",) * 9 + ("25G1",),
    (40, "dry"): ("45G1",) * 7 + ("42G1",) * 3,
    (45, "dry"): ("L5G1",),
    (-1, "dry"): ("42P1",),
    (20, "reefer"): ("22R1",),
    (40, "reefer"): ("45R1",),
    (45, "reefer"): ("L5R1",),
    (-1, "reefer"): ("45R1",),
    (20, "dangerous"): ("22G1", "22G1", "22T6"),
    (40, "dangerous"): ("42G1",),
    (45, "dangerous"): ("L5G1",),
    (-1, "dangerous"): ("42P1",),
}
"""Length in feet (-1: any other) and build -> ISO 6346 size and type codes, each as likely."""


@dataclass(frozen=True, slots=True)
class Box:
    """A container as a thing: it is the same on every visit."""

    number: str
    size_type: str


def box_of(world: World, visit: int) -> Box:
    """The box of a visit: its own, or that of the earlier visit whose box comes back."""
    owner = _owner(world, visit)
    _, flow = world.sample.flow(owner)
    kinds = SIZE_TYPES[flow.length_ft, flow.build]
    return Box(
        number(world.seed, owner), kinds[draw_number(world.seed, "size", owner) % len(kinds)]
    )


def number(seed: int, serial: int) -> str:
    """A valid ISO 6346 number; different for all serials below NUMBERS."""
    scattered = (serial * SCATTER + draw_number(seed, "numbers")) % NUMBERS
    digits, owner = divmod(scattered, len(OWNERS))
    body = f"{OWNERS[owner]}{digits:06d}"
    return body + calc_check_digit(body)


def _owner(world: World, visit: int) -> int:
    cycle, flow = world.sample.flow(visit)
    row = world.sample.earlier.get(flow.row)
    if row is None:
        return visit
    earlier = world.sample.visit(cycle, row)
    gone_for_s = plan_visit(world, visit).came_at - plan_visit(world, earlier).left_at
    return earlier if gone_for_s >= AWAY_MIN_S else visit

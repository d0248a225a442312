"""The sample of container flows that ConFlowGen made, and the order in which visits use it.

`flows.csv` is written by `load_tests/make_flows.py`. A visit number stands for one row in one
cycle: when more visits than rows are asked for, the sample is used again with later times. Knows
the columns; must never know an event.
"""

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from math import gcd

from portclock.traffic.draws import draw_number

CYCLE_S = 9 * 24 * 3600
"""The sample covers the ship calls of nine days."""
BOXES_MAX = 4
"""The largest declaration; most name one box."""


class Leg(StrEnum):
    """How a box comes and goes, as far as its story differs."""

    IMPORT = "import"
    EXPORT = "export"
    TRANSHIPMENT = "transhipment"
    WATER_TO_RAIL = "water-to-rail"
    RAIL_TO_WATER = "rail-to-water"


@dataclass(frozen=True, slots=True)
class Flow:
    """One box of the sample. `call_s` is when its ship calls, seconds from the cycle's start.

    `dwell_share` is the place of its dwell in the model among the boxes of the same leg, from 0
    (shortest) to 1 (longest); `group` names its declaration by the row of the first box in it.
    """

    row: int
    port: str
    leg: Leg
    call: str
    inland: str
    call_s: int
    dwell_s: int
    dwell_share: float
    length_ft: int
    storage: str
    weight_t: int
    group: int

    @property
    def laden(self) -> bool:
        """Whether there is anything in it."""
        return self.storage != "empty"


@dataclass(frozen=True, slots=True)
class Sample:
    """The rows, and `order`: visit number in a cycle -> row."""

    flows: tuple[Flow, ...]
    order: tuple[int, ...]
    place_of: tuple[int, ...]
    members: dict[int, tuple[int, ...]]

    def flow(self, visit: int) -> tuple[int, Flow]:
        """The cycle and the row that a visit number stands for."""
        cycle, place = divmod(visit, len(self.order))
        return cycle, self.flows[self.order[place]]

    def visit(self, cycle: int, row: int) -> int:
        """The visit number of a row in a cycle."""
        return cycle * len(self.order) + self.place_of[row]


@cache
def read_sample() -> Sample:
    """The sample that ships with the package."""
    text = files("portclock.traffic").joinpath("flows.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    legs = [_leg(row) for row in rows]
    shares, groups = _dwell_shares(rows, legs), _groups(rows, legs)
    flows = tuple(
        _flow(number, row, legs[number], shares[number], groups[number])
        for number, row in enumerate(rows)
    )
    return _ordered(flows)


def _leg(row: dict[str, str]) -> Leg:
    if row["delivered_by"] in ("truck", "train"):
        return Leg.EXPORT if row["delivered_by"] == "truck" else Leg.RAIL_TO_WATER
    outbound = {"truck": Leg.IMPORT, "train": Leg.WATER_TO_RAIL}
    return outbound.get(row["picked_up_by"], Leg.TRANSHIPMENT)


def _flow(number: int, row: dict[str, str], leg: Leg, share: float, group: int) -> Flow:
    comes_by_ship = leg not in (Leg.EXPORT, Leg.RAIL_TO_WATER)
    came_s, left_s = 60 * int(row["arrived_min"]), 60 * int(row["departed_min"])
    ship, inland = row["call_in"], row["call_out"]
    return Flow(
        row=number,
        port=row["port"],
        leg=leg,
        call=ship if comes_by_ship else inland,
        inland=inland if comes_by_ship else ship,
        call_s=came_s if comes_by_ship else left_s,
        dwell_s=left_s - came_s,
        dwell_share=share,
        length_ft=int(row["length_ft"]),
        storage=row["storage"],
        weight_t=int(row["weight_t"]),
        group=group,
    )


def _dwell_shares(rows: list[dict[str, str]], legs: list[Leg]) -> list[float]:
    """The rank of each dwell within its leg, spread evenly over [0, 1]."""
    shares = [0.0] * len(rows)
    for leg in Leg:
        own = [number for number, other in enumerate(legs) if other is leg]
        own.sort(key=lambda n: (int(rows[n]["departed_min"]) - int(rows[n]["arrived_min"]), n))
        for rank, number in enumerate(own):
            shares[number] = (rank + 0.5) / len(own)
    return shares


def _groups(rows: list[dict[str, str]], legs: list[Leg]) -> list[int]:
    """Put boxes that come by the same ship for the same kind of receiver on one declaration."""
    groups = list(range(len(rows)))
    open_groups: dict[tuple[str, str], list[int]] = {}
    for number, row in enumerate(rows):
        if legs[number] is not Leg.IMPORT or row["storage"] != "general":
            continue
        first_and_size = open_groups.setdefault((row["port"], row["call_in"]), [number, 0])
        if first_and_size[1] >= _declared_together(first_and_size[0]):
            first_and_size[:] = [number, 0]
        groups[number] = first_and_size[0]
        first_and_size[1] += 1
    return groups


def _declared_together(first: int) -> int:
    return (1, 1, 1, 1, 1, 1, 2, 2, 3, BOXES_MAX)[draw_number(0, "declaration", first) % 10]


def _ordered(flows: tuple[Flow, ...]) -> Sample:
    """Spread every prefix of the visit numbers evenly over the cycle.

    Declarations, sorted by ship call, are taken with the stride of the golden ratio, so that a
    hundred visits meet all ports and days, as ten thousand do.
    """
    members: dict[int, list[int]] = {}
    for flow in flows:
        members.setdefault(flow.group, []).append(flow.row)
    firsts = sorted(members)
    stride = round(len(firsts) * 0.6180339887)
    while gcd(stride, len(firsts)) != 1:
        stride += 1
    order = [row for n in range(len(firsts)) for row in members[firsts[n * stride % len(firsts)]]]
    place_of = [0] * len(order)
    for place, row in enumerate(order):
        place_of[row] = place
    together = {first: tuple(rows) for first, rows in members.items()}
    return Sample(flows, tuple(order), tuple(place_of), together)

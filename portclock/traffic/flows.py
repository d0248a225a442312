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
CALLS_APART_S = 3 * 24 * 3600
"""Ship calls of a pair: so far apart that the first stay has usually ended before the second."""


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

    `dwell_share` is the place of its dwell in the model among boxes like it, from 0
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

    @property
    def build(self) -> str:
        """What kind of box it takes: a box only comes back as what it is."""
        return self.storage if self.storage in ("reefer", "dangerous") else "dry"


@dataclass(frozen=True, slots=True)
class Sample:
    """The rows, and `order`: visit number in a cycle -> row, with `place_of` its inverse.

    `members`: first row of a declaration -> its rows. `earlier`: row of an export by truck -> row
    of the import whose box it may be.
    """

    flows: tuple[Flow, ...]
    order: tuple[int, ...]
    place_of: tuple[int, ...]
    members: dict[int, tuple[int, ...]]
    earlier: dict[int, int]

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
    """The rank of each dwell among the boxes of the same leg and storage, spread over [0, 1]."""
    alike: dict[tuple[Leg, str], list[tuple[int, int]]] = {}
    for number, (row, leg) in enumerate(zip(rows, legs, strict=True)):
        dwell_min = int(row["departed_min"]) - int(row["arrived_min"])
        alike.setdefault((leg, row["storage"]), []).append((dwell_min, number))
    shares = [0.0] * len(rows)
    for dwells in alike.values():
        for rank, (_, number) in enumerate(sorted(dwells)):
            shares[number] = (rank + 0.5) / len(dwells)
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
    return Sample(flows, tuple(order), tuple(place_of), together, _pairs(flows))


def _pairs(flows: tuple[Flow, ...]) -> dict[int, int]:
    """Give exports the boxes of like imports at the same port, each used once."""
    waiting: dict[tuple[str, int, str], list[Flow]] = {}
    for flow in flows:
        if flow.leg is Leg.IMPORT:
            waiting.setdefault(_likeness(flow), []).append(flow)
    pairs: dict[int, int] = {}
    for flow in flows:
        boxes = waiting.get(_likeness(flow)) if _may_come_back(flow) else None
        if boxes and flow.call_s - boxes[0].call_s > CALLS_APART_S:
            pairs[flow.row] = boxes.pop(0).row
    return pairs


def _may_come_back(flow: Flow) -> bool:
    return flow.leg is Leg.EXPORT and (not flow.laden or flow.row % 3 == 0)


def _likeness(flow: Flow) -> tuple[str, int, str]:
    return flow.port, flow.length_ft, flow.build

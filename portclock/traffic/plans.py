"""When the milestones of a stay fall. Calibrated to the additive figures of 国家口岸办, 青岛 2017.

Import 148.0 h = 卸货 8.3 + 通关准备 81.4 + 通关 5.9 + 提离 52.4; export 84.1 h = 通关准备 24.9 +
通关 0.4 + 放行后 50.5 + 离泊 8.3. Instants are epoch seconds. Knows the flow of a box and the dice;
must never know an event or a limit.
"""

from dataclasses import dataclass
from random import Random
from typing import Final

from portclock.traffic.draws import Pace, Spread, dice, draw_share, nudged
from portclock.traffic.flows import CYCLE_S, Flow, Leg, Sample

HOUR_S = 3600
DAY_S = 24 * HOUR_S
IMPORT_MEANS_H: Final = (8.3, 81.4, 5.9, 52.4)
EXPORT_MEANS_H: Final = (24.9, 0.4, 50.5, 8.3)

IMPORTS_AFTER_S = DAY_S
"""The first ship is a day away when the traffic starts: what is declared ahead comes before it."""
EXPORTS_AFTER_S = 9 * DAY_S
"""Exports are told backwards from their ship's departure; the longest stay fits in nine days."""

AHEAD_SHARE = 0.06
"""提前申报 that is accepted before the box is on land; its preparation takes no time."""
INSPECTED_IMPORTS, INSPECTED_EXPORTS = 0.10, 0.005
INSPECTED = Spread(14.5, 22, 37)
"""通关 of an inspected box. Never less than 14.5 h, so that every step of an inspection fits."""


def _others(mean_h: float, inspected_share: float) -> float:
    """The mean that boxes without inspection must have, for all boxes to have `mean_h`."""
    return (mean_h - inspected_share * INSPECTED.mean_h) / (1 - inspected_share)


UNLOADING = Spread(0.5, 8.3, 20)
PREPARATION = Spread(0.5, 81.4 / (1 - AHEAD_SHARE), 168)
CLEARANCE = Spread(0.05, _others(5.9, INSPECTED_IMPORTS), 14)
COLLECTION = Spread(2, 52.4, 120)
EXPORT_PREPARATION = Spread(0.25, 24.9, 60)
EXPORT_CLEARANCE = Spread(0.02, _others(0.4, INSPECTED_EXPORTS), 1.5)
POST_RELEASE = Spread(1, 50.5, 96)
DEPARTURE = Spread(0.5, 8.3, 20)
TRANSHIPMENT_STAY_S = (12 * HOUR_S, 11 * DAY_S)
TRAIN_S = (900, 7200)
"""From a train's arrival until the box is off it."""
HANDOVER = Pace((480, 1560), (1860, 3300), 0.05)
"""From a truck at the gate until it has its box, or has left it; half an hour is usual."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The milestones of a stay. `reported_at`: 运抵, exports only; `departed_at`: not for imports.

    `accepted_at` may lie before the box came (提前申报). `left_at` is when it leaves the yard: by
    the gate, onto a train, or onto a ship.
    """

    came_at: int
    landed_at: int
    reported_at: int
    accepted_at: int
    released_at: int
    left_at: int
    departed_at: int
    ahead: bool = False
    inspected: bool = False

    @property
    def import_stages(self) -> tuple[int, int, int, int]:
        """卸货, 通关准备, 通关, 提离 in seconds; they sum to the stay."""
        clear = max(self.landed_at, self.accepted_at)
        return (
            self.landed_at - self.came_at,
            clear - self.landed_at,
            self.released_at - clear,
            self.left_at - self.released_at,
        )

    @property
    def export_stages(self) -> tuple[int, int, int, int]:
        """通关准备, 通关, 放行后, 离泊 in seconds; they sum to the stay."""
        return (
            self.accepted_at - self.reported_at,
            self.released_at - self.accepted_at,
            self.left_at - self.released_at,
            self.departed_at - self.left_at,
        )


@dataclass(frozen=True, slots=True)
class World:
    """What a visit number needs to become a plan: seed, start (epoch seconds), sample."""

    seed: int
    start_at: int
    sample: Sample

    def dice(self, what: str, visit: int) -> Random:
        """The generator of one purpose of one visit."""
        return dice(self.seed, what, visit)

    def share(self, what: str, visit: int) -> float:
        """One draw of one purpose of one visit."""
        return draw_share(self.seed, what, visit)


def plan_visit(world: World, visit: int) -> Plan:
    """The milestones of one visit."""
    cycle, flow = world.sample.flow(visit)
    call_at = world.start_at + cycle * CYCLE_S + flow.call_s
    if flow.leg in (Leg.IMPORT, Leg.WATER_TO_RAIL):
        return _import(world, visit, flow, call_at + IMPORTS_AFTER_S)
    if flow.leg is Leg.TRANSHIPMENT:
        return _transhipment(world, visit, flow, call_at + IMPORTS_AFTER_S)
    return _export(world, visit, flow, call_at + EXPORTS_AFTER_S)


def _import(world: World, visit: int, flow: Flow, came_at: int) -> Plan:
    """Boxes of one declaration are landed one after another, accepted and released together."""
    cycle, _ = world.sample.flow(visit)
    first = world.sample.visit(cycle, flow.group)
    rolls = world.dice("declaration", first)
    ahead, inspected = rolls.random() < AHEAD_SHARE, rolls.random() < INSPECTED_IMPORTS
    first_flow = world.sample.flows[flow.group]
    landed_at = came_at + UNLOADING.draw(rolls)
    share = nudged(first_flow.dwell_share, rolls.uniform(-0.15, 0.15))
    lead_s = rolls.randint(2 * HOUR_S, 18 * HOUR_S)
    accepted_at = came_at - lead_s if ahead else landed_at + PREPARATION.at(share)
    clearance = INSPECTED if inspected else CLEARANCE
    released_at = max(landed_at, accepted_at) + clearance.draw(rolls)
    return Plan(
        came_at=came_at,
        landed_at=landed_at + _stagger(world, flow, ahead=ahead),
        reported_at=0,
        accepted_at=accepted_at,
        released_at=released_at,
        left_at=released_at + COLLECTION.at(world.share("collection", visit)),
        departed_at=0,
        ahead=ahead,
        inspected=inspected and visit == first,
    )


def _stagger(world: World, flow: Flow, *, ahead: bool) -> int:
    """Three minutes between the boxes of a declaration, around the time drawn for all of them."""
    rows = world.sample.members[flow.group]
    return 0 if ahead else round(180 * (rows.index(flow.row) - (len(rows) - 1) / 2))


def _transhipment(world: World, visit: int, flow: Flow, came_at: int) -> Plan:
    rolls = world.dice("transhipment", visit)
    landed_at = came_at + UNLOADING.draw(rolls)
    shortest, longest = TRANSHIPMENT_STAY_S
    left_at = landed_at + min(max(flow.dwell_s + rolls.randint(0, HOUR_S), shortest), longest)
    departed_at = left_at + DEPARTURE.draw(rolls)
    return Plan(came_at, landed_at, 0, 0, 0, left_at, departed_at)


def _export(world: World, visit: int, flow: Flow, departed_at: int) -> Plan:
    """Backwards from the departure of the ship, which all its boxes share."""
    rolls = world.dice("export", visit)
    inspected = rolls.random() < INSPECTED_EXPORTS
    left_at = departed_at - DEPARTURE.draw(rolls)
    released_at = left_at - POST_RELEASE.draw(rolls)
    accepted_at = released_at - (INSPECTED if inspected else EXPORT_CLEARANCE).draw(rolls)
    reported_at = accepted_at - EXPORT_PREPARATION.draw(rolls)
    landed_at = reported_at - rolls.randint(180, 1200)
    handling_s = rolls.randint(*TRAIN_S) if flow.leg is Leg.RAIL_TO_WATER else HANDOVER.draw(rolls)
    came_at = landed_at - handling_s
    return Plan(
        came_at, landed_at, reported_at, accepted_at, released_at, left_at, departed_at,
        inspected=inspected,
    )  # fmt: skip

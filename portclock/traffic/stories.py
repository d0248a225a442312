"""One visit number, one story: the honest reports of one stay of one box. A pure function.

Knows which leg tells what. Must never know other visits, but for the boxes of its declaration.
"""

from events.vocabulary import Kind
from portclock.traffic.boxes import box_of
from portclock.traffic.exports import tell_export
from portclock.traffic.flows import Flow, Leg
from portclock.traffic.imports import tell_import, tell_transhipment
from portclock.traffic.plans import World, plan_visit
from portclock.traffic.telling import FACILITIES, Report, Telling

DIRECTIONS = {
    Leg.IMPORT: "import",
    Leg.WATER_TO_RAIL: "import",
    Leg.EXPORT: "export",
    Leg.RAIL_TO_WATER: "export",
    Leg.TRANSHIPMENT: "transhipment",
}
STORM_EVERY = 1500
"""One visit in so many is told on a day on which its port stops work for the wind."""


def tell(world: World, visit: int) -> list[Report]:
    """The honest reports of a visit, in the order in which they are due."""
    cycle, flow = world.sample.flow(visit)
    plan = plan_visit(world, visit)
    telling = _telling(world, visit, cycle, flow)
    if flow.leg is Leg.TRANSHIPMENT:
        tell_transhipment(telling, plan)
    elif flow.leg in (Leg.IMPORT, Leg.WATER_TO_RAIL):
        tell_import(telling, plan, flow, _together(world, cycle, flow))
    else:
        tell_export(telling, plan, flow)
    if visit % STORM_EVERY == STORM_EVERY // 2:
        _storm(telling, plan.came_at)
    return sorted(telling.reports, key=lambda report: report.due_s)


def _telling(world: World, visit: int, cycle: int, flow: Flow) -> Telling:
    box = box_of(world, visit)
    rolls = world.dice("story", visit)
    cargo = {"size_type": box.size_type, "laden": flow.laden, **_contents(flow)}
    return Telling(
        visit=visit,
        rolls=rolls,
        port=flow.port,
        unit=box.number,
        shared={"direction": DIRECTIONS[flow.leg]},
        cargo=cargo,
        refs={"voyage": f"{flow.call}-{cycle}", "operator": FACILITIES[flow.port]},
    )


def _contents(flow: Flow) -> dict[str, str | int]:
    """Category and weight; an empty box has no category. Some reefers carry fresh food (鲜活)."""
    if not flow.laden:
        return {"weight_kg": 3800 if flow.length_ft > 20 else 2200}
    category = flow.storage
    if flow.storage == "reefer" and flow.row % 3 == 0:
        category = "perishable"
    if flow.storage == "general" and flow.length_ft == 20 and flow.row % 25 == 0:
        category = "mineral"
    return {"category": category, "weight_kg": flow.weight_t * 1000 + flow.row * 37 % 1000}


def _together(world: World, cycle: int, flow: Flow) -> tuple[str, ...]:
    """The numbers of the declaration's boxes, if this box is its first; else none."""
    if flow.group != flow.row:
        return ()
    visits = [world.sample.visit(cycle, row) for row in world.sample.members[flow.row]]
    return tuple(box_of(world, visit).number for visit in visits)


def _storm(telling: Telling, at: int) -> None:
    """A suspension speaks of a place, not of a box."""
    unit = {"unit": {"type": "place", "id": telling.port}, "scope": {"stage": "pickup"}}
    told = {**unit, "party": "force-majeure", "reason": "gale warning"}
    telling.say(Kind.SUSPENSION_DECLARED, at, **told)
    telling.say(Kind.SUSPENSION_LIFTED, at + 3 * 3600, **told)

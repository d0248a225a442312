"""Boxes that leave by ship: brought by truck or train, declared, released, loaded.

An empty box that is returned needs no declaration. Must never know a limit.
"""

from events.vocabulary import Kind
from portclock.traffic.flows import Flow, Leg
from portclock.traffic.imports import declaration_number
from portclock.traffic.inspections import inspection
from portclock.traffic.plans import Plan
from portclock.traffic.telling import Telling
from portclock.traffic.traders import trader_of
from portclock.traffic.yard import by_truck, yard_work


def tell_export(telling: Telling, plan: Plan, flow: Flow) -> None:
    """From the gate or the train to the ship's departure."""
    if flow.leg is Leg.RAIL_TO_WATER:
        _off_train(telling, plan, flow)
    else:
        by_truck(telling, "empty-return", Kind.GATED_IN, (plan.came_at, plan.landed_at))
    if flow.laden:
        _clearance(telling, plan, flow)
    yard_work(telling, plan.released_at, plan.left_at)
    telling.say(Kind.LOADED, plan.left_at)
    telling.say(Kind.DEPARTED, plan.departed_at)


def _off_train(telling: Telling, plan: Plan, flow: Flow) -> None:
    """铁水联运, seaward."""
    refs = {**telling.refs, "train": flow.inland}
    telling.say(Kind.ARRIVED, plan.came_at, mode="rail", refs=refs)
    telling.say(Kind.RAIL_UNLOADED, plan.landed_at, mode="rail", refs=refs)


def _clearance(telling: Telling, plan: Plan, flow: Flow) -> None:
    """运抵, 申报, 放行. An export may be declared before it has come to the port."""
    declaration = declaration_number(telling.port, telling.visit, 0)
    customs = {
        "declaration": declaration,
        "trader": trader_of(telling.port, declaration),
        "advance": False,
        "channel": "inspection" if plan.inspected else "documents",
    }
    declared_at = plan.accepted_at - telling.rolls.randint(300, 900)
    telling.say(Kind.ARRIVAL_REPORTED, plan.reported_at)
    telling.say(Kind.DECLARED, declared_at, customs=customs)
    telling.say(Kind.DECLARATION_ACCEPTED, plan.accepted_at, customs=customs)
    if plan.inspected:
        inspection(telling, plan.accepted_at, plan.released_at, flow.length_ft)
    telling.say(Kind.RELEASED, plan.released_at, customs=customs)

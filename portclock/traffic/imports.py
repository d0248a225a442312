"""Boxes that come by ship: cleared and fetched by truck or train, or carried on by another ship.

Must never know a limit.
"""

from typing import Final

from events.vocabulary import Kind, Party
from portclock.traffic.flows import Flow, Leg
from portclock.traffic.inspections import inspection
from portclock.traffic.plans import HOUR_S, Plan
from portclock.traffic.telling import Telling
from portclock.traffic.traders import trader_of
from portclock.traffic.yard import pickup, tally, yard_work

ADVANCE_SHARE: Final = 0.08
"""提前申报 that is accepted only once the box is on land; others are accepted before it comes."""
DOCUMENTS_SHARE: Final = 0.06
CONDITIONAL_EVERY: Final = 40
"""One declaration in so many is released on condition first (两段准入), and for good days later."""


def tell_import(telling: Telling, plan: Plan, flow: Flow, together: tuple[str, ...]) -> None:
    """`together`: the boxes of the declaration that this box speaks for; none if another does."""
    if together and flow.laden:
        _declaration(telling, plan, together)
    _landing(telling, plan)
    if plan.inspected and flow.laden:
        inspection(telling, max(plan.accepted_at, plan.landed_at), plan.released_at, flow.length_ft)
    elif flow.laden:
        _documents(telling, max(plan.accepted_at, plan.landed_at), plan.released_at)
    yard_work(telling, plan.landed_at, plan.released_at)
    if flow.leg is Leg.WATER_TO_RAIL:
        _onto_train(telling, plan, flow)
    else:
        pickup(telling, plan.released_at, plan.left_at)


def tell_transhipment(telling: Telling, plan: Plan) -> None:
    """From one ship onto the next."""
    _landing(telling, plan)
    yard_work(telling, plan.landed_at, plan.left_at)
    telling.say(Kind.LOADED, plan.left_at)
    telling.say(Kind.DEPARTED, plan.departed_at)


def _landing(telling: Telling, plan: Plan) -> None:
    telling.say(Kind.ARRIVED, plan.came_at)
    telling.say(Kind.DISCHARGED, plan.landed_at)
    tally(telling, plan.landed_at)


def _declaration(telling: Telling, plan: Plan, together: tuple[str, ...]) -> None:
    """What customs says once for all boxes of the declaration."""
    rolls = telling.rolls
    units = together if len(together) > 1 else ()
    manifest_at = plan.came_at - rolls.randint(20 * HOUR_S, 23 * HOUR_S)
    advance = plan.ahead or rolls.random() < ADVANCE_SHARE
    declared_at = min(plan.accepted_at, plan.came_at) if advance else plan.accepted_at
    declaration = declaration_number(telling.port, telling.visit, 1)
    customs = {
        "declaration": declaration,
        "trader": trader_of(telling.port, declaration),
        "advance": advance,
        "channel": "inspection" if plan.inspected else "documents",
    }
    telling.say(Kind.MANIFEST_DECLARED, manifest_at, units=units)
    telling.say(Kind.DECLARED, declared_at - rolls.randint(300, 1500), units=units, customs=customs)
    telling.say(Kind.DECLARATION_ACCEPTED, plan.accepted_at, units=units, customs=customs)
    released_at = plan.released_at
    if telling.visit % CONDITIONAL_EVERY == CONDITIONAL_EVERY // 2:
        telling.say(Kind.CONDITIONALLY_RELEASED, released_at, units=units, customs=customs)
        released_at = plan.left_at + 2 * 24 * HOUR_S
    telling.say(Kind.RELEASED, released_at, units=units, customs=customs)


def declaration_number(port: str, visit: int, inbound: int) -> str:
    """Eighteen digits: office, year, direction, serial."""
    office = {"CNTXG": "0202", "CNSHD": "4205", "CNLYG": "2301"}[port]
    return f"{office}2026{inbound}{visit:09d}"


def _documents(telling: Telling, start: int, end: int) -> None:
    """Customs asks for papers and waits for them; that is the consignee's time."""
    if end - start < HOUR_S or telling.rolls.random() >= DOCUMENTS_SHARE:
        return
    asked_at = start + (end - start) // 6
    supplied_at = end - (end - start) // 4
    party = Party.CONSIGNEE.value
    telling.say(Kind.DOCUMENTS_REQUESTED, asked_at, party=party, reason="certificate of origin")
    telling.say(Kind.DOCUMENTS_SUPPLIED, supplied_at, party=party)


def _onto_train(telling: Telling, plan: Plan, flow: Flow) -> None:
    """铁水联运, inland. The railway reports minutes, so the box counts as loaded at a full one."""
    refs = {**telling.refs, "train": flow.inland}
    telling.say(Kind.RAIL_LOADED, plan.left_at, mode="rail", refs=refs)

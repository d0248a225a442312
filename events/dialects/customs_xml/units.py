"""What a declaration is about: its boxes, or its bills where no boxes are named; and its place."""

from typing import Any, Final

from events.dialects.customs_xml.profile import Profile, Site
from events.dialects.decoded import Wire
from events.dialects.naming import named
from events.dialects.troubles import Misread, Trouble
from events.dialects.xml_tree import Node
from events.identifiers import PORT_CODE_CHARS
from events.refusals import Reason

BOX: Final = "TransportEquipment"
BILL: Final = "Consignment"

Unit = tuple[Node, Node | None]
"""A box or a bill, and the bill that it is part of."""

_FULLNESS: Final = {"4": False, "5": True, "7": True, "8": True}
_LOCATIONS: Final = (
    "UnloadingLocation/ID",
    "LoadingLocation/ID",
    "BorderTransportMeans/UnloadingLocation/ID",
    "BorderTransportMeans/LoadingLocation/ID",
    "DeclarationOfficeID",
)


def units_of(body: Node) -> list[Unit]:
    """The units of a declaration with the consignment that each is part of: boxes, where there are
    any; else bills."""
    bills = list(body.all(BILL))
    inside = [(box, bill) for bill in bills for box in bill.all(BOX)]
    boxes = [(box, None) for box in body.all(BOX)]
    found: list[Unit] = [*inside, *boxes]
    return (
        sorted(found, key=lambda pair: pair[0].start) if found else [(bill, bill) for bill in bills]
    )


def place_of(body: Node, profile: Profile) -> Site:
    """Where a declaration speaks of: by the profile's places, else by the UN/LOCODE that begins the
    name of the terminal. Raises Misread `unknown-place`."""
    names = named_places(body)
    for name in names:
        terminal, _, office = name.partition("/")
        for known in (name, terminal, office):
            if known in profile.places:
                return profile.places[known]
        if terminal[:PORT_CODE_CHARS] == profile.sender.port:
            return Site(port=profile.sender.port, facility=profile.sender.facility)
    raise Misread(
        Trouble.UNKNOWN_PLACE,
        f"none of {names or 'no place'} is a place of the profile",
        "UnloadingLocation/ID",
    )


def named_places(body: Node) -> list[str]:
    """The places that it names, the nearest to the units first."""
    return [text for path in _LOCATIONS if (text := body.said(path)) is not None]


def of_the_unit(unit: Unit, direction: str | None) -> Wire:
    """Its fields of the contract. Raises Misread `missing-field`, `unknown-code`."""
    node, bill = unit
    said: Wire = {} if direction is None else {"direction": direction}
    if node.name == BOX:
        return {**said, **_of_the_box(node)}
    number = bill_of(bill)
    if number is None:
        raise Misread(Reason.MISSING_FIELD, "a consignment without TransportContractDocument/ID")
    return {**said, "unit": {"type": "lot", "id": named(number).replace("/", "%2F")}}


def _of_the_box(box: Node) -> Wire:
    number = box.said("EquipmentIdentification/ID")
    if number is None:
        raise Misread(Reason.MISSING_FIELD, "a box without EquipmentIdentification/ID")
    size, fullness = box.said("CharacteristicCode"), box.said("FullnessCode")
    cargo: dict[str, Any] = {} if size is None else {"size_type": size}
    if fullness is not None:
        if fullness not in _FULLNESS:
            raise Misread(Trouble.UNKNOWN_CODE, f"FullnessCode {fullness!r}", "FullnessCode")
        cargo["laden"] = _FULLNESS[fullness]
    return {"unit": {"type": "container", "id": number}, **({"cargo": cargo} if cargo else {})}


def bill_of(bill: Node | None) -> str | None:
    """The master bill, and the house bill where there is one."""
    if bill is None:
        return None
    master = bill.said("TransportContractDocument/ID")
    house = bill.said("AssociatedTransportDocument/ID")
    return master if house is None else f"{master or ''}_{house}"

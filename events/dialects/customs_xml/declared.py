"""What a declaration of customs' manifest systems says of each of its boxes or consignments.

A message adds (2, 9), replaces (5) or deletes (3) its reports; what it deletes is known by the same
names again: message type, journey, bill, unit. So a report that is deleted and added anew stands.
Where boxes are named they are the units; where only bills are, each bill is a lot.
"""

from typing import Any, Final, NamedTuple

from events.dialects.customs_xml.messages import Head, messages
from events.dialects.customs_xml.profile import Profile
from events.dialects.customs_xml.stamps import Stamp, stamp
from events.dialects.customs_xml.units import Unit, bill_of, of_the_unit, place_of
from events.dialects.decoded import Ledger, Wire
from events.dialects.naming import named
from events.dialects.troubles import Misread, Trouble
from events.dialects.xml_tree import Node
from events.vocabulary import Precision

ADDED, DELETED, REPLACED, ORIGINAL = "2", "3", "5", "9"

_MODES: Final = {"1": "water", "2": "rail", "3": "road", "4": "air"}
"""Customs' code list CN012, of which the air tally report names 2, 3 and 4."""
BY_DIGIT: Final = {"1": "water", "2": "air", "3": "rail", "4": "road"}


class Common(NamedTuple):
    """What all units of one message share: `journey` is its ship and voyage, `moments` what each
    unit reports and when."""

    head: Head
    direction: str | None
    wire: Wire
    journey: tuple[str | None, str | None]
    moments: tuple[tuple[str, Stamp], ...] = ()


def common(head: Head, body: Node, profile: Profile) -> Common:
    """Read what a declaration says of all its units. Raises Misread."""
    row = messages().get(head.type)
    if row is None:
        raise Misread(
            Trouble.UNKNOWN_MESSAGE, f"{head.type} is not in the table", "Head/MessageType"
        )
    if not row.says:
        raise Misread(Trouble.NOT_FOR_US, f"{head.type} {row.words}: {row.instead}")
    if head.function not in (ADDED, DELETED, REPLACED, ORIGINAL):
        raise Misread(Trouble.UNKNOWN_CODE, f"FunctionCode {head.function!r}", "Head/FunctionCode")
    wire = _shared(head, body, profile)
    zone = profile.sender.zone
    moments = tuple((says.kind, _when(head, body, says.at, zone)) for says in row.says)
    return Common(head, row.direction, wire, journey_of(body), moments)


def journey_of(body: Node) -> tuple[str | None, str | None]:
    """The ship and its voyage."""
    return body.said("BorderTransportMeans/ID"), body.said("BorderTransportMeans/JourneyID")


def say(shared: Common, unit: Unit, ledger: Ledger, part: int) -> None:
    """Write down what a message says of one unit. Raises Misread."""
    about = of_the_unit(unit, shared.direction)
    for kind, when in shared.moments:
        ledger.tell(wire_of(shared, unit, about, (kind, when)), part, f"line {unit[0].line}")


def wire_of(shared: Common, unit: Unit, about: Wire, what: tuple[str, Stamp]) -> Wire:
    """One event, named by what tells it apart: message, ship, voyage, bill, unit and kind."""
    kind, when = what
    head, number = shared.head, about["unit"]["id"]
    name = named(head.type, *shared.journey, bill_of(unit[1]), number, kind)
    said = {"event_id": name, "kind": kind, "occurred_at": when.text}
    wire = {**shared.wire, **about, **said}
    if when.precision is not Precision.SECOND:
        wire["precision"] = when.precision
    if head.function == DELETED:
        wire["retracts"] = name
    return wire


def _when(head: Head, body: Node, path: str, zone: str) -> Stamp:
    """A deletion need not say when it was: its own time stands for it, and withdraws it all."""
    text = None if path == "sent" else body.said(path)
    if text is not None:
        return stamp(text, zone, path)
    if path == "sent" or head.function == DELETED:
        return head.sent
    raise Misread(Trouble.NO_ACTUAL_TIME, f"{path}: the element is missing", path)


def _shared(head: Head, body: Node, profile: Profile) -> Wire:
    site = place_of(body, profile)
    means = body.said("BorderTransportMeans/TypeCode")
    if means is not None and means not in _MODES:
        raise Misread(Trouble.UNKNOWN_CODE, f"TypeCode {means!r}", "BorderTransportMeans/TypeCode")
    mode = _MODES[means] if means else BY_DIGIT.get(head.type[3:4], profile.sender.mode)
    place: dict[str, Any] = {"port": site.port}
    if site.facility is not None:
        place["facility"] = site.facility
    voyage = body.said("BorderTransportMeans/JourneyID")
    return {
        "source": profile.sender.source,
        "place": place,
        "mode": mode,
        "recorded_at": head.sent.text,
        "refs": {"voyage": voyage[:200]} if voyage else {},
    }

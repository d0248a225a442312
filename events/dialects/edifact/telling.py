"""From groups of a message to events in our words: identity, intent, time, place and mode.

What all messages share. An event is named by its document, unit and kind, so that a message that
comes again, in another interchange too, tells the same; 1225 says whether it corrects or withdraws
(https://service.unece.org/trade/untdid/d00b/tred/tred1225.htm). Knows what segments hold; which
code means what is for `meanings`, and which groups make an event for its callers.
"""

from collections.abc import Iterator
from enum import Enum
from types import MappingProxyType
from typing import Any, Final

from events.dialects.decoded import Announced, Announcement, Ledger, Wire
from events.dialects.edifact.groups import Group, Transport
from events.dialects.edifact.interchange import Interchange, Message
from events.dialects.edifact.meanings import Meaning, Table
from events.dialects.edifact.numbers import Numbers, add_numbers, numbers_of, outwards, spelled
from events.dialects.edifact.profile import Profile, Spot
from events.dialects.edifact.times import Said, instant
from events.dialects.edifact.units import add_cargo, lot_of, unit_of
from events.dialects.troubles import Misread, Trouble
from events.instants import parse_instant
from events.vocabulary import Kind, Mode, Precision


class Intent(Enum):
    """What a message is to the one before it."""

    ORIGINAL = "original"
    REPLACES = "replaces"
    WITHDRAWS = "withdraws"
    PROVISIONAL = "provisional"


_INTENTS: Final = MappingProxyType(
    {
        "": Intent.ORIGINAL, "9": Intent.ORIGINAL, "2": Intent.ORIGINAL, "7": Intent.ORIGINAL,
        "35": Intent.ORIGINAL, "4": Intent.REPLACES, "5": Intent.REPLACES, "1": Intent.WITHDRAWS,
        "3": Intent.WITHDRAWS, "46": Intent.PROVISIONAL,
    }
)  # fmt: skip
_MODES: Final = MappingProxyType(
    {"1": Mode.WATER, "2": Mode.RAIL, "3": Mode.ROAD, "4": Mode.AIR, "8": Mode.WATER}
)
PREVIOUS: Final = "ACW"


class Telling:
    """One message on its way into a ledger: what its head says of all events in it.

    Raises Misread where the head itself cannot be understood.
    """

    def __init__(
        self, into: Ledger, part: int, interchange: Interchange, message: Message, profile: Profile
    ) -> None:
        self.into = into
        self.part = part
        self.interchange = interchange
        self.message = message
        self.profile = profile
        self.zone = profile.zone
        self.table: Table = Table()
        self.head = Group("BGM", message.first, [])
        self.intent = Intent.ORIGINAL
        self.document = self.previous = ""
        self.recorded: str | None = None
        self.used: dict[str, int] = {}
        self.own = Numbers({}, "")

    def begin(self, table: Table, head: Group) -> None:
        """Read the head."""
        self.table, self.head = table, head
        code = head.at(3)
        intent = _INTENTS.get(code)
        if intent is None:
            raise Misread(Trouble.UNKNOWN_CODE, f"1225 {code!r} is no intent we know", head.path)
        self.intent = intent
        self.document = self._document(head)
        self.previous = spelled(head.refs.get(PREVIOUS, "")) or self.document
        self.recorded = self._recorded(head)
        self.own = numbers_of(head)

    def _document(self, head: Group) -> str:
        number = head.at(2)
        if self.profile.identity == "document" and number:
            return spelled(number)
        if self.intent in (Intent.REPLACES, Intent.WITHDRAWS):
            said = "the document has no number of its own, so nothing can be found by it"
            raise Misread(Trouble.CANCELS_UNSEEN, said, head.path)
        return f"{spelled(self.interchange.reference)}.{self.message.first}"

    def _recorded(self, head: Group) -> str | None:
        """When the sender wrote it down: DTM+137 to the minute, or else UNB."""
        if self.profile.recorded == "none":
            return None
        issued = head.times.get("137")
        if self.profile.recorded == "message" and issued is not None:
            said = instant(*issued, self.profile.zone)
            if said.precision is not Precision.DAY:
                return said.at
        prepared = self.interchange.prepared
        written = {10: "201", 12: "203"}.get(len(prepared))
        return None if written is None else instant(prepared, written, self.profile.zone).at

    def time(self, qualifiers: tuple[str, ...], group: Group) -> Said:
        """The first of these times that the group, or what it lies in, tells.

        Raises Misread `no-actual-time`, naming what it tells instead.
        """
        for within in outwards(group, self.head):
            times = within.times
            for qualifier in qualifiers:
                if qualifier in times:
                    return instant(*times[qualifier], self.zone)
        told = sorted({q for within in outwards(group, self.head) for q in within.times})
        said = f"none of DTM {', '.join(qualifiers)}; only {', '.join(told) or 'none at all'}"
        raise Misread(Trouble.NO_ACTUAL_TIME, said, group.path)

    def tell(self, meaning: Meaning, kind: Kind, group: Group, said: Said | None = None) -> bool:
        """One event (or, of a provisional message, an announcement) of the unit of a group.

        `said` is its time, if it is not among those of its meaning. Raises Misread.
        """
        wire = self._event(meaning, kind, group, said)
        return wire is None or self.into.tell(wire, self.part, group.path)

    def ask(self, kind: Kind, group: Group, at: str | None) -> None:
        """That this was asked for when the message was issued, for `at`. Raises Misread."""
        if self.intent is Intent.PROVISIONAL:
            return
        wire = self._event(Meaning(kind=kind, times=("137",)), kind, group, None)
        if wire is not None:
            self.into.tell({**wire, "at": at} if at else wire, self.part, group.path)

    def _event(self, meaning: Meaning, kind: Kind, group: Group, said: Said | None) -> Wire | None:
        """The event as its message; None where it was announced instead."""
        lots = self.profile.lots
        unit = unit_of(group) if group.tag == "EQD" else lot_of(outwards(group, self.head), lots)
        mode = self.mode(meaning, group)
        if mode is Mode.RAIL and meaning.rail is not None:
            kind = meaning.rail
        if said is None:
            said = self._time_of(meaning, group)
        if self.intent is Intent.PROVISIONAL:
            self.announce(Announced.ESTIMATED, kind, unit["id"], said.at, group)
            return None
        wire = self._wire(kind, unit, mode, said)
        wire["place"] = self.place(meaning, group)
        add_cargo(wire, group, meaning.category)
        add_numbers(wire, outwards(group, self.head), self.own, meaning.advance)
        return wire

    def _time_of(self, meaning: Meaning, group: Group) -> Said:
        qualifiers = self.table.times if meaning.times is None else meaning.times
        try:
            return self.time(qualifiers, group)
        except Misread:
            if self.intent is Intent.WITHDRAWS and self.recorded is not None:
                return Said(self.recorded, Precision.MINUTE)
            raise

    def _wire(self, kind: Kind, unit: dict[str, str], mode: Mode, said: Said) -> Wire:
        name = f"{unit['id']}/{kind}"
        times = self.used[name] = self.used.get(name, 0) + 1
        if times > 1:
            name = f"{name}/{times}"
        wire: Wire = {
            "event_id": f"{self.document}/{name}",
            "source": self.profile.source,
            "kind": kind,
            "unit": unit,
            "mode": mode,
            "occurred_at": said.at,
            "precision": said.precision,
        }
        if self.recorded is not None:
            wire["recorded_at"] = self.recorded
        if self.intent is Intent.WITHDRAWS:
            wire["retracts"] = f"{self.previous}/{name}"
            wire["event_id"] += "/withdrawn"
        elif self.intent is Intent.REPLACES and self.previous != self.document:
            wire["supersedes"] = f"{self.previous}/{name}"
        return wire

    def mode(self, meaning: Meaning, group: Group) -> Mode:
        """How the unit travels: as the code says, or the transport told nearest, or the table."""
        said = meaning.mode
        if said is None:
            for transport in self._transports(group):
                if transport.mode in _MODES:
                    return _MODES[transport.mode]
            said = self.table.mode
        return self.profile.mode if said == "here" else said

    def _transports(self, group: Group) -> Iterator[Transport]:
        stages = _STAGES.get(self.message.type)
        for within in outwards(group, self.head):
            for transport in within.transports:
                if stages is None or transport.stage in stages:
                    yield transport

    def place(self, meaning: Meaning, group: Group) -> dict[str, str]:
        """Port, facility and spot. Raises Misread `unknown-place` for a code the profile lacks."""
        spot = self._spot(self.table.where if meaning.where is None else meaning.where, group)
        place = {"port": spot.port}
        if spot.facility is not None:
            place["facility"] = spot.facility
        if "150" in group.places:
            place["spot"] = group.places["150"][0]
        return place

    def _spot(self, qualifiers: tuple[str, ...], group: Group) -> Spot:
        spots = self.profile.spots
        for qualifier in qualifiers:
            for within in outwards(group, self.head):
                if qualifier in within.places:
                    code, inner = within.places[qualifier]
                    wanted = inner if inner in spots or (qualifier == "165" and inner) else code
                    if wanted in spots:
                        return spots[wanted]
                    said = f"LOC+{qualifier} names {code} {inner}".rstrip()
                    raise Misread(Trouble.UNKNOWN_PLACE, said, group.path)
        return spots[self.profile.port]

    def announce(
        self,
        announced: Announced,
        kind: Kind | None,
        unit: str | None,
        at: str | None,
        group: Group,
    ) -> None:
        """One announcement, with the numbers of its document."""
        said: dict[str, Any] = {"document": self.document, "message": self.message.name}
        wire: Wire = {}
        add_numbers(wire, outwards(group, self.head), self.own)
        expected = None if at is None else parse_instant(at)
        told = Announcement(announced, kind, unit, expected, said | wire, self.part, group.path)
        self.into.announce(told._replace(**self._version()))

    def _version(self) -> dict[str, Any]:
        """Which document an announcement is of, and what it does to the one before."""
        recorded = None if self.recorded is None else parse_instant(self.recorded)
        if self.intent is Intent.WITHDRAWS:
            return {"document": self.previous, "recorded_at": recorded, "withdrawn": True}
        other = self.intent is Intent.REPLACES and self.previous != self.document
        replaces = self.previous if other else ""
        return {"document": self.document, "recorded_at": recorded, "replaces": replaces}


_STAGES: Final[dict[str, frozenset[str]]] = {
    "CODECO": frozenset({"1", "10", "30"}),
    "COARRI": frozenset({"20"}),
    "CUSRES": frozenset({"20"}),
}
"""Which part of the carriage (8051) a message is about; where none is named, any."""

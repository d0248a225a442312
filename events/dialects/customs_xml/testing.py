"""Builder for tests: messages of customs from known events of ours.

Ships inside the package, as `events.testing`. One message holds what was sent at one moment about
one ship; its events are of the kinds that its type says.
"""

from collections.abc import Sequence
from datetime import datetime
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from events.dialects.customs_xml.messages import messages
from events.dialects.naming import named
from events.envelope import Event
from events.testing import event

PROFILE = 'source = "tac-customs"\nport = "CNTAC"\nfacility = "TIC"\n'
SHIP = "UN9346524"

_ZONE = ZoneInfo("Asia/Shanghai")
_MODES = {"water": "1", "rail": "2", "road": "3", "air": "4"}


def known(
    type: str, unit: str, happened: datetime, sent: datetime, *, voyage: str, deleted: bool = False
) -> list[Event]:
    """The events that one box of such a message comes to."""
    row = messages()[type]
    found = []
    for says in row.says:
        name = named(type, SHIP, voyage, None, unit, says.kind)
        fields = {"retracts": name} if deleted else {}
        moment = sent if says.at == "sent" else happened
        found.append(
            event(
                says.kind,
                moment,
                unit=unit,
                port="CNTAC",
                facility="TIC",
                source="tac-customs",
                event_id=name,
                direction=row.direction,
                recorded_at=sent,
                refs={"voyage": voyage},
                mode="air" if type[3] == "2" else "water",
                cargo={"size_type": "45G1", "laden": True},
                **fields,
            )
        )
    return found


def message(type: str, events: Sequence[Event], encoding: str = "UTF-8") -> bytes:
    """One message of these events, which were sent at one moment about one ship."""
    first = events[0]
    refs = first.refs
    sent = _digits(first.recorded_at or first.occurred_at) + "668"
    happened = {_digits(e.occurred_at) for e in events if e.kind != "tally-reported"}.pop()
    boxes = "".join(map(_box, dict.fromkeys(e.unit.id for e in events)))
    text = f"""<?xml version="1.0" encoding="{encoding}"?>
<Manifest xmlns="urn:Declaration:datamodel:standard:CN:{type}:1">
<Head><MessageID>2327_{sent}</MessageID><FunctionCode>{3 if first.retracts else 2}</FunctionCode>
<MessageType>{type}</MessageType><SenderID>理货</SenderID><ReceiverID>2327</ReceiverID>
<SendTime>{sent}</SendTime><Version>1.0</Version></Head>
<Declaration><DeclarationOfficeID>2327</DeclarationOfficeID>
<BorderTransportMeans><JourneyID>{escape((refs and refs.voyage) or "")}</JourneyID>
<TypeCode>{_MODES[first.mode]}</TypeCode><ID>{SHIP}</ID><Name>船</Name>
<CompletedDateTime>{happened}086</CompletedDateTime></BorderTransportMeans>
<UnloadingLocation><ID>CNTAC230030/2327</ID><ArrivalDate>{happened}</ArrivalDate></UnloadingLocation>
{boxes}</Declaration></Manifest>"""
    return text.encode(encoding)


def _digits(moment: datetime) -> str:
    return f"{moment.astimezone(_ZONE):%Y%m%d%H%M%S}"


def _box(number: str) -> str:
    return (
        f"<TransportEquipment><EquipmentIdentification><ID>{number}</ID></EquipmentIdentification>"
        "<CharacteristicCode>45G1</CharacteristicCode><FullnessCode>5</FullnessCode>"
        "</TransportEquipment>\n"
    )

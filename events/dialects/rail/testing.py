"""Builder for tests: a train's message from known events of ours, with a schema that it keeps to.

Ships inside the package, as `events.testing`. Both are invented: they are not those of JT/T 1350.
"""

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import quoteattr
from zoneinfo import ZoneInfo

from events.envelope import Event

PROFILE: Final = """
record = "Wagons/Wagon"
schema = "trains-of-the-tests.xsd"
source = "cr-shanghai"
port = "CNLYG"
facility = "LYG-RY"
zone = "Asia/Shanghai"
mode = "rail"
unit_type = "wagon"
[columns]
event_id = "@id"
"unit.id" = "@no"
kind = "What"
occurred_at = "When"
recorded_at = "/Head/Sent"
"refs.train" = "/Head/Train"
"cargo.weight_kg" = "Net"
"""

SCHEMA: Final = b"""<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="TrainReport"><xs:complexType><xs:sequence>
    <xs:element name="Head"><xs:complexType><xs:sequence>
      <xs:element name="Train" type="xs:string"/><xs:element name="Sent" type="xs:string"/>
    </xs:sequence></xs:complexType></xs:element>
    <xs:element name="Wagons"><xs:complexType><xs:sequence>
      <xs:element name="Wagon" maxOccurs="unbounded"><xs:complexType><xs:sequence>
        <xs:element name="What" type="xs:string"/><xs:element name="When" type="xs:string"/>
        <xs:element name="Net" type="xs:nonNegativeInteger"/>
      </xs:sequence><xs:attribute name="id" type="xs:string" use="required"/>
      <xs:attribute name="no" type="xs:string" use="required"/></xs:complexType></xs:element>
    </xs:sequence></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>
"""

_ZONE: Final = ZoneInfo("Asia/Shanghai")


def message(events: Sequence[Event]) -> bytes:
    """One message of events of wagons of one train, recorded at one moment."""
    first = events[0]
    sent = (first.recorded_at or first.occurred_at).astimezone(_ZONE)
    train = (first.refs and first.refs.train) or ""
    wagons = "".join(map(_wagon, events))
    head = f"<Head><Train>{train}</Train><Sent>{sent:%Y%m%d%H%M%S}</Sent></Head>"
    text = f"<TrainReport>\n{head}\n<Wagons>\n{wagons}</Wagons></TrainReport>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()


def _wagon(event: Event) -> str:
    net = event.cargo.weight_kg if event.cargo else 0
    when = f"{event.occurred_at.astimezone(_ZONE):%Y-%m-%d %H:%M:%S}"
    return (
        f"<Wagon id={quoteattr(event.event_id)} no={quoteattr(event.unit.id)}>"
        f"<What>{event.kind}</What>\n<When>{when}</When><Net>{net}</Net></Wagon>\n"
    )

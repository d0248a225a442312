"""Builder for tests: EPCIS documents from known events of ours.

Ships inside the package, as `events.testing`. What the vocabulary has no step for is refused by it.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from events.dialects.epcis.meaning import CONTAINERS, steps
from events.envelope import Event
from events.vocabulary import Kind

PROFILE: Final = """
source = "lyg-rfid"
port = "CNLYG"
units = {"urn:cn:wagon:" = "wagon"}
[points.quay]
port = "CNLYG"
facility = "LPCT"
mode = "water"
[points.siding]
port = "CNLYG"
facility = "LPCT"
mode = "rail"
[points.apron]
port = "CNLYG"
facility = "LPCT"
mode = "air"
[points.in]
port = "CNLYG"
facility = "LPCT"
mode = "road"
gate = "in"
[points.out]
port = "CNLYG"
facility = "LPCT"
mode = "road"
gate = "out"
"""

_SCHEMES: Final = {"container": CONTAINERS, "wagon": "urn:cn:wagon:"}
_BY_MODE: Final = {"water": "quay", "rail": "siding", "air": "apron"}
_GATES: Final = {Kind.GATED_IN: "in", Kind.GATED_OUT: "out"}
SPELLINGS: Final = ("{}", "urn:epcglobal:cbv:bizstep:{}", "https://ref.gs1.org/cbv/BizStep-{}")


def kinds() -> list[Kind]:
    """Which kinds of ours the vocabulary can say."""
    said = {
        word for step in steps().values() for word in (step.kind, step.rail, step.air, step.out)
    }
    return [kind for kind in Kind if kind in said]


def document(events: Sequence[Event], spelling: str = "{}") -> bytes:
    """One captured document of these events."""
    body = {"eventList": [_told(event, spelling) for event in events]}
    whole = {"type": "EPCISDocument", "schemaVersion": "2.0", "epcisBody": body}
    return json.dumps(whole, ensure_ascii=False).encode()


def _told(event: Event, spelling: str) -> dict[str, Any]:
    said = event.model_dump(mode="json", exclude_none=True)
    told = {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventID": event.event_id,
        "eventTime": said["occurred_at"],
        "eventTimeZoneOffset": "+08:00",
        "bizStep": spelling.format(_step(event.kind)),
        "epcList": [_SCHEMES[event.unit.type] + event.unit.id],
        "readPoint": {"id": _GATES.get(event.kind) or _BY_MODE[event.mode]},
    }
    if event.retracts is None:
        return {**told, "recordTime": said.get("recorded_at")}
    return {**told, "errorDeclaration": {"declarationTime": said["recorded_at"]}}


def _step(kind: Kind) -> str:
    for name, step in steps().items():
        if kind in (step.kind, step.rail, step.air, step.out):
            return name
    raise ValueError(f"EPCIS has no step for {kind}")

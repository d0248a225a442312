"""Builder for tests: DCSA documents, in each of the three shapes, from known events of ours.

Ships inside the package, as `events.testing`. What DCSA has no word for is refused by it.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from events.dialects.dcsa.meaning import Code, codes
from events.dialects.dcsa.shapes import CODED, FLAT, NAMED
from events.envelope import Event
from events.vocabulary import Kind

SHAPES: Final = (FLAT, CODED, NAMED)

PROFILE: Final = """
source = "msk"
port = "CNLYG"
facility = "LPCT"
ports = ["CNNKG"]
"""

_FULL: Final = {"ACT": "ACTUAL", "EST": "ESTIMATED", "PLN": "PLANNED"}
_CONVEYANCES: Final = {"water": "VESSEL", "rail": "RAIL", "road": "TRUCK", "air": "AIR"}
_PHASES: Final = {"import": "IMPORT", "export": "EXPORT", "transhipment": "TRANSSHIPMENT"}
_NOT_IN_2_2: Final = ("AVPU", "CUSS", "CUSI", "CUSR", "INSP")

Json = dict[str, Any]


def document(events: Sequence[Event], shape: str, classifier: str = "ACT") -> bytes:
    """One document of these events. Raises ValueError for a kind that the shape has no word for."""
    told = [_told(event, shape, classifier) for event in events]
    return json.dumps(told if shape == FLAT else {"events": told}, ensure_ascii=False).encode()


def kinds(shape: str) -> list[Kind]:
    """Which kinds of ours this shape can say."""
    return [kind for kind in Kind if _word(kind, shape) is not None]


def _word(kind: str, shape: str) -> tuple[str, Code] | None:
    rows = ((family, row) for (family, word), row in codes().items() if word == row.code)
    for family, row in rows:
        absent = row.ahead or (shape == FLAT and row.code in _NOT_IN_2_2)
        if kind in (row.kind, row.rail) and not absent:
            return family, row
    return None


def _told(event: Event, shape: str, classifier: str) -> Json:
    found = _word(event.kind, shape)
    if found is None:
        raise ValueError(f"DCSA {shape} has no word for {event.kind}")
    said = event.model_dump(mode="json", exclude_none=True)
    make = _flat if shape == FLAT else _nested
    told = make(said, *found, shape, classifier)
    if event.retracts:
        told["isRetracted"] = True
    return told


def _flat(said: Json, family: str, row: Code, shape: str, classifier: str) -> Json:
    cargo, refs = said.get("cargo", {}), said.get("refs", {})
    bill = [_typed("documentReference", "TRD", refs["bill"])] if "bill" in refs else []
    told = {
        **_times(said),
        "eventCreatedDateTime": said.get("recorded_at"),
        "eventType": family,
        "eventClassifierCode": classifier,
        f"{family.lower()}EventTypeCode": row.code,
        "ISOEquipmentCode": cargo.get("size_type"),
        "emptyIndicatorCode": _empty(cargo),
        "isTransshipmentMove": said.get("direction") == "transhipment" or None,
        "eventLocation": {
            "UNLocationCode": said["place"]["port"],
            "facilityCode": said["place"].get("facility"),
        },
        "transportCall": {
            "modeOfTransport": _CONVEYANCES[said["mode"]],
            "importVoyageNumber": refs.get("voyage"),
            "exportVoyageNumber": refs.get("voyage"),
            "carrierServiceCode": refs.get("service"),
        },
        "documentReferences": bill,
    }
    if family == "EQUIPMENT":
        told["equipmentReference"] = said["unit"]["id"]
    else:
        told["references"] = [_typed("reference", "EQ", said["unit"]["id"])]
    if family == "SHIPMENT":
        told |= {"documentTypeCode": "CUC", "documentID": "C1"}
    return told


def _nested(said: Json, family: str, row: Code, shape: str, classifier: str) -> Json:
    end = "Code" if shape == CODED else ""
    cargo, refs = said.get("cargo", {}), said.get("refs", {})
    voyage = {"carrierVoyageNumber": refs.get("voyage")}
    bill = {f"type{end}": "TRD" if end else "TRANSPORT_DOCUMENT", "reference": refs.get("bill")}
    clearance = {f"type{end}": "CUC" if end else "CUSTOMS_CLEARANCE", "reference": "C1"}
    return {
        **_times(said),
        "eventUpdatedDateTime": said.get("recorded_at"),
        "eventLocation": {
            "UNLocationCode": said["place"]["port"],
            "facility": {"facilityCode": said["place"].get("facility")},
        },
        "eventClassification": {
            f"eventType{end}": family,
            f"eventClassifier{end}": classifier if end else _FULL[classifier],
            f"{family.lower()}EventType{end}": row.code if end else row.name,
        },
        "shipmentDetails": {
            "documentReference": clearance if family == "SHIPMENT" else None,
            "additionalDocumentReferences": [bill] if "bill" in refs else None,
        },
        "transportDetails": {
            "transportCall": {
                "modeOfTransport": _CONVEYANCES[said["mode"]],
                "importVoyageNumberOrReference": voyage,
                "exportVoyageNumberOrReference": voyage,
                "serviceCodeOrReference": {"carrierServiceCode": refs.get("service")},
            }
        },
        "equipmentDetails": {
            "equipmentReference": said["unit"]["id"],
            "ISOEquipmentCode": cargo.get("size_type"),
            f"emptyIndicator{end}": _empty(cargo),
            "transportPhase": _PHASES.get(said.get("direction", "")),
        },
    }


def _times(said: Json) -> Json:
    name = said["event_id"].removesuffix("/" + said["unit"]["id"])
    return {"eventID": name, "eventDateTime": said["occurred_at"]}


def _empty(cargo: Json) -> str | None:
    return {True: "LADEN", False: "EMPTY", None: None}[cargo.get("laden")]


def _typed(prefix: str, type: str, value: str) -> Json:
    return {f"{prefix}Type": type, f"{prefix}Value": value}

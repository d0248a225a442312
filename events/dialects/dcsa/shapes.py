"""The three shapes of DCSA events, read as one.

2.2 is flat. 3.0 nests, and exists with words of four letters (`eventClassifierCode: ACT`) and with
full names (`eventClassifier: ACTUAL`); each event says by its keys which one it is. Knows where a
thing stands and how it is spelled; what it means for us is for `meaning`.

Sources: as in `codes.toml`.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from events.dialects.troubles import Misread, Trouble
from events.refusals import Reason

FLAT, CODED, NAMED = "2.2", "3.0 codes", "3.0 names"

_CLASSIFIERS = {
    "ACT": "ACT", "EST": "EST", "PLN": "PLN",
    "ACTUAL": "ACT", "ESTIMATED": "EST", "PLANNED": "PLN",
}  # fmt: skip
_FAMILIES = {"SHIPMENT", "TRANSPORT", "EQUIPMENT", "IOT", "REEFER", "OPERATIONS"}

Json = dict[str, Any]


class Report(NamedTuple):
    """One event of DCSA, whatever its shape. Texts are as they came; None is what was not said.

    `word` is the code or the name of what happened in its `family`, `party` who first said so,
    `units` the boxes that are named, `documents` by their type.
    """

    shape: str
    event_id: str
    retracted: bool
    happened_at: str | None
    updated_at: str | None
    family: str
    classifier: str | None
    word: str | None
    party: str | None
    units: tuple[str, ...]
    size_type: str | None
    laden: bool | None
    phase: str | None
    port: str | None
    facility: str | None
    facility_type: str | None
    conveyance: str | None
    voyages: tuple[str | None, str | None]
    service: str | None
    documents: tuple[tuple[str, str], ...]
    reason: str | None


def shape_of(raw: object) -> str:
    """Which shape an event has. Raises Misread `not-an-object`."""
    if not isinstance(raw, dict):
        raise Misread(Reason.NOT_AN_OBJECT, "an event is a JSON object")
    inner = raw.get("eventClassification")
    if isinstance(inner, dict):
        return CODED if "eventTypeCode" in inner or "eventClassifierCode" in inner else NAMED
    return FLAT if "eventType" in raw else NAMED


def report(raw: Json) -> Report:
    """Read one event. Raises Misread where what must be a text, a list or an object is none."""
    shape = shape_of(raw)
    return _flat(raw) if shape == FLAT else _nested(raw, shape)


def _flat(raw: Json) -> Report:
    call, place = _object(raw, "transportCall"), _object(raw, "eventLocation")
    family = _family(_text(raw, "eventType"))
    return Report(
        shape=FLAT,
        event_id=_id(raw),
        retracted=_flag(raw, "isRetracted") or False,
        happened_at=_text(raw, "eventDateTime"),
        updated_at=_text(raw, "eventUpdatedDateTime") or _text(raw, "eventCreatedDateTime"),
        family=family,
        classifier=_classifier(_text(raw, "eventClassifierCode")),
        word=_text(raw, f"{family.lower()}EventTypeCode"),
        party=None,
        units=_units(_text(raw, "equipmentReference"), _pairs(raw, "references", "reference")),
        size_type=_text(raw, "ISOEquipmentCode"),
        laden=_laden(_text(raw, "emptyIndicatorCode")),
        phase="TRANSSHIPMENT" if _flag(raw, "isTransshipmentMove") else None,
        port=_text(place, "UNLocationCode") or _called_at(call),
        facility=_text(place, "facilityCode") or _text(call, "facilityCode"),
        facility_type=_text(place, "facilityTypeCode") or _text(raw, "facilityTypeCode"),
        conveyance=_text(call, "modeOfTransport"),
        voyages=(_text(call, "importVoyageNumber"), _text(call, "exportVoyageNumber")),
        service=_text(call, "carrierServiceCode"),
        documents=_flat_documents(raw),
        reason=_text(raw, "reason") or _text(raw, "changeRemark"),
    )


def _nested(raw: Json, shape: str) -> Report:
    end = "Code" if shape == CODED else ""
    said, place = _object(raw, "eventClassification"), _object(raw, "eventLocation")
    box, shipment = _object(raw, "equipmentDetails"), _object(raw, "shipmentDetails")
    call = _object(_object(raw, "transportDetails"), "transportCall")
    named = _pairs(shipment, "shipmentReferences", f"type{end}", "reference")
    family = _family(_text(said, f"eventType{end}"), retracted=_flag(raw, "isRetracted") or False)
    return Report(
        shape=shape,
        event_id=_id(raw),
        retracted=_flag(raw, "isRetracted") or False,
        happened_at=_text(raw, "eventDateTime"),
        updated_at=_text(raw, "eventUpdatedDateTime"),
        family=family,
        classifier=_classifier(_text(said, f"eventClassifier{end}")),
        word=_text(said, f"{family.lower()}EventType{end}"),
        party=_party(_object(raw, "eventRouting")),
        units=_units(_text(box, "equipmentReference"), named),
        size_type=_text(box, "ISOEquipmentCode"),
        laden=_laden(_text(box, f"emptyIndicator{end}")),
        phase=_text(box, "transportPhase") or _text(box, "movementType"),
        port=_text(place, "UNLocationCode") or _called_at(call),
        facility=_text(_object(place, "facility"), "facilityCode"),
        facility_type=_text(place, f"facilityType{end}"),
        conveyance=_text(call, f"modeOfTransport{end}") or _text(call, "modeOfTransport"),
        voyages=(_voyage(call, "import"), _voyage(call, "export")),
        service=_text(_object(call, "serviceCodeOrReference"), "carrierServiceCode"),
        documents=_nested_documents(shipment, f"type{end}"),
        reason=_text(raw, "reason") or _text(shipment, "reason"),
    )


def _id(raw: Json) -> str:
    event_id = _text(raw, "eventID")
    if not event_id:
        raise Misread(Reason.MISSING_FIELD, "eventID: the field is missing", "eventID")
    return event_id


def _family(word: str | None, retracted: bool = False) -> str:
    """A retracted event may say nothing beside its name."""
    if word in _FAMILIES or (word is None and retracted):
        return word or ""
    if word is None:
        raise Misread(Reason.MISSING_FIELD, "eventType: the field is missing", "eventType")
    raise Misread(Trouble.UNKNOWN_CODE, f"eventType {word!r} is none of the standard", "eventType")


def _classifier(word: str | None) -> str | None:
    if word is not None and word not in _CLASSIFIERS:
        raise Misread(Trouble.UNKNOWN_CODE, f"classifier {word!r} is none of the standard")
    return word and _CLASSIFIERS[word]


def _laden(word: str | None) -> bool | None:
    return {"LADEN": True, "EMPTY": False}.get(word or "")


def _called_at(call: Json) -> str | None:
    return _text(call, "UNLocationCode") or _text(_object(call, "location"), "UNLocationCode")


def _voyage(call: Json, way: str) -> str | None:
    voyage = _object(call, f"{way}VoyageNumberOrReference")
    return _text(voyage, "carrierVoyageNumber") or _text(voyage, "universalVoyageReference")


def _party(routing: Json) -> str | None:
    """The one or the many that the event began with; with its id they are its identity."""
    many = routing.get("originatingParties")
    parties = many if isinstance(many, list) else [routing.get("originatingParty")]
    keys = ("codeListProvider", "codeListName", "partyCode")
    told = [".".join(_text(p, key) or "" for key in keys) for p in parties if isinstance(p, dict)]
    return "+".join(sorted(told)) or None


def _units(named: str | None, references: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The box of an equipment event; of others those that are referred to."""
    if named:
        return (named,)
    kinds = ("EQ", "EQUIPMENT_REFERENCE", "EQUIPMENT")
    return tuple(dict.fromkeys(value for kind, value in references if kind in kinds))


def _flat_documents(raw: Json) -> tuple[tuple[str, str], ...]:
    own = (_text(raw, "documentTypeCode"), _text(raw, "documentID"))
    others = _pairs(raw, "documentReferences", "documentReference")
    return ((own[0], own[1] or ""), *others) if own[0] else others


def _nested_documents(shipment: Json, key: str) -> tuple[tuple[str, str], ...]:
    own = shipment.get("documentReference")
    first = _pairs({"all": [own]}, "all", key, "reference") if isinstance(own, dict) else ()
    return first + _pairs(shipment, "additionalDocumentReferences", key, "reference")


def _pairs(raw: Json, key: str, type: str, value: str = "") -> tuple[tuple[str, str], ...]:
    """A list of references as pairs; without `value`, `type` is what both keys begin with."""
    names = (type, value) if value else (f"{type}Type", f"{type}Value")
    return tuple(_each(raw.get(key), key, names))


def _each(many: Any, key: str, names: tuple[str, str]) -> Iterator[tuple[str, str]]:
    if many is None:
        return
    if not isinstance(many, list):
        raise Misread(Reason.INVALID_VALUE, f"{key}: a list is wanted", key)
    for one in many:
        if isinstance(one, dict):
            yield _text(one, names[0]) or "", _text(one, names[1]) or ""


def _object(raw: Json, key: str) -> Json:
    value = raw.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Misread(Reason.INVALID_VALUE, f"{key}: an object is wanted", key)
    return value


def _text(raw: Json, key: str) -> str | None:
    value = raw.get(key)
    if value is None or isinstance(value, str):
        return value or None
    raise Misread(Reason.INVALID_VALUE, f"{key}: a text is wanted", key)


def _flag(raw: Json, key: str) -> bool | None:
    value = raw.get(key)
    if value is None or isinstance(value, bool):
        return value
    raise Misread(Reason.INVALID_VALUE, f"{key}: true or false is wanted", key)

"""What one DCSA event means for us: an event for each box, an announcement, or a refusal.

The traps (facts with their sources in `codes.toml`): an event with the same id and a later
`eventUpdatedDateTime` overrides, and one that is retracted voids all before it; both are told here
by giving the event its own name again, recorded later. Planned and estimated events are announced,
never reported. PICK and DROP happen at the customer's place, and INSP of 2.2 looks at the seal.
"""

import tomllib
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from pydantic_core import PydanticCustomError

from events.dialects.dcsa.profile import Profile
from events.dialects.dcsa.shapes import FLAT, Report
from events.dialects.decoded import Announced, Announcement, Ledger, Wire
from events.dialects.naming import named
from events.dialects.troubles import Misread, Trouble
from events.instants import parse_instant
from events.refusals import Reason
from events.vocabulary import Kind

CUSTOMS_CLEARANCE: Final = ("CUC", "CUSTOMS_CLEARANCE")
BILL: Final = ("TRD", "TRANSPORT_DOCUMENT")
_AHEAD: Final = {"PLN": Announced.PLANNED, "EST": Announced.ESTIMATED}
_MODES: Final = {"VESSEL": "water", "BARGE": "water", "RAIL": "rail", "TRUCK": "road", "AIR": "air"}
_PHASES: Final = {
    "IMPORT": "import", "EXPORT": "export",
    "TRANSSHIPMENT": "transhipment", "TRANSHIPMENT": "transhipment",
}  # fmt: skip
_AT_THE_CUSTOMER: Final = ("CLOC", "CUSTOMER_LOCATION")


class Code(NamedTuple):
    """One row of the table, found by its code or by its name."""

    code: str
    kind: str | None = None
    rail: str | None = None
    only: str | None = None
    ahead: bool = False
    instead: str = ""
    name: str = ""


@cache
def codes() -> dict[tuple[str, str], Code]:
    """The table of codes, by family and by code and name."""
    text = (Path(__file__).parent / "codes.toml").read_text(encoding="utf-8")
    found: dict[tuple[str, str], Code] = {}
    for family, rows in tomllib.loads(text).items():
        for code, fields in rows.items():
            row = Code(code=code, **fields)
            found[family, code] = found[family, row.name] = row
    return found


def say(report: Report, profile: Profile, ledger: Ledger, part: int) -> None:
    """Write down what one report amounts to. Raises Misread where it amounts to nothing."""
    if report.retracted and not (report.units and report.happened_at and report.word):
        raise Misread(
            Trouble.CANCELS_UNSEEN,
            f"{report.event_id} is retracted without the box and the event that it was about",
        )
    port = _port(report, profile)
    code, kind = _kind(report, profile)
    ahead = Announced.ESTIMATED if code.ahead else _AHEAD.get(report.classifier or "")
    if ahead is not None:
        _announce(report, (ahead, kind), ledger, part)
        return
    if kind is None:
        raise Misread(Trouble.NOT_FOR_US, f"{report.family} {report.word}: {code.instead}")
    if report.classifier is None and not report.retracted:
        raise Misread(Reason.MISSING_FIELD, "eventClassifier: the field is missing")
    for wire in _wires(report, profile, kind, port):
        ledger.tell(wire, part, f"event {report.event_id}")


def _kind(report: Report, profile: Profile) -> tuple[Code, Kind | None]:
    """What the report's word comes to: by the partner's usage, else by the table."""
    if report.family in ("IOT", "REEFER", "OPERATIONS"):
        raise Misread(Trouble.NOT_FOR_US, f"{report.family}: no stage begins or ends with it")
    if report.word is None:
        raise Misread(Reason.MISSING_FIELD, f"an event of {report.family} without its type")
    code = codes().get((report.family, report.word))
    if report.family == "SHIPMENT":
        types = [type for type, _ in report.documents]
        if not types or types[0] not in CUSTOMS_CLEARANCE:
            raise Misread(Trouble.NOT_FOR_US, f"SHIPMENT of {types[0] if types else 'no document'}")
    own = profile.codes.get(f"{report.family}.{code.code if code else report.word}")
    if own is not None:
        unmapped = Code(report.word, instead="the profile gives it no kind")
        return code or unmapped, Kind(own) if own else None
    if code is None:
        raise Misread(Trouble.UNKNOWN_CODE, f"{report.family} {report.word!r} is not in the table")
    return code, _by_the_table(code, report, profile)


def _by_the_table(code: Code, report: Report, profile: Profile) -> Kind | None:
    if code.kind is None or (code.only and report.shape == FLAT):
        return None
    if report.facility_type in _AT_THE_CUSTOMER:
        raise Misread(Trouble.NOT_FOR_US, f"{report.word} at the customer's place")
    rail = _mode(report, profile) == "rail"
    return Kind(code.rail if rail and code.rail else code.kind)


def _port(report: Report, profile: Profile) -> str:
    if report.port is None and not (report.facility or report.retracted):
        raise Misread(
            Trouble.UNKNOWN_PLACE, "neither the event nor its transport call names a port"
        )
    port = report.port or profile.sender.port
    if port not in profile.ports:
        raise Misread(Trouble.NOT_FOR_US, f"it happened at {port}")
    return port


def _mode(report: Report, profile: Profile) -> str:
    if report.conveyance is None:
        return profile.sender.mode
    if report.conveyance not in _MODES:
        raise Misread(Trouble.UNKNOWN_CODE, f"modeOfTransport {report.conveyance!r}")
    return _MODES[report.conveyance]


def _announce(
    report: Report, what: tuple[Announced, Kind | None], ledger: Ledger, part: int
) -> None:
    said: dict[str, Any] = {
        "eventID": report.event_id,
        "word": f"{report.family} {report.word}",
        "port": report.port,
        "withdrawn": report.retracted or None,
    }
    said = _without_nothing(said)
    at = _instant("eventDateTime", report.happened_at)
    recorded_at = _instant("eventUpdatedDateTime", report.updated_at)
    document = named(*filter(None, (report.party, report.event_id)))
    for unit in report.units or (None,):
        announcement = Announcement(*what, unit, at, said, part, f"event {report.event_id}")
        ledger.announce(
            announcement._replace(
                document=document, recorded_at=recorded_at, withdrawn=report.retracted
            )
        )


def _instant(field: str, text: str | None) -> datetime | None:
    try:
        return None if text is None else parse_instant(text)
    except PydanticCustomError as error:
        raise Misread(Reason(error.type), f"{field}: {error.message()}") from error


def _wires(report: Report, profile: Profile, kind: Kind, port: str) -> Iterator[Wire]:
    if not report.units:
        raise Misread(Reason.MISSING_FIELD, f"{report.family} {report.word} names no equipment")
    shared = _shared(report, profile, kind, port)
    for unit in report.units:
        several = unit if len(report.units) > 1 or report.family != "EQUIPMENT" else None
        name = named(*filter(None, (report.party, report.event_id, several)))
        retracts = {"retracts": name} if report.retracted else {}
        yield {"event_id": name, **shared, "unit": {"type": "container", "id": unit}, **retracts}


def _shared(report: Report, profile: Profile, kind: Kind, port: str) -> Wire:
    facility = report.facility and profile.facilities.get(report.facility, report.facility)
    own = profile.sender.facility if port == profile.sender.port else None
    cargo = {"size_type": report.size_type, "laden": report.laden}
    wire: Wire = {
        "source": profile.sender.source,
        "kind": kind,
        "place": _without_nothing({"port": port, "facility": facility or own}),
        "mode": _mode(report, profile),
        "direction": _direction(report, profile),
        "occurred_at": report.happened_at,
        "recorded_at": report.updated_at,
        "cargo": _without_nothing(cargo) or None,
        "refs": _refs(report, kind) or None,
        "reason": report.reason and report.reason[:200],
    }
    return _without_nothing(wire)


def _direction(report: Report, profile: Profile) -> str | None:
    if report.phase is None:
        return profile.direction
    if report.phase not in _PHASES:
        raise Misread(Trouble.UNKNOWN_CODE, f"transportPhase {report.phase!r}")
    return _PHASES[report.phase]


def _refs(report: Report, kind: Kind) -> dict[str, str]:
    """The ship's voyage outwards for what goes, inwards for what came."""
    inward, outward = report.voyages
    goes = report.phase == "EXPORT" or kind in (Kind.LOADED, Kind.RAIL_LOADED, Kind.DEPARTED)
    bills = [value for type, value in report.documents if type in BILL and value]
    found = {
        "voyage": (outward or inward) if goes else (inward or outward),
        "service": report.service,
        "bill": bills[0] if bills else None,
    }
    return {name: text[:200] for name, text in found.items() if text}


def _without_nothing(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}

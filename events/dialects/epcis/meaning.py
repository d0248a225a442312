"""What one EPCIS event means for us: an event for each unit that it lists.

The traps: `eventTime` must have its offset and `eventTimeZoneOffset` must stand beside it, which is
for showing only. An error declaration repeats the event and says that it did not happen; what is
right comes as events of its own, which it names. Without an `eventID` an event is named by what it
says, less what a repetition adds.

Source: https://ref.gs1.org/standards/epcis/ (EPCIS 2.0, chapters 7.4 and 7.4.1.2).
"""

import tomllib
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

from events.dialects.decoded import Ledger, Wire
from events.dialects.epcis.profile import Profile, ReadPoint
from events.dialects.naming import named
from events.dialects.troubles import Misread, Trouble
from events.refusals import Reason
from events.vocabulary import Kind

Json = dict[str, Any]

CONTAINERS: Final = "urn:epc:id:bic:"
"""The scheme of GS1's Tag Data Standard for container numbers by BIC."""

_ADDED_BY_REPETITION: Final = ("errorDeclaration", "recordTime")


class Step(NamedTuple):
    """One row of the table of steps."""

    kind: str
    rail: str | None = None
    air: str | None = None
    out: str | None = None
    gate: bool = False


@cache
def steps() -> dict[str, Step]:
    """The table of business steps, by their bare names."""
    text = (Path(__file__).parent / "steps.toml").read_text(encoding="utf-8")
    return {name: Step(**row) for name, row in tomllib.loads(text).items()}


def say(raw: Json, profile: Profile, ledger: Ledger, part: int) -> None:
    """Write down what one event amounts to. Raises Misread where it amounts to nothing."""
    of_type = _text(raw, "type")
    if of_type != "ObjectEvent":
        raise Misread(
            Trouble.NOT_FOR_US, f"{of_type or 'an event without type'}: only ObjectEvents"
        )
    if _text(raw, "action") != "OBSERVE":
        raise Misread(
            Trouble.NOT_FOR_US,
            f"action {_text(raw, 'action')}: only what is observed happened to it",
        )
    point = _point(raw, profile)
    shared = _shared(raw, profile, point)
    units = list(_units(raw, profile))
    if not units:
        raise Misread(Reason.MISSING_FIELD, "epcList names no unit", "epcList")
    name = _text(raw, "eventID") or _digest(raw)
    declared = _object(raw, "errorDeclaration")
    for unit in units:
        own = named(name, unit["id"]) if len(units) > 1 else named(name)
        wire: Wire = {"event_id": own, **shared, "unit": unit}
        if declared is not None:
            wire |= _withdrawal(declared, own)
        ledger.tell(wire, part, f"event {name}")


def _withdrawal(declared: Json, name: str) -> Wire:
    """The event's own name again, recorded when it was declared to be in error."""
    at = _text(declared, "declarationTime")
    if at is None:
        raise Misread(Reason.MISSING_FIELD, "errorDeclaration without declarationTime")
    reason = _text(declared, "reason")
    because = {"reason": reason[:200]} if reason else {}
    return {"retracts": name, "recorded_at": at, **because}


def _digest(raw: Json) -> str:
    said = {key: value for key, value in raw.items() if key not in _ADDED_BY_REPETITION}
    return f"sha256:{sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()}"


def _point(raw: Json, profile: Profile) -> ReadPoint:
    names = [
        _text(_object(raw, key) or {}, "id") for key in ("readPoint", "bizLocation") if key in raw
    ]
    for name in filter(None, names):
        if name in profile.points:
            return profile.points[name]
    if not any(names):
        raise Misread(
            Trouble.UNKNOWN_PLACE, "neither readPoint nor bizLocation is said", "readPoint"
        )
    raise Misread(Trouble.UNKNOWN_PLACE, f"{names} are no points of the profile", "readPoint")


def _shared(raw: Json, profile: Profile, point: ReadPoint) -> Wire:
    if _text(raw, "eventTimeZoneOffset") is None:
        raise Misread(Reason.MISSING_FIELD, "eventTimeZoneOffset: the field is missing")
    mode = point.mode or profile.sender.mode
    wire = {
        "source": profile.sender.source,
        "kind": _kind(raw, profile, point, mode),
        "place": point.model_dump(include={"port", "facility", "spot"}, exclude_none=True),
        "mode": mode,
        "direction": profile.direction,
        "occurred_at": _text(raw, "eventTime"),
        "recorded_at": _text(raw, "recordTime"),
    }
    return {name: value for name, value in wire.items() if value is not None}


def _kind(raw: Json, profile: Profile, point: ReadPoint, mode: str) -> Kind:
    word = _text(raw, "bizStep")
    if word is None:
        raise Misread(Reason.MISSING_FIELD, "bizStep: the field is missing")
    name = bare(word)
    if name in profile.steps:
        if not profile.steps[name]:
            raise Misread(Trouble.NOT_FOR_US, f"bizStep {name}: the profile gives it no kind")
        return Kind(profile.steps[name])
    step = steps().get(name)
    if step is None:
        raise Misread(Trouble.UNKNOWN_CODE, f"bizStep {word!r} is not in the table", "bizStep")
    if step.gate and point.gate is None:
        raise Misread(
            Trouble.UNKNOWN_PLACE, f"bizStep {name}: the profile does not say where the gate leads"
        )
    by_mode = {"rail": step.rail, "air": step.air}.get(mode)
    return Kind((step.out if point.gate == "out" else None) or by_mode or step.kind)


def bare(word: str) -> str:
    """The name of a step, in whichever of its three spellings: bare, by URN, by web address."""
    return word.rpartition(":")[2].rpartition("/")[2].removeprefix("BizStep-")


def _units(raw: Json, profile: Profile) -> Iterator[dict[str, str]]:
    listed = raw.get("epcList", [])
    if not isinstance(listed, list):
        raise Misread(Reason.INVALID_VALUE, "epcList: a list is wanted", "epcList")
    for epc in dict.fromkeys(map(str, listed)):
        known = {CONTAINERS: "container", **profile.units}
        scheme = next((begin for begin in known if epc.startswith(begin)), None)
        if scheme is None:
            raise Misread(
                Trouble.UNKNOWN_QUALIFIER, f"{epc!r} is no unit of the profile", "epcList"
            )
        yield {"type": known[scheme], "id": epc.removeprefix(scheme)}


def _object(raw: Json, key: str) -> Json | None:
    value = raw.get(key)
    if value is not None and not isinstance(value, dict):
        raise Misread(Reason.INVALID_VALUE, f"{key}: an object is wanted", key)
    return value


def _text(raw: Json, key: str) -> str | None:
    value = raw.get(key)
    if value is not None and not isinstance(value, str):
        raise Misread(Reason.INVALID_VALUE, f"{key}: a text is wanted", key)
    return value or None

"""Bytes to events and back. Every way of being wrong becomes an `InvalidEvent` with one reason.

A null field of a message is an absent field: it is read as one and never written.

A customs message may name many units (`units` in place of `unit`); it is split here into one event
per unit, with identities derived from the message's own, so that splitting twice changes nothing.
"""

from datetime import datetime, timedelta
from typing import Any

import orjson
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from events.envelope import Event
from events.gist import Gist, written
from events.identifiers import MEANINGS
from events.outcomes import Outcome
from events.refusals import InvalidEvent, Reason

MESSAGE_BYTES_MAX = 64 * 1024
UNITS_MAX = 2_000
NESTING_MAX = 32
"""How deep lists and objects may nest. The JSON writer gives up at 255, a reader's stack before."""
CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far a source's clock may run ahead before its times are refused as future times."""

FINDINGS_MAX = 5
"""How many findings one refusal tells; the first is the reason."""

_JSON_WORDS = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
_REASONS = {reason.value: reason for reason in Reason}


def decode(data: bytes | None, *, received_at: datetime | None = None) -> tuple[Event, ...]:
    """Read one message: one event, or one per unit when it names several.

    `received_at` is when the broker or the door took the message, if known; with `recorded_at` it
    bounds how late an honest `occurred_at` can be. Raises InvalidEvent.
    """
    message = parse(data)
    events = tuple(_validate(part) for part in split(message))
    for event in events:
        _refuse_the_future(event, received_at)
    return events


def encode(fact: BaseModel | Gist) -> bytes:
    """Write any wire shape as compact JSON; absent fields stay absent for events. A gist is written
    as its event; TypeError for an excerpt."""
    if isinstance(fact, Gist):
        return written(fact)
    if isinstance(fact, Event):
        return fact.model_dump_json(exclude_none=True).encode()
    return fact.model_dump_json().encode()


def canonical(outcome: Outcome) -> bytes:
    """The bytes by which two outcomes are compared, wherever they come from.

    Without the cause: it tells of one revision, and a judge that sees all events at once has none.
    """
    return outcome.model_dump_json(exclude={"cause"}).encode()


def parse(data: bytes | None) -> dict[str, Any]:
    """The JSON object that a message is, less its null fields. Raises InvalidEvent."""
    if not data:
        raise InvalidEvent(Reason.EMPTY, "the message has no value")
    if len(data) > MESSAGE_BYTES_MAX:
        raise InvalidEvent(
            Reason.TOO_LARGE, f"the message has {len(data)} bytes, more than {MESSAGE_BYTES_MAX}"
        )
    try:
        message = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise InvalidEvent(Reason.BROKEN_JSON, str(error)) from error
    if not isinstance(message, dict):
        found = _JSON_WORDS.get(type(message), "a number")
        raise InvalidEvent(Reason.NOT_AN_OBJECT, f"the message is {found}")
    if data.count(b"{") + data.count(b"[") > NESTING_MAX:
        _refuse_deep_nesting(message)
    if None in message.values():
        return {name: value for name, value in message.items() if value is not None}
    return message


def names_many_units(message: dict[str, Any]) -> bool:
    """Whether a parsed message must be split before it can be keyed."""
    return message.get("units") is not None


def split(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of a parsed message, one for each unit that it names; a message about one unit is
    its only part. Raises InvalidEvent."""
    if not names_many_units(message):
        return [message]
    units = message["units"]
    if "unit" in message:
        raise InvalidEvent(Reason.INVALID_VALUE, "units: either unit or units is wanted, not both")
    if not isinstance(units, list) or not 1 <= len(units) <= UNITS_MAX:
        raise InvalidEvent(
            Reason.INVALID_VALUE, f"units: a list of 1 to {UNITS_MAX} units is wanted"
        )
    shared = {name: value for name, value in message.items() if name != "units"}
    return [{**shared, "unit": unit, **_own_ids(shared, unit)} for unit in units]


def _refuse_deep_nesting(message: dict[str, Any]) -> None:
    """Level by level, not by recursion: the depth is the sender's."""
    level: list[Any] = [message]
    for _ in range(NESTING_MAX):
        inside = (each.values() if isinstance(each, dict) else each for each in level)
        level = [one for many in inside for one in many if isinstance(one, dict | list)]
    if level:
        raise InvalidEvent(Reason.INVALID_VALUE, f"the message nests deeper than {NESTING_MAX}")


def _own_ids(shared: dict[str, Any], unit: object) -> dict[str, str]:
    """Each part is an event of its own; a correction of the message corrects each part.

    An id that is empty or no text stays as it is, for the model to refuse.
    """
    suffix = unit.get("id") if isinstance(unit, dict) else unit
    said = {name: shared.get(name) for name in ("event_id", "supersedes", "retracts")}
    return {name: f"{id}/{suffix}" for name, id in said.items() if id and isinstance(id, str)}


def _validate(message: dict[str, Any]) -> Event:
    try:
        return Event.model_validate(message)
    except ValidationError as error:
        raise _refusal(error) from error


def _refusal(error: ValidationError) -> InvalidEvent:
    """The first finding names the reason; the detail carries all of them."""
    findings = error.errors(include_url=False)
    detail = "; ".join(_told(finding) for finding in findings[:FINDINGS_MAX])
    return InvalidEvent(_reason(findings[0]["type"], findings[0]["loc"]), detail)


def _told(finding: ErrorDetails) -> str:
    """One finding in words for the sender: the field, what is wrong with it, what was found."""
    message = finding["msg"]
    if finding["type"] == "missing":
        return f"{_path(finding['loc'])}: the field is missing"
    if finding["type"] == "string_pattern_mismatch":
        message = MEANINGS[finding["ctx"]["pattern"]]
    elif finding["type"] in ("model_type", "dict_type"):
        message = "a JSON object is wanted"
    elif finding["type"] == "extra_forbidden":
        message = "no such key; a scope has stages, categories and modes, and nothing else"
    elif finding["loc"] == ("kind",):
        message = "no such kind"
    return f"{_path(finding['loc'])}: {message} (found {_shown(finding['input'])})"


def _reason(kind: str, where: tuple[int | str, ...]) -> Reason:
    if kind in _REASONS:
        return _REASONS[kind]
    if kind == "missing":
        return Reason.MISSING_FIELD
    if where == ("kind",):
        return Reason.UNKNOWN_KIND
    return Reason.INVALID_UNIT if where[:1] == ("unit",) else Reason.INVALID_VALUE


def _path(where: tuple[int | str, ...]) -> str:
    return ".".join(map(str, where)) or "event"


def _shown(value: object) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= 60 else text[:57] + "..."


def _refuse_the_future(event: Event, received_at: datetime | None) -> None:
    known = [moment for moment in (event.recorded_at, received_at) if moment is not None]
    if known and event.occurred_at > min(known) + CLOCK_TOLERANCE:
        raise InvalidEvent(
            Reason.FUTURE_TIME, f"occurred_at: {event.occurred_at} is after {min(known)}"
        )
    if received_at and event.recorded_at and event.recorded_at > received_at + CLOCK_TOLERANCE:
        raise InvalidEvent(
            Reason.FUTURE_TIME, f"recorded_at: {event.recorded_at} is after {received_at}"
        )

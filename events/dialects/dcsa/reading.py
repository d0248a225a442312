"""A push or a page of DCSA events, as bytes: each event is a part of its own."""

from datetime import datetime
from typing import Any

from events.dialects.dcsa.meaning import say
from events.dialects.dcsa.profile import Profile
from events.dialects.dcsa.shapes import report, shape_of
from events.dialects.decoded import Decoded, Ledger
from events.dialects.json_tree import Span, elements, parsed
from events.dialects.troubles import Misread, Trouble

EVENTS_MAX = 20_000
"""How many events one document may hold; a page of DCSA has some hundred."""


def decode(data: bytes, profile: Profile, received_at: datetime | None = None) -> Decoded:
    """Read a list of events (2.2), an object with `events` (3.0), or one event alone.

    Where the document is no JSON, or no such thing, all of it is one refusal.
    """
    ledger = Ledger(len(data), received_at)
    try:
        events = _events(data)
    except Misread as error:
        ledger.misread(error, ledger.part(0, len(data), "document"))
        return ledger.decoded()
    for number, (span, raw) in enumerate(events, start=1):
        _one(raw, span, profile, ledger, number)
    return ledger.decoded()


def _events(data: bytes) -> list[tuple[Span, Any]]:
    document = parsed(data)
    path: tuple[str, ...] = ()
    many: object = document
    if isinstance(document, dict):
        if "events" not in document:
            return [((0, len(data)), document)]
        path, many = ("events",), document["events"]
    if not isinstance(many, list):
        raise Misread(Trouble.BROKEN_SYNTAX, "a list of events is wanted", ".".join(path))
    if len(many) > EVENTS_MAX:
        raise Misread(Trouble.OUT_OF_BOUNDS, f"{len(many)} events, more than {EVENTS_MAX}")
    return list(zip(elements(data, path), many, strict=True))


def _one(raw: Any, span: Span, profile: Profile, ledger: Ledger, number: int) -> None:
    name, reference = _called(raw)
    part = ledger.part(*span, name, reference)
    try:
        say(report(raw), profile, ledger, part)
    except Misread as error:
        ledger.misread(error, part, f"event {number}")


def _called(raw: Any) -> tuple[str, str]:
    try:
        shape = shape_of(raw)
    except Misread:
        return "event", ""
    event_id = raw.get("eventID")
    return f"DCSA {shape}", event_id if isinstance(event_id, str) else ""

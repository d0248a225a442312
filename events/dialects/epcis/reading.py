"""An EPCIS document as bytes: each event of its list is a part of its own."""

from datetime import datetime
from typing import Any, Final

from events.dialects.decoded import Decoded, Ledger
from events.dialects.epcis.meaning import say
from events.dialects.epcis.profile import Profile
from events.dialects.json_tree import Span, elements, parsed
from events.dialects.troubles import Misread, Trouble
from events.refusals import Reason

EVENTS_MAX: Final = 20_000
LISTS: Final = (
    ("epcisBody", "eventList"),
    ("epcisBody", "queryResults", "resultsBody", "eventList"),
)
"""Where the events stand: in a captured document, and in the answer to a query."""


def decode(data: bytes, profile: Profile, received_at: datetime | None = None) -> Decoded:
    """Read a document, the answer to a query, a list of events, or one event alone.

    What is no JSON, or no such thing, is one refusal.
    """
    ledger = Ledger(len(data), received_at)
    try:
        events = _events(data)
    except Misread as error:
        ledger.misread(error, ledger.part(0, len(data), "document"))
        return ledger.decoded()
    for number, (span, raw) in enumerate(events, start=1):
        of_type = raw.get("type") if isinstance(raw, dict) else None
        part = ledger.part(*span, of_type if isinstance(of_type, str) else "event", str(number))
        try:
            if not isinstance(raw, dict):
                raise Misread(Reason.NOT_AN_OBJECT, "an event is a JSON object")
            say(raw, profile, ledger, part)
        except Misread as error:
            ledger.misread(error, part, f"event {number}")
    return ledger.decoded()


def _events(data: bytes) -> list[tuple[Span, Any]]:
    document = parsed(data)
    if isinstance(document, list):
        return _listed(data, document, ())
    for path in LISTS:
        many = document
        for key in path:
            many = many.get(key) if isinstance(many, dict) else None
        if isinstance(many, list):
            return _listed(data, many, path)
    if isinstance(document, dict) and "epcisBody" not in document:
        return [((0, len(data)), document)]
    raise Misread(Trouble.BROKEN_SYNTAX, "no list of events is in it", "epcisBody.eventList")


def _listed(data: bytes, many: list[Any], path: tuple[str, ...]) -> list[tuple[Span, Any]]:
    if len(many) > EVENTS_MAX:
        raise Misread(Trouble.OUT_OF_BOUNDS, f"{len(many)} events, more than {EVENTS_MAX}")
    return list(zip(elements(data, path), many, strict=True))

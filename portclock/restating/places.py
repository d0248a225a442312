"""Places: which units may be judged otherwise since something was said of a place, page by page.

A suspension heard of in time reaches every unit that is remembered (the worker tells them); one
that is heard of late also concerns those that were forgotten.
"""

from collections.abc import Iterator
from typing import Final

from events.codec import decode
from portclock.restating.suspects import Rested, Suspect
from sinks.history import place_events_of
from sinks.store import Store
from sinks.units import Span, units_during

PAGE: Final = 2_000
FOREVER_S: Final = 2**33
"""Later than any instant of an event."""


def since_of(store: Store, rested: Rested) -> int | None:
    """From when on units may be judged otherwise: since the event, or since what it corrects; None
    while the event has not landed."""
    wanted = rested.events | rested.corrects
    events = [e for message in place_events_of(store, rested.port) for e in decode(message)]
    known = [event for event in events if event.identity in wanted]
    if not rested.events.issubset({event.identity for event in known}):
        return None
    return min(rested.since_s, *(event.occurred_s for event in known))


def units_since(store: Store, rested: Rested, since_s: int) -> Iterator[Suspect]:
    """Every unit that was at the port since then, in order."""
    span = Span(since_s, FOREVER_S)
    for unit_id in units_in(store, rested.port, span):
        yield Suspect(rested.port, unit_id, None, rested.because)


def units_in(store: Store, port: str, span: Span, after: str = "") -> Iterator[str]:
    """The units of a port in a span, behind `after`, asked for page by page."""
    while page := units_during(store, port, span, after, PAGE):
        yield from page
        after = page[-1]

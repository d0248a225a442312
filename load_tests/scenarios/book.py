"""When sampled events were sent, by event id, so that whoever sees their effect knows how long.

A unit is in the sample by the last digit of its serial, so every event of it is. An id that was
sent twice (a repetition, a correction) tells no latency: its effect may be of either. Knows the
form of the traffic's messages; must never know what they mean.
"""

from collections.abc import Iterable
from typing import Final

from load_tests.scenarios.wheel import Told

SAMPLED_PER_S: Final = 400.0
"""About so many events a second are followed; watching them must not be the load."""
_ID: Final = b'"event_id":"'
_LAST_DIGIT: Final = 9
"""Where it stands in a box number, before the check digit."""


class Book:
    """What was sent when, by the clock that the watchers read too."""

    def __init__(self, messages_per_s: float) -> None:
        digits = max(1, min(10, int(10 * SAMPLED_PER_S / messages_per_s)))
        self._digits = frozenset(b"0123456789"[n : n + 1] for n in range(digits))
        self._sent: dict[bytes, float | None] = {}

    def follows(self, unit: bytes) -> bool:
        """Whether a unit is in the sample."""
        return unit[_LAST_DIGIT : _LAST_DIGIT + 1] in self._digits

    def note(self, messages: Iterable[Told], planned_at: float) -> None:
        """These were to be sent at that reading of the clock."""
        for message in messages:
            if self.follows(message.key) and (known := event_id(message.value)):
                self._sent[known] = None if known in self._sent else planned_at

    def sent_at(self, known: bytes) -> float | None:
        """When, or None if it is not followed or was sent twice."""
        return self._sent.get(known)


def event_id(value: bytes) -> bytes:
    """The id in a message; nothing when it has none."""
    start = value.find(_ID)
    if start < 0:
        return b""
    start += len(_ID)
    return value[start : value.find(b'"', start)]

"""What a sender gets for what it handed in: counts that sum, and every refusal with its place.

Pure values. Every message of an input is in `messages`; each came to events, to announcements or to
refusals, and nothing else.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from events.dialects.decoded import Announcement, Decoded, Refused
from events.instants import format_instant

LISTED_MAX: Final = 200
"""Refusals, and announcements, that are told one by one; all of them are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was made of one input. `id` names feed and bytes: the same input has the same receipt.

    `messages` by what the format calls them, `events` and `announcements` by kind, `sent` by topic,
    `refusals` by reason.
    """

    id: str
    feed: str
    name: str
    received_at: datetime
    size_bytes: int
    messages: Mapping[str, int]
    events: Mapping[str, int]
    announcements: Mapping[str, int]
    refusals: Mapping[str, int]
    listed: tuple[Refused, ...]
    announced: tuple[Announcement, ...]
    sent: Mapping[str, int]

    @property
    def outcome(self) -> str:
        """`taken`, `partly` where something was refused beside it, or `refused`."""
        if not self.refusals:
            return "taken"
        return "partly" if self.events or self.announcements else "refused"

    def document(self) -> dict[str, Any]:
        """As JSON; instants as the wire has them."""
        return {
            "receipt": self.id,
            "outcome": self.outcome,
            "feed": self.feed,
            "name": self.name,
            "received_at": format_instant(self.received_at),
            "size_bytes": self.size_bytes,
            "messages": dict(self.messages),
            "events": dict(self.events),
            "announcements": dict(self.announcements),
            "refusals": dict(self.refusals),
            "listed": [_listed(one) for one in self.listed],
            "announced": [_announced(one) for one in self.announced],
            "sent": dict(self.sent),
        }


def counted(decoded: Decoded) -> dict[str, Mapping[str, int]]:
    """The counts of a receipt, each sorted by name."""
    announced = Counter(str(one.kind or one.announced) for one in decoded.announcements)
    counts: dict[str, Counter[Any]] = {
        "messages": decoded.messages,
        "events": decoded.kinds,
        "announcements": announced,
        "refusals": decoded.reasons,
    }
    return {name: {str(k): n for k, n in sorted(by.items())} for name, by in counts.items()}


def _announced(one: Announcement) -> dict[str, object]:
    told = one.told()
    place = {"message": told.pop("part") + 1, "where": told.pop("path", "")}
    return {**told, **place}


def _listed(refused: Refused) -> dict[str, object]:
    return {
        "reason": refused.why,
        "detail": refused.detail,
        "message": refused.part + 1,
        "where": refused.path,
        "bytes": [refused.start, refused.end],
        "do": refused.remedy,
    }

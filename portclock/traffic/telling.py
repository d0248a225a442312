"""A story being told: facts about one box, as its port's feeds would report them.

Knows the event's fields and each feed's habits: its source name, its delay, its way of writing
times. Must never know what the story is about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import Any, Final

import orjson

from events.topics import CUSTOMS_EVENTS, RAIL_WATER_EVENTS, TERMINAL_EVENTS, topic_for
from events.vocabulary import Kind

CHINA = timezone(timedelta(hours=8))
FACILITIES: Final = {"CNTXG": "TCT", "CNSHD": "SDXG", "CNLYG": "LPCT"}
Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Feed:
    """The habits of one feed: seconds from event to record, time zone, precision."""

    name: str
    delay_s: tuple[int, int]
    zone: timezone = CHINA
    precision: str = "second"


FEEDS: Final = {
    TERMINAL_EVENTS.name: Feed("tos", (1, 12)),
    CUSTOMS_EVENTS.name: Feed("customs", (2, 25)),
    RAIL_WATER_EVENTS.name: Feed("rail", (5, 25), UTC, "minute"),
}
DELAY_MAX_S = max(feed.delay_s[1] for feed in FEEDS.values()) + 60
"""The longest honest delay: the feed's own, and up to a minute lost by its coarse precision."""


@dataclass(frozen=True, slots=True)
class Report:
    """One message as a feed sends it. `due_s` is when, in epoch seconds: its `recorded_at`."""

    due_s: int
    topic: str
    key: str
    body: Fields

    @property
    def kind(self) -> str:
        """The kind of its event."""
        return str(self.body["kind"])

    def value(self) -> bytes:
        """The bytes on the wire."""
        return orjson.dumps(self.body)


@dataclass(slots=True)
class Telling:
    """Collects the reports of one visit. `shared` is what each of them says of the box."""

    visit: int
    rolls: Random
    port: str
    unit: str
    shared: Fields
    cargo: Fields
    mode: str = "water"
    refs: Fields = field(default_factory=dict)
    reports: list[Report] = field(default_factory=list)

    def say(self, kind: Kind, at: int, /, **more: Any) -> None:
        """Report that `kind` happened at `at` (epoch seconds); `more` adds or replaces fields."""
        topic = topic_for(kind).name
        feed = FEEDS[topic]
        happened = at - at % 60 if feed.precision == "minute" else at
        recorded = at + self.rolls.randint(*feed.delay_s)
        body: dict[str, Any] = {
            "event_id": f"{self.visit:06d}-{len(self.reports) + 1:02d}",
            "source": f"{self.port.lower()}-{feed.name}",
            "kind": kind.value,
            **(_units(more.pop("units", ())) or {"unit": container(self.unit)}),
            "place": {"port": self.port, "facility": FACILITIES[self.port]},
            "mode": self.mode,
            **self.shared,
            "occurred_at": written(happened, feed.zone),
            "recorded_at": written(recorded, feed.zone),
        }
        if feed.precision != "second":
            body["precision"] = feed.precision
        if topic != CUSTOMS_EVENTS.name:
            body |= {"cargo": self.cargo, "refs": self.refs}
        body.update(more)
        self.reports.append(Report(recorded, topic, key_of(body), body))


def container(number: str) -> dict[str, str]:
    """A unit as the wire has it."""
    return {"type": "container", "id": number}


def _units(numbers: Sequence[str]) -> dict[str, list[dict[str, str]]]:
    return {"units": [container(number) for number in numbers]} if numbers else {}


def key_of(body: Fields) -> str:
    """The unit; a message of many is keyed by its declaration, and the worker keys its parts."""
    if "units" not in body:
        return str(body["unit"]["id"])
    declaration = body.get("customs", {}).get("declaration")
    return str(declaration or body["units"][0]["id"])


def written(epoch_s: int, zone: timezone = CHINA) -> str:
    """An instant as the wire has it."""
    return datetime.fromtimestamp(epoch_s, zone).isoformat()

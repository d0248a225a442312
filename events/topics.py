"""Every topic, once: name, key, partitions, retention, owner. Nobody else writes a topic's name.

All keyed topics, `ticks` and the table's changelog have the same number of partitions, so that one
worker owns everything about a unit.
"""

from dataclasses import dataclass
from typing import Final

from events.vocabulary import Kind

PARTITIONS: Final = 8
DAY_MS: Final = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Topic:
    """One Kafka topic. `shape` names the schema in events/schemas; retention in milliseconds.

    The shape of a dead letter is that of its headers: its value is the refused bytes, untouched.
    """

    name: str
    key: str
    shape: str
    owner: str
    made_by: tuple[str, ...]
    read_by: tuple[str, ...]
    retention_ms: int
    partitions: int = PARTITIONS
    message_bytes_max: int = 1024 * 1024


_SENDERS = ("senders", "portclock replay", "streams")
_READERS = ("streams", "sinks", "serving")
TERMINAL_EVENTS = Topic(
    "terminal-events", "unit id", "event", "terminals", _SENDERS, _READERS, 90 * DAY_MS
)
CUSTOMS_EVENTS = Topic(
    "customs-events", "unit id", "event", "customs", _SENDERS, _READERS, 90 * DAY_MS
)
RAIL_WATER_EVENTS = Topic(
    "rail-water-events", "unit id", "event", "railways", _SENDERS, _READERS, 90 * DAY_MS
)
TICKS = Topic(
    "ticks",
    "partition number",
    "tick",
    "portclock",
    ("portclock pulse", "portclock replay"),
    ("streams", "serving"),
    DAY_MS,
)
UNIT_RECALLS = Topic(
    "unit-recalls",
    "unit id",
    "recall",
    "portclock",
    ("portclock restate", "portclock restater"),
    ("streams",),
    7 * DAY_MS,
)
STAGE_DWELLS = Topic(
    "stage-dwells",
    "visit id",
    "outcome",
    "portclock",
    ("streams",),
    ("streams", "sinks", "serving"),
    90 * DAY_MS,
)
LIMIT_ALERTS = Topic(
    "limit-alerts",
    "visit id",
    "alert",
    "portclock",
    ("streams",),
    ("streams", "sinks", "serving"),
    90 * DAY_MS,
)
ALERT_DEEDS = Topic(
    "alert-deeds",
    "visit id",
    "deed",
    "portclock",
    ("serving",),
    ("sinks", "serving"),
    365 * DAY_MS,
)
ALERT_DELIVERIES = Topic(
    "alert-deliveries",
    "delivery id",
    "delivery",
    "portclock",
    ("serving",),
    ("sinks", "serving"),
    90 * DAY_MS,
)
EVENT_FATES = Topic(
    "event-fates", "unit id", "fate", "portclock", ("streams",), ("streams", "sinks"), 30 * DAY_MS
)
EVENTS_DLQ = Topic(
    "events-dlq",
    "as the source",
    "dead-letter",
    "portclock",
    ("streams",),
    ("sinks", "portclock quarantine"),
    365 * DAY_MS,
    message_bytes_max=2 * 1024 * 1024,
)

SPLIT_OF: Final = "split-of"
"""The header of the parts of a message that named many units; they are never split again."""
COPY_OF: Final = "copy-of"
"""The header of the copies of a place's event, one for every other partition, since it concerns
units in all of them. They are ours, never copied again, and not held against their own stamp."""

EVENT_TOPICS: Final = (TERMINAL_EVENTS, CUSTOMS_EVENTS, RAIL_WATER_EVENTS)
OUTCOME_TOPICS: Final = (STAGE_DWELLS, LIMIT_ALERTS, EVENT_FATES, EVENTS_DLQ)
PEOPLE_TOPICS: Final = (ALERT_DEEDS, ALERT_DELIVERIES)
"""What was done about alerts, and what became of the messages about them."""
TOPICS: Final = (*EVENT_TOPICS, TICKS, UNIT_RECALLS, *OUTCOME_TOPICS, *PEOPLE_TOPICS)

_CUSTOMS = frozenset(
    {
        Kind.MANIFEST_DECLARED, Kind.ARRIVAL_REPORTED, Kind.DECLARED, Kind.DECLARATION_ACCEPTED,
        Kind.INSPECTION_ORDERED, Kind.SCAN_ORDERED, Kind.INSPECTION_SCHEDULED, Kind.POSITIONED,
        Kind.INSPECTION_STARTED, Kind.INSPECTION_ENDED, Kind.DOCUMENTS_REQUESTED,
        Kind.DOCUMENTS_SUPPLIED, Kind.DETAINED, Kind.CONDITIONALLY_RELEASED, Kind.RELEASED,
        Kind.LAB_SAMPLED, Kind.LAB_RESULT, Kind.OVERTIME_BOOKED,
    }
)  # fmt: skip
_RAIL_AND_AIR = frozenset(
    {Kind.RAIL_UNLOADED, Kind.RAIL_LOADED, Kind.AIR_UNLOADED, Kind.RAMP_TRANSFERRED, Kind.STORED}
)


def topic_for(kind: Kind) -> Topic:
    """The feed a kind usually travels on. Any topic accepts any kind: it is a feed, not a type."""
    if kind in _CUSTOMS:
        return CUSTOMS_EVENTS
    return RAIL_WATER_EVENTS if kind in _RAIL_AND_AIR else TERMINAL_EVENTS

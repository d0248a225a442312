"""Every bound of the feed, as one frozen value. Nothing is read on import, and no environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from events.topics import (
    ALERT_DEEDS,
    EVENT_TOPICS,
    EVENTS_DLQ,
    LIMIT_ALERTS,
    STAGE_DWELLS,
    TICKS,
)

WHOLE: Final = (STAGE_DWELLS.name, LIMIT_ALERTS.name, ALERT_DEEDS.name)
"""Topics of which the board misses nothing: read on from where the tables end."""


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """`era` is the writer's: it counts the logs there have been. Of events, dead letters and ticks
    the last records of each partition are read, as many as said here. `librdkafka` is what each
    client is given besides: how it shows who it is. A password is among it: it is never printed."""

    brokers: tuple[str, ...] = ("127.0.0.1:9092",)
    era: int = 0
    events_tail: int = 2_000
    letters_tail: int = 500
    ticks_tail: int = 5
    slice_records: int = 500
    """Records applied before pages are woken and a stop is looked for."""
    poll_s: float = 0.25
    fetch_wait_s: float = 0.1
    """So long a broker may gather before it answers with less than `fetch_bytes_min`."""
    tails_wait_s: float = 1.0
    """The same for events and dead letters, which nobody waits for."""
    fetch_bytes_min: int = 64 * 1024
    answer_within_s: float = 5.0
    """For one answer of the broker."""
    probe_after_polls: int = 20
    """So many polls without a record, and the broker is asked whether it is there."""
    retry_first_s: float = 0.5
    retry_max_s: float = 10.0
    failures_max: int = 60
    """In a row; then the feed ends, and the service with it."""
    restarts_max: int = 5
    """How often in a row the feed starts over before it has caught up once."""
    librdkafka: Mapping[str, object] = field(default_factory=dict, repr=False)

    @property
    def tails(self) -> dict[str, int]:
        """By topic, how many of its last records are read at the start."""
        events = {topic.name: self.events_tail for topic in EVENT_TOPICS}
        return {TICKS.name: self.ticks_tail, EVENTS_DLQ.name: self.letters_tail, **events}

    @property
    def topics(self) -> tuple[str, ...]:
        """Every topic that is read."""
        return (*WHOLE, *self.tails)

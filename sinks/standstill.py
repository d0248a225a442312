"""Whether a partition stands still: its log grows, and the client has not seen so. Pure.

A client can forget to fetch: a pause that came between an assignment and its first fetch, or that
outlived one, leaves a partition assigned, unpaused and silent for good
(https://github.com/confluentinc/librdkafka/issues/5591, .../issues/2190). Nobody would notice: the
lag of such a partition is not seen either. Told the time, what came, and what the broker says; must
never know a client.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from kafka import TopicPartition

LOOKED_AFTER_S: Final = 30.0
"""A fetch is answered within a second or so, with records or without."""


@dataclass(slots=True)
class Standstill:
    """Of each partition that is fetched: when something was last heard of it, and whether it was
    found behind its log then. Two such findings in a row, with nothing between them, are proof."""

    looked_after_s: float = LOOKED_AFTER_S
    _heard_at: dict[TopicPartition, float] = field(default_factory=dict)
    _behind: set[TopicPartition] = field(default_factory=set)

    def due(
        self, fetched: set[TopicPartition], came: Iterable[TopicPartition], now: float
    ) -> TopicPartition | None:
        """The partition to ask the broker about, if one has been silent for long enough.

        `fetched`: those that are assigned and not paused; `came`: those of which a record came.
        """
        for place in self._heard_at.keys() - fetched:
            del self._heard_at[place]
            self._behind.discard(place)
        for place in came:
            self._heard_at[place] = now
            self._behind.discard(place)
        for place in fetched:
            self._heard_at.setdefault(place, now)
        silent = min(self._heard_at, key=self._heard_at.__getitem__, default=None)
        if silent is None or now - self._heard_at[silent] < self.looked_after_s:
            return None
        return silent

    def found(self, place: TopicPartition, seen: int | None, end: int | None, now: float) -> bool:
        """Whether it stands still for certain. `seen`: the end of its log as the last fetch had it,
        None before the first; `end`: as the broker says it now, None when it does not answer.

        No answer proves nothing. Ends are compared, not positions: a log may end in records that
        are nobody's.
        """
        self._heard_at[place] = now
        if end is None or end == 0 or (seen is not None and seen >= end):
            self._behind.discard(place)
            return False
        proven = place in self._behind
        self._behind.add(place)
        return proven

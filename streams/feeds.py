"""Feeds of which nothing can be read any more: refusals in a row, by topic and source.

A sender that has changed its form sends message after message that is refused. Each becomes a dead
letter as ever; but somebody must be called, and the port must not wait: what other feeds send is
judged meanwhile. So a feed counts as *stopped* from `in_a_row_max` refusals on, one after the
other, until the first message of it that is taken. That is an alarm and nothing else: what becomes
of a message must never depend on those before it, or two workers would judge differently.

What names no source is told together, by topic, and is in a row only as long as the topic brings
nothing else. Bounded: of more than FEEDS_MAX failing feeds the one refused longest ago is let go.
"""

from collections import OrderedDict
from typing import Final, NamedTuple

from events.dead_letters import claimed_source

FEEDS_MAX: Final = 100
"""Senders name themselves, so their number is theirs to choose; what we remember is not."""
NAMELESS: Final = ""
"""The source of messages that name none."""


class Feed(NamedTuple):
    """Who sends, and on which topic."""

    topic: str
    source: str


class Stopped(NamedTuple):
    """A stopped feed: how many refusals in a row; the latest as `topic/partition/offset: why`."""

    feed: Feed
    in_a_row: int
    latest: str


class Refusals:
    """Refusals since each feed was last understood; feeds that are understood are not in it."""

    def __init__(self, in_a_row_max: int) -> None:
        self._in_a_row_max = in_a_row_max
        self._failing: OrderedDict[Feed, Stopped] = OrderedDict()

    def __bool__(self) -> bool:
        """Whether any feed is failing: asked for each event, so that `taken` need not be."""
        return bool(self._failing)

    def refused(self, topic: str, value: bytes | None, latest: str) -> None:
        """One message of a topic was refused; its bytes may be anything."""
        feed = Feed(topic, claimed_source(value))
        known = self._failing.get(feed)
        self._failing[feed] = Stopped(feed, 1 + (known.in_a_row if known else 0), latest)
        self._failing.move_to_end(feed)
        if len(self._failing) > FEEDS_MAX:
            self._failing.popitem(last=False)

    def taken(self, topic: str, source: str) -> None:
        """One message of a feed was understood."""
        self._failing.pop(Feed(topic, source), None)
        self._failing.pop(Feed(topic, NAMELESS), None)

    def stopped(self) -> list[Stopped]:
        """The feeds of which nothing was understood for too long."""
        return [each for each in self._failing.values() if each.in_a_row >= self._in_a_row_max]

"""Where senders hand in over HTTP: each input taken once, however often it is handed in.

One input at a time: a door that takes two at once would need two connections to gain nothing, since
one decoder keeps a core busy. Knows feeds, receipts and a carrier; must never know HTTP.
"""

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from typing import Final, NamedTuple

from portclock.failure import Failure
from portclock.intake.announced import Announced
from portclock.intake.delivery import Carrier, Carriers, Post, deliver
from portclock.intake.feeds import Feed
from portclock.intake.receipts import Kept, Receipts
from portclock.intake.taking import INPUT_BYTES_MAX, Taken, take
from serving.intake.asks import Busy, Given, KeyOfAnother, NotTaken, UnknownFeed

WAIT_S: Final = 20.0
"""So long an input waits for those before it; then its sender is asked to come again."""


PUSHED: Final = "dcsa"
"""The dialect whose publishers push, and want an answer of their own."""


class Books(NamedTuple):
    """What a desk remembers: receipts that were given, what was announced, and `secrets`, what the
    publisher of a feed signs with."""

    receipts: Receipts
    announced: Announced
    secrets: Callable[[str], tuple[bytes, ...]]


class IntakeDesk:
    """Takes inputs of every feed, one after another. Connects when the first one comes."""

    bytes_max: int = INPUT_BYTES_MAX

    def __init__(
        self,
        feeds: Mapping[str, Feed],
        books: Books,
        connect: Callable[[], Carriers],
        now: Callable[[], datetime],
    ) -> None:
        self._feeds, self._books, self._connect, self._now = feeds, books, connect, now
        self._receipts = books.receipts
        self._turn = threading.Lock()
        self._connection = ExitStack()
        self._carrier: Carrier | None = None

    def names(self) -> tuple[str, ...]:
        """The feeds that are taken."""
        return tuple(sorted(self._feeds))

    def pushed(self) -> tuple[str, ...]:
        """Those that publishers of DCSA events push to."""
        return tuple(name for name in self.names() if self._feeds[name].dialect == PUSHED)

    def secrets(self, feed: str) -> tuple[bytes, ...]:
        """What the publisher of that feed signs with. Raises SecretsUnread."""
        return self._books.secrets(feed)

    def hand_in(self, feed: str, key: str, data: bytes) -> Given:
        """Take one input, once.

        Raises UnknownFeed, KeyOfAnother, Busy, and NotTaken when the broker did not acknowledge.
        """
        if feed not in self._feeds:
            raise UnknownFeed(feed)
        if not self._turn.acquire(timeout=WAIT_S):
            raise Busy
        try:
            return self._in_turn(self._feeds[feed], key, data)
        finally:
            self._turn.release()

    def _in_turn(self, feed: Feed, key: str, data: bytes) -> Given:
        taken = take(feed, key or "over HTTP", data, self._now())
        key = key or taken.receipt.id
        kept = self._receipts.find(feed.name, key)
        if kept is not None:
            if kept.input != taken.receipt.id:
                raise KeyOfAnother(key)
            return Given(kept.document, True, kept.answer)
        self._send(taken)
        document = taken.receipt.document()
        given = Kept(taken.receipt.id, document, taken.answer)
        self._receipts.keep(feed.name, key, given, taken.receipt.received_at)
        return Given(document, False, taken.answer)

    def _send(self, taken: Taken) -> None:
        """A connection that failed is not used again."""
        try:
            if self._carrier is None:
                self._carrier = self._connection.enter_context(self._connect())
            deliver(taken, Post(self._carrier, self._books.announced))
        except Failure as error:
            self._carrier = None
            raise NotTaken(str(error)) from error

    def close(self) -> None:
        """Close what was opened."""
        self._connection.close()
        self._receipts.close()
        self._books.announced.close()

"""Where senders hand in over HTTP: each input taken once, however often it is handed in.

One input at a time: a door that takes two at once would need two connections to gain nothing, since
one decoder keeps a core busy. Knows feeds, receipts and a carrier; must never know HTTP.
"""

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from typing import Any, Final

from portclock.failure import Failure
from portclock.intake.delivery import Carrier, Carriers, deliver
from portclock.intake.feeds import Feed
from portclock.intake.receipts import Kept, Receipts
from portclock.intake.taking import INPUT_BYTES_MAX, Taken, take
from serving.intake.asks import Busy, KeyOfAnother, NotTaken, UnknownFeed

Document = Mapping[str, Any]
WAIT_S: Final = 20.0
"""So long an input waits for those before it; then its sender is asked to come again."""


class IntakeDesk:
    """Takes inputs of every feed, one after another. Connects when the first one comes."""

    bytes_max: int = INPUT_BYTES_MAX

    def __init__(
        self,
        feeds: Mapping[str, Feed],
        receipts: Receipts,
        connect: Callable[[], Carriers],
        now: Callable[[], datetime],
    ) -> None:
        self._feeds, self._receipts, self._connect, self._now = feeds, receipts, connect, now
        self._turn = threading.Lock()
        self._connection = ExitStack()
        self._carrier: Carrier | None = None

    def names(self) -> tuple[str, ...]:
        """The feeds that are taken."""
        return tuple(sorted(self._feeds))

    def hand_in(self, feed: str, key: str, data: bytes) -> tuple[Document, bool]:
        """The receipt, and whether it was given before.

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

    def _in_turn(self, feed: Feed, key: str, data: bytes) -> tuple[Document, bool]:
        taken = take(feed, key or "over HTTP", data, self._now())
        key = key or taken.receipt.id
        kept = self._receipts.find(feed.name, key)
        if kept is not None:
            if kept.input != taken.receipt.id:
                raise KeyOfAnother(key)
            return kept.document, True
        self._send(taken)
        document = taken.receipt.document()
        self._receipts.keep(
            feed.name, key, Kept(taken.receipt.id, document), taken.receipt.received_at
        )
        return document, False

    def _send(self, taken: Taken) -> None:
        """A connection that failed is not used again."""
        try:
            if self._carrier is None:
                self._carrier = self._connection.enter_context(self._connect())
            deliver(taken, self._carrier)
        except Failure as error:
            self._carrier = None
            raise NotTaken(str(error)) from error

    def close(self) -> None:
        """Close what was opened."""
        self._connection.close()
        self._receipts.close()

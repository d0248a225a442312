"""What was taken goes to the broker: messages, then letters, all acknowledged before a receipt.
What was announced goes to no topic: it is kept.

A crash in between leaves them sent without a receipt; the sender tries again, and an event counts
once by its identity, a letter by its position. Must never know a format.
"""

from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from events.topics import EVENTS_DLQ
from portclock.intake.taking import Taken
from portclock.quarantine import Headers
from portclock.replay import IN_FLIGHT_MAX, Message, Offsets


class Carrier(Protocol):
    """Takes messages and bytes with headers, and says when all are acknowledged."""

    def send(self, message: Message) -> None:
        """Take one message; it may still be on its way when this returns."""

    def send_raw(self, topic: str, key: bytes | None, value: bytes, headers: Headers = ()) -> None:
        """Take one record as it is."""

    def settle(self) -> Offsets:
        """Wait for everything sent so far. Raises Failure when something is lost."""


class Keeper(Protocol):
    """Keeps what was announced."""

    def keep(self, taken: Taken) -> None:
        """Keep it; what was kept before is replaced."""


Carriers = AbstractContextManager[Carrier]
"""A connection that is closed at its end."""


class Post(NamedTuple):
    """Where what was taken goes. Without a keeper, what was announced is in the receipt only."""

    carrier: Carrier
    keeper: Keeper | None


def deliver(taken: Taken, post: Post) -> None:
    """Send everything and wait until it is acknowledged, then keep the rest. Raises Failure."""
    carrier, keeper = post
    for number, message in enumerate(taken.messages, 1):
        carrier.send(message)
        if number % IN_FLIGHT_MAX == 0:
            carrier.settle()
    for letter in taken.letters:
        carrier.send_raw(EVENTS_DLQ.name, letter.key, letter.value, letter.headers)
    carrier.settle()
    if keeper is not None:
        keeper.keep(taken)

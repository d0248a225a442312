"""What the intake asks of whoever takes: a Protocol, and the ways in which nothing was taken."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol


class UnknownFeed(Exception):
    """There is no feed of that name."""


class KeyOfAnother(Exception):
    """That idempotency key was used for other bytes."""


class Busy(Exception):
    """Too many are waiting to hand in."""


class NotTaken(Exception):
    """The broker did not acknowledge; nothing may be relied on, and it is to be sent again."""


class SecretsUnread(Exception):
    """What senders sign with cannot be read just now, so nobody's signature can be looked at."""


class Given(NamedTuple):
    """What is given for an input: its receipt, whether it had been given before, and what its
    partner's own standard wants to hear, where it wants anything."""

    receipt: Mapping[str, Any]
    repeated: bool
    answer: bytes | None = None


class Taker(Protocol):
    """Whoever takes what is handed in; safe between threads."""

    @property
    def bytes_max(self) -> int:
        """The size of the biggest input that is taken."""

    def names(self) -> tuple[str, ...]:
        """The feeds that are taken."""

    def pushed(self) -> tuple[str, ...]:
        """Those of them that publishers of DCSA events push to."""

    def secrets(self, feed: str) -> tuple[bytes, ...]:
        """What the publisher of that feed signs with: none, one, or the old and the new.

        Raises SecretsUnread.
        """

    def hand_in(self, feed: str, key: str, data: bytes) -> Given:
        """Take it. `key` is the sender's, or empty.

        Raises UnknownFeed, KeyOfAnother, Busy or NotTaken.
        """

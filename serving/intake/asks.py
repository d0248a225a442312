"""What the intake asks of whoever takes: a Protocol, and the ways in which nothing was taken."""

from collections.abc import Mapping
from typing import Any, Protocol


class UnknownFeed(Exception):
    """There is no feed of that name."""


class KeyOfAnother(Exception):
    """That idempotency key was used for other bytes."""


class Busy(Exception):
    """Too many are waiting to hand in."""


class NotTaken(Exception):
    """The broker did not acknowledge; nothing may be relied on, and it is to be sent again."""


class Taker(Protocol):
    """Whoever takes what is handed in; safe between threads."""

    @property
    def bytes_max(self) -> int:
        """The size of the biggest input that is taken."""

    def names(self) -> tuple[str, ...]:
        """The feeds that are taken."""

    def hand_in(self, feed: str, key: str, data: bytes) -> tuple[Mapping[str, Any], bool]:
        """The receipt, and whether it had been given before. `key` is the sender's, or empty.

        Raises UnknownFeed, KeyOfAnother, Busy or NotTaken.
        """

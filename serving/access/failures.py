"""How many credentials were refused of late, by the address they came from. Bounded memory.

Keeps guessing slow and its traces few. 256 random bits are not guessed anyway; so whoever shares an
address with somebody who guesses is kept out of signing in for minutes, never of a session.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import IPv6Network, ip_address
from typing import Final

FAILURES_MAX: Final = 10
WITHIN: Final = timedelta(minutes=5)
ADDRESSES_MAX: Final = 10_000


class Failures:
    """Counts refusals per address in a span that begins with the first of them."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._seen: OrderedDict[str, tuple[datetime, int]] = OrderedDict()

    def note(self, address: str) -> None:
        """One more; the address longest without one is forgotten when there are too many."""
        began_at, number = self._current(address)
        self._seen[_network(address)] = (began_at, number + 1)
        self._seen.move_to_end(_network(address))
        while len(self._seen) > ADDRESSES_MAX:
            self._seen.popitem(last=False)

    def wait_s(self, address: str) -> int:
        """Whole seconds until this address may try again; 0 when it may now."""
        began_at, number = self._current(address)
        if number < FAILURES_MAX:
            return 0
        left = began_at + WITHIN - self._now()
        return max(1, int(left.total_seconds()))

    def forget(self, address: str) -> None:
        """Somebody there brought what is right."""
        self._seen.pop(_network(address), None)

    def _current(self, address: str) -> tuple[datetime, int]:
        now = self._now()
        began_at, number = self._seen.get(_network(address), (now, 0))
        return (now, 0) if now - began_at >= WITHIN else (began_at, number)


def _network(address: str) -> str:
    """Of an IPv6 address its /64: one household or office has so many of them."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(IPv6Network((found, 64), strict=False)) if found.version == 6 else address

"""How fast one holder of a token may ask: a quota that fills again evenly. Bounded memory.

The generic cell rate algorithm: for each holder one instant is kept, up to which what they have
asked for is paid. Nothing is said of a holder whose quota is full again, so those are forgotten
first. Fields as in draft-ietf-httpapi-ratelimit-headers
(https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/).
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from serving.access.viewers import Viewer
from serving.evaluators.library import Quota

HOLDERS_MAX: Final = 10_000
SECOND: Final = timedelta(seconds=1)


class Paced(NamedTuple):
    """Whether a request may pass, how many more may at once, in how many seconds the quota is full,
    and in how many the next may pass (0: now)."""

    passes: bool
    left: int
    full_in_s: int
    wait_s: int

    def headers(self, quota: Quota) -> dict[str, str]:
        """What the holder is told."""
        within_s = quota.within // SECOND
        found = {
            "ratelimit-policy": f'"requests";q={quota.requests};w={within_s}',
            "ratelimit": f'"requests";r={self.left};t={self.full_in_s}',
        }
        return found if self.passes else {**found, "retry-after": str(self.wait_s)}


class Pace:
    """Counts what each holder asks for. Whoever has the same name, role and scope is one holder,
    by whichever token they come: two tokens make nobody faster."""

    def __init__(self, quota: Quota, now: Callable[[], datetime]) -> None:
        self.quota, self._now = quota, now
        self._paid_up_to: OrderedDict[Viewer, datetime] = OrderedDict()

    def ask(self, holder: Viewer) -> Paced:
        """One more request. One that may not pass costs nothing."""
        now, each = self._now(), self.quota.within / self.quota.requests
        paid = max(self._paid_up_to.get(holder, now), now) + each
        if paid - now > self.quota.within:
            short = paid - now - self.quota.within
            return Paced(False, 0, _seconds(paid - each - now), _seconds(short))
        self._keep(holder, paid)
        left = int((self.quota.within - (paid - now)) / each)
        return Paced(True, left, _seconds(paid - now), 0)

    def _keep(self, holder: Viewer, paid: datetime) -> None:
        """Whoever asked longest ago is forgotten when there are too many."""
        self._paid_up_to[holder] = paid
        self._paid_up_to.move_to_end(holder)
        while len(self._paid_up_to) > HOLDERS_MAX:
            self._paid_up_to.popitem(last=False)


def _seconds(span: timedelta) -> int:
    """Whole seconds, rounded up."""
    return -(-span // SECOND)

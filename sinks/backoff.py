"""How long to wait before asking a silent partner again. Pure: told the time.

Doubles from `first_s` to `max_s` and stays there; for ever, since rows are not dropped.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """`silent_since` is None while the partner answers."""

    first_s: float = 0.2
    max_s: float = 10.0
    delay_s: float = 0.0
    silent_since: float | None = None
    retry_at: float = 0.0

    def failed(self, now: float) -> "Backoff":
        """One more call without an answer."""
        delay_s = min(self.max_s, self.delay_s * 2 or self.first_s)
        since = now if self.silent_since is None else self.silent_since
        return Backoff(self.first_s, self.max_s, delay_s, since, now + delay_s)

    def answered(self) -> "Backoff":
        """All is well again."""
        return Backoff(self.first_s, self.max_s)

    def wait_s(self, now: float) -> float:
        """How long not to ask; 0 when it is time."""
        return max(0.0, self.retry_at - now) if self.silent_since is not None else 0.0

    def silent_s(self, now: float) -> float:
        """How long there has been no answer."""
        return 0.0 if self.silent_since is None else now - self.silent_since

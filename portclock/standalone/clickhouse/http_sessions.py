"""HTTP sessions (`session_id`): kept between requests, within bounds, and one request at a time.

Told the time by a clock that is handed in, in seconds from anywhere.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from portclock.standalone.clickhouse.bounds import Bounds
from portclock.standalone.clickhouse.errors import (
    SESSION_IS_LOCKED,
    TOO_MANY_QUERIES,
    ServerError,
)
from portclock.standalone.clickhouse.session import Session

_Key = tuple[str, str]


@dataclass(slots=True)
class _Kept:
    session: Session
    expires_at: float = 0.0
    requests: int = 0
    """How many use it or wait for it."""
    busy: threading.Lock = field(default_factory=threading.Lock)


class HttpSessions:
    """Shared by all requests."""

    def __init__(self, bounds: Bounds, clock: Callable[[], float]) -> None:
        self._bounds = bounds
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[_Key, _Kept] = {}

    @contextmanager
    def using(self, key: _Key, keep_s: float, opened: Callable[[], Session]) -> Iterator[Session]:
        """The session under a user's name and id, opened if there is none.

        Raises ServerError when another request holds it for too long, or there are too many.
        """
        kept = self._found(key, opened)
        try:
            if not kept.busy.acquire(timeout=self._bounds.http_session_wait_s):
                raise ServerError(SESSION_IS_LOCKED, f"Session {key[1]} is locked by another query")
            try:
                yield kept.session
            finally:
                kept.busy.release()
        finally:
            with self._lock:
                kept.requests -= 1
                kept.expires_at = self._clock() + min(keep_s, self._bounds.idle_s)

    def close(self) -> None:
        """Close all that no request uses."""
        with self._lock:
            self._forget(lambda kept: True)

    def _found(self, key: _Key, opened: Callable[[], Session]) -> _Kept:
        with self._lock:
            now = self._clock()
            self._forget(lambda kept: kept.expires_at <= now)
            if key not in self._kept:
                if len(self._kept) >= self._bounds.http_sessions_max:
                    raise ServerError(TOO_MANY_QUERIES, "Too many HTTP sessions; wait, or use none")
                self._kept[key] = _Kept(opened())
            self._kept[key].requests += 1
            return self._kept[key]

    def _forget(self, over: Callable[[_Kept], bool]) -> None:
        for key, kept in list(self._kept.items()):
            if not kept.requests and over(kept):
                self._kept.pop(key).session.close()

"""Changes of the board, told across threads to whoever waits for one in an event loop.

The thread that reads the log says so once for each slice of records; a page waits for the version
after the one it has shown. Bounded: a wait has an end, and who stops waiting is forgotten.
"""

import asyncio
from contextlib import suppress
from threading import Lock
from typing import Protocol


class Versioned(Protocol):
    """What grows with every visible change."""

    @property
    def version(self) -> int: ...


class Changes:
    """Who waits for another version."""

    def __init__(self, board: Versioned) -> None:
        self._board = board
        self._lock = Lock()
        self._waiting: set[asyncio.Future[None]] = set()

    def tell(self) -> None:
        """Wake everybody who waits; from any thread."""
        with self._lock:
            woken, self._waiting = self._waiting, set()
        for future in woken:
            with suppress(RuntimeError):  # its loop is closed: nobody waits there
                future.get_loop().call_soon_threadsafe(_wake, future)

    async def after(self, version: int, within_s: float) -> int:
        """The board's version once it is past `version`, or after so many seconds as it is."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        with self._lock:
            self._waiting.add(future)
        try:
            if self._board.version <= version:
                await asyncio.wait_for(future, within_s)
        except TimeoutError:
            pass
        finally:
            with self._lock:
                self._waiting.discard(future)
        return self._board.version

    @property
    def waiting(self) -> int:
        """How many wait. Not its length: what nobody waits for must not be taken for nothing."""
        return len(self._waiting)


def _wake(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)

"""Server-sent events: the fragment of a view whenever it changed, until the viewer goes.

A stream is resumable because it carries the state of a view, never a difference: its event id is
`<epoch>-<version>`, and whoever comes back with the id of what stands is told nothing new. Bounds:
how many streams, how often one speaks, how long it may be silent and how long it lasts at all.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from serving.web.house import ChangesView
from serving.web.rendering import personal

STREAMS_MAX: Final = 256
BEAT_S: Final = 10.0
"""The longest silence: then a comment says that the line holds."""
APART_S: Final = 0.25
"""Four times a second is as fast as a row can be read."""
LASTS_S: Final = 900.0
"""Then the viewer comes again, and the doorkeeper is asked again."""
AGAIN_MS: Final = 1_000


class StreamsFull(Exception):
    """As many streams are open as may be."""


class Seats:
    """How many streams are open."""

    def __init__(self, seats_max: int = STREAMS_MAX) -> None:
        self._max, self.taken, self.closed = seats_max, 0, False

    def take(self) -> None:
        """One more. Raises StreamsFull."""
        if self.closed or self.taken >= self._max:
            raise StreamsFull
        self.taken += 1

    @contextmanager
    def held(self) -> Iterator[None]:
        """Gives a seat back that was taken."""
        try:
            yield
        finally:
            self.taken -= 1


class Line(NamedTuple):
    """What a stream needs: where changes come from, how the view looks now (with its version), what
    the forms of this session bring along, the id that the viewer saw last, this life of the board,
    and whether the house closes."""

    changes: ChangesView
    look: Callable[[], tuple[int, str]]
    csrf: str
    seen: str
    epoch: str
    ends: Callable[[], bool] = lambda: False
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep


async def events(line: Line) -> AsyncGenerator[bytes]:
    """The bytes of a stream, from the first look on. It ends by itself after `LASTS_S`."""
    yield f"retry: {AGAIN_MS}\n\n".encode()
    ends_at = asyncio.get_running_loop().time() + LASTS_S
    version, fragment = line.look()
    sent = fragment if line.seen == f"{line.epoch}-{version}" else None
    while asyncio.get_running_loop().time() < ends_at and not line.ends():
        if fragment != sent:
            sent = fragment
            yield event(f"{line.epoch}-{version}", personal(fragment, line.csrf))
            await line.pause(APART_S)
        heard = await line.changes.after(version, BEAT_S)
        if heard == version:
            yield b": the line holds\n\n"
        version, fragment = line.look()


def event(id_: str, fragment: str) -> bytes:
    """One event `view` on the wire; a fragment is as many `data` lines as it has lines."""
    data = "\n".join(f"data: {text}" for text in fragment.splitlines() if text)
    return f"id: {id_}\nevent: view\n{data}\n\n".encode()

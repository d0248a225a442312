"""A stream tells a view whenever it changed, no faster than it is read, and only what is new."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine

import pytest

from serving.web.rendering import CSRF_PLACE
from serving.web.stream import APART_S, Line, Seats, StreamsFull, event, events

Scenario = Callable[["Told"], Coroutine[None, None, None]]


class Told:
    """A view that changes when the test says so; time passes only where the stream pauses."""

    def __init__(self, seen: str = "") -> None:
        self.closed = False
        self.version, self.fragment, self.pauses = 7, "<p>seven</p>", list[float]()
        self._changed = asyncio.Event()
        self.line = Line(self, self.look, "secret", seen, "e", lambda: self.closed, self._pause)

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def look(self) -> tuple[int, str]:
        return self.version, self.fragment

    def tell(self) -> None:
        self._changed.set()

    def change(self, fragment: str) -> None:
        self.version, self.fragment = self.version + 1, fragment
        self._changed.set()

    async def after(self, version: int, within_s: float) -> int:
        if self.version <= version:
            await self._changed.wait()
        self._changed.clear()
        return self.version


class Silent(Told):
    """Nothing ever changes: every wait ends by its bound."""

    async def after(self, version: int, within_s: float) -> int:
        return version


async def _take(stream: AsyncGenerator[bytes], number: int) -> list[bytes]:
    return [await asyncio.wait_for(anext(stream), 2) for _ in range(number)]


def test_the_first_event_is_the_view_as_it_is() -> None:
    async def run() -> None:
        told = Told()
        retry, first = await _take(events(told.line), 2)
        assert retry == b"retry: 1000\n\n"
        assert first == b"id: e-7\nevent: view\ndata: <p>seven</p>\n\n"

    asyncio.run(run())


def test_whoever_comes_back_with_what_stands_is_told_only_what_changes() -> None:
    async def run() -> None:
        told = Told(seen="e-7")
        stream = events(told.line)
        await _take(stream, 1)
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        assert not waiting.done()
        told.change("<p>eight</p>")
        assert b"id: e-8" in await asyncio.wait_for(waiting, 2)

    asyncio.run(run())


@pytest.mark.parametrize("seen", ["e-6", "other-7", "nonsense"])
def test_whoever_comes_back_with_anything_else_is_told_the_view(seen: str) -> None:
    async def run() -> None:
        told = Told(seen=seen)
        assert b"seven" in (await _take(events(told.line), 2))[1]

    asyncio.run(run())


def test_a_change_that_does_not_show_is_not_sent() -> None:
    async def run() -> None:
        told = Told()
        stream = events(told.line)
        await _take(stream, 2)
        waiting = asyncio.ensure_future(anext(stream))
        told.change("<p>seven</p>")
        for _ in range(5):
            await asyncio.sleep(0)
        assert not waiting.done()
        told.change("<p>nine</p>")
        assert b"id: e-9" in await asyncio.wait_for(waiting, 2)

    asyncio.run(run())


def test_after_each_event_it_pauses_so_that_changes_gather() -> None:
    async def run() -> None:
        told = Told()
        stream = events(told.line)
        await _take(stream, 2)
        for fragment in ("a", "b", "c"):
            told.change(fragment)
        assert b"data: c" in (await _take(stream, 1))[0]
        assert told.pauses == [APART_S]

    asyncio.run(run())


def test_a_silent_line_says_that_it_holds() -> None:
    async def run() -> None:
        found = await _take(events(Silent().line), 4)
        assert found[2:] == [b": the line holds\n\n"] * 2

    asyncio.run(run())


def test_a_fragment_of_many_lines_is_one_event_and_cannot_end_it_early() -> None:
    sent = event("e-1", "<p>\n\n<b>x</b>\r</p>\n")
    assert sent.count(b"\n\n") == 1
    assert all(line.startswith(b"data: ") for line in sent.splitlines()[2:-1])


def test_shared_fragments_bring_each_session_its_own_secret() -> None:
    async def run() -> None:
        told = Told()
        told.fragment = f'<input value="{CSRF_PLACE}">'
        assert b'value="secret"' in (await _take(events(told.line), 2))[1]

    asyncio.run(run())


def test_a_house_that_closes_ends_its_streams_and_begins_no_other() -> None:
    async def run() -> None:
        told = Silent()
        stream = events(told.line)
        await _take(stream, 3)
        told.closed = True
        with pytest.raises(StopAsyncIteration):
            await _take(stream, 1)

    asyncio.run(run())
    seats = Seats(2)
    seats.closed = True
    with pytest.raises(StreamsFull):
        seats.take()


def test_there_are_only_so_many_seats_and_each_is_given_back() -> None:
    seats = Seats(2)
    seats.take()
    seats.take()
    with pytest.raises(StreamsFull):
        seats.take()
    with seats.held():
        pass
    seats.take()
    assert seats.taken == 2

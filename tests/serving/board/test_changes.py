"""Who waits for a change is woken by one, from any thread, and never waits for ever."""

import asyncio
from threading import Thread

from events.testing import outcome
from serving.asks import Place
from serving.board.changes import Changes
from serving.board.state import Board


class _Counter:
    version = 0


def test_a_version_that_is_past_already_is_told_at_once() -> None:
    counter = _Counter()
    counter.version = 4
    assert asyncio.run(Changes(counter).after(3, 3600.0)) == 4


def test_without_a_change_the_wait_ends_in_time_and_nobody_is_left_behind() -> None:
    changes = Changes(_Counter())
    assert asyncio.run(changes.after(0, 0.01)) == 0
    assert changes.waiting == 0


def test_many_who_wait_in_many_loops_are_woken_by_a_thread() -> None:
    board = Board()
    changes, found = Changes(board), []

    async def wait() -> None:
        waits = [asyncio.ensure_future(changes.after(0, 30.0)) for _ in range(5)]
        found.extend(await asyncio.gather(*waits))

    loops = [Thread(target=asyncio.run, args=(wait(),)) for _ in range(3)]
    for loop in loops:
        loop.start()

    def read() -> None:
        board.outcome(outcome("pickup", "10:00"), Place(0, 0))
        changes.tell()

    reader = Thread(target=read)
    reader.start()
    for thread in (reader, *loops):
        thread.join(30)
    assert found == [1] * 15
    assert changes.waiting == 0


def test_a_change_between_the_look_and_the_wait_is_not_missed() -> None:
    """Whoever asks is among those waiting before it looks at the version."""
    counter, changes = _Counter(), None

    class Turning:
        @property
        def version(self) -> int:
            seen, counter.version = counter.version, 1
            assert changes is not None
            changes.tell()
            return seen

    changes = Changes(Turning())
    assert asyncio.run(changes.after(0, 3600.0)) == 1


def test_who_stops_waiting_is_forgotten_and_a_closed_loop_harms_nobody() -> None:
    changes = Changes(_Counter())

    async def give_up() -> None:
        wait = asyncio.ensure_future(changes.after(0, 3600.0))
        await asyncio.sleep(0)
        assert changes.waiting == 1
        wait.cancel()
        await asyncio.gather(wait, return_exceptions=True)

    asyncio.run(give_up())
    assert changes.waiting == 0
    changes.tell()

"""One part over time, with a clock that stands still until it is moved."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from portclock.standalone.child import Child, Restarts
from portclock.standalone.health import State
from portclock.standalone.part import Part
from portclock.standalone.waiting import until

Declare = Callable[..., Child]
WITHIN_S = 20


class Clock:
    """Seconds as the test says."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def part(tmp_path: Path, clock: Clock) -> Iterator[Callable[[Child], Part]]:
    """Makes parts, and stops them in the end."""
    made: list[Part] = []

    def make(child: Child, **more: Any) -> Part:
        made.append(Part(child, tmp_path, {}, clock, **more))
        made[-1].start()
        return made[-1]

    yield make
    for one in made:
        one.stop(0.0)


def _reach(part: Part, *states: State) -> None:
    def there() -> bool:
        part.advance()
        return part.state in states

    assert until(there, WITHIN_S, pause_s=0.01), part.state


def test_a_restart_waits_for_its_pause(
    part: Callable[[Child], Part], clock: Clock, python_child: Declare
) -> None:
    dying = python_child(code="raise SystemExit(1)", restarts=Restarts(first_pause_s=4.0))
    one = part(dying)
    _reach(one, State.RESTARTING)
    clock.now = 3.9
    one.advance()
    assert one.state is State.RESTARTING
    assert one.health().pid is None
    clock.now = 4.0
    one.advance()
    assert one.health().restarts == 1
    assert one.health().state is State.STARTING


def test_deaths_outside_the_window_are_forgiven(
    part: Callable[[Child], Part], clock: Clock, python_child: Declare
) -> None:
    rare = Restarts(attempts_max=1, window_s=60.0, first_pause_s=0.0)
    one = part(python_child(code="raise SystemExit(1)", restarts=rare))
    for death in range(4):
        _reach(one, State.RESTARTING, State.FAILED)
        assert one.state is State.RESTARTING, f"given up at death {death}"
        clock.now += 61.0
        one.advance()
    clock.now += 1.0
    _reach(one, State.RESTARTING, State.FAILED)
    clock.now += 1.0
    one.advance()
    _reach(one, State.FAILED)


def test_a_part_given_up_stays_failed_when_it_is_stopped(
    part: Callable[[Child], Part], python_child: Declare
) -> None:
    one = part(python_child(code="raise SystemExit(2)", restarts=Restarts(attempts_max=0)))
    _reach(one, State.FAILED)
    one.stop(0.0)
    one.advance()
    assert one.state is State.FAILED


def test_the_bound_of_its_log_is_kept(
    part: Callable[..., Part], tmp_path: Path, python_child: Declare
) -> None:
    much = "for n in range(20000): print('x' * 50)"
    code = f"{much}\nprint('{{}}', flush=True)\nimport signal; signal.pause()"
    one = part(python_child(code=code), log_bytes_max=4096)
    _reach(one, State.READY)
    files = ["part.log", "part.log.1"]  # the first is for a moment missing while it is turned over
    assert until(lambda: sorted(path.name for path in tmp_path.iterdir()) == files, 10)
    assert sum((tmp_path / name).stat().st_size for name in files) <= 4096


def test_uptime_is_that_of_the_present_run(
    part: Callable[[Child], Part], clock: Clock, python_child: Declare
) -> None:
    one = part(python_child())
    _reach(one, State.READY)
    clock.now = 12.5
    assert one.health().uptime_s == 12.5
    one.ask_to_stop()
    one.stop(1.0)
    assert one.health().uptime_s == 0.0
    assert one.health().state is State.STOPPED

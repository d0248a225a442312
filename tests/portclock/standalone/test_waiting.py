"""Waiting asks at least once, stops at the first yes, and gives up at its deadline."""

from portclock.standalone.waiting import until


class Clock:
    """Time that passes only when somebody pauses."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.now += seconds


def test_it_stops_at_the_first_yes() -> None:
    clock, answers = Clock(), iter([False, False, True])
    assert until(lambda: next(answers), 10, clock, clock.pause, pause_s=1)
    assert clock.now == 102


def test_it_gives_up_at_the_deadline_and_asks_once_more() -> None:
    clock, asked = Clock(), list[float]()
    assert not until(lambda: asked.append(clock.now), 3, clock, clock.pause, pause_s=1)
    assert asked == [100, 101, 102, 103]


def test_with_no_time_at_all_it_asks_once() -> None:
    clock = Clock()
    assert until(lambda: True, 0, clock, clock.pause)
    assert clock.now == 100

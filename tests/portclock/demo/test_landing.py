"""When everything has landed, and when it will not any more.

worker:  10 of 10, then 12 of 12 . . . . . . . . (both groups at their ends: landed)
writer:   3 of  9 -> 3 of 9 -> 3 of 9 ... STILL_S later: stuck, and it says where
"""

from collections.abc import Iterable
from typing import cast

from portclock.demo.landing import STILL_S, Landing
from portclock.demo.offsets import Groups


class DrawnGroups:
    """Groups whose places are what the test says."""

    def __init__(self, **behind: list[str]) -> None:
        self.places = behind
        self.moves = 0

    def committed(self, group: str) -> dict[str, dict[int, int]]:
        return {group: {0: self.moves}}

    def behind(self, group: str, topics: Iterable[str]) -> list[str]:
        assert list(topics)
        return self.places[group]


class Clock:
    """Shows what it is set to."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


def landing(groups: DrawnGroups, clock: Clock) -> Landing:
    return Landing(cast(Groups, groups), "worker", "writer", clock)


def test_it_has_landed_when_both_groups_are_at_the_end() -> None:
    assert landing(DrawnGroups(worker=[], writer=[]), Clock()).landed()
    assert not landing(DrawnGroups(worker=["t/0: 1 of 2"], writer=[]), Clock()).landed()
    assert not landing(DrawnGroups(worker=[], writer=["t/0: 1 of 2"]), Clock()).landed()


def test_it_is_stuck_when_nothing_moved_for_long_and_it_says_where() -> None:
    clock, groups = Clock(), DrawnGroups(worker=[], writer=["stage-dwells/3: 3 of 9"])
    watched = landing(groups, clock)
    assert watched.stuck() is None
    clock.now_s += STILL_S - 1
    assert watched.stuck() is None
    clock.now_s += 1
    told = watched.stuck()
    assert told is not None
    assert "writer is behind at stage-dwells/3: 3 of 9" in told


def test_it_is_not_stuck_while_anything_moves() -> None:
    clock, groups = Clock(), DrawnGroups(worker=["t/0: 1 of 2"], writer=[])
    watched = landing(groups, clock)
    for _ in range(5):
        assert watched.stuck() is None
        clock.now_s += STILL_S - 1
        groups.moves += 1

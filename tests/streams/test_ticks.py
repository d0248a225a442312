"""A tick waits for the events written before it; a line of ticks stays short and never starves."""

from events.testing import tick
from events.topics import EVENT_TOPICS, TERMINAL_EVENTS
from streams.ticks import Waiting, WaitingTicks


def _waiting(hour: int, upto: int, offset: int = 0) -> Waiting:
    return Waiting(tick(f"{hour:02}:00", upto), offset)


def _all_at(offset: int | None) -> dict[str, int | None]:
    return {topic.name: offset for topic in EVENT_TOPICS}


def test_a_tick_is_held_until_every_topic_has_been_read_up_to_it() -> None:
    line = WaitingTicks(10)
    line.add([_waiting(9, 100)], "run")

    assert line.release({**_all_at(100), TERMINAL_EVENTS.name: 99}.get) is None
    assert line.release({**_all_at(100), TERMINAL_EVENTS.name: None}.get) is None
    assert len(line) == 1
    released = line.release(_all_at(100).get)
    assert released
    assert released.closes == ["run"]
    assert len(line) == 0


def test_a_tick_before_any_event_needs_no_knowledge_of_the_topics() -> None:
    line = WaitingTicks(10)
    line.add([_waiting(9, 0)], "run")

    assert line.release(_all_at(None).get)


def test_the_newest_ready_tick_stands_for_all_before_it() -> None:
    line = WaitingTicks(10)
    line.add([_waiting(9, 10, 0), _waiting(10, 20, 1)], "first")
    line.add([_waiting(11, 30, 2)], "second")
    line.add([_waiting(12, 40, 3)], "third")

    released = line.release(_all_at(35).get)
    assert released
    assert (released.tick, released.offset) == (tick("11:00", 30), 2)
    assert released.closes == ["first", "second"]
    assert len(line) == 1


def test_a_tick_that_goes_back_does_not_take_time_back() -> None:
    line = WaitingTicks(10)
    line.add([_waiting(12, 10, 0), _waiting(9, 20, 1)], "run")

    released = line.release(_all_at(20).get)
    assert released
    assert (released.tick.at, released.offset) == (tick("12:00").at, 1)


def test_a_full_line_is_thinned_and_no_token_is_lost() -> None:
    line = WaitingTicks(8)
    for number in range(100):
        line.add([_waiting(9, number + 1, number)], number)

    assert len(line) <= 8
    released = line.release(_all_at(100).get)
    assert released
    assert released.closes == list(range(100))


def test_under_a_lasting_backlog_the_oldest_tick_is_still_released() -> None:
    line = WaitingTicks(4)
    released = []
    for now in range(200):
        line.add([_waiting(9, now, now)], now)
        found = line.release(_all_at(now - 50).get)
        released += [found.offset] if found else []

    assert len(released) > 3
    assert released == sorted(released)

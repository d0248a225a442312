"""The wheel turns for ever, in order, with as many visits under way as were asked for."""

from collections import Counter
from itertools import islice, pairwise

import pytest

from events.codec import decode
from events.topics import PARTITIONS
from load_tests.scenarios.templates import boxes_in
from load_tests.scenarios.wheel import MINUTE_S, Stories, Told, Wheel
from portclock.replay import address
from portclock.traffic.feed import traffic
from portclock.traffic.hostile import HONEST, Rates

VISITS = 40


@pytest.fixture(scope="module")
def stories() -> Stories:
    return Stories.prepared(VISITS)


@pytest.fixture(scope="module")
def wheel(stories: Stories) -> Wheel:
    return Wheel(stories, 300)


def _spans(messages: list[Told]) -> dict[bytes, tuple[int, int]]:
    spans: dict[bytes, tuple[int, int]] = {}
    for told in messages:
        for box in boxes_in(told.value):
            first, _ = spans.get(box, (told.due_s, 0))
            spans[box] = first, told.due_s
    return spans


def _two_periods_on(wheel: Wheel) -> tuple[list[Told], list[Told]]:
    """The past, and enough of the present for every visit of the past to end in it."""
    per_period = round(wheel.messages_per_s * wheel.period_s)
    return list(wheel.before()), list(islice(wheel.live(), (wheel.turns + 2) * per_period))


def test_the_first_messages_are_those_of_a_replay_of_the_traffic(stories: Stories) -> None:
    sent = [part for one in traffic(VISITS) for part in address(one.value)]
    whole = list(islice(Wheel(stories, 1).whole(), len(sent)))
    assert [told[1:] for told in whole] == [
        (part.topic, part.key, part.value, part.partition) for part in sent
    ]


def test_time_never_runs_backwards(wheel: Wheel) -> None:
    past, present = _two_periods_on(wheel)
    assert all(one.due_s <= other.due_s for one, other in pairwise([*past, *present]))
    assert past[-1].due_s < wheel.live_from_s <= present[0].due_s


def test_as_many_visits_are_under_way_as_were_asked_for(wheel: Wheel) -> None:
    past, present = _two_periods_on(wheel)
    spans = _spans([*past, *present])
    at = wheel.live_from_s
    under_way = sum(first < at <= last for first, last in spans.values())
    # A number with a wrong check digit is a box that nobody has: three in a hundred at most.
    assert wheel.open_visits <= under_way <= 1.03 * wheel.open_visits + 5
    assert 270 <= wheel.open_visits <= 350


def test_the_past_has_all_of_what_is_under_way_and_nothing_else(wheel: Wheel) -> None:
    past, _ = _two_periods_on(wheel)
    whole = [told for told in _until(wheel, wheel.live_from_s)]
    live_boxes = {box for told in _two_periods_on(wheel)[1] for box in boxes_in(told.value)}
    wanted = [told for told in whole if set(boxes_in(told.value)) & live_boxes]
    assert Counter(past) == Counter(wanted)
    assert 0 < len(past) < len(whole)


def _until(wheel: Wheel, until_s: int) -> list[Told]:
    found: list[Told] = []
    for told in wheel.whole():
        if told.due_s >= until_s:
            return found
        found.append(told)
    raise AssertionError("a wheel never ends")


def test_the_present_goes_on_where_the_whole_history_does(wheel: Wheel) -> None:
    whole = wheel.whole()
    later = next(told for told in whole if told.due_s >= wheel.live_from_s)
    assert [later, *islice(whole, 500)] == list(islice(wheel.live(), 501))


def test_a_denser_wheel_has_no_more_storms(stories: Stories) -> None:
    stormy = Stories.prepared(760, rates=HONEST)
    assert any(pin.of_place for pin in stormy.pins)
    for open_visits in (400, 1_600):
        wheel = Wheel(stormy, open_visits)
        span = islice(wheel.live(), round(wheel.messages_per_s * 18 * 86_400))
        said = [told.partition for told in span if b"suspension-declared" in told.value]
        storms = said.count(None)
        assert len(said) == storms * (1 + PARTITIONS)
        assert 1 <= storms <= 3, open_visits


def test_periods_are_whole_minutes(stories: Stories) -> None:
    for open_visits in (1, 77, 5_000, 10**9):
        assert Wheel(stories, open_visits).period_s % MINUTE_S == 0
    assert Wheel(stories, 10**9).period_s == MINUTE_S


def test_a_burst_is_new_boxes_at_one_instant(wheel: Wheel) -> None:
    honest = Wheel.of(300, rates=HONEST)
    at_s = wheel.live_from_s + 4_321
    ship = list(honest.burst("arrived", 100, at_s, honest.copies_max // 2))
    events = [event for told in ship for event in decode(told.value)]
    assert {told.due_s for told in ship} == {at_s}
    assert {event.kind for event in events} == {"arrived"}
    assert len(ship) == len({event.unit.id for event in events}) == 100
    for event in events:
        assert event.recorded_at is not None
        assert 0 <= at_s - event.recorded_at.timestamp() < MINUTE_S
    known = {box for told in _two_periods_on(honest)[1] for box in boxes_in(told.value)}
    assert not known & {box for told in ship for box in boxes_in(told.value)}


def test_a_burst_says_the_same_of_no_box_twice() -> None:
    repeating = Wheel.of(100, rates=Rates(1, 0, 0, 0, 0, 0))
    at_s = repeating.live_from_s
    ship = list(repeating.burst("arrived", 20, at_s, 9))
    assert len({told.key for told in ship}) == 20
    for told in ship:
        (event,) = decode(told.value)
        assert event.recorded_at is not None
        assert at_s - event.recorded_at.timestamp() < MINUTE_S


def test_a_burst_of_what_nobody_reports_is_an_error(wheel: Wheel) -> None:
    with pytest.raises(ValueError, match="nobody reports teleported"):
        next(wheel.burst("teleported", 1, wheel.live_from_s, 9))

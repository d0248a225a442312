"""Commitments over calls: brackets and rates, counted by hand and by an oracle."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from events.testing import at
from timing.calls import Call
from timing.commitments.facts import Facts
from timing.commitments.measure import Measure
from timing.commitments.period import month
from timing.commitments.promise import Promise
from timing.commitments.ships import measures

MARCH, APRIL = month("2026-03"), month("2026-04")
READ: TypeAdapter[Any] = TypeAdapter(Promise)
MORNING = int(at("08:00").timestamp())
HOUR = 3600


def _promise(**said: Any) -> Any:
    return READ.validate_python({"id": "test.promise", "words": "", **said})


def _call(boxes: int = 100, hours: float = 10, **more: Any) -> Call:
    """Berthed at 08:00, first lift at 09:00, worked so many hours from then; 20-foot boxes."""
    last = MORNING + HOUR + round(hours * HOUR)
    usual: dict[str, Any] = {
        "port": "CNSHA", "facility": "A", "voyage": "V1", "trade": "foreign", "service": "liner",
        "berthed_at": MORNING, "first_lift_at": MORNING + HOUR, "last_lift_at": last,
        "finished_at": last, "boxes": boxes, "sizes": (("20", boxes),), "halts": (),
    }  # fmt: skip
    return Call(**{**usual, **more})


def _found(promise: Any, *calls: Call) -> Measure:
    (only,) = measures(promise, Facts(calls=calls), MARCH)
    return only


def _brackets(**more: Any) -> Any:
    """上海: 2000 -> 12 h, 4000 -> 24 h, 6000 -> 36 h, for ships in foreign trade."""
    steps = [(2000, "PT12H"), (4000, "PT24H"), (6000, "PT36H")]
    brackets = [{"teu_upto": teu, "within": within} for teu, within in steps]
    return _promise(kind="bracket", trade="foreign", brackets=brackets, **more)


@pytest.mark.parametrize(
    ("boxes", "hours", "kept"),
    [
        (2000, 11, True),
        (2000, 11 + 1 / HOUR, False),
        (2001, 11 + 1 / HOUR, True),
        (2001, 23, True),
        (4000, 23 + 1 / HOUR, False),
        (6000, 35, True),
        (1, 12, False),
    ],
)
def test_a_call_takes_the_first_bracket_that_holds_its_teu_from_berthing(
    boxes: int, hours: float, kept: bool
) -> None:
    """An hour lies between berthing and the first lift, and counts."""
    assert _found(_brackets(), _call(boxes, hours)).kept is kept


def test_more_than_the_last_bracket_is_not_promised() -> None:
    found = _found(_brackets(), _call(6001, 99))
    assert (found.left_out, found.kept) == ({"above-brackets": 1}, None)


def test_a_forty_counts_twice_and_a_forty_five_what_the_edition_says() -> None:
    forties = _call(1001, 12, sizes=(("40", 1001),))
    assert _found(_brackets(), forties).numerator == 1, "2002 TEU may take 24 h"
    assert _found(_brackets(teu={"20": 1, "40": 1}), forties).numerator == 0
    long_ones = _call(889, 12, sizes=(("45", 889),))
    by_quarter = _brackets(teu={"20": 1, "40": 2, "45": 2.25})
    assert _found(by_quarter, long_ones).numerator == 1, "2000.25 TEU may take 24 h"


@pytest.mark.parametrize(
    ("unknown", "left_out"), [(1, {}), (500, {}), (501, {"size-unknown": 1}), (1000, {})]
)
def test_an_unknown_length_matters_only_where_it_could_change_the_bracket(
    unknown: int, left_out: dict[str, int]
) -> None:
    """1000 known 20-foot boxes and some unknown: at most 2 TEU each, at least 1."""
    known = 1001 if unknown == 1000 else 1000
    sizes = ((None, unknown), ("20", known))
    found = _found(_brackets(), _call(known + unknown, 5, sizes=sizes))
    assert found.left_out == left_out


def test_a_length_that_the_edition_does_not_name_is_as_good_as_unknown() -> None:
    sizes = (("45", 1000), ("20", 900))
    assert _found(_brackets(), _call(1900, 5, sizes=sizes)).left_out == {"size-unknown": 1}


@pytest.mark.parametrize("berthed", [None, MORNING + HOUR + 1])
def test_a_bracket_needs_to_know_when_the_ship_berthed(berthed: int | None) -> None:
    found = _found(_brackets(), _call(berthed_at=berthed))
    assert found.left_out == {"berthing-unknown": 1}


def test_a_typhoon_takes_no_time_and_what_only_it_saves_is_excused() -> None:
    """14 h at the berth, 3 of them typhoon: within 12 h only without it."""
    storm = ((MORNING + 2 * HOUR, MORNING + 5 * HOUR),)
    excused = _found(_brackets(), _call(100, 13, halts=storm), _call(100, 9, halts=storm))
    assert (excused.numerator, excused.judged, excused.left_out) == (1, 1, {"excused": 1})
    assert _found(_brackets(), _call(100, 15, halts=storm)).kept is False


def test_domestic_ships_are_out_of_scope_and_untold_ones_left_out() -> None:
    found = _found(_brackets(), _call(), _call(trade="domestic"), _call(trade=None))
    assert (found.judged, found.left_out) == (1, {"trade-unknown": 1})


def test_a_share_of_calls_may_be_promised() -> None:
    calls = [_call(100, 5)] * 9 + [_call(100, 20)]
    assert _found(_brackets(at_least=0.9), *calls).kept is True
    assert _found(_brackets(), *calls).kept is False


def _rate(**more: Any) -> Any:
    return _promise(**{"kind": "rate", "lifts": "per-call", "at_least": 22, **more})


def test_a_mean_rate_is_all_boxes_over_all_hours() -> None:
    """石岛: 22 boxes an hour. 300 boxes in 10 h and 140 in 10 h are exactly 22."""
    found = _found(_rate(), _call(300, 10), _call(140, 10))
    assert (found.numerator, found.denominator, found.judged) == (440, 20 * HOUR, 2)
    assert (found.value, found.kept) == (Fraction(22), True)
    assert _found(_rate(), _call(300, 10), _call(139, 10)).kept is False


def test_a_share_of_calls_may_have_to_reach_the_rate() -> None:
    """完成率99%: the slow call counts as one, however many boxes the fast one had."""
    calls = [_call(220, 10)] * 98 + [_call(219, 10)]
    found = _found(_rate(share=0.99), *calls)
    assert (found.numerator, found.denominator, found.kept) == (98, 99, False)
    found = _found(_rate(share=0.99), _call(220, 10), *calls)
    assert (found.numerator, found.denominator, found.kept) == (99, 100, True)


def test_the_clock_of_a_rate_starts_where_the_edition_says() -> None:
    assert _found(_rate(), _call(110, 5)).value == 22
    assert _found(_rate(since="berthed"), _call(110, 5)).value == Fraction(110, 6)
    assert _found(_rate(since="berthed"), _call(berthed_at=None)).left_out == {
        "berthing-unknown": 1
    }
    assert _found(_rate(), _call(110, 5, berthed_at=None)).value == 22


def test_a_call_that_took_no_time_has_no_rate() -> None:
    storm = ((MORNING, MORNING + 24 * HOUR),)
    found = _found(_rate(), _call(1, 0), _call(100, 5, halts=storm))
    assert (found.left_out, found.kept) == ({"no-working-time": 2}, None)


def test_a_typhoon_is_no_working_time_and_excuses_a_call_that_only_it_slowed() -> None:
    storm = ((MORNING + 2 * HOUR, MORNING + 7 * HOUR),)
    slowed = _call(220, 15, halts=storm)
    assert _found(_rate(), slowed).value == 22
    assert _found(_rate(share=0.99), slowed).left_out == {"excused": 1}
    assert _found(_rate(share=0.99), _call(219, 15, halts=storm)).kept is False


def test_nobody_says_how_many_cranes_worked_so_a_rate_per_crane_is_not_judged() -> None:
    for more in ({}, {"share": 0.99}):
        found = _found(_rate(lifts="per-crane-hour", **more), _call(), _call(finished_at=None))
        assert found.left_out == {"cranes-unknown": 1, "open": 1}
        assert found.kept is None


@pytest.mark.parametrize(
    ("scope", "judged"),
    [
        ({"boxes_from": 1500, "boxes_upto": 2500}, [1500, 1501, 2500]),
        ({"boxes_over": 1500, "boxes_upto": 2500}, [1501, 2500]),
        ({"boxes_over": 2500}, [2501]),
        ({"boxes_upto": 1500}, [1499, 1500]),
        ({"facilities": ["B"]}, []),
        ({"facilities": ["A"], "service": "liner"}, [1499, 1500, 1501, 2500, 2501]),
        ({"service": "barge"}, []),
    ],
)
def test_a_promise_on_calls_speaks_only_of_its_own_scope(
    scope: dict[str, Any], judged: list[int]
) -> None:
    """南沙: 130 an hour for 1500 to 2500 boxes, 140 for more."""
    calls = [_call(boxes) for boxes in (1499, 1500, 1501, 2500, 2501)]
    found = _found(_rate(**scope), *calls)
    assert (found.numerator, found.judged, found.cohort) == (sum(judged), len(judged), len(judged))


def test_a_call_of_an_unknown_service_is_left_out_where_one_is_named() -> None:
    unknown = _call(service=None)
    assert _found(_rate(service="liner"), unknown).left_out == {"service-unknown": 1}
    assert _found(_rate(), unknown).judged == 1


def test_a_call_is_of_the_month_in_which_it_finished() -> None:
    over = _call(hours=30 * 24)
    (march,) = measures(_rate(), Facts(calls=(over,)), MARCH)
    (april,) = measures(_rate(), Facts(calls=(over,)), APRIL)
    assert (march.cohort, april.judged) == (0, 1)


def test_a_call_under_way_is_open_in_every_month_since_it_began() -> None:
    begun = _call(finished_at=None)
    for of, left_out in ((month("2026-02"), {}), (MARCH, {"open": 1}), (APRIL, {"open": 1})):
        (found,) = measures(_rate(), Facts(calls=(begun,)), of)
        assert found.left_out == left_out


CALLS = st.builds(
    _call,
    boxes=st.integers(1, 7000),
    hours=st.integers(0, 40),
    trade=st.sampled_from(["foreign", "domestic", None]),
    berthed_at=st.sampled_from([MORNING, None]),
    halts=st.sampled_from([(), ((MORNING + 2 * HOUR, MORNING + 5 * HOUR),)]),
)


def _by_hand(calls: list[Call]) -> tuple[int, int, int]:
    """Met, judged and left out by the brackets of 上海, for 20-foot boxes."""
    met = judged = left_out = 0
    for call in calls:
        if call.trade == "domestic":
            continue
        hours = 12 if call.boxes <= 2000 else 24 if call.boxes <= 4000 else 36
        if call.trade is None or call.berthed_at is None or call.boxes > 6000:
            left_out += 1
            continue
        gross = (call.last_lift_at - call.berthed_at) / HOUR
        stood = 0.0
        if call.halts:
            stood = max(0.0, min(3.0, gross - 2))
        if gross - stood > hours:
            judged += 1
        elif gross > hours:
            left_out += 1
        else:
            judged, met = judged + 1, met + 1
    return met, judged, left_out


@given(st.lists(CALLS.map(lambda call: call._replace(sizes=(("20", call.boxes),))), max_size=25))
def test_brackets_are_what_counting_by_hand_gives(calls: list[Call]) -> None:
    (found,) = measures(_brackets(), Facts(calls=tuple(calls)), MARCH)
    met, judged, left_out = _by_hand(calls)
    assert (found.numerator, found.judged, sum(found.left_out.values())) == (met, judged, left_out)
    assert found.kept is (None if judged == 0 else met == judged)


@given(st.lists(CALLS, max_size=25))
def test_judged_and_left_out_sum_to_the_calls_in_scope(calls: list[Call]) -> None:
    foreign = sum(call.trade != "domestic" for call in calls)
    for promise in (_brackets(), _rate(trade="foreign"), _rate(trade="foreign", share=0.99)):
        assert _found(promise, *calls).cohort == foreign

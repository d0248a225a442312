"""A day stands beside its week before, cut to who counts what."""

import pytest

from events.testing import FACILITY, PORT
from serving.access.viewers import Role, Viewer
from serving.asks import Promise, StageDay
from serving.web import figures
from timing.story.chinese import CHINESE
from timing.story.english import ENGLISH

TODAY, BEFORE = "2026-03-02", "2026-02-23"


def _day(day: str = TODAY, stage: str = "pickup", **fields: object) -> StageDay:
    usual = {
        "day": day, "port": PORT, "facility": FACILITY, "stage": stage, "answers": "terminal",
        "limit_id": "l", "limit_edition": "e", "limit_s": 3600, "ended": 10, "met": 8,
        "breached": 1, "excused": 1, "net_mean_s": 1800.0, "net_p50_s": 1500.0, "net_p90_s": 3500.0,
    }  # fmt: skip
    return StageDay(**{**usual, **fields})  # type: ignore[arg-type]


def test_the_same_stage_of_two_days_is_one_pair_the_most_broken_first() -> None:
    rows = [_day(), _day(BEFORE), _day(stage="box-move", breached=5), _day(BEFORE, "truck-turn")]
    found = figures.pairs(rows, TODAY)
    assert [pair.either.stage for pair in found] == ["box-move", "pickup", "truck-turn"]
    assert [bool(pair.today) for pair in found] == [True, True, False]
    assert [bool(pair.before) for pair in found] == [False, True, True]


def test_excused_ones_are_no_case_of_either() -> None:
    assert figures.kept_share(_day(met=9, breached=1, excused=90)) == 0.9
    assert figures.kept_share(_day(met=0, breached=0, excused=3)) is None


def test_a_week_before_is_the_same_day_of_the_week() -> None:
    assert figures.week_before(TODAY) == BEFORE
    assert figures.month_of("2026-03-31") == "2026-03-01"
    with pytest.raises(ValueError, match="month must be"):
        figures.week_before("2026-13-01")


def test_each_viewer_counts_what_is_theirs() -> None:
    rows = [_day(), _day(facility="XYCT"), _day(stage="inspection", answers="customs")]
    operator = Viewer("Li", Role.OPERATOR, frozenset({PORT}), frozenset({FACILITY}))
    customs = Viewer("Wang", Role.CUSTOMS)
    elsewhere = Viewer("Sun", Role.EVALUATOR, frozenset({"CNSHA"}))
    assert figures.seen_days(rows, operator) == [rows[0], rows[2]]
    assert figures.seen_days(rows, customs) == [rows[2]]
    assert figures.seen_days(rows, elsewhere) == []
    assert figures.seen_days(rows, Viewer("Sun", Role.EVALUATOR)) == rows


def test_a_promise_over_a_port_is_not_for_who_sees_one_facility_of_it() -> None:
    promise = Promise(PORT, "pickup", "c", "e", "", 95.0, 96.0, "%", 1, 1, True)
    operator = Viewer("Li", Role.OPERATOR, frozenset({PORT}), frozenset({FACILITY}))
    assert figures.seen_promises([promise], operator) == []
    assert figures.seen_promises([promise], Viewer("Sun", Role.EVALUATOR)) == [promise]


def test_the_chart_draws_shares_of_the_limit_and_no_stage_without_one() -> None:
    rows = [_day(), _day(BEFORE, net_p50_s=1800.0), _day(stage="departure", limit_id="", limit_s=0)]
    drawn = figures.chart(figures.pairs(rows, TODAY), ENGLISH)
    assert drawn["names"] == ["pickup · LPCT"]
    assert drawn["today"] == [[41.7, 97.2]]
    assert drawn["before"] == [[50.0, 97.2]]


def test_two_limits_on_one_stage_are_called_apart_in_either_language() -> None:
    drawn = figures.chart(figures.pairs([_day(), _day(limit_id="m")], TODAY), CHINESE)
    assert drawn["names"] == ["货方提箱 · LPCT · l", "货方提箱 · LPCT · m"]

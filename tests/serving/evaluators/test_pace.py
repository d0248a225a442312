"""A quota fills again evenly, holds for each holder apart, and is told on every answer."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.access.testing import Clock
from serving.access.viewers import Role, Viewer
from serving.evaluators import pace as module
from serving.evaluators.library import Quota
from serving.evaluators.pace import Pace

ONE, OTHER = Viewer("Sun", Role.EVALUATOR), Viewer("Qian", Role.EVALUATOR)
QUOTA = Quota(6, timedelta(minutes=1))


def test_as_many_pass_at_once_as_the_quota_has_then_one_every_so_often() -> None:
    clock = Clock()
    pace = Pace(QUOTA, clock)
    assert [pace.ask(ONE).left for _ in range(6)] == [5, 4, 3, 2, 1, 0]
    refused = pace.ask(ONE)
    assert (refused.passes, refused.left, refused.wait_s, refused.full_in_s) == (False, 0, 10, 60)
    clock.move(timedelta(seconds=9))
    assert pace.ask(ONE).wait_s == 1
    clock.move(timedelta(seconds=1))
    assert pace.ask(ONE).passes
    assert not pace.ask(ONE).passes


def test_whoever_waits_as_long_as_told_passes() -> None:
    clock = Clock()
    pace = Pace(Quota(7, timedelta(seconds=10)), clock)
    for _ in range(50):
        told = pace.ask(ONE)
        clock.move(timedelta(seconds=told.wait_s))
        assert told.passes or pace.ask(ONE).passes


def test_after_the_seconds_told_the_quota_is_full_again() -> None:
    clock = Clock()
    pace = Pace(QUOTA, clock)
    pace.ask(ONE)
    clock.move(timedelta(seconds=pace.ask(ONE).full_in_s))
    assert pace.ask(ONE).left == 5


def test_silence_earns_nothing_beyond_a_full_quota() -> None:
    clock = Clock()
    pace = Pace(QUOTA, clock)
    pace.ask(ONE)
    clock.move(timedelta(hours=3))
    assert [pace.ask(ONE).passes for _ in range(8)] == [True] * 6 + [False] * 2


def test_another_holder_is_not_slowed() -> None:
    pace = Pace(QUOTA, Clock())
    while pace.ask(ONE).passes:
        pass
    assert pace.ask(OTHER).passes


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), max_size=80))
def test_no_span_lets_more_pass_than_a_full_quota_and_what_flows_in(gaps: list[int]) -> None:
    clock, passed = Clock(), list[int]()
    pace, at = Pace(QUOTA, clock), 0
    for gap in gaps:
        at += gap
        clock.move(timedelta(seconds=gap))
        if pace.ask(ONE).passes:
            passed.append(at)
    for first, began in enumerate(passed):
        for last in range(first, len(passed)):
            assert last - first + 1 <= 6 + (passed[last] - began) / 10


def test_holders_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HOLDERS_MAX", 3)
    pace = Pace(Quota(1), Clock())
    holders = [Viewer(str(number), Role.EVALUATOR) for number in range(4)]
    assert all(pace.ask(one).passes for one in holders)
    assert not pace.ask(holders[3]).passes
    assert pace.ask(holders[0]).passes, "the one who asked longest ago"


def test_every_answer_tells_what_is_left_and_the_last_one_when_to_come_back(
    open_office: Callable[..., Any],
) -> None:
    office = open_office(Quota(3, timedelta(minutes=1)))
    program = office.program()
    for left, path in ((2, "/v1/"), (1, "/v1/nowhere"), (0, "/v1/datasets/clearance/cells")):
        headers = program.get(path).headers
        assert headers["ratelimit-policy"] == '"requests";q=3;w=60'
        assert headers["ratelimit"].startswith(f'"requests";r={left};t=')
    refused = program.get("/v1/")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "20")
    assert refused.json()["type"] == "/v1/problems#too-often"
    assert office.staff.log()[-1]["decision"] == "too-often"
    office.staff.clock.move(timedelta(seconds=20))
    assert program.get("/v1/").status_code == 200


def test_two_tokens_of_one_holder_make_nobody_faster(open_office: Callable[..., Any]) -> None:
    office = open_office(Quota(2))
    first, second = office.program(), office.program()
    assert [one.get("/v1/").status_code for one in (first, second, first)] == [200, 200, 429]

"""Every scenario runs, at a size for a minute in all, and what it counts adds up."""

from itertools import islice

import pytest

from load_tests.scenarios.progress import Worked
from load_tests.scenarios.results import Result
from load_tests.scenarios.runs import SCENARIOS, day_plan, ship_plan
from load_tests.scenarios.wanted import Wanted
from load_tests.scenarios.wheel import Wheel
from portclock.standalone.stack import BOARD, WORKER, WRITER

TINY = Wanted(open_visits=150, messages=400, rate=60, seconds=2)


def _run(name: str, wanted: Wanted) -> Result:
    (result,) = SCENARIOS[name](wanted)
    return result


def test_a_backlog_comes_to_what_the_judge_says() -> None:
    result = _run("catch-up", TINY.but(parts=(WORKER, WRITER), check=True))
    assert result.name == "catch-up 400 worker+writer"
    assert 300 < result.messages <= 400
    assert result.figures["rows"] > 400
    assert {"broker", "clickhouse", "worker", "writer"} == set(result.spent)
    assert result.cpu_us("worker") > 1


def test_a_ship_is_followed_up_to_the_board() -> None:
    result = _run("burst", TINY.but(seconds=3))
    assert result.name == "burst 30"
    assert result.messages == 60 * 3 + 30
    assert result.figures["backlog at the end"] == 0
    assert result.figures["open units"] >= 100
    for name in ("outcome", "row"):
        assert result.latencies[name].count > 20, name
        assert result.latencies[name].unseen == 0, name
    assert result.latencies["outcome"].at_ms(50) < result.latencies["row"].at_ms(50)
    assert set(result.latencies) == {"outcome", "row", "tick to alert", "board"}
    assert {BOARD, "this sender"} < set(result.spent)


def test_a_day_is_played_with_its_own_ups_and_downs() -> None:
    wheel = Wheel.of(600)
    plan, figures = day_plan(wheel, TINY.but(rate=200))
    counts = [count for _, count in plan.schedule.slots()]
    told = list(islice(plan.present, sum(counts)))
    assert wheel.live_from_s <= told[0].due_s
    assert told[-1].due_s == pytest.approx(wheel.live_from_s + 86_400, abs=600)
    assert sum(counts) / plan.schedule.seconds == pytest.approx(200, rel=0.05)
    # 600 of the 2.9 million visits that are under way in the nation.
    assert figures["share of the nation"] == pytest.approx(600 / 2_860_000, rel=0.15)
    noon_s = plan.schedule.seconds / 2
    sent = sum(count for due_s, count in plan.schedule.slots() if due_s < noon_s)
    assert told[sent].due_s == pytest.approx(wheel.live_from_s + 43_200, abs=1_200)


def test_a_day_is_played() -> None:
    result = _run("national-day", TINY.but(rate=100, parts=(WORKER,)))
    assert result.messages > 60
    assert result.latencies["outcome"].count > 30
    assert result.figures["busiest quarter to the mean"] > 1


def test_a_ship_comes_a_third_of_the_way() -> None:
    wheel = Wheel.of(300)
    plan = ship_plan(wheel, TINY.but(open_visits=300, seconds=6))
    told = list(islice(plan.present, 60 * 6 + 60))
    at_once = told[120:180]
    assert {b'"kind":"arrived"' in one.value for one in at_once} == {True}
    assert len({one.due_s for one in at_once}) == 1
    assert [*told[:120], *told[180:]] == list(islice(wheel.live(), 360))
    planned = [count for due_s, count in plan.schedule.slots() if 2 <= due_s < 3]
    assert sum(planned) == 60


def test_visits_grow_by_powers_of_ten() -> None:
    result = _run("growth", TINY.but(messages=300))
    assert result.name == "growth 150"
    assert result.messages == 300
    assert result.figures["open units"] >= 100


def test_the_judge_is_timed_by_its_command() -> None:
    result = _run("judge", TINY.but(messages=2_000))
    assert result.messages == 2_000
    assert result.cpu_us("judge") > 1
    assert result.figures["seconds to begin"] > 0


def test_what_the_worker_makes_itself_is_not_counted_as_sent() -> None:
    class Said:
        def metrics(self, part: str, wanted: dict[str, tuple[str, str]]) -> dict[str, float]:
            assert part == WORKER
            said = {"ended": 100, "ticks": 8, "parts": 3, "copies": 7, "outcomes": 60}
            return {name: float(said.get(name, 0)) for name in wanted}

    worked = Worked.look(Said())  # type: ignore[arg-type]
    assert (worked.messages, worked.words) == (82, 60)

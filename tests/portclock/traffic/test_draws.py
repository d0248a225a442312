"""Draws depend on their names only; spreads have the mean they state."""

from statistics import fmean

import pytest

from portclock.traffic.draws import Pace, Spread, dice, draw_number, draw_share, nudged


def test_a_draw_depends_on_seed_and_names_only() -> None:
    assert draw_number(7, "landing", 3) == draw_number(7, "landing", 3)
    others = {
        draw_number(8, "landing", 3),
        draw_number(7, "landing", 4),
        draw_number(7, "truck", 3),
    }
    assert len(others | {draw_number(7, "landing", 3)}) == 4


def test_shares_are_spread_over_the_unit_interval() -> None:
    shares = [draw_share(1, "x", n) for n in range(4000)]
    assert 0 <= min(shares) < 0.01
    assert 0.99 < max(shares) < 1
    assert fmean(shares) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("spread", [Spread(0.5, 81.4, 168), Spread(14.5, 22, 37), Spread(0, 1, 24)])
def test_a_spread_has_its_mean_and_keeps_its_bounds(spread: Spread) -> None:
    hours = [spread.at((n + 0.5) / 20_000) / 3600 for n in range(20_000)]
    assert fmean(hours) == pytest.approx(spread.mean_h, rel=0.002)
    assert spread.at(0.0) == round(3600 * spread.floor_h)
    assert spread.at(1.0) == round(3600 * spread.top_h)
    assert hours == sorted(hours)


def test_a_pace_is_slow_as_often_as_it_says() -> None:
    rolls = dice(3, "pace")
    drawn = [Pace((10, 20), (50, 60), 0.1).draw(rolls) for _ in range(5000)]
    assert set(range(10, 21)) | set(range(50, 61)) == set(drawn)
    assert sum(s >= 50 for s in drawn) / 5000 == pytest.approx(0.1, abs=0.015)


def test_a_nudged_share_stays_in_the_unit_interval_and_uniform() -> None:
    rolls = dice(4, "nudge")
    moved = [nudged((n + 0.5) / 10_000, rolls.uniform(-0.15, 0.15)) for n in range(10_000)]
    assert min(moved) >= 0
    assert max(moved) <= 1
    for tenth in range(10):
        inside = sum(tenth / 10 <= share < (tenth + 1) / 10 for share in moved)
        assert inside == pytest.approx(1000, abs=80)

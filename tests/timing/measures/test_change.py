"""Changes: the published series, signs, and what is no more than noise."""

from decimal import Decimal

import pytest

from timing.measures.change import beyond_noise, change
from timing.measures.intervals import estimated
from timing.series import decimals, series


def test_the_published_cuts_come_out() -> None:
    known = series()
    exact = [f for f in known.figures if f.cut is not None and f.reproduces == "exactly"]
    assert len(exact) >= 6
    for figure in exact:
        assert figure.cut is not None
        before = known.baseline(figure.definition).hours
        assert change(figure.hours, before, decimals(figure.cut)).cut_pct == figure.cut


@pytest.mark.parametrize(
    ("now", "before", "less", "cut"),
    [
        ("34.91", "97.39", "62.48", "64.15"),
        ("97.39", "34.91", "-62.48", "-178.97"),
        ("1.78", "2.73", "0.95", "34.80"),
        ("40.00", "40.00", "0.00", "0.00"),
        ("0.00", "12.29", "12.29", "100.00"),
    ],
)
def test_a_cut_is_positive_when_time_became_less(
    now: str, before: str, less: str, cut: str
) -> None:
    found = change(Decimal(now), Decimal(before))
    assert (str(found.less_h), str(found.cut_pct)) == (less, cut)


def test_halves_round_up_away_from_zero() -> None:
    assert change(Decimal("199.99"), Decimal(200), places=2).cut_pct == Decimal("0.01")
    assert change(Decimal("200.01"), Decimal(200), places=2).cut_pct == Decimal("-0.01")


def test_from_nothing_there_is_no_share() -> None:
    found = change(Decimal(3), Decimal(0))
    assert found.less_h == -3
    assert found.cut_pct is None


@pytest.mark.parametrize(("n", "said"), [(50, False), (5_000, True)])
def test_a_change_is_said_only_beyond_noise(n: int, said: bool) -> None:
    now, before = (estimated(n, Decimal(mean), Decimal(30)) for mean in (40, 44))
    assert beyond_noise(now, before) is said
    assert beyond_noise(before, now) is said


def test_no_change_is_never_beyond_noise() -> None:
    sure = estimated(100, Decimal(40), Decimal(0))
    assert not beyond_noise(sure, sure)
    assert beyond_noise(sure, estimated(100, Decimal("40.02"), Decimal(0)))

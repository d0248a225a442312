"""Waiting times: stated once, positive, and in an order that makes sense."""

from dataclasses import FrozenInstanceError, fields

import pytest

from timing.patience import DAY_S, HOUR_S, Patience


def test_every_waiting_time_has_a_default_and_is_positive() -> None:
    stated = [getattr(Patience(), field.name) for field in fields(Patience)]
    assert all(waiting > 0 for waiting in stated)


def test_a_correction_may_come_later_than_the_lateness_and_sooner_than_the_next_stay() -> None:
    patience = Patience()
    assert patience.allowed_lateness_s < patience.reentry_gap_s < patience.retention_s
    assert patience.retention_s < patience.ahead_s < patience.stay_max_s


def test_people_are_warned_before_the_limit_and_not_at_once() -> None:
    assert 0 < Patience().risk_share < 1


def test_a_day_has_24_hours_of_3600_seconds() -> None:
    assert (HOUR_S, DAY_S) == (3600, 86400)


def test_patience_cannot_be_changed_once_given() -> None:
    with pytest.raises(FrozenInstanceError):
        Patience().retention_s = 1  # type: ignore[misc]

"""Refusals are counted by address, for a while, and in bounded memory."""

from datetime import timedelta

import pytest

from serving.access import failures as module
from serving.access.failures import FAILURES_MAX, WITHIN, Failures
from serving.access.testing import Clock


def test_the_tenth_refusal_makes_an_address_wait_and_no_other() -> None:
    clock = Clock()
    failures = Failures(clock)
    for _ in range(FAILURES_MAX):
        assert failures.wait_s("a") == 0
        failures.note("a")
        clock.move(timedelta(seconds=6))
    assert failures.wait_s("a") == 240
    assert failures.wait_s("b") == 0
    clock.move(timedelta(seconds=240))
    assert failures.wait_s("a") == 0


def test_whoever_brings_what_is_right_begins_anew() -> None:
    failures = Failures(Clock())
    for _ in range(FAILURES_MAX - 1):
        failures.note("a")
    failures.forget("a")
    failures.note("a")
    assert failures.wait_s("a") == 0


def test_one_network_of_a_household_is_one_address() -> None:
    failures = Failures(Clock())
    for number in range(FAILURES_MAX):
        failures.note(f"2001:db8:1:2::{number:x}")
    assert failures.wait_s("2001:db8:1:2:ffff::1") == WITHIN.seconds
    assert failures.wait_s("2001:db8:1:3::1") == 0
    assert failures.wait_s("not an address") == 0


def test_a_million_addresses_take_no_more_room_than_the_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "ADDRESSES_MAX", 5)
    failures = Failures(Clock())
    for number in range(100):
        failures.note(str(number))
    assert len(failures._seen) == 5

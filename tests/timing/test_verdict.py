"""The boundary: a time equal to its limit keeps it, a second more breaks it."""

from fractions import Fraction

import pytest

from events.vocabulary import Verdict
from timing.verdict import at_least, at_most, of_closed, of_notice, of_open, over

LIMIT_S = 1800


@pytest.mark.parametrize(
    ("taken_s", "broken"), [(0, False), (1799, False), (1800, False), (1801, True)]
)
def test_equal_to_the_limit_is_within_it(taken_s: int, broken: bool) -> None:
    assert over(taken_s, LIMIT_S) is broken


@pytest.mark.parametrize(
    ("gross_s", "net_s", "verdict"),
    [
        (1800, 1800, Verdict.MET),
        (1801, 1801, Verdict.BREACHED),
        (1801, 1800, Verdict.EXCUSED),
        (9000, 0, Verdict.EXCUSED),
        (9000, 1801, Verdict.BREACHED),
        (1800, 0, Verdict.MET),
    ],
)
def test_a_closed_stage_is_judged_by_its_net_time_and_excused_by_its_holds(
    gross_s: int, net_s: int, verdict: Verdict
) -> None:
    assert of_closed(gross_s, net_s, LIMIT_S) is verdict


def test_an_open_stage_is_open_until_its_limit_has_passed() -> None:
    assert of_open(LIMIT_S, LIMIT_S) is Verdict.OPEN
    assert of_open(LIMIT_S + 1, LIMIT_S) is Verdict.BREACHED


@pytest.mark.parametrize(
    ("given_s", "verdict"),
    [
        (LIMIT_S + 1, Verdict.MET),
        (LIMIT_S, Verdict.MET),
        (LIMIT_S - 1, Verdict.BREACHED),
        (0, Verdict.BREACHED),
    ],
)
def test_a_notice_as_long_as_the_least_is_enough(given_s: int, verdict: Verdict) -> None:
    assert of_notice(given_s, LIMIT_S) is verdict


@pytest.mark.parametrize("taken_s", range(LIMIT_S - 2, LIMIT_S + 3))
def test_the_timer_and_the_closer_agree_on_every_second(taken_s: int) -> None:
    by_timer = of_open(taken_s, LIMIT_S) is Verdict.BREACHED
    by_closer = of_closed(taken_s, taken_s, LIMIT_S) is Verdict.BREACHED
    assert by_timer is by_closer


def test_a_share_equal_to_what_was_promised_has_kept_it() -> None:
    bound = Fraction(99, 100)
    assert at_least(Fraction(99, 100), bound)
    assert not at_least(Fraction(9899, 10000), bound)
    assert at_most(Fraction(99, 100), bound)
    assert not at_most(Fraction(9901, 10000), bound)

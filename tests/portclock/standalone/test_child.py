"""A child is data: how long we pause before the next start is written down, and bounded."""

from portclock.standalone.child import NEVER_AGAIN, Restarts


def test_the_pause_doubles_up_to_its_bound() -> None:
    restarts = Restarts(first_pause_s=0.5, longest_pause_s=3.0)
    assert [restarts.pause_s(deaths) for deaths in range(1, 6)] == [0.5, 1.0, 2.0, 3.0, 3.0]


def test_a_machine_that_lacks_something_is_not_asked_again() -> None:
    assert NEVER_AGAIN in Restarts().never_after

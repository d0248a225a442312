"""The bounds of restating come from the environment, are checked, and are named when wrong."""

import pytest

from portclock.failure import Failure
from portclock.restating.settings import Bounds


def test_every_bound_is_read_and_what_is_empty_counts_as_absent() -> None:
    found = Bounds.from_mapping(
        {"PORTCLOCK_RESTATER_UNITS_MAX": "7", "PORTCLOCK_RESTATER_GROUP": " ", "OTHER": "1"}
    )
    assert (found.units_max, found.group) == (7, "portclock-restater")
    assert Bounds.from_mapping({}) == Bounds()


@pytest.mark.parametrize(("name", "text"), [("UNITS_MAX", "0"), ("LOOKS_MAX", "x"), ("NONE", "1")])
def test_what_is_wrong_is_named_by_its_variable(name: str, text: str) -> None:
    with pytest.raises(Failure, match=f"PORTCLOCK_RESTATER_{name} is not understood"):
        Bounds.from_mapping({f"PORTCLOCK_RESTATER_{name}": text})


def test_each_look_waits_twice_as_long_as_the_one_before_up_to_a_bound() -> None:
    bounds = Bounds(look_again_s=0.5, look_again_max_s=3.0)
    assert [bounds.look_again_after(looks) for looks in range(1, 6)] == [0.5, 1.0, 2.0, 3.0, 3.0]

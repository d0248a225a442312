"""A capturing system's profile: what its file may say."""

import pytest
from pydantic import ValidationError

from events.dialects.epcis import Profile
from events.dialects.epcis.testing import PROFILE


def test_points_say_where_they_are_and_where_they_lead() -> None:
    points = Profile.read(PROFILE).points
    assert (points["out"].gate, points["quay"].gate, points["siding"].mode) == ("out", None, "rail")


@pytest.mark.parametrize(
    "wrong",
    ['steps = {a = "loading"}', 'units = {a = "box"}', "points.x = {port = 'CNLYG', gate = 'up'}"],
)
def test_what_it_does_not_know_is_an_error(wrong: str) -> None:
    with pytest.raises(ValidationError):
        Profile.read('source = "r"\nport = "CNLYG"\npoints.y = {port = "CNLYG"}\n' + wrong)

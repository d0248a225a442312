"""A mapping of paths: what its file may say."""

import pytest

from events.dialects.rail import Profile
from events.dialects.rail.testing import PROFILE


def test_a_profile_says_where_records_stand() -> None:
    read = Profile.read(PROFILE, b"<xsd/>")
    assert (read.record, read.schema_name, read.schema) == (
        "Wagons/Wagon", "trains-of-the-tests.xsd", b"<xsd/>",
    )  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        PROFILE.replace("Wagons/Wagon", "/"),
        PROFILE.replace('record = "Wagons/Wagon"', ""),
        PROFILE.replace('"trains-of-the-tests.xsd"', "7"),
        PROFILE.replace("trains-of-the-tests.xsd", "../trains.xsd"),
        'record = "a"\nsource = "s"\nport = "CNLYG"\nzone = "UTC"',
        PROFILE + 'depth = "x"',
    ],
)
def test_what_cannot_be_meant_is_an_error(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"record|schema|columns"):
        Profile.read(wrong)


def test_a_schema_is_supplied_by_who_found_it() -> None:
    assert Profile.read(PROFILE).supplied(b"<xsd/>") == Profile.read(PROFILE, b"<xsd/>")

"""A partner's profile: what its file may say."""

import pytest
from pydantic import ValidationError

from events.dialects.dcsa import Profile
from events.vocabulary import Direction

PLAIN = 'source = "msk"\nport = "CNLYG"\n'


def test_a_profile_says_who_and_where() -> None:
    read = Profile.read(
        PLAIN + 'ports = ["CNNKG"]\ndirection = "import"\nfacilities = {ADT = "LPCT"}'
    )
    assert (read.sender.source, read.sender.port, read.direction) == (
        "msk",
        "CNLYG",
        Direction.IMPORT,
    )
    assert read.ports == {"CNLYG", "CNNKG"}
    assert read.facilities == {"ADT": "LPCT"}


@pytest.mark.parametrize(
    "wrong",
    [
        'codes = {PICK = "gated-out"}',
        'codes = {"EQUIPMENT.PICK" = "picked"}',
        'ports = ["lyg"]',
        'zone = "UTC"',
    ],
)
def test_what_it_does_not_know_is_an_error(wrong: str) -> None:
    with pytest.raises(ValidationError):
        Profile.read(PLAIN + wrong)

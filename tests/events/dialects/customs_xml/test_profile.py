"""A customs feed's profile: what its file may say."""

import pytest
from pydantic import ValidationError

from events.dialects.customs_xml import Profile

PLAIN = 'source = "t"\nport = "CNTAC"\n'


def test_beijing_time_is_the_rule() -> None:
    assert Profile.read(PLAIN).sender.zone == "Asia/Shanghai"
    assert Profile.read(PLAIN + 'zone = "Asia/Urumqi"').sender.zone == "Asia/Urumqi"


@pytest.mark.parametrize(
    "wrong", ['zone = "Beijing"', 'receipts = {MT1 = {1 = "freed"}}', "places = {a = {}}", "b = 1"]
)
def test_what_it_does_not_know_is_an_error(wrong: str) -> None:
    with pytest.raises(ValidationError):
        Profile.read(PLAIN + wrong)

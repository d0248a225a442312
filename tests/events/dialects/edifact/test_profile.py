"""Laws of profiles: data that is checked when it is read, and whose examples are tests."""

import json
from typing import Any

import pytest

from events.dialects.edifact.profile import Example, Profile, shipped
from events.dialects.edifact.reading import decode

SHIPPED = shipped()
EXAMPLES = [
    pytest.param(profile, example, id=f"{name}: {example.says}")
    for name, profile in SHIPPED.items()
    for example in profile.example
]
TEXT = """
name = "p"
source = "s"
port = "CNLYG"
zone = "Asia/Shanghai"
partners = ["A"]
"""


@pytest.mark.parametrize(("profile", "example"), EXAMPLES)
def test_every_example_amounts_to_what_it_says(profile: Profile, example: Example) -> None:
    decoded = decode(example.interchange.encode(example.charset), profile)
    events = [json.loads(told.data) for told in decoded.events]
    assert [_only(e, want) for e, want in zip(events, example.events, strict=True)] == (
        example.events
    )
    announced = [json.loads(each.data()) for each in decoded.announcements]
    assert [_only(a, w) for a, w in zip(announced, example.announcements, strict=True)] == (
        example.announcements
    )
    refused = [{"reason": str(r.why), "path": r.path} for r in decoded.refusals]
    assert refused == example.refusals


def _only(said: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """The fields that are looked at, in depth."""
    return {
        name: _only(said[name], value) if isinstance(value, dict) else said.get(name)
        for name, value in wanted.items()
        if name in said
    }


def test_every_profile_that_ships_has_examples_of_events_or_announcements_and_of_refusals() -> None:
    assert len(SHIPPED) >= 5
    for profile in SHIPPED.values():
        assert any(e.events or e.announcements for e in profile.example), profile.name
        assert any(e.refusals for e in profile.example), profile.name


def test_a_profile_fills_in_what_bytes_leave_unsaid() -> None:
    profile = Profile.read(TEXT)
    assert (profile.sender.source, profile.sender.zone) == ("s", "Asia/Shanghai")
    assert profile.spots["CNLYG"].facility is None
    assert profile.table("CODECO", "D.95B") is not None
    assert profile.table("CODECO", "D.96A") is None


def test_a_directory_may_be_like_another_for_a_partner() -> None:
    profile = Profile.read(TEXT + 'alike = { "D.96A" = "D.95B" }\n')
    assert profile.table("CODECO", "D.96A") == profile.table("CODECO", "D.95B")
    assert profile.table("VERMAS", "D.96A") is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('zone = "Asia/Lianyungang"', "no such zone"),
        ('port = "Lianyungang"', "port"),
        ("partners = []", "partners"),
        ('charset = "iso2022_jp"', "no character set that separators survive"),
        ('identity = "box"', "identity"),
        ('colour = "red"', "colour"),
    ],
)
def test_a_profile_that_is_wrong_says_where(line: str, said: str) -> None:
    name = line.split(" ")[0]
    kept = [each for each in TEXT.splitlines() if not each.startswith(f"{name} ")]
    with pytest.raises(ValueError, match=said):
        Profile.read("\n".join([*kept, line]))


def test_a_profile_with_a_code_of_no_kind_is_wrong() -> None:
    with pytest.raises(ValueError, match="gone"):
        Profile.read(TEXT + '[codes.CODECO."D.95B".documents]\n1 = "gone"\n')

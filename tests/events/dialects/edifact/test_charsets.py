"""Laws of the character sets: each is one that Python has, and separators survive all of them."""

import codecs

import pytest

from events.dialects.edifact.charsets import CHARSETS, MULTIBYTE, may_stand_within

SERVICE = "+:'?.*~"


@pytest.mark.parametrize("name", sorted({*CHARSETS.values()} | MULTIBYTE))
def test_service_characters_are_the_same_bytes_in_every_set(name: str) -> None:
    assert codecs.lookup(name)
    assert SERVICE.encode(name) == SERVICE.encode("ascii")


@pytest.mark.parametrize("name", sorted(MULTIBYTE))
def test_bytes_that_may_stand_within_a_character_are_known(name: str) -> None:
    within: set[int] = set()
    for point in (*range(0x80, 0x500), *range(0x4E00, 0xA000), *range(0xAC00, 0xAD00)):
        try:
            encoded = chr(point).encode(name)
        except UnicodeEncodeError:
            continue
        within |= {*encoded}
    plain = {byte for byte in within if 0x20 < byte < 0x80}
    assert all(may_stand_within(chr(byte), name) for byte in plain)
    assert not any(may_stand_within(c, name) for c in "+:'?.*!%\x1d ")
    assert bool(plain) is may_stand_within("~", name)


def test_every_set_of_the_standard_is_named() -> None:
    letters = "ABCDEFGHIJKLWXY"
    assert [*CHARSETS] == [f"UNO{letter}" for letter in letters]

"""Pseudonyms: laws of names that nobody without the key can undo."""

import hmac
from hashlib import sha256

import pytest

from events.testing import box
from timing.disclosure.pseudonyms import KEY_BYTES, Pseudonyms

KEY = bytes(range(KEY_BYTES))
OTHER = bytes(range(1, KEY_BYTES + 1))
BOXES = [box(number) for number in range(2000)]


def test_the_same_has_the_same_name_and_another_has_another() -> None:
    names = Pseudonyms(KEY)
    assert names.of("unit", BOXES[0]) == Pseudonyms(KEY).of("unit", BOXES[0])
    assert len({names.of("unit", one) for one in BOXES}) == len(BOXES)


def test_two_sorts_never_share_a_name() -> None:
    names = Pseudonyms(KEY)
    marks = {names.of(sort, "X1").partition("-")[2] for sort in ("unit", "company", "truck")}
    assert len(marks) == 3


def test_another_key_cuts_all_ties() -> None:
    assert Pseudonyms(KEY).of("unit", BOXES[0]) != Pseudonyms(OTHER).of("unit", BOXES[0])


def test_trying_all_box_numbers_finds_nobody_without_the_key() -> None:
    """The attack that a plain hash falls to."""
    secret = BOXES[1234]
    plain = sha256(secret.encode()).hexdigest()
    assert secret in {one for one in BOXES if sha256(one.encode()).hexdigest() == plain}
    name = Pseudonyms(KEY).of("unit", secret)
    assert secret not in name
    assert not [one for one in BOXES if Pseudonyms(OTHER).of("unit", one) == name]
    hashes = {sha256(f"unit\0{one}".encode()).digest()[:10] for one in BOXES}
    unkeyed = {hmac.digest(b"", f"unit\0{one}".encode(), "sha256")[:10] for one in BOXES}
    known = hmac.digest(KEY, f"unit\0{secret}".encode(), "sha256")[:10]
    assert known not in hashes | unkeyed


def test_a_short_key_is_refused_and_a_key_is_never_shown() -> None:
    with pytest.raises(ValueError, match="at least 32 bytes"):
        Pseudonyms(KEY[:-1])
    assert KEY.hex() not in repr(Pseudonyms(KEY))
    assert str(KEY) not in repr(Pseudonyms(KEY))


def test_nothing_stays_nothing() -> None:
    assert Pseudonyms(KEY).of("company", "") == ""

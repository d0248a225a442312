"""Identifiers: one spelling of each, and a check digit that is checked."""

import re
from itertools import product
from string import ascii_uppercase, digits

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError
from stdnum.iso6346 import calc_check_digit

from events import identifiers
from events.identifiers import (
    CONTAINER_NUMBER,
    NAME,
    OWNERS_KEPT,
    PORT_CODE,
    PORT_CODE_CHARS,
    UNIT_ID,
    checked_container,
    is_container_number,
)
from events.testing import box

patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""How fast a shared machine draws examples is no property of the code."""

PRINTED_ON_BOXES = ["CSQU3054383", "ZEPU0037255", "TASU1170000"]


@pytest.mark.parametrize("number", PRINTED_ON_BOXES)
def test_a_real_container_number_is_accepted_as_it_is(number: str) -> None:
    assert checked_container(number) == number


@patiently
@given(st.integers(0, 999_999), st.integers(1, 9))
def test_any_other_last_digit_is_a_bad_check_digit(n: int, more: int) -> None:
    number = box(n)
    wrong = number[:-1] + str((int(number[-1]) + more) % 10)
    with pytest.raises(PydanticCustomError) as caught:
        checked_container(wrong)
    assert caught.value.type == "bad-check-digit"
    assert wrong in str(caught.value)


@pytest.mark.parametrize(
    "number",
    [
        "", "csqu3054383", "CSQU 305438 3", "CSQU305438-3", " CSQU3054383", "CSQU3054383\n",
        "CSQU305438", "CSQU30543833", "CSQX3054383", "CSQU305438٣", "ÀSQU3054383",
        "CSQU305438\x00", "12345678901", "C" * 60_000,
    ],
)  # fmt: skip
def test_another_spelling_is_no_container_number(number: str) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        checked_container(number)
    assert caught.value.type == "invalid-unit"
    assert len(str(caught.value)) < 200


@patiently
@given(st.text(max_size=14) | st.from_regex(r"[A-Z]{4}[0-9]{7}", fullmatch=True))
def test_any_text_is_a_container_number_or_is_refused(text: str) -> None:
    assert verdict_on(text) in ("accepted", "bad-check-digit", "invalid-unit")


def verdict_on(text: str) -> str:
    try:
        checked_container(text)
    except PydanticCustomError as error:
        return error.type
    return "accepted" if re.fullmatch(CONTAINER_NUMBER, text) else "accepted in another spelling"


@patiently
@given(st.from_regex(r"[A-Z]{3}[UJZR][0-9]{7}", fullmatch=True))
def test_the_check_digit_is_that_of_the_library(number: str) -> None:
    right = calc_check_digit(number[:-1])
    assert is_container_number(number) is (number[-1] == right)
    assert is_container_number(number[:-1] + right)


def test_every_digit_and_every_letter_has_its_weight_in_every_position() -> None:
    places = [(n, c) for n in range(4, 10) for c in digits]
    places += [(n, c) for n in range(3) for c in ascii_uppercase] + [(3, c) for c in "UJZR"]
    for where, what in places:
        body = "CSQU305438"[:where] + what + "CSQU305438"[where + 1 :]
        accepted = [last for last in digits if is_container_number(body + last)]
        assert accepted == [calc_check_digit(body)]


def test_a_check_digit_of_ten_is_written_as_nought() -> None:
    assert is_container_number("TASU1170000")
    assert [n for n in range(10) if is_container_number(f"TASU117000{n}")] == [0]


def test_owners_are_remembered_up_to_a_bound_and_wrong_ones_never() -> None:
    for letters in product(ascii_uppercase, repeat=3):
        body = f"{''.join(letters)}U000000"
        assert is_container_number(body + calc_check_digit(body))
        assert len(identifiers._owners) <= OWNERS_KEPT
    known = dict(identifiers._owners)
    for wrong in ("CSQX3054383", "csqu3054383", "CSQU30543", "CSQU3054384"):
        assert not is_container_number(wrong)
    assert set(identifiers._owners) - set(known) <= {"CSQU"}


BLANKS = " \t\n\x00\x7f\u00a0\u200b\u2028\u2060\u3000\ufeff"


@pytest.mark.parametrize("blank", BLANKS)
def test_names_and_ids_have_no_blanks(blank: str) -> None:
    for text in (blank, f"a{blank}b", f"{blank}a"):
        assert re.fullmatch(NAME, text) is None
        assert re.fullmatch(UNIT_ID, text) is None


def test_a_slash_parts_a_unit_from_its_port_and_stands_in_no_unit_id() -> None:
    assert re.fullmatch(NAME, "m1/CSQU3054383")
    assert re.fullmatch(UNIT_ID, "LYG26/0302") is None


@pytest.mark.parametrize("code", ["CNLYG", "USNY2", "US2NY"])
def test_a_port_code_is_a_un_locode(code: str) -> None:
    assert re.fullmatch(PORT_CODE, code)
    assert len(code) == PORT_CODE_CHARS


@pytest.mark.parametrize("code", ["cnlyg", "CNLY", "CNLYGX", "CNLY1", "C2LYG", "连云港", ""])
def test_anything_else_is_no_port_code(code: str) -> None:
    assert re.fullmatch(PORT_CODE, code) is None

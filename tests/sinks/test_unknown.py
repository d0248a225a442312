"""The unknown word of a refusal is found in its detail, whoever wrote it."""

import pytest

from events.codec import decode, encode
from events.dialects.troubles import Trouble
from events.refusals import InvalidEvent
from events.testing import event
from sinks.unknown import CODE_CHARS_MAX, code_of


@pytest.mark.parametrize(
    ("detail", "code"),
    [
        ("day.edi, message 4, segment 9 EQD: 8053 'XX' means nothing here", "8053 'XX'"),
        ("a 'b'.csv, message 1, row 12, column ATA: 'foo' is no word of ours", "'foo'"),
        ("x.json, message 1: EQUIPMENT 'PICK' is not in the table", "EQUIPMENT 'PICK'"),
        ("x.xml, message 1, Head: FullnessCode '9'", "FullnessCode '9'"),
        ("no sheet 'a'; there are 'b', 'c'", "sheet 'a'"),
        ('x, message 1: it says "it\'s"', 'says "it\'s"'),
        ("neither the event nor its transport call names a port", ""),
        ("", ""),
    ],
)
def test_word_is_the_first_quoted_one_with_its_field(detail: str, code: str) -> None:
    assert code_of(Trouble.UNKNOWN_CODE, detail) == code


def test_kind_of_ours_that_nobody_knows_is_named() -> None:
    message = encode(event("gated-in", "10:00")).replace(b'"gated-in"', b'"gated-up"')
    with pytest.raises(InvalidEvent) as raised:
        decode(message)
    refusal = raised.value.refusal
    assert code_of(refusal.reason, refusal.detail) == 'kind "gated-up"'


def test_other_reasons_have_no_word_and_long_ones_are_cut() -> None:
    assert code_of("bad-check-digit", "unit: 'CSQU3054384'") == ""
    assert len(code_of("unknown-code", f"'{'x' * 500}'")) == CODE_CHARS_MAX

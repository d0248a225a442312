"""Refusals: each reason has a remedy, and the error carries both."""

import re

import pytest

from events.refusals import REMEDIES, InvalidEvent, Reason, Refusal
from events.testing import examples


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_tells_the_sender_what_to_do(reason: Reason) -> None:
    assert REMEDIES[reason] == Refusal(reason, "").remedy
    assert len(REMEDIES[reason].split()) > 3


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_is_kebab_case(reason: Reason) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", reason)


def test_no_reason_is_without_an_example_and_no_example_without_a_reason() -> None:
    assert {example.word for example in examples("refused")} == set(Reason)


def test_the_error_says_reason_and_detail() -> None:
    invalid = InvalidEvent(Reason.UNKNOWN_KIND, "kind: no such kind")
    assert str(invalid) == "unknown-kind: kind: no such kind"
    assert invalid.refusal == Refusal(Reason.UNKNOWN_KIND, "kind: no such kind")

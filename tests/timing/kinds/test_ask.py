"""What a limit is told and what it answers."""

from timing.kinds import ask
from timing.kinds.ask import Allowed, Unlimited


def test_an_answer_is_an_allowance_or_the_reason_why_there_is_none() -> None:
    assert Allowed(60) == (60, ())
    assert Unlimited(None) != Unlimited(ask.LISTED)


def test_every_reason_is_a_word_of_the_wire() -> None:
    reasons = {
        ask.SIZE_UNKNOWN, ask.WEIGHT_UNKNOWN, ask.JOURNEY_UNKNOWN, ask.CALENDAR_UNKNOWN,
        ask.NO_APPOINTMENT, ask.ORDERED_TOO_LATE, ask.LISTED, ask.OVERRIDE,
    }  # fmt: skip
    assert len(reasons) == 8
    assert {type(reason) for reason in reasons} == {str}

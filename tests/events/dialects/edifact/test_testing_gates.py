"""Laws of the gate report that other tests begin with: it is taken as it stands."""

import pytest

from events.dialects.edifact.testing_gates import EQD, event, gate, read, refusal
from events.dialects.troubles import Trouble


def test_the_report_as_it_stands_is_one_event() -> None:
    said = event(gate())
    assert (said["kind"], said["unit"]["id"]) == ("gated-out", "CSNU6351189")


def test_another_field_of_the_profile_is_read_by() -> None:
    assert event(gate(), source="other")["source"] == "other"


def test_what_is_told_is_no_refusal_and_what_is_refused_no_event() -> None:
    with pytest.raises(AssertionError):
        refusal(gate())
    unknown = gate(bgm="BGM+99+X+9")
    assert refusal(unknown) is Trouble.UNKNOWN_CODE
    with pytest.raises(ValueError, match="not enough values"):
        event(unknown)


def test_two_boxes_are_not_one() -> None:
    two = gate(EQD.replace("CSNU6351189", "MSCU1234566") + "'DTM+7:202603020825:203")
    assert len(read(two).events) == 2
    with pytest.raises(ValueError, match="too many values"):
        event(two)

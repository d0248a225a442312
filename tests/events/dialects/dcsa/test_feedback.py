"""The answer to a push names what was not taken by its place in it."""

from typing import Any

import orjson
import pytest

from events.dialects.dcsa import Profile, decode
from events.dialects.dcsa.feedback import acknowledge
from events.dialects.dcsa.shapes import CODED, FLAT, NAMED
from events.dialects.dcsa.testing import PROFILE, document
from events.testing import MORNING, at, event

MSK = Profile.read(PROFILE)
GOOD = event("gated-in", "10:00", source="msk")
WRONG = event("gated-in", "10:00", source="msk", port="DEHAM")


def answered(data: bytes) -> list[dict[str, Any]]:
    answer = orjson.loads(acknowledge(data, decode(data, MSK), MSK, at("12:00")))
    assert list(answer) == ["feedbackElements"]
    elements: list[dict[str, Any]] = answer["feedbackElements"]
    return elements


@pytest.mark.parametrize(("shape", "root"), [(FLAT, "$"), (CODED, "$.events"), (NAMED, "$.events")])
def test_each_event_that_was_not_taken_is_named_by_its_place(shape: str, root: str) -> None:
    data = document([GOOD, WRONG, GOOD, WRONG], shape).replace(b"DEHAM", b"no port", 1)
    found = [(each["severity"], each["propertyPath"]) for each in answered(data)]
    assert found == [("WARN", f"{root}[1]"), ("WARN", f"{root}[3]")]
    assert answered(document([GOOD], shape)) == []


def test_an_error_says_what_to_do() -> None:
    data = document([GOOD], FLAT).replace(b'"GTIN"', b'"WASH"')
    (found,) = answered(data)
    assert found["severity"] == "ERROR"
    assert "unknown-code" in found["message"]
    assert "add it to the profile" in found["message"]


def test_a_plan_is_kept_and_said_to_be_no_report() -> None:
    (found,) = answered(document([GOOD], NAMED, "PLN"))
    assert (found["severity"], found["message"][:7]) == ("INFO", "planned")


@pytest.mark.parametrize("data", [b"{", b"", b'{"eventType": "EQUIPMENT"}', b'{"events": []}'])
def test_what_is_no_list_is_named_as_a_whole(data: bytes) -> None:
    (found,) = answered(data)
    assert found["propertyPath"] == "$"


def test_a_message_is_bounded() -> None:
    long = "x" * 10_000
    data = orjson.dumps([{"eventID": "e", "eventType": long}])
    assert len(answered(data)[0]["message"]) == 5000
    assert decode(data, MSK, MORNING).refusals

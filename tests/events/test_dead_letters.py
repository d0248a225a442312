"""Dead letters: headers there and back, and settlements told from refusals."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from events.dead_letters import REPLAY_OF, Refused, Settled, from_headers, to_headers
from events.refusals import REMEDIES, Reason
from events.testing import at

patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""How fast a shared machine draws examples is no property of the code."""

REFUSED = Refused(
    topic="terminal-events",
    partition=3,
    offset=41877,
    reason=Reason.BAD_CHECK_DIGIT,
    detail="unit: 台风",
    remedy=REMEDIES[Reason.BAD_CHECK_DIGIT],
    received_at=at("10:00"),
)


def test_a_refusal_is_written_in_the_headers() -> None:
    headers = dict(to_headers(REFUSED))
    assert headers["partition"] == b"3"
    assert headers["offset"] == b"41877"
    assert headers["reason"] == b"bad-check-digit"
    assert headers["received_at"] == b"2026-03-02T02:00:00Z"
    assert headers["detail"].decode() == "unit: 台风"


@patiently
@given(st.integers(0, 2**31), st.integers(0, 2**63), st.text(st.characters(codec="utf-8")))
def test_headers_survive_the_way_there_and_back(partition: int, offset: int, detail: str) -> None:
    letter = Refused(
        **{**dict(REFUSED), "partition": partition, "offset": offset, "detail": detail}
    )
    assert from_headers(to_headers(letter)) == letter


def test_a_settlement_cites_the_refusal_by_its_position() -> None:
    settled = Settled(settles=REFUSED.position, settled_at=at("12:00"))
    assert REFUSED.position == "terminal-events/3/41877"
    assert from_headers(to_headers(settled)) == settled


def test_headers_of_the_sender_are_passed_over() -> None:
    theirs = [("traceparent", b"\xff\x00"), (REPLAY_OF, b"terminal-events/3/9")]
    assert from_headers([*theirs, *to_headers(REFUSED)]) == REFUSED


@pytest.mark.parametrize("name", Refused.model_fields)
def test_a_refusal_without_one_of_its_headers_is_none(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        from_headers(pair for pair in to_headers(REFUSED) if pair[0] != name)


@pytest.mark.parametrize(
    "position", ["", "terminal-events", "terminal-events/3", "terminal-events/3/x", "a.b/3/4"]
)
def test_a_settlement_of_nowhere_is_none(position: str) -> None:
    with pytest.raises(ValidationError):
        Settled(settles=position, settled_at=at("12:00"))

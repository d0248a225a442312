"""Laws of the soak of EDIFACT: it runs, says what came of it, and finds what is planted."""

from collections.abc import Callable
from datetime import datetime

import pytest

from events.dialects.decoded import Decoded
from events.dialects.edifact.profile import Profile
from events.dialects.edifact.reading import decode
from load_tests.fuzzing import edifact
from load_tests.fuzzing.edifact import Broken, attempt, soak

Decode = Callable[[bytes, Profile], Decoded]


def test_it_counts_what_came_of_the_bytes() -> None:
    found = soak(0.5, 1)
    assert found["inputs"] >= edifact.TAMPERED_TIMES
    assert found["events"] > 0
    assert found["refusals"] > 0


def test_the_same_number_is_the_same_attempt() -> None:
    assert attempt(5) == attempt(5)


@pytest.mark.parametrize("law", ["crashed", "ended as nothing", "not the input", "to others"])
def test_what_is_planted_is_found(law: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real: Decode = decode

    def planted(data: bytes, profile: Profile, received_at: datetime | None = None) -> Decoded:
        decoded = real(data, profile)
        if law == "crashed":
            raise RecursionError
        if law == "ended as nothing":
            return Decoded(decoded.parts, (), (), ())
        if law == "not the input":
            return Decoded(decoded.parts[:-1], decoded.events, (), decoded.refusals)
        return Decoded(decoded.parts, decoded.events[::-1][:-1] + decoded.events[:1] * 2, (), ())

    monkeypatch.setattr(edifact, "decode", planted)
    with pytest.raises(Broken, match=law):
        soak(60, 1)

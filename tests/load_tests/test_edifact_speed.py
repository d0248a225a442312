"""Laws of the measurement of EDIFACT: what is measured is read whole, and both sides of it."""

import pytest

from events.dialects.edifact.profile import shipped
from events.dialects.edifact.reading import decode
from load_tests import edifact_speed
from load_tests.edifact_speed import interchange, measure


def test_every_box_of_what_is_measured_is_an_event() -> None:
    decoded = decode(interchange(400), shipped()["terminal-d95b"])
    assert decoded.refusals == ()
    assert decoded.kinds == {"discharged": 200, "gated-out": 200}


def test_all_figures_are_of_one_run() -> None:
    found = measure(2_000, 1)
    assert {"dialect_mb_s", "bytes_split_mb_s"} <= found.keys()
    assert all(figure > 0 for figure in found.values())


def test_a_measurement_of_something_else_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = decode(b"", shipped()["customs"])
    monkeypatch.setattr(edifact_speed, "decode", lambda data, profile: nothing)
    with pytest.raises(ValueError, match="0 events were read of 2000"):
        measure(2_000, 1)

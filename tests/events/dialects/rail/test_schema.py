"""The user's schema: held, and not followed elsewhere."""

import pytest

from events.dialects.rail.schema import BREACHES_MAX, breaches
from events.dialects.rail.testing import SCHEMA
from events.dialects.troubles import Misread, Trouble

XS = b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">%s</xs:schema>'


def test_breaches_have_lines() -> None:
    found = breaches(b"<TrainReport>\n<Head/>\n</TrainReport>", SCHEMA)
    assert found[0].line == 2
    assert "Train" in found[0].words


def test_there_are_at_most_so_many() -> None:
    wagon = b"<Wagon/>" * (BREACHES_MAX + 1)
    data = b"<TrainReport><Head><Train/><Sent/></Head><Wagons>" + wagon + b"</Wagons></TrainReport>"
    assert len(breaches(data, SCHEMA)) == BREACHES_MAX


def test_what_only_the_stricter_of_two_readers_refuses_is_refused() -> None:
    with pytest.raises(Misread) as refused:
        breaches(b'<?xml version=".0"?><TrainReport/>', SCHEMA)
    assert (refused.value.why, refused.value.path) == (Trouble.BROKEN_SYNTAX, "line 1")


@pytest.mark.parametrize(
    "schema",
    [
        b"no schema",
        b"<a/>",
        XS % b'<xs:include schemaLocation="file:///etc/hostname"/>',
        XS % b'<xs:import namespace="urn:x" schemaLocation="http://127.0.0.1:1/x.xsd"/>',
    ],
)
def test_what_is_no_schema_or_wants_another_is_refused(schema: bytes) -> None:
    with pytest.raises(Misread) as refused:
        breaches(b"<a/>", schema)
    assert refused.value.why is Trouble.SCHEMA_MISSING

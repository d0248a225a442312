"""Laws of the door: whatever comes, every byte of it ends as event, announcement or refusal."""

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.codec import decode as decode_message
from events.dialects.decoded import Decoded
from events.dialects.edifact import reading as door
from events.dialects.edifact.drawing import known, tampered
from events.dialects.edifact.profile import shipped
from events.dialects.edifact.reading import decode
from events.dialects.edifact.testing import wrapped
from events.dialects.troubles import Trouble
from events.refusals import Reason
from events.testing import box

PROFILE = shipped()["terminal-d95b"]
SEEDS = st.integers(0, 2**32)
EMPTY = b"\xef\xbb\xbf\r\n\t \x00\x1a'|\x1c"
"""What may stand between segments, ends of empty ones among it."""


def gate(document: str = "X", number: str = "") -> str:
    return f"CODECO:D:95B:UN'BGM+36+{document}+9'EQD+CN+{number or box()}'DTM+7:202603020825:203"


def ends(decoded: Decoded) -> dict[int, int]:
    """How many events, announcements and refusals each part came to."""
    parts = [told.part for told in decoded.events]
    parts += [announced.part for announced in decoded.announcements]
    parts += [refused.part for refused in decoded.refusals]
    return {number: parts.count(number) for number in range(len(decoded.parts))}


@settings(deadline=None, max_examples=60)
@given(SEEDS)
def test_what_was_made_of_known_events_decodes_to_exactly_those(seed: int) -> None:
    made = known(Random(seed))
    decoded = decode(made.data, made.profile)
    events = [decode_message(told.data)[0] for told in decoded.events]
    expected = [event.model_dump(exclude_none=True) for event in made.events]
    assert [event.model_dump(exclude_none=True) for event in events] == expected
    assert decoded.refusals == ()


@settings(deadline=None, max_examples=150)
@given(SEEDS)
def test_every_byte_of_what_was_tampered_with_has_an_end(seed: int) -> None:
    rng = Random(seed)
    made = known(rng)
    data = tampered(rng, made.data)
    decoded = decode(data, made.profile)
    assert b"".join(data[p.start : p.end] for p in decoded.parts) == data
    for number, count in ends(decoded).items():
        part = decoded.parts[number]
        assert bool(count) is not part.envelope
        if part.envelope:
            text = data[part.start : part.end].strip(EMPTY)
            assert text == b"" or text.startswith((b"UNA", b"UNB", b"UNG", b"UNE", b"UNZ"))
    assert decode(data, made.profile) == decoded


@settings(deadline=None, max_examples=100)
@given(SEEDS)
def test_one_letter_misread_in_a_message_leaves_the_others_as_they_were(seed: int) -> None:
    rng = Random(seed)
    made = known(rng)
    before = decode(made.data, made.profile)
    hurt = rng.choice([p for p in before.parts if not p.envelope])
    at = rng.randrange(hurt.start, hurt.end - 1)  # Its last byte ends it for the next one, too.
    data = made.data[:at] + rng.choice(b"XY09").to_bytes() + made.data[at + 1 :]
    after = {told.data for told in decode(data, made.profile).events}
    others = {t.data for t in before.events if before.parts[t.part] is not hurt}
    assert others <= after


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_at_all_have_an_end(data: bytes) -> None:
    decoded = decode(data, PROFILE)
    assert decoded.parts[-1].end == len(data)
    assert decoded.refusals


def test_a_byte_order_mark_and_blanks_around_an_interchange_are_envelope() -> None:
    decoded = decode(b"\xef\xbb\xbf\r\n" + wrapped(gate()) + b"\r\n\x1a", PROFILE)
    assert (len(decoded.events), decoded.refusals) == (1, ())


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (wrapped(gate(), sender="SOMEBODY"), Trouble.UNKNOWN_PARTNER),
        (wrapped(gate()).replace(b"+IC1'UNH", b"+IC1++++++1'UNH"), Trouble.ONLY_A_TEST),
        (wrapped(gate().replace("CODECO", "BAPLIE")), Trouble.UNKNOWN_MESSAGE),
        (wrapped(gate().replace("95B", "99Z")), Trouble.UNKNOWN_DIRECTORY),
    ],
)
def test_what_nobody_here_reads_is_refused_once_with_a_remedy(data: bytes, why: Trouble) -> None:
    decoded = decode(data, PROFILE)
    assert [refused.why for refused in decoded.refusals] == [why]
    assert decoded.refusals[0].remedy
    assert decoded.refusals[0].path.startswith("segment ")
    assert decoded.events == ()


def test_messages_are_counted_by_name() -> None:
    data = wrapped(gate(), gate("Y"), "COPRAR:D:00B:UN'BGM+121+L+9'EQD+CN+" + box())
    decoded = decode(data, PROFILE)
    assert decoded.messages == {"CODECO D.95B": 2, "COPRAR D.00B": 1}
    assert [p.reference for p in decoded.parts if not p.envelope] == ["1", "2", "3"]


def test_a_file_beyond_the_bound_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    data = wrapped(gate())
    monkeypatch.setattr(door, "BYTES_MAX", len(data))
    assert len(decode(data, PROFILE).events) == 1
    monkeypatch.setattr(door, "BYTES_MAX", len(data) - 1)
    assert decode(data, PROFILE).reasons == {Trouble.OUT_OF_BOUNDS: 1}


def test_what_is_reported_from_after_the_receipt_is_refused() -> None:
    received = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
    assert decode(wrapped(gate()), PROFILE, received).reasons == {Reason.FUTURE_TIME: 1}
    assert decode(wrapped(gate()), PROFILE, received.replace(hour=5)).reasons == {}


def test_two_faults_of_one_segment_are_two_refusals_of_one_part() -> None:
    data = wrapped(gate()).replace(b"UNZ+1+IC1", b"UNZ+7+IC9")
    decoded = decode(data, PROFILE)
    assert [r.part for r in decoded.refusals] == [2, 2]
    assert len(decoded.events) == 1

"""Files of customs messages: what known events become comes back as exactly those."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.dialects.customs_xml import Profile, decode
from events.dialects.customs_xml.messages import messages
from events.dialects.customs_xml.testing import PROFILE, known, message
from events.dialects.troubles import Trouble
from events.envelope import Event
from events.testing import MORNING, box

TAC = Profile.read(PROFILE)
SPEAKING = [type for type, row in messages().items() if row.says]


@pytest.mark.parametrize("type", SPEAKING)
@settings(max_examples=10, deadline=None)
@given(
    numbers=st.sets(st.integers(0, 99), min_size=1, max_size=4),
    after_s=st.integers(0, 10**5),
    how=st.tuples(st.booleans(), st.sampled_from(["UTF-8", "GBK"])),
    voyage=st.text("ABC019/", min_size=1, max_size=9),
)
def test_what_known_events_become_comes_back_as_exactly_those(
    type: str, numbers: set[int], after_s: int, how: tuple[bool, str], voyage: str
) -> None:
    deleted, encoding = how
    moments = (MORNING, MORNING + timedelta(seconds=after_s))
    events = [
        one
        for n in numbers
        for one in known(type, box(n), *moments, voyage=voyage, deleted=deleted)
    ]
    decoded = decode(message(type, events, encoding), TAC)
    assert [Event.model_validate_json(told.data) for told in decoded.events] == events
    assert (decoded.refusals, dict(decoded.messages)) == ((), {type: len(numbers)})


def test_a_refused_box_is_shown_as_it_came_and_costs_no_other() -> None:
    events = [e for n in (1, 2) for e in known("MT3101", box(n), MORNING, MORNING, voyage="1")]
    data = message("MT3101", events, "GBK").replace(box(1).encode(), b"XXXX0000000")
    decoded = decode(data, TAC)
    (refused,) = decoded.refusals
    shown = data[refused.start : refused.end]
    assert shown.startswith(b"<TransportEquipment>")
    assert (shown.endswith(b"</TransportEquipment>"), b"XXXX0000000" in shown) == (True, True)
    assert [told.reported.unit.id for told in decoded.events] == [box(2)]


def test_messages_of_one_file_are_read_one_by_one() -> None:
    one = message("MT3101", known("MT3101", box(1), MORNING, MORNING, voyage="1"))
    body = one.partition(b"\n")[2]
    decoded = decode(b"<all>" + body + b"<Manifest/>" + body + b"</all>", TAC)
    assert (len(decoded.events), len(decoded.refusals)) == (2, 1)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=30), st.integers(0, 900), st.sampled_from(SPEAKING))
def test_whatever_is_cut_in_every_byte_is_accounted_for(
    noise: bytes, where: int, type: str
) -> None:
    good = message(type, known(type, box(1), MORNING, MORNING, voyage="1"))
    data = good[:where] + noise + good[where + len(noise) :]
    decoded = decode(data, TAC)
    assert b"".join(data[part.start : part.end] for part in decoded.parts) == data
    assert decoded.events or decoded.refusals


def test_without_a_message_the_whole_file_is_refused() -> None:
    (refused,) = decode(b"<a><b/></a>", TAC).refusals
    assert (refused.why, refused.start, refused.end) == (Trouble.UNKNOWN_MESSAGE, 0, 11)

"""Tables in every form: what known events become comes back as exactly those."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.codec import encode
from events.dialects.tabular import Profile, decode
from events.dialects.tabular.testing import PROFILE, lines, separated, workbook
from events.dialects.troubles import Trouble
from events.envelope import Event
from events.refusals import Reason
from events.testing import MORNING, box, event, examples
from events.vocabulary import Kind

GATE = Profile.read(PROFILE)
OWN = Profile.read('source = "any"\nport = "CNLYG"\nzone = "UTC"')
ABOUT_UNITS = [kind for kind in Kind if not kind.startswith("suspension")]
names = st.text("ABC019-", min_size=1, max_size=6)
words = st.text("港中 a,;\"'\n", min_size=1, max_size=9).map(str.strip).filter(bool)

FORMS: list[Callable[[Sequence[Event]], bytes]] = [
    separated,
    lambda events: separated(events, ";", "gb18030"),
    lambda events: separated(events, "\t", "utf-8-sig"),
    lines,
    workbook,
]


@st.composite
def known(draw: st.DrawFn) -> Event:
    """An event of ours that the table of the builder can say whole."""
    moment = MORNING + timedelta(seconds=draw(st.integers(0, 10**6)))
    fields: dict[str, Any] = {
        "unit": box(draw(st.integers(0, 99))),
        "event_id": draw(names),
        "mode": draw(st.sampled_from(["water", "road"])),
        "direction": draw(st.sampled_from([None, "import", "export"])),
        "spot": draw(st.none() | words),
        "reason": draw(st.none() | words),
    }
    if draw(st.booleans()):
        fields["recorded_at"] = moment + timedelta(seconds=draw(st.integers(0, 999)))
    if draw(st.booleans()):
        fields["cargo"] = {"laden": draw(st.booleans()), "weight_kg": draw(st.integers(0, 30_000))}
    if draw(st.booleans()):
        fields["refs"] = {"truck": draw(words)}
    return event(draw(st.sampled_from(ABOUT_UNITS)), moment, **fields)


@pytest.mark.parametrize("form", FORMS, ids=["csv", "semicolons", "tabs", "lines", "workbook"])
@settings(max_examples=25, deadline=None)
@given(events=st.lists(known(), min_size=1, max_size=4))
def test_what_known_events_become_comes_back_as_exactly_those(
    form: Callable[[Sequence[Event]], bytes], events: list[Event]
) -> None:
    decoded = decode(form(events), GATE)
    assert [Event.model_validate_json(told.data) for told in decoded.events] == events
    assert decoded.refusals == ()


def test_lines_in_our_own_words_are_taken_as_they_are() -> None:
    said = [e.data for e in examples("terminal-events", "customs-events", "rail-water-events")]
    data = b"\n".join(line.replace(b"\n", b" ") for line in said)
    decoded = decode(data, OWN)
    assert decoded.refusals == ()
    assert decoded.messages == {"line": len(said)}
    assert decoded.events[0].reported.source == Event.model_validate_json(said[0]).source


def test_a_refused_row_is_shown_as_it_came_with_its_column() -> None:
    data = separated([event("gated-in", "10:00"), event("gated-out", "11:00")])
    data = data.replace("提箱".encode(), "洗箱".encode())
    decoded = decode(data, GATE)
    (refused,) = decoded.refusals
    assert (refused.why, refused.path) == (Trouble.UNKNOWN_CODE, "row 3, column 动作")
    assert "洗箱" in data[refused.start : refused.end].decode()
    assert len(decoded.events) == 1


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b" \n ", Reason.EMPTY),
        (b"box,what\n", Reason.MISSING_FIELD),
        (b"PK\x03\x04 and no more", Trouble.BROKEN_SYNTAX),
    ],
)
def test_what_cannot_be_opened_is_one_refusal(data: bytes, why: Trouble) -> None:
    (refused,) = decode(data, GATE).refusals
    assert (refused.why, refused.start, refused.end) == (why, 0, len(data))


def test_without_columns_a_table_is_no_line_of_events() -> None:
    (refused,) = decode(separated([]), OWN).refusals
    assert refused.why is Trouble.BROKEN_SYNTAX


def test_without_a_header_columns_are_numbers() -> None:
    mapping = Profile.read(
        'source = "g"\nport = "CNLYG"\nzone = "UTC"\ntable = {header = false}\n'
        '[columns]\n"unit.id" = "1"\nkind = "2"\noccurred_at = "3"'
    )
    decoded = decode(b"CSNU6351189;gated-in;2026-03-02 10:00:00\n" * 2, mapping)
    assert dict(decoded.kinds) == {Kind.GATED_IN: 2}


def test_a_row_longer_than_its_header_has_its_cells_under_wrong_names() -> None:
    data = separated([event("gated-in", "10:00")])
    (refused,) = decode(data.removesuffix(b"\r\n") + b",one too many", GATE).refusals
    assert refused.why is Trouble.BROKEN_SYNTAX
    assert len(decode(data.removesuffix(b"\r\n") + b", ,", GATE).events) == 1


def test_two_columns_of_one_name_are_not_told_apart() -> None:
    data = separated([event("gated-in", "10:00")]).replace("车牌".encode(), "动作".encode())
    (refused,) = decode(data, GATE).refusals
    assert refused.why is Reason.MISSING_FIELD
    twice = data.replace("备注".encode(), "动作".encode()).replace("录入时间".encode(), b"x")
    assert decode(twice, GATE).refusals[0].why is Reason.MISSING_FIELD
    mapping = Profile.read(PROFILE.replace('"refs.truck" = "车牌"', ""))
    assert decode(data, mapping).refusals[0].why is Trouble.BROKEN_SYNTAX


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 400), st.sampled_from(FORMS))
def test_whatever_is_cut_in_every_byte_is_accounted_for(
    noise: bytes, where: int, form: Callable[[Sequence[Event]], bytes]
) -> None:
    good = form([event("gated-in", "10:00"), event("gated-out", "11:00")])
    data = good[:where] + noise + good[where + len(noise) :]
    decoded = decode(data, GATE)
    assert b"".join(data[part.start : part.end] for part in decoded.parts) == data
    assert decoded.events or decoded.refusals


def test_our_own_words_come_back_byte_for_byte_in_meaning() -> None:
    events = [event("gated-in", "10:00"), event("gated-out", "11:00")]
    decoded = decode(b"\n".join(map(encode, events)), OWN)
    assert [Event.model_validate_json(told.data) for told in decoded.events] == events

"""Trains' messages by a mapping of paths and the user's schema."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.dialects.rail import Profile, decode
from events.dialects.rail.testing import PROFILE, SCHEMA, message
from events.dialects.troubles import Trouble
from events.envelope import Event, Unit
from events.testing import MORNING, event

TRAIN = Profile.read(PROFILE, SCHEMA)
LATER = MORNING + timedelta(days=30)
names = st.text("ABC019", min_size=1, max_size=6)
kinds = st.sampled_from(["arrived", "rail-unloaded", "rail-loaded", "departed"])


@st.composite
def known(draw: st.DrawFn) -> Event:
    """An event of a wagon, as the mapping of the builder has it."""
    return event(
        draw(kinds),
        MORNING + timedelta(seconds=draw(st.integers(0, 10**6))),
        unit=Unit.model_validate({"type": "wagon", "id": draw(names)}),
        event_id=draw(names),
        source="cr-shanghai",
        facility="LYG-RY",
        mode="rail",
        direction=None,
        recorded_at=LATER,
        cargo={"weight_kg": draw(st.integers(0, 90_000))},
        refs={"train": "30652"},
    )


@settings(max_examples=40, deadline=None)
@given(events=st.lists(known(), min_size=1, max_size=5))
def test_what_known_events_become_comes_back_as_exactly_those(events: list[Event]) -> None:
    decoded = decode(message(events), TRAIN)
    assert [Event.model_validate_json(told.data) for told in decoded.events] == events
    assert (decoded.refusals, dict(decoded.messages)) == ((), {"Wagon": len(events)})


def two() -> bytes:
    wagons = [Unit.model_validate({"type": "wagon", "id": f"163452{n}"}) for n in (1, 2)]
    events = [
        event("arrived", "10:00", unit=w, event_id=w.id, cargo={"weight_kg": 1}) for w in wagons
    ]
    return message(events)


def test_a_wagon_that_breaks_the_schema_costs_itself() -> None:
    data = two().replace(b"<Net>1</Net>", b"<Net>much</Net>", 1)
    decoded = decode(data, TRAIN)
    (refused,) = decoded.refusals
    assert (refused.why, b"<Net>much</Net>" in data[refused.start : refused.end]) == (
        Trouble.BROKEN_SYNTAX, True,
    )  # fmt: skip
    assert "Net" in refused.detail
    assert [told.reported.unit.id for told in decoded.events] == ["1634522"]


def test_it_is_the_wagon_that_breaks_it_and_not_the_one_before() -> None:
    first, last = two().rsplit(b"<Net>1</Net>", 1)
    decoded = decode(first + b"<Net>much</Net>" + last, TRAIN)
    assert [told.reported.unit.id for told in decoded.events] == ["1634521"]
    assert len(decoded.refusals) == 1


def test_what_breaks_it_elsewhere_costs_the_message() -> None:
    data = two().replace(b"<Train>30652</Train>", b"").replace(b"<Train></Train>", b"")
    decoded = decode(data, TRAIN)
    (refused,) = decoded.refusals
    assert (refused.start, refused.end, decoded.events) == (0, len(data), ())


def test_without_the_schema_that_it_names_nothing_is_read() -> None:
    (refused,) = decode(two(), Profile.read(PROFILE)).refusals
    assert (refused.why, "trains-of-the-tests.xsd" in refused.detail) == (
        Trouble.SCHEMA_MISSING,
        True,
    )


def test_a_schema_is_optional() -> None:
    free = Profile.read(PROFILE.replace('schema = "trains-of-the-tests.xsd"', ""))
    assert len(decode(two().replace(b"<Net>1</Net>", b""), free).events) == 2


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=30), st.integers(0, 500))
def test_whatever_is_cut_in_every_byte_is_accounted_for(noise: bytes, where: int) -> None:
    good = two()
    data = good[:where] + noise + good[where + len(noise) :]
    decoded = decode(data, TRAIN)
    assert b"".join(data[part.start : part.end] for part in decoded.parts) == data
    assert decoded.events or decoded.refusals


@pytest.mark.parametrize("root", [b"<a/>", b"<TrainReport><Wagons/></TrainReport>"])
def test_another_message_than_the_mapping_is_for_is_refused(root: bytes) -> None:
    (refused,) = decode(root, TRAIN).refusals
    assert refused.why is Trouble.UNKNOWN_MESSAGE

"""EPCIS documents: what known events become comes back as exactly those."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.dialects.epcis import Profile, decode
from events.dialects.epcis.reading import EVENTS_MAX
from events.dialects.epcis.testing import PROFILE, SPELLINGS, document, kinds
from events.dialects.troubles import Trouble
from events.envelope import Event, Unit
from events.refusals import Reason
from events.testing import MORNING, box, event
from events.vocabulary import Kind

RFID = Profile.read(PROFILE)
RAIL = (Kind.RAIL_LOADED, Kind.RAIL_UNLOADED)
GATES = (Kind.GATED_IN, Kind.GATED_OUT)
WATER = (Kind.LOADED, Kind.DISCHARGED)
names = st.text("abc019:-", min_size=1, max_size=9)


@st.composite
def known(draw: st.DrawFn) -> Event:
    """An event of ours that the vocabulary can say whole."""
    kind = draw(st.sampled_from(kinds()))
    modes = {**dict.fromkeys(RAIL, "rail"), **dict.fromkeys(GATES, "road")}
    modes |= {**dict.fromkeys(WATER, "water"), Kind.AIR_UNLOADED: "air"}
    moment = MORNING + timedelta(seconds=draw(st.integers(0, 10**6)))
    name = draw(names)
    wagon = Unit.model_validate({"type": "wagon", "id": "1634521"})
    units: list[str | Unit] = [box(1), box(2), wagon]
    return event(
        kind,
        moment,
        unit=draw(st.sampled_from(units)),
        source="lyg-rfid",
        event_id=name,
        direction=None,
        mode=modes.get(kind, "water"),
        recorded_at=moment + timedelta(seconds=draw(st.integers(0, 999))),
        retracts=draw(st.sampled_from([None, name])),
    )


@pytest.mark.parametrize("spelling", SPELLINGS)
@settings(max_examples=30, deadline=None)
@given(events=st.lists(known(), min_size=1, max_size=4))
def test_what_known_events_become_comes_back_as_exactly_those(
    spelling: str, events: list[Event]
) -> None:
    decoded = decode(document(events, spelling), RFID)
    assert [Event.model_validate_json(told.data) for told in decoded.events] == events
    assert (decoded.refusals, dict(decoded.messages)) == ((), {"ObjectEvent": len(events)})


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", Reason.EMPTY),
        (b"{", Reason.BROKEN_JSON),
        (b"7", Trouble.BROKEN_SYNTAX),
        (b'{"epcisBody": {}}', Trouble.BROKEN_SYNTAX),
        (b'{"epcisBody": {"eventList": []}}', Trouble.NOTHING_SAID),
        (b"[" + b",".join([b"0"] * (EVENTS_MAX + 1)) + b"]", Trouble.OUT_OF_BOUNDS),
    ],
)
def test_what_holds_no_events_is_one_refusal(data: bytes, why: Trouble) -> None:
    (refused,) = decode(data, RFID).refusals
    assert (refused.why, refused.start, refused.end) == (why, 0, len(data))


def test_documents_answers_lists_and_single_events_are_read() -> None:
    data = document([event("loaded", "10:00", source="lyg-rfid")])
    many = orjson.loads(data)["epcisBody"]["eventList"]
    answer = {"epcisBody": {"queryResults": {"resultsBody": {"eventList": many}}}}
    for whole in (answer, many, many[0]):
        assert decode(orjson.dumps(whole), RFID).events[0].data == decode(data, RFID).events[0].data


def test_a_refused_event_is_shown_as_it_came() -> None:
    data = document([event("loaded", "10:00"), event("loaded", "11:00")]).replace(
        b'"quay"', b'"q"', 1
    )
    decoded = decode(data, RFID)
    (refused,) = decoded.refusals
    assert orjson.loads(data[refused.start : refused.end])["readPoint"] == {"id": "q"}
    assert (refused.path, len(decoded.events)) == ("readPoint", 1)


WITHDRAWN = event("gated-in", "10:00", retracts="x", recorded_at=MORNING)
values: Any = st.none() | st.integers(0, 3) | st.text(max_size=4) | st.just([]) | st.just({"id": 1})


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_whatever_stands_in_a_field_every_byte_is_accounted_for(data: st.DataObject) -> None:
    told = orjson.loads(document([WITHDRAWN]))["epcisBody"]["eventList"][0]
    for name in data.draw(st.sets(st.sampled_from(sorted(told)), max_size=3)):
        told[name] = data.draw(values)
    text = orjson.dumps([told, 7])
    decoded = decode(text, RFID)
    assert b"".join(text[p.start : p.end] for p in decoded.parts) == text
    assert len(decoded.events) + len(decoded.refusals) == 2

"""Documents of DCSA events: what known events become comes back as exactly those."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.dialects.dcsa import Profile, decode
from events.dialects.dcsa.reading import EVENTS_MAX
from events.dialects.dcsa.shapes import FLAT
from events.dialects.dcsa.testing import PROFILE, SHAPES, document, kinds
from events.dialects.decoded import Decoded
from events.dialects.troubles import Trouble
from events.envelope import Event
from events.refusals import Reason
from events.testing import MORNING, box, event
from events.vocabulary import Kind

MSK = Profile.read(PROFILE)
TRANSPORT = (Kind.ARRIVED, Kind.DEPARTED)
CLEARANCE = (Kind.DECLARED, Kind.DECLARATION_ACCEPTED, Kind.DETAINED, Kind.RELEASED)
short = st.text("ABC019-", min_size=1, max_size=6)


@st.composite
def known(draw: st.DrawFn, shape: str) -> Event:
    """An event of ours that this shape can say whole."""
    kind, number = draw(st.sampled_from(kinds(shape))), draw(st.integers(0, 99))
    name = draw(short)
    released_by_box = kind is Kind.RELEASED and shape != FLAT
    of_equipment = kind not in (*TRANSPORT, *CLEARANCE) or released_by_box
    rail = kind in (Kind.RAIL_LOADED, Kind.RAIL_UNLOADED)
    water = kind in (Kind.LOADED, Kind.DISCHARGED)
    moment = MORNING + timedelta(seconds=draw(st.integers(0, 10**6)))
    directions: list[Any] = [None, "transhipment"]
    if shape != FLAT:
        directions += ["import", "export"]
    fields: dict[str, Any] = {
        "unit": box(number),
        "source": "msk",
        "event_id": name if of_equipment else f"{name}/{box(number)}",
        "port": draw(st.sampled_from(["CNLYG", "CNNKG"])),
        "facility": "LPCT",
        "mode": "rail" if rail else "water" if water else draw(st.sampled_from(["water", "road"])),
        "direction": draw(st.sampled_from(directions)),
        "recorded_at": moment + timedelta(seconds=draw(st.integers(0, 999))),
        "cargo": {"size_type": "45G1", "laden": draw(st.booleans())},
        "refs": {
            name: draw(short)
            for name in draw(st.sets(st.sampled_from(["voyage", "service", "bill"]), min_size=1))
        },
    }
    if draw(st.booleans()):
        fields["retracts"] = fields["event_id"]
    return event(kind, moment, **fields)


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_known_events_become_comes_back_as_exactly_those(
    shape: str, data: st.DataObject
) -> None:
    events = data.draw(st.lists(known(shape), min_size=1, max_size=4))
    decoded = decode(document(events, shape), MSK)
    assert [Event.model_validate_json(told.data) for told in decoded.events] == events
    assert (decoded.refusals, decoded.announcements) == ((), ())
    assert decoded.messages == {f"DCSA {shape}": len(events)}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("classifier", ["PLN", "EST"])
def test_what_lies_ahead_is_never_an_event(shape: str, classifier: str) -> None:
    events = [event(kind, "10:00", unit=box(7), mode="water") for kind in kinds(shape)]
    decoded = decode(document(events, shape, classifier), MSK)
    assert (decoded.events, decoded.refusals) == ((), ())
    assert {said.announced for said in decoded.announcements} <= {"planned", "estimated"}
    assert [said.unit for said in decoded.announcements] == [box(7)] * len(events)
    assert {said.expected_at for said in decoded.announcements} == {events[0].occurred_at}


def refusal(data: bytes) -> tuple[str, str]:
    (refused,) = decode(data, MSK).refusals
    return refused.why, data[refused.start : refused.end].decode()


def test_a_refused_event_is_shown_as_it_came() -> None:
    good = document([event("gated-in", "10:00", source="msk")], FLAT)
    data = good[:-1] + b' ,\n {"eventType": "EQUIPMENT"} ]'
    assert refusal(data) == (Reason.MISSING_FIELD, '{"eventType": "EQUIPMENT"}')
    assert len(decode(data, MSK).events) == 1


def test_no_page_is_longer_than_the_bound() -> None:
    assert refusal(b"[" + b",".join([b"0"] * (EVENTS_MAX + 1)) + b"]")[0] == Trouble.OUT_OF_BOUNDS


def test_what_the_door_took_bounds_the_future() -> None:
    data = document([event("gated-in", "10:00", source="msk")], FLAT)
    (refused,) = decode(data, MSK, MORNING).refusals
    assert refused.why is Reason.FUTURE_TIME


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SHAPES), st.data())
def test_whatever_stands_in_a_field_every_byte_is_accounted_for(
    shape: str, data: st.DataObject
) -> None:
    """One value somewhere in a good document is replaced by any other."""
    good = orjson.loads(document([event("gated-in", "10:00", source="msk")], shape))
    holder: Any = good
    while isinstance(holder, dict | list) and holder:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = data.draw(st.sampled_from(keys))
        inner = holder[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            holder[key] = data.draw(json_values)
            break
        holder = inner
    text = orjson.dumps(good)
    decoded = decode(text, MSK)
    assert "".join(text[p.start : p.end].decode() for p in decoded.parts) == text.decode()
    assert isinstance(decoded, Decoded)
    assert decoded.events or decoded.announcements or decoded.refusals

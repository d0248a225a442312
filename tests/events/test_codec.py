"""The codec: any bytes become events or one refusal, and events survive the way there and back."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.codec import (
    CLOCK_TOLERANCE,
    FINDINGS_MAX,
    MESSAGE_BYTES_MAX,
    NESTING_MAX,
    UNITS_MAX,
    canonical,
    decode,
    encode,
    names_many_units,
)
from events.envelope import Event
from events.refusals import InvalidEvent, Reason, Refusal
from events.testing import at, box, event, examples, outcome, tick

patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""How fast a shared machine draws examples is no property of the code."""

EXAMPLES = [example.data for example in examples()]
MOVE: dict[str, Any] = {
    "event_id": "m1",
    "source": "lyg-tos",
    "kind": "move-ended",
    "unit": {"type": "container", "id": box(1)},
    "place": {"port": "CNLYG"},
    "mode": "water",
    "occurred_at": "2026-03-02T10:00:00+08:00",
}
FIELDS = sorted({*Event.model_fields, "units"})


def written(message: Any) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode()


def refused(data: bytes | None, received_at: datetime | None = None) -> Refusal:
    with pytest.raises(InvalidEvent) as caught:
        decode(data, received_at=received_at)
    return caught.value.refusal


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


# --- there and back


@patiently
@given(data=st.data())
def test_events_survive_the_way_there_and_back(
    data: st.DataObject, accepted_messages: st.SearchStrategy[dict[str, Any]]
) -> None:
    for fact in decode(written(data.draw(accepted_messages))):
        assert decode(encode(fact)) == (fact,)
        assert encode(decode(encode(fact))[0]) == encode(fact)


@patiently
@given(data=st.data())
def test_fields_that_nobody_knows_are_kept(
    data: st.DataObject, accepted_messages: st.SearchStrategy[dict[str, Any]]
) -> None:
    message = data.draw(accepted_messages)
    new = {name: value for name, value in message.items() if name.startswith("x-")}
    for fact in decode(written(message)):
        kept = orjson.loads(encode(fact))
        assert {name: kept[name] for name in new} == new


def test_unknown_fields_of_the_inner_objects_are_kept() -> None:
    unit = {"type": "container", "id": box(1), "seal": "CN8841207"}
    (fact,) = decode(written({**MOVE, "unit": unit, "cargo": {"temperature_c": -18.5}}))
    kept = orjson.loads(encode(fact))
    assert kept["unit"]["seal"] == "CN8841207"
    assert kept["cargo"] == {"temperature_c": -18.5}


def test_a_null_field_is_an_absent_field() -> None:
    nulls = {"units": None, "direction": None, "precision": None, "cargo": None, "later": None}
    assert decode(written({**MOVE, **nulls})) == decode(written(MOVE))
    assert b"null" not in encode(decode(written({**MOVE, **nulls}))[0])


def test_a_null_key_of_a_scope_is_an_absent_key() -> None:
    nulls = {"stages": None, "categories": None, "modes": ["rail"], "stage": None}
    (fact,) = decode(written({**MOVE, "scope": nulls}))
    assert decode(written({**MOVE, "scope": {"modes": ["rail"]}})) == (fact,)
    assert orjson.loads(encode(fact))["scope"] == {"modes": ["rail"]}


def test_nulls_inside_free_fields_are_kept() -> None:
    (fact,) = decode(written({**MOVE, "extra": {"gang": None}}))
    assert orjson.loads(encode(fact))["extra"] == {"gang": None}


def test_published_shapes_are_written_with_all_their_fields() -> None:
    assert orjson.loads(encode(tick("10:00", upto=7))) == {
        "at": "2026-03-02T02:00:00Z",
        "upto": {"terminal-events": 7, "customs-events": 7, "rail-water-events": 7},
    }


def test_the_canonical_form_of_an_outcome_tells_all_but_the_cause_of_its_revision() -> None:
    told = outcome("box-move", "10:00", "10:30")
    assert told.cause
    kept = orjson.loads(encode(told))
    assert orjson.loads(canonical(told)) == {n: v for n, v in kept.items() if n != "cause"}
    other = {"what": "edition", "id": "test/2026-01-01"}
    for cause in (None, other):
        again = outcome("box-move", "10:00", "10:30", cause=cause)
        assert again != told
        assert canonical(again) == canonical(told)


# --- splitting


@patiently
@given(data=st.data())
def test_splitting_twice_is_splitting_once(
    data: st.DataObject, messages_about_many: st.SearchStrategy[dict[str, Any]]
) -> None:
    message = data.draw(messages_about_many)
    parts = decode(written(message))
    assert [part.unit.id for part in parts] == [unit["id"] for unit in message["units"]]
    assert tuple(again for part in parts for again in decode(encode(part))) == parts
    assert decode(written(message)) == parts


def test_each_part_has_an_identity_of_its_own() -> None:
    units = [{"type": "container", "id": box(n)} for n in range(3)]
    message = {**MOVE, "units": units, "supersedes": "m0", "retracts": "m9"}
    del message["unit"]
    assert names_many_units(message)
    parts = decode(written(message))
    assert [part.event_id for part in parts] == [f"m1/{box(n)}" for n in range(3)]
    assert [part.supersedes for part in parts] == [f"m0/{box(n)}" for n in range(3)]
    assert [part.retracts for part in parts] == [f"m9/{box(n)}" for n in range(3)]


def test_one_wrong_unit_refuses_the_whole_message_and_is_named() -> None:
    wrong = box(2)[:-1] + str((int(box(2)[-1]) + 1) % 10)
    units = [{"type": "container", "id": number} for number in (box(1), wrong, box(3))]
    refusal = refused(written({**MOVE, "unit": None, "units": units}))
    assert refusal.reason is Reason.BAD_CHECK_DIGIT
    assert wrong in refusal.detail


@pytest.mark.parametrize(
    "units", [[], {}, "all", 7, [{"type": "lot", "id": "L1"}] * (UNITS_MAX + 1)]
)
def test_units_is_a_list_of_some_units(units: Any) -> None:
    message = {**MOVE, "unit": None, "units": units}
    assert refused(written(message)).reason is Reason.INVALID_VALUE


@pytest.mark.parametrize("unit", [None, box(1), 7, [], {"type": "container"}, {"id": box(1)}])
def test_what_is_not_a_unit_is_refused_among_many(unit: Any) -> None:
    refusal = refused(written({**MOVE, "unit": None, "units": [unit]}))
    assert refusal.reason in (Reason.INVALID_UNIT, Reason.MISSING_FIELD)


@pytest.mark.parametrize("name", ["event_id", "supersedes", "retracts"])
@pytest.mark.parametrize("wrong", ["", " ", 7, [], False])
def test_a_wrong_id_is_not_mended_by_splitting(name: str, wrong: Any) -> None:
    message = {**MOVE, "unit": None, "units": [MOVE["unit"]], name: wrong}
    refusal = refused(written(message))
    assert refusal.reason is Reason.INVALID_VALUE
    assert refusal.detail.startswith(name)


def test_unit_and_units_together_are_refused() -> None:
    refusal = refused(written({**MOVE, "units": [MOVE["unit"]]}))
    assert refusal.reason is Reason.INVALID_VALUE
    assert "not both" in refusal.detail


# --- any bytes


def becomes_events_or_one_refusal(data: bytes, received_at: datetime | None = None) -> None:
    found = read(data, received_at)
    if isinstance(found, Refusal):
        assert found.detail.encode()
        assert len(found.detail) < 2_000
        assert found.remedy
    else:
        for fact in found:
            assert encode(decode(encode(fact))[0]) == encode(fact)


def read(data: bytes, received_at: datetime | None) -> tuple[Event, ...] | Refusal:
    try:
        return decode(data, received_at=received_at)
    except InvalidEvent as invalid:
        return invalid.refusal


@patiently
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_become_events_or_one_refusal(data: bytes) -> None:
    becomes_events_or_one_refusal(data)


@patiently
@given(data=st.data())
def test_any_json_becomes_events_or_one_refusal(
    data: st.DataObject, any_json: st.SearchStrategy[Any]
) -> None:
    becomes_events_or_one_refusal(written(data.draw(any_json)))


@patiently
@given(data=st.data(), name=st.sampled_from(FIELDS))
def test_anything_in_any_field_becomes_events_or_one_refusal(
    data: st.DataObject, any_json: st.SearchStrategy[Any], name: str
) -> None:
    message = {**MOVE, name: data.draw(any_json)}
    becomes_events_or_one_refusal(written(message), at("10:00"))


@patiently
@given(
    example=st.sampled_from(EXAMPLES),
    where=st.floats(0, 1, exclude_max=True),
    cut=st.integers(0, 3),
    put=st.binary(max_size=3),
)
def test_a_damaged_example_becomes_events_or_one_refusal(
    example: bytes, where: float, cut: int, put: bytes
) -> None:
    place = int(len(example) * where)
    becomes_events_or_one_refusal(example[:place] + put + example[place + cut :])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, Reason.EMPTY),
        (b"", Reason.EMPTY),
        (b" ", Reason.BROKEN_JSON),
        (b"\x00", Reason.BROKEN_JSON),
        (b"NaN", Reason.BROKEN_JSON),
        (b'{"extra": {"n": 1e999}}', Reason.BROKEN_JSON),
        (b'{"source": "\\ud800"}', Reason.BROKEN_JSON),
        (b'\xef\xbb\xbf{"source": "a"}', Reason.BROKEN_JSON),
        (b"[" * 2_000, Reason.BROKEN_JSON),
        (b"[" * 1_000 + b"]" * 1_000, Reason.NOT_AN_OBJECT),
        (b"[]", Reason.NOT_AN_OBJECT),
        (b"null", Reason.NOT_AN_OBJECT),
        (b"1e3", Reason.NOT_AN_OBJECT),
        (b"{}", Reason.MISSING_FIELD),
    ],
)
def test_hostile_bytes_have_a_reason(data: bytes | None, reason: Reason) -> None:
    assert refused(data).reason is reason


@pytest.mark.parametrize("example", examples("refused"), ids=lambda example: example.name)
def test_every_refused_example_is_refused_for_the_reason_in_its_name(example: Any) -> None:
    assert refused(example.data).reason == example.word


def test_a_message_of_the_greatest_size_is_read_and_one_byte_more_is_not() -> None:
    room = MESSAGE_BYTES_MAX - len(written({**MOVE, "extra": {"pad": ""}}))
    assert decode(written({**MOVE, "extra": {"pad": "x" * room}}))
    refusal = refused(written({**MOVE, "extra": {"pad": "x" * (room + 1)}}))
    assert refusal.reason is Reason.TOO_LARGE


def test_the_deepest_nesting_is_kept_and_one_level_more_is_refused() -> None:
    deepest = NESTING_MAX - 1  # the message itself is the first level
    (fact,) = decode(written({**MOVE, "history": nested(deepest)}))
    assert orjson.loads(encode(fact))["history"] == nested(deepest)
    refusal = refused(written({**MOVE, "history": nested(deepest + 1)}))
    assert (refusal.reason, "deeper" in refusal.detail) == (Reason.INVALID_VALUE, True)


def test_wide_messages_are_not_taken_for_deep_ones() -> None:
    (fact,) = decode(written({**MOVE, "extra": {"slots": [{} for _ in range(500)]}}))
    assert fact.extra == {"slots": [{} for _ in range(500)]}


# --- what a refusal says


def test_the_first_finding_is_the_reason_and_the_others_are_told() -> None:
    wrong = {**MOVE, "kind": "GTOT", "place": {"port": "lyg"}, "occurred_at": 5}
    refusal = refused(written(wrong))
    assert refusal.reason is Reason.UNKNOWN_KIND
    assert [part.split(":")[0] for part in refusal.detail.split("; ")] == [
        "kind",
        "place.port",
        "occurred_at",
    ]


def test_no_more_findings_are_told_than_people_read() -> None:
    assert refused(b'{"x": 1}').detail.count(";") == FINDINGS_MAX - 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("place", {"port": "连云港"}, "UN/LOCODE"),
        ("event_id", "a b", "blanks"),
        ("unit", box(1), "JSON object"),
        ("scope", [], "JSON object"),
        ("scope", {"facility": "LPCT"}, "a scope has stages, categories and modes"),
        ("kind", "GTOT", 'no such kind (found "GTOT")'),
        ("cargo", {"size_type": "45g1"}, "ISO 6346"),
    ],
)
def test_a_refusal_is_told_in_words_for_the_sender(field: str, value: Any, words: str) -> None:
    detail = refused(written({**MOVE, field: value})).detail
    assert words in detail
    assert detail.startswith(field)


def test_a_long_value_is_shown_in_part() -> None:
    assert len(refused(written({**MOVE, "mode": "x" * 50_000})).detail) < 200


# --- clocks


#   occurred  09:55:00 ... 10:00:00 recorded or received ... 10:05:00 tolerated ... refused
@pytest.mark.parametrize("known", ["recorded_at", "received_at"])
def test_a_source_clock_may_run_ahead_by_the_tolerance_and_not_a_second_more(known: str) -> None:
    noticed = at("10:00")
    for ahead, fine in ((CLOCK_TOLERANCE, True), (CLOCK_TOLERANCE + timedelta(seconds=1), False)):
        fields: dict[str, Any] = {"recorded_at": noticed} if known == "recorded_at" else {}
        data = encode(event("move-ended", noticed + ahead, **fields))
        received_at = noticed if known == "received_at" else None
        if fine:
            assert decode(data, received_at=received_at)
        else:
            assert refused(data, received_at).reason is Reason.FUTURE_TIME


def test_a_time_of_recording_after_the_receipt_is_a_future_time_too() -> None:
    limit = at("10:00") + CLOCK_TOLERANCE
    fine = event("move-ended", "09:00", recorded_at=limit)
    assert decode(encode(fine), received_at=at("10:00"))
    late = event("move-ended", "09:00", recorded_at=limit + timedelta(seconds=1))
    refusal = refused(encode(late), at("10:00"))
    assert refusal.reason is Reason.FUTURE_TIME
    assert refusal.detail.startswith("recorded_at")


@pytest.mark.parametrize(("recorded", "received"), [("10:20", "10:30"), ("10:30", "10:20")])
def test_the_earlier_of_the_two_witnesses_counts(recorded: str, received: str) -> None:
    data = encode(event("move-ended", "10:26", recorded_at=at(recorded)))
    refusal = refused(data, at(received))
    assert refusal.reason is Reason.FUTURE_TIME
    assert refusal.detail.startswith("occurred_at")
    in_time = encode(event("move-ended", "10:25", recorded_at=at("10:20")))
    assert decode(in_time, received_at=at("10:30"))


def test_without_a_witness_no_time_is_a_future_time() -> None:
    far = datetime(2199, 1, 1, tzinfo=UTC)
    assert decode(encode(event("move-ended", far)))


def test_an_appointment_may_lie_in_the_future() -> None:
    data = encode(event("inspection-scheduled", "10:00", at=at("day+5 10:00")))
    assert decode(data, received_at=at("10:00"))

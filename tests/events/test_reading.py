"""The near road: it takes what `decode` takes and means the same by it, and nothing else."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from events import reading
from events.codec import MESSAGE_BYTES_MAX, NESTING_MAX, decode, encode
from events.envelope import Event
from events.gist import Excerpt, Gist
from events.identifiers import NAME, UNIT_ID
from events.reading import WORDS_KEPT, Reported, gist_of, gists_of, read
from events.refusals import InvalidEvent, Reason, Refusal
from events.testing import at, box, event, examples
from events.vocabulary import UnitType
from portclock.traffic.feed import traffic

patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""How fast a shared machine draws examples is no property of the code."""

EXAMPLES = [one.data for one in examples()]
WORDS = (
    "event_id", "source", "kind", "mode", "direction", "precision", "journey_s", "party",
    "reason", "supersedes", "retracts",
)  # fmt: skip
INSTANTS = ("occurred_at", "recorded_at", "at", "until")
OBJECTS = ("unit", "place", "cargo", "customs", "refs")
MOVE: dict[str, Any] = {
    "event_id": "m1", "source": "lyg-tos", "kind": "move-ended",
    "unit": {"type": "container", "id": box(1)},
    "place": {"port": "CNLYG", "facility": "LPCT", "spot": "platform-2"},
    "mode": "water", "direction": "import",
    "occurred_at": "2026-03-02T10:00:00+08:00",
    "recorded_at": "2026-03-02T10:00:04+08:00",
    "cargo": {"size_type": "45G1", "laden": True, "category": "general", "weight_kg": 21300},
    "customs": {"declaration": "42", "advance": False, "channel": "documents"},
    "refs": {"voyage": "AE1", "operator": "LPCT"},
    "at": "2026-03-02T18:00:00+08:00",
    "until": "2026-03-02T20:00:00+08:00",
    "scope": {"stages": ["pickup"], "modes": ["rail"], "categories": ["reefer"]},
    "party": "customs", "journey_s": 3600, "supersedes": "m0", "retracts": "m9",
    "precision": "minute", "reason": "fog", "extra": {},
}  # fmt: skip


KNOWN = {name: value for name, value in MOVE.items() if name != "extra"}
"""A message without anything that a gist leaves out, which is decoded at once."""


def written(message: Any, *, escaped: bool = False) -> bytes:
    return json.dumps(message, ensure_ascii=escaped).encode()


# --- what a gist must be


def is_gist_of(found: Gist, fact: Event) -> None:
    """Every known field, with its very type: `True` is no `1`."""
    pairs = [(getattr(found, name), getattr(fact, name)) for name in WORDS]
    pairs += [(getattr(found, f"{name.removesuffix('_at')}_s"), epoch(getattr(fact, name)))
              for name in INSTANTS]  # fmt: skip
    for name in OBJECTS:
        mine, other = getattr(found, name), getattr(fact, name)
        assert (mine is None) == (other is None), name
        fields = mine.__struct_fields__ if mine is not None else ()
        pairs += [(getattr(mine, field), getattr(other, field)) for field in fields]
    for mine, other in pairs:
        assert (mine, type(mine)) == (other, type(other))
    assert spelled(found) == fact.scope
    assert found.occurred_s == fact.occurred_s
    if not isinstance(found, Excerpt):
        assert encode(found) == encode(fact)


def epoch(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def spelled(found: Gist) -> dict[str, Any] | None:
    """The scope as the event has it: one spelling, without nulls."""
    if (scope := found.scope) is None:
        return None
    words = {"stages": scope.all_stages, "categories": scope.categories, "modes": scope.modes}
    return {name: said for name, said in words.items() if said}


def is_read_alike(data: bytes, received_at: datetime | None = None) -> Gist | None:
    """The law of this module. What names one unit, and no place, is taken; nothing else is."""
    found = gist_of(data, None if received_at is None else int(received_at.timestamp()))
    facts = heard(decode, data, received_at)
    if isinstance(facts, Refusal):
        assert found is None
        assert heard(read, data, received_at) == facts
        return None
    plain = len(facts) == 1 and facts[0].unit.type is not UnitType.PLACE
    if not plain or json.loads(data).get("units") is not None:
        assert found is None
        all_are_read_alike(read(data, received_at=received_at), facts)
        return None
    assert found is not None
    is_gist_of(found, facts[0])
    assert read(data, received_at=received_at) == (found,)
    return found


def heard(reader: Any, data: bytes, received_at: datetime | None) -> Any:
    """What a reader makes of a message, or why it refuses it."""
    try:
        return reader(data, received_at=received_at)
    except InvalidEvent as invalid:
        return invalid.refusal


def all_are_read_alike(found: Sequence[Reported], facts: Sequence[Event]) -> None:
    """As events, or each of them as its gist."""
    assert len(found) == len(facts)
    for one, fact in zip(found, facts, strict=True):
        if isinstance(one, Gist):
            is_gist_of(one, fact)
        else:
            assert one == fact


# --- whatever comes


@patiently
@given(data=st.data(), escaped=st.booleans())
def test_whatever_keeps_the_contract_is_read_alike(
    data: st.DataObject, accepted_messages: st.SearchStrategy[dict[str, Any]], escaped: bool
) -> None:
    is_read_alike(written(data.draw(accepted_messages), escaped=escaped))


@patiently
@given(data=st.data(), name=st.sampled_from([*MOVE, "units", "later"]))
def test_anything_in_any_field_is_read_alike(
    data: st.DataObject, any_json: st.SearchStrategy[Any], name: str
) -> None:
    is_read_alike(written({**KNOWN, name: data.draw(any_json)}), at("10:00"))


@patiently
@given(
    data=st.data(),
    field=st.sampled_from([(n, f) for n, o in MOVE.items() if isinstance(o, dict) for f in o]),
)
def test_anything_in_any_inner_field_is_read_alike(
    data: st.DataObject, any_json: st.SearchStrategy[Any], field: tuple[str, str]
) -> None:
    outer, inner = field
    is_read_alike(written({**KNOWN, outer: {**MOVE[outer], inner: data.draw(any_json)}}))


@patiently
@given(
    data=st.sampled_from([*EXAMPLES, written(MOVE), written(KNOWN)]),
    where=st.floats(0, 1, exclude_max=True),
    cut=st.integers(0, 3),
    put=st.binary(max_size=3) | st.sampled_from([b"\\", b'"', b"{", b"\\u", b"\\ud800", b"\xff"]),
)
def test_a_damaged_message_is_read_alike(data: bytes, where: float, cut: int, put: bytes) -> None:
    place = int(len(data) * where)
    is_read_alike(data[:place] + put + data[place + cut :])


@patiently
@given(
    data=st.sampled_from([*EXAMPLES, written(MOVE), written(KNOWN)]),
    one=st.floats(0, 1, exclude_max=True),
    other=st.floats(0, 1, exclude_max=True),
)
def test_fields_that_are_said_twice_are_read_alike(data: bytes, one: float, other: float) -> None:
    pieces = data.split(b",")
    first, second = pieces[int(len(pieces) * one)], pieces[int(len(pieces) * other)]
    is_read_alike(data.replace(first, first + b"," + second, 1))


@patiently
@given(
    text=st.text(max_size=70),
    name=st.sampled_from(["event_id", "source", "reason", "supersedes", "retracts"]),
)
def test_any_text_in_a_field_is_read_alike(text: str, name: str) -> None:
    is_read_alike(written({**KNOWN, name: text}))


@patiently
@given(
    text=st.text(max_size=70) | st.from_regex(r"[A-Z]{3}[UJZR][0-9]{7}", fullmatch=True),
    kind=st.sampled_from(UnitType),
)
def test_any_text_as_a_unit_is_read_alike(text: str, kind: UnitType) -> None:
    is_read_alike(written({**KNOWN, "unit": {"type": kind, "id": text}}))


@patiently
@given(st.text(max_size=66))
@example("pick up")
@example("")
def test_any_text_as_a_stage_is_read_alike(text: str) -> None:
    for scope in ({"stage": text}, {"stages": [text]}, {"stages": ["pickup", text]}):
        is_read_alike(written({**KNOWN, "scope": scope}))


@patiently
@given(st.text(max_size=6) | st.from_regex(r"[A-Z2-9]{4,6}", fullmatch=True))
def test_any_text_as_a_port_a_facility_and_a_size_is_read_alike(text: str) -> None:
    is_read_alike(written({**KNOWN, "place": {"port": text}}))
    is_read_alike(written({**KNOWN, "place": {"port": "CNLYG", "facility": text}}))
    is_read_alike(written({**KNOWN, "cargo": {"size_type": text}}))


@pytest.mark.parametrize("one", examples(), ids=lambda one: f"{one.folder}-{one.name}")
def test_every_example_is_read_alike(one: Any) -> None:
    is_read_alike(one.data)


def test_a_hostile_port_is_read_alike_and_nearly_all_of_it_on_the_near_road() -> None:
    sent = [(one.value, one.sent_at) for one in traffic(150, 7)]
    near = sum(is_read_alike(value, sent_at) is not None for value, sent_at in sent)
    assert near / len(sent) > 0.97


# --- messages that name many units


MANY: dict[str, Any] = {
    **{name: value for name, value in KNOWN.items() if name != "unit"},
    "units": [{"type": "container", "id": box(n)} for n in range(3)],
}


@patiently
@given(data=st.data(), name=st.sampled_from(sorted({*MANY, "unit"})))
def test_anything_in_any_field_of_many_is_read_alike(
    data: st.DataObject, any_json: st.SearchStrategy[Any], name: str
) -> None:
    is_read_alike(written({**MANY, name: data.draw(any_json)}), at("10:00"))


def test_of_many_units_each_has_its_own_gist() -> None:
    data = written(MANY)
    found = gists_of(data, None)
    assert [one.event_id for one in found] == [f"m1/{box(n)}" for n in range(3)]
    assert tuple(decode(encode(one))[0] for one in found) == decode(data)
    assert read(data) == found


@pytest.mark.parametrize(
    "units",
    [
        [MANY["units"][0], {"type": "container", "id": "CSQU3054384"}],
        [MANY["units"][0], {**MANY["units"][1], "seal": "x"}],
        [MANY["units"][0], {"type": "place", "id": "CNLYG"}],
        [MANY["units"][0], None],
        [{"type": "lot", "id": "x" * 64}, {"type": "lot", "id": "a/b"}],
        [],
    ],
)
def test_of_many_units_all_are_plain_or_none(units: Any) -> None:
    assert gists_of(written({**MANY, "units": units}), None) == ()
    is_read_alike(written({**MANY, "units": units}))


def test_of_many_units_none_is_reported_before_it_happened() -> None:
    received_s = int(at("09:55:04").timestamp())
    assert gists_of(written(MANY), received_s)
    assert gists_of(written(MANY), received_s - 1) == ()


# --- bytes that only look alike


EXTRA = '"extra": {}'
DAMAGES = [
    ('"m1"', '"m\\u0031"'), ('"m1"', '"m\\ud800"'), ('"m1"', '"m\x00"'), ('"m1"', '"m\x7f"'),
    ('"source"', '"s\\u006furce"'), ("21300", "21300.0"), ("21300", "2.13e4"), ("21300", "-0"),
    ("21300", "021300"), ("21300", "1" + "0" * 30), ('"fog"', '"f\\n\\"og/\\\\"'),
    ('"fog"', '"台风 🌀"'), ('"precision": "minute"', '"precision": null'),
    ('"facility": "LPCT"', '"facility": null, "seal": "x"'),
    ('"modes": ["rail"]', '"modes": ["rail"], "port": "CNLYG"'),
    (EXTRA, '"extra": {"n": 1e999}'), (EXTRA, '"extra": {"n": NaN}'), (EXTRA, '"extra": null'),
    (EXTRA, '"extra": {"n": "\\udc00"}'), (EXTRA, '"extra": []'), (EXTRA, '"units": null'),
    (EXTRA, '"later": {"n": [1, {}]}'), (EXTRA, '"units": []'), (EXTRA, '"reason": "fog"'),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), DAMAGES)
def test_bytes_that_look_much_alike_are_read_alike(one: str, other: str) -> None:
    text = written(MOVE).decode()
    assert one in text
    is_read_alike(text.replace(one, other).encode())


@pytest.mark.parametrize("frame", ["\ufeff{}", "\n\t {} \r\n", "{}}}", "{{{}", "[{}]", "{}\x00"])
def test_what_stands_around_a_message_is_read_alike(frame: str) -> None:
    for message in (MOVE, KNOWN):
        is_read_alike(frame.format(written(message).decode()).encode())


def test_no_value_is_no_gist() -> None:
    assert gist_of(None, None) is None
    with pytest.raises(InvalidEvent) as refused:
        read(None)
    assert refused.value.refusal.reason is Reason.EMPTY


def test_the_bounds_of_a_message_hold_on_the_near_road() -> None:
    for data in (written(MOVE), written(KNOWN)):
        room = MESSAGE_BYTES_MAX - len(data)
        for more, taken in ((0, True), (1, False)):
            assert (is_read_alike(data + b" " * (room + more)) is not None) is taken
    for depth, taken in ((NESTING_MAX - 2, True), (NESTING_MAX - 1, False)):
        nested: Any = 1
        for _ in range(depth):
            nested = [nested]
        found = is_read_alike(written({**MOVE, "extra": {"deep": nested}}))
        assert (found is not None) is taken


def test_every_name_that_is_taken_untried_keeps_the_pattern() -> None:
    points = (chr(point) for point in range(0x110000))
    near = [one for one in points if one.isprintable() and one != " "]
    fits = reading._names.fits
    assert len(near) > 100_000
    assert [one for one in near if fits(one) is None] == []
    assert fits("") is None


# --- clocks

SECOND = timedelta(seconds=1)


@patiently
@given(
    occurred=st.integers(-700, 700),
    recorded=st.none() | st.integers(-700, 700),
    received_ms=st.none() | st.integers(-700_000, 700_000),
)
@example(300, 0, None)
@example(301, 0, None)
@example(300, None, 0)
@example(301, None, 999)
@example(0, 300, 0)
@example(0, 301, 0)
def test_a_clock_that_runs_ahead_is_noticed_alike(
    occurred: int, recorded: int | None, received_ms: int | None
) -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    fields: dict[str, Any] = {} if recorded is None else {"recorded_at": noon + recorded * SECOND}
    received_at = None if received_ms is None else noon + timedelta(milliseconds=received_ms)
    is_read_alike(encode(event("move-ended", noon + occurred * SECOND, **fields)), received_at)


@pytest.mark.parametrize("until", ["17:59:59", "18:00", "18:00:01"])
def test_what_was_booked_ends_after_it_begins_on_the_near_road_too(until: str) -> None:
    data = encode(event("overtime-booked", "10:00")).removesuffix(b"}")
    span = f', "at": "2026-03-02T18:00+08:00", "until": "2026-03-02T{until}+08:00"}}'
    is_read_alike(data + span.encode())


# --- what is remembered


def test_words_are_remembered_up_to_a_bound_and_wrong_ones_never() -> None:
    good = reading._Good(NAME)
    for n in range(WORDS_KEPT + 10):
        assert good.learns(f"source-{n}")
        assert not good.learns(f"source {n}")
        assert len(good.known) <= WORDS_KEPT
    assert f"source-{WORDS_KEPT + 9}" in good.known
    assert None in good.known
    assert not reading._Good(UNIT_ID).learns("a/b")
    assert not good.learns(None)


def test_a_word_of_one_form_is_not_taken_for_a_word_of_another() -> None:
    for text in ("CNLYG", "LPCT", "45G1", "lyg-tos"):
        is_read_alike(written({**MOVE, "source": text, "place": {"port": "CNLYG"}}))
        is_read_alike(written({**MOVE, "place": {"port": text, "facility": text}}))
        is_read_alike(written({**MOVE, "cargo": {"size_type": text}}))


def test_a_message_with_fields_that_nobody_knows_is_taken_without_an_event(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unit = {**MOVE["unit"], "seal": "CN8841207"}
    data = written({**MOVE, "unit": unit, "later": [None, {"n": 1e300}], "reason": None})
    expected = is_read_alike(data)
    assert isinstance(expected, Excerpt)
    monkeypatch.setattr(reading, "decode", None)
    assert read(data) == (expected,)

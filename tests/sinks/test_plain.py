"""The row of a plain event is the model's row, or none; and what is plain goes by the near road."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import from_json, to_json

from events.codec import encode
from events.envelope import Event
from events.testing import box, event, examples
from events.topics import EVENT_TOPICS
from sinks import plain
from sinks.accepted import Omitted, accepted, event_row, plain_record
from sinks.plain import PlainEvent, plain_row
from sinks.testing import of_two_boxes

Row = tuple[Any, ...]
STAMP_MS = 1_772_416_800_000
_WHOLE = event(
    "gated-out", "10:30", unit=box(1), spot="A1", direction="import", precision="minute",
    recorded_at="2026-03-02T10:31:00+08:00", at="2026-03-02T10:40:00+08:00",
    until="2026-03-02T11:40:00+08:00", journey_s=60, party="customs", reason="台风 \"\\\x01\x7f",
    cargo={"size_type": "45G1", "laden": True, "category": "general", "weight_kg": 9},
    customs={"declaration": "D/1", "advance": False, "channel": "é\n", "trader": "3207960123"},
    refs={"voyage": "V", "service": "S", "train": "T", "bill": "B", "truck": "K", "operator": "O"},
    supersedes="older",
)  # fmt: skip
_PLAIN = [
    encode(_WHOLE),
    *(
        example.data
        for example in examples(*(topic.name for topic in EVENT_TOPICS))
        if not from_json(example.data).keys() & {"units", "extra", "scope"}
        and from_json(example.data)["unit"]["type"] != "place"
    ),
]
_OTHERS = [
    *(example.data for example in examples(*(topic.name for topic in EVENT_TOPICS), "refused")),
    of_two_boxes(),
]


def _by_model(value: bytes, headers: Any = (), stamp_ms: int | None = STAMP_MS) -> Row | Omitted:
    found = accepted(value, headers, stamp_ms)
    return found if isinstance(found, Omitted) else event_row(found, 7)


@pytest.mark.parametrize("value", _PLAIN, ids=lambda value: from_json(value)["event_id"])
def test_plain_event_goes_by_the_near_road_to_the_same_row(value: bytes) -> None:
    row = plain_record(value, None, 7)
    assert row is not None
    assert row == _by_model(value, stamp_ms=None)
    assert [type(field) for field in row] == [
        type(field) for field in _by_model(value, stamp_ms=None)
    ]


_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2**65),
    st.floats(allow_nan=False),
    st.text(max_size=6),
    st.sampled_from(
        [
            "2026-03-02T10:30:00.9+08:00", "2026-03-02T10:30Z", "2026-03-02T10:30:00",
            "1990-01-01T07:59:59+08:00", "2199-12-31T23:59:59Z", "minute", "day", "customs",
            {"type": "container", "id": box(2)}, {"type": "container", "id": "PCKU0000012"},
            {"type": "lot", "id": "L 1"}, {"type": "lot", "id": "货"}, {"type": "place", "id": "P"},
            {"type": "lot", "id": "L1", "seal": None}, {"type": "lot", "id": "L1", "seal": 1},
            {"port": "CNLYG", "facility": None}, {"port": "CNLYG", "spot": "é\u2028"},
            {"laden": None, "weight_kg": 0}, {}, {"truck": ""}, [], {"stage": "pickup"},
            [{"type": "lot", "id": "L1"}],
        ]
    ),
)  # fmt: skip


@st.composite
def _bent(draw: st.DrawFn) -> bytes:
    """A message of a sender, with fields changed, dropped or added, perhaps a byte damaged."""
    value = draw(st.sampled_from([*_PLAIN, *_OTHERS]))
    try:
        said = from_json(value)
    except ValueError:
        return value
    if isinstance(said, dict):
        names = [*Event.model_fields, "units", "news"]
        for name in draw(st.lists(st.sampled_from(names), max_size=2)):
            if draw(st.booleans()):
                said[name] = draw(_VALUES)
            else:
                said.pop(name, None)
    bent = bytearray(to_json(said))
    if draw(st.booleans()):
        bent[draw(st.integers(0, len(bent) - 1))] = draw(st.integers(0, 255))
    return bytes(bent)


_HEADERS = st.lists(
    st.sampled_from([(name, b"x/0/1") for name in ("split-of", "copy-of", "replay-of", "trace")]),
    max_size=2,
)
_STAMPS = st.sampled_from([None, -1, 0, 1, STAMP_MS, STAMP_MS + 10**8, 4 * 10**12, 10**15])


@given(_bent(), _HEADERS, _STAMPS)
def test_plain_row_is_the_models_row_or_none(
    value: bytes, headers: list[tuple[str, bytes]], stamp_ms: int | None
) -> None:
    row = plain_record(value, stamp_ms, 7)
    assert row is None or row == _by_model(value, headers, stamp_ms)


def test_fields_stand_in_the_order_of_the_normal_form() -> None:
    named = [name for name in Event.model_fields if name not in ("scope", "extra")]
    assert list(PlainEvent.__struct_fields__) == named


def test_moments_are_kept_within_their_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "MOMENTS_KEPT", 2)
    plain._moments.clear()
    rows = [
        plain_row(encode(event("gated-out", f"10:3{n}", unit=box(1))), None, 7) for n in range(5)
    ]
    assert None not in rows
    assert len(plain._moments) <= 2

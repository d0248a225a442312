"""A compiled row is the model's row, or none: whatever is told, damaged or left out."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic_core import from_json, to_json

from events.codec import encode
from events.envelope import Unit
from events.outcomes import Alert, AppliedLimit, Because, EventFate, Outcome
from events.testing import alert, box, event, examples, fate, outcome
from events.vocabulary import Cause, Direction, Fate, Mode, Party, UnitType, Verdict
from sinks import compiled
from sinks.rows import alert_row, fate_row, outcome_row

Row = tuple[Any, ...]


def _by_model(topic: str, value: bytes) -> Row | None:
    """The row by way of the contract's model; None if it refuses."""
    try:
        if topic == "stage-dwells":
            return outcome_row(Outcome.model_validate_json(value), 7)
        if topic == "limit-alerts":
            return alert_row(Alert.model_validate_json(value), 7)
        return fate_row(EventFate.model_validate_json(value), 7)
    except ValueError:
        return None


_READ: dict[str, Callable[[bytes, int], Row | None]] = {
    "stage-dwells": compiled.outcome_row,
    "limit-alerts": compiled.alert_row,
    "event-fates": compiled.fate_row,
}
_TOLD = [
    *(("stage-dwells", encode(outcome("box-move", "10:00", "10:30", unit=box(1), **fields)))
      for fields in ({}, {"verdict": "void"}, {"flags": ["inferred-close"], "facility": None},
                     {"cause": {"what": "time", "id": None}, "direction": None},
                     {"held_s": {"customs": 60}, "split_s": {"customs": 60, "terminal": 1740}})),
    ("limit-alerts", encode(alert("box-move", "at-risk", "10:20"))),
    ("limit-alerts", encode(alert("box-move", "breached", "10:30", cause={"what": "event",
                                                                          "id": "a/b"}))),
    ("event-fates", encode(fate(event("move-ended", "10:30", unit=box(1)), visit_id="v"))),
    ("event-fates", encode(fate(event("move-ended", "10:30", unit=box(1)), became="kept"))),
    *((topic, example.data) for topic in _READ for example in examples(topic)),
]  # fmt: skip


def _exactly(row: Row | None) -> Any:
    """With the types, since 1 is True and an enumeration's member is its text."""
    return None if row is None else [(type(field), field) for field in row]


@pytest.mark.parametrize(("topic", "value"), _TOLD)
def test_what_we_publish_is_read_by_the_compiled_road_to_the_same_row(
    topic: str, value: bytes
) -> None:
    assert _exactly(_READ[topic](value, 7)) == _exactly(_by_model(topic, value)) is not None


_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2**65),
    st.floats(allow_nan=False),
    st.text(max_size=5),
    st.sampled_from(
        [
            *(UnitType), *(Mode), *(Direction), *(Party), *(Verdict), *(Fate), *(Cause), "all", "",
            "2026-03-02T10:30:00+08:00", "2026-03-02T02:30:00.5Z", "2026-03-02T02:30Z",
            "2026-03-02T02:30:00", "2026-02-30T02:30:00Z", "2500-01-01T00:00:00Z", "at noon",
            "CNLYG/x/20260302T001500Z", "CNLYG/x", "CNLYG/x/20260332T001500Z",
            [], ["a"], [1], {}, {"customs": 5}, {"customs": -1}, {"nobody": 5},
            {"type": "container", "id": box(2)}, {"type": "container", "id": "PCKU0000012"},
            {"type": "lot", "id": "a b"}, {"type": "lot", "id": " "}, {"type": "lot", "id": ""},
            {"type": "lot", "id": "L1", "seal": "7"}, {"id": "L1"}, {"type": "place", "id": "P"},
            {"id": "", "edition": "e", "kind": "k", "limit_s": 1},
            {"id": "i", "edition": "e", "kind": "k", "limit_s": 1.0},
        ]
    ),
)  # fmt: skip


@st.composite
def _bent(draw: st.DrawFn) -> tuple[str, bytes]:
    """What we publish, with fields changed, dropped or added, and perhaps a byte of it damaged."""
    topic, value = draw(st.sampled_from(_TOLD))
    said = from_json(value)
    for name in draw(st.lists(st.sampled_from([*said, "news"]), max_size=2)):
        if draw(st.booleans()) or name not in said:
            said[name] = draw(_VALUES)
        else:
            del said[name]
    bent = bytearray(to_json(said))
    if draw(st.booleans()):
        bent[draw(st.integers(0, len(bent) - 1))] = draw(st.integers(0, 255))
    return topic, bytes(bent)


@given(_bent())
def test_compiled_row_is_the_models_row_or_none(bent: tuple[str, bytes]) -> None:
    topic, value = bent
    row = _READ[topic](value, 7)
    assert row is None or _exactly(row) == _exactly(_by_model(topic, value))


@pytest.mark.parametrize(
    "fields",
    [
        {"unit": {"type": "container", "id": "PCKU0000012"}},
        {"unit": {"type": "lot", "id": ""}},
        {"limit": {"id": "", "edition": "e", "kind": "k", "limit_s": 1}},
        {"visit_id": "CNLYG/x"},
        {"opened_at": "2026-03-02T02:30:00"},
        {"closed_at": "2026-02-30T02:30:00Z"},
        {"news": 1},
        {"occurrence": 0},
        {"gross_s": -1},
        {"answers": "nobody"},
    ],
    ids=str,
)
def test_what_the_model_must_refuse_or_know_more_of_is_left_to_it(fields: dict[str, Any]) -> None:
    said = from_json(encode(outcome("box-move", "10:00", "10:30", unit=box(1))))
    assert compiled.outcome_row(to_json({**said, **fields}), 7) is None


@pytest.mark.parametrize(
    ("shape", "model"),
    [
        (compiled.OutcomeShape, Outcome),
        (compiled.AlertShape, Alert),
        (compiled.FateShape, EventFate),
        (compiled.LimitShape, AppliedLimit),
        (compiled.CauseShape, Because),
        (compiled.UnitShape, Unit),
    ],
)
def test_shapes_have_the_fields_of_their_models_and_no_others(
    shape: type[msgspec.Struct], model: type[BaseModel]
) -> None:
    fields = msgspec.structs.fields(shape)
    assert [field.name for field in fields] == list(model.model_fields)
    assert [field.required for field in fields] == [
        field.is_required() for field in model.model_fields.values()
    ]


def test_meanings_are_kept_within_their_bound_and_refused_texts_are_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compiled, "KNOWN_MAX", 3)
    asked: list[str] = []

    def read(text: str) -> int:
        asked.append(text)
        return int(text)

    known = compiled.Known(read)
    assert [known[text] for text in ("1", "2", "1", "3", "1")] == [1, 2, 1, 3, 1]
    assert asked == ["1", "2", "3"]
    with pytest.raises(ValueError, match="four"):
        known["four"]
    assert known["4"] == 4
    assert len(known) == 1

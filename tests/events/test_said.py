"""What goes out, in brief: the bytes of the models, and plain shapes that are written as these."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from events.codec import canonical, encode
from events.envelope import Unit
from events.outcomes import Alert, AppliedLimit, Because, EventFate, Outcome
from events.said import (
    SILENCE,
    PlainAlert,
    PlainCause,
    PlainFate,
    PlainLimit,
    PlainOutcome,
    PlainUnit,
    SaidAlert,
    SaidFate,
    SaidOutcome,
    Words,
    uncaused,
    write,
)
from events.testing import Example, alert, event, examples, fate, outcome
from events.vocabulary import AlertState, Fate, UnitType, Verdict

PLAIN: dict[type[BaseModel], type[msgspec.Struct]] = {
    Outcome: PlainOutcome,
    Alert: PlainAlert,
    EventFate: PlainFate,
    Unit: PlainUnit,
    AppliedLimit: PlainLimit,
    Because: PlainCause,
}
SHAPES: dict[str, type[BaseModel]] = {
    "stage-dwells": Outcome,
    "limit-alerts": Alert,
    "event-fates": EventFate,
}


@pytest.mark.parametrize(("model", "plain"), PLAIN.items(), ids=lambda shape: shape.__name__)
def test_a_plain_shape_has_the_fields_of_its_model_in_their_order(
    model: type[BaseModel], plain: type[msgspec.Struct]
) -> None:
    assert plain.__struct_fields__ == tuple(model.model_fields)


@pytest.mark.parametrize("example", examples(*SHAPES), ids=lambda each: each.name)
def test_a_plain_shape_is_written_as_its_model(example: Example) -> None:
    model = SHAPES[example.folder].model_validate_json(example.data)
    assert write(_plain(model)) == encode(model)


def _plain(model: BaseModel) -> msgspec.Struct:
    """The same without a model: what is nested too, and instants as they are written."""
    written = model.model_dump(mode="json")
    inside = {
        name: _plain(value) if isinstance(value, BaseModel) else written[name]
        for name, value in model
    }
    return PLAIN[type(model)](**inside)


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_is_written_as_a_model_writes_it(text: str) -> None:
    assert _fate_in(text) == _fate_of(text)


def test_no_character_is_written_otherwise() -> None:
    for code in (*range(0x300), 0x2028, 0x2029, 0xFEFF, 0xFFFF, 0x1F6A2, 0x10FFFF):
        assert _fate_in(f"a{chr(code)}b") == _fate_of(f"a{chr(code)}b")


def _fate_in(text: str) -> bytes:
    unit = PlainUnit(UnitType.LOT, text)
    return write(PlainFate(text, text, text, unit, Fate.KEPT, text))


def _fate_of(text: str) -> bytes:
    said: dict[str, Any] = dict.fromkeys(("source", "event_id", "port", "visit_id"), text)
    unit = Unit.model_construct(type=UnitType.LOT, id=text)
    return encode(EventFate(unit=unit, fate=Fate.KEPT, **said))


@given(st.integers(-(2**63), 2**64 - 1))
def test_any_number_is_written_as_a_model_writes_it(number: int) -> None:
    model = AppliedLimit.model_construct(id="a", edition="b", kind="c", limit_s=number)
    assert write(PlainLimit("a", "b", "c", number)) == encode(model)


def test_half_a_character_cannot_be_said() -> None:
    for say in (_fate_in, _fate_of):
        with pytest.raises(ValueError, match=r"surrogate|utf-8"):
            say("\ud800")


@pytest.mark.parametrize("example", examples("stage-dwells"), ids=lambda each: each.name)
def test_an_outcome_goes_out_as_its_model_is_written(example: Example) -> None:
    model = Outcome.model_validate_json(example.data)
    said = SaidOutcome.of(model)
    assert said == SaidOutcome(
        model.visit_id.encode(), model.model_dump_json().encode(), model.verdict
    )


@pytest.mark.parametrize("example", examples("limit-alerts"), ids=lambda each: each.name)
def test_an_alert_goes_out_as_its_model_is_written(example: Example) -> None:
    model = Alert.model_validate_json(example.data)
    said = SaidAlert.of(model)
    assert said == SaidAlert(model.visit_id.encode(), model.model_dump_json().encode(), model.state)


@pytest.mark.parametrize("example", examples("event-fates"), ids=lambda each: each.name)
def test_a_fate_goes_out_as_its_model_is_written(example: Example) -> None:
    model = EventFate.model_validate_json(example.data)
    said = SaidFate.of(model)
    assert said == SaidFate(model.unit.id.encode(), model.model_dump_json().encode(), model.fate)


@pytest.mark.parametrize("example", examples("stage-dwells"), ids=lambda each: each.name)
def test_outcomes_without_a_cause_are_compared_by_their_bytes(example: Example) -> None:
    told = Outcome.model_validate_json(example.data)
    assert uncaused(encode(told.model_copy(update={"cause": None}))) == canonical(told)


def test_an_outcome_with_a_cause_is_not_mistaken_for_one_without() -> None:
    with pytest.raises(ValueError, match="no cause"):
        uncaused(encode(outcome("pickup", "09:00")))


def test_words_of_models_keep_their_order() -> None:
    outcomes = [outcome("pickup", "09:00", verdict="open"), outcome("pickup", "09:00", "09:30")]
    fates = [fate(event("arrived", "08:00"), "kept"), fate(event("discharged", "09:00"))]
    words = Words.of(outcomes, [alert("pickup", "breached", "10:00")], fates)
    assert [said.verdict for said in words.outcomes] == [Verdict.OPEN, Verdict.NO_LIMIT]
    assert [said.state for said in words.alerts] == [AlertState.BREACHED]
    assert [said.fate for said in words.fates] == [Fate.KEPT, Fate.JUDGED]


def test_silence_says_nothing() -> None:
    assert (*SILENCE.outcomes, *SILENCE.alerts, *SILENCE.fates) == ()
    assert Words.of() == SILENCE

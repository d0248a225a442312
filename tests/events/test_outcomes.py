"""What we publish: closed shapes that are written and read the same."""

import json
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from events.codec import encode
from events.outcomes import Alert, EventFate, Outcome, Tick
from events.testing import Example, examples, outcome
from events.vocabulary import AlertState, Fate, Verdict

SHAPES: dict[str, type[BaseModel]] = {
    "stage-dwells": Outcome,
    "limit-alerts": Alert,
    "event-fates": EventFate,
    "ticks": Tick,
}


@pytest.mark.parametrize("example", examples(*SHAPES), ids=lambda example: example.name)
def test_an_example_is_written_as_it_was_read(example: Example) -> None:
    read = SHAPES[example.folder].model_validate_json(example.data)
    assert json.loads(encode(read)) == json.loads(example.data)


@pytest.mark.parametrize(
    ("folder", "words"),
    [("stage-dwells", Verdict), ("limit-alerts", AlertState), ("event-fates", Fate)],
)
def test_every_verdict_state_and_fate_has_an_example(folder: str, words: Any) -> None:
    field = {"stage-dwells": "verdict", "limit-alerts": "state", "event-fates": "fate"}[folder]
    for example in examples(folder):
        assert json.loads(example.data)[field] == example.word
    assert {example.word for example in examples(folder)} == set(words)


def test_a_field_that_nobody_declared_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        outcome("box-move", "10:00", "10:30", colour="red")


@pytest.mark.parametrize(
    "fields",
    [
        {"gross_s": -1},
        {"gross_s": "1800"},
        {"gross_s": 1800.0},
        {"occurrence": 0},
        {"revision": 0},
        {"held_s": {"nobody": 5}},
        {"held_s": {"customs": -5}},
        {"verdict": "good"},
        {"answers": "everybody"},
        {"opened_at": "2026-03-02T10:00:00"},
    ],
)
def test_an_outcome_without_sense_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        outcome("box-move", "10:00", "10:30", **fields)


def test_a_stage_may_be_answered_for_by_all() -> None:
    assert outcome("overall-clearance", "10:00", "10:30", answers="all").answers == "all"


def test_the_fields_of_an_outcome_keep_their_order() -> None:
    written = list(json.loads(encode(outcome("box-move", "10:00"))))
    assert written == list(Outcome.model_fields)

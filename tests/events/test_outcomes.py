"""What we publish: closed shapes that are written and read the same."""

import json
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from events.alerts import AlertDeed, Delivery
from events.codec import encode
from events.outcomes import Alert, Because, EventFate, Outcome, Tick
from events.testing import Example, examples, outcome
from events.vocabulary import AlertState, Cause, Deed, DeliveryState, Fate, Verdict

SHAPES: dict[str, type[BaseModel]] = {
    "stage-dwells": Outcome,
    "limit-alerts": Alert,
    "event-fates": EventFate,
    "ticks": Tick,
    "alert-deeds": AlertDeed,
    "alert-deliveries": Delivery,
}


@pytest.mark.parametrize("example", examples(*SHAPES), ids=lambda example: example.name)
def test_an_example_is_written_as_it_was_read(example: Example) -> None:
    read = SHAPES[example.folder].model_validate_json(example.data)
    assert json.loads(encode(read)) == json.loads(example.data)


@pytest.mark.parametrize(
    ("folder", "field", "words"),
    [
        ("stage-dwells", "verdict", Verdict),
        ("limit-alerts", "state", AlertState),
        ("event-fates", "fate", Fate),
        ("alert-deeds", "deed", Deed),
        ("alert-deliveries", "state", DeliveryState),
    ],
)
def test_every_verdict_state_fate_and_deed_has_an_example(
    folder: str, field: str, words: Any
) -> None:
    for example in examples(folder):
        assert json.loads(example.data)[field] == example.word
    assert {example.word for example in examples(folder)} == set(words)


OUTCOMES = [Outcome.model_validate_json(each.data) for each in examples("stage-dwells")]


def test_every_cause_has_an_example_and_only_time_has_no_id() -> None:
    causes = [outcome.cause for outcome in OUTCOMES if outcome.cause]
    assert {cause.what for cause in causes} == set(Cause)
    assert {cause.what for cause in causes if cause.id is None} == {Cause.TIME}
    assert outcome("box-move", "10:00", cause=None).cause is None


@pytest.mark.parametrize("told", OUTCOMES, ids=lambda told: f"{told.stage} {told.verdict}")
def test_the_split_of_an_example_sums_to_its_gross(told: Outcome) -> None:
    assert sum(told.split_s.values()) == (told.gross_s or 0)
    assert told.split_s.items() >= told.held_s.items()


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
        {"split_s": {"all": 1800}},
        {"split_s": {"customs": 0.5}},
        {"split_s": None},
        {"cause": {"what": "chance", "id": None}},
        {"cause": {"what": "time"}},
        {"cause": "time"},
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


def test_a_cause_says_what_and_which() -> None:
    told = outcome("box-move", "10:00", cause={"what": "event", "id": "lyg-tos/e1"})
    assert told.cause == Because(what=Cause.EVENT, id="lyg-tos/e1")


def test_the_fields_of_an_outcome_keep_their_order() -> None:
    written = list(json.loads(encode(outcome("box-move", "10:00"))))
    assert written == list(Outcome.model_fields)

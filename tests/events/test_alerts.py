"""Deeds and deliveries: what an incident is, and which deeds say too little to be one."""

from typing import Any

import pytest
from pydantic import ValidationError

from events.alerts import INCIDENTS_MAX, TEXT_MAX, AlertDeed, Delivery, incident_of
from events.outcomes import Alert
from events.testing import alert, examples

DEEDS = {
    each.word: AlertDeed.model_validate_json(each.data).model_dump()
    for each in examples("alert-deeds")
}
DELIVERIES = {
    each.word: Delivery.model_validate_json(each.data).model_dump()
    for each in examples("alert-deliveries")
}


def test_all_states_of_one_stage_under_one_limit_are_one_incident() -> None:
    told = [Alert.model_validate_json(each.data) for each in examples("limit-alerts")]
    (incident,) = {incident_of(one) for one in told}
    assert {one.alert_id for one in told} == {f"{incident}/{one.state}" for one in told}
    assert {deed["incident"] for deed in DEEDS.values()} == {incident}


def test_another_occurrence_is_another_incident() -> None:
    first, second = (alert("box-move", "breached", "10:00", occurrence=n) for n in (1, 2))
    assert incident_of(first) != incident_of(second)


@pytest.mark.parametrize(
    ("deed", "fields"),
    [
        ("assigned", {"to": None}),
        ("escalated", {"to": None}),
        ("commented", {"text": None}),
        ("commented", {"text": ""}),
        ("commented", {"text": "x" * (TEXT_MAX + 1)}),
        ("acknowledged", {"by": ""}),
        ("acknowledged", {"deed": "forgotten"}),
        ("acknowledged", {"at": "2026-03-02T10:00:00"}),
        ("acknowledged", {"mood": "good"}),
    ],
)
def test_deed_that_says_too_little_or_too_much_is_refused(
    deed: str, fields: dict[str, Any]
) -> None:
    assert AlertDeed.model_validate(DEEDS[deed])
    with pytest.raises(ValidationError):
        AlertDeed.model_validate({**DEEDS[deed], **fields})


def test_acknowledgement_needs_neither_words_nor_another() -> None:
    told = AlertDeed.model_validate(DEEDS["acknowledged"])
    assert (told.to, told.text) == (None, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"incidents": []},
        {"incidents": ["i"] * (INCIDENTS_MAX + 1)},
        {"attempts": -1},
        {"alerts": 0},
        {"state": "lost"},
    ],
)
def test_delivery_without_sense_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Delivery.model_validate({**DELIVERIES["delivered"], **fields})

"""The schemas say what the models say, and no more than they can.

What a schema cannot say is listed in BEYOND_A_SCHEMA, and the list is held in both directions.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError, validators
from pydantic import BaseModel, TypeAdapter
from pydantic import ValidationError as ModelError

from events.codec import decode
from events.contract import differences, main, render, write
from events.dead_letters import Refused, Settled
from events.outcomes import Alert, EventFate, Outcome, Tick
from events.recalls import Recall
from events.refusals import InvalidEvent, Reason, Refusal
from events.testing import Example, examples
from events.topics import EVENT_TOPICS, EVENTS_DLQ, TOPICS

patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""How fast a shared machine draws examples is no property of the code."""

PUBLISHED: dict[str, type[BaseModel]] = {
    "outcome": Outcome,
    "alert": Alert,
    "fate": EventFate,
    "tick": Tick,
    "recall": Recall,
}
BEYOND_A_SCHEMA = {
    "bad-check-digit.last-digit",
    "bad-check-digit.one-of-many",
    "bad-check-digit.two-digits-swapped",
    "broken-json.half-a-surrogate",
    "future-time.another-offset",
    "future-time.clock-runs-ahead",
    "invalid-time.no-such-day",
    "invalid-time.year-one",
    "invalid-value.nested-too-deep",
    "invalid-value.until-before-at",
    "too-large.a-whole-voyage",
}
"""The refused examples that keep the schema: digits, clocks, calendars, half letters, sizes."""


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:
    """ECMA's `$` is the very end. Python's also stands before a last line feed."""
    if isinstance(value, str) and not re.search(pattern.replace("$", r"\Z"), value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _integer(_: Any, value: object) -> bool:
    """JSON Schema takes 5.0 for an integer too; the models, like most readers, do not."""
    return isinstance(value, int) and not isinstance(value, bool)


Validator = validators.extend(
    Draft202012Validator,
    {"pattern": _pattern},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _integer),
)
VALIDATORS = {
    name.removesuffix(".json"): Validator(json.loads(text)) for name, text in render().items()
}


def keeps(shape: str, value: Any) -> bool:
    return bool(VALIDATORS[shape].is_valid(value))


# --- the files


def test_the_committed_schemas_are_those_of_the_models() -> None:
    assert differences() == ""
    assert main(["--check"]) == 0


def test_a_schema_that_lags_behind_or_is_nobodys_is_found(tmp_path: Path) -> None:
    write(tmp_path)
    assert differences(tmp_path) == ""
    tick = tmp_path / "tick.json"
    tick.write_text(tick.read_text().replace('"at"', '"when"'))
    (tmp_path / "barge.json").write_text("{}\n")
    assert '+    "at": {' in differences(tmp_path)
    assert "-{}" in differences(tmp_path)
    write(tmp_path)
    assert differences(tmp_path) == ""


def test_the_check_fails_aloud_until_the_schemas_are_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--check"], tmp_path) == 1
    assert "python -m events.contract --write" in capsys.readouterr().out
    assert main(["--write"], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0


@pytest.mark.parametrize("name", sorted(VALIDATORS))
def test_every_schema_is_one(name: str) -> None:
    Validator.check_schema(VALIDATORS[name].schema)
    assert VALIDATORS[name].schema["title"] == name


def test_every_schema_is_a_topics_and_every_topic_has_one() -> None:
    assert {topic.shape for topic in TOPICS} == set(VALIDATORS)


# --- examples


@pytest.mark.parametrize(
    "example", examples(*(topic.name for topic in TOPICS)), ids=lambda example: example.name
)
def test_every_example_keeps_the_schema_of_its_topic(example: Example) -> None:
    (topic,) = (topic for topic in TOPICS if topic.name == example.folder)
    VALIDATORS[topic.shape].validate(json.loads(example.data))


@pytest.mark.parametrize("example", examples("refused"), ids=lambda example: example.name)
def test_a_refused_example_breaks_the_schema_unless_a_schema_cannot_say_it(
    example: Example,
) -> None:
    known = f"{example.word}.{example.case}" in BEYOND_A_SCHEMA
    assert fits(example.data) is known


def fits(data: bytes) -> bool:
    try:
        return keeps("event", json.loads(data, parse_constant=_not_json))
    except ValueError:
        return False


def _not_json(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


def test_what_is_beyond_a_schema_has_an_example() -> None:
    assert {f"{each.word}.{each.case}" for each in examples("refused")} >= BEYOND_A_SCHEMA


# --- agreement on events


@patiently
@given(data=st.data())
def test_what_the_codec_accepts_the_schema_accepts(
    data: st.DataObject, accepted_messages: st.SearchStrategy[dict[str, Any]]
) -> None:
    message = as_json(data.draw(accepted_messages))
    assert not isinstance(read(message), Refusal)
    VALIDATORS["event"].validate(message)


@patiently
@given(data=st.data())
def test_the_codec_and_the_schema_agree_on_a_mutated_event(
    data: st.DataObject,
    accepted_messages: st.SearchStrategy[dict[str, Any]],
    any_json: st.SearchStrategy[Any],
) -> None:
    message = as_json(data.draw(accepted_messages))
    mutate(data, message, any_json)
    found = read(message)
    if not isinstance(found, Refusal):
        VALIDATORS["event"].validate(message)
    elif not beyond_a_schema(found):
        assert not keeps("event", message), found


def as_json(message: Any) -> Any:
    return json.loads(json.dumps(message))


def read(message: Any) -> Any:
    try:
        return decode(json.dumps(message).encode())
    except InvalidEvent as invalid:
        return invalid.refusal


def mutate(data: st.DataObject, message: dict[str, Any], values: st.SearchStrategy[Any]) -> None:
    """Take one field away, or put anything in its place, here or one floor below."""
    within = data.draw(st.sampled_from(holders(message)))
    name = data.draw(st.sampled_from(sorted(within) or ["new"]))
    if data.draw(st.booleans()):
        within.pop(name, None)
    else:
        within[name] = as_json(data.draw(values))


def holders(message: dict[str, Any]) -> list[dict[str, Any]]:
    objects = ("unit", "place", "cargo", "customs", "refs", "scope")
    inner = [message.get(name) for name in objects]
    inner += message.get("units") or []
    return [message, *(one for one in inner if isinstance(one, dict))]


def beyond_a_schema(refusal: Refusal) -> bool:
    """Check digits, clocks, calendars, sizes, and which of two times is the later."""
    reasons = {Reason.BAD_CHECK_DIGIT, Reason.FUTURE_TIME, Reason.TOO_LARGE, Reason.INVALID_TIME}
    told = ("deeper", "until: the time is not after")
    return refusal.reason in reasons or any(words in refusal.detail for words in told)


STRUCTURAL: list[dict[str, Any]] = [
    *({name: "..."} for name in ("event_id", "source", "kind", "unit")),
    *({name: "..."} for name in ("place", "mode", "occurred_at")),
    {"event_id": ""},
    {"event_id": "x" * 201},
    {"event_id": 7},
    {"source": "x" * 65},
    {"kind": "GTOT"},
    {"unit": {"type": "container", "id": "csqu3054383"}},
    {"unit": {"type": "lot", "id": "a/b"}},
    {"unit": {"type": "place", "id": "CNLYG"}},
    {"units": []},
    {"place": {"port": "cnlyg"}},
    {"mode": "sea"},
    {"occurred_at": 1772411100},
    {"occurred_at": "2026-03-02"},
    {"occurred_at": "2026-03-02T08:25:00"},
    {"at": "tomorrow"},
    {"precision": "hour"},
    {"cargo": []},
    {"cargo": {"weight_kg": True}},
    {"cargo": {"weight_kg": "21300"}},
    {"cargo": {"weight_kg": -1}},
    {"cargo": {"laden": "yes"}},
    {"cargo": {"size_type": "45g1"}},
    {"customs": {"advance": 1}},
    {"customs": {"trader": 3207960123}},
    {"customs": {"trader": "a company"}},
    {"customs": {"trader": "x" * 65}},
    {"refs": {"voyage": 26}},
    {"reason": "x" * 201},
    {"scope": []},
    {"scope": {"facilities": ["LPCT"]}},
    {"scope": {"stages": []}},
    {"scope": {"stages": "pickup"}},
    {"scope": {"stages": ["pick up"]}},
    {"scope": {"categories": ["普货"]}},
    {"scope": {"modes": ["sea"]}},
    {"scope": {"stage": 7}},
    {"until": "later"},
    {"journey_s": "PT5H"},
    {"journey_s": -1},
    {"extra": "x"},
]  # fmt: skip


@pytest.mark.parametrize("change", STRUCTURAL, ids=json.dumps)
def test_what_the_codec_refuses_for_its_form_the_schema_refuses(change: dict[str, Any]) -> None:
    (example,) = (each for each in examples("terminal-events") if each.name.endswith("/move-ended"))
    changed = {**json.loads(example.data), **change}
    message = {name: value for name, value in changed.items() if value != "..."}
    assert isinstance(read(message), Refusal)
    assert not keeps("event", message)


# --- agreement on what we publish


@patiently
@given(data=st.data(), shape=st.sampled_from(sorted(PUBLISHED)))
def test_the_model_and_the_schema_agree_on_a_mutated_publication(
    data: st.DataObject, shape: str, any_json: st.SearchStrategy[Any]
) -> None:
    (topic,) = (topic for topic in TOPICS if topic.shape == shape)
    message = json.loads(data.draw(st.sampled_from(examples(topic.name))).data)
    mutate(data, message, any_json)
    accepted = accepts(PUBLISHED[shape], message)
    assert accepted is keeps(shape, message)


def accepts(model: type[BaseModel], message: Any) -> bool:
    try:
        model.model_validate_json(json.dumps(message))
    except ModelError:
        return False
    return True


@pytest.mark.parametrize("example", examples(EVENTS_DLQ.name), ids=lambda example: example.name)
def test_the_model_of_a_dead_letter_agrees_with_its_schema(example: Example) -> None:
    headers = json.loads(example.data)
    letter: TypeAdapter[Refused | Settled] = TypeAdapter(Refused | Settled)
    assert letter.validate_python(headers).model_dump(mode="json") == headers
    for name in headers:
        less = {each: value for each, value in headers.items() if each != name}
        assert not keeps("dead-letter", less)
        with pytest.raises(ModelError):
            letter.validate_python(less)


def test_the_event_topics_share_one_schema() -> None:
    assert {topic.shape for topic in EVENT_TOPICS} == {"event"}

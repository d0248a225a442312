"""A recall holds a unit's history in a shape that is closed, and its messages as they came."""

import pytest
from pydantic import ValidationError

from events.codec import decode, encode
from events.recalls import RECALL_BYTES_MAX, Recall
from events.testing import examples
from events.topics import UNIT_RECALLS

(EXAMPLE,) = examples(UNIT_RECALLS.name)


def test_a_recall_comes_back_as_it_was_written() -> None:
    recall = Recall.model_validate_json(EXAMPLE.data)
    assert Recall.model_validate_json(encode(recall)) == recall


def test_its_messages_are_events_of_its_unit_and_each_belongs_somewhere() -> None:
    recall = Recall.model_validate_json(EXAMPLE.data)
    events = [event for message in recall.messages for event in decode(message.encode())]
    assert {(event.place.port, event.unit.id) for event in events} == {
        (recall.port, recall.unit.id)
    }
    assert [(one.source, one.event_id) for one in recall.visits] == [e.identity for e in events]


def test_a_recall_of_nothing_is_none() -> None:
    recall = Recall.model_validate_json(EXAMPLE.data).model_dump(mode="json")
    with pytest.raises(ValidationError, match="messages"):
        Recall.model_validate({**recall, "messages": []})
    with pytest.raises(ValidationError, match="why"):
        Recall.model_validate({**recall, "why": "not a field"})


def test_the_topic_takes_the_largest_recall() -> None:
    assert UNIT_RECALLS.message_bytes_max > RECALL_BYTES_MAX

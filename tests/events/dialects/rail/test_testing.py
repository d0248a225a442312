"""The builder's message keeps to its schema."""

from events.dialects.rail.schema import breaches
from events.dialects.rail.testing import SCHEMA, message
from events.testing import event


def test_a_message_keeps_to_the_schema() -> None:
    assert breaches(message([event("arrived", "10:00", event_id='"<&')]), SCHEMA) == []

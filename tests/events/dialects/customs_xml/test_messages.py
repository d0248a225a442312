"""The table of messages."""

from events.dialects.customs_xml.messages import messages
from events.vocabulary import Direction, Kind


def test_every_message_says_something_or_why_it_does_not() -> None:
    for type, row in messages().items():
        assert bool(row.says) != bool(row.instead), type
        assert all(Kind(says.kind) and says.at for says in row.says)
        assert row.direction is None or Direction(row.direction)
        assert row.words


def test_the_messages_that_the_port_sends_are_there() -> None:
    assert {"MT3101", "MT5101", "MT5102", "MT5201", "MT5202", "MT9999"} <= messages().keys()

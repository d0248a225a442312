"""A recall: what the tables hold of one unit at one port, brought back so that it is judged again
as a whole. One of our programs writes it, another reads it; senders never do.

Messages are kept as their own text, so that they are read by the same reader as when they came in.
Must never know a rule.
"""

from typing import Annotated

from pydantic import Field

from events.envelope import Unit
from events.outcomes import Because, Outcome, Published

RECALL_BYTES_MAX = 900_000
"""How large a recall may be, written: what a broker takes of a message, less what goes with it."""


class Belonging(Published):
    """The visit that one event was said to be of; null for none."""

    source: str
    event_id: str
    visit_id: str | None


class Recall(Published):
    """Everything that is known of one unit at one port. `messages` are its accepted events, each as
    text; `outcomes` are those that stand; `visits` says where events were said to belong. `cause`
    is what all that follows from it is put down to."""

    port: str
    unit: Unit
    messages: Annotated[tuple[str, ...], Field(min_length=1)]
    outcomes: tuple[Outcome, ...]
    visits: tuple[Belonging, ...]
    cause: Because

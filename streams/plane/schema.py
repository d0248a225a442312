"""The schema of a channel of runs: nothing is decoded on the way in.

Replaces `faust.Schema.compile` and `.decode` (faust-streaming 0.15.3), which decode key and value
of every message and send a message that does not decode past the agent: here the value is a run,
and a record that cannot be read must reach the intake, to be refused with its reason.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import faust
from faust.types import AppT, EventT, Message

Decode = Callable[..., Awaitable[EventT[Any]]]


class RunSchema(faust.Schema):  # type: ignore[type-arg]
    """Event value = the run; no key, no headers: those belong to the records inside."""

    def compile(self, app: AppT, **_: Any) -> Decode:
        """The function that the channel calls for each message."""
        create_event = app.create_event

        async def decode(message: Message, *, propagate: bool = False) -> EventT[Any]:
            return create_event(None, message.value, {}, message)

        return decode

    async def decode(self, app: AppT, message: Message, *, propagate: bool = False) -> EventT[Any]:
        """The same, for callers that have not compiled."""
        return app.create_event(None, message.value, {}, message)

"""For tests: one gate report as its sender writes it, and what the reader makes of it.

Knows the shipped profile of a terminal. Must never know what is right: the tests say that.
"""

import json
from typing import Any, Final

from events.dialects.decoded import Decoded
from events.dialects.edifact.profile import Profile, shipped
from events.dialects.edifact.reading import decode
from events.dialects.edifact.testing import wrapped
from events.dialects.troubles import Why

PROFILE: Final = shipped()["terminal-d95b"]
AT: Final = "'DTM+7:202603020825:203"
EQD: Final = "'EQD+CN+CSNU6351189+45G1:102:5++3+5"
"""A laden 45G1 that is imported."""


def gate(more: str = "", bgm: str = "BGM+36+X+9", eqd: str = EQD, at: str = AT) -> str:
    """A CODECO of one box, with `more` behind it; every part may be another."""
    return f"CODECO:D:95B:UN'{bgm}{eqd}{at}{more}"


def read(message: str, **fields: Any) -> Decoded:
    """One message in an interchange, read by the terminal's profile with other `fields`."""
    profile = Profile.model_validate({**PROFILE.model_dump(), **fields})
    return decode(wrapped(message), profile)


def event(message: str, **fields: Any) -> dict[str, Any]:
    """The one event that is told, as on the wire. ValueError where it is none or several."""
    (told,) = read(message, **fields).events
    found: dict[str, Any] = json.loads(told.data)
    return found


def refusal(message: str, **fields: Any) -> Why:
    """Why the message is refused. AssertionError where any of it is told, ValueError where it is
    refused for no reason or several."""
    decoded = read(message, **fields)
    assert decoded.events == ()
    (refused,) = decoded.refusals
    return refused.why

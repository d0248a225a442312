"""The answer to a push, as DCSA 3.0 has it (`PostEventsResponse`): what was not taken, and why.

Feedback names events by their place in what was pushed. An event that was taken has none.

Source: https://github.com/dcsaorg/DCSA-Information-Model,
generated-resources/standards/tnt/v300/tnt-v3.0.0-openapi.yaml
"""

from datetime import datetime
from typing import Any, Final

import orjson

from events.dialects.dcsa.profile import Profile
from events.dialects.decoded import Decoded
from events.dialects.troubles import Trouble

MESSAGE_CHARS_MAX: Final = 5000
NO_FAULT: Final = (Trouble.NOT_FOR_US, Trouble.NOTHING_SAID)
"""What is no error of the sender's: nothing is to be done about it."""


def acknowledge(data: bytes, decoded: Decoded, profile: Profile, at: datetime) -> bytes:
    """The body of the answer: an element for each refusal, and one for each announcement, since a
    plan is kept and is no report. `profile` and `at` say nothing in it."""
    places = _places(data, decoded)
    found = [
        _element(
            "WARN" if refused.why in NO_FAULT else "ERROR",
            f"{refused.why}: {refused.detail}; {refused.remedy}",
            places[refused.part],
        )
        for refused in decoded.refusals
    ]
    found += [
        _element("INFO", f"{said.announced}: kept as an announcement", places[said.part])
        for said in decoded.announcements
    ]
    return orjson.dumps({"feedbackElements": found})


def _element(severity: str, message: str, path: str) -> dict[str, Any]:
    return {"severity": severity, "message": message[:MESSAGE_CHARS_MAX], "propertyPath": path}


def _places(data: bytes, decoded: Decoded) -> list[str]:
    """For each part its path in what was pushed: a list, an object with `events`, or one event."""
    if len(decoded.parts) == 1:
        return ["$"]
    root = "$" if data.lstrip()[:1] == b"[" else "$.events"
    places: list[str] = []
    number = 0
    for part in decoded.parts:
        places.append(root if part.envelope else f"{root}[{number}]")
        number += not part.envelope
    return places

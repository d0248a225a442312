"""The access log: one line of JSON for each answer, saying who asked for what and what came of it.

Knows neither query strings nor headers nor bodies, so no secret can be among what it writes. Its
own words are few and closed; whatever came from outside is a JSON string of bounded length.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final, TextIO

import structlog

PATH_CHARACTERS_MAX: Final = 300


class Decision(StrEnum):
    """What was decided at the door."""

    OPEN = "open"
    LET_IN = "let-in"
    SIGNED_IN = "signed-in"
    SIGNED_OUT = "signed-out"
    SIGN_IN_REFUSED = "sign-in-refused"
    SIGN_IN_FIRST = "sign-in-first"
    NOT_ALLOWED = "not-allowed"
    FOREIGN_PAGE = "foreign-page"
    TOO_OFTEN = "too-often"
    PROVIDER_AWAY = "provider-away"


class AccessLog:
    """Writes lines to a stream; a stream that breaks must not keep anybody from working."""

    def __init__(self, stream: TextIO) -> None:
        self._log = structlog.wrap_logger(
            structlog.PrintLogger(stream),
            processors=[structlog.processors.JSONRenderer(ensure_ascii=False)],
            wrapper_class=structlog.BoundLogger,
            context_class=dict,
        )
        self.lost = 0

    def write(
        self, at: datetime, decision: Decision, what: dict[str, object], who: dict[str, object]
    ) -> None:
        """One line. `what` is method, path, status, and of published figures which were pulled;
        `who` is name, role, how and from where."""
        try:
            self._log.msg(None, at=at.isoformat(timespec="milliseconds"), decision=decision.value,
                          **who, **what)  # fmt: skip
        except (OSError, ValueError):  # a full disk, a closed stream: counted, and shown by metrics
            self.lost += 1


def shortened(path: str) -> str:
    """A path as it is logged."""
    return path if len(path) <= PATH_CHARACTERS_MAX else f"{path[:PATH_CHARACTERS_MAX]}…"

"""How an edition is written: tables that refuse a misspelt key, durations, sizes, days.

The smallest words of an edition file and nothing of what they mean; it must never know a stage, a
limit or a clock.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from difflib import get_close_matches
from typing import Annotated, Literal

import isodate
from pydantic import BaseModel, BeforeValidator, ConfigDict

from timing.patience import HOUR_S

LOCAL_TIME = timezone(timedelta(hours=8))
"""Editions take effect at midnight where they were published: China has one zone, UTC+8."""

Size = Literal["20", "40", "45"]
_SIZES: Mapping[str, Size] = {"2": "20", "4": "40", "L": "45"}


class Written(BaseModel):
    """A TOML table: frozen, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def seconds(text: object) -> int:
    """The whole seconds of an ISO 8601 duration. ValueError: it has no fixed, positive length."""
    try:
        duration = isodate.parse_duration(str(text))
    except isodate.ISO8601Error as error:
        raise ValueError(f"{text!r} is no ISO 8601 duration; write PT30M or PT2H") from error
    if not isinstance(duration, timedelta) or duration <= timedelta(0):
        raise ValueError(
            f"{text!r} is no fixed positive duration; months and years have no fixed length"
        )
    return int(duration.total_seconds())


Within = Annotated[int, BeforeValidator(seconds)]
"""A duration: `"PT30M"` in the file, whole seconds in Python."""


def clock_text(of_day_s: int) -> str:
    """A second of the day as an edition writes it: `"16:00"`; `"26:00"` is after midnight."""
    hours, rest = divmod(of_day_s, HOUR_S)
    return f"{hours:02}:{rest // 60:02}"


def size_of(size_type: str | None) -> Size | None:
    """The length class of an ISO 6346 size and type code; None: unstated, or none that is named."""
    return _SIZES.get(size_type[0]) if size_type else None


def midnight(day: date) -> int:
    """Epoch second at which a day begins at the port."""
    local = datetime(day.year, day.month, day.day, tzinfo=LOCAL_TIME)
    return int(local.astimezone(UTC).timestamp())


def nearest(word: str, known: Iterable[str], otherwise: str) -> str:
    """A remedy for a word that is not known: the nearest that is, if any is near."""
    near = get_close_matches(word, [str(one) for one in known], n=1)
    return f"did you mean {near[0]!r}?" if near else otherwise

"""Known events, drawn: what any of the dialects may be asked to say."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from events.envelope import Event
from events.testing import MORNING, box, event

MONTH_S = 30 * 24 * 3600


def moment(rng: Random) -> datetime:
    """An instant of one month."""
    return MORNING + timedelta(seconds=rng.randrange(MONTH_S))


def word(rng: Random, letters: str = "ABC019-", most: int = 8) -> str:
    """A word of some letters."""
    return "".join(rng.choice(letters) for _ in range(rng.randint(1, most)))


def of_a_box(rng: Random, kind: str, **fields: Any) -> Event:
    """One event of one of a thousand boxes, recorded a little later than it happened."""
    when = moment(rng)
    recorded = when + timedelta(seconds=rng.randrange(10_000))
    return event(
        kind, when, **{"unit": box(rng.randrange(1000)), "recorded_at": recorded, **fields}
    )

"""What is asked of a limit in the tests of the kinds: an occurrence in short words."""

from collections.abc import Callable
from typing import Any

import pytest

from events.testing import at
from events.vocabulary import Mode
from timing.kinds.ask import Appointment, Ask
from timing.visits import Traits


def _epoch(words: str) -> int:
    return int(at(words).timestamp())


def _ask(
    opened: str = "10:00",
    *appointments: str,
    closed: str | None = None,
    **traits: Any,
) -> Ask:
    """`09:00>11:00` is an appointment made at nine for eleven; the rest is known of the unit."""
    usual = dict.fromkeys(Traits._fields)
    made = (words.split(">") for words in appointments)
    return Ask(
        opened_at=_epoch(opened),
        closed_at=_epoch(closed) if closed else None,
        traits=Traits(**{**usual, "mode": Mode.WATER, **traits}),
        appointments=tuple(Appointment(_epoch(when), _epoch(to), None) for when, to in made),
    )


@pytest.fixture(scope="session")
def epoch() -> Callable[[str], int]:
    """The epoch second of `10:30` or `day+1 09:00`."""
    return _epoch


@pytest.fixture(scope="session")
def ask() -> Callable[..., Ask]:
    """One occurrence, as a limit sees it."""
    return _ask

"""Editions and rules made for a test, in short words, at the port where the tests live; and what a
story comes to: its occurrences, its findings.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from events.envelope import Event
from events.testing import PORT, PORT_TIME, at, told
from timing.corrections import standing
from timing.engine import Rules
from timing.findings import Finding, find
from timing.limits import Edition, Register
from timing.observation import observation_of, unit_key
from timing.occurrences import Occurrence, occurrences
from timing.patience import Patience
from timing.visits import stays


def _limit(words: str, more: dict[str, Any]) -> dict[str, Any]:
    """`box-move PT30M`: the stage, and the time allowed; the id is `test.<stage>`. Without a time,
    `more` says what the limit is."""
    stage, _, within = words.partition(" ")
    bound = {"kind": "duration", "within": within} if within else {}
    return {"id": f"test.{stage}", "stage": stage, "words": words, **bound, **more}


def _edition(*limits: str, scope: dict[str, Any] | None = None, **fields: Any) -> Edition:
    usual = {
        "edition": "test/undated",
        "issuer": "test",
        "title": "test",
        "source": "https://example.org/limits",
        "status": "example",
        "port": PORT,
        "effective_from": "undated",
        "limit": [_limit(words, scope or {}) for words in limits],
        "example": [],
    }
    return Edition.model_validate({**usual, **fields})


def _rules(*limits: str, scope: dict[str, Any] | None = None, **patience: Any) -> Rules:
    return Rules(Register((_edition(*limits, scope=scope),)), Patience(**patience))


@pytest.fixture(scope="session")
def edition() -> Callable[..., Edition]:
    """One edition with the limits given in words; `scope` goes to each limit."""
    return _edition


@pytest.fixture(scope="session")
def rules() -> Callable[..., Rules]:
    """Rules of one such edition; the rest of the keywords are waiting times."""
    return _rules


def _of(stage: str, *sentences: str, **fields: Any) -> list[Occurrence]:
    events = told(*sentences, **fields)
    facts = standing(map(observation_of, events)).facts
    visit = stays(unit_key(events[0]), facts, Patience()).visits[0]
    return [o for o in occurrences(visit) if o.stage.id == stage]


def _span(occurrence: Occurrence) -> tuple[str, str | None]:
    first, last = (
        None if moment is None else datetime.fromtimestamp(moment, PORT_TIME).strftime("%H:%M")
        for moment in (occurrence.opened_at, occurrence.closed_at)
    )
    assert first is not None
    return first, last


def _judged(stage: str, when: str, events: list[Event], rules: Rules) -> list[Finding]:
    reports, now = tuple(map(observation_of, events)), int(at(when).timestamp())
    found = find(unit_key(events[0]), reports, rules, now).by_key
    return [finding for key, finding in found.items() if key.stage == stage]


@pytest.fixture(scope="session")
def of() -> Callable[..., list[Occurrence]]:
    """Every occurrence of a stage in the first visit of a story told in sentences."""
    return _of


@pytest.fixture(scope="session")
def span() -> Callable[[Occurrence], tuple[str, str | None]]:
    """The first and last instant of an occurrence in port time, as `10:00`."""
    return _span


@pytest.fixture(scope="session")
def judged() -> Callable[[str, str, list[Event], Rules], list[Finding]]:
    """The findings about a stage of one unit, as known at a time (`12:00`, port time)."""
    return _judged

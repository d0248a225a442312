"""Editions and rules made for a test: limits in short words, at the port where the tests live."""

from collections.abc import Callable
from typing import Any

import pytest

from events.testing import PORT
from timing.engine import Rules
from timing.limits import Edition, Register
from timing.patience import Patience


def _limit(words: str, more: dict[str, Any]) -> dict[str, Any]:
    """`box-move PT30M`: the stage, and the time allowed; the id is `test.<stage>`."""
    stage, within = words.split()
    return {
        "id": f"test.{stage}",
        "stage": stage,
        "kind": "duration",
        "within": within,
        "words": words,
        **more,
    }


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

"""Instants as people type them, and the clock of the door."""

from datetime import UTC, datetime

import typer


def instant(text: str, option: str) -> datetime:
    """Read an ISO 8601 instant with its offset; anything else is bad usage."""
    from pydantic_core import PydanticCustomError

    from events.instants import parse_instant

    try:
        return parse_instant(text)
    except PydanticCustomError as error:
        example = "2026-03-02T08:25:00+08:00"
        raise typer.BadParameter(f"{error.message()}; write {example}", param_hint=option) from None


def now() -> datetime:
    """The time of day, to the second."""
    return datetime.now(UTC).replace(microsecond=0)

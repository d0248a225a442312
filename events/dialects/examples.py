"""Examples of foreign bytes and what they come to: data beside each dialect, also for readers.

An example file is TOML: a profile, and `[[example]]` tables with `name`, `data`, and `comes_to`,
one sentence for each event, announcement and refusal. Knows how that is written; must never know
a format.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from events.dialects.decoded import Announcement, Decoded, Refused, Told
from events.instants import format_instant, from_epoch


class Example(NamedTuple):
    """One input and what it comes to. `profile` is TOML, as the dialect's profiles are read."""

    name: str
    profile: str
    data: bytes
    comes_to: tuple[str, ...]


def examples(path: Path) -> list[Example]:
    """The examples of one file; one may bring a profile or an `encoding` of its own."""
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    return [_example(one, said["profile"]) for one in said["example"]]


def _example(said: dict[str, Any], profile: str) -> Example:
    data = said["data"].encode(said.get("encoding", "utf-8"))
    return Example(said["name"], said.get("profile", profile), data, tuple(said["comes_to"]))


def sentences(decoded: Decoded) -> tuple[str, ...]:
    """What an input came to, in words: its events, then announcements, then refusals.

    `gated-out CSNU6351189 2026-03-02T02:00:00Z`, with `retracted` or `by day` behind it where so;
    `planned loaded CSNU6351189`; `refused not-for-us`.
    """
    return tuple(_all(decoded))


def _all(decoded: Decoded) -> Iterator[str]:
    yield from map(_event, decoded.events)
    yield from map(_announcement, decoded.announcements)
    yield from map(_refusal, decoded.refusals)


def _event(told: Told) -> str:
    event = told.reported
    words = [event.kind, event.unit.id, format_instant(from_epoch(event.occurred_s))]
    if event.precision != "second":
        words.append(f"by {event.precision}")
    if event.retracts:
        words.append("retracted")
    return " ".join(words)


def _announcement(said: Announcement) -> str:
    return " ".join(filter(None, (said.announced, said.kind, said.unit)))


def _refusal(refused: Refused) -> str:
    return f"refused {refused.why}"

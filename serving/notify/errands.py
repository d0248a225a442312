"""What is to be told, as values: the facts of one incident, an errand to tell them, a message.

An errand is one alert (or escalation) to be told on one channel. Instants ending in `_s` are epoch
seconds of event time; those ending in `_ms` are epoch milliseconds of a clock on a wall. Pure.
"""

from hashlib import sha256
from typing import Final, NamedTuple

import msgspec

from serving.notify.routes import Told

ENDS: Final = frozenset({Told.RESOLVED, Told.RETRACTED})


class Heard(NamedTuple):
    """One record of the log: where it stands, when it was written there, and what it says."""

    topic: str
    partition: int
    offset: int
    published_ms: int
    value: bytes

    def key(self, era: int) -> str:
        """Which record this is, among all logs there have been: places begin again with a new log,
        and the same minute does not."""
        return f"{era}/{self.topic}/{self.partition}/{self.offset}@{self.published_ms}"


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What people are told about an incident; `to` is whom it was escalated to.

    `deadline_s` is the last one known: an alert about a stage that ended has none any more.
    """

    incident: str
    visit_id: str
    unit_type: str
    unit_id: str
    port: str
    facility: str | None
    stage: str
    occurrence: int
    answers: str
    limit_id: str
    edition: str
    limit_s: int
    state: Told
    raised_s: int
    deadline_s: int | None
    was_breached: bool
    cause_what: str | None = None
    cause_id: str | None = None
    to: str | None = None


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to tell on one channel, at `due_ms` or together with others; `held` when that is
    later than at once (quiet hours, a digest). `key` is where it came from, the same after a crash.
    """

    key: str
    route: str
    channel: str
    facts: Facts
    noticed_ms: int
    published_ms: int
    due_ms: int
    held: bool = False
    id: int = 0


class Kind(msgspec.Struct, frozen=True, order=True):
    """What sort of message: alerts, a digest, an escalation, or what one suspension withdrew."""

    word: str
    cause_id: str = ""


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it stands in the outbox: what it tells never changes once it was formed.

    `told` is one fact for each incident; `alerts` counts the errands, those folded in as well.
    """

    id: str
    kind: str
    cause_id: str
    route: str
    channel: str
    port: str
    told: tuple[Facts, ...]
    alerts: int
    proved_s: int
    published_ms: int
    noticed_ms: int
    created_ms: int
    held: bool
    attempts: int = 0

    @property
    def incidents(self) -> tuple[str, ...]:
        """What it speaks of, each once."""
        return tuple(dict.fromkeys(facts.incident for facts in self.told))


def delivery_id(route: str, channel: str, errands: tuple[Errand, ...]) -> str:
    """The identity of a message: made of what it is about, so it is the same after any crash."""
    about = "\n".join([route, channel, *sorted(errand.key for errand in errands)])
    return f"d-{sha256(about.encode()).hexdigest()[:32]}"

"""What the board shows, as values: rows, counts and filters. No language, no markup, no clock.

Instants are epoch seconds, durations whole seconds. `now_s` of the board is the event time up to
which the port has been heard, told by ticks; it is the only time that a row is measured against.
"""

from enum import StrEnum

import msgspec


class Level(StrEnum):
    """How urgent an open stage is, or an incident."""

    CALM = "calm"
    AT_RISK = "at-risk"
    BREACHED = "breached"


class Asked(msgspec.Struct, frozen=True):
    """What a person wants to see; an empty word means any. `yard` is a block of a facility."""

    port: str = ""
    facility: str = ""
    yard: str = ""
    stage: str = ""
    answers: str = ""
    mode: str = ""


class Sought(msgspec.Struct, frozen=True):
    """Which incidents: in which states (none named: in any), whether somebody has acknowledged them
    (None: either way), and those older than the incident `before`."""

    states: frozenset[str] = frozenset()
    acknowledged: bool | None = None
    before: str | None = None


class OpenStage(msgspec.Struct, frozen=True):
    """An open stage under a limit. `used` is the part of the time between its beginning and its
    deadline that has passed at `now_s`; above 1 the promise is broken. Without a deadline (time
    that cannot be told yet, such as before an appointment), `used` and `left_s` are None.
    """

    visit_id: str
    unit_type: str
    unit_id: str
    port: str
    facility: str | None
    spot: str | None
    stage: str
    occurrence: int
    mode: str
    answers: str
    limit_id: str
    edition: str
    limit_s: int
    opened_at: int
    deadline_at: int | None
    left_s: int | None
    used: float | None
    level: Level
    incident: str
    acknowledged_by: str | None = None
    assigned_to: str | None = None


class Counts(msgspec.Struct, frozen=True):
    """How many open stages under a limit stand at each level; `units` are the visits with any open
    stage, judged by a limit or not."""

    units: int
    open: int
    at_risk: int
    breached: int


class Share(msgspec.Struct, frozen=True):
    """The counts of one stage, facility, yard block or party: `name` is which."""

    name: str
    counts: Counts


class Note(msgspec.Struct, frozen=True):
    """One thing in the life of an incident: an alert (`what` is its state) or a deed."""

    what: str
    at: int
    by: str | None = None
    to: str | None = None
    text: str | None = None


class Incident(msgspec.Struct, frozen=True):
    """One endangered promise from the first warning to its end. `state` is at-risk, breached,
    resolved or retracted; `notes` in the order of time, the oldest first."""

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
    state: str
    escalated: bool
    was_breached: bool
    deadline_at: int | None
    raised_at: int
    acknowledged_by: str | None
    assigned_to: str | None
    notes: tuple[Note, ...]


class Inspection(msgspec.Struct, frozen=True):
    """One inspection, from the notice to its end; None where it has not come to that yet.
    `received_at` is when the yard took the order up: the first transfer or move of the visit after
    the notice."""

    visit_id: str
    unit_id: str
    unit_type: str
    port: str
    facility: str | None
    noticed_at: int
    received_at: int | None
    positioned_at: int | None
    started_at: int | None
    ended_at: int | None
    level: Level
    deadline_at: int | None
    left_s: int | None


class Feed(msgspec.Struct, frozen=True):
    """One source of events. `silent_s` since its last message, against the broker's clock of the
    newest message of any; lateness is receipt less occurrence, over the last messages. It is
    `stopped` when nearly all that it sends is refused."""

    source: str
    topic: str
    events: int
    last_received_at: int
    last_occurred_at: int
    silent_s: int
    late_p50_s: int
    late_p95_s: int
    late_max_s: int
    refused: int
    quiet: bool
    stopped: bool = False


class Unheard(msgspec.Struct, frozen=True):
    """A source from which nothing can be learned now: silent for `silent_s`, or `stopped`, which
    means that nearly all that it sends is refused."""

    source: str
    topic: str
    silent_s: int
    stopped: bool

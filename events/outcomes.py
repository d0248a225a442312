"""What we publish: outcomes, alerts, fates, ticks. Shapes as in the contract, section 5."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict

from events.envelope import Unit
from events.instants import Instant
from events.vocabulary import AlertState, Cause, Direction, Fate, Mode, Party, Verdict

Seconds = Annotated[int, Strict(), Field(ge=0)]
Count = Annotated[int, Strict(), Field(ge=1)]
Offset = Annotated[int, Strict(), Field(ge=0)]
Answers = Party | Literal["all"]


class Published(BaseModel):
    """Base of what we say: frozen and closed, since we know every field of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AppliedLimit(Published):
    """The limit that judged a stage; `limit_s` is the allowance after size, TEU or calendar."""

    id: str
    edition: str
    kind: str
    limit_s: Seconds


class Because(Published):
    """What brought about one revision: an event or suspension (`<source>/<event_id>`), the edition
    that judges now, or nothing but time, which has no id.
    """

    what: Cause
    id: str | None


class Outcome(Published):
    """One stage of one visit, judged by at most one limit. A pure function of the events seen.

    `age_s` belongs to an open stage and is its age at `decided_at`; `gross_s` and `net_s` belong to
    a closed one. `deadline_at` is the last instant at which an open stage still keeps its limit.
    """

    visit_id: str
    unit: Unit
    port: str
    facility: str | None
    mode: Mode
    direction: Direction | None
    stage: str
    occurrence: Count
    opened_at: Instant
    closed_at: Instant | None
    gross_s: Seconds | None
    net_s: Seconds | None
    held_s: dict[Party, Seconds]
    split_s: dict[Party, Seconds]
    age_s: Seconds | None
    verdict: Verdict
    limit: AppliedLimit | None
    deadline_at: Instant | None
    answers: Answers
    decided_at: Instant
    revision: Count
    definition: str | None
    flags: tuple[str, ...]
    event_ids: tuple[str, ...]
    cause: Because | None = None


class Alert(Published):
    """A message to people about one outcome. `alert_id` is the same for the same cause; `cause`
    is what brought it about, and absent where the whole history was judged at once.
    """

    alert_id: str
    visit_id: str
    unit: Unit
    port: str
    facility: str | None
    stage: str
    occurrence: Count
    limit: AppliedLimit
    state: AlertState
    answers: Answers
    raised_at: Instant
    deadline_at: Instant | None
    cause: Because | None = None


class EventFate(Published):
    """What became of one accepted event: judged in a visit, or kept as not yet relevant."""

    source: str
    event_id: str
    port: str
    unit: Unit
    fate: Fate
    visit_id: str | None


class Tick(Published):
    """Event time has reached `at`, once each event topic has been read up to `upto` (exclusive)."""

    at: Instant
    upto: dict[str, Offset]

"""What the pages need from elsewhere, as protocols; the door brings the answers.

Wings never meet: whoever answers (the tables, the law, the broker) is unknown here.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple, Protocol

from events.alerts import AlertDeed
from events.outcomes import Alert, Outcome

Language = Literal["zh", "en"]
Document = dict[str, Any]


class StageDay(NamedTuple):
    """One stage under one limit on one day of a port and facility, over stages that ended then.

    `day` is an ISO date of local port time; seconds are net. A stage without a limit has an empty
    `limit_id` and no verdicts.
    """

    day: str
    port: str
    facility: str | None
    stage: str
    answers: str
    limit_id: str
    limit_edition: str
    limit_s: int
    ended: int
    met: int
    breached: int
    excused: int
    net_mean_s: float
    net_p50_s: float
    net_p90_s: float


class Promise(NamedTuple):
    """A commitment over many in force: what is promised and what holds so far. `kept` is None while
    nothing is in its cohort."""

    port: str
    stage: str
    commitment_id: str
    edition: str
    words: str
    promised: float
    found: float | None
    unit: str
    numerator: int
    denominator: int
    kept: bool | None


class FeedQuality(NamedTuple):
    """One source on one topic in a span. `told_again`: messages whose content had come before;
    `ahead`: those that tell of a time after their receipt; `future` of them were refused for it.
    Times in seconds are half, 19 of 20 and the most, None where no message has both instants:
    `recorded_after_s` from happening to writing down, `received_after_s` from happening to receipt.
    `clock_s`: the least and half from writing down to receipt; below nought the source's clock is
    ahead. `later`: how many came within 1 min, 10 min, 1 h, 6 h, 1 d, and later. `ended` and
    `missing`: of the stages whose ends it tells at some place, how many were told, how many not."""

    source: str
    topic: str
    messages: int
    events: int
    refused: int
    told_again: int
    check_digits: int
    unknown: int
    future: int
    ahead: int
    recorded_after_s: tuple[int, int, int] | None
    received_after_s: tuple[int, int, int] | None
    clock_s: tuple[int, int] | None
    later: tuple[int, ...]
    ended: int
    missing: int


class UnknownWord(NamedTuple):
    """A word of a source that means nothing here: how often it came, and where first. `code` is
    empty where the refusal quotes none; `first_at` in epoch seconds."""

    source: str
    topic: str
    reason: str
    code: str
    messages: int
    first_at: int
    first_place: str
    first_detail: str


class StageEnds(NamedTuple):
    """How one stage ended at a place: by a report, by inference from a later one, or not yet;
    `overdue` are open for far longer than usual. `expected`: the kinds of events that end it;
    `told_by`: who tells of them there."""

    port: str
    facility: str
    stage: str
    begun: int
    ended: int
    inferred: int
    open: int
    overdue: int
    expected: tuple[str, ...]
    told_by: tuple[str, ...]

    @property
    def missing(self) -> int:
        """Ends that nobody reported, as far as can be told."""
        return self.inferred + self.overdue


class Quality(NamedTuple):
    """Everything about all feeds from `since_s` until before `until_s`, epoch seconds."""

    since_s: int
    until_s: int
    feeds: list[FeedQuality]
    unknown: list[UnknownWord]
    ends: list[StageEnds]


class AnswerUnavailable(Exception):
    """A story or figure cannot be had now, in one sentence; the same question may be answered
    later."""


class StillLanding(AnswerUnavailable):
    """A visit was judged, and the events that it is told from are not in the tables yet: they land
    in larger batches than outcomes, some seconds later."""


class Stories(Protocol):
    """Why each stage of a visit was judged as it was: the words of `portclock explain`.

    Asked from any thread, several at once. Each may raise AnswerUnavailable; `story` also
    StillLanding.
    """

    def story(self, visit: str, language: Language) -> Document | None:
        """`PORT/UNIT/INSTANT`, or `PORT/UNIT` for the latest visit; None: nothing is known. The
        document of `portclock explain --json`, plus `visits` (all visits of the unit) and
        `landing` (ids of events that outcomes rest on and that are not in the tables yet)."""

    def find(self, text: str) -> list[str]:
        """Visits whose unit id begins with a text, the newest first, at most 20."""


class Figures(Protocol):
    """Figures over many, from the tables. As with stories: any thread, AnswerUnavailable."""

    def days(self, port: str, first: str, last: str) -> list[StageDay]:
        """Every stage from one local day to another, both included."""

    def promises(self, port: str, first: str, last: str) -> list[Promise]:
        """The commitments of the editions in force, over the stages of these days."""


class FeedJudge(Protocol):
    """How well feeds report, from the tables. As with stories: any thread, AnswerUnavailable."""

    def quality(self, since_s: int, until_s: int) -> Quality:
        """Of what was received in the span, epoch seconds."""


class Desk(Protocol):
    """Where deeds are written down. Returns once the log has it."""

    async def write(self, deed: AlertDeed) -> None:
        """Raises DeskUnavailable when the log does not take it within its bound."""


class DeskUnavailable(Exception):
    """A deed was not written down; the sender should try again."""


class Place(NamedTuple):
    """A place in the log; of two records of one key, the one further on stands."""

    era: int
    offset: int


class Seen(NamedTuple):
    """Where a unit was last seen, and when; epoch seconds."""

    port: str
    unit_id: str
    spot: str
    occurred_at: int


class Beginning(Protocol):
    """What stood when the board began to read: rows from the tables, and where to read on.

    Each may raise AnswerUnavailable; the board then tries again.
    """

    def outcomes(self) -> Iterable[tuple[Outcome, Place]]:
        """Every open stage; and the ended ones that inspections are told from."""

    def alerts(self) -> Iterable[tuple[Alert, Place]]:
        """Every alert of an incident that is open, or that ended in the last days."""

    def deeds(self) -> Iterable[AlertDeed]:
        """Every deed on those incidents."""

    def spots(self) -> Iterable[Seen]:
        """Where the units of open visits were last seen."""

    def upto(self) -> Mapping[tuple[str, int], int]:
        """By topic and partition, the offset to read on from: all before it is in the rows."""

"""Editions: one published version of one issuer's limits, as one TOML file says it.

An edition is never edited once released, only superseded. Knows what a file may hold and what a
limit of it allows one occurrence; must never know which editions there are besides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, Field, field_serializer, model_validator

from events.vocabulary import Category, Direction, Mode, UnitType
from timing.calendars import CONTINUOUS, Calendar, Span, parse_hours
from timing.commitments.promise import Promise
from timing.instants import ALWAYS, NEVER
from timing.kinds.ask import Allowed, Ask
from timing.kinds.by_size import BySizeLimit
from timing.kinds.by_weight import ByWeightLimit
from timing.kinds.duration import DurationLimit
from timing.kinds.half_day import HalfDayLimit
from timing.kinds.lead_time import LeadTimeLimit
from timing.kinds.limit import Limit
from timing.kinds.listed import ListedLimit
from timing.kinds.notice import NoticeLimit
from timing.kinds.per_teu import PerTeuLimit
from timing.written import Written, clock_text, midnight

AnyLimit = Annotated[
    DurationLimit
    | BySizeLimit
    | PerTeuLimit
    | ByWeightLimit
    | LeadTimeLimit
    | NoticeLimit
    | HalfDayLimit
    | ListedLimit,
    Field(discriminator="kind"),
]
"""A limit of any kind; `kind` says which keys it has."""


class WorkingTime(Written):
    """Working time that limits may be counted by: on which days, in which hours (port time)."""

    id: Annotated[str, Field(min_length=1)]
    days: Literal["all", "china"]
    hours: Annotated[tuple[Span, ...], BeforeValidator(parse_hours)]
    overtime: bool = False

    @field_serializer("hours", when_used="json")
    def _as_written(self, hours: tuple[Span, ...]) -> list[list[str]]:
        return [[clock_text(begin), clock_text(end)] for begin, end in hours]

    @cached_property
    def calendar(self) -> Calendar:
        """The same, as time is counted by it."""
        return Calendar(self.id, self.days, self.hours, self.overtime)


class Example(Written):
    """A test that an edition carries: a visit told in words, and the verdict of one limit.

    `on` is the day of the plain times (by default the first on which the edition is in force); the
    rest is what is known of the unit. `flags` are some that the outcome must carry.
    """

    limit: str
    given: Annotated[tuple[str, ...], Field(min_length=1)]
    expect: Literal["met", "breached", "excused", "open", "no-limit"]
    flags: tuple[str, ...] = ()
    on: date | None = None
    unit: UnitType = UnitType.CONTAINER
    mode: Mode = Mode.WATER
    direction: Direction | None = None
    facility: str | None = None
    size_type: str | None = None
    category: Category | None = None
    laden: bool | None = None
    weight_kg: int | None = None
    journey_s: int | None = None


class Unexpressed(Written):
    """A published row that this edition does not judge by, and why not."""

    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class Applied:
    """A limit as it applies to one unit: the allowance, and the calendar that its seconds are
    counted by. A limit told by the clock on the wall is counted without a break, whatever calendar
    says on which days it holds. `limit_id`, `at_least` and `continuous` are those of the two: asked
    for every occurrence, of a model they would cost ten times as much.
    """

    limit: Limit
    edition: str
    limit_s: int
    calendar: Calendar = CONTINUOUS
    limit_id: str = field(init=False, repr=False)
    at_least: bool = field(init=False, repr=False)
    continuous: bool = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Whoever makes it may hand in the limit's own calendar."""
        if self.limit.clock_time:
            object.__setattr__(self, "calendar", CONTINUOUS)
        object.__setattr__(self, "limit_id", self.limit.id)
        object.__setattr__(self, "at_least", self.limit.at_least)
        object.__setattr__(self, "continuous", self.calendar.continuous)


class Application(NamedTuple):
    """What a limit comes to for one occurrence; without `applied` the flags say why, if anything
    need be said."""

    applied: Applied | None
    flags: tuple[str, ...]


class Edition(Written):
    """One published version of an issuer's limits.

    `gap`: why nothing was in force between the edition it supersedes and this one. `withdraws`: ids
    of limits which that one had and this one, on purpose, has not.
    """

    edition: Annotated[str, Field(min_length=1)]
    issuer: str
    title: str
    source: str = ""
    status: Literal["published", "trial", "example"]
    port: Annotated[str, Field(pattern=r"^[A-Z]{2}[A-Z2-9]{3}$")]
    effective_from: date | Literal["undated"]
    effective_to: date | None = None
    supersedes: str | None = None
    gap: str = ""
    withdraws: tuple[str, ...] = ()
    calendar: str = CONTINUOUS.id
    exclusions: str = ""
    working_time: tuple[WorkingTime, ...] = ()
    limit: tuple[AnyLimit, ...] = ()
    commitment: tuple[Promise, ...] = ()
    unexpressed: tuple[Unexpressed, ...] = ()
    example: tuple[Example, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _hands_its_calendar_down(cls, said: Any) -> Any:
        """A limit that names no calendar has the edition's."""
        if not isinstance(said, dict) or not isinstance(said.get("limit"), list | tuple):
            return said
        usual = {"calendar": said.get("calendar", CONTINUOUS.id)}
        limits = [{**usual, **one} if isinstance(one, dict) else one for one in said["limit"]]
        return {**said, "limit": limits}

    @cached_property
    def calendars(self) -> Mapping[str, Calendar]:
        """The calendars that its limits may name, by id."""
        return {CONTINUOUS.id: CONTINUOUS} | {one.id: one.calendar for one in self.working_time}

    def calendar_of(self, limit: Limit) -> Calendar:
        """The calendar of one of its limits. KeyError on one that is not defined, which an edition
        that was loaded never has.
        """
        return self.calendars[limit.calendar]

    def apply(self, limit: Limit, ask: Ask) -> Application:
        """What one of its limits comes to for one occurrence that it covers."""
        calendar = self.calendar_of(limit)
        said = limit.allowance(ask, calendar)
        if not isinstance(said, Allowed):
            return Application(None, (said.flag,) if said.flag else ())
        return Application(Applied(limit, self.edition, said.limit_s, calendar), said.flags)

    def begins_at(self) -> int:
        """Epoch second from which it is in force; an undated edition has always been."""
        return ALWAYS if self.effective_from == "undated" else midnight(self.effective_from)

    def ends_at(self, successor: "Edition | None") -> int:
        """The first epoch second at which it is in force no longer: its own, or its successor's."""
        own = midnight(self.effective_to) if self.effective_to else NEVER
        return min(own, successor.begins_at()) if successor else own

"""The event: one reported fact about one unit at one place, immutable, with its own time.

Shapes as in the contract, section 1. Fields that no rule reads are kept (`extra="allow"`), never
dropped. This module must never learn what a stage or a limit is.
"""

from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    Strict,
    ValidationInfo,
    field_validator,
    model_validator,
    with_config,
)
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from events.identifiers import NAME, PORT_CODE, SIZE_TYPE, UNIT_ID, Identity, checked_container
from events.instants import Instant
from events.vocabulary import (
    SUSPENSIONS,
    Category,
    Direction,
    Kind,
    Mode,
    Party,
    Precision,
    UnitType,
)

Name = Annotated[str, Field(max_length=64, pattern=NAME)]
UnitId = Annotated[str, Field(max_length=64, pattern=UNIT_ID)]
EventId = Annotated[str, Field(max_length=200, pattern=NAME)]
Word = Annotated[str, Field(max_length=200)]
PortCode = Annotated[str, Field(pattern=PORT_CODE)]
SizeType = Annotated[str, Field(pattern=SIZE_TYPE)]
Listed = TypeVar("Listed")
Some = Annotated[list[Listed], Field(min_length=1)]
YesOrNo = Annotated[bool, Strict()]
Kilograms = Annotated[int, Strict(), Field(ge=0, le=1_000_000)]
Seconds = Annotated[int, Strict(), Field(ge=0, le=366 * 24 * 3600)]


class Fact(BaseModel):
    """Base of every wire shape: frozen, and open to fields that we do not know yet."""

    model_config = ConfigDict(frozen=True, extra="allow", use_enum_values=False)


class Unit(Fact):
    """A transport unit: container, wagon, ULD or lot; or a place, for suspensions."""

    type: UnitType
    id: UnitId

    @model_validator(mode="before")
    @classmethod
    def _check_number(cls, value: Any) -> Any:
        """Before the pattern of the id, so that a misread box is told from a nameless one."""
        if isinstance(value, dict) and value.get("type") == UnitType.CONTAINER:
            number = value.get("id")
            if isinstance(number, str):
                checked_container(number)
        return value


class Place(Fact):
    """Where: UN/LOCODE, the operator's facility code, and the spot inside it."""

    port: PortCode
    facility: Name | None = None
    spot: Word | None = None


class Cargo(Fact):
    """What the limits may depend on. `size_type` is the ISO 6346 size and type code."""

    size_type: SizeType | None = None
    laden: YesOrNo | None = None
    category: Category | None = None
    weight_kg: Kilograms | None = None


class Customs(Fact):
    """What customs says of the unit: declaration number, 提前申报, inspection channel; `trader` is
    the company whose goods they are (境内收发货人), by its code at customs."""

    declaration: Word | None = None
    advance: YesOrNo | None = None
    channel: Word | None = None
    trader: Name | None = None


class Refs(Fact):
    """Voyage, train, bill, truck, operator; `service` is the carrier's, as the operator calls it
    (集装箱班轮, 驳船)."""

    voyage: Word | None = None
    service: Word | None = None
    train: Word | None = None
    bill: Word | None = None
    truck: Word | None = None
    operator: Word | None = None


@with_config(extra="forbid")
class Scope(TypedDict, total=False):
    """What a suspension or a stopped clock covers; a key that is absent covers everything.

    Closed, unlike the other shapes: a key passed over would let a suspension excuse more than was
    declared. Stages are only words here. `stage`, an older way to name a single one, is read as
    one of `stages`.
    """

    stages: Some[Name] | None
    categories: Some[Category] | None
    modes: Some[Mode] | None
    stage: Name | None


def _one_spelling(scope: Scope) -> Any:
    """Without nulls, which are absent keys, and without the older `stage`."""
    older = scope.get("stage")
    said = {
        "stages": [*(scope.get("stages") or ()), *((older,) if older else ())],
        "categories": scope.get("categories"),
        "modes": scope.get("modes"),
    }
    return {name: words for name, words in said.items() if words}


class Event(Fact):
    """One reported fact. Identity is (`source`, `event_id`)."""

    event_id: EventId
    source: Name
    kind: Kind
    unit: Unit
    place: Place
    mode: Mode
    occurred_at: Instant
    direction: Direction | None = None
    recorded_at: Instant | None = None
    precision: Precision = Precision.SECOND
    cargo: Cargo | None = None
    customs: Customs | None = None
    refs: Refs | None = None
    at: Instant | None = None
    until: Instant | None = None
    journey_s: Seconds | None = None
    party: Party | None = None
    reason: Word | None = None
    scope: Annotated[Scope, AfterValidator(_one_spelling)] | None = None
    supersedes: EventId | None = None
    retracts: EventId | None = None
    extra: dict[str, Any] | None = None

    @property
    def identity(self) -> Identity:
        """Two reports with the same identity speak of the same event."""
        return Identity(self.source, self.event_id)

    @property
    def occurred_s(self) -> int:
        """As in its gist: the epoch second of an instant; so the three below."""
        return int(self.occurred_at.timestamp())

    @property
    def recorded_s(self) -> int | None:
        return None if self.recorded_at is None else int(self.recorded_at.timestamp())

    @property
    def at_s(self) -> int | None:
        return None if self.at is None else int(self.at.timestamp())

    @property
    def until_s(self) -> int | None:
        return None if self.until is None else int(self.until.timestamp())

    @field_validator("until")
    @classmethod
    def _ends_after_it_begins(cls, until: Instant | None, known: ValidationInfo) -> Instant | None:
        begins = known.data.get("at")
        if until is not None and begins is not None and until <= begins:
            raise PydanticCustomError("invalid-value", "the time is not after `at`")
        return until

    @model_validator(mode="after")
    def _only_suspensions_speak_of_places(self) -> Self:
        if self.unit.type is UnitType.PLACE and self.kind not in SUSPENSIONS:
            raise PydanticCustomError(
                "invalid-unit", "only a suspension may have a place as its unit"
            )
        return self

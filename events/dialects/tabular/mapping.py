"""A mapping: which column is which field, what its codes mean, what its clocks show.

Written by the user, as TOML. It is read strictly: a mapping that cannot be meant is an error before
the first row is. Must never know a file or a row.
"""

import tomllib
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from events.dialects.sender import Introduced, Zone
from events.vocabulary import Category, Direction, Kind, Mode, Party, Precision, UnitType

FLAGS: Final = ("cargo.laden", "customs.advance")
NUMBERS: Final = ("cargo.weight_kg", "journey_s")
TIMES: Final = ("occurred_at", "recorded_at", "at", "until")
WORDS: Final[dict[str, frozenset[str]]] = {
    "kind": frozenset(Kind),
    "unit.type": frozenset(UnitType),
    "mode": frozenset(Mode),
    "direction": frozenset(Direction),
    "party": frozenset(Party),
    "cargo.category": frozenset(Category),
    **dict.fromkeys(FLAGS, frozenset({"true", "false"})),
}
"""Fields with a closed list of words: other words need `codes`."""
TEXTS: Final = (
    "event_id", "source", "unit.id", "place.port", "place.facility", "place.spot",
    "reason", "supersedes", "retracts", "cargo.size_type",
    "customs.declaration", "customs.channel", "customs.trader",
    "refs.voyage", "refs.service", "refs.train", "refs.bill", "refs.truck", "refs.operator",
)  # fmt: skip
FIELDS: Final = frozenset({*FLAGS, *NUMBERS, *TIMES, *WORDS, *TEXTS})
NOTHING: Final = ""
"""Written for a code that is known and comes to nothing."""


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    if unknown := fields.keys() - FIELDS:
        raise ValueError(f"no such fields: {sorted(unknown)}; there are {sorted(FIELDS)}")
    return fields


Columns = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1, max_length=4)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Table(_Part):
    """How the table is written. What is not told is found out: encoding and delimiter by the bytes,
    the sheet as the first one. `skip` lines stand above the header; without a header the columns
    are called `1`, `2` and so on. `ragged` rows may be shorter than the header."""

    encoding: Literal["utf-8", "gb18030", "big5", "cp1252"] | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    sheet: str | None = None
    skip: Annotated[int, Field(ge=0, le=100)] = 0
    header: bool = True
    ragged: bool = False


class Times(_Part):
    """How times are written: formats of `strptime`, the first that fits. `precision` stands where
    the sender writes more digits than it knows."""

    formats: tuple[str, ...] = ()
    precision: Precision | None = None


class Profile(Introduced):
    """One mapping. `columns` names for each field its column, or several that are read as one;
    `usual` what holds for every row; `codes` per field what the words of a column mean. With
    `milestones` each filled column is an event of its own kind, at the time it holds. Rows are for
    us if `only` says so; those that `withdrawn` marks take back what they reported.
    """

    zone: Zone
    unit_type: UnitType = UnitType.CONTAINER
    table: Table = Table()
    times: Times = Times()
    columns: Annotated[dict[str, Columns], AfterValidator(_known)] = Field(default_factory=dict)
    usual: Annotated[dict[str, str | int | bool], AfterValidator(_known)] = Field(
        default_factory=dict
    )
    codes: Annotated[dict[str, dict[str, str]], AfterValidator(_known)] = Field(
        default_factory=dict
    )
    numbers: dict[str, Annotated[int, Field(ge=1, le=10**6)]] = Field(default_factory=dict)
    milestones: dict[str, Kind] = Field(default_factory=dict)
    only: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    withdrawn: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> Self:
        """From TOML. Raises tomllib.TOMLDecodeError and pydantic.ValidationError."""
        return cls.model_validate(tomllib.loads(text))

    @model_validator(mode="after")
    def _can_be_meant(self) -> Self:
        if self.is_the_contract_s_own:
            return self
        if "unit.id" not in self.columns:
            raise ValueError("columns: name the column of unit.id")
        if self.milestones and {"kind", "occurred_at"} & self.columns.keys():
            raise ValueError(
                "milestones are kinds with their times; leave out kind and occurred_at"
            )
        if not self.milestones and not ("kind" in self.fields and "occurred_at" in self.columns):
            raise ValueError("columns: name those of kind and occurred_at, or write milestones")
        if self.withdrawn and "recorded_at" not in self.columns:
            raise ValueError("withdrawn rows need recorded_at, by which they are known to be later")
        _codes_are_words(self.codes)
        return self

    @property
    def is_the_contract_s_own(self) -> bool:
        """Without any column: lines are events in our own words."""
        return not self.columns and not self.milestones

    @property
    def fields(self) -> frozenset[str]:
        """All fields that a row gets."""
        return frozenset({*self.columns, *self.usual})

    @property
    def needed(self) -> frozenset[str]:
        """The columns without which no row can be read."""
        named = {column for columns in self.columns.values() for column in columns}
        return frozenset({*named, *self.milestones, *self.only, *self.withdrawn})


def _codes_are_words(codes: Mapping[str, Mapping[str, str]]) -> None:
    for field, meanings in codes.items():
        wanted = WORDS.get(field)
        wrong = {word for word in meanings.values() if wanted and word not in wanted} - {NOTHING}
        if wrong:
            raise ValueError(f"codes.{field}: {sorted(wrong)} are none of our words")

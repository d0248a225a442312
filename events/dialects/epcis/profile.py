"""What the house knows of a system that captures EPCIS events: its read points, its units."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from events.dialects.sender import Introduced, Sender
from events.envelope import Name, PortCode
from events.vocabulary import Direction, Kind, Mode, UnitType


class ReadPoint(BaseModel):
    """A place of ours, by the identifier of its reader: `gate` says where it leads."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    port: PortCode
    facility: Name | None = None
    spot: str | None = None
    mode: Mode | None = None
    gate: Literal["in", "out"] | None = None


class _Written(Introduced):
    """A profile as its file has it."""

    direction: Direction | None = None
    points: dict[str, ReadPoint]
    units: dict[str, UnitType] = Field(default_factory=dict)
    steps: dict[str, Kind | Literal[""]] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One capturing system.

    `points` are its read points or business locations that are ours; of others it does not speak
    to us. `units` says by its beginning what an identifier stands for, beside containers
    (`urn:epc:id:bic:`), as `"urn:cn:wagon:" = "wagon"`. `steps` overrules the table; an empty text
    is no kind.
    """

    sender: Sender
    points: Mapping[str, ReadPoint]
    units: Mapping[str, UnitType]
    steps: Mapping[str, str]
    direction: Direction | None = None

    @classmethod
    def read(cls, text: str) -> Self:
        """From TOML. Raises tomllib.TOMLDecodeError and pydantic.ValidationError."""
        said = _Written.model_validate(tomllib.loads(text))
        return cls(
            sender=said.sender_in("UTC"),
            points=said.points,
            units=said.units,
            steps=said.steps,
            direction=said.direction,
        )

"""What the house knows of a partner who reports by DCSA: its name, its ports, its own usage."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import AfterValidator, Field

from events.dialects.sender import Introduced, Sender
from events.envelope import Name, PortCode
from events.vocabulary import Direction, Kind

NO_KIND = ""
"""Written for a code that shall come to nothing."""


def _of_a_family(codes: dict[str, str]) -> dict[str, str]:
    for code, kind in codes.items():
        if "." not in code:
            raise ValueError(f"write {code!r} with its family, as EQUIPMENT.{code}")
        if kind != NO_KIND:
            Kind(kind)
    return codes


class _Written(Introduced):
    """A profile as its file has it."""

    direction: Direction | None = None
    ports: tuple[PortCode, ...] = ()
    facilities: dict[str, Name] = Field(default_factory=dict)
    codes: Annotated[dict[str, str], AfterValidator(_of_a_family)] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One partner.

    `ports` are those that its reports are taken of; what it says of others is not for us.
    `facilities` are our names for its codes. `direction` stands where a report has none. `codes`
    overrules the table, as `EQUIPMENT.PICK = "gated-out"`; an empty text is no kind.
    """

    sender: Sender
    ports: frozenset[str]
    direction: Direction | None = None
    facilities: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    codes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def read(cls, text: str) -> Self:
        """From TOML. Raises tomllib.TOMLDecodeError and pydantic.ValidationError."""
        said = _Written.model_validate(tomllib.loads(text))
        return cls(
            sender=said.sender_in("UTC"),
            ports=frozenset((said.port, *said.ports)),
            direction=said.direction,
            facilities=said.facilities,
            codes=said.codes,
        )

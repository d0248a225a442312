"""One partner: what its interchanges leave unsaid, and where it departs from the standard. Data.

A profile is a TOML file; those that ship lie in `events/dialects/profiles`, with examples inside
that are tests. Knows what may stand in such a file; it must never hold a partner's rule as code.
"""

import tomllib
from collections.abc import Mapping
from functools import cached_property
from importlib.resources import files
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

from events.dialects.edifact.charsets import CHARSETS, MULTIBYTE
from events.dialects.edifact.meanings import Codes, Table, tables
from events.dialects.sender import Introduced, Sender, Zone
from events.envelope import Name, PortCode


class Spot(BaseModel):
    """Where a code of LOC is: a port by its UN/LOCODE, and the operator's facility there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    port: PortCode
    facility: Name | None = None


class Example(BaseModel):
    """An interchange and what it must amount to: events (the fields named, no other is looked at),
    how many announcements, and refusals as `reason` and `path`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: str
    interchange: str
    charset: str = "utf-8"
    events: list[dict[str, Any]] = []
    announcements: list[dict[str, Any]] = []
    refusals: list[dict[str, str]] = []


class Profile(Introduced):
    """All that is known of one partner.

    `partners` are the sender identifications of UNB that are this partner's. `alike` says which
    directory that is read (`D.95B`) the codes of another one (`D.96A`) are like, for this partner.
    `identity`: whether a document's number (BGM 1004) is its own (`document`), or only its place in
    its interchange is (`interchange`); the latter cannot be corrected by number. `recorded`: where
    the time stands at which it wrote a report down. `charset` is used whatever UNB names. `lots`
    are qualifiers of RFF that name goods without a box, the best first. `places` by code of LOC.
    """

    name: str
    says: str = ""
    zone: Zone
    partners: frozenset[str] = Field(min_length=1)
    alike: Mapping[str, str] = {}
    identity: Literal["document", "interchange"] = "document"
    recorded: Literal["message", "interchange", "none"] = "message"
    charset: str | None = None
    lots: tuple[str, ...] = ()
    places: Mapping[str, Spot] = Field(default_factory=dict)
    codes: Codes = Field(default_factory=dict)
    example: list[Example] = Field(default_factory=list)

    @field_validator("charset")
    @classmethod
    def _is_a_charset(cls, charset: str | None) -> str | None:
        if charset is not None and charset not in MULTIBYTE | {*CHARSETS.values()}:
            raise ValueError(f"{charset!r} is no character set that separators survive")
        return charset

    @classmethod
    def read(cls, text: str) -> Self:
        """A profile from the text of its file, in TOML.

        Raises ValueError (tomllib.TOMLDecodeError and pydantic.ValidationError are such) saying
        what is wrong where.
        """
        profile = cls.model_validate(tomllib.loads(text))
        _ = profile.tables
        return profile

    @cached_property
    def sender(self) -> Sender:
        """What every dialect asks of a partner."""
        return self.sender_in(self.zone)

    @cached_property
    def tables(self) -> dict[str, dict[str, Table]]:
        """Meanings by message and directory."""
        return tables(self.codes)

    def table(self, message: str, directory: str) -> Table | None:
        """The meanings of one message, or None if this directory of it is not read."""
        return self.tables.get(message, {}).get(self.alike.get(directory, directory))

    @cached_property
    def spots(self) -> dict[str, Spot]:
        """Where the codes of LOC are; the port's own code is its facility."""
        return {self.port: Spot(port=self.port, facility=self.facility), **self.places}


def shipped() -> dict[str, Profile]:
    """The profiles that ship, by name: samples to start one's own from."""
    folder = files("events.dialects").joinpath("profiles")
    found = (
        Profile.read(file.read_text(encoding="utf-8"))
        for file in sorted(folder.iterdir(), key=lambda f: f.name)
        if file.name.endswith(".edifact.toml")
    )
    return {profile.name: profile for profile in found}

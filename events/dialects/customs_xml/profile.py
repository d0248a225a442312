"""What the house knows of a customs feed: whose it is, our places, what receipts mean."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from events.dialects.sender import Introduced, Sender, Zone
from events.envelope import Name, PortCode
from events.vocabulary import Kind

NOTHING = ""
"""Written for a receipt's code that is known and comes to nothing."""


def _kinds(codes: dict[str, str]) -> dict[str, str]:
    for kind in codes.values():
        if kind != NOTHING:
            Kind(kind)
    return codes


class Site(BaseModel):
    """A place of ours."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    port: PortCode
    facility: Name | None = None


Codes = Annotated[dict[str, str], AfterValidator(_kinds)]


class _Written(Introduced):
    """A profile as its file has it."""

    zone: Zone = "Asia/Shanghai"
    places: dict[str, Site] = Field(default_factory=dict)
    receipts: dict[str, Codes] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One feed of customs messages.

    `places` are ours by what a message calls them: a customs office (`2327`), a terminal
    (`CNTAC230030`), or both (`CNTAC230030/2327`). `receipts` say by type of message and code of the
    answer what customs thereby did, as `receipts.MT9999."02" = "inspection-ordered"`.
    """

    sender: Sender
    places: Mapping[str, Site]
    receipts: Mapping[str, Mapping[str, str]]

    @classmethod
    def read(cls, text: str) -> Self:
        """From TOML. Raises tomllib.TOMLDecodeError and pydantic.ValidationError."""
        said = _Written.model_validate(tomllib.loads(text))
        return cls(sender=said.sender_in(said.zone), places=said.places, receipts=said.receipts)

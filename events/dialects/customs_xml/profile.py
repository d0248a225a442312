"""What the house knows of a customs feed: whose it is, our places, what receipts mean."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from events.dialects.sender import Sender
from events.envelope import Name, PortCode
from events.vocabulary import Kind, Mode

NOTHING = ""
"""Written for a receipt's code that is known and comes to nothing."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError) as error:
        raise ValueError(f"no such zone: {name!r}; write it as Asia/Shanghai") from error
    return name


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


class _Written(BaseModel):
    """A profile as its file has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Name
    port: PortCode
    facility: Name | None = None
    zone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    mode: Mode = Mode.WATER
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
        sender = Sender(
            source=said.source,
            port=said.port,
            facility=said.facility,
            zone=said.zone,
            mode=said.mode,
        )
        return cls(sender=sender, places=said.places, receipts=said.receipts)

"""Who sends, as every dialect's profile names it: what the bytes themselves leave unsaid.

Most formats carry no zone and many no port: the house's knowledge of a partner fills both, and
nothing else does. Knows zones and names; must never know a format or guess at a local time.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict

from events.dialects.troubles import Misread, Trouble
from events.envelope import Name, PortCode
from events.vocabulary import Mode

INSTANTS_KEPT = 2**14
"""How many local times are remembered with their offsets: a ship's boxes share their minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """One partner: `source` names its events, `port` (UN/LOCODE) and `facility` are where it works,
    `zone` is the IANA name of what its clocks show, `mode` how its units travel if it says not."""

    source: str
    port: str
    zone: str
    facility: str | None = None
    mode: Mode = Mode.WATER


class Introduced(BaseModel):
    """How the file of a profile begins in every dialect: whom it is of, and where that one works.
    A line that no dialect knows is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Name
    port: PortCode
    facility: Name | None = None
    mode: Mode = Mode.WATER

    def sender_in(self, zone: str) -> Sender:
        """The same, with the zone (IANA) that its clocks show."""
        return Sender(
            source=self.source, port=self.port, facility=self.facility, mode=self.mode, zone=zone
        )


def _is_a_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: `Asia` is a folder.
        raise ValueError(f"no such zone: {name!r}; write it as Asia/Shanghai") from error
    return name


Zone = Annotated[str, AfterValidator(_is_a_zone)]
"""The name of a zone in the IANA data."""


@lru_cache(maxsize=INSTANTS_KEPT)
def zoned(local: datetime, zone: str) -> str:
    """A local time (naive, to the second) as the wire has it, with the offset of its zone.

    Raises Misread `ambiguous-time` where a change of the clocks makes it two instants or none, and
    zoneinfo.ZoneInfoNotFoundError for an unknown zone: profiles are checked when they are read.
    """
    place = ZoneInfo(zone)
    first, second = local.replace(tzinfo=place), local.replace(tzinfo=place, fold=1)
    if first.utcoffset() != second.utcoffset():
        raise Misread(
            Trouble.AMBIGUOUS_TIME, f"{local} is two instants or none: the clocks of {zone} change"
        )
    return first.isoformat(timespec="seconds")

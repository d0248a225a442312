"""What a code of a message means: tables of `codes.toml`, and what a profile says instead.

A meaning is looked up by message and directory, never by the number alone. Knows tables, not
segments.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, field_validator

from events.dialects.decoded import Announced
from events.vocabulary import Category, Kind, Mode

Codes = dict[str, dict[str, dict[str, Any]]]
"""Tables by message and directory, as they stand in a file."""


MADE_BY_ASKING: Final = frozenset(
    {
        Kind.TRANSFER_ORDERED, Kind.MOVE_ORDERED, Kind.UNSTUFFING_ORDERED, Kind.PICKUP_REQUESTED,
        Kind.PICKUP_PLANNED, Kind.INSPECTION_SCHEDULED,
    }
)  # fmt: skip
"""Kinds that happen when somebody asks, orders or books; all others happen to the unit."""


class Meaning(BaseModel):
    """What one code means. Without a kind it only adds to what others of its message mean.

    `times` and `where` are used in place of the table's; `mode` is `here` for the profile's own;
    `rail` is the kind if it happened by rail; `advance` marks a declaration before arrival. `asks`,
    of an order or a request, is what it is a fact of by itself, at its own time: that it was made.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind | None = None
    rail: Kind | None = None
    times: tuple[str, ...] | None = None
    where: tuple[str, ...] | None = None
    mode: Mode | Literal["here"] | None = None
    announces: Announced | None = None
    asks: Kind | None = None
    category: Category | None = None
    advance: bool = False

    @field_validator("asks")
    @classmethod
    def _is_made_by_asking(cls, kind: Kind | None) -> Kind | None:
        if kind is not None and kind not in MADE_BY_ASKING:
            known = ", ".join(sorted(MADE_BY_ASKING))
            raise ValueError(f"asking makes no {kind}; it makes one of {known}")
        return kind


def _spelled_out(said: Any) -> Any:
    """A kind alone is a meaning with nothing else to it."""
    return {"kind": said} if isinstance(said, str) else said


Meant = Annotated[Meaning, BeforeValidator(_spelled_out)]


class Table(BaseModel):
    """All meanings of one message in one directory.

    `documents` by BGM 1001, `statuses` by STS, `decisions` by GIS; `moments` and `calls` are
    qualifiers of DTM that report by themselves: of the goods, and of the ship with the unit.
    `documents_known` are codes of BGM that say nothing by themselves. `listed`: a status counts
    only where its segment names the list it is from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    times: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    mode: Mode | Literal["here"] = "here"
    announces: Announced | None = None
    listed: bool = False
    documents_known: tuple[str, ...] = ()
    documents: Mapping[str, Meant] = {}
    statuses: Mapping[str, Meant] = {}
    decisions: Mapping[str, Meant] = {}
    moments: Mapping[str, Kind] = {}
    calls: Mapping[str, Kind] = {}


_TABLES: Final = ("documents", "statuses", "decisions", "moments", "calls")


@cache
def standard() -> Codes:
    """The tables that ship, as they stand."""
    text = files("events.dialects.edifact").joinpath("codes.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def tables(own: Codes) -> dict[str, dict[str, Table]]:
    """The standard's tables with a profile's own words over them. Raises ValueError."""
    names = {
        (message, d) for source in (standard(), own) for message in source for d in source[message]
    }
    found: dict[str, dict[str, Table]] = {}
    for message, directory in sorted(names):
        ours = standard().get(message, {}).get(directory, {})
        found.setdefault(message, {})[directory] = _merged(
            ours, own.get(message, {}).get(directory, {})
        )
    return found


def _merged(ours: dict[str, Any], own: dict[str, Any]) -> Table:
    inner = {name: {**ours.get(name, {}), **own.get(name, {})} for name in _TABLES}
    return Table.model_validate({**ours, **own, **inner})

"""The gist of an event: what the contract knows of it, in the smallest room.

The compiled twin of `events.envelope`: the same fields under the same names, but instants are epoch
seconds, and nothing stands here that the contract does not name. A test holds the two against each
other. Knows shapes and bounds; what a name or a number must look like is for `events.reading`.
"""

from typing import Annotated, Any, Final, Generic

from msgspec import Meta, Struct, defstruct, field
from msgspec.json import Encoder
from msgspec.structs import astuple, replace
from typing_extensions import TypeVar

from events.instants import instant_text
from events.vocabulary import Category, Direction, Kind, Mode, Party, Precision, UnitType

Name = Annotated[str, Meta(max_length=64)]
EventId = Annotated[str, Meta(max_length=200)]
Word = Annotated[str, Meta(max_length=200)]
Kilograms = Annotated[int, Meta(ge=0, le=1_000_000)]
Seconds = Annotated[int, Meta(ge=0, le=366 * 24 * 3600)]

Moment = TypeVar("Moment", default=int)
"""An instant: a text as the wire has it, and an epoch second once it is read."""


class Closed(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """Base of all shapes here. A field that it does not know is not its to pass over."""


class Unit(Closed, frozen=True):
    """As `envelope.Unit`."""

    type: UnitType
    id: Name


class Place(Closed, frozen=True):
    """As `envelope.Place`."""

    port: str
    facility: Name | None = None
    spot: Word | None = None


class Cargo(Closed, frozen=True):
    """As `envelope.Cargo`."""

    size_type: str | None = None
    laden: bool | None = None
    category: Category | None = None
    weight_kg: Kilograms | None = None


class Customs(Closed, frozen=True):
    """As `envelope.Customs`."""

    declaration: Word | None = None
    advance: bool | None = None
    channel: Word | None = None
    trader: Name | None = None


class Refs(Closed, frozen=True):
    """As `envelope.Refs`."""

    voyage: Word | None = None
    service: Word | None = None
    train: Word | None = None
    bill: Word | None = None
    truck: Word | None = None
    operator: Word | None = None


class Scope(Closed, frozen=True):
    """As `envelope.Scope`, with the older `stage` still beside the stages."""

    stages: Annotated[list[Name], Meta(min_length=1)] | None = None
    categories: Annotated[list[Category], Meta(min_length=1)] | None = None
    modes: Annotated[list[Mode], Meta(min_length=1)] | None = None
    stage: Name | None = None

    @property
    def all_stages(self) -> list[str]:
        """Whichever way they are spelled."""
        return [*(self.stages or ()), *(() if self.stage is None else (self.stage,))]


class Gist(Closed, Generic[Moment], frozen=True, kw_only=True):
    """One reported fact about one unit that is no place. Instants are epoch seconds, `_s`."""

    event_id: EventId
    source: Name
    kind: Kind
    unit: Unit
    place: Place
    mode: Mode
    occurred_s: Moment = field(name="occurred_at")
    direction: Direction | None = None
    recorded_s: Moment | None = field(name="recorded_at", default=None)
    precision: Precision = Precision.SECOND
    cargo: Cargo | None = None
    customs: Customs | None = None
    refs: Refs | None = None
    at_s: Moment | None = field(name="at", default=None)
    until_s: Moment | None = field(name="until", default=None)
    journey_s: Seconds | None = None
    party: Party | None = None
    reason: Word | None = None
    scope: Scope | None = None
    supersedes: EventId | None = None
    retracts: EventId | None = None


class Excerpt(Gist[Moment], Generic[Moment], frozen=True, kw_only=True):
    """The gist of an event that says more than the contract knows: enough for whoever judges it,
    too little to send it on."""


_FIELDS: Final = Gist.__struct_encode_fields__
_INSTANTS: Final = [_FIELDS.index(name) for name in ("occurred_at", "recorded_at", "at", "until")]
_SCOPE: Final = _FIELDS.index("scope")
_Written: Final = defstruct("_Written", [(n, object, None) for n in _FIELDS], omit_defaults=True)
"""A gist as it stands on the wire: whatever is there is written, be it usual or not."""
_encode: Final = Encoder().encode


def written(gist: Gist) -> bytes:
    """The very bytes of `codec.encode` for the event, which cost a tenth this way.

    Raises TypeError for an excerpt.
    """
    if isinstance(gist, Excerpt):
        raise TypeError("an excerpt is not written: it would lose what its sender added")
    said: list[Any] = [*astuple(gist)]
    for place in _INSTANTS:
        if said[place] is not None:
            said[place] = instant_text(said[place])
    if gist.scope is not None:
        said[_SCOPE] = replace(gist.scope, stages=gist.scope.all_stages or None, stage=None)
    return _encode(_Written(*said))

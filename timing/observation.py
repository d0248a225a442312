"""An observation: an event as the rules need it, small enough to keep for every live visit.

Instants are epoch seconds. Knows the event model; must never know a stage or a limit.
"""

import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from operator import itemgetter
from typing import Final

import msgspec

from events.envelope import Event, Unit
from events.identifiers import Identity
from events.vocabulary import Category, Direction, Kind, Mode, Party, Precision

Words = tuple[str, ...]

DAY_S: Final = 86_400
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Rare(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What most reports do not say, kept apart so that it takes no room where it is not said.

    `about_at` and `until_at` are instants that the report speaks of. `stages`, `categories`,
    `modes`: what a stopped clock or a suspension is limited to. `others`: the digests of other
    contents seen under the report's identity.
    """

    precision: Precision = Precision.SECOND
    about_at: int | None = None
    until_at: int | None = None
    party: Party | None = None
    journey_s: int | None = None
    supersedes: str | None = None
    retracts: str | None = None
    stages: Words = ()
    categories: Words = ()
    modes: Words = ()
    others: tuple[int, ...] = ()


_PLAIN = Rare()
_SECOND: Final = Precision.SECOND
_UNUSUAL: Final = frozenset(
    {"party", "at", "until", "journey_s", "scope", "supersedes", "retracts"}
)
"""What of an event only a `Rare` holds, the precision aside."""


class Observation(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One report. `rare` is None where there is nothing of it to say."""

    source: str
    event_id: str
    kind: Kind
    occurred_at: int
    recorded_at: int
    mode: Mode
    direction: Direction | None
    facility: str | None
    size_type: str | None
    laden: bool | None
    category: Category | None
    weight_kg: int | None = None
    rare: Rare | None = None

    @property
    def said(self) -> Rare:
        """What it says beyond the usual."""
        return self.rare or _PLAIN

    @property
    def identity(self) -> Identity:
        """Two reports with the same identity speak of the same event."""
        return Identity(self.source, self.event_id)

    @property
    def corrects(self) -> Identity | None:
        """The event of the same source that this one replaces or voids."""
        if self.rare is None:
            return None
        target = self.rare.retracts or self.rare.supersedes
        return Identity(self.source, target) if target else None

    @property
    def digest(self) -> int:
        """Of everything that the rules read: equal digests, equal content."""
        return zlib.crc32(encode(self._with_others(())))

    @property
    def weight(self) -> int:
        """How many contents were seen under its identity."""
        return 1 if self.rare is None else 1 + len(self.rare.others)

    def said_before(self, known: "Observation") -> bool:
        """Whether this content was seen already under the identity of the known report."""
        digest = self.digest
        return digest == known.digest or digest in known.said.others

    def _with_others(self, others: tuple[int, ...]) -> "Observation":
        if self.said.others == others:
            return self
        rare = msgspec.structs.replace(self.said, others=others)
        return msgspec.structs.replace(self, rare=None if rare == _PLAIN else rare)


encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Observation).decode


_said = itemgetter(
    "source", "event_id", "kind", "occurred_at", "recorded_at", "mode", "direction", "place",
    "cargo", "precision",
)  # fmt: skip
_stated = itemgetter("size_type", "laden", "category", "weight_kg")


def unit_key(event: Event) -> str:
    """`<port>/<unit id>`: the key under which everything about a unit at a port is kept."""
    return f"{event.place.port}/{event.unit.id}"


def unit_of(event: Event) -> Unit:
    """The unit by type and number, without what a sender adds: all its events name it alike."""
    return Unit.model_construct(type=event.unit.type, id=event.unit.id)


def observation_of(event: Event) -> Observation:
    """Take from an event what the rules read. `recorded_at` defaults to `occurred_at`."""
    # A field asked of the model itself costs three times as much as one read from its dict.
    source, event_id, kind, occurred_at, recorded_at, mode, direction, place, cargo, precision = (
        _said(event.__dict__)
    )
    size_type = laden = category = weight_kg = None
    if cargo is not None:
        size_type, laden, category, weight_kg = _stated(cargo.__dict__)
    since = occurred_at - _EPOCH  # As in `_epoch_s`, without the call.
    occurred_s = recorded_s = since.days * DAY_S + since.seconds
    if recorded_at is not None:
        since = recorded_at - _EPOCH
        recorded_s = since.days * DAY_S + since.seconds
    usual = precision is _SECOND and _UNUSUAL.isdisjoint(event.__pydantic_fields_set__)
    return Observation(
        source, event_id, kind, occurred_s, recorded_s, mode, direction, place.facility,
        size_type, laden, category, weight_kg, None if usual else _rare(event),
    )  # fmt: skip


def _epoch_s(moment: datetime) -> int:
    """Whole seconds, as `timestamp` gives them at twice the price."""
    since = moment - _EPOCH
    return since.days * DAY_S + since.seconds


def _rare(event: Event) -> Rare | None:
    """What it says beyond the usual."""
    scope = event.scope
    rare = Rare(
        event.precision,
        _epoch_s(event.at) if event.at else None,
        _epoch_s(event.until) if event.until else None,
        event.party,
        event.journey_s,
        event.supersedes,
        event.retracts,
        _words(scope, "stages"),
        _words(scope, "categories"),
        _words(scope, "modes"),
    )
    return None if rare == _PLAIN else rare


def _words(scope: Mapping[str, object] | None, name: str) -> Words:
    words = scope.get(name) if scope else None
    return tuple(sorted(set(words))) if isinstance(words, list) else ()


def merged(known: Observation, other: Observation) -> Observation:
    """Two reports of one event: the later recorded stands, whatever the order they came in."""
    latest = max(known, other, key=lambda o: (o.recorded_at, o.digest))
    digests = {known.digest, *known.said.others, other.digest, *other.said.others}
    return latest._with_others(tuple(sorted(digests - {latest.digest})))

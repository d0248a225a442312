"""An observation: an event as the rules need it, small enough to keep for every live visit.

Instants are epoch seconds. Knows the event model and its gist, which come to the same; must never
know a stage or a limit.
"""

import zlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from events.envelope import Unit
from events.gist import Scope
from events.identifiers import Identity
from events.reading import Reported
from events.vocabulary import Category, Direction, Kind, Mode, Party, Precision

Words = tuple[str, ...]


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


def unit_key(event: Reported) -> str:
    """`<port>/<unit id>`: the key under which everything about a unit at a port is kept."""
    return f"{event.place.port}/{event.unit.id}"


def unit_of(event: Reported) -> Unit:
    """The unit by type and number, without what a sender adds: all its events name it alike."""
    return Unit.model_construct(type=event.unit.type, id=event.unit.id)


def observation_of(event: Reported) -> Observation:
    """Take from an event what the rules read. `recorded_at` defaults to `occurred_at`."""
    size_type = laden = category = weight_kg = None
    cargo, occurred_s, recorded_s = event.cargo, event.occurred_s, event.recorded_s
    if cargo is not None:
        size_type, laden, category = cargo.size_type, cargo.laden, cargo.category
        weight_kg = cargo.weight_kg
    return Observation(
        event.source, event.event_id, event.kind, occurred_s,
        occurred_s if recorded_s is None else recorded_s, event.mode, event.direction,
        event.place.facility, size_type, laden, category, weight_kg,
        None if _is_usual(event) else _rare(event),
    )  # fmt: skip


def _is_usual(event: Reported) -> bool:
    """Whether it says nothing that only a `Rare` holds."""
    return event.precision is _SECOND and not (
        event.party or event.at_s or event.until_s or event.journey_s is not None or event.scope
        or event.supersedes or event.retracts
    )  # fmt: skip


def _rare(event: Reported) -> Rare | None:
    """What it says beyond the usual."""
    rare = Rare(
        event.precision,
        event.at_s,
        event.until_s,
        event.party,
        event.journey_s,
        event.supersedes,
        event.retracts,
        *_covered(event.scope),
    )
    return None if rare == _PLAIN else rare


def _covered(scope: Scope | Mapping[str, Any] | None) -> tuple[Words, Words, Words]:
    """The stages, categories and modes of a scope."""
    if isinstance(scope, Scope):
        return _sorted(scope.all_stages), _sorted(scope.categories), _sorted(scope.modes)
    said = scope or {}
    return _sorted(said.get("stages")), _sorted(said.get("categories")), _sorted(said.get("modes"))


def _sorted(words: Iterable[str] | None) -> Words:
    return tuple(sorted(set(words or ())))


def merged(known: Observation, other: Observation) -> Observation:
    """Two reports of one event: the later recorded stands, whatever the order they came in."""
    latest = max(known, other, key=lambda o: (o.recorded_at, o.digest))
    digests = {known.digest, *known.said.others, other.digest, *other.said.others}
    return latest._with_others(tuple(sorted(digests - {latest.digest})))

"""An observation: an event as the rules need it, small enough to keep for every live visit.

Instants are epoch seconds. Knows the event model; must never know a stage or a limit.
"""

import zlib

import msgspec

from events.envelope import Event, Unit
from events.identifiers import Identity
from events.vocabulary import Category, Direction, Kind, Mode, Party, Precision


class Observation(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One report. `versions` are the digests of every content seen under its identity."""

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
    precision: Precision
    about_at: int | None
    party: Party | None
    stage: str | None
    supersedes: str | None
    retracts: str | None
    digest: int
    versions: tuple[int, ...]

    @property
    def identity(self) -> Identity:
        """Two reports with the same identity speak of the same event."""
        return Identity(self.source, self.event_id)

    @property
    def corrects(self) -> Identity | None:
        """The event of the same source that this one replaces or voids."""
        target = self.retracts or self.supersedes
        return Identity(self.source, target) if target else None


def unit_key(event: Event) -> str:
    """`<port>/<unit id>`: the key under which everything about a unit at a port is kept."""
    return f"{event.place.port}/{event.unit.id}"


def unit_of(event: Event) -> Unit:
    """The unit by type and number, without what a sender adds: all its events name it alike."""
    return Unit(type=event.unit.type, id=event.unit.id)


def observation_of(event: Event) -> Observation:
    """Take from an event what the rules read. `recorded_at` defaults to `occurred_at`."""
    occurred_at = int(event.occurred_at.timestamp())
    cargo, digest = event.cargo, zlib.crc32(event.model_dump_json(exclude_none=True).encode())
    scope_stage = event.scope.get("stage") if event.scope else None
    return Observation(
        source=event.source,
        event_id=event.event_id,
        kind=event.kind,
        occurred_at=occurred_at,
        recorded_at=int(event.recorded_at.timestamp()) if event.recorded_at else occurred_at,
        mode=event.mode,
        direction=event.direction,
        facility=event.place.facility,
        size_type=cargo.size_type if cargo else None,
        laden=cargo.laden if cargo else None,
        category=cargo.category if cargo else None,
        precision=event.precision,
        about_at=int(event.at.timestamp()) if event.at else None,
        party=event.party,
        stage=scope_stage if isinstance(scope_stage, str) else None,
        supersedes=event.supersedes,
        retracts=event.retracts,
        digest=digest,
        versions=(digest,),
    )


def merged(known: Observation, other: Observation) -> Observation:
    """Two reports of one event: the later recorded stands, whatever the order they came in."""
    versions = tuple(sorted({*known.versions, *other.versions}))
    latest = max(known, other, key=lambda o: (o.recorded_at, o.digest))
    return (
        latest
        if versions == latest.versions
        else msgspec.structs.replace(latest, versions=versions)
    )

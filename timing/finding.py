"""A finding: one occurrence judged by at most one limit, small and plain.

It becomes an `Outcome` only when it is published. Must never know how it was come by.
"""

from enum import IntEnum
from typing import Final

import msgspec

from events.vocabulary import Verdict
from timing.dwell import Held
from timing.editions import Applied
from timing.instants import NEVER
from timing.occurrences import Occurrence
from timing.patience import Patience
from timing.visits import Traits

Flags = tuple[str, ...]


class Level(IntEnum):
    """How urgent a finding is to people."""

    CALM = 0
    AT_RISK = 1
    BREACHED = 2


LEVELS = tuple(Level)
_CALM: Final = Level.CALM
_BREACHED: Final = Level.BREACHED
"""Members by names of the module: to ask an enumeration costs ten times as much (Python 3.11)."""


class Key(msgspec.Struct, frozen=True, order=True, gc=False):
    """What makes two findings speak of the same thing."""

    visit_id: str
    stage: str
    occurrence: int
    limit_id: str


class Finding(msgspec.Struct, frozen=True, gc=False):
    """One occurrence judged by at most one limit. Epoch seconds and seconds.

    `split` is empty while the stage is open. `deadline_at` is the last instant at which the limit
    was or is kept; None once it has been.
    """

    key: Key
    traits: Traits
    occurrence: Occurrence
    applied: Applied | None
    gross_s: int | None
    net_s: int | None
    held: Held
    split: Held
    verdict: Verdict
    decided_at: int
    deadline_at: int | None
    risk_at: int | None
    level: Level
    revision: int
    flags: Flags


def due(finding: Finding) -> int:
    """The smallest watermark at which this finding would be another."""
    if finding.level is _CALM and finding.risk_at is not None:
        return finding.risk_at
    if finding.level is _BREACHED or finding.deadline_at is None:
        return NEVER
    return finding.deadline_at + 1


def risk_s(limit_s: int, patience: Patience) -> int:
    """The net time from which on a limit is at risk."""
    return int(limit_s * patience.risk_share)

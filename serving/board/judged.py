"""What the board keeps of an outcome: a dozen fields, flat, instants as epoch seconds.

Read straight from the bytes of `stage-dwells`, since a board reads every outcome of a port, or made
from an Outcome of the tables. Must never know a rule: what an outcome says is taken as it is.
"""

from datetime import datetime
from sys import intern
from typing import Any, Final

import msgspec

from events.outcomes import Outcome
from events.vocabulary import Verdict

Slot = tuple[str, int, str]
"""Stage, occurrence and limit id: what tells the outcomes of one visit apart."""


class _Unit(msgspec.Struct, gc=False):
    type: str
    id: str


class _Limit(msgspec.Struct, gc=False):
    id: str
    edition: str
    limit_s: int


class _Wire(msgspec.Struct, gc=False):
    visit_id: str
    unit: _Unit
    port: str
    facility: str | None
    mode: str
    stage: str
    occurrence: int
    opened_at: datetime
    closed_at: datetime | None
    verdict: str
    limit: _Limit | None
    deadline_at: datetime | None
    answers: str


class Judged(msgspec.Struct, frozen=True, gc=False):
    """One stage of one visit as it was last judged. `limit_id` is empty under no limit."""

    visit_id: str
    unit_type: str
    unit_id: str
    port: str
    facility: str | None
    mode: str
    stage: str
    occurrence: int
    answers: str
    limit_id: str
    edition: str
    limit_s: int
    opened_at: int
    closed_at: int | None
    deadline_at: int | None
    verdict: str

    @property
    def slot(self) -> Slot:
        """Which outcome of its visit it is."""
        return self.stage, self.occurrence, self.limit_id

    @property
    def incident(self) -> str:
        """The incident that its alerts belong to, as `events.alerts.incident_of` names it."""
        return f"{self.visit_id}/{self.stage}/{self.occurrence}/{self.limit_id}"

    @property
    def gone(self) -> bool:
        """Whether the stage has ceased to exist."""
        return self.verdict == Verdict.VOID

    @property
    def open(self) -> bool:
        """Whether the stage exists and has not ended."""
        return self.closed_at is None and not self.gone


_READER: Final = msgspec.json.Decoder(_Wire)


def read_judged(value: bytes) -> Judged:
    """Read the value of a record of `stage-dwells`. Raises ValueError for what is no outcome."""
    return _flat(_READER.decode(value))


def judged_of(outcome: Outcome) -> Judged:
    """The same of an outcome that was read elsewhere."""
    return _flat(outcome)


def _flat(told: Any) -> Judged:
    """Words that come again and again are kept once."""
    limit = told.limit
    return Judged(
        visit_id=told.visit_id,
        unit_type=intern(str(told.unit.type)),
        unit_id=told.unit.id,
        port=intern(told.port),
        facility=None if told.facility is None else intern(told.facility),
        mode=intern(str(told.mode)),
        stage=intern(told.stage),
        occurrence=told.occurrence,
        answers=intern(str(told.answers)),
        limit_id=intern(limit.id) if limit else "",
        edition=intern(limit.edition) if limit else "",
        limit_s=limit.limit_s if limit else 0,
        opened_at=int(told.opened_at.timestamp()),
        closed_at=_epoch(told.closed_at),
        deadline_at=_epoch(told.deadline_at),
        verdict=intern(str(told.verdict)),
    )


def _epoch(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())

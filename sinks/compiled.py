"""Outcomes, alerts and fates as rows by compiled decoders: the rows that their models would give.

A reader here takes a part of what the contract's model takes, and gives the very row that comes by
way of it. What it does not take (other fields of a unit, another spelling of a number, whatever is
wrong) it leaves to the model, which has the words for it: None. An outcome costs 4 us in place of
40. Knows the shapes of the wire; must never know a table, a topic or a store.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar

import msgspec
from msgspec import Meta, MsgspecError, Struct

from events.envelope import Unit
from events.instants import parse_instant
from events.vocabulary import AlertState, Cause, Direction, Fate, Mode, Party, UnitType, Verdict
from sinks.rows import opened_at_of

KNOWN_MAX: Final = 50_000
"""How many instants, openings of visits and units of a type are remembered: 10 MB of each."""

Value = TypeVar("Value")
_Row = tuple[Any, ...]
_Seconds = Annotated[int, Meta(ge=0)]
_Count = Annotated[int, Meta(ge=1)]

if TYPE_CHECKING:
    from typing import TypeAlias

    _Mode: TypeAlias = str
    _Direction: TypeAlias = str
    _Party: TypeAlias = str
    _Answers: TypeAlias = str
    _Verdict: TypeAlias = str
    _State: TypeAlias = str
    _Fate: TypeAlias = str
    _Cause: TypeAlias = str
    _UnitType: TypeAlias = str
else:

    def _of(words: type[StrEnum], *others: str) -> Any:
        return Literal[*(word.value for word in words), *others]

    _Mode, _Direction, _Party, _Answers = _of(Mode), _of(Direction), _of(Party), _of(Party, "all")
    _Verdict, _State, _Fate, _Cause = _of(Verdict), _of(AlertState), _of(Fate), _of(Cause)
    _UnitType = _of(UnitType)


class Known(dict[str, Value]):
    """What texts mean: each is read once while there is room, and one that is refused is not kept.

    All is forgotten at once when the room is full, so nobody can fill it for good.
    """

    def __init__(self, read: Callable[[str], Value]) -> None:
        self._read = read

    def __missing__(self, text: str) -> Value:
        meaning = self._read(text)
        if len(self) >= KNOWN_MAX:
            self.clear()
        self[text] = meaning
        return meaning


class _Shape(Struct, forbid_unknown_fields=True, gc=False):
    """Closed, as what we publish is: what is new to a shape is left to its model."""


class UnitShape(_Shape):
    """A unit without fields that no rule reads."""

    type: _UnitType
    id: str


class LimitShape(_Shape):
    """As AppliedLimit."""

    id: str
    edition: str
    kind: str
    limit_s: _Seconds


class CauseShape(_Shape):
    """As Because."""

    what: _Cause
    id: str | None


class OutcomeShape(_Shape):
    """As Outcome, its instants as they are spelt."""

    visit_id: str
    unit: UnitShape
    port: str
    facility: str | None
    mode: _Mode
    direction: _Direction | None
    stage: str
    occurrence: _Count
    opened_at: str
    closed_at: str | None
    gross_s: _Seconds | None
    net_s: _Seconds | None
    held_s: dict[_Party, _Seconds]
    split_s: dict[_Party, _Seconds]
    age_s: _Seconds | None
    verdict: _Verdict
    limit: LimitShape | None
    deadline_at: str | None
    answers: _Answers
    decided_at: str
    revision: _Count
    definition: str | None
    flags: list[str]
    event_ids: list[str]
    cause: CauseShape | None = None


class AlertShape(_Shape):
    """As Alert, its instants as they are spelt."""

    alert_id: str
    visit_id: str
    unit: UnitShape
    port: str
    facility: str | None
    stage: str
    occurrence: _Count
    limit: LimitShape
    state: _State
    answers: _Answers
    raised_at: str
    deadline_at: str | None
    cause: CauseShape | None = None


class FateShape(_Shape):
    """As EventFate."""

    source: str
    event_id: str
    port: str
    unit: UnitShape
    fate: _Fate
    visit_id: str | None


_VOID: Final = Verdict.VOID.value
_NONE: Final = LimitShape("", "", "", 0)
_NOTHING: Final = CauseShape("", None)
_outcome: Final = msgspec.json.Decoder(OutcomeShape).decode
_alert: Final = msgspec.json.Decoder(AlertShape).decode
_fate: Final = msgspec.json.Decoder(FateShape).decode


def _units(of: UnitType) -> Known[Unit]:
    return Known(lambda id: Unit.model_validate({"type": of, "id": id}))


_instants: Final = Known(parse_instant)
_openings: Final = Known(lambda ending: opened_at_of(f"/{ending}"))
_known_units: Final = {of.value: _units(of) for of in UnitType}


def outcome_row(value: bytes, version: int) -> _Row | None:
    """A row of `stage_dwells`, its fields as of StageDwell, or None: let the model read it."""
    try:
        told = _outcome(value)
        unit, limit, cause = told.unit, told.limit or _NONE, told.cause or _NOTHING
        _known_units[unit.type][unit.id]  # the check digit, and what an id may be made of
        if limit is not _NONE and not limit.id:
            return None
        closed_at, deadline_at = told.closed_at, told.deadline_at
        return (
            told.port, told.stage, told.visit_id, told.occurrence, limit.id,
            _openings[told.visit_id.rpartition("/")[2]],
            unit.type, unit.id, "", told.facility, told.mode, told.direction,
            _instants[told.opened_at], None if closed_at is None else _instants[closed_at],
            told.gross_s, told.net_s, told.held_s, told.split_s, told.age_s,
            told.verdict, limit.edition, limit.kind, limit.limit_s,
            None if deadline_at is None else _instants[deadline_at],
            told.answers, _instants[told.decided_at], told.revision, told.definition,
            told.flags, told.event_ids, cause.what or None, cause.id, version,
            int(told.verdict == _VOID),
        )  # fmt: skip
    except (MsgspecError, ValueError):
        return None


def alert_row(value: bytes, version: int) -> _Row | None:
    """A row of `limit_alerts`, its fields as of LimitAlert, or None: let the model read it."""
    try:
        told = _alert(value)
        unit, limit, cause = told.unit, told.limit, told.cause or _NOTHING
        _known_units[unit.type][unit.id]
        return (
            told.port, told.stage, told.visit_id, told.alert_id, told.state,
            _openings[told.visit_id.rpartition("/")[2]],
            unit.type, unit.id, "", told.facility, told.occurrence,
            limit.id, limit.edition, limit.kind, limit.limit_s, told.answers,
            _instants[told.raised_at],
            None if told.deadline_at is None else _instants[told.deadline_at],
            cause.what or None, cause.id, version,
        )  # fmt: skip
    except (MsgspecError, ValueError):
        return None


def fate_row(value: bytes, version: int) -> _Row | None:
    """A row of `event_fates`, its fields as of FateRow, or None: let the model read it."""
    try:
        told = _fate(value)
        unit = told.unit
        _known_units[unit.type][unit.id]
    except (MsgspecError, ValueError):
        return None
    return (
        told.source, told.event_id, told.port, unit.type, unit.id, "", told.fate, told.visit_id,
        version,
    )  # fmt: skip

"""What we publish, as rows, and rows back as outcomes. Pure: no store, no consumer, no clock.

A row is a named tuple whose fields are the table's columns, in order. Nothing of an outcome is
lost on the way: `outcome_of(outcome_row(outcome, n))` is the outcome, byte for byte on the wire.
Instants are aware UTC datetimes to the second.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from pydantic_core import from_json, to_json

from events.alerts import AlertDeed, Delivery
from events.dead_letters import FOREIGN, Refused, Settled, claimed_source, foreign
from events.envelope import Unit
from events.outcomes import Alert, AppliedLimit, EventFate, Outcome
from events.vocabulary import Party, Verdict
from sinks.unknown import code_of

_BASIC_INSTANT = re.compile(r"\d{8}T\d{6}Z", re.ASCII)

OFFSETS_MAX = 2**36
"""Offsets of one partition in one era; 68 thousand million records."""


class StageDwell(NamedTuple):
    """One outcome: a stage of a visit, judged by at most one limit (`limit_id` '' when none)."""

    port: str
    stage: str
    visit_id: str
    occurrence: int
    limit_id: str
    visit_opened_at: datetime
    unit_type: str
    unit_id: str
    unit_extra: str
    facility: str | None
    mode: str
    direction: str | None
    opened_at: datetime
    closed_at: datetime | None
    gross_s: int | None
    net_s: int | None
    held_s: dict[str, int]
    split_s: dict[str, int]
    age_s: int | None
    verdict: str
    limit_edition: str
    limit_kind: str
    limit_s: int
    deadline_at: datetime | None
    answers: str
    decided_at: datetime
    revision: int
    definition: str | None
    flags: list[str]
    event_ids: list[str]
    cause_what: str | None
    cause_id: str | None
    version: int
    withdrawn: int


class LimitAlert(NamedTuple):
    """One state of one alert; the states of an alert are its history."""

    port: str
    stage: str
    visit_id: str
    alert_id: str
    state: str
    visit_opened_at: datetime
    unit_type: str
    unit_id: str
    unit_extra: str
    facility: str | None
    occurrence: int
    limit_id: str
    limit_edition: str
    limit_kind: str
    limit_s: int
    answers: str
    raised_at: datetime
    deadline_at: datetime | None
    cause_what: str | None
    cause_id: str | None
    version: int


class DeedRow(NamedTuple):
    """One thing done about one incident."""

    port: str
    visit_id: str
    incident: str
    deed_id: str
    visit_opened_at: datetime
    facility: str | None
    stage: str
    answers: str
    deed: str
    by: str
    to: str | None
    text: str | None
    at: datetime
    version: int


class DeliveryRow(NamedTuple):
    """What became of one message to people."""

    delivery_id: str
    incidents: list[str]
    port: str
    route: str
    channel: str
    state: str
    attempts: int
    proved_at: datetime
    published_at: datetime
    noticed_at: datetime
    settled_at: datetime | None
    detail: str | None
    alerts: int
    version: int


class FateRow(NamedTuple):
    """What became of one event at one unit."""

    source: str
    event_id: str
    port: str
    unit_type: str
    unit_id: str
    unit_extra: str
    fate: str
    visit_id: str | None
    version: int


class RefusalRow(NamedTuple):
    """A refused message (`record` = 'refusal') or its settlement (`record` = 'settlement').

    `source` is who its bytes claim to be from, or the feed that a door took them of; `code` is the
    word in it that is unknown, empty for other reasons."""

    topic: str
    partition: int
    offset: int
    record: str
    reason: str
    detail: str
    remedy: str
    source: str
    code: str
    received_at: datetime | None
    message_key: bytes | None
    message: bytes
    settled_at: datetime | None
    version: int


def version_of(offset: int, era: int) -> int:
    """The version of a row: what was written later in the same partition stands.

    `era` counts the logs there have been: offsets of a log made anew start at 0 again.
    """
    if not 0 <= offset < OFFSETS_MAX:
        raise ValueError(f"offset {offset} is not below {OFFSETS_MAX}")
    return era * OFFSETS_MAX + offset


def opened_at_of(visit_id: str) -> datetime:
    """When the visit opened, from its id `<port>/<unit id>/<instant>`; raises ValueError."""
    text = visit_id.rpartition("/")[2]
    try:
        if not _BASIC_INSTANT.fullmatch(text):
            raise ValueError(f"{text!r} is not written 20260302T001500Z")
        return datetime.fromisoformat(text)  # ten times as fast as strptime
    except ValueError as error:
        raise ValueError(f"visit id {visit_id!r} does not end with its opening instant") from error


def outcome_row(outcome: Outcome, version: int) -> StageDwell:
    """Raises ValueError when the visit id has no opening instant or a limit has no name."""
    limit = outcome.limit
    if limit is not None and not limit.id:
        raise ValueError("the limit has an empty id, which a row cannot tell from no limit")
    return StageDwell(
        port=outcome.port,
        stage=outcome.stage,
        visit_id=outcome.visit_id,
        occurrence=outcome.occurrence,
        limit_id=limit.id if limit else "",
        visit_opened_at=opened_at_of(outcome.visit_id),
        unit_type=outcome.unit.type.value,
        unit_id=outcome.unit.id,
        unit_extra=_extra(outcome.unit),
        facility=outcome.facility,
        mode=outcome.mode.value,
        direction=outcome.direction.value if outcome.direction else None,
        opened_at=outcome.opened_at,
        closed_at=outcome.closed_at,
        gross_s=outcome.gross_s,
        net_s=outcome.net_s,
        held_s=_by_party(outcome.held_s),
        split_s=_by_party(outcome.split_s),
        age_s=outcome.age_s,
        verdict=outcome.verdict.value,
        limit_edition=limit.edition if limit else "",
        limit_kind=limit.kind if limit else "",
        limit_s=limit.limit_s if limit else 0,
        deadline_at=outcome.deadline_at,
        answers=str(outcome.answers),
        decided_at=outcome.decided_at,
        revision=outcome.revision,
        definition=outcome.definition,
        flags=list(outcome.flags),
        event_ids=list(outcome.event_ids),
        cause_what=outcome.cause.what.value if outcome.cause else None,
        cause_id=outcome.cause.id if outcome.cause else None,
        version=version,
        withdrawn=int(outcome.verdict is Verdict.VOID),
    )


def outcome_of(row: StageDwell) -> Outcome:
    """The outcome a row was made from."""
    return Outcome.model_validate(
        {
            **{
                name: value for name, value in row._asdict().items() if name in Outcome.model_fields
            },
            "unit": _unit(row.unit_type, row.unit_id, row.unit_extra),
            "limit": AppliedLimit(
                id=row.limit_id,
                edition=row.limit_edition,
                kind=row.limit_kind,
                limit_s=row.limit_s,
            )
            if row.limit_id
            else None,
            "cause": {"what": row.cause_what, "id": row.cause_id} if row.cause_what else None,
        }
    )


def alert_row(alert: Alert, version: int) -> LimitAlert:
    """Raises ValueError when the visit id has no opening instant."""
    return LimitAlert(
        port=alert.port,
        stage=alert.stage,
        visit_id=alert.visit_id,
        alert_id=alert.alert_id,
        state=alert.state.value,
        visit_opened_at=opened_at_of(alert.visit_id),
        unit_type=alert.unit.type.value,
        unit_id=alert.unit.id,
        unit_extra=_extra(alert.unit),
        facility=alert.facility,
        occurrence=alert.occurrence,
        limit_id=alert.limit.id,
        limit_edition=alert.limit.edition,
        limit_kind=alert.limit.kind,
        limit_s=alert.limit.limit_s,
        answers=str(alert.answers),
        raised_at=alert.raised_at,
        deadline_at=alert.deadline_at,
        cause_what=alert.cause.what.value if alert.cause else None,
        cause_id=alert.cause.id if alert.cause else None,
        version=version,
    )


def deed_row(deed: AlertDeed, version: int) -> DeedRow:
    """Raises ValueError when the visit id has no opening instant."""
    return DeedRow(
        port=deed.port,
        visit_id=deed.visit_id,
        incident=deed.incident,
        deed_id=deed.deed_id,
        visit_opened_at=opened_at_of(deed.visit_id),
        facility=deed.facility,
        stage=deed.stage,
        answers=str(deed.answers),
        deed=deed.deed.value,
        by=deed.by,
        to=deed.to,
        text=deed.text,
        at=deed.at,
        version=version,
    )


def deed_of(row: DeedRow) -> AlertDeed:
    """The deed a row was made from."""
    said = row._asdict()
    return AlertDeed.model_validate({name: said[name] for name in AlertDeed.model_fields})


def delivery_row(delivery: Delivery, version: int) -> DeliveryRow:
    """One row for one message, however often its state was told."""
    said = {**delivery.model_dump(), "state": delivery.state.value}
    return DeliveryRow(**{**said, "incidents": list(delivery.incidents)}, version=version)


def fate_row(fate: EventFate, version: int) -> FateRow:
    """One row for one event at one unit."""
    return FateRow(
        source=fate.source,
        event_id=fate.event_id,
        port=fate.port,
        unit_type=fate.unit.type.value,
        unit_id=fate.unit.id,
        unit_extra=_extra(fate.unit),
        fate=fate.fate.value,
        visit_id=fate.visit_id,
        version=version,
    )


def refusal_row(
    letter: Refused | Settled, key: bytes | None, message: bytes, version: int
) -> RefusalRow:
    """A refusal and its settlement are two rows of one place; the reading view joins them."""
    if isinstance(letter, Settled):
        topic, partition, offset = letter.settles.split("/")
        return RefusalRow(
            *(topic, int(partition), int(offset), "settlement", "", "", "", "", ""),
            *(None, None, b""),
            settled_at=letter.settled_at,
            version=version,
        )
    return RefusalRow(
        topic=letter.topic,
        partition=letter.partition,
        offset=letter.offset,
        record="refusal",
        reason=letter.reason.value,
        detail=letter.detail,
        remedy=letter.remedy,
        source=_sender(letter.topic, message),
        code=code_of(letter.reason.value, letter.detail),
        received_at=letter.received_at,
        message_key=key,
        message=message,
        settled_at=None,
        version=version,
    )


def _sender(topic: str, message: bytes) -> str:
    return topic.removeprefix(FOREIGN) if foreign(topic) else claimed_source(message)


def _by_party(seconds: Mapping[Party, int]) -> dict[str, int]:
    return {party.value: some_s for party, some_s in seconds.items()}


def _extra(unit: Unit) -> str:
    """Fields of a unit that no rule reads, as a JSON object; '' when there are none."""
    return to_json(unit.model_extra).decode() if unit.model_extra else ""


def _unit(unit_type: str, unit_id: str, extra: str) -> Unit:
    return Unit.model_validate(
        {**(from_json(extra) if extra else {}), "type": unit_type, "id": unit_id}
    )

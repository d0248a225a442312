"""Which topics land in which table: columns with their types, the key, and how a row is made.

One declaration each. The SQL in schema/ makes the same tables; `sinks.migrate.diff` and a test
hold the two together. Must never know a client or a consumer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from events.alerts import AlertDeed, Delivery
from events.dead_letters import from_headers
from events.outcomes import Alert, EventFate, Outcome
from events.topics import (
    ALERT_DEEDS,
    ALERT_DELIVERIES,
    EVENT_FATES,
    EVENT_TOPICS,
    EVENTS_DLQ,
    LIMIT_ALERTS,
    STAGE_DWELLS,
    Topic,
)
from sinks import compiled
from sinks.accepted import EventRow, Omitted, accepted, event_row, plain_record
from sinks.receipts import Heard, ReceiptRow, heard
from sinks.rows import (
    DeedRow,
    DeliveryRow,
    FateRow,
    LimitAlert,
    RefusalRow,
    StageDwell,
    alert_row,
    deed_row,
    delivery_row,
    fate_row,
    outcome_row,
    refusal_row,
)

Headers = Sequence[tuple[str, bytes]]

Row = tuple[Any, ...]
"""A row whose fields stand in the order of its table's columns."""

INSTANT: Final = "DateTime64(0, 'UTC')"
INSTANT_OR_NULL: Final = f"Nullable({INSTANT})"
SECONDS: Final = "UInt64"
SECONDS_OR_NULL: Final = "Nullable(UInt64)"
WORD: Final = "LowCardinality(String)"
WORD_OR_NULL: Final = "LowCardinality(Nullable(String))"
TEXT: Final = "String"
TEXT_OR_NULL: Final = "Nullable(String)"
LIST: Final = "Array(String)"
BY_PARTY: Final = "Map(LowCardinality(String), UInt64)"


class Record(Protocol):
    """The part of kafka-python's ConsumerRecord that a row is made from."""

    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Headers: ...
    @property
    def timestamp(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Table:
    """Where topics of one shape land. `types` gives each column's ClickHouse type, in order.

    Of rows with equal `key`, the one with the greatest `version` stands; if its `withdrawn` column
    is 1, none does. `build(record, version)` raises ValueError for a record that is no such fact,
    and says why if it leaves one out. `binary` names the columns that hold bytes rather than text.
    Somebody waits to see a `hurried` row; any other may gather for longer. `beside` is the table of
    the receipts for its records, if they have any: then `hear` gives both rows of one.
    """

    name: str
    topics: tuple[Topic, ...]
    types: Mapping[str, str]
    key: tuple[str, ...]
    shape: Callable[..., Row]
    build: Callable[[Record, int], Row | Omitted]
    withdrawn: str | None = None
    binary: tuple[str, ...] = ()
    hurried: bool = True
    beside: "Table | None" = None
    hear: Callable[[str, int, Heard, int], tuple[Row | Omitted, Row]] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns, in the order of a row's fields."""
        return tuple(self.types)

    @property
    def fact(self) -> str:
        """What a record of its topics is, in one word; a table beside another has none."""
        return self.topics[0].shape if self.topics else "receipt"

    def place(self, column: str) -> int:
        """Where a column stands in a row."""
        return self.columns.index(column)


def _outcome(record: Record, version: int) -> Row:
    value = record.value or b""
    row = compiled.outcome_row(value, version)
    return row or outcome_row(Outcome.model_validate_json(value), version)


def _alert(record: Record, version: int) -> Row:
    value = record.value or b""
    row = compiled.alert_row(value, version)
    return row or alert_row(Alert.model_validate_json(value), version)


def _deed(record: Record, version: int) -> Row:
    return deed_row(AlertDeed.model_validate_json(record.value or b""), version)


def _delivery(record: Record, version: int) -> Row:
    return delivery_row(Delivery.model_validate_json(record.value or b""), version)


def _fate(record: Record, version: int) -> Row:
    value = record.value or b""
    row = compiled.fate_row(value, version)
    return row or fate_row(EventFate.model_validate_json(value), version)


def _refusal(record: Record, version: int) -> Row:
    letter = from_headers(record.headers)
    return refusal_row(letter, record.key, record.value or b"", version)


def _event(record: Record, version: int) -> Row | Omitted:
    row = plain_record(record.value, record.timestamp, version)
    if row is not None:
        return row
    event = accepted(record.value, record.headers, record.timestamp)
    return event if isinstance(event, Omitted) else event_row(event, version)


def _receipt(record: Record, version: int) -> Row:
    raise ValueError("a receipt is made beside the row of its record, see sinks.receipts")


def _typed(shape: Any, *types: str) -> dict[str, str]:
    """Each field of a row with its type; both must be of one length."""
    return dict(zip(shape._fields, types, strict=True))


_UNIT = (WORD, TEXT, TEXT)

DWELLS: Final = Table(
    name="stage_dwells",
    topics=(STAGE_DWELLS,),
    types=_typed(
        StageDwell,
        *(WORD, WORD, TEXT, "UInt32", WORD, INSTANT, *_UNIT, WORD_OR_NULL, WORD, WORD_OR_NULL),
        *(INSTANT, INSTANT_OR_NULL, SECONDS_OR_NULL, SECONDS_OR_NULL),
        *(BY_PARTY, BY_PARTY, SECONDS_OR_NULL),
        *(WORD, WORD, WORD, SECONDS, INSTANT_OR_NULL, WORD, INSTANT, "UInt32", WORD_OR_NULL),
        *(LIST, LIST, WORD_OR_NULL, TEXT_OR_NULL, "UInt64", "UInt8"),
    ),
    key=("port", "stage", "visit_id", "occurrence", "limit_id"),
    shape=StageDwell._make,
    build=_outcome,
    withdrawn="withdrawn",
)
ALERTS: Final = Table(
    name="limit_alerts",
    topics=(LIMIT_ALERTS,),
    types=_typed(
        LimitAlert,
        *(WORD, WORD, TEXT, TEXT, WORD, INSTANT, *_UNIT, WORD_OR_NULL, "UInt32"),
        *(WORD, WORD, WORD, SECONDS, WORD, INSTANT, INSTANT_OR_NULL),
        *(WORD_OR_NULL, TEXT_OR_NULL, "UInt64"),
    ),
    key=("port", "stage", "visit_id", "alert_id", "state"),
    shape=LimitAlert._make,
    build=_alert,
)
DEEDS: Final = Table(
    name="alert_deeds",
    topics=(ALERT_DEEDS,),
    types=_typed(
        DeedRow,
        *(WORD, TEXT, TEXT, TEXT, INSTANT, WORD_OR_NULL, WORD, WORD, WORD),
        *(TEXT, TEXT_OR_NULL, TEXT_OR_NULL, INSTANT, "UInt64"),
    ),
    key=("port", "visit_id", "incident", "deed_id"),
    shape=DeedRow._make,
    build=_deed,
)
DELIVERIES: Final = Table(
    name="alert_deliveries",
    topics=(ALERT_DELIVERIES,),
    types=_typed(
        DeliveryRow,
        *(TEXT, LIST, WORD, WORD, WORD, WORD, "UInt32"),
        *(INSTANT, INSTANT, INSTANT, INSTANT_OR_NULL, TEXT_OR_NULL, "UInt32", "UInt64"),
    ),
    key=("delivery_id",),
    shape=DeliveryRow._make,
    build=_delivery,
    hurried=False,
)
FATES: Final = Table(
    name="event_fates",
    topics=(EVENT_FATES,),
    types=_typed(FateRow, WORD, TEXT, WORD, *_UNIT, WORD, TEXT_OR_NULL, "UInt64"),
    key=("source", "event_id", "port", "unit_id"),
    shape=FateRow._make,
    build=_fate,
    hurried=False,
)
REFUSALS: Final = Table(
    name="refusals",
    topics=(EVENTS_DLQ,),
    types=_typed(
        RefusalRow,
        *(WORD, "UInt32", "UInt64", WORD, WORD, TEXT, TEXT, WORD, TEXT, INSTANT_OR_NULL),
        *(TEXT_OR_NULL, TEXT, INSTANT_OR_NULL, "UInt64"),
    ),
    key=("topic", "partition", "offset", "record"),
    shape=RefusalRow._make,
    build=_refusal,
    binary=("message_key", "message"),
    hurried=False,
)
RECEIPTS: Final = Table(
    name="receipts",
    topics=(),
    types=_typed(
        ReceiptRow,
        *(WORD, INSTANT, "UInt32", "UInt64", WORD, WORD, WORD, WORD, WORD),
        *(INSTANT_OR_NULL, INSTANT_OR_NULL, "UInt64", "UInt32", "UInt64"),
    ),
    key=("topic", "received_at", "partition", "version"),
    shape=ReceiptRow._make,
    build=_receipt,
    hurried=False,
)
EVENTS: Final = Table(
    name="events",
    topics=EVENT_TOPICS,
    types=_typed(
        EventRow,
        *(WORD, WORD, TEXT, INSTANT, WORD, TEXT, "UInt64"),
        *(WORD, WORD, INSTANT_OR_NULL, TEXT, "UInt64"),
    ),
    key=("port", "unit_type", "unit_id", "occurred_at", "source", "event_id", "digest"),
    shape=EventRow._make,
    build=_event,
    binary=("message",),
    hurried=False,
    beside=RECEIPTS,
    hear=heard,
)

TABLES: Final = (DWELLS, ALERTS, FATES, REFUSALS, DEEDS, DELIVERIES, EVENTS, RECEIPTS)
BY_TOPIC: Final = {topic.name: table for table in TABLES for topic in table.topics}

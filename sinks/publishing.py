"""The tables of what is published, and a store that any reader and writer of them can use.

These tables are filled by statements and by whoever publishes, never from a topic, so they are no
part of `sinks.tables`. Must never know what a cell or a vintage means.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from sinks.clickhouse import ClickHouseStore
from sinks.store import Parameters, StoreRefused
from sinks.tables import INSTANT, LIST, SECONDS, TEXT, WORD, WORD_OR_NULL, Row, Table

WORDS: Final = "Array(LowCardinality(String))"
SECONDS_LIST: Final = "Array(UInt64)"
TEXTS_BY_WORD: Final = "Map(LowCardinality(String), String)"
WORDS_BY_WORD: Final = "Map(LowCardinality(String), LowCardinality(String))"


@dataclass(frozen=True, slots=True)
class PublishingTable:
    """A table by name: its columns with their types, in order, and its key."""

    name: str
    types: Mapping[str, str]
    key: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in order."""
        return tuple(self.types)


COHORTS: Final = PublishingTable(
    "visit_cohorts",
    MappingProxyType(
        {
            "port": WORD, "unit_id": TEXT, "visit_id": TEXT, "goods": WORD, "laden": WORD,
            "inspected": WORD, "advance": WORD, "trader": TEXT, "told": "UInt64",
        }
    ),
    ("port", "unit_id", "visit_id"),
)  # fmt: skip
VINTAGES: Final = PublishingTable(
    "vintages",
    MappingProxyType(
        {
            "id": TEXT, "month": WORD, "standing": WORD, "made_at": INSTANT, "facts": "UInt64",
            "facts_hash": TEXT, "rules": TEXTS_BY_WORD, "reason": "Nullable(String)",
            "published": TEXTS_BY_WORD, "after": TEXT,
        }
    ),
    ("id",),
)  # fmt: skip
VINTAGE_FACTS: Final = PublishingTable(
    "vintage_facts",
    MappingProxyType(
        {
            "vintage": WORD, "port": WORD, "stage": WORD, "visit_id": TEXT, "occurrence": "UInt32",
            "province": WORD, "facility": WORD, "unit_type": WORD, "unit_id": TEXT, "mode": WORD,
            "direction": WORD, "goods": WORD, "laden": WORD, "inspected": WORD, "advance": WORD,
            "trader": TEXT, "peak": WORD, "standing": WORD, "opened_at": INSTANT,
            "closed_at": INSTANT, "gross_s": SECONDS, "net_s": SECONDS, "age_s": SECONDS,
            "left_out": WORD, "verdict": WORD, "definition": WORD,
            "limit_ids": WORDS, "limit_editions": WORDS, "limit_s": SECONDS_LIST,
            "limit_net_s": SECONDS_LIST, "limit_verdicts": WORDS,
            "link_stages": WORDS, "link_s": SECONDS_LIST, "event_ids": LIST,
            "cohort_known": "UInt8",
        }
    ),
    ("vintage", "port", "stage", "visit_id", "occurrence"),
)  # fmt: skip
COUNTED_CELLS: Final = PublishingTable(
    "counted_cells",
    MappingProxyType({"vintage": WORD, "dataset": WORD, "key": LIST, "counted": TEXT}),
    ("vintage", "dataset", "key"),
)
PUBLISHED_CELLS: Final = PublishingTable(
    "published_cells",
    MappingProxyType(
        {
            "vintage": WORD, "dataset": WORD, "key": LIST, "figures": TEXTS_BY_WORD,
            "suppressed": WORD_OR_NULL, "withheld": WORDS_BY_WORD,
        }
    ),
    ("vintage", "dataset", "key"),
)  # fmt: skip

RESTATEMENTS: Final = PublishingTable(
    "restatements",
    MappingProxyType(
        {
            "port": WORD, "unit_id": TEXT, "cause_what": WORD, "cause_id": TEXT, "run": TEXT,
            "months": WORDS, "outcomes": "UInt32", "reason": "Nullable(String)",
            "asked_at": INSTANT,
        }
    ),
    ("port", "unit_id", "cause_what", "cause_id", "run", "months"),
)  # fmt: skip

PUBLISHING_TABLES: Final = (
    COHORTS, VINTAGES, VINTAGE_FACTS, COUNTED_CELLS, PUBLISHED_CELLS, RESTATEMENTS,
)  # fmt: skip
_BY_NAME: Final = {table.name: table for table in PUBLISHING_TABLES}


class PublishingStore:
    """Rows, statements and inserts on one connection. Not for use by two threads at once.

    Each call may raise StoreUnavailable or StoreRefused.
    """

    def __init__(self, store: ClickHouseStore) -> None:
        self._store = store

    def rows(self, sql: str, parameters: Parameters | None = None) -> Iterator[Row]:
        """The rows of an answer as a stream; read it to its end, or the connection is made anew."""
        return self._store.fetch(sql, parameters)

    def run(self, sql: str, parameters: Parameters | None = None) -> None:
        """A statement without an answer; done when this returns."""
        self._store.command(sql, parameters)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row], token: str) -> None:
        """Return once the rows are stored; the same token again stores nothing more."""
        declared = _BY_NAME.get(table)
        if declared is None or tuple(columns) != declared.columns:
            raise StoreRefused(f"there is no table {table} with the columns {', '.join(columns)}")
        self._store.insert(_as_table(declared), rows, token)

    def close(self) -> None:
        """Let go of the connection; calling twice is harmless."""
        self._store.close()


def _as_table(declared: PublishingTable) -> Table:
    """As the store wants it told. No record of a topic ever becomes a row of it."""

    def never(*_: Any) -> Any:
        raise TypeError(f"{declared.name} is filled from no topic")

    return Table(declared.name, (), declared.types, declared.key, never, never)

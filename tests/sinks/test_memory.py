"""What the store in memory keeps beyond the common contract (test_store.py): bounds."""

from events.testing import box, outcome
from sinks.memory import TOKENS_MAX, MemoryStore
from sinks.rows import outcome_row
from sinks.tables import DWELLS


def test_memory_grows_with_keys_not_with_inserts() -> None:
    store = MemoryStore()
    rows = [outcome_row(outcome("box-move", "10:00", unit=box(n)), 0) for n in range(3)]
    for version in range(TOKENS_MAX + 50):
        store.insert(DWELLS, [rows[version % 3]._replace(version=version)], f"t{version}")
    assert len(store._rows[DWELLS.name]) == 3
    assert len(store._tokens[DWELLS.name]) == TOKENS_MAX


def test_inserted_rows_are_counted_once_per_token() -> None:
    store = MemoryStore()
    row = outcome_row(outcome("box-move", "10:00"), 0)
    for token in ("t1", "t1", "t2"):
        store.insert(DWELLS, [row], token)
    assert store.inserted_rows == 2

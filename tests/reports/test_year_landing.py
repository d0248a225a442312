"""The year of ten ports on the real engine, tiny: landed once however often, and counted."""

from datetime import UTC, datetime

from events.codec import decode
from load_tests.year.closing import measure
from load_tests.year.landing import Landed, Lander
from load_tests.year.layering import lay
from load_tests.year.ports import chunks
from reports.tables import Tables
from sinks.clickhouse import ClickHouseStore
from sinks.settings import ClickHouseAddress
from timing.commitments.period import month

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CHUNKS = [chunk for chunk in chunks(2025, 200) if chunk.period.name in ("2025-01", "2025-02")]


def test_a_chunk_landed_again_stores_nothing_more_and_months_are_counted(
    address: ClickHouseAddress, tables: Tables
) -> None:
    total = Landed()
    for _ in range(2):
        lander = Lander(address, 7, NOW)
        total = Landed()
        for chunk in CHUNKS:
            total = total.plus(lander.land(chunk))
        lander.close()
    (events,), (outcomes,) = (
        next(tables.rows(f"SELECT count() FROM {table}")) for table in ("events", "stage_dwells")
    )
    assert (events, outcomes) == (total.events, total.outcomes)
    assert total.visits == sum(chunk.until - chunk.first for chunk in CHUNKS)
    (january,) = measure(tables, [month("2025-01")])
    assert 20 < january.visits <= total.visits
    assert january.facts > january.visits
    assert january.cells > 100
    assert next(tables.rows("SELECT count() FROM vintage_facts")) == (0,)


def test_a_layer_is_every_visit_once_more_under_a_box_number_of_its_own(
    address: ClickHouseAddress, tables: Tables
) -> None:
    lander = Lander(address, 7, NOW)
    lander.land(CHUNKS[0])
    lander.close()
    before = _counts(tables)
    store = ClickHouseStore(address)
    for _ in range(2):
        lay(store, 1)
    lay(store, 2)
    store.close()
    assert _counts(tables) == tuple(3 * number for number in before)
    asked = "SELECT unit_id, event_id, message FROM events"
    for unit_id, event_id, message in tables.rows(asked):
        (told,) = decode(message.encode())
        assert (told.unit.id, told.event_id) == (unit_id, event_id)
    rows = list(tables.rows("SELECT unit_id, visit_id, event_ids FROM stage_dwells"))
    ids = {event_id for (event_id,) in tables.rows("SELECT event_id FROM events")}
    assert all(unit_id in visit_id and ids.issuperset(own) for unit_id, visit_id, own in rows)


def _counts(tables: Tables) -> tuple[int, int]:
    found = [
        next(tables.rows(f"SELECT count() FROM {table} FINAL"))[0]
        for table in ("events", "stage_dwells")
    ]
    return found[0], found[1]

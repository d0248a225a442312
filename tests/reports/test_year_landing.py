"""The year of ten ports on the real engine, tiny: landed once however often, and counted."""

from datetime import UTC, datetime

from load_tests.year.closing import measure
from load_tests.year.landing import Landed, Lander
from load_tests.year.ports import chunks
from reports.tables import Tables
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

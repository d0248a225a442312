"""The changelog of a run: rows first, the clock last, alone when a barrier is wanted."""

import asyncio
from pathlib import Path
from typing import Any

import faust
import pytest

from streams.plane.batches import WireRecord
from streams.plane.schema import RunSchema
from streams.plane.store import CLOCK_KEY, PartStore
from streams.plane.table import RunTable
from streams.tables import changelog_name, verify


class Wire:
    """Keeps what is delivered, call by call."""

    def __init__(self) -> None:
        self.delivered: list[list[WireRecord]] = []
        self.acknowledged = 0

    async def deliver(self, records: list[WireRecord]) -> None:
        assert self.acknowledged == len(self.delivered), "the group before is durable"
        self.delivered.append(records)
        await asyncio.sleep(0)
        self.acknowledged += 1


def _table(wire: Wire, tmp_path: Path, *, barrier: bool) -> RunTable:
    app = faust.App("app", datadir=str(tmp_path))
    any_wire: Any = wire
    return RunTable(app, name="units", verify=verify, wire=any_wire, barrier=barrier, partitions=4)


@pytest.mark.parametrize("barrier", [True, False])
def test_a_run_is_written_rows_first_and_the_clock_last(tmp_path: Path, barrier: bool) -> None:
    wire = Wire()
    table = _table(wire, tmp_path, barrier=barrier)
    written = asyncio.run(table.write(3, {"a": b"1", "b": None}, b"clock"))

    name = changelog_name("app")
    rows = [WireRecord(name, 3, b"a", b"1"), WireRecord(name, 3, b"b", None)]
    clock = [WireRecord(name, 3, CLOCK_KEY, b"clock")]
    assert wire.delivered == ([rows, clock] if barrier else [[*rows, *clock]])
    assert written == 3
    assert wire.acknowledged == len(wire.delivered)


def test_the_changelog_is_restored_in_runs_into_parts(tmp_path: Path) -> None:
    async def go() -> None:
        table = _table(Wire(), tmp_path, barrier=True)
        assert isinstance(table.data, PartStore)
        assert isinstance(table.changelog_topic.schema, RunSchema)
        assert table.changelog_topic.get_topic_name() == changelog_name("app")

    asyncio.run(go())


def test_faust_s_own_writes_reach_no_topic(tmp_path: Path) -> None:
    async def go() -> None:
        table = _table(Wire(), tmp_path, barrier=True)
        table.on_key_set("a", b"1")
        table.on_key_del("a")
        assert table.app.producer.buffer.size == 0

    asyncio.run(go())

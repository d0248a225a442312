"""The changelog of a step: rows, the clock, alone when a barrier is wanted, what is forgotten."""

import asyncio
from typing import Any

import pytest

from streams.plane.batches import WireRecord
from streams.plane.store import CLOCK_KEY, Part
from streams.plane.table import RunTable

TOPIC = "app-units-changelog"


class Wire:
    """Keeps what is delivered, call by call, at offsets from 10 on."""

    def __init__(self) -> None:
        self.delivered: list[list[WireRecord]] = []
        self.acknowledged = 0
        self.end = 10

    async def deliver(self, records: list[WireRecord]) -> list[tuple[int, int]]:
        assert self.acknowledged == len(self.delivered), "the group before is durable"
        self.delivered.append(records)
        await asyncio.sleep(0)
        self.acknowledged += 1
        first, self.end = self.end, self.end + len(records)
        return [(first, self.end)]


def _table(wire: Wire, *, barrier: bool) -> RunTable:
    any_wire: Any = wire
    return RunTable(TOPIC, any_wire, barrier=barrier)


@pytest.mark.parametrize("barrier", [True, False])
def test_a_step_is_written_rows_first_then_the_clock_then_what_is_forgotten(barrier: bool) -> None:
    wire = Wire()
    table = _table(wire, barrier=barrier)
    table.part(3).upto = 10
    written = asyncio.run(table.write(3, {"b": None, "a": b"1"}, b"clock"))

    rows, gone = [WireRecord(TOPIC, 3, b"a", b"1")], [WireRecord(TOPIC, 3, b"b", None)]
    clock = [WireRecord(TOPIC, 3, CLOCK_KEY, b"clock")]
    assert wire.delivered == ([rows, clock, gone] if barrier else [[*rows, *clock, *gone]])
    assert written == 3
    assert wire.acknowledged == len(wire.delivered)
    assert table.part(3).upto == 13


def test_a_partition_that_is_kept_keeps_its_state_and_one_that_moved_takes_it_along() -> None:
    table = _table(Wire(), barrier=True)
    table.part(1).rows["a"] = b"1"
    table.part(2).rows["b"] = b"2"
    assert len(table) == 2

    assert table.keep([2, 3]) == {2: Part({"b": b"2"}), 3: Part()}
    assert sorted(table.parts) == [2, 3]
    assert len(table) == 1
    assert dict(table.part(1).rows) == {}

"""A trial over the engine's tables comes to what one over the tables in memory comes to."""

from contextlib import closing
from functools import partial
from random import Random

import pytest

from events.codec import decode
from portclock.judging.bench import Near
from portclock.judging.court import Nobody
from portclock.judging.trial_tables import Task, surveyed, try_tables
from reports.whatif.beside import beside
from reports.whatif.result import Result, Trial, months_between
from reports.whatif.testing import drafted, drawn, in_force, lines
from sinks.accepted import event_row
from sinks.clickhouse import ClickHouseStore
from sinks.memory import MemoryStore
from sinks.settings import ClickHouseAddress
from sinks.store import Store
from sinks.tables import EVENTS
from timing.limits import Register
from timing.rules import Rules

TRIAL = Trial(beside(drafted(), [in_force()]), months_between("2026-03", "2026-03"), 5)


def _land(store: Store, said: list[bytes]) -> None:
    events = [event for line in said for event in decode(line)]
    rows = [event_row(event, version) for version, event in enumerate(events)]
    for number in range(0, len(rows), 50):
        store.insert(EVENTS, rows[number : number + 50], f"t{number}")


def _tried(store: Store, opened: partial[ClickHouseStore] | None, at_once: int) -> Result:
    survey = surveyed(store, TRIAL, at_once)
    task = Task(opened or (lambda: store), Rules(Register(())), TRIAL, survey)
    return try_tables(Near(2, task), task, Nobody())


@pytest.mark.parametrize("at_once", [1, 4, 1_000])
def test_the_engine_comes_to_what_memory_comes_to(address: ClickHouseAddress, at_once: int) -> None:
    said = lines(drawn(Random(11), boxes=12))
    memory, opened = MemoryStore(), partial(ClickHouseStore, address)
    with closing(opened()) as engine:
        _land(engine, said)
        _land(memory, said)
        found, expected = _tried(engine, opened, at_once), _tried(memory, None, at_once)
    assert found == expected
    assert found.units > 5
    assert found.most.visits_broken > 0
    assert found.promised

"""Facts that land in the tables as the writer lands them, and can be told otherwise later."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

import pytest

from events.envelope import Customs, Event
from events.testing import wire
from sinks.accepted import event_row
from sinks.clickhouse import ClickHouseStore
from sinks.rows import StageDwell, outcome_row
from sinks.settings import ClickHouseAddress
from sinks.tables import DWELLS, EVENTS
from timing.judge import revisions
from timing.testing import RULES, told

Tell = Callable[[Sequence[Event]], Sequence[Event]]


@cache
def _rows(lines: tuple[bytes, ...]) -> list[StageDwell]:
    """Every revision of every outcome; found once for the same messages, since it takes a while."""
    return [outcome_row(one, version) for version, one in enumerate(revisions(lines, RULES), 1)]


@pytest.fixture
def tell(address: ClickHouseAddress) -> Iterator[Tell]:
    """Tells events to the tables, and what the law says of all that were told; returns them all."""
    store = ClickHouseStore(address)
    known: list[Event] = []

    def land(events: Sequence[Event]) -> Sequence[Event]:
        known.extend(events)
        number = len(known)
        store.insert(EVENTS, [event_row(one, number) for one in known], f"events-{number}")
        store.insert(DWELLS, _rows(tuple(wire(*known))), f"dwells-{number}")
        return known

    yield land
    store.close()


@pytest.fixture
def stories() -> Sequence[Event]:
    """Boxes at two ports, some at the turn of February and most in the last days of March, in the
    order in which they were told: what closed more than a week before takes no correction."""
    rolls = Random(20)
    found: list[Event] = []
    for number in range(30):
        first = datetime(2026, 2, 26 if number < 8 else 28, tzinfo=UTC)
        days = 4 if number < 8 else 30
        start = first + timedelta(minutes=(days - 4) * 1440 + rolls.randrange(4 * 1440))
        for one in told(rolls, port=rolls.choice(("CNLYG", "CNSHA")), start=start, number=number):
            said = Customs(trader=f"3207960{rolls.randrange(300):03d}")
            found.append(one.model_copy(update={"customs": said}) if rolls.random() < 0.4 else one)
    return sorted(found, key=lambda one: (one.recorded_at or one.occurred_at, one.event_id))

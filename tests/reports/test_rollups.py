"""Frozen facts and cells on the real engine: equal to plain Python over the same events, always.

Stories drawn at random at four ports, around both ends of a month; they land as the writer lands
them, are moved, corrected and withdrawn, and what the database counts is compared with what a few
lines of Python count from the raw events.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

import pytest

from events.envelope import Customs, Event
from events.outcomes import Outcome
from events.testing import box, event, wire
from events.vocabulary import Direction, Verdict
from reports import cohorts
from reports.cells import count_cells
from reports.cohorts import land_cohorts
from reports.datasets import datasets
from reports.facts import FrozenFact
from reports.freezing import forget, freeze, unknown_visits
from reports.frozen import frozen_facts, hashed
from reports.plain import plain_cells
from reports.plain_facts import plain_facts
from reports.tables import Tables
from reports.vintages.facts_digest import frozen_of
from sinks.accepted import event_row
from sinks.clickhouse import ClickHouseStore
from sinks.rows import outcome_row
from sinks.settings import ClickHouseAddress
from sinks.tables import DWELLS, EVENTS
from timing.commitments.period import Period, month
from timing.judge import judge
from timing.measures.cohorts import cohorts_of
from timing.patience import Patience
from timing.testing import RULES, Story, told, withdrawn

MARCH = month("2026-03")
NOW = datetime(2026, 4, 20, tzinfo=UTC)
PORTS = ("CNLYG", "CNLYG", "CNTAC", "CNSHA", "XXAIR")
VISITS = 110
FACILITIES = ("LPCT", "*", None, "LPCT")


class World(NamedTuple):
    """What was told, and the store in which it lands."""

    store: ClickHouseStore
    told: list[Event]
    published: dict[tuple[str, str, int, str], Outcome]

    def tell(self, events: Iterable[Event]) -> None:
        """Events land as the writer lands them, and what the law says of all of them lands too:
        what stands now, and what has ceased to."""
        self.told.extend(events)
        number = len(self.told)
        rows = [event_row(event, number) for event in self.told]
        self.store.insert(EVENTS, rows, f"events-{number}")
        standing = {_key(one): one for one in self.outcomes()}
        void = {"verdict": Verdict.VOID}
        gone = [one for key, one in self.published.items() if key not in standing]
        said = [*(one.model_copy(update=void) for one in gone), *standing.values()]
        self.store.insert(DWELLS, [outcome_row(one, number) for one in said], f"dwells-{number}")
        self.published.update(standing)

    def outcomes(self) -> Sequence[Outcome]:
        """What the judge says of everything told."""
        return judge(wire(*self.told), RULES, NOW).outcomes

    def facts(self, period: Period = MARCH) -> tuple[FrozenFact, ...]:
        """What a month should know, found plainly."""
        return plain_facts(self.outcomes(), cohorts_of(self.told, Patience()), period)


def _key(one: Outcome) -> tuple[str, str, int, str]:
    return one.visit_id, one.stage, one.occurrence, one.limit.id if one.limit else ""


@pytest.fixture
def world(address: ClickHouseAddress) -> Iterator[World]:
    store = ClickHouseStore(address)
    yield World(store, [], {})
    store.close()


def _stories(seed: int, visits: int = VISITS, first: int = 0) -> list[Event]:
    """Boxes at several ports that come from the end of February to the end of March."""
    rng = Random(seed)
    found: list[Event] = []
    for number in range(first, first + visits):
        start = datetime(2026, 2, 27, tzinfo=UTC) + timedelta(minutes=rng.randrange(34 * 1440))
        story = told(rng, port=rng.choice(PORTS), start=start, number=number)
        found += [_of_customs(rng, one) for one in story]
    return found


def _of_customs(rng: Random, one: Event) -> Event:
    """Now and then it is told whose goods they are, and whether they were declared ahead."""
    if rng.random() < 0.6:
        return one
    said = {"trader": f"320796{rng.randrange(12):04d}", "advance": rng.choice((True, False, None))}
    customs = Customs.model_validate({n: v for n, v in said.items() if rng.random() < 0.7})
    return one.model_copy(update={"customs": customs})


def _frozen(tables: Tables, vintage: str, period: Period = MARCH) -> tuple[FrozenFact, ...]:
    land_cohorts(tables, period, Patience())
    freeze(tables, vintage, period)
    return tuple(frozen_facts(tables, vintage))


def _assert_counted_alike(tables: Tables, vintage: str, facts: Sequence[FrozenFact]) -> None:
    for dataset in datasets().values():
        expected = plain_cells(facts, dataset)
        assert count_cells(tables, [vintage], dataset) == expected
        assert len(expected) > 5 or dataset.id == "commitments"  # none of these stories is promised


def test_facts_and_cells_are_those_of_plain_python(world: World, tables: Tables) -> None:
    world.tell(_stories(1))
    found = _frozen(tables, "2026-03.1")
    assert found == world.facts()
    assert {fact.standing for fact in found} == {"ended", "open"}
    assert {fact.left_out for fact in found} == {"", "inferred-close", "undone"}
    assert {fact.verdict for fact in found} == {"", "met", "breached", "excused"}
    assert any(len(fact.limits) > 1 for fact in found)
    assert any(len(fact.links) == 4 for fact in found)
    _assert_counted_alike(tables, "2026-03.1", found)


def test_a_month_holds_its_first_second_and_not_the_first_of_the_next(
    world: World, tables: Tables
) -> None:
    ends = ("2026-02-28T23:59:59", "2026-03-01T00:00:00", "2026-03-31T23:59:59",
            "2026-04-01T00:00:00")  # fmt: skip
    for n, end in enumerate(ends):
        ended = datetime.fromisoformat(f"{end}+08:00")
        world.tell(
            event(kind, ended - timedelta(minutes=before), unit=box(n), facility=FACILITIES[n])
            for kind, before in (("discharged", 60), ("move-ordered", 30), ("move-ended", 0))
        )
    found = _frozen(tables, "2026-03.1")
    assert found == world.facts()
    moves = [(one.unit_id, one.standing) for one in found if one.stage == "box-move"]
    assert sorted(moves) == [(box(1), "ended"), (box(2), "ended"), (box(3), "open")]


def test_many_facts_are_counted_grouping_by_grouping_and_come_to_the_same(
    world: World, tables: Tables
) -> None:
    world.tell(_stories(9, visits=10))
    _frozen(tables, "2026-03.1")
    for dataset in (datasets()["limits"], datasets()["stage-split"]):
        together = count_cells(tables, ["2026-03.1"], dataset)
        assert count_cells(tables, ["2026-03.1"], dataset, at_once=0) == together


def test_corrections_moves_and_withdrawals_are_counted_as_if_told_so_at_first(
    world: World, tables: Tables
) -> None:
    world.tell(_stories(2))
    before = _frozen(tables, "2026-03.1")
    world.tell(_changes(Random(3), world.told))
    after = _frozen(tables, "2026-03.2")
    assert after == world.facts()
    assert after != before
    _assert_counted_alike(tables, "2026-03.2", after)
    # What was frozen before stays as it was.
    assert tuple(frozen_facts(tables, "2026-03.1")) == before


def _changes(rng: Random, story: Story) -> list[Event]:
    """Reports moved by hours or by a month, told of another direction, taken back."""
    found = []
    for n, one in enumerate(rng.sample(story, 200)):
        corrected = {"event_id": f"c{n}", "supersedes": one.event_id, "recorded_at": NOW}
        moved = timedelta(hours=rng.choice((-30, -3, 5, 700)))
        how = rng.randrange(4)
        if how == 0:
            found.append(withdrawn(one, f"c{n}"))
        elif how == 1:
            later = {"occurred_at": min(one.occurred_at + moved, NOW)}
            found.append(one.model_copy(update={**corrected, **later}))
        elif how == 2:
            new = {"direction": Direction.EXPORT, "customs": Customs(trader="9999999999")}
            found.append(one.model_copy(update={**corrected, **new}))
        else:
            found.append(one.model_copy(update={"customs": Customs(advance=True)}))
    return found


def test_a_span_counts_what_ended_in_its_months_and_what_is_open_at_its_end(
    world: World, tables: Tables
) -> None:
    world.tell(_stories(4, visits=70))
    february, march = month("2026-02"), MARCH
    first = _frozen(tables, "2026-02.1", february)
    last = _frozen(tables, "2026-03.1", march)
    expected = [*(fact for fact in first if fact.standing == "ended"), *last]
    assert any(fact.standing == "open" for fact in first)
    for dataset in datasets().values():
        found = count_cells(tables, ["2026-02.1", "2026-03.1"], dataset)
        assert found == plain_cells(expected, dataset)


def test_hash_of_the_facts_is_the_same_in_the_database_and_in_plain_python(
    world: World, tables: Tables
) -> None:
    world.tell(_stories(5, visits=60))
    facts = _frozen(tables, "2026-03.1")
    assert hashed(tables, "2026-03.1") == frozen_of(facts)


def test_what_an_attempt_left_is_forgotten_and_freezing_again_is_the_same(
    world: World, tables: Tables
) -> None:
    world.tell(_stories(6, visits=40))
    first = _frozen(tables, "2026-03.1")
    forget(tables, "2026-03.1")
    assert not list(frozen_facts(tables, "2026-03.1"))
    forget(tables, "2026-03.1")
    assert _frozen(tables, "2026-03.1") == first


def test_visits_whose_events_have_not_landed_are_counted_as_unknown(
    world: World, tables: Tables
) -> None:
    world.tell(_stories(7, visits=30))
    freeze(tables, "2026-03.1", MARCH)
    visits, unknown = unknown_visits(tables, "2026-03.1")
    assert visits == unknown > 10
    assert all(not fact.inspected for fact in frozen_facts(tables, "2026-03.1"))
    land_cohorts(tables, MARCH, Patience())
    freeze(tables, "2026-03.2", MARCH)
    assert unknown_visits(tables, "2026-03.2") == (visits, 0)


def test_only_units_of_which_something_new_was_told_are_looked_at_again(
    world: World, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.tell(_stories(8, visits=50))
    assert land_cohorts(tables, MARCH, Patience()) > 30
    assert land_cohorts(tables, MARCH, Patience()) == 0
    last = world.told[-1]
    world.tell([last.model_copy(update={"event_id": "new", "customs": Customs(trader="1")})])
    assert 1 <= land_cohorts(tables, MARCH, Patience()) <= 2
    monkeypatch.setattr(cohorts, "WAY_OF_FINDING", 2)
    assert land_cohorts(tables, MARCH, Patience()) > 30

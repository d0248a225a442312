"""How stages ended, the same on every store: the SQL and its plain twin answer alike."""

from random import Random
from typing import Any

from events.outcomes import Outcome
from events.testing import at, box, limit, outcome
from sinks.ends import StageEnds, stage_ends
from sinks.memory import MemoryStore
from sinks.quality import Span
from sinks.rows import outcome_row
from sinks.store import Store
from sinks.tables import DWELLS

DAYS = Span(int(at("00:00").timestamp()), int(at("day+3 00:00").timestamp()))


def _keep(store: Store, *told: Outcome) -> None:
    store.insert(DWELLS, [outcome_row(one, n) for n, one in enumerate(told)], f"t{len(told)}")


def _move(n: int, opened: str, closed: str | None = None, **fields: Any) -> Outcome:
    return outcome("box-move", opened, closed, unit=box(n), **fields)


def test_an_end_is_reported_or_inferred_or_open_and_then_perhaps_overdue(store: Store) -> None:
    _keep(
        store,
        _move(1, "10:00", "11:00"),
        _move(2, "10:00", "11:00", flags=("inferred-close",)),
        _move(3, "10:00"),
        _move(4, "day+2 22:30"),
        _move(5, "10:00", "10:30", verdict="void"),
    )
    assert stage_ends(store, DAYS) == [StageEnds("CNLYG", "LPCT", "box-move", 4, 1, 1, 2, 1)]


def test_a_stage_under_two_limits_counts_once_and_none_ended_makes_none_overdue(
    store: Store,
) -> None:
    _keep(
        store,
        _move(1, "10:00", limit=limit(id="a"), verdict="open", facility=None),
        _move(1, "10:00", limit=limit(id="b"), verdict="open", facility=None),
    )
    assert stage_ends(store, DAYS) == [StageEnds("CNLYG", "", "box-move", 1, 0, 0, 1, 0)]
    early = Span(DAYS.since_s - 86_400, DAYS.since_s)
    assert stage_ends(store, early) == []


def test_every_store_tells_the_same_of_every_stage(store: Store) -> None:
    rng, plain = Random(3), MemoryStore()
    told = [
        outcome(
            rng.choice(("box-move", "pickup")),
            f"day+{rng.choice((0, 2, 2, 2))} {rng.randint(8, 11):02}:{rng.randint(10, 59)}",
            rng.choice((None, "day+2 12:00", "day+2 13:00", "day+2 23:00")),
            unit=box(n),
            facility=rng.choice(("LPCT", None)),
            flags=rng.choice(((), (), ("inferred-close",))),
            verdict=rng.choice(("no-limit", "no-limit", "void")),
        )
        for n in range(200)
    ]
    for one in (store, plain):
        _keep(one, *told)
    later = DAYS._replace(until_s=DAYS.until_s + 4 * 86_400)
    found = stage_ends(store, later)
    assert found == stage_ends(plain, later)
    assert any(one.overdue for one in found)

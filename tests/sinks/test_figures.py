"""Figures by day, the same on every store: the SQL and its plain twin answer alike."""

from random import Random
from typing import Any

import pytest

from events.outcomes import Outcome
from events.testing import at, box, limit, outcome
from sinks.figures import StageDay, days
from sinks.memory import MemoryStore
from sinks.rows import outcome_row
from sinks.store import Store
from sinks.tables import DWELLS


def _keep(store: Store, *told: Outcome, since: int = 0) -> None:
    rows = [outcome_row(one, since + n) for n, one in enumerate(told)]
    store.insert(DWELLS, rows, f"t{since}/{len(told)}")


def _move(n: int, closed: str, verdict: str = "met", **fields: Any) -> Outcome:
    usual = {"verdict": verdict, "limit": limit()}
    return outcome("box-move", "10:00", closed, unit=box(n), **{**usual, **fields})


def test_a_day_counts_what_ended_on_it_by_verdict_with_its_times(store: Store) -> None:
    _keep(
        store,
        _move(1, "10:10"),
        _move(2, "10:20", net_s=600),
        _move(3, "11:00", "breached"),
        _move(4, "11:30", "excused", limit=limit(3600)),
        outcome("box-move", "10:00", unit=box(5), verdict="breached", limit=limit()),
    )
    assert days(store, "CNLYG", "2026-03-02", "2026-03-02") == [
        StageDay(
            "2026-03-02", "CNLYG", "LPCT", "box-move", "terminal", "test.limit", "test/2026-01-01",
            limit_s=3600, ended=4, met=2, breached=1, excused=1,
            net_mean_s=(600 + 600 + 3600 + 5400) / 4, net_p50_s=3600.0, net_p90_s=5400.0,
        )
    ]  # fmt: skip


def test_a_day_is_that_of_the_port_and_both_ends_belong(store: Store) -> None:
    _keep(store, *(_move(n, closed) for n, closed in enumerate(
        ("23:59:59", "day+1 00:00", "day+1 23:59:59", "day+2 00:00"))))  # fmt: skip
    assert [(one.day, one.ended) for one in days(store, "CNLYG", "2026-03-02", "2026-03-03")] == [
        ("2026-03-02", 1),
        ("2026-03-03", 2),
    ]
    assert days(store, "CNLYG", "2026-03-05", "2026-03-09") == []


def test_what_was_replaced_withdrawn_or_elsewhere_is_in_no_figure(store: Store) -> None:
    first = (_move(1, "10:10"), _move(2, "10:20"), _move(3, "10:20", port="CNSHA"))
    _keep(store, *first)
    _keep(store, _move(1, "10:40", "breached"), _move(2, "10:20", "void"), since=10)
    (only,) = days(store, "CNLYG", "2026-03-02", "2026-03-02")
    assert (only.ended, only.met, only.breached, only.net_p50_s) == (1, 0, 1, 2400.0)


def test_stages_facilities_parties_and_limits_are_told_apart(store: Store) -> None:
    _keep(
        store,
        _move(1, "10:10"),
        _move(2, "10:10", facility=None),
        _move(3, "10:10", answers="customs"),
        _move(4, "10:10", limit=limit(id="other.limit")),
        _move(5, "10:10", "no-limit", limit=None),
        outcome("pickup", "10:00", "10:30", unit=box(6)),
    )
    found = days(store, "CNLYG", "2026-03-02", "2026-03-02")
    assert [(d.facility, d.stage, d.answers, d.limit_id, d.ended, d.met) for d in found] == [
        (None, "box-move", "terminal", "test.limit", 1, 1),
        ("LPCT", "box-move", "customs", "test.limit", 1, 1),
        ("LPCT", "box-move", "terminal", "", 1, 0),
        ("LPCT", "box-move", "terminal", "other.limit", 1, 1),
        ("LPCT", "box-move", "terminal", "test.limit", 1, 1),
        ("LPCT", "pickup", "terminal", "", 1, 0),
    ]


@pytest.mark.parametrize("seed", range(3))
def test_every_store_gives_the_same_figures(store: Store, seed: int) -> None:
    rng, plain = Random(seed), MemoryStore()
    told = [
        _move(
            n, f"day+{rng.randint(0, 3)} {rng.randint(10, 23)}:{rng.randint(10, 59)}",
            rng.choice(("met", "breached", "excused", "void")),
            facility=rng.choice(("LPCT", "LPT2", None)), limit=limit(rng.choice((1800, 3600))),
            opened_at=at("10:00"), net_s=rng.randint(0, 10_000),
        )
        for n in range(150)
    ]  # fmt: skip
    for one in (store, plain):
        _keep(one, *told)
    asked = ("CNLYG", "2026-03-02", "2026-03-04")
    assert days(store, *asked) == days(plain, *asked) != []

"""Facts in the tables are those that were frozen, and the engine hashes and compares them alike."""

from collections.abc import Sequence

import pytest

from reports.facts import FrozenFact
from reports.frozen import hashed
from reports.tables import Tables
from reports.testing import frozen_facts
from reports.vintages.affected import Pair
from reports.vintages.changes import key_of
from reports.vintages.facts_digest import frozen_of, leaf_of
from reports.vintages.tabled_facts import FACT_COLUMNS, differing, facts, row_of
from sinks.publishing import VINTAGE_FACTS

FACTS = sorted(
    (
        fact._replace(
            event_ids=tuple(f"tos/{fact.unit_id}:{n}" for n in range(place % 3)),
            goods=("般貨'\\", "a:b,c", "")[place % 3],
            cohort_known=bool(place % 4),
        )
        for place, fact in enumerate(frozen_facts(11, 60))
    ),
    key=key_of,
)


def store(tables: Tables, vintage: str, some: Sequence[FrozenFact]) -> None:
    rows = [row_of(vintage, fact) for fact in some]
    tables.insert("vintage_facts", VINTAGE_FACTS.columns, rows, f"{vintage}/{len(rows)}")


def test_the_columns_are_those_of_the_table() -> None:
    assert VINTAGE_FACTS.columns == ("vintage", *FACT_COLUMNS)


def test_facts_come_back_as_they_were_and_hash_as_plain_python_says(
    tables: Tables,
) -> None:
    assert any(fact.limits for fact in FACTS)
    assert any(fact.links for fact in FACTS)
    store(tables, "2026-03.1", FACTS)
    assert list(facts(tables, "2026-03.1")) == FACTS
    assert hashed(tables, "2026-03.1") == frozen_of(FACTS)
    store(tables, "2026-03.2", FACTS[:1])
    assert hashed(tables, "2026-03.2") == frozen_of(FACTS[:1])
    assert hashed(tables, "2026-03.9") == frozen_of([])
    only = {"port": "CNSHA", "stage": "overall-clearance"}
    wanted = [f for f in FACTS if (f.port, f.stage) == ("CNSHA", "overall-clearance")]
    assert list(facts(tables, "2026-03.1", only)) == wanted
    assert wanted


def test_the_engine_finds_what_two_vintages_do_not_share(tables: Tables) -> None:
    slower = FACTS[3]._replace(gross_s=FACTS[3].gross_s + 1)
    told = FACTS[5]._replace(event_ids=("tos/other",))
    newer = sorted([*FACTS[1:3], slower, FACTS[4], told, *FACTS[6:20]], key=key_of)
    store(tables, "2026-03.1", FACTS[:19])
    store(tables, "2026-03.2", newer)
    found = list(differing(tables, "2026-03.1", "2026-03.2"))
    assert found == [
        Pair(FACTS[0], None), Pair(FACTS[3], slower), Pair(FACTS[5], told), Pair(None, FACTS[19]),
    ]  # fmt: skip


def test_hashes_that_end_in_noughts_are_whole(tables: Tables) -> None:
    ending = [fact for fact in frozen_facts(11, 400) if leaf_of(fact)[-1] == 0]
    assert len(ending) > 3
    store(tables, "2026-03.1", ending)
    assert hashed(tables, "2026-03.1") == frozen_of(ending)


@pytest.mark.parametrize("number", [1, 7])
def test_what_is_the_same_does_not_differ(tables: Tables, number: int) -> None:
    for vintage in ("2026-03.1", "2026-03.2"):
        store(tables, vintage, FACTS[:number])
    assert list(differing(tables, "2026-03.1", "2026-03.2")) == []

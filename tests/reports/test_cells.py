"""Cells of facts that no story would make, counted in the database as plainly."""

from reports.cells import count_cells
from reports.datasets import datasets
from reports.facts import FrozenFact, Link
from reports.plain import CHAIN_INCOMPLETE, plain_cells
from reports.tables import Tables
from reports.testing import frozen_facts
from reports.vintages.tabled_facts import row_of
from sinks.publishing import VINTAGE_FACTS


def _odd(place: int, fact: FrozenFact) -> FrozenFact:
    """Links that do not add up, or are not those of the direction; a unit of two types; no time."""
    if fact.links and place % 3 == 0:
        short = fact.links[0]._replace(gross_s=fact.links[0].gross_s + 1)
        return fact._replace(links=tuple(sorted((short, *fact.links[1:]))))
    if fact.links and place % 5 == 0:
        return fact._replace(links=tuple(sorted((Link("departure", 1), *fact.links[1:]))))
    if place % 7 == 0:
        return fact._replace(unit_type="wagon", unit_id="same", trader="'\\ %s", goods="?'")
    if place % 11 == 0 and fact.standing == "ended":
        return fact._replace(gross_s=0, net_s=0, direction="", province="")
    return fact._replace(links=tuple(sorted(fact.links)))


def test_odd_facts_are_counted_as_plain_python_counts_them(tables: Tables) -> None:
    facts = [_odd(place, fact) for place, fact in enumerate(frozen_facts(5, 150))]
    rows = [row_of("2026-03.1", fact) for fact in facts]
    tables.insert("vintage_facts", VINTAGE_FACTS.columns, rows, "odd")
    for dataset in datasets().values():
        found = count_cells(tables, ["2026-03.1"], dataset)
        assert found == plain_cells(facts, dataset)
        if dataset.facts == "chain":
            left_out = {reason for cell in found for reason, _ in cell.summary.left_out}
            assert CHAIN_INCOMPLETE in left_out


def test_nothing_frozen_counts_nothing(tables: Tables) -> None:
    for dataset in datasets().values():
        assert count_cells(tables, ["2026-03.1"], dataset) == ()

"""The fixtures of this wing are facts as a month could know them."""

from reports.datasets import datasets
from reports.testing import FEW, MONTH, PORTS, counted_cells, frozen_facts, published, vintage
from timing.commitments.period import month


def test_the_same_seed_tells_the_same_and_another_something_else() -> None:
    assert frozen_facts(3, 50) == frozen_facts(3, 50)
    assert frozen_facts(3, 50) != frozen_facts(4, 50)


def test_facts_are_ended_in_the_month_or_open_at_its_end() -> None:
    period = month(MONTH)
    facts = frozen_facts()
    for fact in facts:
        ended = fact.standing == "ended"
        assert period.holds(fact.closed_at) if ended else fact.closed_at == 0
        assert ended == (fact.age_s == 0)
        assert fact.age_s == 0 or fact.age_s == period.ends_at - fact.opened_at
        assert fact.opened_at < period.ends_at
    assert {fact.port for fact in facts} == {port.code for port in PORTS}


def test_fixtures_withhold_what_is_of_few_units_and_nothing_else() -> None:
    for id in datasets():
        pairs = zip(counted_cells(id), published(id), strict=True)
        for cell, shown in pairs:
            assert (shown.suppressed is not None) == (0 < cell.exposure.units < FEW)
            assert shown.key == cell.key


def test_a_vintage_has_its_number_and_standing() -> None:
    assert vintage().id == "2026-03.1"
    assert vintage(2, reason="late events").standing == "final"
    assert vintage(1, "2026-01/2026-03").id == "2026-01_2026-03.1"

"""The rules of comparison: what is in use, and that there are no others."""

from decimal import Decimal

import pytest

from timing.measures.comparison import COMPARISON, comparison


def test_the_rules_in_use_are_those_published() -> None:
    """A change of any of these is a new id beside this one, never an edit."""
    said = comparison()
    assert said.id == COMPARISON == "comparison/1"
    assert (said.n_min, said.stratum_n_min) == (24, 10)
    assert [said.confidence_pct, said.design_effect] == [95, 2]
    assert [said.stratum_min_pct, said.coverage_min_pct] == [1, 90]
    assert isinstance(said.stratum_min_pct, int | Decimal)
    assert all(source.startswith("https://") for source in said.sources)


def test_unknown_rules_are_an_error() -> None:
    with pytest.raises(KeyError, match="no rules 'comparison/0'"):
        comparison("comparison/0")

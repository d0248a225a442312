"""The nearest rank: always a value that was measured."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timing.measures.summary import RANKS, Summary, rank

SECONDS = st.lists(st.integers(0, 10_000_000), min_size=1, max_size=60).map(sorted)


@pytest.mark.parametrize(
    ("per_cent", "value"), [(10, 1), (25, 3), (50, 5), (75, 8), (90, 9), (95, 10)]
)
def test_of_ten_values_the_rank_stands_at_the_ceiling(per_cent: int, value: int) -> None:
    assert rank(range(1, 11), per_cent) == value


@given(SECONDS, st.sampled_from(RANKS))
def test_at_least_so_many_per_cent_are_no_greater_than_the_rank(
    ordered: list[int], per_cent: int
) -> None:
    found = rank(ordered, per_cent)
    assert found in ordered
    assert 100 * sum(value <= found for value in ordered) >= per_cent * len(ordered)
    assert 100 * sum(value < found for value in ordered) < per_cent * len(ordered)


def test_nothing_has_no_rank() -> None:
    with pytest.raises(IndexError):
        rank([], 50)


def test_a_summary_of_nothing_is_all_nought() -> None:
    assert not any(any(field) if isinstance(field, tuple) else field for field in Summary())

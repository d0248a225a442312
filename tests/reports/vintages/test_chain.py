"""Every vintage names the one before it: none is changed, taken away or slipped in unseen."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.shapes import Vintage
from reports.testing import vintage
from reports.vintages.chain import ChainBroken, next_link, ordered

patiently = settings(deadline=None, max_examples=50)


def chain(length: int) -> list[Vintage]:
    made: list[Vintage] = []
    for number in range(1, length + 1):
        made.append(vintage(number, after=next_link(made)))
    return made


@patiently
@given(st.permutations(range(5)))
def test_the_order_of_making_comes_back_from_any_order(order: list[int]) -> None:
    made = chain(5)
    assert ordered(made[place] for place in order) == made


def test_no_vintage_is_a_chain_too() -> None:
    assert ordered([]) == []
    assert next_link([]) == ""


@pytest.mark.parametrize("place", range(4))
def test_one_that_was_changed_is_found_by_the_next(place: int) -> None:
    made = chain(5)
    made[place] = made[place]._replace(facts=1)
    with pytest.raises(ChainBroken, match=made[place].id):
        ordered(made)


@pytest.mark.parametrize("place", range(1, 4))
def test_one_that_is_gone_is_missed(place: int) -> None:
    made = chain(5)
    del made[place]
    with pytest.raises(ChainBroken, match=f"do not follow 2026-03.{place}"):
        ordered(made)


def test_the_first_of_all_is_missed() -> None:
    with pytest.raises(ChainBroken, match="the first vintage of all is missing"):
        ordered(chain(3)[1:])


def test_two_that_follow_the_same_one_are_named() -> None:
    made = chain(3)
    with pytest.raises(ChainBroken, match=r"2026-03\.3 and 2026-03\.9 follow the same"):
        ordered([*made, made[2]._replace(id="2026-03.9")])

"""Where units stand: by the event's own time, in any order, and never too many of them."""

from itertools import permutations

import pytest

from serving.board.whereabouts import Whereabouts, yard_of


@pytest.mark.parametrize(
    ("spot", "yard"), [(None, ""), ("A12-03", "A12"), ("C9", "C9"), ("-3", ""), (" B1 -2-5", "B1")]
)
def test_a_yard_block_is_what_stands_before_the_first_hyphen(spot: str | None, yard: str) -> None:
    assert yard_of(spot) == yard


def test_the_last_spot_stands_whatever_comes_first() -> None:
    told = [("A1-1", 5), ("B1-1", 9), ("B2-1", 9), ("C1-1", 7)]
    for order in permutations(told):
        kept = Whereabouts()
        for spot, at_s in order:
            kept.told("P", "U", spot, at_s)
        assert kept.spot("P", "U") == "B2-1"
        assert kept.spot("Q", "U") is None


def test_only_another_spot_is_news() -> None:
    kept = Whereabouts()
    told = (("A", 5), ("A", 6), ("B", 4), ("B", 7))
    news = [kept.told("P", "U", spot, at_s) for spot, at_s in told]
    assert news == [True, False, False, True]


def test_of_too_many_units_the_one_told_of_longest_ago_is_forgotten() -> None:
    kept = Whereabouts(units_max=2)
    for at_s, unit in enumerate(("a", "b", "a", "c")):
        kept.told("P", unit, f"A{at_s}", at_s)
    assert [kept.spot("P", unit) for unit in ("a", "b", "c")] == ["A2", None, "A3"]
    assert len(kept) == 2

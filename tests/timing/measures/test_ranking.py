"""Ranks: what may be said of places whose means are known only so surely."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timing.measures.comparison import comparison
from timing.measures.intervals import interval
from timing.measures.ranking import Entry, Place, entry, ranked, shared_confidence

HOURS = st.decimals(min_value="0.5", max_value=200, places=2)
PLACES = st.lists(st.tuples(st.integers(24, 5_000), HOURS, HOURS), min_size=1, max_size=8)


def test_places_apart_have_a_rank_each() -> None:
    found = ranked([_at("b", 80), _at("a", 40), _at("c", 20)])
    assert [(one.name, one.rank) for one in found] == [("c", "1"), ("a", "2"), ("b", "3")]
    assert not any(one.shared for one in found)


def test_places_too_close_to_tell_share_their_rank() -> None:
    found = ranked([_at("a", 40), _at("b", "40.2"), _at("c", 80)])
    assert [(one.name, one.rank) for one in found] == [("a", "1-2"), ("b", "1-2"), ("c", "3")]
    assert [one.shared for one in found] == [True, True, False]


def test_a_chain_has_ranges_and_no_order_on_noise() -> None:
    """Each can be told from the second next one only."""
    found = ranked([_at("a", 40), _at("b", "43.5"), _at("c", 47)])
    low, middle, high = (one.interval for one in found)
    assert low
    assert middle
    assert high
    assert (low.overlaps(middle), middle.overlaps(high), low.overlaps(high)) == (True, True, False)
    assert [one.rank for one in found] == ["1-2", "1-3", "2-3"]


def test_the_same_means_of_fewer_units_cannot_be_told_apart() -> None:
    many = ranked([_at("a", 40, n=4_000), _at("b", 44, n=4_000)])
    few = ranked([_at("a", 40, n=40), _at("b", 44, n=40)])
    assert [one.rank for one in many] == ["1", "2"]
    assert [one.rank for one in few] == ["1-2", "1-2"]


@pytest.mark.parametrize(("n", "reason"), [(23, "too-few"), (24, None)])
def test_from_24_units_on_a_place_is_ranked(n: int, reason: str | None) -> None:
    [*_, found] = ranked([_at("a", 40, n=n)])
    assert found.reason == reason
    assert (found.first is None) is (reason is not None)


def test_what_is_not_ranked_is_shown_and_does_not_count_among_the_ranked() -> None:
    found = ranked([_at("z", 20, n=5), entry("a", None, None, None), _at("m", 40), _at("b", 80)])
    assert [(one.name, one.rank, one.reason) for one in found] == [
        ("m", "1", None),
        ("b", "2", None),
        ("a", "", "suppressed"),
        ("z", "", "too-few"),
    ]
    assert {one.among for one in found} == {2}
    assert (found[3].n, found[3].mean_h, found[3].interval) == (5, Decimal(20), None)


@pytest.mark.parametrize(
    ("n", "mean_h", "sd_h"),
    [(None, Decimal(40), Decimal(20)), (100, None, Decimal(20)), (100, Decimal(40), None)],
)
def test_a_cell_of_which_anything_needed_is_withheld_is_not_ranked(
    n: int | None, mean_h: Decimal | None, sd_h: Decimal | None
) -> None:
    found = entry("a", n, mean_h, sd_h)
    assert (found.reason, found.estimate) == ("suppressed", None)


def test_places_with_one_mean_stand_by_name() -> None:
    assert [one.name for one in ranked([_at("b", 40), _at("a", 40)])] == ["a", "b"]


def test_means_known_exactly_share_a_rank_only_where_they_are_the_same() -> None:
    exact = [
        entry(name, 30, Decimal(mean), Decimal(0))
        for name, mean in zip("abc", (4, 4, 5), strict=True)
    ]
    assert [one.rank for one in ranked(exact)] == ["1-2", "1-2", "3"]


def test_nobody_ranks_nothing() -> None:
    assert ranked([]) == ()


@given(PLACES)
def test_who_overlaps_shares_and_who_does_not_is_ahead(
    drawn: list[tuple[int, Decimal, Decimal]],
) -> None:
    found = ranked(entry(str(name), *figures) for name, figures in enumerate(drawn))
    for one in found:
        for other in found:
            if one.name < other.name:
                _agree(one, other)


@given(PLACES)
def test_a_range_holds_the_order_of_the_means(drawn: list[tuple[int, Decimal, Decimal]]) -> None:
    found = ranked(entry(str(name), *figures) for name, figures in enumerate(drawn))
    assert [one.mean_h for one in found] == sorted(one.mean_h for one in found if one.mean_h)
    for order, one in enumerate(found, start=1):
        assert one.first is not None
        assert one.last is not None
        assert 1 <= one.first <= order <= one.last <= one.among == len(found)


def test_all_intervals_hold_at_once_so_each_is_surer() -> None:
    rules = comparison()
    assert [shared_confidence(rules, n) for n in (0, 1, 2, 10)] == [95, 95, Decimal("97.5"), 99.5]
    alone, *_ = ranked([_at("a", 40)])
    among, *_ = ranked([_at("a", 40), _at("b", 400)])
    assert alone.interval
    assert among.interval
    assert among.interval.low < alone.interval.low
    assert alone.interval.high < among.interval.high


def test_units_are_not_taken_for_strangers_to_each_other() -> None:
    alone = comparison().model_copy(update={"design_effect": Decimal(1)})
    [said], [bold] = (
        ranked([_at("a", 40)]),
        ranked([entry("a", 400, Decimal(40), Decimal(20), alone)]),
    )
    assert said.interval
    assert bold.interval
    assert said.interval.low < bold.interval.low
    assert bold.interval.high < said.interval.high


def test_an_interval_can_be_found_again_from_what_is_printed() -> None:
    printed = entry("a", 400, Decimal("40.37"), Decimal("21.90"))
    assert printed.estimate
    [found] = ranked([printed])
    assert found.interval == interval(printed.estimate, Decimal(95))


def _at(name: str, mean_h: int | str, n: int = 400) -> Entry:
    return entry(name, n, Decimal(mean_h), Decimal(20))


def _agree(one: Place, other: Place) -> None:
    assert one.interval
    assert other.interval
    assert one.first
    assert one.last
    assert other.first
    assert other.last
    if one.interval.overlaps(other.interval):
        assert one.first <= other.last
        assert other.first <= one.last
    else:
        ahead, behind = (one, other) if one.interval.high < other.interval.low else (other, one)
        assert ahead.first is not None
        assert behind.first is not None
        assert ahead.first < behind.first

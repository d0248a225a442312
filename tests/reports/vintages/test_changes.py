"""What two sets of facts do not share: each difference once, with what differs and by how much."""

from hypothesis import given, settings
from hypothesis import strategies as st

from reports.facts import FrozenFact
from reports.testing import frozen_facts
from reports.vintages.changes import (
    Cause,
    CauseWord,
    Change,
    cause_by_fields,
    change,
    changes,
    key_of,
    numbers,
    with_causes,
)

patiently = settings(deadline=None, max_examples=50)

FACTS = tuple(sorted(frozen_facts(5, 12), key=key_of))
PLACES = st.integers(0, len(FACTS) - 1)


def corrected(fact: FrozenFact) -> FrozenFact:
    return fact._replace(gross_s=fact.gross_s + 60, verdict="excused")


@patiently
@given(st.sets(PLACES), st.sets(PLACES), st.sets(PLACES))
def test_every_difference_is_told_once_and_nothing_else(
    gone: set[int], new: set[int], moved: set[int]
) -> None:
    older = [fact for place, fact in enumerate(FACTS) if place not in new]
    newer = [
        corrected(fact) if place in moved else fact
        for place, fact in enumerate(FACTS)
        if place not in gone
    ]
    told = list(changes(older, newer))
    assert [change.key for change in told] == sorted(change.key for change in told)
    expected = {key_of(FACTS[place]): "gone" for place in gone - new}
    expected |= {key_of(FACTS[place]): "appeared" for place in new - gone}
    expected |= {key_of(FACTS[place]): "changed" for place in moved - new - gone}
    assert {change.key: change.deed for change in told} == expected
    assert len(told) == len(expected)


def test_what_differs_and_by_how_much_is_told() -> None:
    (one,) = changes(FACTS[:1], [corrected(FACTS[0])])
    assert (one.deed, one.fields, one.by_s) == ("changed", ("gross_s", "verdict"), 60)
    (moved,) = changes(FACTS[:1], [FACTS[0]._replace(event_ids=("tos/9",))])
    assert (moved.fields, moved.by_s) == (("event_ids",), 0)
    (came,) = changes((), FACTS[:1])
    (went,) = changes(FACTS[:1], ())
    assert (came.by_s, went.by_s) == (FACTS[0].gross_s, -FACTS[0].gross_s)


def test_causes_are_laid_over_by_key_and_counted() -> None:
    told = list(changes(FACTS[:3], [corrected(fact) for fact in FACTS[:3]]))
    causes = {told[0].key: Cause("late", "tos/7"), told[2].key: Cause("late", "tos/8")}
    known: list[Change] = list(with_causes(told, causes))
    assert [change.cause.id for change in known] == ["tos/7", "", "tos/8"]
    assert numbers(known) == {("changed", "late"): 2, ("changed", "unknown"): 1}
    assert list(numbers(known)) == [("changed", "late"), ("changed", "unknown")]


def test_where_only_traits_differ_no_verdict_was_revised() -> None:
    fact = FACTS[0]
    pairs: list[tuple[FrozenFact, CauseWord]] = [
        (fact._replace(trader="x"), "traits"),
        (fact._replace(goods="x", peak="x"), "traits"),
        (fact._replace(peak="x", province="x"), "rules"),
    ]
    for other, word in pairs:
        assert cause_by_fields(change(fact, other)) == Cause(word)
    assert cause_by_fields(change(fact, corrected(fact))) is None
    assert cause_by_fields(change(fact, corrected(fact)._replace(trader="x"))) is None
    assert cause_by_fields(change(None, fact)) is None

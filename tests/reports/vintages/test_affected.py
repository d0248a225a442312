"""What differs between two vintages is protected like a table of its own: every cell it touches."""

from reports.datasets import dataset
from reports.facts import FrozenFact
from reports.plain import plain_cells
from reports.testing import frozen_facts
from reports.vintages.affected import Pair, affected

CLEARANCE = dataset("clearance")
FACTS = [
    fact
    for fact in frozen_facts(2, 150)
    if fact.stage == "overall-clearance" and fact.standing == "ended"
]


def corrected(fact: FrozenFact, **fields: object) -> FrozenFact:
    return FrozenFact(**{**fact._asdict(), **fields})


def test_every_cell_that_a_correction_changes_is_among_them() -> None:
    """Found by counting twice, which is what somebody with both vintages does."""
    moved = [corrected(fact, port="CNTAO", gross_s=fact.gross_s + 60) for fact in FACTS[:7]]
    before = {cell.key: cell.summary for cell in plain_cells(FACTS, CLEARANCE)}
    after = {cell.key: cell.summary for cell in plain_cells(moved + FACTS[7:], CLEARANCE)}
    differing = {key for key in before | after if before.get(key) != after.get(key)}
    extremes_aside = {
        key
        for key in differing
        if before.get(key) is None
        or after.get(key) is None
        or before[key]._replace(extreme_n=0, extreme_sum_s=0)
        != after[key]._replace(extreme_n=0, extreme_sum_s=0)
    }
    found = {cell.key for cell in affected(map(Pair, FACTS, moved), CLEARANCE)}
    assert extremes_aside <= found
    assert extremes_aside


def test_a_fact_counts_once_in_each_cell_it_left_came_to_or_stayed_in() -> None:
    one = FACTS[0]
    other = "air" if one.mode == "water" else "water"
    moved = corrected(one, mode=other, gross_s=one.gross_s + 1)
    cells = affected([Pair(one, moved)], CLEARANCE)
    assert {cell.exposure.units for cell in cells} == {1}
    place = CLEARANCE.dimensions.index("mode")
    assert {cell.key[place] for cell in cells} == {"*", "air", "water"}


def test_facts_that_a_cell_counts_as_before_do_not_hide_the_one_that_it_does_not() -> None:
    """Four boxes by another mode and one by another time: a port's total moves by one alone."""
    moved = [corrected(fact, mode="air", event_ids=("x",)) for fact in FACTS[:4]]
    slower = corrected(FACTS[4], gross_s=FACTS[4].gross_s + 60)
    cells = affected(map(Pair, FACTS[:5], [*moved, slower]), CLEARANCE)
    whole = CLEARANCE.key({"direction": FACTS[4].direction})
    assert {cell.key: cell.exposure.units for cell in cells}[whole] == 1


def test_what_no_cell_counts_touches_none() -> None:
    pairs = [Pair(fact, corrected(fact, event_ids=("x",), definition="y")) for fact in FACTS[:9]]
    assert affected(pairs, CLEARANCE) == []


def test_units_are_counted_once_and_companies_by_what_they_moved() -> None:
    one = corrected(FACTS[0], trader="A")
    again = corrected(one, occurrence=2)
    other = corrected(FACTS[0], trader="B", unit_id="X")
    pairs = [
        Pair(one, corrected(one, gross_s=one.gross_s + 60)),
        Pair(again, corrected(again, gross_s=again.gross_s - 30)),
        Pair(None, other),
        Pair(corrected(other, trader="", unit_id="Y"), None),
    ]
    exposure = affected(pairs, CLEARANCE)[0].exposure
    assert exposure == (3, 2, 2, 1, other.gross_s, 90)


def test_open_ones_and_those_left_out_count_too() -> None:
    waiting = corrected(FACTS[0], standing="open", gross_s=0, age_s=9)
    left_out = corrected(FACTS[1], left_out="undone")
    for fact in (waiting, left_out):
        assert affected([Pair(None, fact)], CLEARANCE)[0].exposure.units == 1


def test_another_stage_touches_none_of_its_cells() -> None:
    assert affected([Pair(None, corrected(FACTS[0], stage="pickup"))], CLEARANCE) == []

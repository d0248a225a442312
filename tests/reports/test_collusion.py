"""What two companies learn that pool what they know: the limit of the protection, as
docs/disclosure.md states it, over everything that is published of a month."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations

from reports.datasets import Dataset
from reports.plain import Counted, counted_of
from reports.shapes import Key
from reports.testing import counted_datasets, frozen_facts, sheets_of
from timing.disclosure.control import disclosed
from timing.disclosure.rules import disclosure
from timing.disclosure.sensitivity import Exposure, cause

VISITS = 220


def _counted(of: Dataset) -> Mapping[Key, Sequence[Counted]]:
    found: dict[Key, list[Counted]] = defaultdict(list)
    for fact in frozen_facts(visits=VISITS):
        for one in counted_of(fact, of):
            if one.counts:
                for named in of.groupings:
                    found[of.key({d: one.words[d] for d in named})].append(one)
    return found


def _largest(timed: Sequence[Counted]) -> list[str]:
    """The companies that have most hours or units of a cell: a pair leaves least among them."""
    hours, units = Counter[str](), Counter[str]()
    for one in timed:
        hours[one.fact.trader] += one.seconds
        units[one.fact.trader] += 1
    named = (hours.most_common(3), units.most_common(3))
    return sorted({name for some in named for name, _ in some} - {""})


def test_two_companies_that_pool_leave_a_tenth_of_a_cell() -> None:
    shown = disclosed(sheets_of(frozen_facts(visits=VISITS)), disclosure())
    pairs = 0
    for of in counted_datasets():
        inside = _counted(of)
        for cell in shown.get(of.id, ()):
            timed = inside.get(cell.key, ())
            if cell.suppressed is not None or not timed:
                continue
            for pair in combinations(_largest(timed), 2):
                left = [one for one in timed if one.fact.trader not in pair]
                units = {one.fact.unit_id for one in timed}
                assert 10 * len(left) >= len(units)
                assert 10 * sum(o.seconds for o in left) >= sum(o.seconds for o in timed)
                pairs += 1
    assert pairs > 100


def test_a_cell_of_three_companies_is_shown_so_two_of_them_learn_the_third() -> None:
    three = Exposure(
        units=12, companies=3, largest_units=4, second_units=4, largest_s=4, second_s=4
    )
    assert cause(three, 12, disclosure()) is None

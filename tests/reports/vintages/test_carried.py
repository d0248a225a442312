"""A cell with the figures of an earlier vintage is known by them, and hidden where it is summed."""

from reports.datasets import dataset
from reports.plain import plain_cells
from reports.shapes import Exposure, PublishedCell
from reports.testing import frozen_facts
from reports.vintages.carried import carried, with_changes, without_carried
from timing.measures.printed import figures_of

COUNTED = plain_cells(frozen_facts(9, 40), dataset("limits"))
SHOWN = [PublishedCell(cell.key, figures_of(cell.summary)) for cell in COUNTED]
FIRST = COUNTED[0].key
STALE = [SHOWN[0]._replace(figures={**SHOWN[0].figures, "n": 99}), *SHOWN[1:]]


def test_a_cell_is_carried_when_its_figures_are_not_those_of_its_facts() -> None:
    assert carried(COUNTED, SHOWN) == frozenset()
    assert carried(COUNTED, STALE) == {FIRST}
    assert carried(COUNTED[1:], SHOWN) == {FIRST}


def test_a_cell_that_shows_nothing_or_less_is_not_carried() -> None:
    hidden = [PublishedCell(cell.key, {}, "protected") for cell in COUNTED]
    less = [cell._replace(figures={"n": cell.figures["n"]}) for cell in SHOWN]
    assert carried(COUNTED, hidden) == carried(COUNTED, less) == frozenset()


def test_it_is_left_out_of_what_is_shown_and_has_the_exposure_of_its_changes() -> None:
    keys = carried(COUNTED, STALE)
    assert without_carried({"limits": STALE}, {"limits": keys}) == {"limits": SHOWN[1:]}
    few = Exposure(1, 1, 1, 0, 60, 0)
    changed = [cell._replace(exposure=few) for cell in COUNTED]
    found = with_changes(COUNTED, keys, changed)
    assert [cell.exposure == few for cell in found] == [True] + [False] * (len(COUNTED) - 1)

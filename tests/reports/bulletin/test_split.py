"""A split adds up as printed, or is not printed."""

from decimal import Decimal

import pytest

from reports.bulletin.split import chain, splitting
from reports.datasets import dataset
from reports.documents.sheet import Sheet
from reports.documents.testing import publication
from reports.shapes import PublishedCell

OF = dataset("stage-split")


@pytest.mark.parametrize("direction", ["import", "export"])
def test_every_printed_row_sums_to_its_whole(direction: str) -> None:
    found = splitting(publication().sheet("stage-split"), direction)
    shown = [one for one in (found.together, *found.ports) if one.whole_h is not None]
    assert len(shown) > 5
    for one in shown:
        assert sum(one.parts_h) == one.whole_h


def _cells(**means: str) -> list[PublishedCell]:
    return [
        PublishedCell(
            OF.key({"direction": "import", "stage": stage.replace("_", "-")}),
            {"n": 9, "mean_h": Decimal(mean)},
        )
        for stage, mean in means.items()
    ]


def test_a_hundredth_that_rounding_left_over_is_brought_back() -> None:
    cells = _cells(
        unloading="1.00",
        clearance_preparation="9.00",
        customs_clearance="1.00",
        collection="2.00",
        release_time="13.01",
    )
    assert splitting(Sheet(OF, cells), "import").together.parts_h[1] == Decimal("9.01")


def test_where_one_part_is_withheld_none_is_shown() -> None:
    cells = _cells(unloading="1.00", collection="2.00", release_time="13.01")
    found = splitting(Sheet(OF, cells), "import").together
    assert (found.parts_h, found.whole_h) == ((), None)


def test_ports_stand_by_the_length_of_the_stay() -> None:
    found = splitting(publication().sheet("stage-split"), "import")
    wholes = [one.whole_h for one in found.ports if one.whole_h is not None]
    assert wholes == sorted(wholes)


def test_a_direction_without_a_chain_is_refused() -> None:
    with pytest.raises(KeyError, match="transhipment"):
        chain("transhipment")

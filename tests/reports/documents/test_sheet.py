"""Cells are looked up by what they name."""

from reports.datasets import dataset
from reports.documents.sheet import Sheet, count_of, hours_of
from reports.documents.testing import publication
from reports.shapes import PublishedCell

OF = dataset("clearance")


def test_every_cell_is_found_by_its_words() -> None:
    sheet = publication().sheet("clearance")
    for cell in publication().cells["clearance"]:
        assert sheet.cell(**OF.words(cell.key)) is cell


def test_where_a_port_is_named_its_province_need_not_be() -> None:
    sheet = publication().sheet("clearance")
    found = sheet.cell(direction="import", port="CNSHA")
    assert found is not None
    assert OF.words(found.key)["province"] == "CN-SH"


def test_words_of_a_dimension_are_those_that_stand_alone_beside_what_is_fixed() -> None:
    cells = [
        PublishedCell(OF.key({"direction": "import", "mode": "water"}), {}),
        PublishedCell(OF.key({"direction": "import", "mode": "air", "goods": "reefer"}), {}),
        PublishedCell(OF.key({"direction": "export", "mode": "rail"}), {}),
    ]
    assert Sheet(OF, cells).words("mode", direction="import") == ("water",)


def test_a_sheet_is_the_same_in_whatever_order_its_cells_came() -> None:
    cells = publication().cells["clearance"]
    assert Sheet(OF, cells).cells == Sheet(OF, reversed(cells)).cells


def test_what_is_not_there_has_no_figure() -> None:
    assert hours_of(None, "mean_h") is None
    assert count_of(PublishedCell((), {}, "protected"), "n") is None

"""Like for like: shares and means under one mix, or the mark for what may not be said."""

from decimal import Decimal

from reports.bulletin.compared import Months
from reports.bulletin.fair import like_for_like, trait_table
from reports.bulletin.ranks import standardising
from reports.documents.blocks import Table
from reports.documents.sheet import Publication
from reports.documents.testing import key
from reports.documents.voice import voice
from reports.shapes import PublishedCell
from reports.testing import vintage

SAID = voice("en")
PORTS = {"CNLYG": ("CN-JS", 20, 30), "CNSHA": ("CN-SH", 20, 10)}
"""By port: its province, and its mean hours without and with inspection, of 100 and 300 units."""


def _cell(n: int | None, mean: str = "10.00", **words: str) -> PublishedCell:
    named = key("clearance", direction="import", **words)
    if n is None:
        return PublishedCell(named, {}, "protected")
    return PublishedCell(named, {"n": n, "mean_h": Decimal(mean), "sd_h": Decimal(1)})


def _publication(whole: int | None = 400) -> Publication:
    cells = [_cell(800), _cell(200, inspected="yes"), _cell(600, inspected="no")]
    cells += [_cell(800, advance="no")]
    for inspected, n in (("yes", 200), ("no", 600)):
        cells.append(_cell(n, inspected=inspected, advance="no"))
    for port, (province, plain_h, inspected_h) in PORTS.items():
        named = {"province": province, "port": port}
        cells.append(_cell(whole, **named))
        for inspected, n, mean in (("no", 300, plain_h), ("yes", 100, inspected_h)):
            cells.append(_cell(n, inspected=inspected, **named))
            cells.append(_cell(n, f"{mean}.00", inspected=inspected, advance="no", **named))
    return Publication(vintage(), {"clearance": tuple(cells)})


def _rows(table: Table) -> dict[str, tuple[str, ...]]:
    return {row.cells[0]: row.cells[1:] for row in table.rows}


def test_a_mean_under_the_common_mix_weighs_every_group_by_the_mix_of_all() -> None:
    found = standardising(_publication().sheet("clearance"), "import")
    assert found is not None
    means = {place.name: place.mean_h for place in found.places}
    assert means == {"CNLYG": Decimal("22.50"), "CNSHA": Decimal("17.50")}
    assert found.standard.coverage_pct == 100


def test_shares_are_of_the_port_and_of_what_was_inspected() -> None:
    _, _, table, *_ = like_for_like(SAID, Months(_publication()))
    assert isinstance(table, Table)
    assert _rows(table)["Lianyungang"][5] == "25.00"


def test_shares_of_a_withheld_whole_are_withheld_and_no_count_stands_in_their_place() -> None:
    _, _, table, *_ = like_for_like(SAID, Months(_publication(whole=None)))
    assert isinstance(table, Table)
    assert _rows(table)["Lianyungang"][5] == "[c]"


def test_shares_of_the_mix_are_of_all_units() -> None:
    rows = _rows(trait_table(SAID, _publication().sheet("clearance"), "import"))
    assert rows["Channel: inspected"][:2] == ("200", "25.00")
    assert rows["Channel: not inspected"][:2] == ("600", "75.00")

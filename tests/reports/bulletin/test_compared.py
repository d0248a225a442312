"""Changes follow from printed means, as the published series do."""

from decimal import Decimal

import pytest

from reports.baselines import Baselines, read_baselines
from reports.bulletin.compared import Months, beside
from reports.documents.sheet import Publication
from reports.documents.testing import hidden, key, publication
from reports.shapes import PublishedCell
from reports.testing import vintage
from timing.series import series

PORT = {"province": "CN-JS", "port": "CNLYG"}
LOCAL = b"""
[[figure]]
definition = "overall-clearance-import/1"
place = "CNLYG"
period = "2017"
hours = 80.00
status = "baseline"
source = "https://example.org/2017"
"""


def _month(name: str, mean: str, **words: str) -> Publication:
    named = key("clearance", direction="import", **words)
    cell = PublishedCell(named, {"n": 100, "mean_h": Decimal(mean)})
    return Publication(vintage(1, name), {"clearance": (cell,)})


@pytest.mark.parametrize(
    ("period", "mean", "cut"),
    [("2019-12", "36.70", "62.3"), ("2020-12", "34.91", "64.2"), ("2022", "32.02", "67.1")],
)
def test_a_bulletin_of_the_published_means_has_the_published_cuts(
    period: str, mean: str, cut: str
) -> None:
    announced = {
        (f.period, f"{f.hours:.2f}"): f.cut
        for f in series().figures
        if f.definition == "overall-clearance-import/1" and f.cut is not None
    }
    assert announced[period, mean] == Decimal(cut)
    found = beside(Months(_month("2026-03", mean)), "import").compared("port", "")
    assert found.baseline is not None
    assert found.baseline.cut_pct is not None
    assert found.baseline.cut_pct.quantize(Decimal("0.1")) == Decimal(cut)


def test_a_port_is_held_against_its_own_baseline_alone() -> None:
    without = beside(Months(_month("2026-03", "40.00", **PORT)), "import")
    assert without.compared("port", "CNLYG").baseline is None
    months = Months(_month("2026-03", "40.00", **PORT), baselines=read_baselines(LOCAL))
    found = beside(months, "import").compared("port", "CNLYG").baseline
    assert found is not None
    assert found.cut_pct == Decimal("50.00")


def test_a_month_that_was_not_published_is_compared_with_nothing() -> None:
    found = beside(Months(_month("2026-03", "40.00")), "import").compared("port", "")
    assert found.month is None
    assert found.year is None


def test_the_month_before_and_the_year_before_are_not_mixed_up() -> None:
    months = Months(
        _month("2026-03", "40.00"), _month("2026-02", "50.00"), _month("2025-03", "80.00")
    )
    found = beside(months, "import").compared("port", "")
    assert found.month is not None
    assert found.year is not None
    assert (found.month.before_h, found.month.cut_pct) == (Decimal("50.00"), Decimal("20.00"))
    assert (found.year.before_h, found.year.cut_pct) == (Decimal("80.00"), Decimal("50.00"))


def test_what_was_withheld_before_gives_no_change() -> None:
    months = Months(publication(), hidden(publication("2026-02", 8)), None, Baselines())
    for direction in ("import", "export"):
        assert all(found.month is None for found in beside(months, direction).each("port"))

"""Provisional, then final, then restated for a reason; a month that is not over has no figures."""

import pytest

from reports.shapes import Standing, Vintage
from reports.testing import vintage
from reports.vintages.standing import SETTLED_AFTER_S, Refused, Wanted, planned, standing_now
from timing.commitments.period import month
from timing.patience import Patience

MARCH = month("2026-03")
LATER = MARCH.ends_at + SETTLED_AFTER_S
PROVISIONAL = vintage(1)
FINAL = vintage(2, standing="final")
RESTATED = vintage(3, standing="restated", reason="x")
FEBRUARY = vintage(7, "2026-02", standing="final")


def refused(wanted: Wanted, *made: Vintage, now_s: int = LATER) -> str:
    with pytest.raises(Refused) as refusal:
        planned(wanted, made, now_s)
    return refusal.value.what


def test_numbers_count_the_vintages_of_the_month_alone() -> None:
    assert planned(Wanted(MARCH, "provisional"), [FEBRUARY], LATER).id == "2026-03.1"
    assert planned(Wanted(MARCH, "final"), [FEBRUARY, PROVISIONAL], LATER).id == "2026-03.2"
    many = [vintage(number, standing="provisional") for number in range(1, 11)]
    assert planned(Wanted(MARCH, "final"), many, LATER).id == "2026-03.11"
    assert planned(Wanted(MARCH, "final"), many, LATER).last == many[-1]


@pytest.mark.parametrize("standing", ["provisional", "final", "restated"])
def test_a_month_that_is_not_over_is_refused_whatever_is_wanted(standing: Standing) -> None:
    assert "is not over" in refused(Wanted(MARCH, standing, "x"), now_s=MARCH.ends_at - 1)


def test_a_month_may_be_final_when_the_law_takes_no_more_corrections() -> None:
    assert Patience().retention_s == SETTLED_AFTER_S
    assert "can still be corrected" in refused(Wanted(MARCH, "final"), now_s=LATER - 1)
    assert planned(Wanted(MARCH, "final"), [], LATER).id == "2026-03.1"
    assert planned(Wanted(MARCH, "provisional"), [], MARCH.ends_at).id == "2026-03.1"


@pytest.mark.parametrize("standing", ["provisional", "final"])
@pytest.mark.parametrize("made", [(FINAL,), (PROVISIONAL, FINAL), (FINAL, RESTATED)])
def test_what_is_final_can_only_be_restated(standing: Standing, made: tuple[Vintage, ...]) -> None:
    assert "is final since 2026-03.2" in refused(Wanted(MARCH, standing), *made)


def test_only_what_is_final_can_be_restated_and_only_for_a_reason() -> None:
    assert "no final vintage" in refused(Wanted(MARCH, "restated", "x"), PROVISIONAL, FEBRUARY)
    for nothing in (None, "", "  "):
        assert "without a reason" in refused(Wanted(MARCH, "restated", nothing), FINAL)
    assert planned(Wanted(MARCH, "restated", "x"), [FINAL, RESTATED], LATER).id == "2026-03.4"


def test_a_reason_without_a_restatement_is_refused() -> None:
    assert "only a restatement" in refused(Wanted(MARCH, "final", "x"))


def test_the_vintage_that_counts_is_the_last_settled_one() -> None:
    assert standing_now([FEBRUARY], "2026-03") is None
    assert standing_now([PROVISIONAL], "2026-03") == PROVISIONAL
    assert standing_now([PROVISIONAL, RESTATED, FINAL], "2026-03") == RESTATED
    tenth = vintage(10, standing="restated", reason="y")
    assert standing_now([tenth, RESTATED, FINAL], "2026-03") == tenth

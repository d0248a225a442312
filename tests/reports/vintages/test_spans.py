"""A span of months is made from their vintages, says which, and can be made again from them."""

import pytest

from reports.testing import vintage
from reports.vintages import spans
from reports.vintages.asks import Frozen
from reports.vintages.standing import Refused, Wanted, planned
from timing.commitments.period import month

MADE = [
    vintage(1, "2025-12", standing="final"),
    vintage(1, "2026-01", standing="final"),
    vintage(1, "2026-02", standing="provisional"),
    vintage(2, "2026-01", standing="restated", reason="x"),
]


def test_a_span_goes_from_the_first_month_to_the_last() -> None:
    span = spans.period_of("2025-12/2026-02")
    assert (span.begins_at, span.ends_at) == (month("2025-12").begins_at, month("2026-02").ends_at)
    assert list(spans.months_in(span)) == ["2025-12", "2026-01", "2026-02"]
    assert spans.period_of("2026-02") == month("2026-02")
    assert planned(Wanted(span, "provisional"), MADE, span.ends_at).id == "2025-12_2026-02.1"


@pytest.mark.parametrize(
    "name", ["2026-02/2026-01", "2026-01/2026-01", "2026-01/", "2026-13/2026-14", "2001-01/2026-01"]
)
def test_what_goes_nowhere_is_no_span(name: str) -> None:
    with pytest.raises(ValueError, match=r"2026|month"):
        spans.period_of(name)


def test_it_is_made_from_the_vintages_that_count() -> None:
    span = spans.period_of("2025-12/2026-02")
    parts = spans.parts_now(span, MADE, settled=False)
    assert [one.id for one in parts] == ["2025-12.1", "2026-01.2", "2026-02.1"]
    with pytest.raises(Refused, match="2026-02 is provisional still"):
        spans.parts_now(span, MADE, settled=True)
    with pytest.raises(Refused, match="2026-03 has no vintage"):
        spans.parts_now(spans.period_of("2025-12/2026-03"), MADE, settled=False)


def test_what_it_was_made_from_is_recorded_and_found_again_after_a_restatement() -> None:
    rules = spans.with_parts({"cohort": "x"}, MADE[:2])
    span = vintage(1, "2025-12/2026-01", rules=rules)
    assert spans.parts_of(span, MADE) == MADE[:2]
    assert spans.parts_of(MADE[3], MADE) == [MADE[3]]
    with pytest.raises(KeyError):
        spans.parts_of(span, MADE[1:])


def test_its_hash_is_of_its_months_in_their_order() -> None:
    one, other = Frozen(3, "ab"), Frozen(4, "cd")
    assert spans.frozen_of_parts([one, other]).facts == 7
    assert spans.frozen_of_parts([one, other]).hash != spans.frozen_of_parts([other, one]).hash

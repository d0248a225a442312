"""What is asked: months, first and last included."""

from itertools import pairwise

import pytest

from reports.whatif.beside import beside
from reports.whatif.result import MONTHS_MAX, Trial, months_between
from reports.whatif.testing import drafted
from timing.commitments.period import month


@pytest.mark.parametrize(
    ("first", "last", "names"),
    [
        ("2026-03", "2026-03", ["2026-03"]),
        ("2025-11", "2026-02", ["2025-11", "2025-12", "2026-01", "2026-02"]),
    ],
)
def test_both_ends_are_included(first: str, last: str, names: list[str]) -> None:
    found = months_between(first, last)
    assert [one.name for one in found] == names
    assert all(one.ends_at == other.begins_at for one, other in pairwise(found))


def test_a_trial_is_of_all_months_as_one() -> None:
    laid = beside(drafted(), [])
    several = Trial(laid, months_between("2025-12", "2026-02"), 5).period
    assert several.name == "2025-12/2026-02"
    assert several.begins_at == month("2025-12").begins_at
    assert several.ends_at == month("2026-02").ends_at
    assert Trial(laid, months_between("2026-02", "2026-02"), 5).period == month("2026-02")


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-03", "2026-02", "is before 2026-03; give the earlier month first"),
        ("2026-3", "2026-04", "'2026-3' is no month; write 2026-03"),
        ("2026-03", "2026-13", "'2026-13' is no month"),
        ("2001-01", "2026-01", f"are more than {MONTHS_MAX} months"),
    ],
)
def test_what_is_no_time_is_refused(first: str, last: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        months_between(first, last)


def test_as_many_months_as_are_allowed_are_allowed() -> None:
    assert len(months_between("2021-01", "2025-12")) == MONTHS_MAX

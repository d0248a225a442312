"""A bulletin is of the vintage that counts, beside those that count."""

import pytest

from reports.bulletin.choosing import NotPublished, chosen, chosen_months
from reports.testing import vintage

MADE = [
    vintage(1, "2026-03"),
    vintage(2, "2026-03"),
    vintage(3, "2026-03", standing="provisional"),
    vintage(1, "2026-02"),
    vintage(1, "2025-03"),
    vintage(1, "2025-12"),
    vintage(1, "2026-01"),
    vintage(1, "2026-01/2026-03"),
]


def test_the_vintage_that_counts_is_the_last_settled_one() -> None:
    found = chosen_months(MADE, "2026-03")
    assert [one.id for one in found.all] == ["2026-03.2", "2026-02.1", "2025-03.1"]


def test_another_vintage_may_be_named_but_none_of_another_month() -> None:
    assert chosen(MADE, "2026-03", "2026-03.1").id == "2026-03.1"
    with pytest.raises(NotPublished, match=r"2026-02\.1"):
        chosen(MADE, "2026-03", "2026-02.1")


def test_before_january_comes_december() -> None:
    found = chosen_months(MADE, "2026-01")
    assert found.month_before is not None
    assert found.month_before.id == "2025-12.1"
    assert found.year_before is None


def test_a_span_is_a_publication_of_its_own() -> None:
    assert chosen(MADE, "2026-01/2026-03").id == "2026-01_2026-03.1"


def test_a_month_that_was_never_published_says_what_to_do() -> None:
    with pytest.raises(NotPublished, match="portclock vintage close"):
        chosen_months(MADE, "2024-01")

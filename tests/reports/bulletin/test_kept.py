"""Promises: kept by the counts, never by a rounded share."""

from decimal import Decimal

import pytest

from reports.bulletin.kept import kept, pledged, promised_by
from reports.datasets import dataset
from reports.documents.sheet import Sheet
from reports.documents.testing import key
from reports.pledges import pledges_of
from reports.shapes import Printed, PublishedCell
from timing.limits import load_register

OF = dataset("limits")
WORDS = {"port": "CNSHD", "stage": "pickup", "edition": "e/1", "limit": "shidao.pickup"}


def _kept(bound: str, **figures: Printed) -> bool | None:
    cell = PublishedCell(key("limits", **WORDS), figures)
    (found,) = kept(Sheet(OF, [cell]), {("e/1", "shidao.pickup"): Decimal(bound)})
    return found.kept


def test_a_share_that_equals_the_promise_keeps_it() -> None:
    assert _kept("99", judged=100, met=99, kept_pct=Decimal("99.00")) is True
    assert _kept("99", judged=1000, met=989, kept_pct=Decimal("98.90")) is False


def test_one_breach_breaks_a_hundred_per_cent_though_the_share_prints_as_such() -> None:
    assert _kept("100", judged=30000, met=29999, kept_pct=Decimal("100.00")) is False
    assert _kept("100", judged=30000, met=30000, kept_pct=Decimal("100.00")) is True


@pytest.mark.parametrize(("share", "answer"), [("98.99", False), ("99.01", True), ("99.00", None)])
def test_without_counts_a_share_answers_only_where_rounding_could_not_have_made_it(
    share: str, answer: bool | None
) -> None:
    assert _kept("99", kept_pct=Decimal(share)) is answer


def test_nothing_promised_or_nothing_published_is_no_answer() -> None:
    cell = PublishedCell(key("limits", **WORDS), {}, "protected")
    assert [one.kept for one in kept(Sheet(OF, [cell]), {})] == [None]
    assert _kept("99") is None


def test_facilities_are_not_limits_of_their_own() -> None:
    cell = PublishedCell(key("limits", **WORDS, facility="SDXG"), {"judged": 5})
    assert list(kept(Sheet(OF, [cell]), {})) == []


def test_completion_rates_come_from_the_editions_as_published() -> None:
    found = promised_by(load_register().editions)
    by_limit = {limit: share for (_, limit), share in found.items()}
    assert by_limit["shidao.inspection-move"] == 99
    assert by_limit["shidao.pickup"] == 100


def test_a_promise_that_covers_less_than_its_limit_is_left_out() -> None:
    edition = next(e for e in load_register().editions if promised_by([e]))
    narrow = tuple(
        promise.model_copy(update={"facilities": ("ONE",)}) for promise in edition.commitment
    )
    found = promised_by([edition.model_copy(update={"commitment": narrow})])
    limits = {limit.id for limit in edition.limit}
    assert found
    assert not [named for _, named in found if named in limits]


def _pledged(promised: dict[tuple[str, str], Decimal], **figures: int | Decimal) -> bool | None:
    words: dict[str, str] = {"port": "CNXMN", "edition": "e/1", "commitment": "c:PT1H"}
    cell = PublishedCell(key("commitments", **words), figures)
    within = PublishedCell(key("commitments", **words, stage="pickup"), figures)
    (found,) = pledged(Sheet(dataset("commitments"), [cell, within]), promised)
    return found.kept


@pytest.mark.parametrize(("met", "answer"), [(899, False), (900, True), (901, True)])
def test_a_share_of_many_is_kept_by_its_counts(met: int, answer: bool) -> None:
    bound = {("e/1", "share c:PT1H"): Decimal(90)}
    assert _pledged(bound, met=met, judged=1000, kept_pct=Decimal("90.00")) is answer


@pytest.mark.parametrize(
    ("mean", "answer"), [("29.99", True), ("30.00", None), ("30.01", False), ("12.50", True)]
)
def test_a_mean_answers_only_where_rounding_could_not_have_made_it(
    mean: str, answer: bool | None
) -> None:
    assert _pledged({("e/1", "mean c:PT1H"): Decimal(30)}, mean_min=Decimal(mean)) is answer


def test_a_commitment_of_an_edition_that_is_not_loaded_is_no_answer() -> None:
    assert _pledged({}, met=1, judged=1, mean_min=Decimal(1)) is None


def test_every_published_promise_over_units_has_its_bound() -> None:
    editions = load_register().editions
    found = promised_by(editions)
    for one in pledges_of(editions):
        word = "mean" if one.kind == "mean" else "share"
        assert found[one.edition, f"{word} {one.commitment}"] > 0
    assert found["xiamen/undated", "mean xiamen.trucks"] == 30
    assert found["tianjin/2019-07-15", "share tianjin.pickup:PT30M"] == 60

"""The catalogue of evaluators says what the reports have, in both languages."""

import pytest

from portclock.board.catalogue import LANGUAGES, catalogue
from reports.datasets import datasets
from reports.testing import published
from serving.evaluators.asks import Said

FOUND = catalogue()


def test_every_dataset_is_listed_as_the_reports_have_it() -> None:
    shown = {one.id: one for one in FOUND.datasets}
    assert set(shown) == set(datasets())
    for id, one in datasets().items():
        assert shown[id].names == one.dimensions
        assert shown[id].groupings == one.groupings
        assert [measure.id for measure in shown[id].measures] == list(one.measures)


@pytest.mark.parametrize("dataset", FOUND.datasets, ids=lambda one: one.id)
def test_the_smallest_grouping_that_holds_some_dimensions_is_one(dataset) -> None:  # type: ignore[no-untyped-def]
    for grouping in dataset.groupings:
        for left_out in grouping:
            rest = set(grouping) - {left_out}
            found = [one for one in dataset.groupings if rest <= set(one)]
            least = min(len(one) for one in found)
            assert sum(len(one) == least for one in found) == 1


@pytest.mark.parametrize("dataset", FOUND.datasets, ids=lambda one: one.id)
def test_figures_have_the_decimals_that_the_catalogue_says(dataset) -> None:  # type: ignore[no-untyped-def]
    decimals = {one.id: one.decimals for one in dataset.measures}
    seen = set()
    for cell in published(dataset.id):
        for measure, figure in cell.figures.items():
            exponent = 0 if isinstance(figure, int) else -int(figure.as_tuple().exponent)
            assert exponent == decimals[measure], measure
            seen.add(measure)
    assert len(seen) > len(decimals) / 2


@pytest.mark.parametrize("dataset", FOUND.datasets, ids=lambda one: one.id)
def test_cells_use_the_words_that_the_catalogue_lists(dataset) -> None:  # type: ignore[no-untyped-def]
    for place, dimension in enumerate(dataset.dimensions):
        known = {value.id for value in dimension.values}
        used = {cell.key[place] for cell in published(dataset.id)} - {"*", ""}
        assert not known or used <= known, dimension.id


def test_everything_is_said_in_both_languages_and_nothing_by_its_id_alone() -> None:
    said: list[tuple[str, Said]] = [(rule.id, rule.words) for rule in FOUND.rules]
    said += [(value.id, value.title) for value in FOUND.reasons]
    for dataset in FOUND.datasets:
        said += [(dataset.id, dataset.title), (dataset.id, dataset.note)]
        said += [(one.id, one.title) for one in dataset.dimensions]
        said += [(one.id, one.title) for one in dataset.measures]
        said += [(v.id, v.title) for one in dataset.dimensions for v in one.values]
    for id, title in said:
        assert set(title) == set(LANGUAGES)
        assert title["zh"] != id, id

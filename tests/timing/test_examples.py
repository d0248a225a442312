"""The examples of an edition: told in words, and judged by that edition alone."""

from collections.abc import Callable
from typing import Any

import pytest

from timing.examples import UnreadableExample, failures, verdict_of
from timing.limits import Edition, Example, load_register

MakeEdition = Callable[..., Edition]
ORDERED = "10:00 move-ordered"


def example(*given: str, expect: str = "met", **fields: Any) -> Example:
    told = {"limit": "test.box-move", "given": given, "expect": expect}
    return Example.model_validate({**told, **fields})


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (("10:00 move-ordered", "10:30 move-ended"), "met"),
        (("10:00 move-ordered", "10:30:01 move-ended"), "breached"),
        (("10:00 move-ordered", "10:30 tick"), "open"),
        (("10:00 move-ordered", "10:30:01 tick"), "breached"),
        (("10:00 inspection-ordered", "10:30 positioned"), "no-limit"),
        (
            (ORDERED, "10:05 clock-stopped", "10:15 clock-resumed", "10:35 move-ended"),
            "excused",
        ),
    ],
)
def test_an_example_is_judged_as_a_visit_would_be(
    given: tuple[str, ...], verdict: str, edition: MakeEdition
) -> None:
    assert verdict_of(edition("box-move PT30M"), example(*given)) == verdict


def test_the_last_occurrence_is_the_one_meant(edition: MakeEdition) -> None:
    twice = example(ORDERED, "10:10 move-ended", "11:00 move-ordered", "12:00 move-ended")
    assert verdict_of(edition("box-move PT30M"), twice) == "breached"


def test_a_unit_that_nobody_brings_in_was_there_since_midnight(edition: MakeEdition) -> None:
    early = example("00:00 move-ordered", "00:30 move-ended")
    assert verdict_of(edition("box-move PT30M"), early) == "met"


@pytest.mark.parametrize(("laden", "verdict"), [(False, "met"), (True, "no-limit")])
def test_the_cargo_of_an_example_counts(laden: bool, verdict: str, edition: MakeEdition) -> None:
    told = example("07:00 truck-arrived", "07:30 gated-in", laden=laden, limit="test.empty-return")
    assert verdict_of(edition("empty-return PT30M"), told) == verdict


def test_the_direction_of_an_example_counts(edition: MakeEdition) -> None:
    told = ("10:00 truck-arrived", "10:30 gated-out")
    inbound = example(*told, direction="import", limit="test.pickup")
    assert verdict_of(edition("pickup PT30M"), inbound) == "met"
    assert verdict_of(edition("pickup PT30M"), inbound.model_copy(update={"direction": None})) == (
        "no-limit"
    )


def test_a_dated_edition_is_tried_on_its_first_day() -> None:
    for edition in load_register().editions:
        assert [verdict_of(edition, each) for each in edition.example] == [
            each.expect for each in edition.example
        ]


def test_an_example_that_does_not_hold_is_told_in_a_sentence(edition: MakeEdition) -> None:
    wrong = edition("box-move PT30M", example=[example(ORDERED, "10:31 move-ended").model_dump()])
    (sentence,) = failures(wrong)
    assert sentence == (
        "example 1 (10:00 move-ordered, 10:31 move-ended): "
        "test.box-move says breached, expected met"
    )


def test_an_edition_whose_examples_hold_has_no_failures(edition: MakeEdition) -> None:
    right = edition("box-move PT30M", example=[example(ORDERED, "10:30 move-ended").model_dump()])
    assert list(failures(right)) == []


@pytest.mark.parametrize("words", ["", "10:00", "10 o'clock move-ended", "10:00 Move Ended"])
def test_other_words_are_unreadable(words: str, edition: MakeEdition) -> None:
    with pytest.raises(UnreadableExample, match="write it as"):
        verdict_of(edition("box-move PT30M"), example(words))

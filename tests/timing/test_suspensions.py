"""Suspensions: from when until when work rests at a place, whatever order it was told in."""

from itertools import permutations
from typing import Any

import pytest

from events.envelope import Event
from events.testing import FACILITY, PORT, at, suspension
from timing.observation import observation_of
from timing.suspensions import Closures, Suspension, suspensions_in


def said(events: list[Event], place: str = PORT) -> list[Suspension]:
    return suspensions_in(place, PORT, map(observation_of, events))


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def correction(of: Event, when: str, **fields: Any) -> Event:
    """A report that takes another back, or puts it right, said at 18:00."""
    told = {"event_id": f"{of.event_id}-c", "recorded_at": at("18:00"), "occurred_at": at(when)}
    return of.model_copy(update={**told, **fields})


def spans(found: list[Suspension]) -> list[tuple[int, int | None]]:
    return [(one.start, one.end) for one in found]


def between(*words: tuple[str, str | None]) -> list[tuple[int, int | None]]:
    return [(epoch(start), epoch(end) if end else None) for start, end in words]


def test_work_rests_from_the_declaration_to_the_lifting() -> None:
    (found,) = said(suspension("10:00", "12:00"))
    assert (found.start, found.end) == (epoch("10:00"), epoch("12:00"))
    assert [report.event_id for report in found.reports] == ["s1", "s2"]


def test_until_it_is_lifted_it_lasts_until_further_notice() -> None:
    (found,) = said(suspension("10:00"))
    assert found.end is None


def test_declared_late_it_holds_from_the_instant_it_speaks_of() -> None:
    late = suspension("10:00", recorded_at=at("15:00"))
    assert spans(said(late)) == between(("10:00", None))


def test_a_second_declaration_of_what_rests_already_changes_no_second() -> None:
    story = [*suspension("10:00", "12:00"), *suspension("11:00", ids="again")]
    (found,) = said(story)
    assert (found.start, found.end) == (epoch("10:00"), epoch("12:00"))
    assert len(found.reports) == 3


def test_it_may_be_declared_anew_once_lifted() -> None:
    story = [*suspension("10:00", "12:00"), *suspension("14:00", ids="again")]
    assert spans(said(story)) == between(("10:00", "12:00"), ("14:00", None))


def test_a_lifting_of_what_does_not_rest_is_none() -> None:
    assert said(suspension("10:00", "12:00")[1:]) == []
    assert said(suspension("10:00", "09:00")) == said(suspension("10:00"))


SCOPES: list[dict[str, list[str]]] = [
    {"stages": ["box-move"]},
    {"categories": ["dangerous"]},
    {"modes": ["water"]},
    {"stages": ["box-move"], "modes": ["water"]},
]


@pytest.mark.parametrize("scope", SCOPES)
def test_it_rests_for_what_its_scope_names(scope: dict[str, list[str]]) -> None:
    (found,) = said(suspension("10:00", scope=scope))
    named = {"stages": found.stages, "categories": found.categories, "modes": found.modes}
    assert named == {name: tuple(scope.get(name, ())) for name in named}


@pytest.mark.parametrize("scope", [None, *SCOPES[1:]])
def test_a_lifting_ends_only_what_has_its_scope(scope: dict[str, list[str]] | None) -> None:
    story = [*suspension("10:00", scope=SCOPES[0]), *suspension("10:00", ids="o", scope=scope)]
    lifted = suspension("10:00", "12:00", ids="l", scope=scope)[1]
    ends = {found.stages + found.categories + found.modes: found.end for found in said(
        [*story, lifted]
    )}  # fmt: skip
    assert ends.pop(("box-move",)) is None
    assert list(ends.values()) == [epoch("12:00")]


def test_a_lifting_of_what_does_not_rest_leaves_alone_what_does() -> None:
    rests = suspension("10:00", scope={"modes": ["rail"]})
    other = suspension("10:00", "12:00", ids="o", scope={"modes": ["water"]})[1]
    assert spans(said([*rests, other])) == between(("10:00", None))


def test_a_scope_is_the_same_in_any_order_of_its_words() -> None:
    story = suspension("10:00", scope={"modes": ["water", "rail"]})
    lifted = suspension("10:00", "12:00", ids="l", scope={"modes": ["rail", "water"]})[1]
    assert spans(said([*story, lifted])) == between(("10:00", "12:00"))


def test_a_port_rests_everywhere_and_a_facility_alone() -> None:
    assert [one.facility for one in said(suspension("10:00"))] == [None]
    rests = suspension("10:00", place=FACILITY)
    assert [one.facility for one in said(rests, FACILITY)] == [FACILITY]


def test_a_declaration_withdrawn_was_never_made() -> None:
    story = suspension("10:00", "12:00")
    assert said([*story, correction(story[0], "10:00", retracts="s1")]) == []


def test_a_lifting_withdrawn_leaves_it_until_further_notice() -> None:
    story = suspension("10:00", "12:00")
    again = [*story, correction(story[1], "12:00", retracts="s2")]
    assert spans(said(again)) == between(("10:00", None))


@pytest.mark.parametrize(
    ("wrong", "span"), [(0, ("11:30", "12:00")), (1, ("10:00", "11:30"))], ids=["begin", "end"]
)
def test_a_correction_moves_its_beginning_or_its_end(wrong: int, span: tuple[str, str]) -> None:
    story = suspension("10:00", "12:00")
    right = correction(story[wrong], "11:30", supersedes=f"s{wrong + 1}")
    assert spans(said([*story, right])) == between(span)


def test_a_correction_may_change_what_it_covers() -> None:
    (wrong,) = suspension("10:00")
    right = correction(wrong, "10:00", supersedes="s1", scope={"modes": ["rail"]})
    (found,) = said([wrong, right])
    assert found.modes == ("rail",)


def test_the_order_of_telling_does_not_matter() -> None:
    story = [*suspension("10:00", "12:00"), *suspension("14:00", "15:00", ids="b")]
    story.append(correction(story[3], "15:30", supersedes="b2"))
    known = said(story)
    assert spans(known) == between(("10:00", "12:00"), ("14:00", "15:30"))
    assert all(said(list(order)) == known for order in permutations(story))


def test_a_port_that_nobody_closed_has_no_suspensions() -> None:
    closures = Closures({PORT: tuple(said(suspension("10:00")))})
    assert len(closures.of(PORT)) == 1
    assert closures.of("CNSHA") == ()
    assert Closures().of(PORT) == ()


@pytest.mark.parametrize(
    ("lifted", "since", "touched"),
    [
        ("12:00", "11:59:59", True),
        ("12:00", "12:00", False),
        ("12:00", "09:00", True),
        (None, "23:00", True),
    ],
)
def test_a_suspension_touches_what_was_there_before_it_was_lifted(
    lifted: str | None, since: str, touched: bool
) -> None:
    closures = Closures({PORT: tuple(said(suspension("10:00", lifted)))})
    assert closures.touch(PORT, epoch(since)) is touched
    assert not closures.touch("CNSHA", epoch(since))

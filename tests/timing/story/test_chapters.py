"""Chapters: the holds, suspensions and calendar of a finding, laid over it once more."""

from collections.abc import Callable
from typing import Any

import pytest

from events.envelope import Unit
from events.testing import PORT, at, event, told
from events.vocabulary import Party, UnitType
from timing.story.chapters import Chapter

Explained = Callable[..., Any]


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def chapter(explained: Explained, stage: str, now: str, *events: Any) -> Chapter:
    (story,) = explained(list(events), now).telling.stories
    (found,) = (c for c in story.chapters if c.finding.key.stage == stage)
    assert isinstance(found, Chapter)
    return found


def test_it_cites_the_edition_that_judged(explained: Explained) -> None:
    visit = told("08:00 gated-in", "09:00 move-ordered", "09:10 move-ended")
    found = chapter(explained, "box-move", "12:00", *visit)
    assert found.edition is not None
    assert found.edition.source == "https://example.org/limits"
    assert [limit.id for limit in found.in_force] == ["t.move"]
    assert found.name == "box-move#1"


def test_it_names_what_was_in_force_and_did_not_apply(explained: Explained) -> None:
    found = chapter(
        explained, "inspection-positioning", "12:00",
        *told("08:00 gated-in", "09:00 inspection-ordered"),
    )  # fmt: skip
    assert (found.edition, found.allowance) == (None, ())
    assert [limit.id for limit in found.in_force] == ["t.lead"]


def test_it_has_the_holds_that_met_it_and_no_others(explained: Explained) -> None:
    visit = told(
        "08:00 gated-in", "08:10 clock-stopped party=agent", "08:20 clock-resumed",
        "09:00 move-ordered", "09:05 clock-stopped party=customs", "09:10 clock-resumed",
        "09:30 move-ended", "09:40 clock-stopped party=carrier", "09:50 clock-resumed",
    )  # fmt: skip
    found = chapter(explained, "box-move", "12:00", *visit)
    assert [hold.party for hold in found.holds] == [Party.CUSTOMS]


# declared at 12:00 for 09:10: force majeure, as if it had been known
def test_a_suspension_declared_late_is_laid_over_it(explained: Explained) -> None:
    place = Unit(type=UnitType.PLACE, id=PORT)
    said: dict[str, Any] = {"unit": place, "source": "port", "recorded_at": at("12:00")}
    fog = [
        event("suspension-declared", "09:10", event_id="s1", **said),
        event("suspension-lifted", "09:40", event_id="s2", **said),
    ]
    visit = told("08:00 gated-in", "09:00 move-ordered", "09:50 move-ended")
    found = chapter(explained, "box-move", "13:00", *visit, *fog)
    assert found.sum.held_s() == {Party.FORCE_MAJEURE: 1800}
    assert found.sum.net_s == 1200


@pytest.mark.parametrize(("now", "until"), [("09:20", "09:20"), ("09:00", "09:10")])
def test_an_open_one_is_summed_up_to_now_or_to_what_was_heard_since(
    now: str, until: str, explained: Explained
) -> None:
    visit = told("08:00 gated-in", "09:00 move-ordered", "09:10 move-started")
    found = chapter(explained, "box-move", now, *visit)
    assert found.until == epoch(until)
    assert found.sum.net_s == epoch(until) - epoch("09:00")


def test_booked_overtime_counts_in_its_steps(explained: Explained) -> None:
    visit = told(
        "08:00 gated-in", "16:00 overtime-booked at=18:00 until=19:00", "17:00 positioned",
        "20:00 inspection-started",
    )  # fmt: skip
    found = chapter(explained, "inspection-wait", "21:00", *visit)
    assert found.clock.booked == ((epoch("18:00"), epoch("19:00")),)
    assert [(s.end - s.start, s.counts) for s in found.sum.steps] == [
        (3600, True), (3600, True), (3600, False),
    ]  # fmt: skip

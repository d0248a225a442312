"""Allowances: the numbers of each kind of bound come to the allowance that judged."""

from collections.abc import Callable
from typing import Any

import pytest

from events.testing import at, told
from timing.story.chapters import Chapter
from timing.story.english import ENGLISH

Explained = Callable[..., Any]


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def granted(explained: Explained, stage: str, *sentences: str, **fields: Any) -> Chapter:
    (story,) = explained(told("07:00 discharged", *sentences, **fields), "18:00").telling.stories
    (found,) = (c for c in story.chapters if c.finding.key.stage == stage)
    assert isinstance(found, Chapter)
    return found


def said(chapter: Chapter) -> list[str]:
    return [ENGLISH.say(sentence) for sentence in chapter.allowance]


def limit_s(chapter: Chapter) -> int:
    assert chapter.finding.applied is not None
    return chapter.finding.applied.limit_s


def test_a_duration_is_the_same_for_every_box(explained: Explained) -> None:
    found = granted(explained, "box-move", "08:00 move-ordered")
    assert said(found) == ["30 min for every unit"]
    assert found.allowance[0].values["within_s"] == limit_s(found)


@pytest.mark.parametrize(
    ("size_type", "text", "allowed_s"),
    [("22G1", "2 h for a box of 20 feet (22G1)", 7200),
     ("45G1", "3 h for a box of 40 feet (45G1)", 10800)],
)  # fmt: skip
def test_by_size_names_the_size_it_goes_by(
    size_type: str, text: str, allowed_s: int, explained: Explained
) -> None:
    cargo = {"size_type": size_type}
    found = granted(explained, "unstuffing", "08:00 unstuffing-started", cargo=cargo)
    assert (said(found), limit_s(found)) == ([text], allowed_s)


def test_per_teu_multiplies(explained: Explained) -> None:
    work = ("08:00 inspection-ordered", "09:00 unstuffing-started", "10:00 unstuffing-ended")
    cargo = {"size_type": "42G1"}
    found = granted(explained, "unstuffing-and-restuffing", *work, cargo=cargo)
    assert said(found) == ["3 h per TEU; a box of 40 feet (42G1) is 2 TEU"]
    assert limit_s(found) == 2 * 3 * 3600


# up to 1000 kg 30 min; 2300 kg begin 3 steps of 500 kg
@pytest.mark.parametrize(("weight_kg", "steps"), [(1000, 0), (1001, 1), (2300, 3)])
def test_by_weight_counts_the_steps_begun(weight_kg: int, steps: int, explained: Explained) -> None:
    cargo = {"weight_kg": weight_kg}
    found = granted(explained, "tally-report", "08:00 tally-ended", cargo=cargo)
    (sentence,) = found.allowance
    assert sentence.values["steps"] == steps
    assert limit_s(found) == 1800 + steps * 600
    assert f"{weight_kg:,} kg begin {steps} of them" in said(found)[0]


def test_a_lead_time_counts_from_the_appointment_that_stands(explained: Explained) -> None:
    booked = ("08:10 inspection-scheduled at=10:00", "08:20 inspection-scheduled at=11:00")
    work = ("08:00 inspection-ordered", *booked, "09:00 positioned")
    found = granted(explained, "inspection-positioning", *work)
    (sentence,) = found.allowance
    assert sentence.values["appointment_at"] == epoch("11:00")
    assert sentence.values["made_at"] == epoch("08:20")
    assert limit_s(found) == epoch("10:30") - epoch("08:00")


def test_an_appointment_made_too_late_to_count_is_not_named(explained: Explained) -> None:
    booked = ("08:10 inspection-scheduled at=10:00", "09:40 inspection-scheduled at=12:00")
    work = ("08:00 inspection-ordered", *booked, "11:00 positioned")
    found = granted(explained, "inspection-positioning", *work)
    assert found.allowance[0].values["appointment_at"] == epoch("10:00")


def test_a_half_day_is_due_by_the_clock_on_the_wall(explained: Explained) -> None:
    found = granted(explained, "pickup-paperwork", "09:30 pickup-requested")
    (sentence,) = found.allowance
    assert sentence.values["due_at"] == epoch("16:00")
    assert limit_s(found) == epoch("16:00") - epoch("09:30")


@pytest.mark.parametrize(
    ("journey_s", "key", "least_s"),
    [(9 * 3600, "notice", 4 * 3600), (4 * 3600, "notice-short", 4 * 3600),
     (3 * 3600, "notice-short", 3 * 3600)],
)  # fmt: skip
def test_a_notice_goes_by_the_length_of_the_journey(
    journey_s: int, key: str, least_s: int, explained: Explained
) -> None:
    visit = told("04:00 manifest-declared", "12:00 arrived", journey_s=journey_s)
    (story,) = explained(visit, "18:00").telling.stories
    (found,) = (c for c in story.chapters if c.finding.key.stage == "manifest-notice")
    assert found.allowance[0].key == key
    assert limit_s(found) == least_s


def test_an_override_comes_first_with_its_reason(explained: Explained) -> None:
    found = granted(explained, "in-yard-transfer", "08:00 transfer-ordered")
    assert said(found) == ["for a time, 2026-01-01 to 2026-03-02: 疫情防控", "4 h for every unit"]
    later = told("day+1 08:00 gated-in", "day+1 09:00 transfer-ordered")
    (story,) = explained(later, "day+1 10:00").telling.stories
    assert said(story.chapters[0]) == ["1 h for every unit"]


def test_an_override_without_an_end_says_only_since_when(explained: Explained) -> None:
    found = granted(explained, "truck-turn", "08:00 truck-arrived", "09:00 truck-departed")
    assert said(found) == ["for a time, from 2026-03-01 on: 台风季", "2 h for every unit"]

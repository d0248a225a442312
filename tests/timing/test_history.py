"""Histories: what is remembered of a unit, how it is judged again, and when it is forgotten."""

from collections.abc import Callable

import pytest

from events.envelope import Unit
from events.testing import PORT, at, box, event, told
from timing.engine import Rules
from timing.history import History
from timing.observation import observation_of
from timing.occurrences import NEVER

KEY = f"{PORT}/{box()}"
UNIT = Unit.model_validate({"type": "container", "id": box()})
RULES = Rules()
STAY = ("08:00 gated-in", "12:00 gated-out")


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def history(*sentences: str, now: str = "12:00") -> History:
    empty = History(KEY, UNIT)
    for each in told(*sentences):
        empty = empty.with_report(observation_of(each))
    return empty.at(epoch(now), RULES.law)


def test_a_history_never_changes_but_gives_a_new_one() -> None:
    before = history("08:00 gated-in")
    after = before.with_report(observation_of(event("move-ended", "09:00")))
    assert (len(before.reports), len(after.reports)) == (1, 2)


def test_there_is_one_report_per_identity() -> None:
    first = event("move-ended", "09:00", event_id="e")
    again = event("move-ended", "09:05", event_id="e", recorded_at=at("10:00"))
    both = History(KEY, UNIT).with_report(observation_of(first)).with_report(observation_of(again))
    (report,) = both.reports
    assert report.occurred_at == epoch("09:05")
    assert both.known(first.identity) is report


def test_what_was_never_reported_is_not_known() -> None:
    assert history("08:00 gated-in").known(event("arrived", "08:00").identity) is None


def test_a_watermark_never_runs_backwards() -> None:
    assert history(*STAY, now="12:00").at(epoch("10:00"), RULES.law).watermark == epoch("12:00")


def test_judging_notes_the_register_that_judged(rules: Callable[..., Rules]) -> None:
    assert history(*STAY).register == RULES.register.fingerprint
    assert history(*STAY).at(0, rules("pickup PT1H").law).register != RULES.register.fingerprint


def test_findings_are_those_of_the_latest_watermark_and_reports() -> None:
    before = history("08:00 gated-in", "10:00 move-ordered")
    assert before.findings(RULES.law) is before.findings(RULES.law)
    after = before.with_report(observation_of(event("move-ended", "10:20")))
    assert after.findings(RULES.law) is not before.findings(RULES.law)


# |08:00 ---- #12:00 ......... 7 days ......... 12:00 kept | 12:00:01 forgotten
def test_a_closed_visit_is_kept_for_seven_days_to_the_second() -> None:
    kept = history(*STAY, now="day+7 12:00")
    assert kept.forgotten(RULES.law) is kept
    gone = history(*STAY, now="day+7 12:00:01").forgotten(RULES.law)
    assert (gone.reports, gone.settled_until) == ((), epoch("12:00"))


def test_what_was_said_after_the_exit_is_kept_as_long() -> None:
    # the week begins with the last word, 12:30
    told_later = (*STAY, "12:30 tally-reported")
    assert history(*told_later, now="day+7 12:30").forgotten(RULES.law).reports
    gone = history(*told_later, now="day+7 12:30:01").forgotten(RULES.law)
    assert (gone.reports, gone.settled_until) == ((), epoch("12:30"))


def test_an_open_visit_is_kept_until_it_was_silent_for_half_a_year() -> None:
    assert history("08:00 gated-in", now="day+180 08:00").forgotten(RULES.law).reports
    assert not history("08:00 gated-in", now="day+180 08:00:01").forgotten(RULES.law).reports


def test_a_visit_without_an_exit_is_kept_for_a_week_of_the_next() -> None:
    two = ("08:00 gated-in", "day+2 08:00 gated-in")
    assert len(history(*two, now="day+9 08:00").forgotten(RULES.law).reports) == 2
    rest = history(*two, now="day+9 08:00:01").forgotten(RULES.law)
    assert [report.event_id for report in rest.reports] == ["e2"]


def test_the_next_stay_outlives_the_last() -> None:
    # |----#.....declared, waiting
    rest = history(*STAY, "day+1 09:00 declared", now="day+8 09:00").forgotten(RULES.law)
    assert [report.event_id for report in rest.reports] == ["e3"]


def test_a_corrected_report_is_forgotten_with_its_visit() -> None:
    story = (
        "08:00 gated-in",
        "10:00 move-ended",
        "11:00 move-ended retracts=e2",
        "12:00 gated-out",
    )
    assert history(*story, now="day+7 12:00:01").forgotten(RULES.law).reports == ()


def test_an_announcement_nobody_followed_is_forgotten_after_thirty_days() -> None:
    assert history("08:00 declared", now="day+30 08:00").forgotten(RULES.law).reports
    gone = history("08:00 declared", now="day+30 08:00:01").forgotten(RULES.law)
    assert (gone.reports, gone.settled_until) == ((), 0)


@pytest.mark.parametrize(
    ("story", "due"),
    [
        (STAY, "day+7 12:00:01"),
        (("08:00 gated-in",), "day+180 08:00:01"),
        (("08:00 declared",), "day+30 08:00:01"),
        ((*STAY, "13:00 declared"), "day+7 12:00:01"),
    ],
)
def test_it_is_due_when_something_is_to_be_forgotten(story: tuple[str, ...], due: str) -> None:
    assert history(*story).due_at(RULES.law) == epoch(due)


def test_a_limit_is_due_before_anything_is_forgotten(rules: Callable[..., Rules]) -> None:
    law = rules("box-move PT30M").law
    waiting = history("08:00 gated-in", "11:50 move-ordered").at(epoch("12:00"), law)
    assert waiting.due_at(law) == epoch("12:14")


def test_an_empty_history_is_never_due() -> None:
    assert History(KEY, UNIT).due_at(RULES.law) == NEVER

"""Histories: what is remembered of a unit, how it is judged again, and when it is forgotten."""

from collections.abc import Callable

import msgspec
import pytest

from events.envelope import Unit
from events.identifiers import Identity
from events.testing import PORT, at, box, event, told
from timing.engine import Rules
from timing.history import History, mentioned, offsets, report_at, written
from timing.instants import NEVER
from timing.observation import observation_of

KEY = f"{PORT}/{box()}"
UNIT = Unit.model_validate({"type": "container", "id": box()})
RULES = Rules()
STAY = ("08:00 gated-in", "12:00 gated-out")


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def history(*sentences: str, now: str = "12:00") -> History:
    told_so = History.of(KEY, UNIT, map(observation_of, told(*sentences)))
    return told_so.at(epoch(now), RULES)


def forgotten(some: History, rules: Rules = RULES) -> History:
    return some.forgotten(some.findings(rules), rules.patience)


def due_at(some: History, rules: Rules = RULES) -> int:
    return some.look_again(some.findings(rules), rules.patience)


def test_a_history_never_changes_but_gives_a_new_one() -> None:
    before = history("08:00 gated-in")
    after = before.with_report(observation_of(event("move-ended", "09:00")))
    assert (len(before.reports), len(after.reports)) == (1, 2)


def test_there_is_one_report_per_identity() -> None:
    first = event("move-ended", "09:00", event_id="e")
    again = event("move-ended", "09:05", event_id="e", recorded_at=at("10:00"))
    both = History.of(KEY, UNIT, [observation_of(first)]).with_report(observation_of(again))
    (report,) = both.reports
    assert report.occurred_at == epoch("09:05")
    assert both.known(first.identity) == report
    assert report.weight == 2


def test_another_version_of_one_report_leaves_the_others_in_their_place() -> None:
    again = event("move-ended", "09:05", event_id="e2", recorded_at=at("10:00"))
    both = history("08:00 gated-in", "09:00 move-ended", "10:00 declared")
    found = both.with_report(observation_of(again)).reports
    assert [(r.event_id, r.occurred_at) for r in found] == [
        ("e1", epoch("08:00")), ("e2", epoch("09:05")), ("e3", epoch("10:00")),
    ]  # fmt: skip


def test_what_was_never_reported_is_not_known() -> None:
    assert history("08:00 gated-in").known(event("arrived", "08:00").identity) is None


def test_a_watermark_never_runs_backwards() -> None:
    assert history(*STAY, now="12:00").at(epoch("10:00"), RULES).watermark == epoch("12:00")


def test_judging_notes_the_register_that_judged(rules: Callable[..., Rules]) -> None:
    assert history(*STAY).register == RULES.register.fingerprint
    assert history(*STAY).at(0, rules("pickup PT1H")).register != RULES.register.fingerprint


def test_findings_are_those_of_the_latest_watermark_and_reports() -> None:
    before = history("08:00 gated-in", "10:00 move-ordered")
    after = before.with_report(observation_of(event("move-ended", "10:20")))
    closings = [
        {f.occurrence.closed_at for f in some.findings(RULES).by_key.values()}
        for some in (before, after)
    ]
    assert closings == [{None}, {epoch("10:20")}]
    assert before.findings(RULES) == history("08:00 gated-in", "10:00 move-ordered").findings(RULES)


# |08:00 ---- #12:00 ......... 7 days ......... 12:00 kept | 12:00:01 forgotten
def test_a_closed_visit_is_kept_for_seven_days_to_the_second() -> None:
    kept = history(*STAY, now="day+7 12:00")
    assert forgotten(kept) is kept
    gone = forgotten(history(*STAY, now="day+7 12:00:01"))
    assert (gone.reports, gone.settled_until) == ((), epoch("12:00"))


def test_what_was_said_after_the_exit_is_kept_as_long() -> None:
    # the week begins with the last word, 12:30
    told_later = (*STAY, "12:30 tally-reported")
    assert forgotten(history(*told_later, now="day+7 12:30")).reports
    gone = forgotten(history(*told_later, now="day+7 12:30:01"))
    assert (gone.reports, gone.settled_until) == ((), epoch("12:30"))


def test_an_open_visit_is_kept_until_it_was_silent_for_half_a_year() -> None:
    assert forgotten(history("08:00 gated-in", now="day+180 08:00")).reports
    assert not forgotten(history("08:00 gated-in", now="day+180 08:00:01")).reports


def test_a_visit_without_an_exit_is_kept_for_a_week_of_the_next() -> None:
    two = ("08:00 gated-in", "day+2 08:00 gated-in")
    assert len(forgotten(history(*two, now="day+9 08:00")).reports) == 2
    rest = forgotten(history(*two, now="day+9 08:00:01"))
    assert [report.event_id for report in rest.reports] == ["e2"]


def test_the_next_stay_outlives_the_last() -> None:
    # |----#.....declared, waiting
    rest = forgotten(history(*STAY, "day+1 09:00 declared", now="day+8 09:00"))
    assert [report.event_id for report in rest.reports] == ["e3"]


def test_a_corrected_report_is_forgotten_with_its_visit() -> None:
    story = (
        "08:00 gated-in",
        "10:00 move-ended",
        "11:00 move-ended retracts=e2",
        "12:00 gated-out",
    )
    assert forgotten(history(*story, now="day+7 12:00:01")).reports == ()


def test_an_announcement_nobody_followed_is_forgotten_after_thirty_days() -> None:
    assert forgotten(history("08:00 declared", now="day+30 08:00")).reports
    gone = forgotten(history("08:00 declared", now="day+30 08:00:01"))
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
    assert due_at(history(*story)) == epoch(due)


def test_a_limit_is_due_before_anything_is_forgotten(rules: Callable[..., Rules]) -> None:
    promised = rules("box-move PT30M")
    waiting = history("08:00 gated-in", "11:50 move-ordered").at(epoch("12:00"), promised)
    assert due_at(waiting, promised) == epoch("12:14")


def test_an_empty_history_is_never_due() -> None:
    assert due_at(History.of(KEY, UNIT)) == NEVER


def test_beside_its_visit_under_way_a_unit_is_due_for_its_last_stay_only(
    rules: Callable[..., Rules],
) -> None:
    # |----#.....|---o          the order is due at 12:14, the last stay until a week after its exit
    promised = rules("box-move PT30M")
    two = history(*STAY, "day+1 08:00 gated-in", "day+1 11:50 move-ordered", now="day+1 12:00")
    found = two.findings(promised)
    assert due_at(two, promised) == epoch("day+1 12:14")
    beside = two.look_again_beside(found, found.visits[-1], promised.patience)
    assert beside == epoch("day+7 12:00:01")


def test_what_waits_for_a_visit_does_not_count_among_the_visits() -> None:
    waiting = history(*STAY, "13:00 declared", now="13:00")
    found = waiting.findings(RULES)
    assert waiting.look_again_at_visits(found, RULES.patience) == epoch("day+7 12:00:01")
    ahead = history(*STAY, "day-31 13:00 declared", now="13:00")
    found = ahead.findings(RULES)
    assert due_at(ahead) == epoch("day-1 13:00:01")
    assert ahead.look_again_at_visits(found, RULES.patience) == epoch("day+7 12:00:01")


def test_beside_its_only_visit_a_unit_is_never_due() -> None:
    alone = history("08:00 gated-in")
    found = alone.findings(RULES)
    assert alone.look_again_beside(found, found.visits[0], RULES.patience) == NEVER


def test_what_is_due_of_another_visit_is_not_passed_over(rules: Callable[..., Rules]) -> None:
    # a tally of the last stay is still owed when the next has begun
    promised = rules("tally-report PT10H")
    owed = ("08:00 gated-in", "11:00 tally-ended", "12:00 gated-out", "16:00 gated-in")
    two = history(*owed, now="16:00")
    found = two.findings(promised)
    assert two.look_again_beside(found, found.visits[-1], promised.patience) == epoch("19:00")


def test_a_correction_that_waits_is_kept_as_long_as_what_it_corrects() -> None:
    # 08:00 declared (of a stay to come) <- declared so on the day before, corrected since
    story = told("08:00 declared", "day-1 08:00 declared supersedes=e1", "day+1 08:00 released")
    waiting = History.of(KEY, UNIT, map(observation_of, story)).at(epoch("day+30 08:00"), RULES)
    assert {r.event_id for r in forgotten(waiting).reports} == {"e1", "e2", "e3"}
    later = waiting.at(epoch("day+30 08:00:01"), RULES)
    assert [r.event_id for r in forgotten(later).reports] == ["e3"]


def test_each_report_stands_where_its_offset_says() -> None:
    some = history(*STAY, "12:30 tally-reported party=third-party")
    found = [report_at(some.body, offset) for offset in offsets(some.body)]
    assert tuple(found) == some.reports
    assert [r.event_id for r in found] == ["e1", "e2", "e3"]
    assert b"".join(map(written, found)) == some.body


def test_a_report_that_stands_in_the_body_is_mentioned_there() -> None:
    some = history(*STAY)
    assert all(mentioned(report.identity, some.body) for report in some.reports)
    assert not mentioned(Identity("lyg-tos", "e9"), some.body)
    assert not mentioned(Identity("other", "e1"), some.body)


def test_an_id_that_is_only_cited_is_not_known() -> None:
    # "e9" stands in the body as what e2 retracts, not at the head of a report
    some = history("08:00 gated-in", "09:00 move-ended retracts=e9")
    assert b"e9" in some.body
    assert some.known(Identity("lyg-tos", "e9")) is None


def test_only_what_is_kept_is_left_in_its_order() -> None:
    some = history(*STAY, "12:30 tally-reported")
    rest = some.only(lambda report: report.event_id != "e2")
    assert [report.event_id for report in rest.reports] == ["e1", "e3"]
    assert (rest.watermark, rest.register) == (some.watermark, some.register)


def test_a_change_of_reports_needs_another_look() -> None:
    looked = msgspec.structs.replace(history("08:00 gated-in"), due_at=7)
    assert looked.with_report(observation_of(event("move-ended", "09:00"))).due_at is None
    assert looked.at(epoch("13:00"), RULES).due_at is None


def test_the_unit_is_named_by_type_and_number() -> None:
    assert history(*STAY).unit == UNIT

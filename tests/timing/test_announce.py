"""Announcing: what is published when findings change, and nothing when they do not."""

from collections.abc import Callable
from typing import Any

import pytest

from events.envelope import Event
from events.identifiers import Identity
from events.outcomes import Alert, Outcome
from events.testing import PORT, SOURCE, at, box, event, suspension, told
from events.vocabulary import Cause, Fate, Verdict
from timing import announce
from timing.engine import Rules
from timing.findings import Findings, Level, find
from timing.observation import observation_of

KEY = f"{PORT}/{box()}"
UNIT = event("arrived", "08:00").unit
MOVED = ("08:00 gated-in", "10:00 move-ordered")


@pytest.fixture
def known_at(rules: Callable[..., Rules]) -> Callable[[str, list[Event]], Findings]:
    promised = rules("box-move PT30M", "tally-report PT30M")

    def known(when: str, events: list[Event]) -> Findings:
        reports = tuple(map(observation_of, events))
        return find(KEY, reports, promised, int(at(when).timestamp()))

    return known


DISCHARGED = event("discharged", "09:00")
KnownAt = Callable[[str, list[Event]], Findings]


def moves(before: Findings, after: Findings) -> list[Outcome]:
    changed = announce.changes(before, after)
    return [o for o in announce.outcomes(UNIT, changed) if o.stage == "box-move"]


def states(before: Findings, after: Findings) -> list[tuple[str, Any]]:
    changed = announce.changes(before, after)
    return [(alert.state, alert.raised_at) for alert in announce.alerts(UNIT, changed)]


def test_an_outcome_says_everything_about_a_closed_stage(known_at: KnownAt) -> None:
    story = told(
        *MOVED, "10:05 clock-stopped party=customs", "10:15 clock-resumed", "10:35 move-ended"
    )
    (found,) = moves(announce.NOTHING, known_at("12:00", story))
    assert found.model_dump(mode="json", exclude={"unit"}) == {
        "visit_id": f"{KEY}/20260302T000000Z", "port": PORT, "facility": "LPCT", "mode": "water",
        "direction": "import", "stage": "box-move", "occurrence": 1,
        "opened_at": "2026-03-02T02:00:00Z", "closed_at": "2026-03-02T02:35:00Z",
        "gross_s": 2100, "net_s": 1500, "held_s": {"customs": 600}, "age_s": None,
        "split_s": {"customs": 600, "terminal": 1500}, "cause": None,
        "verdict": "excused", "deadline_at": None, "answers": "terminal",
        "limit": {"id": "test.box-move", "edition": "test/undated", "kind": "duration",
                  "limit_s": 1800},
        "decided_at": "2026-03-02T02:35:00Z", "revision": 7, "definition": None,
        "flags": [], "event_ids": ["e2", "e5"],
    }  # fmt: skip


def test_an_open_stage_has_an_age_and_a_deadline_and_no_dwell(known_at: KnownAt) -> None:
    (found,) = moves(announce.NOTHING, known_at("10:10", told(*MOVED)))
    assert (found.closed_at, found.gross_s, found.net_s) == (None, None, None)
    assert (found.age_s, found.deadline_at) == (0, at("10:30"))
    (late,) = moves(announce.NOTHING, known_at("18:00", told(*MOVED)))
    assert (late.verdict, late.age_s, late.decided_at) == (Verdict.BREACHED, 1800, at("10:30"))


def test_nothing_is_said_of_what_did_not_change(known_at: KnownAt) -> None:
    before, after = known_at("10:01", told(*MOVED)), known_at("10:23", told(*MOVED))
    assert announce.changes(before, after) == ()
    assert announce.moved(before, after) == ()


def test_a_warning_is_no_revision(known_at: KnownAt) -> None:
    changed = announce.changes(known_at("10:01", told(*MOVED)), known_at("10:29", told(*MOVED)))
    assert [change.finding.level for change in changed] == [Level.AT_RISK]
    assert announce.outcomes(UNIT, changed) == ()


def test_a_trait_that_changes_no_figure_is_no_revision(known_at: KnownAt) -> None:
    sized = [*told(*MOVED), event("declared", "10:00", cargo={"size_type": "22G1"})]
    before, after = known_at("10:01", told(*MOVED)), known_at("10:01", sized)
    assert before.by_key != after.by_key
    assert moves(before, after) == []


def test_another_split_of_the_same_time_is_a_revision(known_at: KnownAt) -> None:
    # when the box was discharged is heard last: from then on it was not the carrier's any more
    story = told("08:00 arrived", "12:00 released")
    before, after = known_at("18:00", story), known_at("18:00", [*story, DISCHARGED])
    (said,) = (
        o for o in announce.outcomes(UNIT, announce.changes(before, after))
        if o.stage == "overall-clearance"
    )  # fmt: skip
    assert said.split_s == {"carrier": 3600, "agent": 10800}


@pytest.mark.parametrize(
    ("reason", "because"),
    [
        ((Cause.EVENT, f"{SOURCE}/e2"), ("event", f"{SOURCE}/e2")),
        ((Cause.TIME, None), ("time", None)),
        ((Cause.SUSPENSION, f"{SOURCE}/s1"), ("suspension", f"{SOURCE}/s1")),
        ((Cause.EDITION, None), ("edition", "test/undated")),
    ],
)
def test_every_revision_names_its_cause(
    reason: announce.Reason, because: tuple[str, str | None], known_at: KnownAt
) -> None:
    known = known_at("10:10", told(*MOVED))
    for before, after in ((announce.NOTHING, known), (known, announce.NOTHING)):
        said = announce.outcomes(UNIT, announce.changes(before, after), reason)
        (cause,) = (o.cause for o in said if o.stage == "box-move")
        assert cause is not None
        assert (cause.what, cause.id) == because


def test_an_edition_that_judges_no_more_is_not_named(known_at: KnownAt) -> None:
    known = known_at("10:10", told("08:00 gated-in", "10:00 inspection-ordered"))
    changed = announce.changes(announce.NOTHING, known)
    (said,) = announce.outcomes(UNIT, changed, (Cause.EDITION, None))
    assert said.cause is not None
    assert (said.cause.what, said.cause.id) == ("edition", None)


def test_without_a_reason_no_cause_is_made_up(known_at: KnownAt) -> None:
    changed = announce.changes(announce.NOTHING, known_at("10:10", told(*MOVED)))
    assert {o.cause for o in announce.outcomes(UNIT, changed)} == {None}


def test_what_is_said_of_a_place_belongs_to_no_visit_and_is_judged() -> None:
    place, said = suspension("08:00")[0].unit, Identity(SOURCE, "s1")
    assert announce.fate(place, PORT, said, None).fate is Fate.JUDGED
    assert announce.fate(UNIT, PORT, said, None).fate is Fate.KEPT


def test_what_ceased_to_exist_is_said_once_more_as_void(known_at: KnownAt) -> None:
    before = known_at("10:20", told(*MOVED))
    (was,) = moves(announce.NOTHING, before)
    (void,) = moves(before, known_at("10:20", told(*MOVED[:1])))
    assert (void.verdict, void.deadline_at) == (Verdict.VOID, None)
    assert void.revision == was.revision + 1
    same = {"visit_id", "stage", "occurrence", "limit", "opened_at", "event_ids"}
    assert void.model_dump(include=same) == was.model_dump(include=same)


def test_all_is_new_to_those_who_knew_nothing_and_void_if_nothing_is_left(
    known_at: KnownAt,
) -> None:
    found = known_at("12:00", told(*MOVED, "10:10 move-ended"))
    said = announce.changes(announce.NOTHING, found)
    assert len(said) == len(found.by_key)
    withdrawn = announce.outcomes(UNIT, announce.changes(found, announce.NOTHING))
    assert {o.verdict for o in withdrawn} == {Verdict.VOID}
    assert len(withdrawn) == len(said)


def test_a_fate_is_told_again_when_a_report_moves_to_another_visit(known_at: KnownAt) -> None:
    before = known_at("12:00", told(*MOVED))
    moved = known_at("12:00", [*told(*MOVED), event("arrived", "07:00")])
    told_again = announce.fates(UNIT, PORT, announce.moved(before, moved))
    assert {fate.visit_id for fate in told_again} == {f"{KEY}/20260301T230000Z"}
    assert len(told_again) == 3


# 10:00 o------- 10:24 warned --- 10:30 broken --- 10:40 c
WARNED, BROKEN = ("at-risk", at("10:24")), ("breached", at("10:30"))
OPEN, MET = told(*MOVED), told(*MOVED, "10:25 move-ended")
LATE = told(*MOVED, "10:40 move-ended")
LATER = told(*MOVED[:-1], "10:09 move-ordered")
CHANGES = {
    "calm": ((OPEN, "10:01"), (OPEN, "10:23"), []),
    "warned": ((OPEN, "10:01"), (OPEN, "10:24"), [WARNED]),
    "warned once": ((OPEN, "10:24"), (OPEN, "10:30"), []),
    "broken": ((OPEN, "10:24"), (OPEN, "10:31"), [BROKEN]),
    "broken unwarned": ((OPEN, "10:01"), (OPEN, "18:00"), [BROKEN]),
    "broken once": ((OPEN, "10:31"), (OPEN, "18:00"), []),
    "over in time": ((OPEN, "10:24"), (MET, "12:00"), [("resolved", at("10:25"))]),
    "over too late": ((OPEN, "10:31"), (LATE, "12:00"), [("resolved", at("10:40"))]),
    "over too late and only now known": (
        (OPEN, "10:01"), (LATE, "12:00"), [("breached", at("10:30")), ("resolved", at("10:40"))],
    ),
    "resolved once": ((LATE, "12:00"), (LATE, "18:00"), []),
    "not broken after all": ((OPEN, "10:31"), (MET, "12:00"), [("retracted", at("10:25"))]),
    # 10:09 o------- 10:33 warned -- 10:36 now -- 10:39 would break
    "not broken yet after all": (
        (OPEN, "10:36"), (LATER, "10:36"), [("retracted", at("10:09")), ("at-risk", at("10:33"))],
    ),
    "never ordered": ((OPEN, "10:24"), (OPEN[:1], "12:00"), [("retracted", at("10:00"))]),
    "calm to the end": ((OPEN, "10:01"), (told(*MOVED, "10:10 move-ended"), "12:00"), []),
}  # fmt: skip
Moment = tuple[list[Event], str]


@pytest.mark.parametrize(("before", "after", "said"), CHANGES.values(), ids=CHANGES.keys())
def test_people_are_told(
    before: Moment, after: Moment, said: list[tuple[str, Any]], known_at: KnownAt
) -> None:
    first, second = (known_at(when, events) for events, when in (before, after))
    assert states(first, second) == said


def alerts_of(known_at: KnownAt, when: str, events: list[Event]) -> list[Alert]:
    changed = announce.changes(announce.NOTHING, known_at(when, events))
    return list(announce.alerts(UNIT, changed))


def test_an_alert_has_the_same_id_for_the_same_cause(known_at: KnownAt) -> None:
    (first,), (again,) = (alerts_of(known_at, when, OPEN) for when in ("10:31", "18:00"))
    assert first == again
    assert first.alert_id == f"{KEY}/20260302T000000Z/box-move/1/test.box-move/breached"
    assert (first.deadline_at, first.facility, first.answers) == (at("10:30"), "LPCT", "terminal")


def test_alerts_come_in_the_order_of_the_findings(known_at: KnownAt) -> None:
    both = told(*MOVED, "10:00 tally-ended")
    said = [alert.stage for alert in alerts_of(known_at, "12:00", both)]
    assert said == ["box-move", "tally-report"]


def test_a_stage_without_a_limit_alarms_nobody(known_at: KnownAt) -> None:
    assert alerts_of(known_at, "23:00", told("08:00 gated-in", "10:00 inspection-ordered")) == []

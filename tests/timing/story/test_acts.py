"""Acts: what an event did is read off the visit, its stages, its holds and its corrections."""

from collections.abc import Callable
from typing import Any

import pytest

from events.envelope import Event
from events.testing import at, event, told
from events.vocabulary import Party
from timing.corrections import standing
from timing.observation import observation_of
from timing.patience import Patience
from timing.story.acts import Act, Deed, by_correction, by_saying, gathered, of_kept
from timing.visits import stays

Explained = Callable[..., Any]


def did(explained: Explained, *sentences: str, event_id: str, now: str = "20:00") -> list[Act]:
    (story,) = explained(told(*sentences), now).telling.stories
    (acts,) = (line.acts for line in story.lines if line.report.event_id == event_id)
    return list(acts)


def test_one_event_may_end_one_stage_and_begin_another(explained: Explained) -> None:
    visit = ("08:00 gated-in", "09:00 inspection-ordered", "10:00 positioned")
    assert did(explained, *visit, event_id="e3") == [
        Act(Deed.CLOSED, ("inspection-positioning#1",)), Act(Deed.OPENED, ("inspection-wait#1",)),
    ]  # fmt: skip


def test_a_start_after_its_order_belongs_to_the_occurrence(explained: Explained) -> None:
    visit = ("08:00 gated-in", "09:00 move-ordered", "09:10 move-started", "09:20 move-ended")
    assert did(explained, *visit, event_id="e3") == [Act(Deed.WORKED, ("box-move#1",))]


def test_an_exit_ends_by_inference_what_nobody_ended(explained: Explained) -> None:
    visit = ("08:00 gated-in", "09:00 move-ordered", "11:00 gated-out")
    assert did(explained, *visit, event_id="e3") == [
        Act(Deed.INFERRED, ("box-move#1",)), Act(Deed.CLOSED_VISIT),
    ]  # fmt: skip


# the terminal's own hold stops no clock of the terminal's
@pytest.mark.parametrize(
    ("party", "deed"), [("customs", Deed.STOPPED), ("terminal", Deed.HELD_ITSELF)]
)
def test_a_hold_stops_the_clock_of_whoever_does_not_hold(
    party: str, deed: Deed, explained: Explained
) -> None:
    visit = (
        "08:00 gated-in", "09:00 move-ordered", f"09:10 clock-stopped party={party}",
        "09:20 clock-resumed", "09:30 move-ended",
    )  # fmt: skip
    assert did(explained, *visit, event_id="e3") == [Act(deed, ("box-move#1",), Party(party))]
    assert did(explained, *visit, event_id="e4") == [
        Act(Deed.RESUMED, ("box-move#1",), Party(party))
    ]


def test_a_hold_that_meets_no_stage_stops_nothing(explained: Explained) -> None:
    visit = ("08:00 gated-in", "09:00 clock-stopped", "09:10 clock-resumed", "10:00 move-ordered")
    assert did(explained, *visit, event_id="e2") == [Act(Deed.NOTED)]


def test_a_gate_within_a_transfer_is_no_exit(explained: Explained) -> None:
    visit = (
        "08:00 gated-in", "09:00 transfer-started", "09:10 gated-out", "09:40 gated-in",
        "09:50 transfer-ended",
    )  # fmt: skip
    assert did(explained, *visit, event_id="e3") == [Act(Deed.PASSED)]


def test_an_appointment_and_booked_overtime_are_told_with_their_times(
    explained: Explained,
) -> None:
    visit = (
        "08:00 gated-in", "09:00 inspection-scheduled at=11:00",
        "09:00:01 overtime-booked at=18:00 until=20:00",
    )  # fmt: skip
    eleven, six, eight = (int(at(when).timestamp()) for when in ("11:00", "18:00", "20:00"))
    assert did(explained, *visit, event_id="e2") == [Act(Deed.APPOINTED, at=eleven)]
    assert did(explained, *visit, event_id="e3") == [Act(Deed.BOOKED, at=six, until=eight)]


def corrected(*events: Event) -> dict[str, list[Act]]:
    found = by_correction(standing(map(observation_of, events)))
    return {identity.event_id: acts for identity, acts in found.items()}


def test_of_two_corrections_the_last_recorded_is_named() -> None:
    wrong = event("move-ended", "09:00", event_id="a")
    first = event("move-ended", "09:01", event_id="b", supersedes="a")
    last = event("move-ended", "09:02", event_id="c", supersedes="a", recorded_at=at("10:00"))
    assert corrected(wrong, first, last)["a"] == [Act(Deed.WAS_REPLACED, event="c")]


def test_a_correction_that_was_taken_back_corrects_in_vain() -> None:
    fact = event("move-ended", "09:00", event_id="a")
    no = event("move-ended", "09:00", event_id="b", retracts="a", recorded_at=at("10:00"))
    yes = event("move-ended", "09:00", event_id="c", retracts="b", recorded_at=at("11:00"))
    found = corrected(fact, no, yes)
    assert "a" not in found
    assert found["b"] == [Act(Deed.IN_VAIN, event="a"), Act(Deed.WAS_TAKEN_BACK, event="c")]
    assert found["c"] == [Act(Deed.TOOK_BACK, event="b")]


def test_a_correction_of_what_nobody_reported_is_in_vain() -> None:
    lone = event("move-ended", "09:00", event_id="b", supersedes="a")
    assert corrected(lone) == {"b": [Act(Deed.IN_VAIN, event="a")]}


def test_saying_it_again_is_told_from_saying_it_otherwise() -> None:
    first = event("move-ended", "09:00", event_id="a")
    other = event("move-ended", "09:05", event_id="a", recorded_at=at("10:00"))
    heard = [observation_of(one) for one in (first, other, other)]
    (acts,) = by_saying(heard).values()
    assert acts == [
        Act(Deed.REVISED, at=int(at("09:00").timestamp())), Act(Deed.REPEATED, times=1),
    ]  # fmt: skip
    assert by_saying(heard[:1]) == {}
    assert [[act.deed for act in acts] for acts in by_saying(heard[:2]).values()] == [
        [Deed.REVISED]
    ]


# a visit from 08:00 to 10:00; patience: 7 days to correct, 30 days ahead
@pytest.mark.parametrize(
    ("sentence", "deed"),
    [
        ("day-40 08:00 declared", Deed.STALE),
        ("day+8 08:00 move-ended", Deed.TOO_LATE),
        ("day+8 08:00 declared", Deed.WAITS),
    ],
)
def test_why_a_report_belongs_to_no_visit(sentence: str, deed: Deed) -> None:
    reports = map(observation_of, told(sentence, "08:00 gated-in", "10:00 gated-out"))
    found = stays("k", standing(reports).facts, Patience())
    (kept,) = found.kept
    assert of_kept(kept, found.visits, Patience()) == Act(deed)


def test_what_was_done_alike_to_several_stages_is_one_act() -> None:
    acts = [Act(Deed.OPENED, ("b#1",)), Act(Deed.CLOSED, ("a#1",)), Act(Deed.OPENED, ("c#1",))]
    assert gathered(acts) == [Act(Deed.CLOSED, ("a#1",)), Act(Deed.OPENED, ("b#1", "c#1"))]
    assert gathered([]) == [Act(Deed.NOTED)]

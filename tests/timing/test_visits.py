"""Visits: where a stay begins and ends, and whose report is whose.

In the drawings, a line is a stay: `|` opens it, `#` closes it, `.` is time away.
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from events.testing import PORT, at, box, told
from events.vocabulary import Category, Direction, Mode
from timing.corrections import standing
from timing.observation import observation_of
from timing.patience import DAY_S, Patience
from timing.visits import AHEAD, ENTRIES, EXITS, OPENERS, Stays, stays, visit_id

KEY = f"{PORT}/{box()}"


def walk(*sentences: str, patience: Patience | None = None, **fields: Any) -> Stays:
    reports = map(observation_of, told(*sentences, **fields))
    return stays(KEY, standing(reports).facts, patience or Patience())


def ids(reports: Any) -> list[str]:
    return [report.event_id for report in reports]


def epoch(words: str) -> int:
    return int(at(words).timestamp())


@pytest.mark.parametrize("kind", sorted(OPENERS))
def test_every_opener_opens_a_visit(kind: str) -> None:
    (visit,) = walk(f"09:00 {kind}").visits
    assert visit.opened_at == epoch("09:00")
    assert visit.closed_at is None


@pytest.mark.parametrize("kind", sorted(EXITS))
def test_every_exit_closes_a_visit(kind: str) -> None:
    (visit,) = walk("09:00 gated-in", f"11:00 {kind}").visits
    assert visit.closed_at == epoch("11:00")


def test_a_visit_is_named_by_the_instant_it_opened_in_utc() -> None:
    assert walk("09:00 gated-in").visits[0].visit_id == f"{KEY}/20260302T010000Z"
    assert visit_id(KEY, epoch("08:00")) == f"{KEY}/20260302T000000Z"


@pytest.mark.parametrize("opened_at", [0, 86_399, 951_782_400, 1_772_416_861, -1, -86_400])
def test_the_name_tells_the_instant_as_the_calendar_does(opened_at: int) -> None:
    instant = datetime.fromtimestamp(opened_at, UTC)
    assert visit_id(KEY, opened_at) == f"{KEY}/{instant:%Y%m%dT%H%M%SZ}"


def test_arrival_and_discharge_are_one_visit_from_the_arrival() -> None:
    (visit,) = walk("08:00 arrived", "10:00 discharged", "12:00 gated-out").visits
    assert (visit.opened_at, visit.entered_at) == (epoch("08:00"), epoch("10:00"))


def test_the_ship_takes_an_export_along() -> None:
    (visit,) = walk("08:00 gated-in", "20:00 departed", direction="export").visits
    assert visit.closed_at == epoch("20:00")


@pytest.mark.parametrize("direction", ["import", "transhipment", "domestic", None])
def test_the_ship_leaves_another_unit_behind(direction: str | None) -> None:
    (visit,) = walk("08:00 discharged", "20:00 departed", direction=direction).visits
    assert visit.closed_at is None


def test_a_unit_back_after_an_unseen_exit_brings_its_announcements_along() -> None:
    # day 0 |--- (exit unreported)          day+9 07:00 arrived, 09:00 discharged |---
    first, second = walk(
        "08:00 discharged", "10:00 declared", "day+9 07:00 arrived", "day+9 09:00 discharged"
    ).visits
    assert (first.missing_end, ids(first.reports)) == (True, ["e1", "e2"])
    assert (second.opened_at, ids(second.reports)) == (epoch("day+9 07:00"), ["e3", "e4"])


def test_what_is_said_before_the_stay_waits_for_it() -> None:
    # day-9 declared ......... day 0 |-------
    (visit,) = walk("day-9 12:00 declared", "08:00 arrived").visits
    assert ids(visit.reports) == ["e1", "e2"]
    assert visit.opened_at == epoch("08:00")


def test_an_announcement_waits_for_thirty_days_to_the_second() -> None:
    kept_on, too_old = (
        walk("08:00 declared", "day+30 08:00 arrived"),
        walk("08:00 declared", "day+30 08:00:01 arrived"),
    )
    assert (kept_on.kept, ids(kept_on.visits[0].reports)) == ((), ["e1", "e2"])
    assert (ids(too_old.kept), ids(too_old.visits[0].reports)) == (["e1"], ["e2"])


def test_without_an_opening_everything_waits() -> None:
    found = walk("08:00 declared", "09:00 released")
    assert (found.visits, ids(found.kept)) == ((), ["e1", "e2"])


def test_what_is_said_after_the_exit_still_belongs_to_the_stay() -> None:
    (visit,) = walk("08:00 gated-in", "12:00 gated-out", "12:30 tally-reported").visits
    assert ids(visit.reports) == ["e1", "e2", "e3"]
    assert visit.closed_at == epoch("12:00")


def test_but_only_for_as_long_as_a_visit_can_be_corrected() -> None:
    week = walk("08:00 gated-in", "12:00 gated-out", "day+7 12:00 lab-result")
    later = walk("08:00 gated-in", "12:00 gated-out", "day+7 12:00:01 lab-result")
    assert ids(week.visits[0].reports) == ["e1", "e2", "e3"]
    assert ids(later.kept) == ["e3"]


@pytest.mark.parametrize("kind", sorted(AHEAD))
def test_once_a_unit_has_left_an_announcement_is_of_its_next_stay(kind: str) -> None:
    # |--------#....e3....|----
    first, second = walk(
        "08:00 gated-in", "12:00 gated-out", f"13:00 {kind}", "day+1 08:00 arrived"
    ).visits
    assert ids(first.reports) == ["e1", "e2"]
    assert ids(second.reports) == ["e3", "e4"]


def test_what_follows_an_announcement_waits_with_it() -> None:
    # 先验放: declared and released at sea; the last stay must not take the release.
    _, second = walk(
        "08:00 gated-in",
        "12:00 gated-out",
        "day+1 09:00 declared",
        "day+1 10:00 released",
        "day+2 08:00 arrived",
    ).visits
    assert ids(second.reports) == ["e3", "e4", "e5"]


def test_the_ship_and_the_truck_that_leave_later_belong_to_the_stay_they_ended() -> None:
    first = walk(
        "08:00 gated-in", "12:00 loaded", "13:00 declared", "18:00 departed", direction="export"
    ).visits[0]
    assert ids(first.reports) == ["e1", "e2", "e4"]


def test_the_same_box_returns_as_another_visit() -> None:
    first, second = walk(
        "08:00 gated-in", "12:00 gated-out", "day+3 08:00 gated-in", "day+3 12:00 gated-out"
    ).visits
    assert (ids(first.reports), ids(second.reports)) == (["e1", "e2"], ["e3", "e4"])
    assert first.visit_id != second.visit_id


def test_an_entry_a_day_after_the_last_means_that_the_exit_went_unreported() -> None:
    # |------------(gone)  |------
    first, second = walk("08:00 gated-in", "day+1 08:00 gated-in").visits
    assert first.missing_end
    assert first.closed_at is None
    assert second.opened_at == epoch("day+1 08:00")


def test_two_entries_within_a_day_are_two_reports_of_one() -> None:
    (visit,) = walk("08:00 discharged", "day+1 07:59:59 gated-in").visits
    assert not visit.missing_end


def test_the_gap_is_measured_from_the_entry_not_from_the_arrival() -> None:
    (visit,) = walk("08:00 arrived", "day+1 20:00 discharged").visits
    assert not visit.missing_end


@pytest.mark.parametrize("kind", sorted(ENTRIES))
def test_every_entry_can_be_a_return(kind: str) -> None:
    assert len(walk("08:00 gated-in", f"day+9 08:00 {kind}").visits) == 2


def test_an_exit_alone_is_kept_and_opens_nothing() -> None:
    found = walk("12:00 gated-out")
    assert (found.visits, ids(found.kept)) == ((), ["e1"])


def test_every_report_is_in_one_visit_or_kept() -> None:
    found = walk(
        "day-40 08:00 declared", "08:00 arrived", "09:00 gated-out", "10:00 declared",
        "11:00 released", "day+20 08:00 lab-result",
    )  # fmt: skip
    placed = [*ids(found.kept), *(i for visit in found.visits for i in ids(visit.reports))]
    assert sorted(placed) == ["e1", "e2", "e3", "e4", "e5", "e6"]


def test_traits_are_those_first_stated() -> None:
    (visit,) = walk(
        "08:00 arrived direction=import facility=A", "09:00 gated-in direction=export facility=B"
    ).visits
    assert (visit.traits.direction, visit.traits.facility) == (Direction.IMPORT, "A")


def test_the_road_is_the_mode_only_if_nothing_else_is_known() -> None:
    assert walk("08:00 gated-in mode=road").visits[0].traits.mode is Mode.ROAD
    by_rail = walk("08:00 gated-in mode=road", "12:00 rail-loaded mode=rail").visits[0]
    assert by_rail.traits.mode is Mode.RAIL


def test_the_cargo_may_be_told_by_any_report() -> None:
    cargo = {"size_type": "45G1", "laden": True, "category": "mineral"}
    (visit,) = walk("08:00 gated-in", "09:00 positioned", cargo=cargo).visits
    assert visit.traits[3:6] == ("45G1", True, Category.MINERAL)
    assert walk("08:00 gated-in").visits[0].traits[3:] == (None,) * 5


def test_weight_and_journey_are_those_first_stated() -> None:
    (visit,) = walk(
        "07:00 manifest-declared journey_s=7200", "08:00 arrived journey_s=9000",
        "09:00 air-unloaded weight_kg=1200", "10:00 stored weight_kg=900",
    ).visits  # fmt: skip
    assert (visit.traits.weight_kg, visit.traits.journey_s) == (1200, 7200)


def test_the_waiting_times_are_those_given() -> None:
    hasty = Patience(ahead_s=60, reentry_gap_s=DAY_S // 2)
    assert ids(walk("08:00 declared", "08:01:01 arrived", patience=hasty).kept) == ["e1"]
    assert len(walk("08:00 gated-in", "20:00 gated-in", patience=hasty).visits) == 2


YARD_CHANGE = ("08:00 discharged", "09:00 transfer-started", "09:10 gated-out", "09:40 gated-in")


def test_a_gate_passed_within_a_transfer_ends_no_visit() -> None:
    # |------(out)..(in)------#    转场: to the other yard by road
    (visit,) = walk(*YARD_CHANGE, "09:50 transfer-ended", "12:00 gated-out").visits
    assert (visit.opened_at, visit.closed_at) == (epoch("08:00"), epoch("12:00"))
    assert ids(visit.reports) == ["e1", "e2", "e3", "e4", "e5", "e6"]


def test_no_stage_hears_of_the_gates_within_a_transfer() -> None:
    (visit,) = walk(*YARD_CHANGE, "09:50 transfer-ended", "12:00 gated-out").visits
    assert ids(visit.heard) == ["e1", "e2", "e5", "e6"]
    assert visit.kinds >= {"gated-out", "gated-in"}


def test_the_end_of_a_transfer_is_heard_even_if_no_gate_told_of_the_return() -> None:
    (visit,) = walk(*YARD_CHANGE[:3], "09:50 transfer-ended", "12:00 gated-out").visits
    assert ids(visit.heard) == ["e1", "e2", "e4", "e5"]


def test_until_it_is_back_a_unit_on_transfer_has_left() -> None:
    (visit,) = walk(*YARD_CHANGE[:3]).visits
    assert visit.closed_at == epoch("09:10")


def test_a_gate_after_the_transfer_is_an_exit() -> None:
    first, second = walk(
        "08:00 discharged", "09:00 transfer-started", "09:50 transfer-ended", "12:00 gated-out",
        "13:00 gated-in",
    ).visits  # fmt: skip
    assert (first.closed_at, second.opened_at) == (epoch("12:00"), epoch("13:00"))


def test_back_only_a_day_after_the_gate_is_no_transfer() -> None:
    (within,) = walk(*YARD_CHANGE[:3], "day+1 09:09:59 transfer-ended").visits
    (left,) = walk(*YARD_CHANGE[:3], "day+1 09:10 transfer-ended").visits
    assert (within.closed_at, left.closed_at) == (None, epoch("09:10"))


def test_a_stay_that_begins_with_the_return_from_a_transfer_has_not_been_entered() -> None:
    opened = ("08:00 transfer-started", "08:10 gated-out", "08:40 gated-in", "08:50 transfer-ended")
    (visit,) = walk(*opened, "day+3 09:00 discharged").visits
    assert (visit.opened_at, visit.entered_at) == (epoch("08:40"), epoch("day+3 09:00"))
    heard = [str(report.kind) for report in visit.heard]
    assert heard == ["transfer-started", "transfer-ended", "discharged"]


def test_a_return_within_a_transfer_is_none_however_long_the_stay() -> None:
    later = (words if n == 0 else f"day+3 {words}" for n, words in enumerate(YARD_CHANGE))
    (visit,) = walk(*later, "day+3 09:50 transfer-ended").visits
    assert (visit.missing_end, visit.entered_at) == (False, epoch("08:00"))


OTHER_TRANSFERS = {
    # out of the gate, and in again, before any transfer was started, or after it had ended
    "not started": (),
    "ended before": ("08:20 transfer-started", "08:40 transfer-ended"),
}


@pytest.mark.parametrize("before", OTHER_TRANSFERS.values(), ids=OTHER_TRANSFERS.keys())
def test_a_gate_outside_a_transfer_is_an_exit(before: tuple[str, ...]) -> None:
    first, second = walk(
        "08:00 discharged", *before, "09:10 gated-out", "09:40 gated-in", "09:50 transfer-ended"
    ).visits
    assert (first.closed_at, second.opened_at) == (epoch("09:10"), epoch("09:40"))


def test_another_transfer_does_not_hide_a_gate_before_it() -> None:
    # the end of the first went unreported, and the box was picked up
    first, second = walk(
        *YARD_CHANGE, "09:45 transfer-started", "09:50 transfer-ended"
    ).visits  # fmt: skip
    assert (first.closed_at, second.opened_at) == (epoch("09:10"), epoch("09:40"))


def test_a_gate_inwards_alone_is_heard() -> None:
    (visit,) = walk(*YARD_CHANGE[:2], "09:40 gated-in", "09:50 transfer-ended").visits
    assert ids(visit.heard) == ["e1", "e2", "e3", "e4"]


def test_a_transfer_whose_end_nobody_reports_hides_no_exit() -> None:
    # picked up at 15:00, and the empty brought back the next morning
    first, second = walk(
        "08:00 discharged", "09:00 transfer-started", "15:00 gated-out", "day+1 10:00 gated-in"
    ).visits
    assert (first.closed_at, second.opened_at) == (epoch("15:00"), epoch("day+1 10:00"))


def test_a_transfer_in_a_later_stay_hides_no_gate_of_an_earlier() -> None:
    # |----#....|---(out)(in)---
    first, second = walk(
        "08:00 gated-in", "09:00 gated-out", "day+2 08:00 gated-in",
        "day+2 09:00 transfer-started", "day+2 09:10 gated-out", "day+2 09:40 gated-in",
        "day+2 09:50 transfer-ended",
    ).visits  # fmt: skip
    assert (first.closed_at, second.closed_at) == (epoch("09:00"), None)


def test_what_outlives_the_stay_is_heard_and_did_not_stay() -> None:
    (visit,) = walk("08:00 gated-in", "12:00 gated-out", "12:30 lab-result").visits
    assert ids(visit.heard) == ["e1", "e2", "e3"]
    assert ids(visit.stayed) == ["e1", "e2"]
    assert visit.last_heard_at() == epoch("12:30")


@pytest.mark.parametrize("direction", ["import", "export", "transhipment", "domestic"])
def test_a_box_loaded_on_a_ship_has_left_whatever_it_came_for(direction: str) -> None:
    # restow and transhipment alike: discharged here, loaded again
    (visit,) = walk("08:00 discharged", "20:00 loaded", direction=direction).visits
    assert visit.closed_at == epoch("20:00")


def test_a_shut_out_export_stays_until_the_gate() -> None:
    (visit,) = walk("08:00 gated-in", "18:00 gated-out", direction="export").visits
    assert visit.closed_at == epoch("18:00")

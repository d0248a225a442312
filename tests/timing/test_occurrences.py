"""Occurrences: where a stage begins and ends. In the drawings `o` opens, `c` closes, `#` leaves."""

from typing import Any

import pytest

from events.testing import PORT, at, box, told
from events.vocabulary import Kind, Mode
from timing.corrections import standing
from timing.observation import observation_of
from timing.occurrences import CLAMPED, INFERRED, Occurrence, Segment, occurrences
from timing.patience import Patience
from timing.stages import JOINT, STAGES, Shape, Stage
from timing.visits import ENTRIES, OPENERS, Visit, stays

EXPORT: dict[str, Any] = {"direction": "export"}
INSPECTED = "08:30 inspection-ordered"


def visit(*sentences: str, **fields: Any) -> Visit:
    reports = map(observation_of, told(*sentences, **fields))
    found = stays(f"{PORT}/{box()}", standing(reports).facts, Patience())
    return found.visits[0]


def of(stage: str, *sentences: str, **fields: Any) -> list[Occurrence]:
    return [o for o in occurrences(visit(*sentences, **fields)) if o.stage.id == stage]


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def between(*spans: tuple[str, str | None]) -> tuple[Segment, ...]:
    return tuple(Segment(epoch(start), epoch(end) if end else None) for start, end in spans)


def span(occurrence: Occurrence) -> tuple[str, str | None]:
    """The first and last instant in port time, as `10:00`."""
    ends = (occurrence.opened_at, occurrence.closed_at)
    first, last = (None if e is None else _clock(e - epoch("00:00")) for e in ends)
    assert first is not None
    return first, last


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"


def rows() -> list[Any]:
    """Each row of the table with each of its openers and closers, except the sum of two."""
    return [
        pytest.param(stage, opener, closer, id=f"{stage.id}:{opener}:{closer}")
        for stage in STAGES
        if stage.shape is not Shape.JOINT
        for opener in stage.openers
        for closer in sorted(stage.closers)
    ]


def surroundings(stage: Stage, opener: Kind, closer: Kind) -> tuple[list[str], dict[str, Any]]:
    """What makes the stage exist, besides its opener and closer."""
    prelude = [] if opener in OPENERS or closer in ENTRIES else ["08:00 gated-in"]
    prelude += ["09:00 unstuffing-started"] if stage.opens_after else []
    modes = stage.modes or {Mode.WATER}
    fields = {
        "direction": min(stage.directions or {"import"}),
        "mode": "water" if Mode.WATER in modes else min(modes),
        "cargo": {"laden": stage.laden is not False},
    }
    return prelude, fields


def by_mode(stage: Stage) -> str:
    """Rail to water and water to rail: the other conveyance has been seen."""
    return "".join(f" mode={mode}" for mode in stage.evidence if isinstance(mode, Mode))


@pytest.mark.parametrize(("stage", "opener", "closer"), rows())
def test_every_row_of_the_table_opens_and_closes(stage: Stage, opener: Kind, closer: Kind) -> None:
    prelude, fields = surroundings(stage, opener, closer)
    sentences = [*prelude, f"10:00 {opener}", f"10:30 {closer}{by_mode(stage)}"]
    if opener is Kind.RAIL_UNLOADED:
        sentences = [*prelude, f"10:00 {opener} mode=rail", f"10:30 {closer} mode=water"]
    (found,) = of(stage.id, *sentences, **fields)
    assert found.stage is stage
    assert (found.number, span(found), found.flags) == (1, ("10:00", "10:30"), ())
    assert [report.kind for report in found.reports] == [opener, closer]


def rows_seen_from_inside() -> list[Any]:
    """All but the empty return, whose visit begins with its closer."""
    return [row for row in rows() if row.values[0].id != "empty-return"]


@pytest.mark.parametrize(("stage", "opener", "closer"), rows_seen_from_inside())
def test_every_row_of_the_table_stays_open_without_its_closer(
    stage: Stage, opener: Kind, closer: Kind
) -> None:
    prelude, fields = surroundings(stage, opener, closer)
    prelude = prelude if opener in OPENERS else ["08:00 gated-in", *prelude[1:]]
    other = f"10:01 positioned{by_mode(stage)}" if by_mode(stage) else "10:01 declared"
    (found,) = of(stage.id, *prelude, f"10:00 {opener}", other, **fields)
    assert (span(found), found.flags) == (("10:00", None), ())


def test_the_joint_stage_opens_and_closes_once() -> None:
    (found,) = of(
        JOINT.id, "08:00 gated-in", INSPECTED, "09:00 unstuffing-started", "10:00 unstuffing-ended",
        "12:00 stuffing-started", "13:00 stuffing-ended",
    )  # fmt: skip
    assert found.segments == between(("09:00", "10:00"), ("12:00", "13:00"))
    assert (found.number, found.flags) == (1, ())


@pytest.mark.parametrize(
    ("stage", "fields"),
    [
        ("pickup", {"direction": "export"}),
        ("pickup", {"direction": None}),
        ("pickup", {"cargo": {"laden": False}}),
        ("overall-clearance", {"direction": "transhipment"}),
        ("unloading", {"mode": "air"}),
        ("unloading", {"direction": "domestic"}),
    ],
)
def test_a_stage_does_not_exist_for_other_visits(stage: str, fields: dict[str, Any]) -> None:
    words = ("08:00 arrived", "09:00 discharged", "10:00 truck-arrived", "11:00 gated-out")
    assert of(stage, *words, "09:30 released", **{"direction": "import"})
    assert not of(stage, *words, "09:30 released", **fields)


def test_a_laden_box_is_not_returned_empty() -> None:
    words = ("07:00 truck-arrived", "07:30 gated-in")
    assert not of("empty-return", *words, cargo={"laden": True})
    assert not of("empty-return", *words)


def test_water_to_rail_exists_only_once_a_train_was_heard_of() -> None:
    assert not of("water-to-rail", "08:00 discharged")
    assert of("water-to-rail", "08:00 discharged", "09:00 positioned mode=rail")


def test_unstuffing_for_its_own_sake_has_no_joint_stage() -> None:
    work = ("08:00 gated-in", "09:00 unstuffing-started", "10:00 unstuffing-ended")
    assert not of(JOINT.id, *work)
    assert of(JOINT.id, *work, INSPECTED)


def test_the_order_starts_the_clock_not_the_start() -> None:
    # 10:00 o (order)   10:10 (start)   10:30 c
    (found,) = of(
        "box-move", "08:00 gated-in", "10:00 move-ordered", "10:10 move-started", "10:30 move-ended"
    )
    assert span(found) == ("10:00", "10:30")
    assert len(found.reports) == 3


def test_the_arrival_starts_overall_clearance_even_if_the_report_of_it_came_first() -> None:
    (found,) = of("overall-clearance", "08:00 arrival-reported", "09:00 arrived", "12:00 released")
    assert span(found) == ("09:00", "12:00")


def test_work_that_repeats_is_numbered() -> None:
    # o--c   o--c   o--
    found = of(
        "box-move", "08:00 gated-in", "09:00 move-started", "09:10 move-ended",
        "10:00 move-started", "10:20 move-ended", "11:00 move-started",
    )  # fmt: skip
    assert [o.number for o in found] == [1, 2, 3]
    assert list(map(span, found)) == [("09:00", "09:10"), ("10:00", "10:20"), ("11:00", None)]


def test_an_order_after_a_start_means_that_the_last_end_went_unreported() -> None:
    # order-start-(no end)-order-start-c
    first, second = of(
        "box-move", "08:00 gated-in", "09:00 move-ordered", "09:05 move-started",
        "10:00 move-ordered", "10:05 move-started", "10:20 move-ended",
    )  # fmt: skip
    assert (span(first), first.flags) == (("09:00", "10:00"), (INFERRED,))
    assert (span(second), second.flags) == (("10:00", "10:20"), ())


def test_an_order_given_twice_is_one_order() -> None:
    (found,) = of(
        "inspection-positioning", "08:00 gated-in",
        "09:00 inspection-ordered", "09:30 inspection-ordered", "10:00 positioned",
    )  # fmt: skip
    assert span(found) == ("09:00", "10:00")


def test_an_end_without_a_beginning_is_no_stage() -> None:
    assert not of("box-move", "08:00 gated-in", "10:00 move-ended")


def test_work_still_open_ends_when_the_unit_leaves_and_says_so() -> None:
    # o--------#
    (found,) = of("box-move", "08:00 gated-in", "10:00 move-started", "12:00 gated-out")
    assert (span(found), found.flags) == (("10:00", "12:00"), (INFERRED,))
    assert found.reports[-1].kind is Kind.GATED_OUT


def test_a_ship_that_takes_the_unit_along_ends_its_work_too() -> None:
    (found,) = of("box-move", "08:00 gated-in", "10:00 move-started", "12:00 departed", **EXPORT)
    assert (span(found), found.flags) == (("10:00", "12:00"), (INFERRED,))


def test_work_cannot_begin_on_a_unit_that_has_left() -> None:
    assert not of("box-move", "08:00 gated-in", "12:00 gated-out", "12:30 move-ordered")
    assert not of("inspection", "08:00 gated-in", "12:00 gated-out", "12:01 inspection-started")


def test_a_report_on_the_tally_may_begin_and_end_after_the_unit_left() -> None:
    (found,) = of(
        "tally-report", "08:00 gated-in", "12:00 gated-out", "12:10 tally-ended",
        "12:14 tally-reported",
    )  # fmt: skip
    assert span(found) == ("12:10", "12:14")


def test_and_it_is_still_owed_when_the_unit_has_left() -> None:
    (found,) = of("tally-report", "08:00 gated-in", "11:00 tally-ended", "12:00 gated-out")
    assert found.closed_at is None


def test_released_before_arrival_clearance_took_no_time() -> None:
    # c (at sea) ... o
    (found,) = of("overall-clearance", "07:00 declared", "07:30 released", "09:00 arrived")
    assert (span(found), found.flags) == (("09:00", "09:00"), (CLAMPED,))


def test_the_last_truck_before_the_gate_is_the_one_that_picked_up() -> None:
    (found,) = of(
        "pickup", "08:00 discharged", "09:00 truck-arrived", "09:40 truck-departed",
        "14:00 truck-arrived", "14:20 gated-out",
    )  # fmt: skip
    assert span(found) == ("14:00", "14:20")


def test_a_truck_that_comes_after_the_gate_is_of_no_pickup() -> None:
    assert not of("pickup", "08:00 discharged", "12:00 gated-out", "12:30 truck-arrived")


def test_the_truck_waits_for_the_visit_that_an_empty_return_opens() -> None:
    # truck 07:00 ... |gated in 07:30
    found = of("empty-return", "07:00 truck-arrived", "07:30 gated-in", cargo={"laden": False})
    assert list(map(span, found)) == [("07:00", "07:30")]


def test_a_truck_that_comes_for_an_empty_returns_none() -> None:
    # An empty came off a ship; the truck at 10:00 takes it away.
    assert not of(
        "empty-return", "08:00 discharged", "10:00 truck-arrived", "12:00 gated-out",
        cargo={"laden": False},
    )  # fmt: skip


def test_restuffing_begins_when_the_inspection_ends_if_the_box_was_emptied() -> None:
    (found,) = of(
        "restuffing", "08:00 gated-in", "09:00 unstuffing-started", "09:30 unstuffing-ended",
        "10:00 inspection-ended", "11:00 stuffing-started", "12:00 stuffing-ended",
    )  # fmt: skip
    assert span(found) == ("10:00", "12:00")


def test_an_inspection_without_unstuffing_begins_no_restuffing() -> None:
    assert not of("restuffing", "08:00 gated-in", "10:00 inspection-ended")


def test_each_restuffing_needs_an_unstuffing_of_its_own() -> None:
    (found,) = of(
        "restuffing", "08:00 gated-in", "09:00 unstuffing-started", "10:00 inspection-ended",
        "12:00 stuffing-ended", "14:00 inspection-ended",
    )  # fmt: skip
    assert span(found) == ("10:00", "12:00")


def test_a_joint_stage_waits_between_its_parts_without_a_running_clock() -> None:
    (found,) = of(
        JOINT.id, "08:00 gated-in", INSPECTED, "09:00 unstuffing-started", "10:00 unstuffing-ended"
    )
    assert found.closed_at is None
    assert found.segments == between(("09:00", "10:00"))


def test_what_goes_back_in_has_come_out() -> None:
    # out o-----(no end)    the end of the unstuffing is inferred where restuffing begins
    # in          o----c
    (found,) = of(
        JOINT.id, "08:00 gated-in", INSPECTED, "09:00 unstuffing-started",
        "11:00 stuffing-started", "12:00 stuffing-ended",
    )  # fmt: skip
    assert found.segments == between(("09:00", "11:00"), ("11:00", "12:00"))
    assert INFERRED in found.flags


def test_the_same_minute_is_never_counted_twice_in_a_joint_stage() -> None:
    # out o---------c
    # in       o---------c
    (found,) = of(
        JOINT.id, "08:00 gated-in", INSPECTED, "09:00 unstuffing-started", "10:00 stuffing-started",
        "10:30 unstuffing-ended", "12:00 stuffing-ended",
    )  # fmt: skip
    assert found.segments == between(("09:00", "10:00"), ("10:00", "12:00"))


def test_a_box_that_left_unstuffed_was_worked_on_only_once() -> None:
    (found,) = of(
        JOINT.id, "08:00 gated-in", INSPECTED, "09:00 unstuffing-started", "10:00 unstuffing-ended",
        "12:00 gated-out",
    )  # fmt: skip
    assert (span(found), found.flags) == (("09:00", "10:00"), (INFERRED,))


IMPORT_STAGES = ("unloading", "clearance-preparation", "customs-clearance", "collection")


def chain(*sentences: str, **fields: Any) -> dict[str, tuple[str, str | None]]:
    found = occurrences(visit(*sentences, **fields))
    return {o.stage.id: span(o) for o in found if o.stage.shape is Shape.CHAIN}


def test_the_four_stages_of_an_import_sum_to_the_stay() -> None:
    # 08:00 arrived -- 10:00 discharged -- 11:00 accepted -- 14:00 released -- 15:30 gone
    assert chain(
        "08:00 arrived", "10:00 discharged", "11:00 declaration-accepted", "14:00 released",
        "15:30 gated-out",
    ) == {
        "unloading": ("08:00", "10:00"),
        "clearance-preparation": ("10:00", "11:00"),
        "customs-clearance": ("11:00", "14:00"),
        "collection": ("14:00", "15:30"),
    }  # fmt: skip


def test_what_was_cleared_in_advance_takes_no_time_and_the_sum_stays() -> None:
    # 06:00 accepted, 07:00 released (at sea); 08:00 arrived -- 10:00 discharged -- 15:30 gone
    assert chain(
        "06:00 declaration-accepted", "07:00 released", "08:00 arrived", "10:00 discharged",
        "15:30 gated-out",
    ) == {
        "unloading": ("08:00", "10:00"),
        "clearance-preparation": ("10:00", "10:00"),
        "customs-clearance": ("10:00", "10:00"),
        "collection": ("10:00", "15:30"),
    }  # fmt: skip


def test_a_missing_milestone_leaves_no_gap() -> None:
    # arrived -- discharged -- (acceptance unreported) -- released -- gone
    assert chain("08:00 arrived", "10:00 discharged", "14:00 released", "15:30 gated-out") == {
        "unloading": ("08:00", "10:00"),
        "clearance-preparation": ("10:00", "14:00"),
        "collection": ("14:00", "15:30"),
    }


def test_a_stage_that_a_later_milestone_ended_says_so() -> None:
    (found,) = of("clearance-preparation", "08:00 arrived", "10:00 discharged", "14:00 released")
    assert found.flags == (INFERRED,)


def test_a_milestone_that_was_early_says_so() -> None:
    (found,) = of(
        "clearance-preparation", "08:00 arrived", "09:00 declaration-accepted", "10:00 discharged"
    )
    assert (span(found), found.flags) == (("10:00", "10:00"), (CLAMPED,))


def test_the_last_milestone_heard_of_leaves_its_stage_open() -> None:
    assert chain("08:00 arrived", "10:00 discharged") == {
        "unloading": ("08:00", "10:00"),
        "clearance-preparation": ("10:00", None),
    }


def test_an_export_runs_on_until_the_ship_has_left() -> None:
    # 12:00 loaded ends the stay, but not the chain
    assert chain(
        "08:00 gated-in", "09:00 arrival-reported", "10:00 declaration-accepted", "11:00 released",
        "12:00 loaded", "20:00 departed", **EXPORT,
    ) == {
        "clearance-preparation": ("09:00", "10:00"),
        "customs-clearance": ("10:00", "11:00"),
        "post-release": ("11:00", "12:00"),
        "departure": ("12:00", "20:00"),
    }  # fmt: skip


def test_a_shut_out_export_ends_its_chain_at_the_gate() -> None:
    assert chain(
        "08:00 gated-in", "09:00 arrival-reported", "10:00 declaration-accepted", "18:00 gated-out",
        **EXPORT,
    )["customs-clearance"] == ("10:00", "18:00")  # fmt: skip

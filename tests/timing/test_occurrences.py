"""Occurrences: where a stage begins and ends. In the drawings `o` opens, `c` closes, `#` leaves."""

from typing import Any

import pytest

from events.testing import PORT, at, box, told
from events.vocabulary import Kind, Mode
from timing.corrections import standing
from timing.observation import observation_of
from timing.occurrences import (
    CLAMPED,
    CONDITIONAL,
    INFERRED,
    UNDONE,
    Occurrence,
    Segment,
    occurrences,
)
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
    """Each row of the table with each of its openers and closers, except those made of others."""
    return [
        pytest.param(stage, opener, closer, id=f"{stage.id}:{opener}:{closer}")
        for stage in STAGES
        if stage.shape is not Shape.JOINT and stage.id != "release-time"
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


def said_of(closer: Kind, stage: Stage) -> tuple[str, ...]:
    """What such an end says of the figure."""
    if closer is stage.undone:
        return (UNDONE,)
    return (CONDITIONAL,) if closer is Kind.CONDITIONALLY_RELEASED else ()


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
    assert (found.number, span(found), found.flags) == (
        1,
        ("10:00", "10:30"),
        said_of(closer, stage),
    )
    assert [report.kind for report in found.reports] == [opener, closer]


def rows_seen_from_inside() -> list[Any]:
    """All but those of which nothing is known before their closer was heard of."""
    return [row for row in rows() if row.values[0].closers.isdisjoint(row.values[0].evidence)]


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


CLEARED = ("08:00 arrived", "09:00 discharged", "10:00 declaration-accepted")
LAST = {"conditionally-released": (CONDITIONAL,), "released": ()}


@pytest.mark.parametrize("stage", ["customs-clearance", "overall-clearance"])
@pytest.mark.parametrize(("first", "second"), [tuple(LAST), tuple(reversed(LAST))])
def test_the_first_of_two_releases_ends_clearance(stage: str, first: str, second: str) -> None:
    # o -------- c (附条件提离)   14:00 (the rest)
    (found,) = of(stage, *CLEARED, f"12:00 {first}", f"14:00 {second}")
    assert (span(found)[1], found.flags) == ("12:00", LAST[first])


def test_released_on_condition_before_arrival_took_no_time_and_says_so() -> None:
    (found,) = of("overall-clearance", "07:30 conditionally-released", "09:00 arrived")
    assert span(found) == ("09:00", "09:00")
    assert found.flags == (CONDITIONAL, CLAMPED)


def test_a_laboratory_may_answer_after_the_release_and_after_the_exit() -> None:
    # 先验放后检测: 10:00 o ... 11:00 released ... 12:00 # ... day+2 c
    story = (*CLEARED, "10:00 lab-sampled", "11:00 released", "12:00 gated-out")
    (owed,) = of("lab-test", *story)
    assert (span(owed), owed.flags) == (("10:00", None), ())
    (found,) = of("lab-test", *story, "day+2 09:00 lab-result")
    assert (found.closed_at, found.flags) == (epoch("day+2 09:00"), ())
    (cleared,) = of("customs-clearance", *story, "day+2 09:00 lab-result")
    assert (span(cleared), cleared.flags) == (("10:00", "11:00"), ())


def test_each_sample_is_a_test_of_its_own() -> None:
    found = of(
        "lab-test", "08:00 gated-in", "10:00 lab-sampled", "11:00 lab-result",
        "12:00 lab-sampled", "13:00 gated-out", "15:00 lab-result",
    )  # fmt: skip
    assert list(map(span, found)) == [("10:00", "11:00"), ("12:00", "15:00")]


def test_a_manifest_runs_from_its_declaration_at_sea_to_the_arrival() -> None:
    (found,) = of("manifest-notice", "03:00 manifest-declared", "09:00 arrived")
    assert (span(found), found.flags) == (("03:00", "09:00"), ())


def test_a_manifest_after_the_arrival_gave_no_notice() -> None:
    # c arrived ... o declared
    (found,) = of("manifest-notice", "09:00 arrived", "10:00 manifest-declared")
    assert (span(found), found.flags) == (("10:00", "10:00"), (CLAMPED,))


def test_a_transhipment_is_known_by_its_direction() -> None:
    moved = ("08:00 discharged", "20:00 loaded")
    (found,) = of("transhipment", *moved, direction="transhipment")
    assert (span(found), found.flags) == (("08:00", "20:00"), ())
    assert not of("transhipment", *moved, direction="import")


def test_a_transhipment_that_leaves_by_road_ends_there_by_inference() -> None:
    (found,) = of("transhipment", "08:00 discharged", "20:00 gated-out", direction="transhipment")
    assert (span(found), found.flags) == (("08:00", "20:00"), (INFERRED,))


def test_a_gate_within_a_transfer_ends_no_work() -> None:
    # 转场: 10:00 o ---- (out 10:40) (in 11:10) ---- 11:30 c
    words = (
        "08:00 gated-in", "09:00 unstuffing-started", "10:00 transfer-ordered",
        "10:30 transfer-started", "10:40 gated-out", "11:10 gated-in", "11:30 transfer-ended",
    )  # fmt: skip
    (moved,) = of("in-yard-transfer", *words)
    assert (span(moved), moved.flags) == (("10:00", "11:30"), ())
    (work,) = of("unstuffing", *words, "12:00 unstuffing-ended")
    assert (span(work), work.flags) == (("09:00", "12:00"), ())
    assert not of("delivery", *words, "10:35 truck-arrived", cargo={"laden": True})


def test_an_inspection_that_began_shows_that_the_box_stood_there() -> None:
    # 10:00 o ......(unreported)...... 12:00 inspection-started
    words = ("08:00 gated-in", "10:00 inspection-ordered", "12:00 inspection-started")
    (found,) = of("inspection-positioning", *words)
    assert (span(found), found.flags) == (("10:00", "12:00"), (INFERRED,))
    (seen,) = of("inspection-positioning", *words, "11:00 positioned")
    assert (span(seen), seen.flags) == (("10:00", "11:00"), ())
    assert not of("inspection-wait", *words)

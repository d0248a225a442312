"""The table: what every row must keep, and the stages that the contract names."""

import pytest

from events.vocabulary import Direction, Kind, Mode, Party
from timing.definitions import definition
from timing.stages import (
    CHAINS,
    CHINESE,
    CUSTOMS_STOPPERS,
    EXPORT_CHAIN,
    IMPORT_CHAIN,
    JOINT,
    RESTUFFING,
    STAGE_IDS,
    STAGES,
    STOPPERS,
    UNSTUFFING,
    Chain,
    Shape,
    Stage,
    Stopper,
)
from timing.visits import EXITS

CONTRACT = {
    "in-yard-transfer", "box-move", "unstuffing", "restuffing", "unstuffing-and-restuffing",
    "pickup", "empty-return", "pickup-paperwork", "inspection-positioning", "inspection-wait",
    "inspection", "tally-report", "unloading", "clearance-preparation", "customs-clearance",
    "collection", "post-release", "departure", "overall-clearance", "water-to-rail",
    "rail-to-water", "air-unload-and-transfer", "air-tally", "air-storage", "delivery",
    "truck-turn", "manifest-notice", "lab-test", "release-time", "transhipment",
    "air-tally-and-storage",
}  # fmt: skip


def name(stage: Stage) -> str:
    directions = "-".join(sorted(stage.directions or ()))
    return f"{stage.id}:{directions}" if directions else stage.id


each_stage = pytest.mark.parametrize("stage", STAGES, ids=name)
each_chain = pytest.mark.parametrize("chain", CHAINS, ids=["import", "export"])


def test_the_stages_are_those_of_the_contract() -> None:
    assert CONTRACT == STAGE_IDS


def test_no_two_rows_are_the_same_stage_for_the_same_visit() -> None:
    seen = [
        (s.id, direction, mode)
        for s in STAGES
        for direction in s.directions or Direction
        for mode in s.modes or Mode
    ]
    assert len(seen) == len(set(seen))


@each_stage
def test_a_row_has_openers_and_closers_and_none_is_both(stage: Stage) -> None:
    assert stage.openers
    assert stage.closers
    assert not stage.closers & set(stage.openers)


@each_stage
def test_a_row_has_its_chinese_term_and_one_who_answers(stage: Stage) -> None:
    assert not stage.chinese.isascii()
    assert CHINESE[stage.id] == stage.chinese
    assert stage.answers == "all" or stage.answers in Party


@each_stage
def test_force_majeure_answers_for_nothing(stage: Stage) -> None:
    assert stage.answers is not Party.FORCE_MAJEURE


@each_stage
def test_a_stopped_clock_and_a_suspension_stop_all_work_and_no_notice(stage: Stage) -> None:
    # the time that a manifest was given ahead passes, whoever rests
    stopped = {Stopper.CLOCK, Stopper.SUSPENSION} & stage.stoppers
    assert stopped == (set() if stage.id == "manifest-notice" else set(STOPPERS))


@each_stage
def test_only_customs_wait_for_documents_and_a_laboratory_does_not(stage: Stage) -> None:
    at_work = stage.answers is Party.CUSTOMS and stage.id != "lab-test"
    assert (Stopper.DOCUMENTS in stage.stoppers) == at_work


@each_stage
def test_detention_stops_the_handing_over_and_is_part_of_the_work_of_customs(stage: Stage) -> None:
    handed_over = stage.id in {"pickup", "truck-turn", "collection"}
    assert (Stopper.DETENTION in stage.stoppers) == handed_over


OFFICIAL = {"overall-clearance", "customs-clearance", "release-time"}


@each_stage
def test_a_definition_is_printed_where_the_measure_is_official(stage: Stage) -> None:
    assert (stage.definition is not None) == (stage.id in OFFICIAL)


@pytest.mark.parametrize("id", ["overall-clearance", "release-time"])
def test_an_import_and_an_export_are_told_apart_by_their_definition(id: str) -> None:
    found = {s.directions: s.definition for s in STAGES if s.id == id}
    assert len(found) == len(set(found.values())) == 2


@pytest.mark.parametrize(
    "stage", [s for s in STAGES if s.definition is not None], ids=lambda s: str(s.definition)
)
def test_an_official_measure_starts_and_ends_as_its_definition_says(stage: Stage) -> None:
    said = definition(stage.definition or "")
    assert (set(stage.openers), stage.closers) == (set(said.openers), said.closers)
    assert said.direction is None or stage.directions == frozenset({said.direction})
    assert said.metric.startswith(stage.id)


@each_chain
def test_the_stages_of_a_chain_meet_without_a_gap(chain: Chain) -> None:
    assert len(chain.milestones) == len(chain.stages) + 1
    for place, stage in enumerate(chain.stages):
        assert frozenset(stage.openers) == chain.milestones[place]
        assert stage.closers == chain.milestones[place + 1]
        assert stage.shape is Shape.CHAIN


@each_chain
def test_a_chain_speaks_of_one_direction_by_sea_or_rail(chain: Chain) -> None:
    (directions,) = {stage.directions for stage in chain.stages}
    assert directions is not None
    assert len(directions) == 1
    assert {stage.modes for stage in chain.stages} == {frozenset({Mode.WATER, Mode.RAIL})}


def test_the_import_chain_runs_from_arrival_to_exit() -> None:
    assert [s.chinese for s in IMPORT_CHAIN.stages] == ["卸货", "通关准备", "通关", "提离"]
    assert IMPORT_CHAIN.milestones[0] == {Kind.ARRIVED}
    assert IMPORT_CHAIN.milestones[-1] == EXITS
    assert IMPORT_CHAIN.stages[0].directions == frozenset({Direction.IMPORT})


def test_the_export_chain_runs_from_the_arrival_report_to_departure() -> None:
    assert [s.id for s in EXPORT_CHAIN.stages] == [
        "clearance-preparation", "customs-clearance", "post-release", "departure",
    ]  # fmt: skip
    assert EXPORT_CHAIN.milestones[-1] == {Kind.DEPARTED}


@each_chain
def test_the_customs_clearance_of_a_chain_waits_for_documents(chain: Chain) -> None:
    (clearance,) = (s for s in chain.stages if s.id == "customs-clearance")
    assert clearance.stoppers == CUSTOMS_STOPPERS


def test_the_joint_stage_begins_with_the_one_and_ends_with_the_other() -> None:
    assert JOINT.openers == UNSTUFFING.openers
    assert JOINT.closers == RESTUFFING.closers
    assert (UNSTUFFING.id, RESTUFFING.id) == ("unstuffing", "restuffing")


def test_only_what_happens_outside_the_port_outlives_the_stay() -> None:
    outliving = {stage for stage in STAGES if stage.outlives_visit}
    assert {s.id for s in outliving} == {"tally-report", "lab-test", "departure", "release-time"}
    assert EXPORT_CHAIN.whole in outliving
    assert IMPORT_CHAIN.whole not in outliving


@each_chain
def test_the_stay_runs_from_the_first_milestone_of_its_chain_to_the_last(chain: Chain) -> None:
    assert frozenset(chain.whole.openers) == chain.milestones[0]
    assert chain.whole.closers == chain.milestones[-1]
    assert (chain.whole.id, chain.whole.answers) == ("release-time", "all")
    assert (chain.whole.directions, chain.whole.modes) == (
        chain.stages[0].directions, chain.stages[0].modes,
    )  # fmt: skip


@each_chain
def test_each_part_of_a_chain_is_one_partys(chain: Chain) -> None:
    assert all(stage.answers != "all" for stage in chain.stages)


def test_either_release_ends_clearance() -> None:
    both = {Kind.RELEASED, Kind.CONDITIONALLY_RELEASED}
    ended = [s for s in STAGES if s.id in ("overall-clearance", "customs-clearance")]
    assert len(ended) == 4
    assert all(stage.closers == both for stage in ended)


def test_only_the_positioning_for_an_inspection_is_booked() -> None:
    booked = {s.id: s.appointments for s in STAGES if s.appointments is not None}
    assert booked == {"inspection-positioning": Kind.INSPECTION_SCHEDULED}


def test_each_truck_begins_anew() -> None:
    trucks = [s for s in STAGES if s.openers == (Kind.TRUCK_ARRIVED,)]
    assert {s.id for s in trucks} == {"pickup", "empty-return", "delivery", "truck-turn"}
    assert all(stage.restarts for stage in trucks)
    assert not any(stage.restarts for stage in STAGES if stage not in trucks)


def test_only_the_start_of_an_inspection_shows_what_went_unreported() -> None:
    implied = {s.id: s.implied for s in STAGES if s.implied is not None}
    assert implied == {"inspection-positioning": Kind.INSPECTION_STARTED}


def test_by_air_the_ground_handler_reports_the_tally() -> None:
    reported = [s for s in STAGES if s.id == "tally-report"]
    by_mode = {mode: s.answers for s in reported for mode in s.modes or ()}
    usual = dict.fromkeys(Mode, Party.THIRD_PARTY)
    assert by_mode == usual | {Mode.AIR: Party.GROUND_HANDLER}


def test_only_a_pickup_is_undone_by_a_truck_that_leaves() -> None:
    undone = {s.id: s.undone for s in STAGES if s.undone is not None}
    assert undone == {"pickup": Kind.TRUCK_DEPARTED}


def test_empty_or_laden_a_truck_brings_a_box_in_by_one_stage() -> None:
    (empty,) = (s for s in STAGES if s.id == "empty-return")
    (laden,) = (s for s in STAGES if s.id == "delivery")
    assert (empty.laden, laden.laden) == (False, True)
    assert (empty.openers, empty.closers) == (laden.openers, laden.closers)

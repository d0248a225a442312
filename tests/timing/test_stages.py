"""The table: what every row must keep, and the stages that the contract names."""

import pytest

from events.vocabulary import Direction, Kind, Mode, Party
from timing.stages import (
    CHAINS,
    CHINESE,
    CUSTOMS_STOPPERS,
    EXPORT_CHAIN,
    IMPORT_CHAIN,
    JOINT,
    RESTUFFING,
    SPANS,
    STAGE_IDS,
    STAGES,
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
    "rail-to-water", "air-unload-and-transfer", "air-tally", "air-storage",
}  # fmt: skip


def name(stage: Stage) -> str:
    directions = "-".join(sorted(stage.directions or ()))
    return f"{stage.id}:{directions}" if directions else stage.id


each_stage = pytest.mark.parametrize("stage", STAGES, ids=name)
each_chain = pytest.mark.parametrize("chain", CHAINS, ids=["import", "export"])


def test_the_stages_are_those_of_the_contract() -> None:
    assert CONTRACT == STAGE_IDS


def test_no_two_rows_are_the_same_stage_for_the_same_visit() -> None:
    seen = [(s.id, direction) for s in STAGES for direction in s.directions or (None,)]
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
def test_a_stopped_clock_stops_every_stage(stage: Stage) -> None:
    assert Stopper.CLOCK in stage.stoppers


@each_stage
def test_only_customs_wait_for_documents(stage: Stage) -> None:
    assert (Stopper.DOCUMENTS in stage.stoppers) == (stage.answers is Party.CUSTOMS)


@each_stage
def test_detention_is_part_of_the_work_and_stops_no_clock(stage: Stage) -> None:
    assert Stopper.DETENTION not in stage.stoppers


@each_stage
def test_a_definition_is_printed_where_the_measure_is_official(stage: Stage) -> None:
    assert (stage.definition is not None) == (stage.id == "overall-clearance")


def test_the_two_overall_clearances_are_told_apart_by_their_definition() -> None:
    found = {s.directions: s.definition for s in SPANS if s.id == "overall-clearance"}
    assert len(found) == len(set(found.values())) == 2


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
    assert {s.id for s in STAGES if s.outlives_visit} == {"tally-report", "departure"}

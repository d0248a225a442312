"""Plans are calibrated, in order, and exact to the second."""

from collections.abc import Sequence
from statistics import fmean

import pytest

from portclock.traffic.flows import CYCLE_S, Leg, read_sample
from portclock.traffic.plans import (
    EXPORT_MEANS_H,
    IMPORT_MEANS_H,
    INSPECTED,
    Plan,
    World,
    plan_visit,
)

START_AT = 1772380800
SEED = 5


def plans(legs: set[Leg], cycles: int) -> list[Plan]:
    """Every laden box of those legs, over so many uses of the sample."""
    world = World(SEED, START_AT, read_sample())
    visits = range(cycles * len(world.sample.flows))
    flows = ((visit, world.sample.flow(visit)[1]) for visit in visits)
    return [plan_visit(world, visit) for visit, flow in flows if flow.laden and flow.leg in legs]


@pytest.fixture(scope="module")
def imports() -> list[Plan]:
    return plans({Leg.IMPORT}, cycles=16)


@pytest.fixture(scope="module")
def exports() -> list[Plan]:
    return plans({Leg.EXPORT, Leg.RAIL_TO_WATER}, cycles=16)


def means_h(stages: Sequence[Sequence[int]]) -> list[float]:
    return [fmean(column) / 3600 for column in zip(*stages, strict=True)]


def test_import_stages_have_the_means_of_qingdao_2017(imports: list[Plan]) -> None:
    assert sum(IMPORT_MEANS_H) == pytest.approx(148.0)
    means = means_h([plan.import_stages for plan in imports])
    assert means == pytest.approx(IMPORT_MEANS_H, rel=0.02)
    assert sum(means) == pytest.approx(148.0, rel=0.02)


def test_export_stages_have_the_means_of_qingdao_2017(exports: list[Plan]) -> None:
    assert sum(EXPORT_MEANS_H) == pytest.approx(84.1)
    means = means_h([plan.export_stages for plan in exports])
    assert means == pytest.approx(EXPORT_MEANS_H, rel=0.02)
    assert sum(means) == pytest.approx(84.1, rel=0.02)


def test_the_stages_sum_to_the_stay_exactly(imports: list[Plan], exports: list[Plan]) -> None:
    for plan in imports:
        assert sum(plan.import_stages) == plan.left_at - plan.came_at
        assert min(plan.import_stages) >= 0
    for plan in exports:
        assert sum(plan.export_stages) == plan.departed_at - plan.reported_at
        assert min(plan.export_stages) > 0
        assert plan.came_at < plan.landed_at < plan.reported_at


def test_some_are_accepted_before_landing_and_an_inspection_has_the_time_it_needs(
    imports: list[Plan],
) -> None:
    ahead = [plan for plan in imports if plan.ahead]
    assert len(ahead) / len(imports) == pytest.approx(0.06, abs=0.01)
    assert all(plan.accepted_at < plan.came_at and plan.import_stages[1] == 0 for plan in ahead)
    inspected = [plan for plan in imports if plan.inspected]
    assert inspected
    assert all(plan.import_stages[2] >= 3600 * INSPECTED.floor_h - 300 for plan in inspected)


def test_boxes_of_one_declaration_are_accepted_and_released_together() -> None:
    world = World(SEED, START_AT, read_sample())
    together = [rows for rows in world.sample.members.values() if len(rows) == 4]
    for rows in together[:30]:
        own = [plan_visit(world, world.sample.visit(1, row)) for row in rows]
        assert len({(plan.came_at, plan.accepted_at, plan.released_at) for plan in own}) == 1
        assert len({plan.left_at for plan in own}) == len(rows)
        assert max(plan.inspected for plan in own[1:]) is False


def test_all_exports_of_one_call_leave_with_their_ship() -> None:
    world = World(SEED, START_AT, read_sample())
    flows = [f for f in world.sample.flows if f.leg is Leg.EXPORT and f.call == "AE1-0301"]
    assert len(flows) > 50
    ships = {plan_visit(world, world.sample.visit(0, flow.row)).departed_at for flow in flows}
    assert len(ships) == 1


def test_nothing_is_planned_before_its_cycle_begins() -> None:
    world = World(SEED, START_AT, read_sample())
    size = len(world.sample.flows)
    for visit in range(size):
        first = plan_visit(world, visit)
        assert min(first.came_at, first.accepted_at or first.came_at) > START_AT
    later = plan_visit(world, size + 4)
    assert later.came_at - plan_visit(world, 4).came_at == pytest.approx(CYCLE_S, abs=20 * 86400)

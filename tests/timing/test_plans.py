"""Plans: which stages a sort of visit can have, and which of them hear of a report."""

from itertools import product
from random import Random

import pytest

from events.vocabulary import Direction, Kind, Mode
from timing import occurrences
from timing.plans import NOBODY, Plan, plan_of
from timing.stages import CHAINS, SPANS, Stage
from timing.testing import judged, told, told_at_random
from timing.visits import Visit

SORTS = list(product(Mode, (*Direction, None), (True, False)))
PLANS = [plan_of(*sort) for sort in SORTS]


def exists(stage: Stage, mode: Mode, direction: Direction | None, laden: bool) -> bool:
    """By the columns of the table."""
    return (
        direction in (stage.directions or {direction})
        and mode in (stage.modes or {mode})
        and (stage.laden is None or stage.laden == laden)
    )


def test_a_plan_has_the_stages_that_such_a_visit_can_have_in_the_order_of_the_table() -> None:
    for sort, plan in zip(SORTS, PLANS, strict=True):
        assert plan.spans == tuple(stage for stage in SPANS if exists(stage, *sort))
        assert plan.chains == tuple(chain for chain in CHAINS if exists(chain.whole, *sort))


def test_there_is_one_plan_for_each_sort_of_visit() -> None:
    assert all(plan_of(*sort) is plan for sort, plan in zip(SORTS, PLANS, strict=True))


@pytest.mark.parametrize("kind", Kind)
def test_a_stage_hears_what_begins_and_ends_it(kind: Kind) -> None:
    for plan in PLANS:
        heard = plan.concerned.get(kind, NOBODY)
        assert heard == tuple(sorted(set(heard)))
        for number, stage in enumerate(plan.spans):
            named = {*stage.openers, *stage.closers, *(stage.opens_after or ())}
            named |= {stage.appointments, stage.implied}
            assert (number in heard) == (kind in named)
        for number, chain in enumerate(plan.chains, start=len(plan.spans)):
            assert (number in heard) == any(kind in kinds for kinds in chain.milestones)


@pytest.mark.parametrize("kind", Kind)
def test_once_the_unit_has_left_only_what_outlives_its_visit_hears_more(kind: Kind) -> None:
    for plan in PLANS:
        still = plan.outliving.get(kind, NOBODY)
        assert set(still) <= set(plan.concerned.get(kind, NOBODY))
        for number, stage in enumerate(plan.spans):
            listens = stage.outlives_visit and number in plan.concerned.get(kind, NOBODY)
            assert (number in still) == listens
        for number, chain in enumerate(plan.chains, start=len(plan.spans)):
            late = [stage for stage in chain.stages if stage.outlives_visit]
            assert (number in still) == any(kind in stage.closers for stage in late)


def to_everybody(plan: Plan, visit: Visit) -> Plan:
    """The same plan, by which every span hears of everything; chains hear of their milestones."""
    numbers = tuple(range(len(plan.spans)))
    chains = {k: tuple(n for n in plan.concerned.get(k, ()) if n >= len(plan.spans)) for k in Kind}
    late = {k: tuple(n for n in plan.outliving.get(k, ()) if n >= len(plan.spans)) for k in Kind}
    still = tuple(n for n in numbers if plan.spans[n].outlives_visit)
    return plan._replace(
        concerned={kind: numbers + chains[kind] for kind in Kind},
        outliving={kind: still + late[kind] for kind in Kind},
    )


@pytest.mark.parametrize("seed", range(60))
def test_a_report_that_concerns_no_stage_changes_nothing(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = Random(seed)
    visits = [v for story in (told(rng), told_at_random(rng)) for v in judged(story).visits]
    found = [(occurrences.occurrences(v), occurrences.unshown(v)) for v in visits]
    for visit, known in zip(visits, found, strict=True):
        t = visit.traits
        wide = to_everybody(plan_of(t.mode, t.direction, t.laden is not False), visit)
        with monkeypatch.context() as changed:
            changed.setattr(occurrences, "plan_of", lambda *_, wide=wide: wide)
            assert (occurrences.occurrences(visit), occurrences.unshown(visit)) == known

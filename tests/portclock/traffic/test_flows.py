"""The sample: what is in it, its declarations, and the order in which visits use it."""

from collections import Counter

import pytest

from portclock.traffic.flows import BOXES_MAX, CALLS_APART_S, CYCLE_S, Leg, Sample, read_sample


@pytest.fixture(scope="module")
def sample() -> Sample:
    return read_sample()


def test_the_sample_has_every_leg_at_every_port_and_every_build(sample: Sample) -> None:
    legs = Counter((flow.port, flow.leg) for flow in sample.flows)
    assert set(legs) == {(port, leg) for port in ("CNTXG", "CNSHD", "CNLYG") for leg in Leg}
    assert {flow.storage for flow in sample.flows} == {"general", "reefer", "dangerous", "empty"}
    assert {20, 40, 45} <= {flow.length_ft for flow in sample.flows}


def test_every_ship_calls_within_the_cycle_and_every_box_stays_a_while(sample: Sample) -> None:
    assert all(0 <= flow.call_s < CYCLE_S and flow.dwell_s > 0 for flow in sample.flows)


def test_visits_and_rows_are_one_to_one_in_every_cycle(sample: Sample) -> None:
    size = len(sample.flows)
    assert sorted(sample.order) == list(range(size))
    for visit in (0, 17, size - 1, size, 5 * size + 3):
        cycle, flow = sample.flow(visit)
        assert sample.visit(cycle, flow.row) == visit


def test_a_few_visits_are_spread_over_the_cycle_and_the_ports(sample: Sample) -> None:
    flows = [sample.flow(visit)[1] for visit in range(120)]
    few, all_days = (Counter(f.call_s * 9 // CYCLE_S for f in own) for own in (flows, sample.flows))
    assert len(all_days) >= 8
    for day, count in all_days.items():
        assert few[day] / 120 == pytest.approx(count / len(sample.flows), abs=0.03)
    assert {flow.port for flow in flows} == {"CNTXG", "CNSHD", "CNLYG"}
    assert {flow.leg for flow in flows} == set(Leg)


def test_a_declaration_names_boxes_of_one_ship_with_neighbouring_visit_numbers(
    sample: Sample,
) -> None:
    sizes = Counter(len(rows) for rows in sample.members.values())
    assert set(sizes) == set(range(1, BOXES_MAX + 1))
    for first, rows in sample.members.items():
        flows = [sample.flows[row] for row in rows]
        assert rows[0] == first == flows[0].group
        assert len({(flow.port, flow.call, flow.leg) for flow in flows}) == 1
        visits = [sample.visit(0, row) for row in rows]
        assert visits == list(range(visits[0], visits[0] + len(rows)))


def test_dwell_shares_are_even_within_each_kind_of_box(sample: Sample) -> None:
    own = [f for f in sample.flows if f.leg is Leg.IMPORT and f.storage == "general"]
    by_dwell = sorted(own, key=lambda flow: flow.dwell_share)
    assert [f.dwell_s for f in by_dwell] == sorted(f.dwell_s for f in own)
    assert [f.dwell_share * len(own) for f in by_dwell] == pytest.approx(
        [rank + 0.5 for rank in range(len(own))]
    )


def test_boxes_come_back_alike_to_the_same_port_and_later(sample: Sample) -> None:
    assert len(sample.earlier) > 200
    assert len(set(sample.earlier.values())) == len(sample.earlier)
    for later_row, earlier_row in sample.earlier.items():
        later, earlier = sample.flows[later_row], sample.flows[earlier_row]
        assert (later.leg, earlier.leg) == (Leg.EXPORT, Leg.IMPORT)
        assert (later.port, later.length_ft) == (earlier.port, earlier.length_ft)
        assert later.build == earlier.build
        assert later.call_s - earlier.call_s > CALLS_APART_S

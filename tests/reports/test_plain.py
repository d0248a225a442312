"""The plain counting, on facts small enough to count by hand: the oracle must be right itself."""

from reports.datasets import dataset
from reports.facts import FrozenFact, LimitFact, Link
from reports.plain import CHAIN_INCOMPLETE, links_of, plain_cells
from reports.shapes import Cell, Exposure
from timing.patience import HOUR_S

FACT = FrozenFact(
    port="CNLYG", stage="overall-clearance", visit_id="v1", occurrence=1, province="CN-JS",
    facility="LPCT", unit_type="container", unit_id="u1", mode="water", direction="import",
    goods="general", laden="yes", inspected="no", advance="no", trader="t1", peak="yes",
    standing="ended", opened_at=0, closed_at=HOUR_S, gross_s=HOUR_S, net_s=HOUR_S // 2, age_s=0,
    left_out="", verdict="met", definition="",
)  # fmt: skip


def _fact(n: int, hours: int, **own: object) -> FrozenFact:
    said = {"visit_id": f"v{n}", "unit_id": f"u{n}", "gross_s": hours * HOUR_S, **own}
    return FACT._replace(**said)  # type: ignore[arg-type]


def _cell(dataset_id: str, facts: list[FrozenFact], **words: str) -> Cell:
    one = dataset(dataset_id)
    (found,) = [
        cell
        for cell in plain_cells(facts, one)
        if one.words(cell.key) == {d: words[d] for d in one.dimensions if d in words}
    ]
    return found


def test_ended_open_and_left_out_units_never_mix() -> None:
    facts = [
        _fact(1, 10),
        _fact(2, 20),
        _fact(3, 0, standing="open", age_s=7 * HOUR_S, verdict=""),
        _fact(4, 99, left_out="inferred-close"),
    ]
    summary = _cell("clearance", facts, direction="import").summary
    assert (summary.n, summary.sum_s) == (2, 30 * HOUR_S)
    assert summary.square_sum == (100 + 400) * HOUR_S**2
    assert (summary.open_n, summary.open_age_s) == (1, 7 * HOUR_S)
    assert summary.left_out == (("inferred-close", 1),)
    assert (summary.met, summary.breached) == (2, 0)
    assert summary.within == (2, 2, 2)
    assert (summary.least_s, summary.most_s) == (10 * HOUR_S, 20 * HOUR_S)


def test_companies_and_units_are_counted_once_and_a_nameless_company_is_none() -> None:
    facts = [_fact(1, 10), _fact(1, 5, occurrence=2), _fact(2, 30, trader="t2"),
             _fact(3, 40, trader="t2"), _fact(4, 50, trader="")]  # fmt: skip
    found = _cell("clearance", facts, direction="import").exposure
    assert found == Exposure(
        units=4, companies=2, largest_units=2, second_units=2,
        largest_s=70 * HOUR_S, second_s=15 * HOUR_S,
    )  # fmt: skip


def test_extremes_are_told_by_all_ports_of_one_stage_direction_and_mode() -> None:
    usual = [_fact(n, 10 + n % 2) for n in range(20)]
    far = _fact(50, 60, port="CNTAC")
    by_rail = _fact(51, 60, mode="rail")
    cell = _cell("clearance", [*usual, far, by_rail], direction="import")
    assert (cell.summary.extreme_n, cell.summary.extreme_sum_s) == (1, 60 * HOUR_S)
    assert cell.summary.n == 22


def test_the_hour_that_most_took_is_the_first_of_several() -> None:
    facts = [_fact(1, 3), _fact(2, 3), _fact(3, 5), _fact(4, 5), _fact(5, 9)]
    summary = _cell("clearance", facts, direction="import").summary
    assert (summary.modal_h, summary.modal_n) == (3, 2)


def test_a_unit_under_two_limits_counts_once_in_stages_and_once_under_each_limit() -> None:
    limits = (LimitFact("a", "e/1", 60, 50, "met"), LimitFact("b", "e/1", 40, 50, "breached"))
    facts = [_fact(1, 1, stage="pickup", limits=limits, verdict="breached")]
    stages = _cell("stages", facts, direction="import", stage="pickup").summary
    assert (stages.n, stages.sum_s, stages.breached) == (1, HOUR_S // 2, 1)
    place = {"port": "CNLYG", "stage": "pickup", "edition": "e/1"}
    assert _cell("limits", facts, **place, limit="a").summary.met == 1
    other = _cell("limits", facts, **place, limit="b").summary
    assert (other.breached, other.sum_s) == (1, 50)


def test_links_add_up_to_the_whole_and_an_incomplete_stay_is_left_out_of_all() -> None:
    links = tuple(Link(stage, HOUR_S) for stage in links_of("import"))
    whole = _fact(1, 4, stage="release-time", links=links)
    short = _fact(2, 4, stage="release-time", links=links[1:])
    facts = [whole, short]
    for stage in (*links_of("import"), "release-time"):
        summary = _cell("stage-split", facts, direction="import", stage=stage).summary
        assert summary.n == 1
        assert summary.left_out == ((CHAIN_INCOMPLETE, 1),)
        assert summary.sum_s == (4 if stage == "release-time" else 1) * HOUR_S


def test_a_direction_without_a_chain_has_no_links() -> None:
    assert links_of("transhipment") == links_of("") == ()
    assert len(links_of("export")) == 4

"""Guards: the primary rules as weights that err on the safe side."""

from timing.disclosure.guards import Part, change_guards, primary_guards
from timing.disclosure.rules import disclosure
from timing.disclosure.sensitivity import NOBODY, Exposure
from timing.patience import HOUR_S

RULES = disclosure()
BIG = Part("", Exposure(40, 9, 8, 6, 8 * HOUR_S, 6 * HOUR_S), 40 * HOUR_S)
FEW = Part("", Exposure(2, 1, 2, 0, 3 * HOUR_S, 0), 3 * HOUR_S)


def by_name(parts: list[list[Part]], sensitive: set[int]) -> dict[str, list[float]]:
    guards = primary_guards(parts, sensitive, RULES)
    return {guard.name: list(guard.weights) for guard in guards if not guard.balance}


def test_companies_count_where_one_cell_has_enough() -> None:
    assert by_name([[FEW], [BIG]], {0})["companies"] == [0, 1]


def test_a_company_that_knows_its_own_leaves_what_is_no_secret() -> None:
    lonely = Part("", Exposure(6, 3, 3, 2, 0, 0), 0)
    assert by_name([[FEW], [lonely]], {0})["rest"] == [0, 5]
    assert by_name([[FEW], [lonely]], {0, 1})["rest"] == [0, 3]


def test_of_cells_of_the_same_units_the_least_counts() -> None:
    assert by_name([[FEW, BIG]], {0})["units"] == [2]


def test_seconds_reach_up_and_down() -> None:
    guards = [g for g in primary_guards([[FEW], [BIG]], {0}, RULES) if g.name == "seconds"]
    assert [g.reach for g in guards] == [{0: 3 * 1.2}, {0: 3 * 0.8}]
    assert guards[0].weights == [3, 40]


def test_each_link_of_a_chain_has_bounds_of_its_own() -> None:
    links = [Part("unloading", FEW.exposure, HOUR_S), Part("collection", FEW.exposure, 5 * HOUR_S)]
    guards = {g.name: g for g in primary_guards([links], {0}, RULES) if "seconds " in g.name}
    assert guards["seconds unloading"].weights == [1]
    assert guards["seconds collection"].weights == [5]


def test_a_dominated_cell_asks_for_as_much_slack_as_it_lacks() -> None:
    heavy = Part("", Exposure(10, 3, 9, 1, 0, 0), 0)
    found = {g.name: g for g in primary_guards([[heavy], [BIG]], {0}, RULES) if not g.balance}
    assert found["largest"].reach == {0: 1.5}
    assert list(found["largest"].weights) == [0, 22]


def test_changes_ask_for_units_companies_and_a_rest() -> None:
    some = [Exposure(2, 2, 1, 1, 0, 0), None, BIG.exposure, NOBODY]
    guards = {guard.name: guard for guard in change_guards(some, [0], RULES)}
    assert guards["changed units"].weights == [2, 0, 40, 0]
    assert guards["changed units"].reach == {0: 5}
    assert guards["companies of changes"].reach == {0: 1}
    assert guards["rest of changes"].reach == {0: 3}


def test_every_rule_is_asked_of_every_group_with_a_small_cell() -> None:
    guards = {g.name: g.reach for g in primary_guards([[FEW], [BIG]], {0}, RULES) if not g.balance}
    assert (guards["units"], guards["companies"], guards["rest"]) == ({0: 5}, {0: 1}, {0: 5})

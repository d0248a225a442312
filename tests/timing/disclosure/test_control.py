"""Disclosure control as a whole: laws of what is shown, on small tables that can be read."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pytest

from timing.disclosure.control import disclosed
from timing.disclosure.rules import disclosure
from timing.disclosure.sensitivity import NOBODY, Exposure
from timing.disclosure.shapes import Earlier, Key, Neighbour, Sheet, Shown
from timing.measures.summary import RANKS, Summary
from timing.patience import HOUR_S

RULES = disclosure()
MEASURES = ("n", "open", "mean_h", "median_h", "sd_h", "within_24h_pct", "open_age_mean_h")
TABLE = {"*": 64, "a": 2, "b": 12, "c": 20, "d": 30}


class Cell(NamedTuple):
    key: Key
    summary: Summary
    exposure: Exposure


def cell(word: str, n: int, open_n: int = 0) -> Cell:
    """So many units of nearly as many companies, two hours each."""
    took_s = 2 * HOUR_S
    summary = Summary(
        n=n, sum_s=n * took_s, square_sum=n * took_s**2, ranks_s=(took_s,) * len(RANKS) * bool(n),
        within=(n, n, n), open_n=open_n, open_age_s=open_n * HOUR_S,
    )  # fmt: skip
    fair = Exposure(n, n, 1, 1, took_s, took_s) if n > 1 else Exposure(n, n, n, 0, n * took_s, 0)
    return Cell((word,), summary, fair if n else NOBODY)


def sheet(table: Mapping[str, int], opened: Mapping[str, int] | None = None) -> Sheet:
    cells = [cell(word, n, (opened or {}).get(word, 0)) for word, n in table.items()]
    return Sheet("s", ("d",), cells, MEASURES)


def shown(found: Mapping[str, Sequence[Shown]]) -> dict[str, Shown]:
    return {one.key[0]: one for one in found["s"]}


def hidden(found: Mapping[str, Sequence[Shown]]) -> set[str]:
    return {word for word, one in shown(found).items() if one.suppressed}


def changed(**units: int) -> dict[str, list[Cell]]:
    return {"s": [cell("*" if word == "whole" else word, n) for word, n in units.items()]}


def test_a_small_cell_is_hidden_with_the_cheapest_that_protects_it() -> None:
    found = disclosed([sheet(TABLE)], RULES)
    assert hidden(found) == {"a", "b"}
    assert {one.suppressed for one in found["s"]} == {None, "protected"}
    assert shown(found)["a"].figures == {}


def test_reasons_do_not_tell_the_small_from_what_protects_it() -> None:
    cells = shown(disclosed([sheet(TABLE)], RULES))
    assert cells["a"]._replace(key=()) == cells["b"]._replace(key=())


def test_what_has_no_small_cell_is_shown_whole() -> None:
    found = disclosed([sheet({"*": 62, "b": 12, "c": 20, "d": 30})], RULES)
    assert hidden(found) == set()
    assert shown(found)["d"].figures["n"] == 30


def test_nothing_is_shown_as_nothing() -> None:
    assert hidden(disclosed([sheet({"*": 50, "a": 0, "c": 20, "d": 30})], RULES)) == set()


def test_shares_and_spread_need_more_units_and_hide_another_with_them() -> None:
    cells = shown(disclosed([sheet({"*": 58, "a": 8, "c": 20, "d": 30})], RULES))
    assert {word for word, one in cells.items() if "within_24h_pct" in one.withheld} == {"a", "c"}
    assert {word for word, one in cells.items() if "sd_h" in one.withheld} == {"a", "c"}
    assert cells["a"].figures["n"] == 8


def test_ages_of_few_open_ones_are_hidden_with_others() -> None:
    opened = {"*": 21, "b": 1, "c": 8, "d": 12}
    table = {"*": 62, "b": 12, "c": 20, "d": 30}
    cells = shown(disclosed([sheet(table, opened)], RULES))
    assert {w for w, one in cells.items() if "open_age_mean_h" in one.withheld} == {"b", "c"}
    assert cells["b"].figures["open"] == 1


def test_a_measure_that_no_rule_covers_is_refused() -> None:
    with pytest.raises(ValueError, match="names_h"):
        disclosed([sheet(TABLE)._replace(measures=("n", "names_h"))], RULES)


def test_what_was_hidden_stays_hidden() -> None:
    first = disclosed([sheet(TABLE)], RULES)
    grown = {"*": 94, "a": 32, "b": 12, "c": 20, "d": 30}
    later = Earlier(first, changed(whole=30, a=30))
    assert hidden(disclosed([sheet(grown)], RULES, [later])) == {"a", "b"}
    assert hidden(disclosed([sheet(grown)], RULES)) == set()


def test_a_change_of_few_is_carried() -> None:
    first = disclosed([sheet({"*": 62, "b": 12, "c": 20, "d": 30})], RULES)
    later = Earlier(first, changed(whole=1, d=1))
    cells = shown(disclosed([sheet({"*": 63, "b": 12, "c": 20, "d": 31})], RULES, [later]))
    assert {word for word, one in cells.items() if one.carried} == {"*", "d"}
    assert cells["d"].figures["n"] == 30
    assert cells["*"].figures["n"] == 62


def test_a_change_of_few_is_carried_with_one_that_protects_it() -> None:
    """The total changed by many: less the others, it would give the change of the one."""
    first = disclosed([sheet({"*": 62, "b": 12, "c": 20, "d": 30})], RULES)
    later = Earlier(first, changed(whole=21, b=1, c=8, d=12))
    cells = shown(disclosed([sheet({"*": 83, "b": 13, "c": 28, "d": 42})], RULES, [later]))
    assert {word for word, one in cells.items() if one.carried} == {"b", "c"}
    assert cells["d"].figures["n"] == 42
    assert cells["*"].figures["n"] == 83


def test_a_change_of_few_is_carried_where_nothing_adds_up() -> None:
    later = Earlier(disclosed([sheet({"*": 62})], RULES), changed(whole=1))
    (only,) = disclosed([sheet({"*": 63})], RULES, [later])["s"]
    assert (only.carried, only.figures["n"]) == (True, 62)


def test_a_cell_that_shrank_is_protected_by_what_is_news_alone() -> None:
    """Of c one unit is news: beside the total and what c said before, it would give b."""
    first = disclosed([sheet({"*": 62, "b": 20, "c": 42})], RULES)
    later = Earlier(first, changed(whole=18, b=17, c=1))
    cells = shown(disclosed([sheet({"*": 46, "b": 3, "c": 43})], RULES, [later]))
    assert cells["b"].suppressed == "protected"
    assert cells["*"].carried


def test_a_change_of_many_is_shown() -> None:
    first = disclosed([sheet({"*": 62, "b": 12, "c": 20, "d": 30})], RULES)
    later = Earlier(first, changed(whole=12, d=12))
    cells = shown(disclosed([sheet({"*": 74, "b": 12, "c": 20, "d": 42})], RULES, [later]))
    assert not any(one.carried for one in cells.values())
    assert cells["d"].figures["n"] == 42


def test_a_fence_that_moved_does_not_tell_whom_it_passed() -> None:
    """Late units elsewhere moved the fence: in b, where nothing changed, one more is extreme now.
    What b said stands; and the total, less what is shown anew, does not give it."""

    def extremes(table: Mapping[str, int], extreme: Mapping[str, int]) -> Sheet:
        whole = sheet(table)
        cells = [
            one._replace(summary=one.summary._replace(extreme_n=extreme[one.key[0]]))
            for one in (cell(word, n) for word, n in table.items())
        ]
        return whole._replace(cells=cells, measures=("n", "extreme_n", "mean_without_extremes_h"))

    before = {"*": 21, "b": 6, "c": 6, "d": 9}
    first = disclosed([extremes({"*": 90, "b": 20, "c": 30, "d": 40}, before)], RULES)
    assert not any(one.withheld for one in first["s"])
    now = extremes({"*": 110, "b": 20, "c": 30, "d": 60}, {"*": 32, "b": 7, "c": 6, "d": 19})
    later = Earlier(first, changed(whole=20, d=20))
    cells = shown(disclosed([now], RULES, [later]))
    assert cells["b"].figures == shown(first)["b"].figures
    anew = [w for w in ("*", "d") if "mean_without_extremes_h" in cells[w].figures]
    assert len(anew) < 2


def test_a_cell_that_vanishes_does_not_say_so() -> None:
    first = disclosed([sheet(TABLE)], RULES)
    later = Earlier(first, changed(whole=2, a=2))
    cells = shown(disclosed([sheet({"*": 62, "b": 12, "c": 20, "d": 30})], RULES, [later]))
    assert cells["a"].suppressed == "protected"
    assert cells["b"].suppressed == "protected"


def test_a_year_does_not_give_a_hidden_month_back() -> None:
    """February hides b for the sake of a; a year that shows b less January would give it."""
    january = sheet({"*": 62, "b": 12, "c": 20, "d": 30})
    february = sheet(TABLE)
    months = [
        Neighbour(name, {"s": one.cells}, disclosed([one], RULES))
        for name, one in (("1", january), ("2", february))
    ]
    year = sheet({"*": 126, "a": 2, "b": 24, "c": 40, "d": 60})
    assert hidden(disclosed([year], RULES, (), months, ["1", "2"])) == {"a", "b"}


def test_a_year_is_hidden_where_one_month_is() -> None:
    """Two months hide a and b; of b the year alone would be safe, beside them it is not."""
    january, february = sheet({"*": 64, "a": 32, "b": 32}), sheet({"*": 14, "a": 2, "b": 12})
    months = [
        Neighbour(name, {"s": one.cells}, disclosed([one], RULES))
        for name, one in (("1", january), ("2", february))
    ]
    year = sheet({"*": 78, "a": 34, "b": 44})
    assert hidden(disclosed([year], RULES)) == set()
    assert hidden(disclosed([year], RULES, (), months, ["1", "2"])) >= {"a", "b"}

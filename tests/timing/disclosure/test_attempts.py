"""The attempts: each has a name and a refusal, and computes from what is published alone."""

from decimal import Decimal
from pathlib import Path

from timing.disclosure.attempts import ATTEMPTS, World
from timing.disclosure.shapes import Key, Seen, Shown
from timing.disclosure.view import Public
from timing.measures.printed import Printed

BY_ID = {attempt.id: attempt for attempt in ATTEMPTS}


def public(**n: int | None) -> Public:
    cells: dict[Key, Seen] = {}
    for word, number in n.items():
        key = ("*" if word == "whole" else word,)
        figures: dict[str, Printed] = (
            {} if number is None else {"n": number, "mean_h": Decimal("1.00")}
        )
        cells[key] = Shown(key, figures)
    return Public("m", {"s": cells})


def words(id: str, world: World) -> set[tuple[frozenset[str], int | None]]:
    return {
        (frozenset(key[0] for _, _, key in find.spots), find.n) for find in BY_ID[id].run(world)
    }


def test_every_attempt_has_a_name_of_its_own() -> None:
    assert len(BY_ID) == len(ATTEMPTS) == 19


def test_margins_give_what_alone_is_missing() -> None:
    found = words("margins", World(public(whole=20, a=None, b=17)))
    assert found == {(frozenset({"a"}), 3)}


def test_margins_give_no_more_than_the_sum_of_two() -> None:
    found = words("margins", World(public(whole=20, a=None, b=None, c=4)))
    assert found == {(frozenset({"a", "b"}), 16)}


def test_two_vintages_tell_where_they_differ() -> None:
    world = World(public(whole=21, a=4, b=17), (public(whole=20, a=3, b=17),))
    assert words("vintages", world) == {(frozenset({"*"}), None), (frozenset({"a"}), None)}


def test_a_year_less_its_months_tells() -> None:
    months = (public(whole=20, a=17)._replace(period="1"), public(whole=9, a=None))
    world = World(public(whole=29, a=18)._replace(period="y"), months=months)
    assert (frozenset({"a"}), None) in words("year", world)


def test_without_vintages_or_months_there_is_nothing_to_subtract() -> None:
    world = World(public(whole=20, a=3, b=17))
    for id in ("vintages", "vintage-margins", "reappeared", "year"):
        assert words(id, world) == set()


def test_the_page_lists_every_attempt_and_no_other() -> None:
    page = (Path(__file__).parents[3] / "docs/disclosure.md").read_text(encoding="utf-8")
    section = page.split("## The attempts")[1].split("## ")[0]
    listed = [line for line in section.splitlines() if line.startswith("| `")]
    assert listed == [f"| `{one.id}` | {one.tries} | {one.refused_by} |" for one in ATTEMPTS]

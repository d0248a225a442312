"""Families of figures: each has a number of its own, and a complement of its own."""

from timing.disclosure.beside import beside
from timing.disclosure.families import FAMILIES, withheld
from timing.disclosure.protection import Held
from timing.disclosure.rules import disclosure
from timing.disclosure.sensitivity import NOBODY
from timing.disclosure.shapes import Earlier, Sheet, Shown
from timing.disclosure.standing import Empty
from timing.measures.printed import MEASURES
from timing.measures.summary import Summary

RULES = disclosure()
SHARES, AGES, EXTREMES = FAMILIES


def sheet(measure: str, **summaries: Summary) -> Sheet:
    cells = [
        Empty(("*" if word == "whole" else word,), summary, NOBODY)
        for word, summary in summaries.items()
    ]
    return Sheet("s", ("d",), cells, (measure,))


def words(family_sheet: Sheet, number: int, earlier: tuple[Earlier, ...] = ()) -> set[str]:
    scene = beside([family_sheet], (), ())
    found = withheld(FAMILIES[number], scene, earlier, Held(), RULES)
    return {key[0] for _, key in found}


def test_every_measure_of_a_family_is_one_that_is_printed() -> None:
    assert all(family.measures <= set(MEASURES) for family in FAMILIES)
    assert not SHARES.measures & AGES.measures


def test_few_extremes_are_hidden_and_so_are_few_usual_ones() -> None:
    few = sheet(
        "mean_without_extremes_h",
        whole=Summary(n=60, extreme_n=11), a=Summary(n=30, extreme_n=1),
        b=Summary(n=30, extreme_n=10),
    )  # fmt: skip
    assert words(few, 2) == {"a", "b"}
    usual = sheet(
        "mean_without_extremes_h",
        whole=Summary(n=60, extreme_n=30), a=Summary(n=31, extreme_n=29),
        b=Summary(n=29, extreme_n=1),
    )  # fmt: skip
    assert {"a", "b"} <= words(usual, 2)


def test_what_has_none_is_known_to_have_none_and_protects_nobody() -> None:
    table = sheet(
        "open_age_mean_h",
        whole=Summary(open_n=9), a=Summary(open_n=2), b=Summary(n=9, open_n=0),
        c=Summary(open_n=7),
    )  # fmt: skip
    assert words(table, 1) == {"a", "c"}


def test_a_figure_that_was_withheld_stays_withheld() -> None:
    table = sheet(
        "open_age_mean_h",
        whole=Summary(open_n=29), a=Summary(open_n=12), b=Summary(open_n=17),
    )  # fmt: skip
    before = Earlier({"s": [Shown(("a",), {}, None, {"open_age_mean_h": "protected"})]}, {})
    assert words(table, 1) == set()
    assert "a" in words(table, 1, (before,))


def test_judgements_need_their_own_number() -> None:
    table = sheet(
        "kept_pct",
        whole=Summary(n=90, met=50, breached=10), a=Summary(n=30, met=3),
        b=Summary(n=30, met=17, breached=3), c=Summary(n=30, met=30, breached=7),
    )  # fmt: skip
    assert words(table, 0) == {"a", "b"}


def test_a_known_nought_closes_no_loop() -> None:
    """The loop over b/y would be cheapest; but that b/y has no open unit is published."""
    opened = {"a/x": 2, "a/y": 20, "a/z": 21, "b/x": 22, "b/y": 0, "b/z": 30}
    for name in ("a", "b"):
        opened[f"{name}/*"] = sum(
            n for key, n in opened.items() if key[0] == name and "*" not in key
        )
    for name in ("x", "y", "z"):
        opened[f"*/{name}"] = sum(
            n for key, n in opened.items() if key[2] == name and "*" not in key
        )
    cells = [Empty(tuple(key.split("/")), Summary(n=9, open_n=n)) for key, n in opened.items()]
    table = Sheet("s", ("d", "e"), cells, ("open_age_mean_h",))
    found = withheld(AGES, beside([table], (), ()), (), Held(), RULES)
    names = {"/".join(key) for _, key in found}
    assert "b/y" not in names
    assert {"a/x", "a/y", "*/x", "*/y"} == names

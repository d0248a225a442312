"""Shapes: what goes in and out fits the wing's, which this floor does not know."""

from timing.disclosure.shapes import PROTECTED, Shown


def test_a_shown_cell_gives_the_four_fields_of_a_published_one() -> None:
    shown = Shown(("a", "*"), {}, PROTECTED, {"p95_h": "few-on-a-side"}, carried=True)
    assert shown[:4] == (("a", "*"), {}, "protected", {"p95_h": "few-on-a-side"})
    assert Shown._fields[:4] == ("key", "figures", "suppressed", "withheld")
